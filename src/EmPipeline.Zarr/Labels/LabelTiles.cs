namespace EmPipeline.Zarr.Labels;

/// <summary>
/// Cuts a label along one axis into tiles that are made one by one: each holds whole blocks of the image, and its voxels are next to each other.
/// What lies before the first block or behind the last belongs to the first or last tile.
/// </summary>
internal sealed class LabelTiles
{
    // Of a label that is much coarser than its image: so many tallies are in memory, in three axes.
    private const int MostBlocks = 16;
    private readonly List<(long Begin, long End, int FirstBlock, int EndBlock)> _tiles = [];

    /// <param name="extent">How many label voxels a tile should have; one block may have more.</param>
    public LabelTiles(LabelCuts cuts, long length, long extent)
    {
        var (begin, first) = (0L, 0);
        for (var block = 0; block < cuts.Count; block++)
        {
            var isLast = block == cuts.Count - 1;
            if (!isLast && cuts.First(block + 2) - begin <= extent && block + 1 - first < MostBlocks)
                continue;
            _tiles.Add((begin, isLast ? length : cuts.First(block + 1), first, block + 1));
            (begin, first) = (cuts.First(block + 1), block + 1);
        }
    }

    public int Count => _tiles.Count;

    public (long Begin, long End, int FirstBlock, int EndBlock) this[int tile] => _tiles[tile];
}
