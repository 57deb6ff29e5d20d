"""AAC without a container: a stream of ADTS frames (ISO 13818-7, section 6.2), each one counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import BinaryIO

from podcast_tool.audio.mpeg import Tags
from podcast_tool.audio.sound import Container, Sound, bit_rate, read_at

# ISO 14496-3, table 1.18; the last three indexes are reserved or name no rate.
SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
SAMPLES_IN_BLOCK = 1024

_HEADER_BYTES = 7
_MAX_FRAME_BYTES = (1 << 13) - 1
_CHUNK_BYTES = 1 << 20
# The layer's two bits are 0, which they never are of an MP3's frame.
_SYNC = re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")
# Junk that looks like one frame is followed by what looks like another once in 2^28 places.
_SURE_FRAMES = 3
# Of places that only look like a frame's: an hour of noise has some thousands, a file made for it has millions.
_MAX_MISSES = 300_000


@dataclass
class _Count:
    """What a walk has found so far."""

    frames: int = 0
    frame_bytes: int = 0
    seconds: float = 0.0
    rate_hz: int = 0
    channels: int = 0
    misses: int = 0


def begins_adts(file: BinaryIO, start: int, end: int) -> bool:
    """Whether frames of ADTS, one behind the other, begin near *start*."""
    buffer = read_at(file, start, min(end - start, 1 << 17))
    for match in _SYNC.finditer(buffer, 0, 1 << 16):
        position = match.start()
        for _ in range(_SURE_FRAMES):
            size = _frame_bytes(buffer, position)
            position += size
            if not size:
                break
        else:
            return True
    return False


def measure_adts(file: BinaryIO, tags: Tags) -> Sound | None:
    """The frames between *tags* at both ends; None if there are none but by chance."""
    position, count = tags.start, _Count()
    while position < tags.end and count.misses < _MAX_MISSES:
        buffer = read_at(file, position, min(_CHUNK_BYTES, tags.end - position))
        if not buffer:
            break
        position += _count_frames(buffer, count, is_last=position + len(buffer) >= tags.end)
    begins_with_one = _frame_bytes(read_at(file, tags.start, _HEADER_BYTES), 0) > 0
    if count.misses >= _MAX_MISSES or not count.frames or (count.frames < _SURE_FRAMES and not begins_with_one):
        return None
    return Sound(
        container=Container.ADTS,
        codec="aac",
        is_lossless=False,
        duration_seconds=count.seconds,
        is_counted=True,
        sample_rate_hz=count.rate_hz,
        channels=count.channels,
        bit_rate_bps=bit_rate(count.frame_bytes, count.seconds),
        extents=((tags.start, tags.end),),
        id3_extents=tags.id3_extents,
    )


def _count_frames(buffer: bytes, count: _Count, *, is_last: bool) -> int:
    """Add the frames of *buffer* to *count*; gives how many bytes are done with."""
    position = 0
    limit = len(buffer) if is_last else len(buffer) - _MAX_FRAME_BYTES - _HEADER_BYTES
    is_in_step = False
    while position < limit:
        size = _frame_bytes(buffer, position)
        following = position + size
        if not size or not (is_in_step or following >= len(buffer) - _HEADER_BYTES or _frame_bytes(buffer, following)):
            count.misses += 1
            match = _SYNC.search(buffer, position + 1)
            position, is_in_step = match.start() if match else max(limit, position + 1), False
            continue
        if following > len(buffer):
            break  # the last frame is not whole: decoders pass over it
        _add_frame(buffer, position, size, count)
        position, is_in_step = following, True
    return len(buffer) if is_last else position


def _add_frame(buffer: bytes, position: int, size: int, count: _Count) -> None:
    rate = SAMPLE_RATES[buffer[position + 2] >> 2 & 15]
    if not count.frames:
        configuration = (buffer[position + 2] & 1) << 2 | buffer[position + 3] >> 6
        has_crc = not buffer[position + 1] & 1
        block = buffer[position + (9 if has_crc else _HEADER_BYTES) : position + size]
        count.rate_hz, count.channels = rate, CHANNELS[configuration] or _program_channels(block) or 2
    count.frames += 1
    count.frame_bytes += size
    count.seconds += SAMPLES_IN_BLOCK * ((buffer[position + 6] & 3) + 1) / rate


def _frame_bytes(buffer: bytes, position: int) -> int:
    """The size of the frame that begins at *position*; 0 if none does."""
    head = buffer[position : position + _HEADER_BYTES]
    if len(head) < _HEADER_BYTES or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[2] >> 2 & 15 >= len(SAMPLE_RATES):
        return 0
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return size if size > _HEADER_BYTES else 0


def _program_channels(block: bytes) -> int:
    """Channels as a program_config_element at the front of *block* lists them (section 8.5); 0 if there is none."""
    bits = int.from_bytes(block[:64].ljust(64, b"\0"), "big")
    at = 0

    def take(width: int) -> int:
        nonlocal at
        at += width
        return bits >> (512 - at) & ((1 << width) - 1)

    if take(3) != 5:
        return 0
    take(4 + 2 + 4)
    front, side, back, low = take(4), take(4), take(4), take(2)
    take(3 + 4)
    for width in (4, 4, 3):  # mono, stereo and matrix mix-down
        if take(1):
            take(width)
    pairs = 0
    for _ in range(front + side + back):
        pairs += take(1)
        take(4)
    return front + side + back + pairs + low
