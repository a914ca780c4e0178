using System.Buffers;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>The filters of a dataset, in the order in which they were applied. Safe for concurrent use.</summary>
internal sealed class Hdf5Pipeline((ushort Id, uint[] Parameters)[] filters, int chunkBytes)
{
    /// <summary>Whether a chunk that went round the filters of this mask is stored as it is.</summary>
    public bool IsPassedBy(uint mask) => !Enumerable.Range(0, filters.Length).Any(i => Applies(mask, i));

    /// <summary>Decodes a stored chunk.</summary>
    /// <param name="mask">A set bit for each filter that the chunk went round.</param>
    /// <param name="target">Exactly one chunk.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    /// <exception cref="NotSupportedException">A filter is not known.</exception>
    public void Decode(ReadOnlySpan<byte> stored, uint mask, Span<byte> target)
    {
        byte[]? current = null;
        try
        {
            for (var i = filters.Length - 1; i >= 0; i--)
            {
                if (!Applies(mask, i))
                    continue;
                var decode = Hdf5Filters.Find(filters[i].Id) ?? throw new NotSupportedException($"HDF5 filter {filters[i].Id}");
                var room = Hdf5Filters.Room(chunkBytes);
                var next = ArrayPool<byte>.Shared.Rent(room);
                try
                {
                    stored = next.AsSpan(0, decode(stored, next.AsSpan(0, room), filters[i].Parameters, chunkBytes));
                }
                finally
                {
                    if (current is not null)
                        ArrayPool<byte>.Shared.Return(current);
                    current = next;
                }
            }

            if (stored.Length < target.Length)
                throw new InvalidDataException($"got a chunk of {stored.Length} bytes, expected {target.Length}.");
            stored[..target.Length].CopyTo(target);
        }
        finally
        {
            if (current is not null)
                ArrayPool<byte>.Shared.Return(current);
        }
    }

    private static bool Applies(uint mask, int filter) => filter >= 32 || (mask >> filter & 1) == 0;
}
