#!/usr/bin/python3
"""Writes payloads.tsv: what numcodecs and Python's own compressors make of a known array, one line each.

Columns: name, decoded length, sha256 of the decoded bytes, encoded bytes in base64.
Needs numcodecs (written with 0.11 on c-blosc 1.21.3) and lz4: python3 make.py
"""
import base64
import bz2
import gzip
import hashlib
import lzma
import os
import zlib

import lz4.frame
import numcodecs
from numcodecs import blosc
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def sample(length):
    """Bytes that compress, with short and long repeats and a stretch that does not: a walk of a small generator."""
    out, state = bytearray(length), 1
    for i in range(length):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noisy = (i // 256) % 6 == 5
        out[i] = (state >> 16) & 255 if noisy else ((i // 7) ^ (i >> 9)) & 31 if i % 2 == 0 else 0
    return bytes(out)


rows = []


def add(name, decoded, encoded):
    decoded = bytes(decoded)
    rows.append((name, len(decoded), hashlib.sha256(decoded).hexdigest(), base64.b64encode(bytes(encoded)).decode()))


def add_blosc(name, decoded, cname, shuffle, typesize=1, blocksize=0, level=5):
    array = np.frombuffer(decoded, dtype=f"V{typesize}")
    add(f"blosc-{cname}-{SHUFFLES[shuffle]}-{name}", decoded, blosc.compress(array, cname.encode(), level, shuffle, blocksize))


SHUFFLES = ("plain", "byte", "bit")
plain = sample(3200)
for level in (1, 9):
    add(f"zlib-{level}", plain, zlib.compress(plain, level))
add("gzip", plain, gzip.compress(plain, 6, mtime=0))
add("gzip-two-members", plain, gzip.compress(plain[:1500], 6, mtime=0) + gzip.compress(plain[1500:], 1, mtime=0))
add("bzip2", plain, bz2.compress(plain, 1))
add("bzip2-two-streams", plain, bz2.compress(plain[:1500], 9) + bz2.compress(plain[1500:], 9))
add("xz", plain, lzma.compress(plain))
add("xz-crc32", plain, lzma.compress(plain, check=lzma.CHECK_CRC32))
add("lzma", plain, lzma.compress(plain, format=lzma.FORMAT_ALONE))
add("lz4", plain, numcodecs.LZ4().encode(plain))
for linked in (False, True):
    # More than one block of 64 KiB.
    add(f"lz4frame-{'linked' if linked else 'independent'}", bytes([3, 1, 4, 1, 5]) * 30000, lz4.frame.compress(bytes([3, 1, 4, 1, 5]) * 30000, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=linked))
add("zstd-1", plain, numcodecs.Zstd(1).encode(plain))
add("zstd-19", plain, numcodecs.Zstd(19).encode(plain))

blosc.set_nthreads(1)
for cname in ("blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"):
    for shuffle in range(3):
        for typesize in (1, 2, 4, 8) if cname in ("lz4", "blosclz") else (2, 8):
            add_blosc(typesize, plain, cname, shuffle, typesize)
        # Several blocks, the last one shorter.
        add_blosc("blocks", sample(5010), cname, shuffle, 2, 2048, 9)
# Element sizes that have no fast path, one too large to be split, and bytes after the last eight elements.
for typesize in (3, 12, 16, 17, 40):
    for shuffle in (1, 2):
        add_blosc(typesize, sample(3000 // typesize * typesize), "lz4", shuffle, typesize)
# Noise does not shrink and is stored.
add_blosc("stored", sample(1536)[1280:], "lz4", 0)
# BloscLZ's far distances, long matches and runs.
add_blosc("far", sample(20000) * 2, "blosclz", 0, 1, 65536, 9)
add_blosc("run", bytes([7]) * 30000, "blosclz", 0, 1, 65536, 9)

with open(os.path.join(HERE, "payloads.tsv"), "w", newline="\n") as file:
    for row in rows:
        file.write("\t".join(map(str, row)) + "\n")
