"""numpy.memmap of the plain cube: unaligned 128^3 blocks a second. Prints JSON. usage: memmap_peer.py RAW_FILE

"first": each block at a place whose pages this process has not touched yet, as in a volume that is much larger than what has been read
of it. "again": the same places once more, when all their pages are mapped.
"""
import json
import os
import random
import sys
import time

import numpy

SIDE, CELLS, PASSES = 128, 6, 8
EDGE = round(os.path.getsize(sys.argv[1]) ** (1 / 3))
CELL = EDGE // CELLS
rng = random.Random(1)


def origins():
    # One block for each cell of a grid over z and y: no two share a page, since a page reaches along x.
    places = [(z * CELL + rng.randrange(CELL - SIDE), y * CELL + rng.randrange(CELL - SIDE), rng.randrange(EDGE - SIDE))
              for z in range(CELLS) for y in range(CELLS)]
    rng.shuffle(places)
    return places


def timed(cube, places):
    start = time.perf_counter()
    for z, y, x in places:
        numpy.ascontiguousarray(cube[z:z + SIDE, y:y + SIDE, x:x + SIDE])
    return len(places) / (time.perf_counter() - start)


first = again = 0
for _ in range(PASSES):
    cube = numpy.memmap(sys.argv[1], dtype="u1", mode="r", shape=(EDGE, EDGE, EDGE))
    places = origins()
    first = max(first, timed(cube, places))
    again = max(again, timed(cube, places))
print(json.dumps({"version": numpy.__version__, "first": first, "again": again}))
