using System.Globalization;
using EmPipeline.Formats.Attributes;
using EmPipeline.Storage;
using EmPipeline.Volumes;
using EmPipeline.Zarr.Codecs;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Attributes as texts and numbers.</summary>
internal static class Hdf5Attributes
{
    // Larger attributes are data (lookup tables, copies of other files), not metadata.
    private const int MaxElements = 1024;

    /// <summary>The text of an attribute; null when it has none or is no text.</summary>
    public static string? Text(IH5Object of, string name) => Texts(of, name) is [var text] ? text : null;

    /// <summary>The texts of an attribute; null when it has none.</summary>
    public static string[]? Texts(IH5Object of, string name) => Try(() => of.AttributeExists(name) ? Strings(of.Attribute(name)) : null);

    /// <summary>The numbers of an attribute; null when it has none.</summary>
    public static double[]? Numbers(IH5Object of, string name) => Try(() => of.AttributeExists(name) ? Numbers(of.Attribute(name)) : null);

    /// <summary>Every attribute that can be written as text, with the object's path as origin.</summary>
    public static IEnumerable<MetadataValue> All(IH5Object of, string path)
    {
        foreach (var attribute in Of(of))
        {
            if (Try(() => TextOf(attribute)) is { } text)
                yield return new MetadataValue(attribute.Name, text, path.Length == 0 ? "/" : path);
        }
    }

    /// <summary>Every attribute as PureHDF has it; those after a damaged one are not found.</summary>
    public static IEnumerable<IH5Attribute> Of(IH5Object of)
    {
        using var attributes = Try(() => of.Attributes().GetEnumerator());
        while (attributes is not null && Try(() => attributes.MoveNext() ? attributes.Current : null) is { } attribute)
            yield return attribute;
    }

    /// <summary>What <paramref name="read"/> makes; where that fails, that the value is not read.</summary>
    public static StoredAttribute Of(Func<StoredAttribute> read, string path, string what) =>
        Try(() => (object)read()) is StoredAttribute attribute ? attribute : StoredAttribute.OfText(path, "not read", $"a damaged or unknown {what}");

    /// <summary>The value as text; null for one that is none, or too large for metadata.</summary>
    public static string? TextOf(IH5Attribute attribute) =>
        Strings(attribute) is { } texts ? string.Join(", ", texts)
        : Numbers(attribute) is { } numbers ? string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))
        : null;

    /// <summary>One attribute that is damaged, or of a kind that PureHDF cannot read, costs that attribute, not the dataset.</summary>
    private static T? Try<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is EmException or not (StorageException or OperationCanceledException))
        {
            return null;
        }
    }

    private static string[]? Strings(IH5Attribute attribute)
    {
        if (attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength) || Count(attribute) is < 1 or > MaxElements)
            return null;
        return attribute.Space.Rank == 0 ? [attribute.Read<string>() ?? ""] : [.. attribute.Read<string[]>().Select(text => text ?? "")];
    }

    private static double[]? Numbers(IH5Attribute attribute)
    {
        if (Count(attribute) is < 1 or > MaxElements || attribute is not NativeAttribute native
            || Hdf5Element.Of(attribute.Type, Hdf5Internals.TypeOf(native), out _) is not { Inner.Length: 0 } element)
            return null;
        var bytes = Hdf5Internals.BytesOf(native).ToArray();
        var length = (int)(Count(attribute) * element.Size);
        if (bytes.Length < length)
            throw new InvalidDataException($"got {bytes.Length} bytes for attribute {attribute.Name}, expected {length}.");
        Array.Resize(ref bytes, length);
        if (element.BigEndian)
            ByteOrder.Reverse(bytes, element.Type.Size());
        element.Bits?.Extend(bytes, element.Type.Size());
        return Hdf5Numbers.ToDoubles(bytes, element.Type);
    }

    private static long Count(IH5Attribute attribute)
    {
        if (attribute.Space.Type == H5DataspaceType.Null)
            return 0;
        var count = 1L;
        foreach (var dimension in attribute.Space.Dimensions)
            count = dimension > MaxElements ? long.MaxValue : Math.Min(count * (long)dimension, int.MaxValue);
        return count;
    }
}
