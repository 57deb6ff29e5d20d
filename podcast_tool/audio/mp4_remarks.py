"""What an MP4 file says beside its sound and its iTunes tags, taken out before the file is published.

It becomes empty room of the same size, so that nothing moves: the index tells of the sound by its offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from podcast_tool.audio.mp4 import Box, list_boxes, list_children
from podcast_tool.audio.sound import read_at

# QuickTime's own texts, metadata with keys, XMP, and room in which editors leave what stood there before.
_REMARKS = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
_TEXT_HANDLERS = frozenset({b"text", b"sbtl", b"subt"})
_CHUNK_BYTES = 1 << 20


def blank_remarks(path: Path, *, keeps_chapters: bool) -> None:
    """Blank them in the MP4 file *path*, and cut off what other formats' tags stand behind it.

    Raises:
        OSError: the disk refused; the file is named.
    """
    try:
        with path.open("r+b") as file:
            boxes = list_boxes(file)
            if boxes:
                file.truncate(boxes[-1].end)
            for box in list(_remarks(file, boxes, keeps_chapters)):
                _blank(file, box)
    except OSError as error:  # those of writing name none
        error.filename = error.filename or str(path)
        raise


def _remarks(file: BinaryIO, boxes: list[Box], keeps_chapters: bool) -> Iterator[Box]:
    for box in boxes:
        if box.kind in _REMARKS:
            yield box
        elif box.kind == b"moov":
            yield from _remarks_of_movie(file, box, keeps_chapters)


def _remarks_of_movie(file: BinaryIO, moov: Box, keeps_chapters: bool) -> Iterator[Box]:
    for box in list_children(file, moov):
        if box.kind == b"udta" and keeps_chapters:
            yield from (inner for inner in list_children(file, box) if inner.kind != b"chpl")
        elif box.kind in _REMARKS or (_is_text(file, box) and not keeps_chapters):
            yield box
        elif box.kind == b"trak":
            # Without their texts nothing may name them as a track's chapters (`tref`).
            wanted = _REMARKS if keeps_chapters else _REMARKS | {b"tref"}
            yield from (inner for inner in list_children(file, box) if inner.kind in wanted)


def _is_text(file: BinaryIO, trak: Box) -> bool:
    if trak.kind != b"trak":
        return False
    media = [box for box in list_children(file, trak) if box.kind == b"mdia"]
    handlers = [box for inner in media for box in list_children(file, inner) if box.kind == b"hdlr"]
    return any(read_at(file, box.payload + 8, 4) in _TEXT_HANDLERS for box in handlers)


def _blank(file: BinaryIO, box: Box) -> None:
    # Before the payload stands the name, or the name and a size of 64 bits.
    name = box.payload - 4 if read_at(file, box.payload - 4, 4) == box.kind else box.payload - 12
    file.seek(name)
    file.write(b"free")
    file.seek(box.payload)
    for at in range(box.payload, box.end, _CHUNK_BYTES):
        file.write(bytes(min(_CHUNK_BYTES, box.end - at)))
