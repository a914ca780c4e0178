using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace EmPipeline.Formats.Precomputed;

/// <summary>Inflates and unfilters the image data of a PNG (W3C PNG specification, 9 and 10).</summary>
internal static class PngPixels
{
    private const int ChunkOverhead = 12;

    /// <param name="target">Width × height pixels, samples as stored (big-endian).</param>
    /// <exception cref="InvalidDataException">The image data are damaged or truncated.</exception>
    public static void Decode(ReadOnlySpan<byte> png, PngHeader header, Span<byte> target)
    {
        var pixel = header.Channels * header.BitDepth / 8;
        var stride = checked(header.Width * pixel);
        var compressed = ArrayPool<byte>.Shared.Rent(png.Length);
        var previous = ArrayPool<byte>.Shared.Rent(stride);
        try
        {
            var length = JoinImageData(png, compressed);
            using var zlib = new ZLibStream(new MemoryStream(compressed, 0, length), CompressionMode.Decompress);
            var above = previous.AsSpan(0, stride);
            above.Clear();
            for (var y = 0; y < header.Height; y++)
            {
                var row = target.Slice(y * stride, stride);
                var filter = zlib.ReadByte();
                if (filter < 0 || zlib.ReadAtLeast(row, stride, throwOnEndOfStream: false) < stride)
                    throw new InvalidDataException($"got the end of the PNG in row {y}, expected {header.Height} rows. Fetch the file again");
                Unfilter(filter, row, above, pixel);
                above = row;
            }

            // Reading past the last row makes zlib check its checksum.
            if (zlib.ReadByte() >= 0)
                throw new InvalidDataException($"got more PNG data than {header.Height} rows, expected just those");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
            ArrayPool<byte>.Shared.Return(previous);
        }
    }

    private static int JoinImageData(ReadOnlySpan<byte> png, Span<byte> joined)
    {
        var length = 0;
        for (var at = PngHeader.Bytes; at + ChunkOverhead <= png.Length;)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(png[at..]);
            if (size > png.Length - at - ChunkOverhead)
                throw new InvalidDataException($"got a PNG chunk of {size} bytes at byte {at}, expected it to end inside the image. Fetch the file again");
            var body = png.Slice(at + 8, (int)size);
            if (png[(at + 4)..].StartsWith("IDAT"u8))
            {
                body.CopyTo(joined[length..]);
                length += body.Length;
            }

            at += ChunkOverhead + (int)size;
        }

        return length;
    }

    private static void Unfilter(int filter, Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        switch (filter)
        {
            case 0:
                return;
            case 1:
                for (var i = pixel; i < row.Length; i++)
                    row[i] += row[i - pixel];
                return;
            case 2:
                for (var i = 0; i < row.Length; i++)
                    row[i] += above[i];
                return;
            case 3:
                for (var i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < pixel ? 0 : row[i - pixel]) + above[i]) >> 1);
                return;
            case 4:
                for (var i = 0; i < row.Length; i++)
                    row[i] += i < pixel ? above[i] : Paeth(row[i - pixel], above[i], above[i - pixel]);
                return;
            default:
                throw new InvalidDataException($"got PNG filter {filter}, expected 0 to 4. Fetch the file again");
        }
    }

    private static byte Paeth(int left, int up, int upLeft)
    {
        var estimate = left + up - upLeft;
        var (toLeft, toUp, toUpLeft) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - upLeft));
        return (byte)(toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft);
    }
}
