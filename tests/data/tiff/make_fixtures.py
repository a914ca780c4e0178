#!/usr/bin/python3
"""Writes the TIFF fixtures beside this script, with tifffile and libtiff's tiffcp (Debian: python3-tifffile, python3-pil, libtiff-tools).

All voxels follow one formula, which TiffFixtures.cs repeats, so that no expected voxels need be stored. JPEG is lossy: its digests, as
libjpeg decodes it, are in expected.tsv.
"""
import hashlib
import pathlib
import subprocess
import warnings

import numpy
import tifffile
from PIL import Image

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 37, 45


def base(planes, samples, height=HEIGHT, width=WIDTH):
    z, y, x, c = numpy.meshgrid(*(numpy.arange(n) for n in (planes, height, width, samples)), indexing="ij")
    return 7 * z * z + 3 * y + 5 * x + x * y // 4 + 40 * c


def voxels(dtype, planes=1, samples=1):
    v = base(planes, samples)
    kind = numpy.dtype(dtype).kind
    if kind == "b":
        v = (v >> 3) & 1
    elif kind == "u":
        v = v * {1: 1, 2: 131, 4: 100003, 8: 10000000019}[numpy.dtype(dtype).itemsize]
    elif kind == "i":
        v = (v - 100) * {1: 1, 2: 31, 4: 100003, 8: 10000000019}[numpy.dtype(dtype).itemsize]
    elif kind in "fc":
        v = v / 8
    v = v.astype(dtype)
    if planes == 1:
        v = v[0]
    return v[..., 0] if samples == 1 else v


def write(name, data, **options):
    options.setdefault("metadata", None)
    # Without this tifffile takes a stack of three for RGB.
    options.setdefault("photometric", "minisblack")
    tifffile.imwrite(HERE / name, data, software=False, datetime=None, **options)


def tiffcp(source, target, *options):
    subprocess.run(["tiffcp", *options, HERE / source, HERE / target], check=True)


def digest(expected, name):
    pages = []
    with Image.open(HERE / name) as image:
        for page in range(image.n_frames):
            image.seek(page)
            pages.append(numpy.asarray(image).copy())
    expected.write(f"{name}\t{hashlib.sha256(numpy.stack(pages).tobytes()).hexdigest()}\n")


write("u8_stack_strips.tif", voxels("u1", 3), rowsperstrip=4)
write("u16_stack_big_endian.tif", voxels("u2", 3), byteorder=">", rowsperstrip=10)
write("i16_tiled_bigtiff_big_endian.tif", voxels("i2", 2), byteorder=">", bigtiff=True, tile=(16, 32))
write("rgb_u8.tif", voxels("u1", 1, 3), photometric="rgb", rowsperstrip=8)
write("rgb_u16_stack_planar.tif", voxels("u2", 2, 3).transpose(0, 3, 1, 2), photometric="rgb", planarconfig="separate")
for dtype in ("i1", "u4", "i4", "u8", "i8", "f2", "f4", "f8"):
    write(f"type_{dtype}.tif", voxels(dtype), byteorder="<" if dtype[1] in "14" else ">")
write("complex64.tif", voxels("c8") * numpy.complex64(1 - 2j))
write("bool.tif", voxels("?"))

tiffcp("bool.tif", "bool_lsb_first.tif", "-f", "lsb2msb")
for option, name in (("g3:1d", "group3"), ("g3:2d", "group3_2d"), ("g4", "group4")):
    tiffcp("bool.tif", f"bool_{name}.tif", "-c", option, "-r", "10")
tiffcp("bool_lsb_first.tif", "bool_group4_lsb_first.tif", "-c", "g4", "-f", "lsb2msb")
tiffcp("u8_stack_strips.tif", "u8_stack_lzw.tif", "-c", "lzw", "-r", "16")
tiffcp("u8_stack_strips.tif", "u8_stack_packbits_tiled.tif", "-c", "packbits", "-t", "-w", "32", "-l", "16")
tiffcp("u16_stack_big_endian.tif", "u16_stack_lzw_predictor_big_endian.tif", "-c", "lzw:2", "-B", "-r", "7")
tiffcp("u16_stack_big_endian.tif", "u16_stack_zstd_predictor.tif", "-c", "zstd:2", "-L")
tiffcp("rgb_u8.tif", "rgb_u8_deflate_predictor_tiled.tif", "-c", "zip:2", "-t", "-w", "16", "-l", "16")
tiffcp("rgb_u8.tif", "rgb_u8_planar_lzw.tif", "-p", "separate", "-c", "lzw", "-8")
tiffcp("type_f4.tif", "f4_predictor_3.tif", "-c", "zip:3", "-r", "11")
tiffcp("type_f8.tif", "f8_predictor_3.tif", "-c", "lzw:3", "-L")

write("imagej_hyperstack.tif", numpy.stack([voxels("u2", 6)] * 2).reshape(2, 3, 2, *voxels("u2").shape), imagej=True,
      resolution=(1 / 0.004, 1 / 0.005), metadata={"axes": "TZCYX", "unit": "um", "spacing": 0.03})
write("ome_czyx.ome.tif", voxels("u1", 6).reshape(2, 3, HEIGHT, WIDTH), ome=True, metadata={
    "axes": "CZYX", "UUID": "00000000-0000-0000-0000-000000000001", "PhysicalSizeX": 4.0, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.005, "PhysicalSizeZ": 300.0, "PhysicalSizeZUnit": "Å"})
write("tifffile_shaped.tif", voxels("u1", 6).reshape(2, 3, HEIGHT, WIDTH), metadata={"axes": "TZYX"})
write("resolution_in_cm.tif", voxels("u1"), resolution=(2e6, 1e6), resolutionunit="CENTIMETER")
write("resolution_for_print.tif", voxels("u1"), resolution=(300, 300), resolutionunit="INCH")
with tifffile.TiffWriter(HERE / "two_sizes_and_a_thumbnail.tif") as tif:
    tif.write(voxels("u1"), metadata=None, software=False)
    tif.write(voxels("u1")[::4, ::4], metadata=None, software=False, subfiletype=1)
    tif.write(voxels("u2"), metadata=None, software=False)

with tifffile.TiffWriter(HERE / "sub_directories.tif") as tif:
    tif.write(voxels("u1"), metadata=None, software=False, subifds=2)
    tif.write(voxels("u1")[::2, ::2], metadata=None, software=False, subfiletype=1)
    tif.write(voxels("u2"), metadata=None, software=False)

with open(HERE / "expected.tsv", "w") as expected:
    expected.write("# file\tsha256 of the voxels as libjpeg decodes them\n")
    for name, source, options in (
        ("jpeg_ycbcr_tiled.tif", "rgb_u8.tif", ("-c", "jpeg:80", "-t", "-w", "32", "-l", "32")),
        ("jpeg_rgb_tiled.tif", "rgb_u8.tif", ("-c", "jpeg:r:80", "-t", "-w", "48", "-l", "16")),
    ):
        tiffcp(source, name, *options)
        digest(expected, name)
    Image.fromarray(voxels("u1", 1, 3)).save(HERE / "jpeg_ycbcr_strips.tif", compression="jpeg", quality=85)
    digest(expected, "jpeg_ycbcr_strips.tif")
    gray = [Image.fromarray(plane) for plane in voxels("u1", 3)]
    gray[0].save(HERE / "jpeg_gray_stack.tif", compression="jpeg", save_all=True, append_images=gray[1:])
    digest(expected, "jpeg_gray_stack.tif")
