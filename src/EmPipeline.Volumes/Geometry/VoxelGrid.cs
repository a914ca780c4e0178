namespace EmPipeline.Volumes;

/// <summary>Where the voxels of one array lie: three axes in nanometres, in a frame that image and labels share.</summary>
public readonly record struct VoxelGrid(AxisGrid Z, AxisGrid Y, AxisGrid X)
{
    /// <summary>The grid of an array of this extent, z, y, x.</summary>
    /// <param name="size">A voxel's edges, nm; known.</param>
    /// <param name="centre">Where the centre of the first voxel lies, z, y, x, nm.</param>
    /// <exception cref="ArgumentException">A voxel edge is unknown or not above 0.</exception>
    public static VoxelGrid Of(NdIndex shape, VoxelSize size, (double Z, double Y, double X) centre)
    {
        if (!(size.Z > 0 && size.Y > 0 && size.X > 0))
            throw new ArgumentException($"voxel size: got {size}, expected three edges above 0.", nameof(size));
        return new(new(shape[0], size.Z.Value, centre.Z), new(shape[1], size.Y.Value, centre.Y), new(shape[2], size.X.Value, centre.X));
    }

    /// <summary>An axis: 0 z, 1 y, 2 x.</summary>
    public AxisGrid this[int axis] => axis switch
    {
        0 => Z,
        1 => Y,
        2 => X,
        _ => throw new ArgumentOutOfRangeException(nameof(axis)),
    };

    public NdIndex Shape => new(Z.Length, Y.Length, X.Length);

    public VoxelSize Size => new(Z.Size, Y.Size, X.Size);

    /// <summary>Whether any point lies in a voxel of both.</summary>
    public bool Overlaps(VoxelGrid other)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (this[axis].End <= other[axis].Begin || other[axis].End <= this[axis].Begin)
                return false;
        }

        return true;
    }
}
