"""The layout of an MP3 file: where its sound lies between the tags, and its frames, each one counted."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import BinaryIO

from podcast_tool.audio.sound import AudioError, Container, Extent, Sound, bit_rate, read_at

# ISO 11172-3 and 13818-3, layer III: kbit/s by the header's index, MPEG-1 and MPEG-2/2.5.
_BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_SAMPLE_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}

_ID3V1_BYTES = 128
_APE_FOOTER_BYTES = 32
_LYRICS3_END = b"LYRICS200"
# At either end; files joined of tagged ones have two or three.
_MAX_TAGS = 1000


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


@dataclass(frozen=True)
class Tags:
    """Where the sound begins and ends, and the ID3 tags at both ends."""

    start: int
    end: int
    id3_extents: tuple[Extent, ...]
    """ID3v2 in the order in which they stand, then ID3v1."""


def find_tags(file: BinaryIO, start: int = 0) -> Tags:
    """The tags in front of the sound, from *start* on, and those behind it."""
    file_end = file.seek(0, os.SEEK_END)
    start, leading = _skip_leading_tags(file, start, file_end)
    end, trailing = _skip_trailing_tags(file, start, file_end)
    id3v2 = [(begin, behind) for kind, begin, behind in reversed(trailing) if kind == b"ID3"]
    id3v1 = [(begin, behind) for kind, begin, behind in trailing if kind == b"TAG"]
    return Tags(start, end, (*leading, *id3v2, *id3v1[:1]))


def _skip_leading_tags(file: BinaryIO, position: int, end: int) -> tuple[int, list[Extent]]:
    """Where they end, and those that are ID3."""
    id3: list[Extent] = []
    while position < end and len(id3) < _MAX_TAGS:
        head = read_at(file, position, 32)
        size = id3_bytes(head)
        if size and position + size <= end:
            id3.append((position, position + size))
        elif head[:8] == b"APETAGEX" and len(head) == _APE_FOOTER_BYTES:
            size = _APE_FOOTER_BYTES + int.from_bytes(head[12:16], "little")
        if not size or position + size > end:  # a tag that says it is longer than the file is junk before the sound
            break
        position += size
    return position, id3


def id3_bytes(head: bytes) -> int:
    """The size of the ID3v2 tag whose first ten bytes are *head*; 0 if it is none (ID3v2.4, section 3.1)."""
    if len(head) < 10 or head[:3] != b"ID3" or 0xFF in head[3:5] or max(head[6:10]) > 0x7F:
        return 0
    # A footer, flagged in bit 4, is 10 bytes more (section 3.4).
    return 10 + _syncsafe(head[6:10]) + (10 if head[5] & 0x10 else 0)


def _skip_trailing_tags(file: BinaryIO, start: int, end: int) -> tuple[int, list[tuple[bytes, int, int]]]:
    """Where they begin; and their kinds and extents, the last first."""
    tags: list[tuple[bytes, int, int]] = []
    while end > start and len(tags) < _MAX_TAGS:
        kind, size = _trailing_tag(file, start, end)
        if size <= 0 or end - size < start:
            break
        tags.append((kind, end - size, end))
        end -= size
    return end, tags


def _trailing_tag(file: BinaryIO, start: int, end: int) -> tuple[bytes, int]:
    """The kind and the size of the tag that ends at *end*; the size is 0 if none does."""

    def tail(size: int) -> bytes:
        return read_at(file, max(start, end - size), min(size, end - start))

    if tail(_ID3V1_BYTES)[:3] == b"TAG" and end - start >= _ID3V1_BYTES:
        return b"TAG", _ID3V1_BYTES
    footer = tail(_APE_FOOTER_BYTES)
    if footer[:8] == b"APETAGEX":
        has_header = int.from_bytes(footer[20:24], "little") >> 31
        return b"APE", int.from_bytes(footer[12:16], "little") + (_APE_FOOTER_BYTES if has_header else 0)
    if footer[-9:] == _LYRICS3_END and footer[-15:-9].isdigit():
        return b"LYRICS", int(footer[-15:-9]) + 15
    if footer[-10:-7] == b"3DI":
        return b"ID3", _syncsafe(footer[-4:]) + 20
    return b"", 0


def _syncsafe(raw: bytes) -> int:
    return (raw[0] & 0x7F) << 21 | (raw[1] & 0x7F) << 14 | (raw[2] & 0x7F) << 7 | raw[3] & 0x7F


# -- the frames -------------------------------------------------------------------------------------------------------

_CHUNK_BYTES = 1 << 20
# Two of the longest frames, and a header behind them: enough to see whether a frame is followed by another.
_LOOKAHEAD_BYTES = 2 * 1441 + 8
# Of places that are passed over one by one; an hour of noise has some thousands.
_MAX_STEPS = 500_000

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
    frame_bytes: int
    sample_rate_hz: int
    """Of the first frame, as are the channels."""
    channels: int


@dataclass(frozen=True)
class _Header:
    """What a Xing, Info or VBRI header in the first frame tells."""

    size_bytes: int | None
    start_skip_samples: int = 0
    end_padding_samples: int = 0


@dataclass
class _Walk:
    """What a walk has found so far."""

    header: _Header | None = None
    first_frame: int = -1
    first_rate_hz: int = 0
    channels: int = 0
    frames: int = 0
    frame_bytes: int = 0
    samples: dict[int, int] = field(default_factory=dict)
    """By sample rate, since joined files may change it."""
    steps: int = 0
    """Over what is no frame."""


def walk_frames(file: BinaryIO, start: int, end: int) -> FrameWalk | None:
    """Count every frame between *start* and *end*; None where there are none of MPEG layer III.

    The headers of VBR files promise wrong lengths too often to be believed, and some files have none.
    """
    position, walk = start, _Walk()
    while position + 4 <= end and walk.steps < _MAX_STEPS:
        buffer = read_at(file, position, min(_CHUNK_BYTES, end - position))
        if len(buffer) < 4:
            break
        position += _walk_buffer(buffer, position, walk, is_last=position + len(buffer) >= end)
    if not walk.frames or walk.steps >= _MAX_STEPS:
        return None
    seconds = sum(n / rate for rate, n in walk.samples.items()) - _trimmed_seconds(walk.header, walk.samples)
    return FrameWalk(
        frame_count=walk.frames,
        duration_seconds=seconds,
        promised_bytes=walk.header.size_bytes if walk.header else None,
        first_frame=walk.first_frame,
        frame_bytes=walk.frame_bytes,
        sample_rate_hz=walk.first_rate_hz,
        channels=walk.channels,
    )


def _walk_buffer(buffer: bytes, base: int, walk: _Walk, *, is_last: bool) -> int:
    """Add the frames of *buffer*, which stands at *base*, to *walk*; gives how many of its bytes are done with."""
    position, limit = 0, len(buffer) - (3 if is_last else _LOOKAHEAD_BYTES)
    last: Frame | None = None
    while position < limit:
        frame = _FRAMES[buffer[position + 1] << 8 | buffer[position + 2]] if buffer[position] == 0xFF else None
        if frame is None or not (
            frame is last
            or (last and last.sample_rate_hz == frame.sample_rate_hz)
            or _is_followed(buffer, position, frame)
        ):
            position += _step_over(buffer, position, is_last=is_last)
            walk.steps += 1
            last = None
            continue
        following = position + frame.size_bytes
        if following > len(buffer):
            break  # the last frame is not whole: decoders pass over it
        if walk.first_frame >= 0 or not _begin(walk, buffer[position:following], base + position, frame):
            walk.frames += 1
            walk.frame_bytes += frame.size_bytes
            walk.samples[frame.sample_rate_hz] = walk.samples.get(frame.sample_rate_hz, 0) + frame.samples
        last, position = frame, following
    return max(position, len(buffer)) if is_last else position


def _begin(walk: _Walk, first: bytes, offset: int, frame: Frame) -> bool:
    """Note what the first frame tells; whether it is a header's, which is no sound."""
    walk.first_frame, walk.first_rate_hz = offset, frame.sample_rate_hz
    walk.channels = 1 if first[3] >> 6 == 3 else 2
    walk.header = _parse_header(first, frame)
    return walk.header is not None


def _is_followed(buffer: bytes, position: int, frame: Frame) -> bool:
    """Whether another frame of the same kind, or the end, comes where this one ends: noise looks like a header, too."""
    following = position + frame.size_bytes
    if following + 4 > len(buffer):  # never but at the end: the buffer holds more than two frames
        return True
    if buffer[following] != 0xFF:
        return buffer[following : following + 3] in (b"ID3", b"TAG")
    other = _FRAMES[buffer[following + 1] << 8 | buffer[following + 2]]
    return other is not None and other.sample_rate_hz == frame.sample_rate_hz


# What may begin a frame of layer III: so that zeros, or a picture's bytes, are passed at the speed of C.
_HEAD = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")


def _step_over(buffer: bytes, position: int, *, is_last: bool) -> int:
    """How far to the next place where a frame may begin: behind a tag, or at the next bytes like a header's."""
    tag = id3_bytes(buffer[position : position + 10])
    if tag and not (is_last and position + tag > len(buffer)):
        return tag
    following = _HEAD.search(buffer, position + 1)
    return (following.start() if following else max(len(buffer) - 2, position + 1)) - position


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


# -- the file ---------------------------------------------------------------------------------------------------------

# A Xing header counts whole frames; encoders differ by one of them. The longest frame has 1441 bytes.
_FRAME_SLACK_BYTES = 1500

# Noise has one frame that is followed by another once in 2^28 bytes, but not four of them. In a gigabyte of it they
# are still less than this share.
_SURE_FRAMES = 4
_SURE_SHARE = 1000


def measure_mp3(file: BinaryIO, tags: Tags) -> Sound | None:
    """The frames between *tags* at both ends; None if there are none but by chance.

    Raises:
        AudioError: the header promises more bytes than there are, or no app could play it.
    """
    walk = walk_frames(file, tags.start, tags.end)
    if walk is None or not _is_credible(walk, tags):
        if is_free_format(file, tags.start, tags.end):
            raise AudioError("is free-format MP3, which hardly any app plays; export it with a bit rate")
        if is_layer_two(file, tags.start, tags.end):
            raise AudioError("is MPEG layer II, which podcast apps do not play; export the recording as MP3 or M4A")
        return None
    there = tags.end - walk.first_frame
    if walk.promised_bytes is not None and walk.promised_bytes > there + _FRAME_SLACK_BYTES:
        raise AudioError.torn(walk.promised_bytes, there, "bytes of sound")
    return Sound(
        container=Container.MP3,
        codec="mp3",
        is_lossless=False,
        duration_seconds=walk.duration_seconds,
        is_counted=True,
        sample_rate_hz=walk.sample_rate_hz,
        channels=walk.channels,
        bit_rate_bps=bit_rate(walk.frame_bytes, walk.duration_seconds),
        extents=((tags.start, tags.end),),
        id3_extents=tags.id3_extents,
    )


def _is_credible(walk: FrameWalk, tags: Tags) -> bool:
    is_mostly_junk = walk.frame_bytes < (tags.end - walk.first_frame) // _SURE_SHARE
    return walk.first_frame == tags.start or (walk.frame_count >= _SURE_FRAMES and not is_mostly_junk)


# ISO 11172-3 and 13818-3, layers I and II: kbit/s by the header's index.
_BITRATES_V1_I = (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_BITRATES_V1_II = (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_BITRATES_V2_I = (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LOWER_LAYERS = re.compile(rb"\xff[\xe4-\xe7\xf4-\xf7\xfc-\xff][\x10-\xef]")


def is_layer_two(file: BinaryIO, start: int, end: int) -> bool:
    """Whether the sound begins, behind junk at most, with frames of layer II or I."""
    buffer = read_at(file, start, min(end - start, 1 << 16))
    for match in _LOWER_LAYERS.finditer(buffer):
        position = match.start()
        for _ in range(_SURE_FRAMES):
            size = _lower_frame_bytes(buffer[position : position + 4])
            position += size
            if not size:
                break
        else:
            return True
    return False


def _lower_frame_bytes(header: bytes) -> int:
    """The size of the frame of layer II or I that these four bytes begin; 0 if they begin none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE4 != 0xE4:
        return 0
    version, is_layer_one = header[1] >> 3 & 3, header[1] >> 1 & 3 == 3
    bitrate_index, rate_index, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or bitrate_index in (0, 15) or rate_index == 3:
        return 0
    by_layer = (_BITRATES_V1_I, _BITRATES_V1_II) if version == 3 else (_BITRATES_V2_I, _BITRATES_V2)
    bitrate, rate = by_layer[not is_layer_one][bitrate_index] * 1000, _SAMPLE_RATES[version][rate_index]
    return (12 * bitrate // rate + padding) * 4 if is_layer_one else 144 * bitrate // rate + padding
