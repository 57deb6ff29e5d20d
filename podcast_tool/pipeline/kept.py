"""How the lists show an episode whose item stays as it is: by what that item says, since nothing else may be left."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

from podcast_tool.model import Block, FeedItem, Item, Listed, Node, Record, Show
from podcast_tool.pipeline.site_files import Public
from podcast_tool.publish.spool import read_extents
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.timestamps import gather_timestamps
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.document import scan_feed
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages.meta import shorten
from podcast_tool.render.search import words_of
from podcast_tool.text import clean_line
from podcast_tool.vocabulary.feed_names import page_file, page_path
from podcast_tool.vocabulary.namespaces import NAMESPACES

_DESCRIPTION = re.compile(r'<meta name="description" content="([^"<>]*)">')
_MAX_HEAD_BYTES = 16_384


def parse_item(item: Item) -> Node | None:
    """The elements of an item; None if it is none."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    head, tail = f"<rss{declared}><channel>".encode(), b"</channel></rss>"
    parts = scan_feed(iter([head, b"".join(read_extents([item.extent])), tail]))
    return next((part.node for part in parts if isinstance(part, FeedItem)), None)


def list_kept(item: Item, record: Record, show: Show, feed_dir: Path) -> Public:
    """As the lists show it, and the words by which it is found.

    Args:
        feed_dir: where its page may lie, which may tell a summary that its item does not hold.
    """
    head = _read_head(feed_dir / page_file(record.slug))
    has_page = head is not None
    listed = Listed(
        slug=record.slug,
        title=item.title,
        published_at=item.published_at,
        duration_seconds=record.audio.duration_seconds if record.audio else None,
        thumbnail_path=record.thumbnail.path if record.thumbnail else None,
    )
    node = parse_item(item)
    if node is None:
        return Public(item=item, listed=listed, words=words_of(item.title, None, ()), has_page=has_page)
    blocks = _notes(node, show)
    summary = _summary(item.title, blocks, head or "")
    listed = replace(
        listed,
        season=_number(node, "itunes:season"),
        episode=_number(node, "itunes:episode"),
        type=_text(node, "itunes:episodeType") or "full",
        summary=summary,
        is_canonical=_text(node, "link") in ("", show.site_url + page_path(record.slug)),
    )
    return Public(item=item, listed=listed, words=words_of(item.title, summary, blocks), has_page=has_page)


def _notes(node: Node, show: Show) -> Sequence[Block]:
    """The blocks of its notes, without what stands before and after them in every episode."""
    try:
        blocks = gather_timestamps(parse_fragment(_text(node, "content:encoded") or _text(node, "description")))
    except PageError:  # of another program's feed, and like no page
        return ()
    header, footer = show.notes_header, show.notes_footer
    if header and blocks[: len(header)] == header:
        blocks = blocks[len(header) :]
    if footer and blocks[-len(footer) :] == footer:
        blocks = blocks[: -len(footer)]
    return blocks


def _read_head(page: Path) -> str | None:
    try:
        with page.open("rb") as file:
            return file.read(_MAX_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return None


def _summary(title: str, blocks: Sequence[Block], page_head: str) -> str | None:
    """That of the notes, or of the page, if staff had written another; what is read there is text, never HTML."""
    own = summarise(blocks)
    found = _DESCRIPTION.search(page_head)
    told = clean_line(unescape(found[1])) if found else ""
    return own if told in ("", shorten(own or title)) else told


def _text(node: Node, name: str) -> str:
    found = node.first(name)
    return found.text.strip() if found else ""


def _number(node: Node, name: str) -> int | None:
    text = _text(node, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
