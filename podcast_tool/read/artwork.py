"""Pictures: what they are, found by decoding them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from podcast_tool.model import Image
from podcast_tool.picture.bare import PictureError
from podcast_tool.picture.decode import decode_picture

MAX_IMAGE_BYTES = 50_000_000


class ImageError(ValueError):
    """A file is no picture that can be published; the message goes behind its name."""


def read_image(show_dir: Path, path: str) -> Image:
    """Look at the picture *path* (below *show_dir*).

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
    return look_at_image(raw, path)


def look_at_image(raw: bytes, path: str, *, is_embedded: bool = False) -> Image:
    """Decode *raw* wholly, since a torn picture shows it only at its end.

    Args:
        path: Of its file, or, where it *is_embedded*, of the recording whose tags hold it; below the show folder.

    Raises:
        ImageError: no picture, torn, or so large that decoding it would be an attack.
    """
    if len(raw) > MAX_IMAGE_BYTES:
        raise ImageError("is larger than 50 MB; save it as a JPEG of at most 3000 x 3000 pixels")
    try:
        decoded = decode_picture(raw, least_side_px=1)
    except PictureError as error:
        raise ImageError(str(error)) from error
    return Image(
        path=path,
        format=decoded.format,
        width_px=decoded.width_px,
        height_px=decoded.height_px,
        mode=decoded.image.mode,
        size_bytes=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        is_embedded=is_embedded,
    )
