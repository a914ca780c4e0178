using System.Reflection;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>
/// What PureHDF 2.2.0 knows but does not tell, taken by reflection (its version is pinned; the tests hold it to this): where an object
/// lies, which tells two links to one object apart from two objects; where contiguous data and chunks lie, with the mask of filters they went round; the byte
/// order of a type, and the bytes of an attribute, which it refuses to convert.
/// </summary>
internal static class Hdf5Internals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly PropertyInfo Reference = Property(typeof(NativeObject), "Reference");
    private static readonly PropertyInfo Address = Property(Reference.PropertyType, "Value");
    private static readonly PropertyInfo Pipeline = Property(typeof(NativeDataset), "InternalFilterPipeline");
    private static readonly PropertyInfo Descriptions = Property(Pipeline.PropertyType, "FilterDescriptions");
    private static readonly PropertyInfo Identifier = Property(Descriptions.PropertyType.GetElementType()!, "Identifier");
    private static readonly PropertyInfo ClientData = Property(Descriptions.PropertyType.GetElementType()!, "ClientData");

    private static readonly MethodInfo ReadChunkInfo =
        Pipeline.DeclaringType!.Assembly.GetType("PureHDF.VOL.Native.H5D_Chunk")?.GetMethod("GetReadChunkInfo", Any) ?? throw Changed("H5D_Chunk.GetReadChunkInfo");

    private static readonly PropertyInfo ChunkAddress = Property(ReadChunkInfo.ReturnType, "Address");
    private static readonly PropertyInfo ChunkSize = Property(ReadChunkInfo.ReturnType, "Size");
    private static readonly PropertyInfo ChunkMask = Property(ReadChunkInfo.ReturnType, "FilterMask");

    private static readonly PropertyInfo DatasetType = Property(typeof(NativeDataset), "InternalDataType");
    private static readonly PropertyInfo BitField = Property(DatasetType.PropertyType, "BitField");
    private static readonly PropertyInfo Properties = Property(DatasetType.PropertyType, "Properties");
    private static readonly PropertyInfo Layout = Property(typeof(NativeDataset), "InternalDataLayout");
    private static readonly PropertyInfo ExternalFiles = Property(typeof(NativeDataset), "InternalExternalFileList");
    private static readonly PropertyInfo AttributeMessage = Property(typeof(NativeAttribute), "Message");
    private static readonly PropertyInfo AttributeType = Property(AttributeMessage.PropertyType, "Datatype");
    private static readonly PropertyInfo AttributeData = Property(AttributeMessage.PropertyType, "InputData");

    /// <summary>Where the elements of a contiguous dataset start; all ones when they have no place yet.</summary>
    public static ulong ContiguousAddressOf(NativeDataset dataset)
    {
        // Layout messages of version 1 and 2 hold the address, later ones hold what does.
        var layout = Layout.GetValue(dataset)!;
        var holder = Array.Find(layout.GetType().GetProperties(Any), property => property.Name == "Properties")?.GetValue(layout) ?? layout;
        return (ulong)Property(holder.GetType(), "Address").GetValue(holder)!;
    }

    /// <summary>Whether a dataset's elements lie in other files.</summary>
    public static bool IsExternal(NativeDataset dataset) => ExternalFiles.GetValue(dataset) is not null;

    /// <summary>The type of a dataset, for <see cref="IsBigEndian"/>.</summary>
    public static object TypeOf(NativeDataset dataset) => DatasetType.GetValue(dataset)!;

    /// <summary>The type of an attribute, for <see cref="IsBigEndian"/>.</summary>
    public static object TypeOf(NativeAttribute attribute) => AttributeType.GetValue(AttributeMessage.GetValue(attribute)!)!;

    /// <summary>An attribute's bytes as they are in the file.</summary>
    public static ReadOnlyMemory<byte> BytesOf(NativeAttribute attribute) => (Memory<byte>)AttributeData.GetValue(AttributeMessage.GetValue(attribute)!)!;

    /// <summary>Whether a type's numbers are big-endian: its own, those of an enumeration's base or of a compound's first member.</summary>
    public static bool IsBigEndian(object type)
    {
        var field = BitField.GetValue(type)!;
        if (field.GetType().GetProperty("ByteOrder", Any) is { } order)
        {
            return order.GetValue(field)!.ToString() switch
            {
                "LittleEndian" => false,
                "BigEndian" => true,
                var other => throw new NotSupportedException($"byte order {other}"),
            };
        }

        var first = ((Array)Properties.GetValue(type)!).Cast<object>().FirstOrDefault();
        var inner = first?.GetType().GetProperty("BaseType", Any) ?? first?.GetType().GetProperty("MemberTypeMessage", Any);
        return inner is not null && IsBigEndian(inner.GetValue(first)!);
    }

    /// <summary>The object header's place in the file.</summary>
    public static ulong AddressOf(NativeObject of) => (ulong)Address.GetValue(Reference.GetValue(of))!;

    /// <summary>The filters of a dataset, in the order in which they were applied; none when it has none.</summary>
    public static (ushort Id, uint[] Parameters)[] FiltersOf(NativeDataset dataset) =>
        Pipeline.GetValue(dataset) is { } pipeline
            ? [.. ((Array)Descriptions.GetValue(pipeline)!).Cast<object>().Select(filter => ((ushort)Identifier.GetValue(filter)!, (uint[])ClientData.GetValue(filter)!))]
            : [];

    /// <summary>Where a chunk lies.</summary>
    /// <param name="chunkReader">The function that PureHDF gives its chunk cache to read the chunk with; it is bound to the dataset's layout.</param>
    public static (ulong Address, ulong Size, uint Mask) ChunkOf(Delegate chunkReader, ulong index)
    {
        var closure = chunkReader.Target ?? throw Changed("the chunk reader");
        var layout = ReadChunkInfo.DeclaringType!.IsInstanceOfType(closure)
            ? closure
            : Array.Find(closure.GetType().GetFields(Any), field => ReadChunkInfo.DeclaringType.IsAssignableFrom(field.FieldType))?.GetValue(closure);
        var info = ReadChunkInfo.Invoke(layout ?? throw Changed("the chunk reader"), [index])!;
        return ((ulong)ChunkAddress.GetValue(info)!, Convert.ToUInt64(ChunkSize.GetValue(info), null), (uint)ChunkMask.GetValue(info)!);
    }

    private static PropertyInfo Property(Type type, string name) => type.GetProperty(name, Any) ?? throw Changed($"{type.Name}.{name}");

    private static InvalidOperationException Changed(string what) => new($"PureHDF has no {what} any more; Hdf5Internals has to follow its new version.");
}
