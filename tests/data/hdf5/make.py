"""Writes the fixtures of this folder with h5py (Debian 12: h5py 3.7.0, HDF5 1.10.8): /usr/bin/python3 make.py

Every dataset of filters-*.h5 and layouts-*.h5 holds the values that its test computes: at z, y, x of shape 6 x 7 x 9 the number
(z * 63 + y * 9 + x) % 120, in the dataset's own type.
"""
import os

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHAPE = (6, 7, 9)
CHUNKS = (4, 3, 5)
RAMP = (np.arange(np.prod(SHAPE)) % 120).reshape(SHAPE)


def path(name):
    return os.path.join(HERE, name)


def filters(name, libver):
    with h5py.File(path(name), "w", libver=libver) as f:
        ramp = RAMP.astype("<i4")
        for key, options in {
            "none": {},
            "gzip": {"compression": "gzip", "compression_opts": 9},
            "lzf": {"compression": "lzf"},
            "shuffle": {"shuffle": True},
            "fletcher32": {"fletcher32": True},
            "shuffle_gzip_fletcher32": {"shuffle": True, "compression": "gzip", "fletcher32": True},
            "shuffle_lzf": {"shuffle": True, "compression": "lzf"},
            "fletcher32_lzf": {"fletcher32": True, "compression": "lzf"},
            "scaleoffset": {"scaleoffset": 0},
            "scaleoffset_bits": {"scaleoffset": 7},
            "scaleoffset_gzip": {"scaleoffset": 0, "compression": "gzip"},
        }.items():
            f.create_dataset(key, data=ramp, chunks=CHUNKS, **options)
        f.create_dataset("scaleoffset_float", data=RAMP.astype("<f4"), chunks=CHUNKS, scaleoffset=2)
        # n-bit: 7 of 16 bits are stored.
        packed = h5py.h5t.NATIVE_UINT16.copy()
        packed.set_precision(7)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk(CHUNKS)
        plist.set_filter(5, 0)
        nbit = h5py.h5d.create(f.id, b"nbit", packed, h5py.h5s.create_simple(SHAPE), plist)
        nbit.write(h5py.h5s.ALL, h5py.h5s.ALL, RAMP.astype("<u2"))
        # Chunks whose filters were gone round, one filter each, as a mask in the chunk index says.
        masked = f.create_dataset("masked", shape=(4, 60), dtype="u2", chunks=(1, 60), shuffle=True, compression="gzip")
        import zlib
        rows = np.arange(240, dtype="<u2").reshape(4, 60) % 120
        shuffled = [np.frombuffer(row.tobytes(), "u1").reshape(60, 2).T.tobytes() for row in rows]
        masked.id.write_direct_chunk((0, 0), zlib.compress(shuffled[0]), filter_mask=0)
        masked.id.write_direct_chunk((1, 0), zlib.compress(rows[1].tobytes()), filter_mask=1)
        masked.id.write_direct_chunk((2, 0), shuffled[2], filter_mask=2)
        masked.id.write_direct_chunk((3, 0), rows[3].tobytes(), filter_mask=3)


def layouts(name, libver):
    with h5py.File(path(name), "w", libver=libver) as f:
        for kind in ("i1", "u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", ">i2", ">u4", ">i8", ">f4", ">f8"):
            label = kind.replace("<", "").replace(">", "big_")
            f.create_dataset(f"contiguous/{label}", data=RAMP.astype(kind))
            f.create_dataset(f"chunked/{label}", data=RAMP.astype(kind), chunks=CHUNKS)
        f.create_dataset("growing/one", data=RAMP.astype("<u2"), chunks=CHUNKS, maxshape=(None, 7, 9))
        f.create_dataset("growing/two", data=RAMP.astype("<u2"), chunks=CHUNKS, maxshape=(None, None, 9))
        f.create_dataset("growing/two_gzip", data=RAMP.astype("<u2"), chunks=CHUNKS, maxshape=(None, None, 9), compression="gzip")
        f.create_dataset("single_chunk", data=RAMP.astype("<u2"), chunks=SHAPE, compression="gzip")
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_layout(h5py.h5d.COMPACT)
        compact = h5py.h5d.create(f.id, b"compact", h5py.h5t.STD_U16LE, h5py.h5s.create_simple(SHAPE), plist)
        compact.write(h5py.h5s.ALL, h5py.h5s.ALL, RAMP.astype("<u2"))


def more_filters(name):
    """n-bit, szip and scale-offset of big-endian numbers, and a filter that nobody has here. The ramp, each."""
    with h5py.File(path(name), "w", libver="latest") as f:
        def make(key, numbers, filters):
            plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            plist.set_chunk(SHAPE)
            filters(plist)
            dataset = h5py.h5d.create(f.id, key.encode(), numbers, h5py.h5s.create_simple(SHAPE), plist)
            dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, RAMP.astype("<i8"))

        def bits(numbers, precision, offset):
            numbers = numbers.copy()
            numbers.set_precision(precision)
            numbers.set_offset(offset)
            return numbers

        nbit = lambda plist: plist.set_filter(h5py.h5z.FILTER_NBIT, 0)
        make("nbit_u16_11_3", bits(h5py.h5t.STD_U16LE, 11, 3), nbit)
        make("nbit_big_i32_9_5", bits(h5py.h5t.STD_I32BE, 9, 5), nbit)
        make("nbit_f4", h5py.h5t.IEEE_F32LE, nbit)
        make("nbit_array", h5py.h5t.STD_I16LE, lambda plist: (nbit(plist), plist.set_deflate(6)))
        for key, numbers in (("u1", h5py.h5t.STD_U8LE), ("big_u2", h5py.h5t.STD_U16BE), ("i4", h5py.h5t.STD_I32LE), ("f8", h5py.h5t.IEEE_F64LE)):
            for coding, mask in (("nn", 32), ("ec", 4)):
                make(f"szip_{coding}_{key}", numbers, lambda plist: plist.set_szip(mask, 8))
        make("scaleoffset_big_i4", h5py.h5t.STD_I32BE, lambda plist: plist.set_scaleoffset(h5py.h5z.SO_INT, 0))
        make("scaleoffset_big_f8", h5py.h5t.IEEE_F64BE, lambda plist: plist.set_scaleoffset(h5py.h5z.SO_FLOAT_DSCALE, 1))
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((4,))
        plist.set_filter(32013, h5py.h5z.FLAG_OPTIONAL)
        unknown = h5py.h5d.create(f.id, b"zfp", h5py.h5t.STD_U8LE, h5py.h5s.create_simple((4,)), plist)
        unknown.write_direct_chunk((0,), b"abcd")


def more_layouts(name):
    """Datasets that may grow, or were larger; numbers of fewer bits; array types."""
    with h5py.File(path(name), "w", libver="latest") as f:
        data = RAMP.astype("<u2")
        f.create_dataset("ramp/grows_last", data=data, chunks=CHUNKS, maxshape=(6, 7, None))
        f.create_dataset("ramp/grows_middle_gzip", data=data, chunks=CHUNKS, maxshape=(6, None, 9), compression="gzip")
        f.create_dataset("ramp/may_be_larger", data=data, chunks=CHUNKS, maxshape=(50, 40, 30), compression="gzip")
        f.create_dataset("ramp/many_chunks", data=data, chunks=(1, 1, 3), maxshape=(None, 7, 9))
        f.create_dataset("ramp/many_chunks_two", data=data, chunks=(1, 1, 3), maxshape=(None, None, 9))
        f.create_dataset("ramp/chunk_larger", data=data, chunks=(8, 8, 16), maxshape=(None, None, None))
        paged = f.create_dataset("paged", shape=(1100,), dtype="u1", chunks=(1,), fillvalue=7)
        paged[1020:1050] = np.arange(30)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk(CHUNKS)
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        implicit = h5py.h5d.create(f["ramp"].id, b"implicit", h5py.h5t.STD_U16LE, h5py.h5s.create_simple(SHAPE), plist)
        implicit.write(h5py.h5s.ALL, h5py.h5s.ALL, data)
        numbers = h5py.h5t.STD_I32LE.copy()
        numbers.set_precision(12)
        numbers.set_offset(4)
        short = h5py.h5d.create(f.id, b"precision", numbers, h5py.h5s.create_simple((5,)))
        short.write(h5py.h5s.ALL, h5py.h5s.ALL, np.arange(-2, 3, dtype="<i4"))
        array = h5py.h5d.create(f.id, b"array", h5py.h5t.array_create(h5py.h5t.STD_I16BE, (3, 2)), h5py.h5s.create_simple((4,)))
        h5py.Dataset(array)[...] = np.arange(24, dtype=">i2").reshape(4, 3, 2)
        shrunk = f.create_dataset("shrunk", data=data, chunks=CHUNKS, maxshape=(None, None, None))
        shrunk.resize((3, 5, 4))
        part = f.create_dataset("part", shape=SHAPE, maxshape=(None, 7, 9), dtype=">i4", chunks=CHUNKS, fillvalue=-9)
        part[5:6, 0:3, 0:5] = 4


def kinds(name):
    """What is no plain array of numbers, and links."""
    with h5py.File(path(name), "w") as f:
        f["bool"] = np.array([True, False, True])
        f["complex64"] = np.array([1 + 2j, 3 - 4j], "<c8")
        f["complex128_chunked"] = f.create_dataset("c", data=np.arange(6).reshape(2, 3) * (1 - 1j), chunks=(1, 2))
        f["big_complex"] = np.array([1 + 2j, 3 - 4j], ">c8")
        f.create_dataset("enum", data=np.array([2, 0, 1], "u2"), dtype=h5py.enum_dtype({"a": 0, "b": 1, "c": 2}, basetype="u2"))
        f["scalar"] = np.float64(2.5)
        f.create_dataset("fill", shape=(3, 4), dtype="i2", chunks=(2, 2), fillvalue=-7)
        f.create_dataset("late", shape=(3, 4), dtype="i2")
        f["strings"] = ["a", "bc"]
        f["table"] = np.zeros(2, [("id", "i4"), ("size", "f4")])
        f["empty"] = h5py.Empty("f4")
        f["none"] = np.zeros((0, 3))
        f["g/data"] = np.arange(3, dtype="u1")
        f["g/loop"] = f["g"]
        f["g/root"] = f["/"]
        f["again"] = f["g/data"]
        f["soft"] = h5py.SoftLink("/g/data")
        f["dangling"] = h5py.SoftLink("/nowhere")


def calibrated(name):
    with h5py.File(path(name), "w") as f:
        raw = f.create_dataset("volumes/raw", data=RAMP.astype("u1"), chunks=True)
        raw.attrs["resolution"] = (40.0, 4.0, 4.0)
        raw.attrs["offset"] = (80.0, 0.0, 0.0)
        f.create_dataset("ilastik", data=RAMP.astype("u1")).attrs["element_size_um"] = np.array([0.05, 0.008, 0.008])
        tagged = f.create_dataset("tagged", data=RAMP.astype("u1")[..., None])
        tagged.attrs["axistags"] = '{"axes": [{"key": "z"}, {"key": "y"}, {"key": "x"}, {"key": "c"}]}'
        tagged.attrs["element_size_um"] = (0.05, 0.008, 0.008)
        bins = f.create_dataset("not_a_size", data=RAMP.astype("u1"))
        bins.attrs["resolution"] = 300
        emd = f.create_group("emd")
        emd.attrs["emd_group_type"] = 1
        emd["data"] = RAMP.astype("u1")
        for axis, (unit, step) in enumerate((("[n_m]", 50.0), ("[u_m]", 0.008), ("[\u00c5]", 80.0))):
            dim = emd.create_dataset(f"dim{axis + 1}", data=np.arange(SHAPE[axis]) * step)
            dim.attrs["name"], dim.attrs["units"] = "zyx"[axis], unit
        hspy = f.create_group("Experiments/scan")
        hspy["data"] = RAMP.astype("u1")
        for axis, name_of in enumerate("zyx"):
            group = hspy.create_group(f"axis-{axis}")
            group.attrs["name"], group.attrs["scale"], group.attrs["units"] = name_of, 0.5, "nm"
        image = f.create_group("Data/Image/0123abcd")
        image["Data"] = RAMP.astype("<u2")
        text = b'{"BinaryResult": {"PixelSize": {"width": "8e-09", "height": "4e-09"}, "PixelUnitX": "m", "PixelUnitY": "m"}}'
        columns = np.zeros((4096, 9), "u1")
        columns[: len(text)] = np.frombuffer(text, "u1")[:, None]
        image.create_dataset("Metadata", data=columns, chunks=(4096, 1), compression="gzip")


def user_block(name):
    with h5py.File(path(name), "w", userblock_size=1024) as f:
        f.create_dataset("stack", data=RAMP.astype("u1"), chunks=CHUNKS, compression="gzip")


def large(name):
    """The head of a file of 10 GiB of zeros: the test makes it long again."""
    full = path(name) + ".full"
    with h5py.File(full, "w") as f:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        space = h5py.h5s.create_simple((2560, 2048, 2048))
        h5py.h5d.create(f.id, b"contiguous", h5py.h5t.STD_U8LE, space, plist)
    with open(full, "rb") as f:
        head = f.read(2048)
    os.remove(full)
    with open(path(name), "wb") as f:
        f.write(head)


def large_chunked(name):
    """The pages that are not zero of a file of 10 GiB in 640 chunks: each as its number (8 bytes) and its 4,096 bytes."""
    full = path(name) + ".full"
    with h5py.File(full, "w") as f:
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk((256, 256, 256))
        plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        plist.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        space = h5py.h5s.create_simple((2560, 2048, 2048))
        h5py.h5d.create(f.id, b"chunked", h5py.h5t.STD_U8LE, space, plist)
    with open(full, "rb") as f, open(path(name), "wb") as out:
        end = os.fstat(f.fileno()).st_size
        at = 0
        while at < end:
            try:
                at = os.lseek(f.fileno(), at, os.SEEK_DATA)
            except OSError:
                break
            f.seek(at)
            page = f.read(4096)
            if any(page):
                out.write(at.to_bytes(8, "little") + page.ljust(4096, b"\0"))
            at += 4096
        out.write(end.to_bytes(8, "little"))
    os.remove(full)


if __name__ == "__main__":
    filters("filters-v1.h5", "earliest")
    filters("filters-latest.h5", "latest")
    layouts("layouts-v1.h5", "earliest")
    layouts("layouts-latest.h5", "latest")
    more_filters("filters-more.h5")
    more_layouts("layouts-more.h5")
    kinds("kinds.h5")
    calibrated("calibrated.h5")
    user_block("user-block.h5")
    large("contiguous-10gib.head")
    large_chunked("chunked-10gib.pages")
