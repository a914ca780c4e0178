"""PyTorch's DataLoader over numpy.memmap of the plain cube, or over zarr-python where it is given an array's folder: random 128^3 blocks a second, batches of 8,
a worker for each core.

Stays running, so that it takes its turn in every round: for each line on stdin, "stored" or "normalised", it goes through one epoch and
prints the number as JSON. Workers live on from epoch to epoch and the first epochs are not counted. usage: torch_peer.py RAW_FILE|ZARR_ARRAY BLOCKS MEAN STD
"""
import json
import os
import random
import sys
import time

import numpy
import torch
from torch.utils.data import DataLoader, Dataset

SIDE, BATCH = 128, 8
raw, blocks, mean, std = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
ZARR = os.path.isdir(raw)
if ZARR:
    import zarr
    EDGE = zarr.open_array(raw, mode="r").shape[0]
else:
    EDGE = round(os.path.getsize(raw) ** (1 / 3))


class Blocks(Dataset):
    def __init__(self, normalised):
        # zarr-python has threads of its own, which a process that is forked does not inherit: each worker opens it itself.
        self.cube = None if ZARR else numpy.memmap(raw, dtype="u1", mode="r", shape=(EDGE,) * 3)
        self.normalised = normalised
        rng = random.Random(1)
        self.places = [tuple(rng.randrange(EDGE - SIDE) for _ in range(3)) for _ in range(blocks)]

    def __len__(self):
        return len(self.places)

    def __getitem__(self, index):
        if self.cube is None:
            self.cube = zarr.open_array(raw, mode="r")
        z, y, x = self.places[index]
        block = numpy.ascontiguousarray(self.cube[z:z + SIDE, y:y + SIDE, x:x + SIDE])[None]
        if self.normalised:
            block = (block.astype(numpy.float32) - numpy.float32(mean)) / numpy.float32(std)
        return torch.from_numpy(block), index


loaders = {name: DataLoader(Blocks(name == "normalised"), batch_size=BATCH, shuffle=True, num_workers=os.cpu_count(), persistent_workers=True)
           for name in ("stored", "normalised")}
print(json.dumps({"version": torch.__version__ + (", zarr " + zarr.__version__ if ZARR else "")}), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    served = sum(len(data) for data, _ in loaders[line.strip()])
    print(json.dumps({"rate": served / (time.perf_counter() - start)}), flush=True)
