"""Pictures decoded, within bounds of memory and time that no file can break.

Pillow is given the bare picture only: of the rest, a hostile file can make it copy gigabytes.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image as Pictures

from podcast_tool.picture import gif, jpeg, png
from podcast_tool.picture.bare import BROKEN, TOO_MANY_PIXELS, Bare, PictureError
from podcast_tool.picture.exif import parse_orientation

# A cover has 9 megapixels (AP-COVER-SIZE), a camera's picture up to 60; decoding 100 takes a second.
MAX_PIXELS = 100_000_000
_MAX_SIDE_PX = 30_000

# Together with 65 MB of program and libraries, and 36 of a cover that is made of the picture, below 200 MB.
_MAX_HELD_BYTES = 84_000_000
_MAX_HELD_WHILE_DECODING_BYTES = 120_000_000

# As Pillow holds them, also where the file has one or three to a pixel; libwebp holds some more.
_BYTES_PER_PIXEL = 4
_WEBP_BYTES_PER_PIXEL = 16
# Pillow and libwebp each keep a copy of the file.
_MAX_WEBP_BYTES = 16_000_000

# Formats that are told by name but not decoded: their layouts let a small file ask for much memory.
_REFUSED = {b"II*\0": "TIFF", b"MM\0*": "TIFF", b"II+\0": "TIFF", b"MM\0+": "TIFF", b"BM": "BMP", b"8BPS": "PSD"}
# What telephones take; by the brand of its `ftyp` box (ISO 23008-12, section 10.2).
_BRANDS = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"msf1": "HEIC", b"avif": "AVIF"}


@dataclass(frozen=True)
class Decoded:
    """A picture in memory, and what its file says of it."""

    image: Pictures.Image
    """Loaded; a JPEG perhaps at a half, a fourth or an eighth of its size."""
    format: str
    width_px: int
    height_px: int
    orientation: int
    """EXIF's, from 1 to 8; *image* is not turned yet."""


def strip_picture(raw: bytes) -> Bare:
    """*raw* without its metadata, by its first bytes and not by its name.

    Raises:
        PictureError: torn, or of a format that is not known.
    """
    if raw.startswith(b"\xff\xd8\xff"):
        return jpeg.strip_jpeg(raw)
    if raw.startswith(png.SIGNATURE):
        return png.strip_png(raw)
    if raw.startswith(gif.SIGNATURES):
        return gif.strip_gif(raw)
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        if len(raw) > _MAX_WEBP_BYTES:
            raise PictureError("is larger than 16 MB; save it as JPEG or PNG with at most 3000 x 3000 pixels")
        return Bare("WEBP", raw)
    for signature, name in _REFUSED.items():
        if raw.startswith(signature):
            raise PictureError(f"is {name}; save it as JPEG or PNG")
    if raw[4:8] == b"ftyp" and raw[8:12] in _BRANDS:
        raise PictureError(f"is {_BRANDS[raw[8:12]]}; save it as JPEG or PNG")
    raise PictureError(BROKEN)


def decode_picture(raw: bytes, least_side_px: int | None = None, *, copies: int = 1) -> Decoded:
    """Decode the (first) picture in *raw* wholly, since a torn one shows it only at its end.

    Args:
        least_side_px: A JPEG may be decoded smaller as long as its shorter side has that many pixels, and even
            smaller where memory would not suffice. Without it, each pixel is wanted.
        copies: How often the caller will hold the pixels.

    Raises:
        PictureError: no picture, torn, or so large that decoding it would be an attack.
    """
    bare = strip_picture(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its size is judged here
            image = Pictures.open(BytesIO(bare.raw), formats=(bare.format,))
            width, height = image.size
            scale = _choose_scale(bare, len(raw), image.size, least_side_px, copies)
            if scale > 1:
                image.draft(None, (width // scale, height // scale))
            image.load()
    except PictureError:
        raise
    except Pictures.DecompressionBombError as error:
        raise PictureError(TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow's decoders raise errors of many kinds on bytes that lie
        raise PictureError(BROKEN) from error
    orientation = bare.orientation
    if bare.format == "WEBP":
        orientation = parse_orientation(image.info.get("exif", b"").removeprefix(b"Exif\0\0"))
    return Decoded(image, bare.format, width, height, orientation)


def _choose_scale(bare: Bare, raw_bytes: int, size: tuple[int, int], least_side_px: int | None, copies: int) -> int:
    """By how much to divide its sides: 1, or what libjpeg can, too."""
    pixels = size[0] * size[1]
    held = raw_bytes + (len(bare.raw) if len(bare.raw) != raw_bytes else 0)
    per_pixel = _WEBP_BYTES_PER_PIXEL if bare.format == "WEBP" else _BYTES_PER_PIXEL

    def fits(scale: int) -> bool:
        decoded = held + pixels * per_pixel * copies // scale**2
        return decoded <= _MAX_HELD_BYTES and decoded + bare.coefficient_bytes <= _MAX_HELD_WHILE_DECODING_BYTES

    can_shrink = bare.format == "JPEG" and least_side_px is not None and min(size) >= 8
    fitting = [scale for scale in ((1, 2, 4, 8) if can_shrink else (1,)) if fits(scale)]
    if not fitting or pixels > MAX_PIXELS or max(size) > _MAX_SIDE_PX:
        raise PictureError(TOO_MANY_PIXELS)
    return max((scale for scale in fitting if min(size) // scale >= (least_side_px or 0)), default=min(fitting))
