using System.Buffers.Binary;
using EmPipeline.Volumes;
using EmPipeline.Zarr;

namespace EmPipeline.Formats.N5;

/// <summary>The header of a block: mode, rank and extents, big-endian, fastest axis first.</summary>
/// <param name="Shape">Slowest axis first.</param>
/// <param name="Length">Bytes of the header.</param>
internal readonly record struct N5BlockHeader(NdIndex Shape, int Length)
{
    private const int Default = 0, VariableLength = 1;

    /// <param name="blockShape">What the dataset says; a block may be smaller, at the edge or where its writer chose so.</param>
    /// <exception cref="EmException">Corrupt, or a mode that holds no plain array.</exception>
    public static N5BlockHeader Read(ReadOnlySpan<byte> block, NdIndex blockShape, VolumePath place)
    {
        const int Fixed = 4;
        if (block.Length < Fixed)
            throw Truncated(block, place);
        int mode = BinaryPrimitives.ReadUInt16BigEndian(block);
        if (mode is not (Default or VariableLength))
            throw EmException.Unsupported(place.ToString(), $"a block of mode {mode} (objects)");
        int rank = BinaryPrimitives.ReadUInt16BigEndian(block[2..]);
        if (rank != blockShape.Rank)
            throw EmException.Corrupt(place.ToString(), $"got a block of {rank} axes, expected {blockShape.Rank}.");
        var length = Fixed + (4 * rank) + (mode == VariableLength ? 4 : 0);
        if (block.Length < length)
            throw Truncated(block, place);

        var shape = blockShape;
        for (var axis = 0; axis < rank; axis++)
        {
            var extent = BinaryPrimitives.ReadUInt32BigEndian(block[(Fixed + (4 * axis))..]);
            shape[rank - 1 - axis] = extent;
            if (extent == 0 || extent > blockShape[rank - 1 - axis])
                throw EmException.Corrupt(place.ToString(), $"got a block of extent {extent} on axis {axis}, expected 1 to {blockShape[rank - 1 - axis]}.");
        }

        // A block of variable length that has one number a voxel is a plain one after all.
        if (mode == VariableLength && BinaryPrimitives.ReadUInt32BigEndian(block[(length - 4)..]) is var count && count != shape.Volume)
            throw EmException.Unsupported(place.ToString(), $"a block of variable length ({count} numbers for {shape.Volume} voxels, as label multisets have)");
        return new N5BlockHeader(shape, length);
    }

    private static EmException Truncated(ReadOnlySpan<byte> block, VolumePath place) =>
        EmException.Corrupt(place.ToString(), $"got {block.Length} bytes, expected a block header. Fetch it again.");
}
