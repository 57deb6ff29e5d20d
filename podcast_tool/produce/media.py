"""Which bytes go out under which address: a name in feed/ never changes its bytes (SP-CACHE, AP-COVER-CHANGE)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from podcast_tool.model import Extent, Image, PublishedFile, Record, Recording

# Path below feed/ -> size in bytes, or None where there is no such file.
PresentSize = Callable[[str], int | None]

_IMAGE_TYPES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}


def produce_audio(
    recording: Recording, slug: str, record: Record | None, show_dir: Path, present_size: PresentSize
) -> PublishedFile:
    """The sound to publish: what went out before, as long as the recording is the same, else the recording."""
    if record and record.sound_sha256 == recording.sound_sha256:
        audio = record.audio
        if present_size(audio.path) == audio.size_bytes:
            return PublishedFile(
                path=audio.path,
                media_type=audio.media_type,
                size_bytes=audio.size_bytes,
                sha256=audio.sha256,
                source=None,
                duration_seconds=audio.duration_seconds,
            )
    return PublishedFile(
        path=f"audio/{slug}.{recording.sha256[:8]}{recording.extension}",
        media_type=recording.media_type,
        size_bytes=recording.size_bytes,
        sha256=recording.sha256,
        source=Extent(path=str(show_dir / recording.path), offset=0, size_bytes=recording.size_bytes),
        duration_seconds=round(recording.duration_seconds, 3),
    )


def produce_image(image: Image, name: str, show_dir: Path) -> PublishedFile:
    """A picture under *name* (a path below feed/ without its ending)."""
    media_type, extension = _IMAGE_TYPES[image.format]
    return PublishedFile(
        path=f"{name}.{image.sha256[:8]}{extension}",
        media_type=media_type,
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        source=Extent(path=str(show_dir / image.path), offset=0, size_bytes=image.size_bytes),
    )
