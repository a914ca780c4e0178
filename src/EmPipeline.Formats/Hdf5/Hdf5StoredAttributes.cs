using EmPipeline.Formats.Attributes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Every attribute of every group and dataset, "/volumes/raw@resolution", and every dataset's shape and type.</summary>
internal static class Hdf5StoredAttributes
{
    public static IEnumerable<StoredAttribute> Of(Hdf5Walk.Contents contents)
    {
        foreach (var (path, group) in contents.Groups)
        {
            foreach (var attribute in Of(group, path))
                yield return attribute;
        }

        foreach (var found in contents.Found)
        {
            yield return Hdf5Attributes.Of(() => StoredAttribute.OfText(found.Path, "shape", string.Join(", ", found.Dataset.Space.Dimensions)), found.Path, "shape");
            yield return Hdf5Attributes.Of(() => StoredAttribute.OfText(found.Path, "type", TypeOf(found.Dataset.Type)), found.Path, "type");
            foreach (var attribute in Of(found.Dataset, found.Path))
                yield return attribute;
        }

        foreach (var value in contents.NotRead)
            yield return StoredAttribute.OfText(value.Key["not read: ".Length..], "not read", value.Value);
    }

    private static IEnumerable<StoredAttribute> Of(NativeObject of, string path)
    {
        foreach (var attribute in Hdf5Attributes.Of(of))
        {
            var name = $"{path}@{attribute.Name}";
            yield return Hdf5Attributes.Of(
                () => Hdf5Attributes.TextOf(attribute) is { } text ? StoredAttribute.OfText(name, TypeOf(attribute.Type), text) : new StoredAttribute(name, TypeOf(attribute.Type), null),
                name, "attribute");
        }
    }

    private static string TypeOf(IH5DataType type) => type.Class switch
    {
        H5DataTypeClass.FixedPoint => $"{(type.FixedPoint.IsSigned ? "int" : "uint")}{type.Size * 8}",
        H5DataTypeClass.FloatingPoint => $"float{type.Size * 8}",
        H5DataTypeClass.String or H5DataTypeClass.VariableLength => "string",
        var other => other.ToString().ToLowerInvariant(),
    };
}
