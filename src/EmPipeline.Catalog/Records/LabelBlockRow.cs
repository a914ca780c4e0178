using EmPipeline.Volumes.Labels;

namespace EmPipeline.Catalog;

/// <summary>
/// What a label says of one block of its image at level 0, for one class. A label voxel is in the block that holds its centre. A block in which
/// nothing is annotated has no row; one in which something is has a row for every class of the label, also of those that are not in it.
/// </summary>
public sealed record LabelBlockRow
{
    public required string Dataset { get; init; }

    public required string Origin { get; init; }

    public required string Label { get; init; }

    public required string Class { get; init; }

    /// <summary>The block's first voxel, in voxels of the image's level 0, as in <c>blocks</c>.</summary>
    public required long Z { get; init; }

    public required long Y { get; init; }

    public required long X { get; init; }

    /// <summary>Label voxels of the class.</summary>
    public required long Voxels { get; init; }

    /// <summary>Label voxels that somebody looked at, of whatever class or background.</summary>
    public required long Known { get; init; }

    /// <summary>The share, 0 to 1, of the block's inside that nobody looked at: marked as such, or outside of the label.</summary>
    public required double UnknownShare { get; init; }

    /// <summary>How many objects have a voxel in the block; null where the label does not tell objects apart.</summary>
    public long? Objects { get; init; }

    /// <summary>The row of one count of a label's statistics.</summary>
    public static LabelBlockRow From(string dataset, string origin, string label, LabelBlockTally tally) => new()
    {
        Dataset = dataset,
        Origin = origin,
        Label = label,
        Class = tally.Class,
        Z = tally.Origin[0],
        Y = tally.Origin[1],
        X = tally.Origin[2],
        Voxels = tally.Voxels,
        Known = tally.Known,
        UnknownShare = tally.UnknownShare,
        Objects = tally.Objects,
    };
}
