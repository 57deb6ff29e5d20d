"""The show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from podcast_tool.model.article import Block
from podcast_tool.model.image import Image
from podcast_tool.model.ledger import is_whole_address
from podcast_tool.model.page import PageOptions
from podcast_tool.model.tag import Element


class ShowType(StrEnum):
    """`itunes:type`."""

    EPISODIC = "episodic"
    SERIAL = "serial"


class ArtworkFit(StrEnum):
    """How a picture becomes square."""

    CROP = "crop"
    PAD = "pad"


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
    accept_changes: bool = False
    """Whether a new episode goes out although its Word article holds changes that nobody has accepted."""
    require_transcript: bool = False
    """Whether a new full episode waits for a transcript."""
    normalise: bool = False
    """Whether lossless recordings are brought to podcast loudness."""
    write_tags: bool = True
    """Whether the published audio gets tags of its own."""
    fix_artwork: ArtworkFit | None = None
    """How pictures that directories would refuse are mended; None: they are told."""
    media_url: str | None = None
    """Where published audio is served, with a slash at its end; None: under `site_url`."""
    feed_path: str = "feed.xml"
    """The feed's own, below `site_url`."""
    enclosure_prefix: str | None = None
    """Address of a statistics service, which leads on to what stands behind it."""
    short_notes_after: int | None = None
    """Items older than the newest so many carry a summary and a link."""
    keep_days: int = 365
    """How long files stay that the feed no longer names: listeners and apps hold their addresses."""
    notes_header: tuple[Block, ...] = ()
    """Before the article in every episode's notes."""
    notes_footer: tuple[Block, ...] = ()
    tags: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    """Elements of the feed by their field, such as `funding`."""
    pages: PageOptions = field(default_factory=PageOptions)

    @property
    def feed_url(self) -> str:
        """Where podcast apps subscribe."""
        return self.site_url + self.feed_path

    def audio_url(self, path: str) -> str:
        """Where published audio is served; *path* is below feed/, or already the whole address on another host."""
        return path if is_whole_address(path) else (self.media_url or self.site_url) + path

    def enclosure_url(self, path: str) -> str:
        """As the feed names it: through the statistics services, if there are any."""
        address = self.audio_url(path)
        if self.enclosure_prefix is None or address.startswith(self.enclosure_prefix):
            return address
        return self.enclosure_prefix + address.partition("://")[2]
