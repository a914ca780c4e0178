using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Chunks;

/// <summary>
/// Where a chunk is to be decoded: the caller's buffer or a pooled one. It is made when the stored chunk is at hand, since metadata may
/// claim chunks of any size. Used for one chunk after another, by one thread at a time.
/// </summary>
public sealed class ChunkTarget : IDisposable
{
    // What all codecs stay below for as good as any content; a zstd block of one repeated value makes 32,768 bytes of each of its own.
    private const long AlwaysAllowed = 16L << 20, LargestExpansion = 40_000;

    private Memory<byte>? _buffer;
    private byte[]? _rented;
    private long _length;

    /// <summary>The room for the decoded chunk, exactly as long as one; not cleared.</summary>
    /// <param name="storedLength">Bytes of the stored chunk.</param>
    /// <param name="place">The stored chunk, for the message.</param>
    /// <exception cref="EmException">So many bytes cannot have become so few.</exception>
    public Memory<byte> Take(long storedLength, VolumePath place)
    {
        if (_buffer is { } given)
            return given;
        CheckExpansion(_length, storedLength, place);
        _rented ??= ArrayPool<byte>.Shared.Rent((int)_length);
        return _rented.AsMemory(0, (int)_length);
    }

    public void Dispose() => Release();

    /// <summary>What was decoded into the pooled buffer.</summary>
    internal ReadOnlySpan<byte> Decoded => _rented.AsSpan(0, (int)_length);

    /// <summary>Refuses to make room for decoded bytes that no codec makes of the stored ones.</summary>
    /// <exception cref="EmException">Corrupt.</exception>
    internal static void CheckExpansion(long decodedLength, long storedLength, VolumePath place)
    {
        if (decodedLength > Array.MaxLength || (decodedLength > AlwaysAllowed && decodedLength / LargestExpansion > storedLength))
            throw EmException.Corrupt(place.ToString(), $"got {storedLength} bytes, expected a chunk of {decodedLength} bytes, encoded.");
    }

    /// <summary>Prepares for a chunk of this many bytes that is decoded into a pooled buffer.</summary>
    internal void Expect(long length)
    {
        Release();
        (_buffer, _length) = (null, length);
    }

    /// <summary>Prepares for a chunk that is decoded straight into the caller's buffer.</summary>
    internal void Expect(Memory<byte> buffer)
    {
        Release();
        _buffer = buffer;
    }

    private void Release()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
    }
}
