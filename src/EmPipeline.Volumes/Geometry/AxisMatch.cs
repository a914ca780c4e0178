namespace EmPipeline.Volumes;

/// <summary>
/// Which voxel of one grid lies at each of some voxels of another, along one axis. A table that is filled again and again, so that matching
/// a block allocates nothing. Not for concurrent use.
/// </summary>
public sealed class AxisMatch
{
    private int[] _table = [];
    private int _count;

    /// <summary>For each voxel that was asked for, the matching one counted from <see cref="First"/>; -1 where there is none. They do not decrease.</summary>
    public ReadOnlySpan<int> Table => _table.AsSpan(0, _count);

    /// <summary>The first voxel that matches any; 0 where none does.</summary>
    public long First { get; private set; }

    /// <summary>How many voxels from the first to the last that matches any; 0 where none does.</summary>
    public int Length { get; private set; }

    /// <summary>Where in <see cref="Table"/> the voxels that have a match begin, and how many there are: they are one run.</summary>
    public (int Start, int Count) Known { get; private set; }

    /// <summary>Whether each known voxel matches the one after its neighbour's: both grids go on in steps of one.</summary>
    public bool IsStraight { get; private set; }

    /// <summary>Matches the voxels <paramref name="first"/> … first + count - 1 of <paramref name="from"/>, which need not exist, by their centres.</summary>
    public void Fill(AxisGrid from, long first, int count, AxisGrid to)
    {
        if (_table.Length < count)
            _table = new int[count];
        _count = count;
        var (start, end) = (0, 0);
        (First, Length, IsStraight) = (0, 0, true);
        for (var i = 0; i < count; i++)
        {
            var index = to.IndexOf(from.PositionOf(first + i));
            if (index < 0 || index >= to.Length)
            {
                _table[i] = -1;
                continue;
            }

            if (Length == 0)
                (First, start) = (index, i);
            end = i + 1;
            IsStraight &= index == First + Length;
            Length = checked((int)(index - First + 1));
            _table[i] = Length - 1;
        }

        Known = (start, end - start);
    }
}
