using System.Buffers.Binary;

namespace EmPipeline.Formats.Precomputed;

/// <summary>
/// The 36 bytes that a Compresso stream starts with, and what follows from them. Sections come in the order ids, window values,
/// locations, windows and, in version 1, an index of the slices.
/// </summary>
internal readonly record struct CompressoHeader(
    int Version, int LabelBytes, int X, int Y, int Z, int StepX, int StepY, int StepZ, ulong Ids, uint Values, ulong Locations, int Connectivity)
{
    public const int Bytes = 36;

    /// <exception cref="InvalidDataException">The bytes are no Compresso header.</exception>
    /// <exception cref="NotSupportedException">The stream is of a later version.</exception>
    public static CompressoHeader Read(ReadOnlySpan<byte> stream)
    {
        if (stream.Length < Bytes || !stream.StartsWith("cpso"u8))
            throw new InvalidDataException($"got {stream.Length} bytes without a Compresso header, expected one of {Bytes} bytes");
        var header = new CompressoHeader(
            stream[4], stream[5],
            BinaryPrimitives.ReadUInt16LittleEndian(stream[6..]), BinaryPrimitives.ReadUInt16LittleEndian(stream[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(stream[10..]),
            stream[12], stream[13], stream[14],
            BinaryPrimitives.ReadUInt64LittleEndian(stream[15..]), BinaryPrimitives.ReadUInt32LittleEndian(stream[23..]),
            BinaryPrimitives.ReadUInt64LittleEndian(stream[27..]), stream[35]);
        if (header.Version > 1)
            throw new NotSupportedException($"Compresso version {header.Version}");
        if (header.LabelBytes is not (1 or 2 or 4 or 8) || header.Connectivity is not (4 or 6) || header.StepVoxels is 0 or > 64)
        {
            throw new InvalidDataException(
                $"got a Compresso header with labels of {header.LabelBytes} bytes, windows of {header.StepX}×{header.StepY}×{header.StepZ}, connectivity {header.Connectivity}, expected 1, 2, 4 or 8; 1 to 64 voxels; 4 or 6");
        }

        return header;
    }

    /// <summary>Voxels of a window.</summary>
    public int StepVoxels => StepX * StepY * StepZ;

    /// <summary>Bytes of a window value: one bit a voxel, rounded up to an integer's size.</summary>
    public int WindowBytes => StepVoxels switch { <= 8 => 1, <= 16 => 2, <= 32 => 4, _ => 8 };

    /// <summary>Bytes of the slice index at the end, which random access needs and reading everything does not.</summary>
    public long SliceIndexBytes => Version == 0 ? 0 : 2L * Z * SliceEntryBytes;

    // An entry counts components or locations of one slice, at most two for every voxel of it.
    private int SliceEntryBytes => (2L * X * Y) switch
    {
        < byte.MaxValue => 1,
        < ushort.MaxValue => 2,
        < uint.MaxValue => 4,
        _ => 8,
    };
}
