using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace EmPipeline.Zarr.Codecs;

/// <summary>One LZ4 block behind its decoded length as four bytes, little-endian: the "lz4" of numcodecs.</summary>
public sealed class Lz4Codec : IBytesCodec
{
    private const int PrefixLength = 4;

    public static Lz4Codec Default { get; } = new();

    public int Decode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < PrefixLength)
            throw new InvalidDataException($"lz4: got {source.Length} bytes, expected at least {PrefixLength}.");
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (stated > (uint)target.Length)
            throw new InvalidDataException($"lz4: got a decoded length of {stated}, expected at most {target.Length}.");
        DecodeBlock(source[PrefixLength..], target[..(int)stated]);
        return (int)stated;
    }

    /// <summary>Decodes a bare LZ4 block that fills the whole of <paramref name="target"/>.</summary>
    /// <exception cref="InvalidDataException">The block is damaged or of another length.</exception>
    public static void DecodeBlock(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (target.IsEmpty)
            return;
        var length = LZ4Codec.Decode(source, target);
        if (length != target.Length)
            throw new InvalidDataException($"lz4: got {(length < 0 ? "a damaged block" : $"{length} bytes")}, expected {target.Length} bytes.");
    }
}
