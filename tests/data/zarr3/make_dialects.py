#!/usr/bin/python3
"""Writes arrays.zarr and the OME groups: python3 make_dialects.py (Debian 12: python3-numpy, python3-numcodecs)

Debian has no writer of Zarr v3, so the arrays are put together here after the specification, with numcodecs, zlib, bz2 and lzma for what
is in the chunks. Every array of arrays.zarr holds "walk" (see below) in its own type unless its name says otherwise.
digests.tsv: folder, array, shape, type, first 16 hex digits of the SHA-256 of the voxels (C order, little-endian), voxel size z,y,x in nm.
"""
import bz2
import gzip
import hashlib
import json
import lzma
import os
import shutil
import struct
import zlib

import numcodecs
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE = (5, 6, 7)
rows = []

CRC32C = []
for byte in range(256):
    for _ in range(8):
        byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
    CRC32C.append(byte)


def crc32c(data):
    state = 0xFFFFFFFF
    for byte in data:
        state = (state >> 8) ^ CRC32C[(state ^ byte) & 255]
    return struct.pack("<I", state ^ 0xFFFFFFFF)


def fletcher32(data):
    a = b = 0
    for high, low in zip(data[::2], data[1::2]):
        a = (a + (high << 8 | low)) % 65535
        b = (b + a) % 65535
    return struct.pack("<I", b << 16 | a)


def little(array):
    array = np.ascontiguousarray(array)
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def walk(dtype, shape=SHAPE):
    numbers = (np.arange(np.prod(shape)) * 37 + 11) % 251
    return (numbers / 4 - 20 if np.dtype(dtype).kind in "fc" else numbers % 2 if np.dtype(dtype).kind == "b" else numbers).astype(dtype).reshape(shape)


def encode(array, codecs, fill):
    for codec in codecs:
        name, options = codec["name"], codec.get("configuration", {})
        short = name.split(".")[-1]
        if name == "transpose":
            array = array.transpose(options["order"])
        elif name == "bytes":
            order = ">" if options.get("endian") == "big" else "<"
            array = np.ascontiguousarray(array).astype(array.dtype.newbyteorder(order)).tobytes()
        elif name == "sharding_indexed":
            array = shard(array, options, fill)
        elif name == "packbits":
            array = np.packbits(np.ascontiguousarray(array).ravel(), bitorder="little").tobytes()
        elif short in ("delta", "fixedscaleoffset", "packbits"):
            encoded = np.asarray(numcodecs.get_codec({**options, "id": short}).encode(np.ascontiguousarray(array)))
            array = encoded.reshape(array.shape) if encoded.size == array.size else encoded
        elif short == "shuffle":
            array = bytes(numcodecs.Shuffle(options["elementsize"]).encode(np.frombuffer(array, "u1")))
        else:
            array = {
                "gzip": lambda data: gzip.compress(data, mtime=0), "zlib": zlib.compress, "bz2": bz2.compress, "lzma": lzma.compress,
                "zstd": lambda data: bytes(numcodecs.Zstd(3).encode(data)), "lz4": lambda data: bytes(numcodecs.LZ4().encode(data)),
                "blosc": lambda data: bytes(numcodecs.Blosc("zstd", 5, 1).encode(np.frombuffer(data, "u2"))),
                "crc32c": lambda data: data + crc32c(data), "crc32": lambda data: struct.pack("<I", zlib.crc32(data)) + data,
                "adler32": lambda data: struct.pack("<I", zlib.adler32(data)) + data, "fletcher32": lambda data: data + fletcher32(data),
            }[short](array)
    return array


def shard(array, options, fill):
    inner = options["chunk_shape"]
    grid = [-(-n // k) for n, k in zip(array.shape, inner)]
    index = np.full((*grid, 2), 2**64 - 1, "u8")
    at_start = options.get("index_location") == "start"
    offset = len(encode(index, options["index_codecs"], 0)) if at_start else 0
    body = b""
    for cell in np.ndindex(*grid):
        chunk = cut(array, cell, inner, fill)
        if np.all(chunk == fill):
            continue
        piece = encode(chunk, options["codecs"], fill)
        index[cell] = (offset + len(body), len(piece))
        body += piece
    index = encode(index, options["index_codecs"], 0)
    return index + body if at_start else body + index


def cut(array, cell, shape, fill):
    part = array[tuple(slice(i * k, (i + 1) * k) for i, k in zip(cell, shape))]
    chunk = np.full(shape, fill, array.dtype)
    chunk[tuple(slice(0, n) for n in np.shape(part))] = part
    return chunk


def write(folder, name, array, chunk, codecs, fill=0, json_fill=None, absent=(), expected=None, size=None, **more):
    path = os.path.join(HERE, folder, name)
    os.makedirs(path, exist_ok=True)
    array = np.asarray(array)
    metadata = {
        "zarr_format": 3, "node_type": "array", "shape": array.shape, "data_type": array.dtype.name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}}, "chunk_key_encoding": {"name": "default"},
        "fill_value": fill if json_fill is None else json_fill, "codecs": codecs, "attributes": {}, **more}
    with open(os.path.join(path, "zarr.json"), "w", newline="\n") as file:
        json.dump(metadata, file)
        file.write("\n")
    voxels = array.copy()
    for cell in np.ndindex(*[-(-n // k) for n, k in zip(array.shape, chunk)]):
        if cell in absent:
            voxels[tuple(slice(i * k, (i + 1) * k) for i, k in zip(cell, chunk))] = fill
            continue
        key = os.path.join(path, "c", *map(str, cell))
        os.makedirs(os.path.dirname(key), exist_ok=True)
        with open(key, "wb") as file:
            file.write(encode(cut(array, cell, chunk, fill), codecs, fill))
    voxels = voxels if expected is None else expected
    shape = (*voxels.shape, 2) if voxels.dtype.kind == "c" else voxels.shape
    kind = {"complex64": "float32", "complex128": "float64"}.get(voxels.dtype.name, voxels.dtype.name)
    rows.append((folder, name, "x".join(map(str, shape)), kind, hashlib.sha256(little(voxels)).hexdigest()[:16], size or ""))


def group(folder, attributes):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, "zarr.json"), "w", newline="\n") as file:
        json.dump({"zarr_format": 3, "node_type": "group", "attributes": attributes}, file)
        file.write("\n")


LITTLE, BIG = ({"name": "bytes", "configuration": {"endian": order}} for order in ("little", "big"))
ZSTD, GZIP, CRC = {"name": "zstd", "configuration": {"level": 3, "checksum": False}}, {"name": "gzip", "configuration": {"level": 6}}, {"name": "crc32c"}


def codec(name, **configuration):
    return {"name": name, "configuration": configuration}


def shards(chunk, codecs, location="end", index=(LITTLE, CRC)):
    return codec("sharding_indexed", chunk_shape=chunk, codecs=codecs, index_codecs=list(index), index_location=location)


def arrays():
    data = walk("u2")
    put = lambda name, *more, **named: write("arrays.zarr", name, data, *more, **named)
    put("transposed", (3, 6, 4), [codec("transpose", order=[2, 0, 1]), BIG, ZSTD])
    put("shard-start-big-index", (6, 6, 8), [shards((3, 2, 4), [LITTLE, GZIP, CRC], "start", [BIG])])
    put("shard-nested", (6, 6, 8), [shards((6, 3, 4), [shards((2, 3, 2), [codec("transpose", order=[1, 2, 0]), LITTLE, ZSTD], "start")])], fill=3)
    put("shard-uneven", (6, 4, 8), [shards((4, 3, 3), [LITTLE])])
    put("shard-uneven-nested", (6, 4, 8), [shards((5, 4, 3), [shards((2, 3, 2), [LITTLE])])])
    put("shard-larger-inner", (4, 6, 8), [shards((8, 8, 8), [LITTLE])])
    put("shard-transposed-compressed", (6, 6, 8), [codec("transpose", order=[2, 1, 0]), shards((4, 3, 3), [LITTLE]), ZSTD])
    put("shard-absent", (5, 3, 7), [shards((5, 3, 7), [LITTLE])], fill=9, absent=[(0, 1, 0)])
    for name in ("numcodecs.zlib", "numcodecs.bz2", "numcodecs.lzma", "numcodecs.lz4", "numcodecs.crc32", "numcodecs.adler32", "numcodecs.fletcher32", "bz2", "zlib", "fletcher32"):
        put(name, SHAPE, [LITTLE, codec(name)])
    put("numcodecs.shuffle", SHAPE, [LITTLE, codec("numcodecs.shuffle", elementsize=2), codec("numcodecs.zlib", level=1)])
    put("shard-shuffle", (6, 6, 8), [shards((3, 6, 4), [LITTLE, codec("shuffle", elementsize=2), ZSTD])])
    put("numcodecs.delta", (3, 6, 7), [codec("numcodecs.delta", dtype="<u2", astype="<i4"), codec("transpose", order=[1, 0, 2]), LITTLE])
    scaled = codec("numcodecs.fixedscaleoffset", dtype="<f8", astype="<i2", scale=4, offset=-20)
    write("arrays.zarr", "numcodecs.fixedscaleoffset", walk("f8"), SHAPE, [scaled, BIG])
    write("arrays.zarr", "bool-numcodecs.packbits", walk("?"), SHAPE, [codec("numcodecs.packbits"), {"name": "bytes"}], fill=False)
    write("arrays.zarr", "bool-packbits", walk("?"), (3, 5, 7), [{"name": "packbits"}], fill=False)
    write("arrays.zarr", "complex64-big", walk("c8") * (1 - 2j), (3, 6, 7), [BIG, ZSTD], fill=complex(np.nan, 1), json_fill=["NaN", 1.0], absent=[(1, 0, 0)])
    write("arrays.zarr", "complex128-shard", walk("c16") * (1 - 2j), (6, 6, 8), [shards((3, 6, 4), [codec("transpose", order=[2, 1, 0]), LITTLE])], json_fill=[0, 0])
    for name, kind, fill, text in (("nan", "f2", np.nan, "NaN"), ("infinity", "f4", -np.inf, "-Infinity"), ("hex", "f8", 1.0, "0x3ff0000000000000"), ("largest", "u8", np.uint64(2**64 - 1), 2**64 - 1)):
        write("arrays.zarr", f"fill-{name}", walk(kind), (3, 6, 7), [LITTLE], fill=fill, json_fill=text, absent=[(0, 0, 0)])
    write("arrays.zarr", "scalar", np.array(2.5), (), [codec("transpose", order=[]), LITTLE, ZSTD])
    write("arrays.zarr", "empty", np.zeros((4, 0, 3), "u1"), (2, 2, 2), [shards((1, 1, 1), [{"name": "bytes"}])])
    group("arrays.zarr", {})


def image(folder, attributes, size):
    for level in range(2):
        write(folder, f"s{level}", walk("u1", (4, 6 >> level, 8 >> level)), (4, 6, 8), [{"name": "bytes"}], size=size(level))
    group(folder, attributes)


def images():
    axes = [{"name": name, "type": "space", "unit": "nanometer"} for name in "zyx"]
    systems = [{"name": "physical", "axes": [{**axis, "unit": "micrometer"} for axis in axes]}]

    def datasets(transformation):
        return [{"path": f"s{level}", "coordinateTransformations": [{**transformation(level), "input": f"s{level}", "output": "physical"}]} for level in range(2)]

    def draft(transformation):
        return {"ome": {"version": "0.6.dev3", "multiscales": [{"coordinateSystems": systems, "datasets": datasets(transformation)}]}}

    scale = lambda level: {"type": "scale", "scale": [0.04, 0.004 * 2**level, 0.008 * 2**level]}
    size = lambda level: f"40,{4 * 2**level},{8 * 2**level}"
    image("ome-0.5.zarr", {"ome": {"version": "0.5", "multiscales": [{
        "axes": axes, "coordinateTransformations": [{"type": "scale", "scale": [40, 4, 8]}],
        "datasets": [{"path": f"s{level}", "coordinateTransformations": [
            {"type": "scale", "scale": [1, 2**level, 2**level]}, {"type": "translation", "translation": [1, 2, 3]}]} for level in range(2)]}]}}, size)
    image("ome-0.6-sequence.zarr", draft(lambda level: {"type": "sequence", "transformations": [scale(level), {"type": "translation", "translation": [3, 2, 1]}]}), size)
    image("ome-0.6-affine.zarr", draft(lambda level: {"type": "affine", "affine": [[0.04, 0, 0, 5], [0, 0.004 * 2**level, 0, 6], [0, 0, 0.008 * 2**level, 7]]}), size)
    image("ome-0.6-rotation.zarr", draft(lambda level: {"type": "rotation", "rotation": [[0, 1, 0], [-1, 0, 0], [0, 0, 1]]}), lambda level: "")
    image("ome-1.0.zarr", {"ome": {"version": "1.0-dev", "multiscale": {"coordinateSystems": systems, "levels": datasets(scale)}}}, size)


for old in os.listdir(HERE):
    if old.endswith(".zarr"):
        shutil.rmtree(os.path.join(HERE, old))
arrays()
images()
with open(os.path.join(HERE, "digests.tsv"), "w", newline="\n") as table:
    table.writelines("\t".join(row) + "\n" for row in rows)
