"""Word files (.docx): their text, and what their authors have not decided on yet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any

from podcast_tool.model import Block
from podcast_tool.picture.embedded import MAX_EMBEDDED_BYTES
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.walk import PageError
from podcast_tool.text import clean_text

# Of all parts unpacked, pictures left out: a book of 1000 pages has about 10 MB of XML.
MAX_XML_BYTES = 30_000_000
MAX_PARTS = 5_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

# ECMA-376, section 17.13: runs inserted, deleted or moved while changes were tracked.
# The words under a picture have a style of that name in each of Word's languages (ECMA-376, section 17.7.4.9).
_CAPTIONS = "p[style-name='caption'] => figcaption:fresh"

_CHANGE = re.compile(rb"<w:(?:ins|del|moveFrom|moveTo)[ >]")
_COMMENT = re.compile(rb"<w:comment[ >]")

Embed = Callable[[Callable[[], bytes | None]], str]
"""Given what reads a picture (none if the file only says where it lies), the name that stands for it."""


class WordError(ValueError):
    """A Word file cannot be read; the message goes behind its name."""


@dataclass(frozen=True)
class WordDocument:
    """What a Word file says."""

    blocks: list[Block]
    unaccepted_changes: int
    comment_count: int


def read_word(raw: bytes, embed: Embed | None = None) -> WordDocument:
    """The text of a .docx with all insertions in and all deletions out.

    Args:
        embed: asked for a name of each of its pictures, by which it is told where they stand (`Shown`); without,
            pictures are passed over.

    Raises:
        WordError: protected by a password, of the old format, broken, or swollen beyond all measure.
    """
    if raw.startswith(_OLE):
        if _ENCRYPTED in raw:
            raise WordError("is protected by a password; save it without one")
        raise WordError("is in the old Word format; save it as .docx")
    document, comments = _parts(raw)
    import mammoth  # it takes as long to import as all the rest

    try:
        html = mammoth.convert_to_html(
            BytesIO(raw),
            convert_image=mammoth.images.img_element(partial(_embed, embed) if embed else lambda _: {}),
            style_map=_CAPTIONS,
            external_file_access=False,
        ).value
    except Exception as error:  # mammoth lets errors of many kinds through for XML that lies
        raise WordError("cannot be read as a Word file; open it in Word and save it again") from error
    try:
        blocks = parse_fragment(clean_text(html), with_pictures=embed is not None)
    except PageError as error:
        raise WordError(str(error)) from error
    return WordDocument(
        blocks=blocks,
        unaccepted_changes=len(_CHANGE.findall(document)),
        comment_count=len(_COMMENT.findall(comments)),
    )


def _embed(embed: Embed, image: Any) -> dict[str, str]:
    """The <img> of a picture, as mammoth asks for it; the text that describes it is added there."""
    return {"src": embed(partial(_read_picture, image.open))}


def _read_picture(open_part: Callable[[], Any]) -> bytes | None:
    """A torn one as no bytes at all; none where the file only says where it lies."""
    try:
        with open_part() as part:
            content: bytes = part.read(MAX_EMBEDDED_BYTES + 1)
    except ValueError:  # mammoth's ExternalFileAccessIsDisabledError
        return None
    except Exception:  # KeyError, BadZipFile, zlib.error and whatever else unpacking may raise
        return b""
    return content


def _parts(raw: bytes) -> tuple[bytes, bytes]:
    """The XML of the text and of the comments, once the file is known to be harmless."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            xml = [info for info in package.infolist() if info.filename.endswith((".xml", ".rels"))]
            if len(package.infolist()) > MAX_PARTS or sum(info.file_size for info in xml) > MAX_XML_BYTES:
                raise WordError("unpacks to more than any article; open it in Word and save it again")
            for info in xml:
                if b"<!DOCTYPE" in _read(package, info.filename)[:4096]:
                    raise WordError("declares a document type, which no Word file does; save it anew")
            names = set(package.namelist())
            document = _read(package, "word/document.xml")
            comments = _read(package, "word/comments.xml") if "word/comments.xml" in names else b""
            return document, comments
    except WordError:
        raise
    except Exception as error:  # BadZipFile, zlib.error, KeyError and whatever else unpacking may raise
        raise WordError("is no Word file, or a broken one; open it in Word and save it again") from error


def _read(package: zipfile.ZipFile, name: str) -> bytes:
    # The size in the directory may lie, so the reading itself is bounded.
    with package.open(name) as part:
        content = part.read(MAX_XML_BYTES + 1)
    if len(content) > MAX_XML_BYTES:
        raise WordError("unpacks to more than any article; open it in Word and save it again")
    return content
