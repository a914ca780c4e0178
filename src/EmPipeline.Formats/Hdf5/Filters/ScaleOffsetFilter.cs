using System.Buffers.Binary;

namespace EmPipeline.Formats.Hdf5.Filters;

/// <summary>
/// Filter 6 (scale-offset): every number as its distance to the smallest, in just as many bits as the largest distance takes, the highest
/// first; floats are scaled by a power of ten before. Parameters: scaling, its exponent, elements, class, size, sign, byte order, whether
/// there is a fill value, which has all bits set, and that value.
/// </summary>
internal static class ScaleOffsetFilter
{
    private const int ExponentAt = 1, CountAt = 2, ClassAt = 3, SizeAt = 4, OrderAt = 6, FillDefinedAt = 7, FillAt = 8;
    private const int MinimumAt = 5, HeaderBytes = 21;
    private const uint FloatClass = 1;

    public static int Decode(ReadOnlySpan<byte> source, Span<byte> target, uint[] parameters, int size)
    {
        var elementSize = parameters.Length < FillAt ? 0 : parameters[SizeAt];
        if (elementSize is not (1 or 2 or 4 or 8) || parameters[CountAt] * (ulong)elementSize != (ulong)size)
            throw new InvalidDataException($"scaleoffset: got parameters that do not fit a chunk of {size} bytes.");
        if (source.Length < HeaderBytes)
            throw new InvalidDataException($"scaleoffset: got {source.Length} bytes, expected at least {HeaderBytes}.");
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(source);
        if (bits > 8 * elementSize)
            throw new InvalidDataException($"scaleoffset: got {bits} bits a number, expected at most {8 * elementSize}.");
        var minimum = BinaryPrimitives.ReadUInt64LittleEndian(source[MinimumAt..]);
        var reader = new BitReader(source[HeaderBytes..]);
        target = target[..size];
        if (bits == 8 * elementSize)
            CopyWhole(source[HeaderBytes..], target);
        else if (parameters[ClassAt] == FloatClass)
            DecodeFloats(ref reader, (int)bits, minimum, target, (int)elementSize, parameters);
        else
            DecodeIntegers(ref reader, (int)bits, minimum, target, (int)elementSize, parameters);
        if (parameters[OrderAt] != 0)
            EmPipeline.Zarr.Codecs.ByteOrder.Reverse(target, (int)elementSize);
        return size;
    }

    private static void CopyWhole(ReadOnlySpan<byte> source, Span<byte> target)
    {
        if (source.Length < target.Length)
            throw new InvalidDataException($"scaleoffset: got {source.Length} bytes, expected {target.Length}.");
        source[..target.Length].CopyTo(target);
    }

    private static void DecodeIntegers(ref BitReader reader, int bits, ulong minimum, Span<byte> target, int size, uint[] parameters)
    {
        var (none, fill) = Fill(bits, parameters, size);
        for (var at = 0; at < target.Length; at += size)
        {
            var distance = reader.Take(bits);
            Write(target.Slice(at, size), distance == none ? fill : distance + minimum);
        }
    }

    private static void DecodeFloats(ref BitReader reader, int bits, ulong minimum, Span<byte> target, int size, uint[] parameters)
    {
        if (size is not (4 or 8))
            throw new NotSupportedException($"scale-offset filter for floats of {size} bytes");
        var (none, fill) = Fill(bits, parameters, size);
        var exponent = (int)parameters[ExponentAt];
        // In the precision of the type, as the writing library has it.
        var (scale, single) = (Math.Pow(10, exponent), MathF.Pow(10, exponent));
        for (var at = 0; at < target.Length; at += size)
        {
            var distance = reader.Take(bits);
            var value = distance == none ? fill
                : size == 4 ? BitConverter.SingleToUInt32Bits(((int)distance / single) + BitConverter.UInt32BitsToSingle((uint)minimum))
                : BitConverter.DoubleToUInt64Bits(((long)distance / scale) + BitConverter.UInt64BitsToDouble(minimum));
            Write(target.Slice(at, size), value);
        }
    }

    /// <summary>The distance that stands for the fill value, and that value; a distance that does not occur where there is none.</summary>
    private static (ulong None, ulong Fill) Fill(int bits, uint[] parameters, int size)
    {
        if (parameters[FillDefinedAt] == 0)
            return (ulong.MaxValue, 0);
        ulong low = parameters.Length > FillAt ? parameters[FillAt] : 0, high = size > 4 && parameters.Length > FillAt + 1 ? parameters[FillAt + 1] : 0;
        return ((1ul << bits) - 1, low | (high << 32));
    }

    private static void Write(Span<byte> target, ulong value)
    {
        for (var i = 0; i < target.Length; i++, value >>= 8)
            target[i] = (byte)value;
    }
}
