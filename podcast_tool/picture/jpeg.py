"""The layout of a JPEG file (ITU-T T.81, annex B): its segments, and which of them make up the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from podcast_tool.picture.bare import BROKEN, MAX_PROFILE_BYTES, Bare, PictureError
from podcast_tool.picture.exif import parse_orientation

# A camera's file has some dozens, one with a long XMP history some hundreds.
_MAX_SEGMENTS = 5_000
# A progressive picture has about ten. Each takes a pass over the whole picture, however few bytes it has.
_MAX_SCANS = 100

# T.81, table B.1.
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = b"\xff\xd8", 0xD9, 0xDA
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}
_BASELINE, _PROGRESSIVE = {0xC0, 0xC1}, {0xC2}
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # but tables, and one reserved
_TABLES = {0xC4, 0xCC, 0xDB, 0xDC, 0xDD}
_PICTURE = _FRAMES | _TABLES | {_START_OF_SCAN, _END_OF_IMAGE}
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_EXIF, _PROFILE = b"Exif\0\0", b"ICC_PROFILE\0"

# What begins with 0xFF in the data of a scan is a marker unless it is stuffed, a restart or a fill byte.
_MARKER = re.compile(rb"\xff[^\x00\xff]", re.DOTALL)
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)


@dataclass(frozen=True)
class _Segment:
    marker: int
    start: int
    """Of its marker, fill bytes included."""
    body: int
    end: int
    """Of its body, or of the data that follow the header of a scan."""


@dataclass(frozen=True)
class _Frame:
    is_progressive: bool
    component_count: int
    coefficient_bytes: int
    """Two for each, in whole units (T.81, A.2.3)."""


def strip_jpeg(raw: bytes) -> Bare:
    """Keep what makes up the first picture: JFIF without a thumbnail, colour profile, Adobe's mark, tables and scans.

    Raises:
        PictureError: torn, or not laid out as a JPEG.
    """
    segments = list(_segments(raw))
    frames = [segment for segment in segments if segment.marker in _FRAMES]
    scans = [segment for segment in segments if segment.marker == _START_OF_SCAN]
    if len(frames) != 1 or not 1 <= len(scans) <= _MAX_SCANS:
        raise PictureError(BROKEN)
    frame = _parse_frame(frames[0].marker, raw[frames[0].body : frames[0].end])
    is_one_pass = not frame.is_progressive and [raw[scan.body] for scan in scans] == [frame.component_count]
    exif = (raw[s.body + 6 : s.end] for s in segments if s.marker == _APP1 and raw[s.body : s.body + 6] == _EXIF)
    return Bare(
        format="JPEG",
        raw=_join(raw, segments),
        orientation=parse_orientation(next(exif, b"")),
        coefficient_bytes=0 if is_one_pass else frame.coefficient_bytes,
    )


def _join(raw: bytes, segments: list[_Segment]) -> bytes:
    """*raw* itself, where all of it is kept."""
    profile_bytes = sum(s.end - s.body for s in segments if _is_profile(raw, s))
    if profile_bytes > MAX_PROFILE_BYTES:
        segments = [segment for segment in segments if not _is_profile(raw, segment)]
    pieces = [_START_OF_IMAGE, *(_keep(raw, segment) for segment in segments)]
    # Nothing grows, so that with as many bytes as before, none was taken out.
    return raw if sum(map(len, pieces)) == len(raw) else b"".join(pieces)


def _is_profile(raw: bytes, segment: _Segment) -> bool:
    return segment.marker == _APP2 and raw[segment.body : segment.body + len(_PROFILE)] == _PROFILE


def _keep(raw: bytes, segment: _Segment) -> bytes | memoryview:
    """The segment, mended or not at all."""
    body = raw[segment.body : min(segment.end, segment.body + 14)]
    # ITU-T T.871, 10.1: it is the first, and the size of its thumbnail are two bytes.
    if segment.marker == _APP0 and segment.start == len(_START_OF_IMAGE) and _is(body, b"JFIF\0", 14):
        return b"\xff\xe0\x00\x10" + body[:12] + b"\0\0"
    if segment.marker == _APP14 and _is(body, b"Adobe", 12):
        return b"\xff\xee\x00\x0e" + body[:12]
    if segment.marker in _PICTURE or _is_profile(raw, segment):
        return memoryview(raw)[segment.start : segment.end]
    return b""


def _is(body: bytes, name: bytes, least_bytes: int) -> bool:
    return body.startswith(name) and len(body) >= least_bytes


def _segments(raw: bytes) -> Iterator[_Segment]:
    """To the end of the first picture; what stands between two segments is passed over, as decoders do."""
    position = len(_START_OF_IMAGE)
    for _ in range(_MAX_SEGMENTS):
        found = _MARKER.search(raw, position)
        if found is None:
            break
        marker, body = raw[found.start() + 1], found.end()
        start = position if not raw[position : found.start()].strip(b"\xff") else found.start()
        if marker == _END_OF_IMAGE:
            yield _Segment(marker, start, body, body)
            return
        position = body
        if marker in _WITHOUT_LENGTH:
            continue
        size = int.from_bytes(raw[body : body + 2], "big")
        position = body + size
        if size < 2 or position > len(raw):
            break
        if marker == _START_OF_SCAN:
            scan_end = _SCAN_END.search(raw, position)
            if scan_end is None:
                break
            position = scan_end.start()
        yield _Segment(marker, start, body + 2, position)
    raise PictureError(BROKEN)


def _parse_frame(marker: int, body: bytes) -> _Frame:
    """T.81, B.2.2. Only what browsers and Apple decode: Huffman coding, sequential or progressive."""
    if marker not in _BASELINE | _PROGRESSIVE or len(body) < 6 or len(body) < 6 + 3 * body[5]:
        raise PictureError(BROKEN)
    height, width, count = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), body[5]
    factors = [(body[at] >> 4, body[at] & 15) for at in range(7, 6 + 3 * count, 3)]
    if not factors or not all(h and v for h, v in factors):
        raise PictureError(BROKEN)
    widest, highest = 8 * max(h for h, _ in factors), 8 * max(v for _, v in factors)
    units = -(-width // widest) * -(-height // highest)
    return _Frame(
        is_progressive=marker in _PROGRESSIVE,
        component_count=count,
        coefficient_bytes=units * sum(h * v for h, v in factors) * 64 * 2,
    )
