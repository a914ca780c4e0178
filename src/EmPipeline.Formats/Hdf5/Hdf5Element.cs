using System.Runtime.InteropServices;
using EmPipeline.Volumes;
using PureHDF;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace EmPipeline.Formats.Hdf5;

/// <summary>The number type of a dataset's elements.</summary>
/// <param name="IsComplex">An element is a compound of real and imaginary part, which become an axis.</param>
internal sealed record Hdf5Element(VoxelType Type, bool IsComplex = false)
{
    // What h5py and MATLAB call the parts.
    private static readonly string[][] ComplexNames = [["r", "i"], ["real", "imag"], ["re", "im"]];

    /// <summary>Reads a type.</summary>
    /// <param name="reason">What the type is, when the result is null.</param>
    public static Hdf5Element? Of(IH5DataType type, out string? reason)
    {
        reason = null;
        switch (type.Class)
        {
            case H5DataTypeClass.FixedPoint when Integer(type.Size, type.FixedPoint.IsSigned) is { } integer:
                return new(integer);
            case H5DataTypeClass.BitField when Integer(type.Size, signed: false) is { } bits:
                return new(bits);
            case H5DataTypeClass.FloatingPoint when Float(type.Size) is { } number:
                return new(number);
            case H5DataTypeClass.Enumerated when Of(type.Enumeration.BaseType, out _) is { IsComplex: false } named:
                return IsBoolean(type) ? new(VoxelType.Boolean) : named;
            case H5DataTypeClass.Compound when Complex(type) is { } part:
                return new(part, IsComplex: true);
            default:
                reason = $"elements of {type.Size} bytes of class {type.Class}";
                return null;
        }
    }

    /// <summary>Reads a selection of elements in C order, little-endian, as bytes.</summary>
    public void Read(NativeDataset dataset, H5DatasetAccess access, Selection selection, ulong count, Span<byte> target)
    {
        switch ((Type, IsComplex))
        {
            case (VoxelType.Float32, true):
                Read<ComplexFloat32>(dataset, access, selection, count, target);
                break;
            case (VoxelType.Float64, true):
                Read<ComplexFloat64>(dataset, access, selection, count, target);
                break;
            case (VoxelType.Float16, _):
                Read<Half>(dataset, access, selection, count, target);
                break;
            case (VoxelType.Float32, _):
                Read<float>(dataset, access, selection, count, target);
                break;
            case (VoxelType.Float64, _):
                Read<double>(dataset, access, selection, count, target);
                break;
            default:
                ReadInteger(dataset, access, selection, count, target);
                break;
        }
    }

    private void ReadInteger(NativeDataset dataset, H5DatasetAccess access, Selection selection, ulong count, Span<byte> target)
    {
        switch (Type.Size())
        {
            case 1:
                Read<byte>(dataset, access, selection, count, target);
                break;
            case 2:
                Read<ushort>(dataset, access, selection, count, target);
                break;
            case 4:
                Read<uint>(dataset, access, selection, count, target);
                break;
            default:
                Read<ulong>(dataset, access, selection, count, target);
                break;
        }
    }

    private static void Read<T>(NativeDataset dataset, H5DatasetAccess access, Selection selection, ulong count, Span<byte> target)
        where T : unmanaged =>
        dataset.Read(access, MemoryMarshal.Cast<byte, T>(target), selection, new AllSelection(), [count]);

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

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ComplexFloat32(float Real, float Imaginary);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ComplexFloat64(double Real, double Imaginary);
}
