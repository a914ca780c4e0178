using EmPipeline.Volumes;

namespace EmPipeline.Formats.Precomputed;

/// <summary>The encoded bytes of one chunk and where they came from.</summary>
/// <param name="Bytes">Valid only during the call that hands it over.</param>
/// <param name="Key">The object it lies in.</param>
/// <param name="Offset">Its first byte in that object, as stored.</param>
internal readonly record struct EncodedChunk(NdIndex Cell, ReadOnlyMemory<byte> Bytes, string Key, long Offset);

/// <summary>Where the chunks of one scale are kept. Safe for concurrent use.</summary>
internal interface IChunkSource
{
    /// <summary>
    /// Hands over every chunk of <paramref name="cells"/> (grid positions z, y, x) that is stored, in any order, one at a time.
    /// </summary>
    /// <param name="take">Called with a stored chunk.</param>
    /// <param name="absent">Called with a grid position that nothing is stored for.</param>
    ValueTask ReadAsync(IReadOnlyList<NdIndex> cells, Action<EncodedChunk> take, Action<NdIndex> absent, CancellationToken cancellation);
}
