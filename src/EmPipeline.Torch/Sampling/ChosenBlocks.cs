using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>Which blocks of one volume the query chose: a bit for each cell of the volume's grid of blocks. Written by one thread, then only read.</summary>
internal sealed class ChosenBlocks(NdIndex volume, NdIndex block, NdIndex sample)
{
    private readonly NdIndex _grid = NdIndex.CeilingDivide(volume, block);
    private readonly ulong[] _bits = new ulong[(NdIndex.CeilingDivide(volume, block).Volume + 63) / 64];

    /// <summary>The volume's extent, z, y, x.</summary>
    public NdIndex Volume => volume;

    /// <summary>The extent of a block, z, y, x.</summary>
    public NdIndex Block => block;

    /// <summary>The extent of a sample in the volume's voxels, z, y, x: of those that it covers, where its own are of another size.</summary>
    public NdIndex Sample => sample;

    /// <summary>Adds the block that begins at this voxel; one that is not on the volume's grid of blocks is not part of the union.</summary>
    public void Add(NdIndex origin)
    {
        var cell = NdIndex.FloorDivide(origin, block);
        if (cell * block == origin)
            _bits[Number(cell) >> 6] |= 1ul << (int)(Number(cell) & 63);
    }

    /// <summary>The part of the block that lies in the volume.</summary>
    public Box Valid(NdIndex origin) => new Box(origin, block).Intersect(Box.Whole(volume));

    /// <summary>Whether every voxel of the box that lies in the volume belongs to a chosen block.</summary>
    public bool Contains(Box box)
    {
        foreach (var cell in box.Intersect(Box.Whole(volume)).CellsTouched(block))
        {
            if (!IsChosen(cell))
                return false;
        }

        return true;
    }

    /// <summary>The parts of the box that lie in blocks that were not chosen.</summary>
    public IEnumerable<Box> NotChosen(Box box) =>
        box.Intersect(Box.Whole(volume)).CellsTouched(block).Where(cell => !IsChosen(cell)).Select(cell => new Box(cell * block, block));

    /// <summary>Whether the block of a cell of the grid was chosen.</summary>
    public bool IsChosen(NdIndex cell) => (_bits[Number(cell) >> 6] & (1ul << (int)(Number(cell) & 63))) != 0;

    private long Number(NdIndex cell) => (((cell[0] * _grid[1]) + cell[1]) * _grid[2]) + cell[2];
}
