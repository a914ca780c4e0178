using System.Buffers;
using EmPipeline.Volumes;

namespace EmPipeline.Formats;

/// <summary>The whole of one stored object in a pooled buffer; disposing it gives the buffer back.</summary>
internal readonly struct PooledObject : IDisposable
{
    private readonly byte[] _rented;
    private readonly int _length;

    private PooledObject(byte[] rented, int length) => (_rented, _length) = (rented, length);

    public ReadOnlySpan<byte> Bytes => _rented.AsSpan(0, _length);

    /// <summary>Reads it; null when there is none.</summary>
    /// <param name="maximum">The most that such an object can hold; a larger one is corrupt.</param>
    public static async ValueTask<PooledObject?> ReadAsync(VolumePath place, long maximum, CancellationToken cancellation)
    {
        if (await place.Store.FindAsync(place.Key, cancellation) is not { } found)
            return null;
        if (found.Length > Math.Min(maximum, Array.MaxLength))
            throw EmException.Corrupt(place.ToString(), $"got {found.Length} bytes, expected at most {maximum}.");
        var rented = ArrayPool<byte>.Shared.Rent((int)found.Length);
        try
        {
            if (await place.Store.ReadAsync(place.Key, 0, rented.AsMemory(0, (int)found.Length), cancellation))
                return new PooledObject(rented, (int)found.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }

        ArrayPool<byte>.Shared.Return(rented);
        return null;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
