"""The text written for an episode, as staff copied it from its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from podcast_tool.model import Article, Link, Paragraph, Text
from podcast_tool.text import clean_text

MAX_ARTICLE_BYTES = 5_000_000

_ADDRESS = re.compile(r"https?://[^\s<>\"“”„»«]*[^\s<>\"“”„»«.,;:!?)\]}'’]")

# WordPress' heading over the comments; a boundary only where numbered comments, or their end, follow it.
_COMMENTS_HEADING = re.compile(r"\d+ (?:thoughts?|responses?|comments?|replies|reply) (?:on|to) [“\"]")
_COMMENT_SIGN = re.compile(r"\s*\d+\.\s|Comments are closed\.|Leave a (?:Reply|Comment)")


class ArticleError(ValueError):
    """A file is no article; the message goes behind its name."""


def read_article(show_dir: Path, path: str) -> Article:
    """Read the text file *path* (below *show_dir*).

    Raises:
        ArticleError: unreadable, too large, empty, or no text.
    """
    try:
        with (show_dir / path).open("rb") as file:
            raw = file.read(MAX_ARTICLE_BYTES + 1)
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}") from error
    if len(raw) > MAX_ARTICLE_BYTES:
        raise ArticleError("is larger than 5 MB; that is no article")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ArticleError(f"is no text in UTF-8 (byte {error.start}); save it as UTF-8 text") from error
    if "\x00" in text:
        raise ArticleError("is no text (it holds zero bytes); save the article as UTF-8 text")
    title, blocks = parse_text(text)
    if not blocks:
        raise ArticleError("holds no text; write the article, or take the file away")
    return Article(path=path, title=title, blocks=blocks)


def parse_text(text: str) -> tuple[str | None, tuple[Paragraph, ...]]:
    """The title line, if there is one, and the paragraphs up to the comment section."""
    chunks = [chunk.strip() for chunk in re.split(r"\n\s*\n", clean_text(text)) if chunk.strip()]
    title = chunks.pop(0) if len(chunks) > 1 and _is_title(chunks[0]) else None
    return title, tuple(_paragraph(chunk) for chunk in chunks[: _article_end(chunks)])


def _is_title(chunk: str) -> bool:
    return "\n" not in chunk and len(chunk) <= 200 and not chunk.endswith((".", ":", ",", ";"))


def _article_end(chunks: Sequence[str]) -> int:
    for index, chunk in enumerate(chunks):
        following = chunks[index + 1] if index + 1 < len(chunks) else ""
        if _COMMENTS_HEADING.match(chunk) and (not following or _COMMENT_SIGN.match(following)):
            return index
    return len(chunks)


def _paragraph(chunk: str) -> Paragraph:
    words = re.sub(r"\s+", " ", chunk)
    children: list[Text | Link] = []
    position = 0
    for match in _ADDRESS.finditer(words):
        children += [Text(words[position : match.start()]), Link(match[0], (Text(match[0]),))]
        position = match.end()
    children.append(Text(words[position:]))
    return Paragraph(tuple(child for child in children if child != Text("")))
