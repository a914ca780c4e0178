using EmPipeline.Volumes.Labels;

namespace EmPipeline.Zarr;

/// <summary>What makes a volume a label of an image: it lies in <c>labels/ORIGIN/NAME</c> of the image's group, and says what its values mean. Immutable.</summary>
public sealed record LabelDescription
{
    /// <summary>"groundtruth" or "prediction".</summary>
    public required string Origin { get; init; }

    /// <summary>Within its origin.</summary>
    public required string Name { get; init; }

    public required LabelScheme Scheme { get; init; }

    /// <summary>The centre of the first voxel, nm, from the centre of the image's first voxel.</summary>
    public (double Z, double Y, double X) Centre { get; init; }

    /// <summary>"manual" or "automatic"; null when nothing states it.</summary>
    public string? Annotation { get; init; }

    /// <summary>Below the image's group, '/' between parts.</summary>
    public string Path => $"{LabelGroups.Folder}/{Origin}/{Name}";
}
