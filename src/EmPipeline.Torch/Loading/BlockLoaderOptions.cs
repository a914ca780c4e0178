namespace EmPipeline.Torch;

/// <summary>How a <see cref="BlockLoader"/> goes through the blocks. Change with <c>with</c>.</summary>
public sealed record BlockLoaderOptions
{
    /// <summary>Blocks in a batch, of all ranks together. 4 unless set.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Threads that read. One for each core unless set; sixteen at least where they wait for a network.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Batches that are read ahead of the one in use. 2 unless set.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Whether each epoch has its own random order, from the source's seed. True unless set.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch of fewer blocks is left out. False unless set.</summary>
    public bool DropLast { get; init; }

    /// <summary>What becomes of a sample that cannot be read. <see cref="UnreadablePolicy.Fail"/> unless set.</summary>
    public UnreadablePolicy Unreadable { get; init; }

    /// <summary>Which of <see cref="WorldSize"/> processes this one is. 0 unless set.</summary>
    public int Rank { get; init; }

    /// <summary>
    /// Processes that train together, each with a loader of its own. 1 unless set. Together they serve the same batches whatever their number,
    /// each its slice: every WorldSize-th sample, from the Rank-th on. Where the batch does not divide, slices differ by one sample; a last,
    /// smaller batch may leave the last ranks an empty one: see <see cref="DropLast"/>.
    /// </summary>
    public int WorldSize { get; init; } = 1;
}
