using EmPipeline.Formats.Codecs;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>Undoes one filter.</summary>
/// <param name="target">Has the room of <see cref="Hdf5Filters.Room"/>.</param>
/// <param name="parameters">What the dataset states for the filter ("client data").</param>
/// <param name="size">The bytes of a chunk before any filter.</param>
/// <returns>How many bytes it wrote.</returns>
/// <exception cref="InvalidDataException">The bytes are damaged.</exception>
/// <exception cref="NotSupportedException">They use something that is not read here.</exception>
internal delegate int Hdf5Decode(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size);

/// <summary>The filters by their registered numbers.</summary>
internal static class Hdf5Filters
{
    /// <returns>Null for a filter that has no decoder here.</returns>
    public static Hdf5Decode? Find(int id) => id switch
    {
        1 => Of(ZlibCodec.Default),
        2 => Unshuffle,
        3 => CheckFletcher32,
        4 => SzipFilter.Decode,
        5 => NBitFilter.Decode,
        6 => ScaleOffsetFilter.Decode,
        307 => Of(Bzip2Codec.Default),
        32000 => Of(LzfCodec.Default),
        32001 => Of(BloscCodec.Default),
        32004 => Lz4Filter.Decode,
        32008 => BitshuffleFilter.Decode,
        32015 => Of(ZstdCodec.Default),
        _ => null,
    };

    /// <summary>The room for what any filter but the first decodes to: some make a chunk that they cannot shrink a little larger.</summary>
    public static int Room(int chunkSize) => checked(chunkSize + (chunkSize / 8) + 4096);

    private static Hdf5Decode Of(IBytesCodec codec) => (source, target, _, _) => codec.Decode(source, target);

    private static int Unshuffle(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        if (parameters is not [> 0 and <= int.MaxValue and var elementSize, ..] || source.Length > target.Length)
            throw new InvalidDataException($"shuffle: got {source.Length} bytes, expected at most {target.Length} and an element size in the filter's parameters.");
        ByteShuffle.Undo(source, target, (int)elementSize);
        return source.Length;
    }

    private static int CheckFletcher32(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        const int Length = 4;
        if (source.Length < Length || source.Length - Length > target.Length)
            throw new InvalidDataException($"fletcher32: got {source.Length} bytes, expected at least {Length} and at most {target.Length + Length}.");
        var data = source[..^Length];
        var stated = BitConverter.ToUInt32(source[^Length..]);
        var actual = Fletcher32.Compute(data);
        // HDF5 before 1.6.3 wrote it with the bytes of each half swapped.
        var swapped = ((actual & 0x00FF00FF) << 8) | ((actual >> 8) & 0x00FF00FF);
        if (stated != actual && stated != swapped)
            throw new InvalidDataException($"fletcher32: got bytes with the checksum {actual:x8}, expected {stated:x8}.");
        data.CopyTo(target);
        return data.Length;
    }
}
