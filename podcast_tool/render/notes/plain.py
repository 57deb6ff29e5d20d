"""The show notes as plain text, in which links and lists still read well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from podcast_tool.model import Block, BlockList, Inline, LineBreak, Link, Paragraph, Quote, Text, TimestampList
from podcast_tool.render.notes.html import spell_timestamp, without_pictures


def render_plain_notes(blocks: Sequence[Block]) -> str:
    """Paragraphs parted by blank lines; the addresses of a paragraph's or list's links stand behind it, a line each.

    Of a picture there are the words under it.
    """
    parts = ("\n".join((*_lines(block), *_addresses_of(block))) for block in without_pictures(blocks))
    return "\n\n".join(parts) + "\n"


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, BlockList):
        for number, entry in enumerate(block.entries, block.start):
            mark = f"{number}. " if block.is_ordered else "- "
            lines = [line for inner in entry for line in _lines(inner)]
            yield from (f"{mark if index == 0 else ' ' * len(mark)}{line}" for index, line in enumerate(lines))
    elif isinstance(block, Quote):
        for index, inner in enumerate(block.blocks):
            if index:
                yield ">"
            yield from (f"> {line}" for line in _lines(inner))
    elif isinstance(block, TimestampList):
        for stamp in block.entries:
            yield f"{spell_timestamp(stamp.start_seconds)} {plain_words(stamp.children)}"
    else:
        yield from plain_words(block.children).split("\n")


def _addresses_of(block: Block) -> Iterator[str]:
    if isinstance(block, BlockList):
        for entry in block.entries:
            for inner in entry:
                yield from _addresses_of(inner)
    elif isinstance(block, Quote):
        for inner in block.blocks:
            yield from _addresses_of(inner)
    elif isinstance(block, TimestampList):
        for stamp in block.entries:
            yield from _addresses(stamp.children)
    else:
        yield from _addresses(block.children)


def plain_words(inlines: Iterable[Inline]) -> str:
    """The words alone, `\\n` where a line breaks."""
    return "".join(
        inline.text
        if isinstance(inline, Text)
        else "\n"
        if isinstance(inline, LineBreak)
        else plain_words(inline.children)
        for inline in inlines
    )


def _addresses(inlines: Iterable[Inline]) -> Iterator[str]:
    """Where the links lead, if their words do not say it themselves."""
    for inline in inlines:
        if isinstance(inline, Link):
            words = plain_words(inline.children)
            address = inline.href.removeprefix("mailto:")
            if address.partition("://")[2].rstrip("/") not in words and address not in words:
                yield address
        elif not isinstance(inline, Text | LineBreak):
            yield from _addresses(inline.children)


def first_paragraphs(blocks: Iterable[Block]) -> Iterator[str]:
    """The words of each paragraph, headings and lists left out."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield " ".join(plain_words(block.children).split())
