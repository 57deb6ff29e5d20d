"""Chapters and notes tell the same times: apps choose one of them (SN-SAME)."""

from __future__ import annotations

from collections.abc import Sequence

from podcast_tool.model import Block, Chapter, TimestampList
from podcast_tool.render.chapters import chapter_list


def with_chapter_list(blocks: Sequence[Block], chapters: Sequence[Chapter]) -> tuple[Block, ...]:
    """The notes with the chapters as their table of contents: in the place of the article's own, else at the end."""
    contents = chapter_list(chapters)
    if contents is None:
        return tuple(blocks)
    own = [block for block in blocks if isinstance(block, TimestampList)]
    if not own:
        return (*blocks, contents)
    if _starts(own[0]) == _starts(contents):
        return tuple(blocks)  # the article's own words may be richer
    return tuple(contents if block is own[0] else block for block in blocks if block not in own[1:])


def _starts(contents: TimestampList) -> list[int]:
    return [entry.start_seconds for entry in contents.entries]
