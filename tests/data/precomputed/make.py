"""Writes the precomputed volumes of this folder with NumPy and Pillow (Debian: python3-numpy, python3-pil).

Each volume is a small smooth texture with some noise. expected.tsv gives, for each volume, the SHA-256 of its voxels (c, z, y, x; one
channel: z, y, x; little-endian) as Pillow decodes the very bytes stored here, which matters for JPEG.
"""
import hashlib
import io
import json
import pathlib

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent


def texture(size, channels, dtype):
    x, y, z = np.meshgrid(*(np.arange(s) for s in size), indexing="ij")
    rng = np.random.default_rng(7)
    out = []
    for c in range(channels):
        v = 0.5 + 0.3 * np.sin((x + 3 * c) / 5) * np.cos(y / (6 + c)) + 0.15 * np.sin(z / 3) + rng.normal(0, 0.02, x.shape)
        out.append(np.clip(v, 0, 1) * np.iinfo(dtype).max)
    return np.stack(out, -1).astype(dtype)  # x, y, z, c


def image_of(chunk, layout):
    """The chunk as an image: rows laid end to end are the voxels, x fastest."""
    sx, sy, sz, sc = chunk.shape
    width = {"x,yz": sx, "xy,z": sx * sy}[layout]
    pixels = chunk.reshape(-1, sc, order="F").reshape(-1, width, sc)
    if sc == 1:
        pixels = pixels[..., 0]
    if pixels.dtype == np.uint16:
        return Image.fromarray(pixels)
    return Image.fromarray(pixels, {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[sc])


def volume(name, size, chunk, channels, dtype, encoding, layout, offset=(0, 0, 0), **options):
    data = texture(size, channels, dtype)
    folder = HERE / name / "4_4_40"
    folder.mkdir(parents=True, exist_ok=True)
    decoded = np.zeros_like(data)
    for i in range(0, size[0], chunk[0]):
        for j in range(0, size[1], chunk[1]):
            for k in range(0, size[2], chunk[2]):
                part = np.s_[i:min(i + chunk[0], size[0]), j:min(j + chunk[1], size[1]), k:min(k + chunk[2], size[2])]
                file = io.BytesIO()
                image_of(data[part], layout).save(file, encoding.upper(), **options)
                back = np.asarray(Image.open(io.BytesIO(file.getvalue()))).astype(dtype)
                decoded[part] = back.reshape(-1, channels).reshape(data[part].shape, order="F")
                spans = "_".join(f"{s.start + o}-{s.stop + o}" for s, o in zip(part, offset))
                (folder / spans).write_bytes(file.getvalue())
    info = {
        "@type": "neuroglancer_multiscale_volume", "type": "image", "data_type": np.dtype(dtype).name, "num_channels": channels,
        "scales": [{"key": "4_4_40", "size": list(size), "resolution": [4, 4, 40], "chunk_sizes": [list(chunk)], "encoding": encoding,
                    "voxel_offset": list(offset)}],
    }
    (HERE / name / "info").write_text(json.dumps(info, indent=1) + "\n")
    ordered = np.ascontiguousarray(decoded.transpose(3, 2, 1, 0)).astype(np.dtype(dtype).newbyteorder("<"))
    return f"{name}\t{hashlib.sha256(ordered.tobytes()).hexdigest()}"


rows = [
    volume("jpeg-gray", (50, 24, 12), (32, 16, 8), 1, np.uint8, "jpeg", "x,yz", offset=(5, 6, 7), quality=85),
    volume("jpeg-gray-progressive", (40, 20, 6), (32, 16, 8), 1, np.uint8, "jpeg", "xy,z", quality=85, progressive=True),
    volume("jpeg-rgb", (32, 24, 6), (32, 16, 8), 3, np.uint8, "jpeg", "x,yz", quality=90, subsampling=0),
    volume("jpeg-rgb-420", (32, 24, 6), (32, 16, 8), 3, np.uint8, "jpeg", "x,yz", quality=90, subsampling=2),
    volume("png-gray8", (30, 20, 10), (16, 16, 8), 1, np.uint8, "png", "x,yz"),
    volume("png-gray16", (30, 20, 10), (16, 16, 8), 1, np.uint16, "png", "xy,z"),
    volume("png-2-channels", (20, 12, 6), (16, 16, 8), 2, np.uint8, "png", "x,yz"),
    volume("png-rgb", (20, 12, 6), (16, 16, 8), 3, np.uint8, "png", "x,yz"),
    volume("png-rgba", (20, 12, 6), (16, 16, 8), 4, np.uint8, "png", "x,yz", optimize=True),
]
(HERE / "expected.tsv").write_text("\n".join(rows) + "\n")
