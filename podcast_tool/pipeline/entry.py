"""One episode on its way through the stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podcast_tool.model import Description, Episode, EpisodeReport, Identity, PublishedFile, Show, State


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One episode, as far as it has come."""

    description: Description | None
    identity: Identity
    names: frozenset[str]
    """What people may call it: stem, slug, paths of its files below the show folder."""
    audio: PublishedFile | None
    report: EpisodeReport


@dataclass(frozen=True, kw_only=True)
class Made:
    """An episode that goes out, with its media."""

    place: int
    """Of its entry."""
    episode: Episode
    description: Description
    state: State
    mark: str | None
    """Why it is not public yet; only in a preview."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """feed/ as it would be, in another folder."""

    marks: Mapping[str, str]
    """Key of an episode -> why it is not public yet."""
    is_marked: bool
    """Whether its pages say that they are a preview, and are kept from search engines."""
    public_show: Show
    """With the addresses that it has once it is published."""
    readdress: Callable[[bytes], bytes]
    """Turns the public addresses in what is copied from feed/ into those of the preview."""
