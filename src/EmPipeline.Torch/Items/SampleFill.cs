using EmPipeline.Volumes;

namespace EmPipeline.Torch.Items;

/// <summary>Sets parts of a sample that a match tells apart.</summary>
internal static class SampleFill
{
    /// <summary>Sets what has no match.</summary>
    /// <param name="target">C order, the extent of the box that was matched.</param>
    public static void Outside<T>(GridMatch match, Span<T> target, T value)
    {
        var (planes, rows, columns) = (match[0].Known, match[1].Known, match[2].Known);
        var (height, width) = (match[1].Table.Length, match[2].Table.Length);
        for (var z = 0; z < match[0].Table.Length; z++)
        {
            var plane = target.Slice(z * height * width, height * width);
            if (!Holds(planes, z))
            {
                plane.Fill(value);
                continue;
            }

            for (var y = 0; y < height; y++)
            {
                var row = plane.Slice(y * width, width);
                if (Holds(rows, y))
                {
                    row[..columns.Start].Fill(value);
                    row[(columns.Start + columns.Count)..].Fill(value);
                }
                else
                {
                    row.Fill(value);
                }
            }
        }
    }

    /// <summary>The voxels of the sample that match one of this box.</summary>
    /// <param name="box">In the grid that was asked.</param>
    public static Box Matching(GridMatch match, Box box)
    {
        var (origin, shape) = (NdIndex.Filled(3, 0), NdIndex.Filled(3, 0));
        for (var axis = 0; axis < 3; axis++)
        {
            var (start, count) = match[axis].Known;
            var known = match[axis].Table.Slice(start, count);
            var (first, end) = (box.Origin[axis] - match[axis].First, box.End[axis] - match[axis].First);
            var from = CountBelow(known, first);
            (origin[axis], shape[axis]) = (start + from, CountBelow(known, end) - from);
        }

        return new Box(origin, shape);
    }

    /// <summary>The voxels of the sample that have a match.</summary>
    public static Box Inside(GridMatch match)
    {
        var (z, y, x) = (match[0].Known, match[1].Known, match[2].Known);
        return new Box(new NdIndex(z.Start, y.Start, x.Start), new NdIndex(z.Count, y.Count, x.Count));
    }

    private static bool Holds((int Start, int Count) run, int at) => at >= run.Start && at < run.Start + run.Count;

    // The table does not decrease.
    private static int CountBelow(ReadOnlySpan<int> table, long bound)
    {
        var (low, high) = (0, table.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = table[middle] < bound ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
