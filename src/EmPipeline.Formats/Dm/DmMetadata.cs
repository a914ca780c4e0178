using System.Globalization;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Dm;

/// <summary>Turns tags into metadata: one value a tag, under the tag's full path.</summary>
internal static class DmMetadata
{
    /// <summary>Everything below <paramref name="group"/>, members of lists by their index ("Dimension info.2.Scale").</summary>
    /// <param name="prefix">What the keys start with: "" or a path that ends in '.'.</param>
    /// <param name="origin">Where the group lies in the file.</param>
    /// <param name="leaveOut">A member of the group itself that is not wanted.</param>
    public static IEnumerable<MetadataValue> Flatten(DmGroup group, string prefix, string origin, string? leaveOut = null)
    {
        for (var index = 0; index < group.Members.Count; index++)
        {
            var tag = group.Members[index];
            if (tag.Name == leaveOut && leaveOut is not null)
                continue;
            var key = prefix + (tag.Name.Length > 0 ? tag.Name : index.ToString(CultureInfo.InvariantCulture));
            if (tag is DmGroup inner)
            {
                foreach (var value in Flatten(inner, key + ".", origin))
                    yield return value;
            }
            else if (Text(tag) is { } text)
            {
                yield return new MetadataValue(key, text, origin);
            }
        }
    }

    /// <summary>A tag's value as text; null for a group and for an array too large to be metadata.</summary>
    public static string? Text(DmTag? tag) => tag switch
    {
        DmText text => text.Value,
        DmNumber number => number.Value.ToString(CultureInfo.InvariantCulture),
        DmStruct values => string.Join(", ", values.Values.Select(value => value.ToString(CultureInfo.InvariantCulture))),
        DmArray { Count: 0 } => "",
        DmArray { Bytes.Length: 0 } => null,
        DmArray { ElementType: DmTagType.UInt16 } array => Characters(array),
        DmArray array => Numbers(array),
        _ => null,
    };

    // Gatan writes texts as arrays of 16-bit numbers, so numbers that are no text can look like one and are written as numbers.
    private static string Characters(DmArray array)
    {
        var characters = MemoryMarshal.Cast<byte, char>(array.Bytes).TrimEnd('\0');
        foreach (var character in characters)
        {
            if (char.IsControl(character) && character is not ('\t' or '\n' or '\r'))
                return Numbers(array);
        }

        return characters.ToString();
    }

    private static string Numbers(DmArray array)
    {
        var size = DmNumbers.SizeOf(array.ElementType) ?? 1;
        return string.Join(", ", Enumerable.Range(0, (int)array.Count)
            .Select(i => DmNumbers.Read(array.Bytes.AsSpan(i * size), array.ElementType, bigEndian: false).ToString(CultureInfo.InvariantCulture)));
    }
}
