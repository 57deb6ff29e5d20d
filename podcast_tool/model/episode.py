"""What an episode says, who it is, and what goes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from podcast_tool.model.article import Article
from podcast_tool.model.chapter import Chapter
from podcast_tool.model.extent import Extent
from podcast_tool.model.image import Image
from podcast_tool.model.ledger import Record, is_whole_address
from podcast_tool.model.problem import Problem
from podcast_tool.model.reading import EpisodeType, Recording, RemoteRecording
from podcast_tool.model.tag import Element
from podcast_tool.model.transcript import TranscriptFile


@dataclass(frozen=True, kw_only=True)
class Description:
    """What one episode says, each field from the first place that has it."""

    key: str
    stem: str
    path: str
    """Of its recording (else sidecar, else article) below episodes/, in NFC."""
    title: str | None
    published_at: datetime | None
    """With a timezone."""
    season: int | None
    episode: int | None
    type: EpisodeType
    summary: str | None
    explicit: bool
    given_guid: str | None
    link: str | None
    draft: bool
    withdrawn: bool
    notes: Article | None
    has_article: bool
    """Whether there is an article, readable or not."""
    waits_for: tuple[Problem, ...]
    """Why it should not go out for the first time yet, though nothing is broken."""
    artwork: Image | None
    recording: Recording | None
    remote: RemoteRecording | None = None
    """The recording, if it lives elsewhere."""
    lack: Problem | None = None
    """It has no recording, which holds it unless what was published of it stands for it."""
    is_text_alone: bool = False
    """There is only an article, so that this is an episode only if one was published under its name."""
    chapters: tuple[Chapter, ...] = ()
    transcripts: tuple[TranscriptFile, ...] = ()
    tags: tuple[Element, ...] = ()
    """Elements of the feed that staff filled in, in the order of the table of tags."""
    normalise: bool = False
    write_tags: bool = True
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field -> where it came from, in words."""
    problems: tuple[Problem, ...] = ()

    @property
    def where(self) -> str:
        """The file that a problem of this episode names."""
        return f"episodes/{self.path}"

    @property
    def is_held(self) -> bool:
        return any(problem.holds for problem in self.problems)


class State(StrEnum):
    """Where an episode stands, as `status` tells it."""

    READY = "ready"
    PUBLISHED = "published"
    CHANGED = "changed"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    HELD = "held"
    MISSING = "missing"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Which episode this is, for ever."""

    key: str | None
    """None: it was published once and has no files any more."""
    state: State
    slug: str
    guid: str | None
    """None: nothing needs one yet."""
    record: Record | None
    carries_full_notes: bool = False
    """Among the newest, whose items hold the whole article (`content:encoded`)."""
    is_adopted: bool = False
    """Its record was made of an item of the feed, because no ledger knew it."""
    carries_short_notes: bool = False
    """Among those that are so old that a summary and a link have to do (`short_notes_after`)."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """A medium under its address below `site_url` (audio: below `media_url`), or on another host."""

    path: str
    """The whole address, if another host serves it."""
    media_type: str
    size_bytes: int
    sha256: str
    """Empty: nobody here has seen its bytes."""
    parts: tuple[Extent, ...]
    """What it is made of; nothing: it was published already, lives elsewhere, or has still to be made."""
    duration_seconds: float | None = None
    loudness_lufs: float | None = None
    """Integrated (EBU R128), where it was measured."""
    is_normalised: bool = False
    is_made: bool = True
    """Else nobody knows its bytes yet, and its path is only like the one that it will get."""

    @property
    def is_remote(self) -> bool:
        """Whether another host serves it."""
        return is_whole_address(self.path)


@dataclass(frozen=True, kw_only=True)
class NotePicture:
    """A picture of the article as the episode's page shows it."""

    file: PublishedFile
    width_px: int
    height_px: int


@dataclass(frozen=True, kw_only=True)
class PublishedTranscript:
    """One form of a transcript under its address below `site_url`."""

    path: str
    media_type: str
    language: str | None
    """If it is not the show's."""
    is_timed: bool


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One recording, complete: all that the feed and its page say of it."""

    guid: str
    """Given once and kept for ever, even when title, file or address change."""
    slug: str
    title: str
    published_at: datetime
    season: int | None
    episode: int | None
    type: EpisodeType
    summary: str | None
    explicit: bool
    link: str | None
    notes: Article | None
    carries_full_notes: bool
    carries_short_notes: bool
    sound_sha256: str
    """Of the recording that was last published from here; empty: there was none."""
    audio: PublishedFile
    artwork: PublishedFile | None
    thumbnail: PublishedFile | None
    """A small version of the artwork."""
    chapters: tuple[Chapter, ...] = ()
    chapter_images: Mapping[str, PublishedFile] = field(default_factory=dict)
    """By the SHA-256 of the picture as it was found."""
    note_images: Mapping[str, NotePicture] = field(default_factory=dict)
    """Of the figures in its notes, by the SHA-256 of the picture as it was found."""
    transcripts: tuple[PublishedTranscript, ...] = ()
    tags: tuple[Element, ...] = ()

    @property
    def chapters_path(self) -> str | None:
        """Of chapters.json, below `site_url`."""
        return f"{self.slug}/chapters.json" if self.chapters else None

    def __post_init__(self) -> None:
        if self.published_at.tzinfo is None:
            raise ValueError(f"{self.title!r}: published_at has no timezone")


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """The sound of an item, as the feed has it."""

    url: str
    size_bytes: int
    """0: not known."""
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of the feed as the whole feed and the index see it: a summary, and where its bytes are."""

    guid: str
    title: str
    published_at: datetime
    extent: Extent
    sha256: str
    enclosure: Enclosure | None = None
    """Where it was read from a feed."""
    link: str = ""
