namespace EmPipeline.Torch;

/// <summary>
/// Samples that are centred on a voxel of a class, drawn without rejection: a class by its weight, an inner chunk of the label by its number of such
/// voxels, then one of these voxels, each as likely as the other; so two reads, one of the label's chunk and one of the sample. The sample is then moved as
/// random crops are, so that it stays in the volume and in what its query chose. Change with <c>with</c>.
/// </summary>
public sealed record Foreground
{
    /// <summary>The share of every batch that is drawn so, within one sample; the rest comes from the query. Above 0, at most 1. A third unless set.</summary>
    public double Share { get; init; } = 1.0 / 3;

    /// <summary>The classes, each with its weight within <see cref="Share"/>.</summary>
    public required IReadOnlyList<ForegroundClass> Classes { get; init; }

    /// <summary>Whose labels: "groundtruth" unless set, or "prediction".</summary>
    public string Origin { get; init; } = "groundtruth";
}
