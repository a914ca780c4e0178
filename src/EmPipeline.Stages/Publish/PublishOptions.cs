using EmPipeline.Stages.Configuration;
using EmPipeline.Storage;

namespace EmPipeline.Stages.Publish;

/// <summary>Where and how a data folder is published.</summary>
/// <param name="To">s3://bucket/prefix or a folder's full path.</param>
public sealed record PublishOptions(string To)
{
    /// <summary>Only say what would be sent.</summary>
    public bool Plan { get; init; }

    /// <summary>What a plan counts money with; null: it counts none.</summary>
    public PriceTable? Prices { get; init; }

    /// <summary>Remove what is there and no longer wanted.</summary>
    public bool Prune { get; init; }

    /// <summary>How the store is asked; null: as the environment says.</summary>
    public StoreOptions? Stores { get; init; }

    public UploaderOptions Uploader { get; init; } = new();

    public IProgress<StageProgress> Progress { get; init; } = new Progress<StageProgress>();

    /// <summary>Shows a line that a person should see.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <summary>Shows a notice that a person should see although nothing failed.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}
