#!/usr/bin/python3
"""Writes the PNG and JPEG fixtures beside this script, with Pillow and netpbm's pnmtopng (Debian: python3-pil, python3-numpy, netpbm).

Voxels follow the formula of tests/data/tiff/make_fixtures.py, which TiffFixtures.cs repeats. JPEG is lossy: the digests of what
libjpeg decodes are in expected.tsv.
"""
import hashlib
import pathlib
import subprocess

import numpy
from PIL import Image

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 37, 45


def values(planes=1, samples=1):
    z, y, x, c = numpy.meshgrid(*(numpy.arange(n) for n in (planes, HEIGHT, WIDTH, samples)), indexing="ij")
    return 7 * z * z + 3 * y + 5 * x + x * y // 4 + 40 * c


def pnm(name, data, most, *options):
    """Writes through pnmtopng, which can interlace and packs few-bit samples."""
    depth = data.astype(">u2" if most > 255 else "u1")
    kind = "P6" if data.ndim == 3 else "P5"
    header = f"{kind}\n{data.shape[1]} {data.shape[0]}\n{most}\n".encode()
    png = subprocess.run(["pnmtopng", "-quiet", *options], input=header + depth.tobytes(), stdout=subprocess.PIPE, check=True).stdout
    (HERE / name).write_bytes(png)


gray = values()[0, ..., 0]
rgb = values(1, 3)[0]
Image.fromarray(gray.astype("u1")).save(HERE / "gray_u8.png")
Image.fromarray((gray * 131).astype("u2")).save(HERE / "gray_u16.png")
Image.fromarray(rgb.astype("u1")).save(HERE / "rgb_u8.png")
Image.fromarray(values(1, 4)[0].astype("u1")).save(HERE / "rgba_u8.png")
Image.fromarray(values(1, 2)[0].astype("u1"), "LA").save(HERE / "gray_alpha_u8.png")
Image.fromarray(((gray >> 3) & 1).astype(bool)).save(HERE / "gray_1bit.png")
palette = Image.fromarray((gray & 15).astype("u1"), "P")
palette.putpalette(sum(([255 - 9 * i, 5 * i, 11 * i] for i in range(16)), []))
palette.save(HERE / "palette_4bit.png", bits=4)
pnm("gray_4bit.png", gray & 15, 15)
pnm("gray_u8_interlaced.png", gray & 255, 255, "-interlace")
pnm("gray_2bit_interlaced.png", gray & 3, 3, "-interlace")
pnm("rgb_u16_interlaced.png", (rgb * 131) & 65535, 65535, "-interlace")
for number, name in enumerate(("none", "sub", "up", "avg", "paeth")):
    pnm(f"filter_{number}.png", (rgb * 131) & 65535, 65535, f"-{name}" if name != "none" else "-nofilter")

for folder, numbers in (("numbered", (2, 9, 10, 11)), ("gap", (7, 8, 11))):
    (HERE / folder).mkdir(exist_ok=True)
    planes = values(len(numbers))[..., 0].astype("u1")
    for number, plane in zip(numbers, planes):
        Image.fromarray(plane).save(HERE / folder / f"slice_{number}.png")
(HERE / "numbered" / "README.txt").write_text("Not an image: left out.\n")

(HERE / "jpeg").mkdir(exist_ok=True)
with open(HERE / "expected.tsv", "w") as expected:
    expected.write("# path\tsha256 of the voxels as libjpeg decodes them\n")
    planes = values(3)[..., 0].astype("u1")
    for number, plane in enumerate(planes):
        Image.fromarray(plane).save(HERE / "jpeg" / f"{number}.jpg", quality=85)
    decoded = numpy.stack([numpy.asarray(Image.open(HERE / "jpeg" / f"{number}.jpg")) for number in range(3)])
    expected.write(f"jpeg\t{hashlib.sha256(decoded.tobytes()).hexdigest()}\n")
    Image.fromarray(rgb.astype("u1")).save(HERE / "rgb_420.jpg", quality=85)
    expected.write(f"rgb_420.jpg\t{hashlib.sha256(numpy.asarray(Image.open(HERE / 'rgb_420.jpg')).tobytes()).hexdigest()}\n")
    for name, options in (("rgb_progressive_422.jpg", {"progressive": True, "subsampling": 1}), ("rgb_444.jpg", {"subsampling": 0})):
        Image.fromarray(rgb.astype("u1")).save(HERE / name, quality=70, **options)
        expected.write(f"{name}\t{hashlib.sha256(numpy.asarray(Image.open(HERE / name)).tobytes()).hexdigest()}\n")
