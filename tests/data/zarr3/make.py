#!/usr/bin/env python3
"""Writes small Zarr v3 arrays that exercise every codec and layout the reader knows.

Shares no code with the reader or writer under test: chunks are cut by NumPy, compressed by numcodecs (zstd, gzip, blosc), and put
together here from the text of the Zarr v3 specification and of the sharding codec. Voxel i (C order) is value(i) of its type.

Run with Debian's python3 (python3-numpy, python3-numcodecs) in this folder: python3 make.py
"""
import itertools
import json
import pathlib
import shutil
import struct

import numpy
from numcodecs import Blosc, GZip, Zstd

ABSENT = 2**64 - 1


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


def values(shape, dtype):
    count = int(numpy.prod(shape))
    numbers = (numpy.arange(count, dtype="u8") * 2654435761) >> 7
    dtype = numpy.dtype(dtype)
    if dtype.kind == "b":
        numbers = numbers & 1
    elif dtype.kind == "f":
        return ((numbers % 2001).astype("f8") / 8 - 100).astype(dtype).reshape(shape)
    return numbers.astype(dtype).reshape(shape)


def encode(array, codecs, fill):
    """One chunk through a list of codecs, as the specification words them."""
    data = array
    for codec in codecs:
        name, configuration = codec["name"], codec.get("configuration", {})
        if name == "transpose":
            data = numpy.ascontiguousarray(data.transpose(configuration["order"]))
        elif name == "bytes":
            order = {"big": ">", "little": "<"}[configuration.get("endian", "little")]
            data = data.astype(data.dtype.newbyteorder(order)).tobytes()
        elif name == "sharding_indexed":
            data = shard(data, configuration, fill)
        elif name == "zstd":
            data = bytes(Zstd(level=configuration["level"]).encode(data))
        elif name == "gzip":
            data = bytes(GZip(level=configuration["level"]).encode(data))
        elif name == "blosc":
            shuffle = {"noshuffle": 0, "shuffle": 1, "bitshuffle": 2}[configuration["shuffle"]]
            typed = numpy.frombuffer(data, dtype=f"V{configuration['typesize']}") if configuration["typesize"] > 1 else data
            data = bytes(Blosc(configuration["cname"], configuration["clevel"], shuffle).encode(typed))
        elif name == "crc32c":
            data = data + crc32c(data)
        else:
            raise ValueError(name)
    return data


def shard(array, configuration, fill):
    inner = configuration["chunk_shape"]
    at_end = configuration.get("index_location", "end") == "end"
    big = configuration["index_codecs"][0]["configuration"]["endian"] == "big"
    checked = len(configuration["index_codecs"]) > 1
    grid = [a // b for a, b in zip(array.shape, inner)]
    index_length = 16 * int(numpy.prod(grid)) + (4 if checked else 0)
    body, entries = b"", []
    start = 0 if at_end else index_length
    positions = list(itertools.product(*map(range, grid)))
    chunks = {}
    # Stored last to first: readers must go by the index.
    for position in reversed(positions):
        part = array[tuple(slice(p * n, (p + 1) * n) for p, n in zip(position, inner))]
        if same(part, fill):
            continue
        encoded = encode(part, configuration["codecs"], fill)
        chunks[position] = (start + len(body), len(encoded))
        body += encoded
    for position in positions:
        entries += chunks.get(position, (ABSENT, ABSENT))
    index = struct.pack((">" if big else "<") + f"{len(entries)}Q", *entries)
    if checked:
        index += crc32c(index)
    return body + index if at_end else index + body


def same(part, fill):
    return bool(numpy.all(numpy.isnan(part))) if isinstance(fill, float) and numpy.isnan(fill) else bool(numpy.all(part == fill))


def write(name, shape, dtype, chunk, codecs, fill=0, fill_json=None, keys=("default", "/"), names=None, cleared=()):
    array = values(shape, dtype)
    for box in cleared:
        array[box] = fill
    folder = pathlib.Path(name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kind, separator = keys
    metadata = {
        "zarr_format": 3, "node_type": "array", "shape": list(shape), "data_type": numpy.dtype(dtype).name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(chunk)}},
        "chunk_key_encoding": {"name": kind, "configuration": {"separator": separator}},
        "fill_value": fill if fill_json is None else fill_json, "codecs": codecs, "attributes": {},
    }
    if names:
        metadata["dimension_names"] = names
    (folder / "zarr.json").write_text(json.dumps(metadata, indent=1) + "\n")
    for position in itertools.product(*(range(-(-s // c)) for s, c in zip(shape, chunk))):
        part = array[tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, chunk))]
        padded = numpy.full(chunk, fill, dtype=dtype)
        padded[tuple(map(slice, part.shape))] = part
        if same(padded, fill):
            continue
        key = separator.join((["c"] if kind == "default" else []) + [str(p) for p in position])
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode(padded, codecs, fill))
    (folder / "expected.bin").write_bytes(array.astype(numpy.dtype(dtype).newbyteorder("<")).tobytes())


def named(name, **configuration):
    return {"name": name, "configuration": configuration} if configuration else {"name": name}


def sharded(chunk, codecs, location="end", index=("little", True)):
    index_codecs = [named("bytes", endian=index[0])] + ([named("crc32c")] if index[1] else [])
    return named("sharding_indexed", chunk_shape=list(chunk), codecs=codecs, index_codecs=index_codecs, index_location=location)


LITTLE, BIG = named("bytes", endian="little"), named("bytes", endian="big")
ZSTD, GZIP, CRC = named("zstd", level=1, checksum=False), named("gzip", level=5), named("crc32c")
BLOSC = named("blosc", cname="zstd", clevel=3, shuffle="shuffle", typesize=4, blocksize=0)

write("shard_end_zstd_crc", (13, 20, 11), "u1", (8, 16, 8), [sharded((4, 4, 4), [LITTLE, ZSTD, CRC])], names=["z", "y", "x"],
      cleared=[(slice(0, 8), slice(0, 16), slice(0, 8)), (slice(8, 12), slice(0, 4), slice(0, 4))])
write("shard_start_raw", (9, 10, 11), "i2", (8, 8, 8), [sharded((4, 4, 4), [LITTLE, CRC], "start", ("big", True))], fill=-5)
write("shard_nested_transposed", (8, 9, 10), "i4", (8, 8, 8),
      [sharded((4, 8, 4), [sharded((2, 4, 2), [named("transpose", order=[2, 0, 1]), BIG, BLOSC], "start"), CRC])])
write("shard_compressed_whole", (8, 8, 8), "u2", (8, 8, 4), [sharded((4, 4, 4), [LITTLE, GZIP], index=("little", False)), ZSTD])
write("shard_transposed_outside", (6, 10, 8), "f4", (4, 8, 2), [named("transpose", order=[1, 2, 0]), sharded((4, 1, 2), [BIG, ZSTD])])
write("chunks_big_endian_v2_keys", (5, 7), "u2", (3, 4), [BIG, GZIP], keys=("v2", "."))
write("chunks_nan_fill", (6, 6), "f8", (3, 3), [LITTLE, ZSTD], fill=float("nan"), fill_json="NaN", cleared=[(slice(0, 3), slice(3, 6))])
write("chunks_hex_fill", (4, 4), "f4", (2, 2), [named("transpose", order=[1, 0]), LITTLE, CRC, GZIP, CRC], fill=1.5, fill_json="0x3fc00000",
      cleared=[(slice(0, 2), slice(0, 2))])
write("chunks_dot_keys_bool", (7, 5, 3), "?", (4, 4, 2), [LITTLE], keys=("default", "."), fill=False)
write("scalar", (), "i8", (), [LITTLE])
write("chunks_f2", (9, 4), "f2", (4, 4), [LITTLE, CRC])
write("chunks_u8_rank5", (2, 3, 4, 2, 3), "u8", (1, 2, 2, 2, 2), [LITTLE, ZSTD, CRC], names=["t", "c", "z", "y", "x"])
