namespace EmPipeline.Volumes;

/// <summary>Evenly spaced voxels along one axis, in nanometres.</summary>
/// <param name="Length">How many there are.</param>
/// <param name="Size">A voxel's edge, above 0.</param>
/// <param name="Centre">Where the centre of the first one lies.</param>
public readonly record struct AxisGrid(long Length, double Size, double Centre)
{
    /// <summary>Where the centre of this voxel lies; it need not exist, nor be a whole number.</summary>
    public double PositionOf(double index) => Centre + (index * Size);

    // Places are sums of decimal numbers: what is an edge on paper is one here, or every few voxels another neighbour would be taken.
    private const double Rounding = 1e-6;

    /// <summary>The voxel that holds this point: floor((p - centre) / size + 0.5), where what is nearer than 10⁻⁶ to a whole number is that number. It need not exist.</summary>
    public long IndexOf(double position)
    {
        var place = ((position - Centre) / Size) + 0.5;
        var edge = Math.Round(place);
        return (long)(Math.Abs(place - edge) < Rounding ? edge : Math.Floor(place));
    }

    /// <summary>The lower edge of the first voxel.</summary>
    public double Begin => Centre - (Size / 2);

    /// <summary>The upper edge of the last voxel.</summary>
    public double End => Begin + (Length * Size);
}
