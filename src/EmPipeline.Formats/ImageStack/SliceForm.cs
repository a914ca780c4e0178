using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>What a slice's file holds: one image, of any size in y and x.</summary>
internal sealed class SliceForm
{
    private readonly int[] _used;

    /// <param name="place">The file, for messages.</param>
    /// <exception cref="EmException">The file holds no image, or more than a slice.</exception>
    public SliceForm(VolumeInfo info, string place)
    {
        // What is stated of one slice is not said of the others, and would be kept as long as they.
        Info = info with { Metadata = [] };
        _used = [.. Enumerable.Range(0, info.Shape.Rank).Where(axis => info.Shape[axis] > 1 || info.Axes[axis] is 'y' or 'x')];
        Axes = string.Concat(_used.Select(axis => info.Axes[axis]));
        if (Axes is not ("yx" or "yxc" or "cyx" or "yxi"))
            throw EmException.Unsupported(place, $"a slice with axes {info.Axes} and shape {info.Shape}");
        Shape = Used(info.Shape);
    }

    /// <summary>Of the file's array, without metadata; the voxel size is the first slice's of this form.</summary>
    public VolumeInfo Info { get; }

    public VoxelType Type => Info.Type;

    /// <summary>Of the image, without those of size 1 other than y and x.</summary>
    public string Axes { get; }

    /// <summary>On <see cref="Axes"/>.</summary>
    public NdIndex Shape { get; }

    /// <summary>Whether an array has this form.</summary>
    public bool Fits(VolumeInfo info) => info.Type == Info.Type && info.Shape == Info.Shape && info.Axes == Info.Axes;

    /// <summary>The values of the file's axes that are <see cref="Axes"/>.</summary>
    public NdIndex Used(NdIndex ofFile) => new([.. _used.Select(axis => ofFile[axis])]);

    /// <summary>A box of <see cref="Axes"/> in the file's own.</summary>
    public Box InFile(Box box)
    {
        var (origin, shape) = (NdIndex.Filled(Info.Shape.Rank, 0), NdIndex.Filled(Info.Shape.Rank, 1));
        for (var axis = 0; axis < _used.Length; axis++)
            (origin[_used[axis]], shape[_used[axis]]) = (box.Origin[axis], box.Shape[axis]);
        return new Box(origin, shape);
    }
}
