"""The layout of an MP3 file: where its sound lies between the tags, and what its first frame promises."""

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


def parse_frame(header: bytes) -> Frame | None:
    """The frame that these four bytes begin; None if they begin none (free format, whose size is untold, included)."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    bitrate_index, rate_index = header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or layer != 1 or bitrate_index in (0, 15) or rate_index == 3:
        return None
    is_v1, is_mono = version == 3, header[3] >> 6 == 3
    bitrate = (_BITRATES_V1 if is_v1 else _BITRATES_V2)[bitrate_index] * 1000
    rate = _SAMPLE_RATES[version][rate_index]
    samples = 1152 if is_v1 else 576
    return Frame(
        size_bytes=samples // 8 * bitrate // rate + (header[2] >> 1 & 1),
        samples=samples,
        sample_rate_hz=rate,
        side_info_bytes=(17 if is_mono else 32) if is_v1 else (9 if is_mono else 17),
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


def promised_bytes(file: BinaryIO, start: int) -> int | None:
    """How many bytes of sound the Xing, Info or VBRI header in the first frame tells of; None where there is none."""
    file.seek(start)
    head = file.read(4096)
    for at in range(len(head) - 4):
        frame = parse_frame(head[at : at + 4])
        if frame is None:
            continue
        xing = at + 4 + frame.side_info_bytes
        if head[xing : xing + 4] in (b"Xing", b"Info"):
            flags = int.from_bytes(head[xing + 4 : xing + 8], "big")
            field = xing + 8 + (4 if flags & 1 else 0)
            return at + int.from_bytes(head[field : field + 4], "big") if flags & 2 else None
        if head[at + 36 : at + 40] == b"VBRI":
            return at + int.from_bytes(head[at + 46 : at + 50], "big")
        return None
    return None
