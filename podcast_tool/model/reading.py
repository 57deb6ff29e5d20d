"""What was found and read of one episode."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from podcast_tool.model.article import Article
from podcast_tool.model.problem import Problem
from podcast_tool.model.show import Image


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
    problems: tuple[Problem, ...] = ()
    """Folders that could not be looked into."""


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
    accept_changes: bool | None = None
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


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that the files of one episode say, and what is wrong with them."""

    files: EpisodeFiles
    sidecar: Sidecar | None
    front_matter: Sidecar | None
    """What the article's own front matter says; a sidecar says it louder."""
    recording: Recording | None
    article: Article | None
    artwork: Image | None
    problems: tuple[Problem, ...]
