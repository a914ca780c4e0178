using EmPipeline.Stages.Download;
using EmPipeline.Stages.Ledgers;
using EmPipeline.Stages.Metadata;
using EmPipeline.Stages.Rechunk;
using EmPipeline.Stages.Verify;

namespace EmPipeline.Stages;

/// <summary>
/// The table of the stages that a dataset goes through, and each of its labels by itself. A new stage is one row here and a target of its name in <c>build/Dataset.proj</c>; runner, Status,
/// staleness and catalogue go through this table. Immutable.
/// </summary>
public sealed class Stage
{
    public static Stage Download { get; } = new("Download")
    {
        Version = 1,
        Keys = ["source", "crop", "metadata", "voxelSize", "offset"],
        Outside = DownloadInputs.Of,
        Run = (context, _, cancellation) => DownloadStage.RunAsync(context, cancellation),
    };

    public static Stage Verify { get; } = new("Verify")
    {
        Version = 1,
        Keys = ["checksum"],
        Upstream = [Download],
        Outside = VerifyInputs.Of,
        Run = (context, made, cancellation) => VerifyStage.RunAsync(context, made[Download], cancellation),
    };

    public static Stage ExtractMetadata { get; } = new("ExtractMetadata")
    {
        Version = 4,
        Keys = ["title", "format", "volume", "select", "metadata", "facts", "override", "voxelSize", "offset", "within"],
        Upstream = [Download, Verify],
        Outside = PlaceWithin.Inputs,
        Run = (context, made, cancellation) => MetadataStage.RunAsync(context, made[Download], cancellation),
    };

    public static Stage Rechunk { get; } = new("Rechunk")
    {
        Version = 4,
        // 'memory' steers only how the work is cut up, never its result.
        Keys = ["format", "volume", "select", "shard", "block", "chunk", "codec", "levels", "downsample", .. LabelKeys],
        Upstream = [Download, Verify, ExtractMetadata],
        Outside = LabelCounts.Inputs,
        Run = (context, made, cancellation) => RechunkStage.RunAsync(context, made[Download], made[Verify], made[ExtractMetadata], cancellation),
    };

    /// <summary>The keys of a label that say what its values mean, and not how they are stored.</summary>
    internal static IReadOnlyList<string> LabelKeys => ["kind", "classes", "unknown", "annotation", "licence", "origin", "image"];

    /// <summary>All stages, each after those that it reads from.</summary>
    public static IReadOnlyList<Stage> All { get; } = [Download, Verify, ExtractMetadata, Rechunk];

    private Stage(string name) => Name = name;

    /// <summary>Also the name of its MSBuild target and of its files in the state folder.</summary>
    public string Name { get; }

    /// <summary>Rises whenever the stage would make something else of the same inputs.</summary>
    public required int Version { get; init; }

    /// <summary>The configuration keys that it reads.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>The stages whose ledgers it reads.</summary>
    public IReadOnlyList<Stage> Upstream { get; init; } = [];

    /// <summary>What it reads besides its keys and those stages: from outside the pipeline's own folders, and of another dataset. As members of its inputs; null for nothing.</summary>
    internal Func<DatasetDefinition, DataFolder, IEnumerable<(string Name, string? Value)>>? Outside { get; private init; }

    /// <summary>Does the work, given the ledgers of <see cref="Upstream"/>.</summary>
    internal Func<StageContext, IReadOnlyDictionary<Stage, Ledger>, CancellationToken, Task<StageProduct>> Run { get; private init; } = null!;

    /// <exception cref="ArgumentException">There is no such stage.</exception>
    public static Stage Named(string name) => All.FirstOrDefault(stage => stage.Name == name)
        ?? throw new ArgumentException($"got stage '{name}', expected one of {string.Join(", ", All)}.", nameof(name));

    public override string ToString() => Name;
}
