using EmPipeline.Stages.Ledgers;

namespace EmPipeline.Stages.Download;

/// <summary>What a source brought.</summary>
/// <param name="Objects">Fetched files; keys below the raw folder.</param>
internal sealed record FetchedVolume(LockedObjects Objects)
{
    /// <summary>The folder of files used in place; null for the raw folder.</summary>
    public string? Root { get; init; }

    /// <summary>The file or folder below the root that holds the volume.</summary>
    public string Open { get; init; } = "";

    public ChosenCrop? Crop { get; init; }

    /// <summary>Files that stay where they are.</summary>
    public IReadOnlyList<LedgerFile> InPlace { get; init; } = [];

    /// <summary>What the closing table should say of it.</summary>
    public string? Note { get; init; }
}
