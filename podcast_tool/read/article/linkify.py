"""Addresses: which are safe to publish, and which stand bare in a text."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from linkify_it import LinkifyIt

from podcast_tool.model import Inline, Link, Text

MAX_ADDRESS_CHARACTERS = 2000

# What may stand in an address unescaped (RFC 3986: reserved and unreserved); "%" because most are escaped already.
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"
_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\u200b-\u200f\u202a-\u202e\ufeff]")
# Most addresses need no mending.
_ALREADY_SAFE = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9/._~%=&?#+-]*)?", re.ASCII)
_WORD = re.compile(r"(?<!\S)\S{4,2000}(?!\S)")
_MAYBE = re.compile(r"://|www\.|@", re.IGNORECASE)


def safe_address(raw: str, base: str | None = None) -> str | None:
    """An absolute http, https or mailto address in ASCII; None for what is none, `javascript:` and the like included.

    Args:
        base: what a relative address is relative to, if that is known.
    """
    if len(raw) <= MAX_ADDRESS_CHARACTERS and _ALREADY_SAFE.fullmatch(raw):
        return raw
    # Browsers pass over blanks inside a scheme, so they go before it is looked at.
    address = _BLANKS.sub("", raw)
    try:
        if base:
            address = urljoin(base, address)
        parts = urlsplit(address)
        scheme = parts.scheme.lower()
        if scheme == "mailto":
            safe = "mailto:" + quote(address.partition(":")[2], safe=_SAFE)
            return safe if "@" in parts.path and len(safe) <= MAX_ADDRESS_CHARACTERS else None
        if scheme not in ("http", "https") or not parts.hostname:
            return None
        host = parts.hostname if parts.hostname.isascii() else parts.hostname.encode("idna").decode("ascii")
        if not re.fullmatch(r"[A-Za-z0-9._:-]+", host):
            return None
        if ":" in host:
            host = f"[{host}]"
        place = f"{host}:{parts.port}" if parts.port else host
    except ValueError:  # no port number, no IPv6 address, no name that IDNA can spell
        return None
    path, query, fragment = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    safe = urlunsplit((scheme, place, path, query, fragment))
    return safe if len(safe) <= MAX_ADDRESS_CHARACTERS else None


@cache
def _matcher() -> LinkifyIt:
    return LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": False})


def link_text(text: str) -> tuple[Inline, ...]:
    """Words with each address that stands bare in them made a link; `example.org` without www. is none."""
    if not _MAYBE.search(text):
        return (Text(text),) if text else ()
    inlines: list[Inline] = []
    position = 0
    # Word by word, since no address holds a blank, and since the library's time grows with the square of the length.
    for word in _WORD.finditer(text):
        for match in (_matcher().match(word[0]) or []) if _MAYBE.search(word[0]) else []:
            is_bare = match.schema in ("http:", "https:", "mailto:") or match.raw.lower().startswith("www.")
            address = safe_address(match.url) if is_bare else None
            if address:
                start, end = word.start() + match.index, word.start() + match.last_index
                inlines += [Text(text[position:start]), Link(address, (Text(match.raw),))]
                position = end
    inlines.append(Text(text[position:]))
    return tuple(inline for inline in inlines if inline != Text(""))
