namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// Labels the face-connected regions of the voxels of a box that are not walls, in the order of each region's first voxel. Keeps its
/// working memory between calls; not safe for concurrent use.
/// </summary>
internal sealed class ConnectedRegions(int x, int y, int z)
{
    private const int Wall = -1;

    private readonly int[] _region = new int[x * y * z];

    // For each provisional region the one it was joined to (itself for a root; always one that began earlier).
    private int[] _parent = new int[256];
    private int _count;

    /// <summary>Writes <paramref name="ids"/>[n] to all voxels of the n-th region; leaves wall voxels as they are.</summary>
    /// <returns>The number of regions.</returns>
    /// <exception cref="InvalidDataException">There are fewer ids than regions.</exception>
    public int Label<T>(ReadOnlySpan<bool> wall, ReadOnlySpan<T> ids, Span<T> labels)
    {
        Connect(wall);
        // Roots begin earliest, so counting them in order numbers the regions by their first voxel. The number is kept where the
        // parent was: a region's parent has been replaced before the region is looked at.
        var found = 0;
        for (var region = 0; region < _count; region++)
            _parent[region] = _parent[region] == region ? found++ : _parent[_parent[region]];
        if (found > ids.Length)
            throw new InvalidDataException($"got {ids.Length} labels for more than as many regions, expected one each. Fetch the file again");
        for (var i = 0; i < wall.Length; i++)
        {
            if (_region[i] != Wall)
                labels[i] = ids[_parent[_region[i]]];
        }

        return found;
    }

    private void Connect(ReadOnlySpan<bool> wall)
    {
        _count = 0;
        var at = 0;
        for (var k = 0; k < z; k++)
        {
            for (var j = 0; j < y; j++)
            {
                for (var i = 0; i < x; i++, at++)
                {
                    if (wall[at])
                    {
                        _region[at] = Wall;
                        continue;
                    }

                    var region = i > 0 ? _region[at - 1] : Wall;
                    if (j > 0)
                        region = Join(region, _region[at - x]);
                    if (k > 0)
                        region = Join(region, _region[at - x * y]);
                    _region[at] = region == Wall ? Begin() : region;
                }
            }
        }
    }

    private int Begin()
    {
        if (_count == _parent.Length)
            Array.Resize(ref _parent, _count * 2);
        _parent[_count] = _count;
        return _count++;
    }

    private int Join(int a, int b)
    {
        if (a == Wall || b == Wall || a == b)
            return a == Wall ? b : a;
        (a, b) = (Root(a), Root(b));
        var (earlier, later) = (Math.Min(a, b), Math.Max(a, b));
        _parent[later] = earlier;
        return earlier;
    }

    private int Root(int region)
    {
        while (_parent[region] != region)
            region = _parent[region] = _parent[_parent[region]];
        return region;
    }
}
