"""Plain text, as people copy it from a page or write it: paragraphs, lists, quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from podcast_tool.model import Block, BlockList, Inline, LineBreak, Paragraph, Quote, Text
from podcast_tool.read.article.inlines import tidy
from podcast_tool.read.article.linkify import link_text

_BULLET = re.compile(r"^(?P<indent>[ \t]*)(?P<mark>[*•‣▪●○·◦–—+-]|\d{1,3}[.)])(?P<gap>[ \t]+|$)(?P<words>.*)$")
_DASHES = "–—"
_MAX_DEPTH = 6

# A line that an e-mail program or an editor broke: neither short nor long.
_WRAPPED_CHARACTERS = range(45, 101)
_WRAP_SPREAD_CHARACTERS = 30
_SENTENCE_END = tuple(".!?:;…”\"')")


def parse_text(text: str, quote_depth: int = 0) -> list[Block]:
    """Blocks of a text whose line ends are `\\n`; blank lines part paragraphs."""
    blocks: list[Block] = []
    for chunk in _chunks(text):
        blocks += _merge(blocks, list(_blocks(chunk, quote_depth)))
    return [_as_written(block) for block in blocks]


def _as_written(block: Block) -> Block:
    """A lone "3. Mai war es" is a sentence, no list."""
    if not isinstance(block, BlockList) or not block.is_ordered or len(block.entries) > 1 or block.start == 1:
        return block
    (entry,) = block.entries
    if len(entry) != 1 or not isinstance(entry[0], Paragraph):
        return block
    return Paragraph(tidy((Text(f"{block.start}. "), *entry[0].children)))


def _chunks(text: str) -> Iterator[list[str]]:
    lines = [line.rstrip() for line in text.split("\n")]
    chunks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            chunks[-1].append(line.expandtabs(4))
        elif chunks[-1]:
            chunks.append([])
    filled = [chunk for chunk in chunks if chunk]
    # No blank line at all, and long lines: each line is a paragraph (Word's "plain text").
    if len(filled) == 1 and len(filled[0]) > 1 and max(map(len, filled[0])) > max(_WRAPPED_CHARACTERS):
        return iter([line] for line in filled[0])
    return iter(filled)


def _blocks(chunk: Sequence[str], quote_depth: int) -> Iterator[Block]:
    """One chunk: its lines of words, its list lines and its quoted lines, in their order."""
    words: list[str] = []
    entries: list[tuple[int, str, str]] = []
    quoted: list[str] = []
    for line in chunk:
        bullet = _BULLET.match(line)
        if line.startswith(">") and quote_depth < _MAX_DEPTH:
            yield from _finish(words, entries, [], quote_depth)
            words, entries = [], []
            quoted.append(line[1:].removeprefix(" "))
        elif bullet and (bullet["mark"] not in _DASHES or entries):
            yield from _finish(words, [], quoted, quote_depth)
            words, quoted = [], []
            entries.append((len(bullet["indent"]), bullet["mark"], bullet["words"].strip()))
        elif entries and line.startswith("  ") and len(line) - len(line.lstrip()) > entries[-1][0]:
            indent, mark, said = entries[-1]  # an entry that goes on in the next line
            entries[-1] = (indent, mark, f"{said} {line.strip()}".strip())
        else:
            yield from _finish([], entries, quoted, quote_depth)
            entries, quoted = [], []
            words.append(line.strip())
    yield from _finish(words, entries, quoted, quote_depth)


def _finish(
    words: Sequence[str], entries: Sequence[tuple[int, str, str]], quoted: Sequence[str], quote_depth: int
) -> Iterator[Block]:
    if words:
        yield Paragraph(_join(words))
    if entries:
        yield from _list(entries)
    if quoted:
        inner = parse_text("\n".join(quoted), quote_depth + 1)
        if inner:
            yield Quote(tuple(inner))


def _join(lines: Sequence[str]) -> tuple[Inline, ...]:
    """Lines of one paragraph: joined where they were only wrapped, else with their breaks."""
    joint = " " if _is_wrapped(lines) else "\n"
    inlines: list[Inline] = []
    for part in joint.join(lines).split("\n"):
        if inlines:
            inlines.append(LineBreak())
        inlines += link_text(part)
    return tidy(inlines)


def _is_wrapped(lines: Sequence[str]) -> bool:
    lengths = [len(line) for line in lines[:-1]]
    if not lengths or not all(length in _WRAPPED_CHARACTERS for length in lengths):
        return False
    if len(lengths) == 1:
        return not lines[0].endswith(_SENTENCE_END) and lines[1][:1].islower()
    return max(lengths) - min(lengths) <= _WRAP_SPREAD_CHARACTERS


@dataclass
class _Level:
    """A list that is still growing."""

    indent: int
    mark: str
    entries: list[list[Block]] = field(default_factory=list)

    def close(self) -> BlockList:
        is_ordered = self.mark[:-1].isdigit()
        return BlockList(
            entries=tuple(tuple(entry) for entry in self.entries if entry),
            is_ordered=is_ordered,
            start=int(self.mark[:-1]) if is_ordered else 1,
        )


def _list(entries: Sequence[tuple[int, str, str]]) -> Iterator[Block]:
    """Nested by indent; where that is equal, by a mark that is new under the last one."""
    stack: list[_Level] = []
    for indent, mark, words in entries:
        kind = "1." if mark[:-1].isdigit() else mark
        while stack and (
            indent < stack[-1].indent
            or any(level.indent == indent and _kind(level.mark) == kind for level in stack[:-1])
        ):
            _close_last(stack)
        if not stack or (len(stack) < _MAX_DEPTH and (indent > stack[-1].indent or _kind(stack[-1].mark) != kind)):
            stack.append(_Level(indent, mark))
        inlines = tidy(link_text(words))
        stack[-1].entries.append([Paragraph(inlines)] if inlines else [])
    while len(stack) > 1:
        _close_last(stack)
    closed = stack[0].close() if stack else BlockList(())
    if closed.entries:
        yield closed


def _kind(mark: str) -> str:
    return "1." if mark[:-1].isdigit() else mark


def _close_last(stack: list[_Level]) -> None:
    inner = stack.pop().close()
    if not inner.entries:
        return
    if stack and stack[-1].entries:
        stack[-1].entries[-1].append(inner)
    elif stack:
        stack[-1].entries.append([inner])
    else:
        stack.append(_Level(0, "*", [list(entry) for entry in inner.entries]))


def _merge(before: list[Block], new: list[Block]) -> list[Block]:
    """Let a list go on over a blank line: the same kind, and a number that follows."""
    last, first = before[-1] if before else None, new[0] if new else None
    if isinstance(last, BlockList) and isinstance(first, BlockList) and last.is_ordered == first.is_ordered:
        goes_on = not first.is_ordered or first.start == last.start + len(last.entries)
        if goes_on:
            before[-1] = BlockList(last.entries + first.entries, last.is_ordered, last.start)
            return new[1:]
    return new
