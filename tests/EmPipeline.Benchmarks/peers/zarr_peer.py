"""zarr-python on the benchmark's cube: write, read all, random unaligned 128^3 blocks. Prints JSON.

zarr-python 3 writes shards of 128^3 with inner chunks of 32^3; zarr-python 2, which has no shards, an array of 32^3 chunks.
usage: zarr_peer.py RAW_FILE OUTPUT CODEC(zstd|raw)
"""
import json
import random
import shutil
import sys
import time

import numpy
import zarr

SHARD, CHUNK, BLOCKS = 128, 32, 40
raw, output, codec = sys.argv[1:]
voxels = numpy.fromfile(raw, dtype="u1")
EDGE = round(voxels.size ** (1 / 3))
voxels = voxels.reshape(EDGE, EDGE, EDGE)


def create():
    shutil.rmtree(output, ignore_errors=True)
    if int(zarr.__version__.split(".")[0]) >= 3:
        compressors = [zarr.codecs.ZstdCodec(level=1)] if codec == "zstd" else None
        return zarr.create_array(store=output, shape=voxels.shape, dtype="u1", shards=(SHARD,) * 3, chunks=(CHUNK,) * 3, compressors=compressors, overwrite=True)
    import numcodecs
    compressor = numcodecs.Zstd(level=1) if codec == "zstd" else None
    return zarr.open(output, mode="w", shape=voxels.shape, dtype="u1", chunks=(CHUNK,) * 3, compressor=compressor)


def best(action, rounds=2):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def write():
    create()[...] = voxels


def random_blocks():
    rng = random.Random(1)
    for _ in range(BLOCKS):
        z, y, x = (rng.randrange(EDGE - SHARD) for _ in range(3))
        array[z:z + SHARD, y:y + SHARD, x:x + SHARD]


megabytes = voxels.nbytes / 1e6
write_time = best(write)
array = zarr.open(output, mode="r")
read_time = best(lambda: array[...])
random_time = best(random_blocks)
print(json.dumps({"version": zarr.__version__, "write": megabytes / write_time, "read": megabytes / read_time, "random": BLOCKS / random_time}))
shutil.rmtree(output, ignore_errors=True)
