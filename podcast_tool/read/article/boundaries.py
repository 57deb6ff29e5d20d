"""Where an article begins and ends in a text that was copied with what stood around it.

A sign (signs.py) is only a boundary when the shape of what follows says so: cutting too much is worse than leaving
a line. Comments are recognised by what only comments have (names with "says:", times of day, "Reply"); other
furniture by standing together, without paragraphs of prose between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from podcast_tool.model import Block, BlockList, Cut, Heading, Paragraph
from podcast_tool.read.article.inlines import is_all_links, lines_of
from podcast_tool.read.article.signs import (
    BYLINE,
    COMMENT_EVIDENCE,
    COMMENTS,
    DATE,
    END_SIGNS,
    FILED,
    FORM_EVIDENCE,
    MAX_SIGN_CHARACTERS,
    SHARE,
    Sign,
)

_COMMENTS_ON_TITLE, _COMMENTS_COUNTED, _COMMENTS_STRONG = COMMENTS

# A line of so many characters that ends as a sentence does is prose; Chinese and Japanese say as much in fewer.
_PROSE_CHARACTERS, _PROSE_CJK_CHARACTERS = 80, 30
_UNENDED_PROSE_CHARACTERS = 200
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?。！？؟۔:]['\"”’»)\]]*(?:\s*[\U0001f300-\U0001faff☺🙂😉]+)?$")

_MAX_PASSES = 10
_EVIDENCE_LINES = 14
_HEADING_WORDS = 4
_MAX_CANDIDATES = 200
_HEADER_LINES = 40
_HEADER_WORDS = 14

# Furniture may hold some prose (an author's box, an excerpt), but not as much as the article, if marks are few.
_MAX_TAIL_PROSE_SHARE = 0.6


@dataclass(frozen=True)
class _Line:
    text: str
    block: int
    may_be_prose: bool = True
    """Not of a heading, nor of a block that is nothing but links."""

    @cached_property
    def sign(self) -> Sign | None:
        bare = self.text.strip(" *|·•–—-")
        if not bare or len(bare) > MAX_SIGN_CHARACTERS:
            return None
        return next((sign for sign in END_SIGNS if sign.pattern.fullmatch(bare)), None)

    @cached_property
    def is_evidence(self) -> bool:
        """Only comments and the form below them have such lines."""
        bare = self.text.strip()
        return len(bare) <= MAX_SIGN_CHARACTERS and bool(
            COMMENT_EVIDENCE.match(bare) or FORM_EVIDENCE.match(bare) or _COMMENTS_STRONG.pattern.fullmatch(bare)
        )

    @cached_property
    def is_prose(self) -> bool:
        if not self.may_be_prose:
            return False
        length = len(self.text)
        enough = _PROSE_CJK_CHARACTERS if _CJK.search(self.text) else _PROSE_CHARACTERS
        is_excerpt = self.text.endswith(("…", "...", "[…]", "[...]"))
        is_sentence = length >= _UNENDED_PROSE_CHARACTERS or bool(_SENTENCE_END.search(self.text))
        return length >= enough and is_sentence and not is_excerpt and self.sign is None


@dataclass(frozen=True)
class Trimmed:
    """An article without its surroundings."""

    title: str | None
    blocks: tuple[Block, ...]
    cuts: tuple[Cut, ...]


def trim(blocks: Sequence[Block], title: str | None, *, first_line_is_title: bool) -> Trimmed:
    """Leave out what stands before the article's first words and after its last.

    Repeated until nothing more goes, so that notes made of notes are the same notes.

    Args:
        title: the episode's, if it is known: what stands above it in the text is not the article.
        first_line_is_title: whether a first line that looks like one is a title (in plain text it has no other mark).
    """
    trimmed = _trim_once(blocks, title, first_line_is_title)
    cuts = list(trimmed.cuts)
    for _ in range(_MAX_PASSES):
        again = _trim_once(trimmed.blocks, title or trimmed.title, False)
        if len(again.blocks) == len(trimmed.blocks):
            break
        cuts += again.cuts
        trimmed = Trimmed(title=trimmed.title or again.title, blocks=again.blocks, cuts=())
    return Trimmed(title=trimmed.title, blocks=trimmed.blocks, cuts=_sum_up(cuts))


def _sum_up(cuts: Sequence[Cut]) -> tuple[Cut, ...]:
    summed: dict[str, Cut] = {}
    for cut in cuts:
        known = summed.get(cut.place, Cut(line_count=0, place=cut.place, kinds=()))
        kinds = tuple(dict.fromkeys(known.kinds + cut.kinds))
        summed[cut.place] = Cut(line_count=known.line_count + cut.line_count, place=cut.place, kinds=kinds)
    return tuple(summed.values())


def _trim_once(blocks: Sequence[Block], title: str | None, first_line_is_title: bool) -> Trimmed:
    lines = [
        _Line(text, index, may_be_prose)
        for index, block in enumerate(blocks)
        for may_be_prose in [not isinstance(block, Heading) and not is_all_links(block)]
        for text in lines_of(block)
        if text
    ]
    found, start = _find_title(blocks, lines, title, first_line_is_title)
    before = [line for line in lines if line.block < start - (1 if found else 0)]  # the title is no loss
    head = _header(blocks, lines, start)
    dropped = {line.block for line in head}
    body = [line for line in lines if line.block >= start and line.block not in dropped]
    end, kinds = _find_end(body, found or title)
    tail = body[end:]
    last = tail[0].block if tail else len(blocks)
    kept = [block for index, block in enumerate(blocks) if start <= index < last and index not in dropped]
    kept, share_lines = _without_share_bars(kept)

    cuts = []
    if before or head:
        cuts.append(Cut(line_count=len(before) + len(head), place="before", kinds=_header_kinds(head)))
    if share_lines:
        cuts.append(Cut(line_count=share_lines, place="inside", kinds=(SHARE.kind,)))
    if tail:
        cuts.append(Cut(line_count=len(tail), place="after", kinds=kinds))
    return Trimmed(title=found, blocks=tuple(kept), cuts=tuple(cuts))


# -- the beginning ----------------------------------------------------------------------------------------------------


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _find_title(
    blocks: Sequence[Block], lines: Sequence[_Line], title: str | None, first_line_is_title: bool
) -> tuple[str | None, int]:
    """The title's words, and the index of the block behind it."""
    if title:
        wanted = _normal(title)
        for line in lines[:_HEADER_LINES]:
            alone = len([other for other in lines if other.block == line.block]) == 1
            if alone and wanted and _normal(line.text) == wanted:
                return line.text, line.block + 1
            if line.is_prose:
                break
    if first_line_is_title and len(lines) > 1 and lines[1].block > lines[0].block == 0:
        text = lines[0].text
        if (
            isinstance(blocks[0], Paragraph)
            and len(text) <= 200
            and not text.endswith((".", ",", ";", ":", "。"))
            and lines[0].sign not in COMMENTS
            and not re.search(r"://|^\d{1,2}:\d\d", text)
        ):
            return text, 1
    return None, 0


def _header(blocks: Sequence[Block], lines: Sequence[_Line], start: int) -> list[_Line]:
    """Byline, date, share bar between the title and the first paragraph: whole blocks without any prose."""
    head: list[_Line] = []
    by_block: dict[int, list[_Line]] = {}
    for line in lines:
        if line.block >= start:
            by_block.setdefault(line.block, []).append(line)
    for index, members in list(by_block.items())[:8]:
        if any(line.is_prose for line in members):
            break
        has_mark = any(_is_header_mark(line) for line in members)
        is_furniture = isinstance(blocks[index], BlockList) and all(line.sign for line in members)
        if len(members) <= 12 and (has_mark or is_furniture):
            head += members
    return head if len(head) < sum(map(len, by_block.values())) else []


def _is_header_mark(line: _Line) -> bool:
    if len(line.text.split()) > _HEADER_WORDS:
        return False
    if BYLINE.match(line.text):
        return True
    return bool(DATE.search(line.text)) and not _SENTENCE_END.search(line.text)


def _header_kinds(head: Sequence[_Line]) -> tuple[str, ...]:
    return ("byline and date",) if any(_is_header_mark(line) for line in head) else ()


# -- the end ----------------------------------------------------------------------------------------------------------


def _find_end(lines: Sequence[_Line], title: str | None) -> tuple[int, tuple[str, ...]]:
    """The index of the first line that is no longer the article, and what comes there."""
    last_prose = max((index for index, line in enumerate(lines) if line.is_prose), default=-1)
    confirmed = next(
        (index for index in range(len(lines)) if _is_comments_heading(lines, index, title, last_prose)),
        None,
    )
    limit = len(lines) if confirmed is None else confirmed
    signs = [index for index in range(1, limit) if lines[index].sign][:_MAX_CANDIDATES]
    end = next((index for index in signs if _is_furniture(lines, index, limit, confirmed is not None)), limit)
    # A block is kept or cut whole; one that begins as the article does stays.
    while end < len(lines) and end > 0 and lines[end].block == lines[end - 1].block:
        end += 1
    return end, _kinds(lines[end:])


def _kinds(tail: Sequence[_Line]) -> tuple[str, ...]:
    """What was found there, in the order of the table of signs."""
    found = {line.sign.kind for line in tail if line.sign}
    if any(line.is_evidence for line in tail):
        found.add(_COMMENTS_COUNTED.kind)
    return tuple(dict.fromkeys(sign.kind for sign in END_SIGNS if sign.kind in found))


def _is_comments_heading(lines: Sequence[_Line], index: int, title: str | None, last_prose: int) -> bool:
    sign = lines[index].sign
    if sign not in COMMENTS:
        return False
    following = lines[index + 1 : index + 1 + _EVIDENCE_LINES]
    evidence = sum(line.is_evidence for line in following)
    has_prose_after = last_prose > index
    if sign is _COMMENTS_ON_TITLE:
        heading, words = _normal(lines[index].text), _normal(title or "")
        # With the article's own title in it, and little else, nothing has to follow.
        if words and words in heading and len(heading.replace(words, " ", 1).split()) <= _HEADING_WORDS:
            return True
        return evidence >= 1
    if sign is _COMMENTS_COUNTED:
        return (
            evidence >= 2
            or (evidence == 1 and not has_prose_after)
            or (not following and bool(re.search(r"\d", lines[index].text)))
        )
    return evidence >= 1 or not has_prose_after


def _is_furniture(lines: Sequence[_Line], index: int, limit: int, has_comments: bool) -> bool:
    """Whether all from *index* up to the comments, or to the end, stands around articles."""
    before = sum(len(line.text) for line in lines[:index] if line.is_prose)
    region = lines[index:limit]
    prose = [line for line in region if line.is_prose]
    marks = sum(1 for line in region if line.sign or line.is_evidence)
    first = lines[index].sign
    if not before or first is None:
        return False
    if not prose:
        is_plain = first.is_strong or first in (FILED,) or first.kind == "copyright"
        return marks >= 2 or has_comments or is_plain
    is_small = sum(len(line.text) for line in prose) <= _MAX_TAIL_PROSE_SHARE * before
    return marks >= (2 if is_small else 4) * len(prose) and (is_small or len(prose) <= 2)


# -- inside -----------------------------------------------------------------------------------------------------------


def _without_share_bars(blocks: list[Block]) -> tuple[list[Block], int]:
    """Lists of nothing but share buttons go, with the line over them, wherever they stand."""
    kept: list[Block] = []
    count = 0
    for block in blocks:
        lines = [_Line(text, 0) for text in lines_of(block) if text]
        if isinstance(block, BlockList) and len(lines) > 1 and all(line.sign is SHARE for line in lines):
            count += len(lines)
            if kept and isinstance(kept[-1], Paragraph):
                above = [_Line(text, 0) for text in lines_of(kept[-1])]
                if len(above) == 1 and above[0].sign is SHARE:
                    kept.pop()
                    count += 1
        else:
            kept.append(block)
    return kept, count
