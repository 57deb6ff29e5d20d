"""Any feed, made by anyone, against the rules of those who read feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from podcast_tool.check.feed.across import ItemSummary, check_across, summarise_item
from podcast_tool.check.feed.channel import check_channel, check_channel_itunes, check_channel_podcast
from podcast_tool.check.feed.elements import CHANNEL_ONCE, ITEM_ONCE, check_elements
from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.check.feed.frame import bound_prefixes, check_frame, is_rss
from podcast_tool.check.feed.items import check_item
from podcast_tool.check.feed.tags import check_counts, check_element
from podcast_tool.model import FeedFrame, FeedItem, Level, Node, Problem

# Of one rule; a feed with a fault in each of its 100,000 items is no list that anybody reads.
MAX_PER_RULE = 1000

# What of a channel apps look for before its first item (RSS-ORDER).
_HEAD_NAMES = frozenset(
    """title link description language itunes:author itunes:image itunes:category itunes:explicit itunes:type
    podcast:guid podcast:locked""".split()
)
_DEPRECATED = ("itunes:summary", "itunes:subtitle", "itunes:keywords", "itunes:order", "itunes:isClosedCaptioned")
_DEPRECATED_LIMITS = {"itunes:summary": 4000, "itunes:subtitle": 255, "itunes:keywords": 255}  # VAL-FV-LEN


def check_feed(document: Iterable[FeedItem | FeedFrame], *, feed_url: str | None, now: datetime) -> Iterator[Problem]:
    """What is wrong with a feed, by what stands in it alone: the frame, the channel, then each item.

    Args:
        document: The items and, at last, the frame, as `read.document` gives them.
        feed_url: Under which address the feed was fetched, if it was.
        now: By which dates are in the future.
    """
    kept = _Kept()
    summaries: list[ItemSummary] = []
    old: set[str] = set()
    for part in document:
        if isinstance(part, FeedFrame):
            yield from _check_whole(part, summaries, old, feed_url=feed_url, now=now)
            continue
        item = Entry.of_item(part)
        kept.add(_check_entry(item, ITEM_ONCE))
        kept.add(check_item(item, now))
        kept.add(_check_deprecated(item, old))
        summaries.append(summarise_item(item))
    yield from kept.problems()


class _Kept:
    """The problems of items, until those of the channel are known, which come first; not more than can be read."""

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.count: Counter[tuple[str, Level]] = Counter()

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            key = (problem.rule, problem.level)
            self.count[key] += 1
            if self.count[key] <= MAX_PER_RULE:
                self.found.append(problem)

    def problems(self) -> Iterator[Problem]:
        yield from self.found
        for (rule, level), count in self.count.items():
            if count > MAX_PER_RULE:
                message = f"{count - MAX_PER_RULE:,} more items have this fault; mend what wrote them"
                yield Problem(rule=rule, level=level, where="items", message=message)


def _check_whole(
    frame: FeedFrame, items: list[ItemSummary], old: set[str], *, feed_url: str | None, now: datetime
) -> Iterator[Problem]:
    """The frame, the channel, and the items against each other."""
    yield from check_frame(frame)
    if not is_rss(frame) or not frame.channels:
        if frame.damage is not None:
            yield from check_across(items, None, frozenset())
        return
    channel = Entry.of_channel(frame.channels[0])
    prefixes = bound_prefixes(frame)
    yield from _check_entry(channel, CHANNEL_ONCE)
    yield from check_channel(channel, feed_url=feed_url, now=now)
    if "itunes" in prefixes:
        yield from check_channel_itunes(channel)
    if "podcast" in prefixes:
        yield from check_channel_podcast(channel)
    elif not any("podcast" in declared.prefix for declared in frame.namespaces):
        message = "uses no podcast: tags, with which apps show transcripts, chapters and persons; add their namespace"
        yield channel.warning("PSP-NS", message)
    yield from _check_deprecated(channel, old)
    yield from _check_items_at_all(frame, channel)
    yield from check_across(items, channel, prefixes)


def _check_entry(entry: Entry, once: frozenset[str]) -> Iterator[Problem]:
    """What holds of every element, and the tags of Podcasting 2.0."""
    yield from check_elements(entry, once)
    parent = entry.node.name
    for node in entry.node.children:
        if node.name.startswith("podcast:"):
            yield from check_element(node, parent, entry.where(node))
    yield from check_counts(entry.node, entry.where())


def _check_items_at_all(frame: FeedFrame, channel: Entry) -> Iterator[Problem]:
    medium = channel.text("podcast:medium")
    is_list = medium.endswith("L") or medium in ("mixed", "publisher")  # P20-MEDIUM: they hold none
    if not frame.item_count and not is_list:
        yield channel.error("RSS-ITEMS-MIN", "has no item; directories take a show with one episode or more")
    if frame.item_count and is_list:
        message = f"has items, which apps do not look for in a podcast:medium of {shown(medium)}; write another medium"
        yield channel.warning("P20-MEDIUM", message, channel.first("podcast:medium"))
    late = [name for name in frame.late_names if name in _HEAD_NAMES]
    if late:
        message = f"has {late[0]} behind its first item, where some apps do not look; put it before the items"
        yield channel.warning("RSS-ORDER", message)


def _check_deprecated(entry: Entry, told: set[str]) -> Iterator[Problem]:
    """AP-DEPR-TAGS: that a tag is there is told once for the feed; that it is too long, of each."""
    for name in _DEPRECATED:
        for node in entry.all(name)[:1]:
            yield from _check_deprecated_tag(entry, node, told)
    author = entry.first("itunes:author") if entry.node.name == "item" else None
    if author is not None and author.name not in told:
        told.add(author.name)
        message = "itunes:author is no longer read in items; name people in podcast:person"
        yield entry.note("AP-DEPR-TAGS", message, author)


def _check_deprecated_tag(entry: Entry, node: Node, told: set[str]) -> Iterator[Problem]:
    limit = _DEPRECATED_LIMITS.get(node.name)
    if limit is not None and len(node.text) > limit:
        message = f"{node.name} is deprecated and has {len(node.text):,} characters, more than {limit:,}; take it out"
        yield entry.warning("AP-DEPR-TAGS", message, node)
    elif node.name not in told:
        told.add(node.name)
        yield entry.note("AP-DEPR-TAGS", f"{node.name} is deprecated, and Apple no longer reads it; take it out", node)
