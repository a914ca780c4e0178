using EmPipeline.Formats.Codecs;
using EmPipeline.Volumes;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>The number type of a dataset's elements.</summary>
/// <param name="IsComplex">An element is a compound of real and imaginary part, which become an axis.</param>
/// <param name="BigEndian">The order of the bytes of each number in the file.</param>
internal sealed record Hdf5Element(VoxelType Type, bool BigEndian, bool IsComplex = false)
{
    // What h5py and other software call the parts.
    private static readonly string[][] ComplexNames = [["r", "i"], ["real", "imag"], ["re", "im"]];

    /// <summary>The type of a dataset's elements.</summary>
    /// <param name="reason">What the type is, when the result is null.</param>
    public static Hdf5Element? Of(NativeDataset dataset, out string? reason) => Of(dataset.Type, Hdf5Internals.TypeOf(dataset), out reason);

    /// <summary>Reads a type.</summary>
    /// <param name="reason">What the type is, when the result is null.</param>
    /// <param name="message">The type as PureHDF has it inside, which alone knows the byte order.</param>
    public static Hdf5Element? Of(IH5DataType type, object message, out string? reason)
    {
        reason = null;
        var bigEndian = Hdf5Internals.IsBigEndian(message);
        switch (type.Class)
        {
            case H5DataTypeClass.FixedPoint when Integer(type.Size, type.FixedPoint.IsSigned) is { } integer:
                return new(integer, bigEndian);
            case H5DataTypeClass.BitField when Integer(type.Size, signed: false) is { } bits:
                return new(bits, bigEndian);
            case H5DataTypeClass.FloatingPoint when Float(type.Size) is { } number:
                return new(number, bigEndian);
            case H5DataTypeClass.Enumerated when type.Enumeration.BaseType is { Class: H5DataTypeClass.FixedPoint } based && Integer(based.Size, based.FixedPoint.IsSigned) is { } named:
                return new(IsBoolean(type) ? VoxelType.Boolean : named, bigEndian);
            case H5DataTypeClass.Compound when Complex(type) is { } part:
                return new(part, bigEndian, IsComplex: true);
            default:
                reason = $"elements of {type.Size} bytes of class {type.Class}";
                return null;
        }
    }

    /// <summary>Bytes of one element in the file.</summary>
    public int Size => Type.Size() * (IsComplex ? 2 : 1);

    /// <summary>Reads a selection of elements.</summary>
    /// <param name="target">Its elements in C order, little-endian.</param>
    public void Read(NativeDataset dataset, H5DatasetAccess access, Selection selection, Span<byte> target)
    {
        // Bytes are what PureHDF reads of any type without looking at their order, which it would refuse to turn round.
        dataset.Read(access, target, selection, new AllSelection(), [(ulong)target.Length]);
        if (BigEndian)
            ByteOrder.Reverse(target, Type.Size());
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

    private static VoxelType? Complex(IH5DataType type) =>
        type.Compound.Members is [{ Offset: 0 } real, var imaginary]
        && ComplexNames.Any(names => names[0] == real.Name && names[1] == imaginary.Name)
        && real.Type.Class == H5DataTypeClass.FloatingPoint && imaginary.Type.Class == H5DataTypeClass.FloatingPoint
        && real.Type.Size is 4 or 8 && imaginary.Type.Size == real.Type.Size && imaginary.Offset == real.Type.Size && type.Size == 2 * real.Type.Size
            ? Float(real.Type.Size)
            : null;
}
