using EmPipeline.Zarr.Codecs;
using SharpCompress.Compressors.LZMA;

namespace EmPipeline.Formats.Codecs;

/// <summary>The older .lzma format (LZMA alone): 5 bytes of properties, 8 of the decoded length or -1, then the stream.</summary>
public sealed class LzmaCodec : IBytesCodec
{
    private const int PropertiesLength = 5, HeaderLength = PropertiesLength + sizeof(long);

    // The decoder makes a window as large as the stream claims; no more of it can be looked back at than there are decoded bytes.
    private const int SmallestWindow = 4096;

    public static LzmaCodec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < HeaderLength)
            throw new InvalidDataException($"lzma: got {source.Length} bytes, expected at least {HeaderLength}.");
        var properties = source[..PropertiesLength].ToArray();
        var window = Math.Min(System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(properties.AsSpan(1)), (uint)Math.Max(target.Length, SmallestWindow));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(properties.AsSpan(1), window);
        var stated = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(source[PropertiesLength..]);
        if (stated > target.Length)
            throw new InvalidDataException($"lzma: got a decoded length of {stated}, expected at most {target.Length}.");
        var length = source.Length - HeaderLength;
        return InflateStreams.Decode("lzma", source[HeaderLength..], target, stream => LzmaStream.Create(properties, stream, length, stated < 0 ? -1 : stated));
    }
}
