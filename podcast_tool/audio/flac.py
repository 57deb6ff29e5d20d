"""The layout of a FLAC file (RFC 9639): what STREAMINFO promises, and how far its last frame reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from podcast_tool.audio.mpeg import Tags
from podcast_tool.audio.sound import NO_SOUND, AudioError, Container, Sound, bit_rate, read_at

MAGIC = b"fLaC"
STREAMINFO_BYTES = 34
MAX_METADATA_BLOCKS = 10_000

_MAX_HEADER_BYTES, _MIN_FRAME_BYTES = 16, 8
# Where the last frame is sought, from the end backwards: the largest one of music has some 100 kB, of any sound 2 MB.
_WINDOWS_BYTES = (1 << 16, 1 << 19, 1 << 22)
# Bytes that only look like a frame's header come among these; the true last one does, too.
_MAX_HEADS = 16
_MAX_TRIED = 100_000
# Of what looks like a frame's first two bytes, one by one from the start: in a gigabyte come some 60,000.
_MAX_SYNCS = 1_000_000
_CHUNK_BYTES = 1 << 20
_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_MAX_SUMMED_BYTES = 1 << 21


@dataclass(frozen=True)
class StreamInfo:
    """RFC 9639, section 8.2."""

    max_block_samples: int
    sample_rate_hz: int
    channels: int
    total_samples: int
    """0 where the encoder could not go back to write it."""


@dataclass(frozen=True)
class FrameHead:
    """The header of a frame (section 9.1): where in the recording it begins, and how much it holds."""

    first_sample: int
    samples: int


def parse_stream_info(raw: bytes) -> StreamInfo | None:
    """The block's 34 bytes; None if they cannot be one's."""
    if len(raw) < STREAMINFO_BYTES:
        return None
    bits = int.from_bytes(raw[10:18], "big")
    info = StreamInfo(
        max_block_samples=int.from_bytes(raw[2:4], "big"),
        sample_rate_hz=bits >> 44,
        channels=(bits >> 41 & 7) + 1,
        total_samples=bits & (1 << 36) - 1,
    )
    return info if info.sample_rate_hz and info.max_block_samples else None


def parse_frame_head(raw: bytes, info: StreamInfo) -> FrameHead | None:
    """The frame that *raw* begins; None if its fields or its checksum are none of a frame's."""
    if (
        len(raw) < 6
        or raw[0] != 0xFF
        or raw[1] & 0xFE != 0xF8
        or raw[3] & 1
        or raw[3] >> 4 > 10
        or raw[3] >> 1 & 7 == 3
    ):
        return None
    size_code, rate_code = raw[2] >> 4, raw[2] & 15
    number_bytes = 8 - (raw[4] ^ 0xFF).bit_length() if raw[4] & 0x80 else 1
    if not size_code or rate_code == 15 or raw[4] == 0xFF or raw[4] >> 6 == 2:
        return None
    at = 4 + number_bytes
    size_bytes = {6: 1, 7: 2}.get(size_code, 0)
    samples = _block_samples(size_code, int.from_bytes(raw[at : at + size_bytes], "big"))
    at += size_bytes + {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if at >= len(raw) or _checksum_8(raw[:at]) != raw[at]:
        return None
    number = raw[4] & (0x7F >> number_bytes if number_bytes > 1 else 0x7F)
    for byte in raw[5 : 4 + number_bytes]:
        number = number << 6 | byte & 0x3F
    # A stream of one block size numbers its frames, any other its samples.
    return FrameHead(number if raw[1] & 1 else number * info.max_block_samples, samples)


def _block_samples(code: int, raw: int) -> int:
    if code in (6, 7):
        return raw + 1
    if code == 1:
        return 192
    return 144 << code if code < 6 else 1 << code


def measure_flac(file: BinaryIO, tags: Tags) -> Sound:
    """A FLAC file whose magic stands at `tags.start`.

    Raises:
        AudioError: no sound, or STREAMINFO promises more samples than there are.
    """
    info, start = _skip_metadata(file, tags.start + len(MAGIC), tags.end)
    samples = _last_samples(file, start, tags.end, info)
    if not samples or not 0 <= info.total_samples - samples <= info.max_block_samples:
        samples = _count_samples(file, start, tags.end, info, samples)
    if info.total_samples - samples > info.max_block_samples:
        raise AudioError.torn(info.total_samples, samples, "samples of sound")
    seconds = samples / info.sample_rate_hz
    return Sound(
        container=Container.FLAC,
        codec="flac",
        is_lossless=True,
        duration_seconds=seconds,
        is_counted=samples != info.total_samples,
        sample_rate_hz=info.sample_rate_hz,
        channels=info.channels,
        bit_rate_bps=bit_rate(tags.end - start, seconds),
        extents=((start, tags.end),),
        id3_extents=tags.id3_extents,
    )


def _last_samples(file: BinaryIO, start: int, end: int, info: StreamInfo) -> int:
    """How many samples there are by the number of the last whole frame; 0 if that cannot be told.

    A recording cut out of a stream goes on with the stream's numbers.
    """
    first = parse_frame_head(read_at(file, start, _MAX_HEADER_BYTES), info)
    last = _find_last(file, start, end, info)
    return max(0, last.first_sample + last.samples - first.first_sample) if first and last else 0


def _count_samples(file: BinaryIO, start: int, end: int, info: StreamInfo, by_number: int) -> int:
    """The samples of every frame, where they are not *by_number*: files were joined, or something is missing."""
    counted, position, syncs = 0, start, 0
    while position < end and syncs < _MAX_SYNCS:
        buffer = read_at(file, position, min(_CHUNK_BYTES, end - position))
        is_last = position + len(buffer) >= end
        limit = len(buffer) if is_last else len(buffer) - _MAX_HEADER_BYTES
        if limit <= 0:
            break
        for match in _SYNC.finditer(buffer, 0, limit + 1):
            head = parse_frame_head(buffer[match.start() : match.start() + _MAX_HEADER_BYTES], info)
            counted += head.samples if head and match.start() < limit else 0
            syncs += 1
        position += limit
    # The last one may be torn, of which its header says nothing.
    return by_number if 0 <= counted - by_number <= info.max_block_samples else counted


def _skip_metadata(file: BinaryIO, position: int, end: int) -> tuple[StreamInfo, int]:
    """STREAMINFO, and where the frames begin (section 8.1)."""
    info: StreamInfo | None = None
    for _ in range(MAX_METADATA_BLOCKS):
        head = read_at(file, position, 4)
        size = int.from_bytes(head[1:4], "big")
        if len(head) < 4 or position + 4 + size > end:
            raise AudioError.torn(position + 4 + size, end)
        if head[0] & 0x7F == 0 and info is None:
            info = parse_stream_info(read_at(file, position + 4, min(size, STREAMINFO_BYTES)))
        position += 4 + size
        if head[0] & 0x80:
            break
    if info is None:
        raise AudioError(NO_SOUND)
    return info, position


def _find_last(file: BinaryIO, start: int, end: int, info: StreamInfo) -> FrameHead | None:
    """The last whole frame; None if there is none, or it is further from the end than any frame is long."""
    for window in _WINDOWS_BYTES:
        begin = max(start, end - window)
        tail = read_at(file, begin, end - begin)
        last = _last_whole(tail, list(islice(_heads_backwards(tail, info), _MAX_HEADS)))
        if last or begin == start:
            return last
    return None


def _heads_backwards(tail: bytes, info: StreamInfo) -> Iterator[tuple[int, FrameHead]]:
    """What looks like a frame's header, from the last on, with its offset."""
    position = len(tail)
    for _ in range(_MAX_TRIED):
        position = tail.rfind(b"\xff", 0, position)
        if position < 0:
            return
        head = parse_frame_head(tail[position : position + _MAX_HEADER_BYTES], info)
        if head:
            yield position, head


def _last_whole(tail: bytes, heads: list[tuple[int, FrameHead]]) -> FrameHead | None:
    """The last of *heads*, themselves from the last on, whose frame ends with its checksum where another begins."""
    ends: list[int] = []
    summed = 0
    for offset, head in heads:
        if not ends and _has_end(tail[offset : offset + _MAX_SUMMED_BYTES]):
            return head
        checksum, position = 0, offset
        for end in reversed(ends[-4:]):
            if summed + end - position > _MAX_SUMMED_BYTES:
                break
            summed += end - position
            checksum, position = _checksum_16(tail[position:end], checksum), end
            if checksum == 0:
                return head
        ends.append(offset)
    return None


def _has_end(frame: bytes) -> bool:
    """Whether a frame's checksum stands somewhere in these bytes, junk behind it or not; a torn frame has none."""
    value, table = 0, _CRC_16
    for count, byte in enumerate(frame):
        value = value << 8 & 0xFFFF ^ table[value >> 8 ^ byte]
        if not value and count > _MIN_FRAME_BYTES:
            return True
    return False


def _table(polynomial: int, width: int) -> list[int]:
    table = []
    for byte in range(256):
        value = byte << width - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> width - 1 else 0)
        table.append(value & (1 << width) - 1)
    return table


# Section 9.1.8 and 9.3.
_CRC_8 = _table(0x107, 8)
_CRC_16 = _table(0x18005, 16)


def _checksum_8(raw: bytes) -> int:
    value = 0
    for byte in raw:
        value = _CRC_8[value ^ byte]
    return value


def _checksum_16(raw: bytes, value: int) -> int:
    table = _CRC_16
    for byte in raw:
        value = value << 8 & 0xFFFF ^ table[value >> 8 ^ byte]
    return value
