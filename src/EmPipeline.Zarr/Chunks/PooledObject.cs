using System.Buffers;
using EmPipeline.Storage;
using EmPipeline.Volumes;

namespace EmPipeline.Zarr.Chunks;

/// <summary>The whole of one stored object; disposing it gives its buffer back.</summary>
internal readonly struct PooledObject : IDisposable
{
    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly bool _isRented;

    private PooledObject(byte[] bytes, int length, bool isRented) => (_bytes, _length, _isRented) = (bytes, length, isRented);

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads it, with one request where each costs a round trip; null when there is none.</summary>
    /// <param name="maximum">The most that such an object can hold; a larger one is corrupt.</param>
    public static async ValueTask<PooledObject?> ReadAsync(VolumePath place, long maximum, CancellationToken cancellation)
    {
        if (place.Store is LocalStore)
            return await ReadPooledAsync(place, maximum, cancellation);
        try
        {
            return await place.Store.ReadAllAsync(place.Key, Math.Min(maximum, Array.MaxLength), cancellation) is { } bytes
                ? new PooledObject(bytes, bytes.Length, isRented: false)
                : null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new EmException(Fault.Corrupt, e.Message, e);
        }
    }

    public void Dispose()
    {
        if (_isRented)
            ArrayPool<byte>.Shared.Return(_bytes);
    }

    private static async ValueTask<PooledObject?> ReadPooledAsync(VolumePath place, long maximum, CancellationToken cancellation)
    {
        if (await place.Store.FindAsync(place.Key, cancellation) is not { } found)
            return null;
        if (found.Length > Math.Min(maximum, Array.MaxLength))
            throw EmException.Corrupt(place.ToString(), $"got {found.Length} bytes, expected at most {maximum}.");
        var rented = ArrayPool<byte>.Shared.Rent((int)found.Length);
        try
        {
            if (await place.Store.ReadAsync(place.Key, 0, rented.AsMemory(0, (int)found.Length), cancellation))
                return new PooledObject(rented, (int)found.Length, isRented: true);
        }
        catch (EndOfStreamException e)
        {
            throw new EmException(Fault.Corrupt, $"{e.Message} Fetch it again.", e);
        }

        ArrayPool<byte>.Shared.Return(rented);
        return null;
    }
}
