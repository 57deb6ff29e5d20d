"""The pages: static HTML from the templates beside this module, every value escaped by Jinja2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from podcast_tool.model import Episode, Paragraph, PublishedFile, Show, Text
from podcast_tool.render.notes.html import render_page_notes
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.spelling import page_path, spell_day, spell_length


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


def render_index(show: Show, cover: PublishedFile, entries: Sequence[IndexEntry]) -> bytes:
    """The show's page: what it is, where to subscribe, and every episode, newest first."""
    rows = [(page_path(entry.slug), entry.title, spell_day(entry.published_at, show)) for entry in entries]
    return _templates().get_template("index.html").render(show=show, root="", cover=cover, rows=rows).encode()


def render_page(episode: Episode, show: Show, cover: PublishedFile) -> bytes:
    """An episode's page: its picture, its sound, its notes."""
    blocks = episode.notes.blocks if episode.notes else ()
    summary = episode.summary or summarise(blocks)
    notes = render_page_notes(blocks or (Paragraph((Text(summary or episode.title),)),))
    page = _templates().get_template("episode.html")
    return page.render(
        show=show,
        root="../",
        episode=episode,
        summary=summary,
        picture=episode.artwork or cover,
        notes=Markup(notes),  # noqa: S704 - built of escaped text by render/notes.py
        day=spell_day(episode.published_at, show),
        length=spell_length(episode.audio.duration_seconds or 0),
    ).encode()
