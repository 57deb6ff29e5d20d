"""The layout of a GIF file (GIF89a) up to its first picture."""

from __future__ import annotations

from podcast_tool.picture.bare import BROKEN, Bare, PictureError

SIGNATURES = (b"GIF87a", b"GIF89a")

_SCREEN_BYTES = 13
_EXTENSION, _IMAGE, _GRAPHIC_CONTROL = 0x21, 0x2C, 0xF9
# 16 MB of a comment; some of Pillow's versions take the square of their number to read them.
_MAX_BLOCKS = 65_536


def strip_gif(raw: bytes) -> Bare:
    """Without the extensions in front of the first picture, but for the one that tells its transparency.

    Raises:
        PictureError: torn, or without a picture.
    """
    position = _SCREEN_BYTES + _palette_bytes(raw)
    pieces, blocks = [raw[:position]], 0
    while raw[position : position + 1] == bytes([_EXTENSION]):
        start, position = position, position + 2
        while (size := _byte(raw, position)) and blocks < _MAX_BLOCKS:
            position, blocks = position + 1 + size, blocks + 1
        position += 1
        if _byte(raw, start + 1) == _GRAPHIC_CONTROL and position - start == 8:
            pieces.append(raw[start:position])
        blocks += 1
        if blocks >= _MAX_BLOCKS:
            raise PictureError(BROKEN)
    if _byte(raw, position) != _IMAGE:
        raise PictureError(BROKEN)
    if sum(map(len, pieces)) == position:
        return Bare("GIF", raw)
    return Bare("GIF", b"".join([*pieces, raw[position:]]))


def _byte(raw: bytes, position: int) -> int:
    if position >= len(raw):
        raise PictureError(BROKEN)
    return raw[position]


def _palette_bytes(raw: bytes) -> int:
    flags = _byte(raw, 10)
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
