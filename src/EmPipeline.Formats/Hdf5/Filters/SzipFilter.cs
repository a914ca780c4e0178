using System.Buffers;
using System.Buffers.Binary;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Filter 4 (szip): the decoded length, then extended Rice coding. Parameters: options, samples a block, bits a sample, samples a line.
/// Numbers of 32 and 64 bits are coded byte by byte, all first bytes first; a line that is no multiple of blocks is padded.
/// </summary>
internal static class SzipFilter
{
    private const int LengthBytes = 4, MostSignificantFirst = 16, NearestNeighbour = 32, MaxBlock = 32;

    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        if (source.Length < LengthBytes || parameters is not [var options, var block, var bits, var line, ..])
            throw new InvalidDataException($"szip: got {source.Length} bytes and {parameters.Length} parameters, expected at least {LengthBytes} of each.");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (length > target.Length || block is < 2 or > MaxBlock || block % 2 != 0 || bits is 0 or > 64 || line is 0 or > int.MaxValue)
            throw new InvalidDataException($"szip: got {length} bytes in lines of {line} samples of {bits} bits, blocks of {block}, expected at most {target.Length} bytes.");
        var wide = bits is 32 or 64;
        if (bits > 24 && !wide)
            throw new NotSupportedException($"szip filter for samples of {bits} bits");
        target = target[..(int)length];
        var planes = ArrayPool<byte>.Shared.Rent(wide ? target.Length : 0);
        try
        {
            var bytes = wide ? planes.AsSpan(0, target.Length) : target;
            DecodeLines(source[LengthBytes..], bytes, wide ? 8 : (int)bits, (int)block, (int)line, options);
            if (wide)
                ByteShuffle.Undo(bytes, target, (int)bits / 8);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(planes);
        }

        return target.Length;
    }

    private static void DecodeLines(ReadOnlySpan<byte> source, Span<byte> target, int bits, int block, int line, uint options)
    {
        var size = bits <= 8 ? 1 : bits <= 16 ? 2 : 4;
        var blocks = (line + block - 1) / block;
        var (count, padded) = (target.Length / size, (long)blocks * block);
        var lines = (count + line - 1) / line;
        var total = padded == line ? count : lines * padded;
        // A block of zeros is the least that a line can be coded as: less than a byte for up to a segment's 64 blocks.
        if (total > Array.MaxLength / sizeof(uint) || total / (64L * 64 * block) > source.Length)
            throw new InvalidDataException($"szip: got {source.Length} bytes, expected what decodes to {total} samples.");
        var samples = ArrayPool<uint>.Shared.Rent((int)total);
        try
        {
            new AecDecoder(bits, block, blocks, (options & NearestNeighbour) != 0).Decode(source, samples.AsSpan(0, (int)total));
            for (var i = 0; i < count; i++)
                Write(target.Slice(i * size, size), samples[padded == line ? i : (i / line * padded) + (i % line)], (options & MostSignificantFirst) != 0);
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(samples);
        }
    }

    private static void Write(Span<byte> target, uint value, bool bigEndian)
    {
        for (var i = 0; i < target.Length; i++, value >>= 8)
            target[bigEndian ? target.Length - 1 - i : i] = (byte)value;
    }
}
