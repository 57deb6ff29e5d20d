"""What the tags of a recording say, whatever kind they are of: ID3, MP4 atoms, Vorbis comments."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

from mutagen.flac import FLAC, Picture
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from mutagen.oggflac import OggFLAC
from mutagen.oggopus import OggOpus
from mutagen.oggspeex import OggSpeex
from mutagen.oggvorbis import OggVorbis

from podcast_tool.audio.chapters import LookAt, id3_chapters, vorbis_chapters
from podcast_tool.audio.mp4_chapters import mp4_chapters
from podcast_tool.audio.sound import Container, Sound
from podcast_tool.model import AudioTags, Chapter, Image
from podcast_tool.text import clean_line, clean_text

# A cover of 3000 pixels a side and a picture for each chapter; whoever needs more has put something else there.
MAX_TAG_BYTES = 32_000_000
# mutagen reads packet by packet and box by box: an hour in fragments of half a second has 50,000 boxes.
MAX_TAG_READS = 400_000
MAX_LONG_TEXT_CHARACTERS = 200_000
_MAX_LINE_CHARACTERS = 1000

_OGG: Mapping[str, Any] = {"vorbis": OggVorbis, "opus": OggOpus, "flac": OggFLAC, "speex": OggSpeex}
_FRONT_COVER = 3


@dataclass(frozen=True)
class Tagged:
    """What the tags hold."""

    tags: AudioTags
    artwork: Image | None = None
    chapters: tuple[Chapter, ...] = ()


def read_tags(file: BinaryIO, sound: Sound, look: LookAt) -> Tagged:
    """The tags of *file*; those that are torn, or of an absurd size, say nothing.

    Args:
        look: decodes a picture that stands in the tags; None if it is none.
    """
    # mutagen lets errors of many kinds through for bytes that lie, and so do those that decompress and decode.
    with suppress(Exception):
        match sound.container:
            case Container.MP4:
                return _mp4_tags(file, look)
            case Container.OGG:
                return _ogg_tags(file, sound, look)
            case Container.FLAC:
                return _flac_tags(file, look)
            case _:
                return _id3_tags(file, sound.id3_extents, look)
    return Tagged(AudioTags())


def find_picture(file: BinaryIO, sound: Sound, sha256: str) -> bytes | None:
    """The picture of that digest in the tags of *file*."""
    found: list[bytes] = []

    def look(raw: bytes) -> None:
        if hashlib.sha256(raw).hexdigest() == sha256:
            found.append(raw)

    read_tags(file, sound, look)
    return found[0] if found else None


class _Sparing(io.RawIOBase):
    """A file of which only so much may be read: the sizes in tags are not believed."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = MAX_TAG_BYTES
        self._reads_left = MAX_TAG_READS
        self.name = ""

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left or not self._reads_left:
            raise ValueError("tags of an absurd size")
        self._left -= size
        self._reads_left -= 1
        return self._file.read(size)


# -- ID3 --------------------------------------------------------------------------------------------------------------


def _id3_tags(file: BinaryIO, extents: Sequence[tuple[int, int]], look: LookAt) -> Tagged:
    raw = b"".join(_pieces(file, extents))
    if not raw or _holds_compressed_frames(raw):
        return Tagged(AudioTags())
    tags = ID3(io.BytesIO(raw))
    artwork = _first_picture(((int(frame.type), frame.data) for frame in tags.getall("APIC")), look)
    return Tagged(tags=_of_id3(tags), artwork=artwork, chapters=id3_chapters(tags, look))


def _pieces(file: BinaryIO, extents: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    """The first tag of ID3v2 and the ID3v1 tag: mutagen looks for the one in front and for the other behind."""
    if sum(end - start for start, end in extents) > MAX_TAG_BYTES:
        return
    has_v2 = False
    for start, end in extents:
        file.seek(start)
        raw = file.read(end - start)
        if raw[:3] == b"TAG" or not has_v2:
            yield raw
        has_v2 = has_v2 or raw[:3] == b"ID3"


def _holds_compressed_frames(raw: bytes) -> bool:
    """Whether a frame is compressed: a few kB that swell to gigabytes. Nobody writes them."""
    if raw[:3] != b"ID3" or raw[3] < 3:
        return False
    is_v4 = raw[3] >= 4
    body = raw[10:]
    if raw[5] & 0x80:  # unsynchronised as a whole
        body = body.replace(b"\xff\x00", b"\xff")
    return any(_walk_flags(body, syncsafe=syncsafe, mask=0x08 if is_v4 else 0x80) for syncsafe in (False, True))


def _walk_flags(body: bytes, *, syncsafe: bool, mask: int) -> bool:
    """Whether any frame has a flag of *mask*; programs disagree on how v2.4 writes sizes, so both are tried."""
    for start in (0, int.from_bytes(body[:4], "big"), int.from_bytes(body[:4], "big") + 4):  # an extended header
        at = start
        while at + 10 <= len(body) and re.match(rb"[A-Z][A-Z0-9]{2,3}", body[at : at + 4]):
            if body[at + 9] & mask:
                return True
            size = body[at + 4 : at + 8]
            at += 10 + (
                sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
                if syncsafe
                else int.from_bytes(size, "big")
            )
    return False


def _of_id3(tags: ID3) -> AudioTags:
    def first(name: str) -> str | None:
        return next((line for frame in tags.getall(name) if (line := _line(_text_of(frame)))), None)

    comments = [frame for frame in tags.getall("COMM") if not frame.desc.lower().startswith(("itun", "id3v1"))]
    comments.sort(key=lambda frame: frame.desc != "")
    return AudioTags(
        title=first("TIT2"),
        artist=first("TPE1"),
        album=first("TALB"),
        season=_number(first("TPOS")),
        episode=_number(first("TRCK")),
        released=first("TDRL"),
        recorded=first("TDRC"),
        description=_long(_text_of(frame) for frame in tags.getall("TDES")),
        lyrics=_long(_text_of(frame) for frame in tags.getall("USLT")),
        comment=_long(_text_of(frame) for frame in comments),
        copyright=first("TCOP"),
        language=first("TLAN"),
        feed_url=next((_line(frame.url) for frame in tags.getall("WFED")), None),
        podcast_guid=first("TGID"),
        is_podcast="PCST" in tags,
    )


def _text_of(frame: Any) -> str:
    text = frame.text
    return str(text) if isinstance(text, str) else "\n".join(map(str, text))


# -- MP4 --------------------------------------------------------------------------------------------------------------


def _mp4_tags(file: BinaryIO, look: LookAt) -> Tagged:
    chapters = mp4_chapters(file)
    tags: Mapping[str, Any] = {}
    with suppress(Exception):  # as above, but the chapters stay
        file.seek(0)
        tags = MP4(_Sparing(file)).tags or {}

    def first(name: str) -> Any:
        return next(iter(tags.get(name) or []), None)

    def line(name: str) -> str | None:
        value = first(name)
        return _line(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or ""))

    def long(name: str) -> str | None:
        return _long([str(first(name) or "")])

    made = AudioTags(
        title=line("\xa9nam"),
        artist=line("\xa9ART"),
        album=line("\xa9alb"),
        season=_number(first("disk")),
        episode=_number(first("trkn")),
        recorded=line("\xa9day"),
        description=long("ldes") or long("desc"),
        lyrics=long("\xa9lyr"),
        comment=long("\xa9cmt"),
        copyright=line("cprt"),
        feed_url=line("purl"),
        podcast_guid=line("egid"),
        is_podcast=bool(tags.get("pcst")),
    )
    return Tagged(
        tags=made, artwork=_first_picture(((0, bytes(c)) for c in tags.get("covr", [])), look), chapters=chapters
    )


# -- Vorbis comments --------------------------------------------------------------------------------------------------


def _ogg_tags(file: BinaryIO, sound: Sound, look: LookAt) -> Tagged:
    kind = _OGG.get(sound.codec)
    if kind is None:
        return Tagged(AudioTags())
    file.seek(0)
    comments: Any = kind(_Sparing(file)).tags or {}
    pictures = [Picture(base64.b64decode(text)) for text in comments.get("metadata_block_picture", [])]
    return _of_comments(comments, pictures, look)


def _flac_tags(file: BinaryIO, look: LookAt) -> Tagged:
    file.seek(0)
    flac = FLAC(_Sparing(file))
    return _of_comments(flac.tags or {}, flac.pictures, look)


def _of_comments(comments: Any, pictures: Iterable[Any], look: LookAt) -> Tagged:
    def values(name: str) -> list[str]:
        return [str(value) for value in comments.get(name, [])]

    def line(*names: str) -> str | None:
        return next((found for name in names for value in values(name) if (found := _line(value))), None)

    tags = AudioTags(
        title=line("title"),
        artist=line("artist"),
        album=line("album"),
        season=_number(line("discnumber", "season")),
        episode=_number(line("tracknumber", "episode")),
        recorded=line("date"),
        description=_long(values("description")),
        lyrics=_long([*values("lyrics"), *values("unsyncedlyrics")]),
        comment=_long(values("comment")),
        copyright=line("copyright"),
        language=line("language"),
    )
    artwork = _first_picture(((int(picture.type), picture.data) for picture in pictures), look)
    return Tagged(
        tags=tags, artwork=artwork, chapters=vorbis_chapters({key: values(key) for key in set(comments.keys())})
    )


# -- values -----------------------------------------------------------------------------------------------------------


def _first_picture(pictures: Iterable[tuple[int, bytes]], look: LookAt) -> Image | None:
    """The front cover, else the first picture that is one."""
    ranked = sorted(pictures, key=lambda picture: picture[0] != _FRONT_COVER)
    return next((image for _, raw in ranked if (image := look(raw))), None)


def _line(text: str) -> str | None:
    return clean_line(text[:_MAX_LINE_CHARACTERS]) or None


def _long(texts: Iterable[str]) -> str | None:
    return next((clean for text in texts if (clean := clean_text(text[:MAX_LONG_TEXT_CHARACTERS]).strip())), None)


def _number(value: object) -> int | None:
    """The first number of "3", "3/12" or (3, 12), if it counts from 1."""
    text = str(value[0]) if isinstance(value, tuple) and value else str(value)
    match = re.match(r"\d{1,6}", text, re.ASCII)
    return int(match[0]) or None if match else None
