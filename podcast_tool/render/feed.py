"""The feed: its frame once, each item singly. feedgen makes the RSS frame, our extension all that has a namespace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

# First feedgen.feed: its extensions cannot be imported before it (lxml.etree is bound there).
from feedgen.feed import FeedGenerator
from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree

from podcast_tool import __version__
from podcast_tool.model import (
    Category,
    Episode,
    Link,
    Paragraph,
    PublishedFile,
    PublishedTranscript,
    Show,
    Text,
)
from podcast_tool.render.chapters import spell_chapter_start
from podcast_tool.render.elements import add_element
from podcast_tool.render.feed_stylesheet import feed_stylesheet_instruction
from podcast_tool.render.notes.contents import with_chapter_list
from podcast_tool.render.notes.html import render_description, render_notes
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.spelling import spell_duration, spell_truth
from podcast_tool.vocabulary.namespaces import NAMESPACES
from podcast_tool.vocabulary.tags import Scope, tags_of
from podcast_tool.vocabulary.feed_names import page_path

# What stands between two items of the feed, and before the first.
ITEM_GAP = b"\n    "

_FRAME_END = b"\n  </channel>\n</rss>\n"


Fill = Callable[[Any], None]


def _fill_nothing(_: Any) -> None:
    """What an extension adds to an element that nobody has told it about."""


class _ChannelExtension(BaseExtension):  # type: ignore[misc]
    """Writes what feedgen does not know, or writes wrongly (explicit, categories, podcast:*, covers named .jpeg)."""

    fill: Fill = staticmethod(_fill_nothing)

    def extend_ns(self) -> dict[str, str]:
        return dict(NAMESPACES)

    def extend_rss(self, feed: Any) -> Any:
        self.fill(feed[0])
        return feed


class _ItemExtension(BaseEntryExtension):  # type: ignore[misc]
    fill: Fill = staticmethod(_fill_nothing)

    def extend_rss(self, entry: Any) -> Any:
        self.fill(entry)
        return entry


def _add(parent: Any, name: str, content: str | None = None, /, **attributes: str) -> Any:
    prefix, _, local = name.rpartition(":")
    element = etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{local}", attributes)
    element.text = content
    return element


def _generator(show: Show) -> FeedGenerator:
    feed = FeedGenerator()
    feed.register_extension("vocabulary", _ChannelExtension, _ItemExtension)
    feed.title(show.title)
    feed.description(show.description)
    feed.link(href=show.link or show.site_url)
    return feed


# -- items ------------------------------------------------------------------------------------------------------------


def render_item(episode: Episode, show: Show) -> bytes:
    """One `<item>`, its namespaces declared by the frame; the same bytes whatever stands beside it in the feed."""
    page_url = _page_url(episode, show)
    entry = FeedEntry()
    entry.title(episode.title)
    entry.link(href=episode.link or page_url)
    entry.description(_description(episode, show, page_url))
    if episode.notes and episode.carries_full_notes:
        blocks = with_chapter_list(episode.notes.blocks, episode.chapters)
        notes = render_notes([*show.notes_header, *blocks, *show.notes_footer])
        entry.content(notes, type="CDATA")
    entry.guid(episode.guid, permalink=False)
    audio = episode.audio
    entry.enclosure(show.enclosure_url(audio.path), str(audio.size_bytes), audio.media_type)
    entry.published(episode.published_at.astimezone(UTC))
    feed = _generator(show)
    feed.add_entry(entry, order="append")
    entry.vocabulary.fill = lambda item: _fill_item(item, episode, show)
    document: bytes = feed.rss_str(pretty=True)
    start, end = document.index(b"<item>"), document.rindex(b"</item>") + len(b"</item>")
    return document[start:end]


def _page_url(episode: Episode, show: Show) -> str:
    """Where the rest of the notes can be read: without a page, where the article stands, else at the show's."""
    own = show.site_url + page_path(episode.slug)
    return own if show.pages.is_wanted else episode.link or show.link or show.site_url


def _description(episode: Episode, show: Show, page_url: str) -> str:
    if episode.carries_short_notes:
        summary = episode.summary or (summarise(episode.notes.blocks) if episode.notes else None) or episode.title
        link = Paragraph((Link(page_url, (Text(page_url),)),))
        return render_description((Paragraph((Text(summary),)), link), page_url)
    words = (Paragraph((Text(episode.summary or episode.title),)),)
    blocks = with_chapter_list(episode.notes.blocks if episode.notes else words, episode.chapters)
    return render_description(blocks, page_url, header=show.notes_header, footer=show.notes_footer)


def _fill_item(item: Any, episode: Episode, show: Show) -> None:
    # CDATA: RSS-HTML-CDATA. The notes never hold "]]>", since ">" is always escaped in them.
    item.find("description").text = etree.CDATA(item.findtext("description"))
    _add(item, "itunes:title", episode.title)
    if episode.audio.duration_seconds:  # of what lives elsewhere, nobody may have told it
        _add(item, "itunes:duration", spell_duration(episode.audio.duration_seconds))
    _add(item, "itunes:explicit", spell_truth(episode.explicit))
    _add(item, "itunes:episodeType", episode.type)
    if episode.season:
        _add(item, "itunes:season", str(episode.season))
    if episode.episode:
        _add(item, "itunes:episode", str(episode.episode))
    if episode.artwork:
        _add(item, "itunes:image", href=show.site_url + episode.artwork.path)
    for transcript in episode.transcripts:
        _add_transcript(item, transcript, show)
    if episode.chapters_path:
        _add(item, "podcast:chapters", url=show.site_url + episode.chapters_path, type="application/json+chapters")
    for element in episode.tags:
        add_element(item, element, show)
    if episode.chapters:
        _add_simple_chapters(item, episode, show)


def _add_transcript(item: Any, transcript: PublishedTranscript, show: Show) -> None:
    attributes = {"url": show.site_url + transcript.path, "type": transcript.media_type}
    if transcript.language:
        attributes["language"] = transcript.language
    if transcript.is_timed:
        attributes["rel"] = "captions"
    _add(item, "podcast:transcript", **attributes)


def _add_simple_chapters(item: Any, episode: Episode, show: Show) -> None:
    """SP-PSC; hidden ones are no chapters to it."""
    outer = _add(item, "psc:chapters", version="1.2")
    for chapter in episode.chapters:
        if not chapter.is_hidden:
            attributes = {"start": spell_chapter_start(chapter.start_milliseconds), "title": chapter.title or ""}
            if chapter.url:
                attributes["href"] = chapter.url
            image = episode.chapter_images.get(chapter.image.sha256) if chapter.image else None
            if image:
                attributes["image"] = show.site_url + image.path
            _add(outer, "psc:chapter", **attributes)


# -- the frame --------------------------------------------------------------------------------------------------------


def render_frame(show: Show, cover: PublishedFile, changed_at: datetime) -> tuple[bytes, bytes]:
    """What stands before the items and after them.

    Args:
        changed_at: when the feed's content last changed (RSS-CH-BUILD).
    """
    feed = _generator(show)
    feed.language(show.language)
    feed.generator(f"podcast_tool {__version__}")
    feed.lastBuildDate(changed_at)
    feed.image(url=show.site_url + cover.path, title=show.title, link=show.link or show.site_url)
    if show.copyright:
        feed.copyright(show.copyright)
    feed.vocabulary.fill = lambda channel: _fill_channel(channel, show, cover)
    document: bytes = feed.rss_str(pretty=True)
    # Double quotes in the declaration, as every example of Apple has them.
    declaration, _, frame = document.partition(b"\n")
    stylesheet = feed_stylesheet_instruction(show.feed_path) if show.pages.is_wanted else b""
    head = declaration.replace(b"'", b'"') + b"\n" + stylesheet + frame.removesuffix(_FRAME_END)
    return head, _FRAME_END


def _fill_channel(channel: Any, show: Show, cover: PublishedFile) -> None:
    _add(channel, "atom:link", rel="self", type="application/rss+xml", href=show.feed_url)
    if show.owner:  # before the author, whom feedparser forgets otherwise
        owner = _add(channel, "itunes:owner")
        _add(owner, "itunes:name", show.owner.name)
        _add(owner, "itunes:email", show.owner.email)
    if show.author:
        _add(channel, "itunes:author", show.author)
    _add(channel, "itunes:image", href=show.site_url + cover.path)
    for category in show.categories:
        _add_category(channel, category)
    _add(channel, "itunes:explicit", spell_truth(show.explicit))
    _add(channel, "itunes:type", show.type)
    _add(channel, "podcast:guid", show.guid)
    _add(channel, "podcast:locked", "yes" if show.locked else "no")
    for tag in tags_of(Scope.SHOW):
        for element in show.tags.get(tag.field, ()):
            add_element(channel, element, show)


def _add_category(channel: Any, category: Category) -> None:
    outer = _add(channel, "itunes:category", text=category.name)
    if category.subcategory:
        _add(outer, "itunes:category", text=category.subcategory)
