using EmPipeline.Volumes;

namespace EmPipeline.Catalog;

/// <summary>
/// How one dataset is divided into parts (train, validation, test) of which no two share a voxel. The volume is cut into cells; each cell is of one part; a
/// block is of a part where all cells within the halo around it are. Which cell is of which part follows from this record and the extent and block
/// of <see cref="Whole"/> alone, so that a split of one name means the same whatever other datasets there are.
/// </summary>
public sealed record SplitRecord
{
    /// <summary>The split's name, which is its version too: "v1".</summary>
    public required string Split { get; init; }

    public required string Dataset { get; init; }

    /// <summary>The parts, each with its share of the cells by voxels, against the sum of the shares.</summary>
    public required IReadOnlyList<SplitShare> Shares { get; init; }

    public required long Seed { get; init; }

    /// <summary>About how large a cell is, z, y, x, in voxels of level 0: borders are drawn evenly, and through the middles of blocks.</summary>
    public required NdIndex Cell { get; init; }

    /// <summary>How far around a block all voxels have to be of its part, z, y, x, in voxels of level 0.</summary>
    public required NdIndex Halo { get; init; }

    /// <summary>The dataset whose volume is cut into cells: this one or, where this one is a cut of another, that: tissue that both hold is of one part.</summary>
    public required string Whole { get; init; }

    /// <summary>Where the first voxel lies in <see cref="Whole"/>, z, y, x, in voxels of level 0.</summary>
    public required NdIndex Offset { get; init; }
}
