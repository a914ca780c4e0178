namespace EmPipeline.Torch;

/// <summary>The numbers that tensors of blocks hold.</summary>
public enum BlockValues
{
    /// <summary>float32: (grey value - mean) / standard deviation, both over the whole volume as the catalogue's blocks give them.</summary>
    Normalised,

    /// <summary>
    /// The grey values as stored, in the volume's type. Torch has no uint16, uint32 and uint64: they come as int32, int64 and int64
    /// (a uint64 above 2^63 keeps its bits).
    /// </summary>
    Stored,
}
