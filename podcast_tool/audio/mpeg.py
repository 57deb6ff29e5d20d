"""The layout of an MP3 file: where its sound lies between the tags, and its frames, each one counted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import BinaryIO

# ISO 11172-3 and 13818-3, layer III: kbit/s by the header's index, MPEG-1 and MPEG-2/2.5.
_BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

_ID3V1_BYTES = 128
_APE_FOOTER_BYTES = 32
_LYRICS3_END = b"LYRICS200"


@dataclass(frozen=True)
class Frame:
    """The header of one layer III frame."""

    size_bytes: int
    samples: int
    sample_rate_hz: int
    side_info_bytes: int
    """Of two channels; a header alone does not tell before its fourth byte."""


def parse_frame(header: bytes) -> Frame | None:
    """The frame that these four bytes begin; None if they begin none (free format, whose size is untold, included)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate_index, rate_index = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or bitrate_index in (0, 15) or rate_index == 3:
        return None
    is_v1 = version == 3
    bitrate = (_BITRATES_V1 if is_v1 else _BITRATES_V2)[bitrate_index] * 1000
    rate = _SAMPLE_RATES[version][rate_index]
    samples = 1152 if is_v1 else 576
    return Frame(
        size_bytes=samples // 8 * bitrate // rate + (header[2] >> 1 & 1),
        samples=samples,
        sample_rate_hz=rate,
        side_info_bytes=32 if is_v1 else 17,
    )


def find_sound(file: BinaryIO) -> tuple[int, int]:
    """Where the sound begins and ends: every byte between the tags at the file's start and those at its end."""
    end = file.seek(0, os.SEEK_END)
    start = _skip_leading_tags(file, end)
    return start, _skip_trailing_tags(file, start, end)


def _skip_leading_tags(file: BinaryIO, end: int) -> int:
    position = 0
    while position < end:
        file.seek(position)
        head = file.read(32)
        if head[:3] == b"ID3" and len(head) >= 10:
            # A footer, flagged in bit 4, is 10 bytes more (ID3v2.4, section 3.4).
            position += 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)
        elif head[:8] == b"APETAGEX" and len(head) == _APE_FOOTER_BYTES:
            position += _APE_FOOTER_BYTES + int.from_bytes(head[12:16], "little")
        else:
            break
    return min(position, end)


def _skip_trailing_tags(file: BinaryIO, start: int, end: int) -> int:
    while end > start:
        size = _trailing_tag_bytes(file, start, end)
        if size <= 0 or end - size < start:
            break
        end -= size
    return end


def _trailing_tag_bytes(file: BinaryIO, start: int, end: int) -> int:
    """The size of the tag that ends at *end*; 0 if none does."""

    def tail(size: int) -> bytes:
        file.seek(max(start, end - size))
        return file.read(end - max(start, end - size))

    if tail(_ID3V1_BYTES)[:3] == b"TAG" and end - start >= _ID3V1_BYTES:
        return _ID3V1_BYTES
    footer = tail(_APE_FOOTER_BYTES)
    if footer[:8] == b"APETAGEX":
        has_header = int.from_bytes(footer[20:24], "little") >> 31
        return int.from_bytes(footer[12:16], "little") + (_APE_FOOTER_BYTES if has_header else 0)
    if footer[-9:] == _LYRICS3_END and footer[-15:-9].isdigit():
        return int(footer[-15:-9]) + 15
    if footer[-10:-7] == b"3DI":
        return _syncsafe(footer[-4:]) + 20
    return 0


def _syncsafe(raw: bytes) -> int:
    return (raw[0] & 0x7F) << 21 | (raw[1] & 0x7F) << 14 | (raw[2] & 0x7F) << 7 | raw[3] & 0x7F


# -- the frames -------------------------------------------------------------------------------------------------------

_CHUNK_BYTES = 1 << 20
# Two of the longest frames, and a header behind them: enough to see whether a frame is followed by another.
_LOOKAHEAD_BYTES = 2 * 1441 + 8

# By the second and third byte of a header; a table, since an hour has 138,000 frames.
_FRAMES = [parse_frame(bytes((0xFF, key >> 8, key & 0xFF, 0))) if key >> 13 == 7 else None for key in range(1 << 16)]

# Decoders add this many samples before the first (ISO 11172-3's synthesis filter, as LAME and ffmpeg count it).
_DECODER_DELAY_SAMPLES = 529


@dataclass(frozen=True)
class FrameWalk:
    """What the frames of an MP3 file come to, each one counted."""

    frame_count: int
    duration_seconds: float
    """As a decoder gives it: without the header's own frame, and without what the encoder added at both ends."""
    promised_bytes: int | None
    """Of sound, from the header's frame on, as a Xing, Info or VBRI header tells."""
    first_frame: int
    """Its offset; what stands before it is junk."""


@dataclass(frozen=True)
class _Header:
    """What a Xing, Info or VBRI header in the first frame tells."""

    size_bytes: int | None
    start_skip_samples: int = 0
    end_padding_samples: int = 0


def walk_frames(file: BinaryIO, start: int, end: int) -> FrameWalk | None:
    """Count every frame between *start* and *end*; None where there are none of MPEG layer III.

    The headers of VBR files promise wrong lengths too often to be believed, and some files have none.
    """
    base, position = start, 0
    file.seek(start)
    buffer = file.read(_CHUNK_BYTES)
    header: _Header | None = None
    first_frame = -1
    frames = 0
    samples: dict[int, int] = {}  # by sample rate, since joined files may change it
    last: Frame | None = None
    while base + position + 4 <= end:
        if position + _LOOKAHEAD_BYTES > len(buffer) and base + len(buffer) < end:
            base += position
            file.seek(base)
            buffer, position = file.read(_CHUNK_BYTES), 0
            if len(buffer) < 4:
                break
        frame = _FRAMES[buffer[position + 1] << 8 | buffer[position + 2]] if buffer[position] == 0xFF else None
        if frame and (frame is last or _is_followed(buffer, position, frame, base, end)):
            if base + position + frame.size_bytes > end:
                break  # the last frame is not whole: decoders pass over it
            if first_frame < 0:
                first_frame = base + position
                header = _parse_header(buffer[position : position + frame.size_bytes], frame)
            if header is None or frames or base + position != first_frame:
                samples[frame.sample_rate_hz] = samples.get(frame.sample_rate_hz, 0) + frame.samples
                frames += 1
            last = frame
            position += frame.size_bytes
        else:
            position += _step_over(buffer, position)
            last = None
            if position >= len(buffer) and base + position < end:
                base += position
                file.seek(base)
                buffer, position = file.read(_CHUNK_BYTES), 0
                if not buffer:
                    break
    if not frames:
        return None
    return FrameWalk(
        frame_count=frames,
        duration_seconds=sum(n / rate for rate, n in samples.items()) - _trimmed_seconds(header, samples),
        promised_bytes=header.size_bytes if header else None,
        first_frame=first_frame,
    )


def _is_followed(buffer: bytes, position: int, frame: Frame, base: int, end: int) -> bool:
    """Whether another frame of the same kind, or the end, comes where this one ends: noise looks like a header, too."""
    following = position + frame.size_bytes
    if base + following + 4 > end:
        return True
    if following + 3 > len(buffer) or buffer[following] != 0xFF:
        return buffer[following : following + 3] in (b"ID3", b"TAG")
    other = _FRAMES[buffer[following + 1] << 8 | buffer[following + 2]]
    return other is not None and other.sample_rate_hz == frame.sample_rate_hz


def _step_over(buffer: bytes, position: int) -> int:
    """How far to the next place where a frame may begin: behind a tag, or at the next 0xFF."""
    if buffer[position : position + 3] == b"ID3" and position + 10 <= len(buffer):
        return 10 + _syncsafe(buffer[position + 6 : position + 10])
    following = buffer.find(b"\xff", position + 1)
    return (following if following >= 0 else len(buffer)) - position


def _parse_header(first: bytes, frame: Frame) -> _Header | None:
    is_mono_xing, is_stereo_xing = 4 + _mono_side_info(frame), 4 + frame.side_info_bytes
    for at in (is_stereo_xing, is_mono_xing):
        if first[at : at + 4] in (b"Xing", b"Info"):
            return _parse_xing(first[at + 4 :])
    if first[36:40] == b"VBRI":
        return _Header(size_bytes=int.from_bytes(first[46:50], "big"))
    return None


def _mono_side_info(frame: Frame) -> int:
    return 17 if frame.samples == 1152 else 9


def _parse_xing(fields: bytes) -> _Header:
    flags, at = int.from_bytes(fields[:4], "big"), 4
    found: dict[int, int] = {}
    for flag, size in ((1, 4), (2, 4), (4, 100), (8, 4)):
        if flags & flag:
            found[flag] = int.from_bytes(fields[at : at + size], "big")
            at += size
    encoder = fields[at : at + 4]
    delays = int.from_bytes(fields[at + 21 : at + 24], "big") if encoder in (b"LAME", b"Lavf", b"Lavc") else 0
    return _Header(
        size_bytes=found.get(2),
        start_skip_samples=(delays >> 12) + _DECODER_DELAY_SAMPLES if delays else 0,
        end_padding_samples=max(0, (delays & 0xFFF) - _DECODER_DELAY_SAMPLES) if delays else 0,
    )


def _trimmed_seconds(header: _Header | None, samples: dict[int, int]) -> float:
    """What the encoder added, which decoders take off again."""
    if header is None or not samples:
        return 0.0
    rate = next(iter(samples))
    return min(header.start_skip_samples + header.end_padding_samples, samples[rate]) / rate


def is_free_format(file: BinaryIO, start: int, end: int) -> bool:
    """Whether the sound begins with frames that do not tell their size, which hardly any player can play."""
    file.seek(start)
    head = file.read(min(4, end - start))
    return (
        len(head) == 4
        and head[0] == 0xFF
        and head[1] & 0xE6 == 0xE2
        and head[1] >> 3 & 3 != 1
        and head[2] >> 4 == 0
        and head[2] >> 2 & 3 != 3
    )
