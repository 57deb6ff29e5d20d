"""What text from outside has to lose before it is trusted, and what it has to be."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

# XML 1.0, section 2.2, without the C1 controls (RSS-XML-CHARS) and DEL, which a terminal would obey.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_BLANK = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Text of many lines: each line end becomes `\\n`, what XML cannot hold goes."""
    return _UNPRINTABLE.sub("", _LINE_END.sub("\n", text))


def clean_line(text: str) -> str:
    """As `clean_text`, each run of white space a single space and none at the ends (RSS-VALUE-TRIM)."""
    if text.isascii() and text.isprintable():  # as most lines are, and in a fraction of the time
        return " ".join(text.split())
    return _BLANK.sub(" ", clean_text(text)).strip()


def shown_path(path: str) -> str:
    """A file's name as a person can read it, also when its bytes are no UTF-8 or hold control characters."""
    return clean_line(path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


# "&" escaped over and over, which would take as many passes to unfold.
_AMPERSANDS = re.compile(r"&(?:(?:amp|#38|#x26);)+", re.IGNORECASE)
_MAX_ESCAPES = 5
_ENTITY = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


def mend_entities(text: str) -> str:
    """Text in which an entity was escaped twice (`&percnt;` for `%`): a sign of wrong decoding (RSS-XML-CHARS)."""
    for _ in range(_MAX_ESCAPES):
        if not _ENTITY.search(text):
            break
        text = clean_text(unescape(_AMPERSANDS.sub("&", text)))
    return text


def is_web_address(address: str) -> bool:
    """Whether this is an absolute http(s) address in ASCII, without blanks (RSS-ENC-URL)."""
    try:
        parts = urlsplit(address)
        return bool(
            parts.scheme in ("http", "https")
            and parts.hostname
            and address.isascii()
            and not set(address) & set(' "<>\\^`{|}')
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        return False
