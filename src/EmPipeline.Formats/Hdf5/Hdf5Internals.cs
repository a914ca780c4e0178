using System.Reflection;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// What PureHDF 2.2.0 knows of a file's structure but does not tell, taken by reflection (its version is pinned; the tests hold it to this):
/// where an object lies, which tells two links to one object apart from two objects; layouts and filters; what a type is made of; and the
/// bytes of an attribute, which it refuses to convert.
/// </summary>
internal static class Hdf5Internals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly PropertyInfo Reference = Property(typeof(NativeObject), "Reference");
    private static readonly PropertyInfo Address = Property(Reference.PropertyType, "Value");
    private static readonly PropertyInfo ReferenceName = Property(Reference.PropertyType, "Name");
    private static readonly MethodInfo Dereference = Reference.PropertyType.GetMethod("Dereference", Any) ?? throw Changed("NativeNamedReference.Dereference");
    private static readonly MethodInfo References = typeof(NativeGroup).GetMethod("EnumerateReferences", Any) ?? throw Changed("NativeGroup.EnumerateReferences");
    private static readonly PropertyInfo Context = Property(typeof(NativeObject), "Context");
    private static readonly PropertyInfo Superblock = Property(Context.PropertyType, "Superblock");
    private static readonly PropertyInfo OffsetsSize = Property(Superblock.PropertyType, "OffsetsSize");
    private static readonly PropertyInfo LengthsSize = Property(Superblock.PropertyType, "LengthsSize");

    private static readonly PropertyInfo Pipeline = Property(typeof(NativeDataset), "InternalFilterPipeline");
    private static readonly PropertyInfo Descriptions = Property(Pipeline.PropertyType, "FilterDescriptions");
    private static readonly PropertyInfo Identifier = Property(Descriptions.PropertyType.GetElementType()!, "Identifier");
    private static readonly PropertyInfo ClientData = Property(Descriptions.PropertyType.GetElementType()!, "ClientData");

    private static readonly PropertyInfo DatasetType = Property(typeof(NativeDataset), "InternalDataType");
    private static readonly PropertyInfo BitField = Property(DatasetType.PropertyType, "BitField");
    private static readonly PropertyInfo Properties = Property(DatasetType.PropertyType, "Properties");
    private static readonly PropertyInfo Size = Property(DatasetType.PropertyType, "Size");
    private static readonly PropertyInfo Layout = Property(typeof(NativeDataset), "InternalDataLayout");
    private static readonly PropertyInfo ExternalFiles = Property(typeof(NativeDataset), "InternalExternalFileList");
    private static readonly PropertyInfo AttributeMessage = Property(typeof(NativeAttribute), "Message");
    private static readonly PropertyInfo AttributeType = Property(AttributeMessage.PropertyType, "Datatype");
    private static readonly PropertyInfo AttributeData = Property(AttributeMessage.PropertyType, "InputData");

    /// <summary>Bytes of an address and of a length in this file.</summary>
    public static (int Offset, int Length) SizesOf(NativeObject of)
    {
        var superblock = Superblock.GetValue(Context.GetValue(of))!;
        return ((byte)OffsetsSize.GetValue(superblock)!, (byte)LengthsSize.GetValue(superblock)!);
    }

    /// <summary>The layout message of a dataset, whose members <see cref="Find{T}"/> takes.</summary>
    public static object LayoutOf(NativeDataset dataset) => Layout.GetValue(dataset)!;

    /// <summary>A member of a message, or of the message's own "Properties"; null where neither has it.</summary>
    public static T? Find<T>(object message, string name)
    {
        if (message.GetType().GetProperty(name, Any) is { } member)
            return (T?)member.GetValue(message);
        return Array.Find(message.GetType().GetProperties(Any), property => property.Name == "Properties" && !property.PropertyType.IsArray)?.GetValue(message) is { } inner
            ? Find<T>(inner, name)
            : default;
    }

    /// <summary>Whether a dataset's elements lie in other files.</summary>
    public static bool IsExternal(NativeDataset dataset) => ExternalFiles.GetValue(dataset) is not null;

    /// <summary>The type of a dataset.</summary>
    public static object TypeOf(NativeDataset dataset) => DatasetType.GetValue(dataset)!;

    /// <summary>The type of an attribute.</summary>
    public static object TypeOf(NativeAttribute attribute) => AttributeType.GetValue(AttributeMessage.GetValue(attribute)!)!;

    /// <summary>An attribute's bytes as they are in the file.</summary>
    public static ReadOnlyMemory<byte> BytesOf(NativeAttribute attribute) => (Memory<byte>)AttributeData.GetValue(AttributeMessage.GetValue(attribute)!)!;

    /// <summary>Whether the numbers of an integer, float or bit field type are big-endian.</summary>
    public static bool IsBigEndian(object type) => Find<object>(BitField.GetValue(type)!, "ByteOrder")?.ToString() switch
    {
        "LittleEndian" => false,
        "BigEndian" => true,
        var other => throw new NotSupportedException($"byte order {other}"),
    };

    /// <summary>The lowest bit that counts of an integer or bit field, and how many do; 0 where nothing is said.</summary>
    public static (int Offset, int Count) PrecisionOf(object type) =>
        First(type) is { } property ? (Find<ushort>(property, "BitOffset"), Find<ushort>(property, "BitPrecision")) : (0, 0);

    /// <summary>Whether a float of 2, 4 or 8 bytes has sign, exponent and mantissa where IEEE 754 has them.</summary>
    public static bool IsIeee(object type)
    {
        if (First(type) is not { } property)
            return false;
        var (exponent, mantissa, bias) = (uint)Size.GetValue(type)! switch { 2 => (5, 10, 15u), 4 => (8, 23, 127u), _ => (11, 52, 1023u) };
        return Find<byte>(property, "ExponentLocation") == mantissa && Find<byte>(property, "ExponentSize") == exponent
            && Find<byte>(property, "MantissaLocation") == 0 && Find<byte>(property, "MantissaSize") == mantissa && Find<uint>(property, "ExponentBias") == bias;
    }

    /// <summary>The type that an enumeration or array is based on, or a compound's first member has.</summary>
    public static object? InnerTypeOf(object type) => First(type) is { } property ? Find<object>(property, "BaseType") ?? Find<object>(property, "MemberTypeMessage") : null;

    /// <summary>The extents of an array type.</summary>
    public static int[] ExtentsOf(object type) => First(type) is { } property ? [.. Find<uint[]>(property, "DimensionSizes")!.Select(extent => checked((int)extent))] : [];

    /// <summary>
    /// The links of a group: name, address of what they lead to, and a function that reads it. PureHDF's own list of a group's children ends
    /// at the first that is damaged.
    /// </summary>
    public static IEnumerable<(string Name, ulong Address, Func<IH5Object> Open)> LinksOf(NativeGroup group)
    {
        foreach (var reference in (System.Collections.IEnumerable)References.Invoke(group, [default(H5LinkAccess)])!)
            yield return ((string)ReferenceName.GetValue(reference)!, (ulong)Address.GetValue(reference)!, () => (IH5Object)Dereference.Invoke(reference, null)!);
    }

    /// <summary>The object header's place in the file.</summary>
    public static ulong AddressOf(NativeObject of) => (ulong)Address.GetValue(Reference.GetValue(of))!;

    /// <summary>The filters of a dataset, in the order in which they were applied; none when it has none.</summary>
    public static (ushort Id, uint[] Parameters)[] FiltersOf(NativeDataset dataset) =>
        Pipeline.GetValue(dataset) is { } pipeline
            ? [.. ((Array)Descriptions.GetValue(pipeline)!).Cast<object>().Select(filter => ((ushort)Identifier.GetValue(filter)!, (uint[])ClientData.GetValue(filter)!))]
            : [];

    private static object? First(object type) => ((Array)Properties.GetValue(type)!).Cast<object>().FirstOrDefault();

    private static PropertyInfo Property(Type type, string name) => type.GetProperty(name, Any) ?? throw Changed($"{type.Name}.{name}");

    private static InvalidOperationException Changed(string what) => new($"PureHDF has no {what} any more; Hdf5Internals has to follow its new version.");
}
