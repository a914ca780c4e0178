namespace EmPipeline.Volumes;

/// <summary>
/// Which voxel of one grid lies at each voxel of a box of another, by the centres of the latter: a table an axis, since grids are parallel.
/// Filled again and again. Not for concurrent use.
/// </summary>
public sealed class GridMatch
{
    private readonly AxisMatch[] _axes = [new(), new(), new()];

    /// <summary>An axis: 0 z, 1 y, 2 x.</summary>
    public AxisMatch this[int axis] => _axes[axis];

    /// <summary>The voxels that have to be read: from the first to the last that matches any. Empty where none does.</summary>
    public Box Hull { get; private set; }

    /// <summary>Whether every voxel of the box has a match.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Matches the voxels of <paramref name="box"/>, which may reach beyond its grid.</summary>
    /// <param name="from">The grid that the box counts in.</param>
    /// <param name="to">The grid that is asked.</param>
    public void Fill(VoxelGrid from, Box box, VoxelGrid to)
    {
        IsWhole = true;
        for (var axis = 0; axis < _axes.Length; axis++)
        {
            _axes[axis].Fill(from[axis], box.Origin[axis], checked((int)box.Shape[axis]), to[axis]);
            IsWhole &= _axes[axis].Known.Count == box.Shape[axis];
        }

        var (z, y, x) = (_axes[0], _axes[1], _axes[2]);
        Hull = new Box(new NdIndex(z.First, y.First, x.First), new NdIndex(z.Length, y.Length, x.Length));
    }
}
