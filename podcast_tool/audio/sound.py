"""What a sound file comes to, of whatever kind; and what is said when it comes to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

Extent = tuple[int, int]
"""Offsets of the first byte and of the one behind the last."""


class AudioError(ValueError):
    """A recording cannot be read or published; the message goes behind its name."""

    @classmethod
    def torn(cls, promised: int, there: int, what: str = "bytes") -> AudioError:
        """Of a file that was not copied, or not recorded, to its end."""
        return cls(f"is cut off: it promises {promised} {what} and has {there}; copy the recording again")


class Container(StrEnum):
    """What holds the sound."""

    MP3 = "mp3"
    MP4 = "mp4"
    ADTS = "aac"
    OGG = "ogg"
    FLAC = "flac"
    WAV = "wav"
    AIFF = "aiff"


@dataclass(frozen=True, kw_only=True)
class Sound:
    """The sound of a file, measured from its headers and frames, without decoding it."""

    container: Container
    codec: str
    """In lower case: mp3, aac, alac, vorbis, opus, flac, pcm, speex, adpcm, ..."""
    is_lossless: bool
    duration_seconds: float
    """As a decoder gives it."""
    is_counted: bool
    """Whether frames or pages were counted, since no header could be trusted; of an MP3 they always are."""
    sample_rate_hz: int
    channels: int
    bit_rate_bps: int
    """Of the sound without tags and pictures, on the average."""
    extents: tuple[Extent, ...]
    """Where the sound lies, without tags: the digest of these bytes stays when the file is tagged anew."""
    id3_extents: tuple[Extent, ...] = ()
    """Every ID3v2 tag, in front, behind or in a chunk of its own, and last an ID3v1 tag at the end."""


VIDEO = "holds a video; export its sound as MP3 or M4A"
NO_SOUND = "holds no sound; export the recording again"
LOSSLESS_CODECS = frozenset({"alac", "flac", "pcm"})


def bit_rate(sound_bytes: int, duration_seconds: float) -> int:
    """Bits in a second; 0 of no duration."""
    return round(sound_bytes * 8 / duration_seconds) if duration_seconds > 0 else 0


def extent_bytes(extents: tuple[Extent, ...]) -> int:
    """How many bytes lie in *extents*."""
    return sum(end - start for start, end in extents)


def read_at(file: BinaryIO, position: int, size_bytes: int) -> bytes:
    """At most *size_bytes* from *position* on; fewer at the end of the file."""
    file.seek(position)
    return file.read(max(0, size_bytes))
