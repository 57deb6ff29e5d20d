"""Chapters of an MP4 file: a QuickTime text track (QuickTime File Format, "Chapter lists") or Nero's `chpl` box.

The file is hostile: tables are read as far as they go, counts are bounded, and what does not fit gives no chapters.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain, islice, pairwise, repeat
from typing import BinaryIO

from podcast_tool.audio.chapters import MAX_CHAPTERS, MAX_PLAY_MILLISECONDS, settle, web_address
from podcast_tool.model import Chapter
from podcast_tool.text import clean_line

# Ten hours of sound need about 10 MB of tables.
MAX_MOOV_BYTES = 64_000_000
_MAX_TOP_BOXES = 100_000
# Of one box; files have a dozen, some programs write a few hundred tags.
_MAX_INNER_BOXES = 1_000
_MAX_TRACKS = 100
# A title has at most 45 characters (AP-CH-FORM); an address may stand behind it.
_MAX_SAMPLE_BYTES = 8_192

# How the handlers of text and subtitle tracks are named (`hdlr`; ISO 14496-12, section 8.4.3).
_TEXT_HANDLERS = (b"text", b"sbtl", b"subt")


@dataclass(frozen=True)
class _Box:
    """A box's payload: *data* from `start` to `end`."""

    data: bytes
    kind: bytes
    start: int
    end: int

    @property
    def payload(self) -> bytes:
        return self.data[self.start : self.end]

    def inner(self) -> Iterator[_Box]:
        """The boxes in it, up to what cannot be one."""
        return islice(_boxes(self.data, self.start, self.end), _MAX_INNER_BOXES)

    def find(self, *path: bytes) -> _Box | None:
        """The first box at *path*."""
        box: _Box | None = self
        for kind in path:
            box = next((inner for inner in box.inner() if inner.kind == kind), None) if box else None
        return box


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size, kind, header = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if size == 1:
            size, header = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        elif size == 0:  # to the end
            size = end - start
        if size < header or start + size > end:
            return
        yield _Box(data, kind, start + header, start + size)
        start += size


def mp4_chapters(file: BinaryIO) -> tuple[Chapter, ...]:
    """The chapters of an MP4 file, as its text track gives them, else as its `chpl` box does."""
    moov = _read_moov(file)
    if moov is None:
        return ()
    for chapters_of in (partial(_track_chapters, file), _nero_chapters):
        with suppress(ValueError, OverflowError, struct.error):
            if chapters := chapters_of(moov):
                return chapters
    return ()


def _read_moov(file: BinaryIO) -> _Box | None:
    file_end = file.seek(0, os.SEEK_END)
    position = 0
    for _ in range(_MAX_TOP_BOXES):
        if position + 8 > file_end:
            return None
        file.seek(position)
        head = file.read(16)
        size, header = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = file_end - position
        if size < header:
            return None
        if head[4:8] == b"moov":
            file.seek(position + header)
            data = file.read(min(size - header, MAX_MOOV_BYTES))
            return _Box(data, b"moov", 0, len(data))
        position += size
    return None


def _chapter(start: int, end: int | None, text: str, url: str | None = None) -> Chapter | None:
    """None where the time makes no sense, or where nothing is said: a track has empty texts between chapters."""
    title = clean_line(text) or None
    if not title or start > MAX_PLAY_MILLISECONDS:
        return None
    end = end if end is not None and end <= MAX_PLAY_MILLISECONDS else None
    return Chapter(start_milliseconds=max(0, start), title=title, end_milliseconds=end, url=url)


def _divide(numerator: int, denominator: int) -> int:
    """Rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


# -- Nero -------------------------------------------------------------------------------------------------------------


def _nero_chapters(moov: _Box) -> tuple[Chapter, ...]:
    """Of `moov/udta/chpl`: starts in units of 100 ns, titles of at most 255 bytes."""
    box = moov.find(b"udta", b"chpl")
    if box is None or box.end - box.start < 5:
        return ()
    raw = box.payload
    # Version 1 has a reserved byte and a count of 32 bits, of which some programs use the last eight.
    count, at = (int.from_bytes(raw[5:9], "big"), 9) if raw[0] else (raw[4], 5)
    chapters: list[Chapter | None] = []
    while at + 9 <= len(raw) and len(chapters) < min(count, MAX_CHAPTERS):
        start, size = struct.unpack_from(">QB", raw, at)
        title = raw[at + 9 : at + 9 + size].decode("utf-8", "replace")
        chapters.append(_chapter(_divide(start, 10_000), None, title))
        at += 9 + size
    return settle(chapter for chapter in chapters if chapter)


# -- QuickTime --------------------------------------------------------------------------------------------------------


def _track_chapters(file: BinaryIO, moov: _Box) -> tuple[Chapter, ...]:
    """Of the first text track that another track names as its chapters (`tref/chap`)."""
    tracks = list(islice((box for box in moov.inner() if box.kind == b"trak"), _MAX_TRACKS))
    named = [number for track in tracks if (box := track.find(b"tref", b"chap")) for number in _numbers(box, ">I", 0)]
    by_number = {_timed_field(track.find(b"tkhd")): track for track in reversed(tracks)}
    for number in dict.fromkeys(named[:_MAX_TRACKS]):
        track = by_number.get(number)
        handler = track.find(b"mdia", b"hdlr") if track else None
        if track and handler and handler.payload[8:12] in _TEXT_HANDLERS:
            return settle(_sample_chapters(file, moov, track))
    return ()


def _sample_chapters(file: BinaryIO, moov: _Box, track: _Box) -> Iterator[Chapter]:
    table = track.find(b"mdia", b"minf", b"stbl")
    timescale, movie_timescale = _timed_field(track.find(b"mdia", b"mdhd")), _timed_field(moov.find(b"mvhd"))
    if table is None or not timescale:
        return
    file_end = file.seek(0, os.SEEK_END)
    begin, delay = _first_edit(track)
    # The delay is in the movie's time, the rest in the track's; they are rounded once, together.
    delay, unit = (delay * timescale, timescale * movie_timescale) if movie_timescale else (0, timescale)

    def milliseconds(ticks: int) -> int:
        return _divide(((ticks - begin) * (unit // timescale) + delay) * 1000, unit)

    for (offset, size), (start, end) in zip(_samples(table), _times(table), strict=False):
        if offset + size > file_end:
            continue
        file.seek(offset)
        text, url = _parse_sample(file.read(min(size, _MAX_SAMPLE_BYTES)))
        chapter = _chapter(milliseconds(start), milliseconds(end), text, url)
        if chapter:
            yield chapter


def _timed_field(box: _Box | None) -> int | None:
    """The number behind the two moments with which `mvhd`, `mdhd` and `tkhd` begin: timescale or track number."""
    if box is None or box.start == box.end:
        return None
    at = 20 if box.payload[0] == 1 else 12  # moments have 64 bits in version 1
    field = box.payload[at : at + 4]
    return int.from_bytes(field, "big") if len(field) == 4 else None


def _first_edit(track: _Box) -> tuple[int, int]:
    """Where the track's time begins to count, and how much later it plays (in the movie's timescale)."""
    box = track.find(b"edts", b"elst")
    if box is None or box.end - box.start < 8:
        return 0, 0
    delay = 0
    layout = ">QqI" if box.payload[0] == 1 else ">IiI"
    for duration, begin, _ in islice(_entries(box, layout, 8), _MAX_INNER_BOXES):
        if begin >= 0:
            return begin, delay
        delay += duration  # -1: nothing plays
    return 0, delay


def _times(table: _Box) -> Iterator[tuple[int, int]]:
    """Start and end of each sample in the track's timescale (`stts`)."""
    box = table.find(b"stts")
    if box is None:
        return iter(())
    lengths = chain.from_iterable(repeat(length, count) for count, length in _entries(box, ">II", 8))
    bounds = list(islice(accumulate(lengths, initial=0), MAX_CHAPTERS + 1))
    return pairwise(bounds)


def _samples(table: _Box) -> Iterator[tuple[int, int]]:
    """Offset and size of each sample (`stsz`, `stsc`, `stco` or `co64`)."""
    sizes_box, runs_box = table.find(b"stsz"), table.find(b"stsc")
    chunks_box = table.find(b"stco") or table.find(b"co64")
    if sizes_box is None or runs_box is None or chunks_box is None:
        return
    sizes = iter(_sizes(sizes_box))
    chunks = _numbers(chunks_box, ">I" if chunks_box.kind == b"stco" else ">Q", 8)
    for offset, count in zip(chunks, _chunk_lengths(runs_box, len(chunks)), strict=False):
        for size in islice(sizes, count):
            yield offset, size
            offset += size


def _sizes(box: _Box) -> Sequence[int]:
    shared, count = struct.unpack_from(">II", box.payload, 4)
    return [shared] * min(count, MAX_CHAPTERS) if shared else _numbers(box, ">I", 12)


def _chunk_lengths(box: _Box, chunk_count: int) -> Iterator[int]:
    """How many samples each chunk has, from runs of chunks alike, each told by its first one."""
    runs = list(islice(_entries(box, ">III", 8), MAX_CHAPTERS))
    for (first, count, _), (following, _, _) in zip(runs, [*runs[1:], (chunk_count + 1, 0, 0)], strict=True):
        yield from repeat(count, max(0, min(following, chunk_count + 1) - first))


def _entries(box: _Box, layout: str, skip: int) -> Iterator[tuple[int, ...]]:
    """A table's rows behind *skip* bytes, as many as there are: its own count adds nothing to the box's size."""
    raw = box.payload[skip:]
    size = struct.calcsize(layout)
    return struct.iter_unpack(layout, raw[: len(raw) // size * size])


def _numbers(box: _Box, layout: str, skip: int) -> list[int]:
    return [number for (number,) in islice(_entries(box, layout, skip), MAX_CHAPTERS)]


def _parse_sample(raw: bytes) -> tuple[str, str | None]:
    """A text sample: two bytes of length, UTF-8 or UTF-16 with a byte order mark, then boxes, a link's among them."""
    behind = 2 + int.from_bytes(raw[:2], "big")
    text = raw[2:behind]
    is_utf16 = text[:2] in (b"\xfe\xff", b"\xff\xfe")
    links = (box.payload for box in islice(_boxes(raw, behind, len(raw)), 10) if box.kind == b"href")
    link = next(links, b"")
    address = link[5 : 5 + link[4]].decode("utf-8", "replace") if len(link) > 5 else ""
    return text.decode("utf-16" if is_utf16 else "utf-8", "replace"), web_address(address)
