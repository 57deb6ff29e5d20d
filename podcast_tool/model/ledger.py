"""What was ever published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


def is_whole_address(path: str) -> bool:
    """Whether *path* is no path below `site_url` but the address of a file that another host serves."""
    return "://" in path


@dataclass(frozen=True, kw_only=True)
class Address:
    """One address that an episode has, or once had, below `site_url` (audio: below `media_url`), or elsewhere."""

    path: str
    """The whole address, if another host serves it."""
    size_bytes: int
    sha256: str
    """Empty: nobody here has seen its bytes."""
    media_type: str
    duration_seconds: float | None = None
    since: datetime
    until: datetime | None = None
    """When another took its place."""
    loudness_lufs: float | None = None
    is_normalised: bool = False

    @property
    def is_remote(self) -> bool:
        """Whether another host serves it."""
        return is_whole_address(self.path)

    @property
    def is_sound(self) -> bool:
        """Not a picture; on another host it may be a film."""
        return self.media_type.startswith(("audio/", "video/"))


@dataclass(frozen=True, kw_only=True)
class Record:
    """What was ever published of one episode."""

    guid: str
    slug: str
    sound_sha256: str
    """Of the recording that was last published from here; empty: there was none, or nobody knows it any more."""
    first_published_at: datetime
    """When it first stood in the feed, not the date it bears."""
    addresses: tuple[Address, ...]
    withdrawn_at: datetime | None = None
    """When it was taken out of the feed for good; its guid and slug are never given to another."""

    @property
    def audio(self) -> Address | None:
        """The present address of the sound; None if it has none that we know."""
        return next((a for a in reversed(self.addresses) if a.until is None and a.is_sound), None)

    @property
    def own_audio(self) -> Address | None:
        """Where the sound is served from here, or was before it went elsewhere: its bytes are of `sound_sha256`."""
        present = self.audio
        if present is None or not present.is_remote:
            return present
        left = [(a.until, a) for a in self.addresses if a.until and a.is_sound and not a.is_remote]
        return max(left, key=lambda pair: pair[0])[1] if left else None

    @property
    def artwork(self) -> Address | None:
        """The present address of its picture."""
        return self._picture(is_small=False)

    @property
    def thumbnail(self) -> Address | None:
        """The present address of its picture as lists show it."""
        return self._picture(is_small=True)

    @property
    def remote_urls(self) -> frozenset[str]:
        """Where other hosts serve its sound, or did when it was withdrawn."""
        ends = (None, self.withdrawn_at)
        return frozenset(a.path for a in self.addresses if a.is_remote and a.until in ends)

    def _picture(self, *, is_small: bool) -> Address | None:
        own = (a for a in self.addresses if a.until is None and a.path.startswith(f"{self.slug}/art."))
        return next((a for a in own if a.path.startswith(f"{self.slug}/art.small.") == is_small), None)


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
