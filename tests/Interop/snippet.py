# Runs a snippet of the documents as it stands and compares the block that it leaves in `voxels` with the expected one.
# usage: snippet.py SNIPPET.py FOLDER EXPECTED; FOLDER is where it is run, EXPECTED says a line for each block, "z y x SHA-256".
# Exits with 77 where zarr-python 3 or DuckDB is absent.
import hashlib
import os
import pathlib
import sys

try:
    import zarr
    import duckdb
except ImportError as error:
    print(f"{sys.executable} has no {error.name}")
    sys.exit(77)
if int(zarr.__version__.split(".")[0]) < 3:
    print(f"zarr-python {zarr.__version__} does not read Zarr v3")
    sys.exit(77)

snippet, folder, expected = sys.argv[1:]
blocks = {tuple(map(int, line.split()[:3])): line.split()[3] for line in pathlib.Path(expected).read_text().splitlines()}
os.chdir(folder)
names = {}
exec(compile(pathlib.Path(snippet).read_text(), snippet, "exec"), names)
assert set(names["blocks"]) == set(blocks), (names["blocks"], blocks)
place = (names["z"], names["y"], names["x"])
assert hashlib.sha256(names["voxels"].tobytes()).hexdigest() == blocks[place], place
print(f"{len(blocks)} blocks, the one at {place} equal")
