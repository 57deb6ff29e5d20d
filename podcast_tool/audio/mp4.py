"""The layout of an MP4 file: its top-level boxes (ISO 14496-12, section 4.2)."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import BinaryIO

MAX_BOXES = 100_000

# ISO 14496-12, table 1, and what Apple's programs write at the top level.
KINDS = frozenset(
    b"ftyp pdin moov moof mfra mdat free skip meta meco styp sidx ssix prft uuid wide pnot PICT udta".split()
)

# Ten hours of sound need about 10 MB of tables.
MAX_MOOV_BYTES = 64_000_000


@dataclass(frozen=True)
class Box:
    """One top-level box; `end` may lie behind the end of a torn file."""

    kind: bytes
    payload: int
    end: int


def list_boxes(file: BinaryIO) -> list[Box]:
    """The top-level boxes in their order, up to what cannot be one."""
    file_end = file.seek(0, os.SEEK_END)
    boxes: list[Box] = []
    position = 0
    while position + 8 <= file_end and len(boxes) < MAX_BOXES:
        file.seek(position)
        head = file.read(16)
        size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:  # to the end of the file
            size = file_end - position
        if size < header or kind not in KINDS:  # tags of other formats are appended by some programs
            break
        boxes.append(Box(kind, position + header, position + size))
        position += size
    return boxes


def has_video(file: BinaryIO, boxes: list[Box]) -> bool:
    """Whether a track's handler (`hdlr`, section 8.4.3) is that of video."""
    for box in boxes:
        if box.kind == b"moov":
            file.seek(box.payload)
            if re.search(rb"hdlr.{8}vide", file.read(min(box.end - box.payload, MAX_MOOV_BYTES)), re.DOTALL):
                return True
    return False
