"""A show as the feed of another host tells it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from podcast_tool.model.reading import EpisodeType
from podcast_tool.model.show import Owner, ShowType


class PartKind(StrEnum):
    """What an address of the old feed leads to, in words for sentences."""

    COVER = "cover"
    RECORDING = "recording"
    ARTWORK = "artwork"
    TRANSCRIPT = "transcript"
    CHAPTERS = "chapters"
    CHAPTER_IMAGE = "picture of a chapter"


@dataclass(frozen=True, kw_only=True)
class ImportedPart:
    """A file that the old feed names."""

    kind: PartKind
    url: str
    """Absolute, without the statistics services before it."""
    media_type: str | None = None
    """As the feed says, in lower case."""
    language: str | None = None
    size_bytes: int | None = None
    """As the feed says; often wrong."""


@dataclass(frozen=True, kw_only=True)
class ImportedItem:
    """One item; what the feed does not say is None."""

    number: int
    """Its place in the feed, from 1."""
    title: str | None
    guid: str | None
    """Byte by byte, but for the white space around it."""
    published_at: datetime | None
    """In UTC."""
    season: int | None
    episode: int | None
    type: EpisodeType | None
    explicit: bool | None
    duration_seconds: float | None
    link: str | None
    summary: str | None
    """Plain words that the notes do not begin with."""
    notes: str | None
    """The longest of its texts, as HTML that holds nothing a browser would run."""
    raw_notes: str | None
    """The same as it stood there."""
    recording: ImportedPart | None
    artwork: ImportedPart | None
    transcripts: tuple[ImportedPart, ...]
    chapters_file: ImportedPart | None
    chapters: tuple[Mapping[str, object], ...]
    """Those in the feed itself (Podlove), each as Podcasting 2.0 JSON has it."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """Fields of the sidecar that become elements of the feed, such as `persons`."""
    losses: tuple[str, ...] = ()
    """What of it cannot be taken over, a sentence each."""
    remarks: tuple[str, ...] = ()
    """What was understood otherwise than it is written, a sentence each."""

    @property
    def name(self) -> str:
        """For sentences."""
        return f'item {self.number} "{self.title}"' if self.title else f"item {self.number}"


@dataclass(frozen=True, kw_only=True)
class ImportedShow:
    """The channel; what the feed does not say is None."""

    own_url: str | None
    """Where the feed says that it is."""
    next_url: str | None
    """Of the page with older items (RFC 5005)."""
    title: str | None
    description: str | None
    link: str | None
    language: str | None
    author: str | None
    owner: Owner | None
    categories: tuple[str, ...]
    """Apple's of today, as show.toml spells them."""
    explicit: bool | None
    type: ShowType | None
    copyright: str | None
    guid: str | None
    """podcast:guid."""
    locked: bool | None
    cover: ImportedPart | None
    fields: Mapping[str, object] = field(default_factory=dict)
    losses: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedFeed:
    """A feed of another host."""

    show: ImportedShow
    items: tuple[ImportedItem, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What of an item will not be in the new feed as it was in the old one."""

    name: str
    message: str
    is_serious: bool = True
    """False: the old feed was wrong, and the new one goes by the recording."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The old feed's items beside those that a publish would give."""

    item_count: int
    same_count: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class ImportOutcome:
    """What came of an import."""

    old_url: str | None
    """None: nobody knows where the feed was."""
    new_url: str
    item_count: int
    loss_count: int
    comparison: Comparison | None
    """None: nothing could be published, or it was a dry run."""
    obstacle: str = ""
    """Why nothing could be published."""
