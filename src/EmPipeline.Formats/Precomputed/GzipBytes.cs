using System.Buffers.Binary;
using System.IO.Compression;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Gzip members whose decoded length is not known beforehand, as chunks and minishard indexes are.</summary>
internal static class GzipBytes
{
    /// <summary>Deflate cannot expand a byte to more than this.</summary>
    private const long MaximumRatio = 1032;

    // Header, an empty deflate stream, checksum and length.
    private const int SmallestMember = 20;

    private static ReadOnlySpan<byte> Magic => [0x1f, 0x8b, 0x08];

    public static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>The decoded bytes of all members.</summary>
    /// <param name="maximum">More decoded bytes than this are refused.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged or truncated, or hold more than <paramref name="maximum"/>.</exception>
    public static unsafe byte[] Decode(ReadOnlySpan<byte> source, long maximum)
    {
        if (!IsGzip(source) || source.Length < SmallestMember)
            throw new InvalidDataException($"got {source.Length} bytes that are no gzip member, expected one");
        // The trailer tells the length modulo 2^32; it is a hint only, held to what deflate can do.
        var stated = BinaryPrimitives.ReadUInt32LittleEndian(source[^sizeof(uint)..]);
        var most = Math.Min(Math.Min(maximum, Array.MaxLength - 1), source.Length * MaximumRatio);
        var decoded = new byte[Math.Min(stated, most) + 1];
        fixed (byte* pointer = source)
        {
            using var encoded = new UnmanagedMemoryStream(pointer, source.Length);
            using var gzip = new GZipStream(encoded, CompressionMode.Decompress);
            var length = 0;
            while (gzip.Read(decoded.AsSpan(length)) is > 0 and var read)
            {
                length += read;
                if (length > most)
                    throw new InvalidDataException($"got more than {most} decoded bytes, expected at most that");
                if (length == decoded.Length)
                    Array.Resize(ref decoded, (int)Math.Min(most + 1, length * 2L));
            }

            // GZipStream ends silently where the bytes do; the length in the trailer tells. With several members it is that of the last.
            var several = length > stated && source[SmallestMember..].IndexOf(Magic) >= 0;
            if ((uint)length != stated && !several)
                throw new InvalidDataException($"got {length} decoded bytes, expected {stated}");
            return decoded.Length == length ? decoded : decoded[..length];
        }
    }
}
