"""Pictures: what they are, found by decoding them."""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image as Pictures

from podcast_tool.model import Image

# 100 megapixels are 300 MB decoded; a cover has 9 (AP-COVER-SIZE).
MAX_PIXELS = 100_000_000
MAX_IMAGE_BYTES = 50_000_000

# What people have in their folders; not EPS and its like, for which Pillow would start another program.
_FORMATS = ("JPEG", "PNG", "MPO", "GIF", "WEBP", "TIFF", "BMP")


class ImageError(ValueError):
    """A file is no picture that can be published; the message goes behind its name."""


def read_image(show_dir: Path, path: str) -> Image:
    """Decode *path* (below *show_dir*) wholly, since a torn picture shows it only at its end.

    Raises:
        ImageError: missing, no picture, torn, or so large that decoding it would be an attack.
    """
    try:
        with (show_dir / path).open("rb") as file:
            raw = file.read(MAX_IMAGE_BYTES + 1)
    except FileNotFoundError as error:
        raise ImageError("is not there") from error
    except OSError as error:
        raise ImageError(f"cannot be read ({error.strerror}); give a picture's file that can") from error
    if len(raw) > MAX_IMAGE_BYTES:
        raise ImageError("is larger than 50 MB; save it as a JPEG of at most 3000 x 3000 pixels")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its size is judged here, and what its metadata hold is of no interest
            with Pictures.open(BytesIO(raw), formats=_FORMATS) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise Pictures.DecompressionBombError
                # MPO is what many cameras write: a JPEG with a second picture behind it.
                kind, mode = "JPEG" if picture.format == "MPO" else picture.format or "", picture.mode
                picture.load()
    except Pictures.DecompressionBombError as error:
        raise ImageError("has too many pixels to be decoded; save it with at most 3000 x 3000") from error
    except Exception as error:  # Pillow's decoders raise errors of many kinds on bytes that lie
        raise ImageError("is no picture that can be decoded; save it anew as JPEG or PNG") from error
    return Image(
        path=path,
        format=kind,
        width_px=width,
        height_px=height,
        mode=mode,
        size_bytes=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
    )
