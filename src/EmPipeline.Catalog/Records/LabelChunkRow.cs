using EmPipeline.Volumes.Labels;

namespace EmPipeline.Catalog;

/// <summary>How much of a class lies in one inner chunk of a label's level 0. A chunk without a voxel of the class has no row.</summary>
public sealed record LabelChunkRow
{
    public required string Dataset { get; init; }

    public required string Origin { get; init; }

    public required string Label { get; init; }

    public required string Class { get; init; }

    /// <summary>The chunk's first voxel, in the label's own voxels at level 0.</summary>
    public required long Z { get; init; }

    public required long Y { get; init; }

    public required long X { get; init; }

    /// <summary>Voxels of the class; above 0.</summary>
    public required long Voxels { get; init; }

    /// <summary>How many objects have a voxel in the chunk; null where the label does not tell objects apart.</summary>
    public long? Objects { get; init; }

    /// <summary>The row of one count of a label's statistics.</summary>
    public static LabelChunkRow From(string dataset, string origin, string label, LabelChunkTally tally) => new()
    {
        Dataset = dataset,
        Origin = origin,
        Label = label,
        Class = tally.Class,
        Z = tally.Origin[0],
        Y = tally.Origin[1],
        X = tally.Origin[2],
        Voxels = tally.Voxels,
        Objects = tally.Objects,
    };
}
