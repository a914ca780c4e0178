using System.Text.Json.Nodes;
using EmPipeline.Catalog.Consolidation;
using EmPipeline.Stages.Configuration;
using EmPipeline.Volumes;

namespace EmPipeline.Stages.Add;

/// <summary>What a registry has under a name: what is proposed for the configuration, and what a person should know before.</summary>
/// <param name="Name">What the dataset would be called.</param>
/// <param name="Source">The proposed <c>source</c>.</param>
internal sealed record Finding(string Name, JsonObject Source, ResolvedSource Resolved)
{
    /// <summary>What registry and voxels' header state; of every field the most believed is chosen, as ExtractMetadata will.</summary>
    public required Consolidated Stated { get; init; }

    public string? Licence { get; init; }

    /// <summary>z, y, x of the whole volume; null where only fetching tells.</summary>
    public NdIndex? Shape { get; init; }

    /// <summary>Bytes of all voxels, decoded; null where only fetching tells.</summary>
    public long? DecodedBytes { get; init; }

    /// <summary>Bytes to fetch; null where that is not known.</summary>
    public long? FileBytes { get; init; }

    /// <summary>Whether <see cref="FileBytes"/> was estimated from some of the files.</summary>
    public bool IsEstimate { get; init; }

    /// <summary>What else there is, and what could not be found out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
