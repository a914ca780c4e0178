"""Writes plain.mrc.bz2, an MRC file of 4 x 3 x 2 bytes 0 to 23, with Python's bz2: python3 make.py"""
import bz2
import os
import struct

HERE = os.path.dirname(os.path.abspath(__file__))

header = bytearray(1024)
struct.pack_into("<10i", header, 0, 4, 3, 2, 0, 0, 0, 0, 4, 3, 2)
struct.pack_into("<3i", header, 64, 1, 2, 3)
header[208:216] = b"MAP \x44\x44\0\0"
with open(os.path.join(HERE, "plain.mrc.bz2"), "wb") as f:
    f.write(bz2.compress(bytes(header) + bytes(range(24))))
