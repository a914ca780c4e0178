using PureHDF.Filters;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Decodes one chunk.</summary>
/// <param name="parameters">What the dataset states for the filter ("client data").</param>
/// <param name="size">The bytes of a chunk before any filter.</param>
internal delegate byte[] Hdf5Decode(ReadOnlySpan<byte> chunk, uint[] parameters, int size);

/// <summary>A filter as PureHDF takes it; decodes only.</summary>
internal sealed class Hdf5Filter(ushort id, string name, Hdf5Decode decode) : IH5Filter
{
    public ushort FilterId => id;

    public string Name => name;

    public Memory<byte> Filter(FilterInfo info) => info.Flags.HasFlag(H5FilterFlags.Decompress)
        ? decode(info.Buffer.Span, info.Parameters, info.ChunkSize)
        : throw new NotSupportedException($"writing with filter {name}");

    public uint[] GetParameters(uint[] chunkDimensions, uint typeSize, Dictionary<string, object>? options) =>
        throw new NotSupportedException($"writing with filter {name}");
}
