using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Compression;

/// <summary>Stored numbers that are no machine words (1, 4, 12, 24 bits …) made into such.</summary>
internal static class SampleUnpacking
{
    /// <summary>
    /// Unpacks one row of <paramref name="count"/> numbers, which starts at a whole byte. Integers lie highest bit first whatever the file's
    /// byte order, those of 24 bits too: so do libtiff's tests, GDAL, ImageMagick and tifffile.
    /// </summary>
    /// <param name="bigEndian">The byte order of floats of 24 bits.</param>
    /// <param name="before">Room for the numbers of one pixel, to which those of the next add (predictor 2); empty where they do not.</param>
    public static void UnpackRow(ReadOnlySpan<byte> source, Span<byte> target, int count, in TiffLayout layout, bool bigEndian, Span<ulong> before)
    {
        var size = layout.Type!.Value.Size();
        if (layout.Bits == 1 && before.IsEmpty)
        {
            for (var i = 0; i < count; i++)
                target[i] = (byte)((source[i >> 3] >> (7 - (i & 7))) & 1);
        }
        else if (layout.Format == TiffSampleFormat.Float)
        {
            for (var i = 0; i < count; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(target[(i * size)..], Float24ToFloat32(ThreeBytes(source[(3 * i)..], bigEndian)));
        }
        else
        {
            var mask = ulong.MaxValue >> (64 - layout.Bits);
            before.Clear();
            var (pending, pendingBits, position) = (default(UInt128), 0, 0);
            for (var i = 0; i < count; i++)
            {
                for (; pendingBits < layout.Bits; pendingBits += 8)
                    pending = (pending << 8) | source[position++];
                pendingBits -= layout.Bits;
                var value = (ulong)(pending >> pendingBits) & mask;
                if (!before.IsEmpty)
                    value = before[i % before.Length] = unchecked(before[i % before.Length] + value) & mask;
                Write(target.Slice(i * size, size), value, layout);
            }
        }
    }

    private static uint ThreeBytes(ReadOnlySpan<byte> source, bool bigEndian) => bigEndian
        ? ((uint)source[0] << 16) | ((uint)source[1] << 8) | source[2]
        : ((uint)source[2] << 16) | ((uint)source[1] << 8) | source[0];

    private static void Write(Span<byte> target, ulong value, in TiffLayout layout)
    {
        if (layout.Format is TiffSampleFormat.Signed or TiffSampleFormat.ComplexSigned)
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
