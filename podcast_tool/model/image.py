"""A picture, wherever it was found: beside an episode, in a recording's tags, in an article."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture as it was found: nothing of it is trusted but that it decodes."""

    path: str
    """Below the show folder."""
    format: str
    """`JPEG`, `PNG`, or what else it is, as Pillow names it."""
    width_px: int
    height_px: int
    mode: str
    """Pillow's colour mode, such as `RGB`."""
    size_bytes: int
    sha256: str
    is_embedded: bool = False
    """It stands inside the file *path* (in a recording's tags, in an article); `sha256` tells which of its pictures."""
