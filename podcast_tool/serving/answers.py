"""What a host answers to a question about a file: pure, from the question's headers and what is there (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime

METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, kw_only=True)
class Representation:
    """A file as it would be sent whole."""

    content_type: str
    size_bytes: int
    etag: str
    """Strong, in its quotes."""
    modified_at: int
    """Whole seconds since 1970, as HTTP tells time."""
    cache_control: str
    is_text: bool = False
    """Whether it is sent with gzip to those who take it."""
    is_zipped: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Status, headers, and which bytes go behind them."""

    status: int
    headers: Mapping[str, str]
    part: range
    """Of the representation."""


_NOTHING = range(0)
_OF_THE_BODY = ("Accept-Ranges", "Content-Encoding", "Content-Type")

# HTTP-CORS: players in browsers fetch chapters, transcripts, feed and sound from pages of another host.
OPEN_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Encoding, Content-Length, Content-Range, ETag",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT_HEADERS = {
    **OPEN_HEADERS,
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "If-Match, If-Modified-Since, If-None-Match, If-Range, Range",
    "Access-Control-Max-Age": "86400",
    "Allow": ", ".join(METHODS),
}


def answer(method: str, asked: Mapping[str, str], there: Representation) -> Answer:
    """Answer GET or HEAD.

    Args:
        asked: the question's headers by their names in lower case, several of one name joined by commas.
    """
    whole = range(there.size_bytes)
    headers = _headers(there)
    status = _judge(asked, there)
    if status != 200:
        kept = {name: value for name, value in headers.items() if name not in _OF_THE_BODY}
        return Answer(status=status, headers=kept, part=_NOTHING)
    part = None
    # RFC 9110, section 14.2: only GET knows ranges. What is zipped is sent whole.
    if method == "GET" and "range" in asked and not there.is_zipped and _is_same(asked.get("if-range"), there):
        part = parse_range(asked["range"], there.size_bytes)
    if part is None:
        headers["Content-Length"] = str(there.size_bytes)
        return Answer(status=200, headers=headers, part=whole if method == "GET" else _NOTHING)
    headers["Content-Length"] = str(len(part))
    if not part:
        headers["Content-Range"] = f"bytes */{there.size_bytes}"
        return Answer(status=416, headers=headers, part=part)
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{there.size_bytes}"
    return Answer(status=206, headers=headers, part=part)


def _headers(there: Representation) -> dict[str, str]:
    return {
        **OPEN_HEADERS,
        "Content-Type": there.content_type,
        "Cache-Control": there.cache_control,
        "ETag": there.etag,
        "Last-Modified": formatdate(there.modified_at, usegmt=True),
        **({"Vary": "Accept-Encoding"} if there.is_text else {}),
        **({"Content-Encoding": "gzip"} if there.is_zipped else {"Accept-Ranges": "bytes"}),
    }


# -- conditions -------------------------------------------------------------------------------------------------------

_TAG = re.compile(r'(W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def _judge(asked: Mapping[str, str], there: Representation) -> int:
    """200, 304 or 412, in the order of RFC 9110, section 13.2.2: a tag is believed before a date."""
    if "if-match" in asked:
        if not _names(asked["if-match"], there.etag, takes_weak=False):
            return 412
    elif _is_later(there.modified_at, asked.get("if-unmodified-since")):
        return 412
    if "if-none-match" in asked:
        return 304 if _names(asked["if-none-match"], there.etag, takes_weak=True) else 200
    # Only the very date: a folder that is put in the place of another may be older than it.
    return 304 if _moment(asked.get("if-modified-since")) == there.modified_at else 200


def _names(tags: str, etag: str, *, takes_weak: bool) -> bool:
    """Whether a list of tags, or a star, names this one."""
    if tags.strip() == "*":
        return True
    return any(tag == etag and (takes_weak or not weak) for weak, tag in _TAG.findall(tags))


def _is_later(modified_at: int, date: str | None) -> bool:
    moment = _moment(date)
    return moment is not None and modified_at > moment


def _is_same(validator: str | None, there: Representation) -> bool:
    """If-Range: a strong tag or the very date (RFC 9110, section 13.1.5); without one, it is not asked."""
    if validator is None:
        return True
    if '"' in validator:
        return validator.strip() == there.etag
    return _moment(validator) == there.modified_at


def _moment(date: str | None) -> int | None:
    """Seconds since 1970; None for what is no date, which is then passed over."""
    try:
        return int(parsedate_to_datetime(date[:80]).timestamp()) if date else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# -- ranges -----------------------------------------------------------------------------------------------------------

_RANGE = re.compile(r"bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_MAX_DIGITS = 4000  # Python refuses to read more; no header is as long


def parse_range(header: str, size_bytes: int) -> range | None:
    """The bytes that a Range header asks for (RFC 9110, section 14.1.2).

    Returns:
        None: not one range in bytes, so the whole is sent (as it may be, section 14.2); an empty range: there are no
        such bytes (416).
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "" or max(len(found[1]), len(found[2])) > _MAX_DIGITS:
        return None
    if not found[1]:
        return range(max(0, size_bytes - int(found[2])), size_bytes)
    first, last = int(found[1]), int(found[2]) if found[2] else size_bytes - 1
    if found[2] and last < first:
        return None
    return range(min(first, size_bytes), min(last + 1, size_bytes))


# -- compression ------------------------------------------------------------------------------------------------------

_CODING = re.compile(r"[ \t]*(gzip|x-gzip|\*)[ \t]*(?:;[ \t]*q=([01](?:\.[0-9]{0,3})?)[ \t]*)?", re.IGNORECASE)


def takes_gzip(asked: Mapping[str, str]) -> bool:
    """Whether gzip may come back (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for part in asked.get("accept-encoding", "").split(","):
        if coding := _CODING.fullmatch(part):
            weights[coding[1].lower().removeprefix("x-")] = float(coding[2] or 1)
    return weights.get("gzip", weights.get("*", 0)) > 0
