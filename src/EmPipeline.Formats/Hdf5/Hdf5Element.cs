using EmPipeline.Volumes;
using PureHDF;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>The number type of a dataset's elements.</summary>
/// <param name="BigEndian">The order of the bytes of each number in the file.</param>
/// <param name="Bits">The bits of a number that count, where they are not all; null where they are.</param>
internal sealed record Hdf5Element(VoxelType Type, bool BigEndian, Hdf5Precision? Bits = null)
{
    /// <summary>
    /// The extents of an element that is more than one number: an array type's, and 2 for the parts of a complex number. They are further
    /// axes of the volume.
    /// </summary>
    public int[] Inner { get; private init; } = [];

    public bool IsComplex { get; private init; }

    /// <summary>Bytes of one element in the file.</summary>
    public long Size => Inner.Aggregate((long)Type.Size(), static (bytes, extent) => checked(bytes * extent));

    /// <summary>One letter for each of <see cref="Inner"/>.</summary>
    public string InnerAxes => new string('?', IsComplex ? Inner.Length - 1 : Inner.Length) + (IsComplex ? "i" : "");

    /// <summary>The type of a dataset's elements.</summary>
    /// <param name="reason">What the type is, when the result is null.</param>
    public static Hdf5Element? Of(NativeDataset dataset, out string? reason) => Of(dataset.Type, Hdf5Internals.TypeOf(dataset), out reason);

    /// <summary>Reads a type.</summary>
    /// <param name="message">The type as PureHDF has it inside, which alone knows the byte order and precision.</param>
    /// <param name="reason">What the type is, when the result is null.</param>
    public static Hdf5Element? Of(IH5DataType type, object message, out string? reason)
    {
        var element = Of(type, message);
        reason = element is null ? $"elements of {type.Size} bytes of class {type.Class}" : null;
        return element;
    }

    private static Hdf5Element? Of(IH5DataType type, object message)
    {
        switch (type.Class)
        {
            case H5DataTypeClass.FixedPoint when Integer(type.Size, type.FixedPoint.IsSigned) is { } integer:
                return new(integer, Hdf5Internals.IsBigEndian(message), Hdf5Precision.Of(message, type.Size, type.FixedPoint.IsSigned));
            case H5DataTypeClass.BitField when Integer(type.Size, signed: false) is { } bits:
                return new(bits, Hdf5Internals.IsBigEndian(message), Hdf5Precision.Of(message, type.Size, signed: false));
            case H5DataTypeClass.FloatingPoint when Float(type.Size) is { } number && Hdf5Internals.IsIeee(message):
                return new(number, Hdf5Internals.IsBigEndian(message));
            case H5DataTypeClass.Enumerated when Hdf5Internals.InnerTypeOf(message) is { } based && Of(type.Enumeration.BaseType, based) is { Inner.Length: 0 } named:
                return IsBoolean(type) ? named with { Type = VoxelType.Boolean } : named;
            case H5DataTypeClass.Compound when Complex(type) is { } part && Hdf5Internals.InnerTypeOf(message) is { } first && Of(part, first) is { } half:
                return half with { Inner = [2], IsComplex = true };
            case H5DataTypeClass.Array when Hdf5Internals.InnerTypeOf(message) is { } based && Of(type.Array.BaseType, based) is { } inner:
                var element = inner with { Inner = [.. Hdf5Internals.ExtentsOf(message), .. inner.Inner] };
                return element.Inner.Length <= NdIndex.MaxRank && element.Inner.All(extent => extent > 0) && element.Size == type.Size ? element : null;
            default:
                return null;
        }
    }

    private static VoxelType? Integer(int size, bool signed) => (size, signed) switch
    {
        (1, true) => VoxelType.Int8,
        (1, false) => VoxelType.UInt8,
        (2, true) => VoxelType.Int16,
        (2, false) => VoxelType.UInt16,
        (4, true) => VoxelType.Int32,
        (4, false) => VoxelType.UInt32,
        (8, true) => VoxelType.Int64,
        (8, false) => VoxelType.UInt64,
        _ => null,
    };

    private static VoxelType? Float(int size) => size switch
    {
        2 => VoxelType.Float16,
        4 => VoxelType.Float32,
        8 => VoxelType.Float64,
        _ => null,
    };

    private static bool IsBoolean(IH5DataType type) =>
        type.Size == 1 && type.Enumeration.GetMembers<byte>() is { Count: 2 } members
        && members.TryGetValue("FALSE", out var no) && no == 0 && members.TryGetValue("TRUE", out var yes) && yes == 1;

    /// <summary>
    /// The type of the parts, where a compound is a complex number: two floats side by side whose names begin with r and i, as "r", "real"
    /// and Velox's "realFloatHalfEven" do.
    /// </summary>
    private static IH5DataType? Complex(IH5DataType type) =>
        type.Compound.Members is [{ Offset: 0 } real, var imaginary]
        && real.Name.StartsWith("r", StringComparison.OrdinalIgnoreCase) && imaginary.Name.StartsWith("i", StringComparison.OrdinalIgnoreCase)
        && real.Type.Class == H5DataTypeClass.FloatingPoint && imaginary.Type.Class == H5DataTypeClass.FloatingPoint
        && imaginary.Type.Size == real.Type.Size && imaginary.Offset == real.Type.Size && type.Size == 2 * real.Type.Size
            ? real.Type
            : null;
}
