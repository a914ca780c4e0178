using EmPipeline.Volumes;

namespace EmPipeline.Formats.Tests.Tiff;

public sealed class Tiff_Strips_of_four_rows() : TiffConformance("u8_stack_strips.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt8, 3));

public sealed class Tiff_Big_endian_strips() : TiffConformance("u16_stack_big_endian.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt16, 3));

public sealed class Tiff_Big_endian_BigTIFF_tiles() : TiffConformance("i16_tiled_bigtiff_big_endian.tif", "zyx", FormulaVoxels.Of(VoxelType.Int16, 2));

public sealed class Tiff_Chunky_RGB() : TiffConformance("rgb_u8.tif", "yxc", FormulaVoxels.Of(VoxelType.UInt8, 1, 3));

public sealed class Tiff_Planar_RGB_stack() : TiffConformance("rgb_u16_stack_planar.tif", "zcyx", FormulaVoxels.Planar(FormulaVoxels.Of(VoxelType.UInt16, 2, 3), 2, 3, 2));

public sealed class Tiff_Bilevel() : TiffConformance("bool.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Tiff_Bilevel_lowest_bit_first() : TiffConformance("bool_lsb_first.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Tiff_LZW() : TiffConformance("u8_stack_lzw.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt8, 3));

public sealed class Tiff_PackBits_tiles() : TiffConformance("u8_stack_packbits_tiled.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt8, 3));

public sealed class Tiff_LZW_with_differences_big_endian() : TiffConformance("u16_stack_lzw_predictor_big_endian.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt16, 3));

public sealed class Tiff_Zstd_with_differences() : TiffConformance("u16_stack_zstd_predictor.tif", "zyx", FormulaVoxels.Of(VoxelType.UInt16, 3));

public sealed class Tiff_RGB_Deflate_tiles_with_differences() : TiffConformance("rgb_u8_deflate_predictor_tiled.tif", "yxc", FormulaVoxels.Of(VoxelType.UInt8, 1, 3));

public sealed class Tiff_Planar_LZW_BigTIFF() : TiffConformance("rgb_u8_planar_lzw.tif", "cyx", FormulaVoxels.Planar(FormulaVoxels.Of(VoxelType.UInt8, 1, 3), 1, 3, 1));

public sealed class Tiff_Float32_predictor_3() : TiffConformance("f4_predictor_3.tif", "yx", FormulaVoxels.Of(VoxelType.Float32));

public sealed class Tiff_Float64_predictor_3() : TiffConformance("f8_predictor_3.tif", "yx", FormulaVoxels.Of(VoxelType.Float64));

public sealed class Tiff_ImageJ_hyperstack() : TiffConformance("imagej_hyperstack.tif", "tzcyx", [.. FormulaVoxels.Of(VoxelType.UInt16, 6), .. FormulaVoxels.Of(VoxelType.UInt16, 6)]);

public sealed class Tiff_OME_with_channels() : TiffConformance("ome_czyx.ome.tif", "czyx", FormulaVoxels.Of(VoxelType.UInt8, 6));

public sealed class Tiff_Shape_by_tifffile() : TiffConformance("tifffile_shaped.tif", "tzyx", FormulaVoxels.Of(VoxelType.UInt8, 6));

public sealed class Tiff_Int8() : TiffConformance("type_i1.tif", "yx", FormulaVoxels.Of(VoxelType.Int8));

public sealed class Tiff_UInt32() : TiffConformance("type_u4.tif", "yx", FormulaVoxels.Of(VoxelType.UInt32));

public sealed class Tiff_Int32() : TiffConformance("type_i4.tif", "yx", FormulaVoxels.Of(VoxelType.Int32));

public sealed class Tiff_UInt64() : TiffConformance("type_u8.tif", "yx", FormulaVoxels.Of(VoxelType.UInt64));

public sealed class Tiff_Int64() : TiffConformance("type_i8.tif", "yx", FormulaVoxels.Of(VoxelType.Int64));

public sealed class Tiff_Float16() : TiffConformance("type_f2.tif", "yx", FormulaVoxels.Of(VoxelType.Float16));

public sealed class Tiff_Float32() : TiffConformance("type_f4.tif", "yx", FormulaVoxels.Of(VoxelType.Float32));

public sealed class Tiff_Float64() : TiffConformance("type_f8.tif", "yx", FormulaVoxels.Of(VoxelType.Float64));

public sealed class Tiff_CCITT_group_3() : TiffConformance("bool_group3.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Tiff_CCITT_group_3_two_dimensional() : TiffConformance("bool_group3_2d.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Tiff_CCITT_group_4() : TiffConformance("bool_group4.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));

public sealed class Tiff_CCITT_group_4_lowest_bit_first() : TiffConformance("bool_group4_lsb_first.tif", "yx", FormulaVoxels.Of(VoxelType.Boolean));
