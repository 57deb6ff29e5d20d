"""Chapters in a recording's tags: ID3v2 (Chapter Frame Addendum 1.0) in and out, Vorbis comments in.

Tags hold what other programs wrote: what is broken in them gives fewer chapters, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import islice, pairwise
from typing import Any

from mutagen.id3 import APIC, CHAP, CTOC, ID3, TIT2, WXXX, CTOCFlags, Encoding, Frame, PictureType, UrlFrame

from podcast_tool.model import Chapter, Image
from podcast_tool.text import clean_line, is_web_address
from podcast_tool.vocabulary.limits import MAX_ID3_CHAPTERS

LookAt = Callable[[bytes], Image | None]
"""Decodes an embedded picture."""

MAX_CHAPTERS = 10_000

MAX_ADDRESS_CHARACTERS = 2000

# 999:59:59.999, which the 32 bits of a CHAP frame hold, too.
MAX_PLAY_MILLISECONDS = 3_599_999_999

# A byte offset that is not told (Addendum, section 3.1); some programs write it as a time, too.
_UNTOLD = 0xFFFFFFFF

_PLAY_TIME = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,5}):)?(\d{1,7})(?:[.,](\d+))?", re.ASCII)


def parse_play_time(text: str) -> int | None:
    """Milliseconds of `HH:MM:SS.mmm`, `MM:SS` or `SS.mmm` (RFC 2326, section 3.6), rounded half up; None for others."""
    match = _PLAY_TIME.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[:3])
    if (match[2] and seconds > 59) or (match[1] and minutes > 59):
        return None
    fraction = match[4] or ""
    milliseconds = int(fraction[:3].ljust(3, "0")) + (fraction[3:4] >= "5")
    milliseconds += (hours * 3600 + minutes * 60 + seconds) * 1000
    return milliseconds if milliseconds <= MAX_PLAY_MILLISECONDS else None


def imply_ends(chapters: Sequence[Chapter]) -> tuple[Chapter, ...]:
    """Ascending chapters without the ends that go without saying: where the next one begins.

    A hidden chapter ends no visible one, as it stands in no table of contents.
    """
    told: list[Chapter] = []
    following: int | None = None
    following_visible: int | None = None
    for chapter in reversed(chapters):
        end = chapter.end_milliseconds
        implied = following if chapter.is_hidden else following_visible
        is_implied = end is not None and (end == implied or end <= chapter.start_milliseconds)
        told.append(replace(chapter, end_milliseconds=None) if is_implied else chapter)
        following = chapter.start_milliseconds
        following_visible = following_visible if chapter.is_hidden else following
    return tuple(reversed(told))


def settle(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """In order of their starts, whatever the tags say; of visible ones that begin at one moment, the first."""
    settled: list[Chapter] = []
    visible: set[int] = set()
    for chapter in sorted(islice(chapters, MAX_CHAPTERS), key=lambda chapter: chapter.start_milliseconds):
        if chapter.is_hidden or chapter.start_milliseconds not in visible:
            settled.append(chapter)
        if not chapter.is_hidden:
            visible.add(chapter.start_milliseconds)
    return imply_ends(settled)


def web_address(text: str) -> str | None:
    """An http(s) address in ASCII, as tags have it; None for what is none."""
    address = clean_line(text[:MAX_ADDRESS_CHARACTERS])
    return address if is_web_address(address) else None


# -- ID3 in -----------------------------------------------------------------------------------------------------------


def id3_chapters(tags: ID3, look: LookAt) -> tuple[Chapter, ...]:
    """The CHAP frames of *tags*; where there is a table of contents, those outside it are hidden."""
    frames = tags.getall("CHAP")
    listed = _listed_elements(tags.getall("CTOC"), {frame.element_id for frame in frames})
    frames.sort(key=lambda frame: listed.get(frame.element_id, len(listed)))
    found = (_id3_chapter(frame, look, bool(listed) and frame.element_id not in listed) for frame in frames)
    return settle(chapter for chapter in found if chapter is not None)


def _listed_elements(tables: Sequence[Any], elements: set[str]) -> dict[str, int]:
    """The chapters that a table of contents lists, with their places; tables stand in tables, even in circles."""
    by_element = {table.element_id: table for table in tables}
    top = [table for table in tables if table.flags & CTOCFlags.TOP_LEVEL] or list(tables)
    stack: list[str] = [table.element_id for table in reversed(top)]
    listed: dict[str, int] = {}
    seen: set[str] = set()
    while stack:
        element = stack.pop()
        if element in elements:
            listed.setdefault(element, len(listed))
        elif element in by_element and element not in seen:
            seen.add(element)
            stack += reversed(by_element[element].child_element_ids)
    return listed


def _id3_chapter(frame: Any, look: LookAt, is_hidden: bool) -> Chapter | None:
    if frame.start_time > MAX_PLAY_MILLISECONDS:
        return None
    inner: list[Any] = list(frame.sub_frames.values())
    titles = (clean_line(text) for part in inner if part.FrameID == "TIT2" for text in part.text)
    links: list[Any] = [part for part in inner if isinstance(part, UrlFrame)]
    links.sort(key=lambda part: part.FrameID != "WXXX")
    # "-->" says that the picture's data is an address (ID3v2.4, section 4.14).
    pictures = (part for part in inner if part.FrameID == "APIC" and part.mime != "-->" and part.data)
    picture = next(pictures, None)
    return Chapter(
        start_milliseconds=frame.start_time,
        title=next(filter(None, titles), None),
        end_milliseconds=frame.end_time if frame.end_time <= MAX_PLAY_MILLISECONDS else None,
        url=next(filter(None, (web_address(part.url) for part in links)), None),
        image=look(picture.data) if picture else None,
        is_hidden=is_hidden,
    )


# -- ID3 out ----------------------------------------------------------------------------------------------------------


def chapter_frames(
    chapters: Sequence[Chapter], duration_milliseconds: int, picture_of: Callable[[Image], bytes | None]
) -> list[Frame]:
    """CTOC and CHAP frames of the visible chapters, the first `MAX_ID3_CHAPTERS` of them.

    Args:
        picture_of: the bytes of a picture as JPEG; None leaves it out.
    """
    visible = [chapter for chapter in chapters if not chapter.is_hidden]
    if not visible:
        return []
    starts = [chapter.start_milliseconds for chapter in visible]
    ends = [end for _, end in pairwise([*starts, max(duration_milliseconds, starts[-1])])]
    framed = {
        f"chp{number}": pair for number, pair in enumerate(islice(zip(visible, ends, strict=True), MAX_ID3_CHAPTERS))
    }
    contents = CTOC(
        element_id="toc",
        flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED,
        child_element_ids=list(framed),
        sub_frames=[TIT2(encoding=Encoding.UTF8, text=["Chapters"])],
    )
    return [contents, *(_chapter_frame(element, *pair, picture_of) for element, pair in framed.items())]


def _chapter_frame(element: str, chapter: Chapter, end: int, picture_of: Callable[[Image], bytes | None]) -> Frame:
    inner: list[Frame] = []
    if chapter.title:
        inner.append(TIT2(encoding=Encoding.UTF8, text=[chapter.title]))
    if chapter.url:
        inner.append(WXXX(encoding=Encoding.UTF8, desc="", url=chapter.url))
    picture = picture_of(chapter.image) if chapter.image else None
    if picture:
        kind = PictureType.COVER_FRONT
        inner.append(APIC(encoding=Encoding.LATIN1, mime="image/jpeg", type=kind, desc="", data=picture))
    return CHAP(
        element_id=element,
        start_time=chapter.start_milliseconds,
        end_time=min(end if chapter.end_milliseconds is None else chapter.end_milliseconds, _UNTOLD - 1),
        start_offset=_UNTOLD,
        end_offset=_UNTOLD,
        sub_frames=inner,
    )


class OrderedID3(ID3):
    """A tag whose frames are written in the order in which they were added; mutagen's own are sorted by size."""

    def _write(self, config: Any) -> bytearray:
        from mutagen.id3._tags import save_frame

        frames: list[Frame] = self.values()  # type: ignore[no-untyped-call]  # as in mutagen itself
        return bytearray().join(save_frame(frame, config=config) for frame in frames)


def render_id3(frames: Sequence[Frame]) -> bytes:
    """A whole ID3v2.4 tag of *frames* in their order, without padding; no frames are no bytes."""
    if not frames:
        return b""
    tags: ID3 = OrderedID3()  # type: ignore[no-untyped-call]
    for frame in frames:
        tags.add(frame)
    file = BytesIO()
    tags.save(file, v1=0, v2_version=4, padding=lambda _: 0)
    return file.getvalue()


# -- Vorbis comments --------------------------------------------------------------------------------------------------

# https://wiki.xiph.org/Chapter_Extension
_VORBIS_KEY = re.compile(r"CHAPTER(\d{1,6})(NAME|URL)?", re.ASCII | re.IGNORECASE)


@dataclass
class _Comments:
    """What the comments of one number say."""

    start: str = ""
    title: str = ""
    url: str = ""


def vorbis_chapters(comments: Mapping[str, Sequence[str]]) -> tuple[Chapter, ...]:
    """The chapters of `CHAPTERxxx`, `CHAPTERxxxNAME` and `CHAPTERxxxURL`, however they are numbered."""
    numbered: dict[int, _Comments] = {}
    for key, values in comments.items():
        match = _VORBIS_KEY.fullmatch(key)
        if match and values:
            field = {"NAME": "title", "URL": "url"}.get((match[2] or "").upper(), "start")
            setattr(numbered.setdefault(int(match[1]), _Comments()), field, values[0])
    chapters = (_vorbis_chapter(numbered[number]) for number in sorted(numbered))
    return settle(chapter for chapter in chapters if chapter is not None)


def _vorbis_chapter(comments: _Comments) -> Chapter | None:
    start = parse_play_time(comments.start)
    if start is None:
        return None
    title = clean_line(comments.title) or None
    return Chapter(start_milliseconds=start, title=title, url=web_address(comments.url))
