"""The pages: static HTML from the templates beside this module, every value escaped by Jinja2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from podcast_tool.model import Episode, Paragraph, PublishedFile, Show, Text, Transcript
from podcast_tool.render.notes.html import render_page_notes
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.spelling import page_path, spell_day, spell_length
from podcast_tool.render.transcript import transcript_paragraphs


@dataclass(frozen=True, kw_only=True)
class IndexEntry:
    """An episode as the index shows it."""

    slug: str
    title: str
    published_at: datetime


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("podcast_tool.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=[],
    )


@dataclass(frozen=True, kw_only=True)
class _ChapterRow:
    seconds: str
    time: str
    title: str
    url: str | None


@dataclass(frozen=True, kw_only=True)
class _Turn:
    speaker: str | None
    time: str
    text: str


def render_index(show: Show, cover: PublishedFile, entries: Sequence[IndexEntry]) -> bytes:
    """The show's page: what it is, where to subscribe, and every episode, newest first."""
    rows = [(page_path(entry.slug), entry.title, spell_day(entry.published_at, show)) for entry in entries]
    return _templates().get_template("index.html").render(show=show, root="", cover=cover, rows=rows).encode()


def render_page(episode: Episode, show: Show, cover: PublishedFile, transcript: Transcript | None) -> bytes:
    """An episode's page: its picture, its sound, its notes, its chapters and what is said in it."""
    blocks = episode.notes.blocks if episode.notes else ()
    summary = episode.summary or summarise(blocks)
    notes = render_page_notes(blocks or (Paragraph((Text(summary or episode.title),)),))
    words = render_page_notes(transcript.blocks) if transcript and transcript.blocks else ""
    own = tuple(element for element in episode.tags if element.name == "podcast:person")
    persons = own or show.tags.get("persons", ())  # P20-PERSON: an episode's take the place of the show's
    return (
        _templates()
        .get_template("episode.html")
        .render(
            show=show,
            root="../",
            episode=episode,
            summary=summary,
            picture=episode.thumbnail or cover,
            notes=Markup(notes),  # noqa: S704 - built of escaped text by render/notes
            day=spell_day(episode.published_at, show),
            length=spell_length(episode.audio.duration_seconds or 0),
            persons=[(person.text, person.attribute("role"), person.attribute("href")) for person in persons],
            chapters=_chapter_rows(episode),
            turns=_turns(transcript),
            words=Markup(words),  # noqa: S704 - as the notes
        )
        .encode()
    )


def _chapter_rows(episode: Episode) -> list[_ChapterRow]:
    return [
        _ChapterRow(
            seconds=f"{chapter.start_milliseconds / 1000:g}",
            time=spell_length(chapter.start_milliseconds / 1000),
            title=chapter.title or "",
            url=chapter.url,
        )
        for chapter in episode.chapters
        if not chapter.is_hidden
    ]


def _turns(transcript: Transcript | None) -> list[_Turn]:
    if transcript is None:
        return []
    return [
        _Turn(speaker=turn.speaker, time=spell_length(turn.start_milliseconds // 1000), text=turn.text)
        for turn in transcript_paragraphs(transcript)
    ]
