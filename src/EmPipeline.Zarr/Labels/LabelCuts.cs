using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Labels;

/// <summary>
/// How the blocks of an image cut the voxels of a label along one axis: a label voxel is in the block that holds its centre. Grids are parallel, so
/// three of these say all.
/// </summary>
internal sealed class LabelCuts
{
    private readonly long[] _first;
    private readonly long[] _inside;

    /// <param name="block">The edge of a block, in image voxels.</param>
    public LabelCuts(AxisGrid label, AxisGrid image, long block)
    {
        var count = (image.Length + block - 1) / block;
        (_first, _inside) = (new long[count + 1], new long[count]);
        var begin = FirstAt(label, image, 0);
        for (var i = 0L; i < count; i++)
        {
            var end = FirstAt(label, image, Math.Min((i + 1) * block, image.Length));
            _first[i] = Math.Clamp(begin, 0, label.Length);
            _inside[i] = end - begin;
            begin = end;
        }

        _first[count] = Math.Clamp(begin, 0, label.Length);
    }

    /// <summary>How many blocks.</summary>
    public int Count => _inside.Length;

    /// <summary>The first label voxel of the block; of the one behind the last, the end of the last.</summary>
    public long First(int block) => _first[block];

    /// <summary>How many label voxels the block's inside would hold if the label went on without end.</summary>
    public long Inside(int block) => _inside[block];

    /// <summary>The first voxel of the label, which need not exist, whose centre lies in this voxel of the image or behind it: by the rule itself, so that no rounding tells them apart.</summary>
    private static long FirstAt(AxisGrid label, AxisGrid image, long voxel)
    {
        var guess = (long)Math.Ceiling((image.PositionOf(voxel - 0.5) - label.Centre) / label.Size);
        while (image.IndexOf(label.PositionOf(guess - 1)) >= voxel)
            guess--;
        while (image.IndexOf(label.PositionOf(guess)) < voxel)
            guess++;
        return guess;
    }
}
