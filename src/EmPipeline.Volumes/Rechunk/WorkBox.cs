namespace EmPipeline.Volumes.Rechunk;

/// <summary>A box on its way from the source to the parts of shards in it. The scheduler's lock guards what changes.</summary>
internal sealed class WorkBox(Box voxels, IReadOnlyList<NdIndex> parts)
{
    /// <summary>Level-0 voxels of the region.</summary>
    public Box Voxels { get; } = voxels;

    /// <summary>The positions, in the grid of parts, of those in it that are still to be written.</summary>
    public IReadOnlyList<NdIndex> Parts { get; } = parts;

    /// <summary>Holds the voxels in C order from its start on; longer than they are where the box is cut by the volume's edge.</summary>
    public NativeBuffer Buffer { get; set; } = null!;

    public IReadOnlyList<Box> Pieces { get; private set; } = [];

    public int NextPiece { get; set; }

    public int PiecesLeft { get; set; }

    public int PartsLeft { get; set; }

    public void Start(IReadOnlyList<Box> pieces) => (Pieces, PiecesLeft, PartsLeft) = (pieces, pieces.Count, Parts.Count);
}

/// <summary>Either a piece of a box to read or one of its parts to write.</summary>
internal readonly record struct RechunkWork(WorkBox Box, Box? Piece, NdIndex Part);
