using EmPipeline.Volumes.Sections;

namespace EmPipeline.Catalog;

/// <summary>One section, a plane of voxels across an axis of a volume's finest level. What is measured is null where there is no finite voxel, or nothing to compare with.</summary>
public sealed record SectionRow
{
    public required string Dataset { get; init; }

    /// <summary>The axis that it lies across: "z".</summary>
    public required string Axis { get; init; }

    /// <summary>Along the axis, in voxels of the finest level.</summary>
    public required long Index { get; init; }

    public required SectionRecord Measured { get; init; }

    /// <summary>What is wrong with it, in alphabetical order, parted by commas: "blurred,shifted"; null for nothing.</summary>
    public string? Flags => Measured.Flags == SectionFlags.None
        ? null
        : string.Join(',', Enum.GetValues<SectionFlags>().Where(flag => flag != SectionFlags.None && Measured.Flags.HasFlag(flag)).Select(flag => flag.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal));

    /// <summary>The row of a section that Rechunk measured.</summary>
    public static SectionRow From(string dataset, SectionRecord measured) => new() { Dataset = dataset, Axis = "z", Index = measured.Index, Measured = measured };
}
