namespace EmPipeline.Volumes.Rechunk;

/// <summary>A box on its way from the source to its shards. The scheduler's lock guards what changes.</summary>
internal sealed class WorkBox(Box voxels, IReadOnlyList<NdIndex> shards)
{
    /// <summary>Level-0 voxels of the region.</summary>
    public Box Voxels { get; } = voxels;

    /// <summary>The grid positions of the shards in it that are still to be written.</summary>
    public IReadOnlyList<NdIndex> Shards { get; } = shards;

    /// <summary>Holds the voxels in C order from its start on; longer than they are where the box is cut by the volume's edge.</summary>
    public byte[] Buffer { get; set; } = [];

    public IReadOnlyList<Box> Pieces { get; private set; } = [];

    public int NextPiece { get; set; }

    public int PiecesLeft { get; set; }

    public int ShardsLeft { get; set; }

    public void Start(IReadOnlyList<Box> pieces) => (Pieces, PiecesLeft, ShardsLeft) = (pieces, pieces.Count, Shards.Count);
}

/// <summary>Either a piece of a box to read or one of its shards to write.</summary>
internal readonly record struct RechunkWork(WorkBox Box, Box? Piece, NdIndex Shard);
