using System.Numerics;
using System.Runtime.InteropServices;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.ImageStack;

/// <summary>The smallest voxel type that holds two, and the conversion to it: a stack of 8-bit and 16-bit slices is a 16-bit stack.</summary>
internal static class VoxelWidening
{
    private static readonly VoxelType[] ByWidth =
    [
        VoxelType.Boolean, VoxelType.UInt8, VoxelType.Int8, VoxelType.UInt16, VoxelType.Int16, VoxelType.Float16,
        VoxelType.UInt32, VoxelType.Int32, VoxelType.Float32, VoxelType.UInt64, VoxelType.Int64, VoxelType.Float64,
    ];

    /// <summary>The narrowest type that holds every value of both exactly; null when there is none (uint64 and int64).</summary>
    public static VoxelType? Common(VoxelType a, VoxelType b)
    {
        foreach (var type in ByWidth)
        {
            if (Holds(type, a) && Holds(type, b))
                return type;
        }

        return null;
    }

    /// <summary>Converts numbers of type <paramref name="from"/>, little-endian, to the wider <paramref name="to"/>.</summary>
    public static void Convert(ReadOnlySpan<byte> source, VoxelType from, Span<byte> target, VoxelType to)
    {
        switch (from)
        {
            case VoxelType.Boolean or VoxelType.UInt8:
                From<byte>(source, target, to);
                break;
            case VoxelType.Int8:
                From<sbyte>(source, target, to);
                break;
            case VoxelType.UInt16:
                From<ushort>(source, target, to);
                break;
            case VoxelType.Int16:
                From<short>(source, target, to);
                break;
            case VoxelType.Float16:
                From<Half>(source, target, to);
                break;
            case VoxelType.UInt32:
                From<uint>(source, target, to);
                break;
            case VoxelType.Int32:
                From<int>(source, target, to);
                break;
            default:
                From<float>(source, target, to);
                break;
        }
    }

    private static bool Holds(VoxelType wide, VoxelType narrow)
    {
        if (wide == narrow)
            return true;
        var ((exact, signed), (needed, negative)) = (Range(wide), Range(narrow));
        return narrow.IsFloat() ? wide.IsFloat() && wide > narrow : exact >= needed && (signed || !negative);
    }

    /// <summary>How many bits of whole number a type holds exactly, and whether also below zero.</summary>
    private static (int Bits, bool Signed) Range(VoxelType type) => type switch
    {
        VoxelType.Boolean => (1, false),
        VoxelType.Float16 => (11, true),
        VoxelType.Float32 => (24, true),
        VoxelType.Float64 => (53, true),
        VoxelType.Int8 or VoxelType.Int16 or VoxelType.Int32 or VoxelType.Int64 => ((8 * type.Size()) - 1, true),
        _ => (8 * type.Size(), false),
    };

    private static void From<TFrom>(ReadOnlySpan<byte> source, Span<byte> target, VoxelType to)
        where TFrom : unmanaged, INumber<TFrom>
    {
        var numbers = MemoryMarshal.Cast<byte, TFrom>(source);
        switch (to)
        {
            case VoxelType.UInt8:
                To<TFrom, byte>(numbers, target);
                break;
            case VoxelType.Int8:
                To<TFrom, sbyte>(numbers, target);
                break;
            case VoxelType.UInt16:
                To<TFrom, ushort>(numbers, target);
                break;
            case VoxelType.Int16:
                To<TFrom, short>(numbers, target);
                break;
            case VoxelType.Float16:
                To<TFrom, Half>(numbers, target);
                break;
            case VoxelType.UInt32:
                To<TFrom, uint>(numbers, target);
                break;
            case VoxelType.Int32:
                To<TFrom, int>(numbers, target);
                break;
            case VoxelType.Float32:
                To<TFrom, float>(numbers, target);
                break;
            case VoxelType.UInt64:
                To<TFrom, ulong>(numbers, target);
                break;
            case VoxelType.Int64:
                To<TFrom, long>(numbers, target);
                break;
            default:
                To<TFrom, double>(numbers, target);
                break;
        }
    }

    private static void To<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<byte> target)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        var numbers = MemoryMarshal.Cast<byte, TTo>(target);
        for (var i = 0; i < source.Length; i++)
            numbers[i] = TTo.CreateTruncating(source[i]);
    }
}
