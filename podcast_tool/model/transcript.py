"""What is said in a recording, in writing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from podcast_tool.model.article import Block


class TranscriptFormat(StrEnum):
    """What a transcript was written as."""

    VTT = "vtt"
    SRT = "srt"
    JSON = "json"
    """Podcasting 2.0 JSON."""
    UNTIMED = "untimed"
    """Words without times: text, Markdown, HTML or Word."""


@dataclass(frozen=True, kw_only=True)
class TranscriptFile:
    """A transcript's file; its words are not carried along but read where they are written."""

    path: str
    """Below the show folder."""
    format: TranscriptFormat
    language: str | None
    """As its file's name tells it (`stem.de.vtt`), else None: the show's."""
    sha256: str = ""
    """Of the file; empty until it was read."""


@dataclass(frozen=True, kw_only=True)
class Cue:
    """What somebody says from one moment to another."""

    start_milliseconds: int
    end_milliseconds: int
    text: str
    """Plain words; `\\n` where a line breaks."""
    speaker: str | None = None


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """A transcript, whatever it came in as: cues in the order of their starts, or, without times, blocks."""

    cues: tuple[Cue, ...] = ()
    blocks: tuple[Block, ...] = ()
