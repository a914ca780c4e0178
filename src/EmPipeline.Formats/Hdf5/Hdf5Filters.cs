using EmPipeline.Formats.Codecs;
using PureHDF.Filters;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// The filters that PureHDF leaves to others, by their registered numbers. What it has itself: deflate, shuffle, fletcher32 and
/// scale-offset.
/// </summary>
internal static class Hdf5Filters
{
    private static readonly IH5Filter[] Own =
    [
        new Hdf5Filter(307, "bzip2", (chunk, _, size) => Decode(Bzip2Codec.Default, chunk, size)),
        new Hdf5Filter(32000, "lzf", (chunk, _, size) => Decode(LzfCodec.Default, chunk, size)),
        new Hdf5Filter(32001, "blosc", (chunk, _, size) => Decode(BloscCodec.Default, chunk, size)),
        new Hdf5Filter(32004, "lz4", (chunk, _, size) => Hdf5Lz4.Decode(chunk, size)),
        new Hdf5Filter(32008, "bitshuffle", Hdf5Bitshuffle.Decode),
        new Hdf5Filter(32015, "zstd", (chunk, _, size) => Decode(ZstdCodec.Default, chunk, size)),
    ];

    private static readonly Lazy<Dictionary<ushort, IH5Filter>> All = new(RegisterAll);

    /// <summary>Makes the filters known to PureHDF; the first call does it.</summary>
    public static void Register() => _ = All.Value;

    /// <summary>Undoes one filter, as PureHDF does it for a whole pipeline.</summary>
    public static Memory<byte> Decode(ushort id, FilterInfo info) =>
        All.Value.TryGetValue(id, out var filter) ? filter.Filter(info) : throw new NotSupportedException($"HDF5 filter {id}");

    private static Dictionary<ushort, IH5Filter> RegisterAll()
    {
        foreach (var filter in Own)
            H5Filter.Register(filter);
        IH5Filter[] builtIn = [new DeflateFilter(), new ShuffleFilter(), new Fletcher32Filter(), new NbitFilter(), new ScaleOffsetFilter()];
        return builtIn.Concat(Own).ToDictionary(filter => filter.FilterId);
    }

    /// <summary>
    /// The room for what a chunk decodes to: its size, and a little for a checksum that was appended before it was compressed.
    /// A larger claim in the data itself is not believed.
    /// </summary>
    public static int Room(int chunkSize) => checked(chunkSize + 16);

    private static byte[] Decode(IBytesCodec codec, ReadOnlySpan<byte> chunk, int size)
    {
        var target = new byte[Room(size)];
        var length = codec.Decode(chunk, target);
        return length == target.Length ? target : target[..length];
    }
}
