namespace EmPipeline.Torch;

/// <summary>What becomes of a sample that cannot be read: its bytes are damaged or missing, its source stays away, or the machine refuses.</summary>
public enum UnreadablePolicy
{
    /// <summary>The epoch ends with the error, which names the block.</summary>
    Fail,

    /// <summary>
    /// Another sample of the epoch stands in for it: in place of sample n that of the same place in the next batch, n + batch size, and so on,
    /// round the epoch; it then comes twice. For one that was drawn by <see cref="Foreground"/> another voxel of its class is drawn. So it is the same one on every rank and with any number of workers as long as the same samples cannot be
    /// read there: damaged data cannot be read anywhere, but a source or a machine may fail one rank alone. See <see cref="BlockLoader.Skipped"/>.
    /// </summary>
    Skip,
}
