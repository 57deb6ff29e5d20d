"""What was found and read of one episode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from podcast_tool.model.article import Article
from podcast_tool.model.chapter import Chapter
from podcast_tool.model.image import Image
from podcast_tool.model.problem import Problem
from podcast_tool.model.tag import Element
from podcast_tool.model.transcript import TranscriptFile


@dataclass(frozen=True, kw_only=True)
class EpisodeFiles:
    """Files of one stem, as paths below the show folder, each kind sorted."""

    key: str
    """The path below episodes/ without its ending, in NFC: the episode's name until it has a slug."""
    recordings: tuple[str, ...] = ()
    sidecars: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    artworks: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    transcripts: tuple[TranscriptFile, ...] = ()

    @property
    def stem(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        transcripts = tuple(file.path for file in self.transcripts)
        return self.recordings + self.sidecars + self.articles + self.artworks + self.chapters + transcripts

    @property
    def is_text_alone(self) -> bool:
        """Whether there is neither recording nor sidecar: an episode only if one was published under that name."""
        return not self.recordings and not self.sidecars


@dataclass(frozen=True, kw_only=True)
class Found:
    """What stands in episodes/."""

    episodes: tuple[EpisodeFiles, ...]
    unclaimed: tuple[str, ...]
    """Recordings with neither sidecar nor article: named to the user, not published."""
    problems: tuple[Problem, ...] = ()
    """Folders that could not be looked into."""
    texts: tuple[EpisodeFiles, ...] = ()
    """Articles alone: their recordings may have left after publication, or they were never episodes."""

    @property
    def candidates(self) -> tuple[EpisodeFiles, ...]:
        """What the ledger has to be asked about."""
        return self.episodes + self.texts


class EpisodeType(StrEnum):
    """`itunes:episodeType`."""

    FULL = "full"
    TRAILER = "trailer"
    BONUS = "bonus"


@dataclass(frozen=True, kw_only=True)
class RemoteRecording:
    """A recording that lives on another host, as its sidecar tells it: nothing in here was measured."""

    url: str
    size_bytes: int
    media_type: str
    """As Apple names it (AP-ENC-TYPE)."""
    duration_seconds: float | None = None


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
    draft: bool | None = None
    withdrawn: bool | None = None
    accept_changes: bool | None = None
    require_transcript: bool | None = None
    normalise: bool | None = None
    write_tags: bool | None = None
    audio: str | RemoteRecording | None = None
    """The recording, if its stem is another or several have this one: a path beside the sidecar; or where it lives."""
    article: str | None = None
    artwork: str | None = None
    chapters: str | None = None
    tags: Mapping[str, tuple[Element, ...]] = field(default_factory=dict)
    """Elements of the feed by their field, such as `persons`; a field that is written and empty is there."""


@dataclass(frozen=True, kw_only=True)
class AudioTags:
    """What the recording's tags say; written by people and programs, so cleaned but not believed."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    season: int | None = None
    episode: int | None = None
    released: str | None = None
    """The release time (TDRL) as it stands."""
    recorded: str | None = None
    """The recording date (TDRC, ©day, DATE) as it stands: only suggested where a date is missing."""
    description: str | None = None
    """What is meant to be read (TDES, desc, ldes, DESCRIPTION)."""
    lyrics: str | None = None
    comment: str | None = None
    copyright: str | None = None
    language: str | None = None
    feed_url: str | None = None
    """WFED, purl."""
    podcast_guid: str | None = None
    """TGID, egid: shown, never taken, since copies of a file carry it on."""
    is_podcast: bool = False
    """PCST, pcst."""


class Making(StrEnum):
    """What has to be done to a recording before apps can play it."""

    COPY = "copied"
    WRAP = "put into M4A, its sound untouched"
    ENCODE = "encoded to MP3"


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What the audio file is; nothing in here but the tags was typed by a person."""

    path: str
    format: str
    """In words, such as `MP3` or `Ogg Vorbis`."""
    making: Making
    is_lossless: bool
    media_type: str
    """Of what is published, as Apple names it (AP-ENC-TYPE), such as `audio/mpeg`."""
    extension: str
    """The published file's ending, true to its container: `.mp3` or `.m4a`."""
    size_bytes: int
    duration_seconds: float
    """Not rounded; it is rounded once, where it is spelt."""
    is_counted: bool
    """Its frames or pages were counted, since no header of such a file can be trusted."""
    bit_rate_bps: int
    channels: int
    sample_rate_hz: int
    sound: tuple[tuple[int, int], ...]
    """Where its sound lies, without its tags: offsets of starts and ends."""
    sha256: str
    """Of the whole file."""
    sound_sha256: str
    """Of the sound without its tags: a retagged recording is the same recording."""
    tags: AudioTags = AudioTags()
    artwork: Image | None = None
    chapters: tuple[Chapter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reading:
    """All that the files of one episode say, and what is wrong with them."""

    files: EpisodeFiles
    sidecar: Sidecar | None
    front_matter: Sidecar | None
    """What the article's own front matter says; a sidecar says it louder."""
    recording: Recording | None
    remote: RemoteRecording | None = None
    """The recording, if it lives elsewhere."""
    lack: Problem | None = None
    """There is no recording, though nothing of it is broken: it has left, or has not come yet."""
    article: Article | None
    tag_notes: Article | None
    """What the recording's tags have to say, for an episode without an article."""
    artwork: Image | None
    chapters: tuple[Chapter, ...]
    """Of the file *chapters_path*."""
    chapters_path: str | None
    transcripts: tuple[TranscriptFile, ...]
    problems: tuple[Problem, ...]
    read_paths: tuple[str, ...] = ()
    """Every file that was looked at; as long as none of them changes, neither does the reading."""
