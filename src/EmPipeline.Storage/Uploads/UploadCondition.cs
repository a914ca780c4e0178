namespace EmPipeline.Storage;

/// <summary>What has to be true for an object to be put.</summary>
/// <param name="Version">The object is still this version; null: there is none.</param>
public sealed record UploadCondition(string? Version)
{
    /// <summary>There is no such object.</summary>
    public static UploadCondition Absent { get; } = new((string?)null);
}
