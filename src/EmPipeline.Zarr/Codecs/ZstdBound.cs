using System.Buffers.Binary;

namespace EmPipeline.Zarr.Codecs;

/// <summary>
/// How much a Zstandard stream (RFC 8878) can become, from the sizes that its blocks state: four bytes may stand for 128 KiB, so the
/// length of the stream alone says little.
/// </summary>
internal static class ZstdBound
{
    private const uint Magic = 0xFD2FB528;
    private const uint SkippableMagic = 0x184D2A50;
    private const int MaxBlockBytes = 128 << 10;
    private const int BlockHeaderBytes = 3;

    /// <summary>The most bytes that decoding gives; less where the stream is damaged, since decoding stops there.</summary>
    public static long MaxDecodedLength(ReadOnlySpan<byte> stream)
    {
        var most = 0L;
        while (stream.Length > 8)
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(stream);
            if ((magic & ~0xFu) == SkippableMagic)
            {
                var skipped = 8 + (long)BinaryPrimitives.ReadUInt32LittleEndian(stream[4..]);
                if (skipped > stream.Length)
                    break;
                stream = stream[(int)skipped..];
                continue;
            }

            if (magic != Magic)
                break;
            var descriptor = stream[4];
            stream = Rest(stream, 5 + HeaderFields(descriptor));
            most += Blocks(ref stream);
            const int ChecksumFlag = 4, ChecksumBytes = 4;
            if ((descriptor & ChecksumFlag) != 0)
                stream = Rest(stream, ChecksumBytes);
        }

        return most;
    }

    private static long Blocks(ref ReadOnlySpan<byte> stream)
    {
        const int Raw = 0, RunLength = 1;
        var most = 0L;
        while (stream.Length >= BlockHeaderBytes)
        {
            var header = stream[0] | (stream[1] << 8) | (stream[2] << 16);
            var (last, kind, size) = ((header & 1) != 0, (header >> 1) & 3, header >> 3);
            most += kind is Raw or RunLength ? Math.Min(size, MaxBlockBytes) : MaxBlockBytes;
            stream = Rest(stream, BlockHeaderBytes + (kind == RunLength ? 1 : size));
            if (last)
                break;
        }

        return most;
    }

    /// <summary>Bytes of window size, dictionary and content size, which the descriptor says are there.</summary>
    private static int HeaderFields(byte descriptor)
    {
        const int SingleSegment = 0x20;
        var single = (descriptor & SingleSegment) != 0;
        var dictionary = (descriptor & 3) switch { 0 => 0, 1 => 1, 2 => 2, _ => 4 };
        var content = (descriptor >> 6) switch { 0 => single ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        return (single ? 0 : 1) + dictionary + content;
    }

    private static ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> stream, int skip) => skip < stream.Length ? stream[skip..] : [];
}
