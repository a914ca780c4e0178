using System.Globalization;
using System.Runtime.CompilerServices;
using EmPipeline.Formats.Attributes;
using EmPipeline.Formats.Tiff.Metadata;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.Tiff;

/// <summary>Every tag of every page, those of unknown meaning too, and the values inside the texts that ImageJ, OME, FEI, Zeiss, Gatan and Olympus write.</summary>
internal static class TiffAttributes
{
    // Longer lists are tables of places.
    private const int MostNumbers = 16;

    // OME-XML of large plates reaches tens of megabytes; it is read once a file.
    private const int MostTextBytes = 64 << 20;

    public static async IAsyncEnumerable<StoredAttribute> ReadAsync(VolumePath path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var file = await TiffFile.OpenAsync(path, cancellation);
        var directories = await TiffDirectoryChain.ReadAsync(file, cancellation);
        yield return StoredAttribute.OfText("ByteOrder", "header", file.Header.BigEndian ? "big-endian" : "little-endian");
        yield return StoredAttribute.OfText("BigTIFF", "header", file.Header.Big ? "true" : "false");
        yield return StoredAttribute.OfText("Pages", "header", directories.Count.ToString(CultureInfo.InvariantCulture));
        var room = new Room(file.Length);
        foreach (var directory in directories)
        {
            var part = directories.Count == 1 ? null : directory.Name;
            await foreach (var attribute in PageAsync(directory, part, "", room, cancellation))
                yield return attribute;
            foreach (var inner in await TiffDirectoryChain.ReadSubAsync(directory, cancellation))
            {
                await foreach (var attribute in PageAsync(inner, part, $"SubIFD {inner.Index}.", room, cancellation))
                    yield return attribute;
            }
        }
    }

    private static async IAsyncEnumerable<StoredAttribute> PageAsync(
        TiffDirectory directory, string? part, string prefix, Room room, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var entry in await directory.EntriesAsync(cancellation))
        {
            foreach (var value in await ValuesAsync(directory, entry, room, cancellation))
                yield return value with { Path = prefix + value.Path, Part = part };
        }

        foreach (var value in await VendorsAsync(directory, cancellation))
            yield return StoredAttribute.OfText($"{prefix}{value.Origin}: {value.Key}", "text", value.Value, part: part);
    }

    /// <summary>A tag's value; of a description the values in its text too. A tag that is damaged costs that tag.</summary>
    private static async ValueTask<IEnumerable<StoredAttribute>> ValuesAsync(TiffDirectory directory, TiffEntry entry, Room room, CancellationToken cancellation)
    {
        var (name, type) = (Name(entry.Tag), TypeOf(entry.Type));
        try
        {
            if (entry.Type.Size() == 0)
                return [StoredAttribute.OfText(name, type, "")];
            if (entry.ByteLength > (entry.Type == TiffFieldType.Ascii ? MostTextBytes : StoredAttribute.MostHashedBytes) || !room.TryTake(entry.ByteLength))
                return [StoredAttribute.OfLength(name, type, entry.ByteLength)];
            if (entry.Type == TiffFieldType.Ascii)
            {
                var text = await directory.TextAsync(entry, cancellation);
                return ImageDescription.ValuesOf(entry.Tag, text).Prepend(StoredAttribute.OfText(name, type, text));
            }

            if (entry.Count > MostNumbers)
                return [StoredAttribute.OfBytes(name, type, await directory.BytesAsync(entry, cancellation))];
            var numbers = Array.ConvertAll(await directory.DoublesAsync(entry, cancellation), number => number.ToString(CultureInfo.InvariantCulture));
            return [StoredAttribute.OfText(name, type, string.Join(", ", numbers), await UnitAsync(directory, entry.Tag, cancellation))];
        }
        catch (EmException e)
        {
            return [StoredAttribute.OfText(name, "not read", e.Message)];
        }
    }

    private static async ValueTask<List<MetadataValue>> VendorsAsync(TiffDirectory directory, CancellationToken cancellation)
    {
        var values = new List<MetadataValue>();
        try
        {
            await GatanMetadata.ReadAsync(directory, values, cancellation);
            await FeiMetadata.ReadAsync(directory, values, cancellation);
            await ZeissMetadata.ReadAsync(directory, values, cancellation);
            await OlympusMetadata.ReadAsync(directory, values, cancellation);
        }
        catch (EmException e)
        {
            values.Add(new MetadataValue("not read", e.Message, "vendor tags"));
        }

        return values;
    }

    /// <summary>What resolutions count in. ImageJ means its description's unit instead, which is a value of its own.</summary>
    private static async ValueTask<string?> UnitAsync(TiffDirectory directory, TiffTag tag, CancellationToken cancellation)
    {
        const long Inch = 2, Centimetre = 3;
        if (tag is not (TiffTag.XResolution or TiffTag.YResolution))
            return null;
        return await directory.NumberAsync(TiffTag.ResolutionUnit, Inch, cancellation) switch { Inch => "pixels per inch", Centimetre => "pixels per cm", _ => null };
    }

    private static string Name(TiffTag tag) =>
        Enum.IsDefined(tag) ? tag.ToString() : string.Create(CultureInfo.InvariantCulture, $"tag {(int)tag}");

    private static string TypeOf(TiffFieldType type) =>
        Enum.IsDefined(type) ? type.ToString().ToUpperInvariant() : string.Create(CultureInfo.InvariantCulture, $"type {(int)type}");

    /// <summary>Values of an honest file do not overlap, so all together are no longer than the file: a bound on the time that one takes.</summary>
    private sealed class Room(long bytes)
    {
        private long _left = bytes;

        public bool TryTake(long bytes) => (_left -= bytes) >= 0;
    }
}
