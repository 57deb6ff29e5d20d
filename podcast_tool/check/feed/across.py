"""The items of a feed against each other, and what many of them lack."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from podcast_tool.check.feed.entry import Entry
from podcast_tool.check.feed.moments import parse_moment
from podcast_tool.model import Level, Problem

_MAX_KEY_CHARACTERS = 200
_MAX_REPEATS = 200
_LONGEST_NAMED_LIST = 3


@dataclass(frozen=True, slots=True)
class ItemSummary:
    """What is kept of an item: little, since a feed may have 100,000 of them."""

    where: str
    guid: str
    enclosure_url: str
    """Both cut to a digest where they are long."""
    published_at: datetime | None
    title: str
    is_full: bool
    season: str
    episode: str
    lacks: tuple[str, ...]
    """Names of recommended elements."""


# What is recommended (AP-IT-REC, PSP-IT-REC): the rule, its level, and what listeners miss.
_RECOMMENDED = {
    "link": ("RSS-IT-LINK", Level.WARNING, "link, where the episode's page would be named"),
    "description": ("AP-IT-REC", Level.WARNING, "description, which listeners read as the show notes"),
    "itunes:duration": ("AP-IT-DUR", Level.WARNING, "itunes:duration, which apps show before they load the recording"),
    "itunes:explicit": ("AP-IT-EXPL", Level.WARNING, "itunes:explicit of its own"),
    # PSP-1 recommends it, and to Apple it is an extra (AP-TRANSCRIPT).
    "podcast:transcript": ("PSP-IT-REC", Level.NOTE, "podcast:transcript, which deaf listeners need"),
}


def summarise_item(item: Entry) -> ItemSummary:
    """Keep of *item* what `check_across` needs."""
    enclosure = item.first("enclosure")
    date = item.text("pubDate")
    return ItemSummary(
        where=item.where(),
        guid=_key(item.text("guid")),
        enclosure_url=_key(enclosure.attributes.get("url", "").strip() if enclosure else ""),
        published_at=parse_moment(date).at if date else None,
        title=item.text("title")[:_MAX_KEY_CHARACTERS],
        is_full=item.text("itunes:episodeType") in ("full", ""),
        season=_key(item.text("itunes:season")),
        episode=_key(item.text("itunes:episode")),
        lacks=tuple(name for name in _RECOMMENDED if not _has(item, name)),
    )


def _has(item: Entry, name: str) -> bool:
    if name == "podcast:transcript":
        return bool(item.all(name)) or item.text("itunes:episodeType") in ("trailer", "bonus")
    if name.startswith("itunes:"):
        return bool(item.all(name))  # that it is empty is told of each
    return bool(item.text(name))


def _key(text: str) -> str:
    return text if len(text) <= _MAX_KEY_CHARACTERS else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def check_across(items: Sequence[ItemSummary], channel: Entry | None, prefixes: Set[str]) -> Iterator[Problem]:
    """All that one item alone does not show.

    Args:
        channel: None of a damaged feed, of which nothing is said to be missing.
        prefixes: Of the namespaces that the feed declares; of one that is not among them, that is said once, elsewhere.
    """
    yield from _check_repeats(items)
    if channel is None:
        return
    is_serial = channel.text("itunes:type") == "serial"
    yield from _check_numbers(items, is_serial=is_serial)
    if not is_serial:
        yield from _check_order(items)
    yield from _check_names(items, channel.text("title"))
    for name, (rule, level, what) in _RECOMMENDED.items():
        if ":" not in name or name.partition(":")[0] in prefixes:
            lacking = [item.where for item in items if name in item.lacks]
            if lacking:
                yield Problem(rule=rule, level=level, where=lacking[0], message=_lacking(lacking, len(items), what))


def _lacking(where: Sequence[str], count: int, what: str) -> str:
    if len(where) == 1:
        return f"has no {what}; add it"
    others = len(where) - 1
    return f"and {others} other{'s' * (others > 1)} of {count} items have no {what}; add it"


def _check_repeats(items: Sequence[ItemSummary]) -> Iterator[Problem]:
    guid = "has the guid of {}, so that apps show one of them only; give each its own"
    yield from _repeats(items, lambda item: item.guid, "RSS-IT-GUID", Level.ERROR, guid)
    address = "has the enclosure of {}, and Apple ignores the second; give each its own address"
    yield from _repeats(items, lambda item: item.enclosure_url, "RSS-ENC-URL-UNIQUE", Level.ERROR, address)
    date = "has the pubDate of {}, so that their order is open; set them a minute apart"
    yield from _repeats(items, lambda item: item.published_at, "RSS-IT-DATE-UNIQUE", Level.WARNING, date)


def _repeats(
    items: Iterable[ItemSummary], key: Callable[[ItemSummary], Hashable], rule: str, level: Level, message: str
) -> Iterator[Problem]:
    """A problem for each item whose *key*, if it has one, was an earlier item's."""
    seen: dict[Hashable, str] = {}
    told = 0
    for item in items:
        found = key(item)
        if not found:
            continue
        first = seen.setdefault(found, item.where)
        if first is not item.where and told < _MAX_REPEATS:
            told += 1
            yield Problem(rule=rule, level=level, where=item.where, message=message.format(first))


def _check_numbers(items: Sequence[ItemSummary], *, is_serial: bool) -> Iterator[Problem]:
    """X-SERIAL; in a show that is not serial, a number twice is odd, but harms less."""
    full = [item for item in items if item.is_full]
    if is_serial:
        for item in [item for item in full if not item.episode][:_MAX_REPEATS]:
            message = "has no itunes:episode, by which a serial show is played in order; add it"
            yield Problem(rule="X-SERIAL", level=Level.ERROR, where=item.where, message=message)
    numbered = (item for item in full if item.episode)
    level = Level.ERROR if is_serial else Level.WARNING
    message = "has the season and episode number of {}; give each its own"
    yield from _repeats(numbered, lambda item: (item.season, item.episode), "X-SERIAL", level, message)


def _check_order(items: Sequence[ItemSummary]) -> Iterator[Problem]:
    """RSS-ORDER: newest first. One item out of its place does no harm; a feed the wrong way round is cut by apps."""
    dated = [item for item in items if item.published_at]
    rises = [
        after
        for before, after in pairwise(dated)
        if before.published_at and after.published_at and after.published_at > before.published_at
    ]
    if not rises:
        return
    if 2 * len(rises) > len(dated) - 1:
        message = "is newer than the item above it, as are most; put the newest first, since apps read only so many"
        yield Problem(rule="RSS-ORDER", level=Level.WARNING, where=rises[0].where, message=message)
    else:
        message = "is newer than the item above it; put the newest first"
        yield Problem(rule="RSS-ORDER", level=Level.NOTE, where=rises[0].where, message=message)


def _check_names(items: Sequence[ItemSummary], show: str) -> Iterator[Problem]:
    """AP-IT-TITLE: the show's name in front of, or behind, the titles; apps show it anyway."""
    if not show or len(show) > _MAX_KEY_CHARACTERS:
        return
    name = re.escape(show)
    around = re.compile(rf"{name}\s?(?:[:|–—#]|-\s)|.{{1,200}}\s[|–—-]\s{name}\Z", re.DOTALL)
    named = [item for item in items if item.title != show and around.match(item.title)]
    if named:
        more = f", as do {len(named) - 1} others" if len(named) > 1 else ""
        message = f"has the show's name in its title{more}, which apps show beside it; leave it out"
        yield Problem(rule="AP-IT-TITLE", level=Level.WARNING, where=named[0].where, message=message)
