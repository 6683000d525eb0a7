#!/usr/bin/env python3
"""Draws the icons of the application: a white folder outline on the brand blue.

Needs Python alone, so that anybody can change the colour and draw again: python3 draw.py
"""

import struct
import zlib
from pathlib import Path

BLUE = (0x1E, 0x51, 0x92)
WHITE = (0xFF, 0xFF, 0xFF)
SAMPLES = 4  # per side of a pixel: edges without stairs
CORNER = 0.20  # radius of the square's corners
STROKE = 0.055  # width of the outline

# All in parts of the icon's side. The tab stands on the body's left.
BODY = (0.20, 0.34, 0.80, 0.76, 0.06)
TAB = (0.20, 0.25, 0.48, 0.50, 0.06)
LINE = (0.32, 0.535, 0.68, 0.535 + STROKE)


def inside_rounded(x, y, left, top, right, bottom, radius):
    if not (left <= x <= right and top <= y <= bottom):
        return False
    across = max(left + radius - x, 0, x - (right - radius))
    down = max(top + radius - y, 0, y - (bottom - radius))
    return across * across + down * down <= radius * radius


def shrunk(shape, by):
    left, top, right, bottom, radius = shape
    return left + by, top + by, right - by, bottom - by, max(radius - by, 0.005)


def is_white(x, y):
    outer = inside_rounded(x, y, *BODY) or inside_rounded(x, y, *TAB)
    inner = inside_rounded(x, y, *shrunk(BODY, STROKE)) or inside_rounded(x, y, *shrunk(TAB, STROKE))
    left, top, right, bottom = LINE
    return (outer and not inner) or (left <= x <= right and top <= y <= bottom)


def pixel(column, row, size):
    solid = white = 0
    for step in range(SAMPLES * SAMPLES):
        x = (column + (step % SAMPLES + 0.5) / SAMPLES) / size
        y = (row + (step // SAMPLES + 0.5) / SAMPLES) / size
        if inside_rounded(x, y, 0, 0, 1, 1, CORNER):
            solid += 1
            white += is_white(x, y)
    if not solid:
        return bytes(4)
    part = white / solid
    mixed = (round(b + (w - b) * part) for b, w in zip(BLUE, WHITE))
    return bytes((*mixed, round(255 * solid / SAMPLES**2)))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(size):
    rows = (b"\0" + b"".join(pixel(c, r, size) for c in range(size)) for r in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def ico(images):
    offset = 6 + 16 * len(images)
    entries = b""
    for size, data in images:
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return struct.pack("<HHH", 0, 1, len(images)) + entries + b"".join(data for _, data in images)


def main():
    folder = Path(__file__).parent
    for size in (32, 128, 512):
        (folder / f"{size}x{size}.png").write_bytes(png(size))
    (folder / "icon.ico").write_bytes(ico([(size, png(size)) for size in (16, 32, 48, 256)]))


if __name__ == "__main__":
    main()
