"""The layout of an MP4 file: its boxes (ISO 14496-12, section 4.2), its tracks, and how long their sound lasts."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import BinaryIO

from podcast_tool.audio.adts import CHANNELS, SAMPLE_RATES
from podcast_tool.audio.mpeg import parse_frame
from podcast_tool.audio.sound import (
    LOSSLESS_CODECS,
    NO_SOUND,
    VIDEO,
    AudioError,
    Container,
    Sound,
    bit_rate,
    extent_bytes,
    read_at,
)

# An hour with a fragment for each frame, two boxes to a fragment.
MAX_BOXES = 400_000
MAX_CHILDREN = 1_000
MAX_TRACKS = 64

# ISO 14496-12, table 1, and what Apple's programs write at the top level.
KINDS = frozenset(
    b"ftyp pdin moov moof mfra mdat free skip meta meco styp sidx ssix prft uuid wide pnot PICT udta".split()
)

# Ten hours of sound need about 10 MB of tables.
MAX_MOOV_BYTES = 64_000_000

_MAX_DESCRIPTION_BYTES = 1 << 16
_MAX_EDITS = 10_000
_WORDS_AT_ONCE = 1 << 18

# Sample entries: the registry of mp4ra.org, and QuickTime's; other names are their own.
_CODECS = {
    b"alac": "alac",
    b"Opus": "opus",
    b"fLaC": "flac",
    b".mp3": "mp3",
    b"ms\x00\x55": "mp3",
    b"ac-3": "ac-3",
    b"ec-3": "ec-3",
    b"samr": "amr",
    b"sawb": "amr",
    b"ulaw": "mulaw",
    b"ima4": "adpcm",
    **dict.fromkeys((b"sowt", b"twos", b"lpcm", b"ipcm", b"fpcm", b"in24", b"in32", b"fl32", b"fl64", b"raw "), "pcm"),
}
# ISO 14496-1, table 5: the kinds of sound in `mp4a`.
_OBJECT_CODECS = {0x69: "mp3", 0x6B: "mp3", 0xA5: "ac-3", 0xA6: "ec-3", 0xA9: "dts", 0xAD: "opus", 0xDD: "vorbis"}
_AAC_OBJECTS = frozenset({0x40, 0x66, 0x67, 0x68})
_PROTECTED = frozenset({b"enca", b"drms", b"drmi", b"aavd"})


@dataclass(frozen=True, slots=True)
class Box:
    """One box; `end` of one at the top level may lie behind the end of a torn file."""

    kind: bytes
    payload: int
    end: int


@dataclass(frozen=True)
class Coding:
    """What a track's sample entry tells of its sound."""

    codec: str
    sample_rate_hz: int
    channels: int
    frame_samples: int = 0
    """In each of the track's samples, at `frame_rate_hz`; 0 where that is not fixed."""
    frame_rate_hz: int = 0


@dataclass(frozen=True)
class Edit:
    """A stretch of the track that is played (section 8.6.6): length in the movie's units, start in the track's."""

    duration: int
    media_start: int


@dataclass(frozen=True)
class Track:
    """One track of `moov`."""

    number: int
    handler: bytes
    is_enabled: bool
    timescale: int
    entry: bytes
    """The first sample description, whole."""
    table: Box
    """`stbl`."""
    edits: tuple[Edit, ...]
    chapter_tracks: frozenset[int]
    """Those that hold this one's chapters: titles, or pictures in a track that calls itself video."""


@dataclass(frozen=True)
class _Samples:
    """How many, their length in the track's units, and their bytes: 0 where they have no table of sizes."""

    count: int = 0
    duration: int = 0
    size_bytes: int = 0


# -- boxes ------------------------------------------------------------------------------------------------------------


def list_boxes(file: BinaryIO, start: int = 0) -> list[Box]:
    """The top-level boxes in their order, up to what cannot be one."""
    file_end = file.seek(0, os.SEEK_END)
    boxes: list[Box] = []
    position = start
    while position + 8 <= file_end and len(boxes) < MAX_BOXES:
        box = _read_box(file, position, file_end)
        # Tags of other formats are appended by some programs; read as a box, they have enormous sizes.
        if box is None or (box.kind not in KINDS and (box.end > file_end or not _is_name(box.kind))):
            break
        boxes.append(box)
        position = box.end
    return boxes


def _is_name(kind: bytes) -> bool:
    return all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in kind)


def _read_box(file: BinaryIO, position: int, end: int) -> Box | None:
    head = read_at(file, position, 16)
    size, header = int.from_bytes(head[:4], "big"), 8
    if size == 1:
        size, header = int.from_bytes(head[8:16], "big"), 16
    elif size == 0:  # to the end
        size = end - position
    return Box(head[4:8], position + header, position + size) if size >= header else None


def list_children(file: BinaryIO, parent: Box) -> list[Box]:
    """The boxes in *parent*, none of which reaches out of it."""
    boxes: list[Box] = []
    position = parent.payload
    while position + 8 <= parent.end and len(boxes) < MAX_CHILDREN:
        box = _read_box(file, position, parent.end)
        if box is None:
            break
        boxes.append(replace(box, end=min(box.end, parent.end)))
        position = box.end
    return boxes


def _child(file: BinaryIO, parent: Box | None, *path: bytes) -> Box | None:
    """The first box of the first name in *path*, the first of the second name in that, and so on."""
    for kind in path:
        if parent is None:
            break
        parent = next((box for box in list_children(file, parent) if box.kind == kind), None)
    return parent


def _content(file: BinaryIO, box: Box | None, size_bytes: int) -> bytes:
    return read_at(file, box.payload, min(size_bytes, box.end - box.payload)) if box else b""


def _number(raw: bytes, at: int, size: int = 4) -> int:
    return int.from_bytes(raw[at : at + size], "big")


def _words(file: BinaryIO, start: int, count: int) -> Iterator[array[int]]:
    """*count* numbers of four bytes each from *start* on, in portions of an even length."""
    while count > 0:
        raw = read_at(file, start, min(count, _WORDS_AT_ONCE) * 4)
        words = array("I", raw[: len(raw) // 4 * 4])
        if not words:
            break
        if sys.byteorder == "little":
            words.byteswap()
        yield words
        start += len(words) * 4
        count -= len(words)


# -- tracks -----------------------------------------------------------------------------------------------------------


def list_tracks(file: BinaryIO, moov: Box) -> list[Track]:
    """The tracks in their order."""
    traks = [box for box in list_children(file, moov) if box.kind == b"trak"][:MAX_TRACKS]
    return [track for track in (_read_track(file, trak) for trak in traks) if track]


def _read_track(file: BinaryIO, trak: Box) -> Track | None:
    media = _child(file, trak, b"mdia")
    table = _child(file, media, b"minf", b"stbl")
    if media is None or table is None:
        return None
    header = _content(file, _child(file, trak, b"tkhd"), 32)
    times = _content(file, _child(file, media, b"mdhd"), 36)
    description = _content(file, _child(file, table, b"stsd"), _MAX_DESCRIPTION_BYTES)
    return Track(
        number=_number(header, 20 if header[:1] == b"\1" else 12),
        handler=_content(file, _child(file, media, b"hdlr"), 12)[8:12],
        is_enabled=bool(_number(header, 3, 1) & 1),
        timescale=_number(times, 20 if times[:1] == b"\1" else 12),
        entry=description[8 : 8 + _number(description, 8)],
        table=table,
        edits=_parse_edits(_content(file, _child(file, trak, b"edts", b"elst"), 8 + 20 * _MAX_EDITS)),
        chapter_tracks=_parse_references(_content(file, _child(file, trak, b"tref", b"chap"), 4 * MAX_TRACKS)),
    )


def _parse_references(raw: bytes) -> frozenset[int]:
    return frozenset(_number(raw, at) for at in range(0, len(raw) - 3, 4))


def _parse_edits(raw: bytes) -> tuple[Edit, ...]:
    """Without the empty ones, which only put off the beginning."""
    size, width = (20, 8) if raw[:1] == b"\1" else (12, 4)
    count = min(_number(raw, 4), max(0, len(raw) - 8) // size)
    edits = [(_number(raw, at, width), _number(raw, at + width, width)) for at in range(8, 8 + count * size, size)]
    return tuple(Edit(duration, start) for duration, start in edits if start >> (8 * width - 1) == 0)


def has_video(file: BinaryIO, boxes: list[Box]) -> bool:
    """Whether a track holds moving pictures: not a cover, which is one, and not the pictures of chapters."""
    moov = next((box for box in boxes if box.kind == b"moov"), None)
    tracks = list_tracks(file, moov) if moov else []
    chapters = frozenset().union(*(track.chapter_tracks for track in tracks))
    return any(
        track.handler == b"vide"
        and track.number not in chapters
        and _count_samples(file, track.table).count + _fragments(file, boxes, moov, track.number).count > 1
        for track in tracks
    )


# -- samples ----------------------------------------------------------------------------------------------------------


def _count_samples(file: BinaryIO, table: Box) -> _Samples:
    """By the tables of sizes and of times (section 8.6.1.2, 8.7.3); no count that the file is too small for."""
    sizes, times = _child(file, table, b"stsz"), _child(file, table, b"stts")
    head = _content(file, sizes, 12)
    each, count = _number(head, 4), _number(head, 8)
    if sizes and not each:
        count = min(count, (sizes.end - sizes.payload - 12) // 4, MAX_MOOV_BYTES // 4)
        size_bytes = sum(sum(words) for words in _words(file, sizes.payload + 12, count))
    else:
        compact = _content(file, _child(file, table, b"stz2"), 12)
        # QuickTime counts one byte to a sample of compressed sound, too, so that bytes cannot be reckoned from it.
        count, size_bytes = min(count or _number(compact, 8), file.seek(0, os.SEEK_END)), 0
    timed, duration = _sum_times(file, times) if times else (0, 0)
    if timed and count and timed != count:
        duration = duration * count // timed
    return _Samples(count or min(timed, file.seek(0, os.SEEK_END)), duration, size_bytes)


def _sum_times(file: BinaryIO, times: Box) -> tuple[int, int]:
    """How many samples the table of times has, and how long they last."""
    entries = min(_number(_content(file, times, 8), 4), (times.end - times.payload - 8) // 8, MAX_MOOV_BYTES // 8)
    timed = duration = 0
    for words in _words(file, times.payload + 8, entries * 2):
        counts, durations = words[0::2], words[1::2]
        timed += sum(counts)
        duration += sum(map(int.__mul__, counts, durations))
    return timed, duration


def _fragments(file: BinaryIO, boxes: list[Box], moov: Box | None, number: int) -> _Samples:
    """What the fragments (section 8.8) hold of the track *number*."""
    usual = _track_defaults(file, moov, number)
    total = _Samples()
    for box in boxes:
        if box.kind == b"moof":
            for part in list_children(file, box):
                if part.kind == b"traf":
                    run = _read_fragment(file, part, number, usual)
                    total = _Samples(total.count + run.count, total.duration + run.duration)
    return total


def _track_defaults(file: BinaryIO, moov: Box | None, number: int) -> int:
    """How long a sample lasts of which its fragment says nothing (`trex`, section 8.8.3)."""
    extends = _child(file, moov, b"mvex")
    for box in list_children(file, extends) if extends else []:
        raw = _content(file, box, 16)
        if box.kind == b"trex" and _number(raw, 4) == number:
            return _number(raw, 12)
    return 0


def _read_fragment(file: BinaryIO, fragment: Box, number: int, usual: int) -> _Samples:
    total = _Samples()
    for box in list_children(file, fragment):
        if box.kind == b"tfhd":
            raw = _content(file, box, 28)
            flags = _number(raw, 1, 3)
            if _number(raw, 4) != number:
                return _Samples()
            if flags & 0x8:  # behind an offset of 8 bytes and an index of 4, if they are there
                usual = _number(raw, 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0))
        elif box.kind == b"trun":
            run = _read_run(file, box, usual)
            total = _Samples(total.count + run.count, total.duration + run.duration)
    return total


def _read_run(file: BinaryIO, box: Box, usual: int) -> _Samples:
    """Section 8.8.8."""
    raw = _content(file, box, 8)
    flags, count = _number(raw, 1, 3), min(_number(raw, 4), file.seek(0, os.SEEK_END))
    start = box.payload + 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    width = sum(1 for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag)
    if width:
        count = min(count, max(0, box.end - start) // (4 * width))
    if not flags & 0x100:
        return _Samples(count, count * usual)
    words = array("I")
    for portion in _words(file, start, count * width):
        words.extend(portion)
    return _Samples(count, sum(words[0::width]))


# -- the coding -------------------------------------------------------------------------------------------------------


def parse_coding(entry: bytes) -> Coding:
    """A sample entry of sound (section 12.2.3; version 1 and 2 as QuickTime writes them).

    Raises:
        AudioError: the sound is encrypted.
    """
    kind = entry[4:8]
    if kind in _PROTECTED:
        raise AudioError("is copy-protected, so that hardly any app could play it; export it without protection")
    channels, rate = _number(entry, 24, 2), _number(entry, 32, 2)
    if _number(entry, 16, 2) == 2:
        rate, channels = _parse_double(entry[40:48]), _number(entry, 48)
    coding = Coding(_CODECS.get(kind) or _spell(kind), rate, min(channels, 255))
    if kind == b"mp4a":
        return _parse_elementary(entry, coding)
    if kind == b"alac":
        return _parse_alac(entry, coding)
    if kind == b"Opus":
        return replace(coding, sample_rate_hz=48_000)
    return _with_mp3_frames(coding)


def _spell(kind: bytes) -> str:
    return (
        "".join(char for char in kind.decode("ascii", "ignore").lower() if char.isalnum() or char == "-") or "unknown"
    )


def _parse_double(raw: bytes) -> int:
    """A rate written as a floating-point number of eight bytes, in whole hertz."""
    exponent = (_number(raw, 0, 2) >> 4 & 0x7FF) - 1075
    mantissa = _number(raw, 0, 8) & (1 << 52) - 1 | 1 << 52
    return mantissa >> -exponent if -53 < exponent < -20 else 0


def _with_mp3_frames(coding: Coding) -> Coding:
    if coding.codec != "mp3":
        return coding
    return replace(
        coding, frame_samples=1152 if coding.sample_rate_hz >= 32_000 else 576, frame_rate_hz=coding.sample_rate_hz
    )


def _parse_alac(entry: bytes, coding: Coding) -> Coding:
    """Apple's magic cookie, in a box of its own or in QuickTime's `wave`."""
    at = entry.find(b"\0\0\0\x24alac", 36) + 12
    if at < 48 or len(entry) < at + 24:
        return coding
    rate = _number(entry, at + 20) or coding.sample_rate_hz
    channels = _number(entry, at + 9, 1) or coding.channels
    return Coding("alac", rate, channels, frame_samples=_number(entry, at), frame_rate_hz=rate)


def _parse_elementary(entry: bytes, coding: Coding) -> Coding:
    """What `esds` tells (ISO 14496-1, section 7.2.6), in the entry or in QuickTime's `wave`."""
    at = entry.find(b"esds", 36)
    descriptor = _find_descriptor(entry[at + 8 :], 3) if at >= 0 else b""
    flags = _number(descriptor, 2, 1)
    at = 3 + (2 if flags & 0x80 else 0) + (2 if flags & 0x20 else 0)
    if flags & 0x40:
        at += 1 + _number(descriptor, 3 + (2 if flags & 0x80 else 0), 1)
    configuration = _find_descriptor(descriptor[at:], 4)
    kind = _number(configuration, 0, 1)
    if kind and kind not in _AAC_OBJECTS:
        return _with_mp3_frames(replace(coding, codec=_OBJECT_CODECS.get(kind, f"mp4a-{kind:02x}")))
    return _parse_aac(_find_descriptor(configuration[13:], 5), replace(coding, codec="aac"))


def _find_descriptor(raw: bytes, tag: int) -> bytes:
    """The content of the descriptor of this tag that *raw* begins with; nothing of another."""
    if raw[:1] != bytes([tag]):
        return b""
    size, at = 0, 1
    while at < min(len(raw), 5):
        size, at = size << 7 | raw[at] & 0x7F, at + 1
        if not raw[at - 1] & 0x80:
            break
    return raw[at : at + size]


def _parse_aac(raw: bytes, coding: Coding) -> Coding:
    """AudioSpecificConfig (ISO 14496-3, section 1.6.2.1)."""
    if len(raw) < 2:
        return coding
    bits, at = int.from_bytes(raw[:16].ljust(16, b"\0"), "big"), 0

    def take(width: int) -> int:
        nonlocal at
        at += width
        return bits >> (128 - at) & ((1 << width) - 1)

    def take_rate() -> int:
        index = take(4)
        return take(24) if index == 15 else SAMPLE_RATES[index] if index < len(SAMPLE_RATES) else 0

    kind = take(5)
    kind = 32 + take(6) if kind == 31 else kind
    core_rate, configuration = take_rate(), take(4)
    rate = core_rate
    is_parametric = kind == 29  # stereo made of one channel
    if kind in (5, 29):  # SBR, said openly: the sound has twice the rate of its core
        rate = take_rate() or core_rate
        kind = take(5)
    is_short = take(1)
    channels = CHANNELS[configuration] if configuration < len(CHANNELS) else 0
    return Coding(
        "aac",
        rate or coding.sample_rate_hz,
        2 if is_parametric and channels == 1 else channels or coding.channels,
        frame_samples=(960 if is_short else 1024) if kind in (1, 2, 3, 4) else 0,
        frame_rate_hz=core_rate,
    )


# -- the file ---------------------------------------------------------------------------------------------------------


def measure_mp4(file: BinaryIO, start: int) -> Sound:
    """An MP4, M4A or QuickTime file whose first box stands at *start*.

    Raises:
        AudioError: no sound, a video, protected, or cut off.
    """
    boxes, moov = _check_whole(file, start)
    if has_video(file, boxes):
        raise AudioError(VIDEO)
    sounds = [track for track in list_tracks(file, moov) if track.handler == b"soun"]
    extents = tuple((box.payload, box.end) for box in boxes if box.kind == b"mdat")
    if not sounds or not extents:
        raise AudioError(NO_SOUND)
    track = next((sound for sound in sounds if sound.is_enabled), sounds[0])
    coding = _complete(file, parse_coding(track.entry), track)
    in_fragments = _fragments(file, boxes, moov, track.number)
    listed = _count_samples(file, track.table)
    if listed.size_bytes > extent_bytes(extents):
        raise AudioError.torn(listed.size_bytes, extent_bytes(extents), "bytes of sound")
    seconds, is_mended = _media_seconds(listed, in_fragments, track, coding)
    sound_bytes = listed.size_bytes if listed.size_bytes and not in_fragments.count else extent_bytes(extents)
    return Sound(
        container=Container.MP4,
        codec=coding.codec,
        is_lossless=coding.codec in LOSSLESS_CODECS,
        duration_seconds=_played_seconds(track, seconds, _movie_timescale(file, moov), coding),
        is_counted=in_fragments.count > 0 or is_mended,
        sample_rate_hz=coding.sample_rate_hz,
        channels=coding.channels,
        bit_rate_bps=bit_rate(sound_bytes, seconds),
        extents=extents,
    )


def _complete(file: BinaryIO, coding: Coding, track: Track) -> Coding:
    """With what the sample entry leaves out, or tells of MP3 by rote: that it has two channels.

    Raises:
        AudioError: there is no rate at all.
    """
    rate, channels = coding.sample_rate_hz or track.timescale, max(1, coding.channels)
    offset = _last_chunk(file, track)
    header = read_at(file, offset, 4) if coding.codec == "mp3" and offset else b""
    if parse_frame(header):
        channels = 1 if header[3] >> 6 == 3 else 2
    if not rate:
        raise AudioError(NO_SOUND)
    return replace(coding, sample_rate_hz=rate, channels=channels)


def _check_whole(file: BinaryIO, start: int) -> tuple[list[Box], Box]:
    """The boxes, and `moov` among them."""
    boxes, file_end = list_boxes(file, start), file.seek(0, os.SEEK_END)
    if boxes and boxes[-1].end > file_end:
        raise AudioError.torn(boxes[-1].end, file_end)
    if len(boxes) >= MAX_BOXES:
        raise AudioError("is cut into too many fragments; export the recording again")
    moov = next((box for box in boxes if box.kind == b"moov"), None)
    if moov is None:
        raise AudioError("lacks its index, as when recording or copying broke off; export or copy it again")
    return boxes, moov


def _last_chunk(file: BinaryIO, track: Track) -> int:
    """Where the last stretch of the track's sound begins (`stco` and `co64`, section 8.7.5); 0 if that is untold.

    Raises:
        AudioError: it would be behind the file's end.
    """
    offset, file_end = 0, file.seek(0, os.SEEK_END)
    for kind, width in ((b"stco", 4), (b"co64", 8)):
        box = _child(file, track.table, kind)
        count = min(_number(_content(file, box, 8), 4), (box.end - box.payload - 8) // width) if box else 0
        if box and count > 0:
            offset = _number(read_at(file, box.payload + 8 + (count - 1) * width, width), 0, width)
    if offset >= file_end:
        raise AudioError.torn(offset + 1, file_end)
    return offset


def _movie_timescale(file: BinaryIO, moov: Box) -> int:
    """The movie's units in a second."""
    raw = _content(file, _child(file, moov, b"mvhd"), 32)
    return _number(raw, 20 if raw[:1] == b"\1" else 12)


def _media_seconds(listed: _Samples, in_fragments: _Samples, track: Track, coding: Coding) -> tuple[float, bool]:
    """How long the track is before it is edited, and whether its table of times had to be passed over."""
    timescale = track.timescale or coding.sample_rate_hz
    seconds = (listed.duration + in_fragments.duration) / timescale if timescale else 0.0
    if not coding.frame_samples or not coding.frame_rate_hz:
        return seconds, False
    frame_seconds = coding.frame_samples / coding.frame_rate_hz
    counted = (listed.count + in_fragments.count) * frame_seconds
    is_mended = abs(counted - seconds) > frame_seconds
    # Decoders give the last frame whole, although the table says where its sound ends; one of ALAC says that itself.
    return (seconds if coding.codec == "alac" and not is_mended else counted), is_mended


def _played_seconds(track: Track, media_seconds: float, movie_timescale: int, coding: Coding) -> float:
    """What the edit list leaves of the track; all of it where there is none, or one that leaves nothing.

    Decoders begin where it says, and end with the whole frame in which it ends.
    """
    if not movie_timescale or not track.timescale:
        return media_seconds
    frame_seconds = coding.frame_samples / (coding.frame_rate_hz or 1)
    played = 0.0
    for edit in track.edits:
        begin = min(edit.media_start / track.timescale, media_seconds)
        end = begin + edit.duration / movie_timescale if edit.duration else media_seconds
        if frame_seconds:
            # A movie's units are coarse: what is off by less than one of them is no further frame.
            end = ceil((end - 1 / movie_timescale) / frame_seconds) * frame_seconds
        played += max(0.0, min(end, media_seconds) - begin)
    return played or media_seconds
