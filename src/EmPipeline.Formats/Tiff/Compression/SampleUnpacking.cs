using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>Stored numbers that are no machine words (1, 4, 12, 24 bits …) made into such.</summary>
internal static class SampleUnpacking
{
    /// <summary>Unpacks one row of <paramref name="count"/> numbers, which starts at a whole byte, highest bit first.</summary>
    /// <param name="bigEndian">The byte order of numbers of whole bytes (24, 40 … bits); others have none.</param>
    public static void UnpackRow(ReadOnlySpan<byte> source, Span<byte> target, int count, in TiffLayout layout, bool bigEndian)
    {
        var size = layout.Type!.Value.Size();
        if (layout.Bits == 1)
        {
            for (var i = 0; i < count; i++)
                target[i] = (byte)((source[i >> 3] >> (7 - (i & 7))) & 1);
        }
        else if (layout.Bits % 8 == 0)
        {
            var bytes = layout.Bits / 8;
            for (var i = 0; i < count; i++)
                Write(target.Slice(i * size, size), WholeBytes(source.Slice(i * bytes, bytes), bigEndian), layout);
        }
        else
        {
            var (pending, pendingBits, position) = (default(UInt128), 0, 0);
            for (var i = 0; i < count; i++)
            {
                for (; pendingBits < layout.Bits; pendingBits += 8)
                    pending = (pending << 8) | source[position++];
                pendingBits -= layout.Bits;
                Write(target.Slice(i * size, size), (ulong)(pending >> pendingBits) & (ulong.MaxValue >> (64 - layout.Bits)), layout);
            }
        }
    }

    private static ulong WholeBytes(ReadOnlySpan<byte> source, bool bigEndian)
    {
        var value = 0UL;
        for (var i = 0; i < source.Length; i++)
            value = (value << 8) | source[bigEndian ? i : source.Length - 1 - i];
        return value;
    }

    private static void Write(Span<byte> target, ulong value, in TiffLayout layout)
    {
        if (layout.Format == TiffSampleFormat.Float)
            value = Float24ToFloat32((uint)value);
        else if (layout.Format is TiffSampleFormat.Signed or TiffSampleFormat.ComplexSigned)
            value = (ulong)((long)(value << (64 - layout.Bits)) >> (64 - layout.Bits));
        switch (target.Length)
        {
            case 1:
                target[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(target, (uint)value);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(target, value);
                break;
        }
    }

    /// <summary>One sign bit, 7 exponent bits biased by 63, 16 of mantissa (Adobe's technical note 3).</summary>
    private static uint Float24ToFloat32(uint value)
    {
        var sign = (value >> 23) << 31;
        var (exponent, mantissa) = ((value >> 16) & 0x7F, value & 0xFFFF);
        if (exponent == 0x7F)
            return sign | 0x7F80_0000 | (mantissa << 7);
        if (exponent != 0)
            return sign | ((exponent + 127 - 63) << 23) | (mantissa << 7);
        // Below the smallest normal number the value is mantissa × 2^(-62 - 16), which float32 holds exactly.
        return sign | BitConverter.SingleToUInt32Bits(mantissa * MathF.Pow(2, -78));
    }
}
