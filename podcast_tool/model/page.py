"""What pages show besides an episode: the options of a show, and each episode as the others see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from podcast_tool.model.episode import PublishedFile


@dataclass(frozen=True, kw_only=True)
class PageLink:
    """A page of the publisher's own, such as the imprint; stands in the footer."""

    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class PageOptions:
    """How the pages of a show look, and where they lead."""

    is_wanted: bool = True
    """Whether there are any."""
    links: tuple[PageLink, ...] = ()
    directories: Mapping[str, str] = field(default_factory=dict)
    """Directory, such as `apple` -> the show's id there, or its address."""
    theme: Mapping[str, str] = field(default_factory=dict)
    """CSS variable without its hyphens, such as `accent` -> its value."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Name of a template, such as `episode.html` -> the source that takes its place."""


@dataclass(frozen=True, kw_only=True)
class ShowPictures:
    """The cover in the sizes that pages need."""

    cover: PublishedFile
    thumbnail: PublishedFile
    icon: PublishedFile
    """For the browser's tab."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """An episode as the index, its neighbours and the search see it."""

    slug: str
    title: str
    published_at: datetime
    duration_seconds: float | None = None
    season: int | None = None
    episode: int | None = None
    type: str = "full"
    summary: str | None = None
    thumbnail_path: str | None = None
    """Of its own picture, below feed/."""
    is_canonical: bool = True
    """Whether the page that is written here is the one that search engines show, and not its `link`."""
    mark: str | None = None
    """Why it is not public yet, such as `draft`; only in a preview."""


@dataclass(frozen=True, kw_only=True)
class Neighbours:
    """The public episodes before and after one."""

    older: Listed | None = None
    newer: Listed | None = None
