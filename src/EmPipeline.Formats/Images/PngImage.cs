using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Images;

/// <summary>
/// PNG (ISO/IEC 15948): all colour types, 1 to 16 bits, interlaced or not. Samples are given as stored; gamma, colour profiles and
/// transparency are no business of measured values, and Skia, which would apply them, has no 16-bit gray.
/// </summary>
internal static class PngImage
{
    private const int BatchBytes = 256 << 10;

    // deflate's limit: 258 bytes from two bits.
    private const int MaxExpansion = 1032;

    /// <summary>Decodes a whole stream.</summary>
    /// <param name="stream">Is used as working space.</param>
    /// <param name="target">Height × width × samples numbers, 16-bit ones little-endian.</param>
    /// <exception cref="InvalidDataException">Damaged or truncated.</exception>
    public static unsafe void Decode(Span<byte> stream, Span<byte> target)
    {
        var header = PngHeader.Parse(stream);
        var compressed = GatherData(stream);
        if ((long)compressed.Length * MaxExpansion < header.RowBytes(header.Width) * header.Height)
            throw new InvalidDataException($"got {compressed.Length} compressed bytes, too few for {header.Height}×{header.Width} pixels.");
        fixed (byte* start = compressed)
        {
            using var source = new UnmanagedMemoryStream(start, compressed.Length);
            using var inflate = new ZLibStream(new EndMarkedStream(source), CompressionMode.Decompress);
            if (header.Interlaced)
                DecodeInterlaced(inflate, header, target);
            else
                DecodePass(inflate, header, header.Width, header.Height, target);
            // Reading on to the end makes the decoder compare the checksum.
            _ = inflate.ReadByte();
        }
    }

    /// <summary>Whether a file of <paramref name="fileLength"/> bytes can hold the image that its header claims.</summary>
    public static bool IsPossible(PngHeader header, long fileLength) =>
        (Int128)header.RowBytes(header.Width) * header.Height <= (Int128)fileLength * MaxExpansion;

    private static void DecodeInterlaced(Stream inflate, PngHeader header, Span<byte> target)
    {
        // Adam7: start and step in x and y of each pass.
        ReadOnlySpan<(int X, int Y, int StepX, int StepY)> passes =
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        var pixel = header.Samples * (header.Bits == 16 ? 2 : 1);
        foreach (var pass in passes)
        {
            var width = (header.Width - pass.X + pass.StepX - 1) / pass.StepX;
            var height = (header.Height - pass.Y + pass.StepY - 1) / pass.StepY;
            if (width <= 0 || height <= 0)
                continue;
            var pixels = ArrayPool<byte>.Shared.Rent(checked(width * height * pixel));
            DecodePass(inflate, header, width, height, pixels.AsSpan(0, width * height * pixel));
            for (var i = 0; i < width * height; i++)
            {
                var (y, x) = (pass.Y + (i / width * pass.StepY), pass.X + (i % width * pass.StepX));
                pixels.AsSpan(i * pixel, pixel).CopyTo(target[(int)((((long)y * header.Width) + x) * pixel)..]);
            }

            ArrayPool<byte>.Shared.Return(pixels);
        }
    }

    /// <summary>Inflates, unfilters and unpacks an image, or one pass of an interlaced one, some rows at a time.</summary>
    private static void DecodePass(Stream inflate, PngHeader header, int width, int height, Span<byte> target)
    {
        var stored = checked((int)header.RowBytes(width)) + 1;
        var batch = Math.Clamp(BatchBytes / stored, 1, height);
        var (rented, above) = (ArrayPool<byte>.Shared.Rent(stored * batch), ArrayPool<byte>.Shared.Rent(stored));
        try
        {
            var previous = above.AsSpan(0, stored - 1);
            previous.Clear();
            var targetRow = target.Length / height;
            for (var first = 0; first < height; first += batch)
            {
                var rows = rented.AsSpan(0, stored * Math.Min(batch, height - first));
                if (inflate.ReadAtLeast(rows, rows.Length, throwOnEndOfStream: false) < rows.Length)
                    throw new InvalidDataException($"got the end of the PNG data in row {first} or after it, expected {height} rows.");
                var last = previous;
                for (; rows.Length > 0; rows = rows[stored..])
                {
                    var row = rows[1..stored];
                    PngFilter.Undo(rows[0], row, last, header.FilterDistance);
                    Unpack(row, target[..targetRow], header.Bits);
                    target = target[targetRow..];
                    last = row;
                }

                last.CopyTo(previous);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
            ArrayPool<byte>.Shared.Return(above);
        }
    }

    private static void Unpack(ReadOnlySpan<byte> row, Span<byte> target, int bits)
    {
        if (bits == 8)
        {
            row.CopyTo(target);
        }
        else if (bits == 16)
        {
            var numbers = MemoryMarshal.Cast<byte, ushort>(target);
            BinaryPrimitives.ReverseEndianness(MemoryMarshal.Cast<byte, ushort>(row), numbers);
        }
        else
        {
            var mask = (1 << bits) - 1;
            for (var i = 0; i < target.Length; i++)
            {
                var bit = i * bits;
                target[i] = (byte)((row[bit >> 3] >> (8 - bits - (bit & 7))) & mask);
            }
        }
    }

    /// <summary>Moves the contents of all IDAT chunks together, in place.</summary>
    private static Span<byte> GatherData(Span<byte> stream)
    {
        const int ChunkOverhead = 12;
        var (position, start, end) = (PngHeader.Signature.Length, 0, 0);
        while (position + ChunkOverhead <= stream.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(stream[position..]);
            if (length > stream.Length - position - ChunkOverhead)
                throw new InvalidDataException($"got the end of the file in a PNG chunk of {length} bytes at {position}. The file is truncated.");
            var name = stream.Slice(position + 4, 4);
            if (name.SequenceEqual("IDAT"u8))
            {
                var data = stream.Slice(position + 8, (int)length);
                if (start == 0)
                    (start, end) = (position + 8, position + 8);
                data.CopyTo(stream[end..]);
                end += data.Length;
            }
            else if (name.SequenceEqual("IEND"u8))
            {
                return stream[start..end];
            }

            position += ChunkOverhead + (int)length;
        }

        throw new InvalidDataException("got the end of the file before the IEND chunk. The file is truncated.");
    }
}
