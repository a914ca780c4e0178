using EmPipeline.Catalog;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Sampling;

/// <summary>What samples are drawn from: the blocks of all queries, and how they are mixed. Immutable once opened. Owns the readers of what foreground is drawn from.</summary>
internal sealed class SampleSet : IAsyncDisposable
{
    private readonly IReadOnlyList<QueryBlocks> _queries;
    private readonly IReadOnlyList<long> _quotas;
    private readonly Lazy<string> _queryHash;
    private ForegroundLabels? _foreground;

    /// <param name="queries">As asked, in the order of <paramref name="blocks"/>.</param>
    /// <param name="blocks">The blocks of each query.</param>
    /// <param name="catalogue">Hash of the catalogue's content; null when it does not tell.</param>
    /// <param name="shape">The extents of a volume, and of a sample in its voxels, z, y, x.</param>
    /// <exception cref="EmException">A weight is wrong, or a block begins outside of its volume.</exception>
    public SampleSet(IReadOnlyList<SampleQuery> queries, IReadOnlyList<IReadOnlyList<BlockRef>> blocks, string? catalogue, Mixing mixing, Func<BlockVolume, (NdIndex Volume, NdIndex Sample)> shape)
    {
        (Queries, CatalogueHash, Mixing) = (queries, catalogue, mixing);
        var (parts, first) = (new List<QueryBlocks>(), 0);
        foreach (var chosen in blocks)
        {
            parts.Add(new QueryBlocks(first, chosen, shape));
            first += chosen.Count;
        }

        _queries = parts;
        Blocks = blocks.Count == 1 ? blocks[0] : [.. blocks.SelectMany(chosen => chosen)];
        _queryHash = new(() => OptionsText.Hash($"{OptionsText.Of(Queries)} {BlocksHash.Of(Blocks)}"));
        _quotas = Quotas.Of([.. blocks.Select(chosen => (long)chosen.Count)], Weights(queries), mixing);
    }

    public IReadOnlyList<SampleQuery> Queries { get; }

    public Mixing Mixing { get; }

    /// <summary>The blocks of all queries, one query after the other.</summary>
    public IReadOnlyList<BlockRef> Blocks { get; }

    public string? CatalogueHash { get; }

    /// <summary>Hash of the queries, and of the blocks that they chose: a query may ask for what is another each time.</summary>
    public string QueryHash => _queryHash.Value;

    /// <summary>Opens what foreground is drawn from, where the options ask for it; once.</summary>
    /// <exception cref="EmException">These options are out of range, a class is absent, or a label is none that can be drawn from.</exception>
    public async Task OpenForegroundAsync(
        CatalogReader catalog, BlockOptions options, VolumeOpener open, CancellationToken cancellation)
    {
        if (options.Foreground is { } foreground)
            _foreground = await ForegroundLabels.OpenAsync(catalog, _queries, foreground, open, cancellation);
    }

    /// <param name="batchSize">Samples of a batch; null: the whole epoch is one.</param>
    public ISampler Sampler(BlockOptions options, bool shuffle, int? batchSize)
    {
        var samplers = _queries.Select(query => new QuerySampler(query, options, shuffle)).ToList();
        var size = batchSize ?? (int)Math.Min(int.MaxValue, _quotas.Sum());
        ISampler sampler = samplers.Count == 1 && Mixing != Mixing.Choose ? samplers[0] : new MixedSampler(samplers, _quotas, Mixing, options.Seed, size);
        return _foreground is null ? sampler : new ForegroundSampler(sampler, _foreground.Queries, options, size);
    }

    public ValueTask DisposeAsync() => _foreground?.DisposeAsync() ?? default;

    private static List<double>? Weights(IReadOnlyList<SampleQuery> queries)
    {
        var given = queries.Where(query => query.Weight is not null).ToList();
        foreach (var query in given)
        {
            if (!(query.Weight > 0 && double.IsFinite(query.Weight.Value)))
                throw new EmException(Fault.Configuration, $"weight of query '{query.Query}': got {OptionsText.Of(query.Weight)}, expected a number above 0. Leave a query out that is to give nothing.");
        }

        if (given.Count == 0)
            return null;
        return given.Count == queries.Count
            ? [.. queries.Select(query => query.Weight!.Value)]
            : throw new EmException(Fault.Configuration, $"weights: got {given.Count} for {queries.Count} queries, expected one for each or none.");
    }
}
