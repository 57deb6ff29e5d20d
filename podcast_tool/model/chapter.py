"""The parts of a recording that have names."""

from __future__ import annotations

from dataclasses import dataclass

from podcast_tool.model.image import Image


@dataclass(frozen=True, kw_only=True)
class ChapterPlace:
    """Where a chapter plays (`location` of a Podcasting 2.0 chapter)."""

    name: str
    geo: str
    """A geo: URI (RFC 5870)."""
    osm: str | None = None


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One chapter; a list of them ascends."""

    start_milliseconds: int
    title: str | None
    end_milliseconds: int | None = None
    """None: it lasts until the next one, or to the end."""
    url: str | None = None
    image: Image | None = None
    is_hidden: bool = False
    """Not in a table of contents (`toc` is false): a picture or a link that changes on the way."""
    place: ChapterPlace | None = None
