"""The show notes of one article, without a show."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from podcast_tool.describe import describe_undecided
from podcast_tool.errors import PodcastError
from podcast_tool.read.article.read import ArticleError, parse_article
from podcast_tool.render.notes.html import render_description, render_notes
from podcast_tool.render.notes.plain import render_plain_notes
from podcast_tool.render.notes.summary import summarise


class NotesFormat(StrEnum):
    """The spellings of show notes that `notes` can print."""

    HTML = "html"
    TEXT = "text"
    SUMMARY = "summary"
    DESCRIPTION = "description"


def make_notes(raw: bytes, path: str, title: str | None, spelling: NotesFormat) -> tuple[str, tuple[str, ...]]:
    """The show notes that an article gives, and what is to be told of it.

    Args:
        path: the article's name; its ending says what it is, and without one its bytes do.

    Raises:
        PodcastError: there is no article in it.
    """
    try:
        article = parse_article(raw, Path(path).suffix.lower(), path, title)
    except ArticleError as error:
        raise PodcastError(path, str(error)) from error
    match spelling:
        case NotesFormat.HTML:
            notes = render_notes(article.blocks) + "\n"
        case NotesFormat.TEXT:
            notes = render_plain_notes(article.blocks)
        case NotesFormat.SUMMARY:
            notes = (summarise(article.blocks) or "") + "\n"
        case NotesFormat.DESCRIPTION:
            notes = render_description(article.blocks, None) + "\n"
    told = [str(cut) for cut in article.cuts]
    if undecided := describe_undecided(article):
        told.append(f"{path}: {undecided}")
    return notes, tuple(told)
