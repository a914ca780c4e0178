namespace EmPipeline.Volumes;

/// <summary>Evenly spaced voxels along one axis, in nanometres.</summary>
/// <param name="Length">How many there are.</param>
/// <param name="Size">A voxel's edge, above 0.</param>
/// <param name="Centre">Where the centre of the first one lies.</param>
public readonly record struct AxisGrid(long Length, double Size, double Centre)
{
    /// <summary>Where the centre of this voxel lies; it need not exist, nor be a whole number.</summary>
    public double PositionOf(double index) => Centre + (index * Size);

    /// <summary>The voxel that holds this point: floor((p - centre) / size + 0.5) in double precision. It need not exist.</summary>
    public long IndexOf(double position) => (long)Math.Floor(((position - Centre) / Size) + 0.5);

    /// <summary>The lower edge of the first voxel.</summary>
    public double Begin => Centre - (Size / 2);

    /// <summary>The upper edge of the last voxel.</summary>
    public double End => Begin + (Length * Size);
}
