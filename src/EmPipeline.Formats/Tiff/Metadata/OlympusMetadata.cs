using System.Buffers.Binary;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff.Metadata;

/// <summary>
/// The block of Olympus Soft Imaging Solutions that tag 33560 points to: "SIS0", a list of typed sub-blocks; type 1 has the pixel size
/// as a number and a power of ten of metres. Little-endian whatever the file's order.
/// </summary>
internal static class OlympusMetadata
{
    private const int HeaderLength = 60;
    private const int CountAt = 58;
    private const int EntryLength = 8;
    private const int GeneralType = 1;
    private const int GeneralLength = 44;

    public static async ValueTask<StatedSize> ReadAsync(TiffDirectory directory, List<MetadataValue> metadata, CancellationToken cancellation)
    {
        if (await directory.FindAsync(TiffTag.OlympusSis, cancellation) is not { } entry)
            return StatedSize.None;
        // One LONG is a pointer to the block; otherwise the block is the value itself.
        var start = entry is { Count: 1, Type: TiffFieldType.Long } ? await directory.NumberAsync(TiffTag.OlympusSis, 0, cancellation) : entry.ValueOffset;
        var file = directory.File;
        var head = await BlockAsync(file, start, HeaderLength, cancellation);
        if (!head.AsSpan().StartsWith("SIS0"u8))
            return StatedSize.None;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(CountAt));
        var entries = await BlockAsync(file, start + HeaderLength, count * EntryLength, cancellation);
        for (var i = 0; i < count; i++)
        {
            var at = entries.AsSpan(i * EntryLength);
            if (BinaryPrimitives.ReadUInt16LittleEndian(at) == GeneralType)
                return General(await BlockAsync(file, BinaryPrimitives.ReadUInt32LittleEndian(at[4..]), GeneralLength, cancellation), metadata);
        }

        return StatedSize.None;
    }

    private static StatedSize General(ReadOnlySpan<byte> block, List<MetadataValue> metadata)
    {
        const string Origin = "tag 33560 (Olympus SIS)";
        // Powers of ten beyond these are no lengths, and would overflow.
        var exponent = Math.Clamp((int)BinaryPrimitives.ReadInt16LittleEndian(block[10..]), -18, 3);
        var nanometres = Math.Pow(10, exponent + 9);
        var (x, y) = (BinaryPrimitives.ReadDoubleLittleEndian(block[12..]), BinaryPrimitives.ReadDoubleLittleEndian(block[20..]));
        metadata.Add(new MetadataValue(
            "Magnification", FormattableString.Invariant($"{BinaryPrimitives.ReadDoubleLittleEndian(block[36..])}"), Origin));
        return StatedSize.Of(null, Positive(y * nanometres), Positive(x * nanometres), Origin);
    }

    private static double? Positive(double value) => value > 0 && double.IsFinite(value) ? value : null;

    private static async ValueTask<byte[]> BlockAsync(TiffFile file, long offset, int length, CancellationToken cancellation)
    {
        file.CheckInside(offset, length, "the Olympus SIS block");
        var bytes = new byte[length];
        await file.ReadAsync(offset, bytes, cancellation);
        return bytes;
    }
}
