using System.Globalization;
using EmPipeline.Formats.Attributes;

namespace EmPipeline.Formats.Dm;

/// <summary>The whole tag tree as attributes, members of lists by their index.</summary>
internal static class DmAttributes
{
    // Longer lists of numbers are lookup tables.
    private const int MostNumbers = 64;

    /// <param name="prefix">"" or a path that ends in '.'.</param>
    public static IEnumerable<StoredAttribute> Of(DmGroup group, string prefix = "")
    {
        // A calibration: Scale and Origin count in the unit beside them.
        var unit = group["Scale"] is DmNumber ? DmMetadata.Text(group["Units"]) : null;
        for (var index = 0; index < group.Members.Count; index++)
        {
            var tag = group.Members[index];
            var path = prefix + (tag.Name.Length > 0 ? tag.Name : index.ToString(CultureInfo.InvariantCulture));
            if (tag is not DmGroup inner)
            {
                yield return Value(path, tag, tag.Name is "Scale" or "Origin" && unit is { Length: > 0 } ? unit : null);
                continue;
            }

            foreach (var value in Of(inner, path + "."))
                yield return value;
        }
    }

    private static StoredAttribute Value(string path, DmTag tag, string? unit) => tag switch
    {
        DmNumber number => StoredAttribute.OfText(path, TypeOf(number.Value), DmMetadata.Text(tag)!, unit),
        DmText => StoredAttribute.OfText(path, "string", DmMetadata.Text(tag)!),
        DmArray { Count: 0 } array => StoredAttribute.OfText(path, TypeOf(array), ""),
        DmArray { Bytes.Length: 0 } array => StoredAttribute.OfLength(path, TypeOf(array), array.ByteLength),
        DmArray { ElementType: DmTagType.UInt16 } or DmArray { Count: <= MostNumbers } => StoredAttribute.OfText(path, TypeOf((DmArray)tag), DmMetadata.Text(tag)!),
        DmArray array => StoredAttribute.OfBytes(path, TypeOf(array), array.Bytes),
        _ => StoredAttribute.OfText(path, "struct", DmMetadata.Text(tag) ?? ""),
    };

    private static string TypeOf(DmArray array) => $"array of {array.ElementType.ToString().ToLowerInvariant()}";

    private static string TypeOf(IConvertible value) => value.GetTypeCode() switch
    {
        TypeCode.Single => "float32",
        TypeCode.Double => "float64",
        TypeCode.Byte => "octet",
        TypeCode.SByte => "char",
        var type => type.ToString().ToLowerInvariant(),
    };
}
