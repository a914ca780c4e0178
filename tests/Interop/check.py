"""Opens every array of a volume with zarr-python 3 and compares it, voxel for voxel, with what it should hold.

usage: python check.py VOLUME.zarr; beside it lies VOLUME.zarr.expected with one file of plain voxels a level (s0, s1, ...).
Exits with 77 where the interpreter has no zarr-python 3.
"""
import pathlib
import sys

try:
    import numpy
    import zarr
except ImportError as error:
    print(error)
    sys.exit(77)
if int(zarr.__version__.split(".")[0]) < 3:
    print(f"zarr-python {zarr.__version__} does not read Zarr v3")
    sys.exit(77)

volume = sys.argv[1]
group = zarr.open_group(volume, mode="r")
ome = group.attrs["ome"]
assert ome["version"] == "0.5", ome["version"]
for dataset in ome["multiscales"][0]["datasets"]:
    array = group[dataset["path"]]
    expected = numpy.fromfile(pathlib.Path(volume + ".expected") / dataset["path"], dtype=array.dtype).reshape(array.shape)
    assert numpy.array_equal(array[...], expected), dataset["path"]
    print(dataset["path"], array.dtype, array.shape, "equal")
