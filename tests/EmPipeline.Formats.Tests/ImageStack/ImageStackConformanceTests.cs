using EmPipeline.Formats.Tests.Tiff;
using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.ImageStack;

/// <summary>The reader's promises, held for one file or folder of tests/data/imagestack.</summary>
public abstract class ImageStackConformance(string path, byte[] expected) : VolumeReaderConformance
{
    protected override async Task<(IVolumeReader Reader, byte[] Expected)> OpenAsync() =>
        (await OpenedFixture.OpenAsync(SharedData.Fixture($"imagestack/{path}")), expected);
}

public sealed class Stack_of_PNG_slices() : ImageStackConformance("numbered", FormulaVoxels.Of(VoxelType.UInt8, 4));

public sealed class Png_gray() : ImageStackConformance("gray_u8.png", FormulaVoxels.Of(VoxelType.UInt8));

public sealed class Png_gray_of_16_bits() : ImageStackConformance("gray_u16.png", FormulaVoxels.Of(VoxelType.UInt16));

public sealed class Png_RGB() : ImageStackConformance("rgb_u8.png", FormulaVoxels.Of(VoxelType.UInt8, 1, 3));

public sealed class Png_RGB_with_alpha() : ImageStackConformance("rgba_u8.png", FormulaVoxels.Of(VoxelType.UInt8, 1, 4));

public sealed class Png_gray_with_alpha() : ImageStackConformance("gray_alpha_u8.png", FormulaVoxels.Of(VoxelType.UInt8, 1, 2));

public sealed class Png_bilevel() : ImageStackConformance("gray_1bit.png", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Png_palette() : ImageStackConformance("palette_4bit.png", [.. FormulaVoxels.Values(1).Select(value => (byte)(value & 15))]);

public sealed class Png_gray_of_4_bits() : ImageStackConformance("gray_4bit.png", [.. FormulaVoxels.Values(1).Select(value => (byte)(value & 15))]);

public sealed class Png_interlaced() : ImageStackConformance("gray_u8_interlaced.png", FormulaVoxels.Of(VoxelType.UInt8));

public sealed class Png_interlaced_of_2_bits() : ImageStackConformance("gray_2bit_interlaced.png", [.. FormulaVoxels.Values(1).Select(value => (byte)(value & 3))]);

public sealed class Png_interlaced_RGB_of_16_bits() : ImageStackConformance("rgb_u16_interlaced.png", FormulaVoxels.Of(VoxelType.UInt16, 1, 3));
