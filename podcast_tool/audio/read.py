"""One audio file: what it is, how long, and what its tags say."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from podcast_tool.audio.chapters import LookAt
from podcast_tool.audio.layout import measure_sound
from podcast_tool.audio.sound import AudioError, Container, Sound
from podcast_tool.audio.tags import find_picture, read_tags
from podcast_tool.model import Image, Making, Recording

# Apple's names of `enclosure/@type` and the ending that goes with each (AP-ENC-TYPE, AP-ENC-EXT).
_MP3, _M4A = ("audio/mpeg", ".mp3"), ("audio/x-m4a", ".m4a")

# What apps play as an enclosure (AP-AUDIO-CODEC), and what has to be done to all else.
_MAKINGS = {
    (Container.MP3, "mp3"): (Making.COPY, _MP3),
    (Container.MP4, "aac"): (Making.COPY, _M4A),
    (Container.ADTS, "aac"): (Making.WRAP, _M4A),
}
_ENCODED = (Making.ENCODE, _MP3)

_CHUNK_BYTES = 1 << 20


def read_recording(show_dir: Path, path: str, look: LookAt) -> Recording:
    """Read what the feed needs to know of the audio file *path* (below *show_dir*).

    Args:
        look: decodes a picture that stands in the tags; None if it is none.

    Raises:
        AudioError: missing, empty, torn, no audio, or of a kind that nothing can be made of.
    """
    try:
        with (show_dir / path).open("rb") as file:
            before = os.fstat(file.fileno())
            recording = _read(file, path, look)
            after = (show_dir / path).stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise AudioError("is still being copied; publish again once it is whole")
        return recording
    except FileNotFoundError as error:
        raise AudioError("is not there; put the recording beside its sidecar") from error
    except OSError as error:
        raise AudioError(f"cannot be read: {error.strerror or error}") from error


def _read(file: BinaryIO, path: str, look: LookAt) -> Recording:
    sound = measure_sound(file)
    tagged = read_tags(file, sound, look)
    making, (media_type, extension) = _MAKINGS.get((sound.container, sound.codec), _ENCODED)
    size_bytes, sha256, sound_sha256 = _digests(file, sound.extents, _shape(sound))
    return Recording(
        path=path,
        format=_format(sound),
        making=making,
        is_lossless=sound.is_lossless,
        media_type=media_type,
        extension=extension,
        size_bytes=size_bytes,
        duration_seconds=sound.duration_seconds,
        is_counted=sound.is_counted,
        bit_rate_bps=sound.bit_rate_bps,
        channels=sound.channels,
        sample_rate_hz=sound.sample_rate_hz,
        sound=sound.extents,
        sha256=sha256,
        sound_sha256=sound_sha256,
        tags=tagged.tags,
        artwork=tagged.artwork,
        chapters=tagged.chapters,
    )


def _format(sound: Sound) -> str:
    """The kind of file in words."""
    container = {Container.MP4: "M4A", Container.ADTS: "AAC", Container.OGG: "Ogg"}.get(
        sound.container, sound.container.upper()
    )
    codec = {"vorbis": "Vorbis", "opus": "Opus", "pcm": ""}.get(sound.codec, sound.codec.upper())
    return container if codec in ("", container) else f"{container} ({codec})"


def read_embedded_picture(show_dir: Path, image: Image) -> bytes | None:
    """The bytes of a picture that stands in the tags of a recording; None if it is there no more."""
    with (show_dir / image.path).open("rb") as file:
        return find_picture(file, measure_sound(file), image.sha256)


def _shape(sound: Sound) -> bytes:
    """What bare samples do not tell themselves: with another sampling rate in its header it is another sound."""
    if sound.container not in (Container.WAV, Container.AIFF):
        return b""
    return f"{sound.codec} {sound.sample_rate_hz} {sound.channels} {sound.duration_seconds:.3f}".encode()


def _digests(file: BinaryIO, extents: Sequence[tuple[int, int]], shape: bytes) -> tuple[int, str, str]:
    """Size, SHA-256 of the file, SHA-256 of *shape* and the sound in *extents*: in one reading."""
    whole, sound = hashlib.sha256(), hashlib.sha256(shape)
    waiting = sorted(extents, reverse=True)
    position = file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        whole.update(chunk)
        behind = position + len(chunk)
        while waiting and waiting[-1][0] < behind:
            start, end = waiting[-1]
            sound.update(chunk[max(0, start - position) : end - position])
            if end > behind:
                break
            waiting.pop()
        position = behind
    return position, whole.hexdigest(), sound.hexdigest()
