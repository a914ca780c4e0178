using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tiff;

/// <summary>What two pages must share to be planes of one array.</summary>
/// <param name="Samples">Numbers of one pixel, 2 for each complex one.</param>
/// <param name="Bits">Bits of one stored number (of each part, when complex).</param>
/// <param name="Planar">The samples of a pixel lie in separate planes: c, y, x instead of y, x, c.</param>
internal readonly record struct TiffLayout(
    int Width, int Height, int Samples, int Bits, TiffSampleFormat Format, bool Planar)
{
    public bool IsComplex => Format is TiffSampleFormat.ComplexSigned or TiffSampleFormat.ComplexFloat;

    /// <summary>The smallest type that holds every stored value: 12 bits are read as uint16, 24-bit floats as float32.</summary>
    public VoxelType? Type => (Format, Bits) switch
    {
        (TiffSampleFormat.Float or TiffSampleFormat.ComplexFloat, 16) => VoxelType.Float16,
        (TiffSampleFormat.Float, 24) => VoxelType.Float32,
        (TiffSampleFormat.Float or TiffSampleFormat.ComplexFloat, 32) => VoxelType.Float32,
        (TiffSampleFormat.Float or TiffSampleFormat.ComplexFloat, 64) => VoxelType.Float64,
        (TiffSampleFormat.Float or TiffSampleFormat.ComplexFloat, _) => null,
        (_, < 1 or > 64) => null,
        (TiffSampleFormat.Signed or TiffSampleFormat.ComplexSigned, > 1) => Bits switch
        {
            <= 8 => VoxelType.Int8,
            <= 16 => VoxelType.Int16,
            <= 32 => VoxelType.Int32,
            _ => VoxelType.Int64,
        },
        _ => Bits switch
        {
            1 => VoxelType.Boolean,
            <= 8 => VoxelType.UInt8,
            <= 16 => VoxelType.UInt16,
            <= 32 => VoxelType.UInt32,
            _ => VoxelType.UInt64,
        },
    };

    /// <summary>Stored numbers are whole machine words: reading is copying, but for the byte order.</summary>
    public bool IsNative => Bits == 8 * Type!.Value.Size();

    /// <summary>Numbers of one pixel within one plane.</summary>
    public int SamplesPerPlane => !Planar ? Samples : IsComplex ? 2 : 1;

    /// <summary>How many planes one page holds.</summary>
    public int Planes => Samples / SamplesPerPlane;

    /// <summary>The axes of one page, and their extents.</summary>
    public (string Axes, long[] Shape) Page
    {
        get
        {
            var last = IsComplex ? ("i", new[] { 2L }) : SamplesPerPlane > 1 ? ("c", [SamplesPerPlane]) : ("", Array.Empty<long>());
            var first = Planes > 1 ? ("c", new long[] { Planes }) : ("", []);
            return (first.Item1 + "yx" + last.Item1, [.. first.Item2, Height, Width, .. last.Item2]);
        }
    }

    /// <summary>Bytes of the voxels of one page, decoded.</summary>
    public long DecodedBytes => checked((long)Width * Height * Samples * Type!.Value.Size());
}
