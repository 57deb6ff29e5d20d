"""The show notes as HTML: for apps in the few tags that they keep (SN-TAGS, SN-HEAD), for the page in more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

import nh3

from podcast_tool.model import (
    Block,
    BlockList,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    Paragraph,
    Quote,
    Strong,
    Text,
    TimestampList,
)

# PSP-IT-DESC, SN-LEN: bytes of UTF-8, tags included.
MAX_DESCRIPTION_BYTES = 4000

_APP_TAGS = {"p", "a", "ul", "ol", "li", "br", "strong", "em"}
_PAGE_TAGS = {*_APP_TAGS, "h2", "h3", "h4", "h5", "h6", "blockquote"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"https", "http", "mailto"}


@dataclass(frozen=True)
class _Dialect:
    """Which tags a reader knows."""

    tags: set[str]
    has_headings: bool


_APPS = _Dialect(_APP_TAGS, has_headings=False)
_PAGES = _Dialect(_PAGE_TAGS, has_headings=True)


def render_notes(blocks: Sequence[Block]) -> str:
    """Notes for apps (`content:encoded`): well-formed, in the tags of SN-TAGS only."""
    return _finish(_APPS, blocks)


def render_page_notes(blocks: Sequence[Block]) -> str:
    """Notes for the episode's page: headings and quotations are what they are."""
    return _finish(_PAGES, blocks)


def render_description(
    blocks: Sequence[Block], page_url: str | None, *, header: Sequence[Block] = (), footer: Sequence[Block] = ()
) -> str:
    """Notes of at most `MAX_DESCRIPTION_BYTES`: cut at a paragraph, and then ending in a link to the page.

    Args:
        page_url: where the whole article stands; None if it stands nowhere yet.
        header, footer: what goes out with every episode; they stay whole as long as they leave the article half.
    """
    whole = _finish(_APPS, [*header, *blocks, *footer])
    if _size(whole) <= MAX_DESCRIPTION_BYTES:
        return whole
    more = (Paragraph((Link(page_url, (Text(page_url),)),)),) if page_url else (Paragraph((Text("…"),)),)
    if _size(_finish(_APPS, [*header, *footer])) > MAX_DESCRIPTION_BYTES // 2:
        header, footer = (), ()
    fixed = [*header, *footer, *more]
    contents = [block for block in blocks if isinstance(block, TimestampList)]
    if _size(_finish(_APPS, [*fixed, *contents])) > MAX_DESCRIPTION_BYTES:
        contents = []
    left = MAX_DESCRIPTION_BYTES - _size(_finish(_APPS, [*fixed, *contents])) - 1
    kept = _fitting(blocks, contents, left)
    return _finish(_APPS, [*header, *kept, *footer, *more])


def _fitting(blocks: Sequence[Block], contents: Sequence[Block], left: int) -> list[Block]:
    """The first blocks that fit into *left* bytes, the last of them shortened, and *contents* where they stand."""
    kept: list[Block] = []
    for block in blocks:
        if block in contents:
            kept.append(block)
            continue
        size = _size(_finish(_APPS, [block])) + 1
        if size > left:
            # A part of it only where little else would be left.
            if left > MAX_DESCRIPTION_BYTES // 3 and (start := _start_of(block, left - 1)):
                kept.append(start)
            break
        left -= size
        kept.append(block)
    while kept and isinstance(kept[-1], Heading):
        kept.pop()
    return kept + [block for block in contents if block not in kept]


def _start_of(block: Block, left: int) -> Block | None:
    """As much of a first paragraph as fits, to the end of a sentence, else of a word; of a list, the first entries."""
    if isinstance(block, BlockList):
        return _start_of_list(block, left)
    if isinstance(block, Quote):
        return Quote(tuple(_fitting(block.blocks, (), left)))
    if not isinstance(block, Paragraph):
        return None
    words = _plain(block.children)[:MAX_DESCRIPTION_BYTES]
    # Escapes make text longer, five bytes for each at the most; what is kept is measured again below.
    budget = left - len(b"<p></p>\n") - len("…".encode())
    while words:
        cut = words.encode()[: max(budget, 0)].decode("utf-8", "ignore")
        sentence = re.match(r"(?s).*[.!?。！？](?=\s|[\"'”’»]|$)", cut)
        start = sentence[0] if sentence and len(sentence[0]) > len(cut) // 2 else cut.rpartition(" ")[0] or cut
        shortened = Paragraph((Text(start.rstrip() + ("" if sentence and start == sentence[0] else "…")),))
        if not start or _size(_finish(_APPS, [shortened])) <= left:
            return shortened if start else None
        budget -= 100
    return None


def _start_of_list(block: BlockList, left: int) -> BlockList | None:
    frame = _size(_finish(_APPS, [replace(block, entries=())]))
    count, size = 0, frame
    for entry in block.entries:
        size += _size(_finish(_APPS, [replace(block, entries=(entry,))])) - frame
        if size > left:
            break
        count += 1
    return replace(block, entries=block.entries[:count]) if count else None


def _size(html: str) -> int:
    return len(html.encode())


def _finish(dialect: _Dialect, blocks: Sequence[Block]) -> str:
    html = "\n".join(_block(block, dialect) for block in blocks)
    # Behind our own escaping, so that no fault in it reaches a listener.
    clean = nh3.clean(html, tags=dialect.tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    return clean.replace("<br>", "<br/>").replace("\u00a0", " ").replace("&nbsp;", " ")


def _block(block: Block, dialect: _Dialect) -> str:
    if isinstance(block, Paragraph):
        return f"<p>{_inlines(block.children)}</p>"
    if isinstance(block, Heading):
        if dialect.has_headings:
            level = max(2, block.level)
            return f"<h{level}>{_inlines(block.children)}</h{level}>"
        return f"<p><strong>{_inlines(_weightless(block.children))}</strong></p>"
    if isinstance(block, TimestampList):
        # <br/>, not <li>: Spotify documents line breaks only (SN-TIME-BREAK). Never links (SN-TIME-LINK).
        lines = (f"{spell_timestamp(entry.start_seconds)} {_inlines(entry.children)}" for entry in block.entries)
        return f"<p>{'<br/>'.join(lines)}</p>"
    if isinstance(block, Quote):
        inner = "\n".join(_block(b, dialect) for b in block.blocks)
        return f"<blockquote>{inner}</blockquote>" if dialect.has_headings else inner
    tag = "ol" if block.is_ordered else "ul"
    start = f' start="{block.start}"' if block.is_ordered and block.start != 1 else ""
    entries = "".join(f"<li>{_entry(entry, dialect)}</li>" for entry in block.entries)
    return f"<{tag}{start}>{entries}</{tag}>"


def _entry(blocks: Sequence[Block], dialect: _Dialect) -> str:
    """A list's entry: its words without a paragraph around them, further paragraphs on lines of their own."""
    spelt = ""
    is_after_words = False
    for block in blocks if dialect.has_headings else _flat(blocks):
        if isinstance(block, BlockList | Quote):
            spelt += _block(block, dialect)
            is_after_words = False
        else:
            words = _block(block, _APPS).removeprefix("<p>").removesuffix("</p>")
            spelt += f"<br/>{words}" if is_after_words else words
            is_after_words = True
    return spelt


def _flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """What is quoted, as if it were not: apps know no quotations."""
    for block in blocks:
        if isinstance(block, Quote):
            yield from _flat(block.blocks)
        else:
            yield block


def _inlines(inlines: Iterable[Inline]) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    if isinstance(inline, Text):
        return escape(inline.text, quote=False)
    if isinstance(inline, LineBreak):
        return "<br/>"
    if isinstance(inline, Link):
        return f'<a href="{escape(_secure(inline.href))}">{_inlines(inline.children)}</a>'
    tag = "strong" if isinstance(inline, Strong) else "em"
    return f"<{tag}>{_inlines(inline.children)}</{tag}>"


def _secure(address: str) -> str:
    """https for http: Spotify keeps no other, and browsers ask for it first; not for ports and bare IP addresses."""
    parts = urlsplit(address)
    if parts.scheme != "http" or parts.port or not parts.hostname or "." not in parts.hostname:
        return address
    try:
        ip_address(parts.hostname)
    except ValueError:
        return "https" + address.removeprefix("http")
    return address


def _weightless(inlines: Sequence[Inline]) -> tuple[Inline, ...]:
    """Without <strong>, for what stands in <strong> already."""
    bare: list[Inline] = []
    for inline in inlines:
        if isinstance(inline, Strong):
            bare += _weightless(inline.children)
        elif isinstance(inline, Link | Emphasis):
            bare.append(replace(inline, children=_weightless(inline.children)))
        else:
            bare.append(inline)
    return tuple(bare)


def _plain(inlines: Iterable[Inline]) -> str:
    words = (
        i.text if isinstance(i, Text) else " " if isinstance(i, LineBreak) else _plain(i.children) for i in inlines
    )
    return "".join(words)


def spell_timestamp(seconds: int) -> str:
    """HH:MM:SS always: AntennaPod may read MM:SS as HH:MM (SN-TIME-FORM)."""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
