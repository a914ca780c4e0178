using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;

namespace EmPipeline.Formats.Dm;

/// <summary>
/// Reads the whole tag tree of a DM3 or DM4 file. Arrays are jumped over: of a file of gigabytes only its tags are read.
/// Depth and counts are held to what the file can hold, so a damaged or hostile header costs little.
/// </summary>
/// <param name="mostArrayBytes">Arrays that are longer, and no texts, are not read.</param>
internal sealed class DmTagReader(DmCursor cursor, int mostArrayBytes = DmTagReader.MostArrayBytes)
{
    private const int MaxDepth = 64;
    private const int MaxTags = 1 << 21;

    // Type, name length and an empty group's header: no tag is shorter.
    private const int MinTagBytes = 3;

    // Larger arrays are data, not metadata: image data, lookup tables, undo buffers.
    private const int MaxTextBytes = 1 << 16;
    private const int MostArrayBytes = 1 << 10;
    private const int MaxStructFields = 1 << 12;
    private int _tags;

    /// <summary>Reads header and tree.</summary>
    /// <returns>The root group.</returns>
    /// <exception cref="EmException">The file is not as the format says, with the byte where.</exception>
    public async ValueTask<DmGroup> ReadAsync(CancellationToken cancellation)
    {
        var version = await cursor.Int32Async(cancellation);
        if (version is not (3 or 4))
            throw cursor.Corrupt($"got DM version {version}, expected 3 or 4.");
        cursor.WideCounts = version == 4;
        await cursor.CountAsync(cancellation);
        cursor.BigEndianData = await cursor.Int32Async(cancellation) == 0;
        return await GroupAsync("", 0, cancellation);
    }

    private async ValueTask<DmGroup> GroupAsync(string name, int depth, CancellationToken cancellation)
    {
        if (depth > MaxDepth)
            throw cursor.Corrupt($"got tag groups more than {MaxDepth} deep, which no microscope writes.");
        cursor.Skip(2); // Whether it is sorted, whether it is open.
        var count = await cursor.CountAsync(cancellation);
        if (count > cursor.Remaining / MinTagBytes)
            throw cursor.Corrupt($"got a group of {count} tags, expected at most what {cursor.Remaining} bytes to the end of the file hold.");
        var members = new List<DmTag>();
        for (var i = 0L; i < count; i++)
        {
            if (++_tags > MaxTags)
                throw cursor.Corrupt($"got more than {MaxTags} tags, which no microscope writes.");
            if (await TagAsync(depth, cancellation) is not { } tag)
                break;
            members.Add(tag);
        }

        return new DmGroup(name, members);
    }

    private async ValueTask<DmTag?> TagAsync(int depth, CancellationToken cancellation)
    {
        const byte End = 0, Group = 20, Data = 21;
        var kind = await cursor.ByteAsync(cancellation);
        if (kind == End)
            return null;
        if (kind is not (Group or Data))
            throw cursor.Corrupt($"got tag kind {kind}, expected 20 (group) or 21 (data).");
        var name = await cursor.TextAsync(await cursor.UInt16Async(cancellation), cancellation);
        if (cursor.WideCounts)
            cursor.Skip(8); // The tag's size in bytes: its parts say the same.
        return kind == Group ? await GroupAsync(name, depth + 1, cancellation) : await DataAsync(name, cancellation);
    }

    private async ValueTask<DmTag> DataAsync(string name, CancellationToken cancellation)
    {
        if (await cursor.TextAsync(4, cancellation) is var mark and not "%%%%")
            throw cursor.Corrupt($"got '{mark}' before the data of tag '{name}', expected '%%%%'.");
        var fields = await cursor.CountAsync(cancellation);
        if (fields is < 1)
            throw cursor.Corrupt($"got no type for tag '{name}'.");
        var type = (DmTagType)await cursor.CountAsync(cancellation);
        switch (type)
        {
            case DmTagType.Struct:
                var types = await StructTypesAsync(cancellation);
                var values = new IConvertible[types.Length];
                for (var i = 0; i < types.Length; i++)
                    values[i] = await cursor.NumberAsync(types[i], cancellation);
                return new DmStruct(name, values);
            case DmTagType.String:
                var bytes = await cursor.CountAsync(cancellation);
                if (bytes > MaxTextBytes)
                    return Skipped(name, DmTagType.Octet, bytes, 1);
                return new DmText(name, await cursor.TextAsync((int)bytes, cancellation));
            case DmTagType.Array:
                return await ArrayAsync(name, cancellation);
            default:
                return new DmNumber(name, await cursor.NumberAsync(type, cancellation));
        }
    }

    private async ValueTask<DmArray> ArrayAsync(string name, CancellationToken cancellation)
    {
        var (type, size) = await ElementAsync(0, cancellation);
        var count = await cursor.CountAsync(cancellation);
        var mostBytes = type == DmTagType.UInt16 ? MaxTextBytes : mostArrayBytes;
        if (count > cursor.Remaining || count * size > mostBytes || type == DmTagType.Struct)
            return Skipped(name, type, count, size);
        var offset = cursor.Position;
        var bytes = await cursor.BytesAsync((int)(count * size), cancellation);
        if (cursor.BigEndianData)
            ByteOrder.Reverse(bytes, (int)size);
        return new DmArray(name, type, count, offset, bytes.Length, bytes);
    }

    /// <summary>The type and size of an array's elements; an element may be a struct or an array itself.</summary>
    private async ValueTask<(DmTagType Type, long Size)> ElementAsync(int depth, CancellationToken cancellation)
    {
        var type = (DmTagType)await cursor.CountAsync(cancellation);
        switch (type)
        {
            case DmTagType.Struct:
                var fields = await StructTypesAsync(cancellation);
                return (type, fields.Sum(field => (long)(DmNumbers.SizeOf(field) ?? throw NoNumber(field))));
            case DmTagType.String:
                return (DmTagType.Struct, await cursor.CountAsync(cancellation));
            case DmTagType.Array when depth < MaxDepth:
                var (_, size) = await ElementAsync(depth + 1, cancellation);
                var count = await cursor.CountAsync(cancellation);
                if (size > 0 && count > cursor.Remaining / size)
                    throw cursor.Corrupt($"got array elements of {count} × {size} bytes, expected at most the {cursor.Remaining} bytes left in the file.");
                return (DmTagType.Struct, count * size);
            default:
                return (type, DmNumbers.SizeOf(type) ?? throw NoNumber(type));
        }
    }

    private async ValueTask<DmTagType[]> StructTypesAsync(CancellationToken cancellation)
    {
        await cursor.CountAsync(cancellation); // The struct's name, always empty.
        var count = await cursor.CountAsync(cancellation);
        if (count > MaxStructFields)
            throw cursor.Corrupt($"got a struct of {count} fields, expected at most {MaxStructFields}.");
        var types = new DmTagType[count];
        for (var i = 0; i < types.Length; i++)
        {
            await cursor.CountAsync(cancellation); // The field's name, always empty.
            types[i] = (DmTagType)await cursor.CountAsync(cancellation);
        }

        return types;
    }

    private DmArray Skipped(string name, DmTagType type, long count, long size)
    {
        if (size > 0 && count > cursor.Remaining / size)
        {
            throw cursor.Corrupt(
                $"got an array '{name}' of {count} × {size} bytes, expected at most the {cursor.Remaining} bytes left in the file. The file is cut off.");
        }

        var offset = cursor.Position;
        cursor.Skip(count * size);
        return new DmArray(name, type, count, offset, count * size, []);
    }

    private EmException NoNumber(DmTagType type) => cursor.Corrupt($"got tag type {(int)type}, expected a number's (2 to 12).");
}
