"""The values that go from stage to stage. They are frozen, hold text and numbers, and can be pickled.

find -> `EpisodeFiles`, read -> `Reading`, describe -> `Description`, identify -> `Identity`,
produce -> `PublishedFile`, render -> bytes named by an `Extent`, publish -> the plan's `PlannedFile`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

# -- what can be wrong ------------------------------------------------------------------------------------------------


class Level(StrEnum):
    """How grave a problem is; only errors change an exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault: where it is, what it is and what mends it, in one sentence."""

    rule: str
    """The id of a rule: `AP-COVER-SIZE` of the feed rules, or `FILE-...` for what is wrong with a file of the show."""
    level: Level
    where: str
    """A path below the show folder, or the name of an episode."""
    message: str
    holds: bool = False
    """The episode cannot go out with it. Without this mark, an error means that a part is left out."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


# -- bytes, named and not carried -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Extent:
    """A stretch of a file on this machine; what is published is copied from such stretches."""

    path: str
    offset: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One file of `feed/` as it shall be: its parts in their order, and what they come to."""

    parts: tuple[Extent, ...]
    size_bytes: int
    sha256: str
    frozen_name: bool = False
    """The name holds the digest of the bytes: if a file of this name and size is there, it is this one."""


# -- the show ---------------------------------------------------------------------------------------------------------


class ShowType(StrEnum):
    """`itunes:type`."""

    EPISODIC = "episodic"
    SERIAL = "serial"


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Who a directory writes to when the show is claimed."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Category:
    """One of Apple's categories, with at most one subcategory."""

    name: str
    subcategory: str | None = None


@dataclass(frozen=True, kw_only=True)
class Image:
    """A picture as it was found: nothing of it is trusted but that it decodes."""

    path: str
    """Below the show folder."""
    format: str
    """`JPEG`, `PNG`, or what else it is, as Pillow names it."""
    width_px: int
    height_px: int
    mode: str
    """Pillow's colour mode, such as `RGB`."""
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Show:
    """All that show.toml says, in exact types."""

    title: str
    description: str
    site_url: str
    """Where `feed/` is served, with a slash at its end."""
    language: str
    author: str | None
    owner: Owner | None
    categories: tuple[Category, ...]
    explicit: bool
    type: ShowType
    cover: Image
    copyright: str | None
    timezone: str
    """An IANA name."""
    publish_time: time
    """Of a date without a time."""
    guid: str
    """podcast:guid, minted once (P20-GUID-LIFE)."""
    link: str | None
    locked: bool

    @property
    def feed_url(self) -> str:
        """Where podcast apps subscribe."""
        return f"{self.site_url}feed.xml"


# -- what was found and read of one episode ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EpisodeFiles:
    """Files of one stem, as paths below the show folder, each kind sorted."""

    key: str
    """The path below episodes/ without its ending, in NFC: the episode's name until it has a slug."""
    recordings: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    artworks: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands in episodes/."""

    episodes: tuple[EpisodeFiles, ...]
    unclaimed: tuple[str, ...]
    """Recordings with neither sidecar nor article: named to the user, not published."""


class EpisodeType(StrEnum):
    """`itunes:episodeType`."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


@dataclass(frozen=True, kw_only=True)
class Sidecar:
    """What staff wrote of an episode; None is not written."""

    path: str
    title: str | None = None
    published: date | None = None
    """As written: a date, or a `datetime` with or without a timezone."""
    season: int | None = None
    episode: int | None = None
    type: EpisodeType | None = None
    summary: str | None = None
    explicit: bool | None = None
    guid: str | None = None
    link: str | None = None
    draft: bool = False
    audio: str | None = None
    """The recording, if its stem is another or several have this one; a path beside the sidecar."""
    article: str | None = None
    artwork: str | None = None


@dataclass(frozen=True, kw_only=True)
class AudioTags:
    """What the recording's tags say; written by people and programs, so cleaned but not believed."""

    title: str | None = None
    season: int | None = None
    episode: int | None = None
    released: str | None = None
    """The release time (TDRL) as it stands; never the recording date."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the audio file is; nothing in here but the tags was typed by a person."""

    path: str
    media_type: str
    """As Apple names it (AP-ENC-TYPE), such as `audio/mpeg`."""
    extension: str
    """The published file's ending, true to the container: `.mp3` or `.m4a`."""
    size_bytes: int
    duration_seconds: float
    """Not rounded; it is rounded once, where it is spelt."""
    sha256: str
    """Of the whole file."""
    sound_sha256: str
    """Of the sound without its tags: a retagged recording is the same recording."""
    tags: AudioTags = AudioTags()


@dataclass(frozen=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; `href` is an absolute http, https or mailto address."""

    href: str
    children: tuple[Text, ...]


@dataclass(frozen=True)
class Paragraph:
    """Words that belong together."""

    children: tuple[Text | Link, ...]


@dataclass(frozen=True, kw_only=True)
class Article:
    """The text written for an episode, without what stood around it."""

    path: str
    title: str | None
    blocks: tuple[Paragraph, ...]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that the files of one episode say, and what is wrong with them."""

    files: EpisodeFiles
    sidecar: Sidecar | None
    recording: Recording | None
    article: Article | None
    artwork: Image | None
    problems: tuple[Problem, ...]


# -- what an episode says, and who it is ------------------------------------------------------------------------------


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
    notes: Article | None
    has_article: bool
    """Whether there is an article, readable or not."""
    artwork: Image | None
    recording: Recording | None
    sources: Mapping[str, str] = field(default_factory=dict)
    """Field -> where it came from, in words."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_held(self) -> bool:
        return any(problem.holds for problem in self.problems)


class State(StrEnum):
    """Where an episode stands, as `status` tells it."""

    READY = "ready"
    PUBLISHED = "published"
    SCHEDULED = "scheduled"
    DRAFT = "draft"
    HELD = "held"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address that an episode has, or once had, below `site_url`."""

    path: str
    size_bytes: int
    sha256: str
    media_type: str
    duration_seconds: float | None
    since: datetime
    until: datetime | None = None
    """When another took its place."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """What was ever published of one episode."""

    guid: str
    slug: str
    sound_sha256: str
    """Of the recording that was last published."""
    first_published_at: datetime
    """When it first stood in the feed, not the date it bears."""
    addresses: tuple[Address, ...]

    @property
    def audio(self) -> Address:
        """The present address of the sound."""
        return next(a for a in reversed(self.addresses) if a.until is None and a.media_type.startswith("audio/"))


LEDGER_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What was ever published of the show."""

    records: tuple[Record, ...] = ()
    """Sorted by guid."""
    feed_sha256: str | None = None
    """Of the feed without its lastBuildDate."""
    feed_changed_at: datetime | None = None


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
    problems: tuple[Problem, ...] = ()


# -- what is published ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class PublishedFile:
    """A medium under its address below `site_url`."""

    path: str
    media_type: str
    size_bytes: int
    sha256: str
    source: Extent | None
    """None: it is in `feed/` already."""
    duration_seconds: float | None = None


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
    sound_sha256: str
    audio: PublishedFile
    artwork: PublishedFile | None

    def __post_init__(self) -> None:
        if self.published_at.tzinfo is None:
            raise ValueError(f"{self.title!r}: published_at has no timezone")


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item of the feed as the whole feed and the index see it: a summary, and where its bytes are."""

    guid: str
    title: str
    published_at: datetime
    extent: Extent
    sha256: str
