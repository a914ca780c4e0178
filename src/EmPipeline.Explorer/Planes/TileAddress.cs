using EmPipeline.Volumes;

namespace EmPipeline.Explorer.Planes;

/// <summary>A square of a plane of one level. The plane lies across an axis; its rows and columns are the other two, in the order z, y, x.</summary>
/// <param name="Axis">0 z, 1 y, 2 x.</param>
/// <param name="Index">Which plane, in voxels of the level.</param>
/// <param name="Row">The square's position in the grid of squares.</param>
internal readonly record struct TileAddress(int Axis, long Index, int Row, int Column)
{
    /// <summary>The edge of a tile, in voxels and pixels; those at the far edges are smaller.</summary>
    public const int Edge = 512;

    public int RowAxis => Axis == 0 ? 1 : 0;

    public int ColumnAxis => Axis == 2 ? 1 : 2;

    /// <summary>"z", "y" or "x" as a number; null: none of them.</summary>
    public static int? AxisOf(string letter) => letter switch { "z" => 0, "y" => 1, "x" => 2, _ => null };

    /// <summary>The voxels it shows; null where it lies outside.</summary>
    public Box? In(NdIndex shape)
    {
        if (Index < 0 || Index >= shape[Axis] || Row < 0 || Column < 0)
            return null;
        var origin = NdIndex.Filled(3, 0);
        (origin[Axis], origin[RowAxis], origin[ColumnAxis]) = (Index, (long)Row * Edge, (long)Column * Edge);
        var extent = NdIndex.Filled(3, Edge);
        extent[Axis] = 1;
        var box = new Box(origin, extent).Intersect(Box.Whole(shape));
        return box.IsEmpty ? null : box;
    }
}
