using System.Buffers;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using EmPipeline.Zarr.Filters;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.V2;

/// <summary>A chunk's compressor and filters, in the order in which they are undone. Safe for concurrent use.</summary>
internal sealed class ZarrV2Chain
{
    private readonly IBytesCodec[] _codecs;

    // The most that goes into each codec, and behind the last the length of the chunk.
    private readonly int[] _lengths;

    /// <param name="codecs">The compressor first, then the filters from the last to the first; none for a chunk that is stored as it is.</param>
    /// <param name="chunkLength">Bytes of one decoded chunk.</param>
    public ZarrV2Chain(IReadOnlyList<IBytesCodec> codecs, int chunkLength)
    {
        _codecs = [.. codecs];
        _lengths = new int[_codecs.Length + 1];
        _lengths[^1] = chunkLength;
        for (var i = _codecs.Length - 1; i >= 0; i--)
            _lengths[i] = (int)Math.Min(EncodedLength(_codecs[i], _lengths[i + 1]), Array.MaxLength);
    }

    /// <summary>The chain that undoes the "compressor" and "filters" of a .zarray.</summary>
    /// <param name="more">As for <see cref="NumcodecsCodecs.Create"/>.</param>
    /// <exception cref="EmException">The settings of one are wrong. One that is unknown is refused when voxels are read.</exception>
    public static ZarrV2Chain Of(ZarrV2Metadata metadata, IReadOnlyDictionary<string, IBytesCodec>? more = null)
    {
        var settings = new List<JsonField>();
        if (metadata.Json.FindValue("compressor") is { } compressor)
            settings.Add(compressor);
        if (metadata.Json.FindValue("filters") is { } filters)
            settings.AddRange(filters.Items().Reverse());
        var codecs = settings.Select(codec => NumcodecsCodecs.Create(codec.Require("id").Text(), codec, metadata.Type, more));
        return new ZarrV2Chain([.. codecs], checked((int)(metadata.Chunks.Volume * metadata.Type.ElementSize)));
    }

    /// <summary>The most bytes that an encoded chunk can reasonably have.</summary>
    public int MaxEncodedLength => _lengths[0];

    /// <summary>Decodes a chunk into <paramref name="target"/>, which is exactly as long as one.</summary>
    /// <exception cref="EmException">The chunk is damaged or of another length.</exception>
    public void Decode(ReadOnlySpan<byte> source, Span<byte> target, VolumePath place)
    {
        if (_codecs.Length == 0)
        {
            if (source.Length != target.Length)
                throw EmException.Corrupt(place.ToString(), $"got {source.Length} bytes, expected {target.Length}. Fetch it again.");
            source.CopyTo(target);
            return;
        }

        byte[]? previous = null;
        try
        {
            for (var i = 0; i < _codecs.Length - 1; i++)
            {
                var next = ArrayPool<byte>.Shared.Rent(_lengths[i + 1]);
                var length = 0;
                try
                {
                    length = _codecs[i].DecodeAt(source, next.AsSpan(0, _lengths[i + 1]), place);
                }
                finally
                {
                    if (previous is not null)
                        ArrayPool<byte>.Shared.Return(previous);
                    previous = next;
                }

                source = next.AsSpan(0, length);
            }

            _codecs[^1].DecodeExactly(source, target, place);
        }
        finally
        {
            if (previous is not null)
                ArrayPool<byte>.Shared.Return(previous);
        }
    }

    // What does not shrink grows by less than this in every codec there is.
    private static long EncodedLength(IBytesCodec codec, long decodedLength) =>
        codec is IFilter filter ? filter.EncodedLength(decodedLength) : decodedLength + (decodedLength / 8) + 4096;
}
