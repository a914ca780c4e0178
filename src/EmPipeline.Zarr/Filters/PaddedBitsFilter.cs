using EmPipeline.Volumes;
using EmPipeline.Zarr.Json;

namespace EmPipeline.Zarr.Filters;

/// <summary>
/// The "packbits" of Zarr's registered extensions (not that of numcodecs): eight truths a byte, the first in the lowest bit; how many bits
/// pad the end may stand in a byte before or behind.
/// </summary>
internal sealed class PaddedBitsFilter(int bytesBefore, int bytesBehind) : IFilter
{
    /// <exception cref="EmException">The numbers are no truths, or the configuration makes no sense.</exception>
    public static PaddedBitsFilter Parse(JsonField configuration, NumpyType type)
    {
        if (type.Type != VoxelType.Boolean)
            throw EmException.Unsupported(configuration.File.ToString(), $"the codec 'packbits' for {type.Type.Name()}");
        return configuration.FindValue("padding_encoding") is not { } padding ? new PaddedBitsFilter(0, 0) : padding.Text() switch
        {
            "none" => new PaddedBitsFilter(0, 0),
            "first_byte" or "start_byte" => new PaddedBitsFilter(1, 0),
            "last_byte" or "end_byte" => new PaddedBitsFilter(0, 1),
            _ => throw padding.Wrong("'none', 'first_byte' or 'last_byte'"),
        };
    }

    public long EncodedLength(long decodedLength) => bytesBefore + ((decodedLength + 7) / 8) + bytesBehind;

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length != EncodedLength(target.Length))
            throw new InvalidDataException($"packbits: got {source.Length} bytes, expected {EncodedLength(target.Length)}.");
        source = source[bytesBefore..];
        for (var i = 0; i < target.Length; i++)
            target[i] = (byte)((source[i / 8] >> (i % 8)) & 1);
        return target.Length;
    }
}
