"""HTML, parsed as HTML5 (nh3) whatever state it is in: a page with what it says of itself, or a fragment."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import nh3
from lxml import etree
from lxml import html as lxml_html

from podcast_tool.model import Block
from podcast_tool.read.article.figures import SOURCE_MARK
from podcast_tool.read.article.inlines import unlink
from podcast_tool.read.article.linkify import safe_address
from podcast_tool.read.article.walk import BLOCK_TAGS, INLINE_TAGS, MAX_DEPTH, UNKNOWN_BASE, PageError, Placed, Walk
from podcast_tool.text import clean_text

# What nobody reads: elements that go with all that is in them.
_UNREAD = {"script", "style", "template", "svg", "math", "iframe", "object", "embed", "audio", "video", "canvas", "map"}

_KEPT_TAGS = {
    *BLOCK_TAGS,
    *INLINE_TAGS,
    "a",
    "br",
    "td",
    "th",
    "time",
    "meta",
    "title",
    "link",
    "button",
    "textarea",
    "span",
}
_KEPT_ATTRIBUTES = {
    "*": {"class", "id", "role", "hidden", "style", "aria-hidden", "itemprop"},
    "a": {"href"},
    "meta": {"property", "name", "content"},
    "link": {"rel", "href"},
    "time": {"datetime"},
    "ol": {"start"},
}

# Besides, where an article's pictures are asked for.
_PICTURE_TAGS = {"img", "picture"}
_PICTURE_ATTRIBUTES = {
    "img": {
        SOURCE_MARK,
        *"src srcset media alt title width height role data-src data-srcset data-lazy-src data-original".split(),
    },
}
_SOURCE = re.compile(r"<source\b", re.IGNORECASE)

# Bounds of time: long articles have a tenth of it. A tag that HTML closes by itself does not count as nested.
MAX_AMPERSANDS = 200_000
MAX_ELEMENTS = 50_000
_FEW_ELEMENTS = 4_000
_SCRIPT = re.compile(r"<(script|style)\b")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^>]*?(/?)>")
_UNNESTED = set(
    """area base br col colgroup dd dt embed hr img input li link meta option p param source tbody td tfoot th thead tr
    track wbr""".split()
)

_NOSCRIPT = re.compile(r"</?noscript\b[^>]*>", re.IGNORECASE)
# What a page says of itself, by the names that Open Graph, Dublin Core, Twitter and schema.org gave.
_TITLE_NAMES = ("og:title", "twitter:title", "dc.title")
_DATE_NAMES = ("article:published_time", "datepublished", "dc.date", "date", "pubdate", "og:published_time")
_IMAGE_NAMES = ("og:image", "og:image:secure_url", "twitter:image")


@dataclass
class Page:
    """A parsed page: its blocks in their order, and what it says of itself."""

    placed: list[Placed]
    titles: list[str] = field(default_factory=list)
    """Of the page's head, the best first."""
    published: str | None = None
    lead_image_url: str | None = None
    is_fragment: bool = False
    """No whole page: nothing in it stands around the article."""
    passed_over: int = 0
    """Lines in the elements that *is_around* told of."""


def parse_page(html: str, is_around: Callable[[Any], bool], *, with_pictures: bool = False) -> Page:
    """Parse a whole page, or a fragment of one.

    Args:
        is_around: whether an element, with all in it, is no part of the article; asked of whole pages only.
        with_pictures: tell where they stand (`Shown`, `Caption`); else they are passed over.
    """
    is_fragment = not re.search(r"<(?:html|body|head|main|article)\b", html, re.IGNORECASE)
    root = _parse(html, with_pictures=with_pictures)
    metas = _metas(root)
    base = metas.get("canonical") or metas.get("og:url")
    titles = [metas[name] for name in _TITLE_NAMES if name in metas]
    titles += [title.text.strip() for title in root.iter("title") if title.text]
    walk = Walk(
        base if base and safe_address(base) else UNKNOWN_BASE,
        None if is_fragment else is_around,
        with_pictures=with_pictures,
    )
    return Page(
        placed=walk.run(root),
        passed_over=walk.passed_over,
        titles=[clean_text(title) for title in titles],
        published=next((metas[name] for name in _DATE_NAMES if name in metas), None),
        lead_image_url=next((metas[name] for name in _IMAGE_NAMES if name in metas), None),
        is_fragment=is_fragment,
    )


def parse_fragment(html: str, *, with_pictures: bool = False) -> list[Block]:
    """Blocks of HTML that another program made (Markdown, Word).

    Args:
        with_pictures: as for `parse_page`.
    """
    root = _parse(html, with_pictures=with_pictures)
    return unlink([placed.block for placed in Walk(with_pictures=with_pictures).run(root)], UNKNOWN_BASE)


def _parse(html: str, *, with_pictures: bool) -> Any:
    _refuse_monsters(html)
    if with_pictures:
        html = _SOURCE.sub(f'<img {SOURCE_MARK}=""', html)  # lxml does not know that <source> has no end
    # A reader without JavaScript reads what is in <noscript>; parsed as with JavaScript, an unclosed one would swallow
    # all that follows it.
    clean = nh3.clean(
        _NOSCRIPT.sub(" ", html),
        tags=_KEPT_TAGS | _PICTURE_TAGS if with_pictures else _KEPT_TAGS,
        clean_content_tags=_UNREAD,
        attributes=_KEPT_ATTRIBUTES | _PICTURE_ATTRIBUTES if with_pictures else _KEPT_ATTRIBUTES,
        link_rel=None,
        strip_comments=True,
        # Of a picture's file that cannot be had, it is told where it was said to be.
        url_schemes={"http", "https", "mailto", "file"} if with_pictures else {"http", "https", "mailto"},
    )
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = lxml_html.document_fromstring(f"<html><body>{clean}</body></html>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing is left
        return lxml_html.document_fromstring("<html><body></body></html>")
    return root


def _refuse_monsters(html: str) -> None:
    """Parsing takes time that grows with the square of the depth, so that is looked at first.

    With that of their ampersands and non-breaking spaces, too.

    Raises:
        PageError: more of them, or nested more deeply, than on any page.
    """
    if html.count("&") + html.count("\u00a0") > MAX_AMPERSANDS:
        raise PageError(f"holds more than {MAX_AMPERSANDS} ampersands or non-breaking spaces")
    if html.count("<") <= _FEW_ELEMENTS:
        return
    html = _without_scripts(html)
    count = html.count("<")
    if count > 2 * MAX_ELEMENTS:
        raise PageError(f"holds more than {MAX_ELEMENTS} elements")
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _UNNESTED or tag[3]:
            continue
        depth += -1 if tag[1] else 1
        if depth > 2 * MAX_DEPTH:
            raise PageError(f"nests elements more than {MAX_DEPTH} deep")


def _without_scripts(html: str) -> str:
    """What is left of a page without its scripts and styles, in which "<" begins no element."""
    lowered, kept, position = html.lower(), [], 0
    for start in _SCRIPT.finditer(lowered):
        if start.start() < position:
            continue
        end = lowered.find(f"</{start[1]}", start.end())
        if end < 0:
            break
        kept.append(html[position : start.start()])
        position = end
    return "".join([*kept, html[position:]])


def _metas(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta", "link", "time"):
        if meta.tag == "meta":
            name, value = meta.get("property") or meta.get("name") or meta.get("itemprop"), meta.get("content")
        elif meta.tag == "time":
            name, value = "datepublished", meta.get("datetime")
        else:
            name, value = meta.get("rel"), meta.get("href")
        if name and value and value.strip():
            found.setdefault(name.lower(), value.strip())
    return found
