"""How the lists show an episode whose item stays as it is: by what that item says, since nothing else may be left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from podcast_tool.model import Block, FeedItem, Item, Listed, Node, Record, Show
from podcast_tool.publish.spool import read_extents
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.timestamps import gather_timestamps
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.document import scan_feed
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.search import words_of
from podcast_tool.render.spelling import page_path
from podcast_tool.vocabulary.namespaces import NAMESPACES


def parse_item(item: Item) -> Node | None:
    """The elements of an item; None if it is none."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    head, tail = f"<rss{declared}><channel>".encode(), b"</channel></rss>"
    parts = scan_feed(iter([head, b"".join(read_extents([item.extent])), tail]))
    return next((part.node for part in parts if isinstance(part, FeedItem)), None)


def list_kept(item: Item, record: Record, show: Show, feed_dir: Path) -> tuple[Listed, tuple[str, ...]]:
    """As the lists show it, and the words by which it is found.

    Args:
        feed_dir: where the small version of its picture may lie.
    """
    listed = Listed(
        slug=record.slug,
        title=item.title,
        published_at=item.published_at,
        duration_seconds=record.audio.duration_seconds if record.audio else None,
        thumbnail_path=_thumbnail(record, feed_dir),
    )
    node = parse_item(item)
    if node is None:
        return listed, words_of(item.title, None, ())
    blocks = _notes(node, show)
    listed = replace(
        listed,
        season=_number(node, "itunes:season"),
        episode=_number(node, "itunes:episode"),
        type=_text(node, "itunes:episodeType") or "full",
        summary=summarise(blocks),
        has_own_page=_text(node, "link") in ("", show.site_url + page_path(record.slug)),
    )
    return listed, words_of(item.title, None, blocks)


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


def _text(node: Node, name: str) -> str:
    found = node.first(name)
    return found.text.strip() if found else ""


def _number(node: Node, name: str) -> int | None:
    text = _text(node, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None


def _thumbnail(record: Record, feed_dir: Path) -> str | None:
    if record.artwork is None:
        return None
    found = sorted((feed_dir / record.slug).glob("art.small.*.jpg"))
    return f"{record.slug}/{found[0].name}" if found else None
