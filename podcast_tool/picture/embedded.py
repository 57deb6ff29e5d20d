"""Pictures inside an article's file: parts of a Word file, `data:` addresses of a page."""

from __future__ import annotations

import binascii
import hashlib
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote_to_bytes

MAX_EMBEDDED_BYTES: Final = 20_000_000

# Of one size, among which the wanted one is: few, unless somebody means harm.
_MAX_TRIED = 60

# RFC 2397, as an attribute in quotes; a page that a browser saved as one file has all its pictures so.
DATA_ATTRIBUTE: Final = re.compile(
    r"(?P<start>\bsrc\s*=\s*)(?P<quote>[\"'])data:image/(?P<kind>[\w.+-]{1,40})(?:;[\w.=-]{1,80}){0,3};base64,"
    r"(?P<content>[A-Za-z0-9+/=%\s]*+)(?P=quote)",
    re.IGNORECASE,
)


def decode_data(content: str) -> bytes:
    """The bytes behind `;base64,`; none where it is no base64."""
    try:
        return binascii.a2b_base64(unquote_to_bytes(content))
    except (binascii.Error, ValueError):
        return b""


def find_embedded(raw: bytes, path: str, size_bytes: int, sha256: str) -> bytes | None:
    """The picture of that size and digest in the article *raw*; None if it holds none.

    Args:
        path: the article's; its ending says what it is.
    """
    is_word = PurePosixPath(path).suffix.lower() == ".docx"
    candidates = _word_parts(raw, size_bytes) if is_word else _data_pictures(raw, size_bytes)
    return next((found for found in candidates if hashlib.sha256(found).hexdigest() == sha256), None)


def _word_parts(raw: bytes, size_bytes: int) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as package:
            parts = [info for info in package.infolist() if info.file_size == size_bytes <= MAX_EMBEDDED_BYTES]
            for info in parts[:_MAX_TRIED]:
                with package.open(info) as part:
                    yield part.read(MAX_EMBEDDED_BYTES + 1)
    except Exception:  # BadZipFile, zlib.error, RuntimeError and whatever else unpacking may raise
        return


def _data_pictures(raw: bytes, size_bytes: int) -> Iterator[bytes]:
    # ASCII in any encoding that a page has, but for UTF-16.
    text = raw.replace(b"\0", b"").decode("latin-1")
    for found in DATA_ATTRIBUTE.finditer(text):
        content = decode_data(found["content"])
        if len(content) == size_bytes:
            yield content
