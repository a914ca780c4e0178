using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>How samples of one volume lie: on its own voxels, or on voxels of the size that was asked for. Immutable.</summary>
internal sealed class SampleGeometry
{
    // Sizes that differ by less are the same: what stated sizes are rounded to.
    private const double SameSize = 1e-6;
    private readonly VoxelGrid _blocks;
    private readonly VoxelGrid _image;
    private readonly VoxelSize? _size;

    /// <param name="blocks">The grid of the volume that blocks are in; of unknown voxel size any will do.</param>
    /// <param name="image">The grid of the level that is read; the same unless <paramref name="size"/> is given.</param>
    /// <param name="size">The voxel size of samples; null: that of the blocks' volume.</param>
    public SampleGeometry(VoxelGrid blocks, VoxelGrid image, VoxelSize? size) => (_blocks, _image, _size) = (blocks, image, size);

    /// <summary>The grid of the volume that blocks are in.</summary>
    public VoxelGrid Blocks => _blocks;

    /// <summary>The grid of the level that is read.</summary>
    public VoxelGrid Image => _image;

    /// <summary>Whether the second size is not larger than the first along any axis.</summary>
    public static bool IsAtMost(VoxelSize size, VoxelSize most) =>
        size.Z <= most.Z * (1 + SameSize) && size.Y <= most.Y * (1 + SameSize) && size.X <= most.X * (1 + SameSize);

    /// <summary>How many voxels of the blocks' volume a sample of <paramref name="shape"/> covers.</summary>
    public NdIndex Footprint(NdIndex shape)
    {
        if (_size is not { } size)
            return shape;
        for (var axis = 0; axis < 3; axis++)
            shape[axis] = Math.Max(1, (long)Math.Ceiling((shape[axis] * Edge(size, axis) / _blocks[axis].Size) - SameSize));
        return shape;
    }

    /// <summary>The sample that begins with this voxel of the blocks' volume: their lower edges are the same.</summary>
    /// <param name="shape">Of the sample, without halo.</param>
    /// <param name="halo">Voxels of the sample that are read on each side.</param>
    public SampleBox At(NdIndex origin, NdIndex shape, NdIndex halo)
    {
        var around = new Box(origin - halo, shape + halo + halo);
        if (_size is not { } size)
            return new SampleBox(_blocks, around, around);
        var (first, goTogether) = (NdIndex.Filled(3, 0), true);
        var axes = new AxisGrid[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var (blocks, image) = (_blocks[axis], _image[axis]);
            var begin = blocks.Begin + (origin[axis] * blocks.Size);
            var isSame = Math.Abs(Edge(size, axis) - image.Size) <= image.Size * SameSize;
            goTogether &= isSame;
            first[axis] = (long)Math.Floor(((begin - image.Begin) / image.Size) + SameSize);
            axes[axis] = isSame ? new AxisGrid(shape[axis], image.Size, image.PositionOf(first[axis])) : new AxisGrid(shape[axis], Edge(size, axis), begin + (Edge(size, axis) / 2));
        }

        return new SampleBox(new VoxelGrid(axes[0], axes[1], axes[2]), around.RelativeTo(origin), goTogether ? new Box(first - halo, around.Shape) : null);
    }

    private static double Edge(VoxelSize size, int axis) => (axis switch { 0 => size.Z, 1 => size.Y, _ => size.X }) ?? 1;
}
