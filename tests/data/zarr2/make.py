#!/usr/bin/python3
"""Writes the Zarr v2 fixtures with zarr-python (written with 2.13, numcodecs 0.11): python3 make.py

arrays.zarr/NAME      one tiny array for each compressor, shuffle, order, type, filter and fill value; every one holds voxels()
voxels/DTYPE.raw      voxels(DTYPE) in C order, little-endian
expected.tsv          array, file in voxels/
images.zarr           OME-NGFF groups, written by hand around zarr-python arrays
"""
import json
import os
import shutil

import numcodecs
from numcodecs import Blosc
import numpy as np
import zarr

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE, CHUNKS = (5, 6, 7), (5, 4, 7)
blosc_names = ("blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd")


def voxels(dtype):
    dtype = np.dtype(dtype)
    walk = (np.arange(np.prod(SHAPE)) * 37 + 11) % 251
    if dtype.kind == "b":
        walk = walk % 3 == 0
    elif dtype.kind == "i":
        walk = walk - 125
    elif dtype.kind == "f":
        walk = walk / 4 - 20
    elif dtype.kind == "c":
        walk = walk / 4 - 1j * walk
    return walk.astype(dtype).reshape(SHAPE)


for name in ("arrays.zarr", "images.zarr", "voxels"):
    shutil.rmtree(os.path.join(HERE, name), ignore_errors=True)
os.makedirs(os.path.join(HERE, "voxels"))
root = zarr.open_group(os.path.join(HERE, "arrays.zarr"), mode="w")
expected = []


def add(name, dtype="<u2", **options):
    options = {"compressor": None, "chunks": CHUNKS, "fill_value": 0, **options}
    data = voxels(dtype)
    array = zarr.open_array(os.path.join(HERE, "arrays.zarr", name), mode="w", shape=SHAPE, dtype=dtype, **options)
    array[...] = data
    plain = data.astype(data.dtype.newbyteorder("<"))
    raw = f"{plain.dtype.name}.raw"
    plain.tofile(os.path.join(HERE, "voxels", raw))
    expected.append((name, raw))


for cname in blosc_names:
    for shuffle in (Blosc.NOSHUFFLE, Blosc.SHUFFLE, Blosc.BITSHUFFLE):
        order = "CF"[shuffle % 2]
        add(f"blosc-{cname}-{shuffle}-{order}", compressor=Blosc(cname, 5, shuffle), order=order)
for codec in (numcodecs.Zstd(1), numcodecs.GZip(5), numcodecs.Zlib(5), numcodecs.LZ4(), numcodecs.BZ2(1), numcodecs.LZMA()):
    for order in "CF":
        add(f"{codec.codec_id}-{order}", compressor=codec, order=order)
for dtype in ("|b1", "|i1", "|u1", "<i2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", "<u8", ">u8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<c8", ">c16"):
    add("type-" + dtype.replace("<", "le-").replace(">", "be-").replace("|", ""), dtype, order="F" if dtype in (">f4", "<c8", ">c16", "|i1") else "C")
add("separator-slash", dimension_separator="/")
add("separator-dot", dimension_separator=".", chunks=(3, 3, 4))
add("chunks-larger-than-the-array", chunks=(8, 8, 8))

add("filter-delta", filters=[numcodecs.Delta("<u2")])
add("filter-delta-narrow", "<i4", filters=[numcodecs.Delta("<i4", "<i2")], compressor=numcodecs.Zlib(1))
add("filter-delta-float", "<f4", filters=[numcodecs.Delta("<f4")])
add("filter-fixedscaleoffset", "<f8", filters=[numcodecs.FixedScaleOffset(offset=-20, scale=4, dtype="<f8", astype="u1")])
add("filter-shuffle", filters=[numcodecs.Shuffle(2)], compressor=numcodecs.Zlib(1))
add("filter-quantize", "<f8", filters=[numcodecs.Quantize(2, "<f8", "<f4")])
add("filter-bitround", "<f4", filters=[numcodecs.BitRound(20)])
add("filter-astype", "<i8", filters=[numcodecs.AsType("<i4", "<i8")])
add("filter-packbits", "|b1", filters=[numcodecs.PackBits()])
add("filter-crc32", filters=[numcodecs.CRC32()])
add("filter-adler32", filters=[numcodecs.Adler32()], compressor=numcodecs.BZ2(1))
add("filter-several", filters=[numcodecs.Delta("<u2"), numcodecs.Shuffle(2), numcodecs.Zlib(1), numcodecs.CRC32()], compressor=numcodecs.LZ4())

# Absent chunks: only [0, 0, 0] is written of each.
for name, dtype, fill in (("null", "<u2", None), ("int", "<i2", -7), ("nan", "<f4", "NaN"), ("infinity", ">f8", "-Infinity"), ("bool", "|b1", True), ("complex", "<c8", 1 - 2j)):
    array = zarr.open_array(os.path.join(HERE, "arrays.zarr", f"fill-{name}"), mode="w", shape=(4, 6), chunks=(2, 3), dtype=dtype, fill_value=fill, compressor=None)
    array[:2, :3] = 1
scalar = zarr.open_array(os.path.join(HERE, "arrays.zarr", "scalar"), mode="w", shape=(), dtype="<i4", compressor=None, fill_value=0)
scalar[...] = 42
zarr.open_array(os.path.join(HERE, "arrays.zarr", "texts"), mode="w", shape=(2,), dtype="<U3", compressor=None)[...] = ["ab", "cde"]
zarr.open_array(os.path.join(HERE, "arrays.zarr", "five-axes"), mode="w", shape=(1, 1, 2, 2, 2), dtype="|u1", compressor=None, fill_value=3)

with open(os.path.join(HERE, "expected.tsv"), "w", newline="\n") as file:
    for row in sorted(expected):
        file.write("\t".join(row) + "\n")


def image(path, attributes, datasets, dtype="|u1"):
    """A group with these attributes and, by path, arrays of these shapes filled with their level."""
    folder = os.path.join(HERE, "images.zarr", path)
    zarr.open_group(folder, mode="w").attrs.put(attributes)
    for level, (dataset, shape) in enumerate(datasets.items()):
        array = zarr.open_array(os.path.join(folder, dataset), mode="w", shape=shape, chunks=shape, dtype=dtype, compressor=None, dimension_separator="/")
        array[...] = level + 1


def axes(unit, names="zyx"):
    kinds = {"t": "time", "c": "channel"}
    return [{"name": name, "type": kinds.get(name, "space"), **({"unit": unit} if name in "zyx" else {})} for name in names]


zarr.open_group(os.path.join(HERE, "images.zarr"), mode="w")
# As OpenOrganelle writes it: outer scale, then scale and translation a level.
image("em/fibsem", {"multiscales": [{
    "version": "0.4", "name": "", "axes": axes("nanometer"),
    "coordinateTransformations": [{"type": "scale", "scale": [1.0, 1.0, 1.0]}],
    "datasets": [{"path": f"s{k}", "coordinateTransformations": [
        {"type": "scale", "scale": [2.96 * 2**k, 4.0 * 2**k, 4.0 * 2**k]},
        {"type": "translation", "translation": [1.48 * (2**k - 1), 2.0 * (2**k - 1), 2.0 * (2**k - 1)]}]} for k in range(3)],
}]}, {"s0": (4, 6, 8), "s1": (2, 3, 4), "s2": (1, 1, 2)})
# As bioformats2raw writes it: five axes, micrometres, an outer scale that counts; and labels, which the specification lists.
image("series", {"multiscales": [{
    "version": "0.4", "axes": axes("micrometer", "tczyx"),
    "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 2, 1, 1]}],
    "datasets": [{"path": str(k), "coordinateTransformations": [{"type": "scale", "scale": [1, 1, 0.02, 0.008 * 2**k, 0.008 * 2**k]}]} for k in range(2)],
}]}, {"0": (1, 1, 2, 4, 4), "1": (1, 1, 2, 2, 2)})
image("series/labels", {"labels": ["cells"]}, {})
image("series/labels/cells", {"multiscales": [{
    "version": "0.4", "axes": axes("nanometer"), "image-label": {},
    "datasets": [{"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [40, 8, 8]}]}],
}]}, {"0": (2, 4, 4)}, "<u8")
# Older: 0.1 has no axes and no scales; 0.3 names its axes only.
image("old-0.1", {"multiscales": [{"version": "0.1", "datasets": [{"path": "0"}]}]}, {"0": (1, 1, 2, 3, 3)})
image("old-0.3", {"multiscales": [{"version": "0.3", "axes": ["c", "y", "x"], "datasets": [{"path": "0"}]}]}, {"0": (2, 3, 3)})
# A unit that is missing leaves the size unknown.
image("no-unit", {"multiscales": [{"version": "0.4", "axes": [{"name": n, "type": "space"} for n in "zyx"], "datasets": [
    {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [3, 2, 1]}]}]}]}, {"0": (2, 3, 3)})
# daisy and funlib: on the array itself.
plain = os.path.join(HERE, "images.zarr", "daisy")
zarr.open_array(plain, mode="w", shape=(2, 3, 4), chunks=(2, 3, 4), dtype="|u1", compressor=None, fill_value=0).attrs.put({"resolution": [40, 4, 4], "offset": [0, 0, 0], "note": float("nan")})
# Consolidated, one group deeper than its metadata.
image("consolidated", {}, {})
image("consolidated/raw", {"multiscales": [{"version": "0.4", "axes": axes("nanometer"), "datasets": [
    {"path": "s0", "coordinateTransformations": [{"type": "scale", "scale": [5, 5, 5]}]}]}]}, {"s0": (2, 3, 3)})
zarr.consolidate_metadata(os.path.join(HERE, "images.zarr", "consolidated"))
