"""The show notes as HTML: for apps in the few tags that they keep (SN-TAGS, SN-HEAD), for the page in more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

import nh3

from podcast_tool.model import (
    Block,
    BlockList,
    Emphasis,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Link,
    NotePicture,
    Paragraph,
    Quote,
    Strong,
    Text,
    TimestampList,
)

# PSP-IT-DESC, SN-LEN: bytes of UTF-8, tags included.
MAX_DESCRIPTION_BYTES = 4000

_APP_TAGS = {"p", "a", "ul", "ol", "li", "br", "strong", "em"}
_PAGE_TAGS = {*_APP_TAGS, "h2", "h3", "h4", "h5", "h6", "blockquote", "figure", "figcaption", "img"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "img": {"src", "alt", "width", "height", "loading"}}
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
    return _finish(_APPS, without_pictures(blocks))


def render_page_notes(
    blocks: Sequence[Block], pictures: Mapping[str, NotePicture] | None = None, prefix: str = ""
) -> str:
    """Notes for the episode's page: headings, quotations and pictures are what they are.

    Args:
        pictures: those that were made for the page, by the SHA-256 of the picture as it was found; of others what
            stands under them stays.
        prefix: the address of the episode's folder as seen from the page, with a slash at its end; "" for its own page.
    """
    spelt: list[str] = []
    for block in blocks:
        picture = pictures.get(block.image.sha256) if pictures and isinstance(block, Figure) else None
        if picture and isinstance(block, Figure):
            spelt.append(_figure(block, picture, prefix))
        else:
            spelt += [_block(words, _PAGES) for words in without_pictures([block])]
    return _clean(_PAGES, "\n".join(spelt))


def without_pictures(blocks: Iterable[Block]) -> list[Block]:
    """The same in words: of each picture what stands under it (SN-HEAD)."""
    worded = (Paragraph(block.children) if isinstance(block, Figure) else block for block in blocks)
    return [block for block in worded if not isinstance(block, Paragraph) or block.children]


def render_description(
    blocks: Sequence[Block], page_url: str | None, *, header: Sequence[Block] = (), footer: Sequence[Block] = ()
) -> str:
    """Notes of at most `MAX_DESCRIPTION_BYTES`: cut at a paragraph, and then ending in a link to the page.

    Args:
        page_url: where the whole article stands; None if it stands nowhere yet.
        header, footer: what goes out with every episode; they stay whole as long as they leave the article half.
    """
    header, blocks, footer = (without_pictures(part) for part in (header, blocks, footer))
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
    return _clean(dialect, "\n".join(_block(block, dialect) for block in blocks))


# nh3's time grows with the square of the number of ampersands (and of non-breaking spaces, which it spells with one).
_MANY_AMPERSANDS = 10_000
_STAND_IN = "\ufdd0"  # no character (Unicode, section 23.7), and in no text that was cleaned (`clean_text`)


def _clean(dialect: _Dialect, html: str) -> str:
    # Behind our own escaping, so that no fault in it reaches a listener.
    html = html.replace("\u00a0", " ")
    is_monstrous = html.count("&") > _MANY_AMPERSANDS
    if is_monstrous:
        html = html.replace("&amp;", _STAND_IN)
    clean = nh3.clean(html, tags=dialect.tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None)
    if is_monstrous:
        clean = clean.replace(_STAND_IN, "&amp;")
    return clean.replace("<br>", "<br/>").replace("&nbsp;", " ")


def _figure(figure: Figure, picture: NotePicture, prefix: str) -> str:
    """Its size is told, so that the page does not jump when it comes; a link without words is none (WCAG 2.4.4)."""
    address = escape(prefix + picture.file.path.rpartition("/")[2])
    size = f'width="{picture.width_px}" height="{picture.height_px}"'
    image = f'<img src="{address}" alt="{escape(figure.alt or "")}" {size} loading="lazy">'
    if figure.link and figure.alt:
        image = f'<a href="{escape(_secure(figure.link))}">{image}</a>'
    caption = f"<figcaption>{_inlines(figure.children)}</figcaption>" if figure.children else ""
    return f"<figure>{image}{caption}</figure>"


def _block(block: Block, dialect: _Dialect) -> str:
    if isinstance(block, Paragraph | Figure):
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
