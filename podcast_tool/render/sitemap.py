"""The sitemap: every page of the show for search engines (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from podcast_tool.model import Show
from podcast_tool.vocabulary.feed_names import SITEMAP, sitemap_path

# sitemaps.org, "Sitemap file requirements": of one file. Bytes are 50 MB there; a part of them is left for the frame.
MAX_ADDRESSES = 50_000
MAX_BYTES = 50_000_000

_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_QUOTES = {'"': "&quot;", "'": "&apos;"}


def render_sitemap(show: Show, paths: Sequence[str]) -> dict[str, bytes]:
    """sitemap.xml; where that would be too long, sitemap-1.xml and so on, and sitemap.xml names them.

    No `lastmod`: what is not told is not false.

    Args:
        paths: of the pages below `site_url`, in the order in which they shall stand; "" is the index.
    """
    parts = list(_parts([_entry("url", show.site_url + path) for path in paths]))
    if len(parts) <= 1:
        return {SITEMAP: _document("urlset", parts[0] if parts else ())}
    files = {sitemap_path(number): _document("urlset", part) for number, part in enumerate(parts, 1)}
    index = _document("sitemapindex", [_entry("sitemap", show.site_url + name) for name in files])
    return {SITEMAP: index, **files}


def _parts(entries: Iterable[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size_bytes = 0
    for entry in entries:
        if part and (len(part) == MAX_ADDRESSES or size_bytes + len(entry) > MAX_BYTES):
            yield part
            part, size_bytes = [], 0
        part.append(entry)
        size_bytes += len(entry)
    if part:
        yield part


def _entry(tag: str, address: str) -> bytes:
    return f"  <{tag}><loc>{escape(address, _QUOTES)}</loc></{tag}>\n".encode()


def _document(tag: str, entries: Iterable[bytes]) -> bytes:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{tag} xmlns="{_NAMESPACE}">\n'
    return head.encode() + b"".join(entries) + f"</{tag}>\n".encode()
