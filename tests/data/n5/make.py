#!/usr/bin/python3
"""Writes the N5 fixtures: python3 make.py

zarr-python.n5/NAME   by zarr-python's N5Store (2.13): edge blocks at their full size
handmade.n5/NAME      block by block after the file system specification of N5: edge blocks clipped, older attributes, lz4-java's stream
                      (python3-lz4 and python3-xxhash for what is in it), damaged and variable-length blocks
dialects.n5/NAME      multiscale metadata in every dialect; no blocks
voxels/DTYPE.raw      voxels(DTYPE) in C order, little-endian: shape 5, 6, 7 slowest first
"""
import gzip
import itertools
import json
import os
import shutil
import struct
import zlib

import lz4.block
import lz4.frame
import numcodecs
import numpy as np
import xxhash
import zarr
from zarr.n5 import N5Store

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE, BLOCK = (5, 6, 7), (5, 4, 4)


def voxels(dtype):
    walk = (np.arange(np.prod(SHAPE)) * 37 + 11) % 251
    kind = np.dtype(dtype).kind
    walk = walk - 125 if kind == "i" else walk / 4 - 20 if kind == "f" else walk
    return walk.astype(dtype).reshape(SHAPE)


for name in ("zarr-python.n5", "handmade.n5", "dialects.n5", "voxels"):
    shutil.rmtree(os.path.join(HERE, name), ignore_errors=True)
os.makedirs(os.path.join(HERE, "voxels"))
for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
    voxels("<" + dtype).tofile(os.path.join(HERE, "voxels", np.dtype(dtype).name + ".raw"))

store = N5Store(os.path.join(HERE, "zarr-python.n5"))
root = zarr.group(store=store, overwrite=True)
for name, codec in (
    ("raw", None), ("gzip", numcodecs.GZip(5)), ("zlib", numcodecs.Zlib(5)), ("bzip2", numcodecs.BZ2(1)), ("xz", numcodecs.LZMA(preset=1)),
    ("blosc", numcodecs.Blosc("lz4", 5, 1)), ("blosc-zstd-bit", numcodecs.Blosc("zstd", 5, 2)), ("lz4", numcodecs.LZ4()), ("zstd", numcodecs.Zstd(1)),
):
    root.create_dataset(name, data=voxels("<u2"), chunks=BLOCK, compressor=codec)
for dtype in ("u1", "i1", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
    root.create_dataset("type-" + np.dtype(dtype).name, data=voxels("<" + dtype), chunks=BLOCK, compressor=None)


def attributes(path, values):
    folder = os.path.join(HERE, path)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "attributes.json"), "w", newline="\n") as file:
        json.dump(values, file)
        file.write("\n")


def block(path, position, payload, extents, mode=0, count=None):
    """One block file. Position and extents fastest axis first."""
    file_name = os.path.join(HERE, path, *map(str, position))
    os.makedirs(os.path.dirname(file_name), exist_ok=True)
    header = struct.pack(">HH", mode, len(extents)) + struct.pack(f">{len(extents)}I", *extents)
    if mode == 1:
        header += struct.pack(">I", count)
    with open(file_name, "wb") as file:
        file.write(header + payload)


def dataset(path, dtype, encode, compression, only=None, **more):
    data = voxels(dtype)
    attributes(path, {"dimensions": SHAPE[::-1], "blockSize": BLOCK[::-1], "dataType": np.dtype(dtype).name, **compression, **more})
    for position in itertools.product(*(range(-(-n // b)) for n, b in zip(SHAPE, BLOCK))):
        if only is not None and position not in only:
            continue
        part = data[tuple(slice(p * b, (p + 1) * b) for p, b in zip(position, BLOCK))]
        block(path, position[::-1], encode(part.astype(part.dtype.newbyteorder(">")).tobytes()), part.shape[::-1])


def lz4_block_stream(data, block_size=64):
    """lz4-java's LZ4BlockOutputStream; small blocks, so that there are several, the last of them stored."""
    out = b""
    for start in range(0, len(data), block_size):
        piece = data[start:start + block_size]
        packed = lz4.block.compress(piece, store_size=False)
        method, packed = (0x10, piece) if len(packed) >= len(piece) else (0x20, packed)
        out += b"LZ4Block" + struct.pack("<BiiI", method, len(packed), len(piece), xxhash.xxh32(piece, seed=0x9747B28C).intdigest() & 0x0FFFFFFF) + packed
    return out + b"LZ4Block" + struct.pack("<BiiI", 0x10, 0, 0, 0)


attributes("handmade.n5", {"n5": "2.5.1"})
dataset("handmade.n5/raw", ">u2", bytes, {"compression": {"type": "raw"}})
dataset("handmade.n5/gzip", ">u2", lambda b: gzip.compress(b, mtime=0), {"compression": {"type": "gzip", "level": -1}})
dataset("handmade.n5/zlib", ">u2", zlib.compress, {"compression": {"type": "gzip", "useZlib": True}})
dataset("handmade.n5/lz4-java", ">u2", lz4_block_stream, {"compression": {"type": "lz4", "blockSize": 65536}})
dataset("handmade.n5/lz4-bare", ">u2", lambda b: lz4.block.compress(b, store_size=False), {"compression": {"type": "lz4"}})
dataset("handmade.n5/lz4-frame", ">u2", lambda b: lz4.frame.compress(b, block_linked=False, content_checksum=True, block_checksum=True), {"compression": {"type": "lz4"}})
dataset("handmade.n5/lz4-frame-linked", ">u2", lambda b: lz4.frame.compress(b, block_linked=True), {"compression": {"type": "lz4"}})
dataset("handmade.n5/old", ">f4", lambda b: gzip.compress(b, mtime=0), {"compressionType": "gzip"})
dataset("handmade.n5/absent", ">u2", bytes, {"compression": {"type": "raw"}}, only=[(0, 0, 0)])
attributes("handmade.n5/bad/cut", {"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "uint8", "compression": {"type": "raw"}})
block("handmade.n5/bad/cut", (0, 0), bytes(15), (4, 4))
attributes("handmade.n5/bad/variable", {"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "uint8", "compression": {"type": "raw"}})
block("handmade.n5/bad/variable", (0, 0), bytes(40), (4, 4), mode=1, count=40)
attributes("handmade.n5/bad/too-large", {"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "uint8", "compression": {"type": "raw"}})
block("handmade.n5/bad/too-large", (0, 0), bytes(16), (4, 4000000))
attributes("handmade.n5/bad/jpeg", {"dimensions": [4, 4], "blockSize": [4, 4], "dataType": "uint8", "compression": {"type": "jpeg"}})
block("handmade.n5/bad/jpeg", (0, 0), bytes(16), (4, 4))


def pyramid(path, group, levels, names=None):
    """A group and its levels: each a dictionary of attributes."""
    if group is not None:
        attributes(f"dialects.n5/{path}", group)
    for level, more in enumerate(levels):
        name = names[level] if names else f"s{level}"
        attributes(f"dialects.n5/{path}/{name}", {
            "dimensions": [16 >> level, 8 >> level, 4 >> level], "blockSize": [4, 4, 4], "dataType": "uint8", "compression": {"type": "raw"}, **more})


def transform(level):
    """COSEM: lists in C order."""
    return {"axes": ["z", "y", "x"], "units": ["nm"] * 3, "scale": [3.24 * 2**level, 4.0 * 2**level, 4.0 * 2**level], "translate": [0.0, 0.0, 0.0]}


pyramid("cosem", {"multiscales": [{"name": "em", "datasets": [{"path": f"s{k}", "transform": transform(k)} for k in range(2)]}]},
        [{"transform": transform(k), "pixelResolution": {"dimensions": [4.0 * 2**k, 4.0 * 2**k, 3.24 * 2**k], "unit": "nm"}} for k in range(2)])
pyramid("cosem-group-only", {"multiscales": [{"name": "em", "datasets": [{"path": name, "transform": transform(k)} for k, name in enumerate(["full", "half"])]}]},
        [{}, {}], ["full", "half"])
pyramid("cosem-pixel-resolution", None, [{"pixelResolution": {"dimensions": [4.0 * 2**k, 4.0 * 2**k, 3.24 * 2**k], "unit": "nm"}} for k in range(2)])
pyramid("n5-viewer", {"pixelResolution": {"unit": "um", "dimensions": [0.004, 0.005, 0.04]}, "scales": [[1, 1, 1], [2, 2, 1]]}, [{}, {}])
pyramid("n5-viewer-per-level", None, [
    {"pixelResolution": {"unit": "nm", "dimensions": [4, 5, 40]}}, {"pixelResolution": {"unit": "nm", "dimensions": [4, 5, 40]}, "downsamplingFactors": [2, 2, 1]}])
pyramid("modern", {"axes": ["x", "y", "z"], "units": ["nm", "nm", "s"], "resolution": [4, 5, 40]}, [{}, {"downsamplingFactors": [2, 2, 1]}])
pyramid("paintera/data", {"multiScale": True, "resolution": [4.0, 5.0, 40.0], "offset": [0.0, 0.0, 0.0]}, [{}, {"downsamplingFactors": [2.0, 2.0, 1.0]}])
attributes("dialects.n5/paintera", {"painteraData": {"type": "raw"}})
attributes("dialects.n5/bdv/setup0", {"downsamplingFactors": [[1, 1, 1], [2, 2, 1]], "dataType": "uint8"})
pyramid("bdv/setup0/timepoint0", {"multiScale": True, "resolution": [0.3, 0.3, 0.9], "saved_completely": True}, [{}, {}])
pyramid("ome", {"multiscales": [{"version": "0.4", "axes": [{"name": n, "type": "space", "unit": "nanometer"} for n in "zyx"], "datasets": [
    {"path": f"s{k}", "coordinateTransformations": [{"type": "scale", "scale": [40, 5 * 2**k, 4 * 2**k]}]} for k in range(2)]}]}, [{}, {}])
attributes("dialects.n5/four-axes", {"dimensions": [8, 8, 2, 4], "blockSize": [4, 4, 1, 4], "dataType": "uint16", "compression": {"type": "raw"},
                                     "axes": ["x", "y", "c", "z"], "resolution": [4, 5, 1, 40], "units": ["nm", "nm", "", "nm"]})
attributes("dialects.n5/nothing-known", {"dimensions": [8, 8, 4], "blockSize": [4, 4, 4], "dataType": "uint16", "compression": {"type": "raw"}, "resolution": [1, 1, 1]})
