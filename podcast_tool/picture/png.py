"""The layout of a PNG file (W3C PNG, third edition): its chunks, and which of them make up the picture."""

from __future__ import annotations

from zlib import crc32

from podcast_tool.picture.bare import BROKEN, MAX_PROFILE_BYTES, Bare, PictureError
from podcast_tool.picture.exif import parse_orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"

# 50 MB in chunks of 512 bytes; most writers make them of 8 KiB or more.
_MAX_CHUNKS = 100_000

_CRITICAL = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
# What changes its colours. The rest are texts, times, previews and the further frames of an animation.
_COLOURS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"pHYs", b"bKGD"}


def strip_png(raw: bytes) -> Bare:
    """Keep the picture, its colours and its density; of an animation, the picture shown where there is none.

    Raises:
        PictureError: torn, changed underway (each chunk has a checksum), or not laid out as a PNG.
    """
    view, position = memoryview(raw), len(SIGNATURE)
    pieces, orientation, is_bare = [view[:position]], 0, True
    for _ in range(_MAX_CHUNKS):
        body, kind = position + 8, raw[position + 4 : position + 8]
        end = body + int.from_bytes(raw[position : position + 4], "big") + 4
        if end > len(raw) or int.from_bytes(raw[end - 4 : end], "big") != crc32(view[position + 4 : end - 4]):
            break
        # A small first letter says that a decoder may pass over the chunk (5.4).
        is_critical = not kind[0] & 0x20
        if (is_critical and kind not in _CRITICAL) or (position == len(SIGNATURE) and kind != b"IHDR"):
            break
        if kind == b"eXIf" and not orientation:
            orientation = parse_orientation(bytes(view[body : min(end - 4, body + (1 << 16))]))
        if is_critical or (kind in _COLOURS and end - body <= MAX_PROFILE_BYTES):
            pieces.append(view[position:end])
        else:
            is_bare = False
        position = end
        if kind == b"IEND":
            is_bare = is_bare and end == len(raw)
            return Bare("PNG", raw if is_bare else b"".join(pieces), orientation or 1)
    raise PictureError(BROKEN)
