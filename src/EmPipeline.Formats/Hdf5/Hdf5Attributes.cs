using System.Globalization;
using EmPipeline.Volumes;
using PureHDF;

namespace EmPipeline.Formats.Hdf5;

/// <summary>Attributes as texts and numbers.</summary>
internal static class Hdf5Attributes
{
    // Larger attributes are data (lookup tables, copies of other files), not metadata.
    private const int MaxElements = 1024;

    /// <summary>The text of an attribute; null when it has none or is no text.</summary>
    public static string? Text(IH5Object of, string name) =>
        of.AttributeExists(name) && of.Attribute(name) is { Type.Class: H5DataTypeClass.String or H5DataTypeClass.VariableLength } attribute && Count(attribute) == 1
            ? Strings(attribute)?[0]
            : null;

    /// <summary>The numbers of an attribute; null when it has none.</summary>
    public static double[]? Numbers(IH5Object of, string name) => of.AttributeExists(name) ? Numbers(of.Attribute(name)) : null;

    /// <summary>Every attribute that can be written as text, with the object's path as origin.</summary>
    public static IEnumerable<MetadataValue> All(IH5Object of, string path)
    {
        foreach (var attribute in of.Attributes())
        {
            if (AsText(attribute) is { } text)
                yield return new MetadataValue(attribute.Name, text, path.Length == 0 ? "/" : path);
        }
    }

    private static string? AsText(IH5Attribute attribute)
    {
        try
        {
            return Strings(attribute) is { } texts ? string.Join(", ", texts)
                : Numbers(attribute) is { } numbers ? string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))
                : null;
        }
        catch (Exception e) when (e is not (EmException or IOException or OutOfMemoryException))
        {
            // One attribute of a kind that PureHDF cannot read costs that attribute, not the file.
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
        if (Count(attribute) is < 1 or > MaxElements || Hdf5Element.Of(attribute.Type, out _) is not { IsComplex: false } element)
            return null;
        return element.Type switch
        {
            VoxelType.Float16 => Widen(Values<Half>(attribute), value => (double)value),
            VoxelType.Float32 => Widen(Values<float>(attribute), value => value),
            VoxelType.Float64 => Values<double>(attribute),
            VoxelType.Boolean or VoxelType.UInt8 => Widen(Values<byte>(attribute), value => value),
            VoxelType.Int8 => Widen(Values<sbyte>(attribute), value => value),
            VoxelType.Int16 => Widen(Values<short>(attribute), value => value),
            VoxelType.UInt16 => Widen(Values<ushort>(attribute), value => value),
            VoxelType.Int32 => Widen(Values<int>(attribute), value => value),
            VoxelType.UInt32 => Widen(Values<uint>(attribute), value => value),
            VoxelType.Int64 => Widen(Values<long>(attribute), value => value),
            _ => Widen(Values<ulong>(attribute), value => value),
        };
    }

    private static T[] Values<T>(IH5Attribute attribute)
        where T : unmanaged =>
        attribute.Space.Rank == 0 ? [attribute.Read<T>()] : attribute.Read<T[]>(memoryDims: [(ulong)Count(attribute)]);

    private static double[] Widen<T>(T[] values, Func<T, double> widen) => Array.ConvertAll(values, value => widen(value));

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
