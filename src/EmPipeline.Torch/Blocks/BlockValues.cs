namespace EmPipeline.Torch;

/// <summary>The numbers that tensors of blocks hold.</summary>
public enum BlockValues
{
    /// <summary>
    /// float32: (grey value - mean) / standard deviation, both over the finite voxels of the whole volume as the catalogue's blocks give them.
    /// A voxel that is NaN or infinite becomes 0, the mean: a tensor holds finite numbers only.
    /// </summary>
    Normalised,

    /// <summary>
    /// The grey values as stored, in the volume's type. Torch has no uint16, uint32 and uint64: they come as int32, int64 and int64
    /// (a uint64 of 2^63 or more keeps its bits). NaN and infinity stay what they are.
    /// </summary>
    Stored,
}
