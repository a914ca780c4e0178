namespace EmPipeline.Torch;

/// <summary>How a <see cref="BlockLoader"/> goes through the blocks. Change with <c>with</c>.</summary>
public sealed record BlockLoaderOptions
{
    /// <summary>Blocks in a batch. 4 unless set.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Threads that read. One for each core unless set.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Batches that are read ahead of the one in use. 2 unless set.</summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>Whether each epoch has its own random order, from the source's seed. True unless set.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch of fewer blocks is left out. False unless set.</summary>
    public bool DropLast { get; init; }
}
