"""What was ever published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address that an episode has, or once had, below `site_url` (audio: below `media_url`)."""

    path: str
    size_bytes: int
    sha256: str
    media_type: str
    duration_seconds: float | None = None
    since: datetime
    until: datetime | None = None
    """When another took its place."""
    loudness_lufs: float | None = None
    is_normalised: bool = False


@dataclass(frozen=True, kw_only=True)
class Record:
    """What was ever published of one episode."""

    guid: str
    slug: str
    sound_sha256: str
    """Of the recording that was last published; empty: nobody knows it any more."""
    first_published_at: datetime
    """When it first stood in the feed, not the date it bears."""
    addresses: tuple[Address, ...]
    withdrawn_at: datetime | None = None
    """When it was taken out of the feed for good; its guid and slug are never given to another."""

    @property
    def audio(self) -> Address | None:
        """The present address of the sound; None if it has none of ours."""
        present = (a for a in reversed(self.addresses) if a.until is None and a.media_type.startswith("audio/"))
        return next(present, None)


LEDGER_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """What was ever published of the show."""

    records: tuple[Record, ...] = ()
    """Sorted by guid."""
    feed_sha256: str | None = None
    """Of the feed without its lastBuildDate."""
    feed_changed_at: datetime | None = None
    feed_path: str | None = None
    """Of the feed below `feed/`, if it is not feed.xml."""
