"""Pictures to publish: the given ones without their metadata, and those that have to be made."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from math import ceil, floor

from PIL import Image as Pictures
from PIL import ImageCms

from podcast_tool.model import ArtworkFit
from podcast_tool.picture.bare import MAX_PROFILE_BYTES, PictureError
from podcast_tool.picture.decode import Decoded, decode_picture, strip_picture

__all__ = [
    "PictureError",
    "clean_picture",
    "fix_picture",
    "make_note_picture",
    "make_thumbnail",
    "measure_picture",
]

# AP-COVER-SIZE.
_MIN_SIDE_PX, _MAX_SIDE_PX = 1400, 3000
# AP-COVER-BYTES: advice only, so that quality is not given away for it without end.
_ADVISED_BYTES = 500_000
_COVER_QUALITIES = (90, 85, 80, 75)
_THUMBNAIL_QUALITY = 85
_TURNED_QUALITY = 92
# AP-COVER-FORMAT.
_DOTS_PER_INCH = (72, 72)

# EXIF's orientation (CIPA DC-008, section 4.6.5) -> what undoes it.
_TURNS = {
    2: Pictures.Transpose.FLIP_LEFT_RIGHT,
    3: Pictures.Transpose.ROTATE_180,
    4: Pictures.Transpose.FLIP_TOP_BOTTOM,
    5: Pictures.Transpose.TRANSPOSE,
    6: Pictures.Transpose.ROTATE_270,
    7: Pictures.Transpose.TRANSVERSE,
    8: Pictures.Transpose.ROTATE_90,
}


def clean_picture(raw: bytes) -> bytes:
    """The JPEG or PNG without metadata (where and when it was taken, with what, comments, previews).

    The picture itself stays as it is, to the bit, and comes out alike on any machine; a file without metadata comes
    back byte for byte. Only one that its EXIF data want turned is encoded again.

    Raises:
        PictureError: torn, or neither JPEG nor PNG; or to be turned, and too large for it.
    """
    bare = strip_picture(raw)
    if bare.format not in ("JPEG", "PNG"):
        raise PictureError(f"is {bare.format}; save it as JPEG or PNG")
    if bare.orientation == 1:
        return bare.raw
    decoded = decode_picture(raw, copies=2)
    profile = decoded.image.info.get("icc_profile")
    turned = _turn(decoded.image, decoded.orientation)
    file = BytesIO()
    if bare.format == "JPEG":
        turned.save(file, "JPEG", quality=_TURNED_QUALITY, subsampling=0, icc_profile=profile)
    else:
        turned.save(file, "PNG", icc_profile=profile)
    return strip_picture(file.getvalue()).raw


def fix_picture(raw: bytes, fit: ArtworkFit) -> bytes:
    """Any picture that can be read, as directories want it: a square JPEG, 1400 to 3000 pixels a side, sRGB.

    Cropped at its middle, or padded with the colour of its border. In bytes about what is advised, where a quality
    of 75 reaches that.

    Raises:
        PictureError: no picture, torn, or too large to be decoded.
    """
    square = _make_square(decode_picture(raw, _MAX_SIDE_PX), fit, _MIN_SIDE_PX, _MAX_SIDE_PX)
    encoded = b""
    for quality in _COVER_QUALITIES:
        encoded = _encode(square, quality)
        if len(encoded) <= _ADVISED_BYTES:
            break
    return encoded


def make_thumbnail(raw: bytes, side_px: int) -> bytes:
    """A square JPEG of the picture's middle, at most *side_px* a side and never enlarged, for pages and tags.

    Raises:
        PictureError: no picture, torn, or too large to be decoded.
    """
    return _encode(_make_square(decode_picture(raw, side_px), ArtworkFit.CROP, 1, side_px), _THUMBNAIL_QUALITY)


def make_note_picture(raw: bytes, width_px: int) -> bytes:
    """The whole picture, upright, at most *width_px* wide and never enlarged, without metadata.

    A JPEG in sRGB, transparency becoming white; but a PNG that need not be resized stays one, to the bit, if that is
    no larger: a drawing, a screenshot.

    Raises:
        PictureError: no picture, torn, or too large to be decoded.
    """
    decoded = decode_picture(raw, width_px)
    image, is_turned = decoded.image, decoded.orientation > 4
    width, height = image.size[::-1] if is_turned else image.size
    wanted = min(width, width_px)
    size = (wanted, _scale(height, wanted, width))
    resized = _resize(image, (0, 0, *image.size), size[::-1] if is_turned else size)
    encoded = _encode(_turn(resized, decoded.orientation), _THUMBNAIL_QUALITY)
    if decoded.format == "PNG" and decoded.orientation == 1 and wanted == width:
        bare = strip_picture(raw).raw
        return bare if len(bare) <= len(encoded) else encoded
    return encoded


def measure_picture(raw: bytes) -> tuple[str, int, int]:
    """The format, width and height of a JPEG or PNG that was made here, from its header.

    Raises:
        PictureError: it is none.
    """
    try:
        with Pictures.open(BytesIO(raw), formats=("JPEG", "PNG")) as image:
            return image.format or "", image.width, image.height
    except (OSError, Pictures.DecompressionBombError) as error:
        raise PictureError("is damaged in feed/; delete it there and publish again") from error


def _encode(square: Pictures.Image, quality: int) -> bytes:
    file = BytesIO()
    square.save(file, "JPEG", quality=quality, dpi=_DOTS_PER_INCH)
    return file.getvalue()


def _turn(image: Pictures.Image, orientation: int) -> Pictures.Image:
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


# -- the shape --------------------------------------------------------------------------------------------------------

# Of the source at a time, so that only the result stands in memory beside it, and no copy in other colours.
_BAND_PIXELS = 1_000_000
_MAX_BAND_ROWS = 256
_LANCZOS_REACH_PX = 3


def _make_square(decoded: Decoded, fit: ArtworkFit, min_side_px: int, max_side_px: int) -> Pictures.Image:
    """In RGB and sRGB, turned upright; between *min_side_px* and *max_side_px*, and there as near as may be."""
    image = decoded.image
    width, height = image.size
    if fit is ArtworkFit.CROP:
        side = min(width, height)
        left, upper = (width - side) // 2, (height - side) // 2
        box = (left, upper, left + side, upper + side)
    else:
        side = max(width, height)
        box = (0, 0, width, height)
    wanted = min(max(side, min_side_px), max_side_px)
    size = (_scale(box[2] - box[0], wanted, side), _scale(box[3] - box[1], wanted, side))
    resized = _turn(_resize(image, box, size), decoded.orientation)
    return resized if resized.size == (wanted, wanted) else _pad(resized, wanted)


def _scale(length_px: int, wanted: int, side: int) -> int:
    return max(1, round(length_px * wanted / side))


def _resize(image: Pictures.Image, box: tuple[int, int, int, int], size: tuple[int, int]) -> Pictures.Image:
    """What is in *box*, in sRGB and resized, band by band."""
    left, upper, right, lower = box
    width, height = size
    step = (lower - upper) / height
    reach = ceil(_LANCZOS_REACH_PX * max(step, 1)) + 1
    rows = min(max(1, floor(_BAND_PIXELS / ((right - left) * step))), _MAX_BAND_ROWS)
    to_srgb = _srgb_converter(image)
    resized = Pictures.new("RGB", size)
    for row in range(0, height, rows):
        end_row = min(row + rows, height)
        first = max(0, floor(row * step) - reach)
        last = min(lower - upper, ceil(end_row * step) + reach)
        band = to_srgb(image.crop((left, upper + first, right, upper + last)))
        part = (0, row * step - first, right - left, min(end_row * step, last) - first)
        resized.paste(band.resize((width, end_row - row), Pictures.Resampling.LANCZOS, box=part), (0, row))
    return resized


def _pad(picture: Pictures.Image, side: int) -> Pictures.Image:
    """In the middle of a square that has the mean colour of the edges that meet it."""
    width, height = picture.size
    if width > height:
        edges = [(0, 0, width, 1), (0, height - 1, width, height)]
    else:
        edges = [(0, 0, 1, height), (width - 1, 0, width, height)]
    border = Pictures.new("RGB", (2, 1))
    for number, edge in enumerate(edges):
        border.paste(picture.crop(edge).resize((1, 1), Pictures.Resampling.BOX), (number, 0))
    square = border.resize((1, 1), Pictures.Resampling.BOX).resize((side, side))
    square.paste(picture, ((side - width) // 2, (side - height) // 2))
    return square


# -- the colours ------------------------------------------------------------------------------------------------------

Converter = Callable[[Pictures.Image], Pictures.Image]

# 16 bits of grey: where their more significant byte stands, and how many bytes each takes.
_HIGH_BYTES = {"I;16": (1, 2), "I;16L": (1, 2), "I;16B": (0, 2), "I": (1, 4)}
_MODE_OF_SPACE = {"RGB": "RGB", "CMYK": "CMYK", "GRAY": "L"}


def _srgb_converter(image: Pictures.Image) -> Converter:
    """What turns a part of *image* into sRGB, transparency becoming white."""
    profile = image.info.get("icc_profile")
    found = _read_profile(profile) if profile and len(profile) <= MAX_PROFILE_BYTES else None

    def to_srgb(part: Pictures.Image) -> Pictures.Image:
        flat = _flatten(part)
        if found and found[0] == flat.mode:
            flat = found[1](flat)
        return flat.convert("RGB")

    return to_srgb


def _read_profile(profile: bytes) -> tuple[str, Converter] | None:
    """The mode that an ICC profile is made for, and its way to sRGB; none where the profile cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = _MODE_OF_SPACE[source.profile.xcolor_space.strip()]
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, KeyError, ValueError):
        return None
    return mode, transform.apply


def _flatten(part: Pictures.Image) -> Pictures.Image:
    """In L, RGB or CMYK: without transparency, palette or a second byte."""
    if part.mode in _HIGH_BYTES:
        first, step = _HIGH_BYTES[part.mode]
        return Pictures.frombytes("L", part.size, part.tobytes()[first::step])
    if part.mode in ("RGBA", "LA", "PA") or "transparency" in part.info:
        visible = part.convert("RGBA")
        return Pictures.alpha_composite(Pictures.new("RGBA", part.size, "white"), visible).convert("RGB")
    return part if part.mode in ("L", "RGB", "CMYK") else part.convert("RGB")
