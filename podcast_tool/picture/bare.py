"""A picture file without anything but the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# More than any real profile has (those for print have up to 3 MB); what is larger is not there for its colours.
MAX_PROFILE_BYTES: Final = 4_000_000

BROKEN: Final = "is no picture that can be decoded; save it anew as JPEG or PNG"
TOO_MANY_PIXELS: Final = "has too many pixels to be decoded; save it as JPEG or PNG with at most 3000 x 3000"


class PictureError(ValueError):
    """Bytes are no picture that can be published; the message goes behind its name."""


@dataclass(frozen=True)
class Bare:
    """What is left of a file when all that does not make up the picture is gone."""

    format: str
    """As Pillow names it."""
    raw: bytes
    """The very bytes of the file, where there was nothing to take out."""
    orientation: int = 1
    """How its EXIF data want it turned, from 1 (not at all) to 8."""
    coefficient_bytes: int = 0
    """What a decoder has to keep in memory beside the pixels."""
