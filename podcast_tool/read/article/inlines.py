"""Small questions about blocks and inlines that each reader of articles asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from podcast_tool.model import Block, BlockList, Inline, LineBreak, Link, Quote, Text, TimestampList
from podcast_tool.read.article.linkify import link_text

_BLANK = re.compile(r"\s+")


def plain(inlines: Iterable[Inline]) -> str:
    """The words, with `\\n` where a line breaks."""
    return "".join(_plain(inline) for inline in inlines)


def _plain(inline: Inline) -> str:
    if isinstance(inline, Text):
        return inline.text
    return "\n" if isinstance(inline, LineBreak) else plain(inline.children)


def lines_of(block: Block) -> Iterator[str]:
    """Each line of words in a block, at whatever depth."""
    if isinstance(block, BlockList):
        for entry in block.entries:
            for inner in entry:
                yield from lines_of(inner)
    elif isinstance(block, Quote):
        for inner in block.blocks:
            yield from lines_of(inner)
    elif isinstance(block, TimestampList):
        for timestamp in block.entries:
            yield plain(timestamp.children)
    elif block.children:  # a picture may have no words
        yield from (line.strip() for line in plain(block.children).split("\n"))


def split_lines(children: Iterable[Inline]) -> list[tuple[Inline, ...]]:
    """The lines of a paragraph, without the breaks between them and without empty ones."""
    lines: list[list[Inline]] = [[]]
    for child in children:
        if isinstance(child, LineBreak):
            lines.append([])
        else:
            lines[-1].append(child)
    return [tuple(line) for line in lines if line]


def is_all_links(block: Block) -> bool:
    """Whether nearly all of its words lead somewhere else: a menu, or a list of other articles."""
    if isinstance(block, BlockList | Quote):
        inner = [b for entry in block.entries for b in entry] if isinstance(block, BlockList) else block.blocks
        return bool(inner) and all(is_all_links(b) for b in inner)
    if isinstance(block, TimestampList):
        return False
    linked = sum(len(plain(inline.children)) for inline in block.children if isinstance(inline, Link))
    return linked > 0.8 * len(plain(block.children))


def unlink(blocks: Iterable[Block], prefix: str) -> list[Block]:
    """The blocks with each link whose address begins with *prefix* replaced by its words."""
    return [_unlink_block(block, prefix) for block in blocks]


def _unlink_block(block: Block, prefix: str) -> Block:
    if isinstance(block, BlockList):
        return replace(block, entries=tuple(tuple(unlink(entry, prefix)) for entry in block.entries))
    if isinstance(block, Quote):
        return Quote(tuple(unlink(block.blocks, prefix)))
    if isinstance(block, TimestampList):
        return block
    children = tuple(_unlink(block.children, prefix))
    return block if children == block.children else replace(block, children=tidy(children))


def _unlink(inlines: Iterable[Inline], prefix: str) -> Iterator[Inline]:
    for inline in inlines:
        if isinstance(inline, Link) and inline.href.startswith(prefix):
            yield from _with_links(inline.children)
        elif isinstance(inline, Text | LineBreak):
            yield inline
        else:
            yield replace(inline, children=tuple(_unlink(inline.children, prefix)))


def _with_links(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Words that were a link's, and are so no more: addresses that stand bare in them become links."""
    for inline in inlines:
        if isinstance(inline, Text):
            yield from link_text(inline.text)
        elif isinstance(inline, LineBreak):
            yield inline
        else:
            yield replace(inline, children=tuple(_with_links(inline.children)))


def tidy(inlines: Iterable[Inline]) -> tuple[Inline, ...]:
    """White space as HTML shows it: runs are one space, none at the ends or around a line break; nothing empty."""
    inlines = tuple(inlines)
    if len(inlines) == 1 and isinstance(inlines[0], Text):
        words = _BLANK.sub(" ", inlines[0].text).strip()
        return (Text(words),) if words else ()
    collapsed = _Collapse(backward=False).run(inlines)
    tidied = list(_Collapse(backward=True).run(collapsed))
    while tidied and isinstance(tidied[0], LineBreak):
        tidied.pop(0)
    while tidied and isinstance(tidied[-1], LineBreak):
        tidied.pop()
    return tuple(tidied)


class _Collapse:
    """One walk over the words, however deep they stand, that drops a space where one went before."""

    def __init__(self, backward: bool) -> None:
        self.backward = backward
        self.is_after_space = True

    def run(self, inlines: tuple[Inline, ...]) -> tuple[Inline, ...]:
        walked = [self._one(inline) for inline in (reversed(inlines) if self.backward else inlines)]
        kept = [inline for inline in walked if inline is not None]
        return tuple(reversed(kept) if self.backward else kept)

    def _one(self, inline: Inline) -> Inline | None:
        if isinstance(inline, LineBreak):
            self.is_after_space = True
            return inline
        if not isinstance(inline, Text):
            children = self.run(inline.children)
            if children == inline.children:
                return inline
            return replace(inline, children=children) if children else None
        words = _BLANK.sub(" ", inline.text)
        if self.is_after_space:
            words = words.rstrip() if self.backward else words.lstrip()
        if words:
            self.is_after_space = (words[0] if self.backward else words[-1]) == " "
        return Text(words) if words else None
