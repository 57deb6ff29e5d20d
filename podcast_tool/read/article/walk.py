"""The elements of a parsed page -> blocks: met one by one, never by recursion, so that no nesting is too deep."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from lxml import etree

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
)
from podcast_tool.read.article.figures import MAX_MET, Caption, Shown, is_caption, is_figure, is_source, show_element
from podcast_tool.read.article.inlines import tidy
from podcast_tool.read.article.linkify import link_text, safe_address
from podcast_tool.text import mend_entities

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul", "ol", "menu"}
BLOCK_TAGS = {
    *_HEADINGS,
    *_LISTS,
    *"""address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer
    form header hgroup hr legend li main nav option p pre search section select summary table tbody tfoot thead
    tr""".split(),
}
INLINE_TAGS: Mapping[str, type[Strong] | type[Emphasis]] = {
    "b": Strong,
    "strong": Strong,
    "i": Emphasis,
    "em": Emphasis,
}

# Where a relative address leads on a page that does not say where it stood: nowhere, but a link it is.
UNKNOWN_BASE = "https://relative.invalid/"

_UNREAD_TAGS = {"meta", "title", "link", "textarea", "select", "option"}

# Deeper is no page that a person made; a list in a list in a list reads no better for more.
MAX_DEPTH = 500
_MAX_LIST_DEPTH = 6
_MAX_HIDDEN_SHARE = 0.3

_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDDEN_CLASSES = {
    "screen-reader-text",
    "sr-only",
    "visually-hidden",
    "visuallyhidden",
    "hidden",
    "d-none",
    "print-only",
}


class PageError(ValueError):
    """A page that no person made; the message goes behind its name."""


@dataclass(frozen=True)
class Placed:
    """A block and the element that it came from, by which its place on the page is known."""

    block: Block
    element: Any


@dataclass
class _Frame:
    """An inline element that is still open."""

    kind: type[Strong] | type[Emphasis] | type[Link] | None
    href: str = ""
    children: list[Inline] = field(default_factory=list)

    def close(self) -> list[Inline]:
        if not self.children or self.kind is None:
            return self.children
        if self.kind is Link:
            return [Link(self.href, tuple(self.children))]
        return [self.kind(tuple(self.children))]  # type: ignore[call-arg,arg-type]


@dataclass
class _Container:
    """A list, a list's entry or a quotation that is still open."""

    tag: str
    element: Any
    blocks: list[Block] = field(default_factory=list)
    entries: list[tuple[Block, ...]] = field(default_factory=list)


class Walk:
    """Turns the elements, met one by one, into blocks."""

    def __init__(
        self,
        base: str = UNKNOWN_BASE,
        is_around: Callable[[Any], bool] | None = None,
        *,
        with_pictures: bool = False,
    ) -> None:
        self.base = base
        self.is_around = is_around
        self.with_pictures = with_pictures
        self.waiting: list[Placed] = []
        """Pictures inside a paragraph, a list or a quotation, which come behind it."""
        self.figures: list[tuple[Any, int]] = []
        """Those that are still open, and their numbers."""
        self.figure_count = self.picture_count = 0
        self.caption: Any = None
        self.passed_over = 0
        self.placed: list[Placed] = []
        self.containers: list[_Container] = []
        self.frames: list[_Frame] = [_Frame(None)]
        self.heading: int | None = None
        self.is_preformatted = False
        self.cells = 0

    def run(self, root: Any) -> list[Placed]:
        skipped: Any = None
        depth = 0
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if skipped is not None:
                if event == "end" and element is skipped:
                    skipped = None
                    self._text(element.tail, element.getparent())
                continue
            if event == "start":
                depth += 1
                if depth > MAX_DEPTH:
                    raise PageError(f"nests elements more than {MAX_DEPTH} deep")
                if _is_unread(element) or self._is_around(element):
                    skipped = element
                    depth -= 1
                    continue
                self._start(element)
                self._text(element.text, element)
            else:
                self._end(element)
                depth -= 1
                if depth:
                    self._text(element.tail, element.getparent())
        self._flush(root)
        while self.containers:
            self._close_container()
        self._place_waiting()
        return _with_stray_entries(self.placed)

    def _is_around(self, element: Any) -> bool:
        if self.is_around is None or not self.is_around(element):
            return False
        self.passed_over += int(_LINES(element))
        self._flush(element)
        return True

    # -- elements -----------------------------------------------------------------------------------------------------

    def _start(self, element: Any) -> None:
        tag = element.tag
        if self.with_pictures:
            self._start_figure(element)
        if tag == "br":
            self._break_line(element)
        elif tag in ("td", "th"):
            if self.cells and self.frames[-1].children:  # a cell of paragraphs of its own needs no bar
                self.frames[-1].children.append(Text(" | "))
            self.cells += 1
        elif tag in INLINE_TAGS and len(self.frames) < 4 and not any(f.kind is INLINE_TAGS[tag] for f in self.frames):
            self.frames.append(_Frame(INLINE_TAGS[tag]))
            element.set("data-frame", "")
        elif tag == "a" and not any(frame.kind is Link for frame in self.frames):
            given = element.get("href")
            href = safe_address(given, self.base) if given else None
            if href and len(self.frames) < 5:
                self.frames.append(_Frame(Link, href))
                element.set("data-frame", "")
        elif tag in BLOCK_TAGS:
            self._flush(element)
            self.heading = _HEADINGS.get(tag, self.heading)
            self.is_preformatted = self.is_preformatted or tag == "pre"
            if tag == "tr":
                self.cells = 0
            if tag in _LISTS or tag in ("li", "blockquote"):
                self._open_container(element)

    def _end(self, element: Any) -> None:
        tag = element.tag
        if element.get("data-frame") is not None:
            frame = self.frames.pop()
            self.frames[-1].children += frame.close()
        elif tag in BLOCK_TAGS:
            self._flush(element)
            if tag in _HEADINGS:
                self.heading = None
            if tag == "pre":
                self.is_preformatted = False
            if self.containers and self.containers[-1].element is element:
                self._close_container()
            self._end_figure(element)

    def _break_line(self, element: Any) -> None:
        """A second break in a row ends the paragraph: many pages know no other paragraphs."""
        children = self.frames[-1].children
        while children and isinstance(children[-1], Text) and not children[-1].text.strip():
            children.pop()
        if children and isinstance(children[-1], LineBreak):
            self._flush(element)
        else:
            children.append(LineBreak())

    def _text(self, text: str | None, element: Any) -> None:
        if not text or (not text.strip() and not self.frames[-1].children and len(self.frames) == 1):
            return
        is_in_link = any(frame.kind is Link for frame in self.frames)
        lines = text.split("\n") if self.is_preformatted else [text]
        for number, line in enumerate(lines):
            if number:
                self._break_line(element)
            if line:
                line = mend_entities(line)
                self.frames[-1].children += [Text(line)] if is_in_link else link_text(line)

    # -- pictures -----------------------------------------------------------------------------------------------------

    def _start_figure(self, element: Any) -> None:
        if element.tag == "img":
            if self.picture_count < MAX_MET and not is_source(element):
                self.picture_count += 1
                self._show(element)
        elif is_figure(element):
            self.figure_count += 1
            self.figures.append((element, self.figure_count))
        elif is_caption(element) and self.caption is None:
            self._flush(element)
            self.caption = element

    def _end_figure(self, element: Any) -> None:
        if self.caption is element:
            self.caption = None
        if self.figures and self.figures[-1][0] is element:
            self.figures.pop()

    def _show(self, img: Any) -> None:
        links = [frame.href for frame in self.frames if frame.kind is Link]
        link = links[-1] if links and not links[-1].startswith(UNKNOWN_BASE) else None
        self.waiting.append(Placed(show_element(img, link, self.figure), img))
        if not any(frame.children for frame in self.frames):
            self._place_waiting()

    @property
    def figure(self) -> int:
        return self.figures[-1][1] if self.figures else 0

    def _place_waiting(self) -> None:
        if self.waiting and not self.containers:
            self.placed += self.waiting
            self.waiting = []

    # -- blocks -------------------------------------------------------------------------------------------------------

    def _flush(self, element: Any) -> None:
        """End the paragraph; what is open in it (a link over two paragraphs) goes on in the next."""
        if len(self.frames) == 1 and not self.frames[0].children:
            self._place_waiting()
            return
        reopened = [_Frame(frame.kind, frame.href) for frame in self.frames]
        while len(self.frames) > 1:
            frame = self.frames.pop()
            self.frames[-1].children += frame.close()
        inlines = tidy(self.frames[0].children)
        self.frames = reopened
        if inlines:
            block: Block = Heading(self.heading, inlines) if self.heading else Paragraph(inlines)
            if self.caption is not None and not self.heading and not self.containers:
                block = Caption(inlines, self.figure)
            self._add(block, element)
        self._place_waiting()

    def _add(self, block: Block, element: Any) -> None:
        if not self.containers:
            self.placed.append(Placed(block, element))
        elif self.containers[-1].tag in _LISTS:
            self.containers[-1].entries.append((block,))  # text in a list, but in no entry of it
        else:
            self.containers[-1].blocks.append(block)

    def _open_container(self, element: Any) -> None:
        tag = element.tag
        inside = [container.tag for container in self.containers]
        if tag == "li" and not (inside and inside[-1] in _LISTS):
            return  # an entry without a list reads as a paragraph
        if tag in _LISTS and sum(name in _LISTS for name in inside) >= _MAX_LIST_DEPTH:
            return
        if tag == "blockquote" and inside.count("blockquote") >= 2:
            return
        self.containers.append(_Container(tag, element))

    def _close_container(self) -> None:
        container = self.containers.pop()
        if container.tag == "li":
            if container.blocks:
                self.containers[-1].entries.append(tuple(container.blocks))
        elif container.tag == "blockquote":
            if container.blocks:
                self._add(Quote(tuple(container.blocks)), container.element)
        elif container.entries:
            start = container.element.get("start") or "1"
            block = BlockList(
                tuple(container.entries),
                is_ordered=container.tag == "ol",
                start=int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1,
            )
            self._add(block, container.element)
        self._place_waiting()


def _with_stray_entries(placed: list[Placed]) -> list[Placed]:
    """Entries in a row that stand in no list are one, as browsers show them; their pictures come behind it."""
    listed: list[Placed] = []
    words: list[tuple[Placed, list[Placed]]] = []  # each with the pictures behind it
    for p in placed:
        if not isinstance(p.block, Shown):
            words.append((p, []))
        else:
            (words[-1][1] if words else listed).append(p)
    for is_stray, run in groupby(words, key=lambda w: w[0].element.tag == "li" and isinstance(w[0].block, Paragraph)):
        members = list(run)
        if is_stray and len(members) > 1:
            first = members[0][0].element
            listed.append(Placed(BlockList(tuple((p.block,) for p, _ in members)), first))
            listed += [picture for _, pictures in members for picture in pictures]
        else:
            listed += [shown for p, pictures in members for shown in (p, *pictures)]
    return listed


def _is_unread(element: Any) -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNREAD_TAGS:
        return True
    if tag == "button":  # but for one that unfolds what stands under a heading
        return element.getparent().tag not in _HEADINGS
    # What a script was to show stays hidden on a saved page; the article itself is never a hidden trifle.
    return _is_hidden(element) and share_of_words(element) <= _MAX_HIDDEN_SHARE


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style, classes = element.get("style"), element.get("class")
    if style and _HIDDEN_STYLE.search(style):
        return True
    return bool(classes) and not _HIDDEN_CLASSES.isdisjoint(classes.split())


def count_words(element: Any) -> tuple[int, int]:
    """Characters outside links, and in them."""
    linked = sum(map(len, _LINKED(element)))
    return max(0, int(_LENGTH(element)) - linked), linked


def share_of_words(element: Any) -> float:
    """How much of the page's words outside links stands in this element: 0 to 1."""
    root = element.getroottree().getroot()
    whole = root.get(_WHOLE)
    if whole is None:
        whole = str(count_words(root)[0])
        root.set(_WHOLE, whole)
    return count_words(element)[0] / int(whole) if int(whole) else 0.0


_LENGTH = etree.XPath("string-length(normalize-space(string()))")
_LINKED = etree.XPath(".//a//text()", smart_strings=False)
_LINES = etree.XPath("count(.//text()[normalize-space()])")

# Where the root keeps how much the whole page says, so that it is counted once.
_WHOLE = "data-whole"


def ancestors(element: Any) -> Iterator[Any]:
    """The element and all that it stands in, innermost first."""
    while element is not None:
        yield element
        element = element.getparent()
