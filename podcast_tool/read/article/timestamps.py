"""Timestamps at the starts of lines: the recording's table of contents (SN-TIME-FORM, SN-TIME-LIST)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from podcast_tool.model import (
    Block,
    BlockList,
    Figure,
    Heading,
    Inline,
    LineBreak,
    Paragraph,
    Quote,
    Text,
    Timestamp,
    TimestampList,
)
from podcast_tool.read.article.inlines import plain, split_lines, tidy

_STAMP = re.compile(
    r"""^\s*[(\[]?\s*(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d)(?:[.,]\d{1,3})?\s*[)\]]?
        (?:\s*(?:-|–|—|to|bis)\s*[(\[]?(?:\d{1,2}:)?\d{1,3}:[0-5]\d[)\]]?)?   # a range: its start counts
        (?:\s*[-–—:|•]\s*|\s+|$)""",
    re.VERBOSE,
)


_LATEST_FIRST_SECONDS = 300


def gather_timestamps(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Runs of lines that each begin with a timestamp become a `TimestampList`; all else stays as it is."""
    gathered: list[Block] = []
    run: list[Block] = []
    entries: list[Timestamp] = []
    for block in (part for whole in blocks for part in _parts(whole)):
        found = _list_of(block)
        if run and isinstance(block, Figure):  # it parts no list, and comes behind it
            run.append(block)
            continue
        if not found or (entries and entries[-1].start_seconds >= found[0].start_seconds):
            gathered += _settle(run, entries)
            run, entries = [], []
        if found:
            run.append(block)
            entries += found
        else:
            gathered.append(block)
    return tuple(gathered + _settle(run, entries))


def _parts(block: Block) -> Iterable[Block]:
    """A paragraph with stamped lines and others ("Timestamps:"), as one for each run of them."""
    if not isinstance(block, Paragraph):
        return (block,)
    lines = split_lines(block.children)
    runs = [(stamped, list(run)) for stamped, run in groupby(lines, key=lambda line: _stamp(line) is not None)]
    if len(runs) < 2 or not any(stamped and len(run) > 1 for stamped, run in runs):
        return (block,)
    return tuple(Paragraph(tuple(child for line in run for child in (LineBreak(), *line))[1:]) for _, run in runs)


def _settle(run: list[Block], entries: Sequence[Timestamp]) -> list[Block]:
    """One stamp alone ("10:30 doors open"), or a timetable of a day, is no table of contents."""
    if not _is_contents(entries):
        return run
    return [TimestampList(tuple(entries)), *(block for block in run if isinstance(block, Figure))]


def _is_contents(entries: Sequence[Timestamp]) -> bool:
    if len(entries) < 2 or not _ascend(entries):
        return False
    # A timetable begins at eight in the morning, and is set to five minutes.
    begins_early = entries[0].start_seconds <= _LATEST_FIRST_SECONDS
    is_exact = len(entries) > 2 and any(entry.start_seconds % 5 for entry in entries)
    return entries[0].start_seconds == 0 or (begins_early and is_exact)


def _ascend(entries: Sequence[Timestamp]) -> bool:
    return all(earlier.start_seconds < later.start_seconds for earlier, later in pairwise(entries))


def _list_of(block: Block) -> tuple[Timestamp, ...] | None:
    """The timestamps of a block whose every line begins with one."""
    if isinstance(block, TimestampList):
        return block.entries
    if isinstance(block, BlockList):
        lines = [entry[0].children for entry in block.entries if len(entry) == 1 and isinstance(entry[0], Paragraph)]
        if len(lines) != len(block.entries):
            return None
    elif isinstance(block, Quote):
        inner = [_list_of(quoted) for quoted in block.blocks]
        return tuple(stamp for found in inner if found for stamp in found) if all(inner) else None
    elif isinstance(block, Paragraph | Heading):
        lines = split_lines(block.children)
    else:
        return None
    stamps = [_stamp(line) for line in lines]
    found = tuple(stamp for stamp in stamps if stamp is not None)
    return found if found and len(found) == len(stamps) else None


def _stamp(line: Sequence[Inline]) -> Timestamp | None:
    words = plain(line)
    match = _STAMP.match(words)
    if not match:
        return None
    hours, minutes, seconds = (int(match[name] or 0) for name in ("hours", "minutes", "seconds"))
    if match["hours"] and minutes > 59:
        return None
    title = tidy(_without_start(line, match.end()))
    return Timestamp(hours * 3600 + minutes * 60 + seconds, title) if title else None


def _without_start(line: Sequence[Inline], count: int) -> list[Inline]:
    """The line without its first *count* characters, whatever they stand in."""
    rest: list[Inline] = []
    for inline in line:
        length = len(plain([inline]))
        if count >= length:
            count -= length
        elif count and isinstance(inline, Text):
            rest.append(Text(inline.text[count:]))
            count = 0
        elif count and not isinstance(inline, LineBreak | Text):
            rest.append(replace(inline, children=tuple(_without_start(inline.children, count))))
            count = 0
        else:
            rest.append(inline)
    return rest
