"""One audio file: what it is, how long, and what its tags say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import mutagen
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from mutagen.oggvorbis import OggVorbis
from mutagen.wave import WAVE

from podcast_tool.audio.mp4 import has_video, list_boxes
from podcast_tool.audio.mpeg import FrameWalk, find_sound, is_free_format, walk_frames
from podcast_tool.model import AudioTags, Recording
from podcast_tool.text import clean_line

# Apple's names of `enclosure/@type` and the ending that goes with each (AP-ENC-TYPE, AP-ENC-EXT). Not mutagen's
# mime[0], which calls an MP3 "audio/mp3".
PUBLISHABLE = {MP3: ("audio/mpeg", ".mp3"), MP4: ("audio/x-m4a", ".m4a")}

# What podcast apps refuse as an enclosure (AP-AUDIO-CODEC).
REFUSED = {OggVorbis: "Ogg Vorbis", OggOpus: "Opus", FLAC: "FLAC", WAVE: "WAV", AIFF: "AIFF"}

_CHUNK_BYTES = 1 << 20

# A Xing header counts whole frames; encoders differ by one of them. The longest frame has 1441 bytes.
_FRAME_SLACK_BYTES = 1500


class AudioError(ValueError):
    """A recording cannot be published; the message goes behind its name."""


def read_recording(show_dir: Path, path: str) -> Recording:
    """Read what the feed needs to know of the audio file *path* (below *show_dir*).

    Raises:
        AudioError: missing, empty, torn, no audio, or of a kind that podcast apps refuse.
    """
    try:
        with (show_dir / path).open("rb") as file:
            return _read(file, path)
    except FileNotFoundError as error:
        raise AudioError("is not there; put the recording beside its sidecar") from error
    except OSError as error:
        raise AudioError(f"cannot be read: {error.strerror or error}") from error


def _read(file: BinaryIO, path: str) -> Recording:
    if not file.read(1):
        raise AudioError("is empty (0 bytes); copy the recording again")
    start, end = find_sound(file)
    walk = walk_frames(file, start, end) if Path(path).suffix.lower() == ".mp3" else None
    audio = _open(file, path, is_mp3=walk is not None)
    if type(audio) in REFUSED:
        raise AudioError(
            f"is {REFUSED[type(audio)]}, which podcast apps do not play; export the recording as MP3 or M4A"
        )
    if audio is None or isinstance(audio, MP3):
        walk = walk or walk_frames(file, start, end)
        duration_seconds, extents = _mp3_sound(file, start, end, walk)
        media_type, extension = PUBLISHABLE[MP3]
    elif isinstance(audio, MP4):
        duration_seconds = float(audio.info.length or 0)  # type: ignore[attr-defined]
        extents = _mp4_sound(file)
        media_type, extension = PUBLISHABLE[MP4]
    else:
        raise AudioError("is not an MP3 or M4A recording; export it as one")
    if duration_seconds <= 0:
        raise AudioError("holds no sound; export the recording again")
    size_bytes, sha256, sound_sha256 = _digests(file, extents)
    return Recording(
        path=path,
        media_type=media_type,
        extension=extension,
        size_bytes=size_bytes,
        duration_seconds=duration_seconds,
        sha256=sha256,
        sound_sha256=sound_sha256,
        tags=_tags(audio) if audio is not None else AudioTags(),
    )


def _open(file: BinaryIO, path: str, *, is_mp3: bool) -> Any:
    """mutagen's reading; None if it has none although the file holds MP3 frames (behind junk, say)."""
    file.seek(0)
    try:
        audio = mutagen.File(file)
    except Exception as error:  # mutagen lets errors of many kinds through for bytes that lie
        if is_mp3:
            return None
        if is_free_format(file, *find_sound(file)):
            raise AudioError("is free-format MP3, which hardly any app plays; export it with a bit rate") from error
        reason = clean_line(str(error))[:120]
        detail = f" ({reason})" if " " in reason else ""
        raise AudioError(f"cannot be read as audio{detail}; export or copy the recording again") from error
    if audio is None and not is_mp3:  # not `not audio`: an untagged file is falsy
        raise AudioError(f"is no audio file, whatever {Path(path).suffix} says; export the recording again")
    return audio


def _mp3_sound(file: BinaryIO, start: int, end: int, walk: FrameWalk | None) -> tuple[float, Sequence[tuple[int, int]]]:
    """Seconds, and where the sound lies."""
    if walk is None and is_free_format(file, start, end):
        raise AudioError("is free-format MP3, which hardly any app plays; export it with a bit rate")
    if walk is None:
        raise AudioError("holds no MP3 sound; export the recording again as MP3")
    there = end - walk.first_frame
    if walk.promised_bytes is not None and walk.promised_bytes > there + _FRAME_SLACK_BYTES:
        raise AudioError(
            f"is cut off: it promises {walk.promised_bytes} bytes of sound and has {there}; copy the recording again"
        )
    return walk.duration_seconds, [(start, end)]


def _mp4_sound(file: BinaryIO) -> Sequence[tuple[int, int]]:
    boxes = list_boxes(file)
    size = file.seek(0, 2)
    if boxes and boxes[-1].end > size:
        raise AudioError(f"is cut off: it promises {boxes[-1].end} bytes and has {size}; copy the recording again")
    if has_video(file, boxes):
        raise AudioError("holds a video; export its sound as MP3 or M4A")
    return [(box.payload, box.end) for box in boxes if box.kind == b"mdat"]


def _digests(file: BinaryIO, extents: Sequence[tuple[int, int]]) -> tuple[int, str, str]:
    """Size, SHA-256 of the file, SHA-256 of the sound in *extents*: in one reading."""
    whole, sound = hashlib.sha256(), hashlib.sha256()
    position = file.seek(0)
    while chunk := file.read(_CHUNK_BYTES):
        whole.update(chunk)
        for start, end in extents:
            sound.update(chunk[max(0, start - position) : max(0, end - position)])
        position += len(chunk)
    return position, whole.hexdigest(), sound.hexdigest()


# -- tags -------------------------------------------------------------------------------------------------------------

_MP4_TITLE, _MP4_TRACK, _MP4_DISC = "\xa9nam", "trkn", "disk"


def _tags(audio: Any) -> AudioTags:
    tags = audio.tags
    if isinstance(tags, ID3):
        texts = {name: clean_line(str(tags[name])) for name in ("TIT2", "TRCK", "TPOS", "TDRL") if name in tags}
        return AudioTags(
            title=texts.get("TIT2") or None,
            season=_number(texts.get("TPOS")),
            episode=_number(texts.get("TRCK")),
            released=texts.get("TDRL") or None,
        )
    if tags is None:
        return AudioTags()
    first = {name: tags[name][0] for name in (_MP4_TITLE, _MP4_TRACK, _MP4_DISC) if tags.get(name)}
    return AudioTags(
        title=clean_line(str(first.get(_MP4_TITLE, ""))) or None,
        season=_number(first.get(_MP4_DISC)),
        episode=_number(first.get(_MP4_TRACK)),
    )


def _number(value: object) -> int | None:
    """The first number of "3", "3/12" or (3, 12), if it counts from 1."""
    text = str(value[0]) if isinstance(value, tuple) and value else str(value)
    match = re.match(r"\d{1,6}", text, re.ASCII)
    return int(match[0]) or None if match else None
