"""numpy.memmap of the plain cube: random unaligned 128^3 blocks a second. Prints JSON. usage: memmap_peer.py RAW_FILE"""
import json
import os
import random
import sys
import time

import numpy

SIDE, BLOCKS = 128, 400
EDGE = round(os.path.getsize(sys.argv[1]) ** (1 / 3))
cube = numpy.memmap(sys.argv[1], dtype="u1", mode="r", shape=(EDGE, EDGE, EDGE))


def run():
    rng = random.Random(1)
    for _ in range(BLOCKS):
        z, y, x = (rng.randrange(EDGE - SIDE) for _ in range(3))
        numpy.ascontiguousarray(cube[z:z + SIDE, y:y + SIDE, x:x + SIDE])


times = []
for _ in range(4):
    start = time.perf_counter()
    run()
    times.append(time.perf_counter() - start)
print(json.dumps({"version": numpy.__version__, "random": BLOCKS / min(times)}))
