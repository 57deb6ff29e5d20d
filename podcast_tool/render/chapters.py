"""Chapters as Podcasting 2.0 JSON (P20-CHAP-JSON) and as a table of contents for the notes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from podcast_tool.model import Chapter, ChapterPlace, Image, Link, Text, Timestamp, TimestampList

CHAPTERS_VERSION = "1.2.0"


def render_chapters_json(
    chapters: Sequence[Chapter], *, title: str, show_title: str, image_url: Callable[[Image], str | None]
) -> bytes:
    """The bytes of chapters.json.

    Args:
        image_url: the address of a chapter's picture; None leaves it out.
    """
    document = {
        "version": CHAPTERS_VERSION,
        "title": title,
        "podcastName": show_title,
        "chapters": [_spell_chapter(chapter, image_url) for chapter in chapters],
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()


def _spell_chapter(chapter: Chapter, image_url: Callable[[Image], str | None]) -> Mapping[str, object]:
    end = chapter.end_milliseconds
    spelt = {
        "startTime": _seconds(chapter.start_milliseconds),
        "endTime": None if end is None else _seconds(end),
        "title": chapter.title,
        "img": image_url(chapter.image) if chapter.image else None,
        "url": chapter.url,
        "toc": False if chapter.is_hidden else None,
        "location": _spell_place(chapter.place) if chapter.place else None,
    }
    return {key: value for key, value in spelt.items() if value is not None}


def _seconds(milliseconds: int) -> int | float:
    """Whole seconds as an integer; Python spells the nearest float of others with the three digits that they have."""
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def _spell_place(place: ChapterPlace) -> Mapping[str, str]:
    return {"name": place.name, "geo": place.geo} | ({"osm": place.osm} if place.osm else {})


def spell_chapter_start(milliseconds: int) -> str:
    """`HH:MM:SS.mmm`, as Podlove Simple Chapters have it (SP-PSC)."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{rest:03}"


def chapter_list(chapters: Sequence[Chapter]) -> TimestampList | None:
    """The visible, titled chapters as lines of the notes; None if there are fewer than two.

    Of several that begin within one second, the first: times in the notes ascend (SN-TIME-LIST).
    """
    entries: list[Timestamp] = []
    for chapter in chapters:
        start = chapter.start_milliseconds // 1000
        if chapter.title and not chapter.is_hidden and (not entries or entries[-1].start_seconds < start):
            words = Text(chapter.title)
            entries.append(Timestamp(start, (Link(chapter.url, (words,)),) if chapter.url else (words,)))
    return TimestampList(tuple(entries)) if len(entries) > 1 else None
