"""Where an article begins and ends in a text that was copied with what stood around it.

A sign (signs.py) is only a boundary when the shape of what follows says so: cutting too much is worse than leaving
a line. Comments are recognised by what only comments have (names with "says:", times of day, "Reply"); other
furniture by standing together, without paragraphs of prose between.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from podcast_tool.model import Block, BlockList, Cut, Heading, LineBreak, Paragraph
from podcast_tool.read.article.figures import Shown
from podcast_tool.read.article.inlines import is_all_links, lines_of, plain, split_lines
from podcast_tool.read.article.lines import Line, explode
from podcast_tool.read.article.signs import (
    COMMENTS,
    COPYRIGHT,
    END_SIGNS,
    FILED,
    FORM_EVIDENCE,
    NAVIGATION,
    NEWSLETTER,
    RELATED,
    REPLY,
    SHARE,
    is_quoting,
)

_COMMENTS_ON_TITLE, _COMMENTS_COUNTED, _ = COMMENTS

_MAX_PASSES = 10
_EVIDENCE_LINES = 14
_HEADING_WORDS = 4
_MAX_CANDIDATES = 200
_LONE_EVIDENCE = 4
_HEADER_LINES = 40
_HEADER_BLOCKS = 12

# Furniture may hold some prose (an author's box, an excerpt), but not as much as the article, if marks are few.
_MAX_TAIL_PROSE_SHARE = 0.6
_MAX_MENU_PROSE_SHARE = 0.35


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
    pictures = list(takewhile(lambda block: isinstance(block, Shown), blocks))
    blocks = _split_title([part for block in blocks[len(pictures) :] for part in explode(block)], title)
    lines = [
        Line(text, index, may_be_prose)
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
    if not before:  # above the title, as many a text begins
        kept = [*pictures, *kept]

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


def _split_title(blocks: list[Block], title: str | None) -> list[Block]:
    """The known title, where it stands on the first line of a paragraph, as a paragraph of its own."""
    first = blocks[0] if blocks else None
    if not title or not isinstance(first, Paragraph):
        return blocks
    lines = split_lines(first.children)
    if len(lines) < 2 or _normal(plain(lines[0])) != _normal(title):
        return blocks
    rest = [child for line in lines[1:] for child in (LineBreak(), *line)][1:]
    return [Paragraph(lines[0]), Paragraph(tuple(rest)), *blocks[1:]]


def _find_title(
    blocks: Sequence[Block], lines: Sequence[Line], title: str | None, first_line_is_title: bool
) -> tuple[str | None, int]:
    """The title's words, and the index of the block behind it."""
    if title:
        wanted = _normal(title)
        for line in lines[:_HEADER_LINES]:
            alone = len([other for other in lines if other.block == line.block]) == 1
            if alone and wanted and _normal(line.text) == wanted:
                return line.text, line.block + 1
            if line.is_sentence:
                break
    if not first_line_is_title or len(lines) < 2 or not lines[1].block > lines[0].block == 0:
        return None, 0
    text = lines[0].text
    is_title = (
        isinstance(blocks[0], Paragraph)
        and len(text) <= 200
        and not text.endswith((".", ",", ";", ":", "。"))
        and lines[0].sign not in COMMENTS
        and not re.search(r"://|^\d{1,2}:\d\d", text)
        and (title is None or _has_words_of(text, title))
    )
    return (text, 1) if is_title else (None, 0)


def _has_words_of(text: str, title: str) -> bool:
    """Whether half of the words are the title's: the same headline, worded otherwise."""
    words, wanted = set(_normal(text).split()), set(_normal(title).split())
    return 2 * len(words & wanted) >= min(len(words), len(wanted))


def _header(blocks: Sequence[Block], lines: Sequence[Line], start: int) -> list[Line]:
    """Byline, date and share buttons between the title and the first sentence."""
    by_block: dict[int, list[Line]] = {}
    for line in lines:
        if line.block >= start:
            by_block.setdefault(line.block, []).append(line)
    # A diary has a date over each of its days.
    own = takewhile(lambda line: line.sign not in COMMENTS or line.is_header_mark, lines)
    is_diary = sum(line.is_date_alone and not line.is_evidence for line in own) > 2
    head: list[Line] = []
    for index, members in list(by_block.items())[:_HEADER_BLOCKS]:
        if any(line.is_sentence or line.is_prose for line in members):
            break
        marks = [line for line in members if line.is_header_mark and not (is_diary and line.is_date_alone)]
        is_list = isinstance(blocks[index], BlockList)
        is_furniture = is_list and all(line.sign or line.is_header_mark for line in members)
        is_meta = is_list and len(members) <= 4
        if (marks and (len(marks) == len(members) or is_meta)) or is_furniture or _is_newsletter(members):
            head += members
    has_more = any(line.is_sentence or line.is_prose for line in lines if line.block >= start)
    return head if has_more and len(head) < sum(map(len, by_block.values())) else []


def _is_newsletter(members: Sequence[Line]) -> bool:
    return all(line.sign is NEWSLETTER for line in members)


def _header_kinds(head: Sequence[Line]) -> tuple[str, ...]:
    return ("byline and date",) if any(line.is_header_mark for line in head) else ()


# -- the end ----------------------------------------------------------------------------------------------------------


def _find_end(lines: Sequence[Line], title: str | None) -> tuple[int, tuple[str, ...]]:
    """The index of the first line that is no longer the article, and what comes there."""
    last_prose = max((index for index, line in enumerate(lines) if line.is_sentence or line.is_prose), default=-1)
    headed = (index for index in range(len(lines)) if _is_comments_heading(lines, index, title, last_prose))
    confirmed = min((i for i in (next(headed, None), _first_comment(lines)) if i is not None), default=None)
    limit = len(lines) if confirmed is None else confirmed
    signs = [index for index in range(1, limit) if lines[index].sign][:_MAX_CANDIDATES]
    end = next((index for index in signs if _is_furniture(lines, index, limit, confirmed is not None)), limit)
    # A block is kept or cut whole; one that begins as the article does stays.
    while end < len(lines) and end > 0 and lines[end].block == lines[end - 1].block:
        end += 1
    # Names of networks and the like that stand above the first sign.
    while end < len(lines) and end > 1 and lines[end - 1].block != lines[end].block and lines[end - 1].sign is SHARE:
        end -= 1
    return end, _kinds(lines[end:])


def _first_comment(lines: Sequence[Line]) -> int | None:
    """Where comments begin without a heading: names and times in a row, and a form or a "Reply" below them."""
    marked = [index for index, line in enumerate(lines) if line.is_evidence]
    if len(marked) < _LONE_EVIDENCE or not any(
        FORM_EVIDENCE.match(lines[i].text) or _is_reply(lines[i]) for i in marked
    ):
        return None
    named = [index for index in marked if _is_who_or_when(lines[index])]
    for index, following in pairwise(named):
        near = sum(1 for i in marked if index <= i < index + _EVIDENCE_LINES)
        if index > 0 and following - index < _EVIDENCE_LINES and near >= _LONE_EVIDENCE:
            return index
    return None


def _is_reply(line: Line) -> bool:
    return bool(REPLY.fullmatch(line.text.strip()))


def _is_who_or_when(line: Line) -> bool:
    return line.is_evidence and not _is_reply(line) and not FORM_EVIDENCE.match(line.text) and line.sign not in COMMENTS


def _kinds(tail: Sequence[Line]) -> tuple[str, ...]:
    """What was found there, in the order of the table of signs."""
    found = {line.sign.kind for line in tail if line.sign}
    if any(line.is_evidence for line in tail):
        found.add(_COMMENTS_COUNTED.kind)
    return tuple(dict.fromkeys(sign.kind for sign in END_SIGNS if sign.kind in found))


def _is_comments_heading(lines: Sequence[Line], index: int, title: str | None, last_prose: int) -> bool:
    sign = lines[index].sign
    if sign not in COMMENTS:
        return False
    following = lines[index + 1 : index + 1 + _EVIDENCE_LINES]
    evidence = sum(line.is_evidence for line in following)
    # "Jane Doe, mayor, said:" stands in articles, too.
    firm = sum(line.is_evidence and not is_quoting(line.text.strip()) for line in following)
    has_prose_after = last_prose > index
    if sign is _COMMENTS_ON_TITLE:
        heading, words = _normal(lines[index].text), _normal(title or "")
        # With the article's own title in it, and little else, nothing has to follow.
        rest = f" {heading} ".replace(f" {words} ", " ", 1).split()
        if words and len(rest) < len(heading.split()) and len(rest) <= _HEADING_WORDS:
            return True
        is_quoted = bool(re.search(r"[“”„\"«»《]", lines[index].text))
        return firm >= 1 and (evidence >= 2 or is_quoted)
    if sign is _COMMENTS_COUNTED:
        has_number = bool(re.search(r"\d", lines[index].text))
        if has_number and sum(line.is_date_alone for line in following) >= 2:
            return True
        return (firm >= 1 and evidence >= 2) or (
            not has_prose_after and (evidence >= 1 or (not following and has_number))
        )
    return firm >= 1 or not has_prose_after


def _is_furniture(lines: Sequence[Line], index: int, limit: int, has_comments: bool) -> bool:
    """Whether all from *index* up to the comments, or to the end, stands around articles."""
    before = sum(len(line.text) for line in lines[:index] if line.is_prose or line.is_sentence)
    region = lines[index:limit]
    said = [line for line in region if line.is_prose or line.is_sentence]
    marks = sum(1 for line in region if line.sign or line.is_evidence)
    first = lines[index].sign
    if not before or first is None:
        return False
    is_firm = first in (FILED, COPYRIGHT) or first.is_strong or (has_comments and first in (NEWSLETTER, SHARE))
    if not said:
        is_unmistakable = first in (FILED, COPYRIGHT) or first.is_strong
        return marks >= 2 or has_comments or is_unmistakable
    said_characters = sum(len(line.text) for line in said)
    if marks < (1 if has_comments and is_firm else 2) or (first is NAVIGATION and not has_comments):
        return False
    if said_characters > _MAX_TAIL_PROSE_SHARE * before:
        return marks >= 4 * len(said) and sum(line.is_prose for line in said) <= 2
    # A menu, a list of other articles: lines that say nothing.
    unsaid = len(region) - len(said) - marks
    needed = (2 if first is RELATED else 4) * len(said)
    is_mostly_menu = said_characters <= _MAX_MENU_PROSE_SHARE * before and unsaid >= needed
    return is_mostly_menu or marks >= (len(said) / 2 if is_firm else 2 * len(said))


# -- inside -----------------------------------------------------------------------------------------------------------


def _without_share_bars(blocks: list[Block]) -> tuple[list[Block], int]:
    """Lists of nothing but share buttons go, with the line over them, wherever they stand."""
    kept: list[Block] = []
    count = 0
    for block in blocks:
        lines = [Line(text, 0) for text in lines_of(block) if text]
        if isinstance(block, BlockList) and len(lines) > 1 and all(line.sign is SHARE for line in lines):
            count += len(lines)
            if kept and isinstance(kept[-1], Paragraph):
                above = [Line(text, 0) for text in lines_of(kept[-1])]
                if len(above) == 1 and above[0].sign is SHARE:
                    kept.pop()
                    count += 1
        else:
            kept.append(block)
    return kept, count
