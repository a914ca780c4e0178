#!/usr/bin/python3
"""Writes the TIFF fixtures gdal_*.tif beside this script with GDAL (Debian: python3-gdal).

gdal_expected.tsv has, for each, the axes and type that the file is to be read as, and the sha256 of its voxels in C order, little-endian:
of the array that was written, or, for JPEG, of what GDAL's own libjpeg decodes.
"""
import hashlib
import pathlib

import numpy
from osgeo import gdal

gdal.UseExceptions()
HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(3)
rows = []


def write(name, data, kind, axes, *options, nodata=None, lossy=False, window=None):
    """data: bands, y, x. window: the only part that is written, as (y, x) slices."""
    path = str(HERE / f"gdal_{name}.tif")
    bands, height, width = data.shape
    target = gdal.GetDriverByName("GTiff").Create(path, width, height, bands, kind, options=list(options))
    for band in range(bands):
        if nodata is not None:
            target.GetRasterBand(band + 1).SetNoDataValue(nodata)
        y, x = window or (slice(0, height), slice(0, width))
        target.GetRasterBand(band + 1).WriteArray(data[band, y, x], x.start, y.start)
    target = None
    read = gdal.Open(path).ReadAsArray().reshape(data.shape)
    voxels = read if lossy else data
    assert lossy or (read == data).all(), name
    if voxels.dtype.kind == "c":
        voxels = numpy.stack([voxels.real, voxels.imag], -1).astype({"CI": "i2", "CF": "f4"}[axes[-2:]])
        axes = axes[:-2] + "i"
    if axes == "yxc":
        voxels = numpy.moveaxis(voxels, 0, -1)
    digest = hashlib.sha256(numpy.ascontiguousarray(voxels).tobytes()).hexdigest()
    rows.append(f"gdal_{name}.tif\t{axes}\t{voxels.dtype.name}\t{digest}\n")


def integers(dtype, bits, bands=1):
    return random.integers(0, 2**bits, (bands, 20, 30), dtype="u8").astype(dtype)


for bits, kind, dtype in ((2, gdal.GDT_Byte, "u1"), (4, gdal.GDT_Byte, "u1"), (7, gdal.GDT_Byte, "u1"), (10, gdal.GDT_UInt16, "u2"), (12, gdal.GDT_UInt16, "u2"), (24, gdal.GDT_UInt32, "u4")):
    write(f"{bits}_bits", integers(dtype, bits), kind, "yx", f"NBITS={bits}", "BLOCKYSIZE=7")
write("12_bits_rgb_tiled_lzw", integers("u2", 12, 3), gdal.GDT_UInt16, "yxc", "NBITS=12", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", "COMPRESS=LZW")
write("24_bits_planar", integers("u4", 24, 3), gdal.GDT_UInt32, "cyx", "NBITS=24", "INTERLEAVE=BAND")
write("complex_int16", (integers("i4", 9) - 1j * integers("i4", 9)).astype("c8"), gdal.GDT_CInt16, "yxCI", "ENDIANNESS=BIG", "COMPRESS=DEFLATE")
write("complex_float32_planar", (integers("i4", 9, 2) - 1j * integers("i4", 9, 2)).astype("c8"), gdal.GDT_CFloat32, "cyxCF", "INTERLEAVE=BAND")

filled = numpy.full((1, 40, 48), -5, "i2")
filled[0, 16:32, 16:32] = 7
write("sparse_nodata", filled, gdal.GDT_Int16, "yx", "SPARSE_OK=TRUE", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", nodata=-5, window=(slice(16, 32), slice(16, 32)))
filled = numpy.full((1, 40, 48), numpy.nan, "f4")
filled = numpy.where(numpy.isnan(filled), numpy.float32(-9999), filled)
filled[0, :16] = 1.5
write("sparse_nodata_deflate", filled, gdal.GDT_Float32, "yx", "SPARSE_OK=TRUE", "BLOCKYSIZE=16", "COMPRESS=DEFLATE", nodata=-9999, window=(slice(0, 16), slice(0, 48)))

smooth = (numpy.add.outer(numpy.arange(40) * 3, numpy.arange(48) * 5) % 256).astype("u1")
write("jpeg_2_samples", numpy.stack([smooth, smooth[::-1]]), gdal.GDT_Byte, "yxc", "COMPRESS=JPEG", "INTERLEAVE=PIXEL", lossy=True)
write("jpeg_rgba_tiled", numpy.stack([smooth, smooth[::-1], smooth[:, ::-1], 255 - smooth]), gdal.GDT_Byte, "yxc", "COMPRESS=JPEG", "INTERLEAVE=PIXEL", "PHOTOMETRIC=RGB", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16", lossy=True)
(HERE / "gdal_expected.tsv").write_text("# file\taxes\ttype\tsha256 of the voxels\n" + "".join(rows))
