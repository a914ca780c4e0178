using System.Buffers.Binary;
using EmPipeline.Torch.Blocks;
using EmPipeline.Volumes;

namespace EmPipeline.Torch.Tests.Blocks;

public class VoxelConversionTests
{
    public static TheoryData<VoxelType> Types() => [.. Enum.GetValues<VoxelType>()];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_is_normalised_as_arithmetic_says(VoxelType type)
    {
        // 101 voxels: not a multiple of any vector's length.
        var source = new byte[101 * type.Size()];
        new Random(1).NextBytes(source);
        for (var i = type.Size() - 1; i < source.Length && type.IsFloat(); i += type.Size())
            source[i] &= 0x3f;
        var target = new float[101];
        VoxelConversion.Normalise(type, source, target, 12.5, 4);
        for (var i = 0; i < target.Length; i++)
        {
            var expected = (float)((Value(type, source.AsSpan(i * type.Size())) - 12.5) / 4);
            target[i].Should().BeInRange(Math.Min(expected * 0.999999f, expected * 1.000001f), Math.Max(expected * 0.999999f, expected * 1.000001f));
        }
    }

    [Fact]
    public void A_constant_volume_is_only_centred()
    {
        var target = new float[3];
        VoxelConversion.Normalise(VoxelType.UInt8, [7, 7, 9], target, 7, 0);
        target.Should().Equal(0, 0, 2);
    }

    [Fact]
    public void Unsigned_types_are_widened()
    {
        var ints = new byte[8];
        VoxelConversion.Widen(VoxelType.UInt16, [0xff, 0xff, 1, 0], ints);
        ints.Should().Equal(0xff, 0xff, 0, 0, 1, 0, 0, 0);
        var longs = new byte[8];
        VoxelConversion.Widen(VoxelType.UInt32, [0xff, 0xff, 0xff, 0xff], longs);
        longs.Should().Equal(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);
    }

    private static double Value(VoxelType type, ReadOnlySpan<byte> voxel) => type switch
    {
        VoxelType.Boolean or VoxelType.UInt8 => voxel[0],
        VoxelType.Int8 => (sbyte)voxel[0],
        VoxelType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(voxel),
        VoxelType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(voxel),
        VoxelType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(voxel),
        VoxelType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(voxel),
        VoxelType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(voxel),
        VoxelType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(voxel),
        VoxelType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(voxel),
        VoxelType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(voxel),
        _ => BinaryPrimitives.ReadDoubleLittleEndian(voxel),
    };
}
