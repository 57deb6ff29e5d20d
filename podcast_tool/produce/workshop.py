"""What the making of media has to hand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from podcast_tool.model import Extent

_CHUNK_BYTES = 1 << 20


# Given what is made, and how many seconds of sound out of how many are done.
TellProgress = Callable[[str, float, float], None]


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """Where media come from and where they are made."""

    show_dir: Path
    feed_dir: Path
    folder: Path
    """For what is being made; a file in it is whole as soon as it has its name."""
    keep: Callable[[bytes], Extent]
    """Keeps bytes until they are published."""
    is_dry: bool
    """Nothing that takes long is made: it is only asked what would change."""
    tell_progress: TellProgress
    published_dir: Path | None = None
    """Where what was published lies, if it is not the folder that is written."""

    def place(self, path: str) -> Path:
        """Where a file below feed/ lies, if there is one."""
        written = self.feed_dir / path
        return written if self.published_dir is None or written.exists() else self.published_dir / path

    def present_size(self, path: str) -> int | None:
        """The size in bytes of a file below feed/; None if there is none."""
        try:
            return self.place(path).stat().st_size
        except OSError:
            return None

    def source(self, path: str, start: int = 0, end: int | None = None) -> Extent:
        """A stretch of a file of the show."""
        place = self.show_dir / path
        return stretch(place, start, place.stat().st_size if end is None else end)


def stretch(path: Path, start: int = 0, end: int | None = None) -> Extent:
    """A stretch of a file, to its end unless told."""
    size = (path.stat().st_size if end is None else end) - start
    return Extent(path=str(path), offset=start, size_bytes=size)


def digest_parts(parts: Sequence[Extent]) -> tuple[int, str]:
    """The size in bytes and the SHA-256 of what *parts* come to."""
    digest = hashlib.sha256()
    for part in parts:
        with open(part.path, "rb") as file:
            file.seek(part.offset)
            left = part.size_bytes
            while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
                digest.update(chunk)
                left -= len(chunk)
    return sum(part.size_bytes for part in parts), digest.hexdigest()
