"""The zarrs benchmark with zarr-python 3: 1024^3 uint16, shards 256^3, inner chunks 64^3, zstd 0. Prints JSON: seconds of read all,
round trip (read all and write it again), inner chunks one by one with eight requests at a time. usage: zarrs_peer.py RAW_FILE OUTPUT"""
import concurrent.futures
import itertools
import json
import shutil
import sys
import time

import numpy
import zarr

EDGE, SHARD, CHUNK = 1024, 256, 64
if int(zarr.__version__.split(".")[0]) < 3:
    sys.exit(f"zarr-python {zarr.__version__} has no shards")
raw, output = sys.argv[1:]
voxels = numpy.memmap(raw, dtype="u2", mode="r", shape=(EDGE,) * 3)


def write(path, data):
    shutil.rmtree(path, ignore_errors=True)
    array = zarr.create_array(store=path, shape=(EDGE,) * 3, dtype="u2", shards=(SHARD,) * 3, chunks=(CHUNK,) * 3,
                              compressors=[zarr.codecs.ZstdCodec(level=0)], overwrite=True)
    array[...] = data
    return array


def timed(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def one(origin):
    z, y, x = origin
    array[z:z + CHUNK, y:y + CHUNK, x:x + CHUNK]


def one_by_one():
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, itertools.product(range(0, EDGE, CHUNK), repeat=3)))


array = write(output, voxels)
seconds = [timed(lambda: array[...]), timed(lambda: write(output + ".again", array[...])), timed(one_by_one)]
for path in (output, output + ".again"):
    shutil.rmtree(path, ignore_errors=True)
print(json.dumps({"version": zarr.__version__, "seconds": seconds}))
