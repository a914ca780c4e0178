namespace EmPipeline.Volumes;

/// <summary>
/// A half-open box of voxels: from <see cref="Origin"/> up to but not including <see cref="End"/>, slowest axis first.
/// </summary>
/// <param name="Origin">The first voxel.</param>
/// <param name="Shape">The extent on each axis, ≥ 0.</param>
public readonly record struct Box(NdIndex Origin, NdIndex Shape)
{
    /// <summary>The whole of an array of this shape.</summary>
    public static Box Whole(NdIndex shape) => new(NdIndex.Filled(shape.Rank, 0), shape);

    public static Box FromEnds(NdIndex origin, NdIndex end) => new(origin, end - origin);

    public int Rank => Origin.Rank;

    /// <summary>One past the last voxel on each axis.</summary>
    public NdIndex End => Origin + Shape;

    /// <summary>The number of voxels.</summary>
    public long Volume => Shape.Volume;

    public bool IsEmpty
    {
        get
        {
            for (var axis = 0; axis < Rank; axis++)
            {
                if (Shape[axis] <= 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>The voxels in both; its shape has zeros where the boxes do not meet.</summary>
    public Box Intersect(in Box other)
    {
        var origin = NdIndex.Max(Origin, other.Origin);
        var end = NdIndex.Max(origin, NdIndex.Min(End, other.End));
        return FromEnds(origin, end);
    }

    public bool Contains(Box other) =>
        NdIndex.Max(Origin, other.Origin) == other.Origin && NdIndex.Min(End, other.End) == other.End;

    /// <summary>The same box seen from another origin: shifted by minus <paramref name="origin"/>.</summary>
    public Box RelativeTo(NdIndex origin) => new(Origin - origin, Shape);

    /// <summary>The positions, in C order, of the grid cells of size <paramref name="cell"/> that this box touches.</summary>
    public IEnumerable<NdIndex> CellsTouched(NdIndex cell)
    {
        if (IsEmpty)
            yield break;
        var first = NdIndex.FloorDivide(Origin, cell);
        var end = NdIndex.CeilingDivide(End, cell);
        var position = first;
        while (true)
        {
            yield return position;
            var axis = Rank - 1;
            while (axis >= 0 && ++position[axis] == end[axis])
            {
                position[axis] = first[axis];
                axis--;
            }

            if (axis < 0)
                yield break;
        }
    }

    /// <summary>"[0..128, 0..128, 64..192]", as in messages to people.</summary>
    public override string ToString()
    {
        var (origin, end) = (Origin, End);
        return "[" + string.Join(", ", Enumerable.Range(0, Rank).Select(axis => $"{origin[axis]}..{end[axis]}")) + "]";
    }
}
