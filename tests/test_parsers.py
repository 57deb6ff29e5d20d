"""Real parsers read back every field that they know, of a show that uses all of them.

One table: for each field and parser, where that parser keeps the field and what it holds, computed from the show as it
was written; or why the parser does not see it. What it is said not to see, it must not hand on anywhere, so that the
row goes when it learns to.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from podcast_tool.read import show as show_fields
from podcast_tool.read import sidecar as sidecar_fields

from .conftest import need_command, serving
from .full_show import CHAPTERS, FullShow, publish_full_show

PARSERS_DIR = Path(__file__).parent / "parsers"

FEEDPARSER, PODCASTPARSER, GPODDER = "feedparser", "podcastparser", "gPodder"
PARTYTIME, RSS_PARSER = "podcast-partytime", "rss-parser"
PARSERS = (FEEDPARSER, PODCASTPARSER, GPODDER, PARTYTIME, RSS_PARSER)

Expected = Callable[[FullShow], Any]


# -- what a row is made of --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """Where a parser keeps a field, in its own words."""

    place: str
    """Keys and places in lists, from the show's or the episode's reading."""
    expected: Expected | None = None
    """None: the field as it was written."""
    why: str = ""
    """Why it is not as it was written."""
    is_listed: bool = False
    """rss-parser is told the element's name (its `customFields`), which is its way to namespaces."""


@dataclass(frozen=True)
class Unseen:
    """A parser does not know a field."""

    why: str
    trace: str | None = None
    """What its reading would hold somewhere if it did; None: as the field's row says."""


@dataclass(frozen=True)
class Row:
    """One field and one parser."""

    field: str
    """Whose it is, and how it is called there; what lies in a file beside the recording is called after the file."""
    parser: str
    cell: Seen | Unseen
    expected: Expected
    trace: str

    def __str__(self) -> str:
        return f"{self.field}-{self.parser}"

    @property
    def scope(self) -> str:
        return self.field.partition(".")[0]


@dataclass(frozen=True)
class Raw:
    """An element of the feed as parsers hand on what they do not know."""

    text: str | None
    attributes: Mapping[str, str]
    children: Mapping[str, Sequence[Raw]]

    @property
    def in_feedparser(self) -> str | dict[str, str]:
        return {name.lower(): value for name, value in self.attributes.items()} or self.text or ""

    @property
    def in_rss_parser(self) -> Any:
        shape: dict[str, Any] = {
            name: [child.in_rss_parser for child in found] for name, found in self.children.items()
        }
        if self.attributes:
            shape["$"] = dict(self.attributes)
        if not shape:
            return self.text
        return shape | ({"_": self.text} if self.text else {})


def _spelt(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"{Decimal(str(value)):f}"
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _raw(
    entry: Mapping[str, Any],
    text: str | None = None,
    children: Mapping[str, Sequence[Raw]] | None = None,
    /,
    **names: str,
) -> Raw:
    """*entry* as an element; *names* is attribute -> key, *text* the key of its text."""
    attributes = {name: _spelt(entry[key]) for name, key in names.items() if key in entry}
    return Raw(_spelt(entry[text]) if text else None, attributes, children or {})


def _scope(full: FullShow, field: str) -> dict[str, Any]:
    return {"show": full.show, "episode": full.episode, "trailer": full.trailer}[field.partition(".")[0]]


def _key(field: str) -> str:
    return field.partition(".")[2].partition(" ")[0]


def _entries(field: str, short: str) -> Callable[[FullShow], list[dict[str, Any]]]:
    """What a field holds, as tables; a value that is none is the part *short*."""

    def entries(full: FullShow) -> list[dict[str, Any]]:
        value = _scope(full, field)[_key(field)]
        found = value if isinstance(value, list) else [value]
        return [entry if isinstance(entry, dict) else {short: entry} for entry in found]

    return entries


def _listed(place: str, expected: Expected | None = None) -> Seen:
    return Seen(place, expected, is_listed=True)


NO_COLUMN = Unseen("gPodder 3.11 keeps no such thing in its database")
OLD_ADDRESS = Unseen("podcastparser 0.6.11 sees podcast:* only under the namespace's old address, on GitHub")
NO_TARGET = Unseen("podcastparser 0.6.11 has no target for this element")
NOT_READ = Unseen("podcast-partytime 5.0.0 does not read this element")
LAST = "of a namespace unknown to it, feedparser keeps the last element, its attributes or else its text"

Cell = str | Seen | Unseen


def _field(field: str, *cells: Cell, written: Expected | None = None, trace: str = "") -> Iterator[Row]:
    """The rows of one field.

    Args:
        cells: one for each of PARSERS; a place alone holds the field as it was written.
        written: as most parsers give it; None: as it stands in the file.
        trace: what a reading would hold somewhere, if its parser knew the field.
    """
    for parser, cell in zip(PARSERS, cells, strict=True):
        placed = Seen(cell) if isinstance(cell, str) else cell
        own = placed.expected if isinstance(placed, Seen) else None
        expected = own or written or (lambda full: _scope(full, field)[_key(field)])
        yield Row(field, parser, placed, expected, (isinstance(placed, Unseen) and placed.trace) or trace)


def _element(
    field: str,
    name: str,
    make: Callable[[dict[str, Any]], Raw],
    *,
    short: str = "text",
    partytime: Cell = NOT_READ,
    trace: str,
) -> Iterator[Row]:
    """The rows of an element of a namespace that feedparser and rss-parser hand on as it is."""
    entries = _entries(field, short)
    return _field(
        field,
        Seen(name.lower().replace(":", "_"), lambda full: make(entries(full)[-1]).in_feedparser, LAST),
        OLD_ADDRESS,
        NO_COLUMN,
        partytime,
        _listed(name, lambda full: [make(entry).in_rss_parser for entry in entries(full)]),
        trace=trace,
    )


# -- the elements that have parts -------------------------------------------------------------------------------------


def _person(entry: dict[str, Any]) -> Raw:
    return _raw(entry, "name", role="role", group="group", img="image", href="url")


def _person_in_partytime(entry: dict[str, Any]) -> dict[str, str]:
    """It writes roles and groups as the taxonomy does, and knows who says neither for a host of the cast."""
    person = {
        "name": entry["name"],
        "role": entry.get("role", "host").title(),
        "group": entry.get("group", "cast").title(),
    }
    return person | {theirs: entry[ours] for theirs, ours in (("img", "image"), ("href", "url")) if ours in entry}


def _location(entry: dict[str, Any]) -> Raw:
    return _raw(entry, "name", rel="rel", geo="geo", osm="osm", country="country")


def _image(entry: dict[str, Any]) -> Raw:
    names = {"aspect-ratio": "aspect_ratio", "type": "media_type"}
    return _raw(entry, href="url", alt="alt", width="width_px", height="height_px", purpose="purpose", **names)


def _social(entry: dict[str, Any]) -> Raw:
    return _raw(
        entry, protocol="protocol", uri="uri", accountId="account_id", accountUrl="account_url", priority="priority"
    )


def _chat(entry: dict[str, Any]) -> Raw:
    return _raw(entry, server="server", protocol="protocol", accountId="account_id", space="space")


def _chat_in_partytime(entry: dict[str, Any]) -> dict[str, str]:
    return {"phase": "7", **_chat(entry).attributes}


def _remote_item(entry: dict[str, Any]) -> Raw:
    return _raw(entry, feedGuid="feed_guid", feedUrl="feed_url", itemGuid="item_guid", medium="medium", title="title")


def _txt_in_partytime(entry: dict[str, Any]) -> dict[str, str]:
    return {"value": entry["text"], "purpose": entry["purpose"]}


def _recipient(entry: dict[str, Any]) -> Raw:
    names = {"type": "type", "customKey": "custom_key", "customValue": "custom_value"}
    return _raw(entry, name="name", address="address", split="split", fee="fee", **names)


def _recipient_in_partytime(entry: dict[str, Any]) -> dict[str, Any]:
    return {**_recipient(entry).attributes, "split": entry["split"], "fee": entry.get("fee", False)}


def _time_split(entry: dict[str, Any]) -> Raw:
    inside = {"podcast:remoteItem": [_remote_item(entry["remote_item"])]}
    return _raw(entry, None, inside, startTime="start", duration="duration", remotePercentage="remote_percentage")


def _value(entry: dict[str, Any]) -> Raw:
    inside = {"podcast:valueRecipient": [_recipient(recipient) for recipient in entry["recipients"]]}
    if "time_splits" in entry:
        inside["podcast:valueTimeSplit"] = [_time_split(split) for split in entry["time_splits"]]
    return _raw(entry, None, inside, type="type", method="method", suggested="suggested")


def _value_in_partytime(entry: dict[str, Any]) -> dict[str, Any]:
    said = {key: entry[key] for key in ("type", "method", "suggested") if key in entry}
    splits = [
        {
            "type": "remoteItem",
            "startTime": split["start"],
            "duration": split["duration"],
            "remoteStartTime": 0,
            "remotePercentage": split["remote_percentage"],
            "remoteItem": dict(_remote_item(split["remote_item"]).attributes),
        }
        for split in entry.get("time_splits", [])
    ]
    recipients = [_recipient_in_partytime(recipient) for recipient in entry["recipients"]]
    return said | {"recipients": recipients} | ({"valueTimeSplits": splits} if splits else {})


def _sources(entry: dict[str, Any]) -> list[dict[str, str]]:
    return [source if isinstance(source, dict) else {"url": source} for source in entry["sources"]]


def _alternate(entry: dict[str, Any]) -> Raw:
    inside = {
        "podcast:source": [_raw(source, uri="url", contentType="media_type") for source in _sources(entry)],
        "podcast:integrity": [_raw(entry["integrity"], value="value", type="type")],
    }
    names = {"type": "media_type", "length": "size_bytes", "bitrate": "bit_rate_bps", "height": "height_px"}
    further = {key: key for key in ("title", "rel", "codecs", "default")}
    return _raw(entry, None, inside, lang="language", **names, **further)


def _alternate_in_partytime(entry: dict[str, Any]) -> dict[str, Any]:
    numbers = {"length": entry["size_bytes"], "bitrate": entry["bit_rate_bps"], "height": entry["height_px"]}
    sources = [
        {"uri": source["url"], "contentType": source.get("media_type", entry["media_type"])}
        for source in _sources(entry)
    ]
    others = {"source": sources, "integrity": entry["integrity"], "default": entry["default"]}
    return {**_alternate(entry).attributes, **numbers, **others}


def _soundbite(entry: dict[str, Any]) -> Raw:
    return _raw(entry | {"start": _seconds(entry["start"])}, "title", startTime="start", duration="duration")


def _soundbite_in_partytime(entry: dict[str, Any]) -> dict[str, Any]:
    return {"title": entry["title"], "startTime": _seconds(entry["start"]), "duration": entry["duration"]}


def _seconds(said: float | str) -> float:
    """Of a number, or of minutes and seconds."""
    if not isinstance(said, str):
        return said
    minutes, seconds = said.split(":")
    return int(minutes) * 60 + float(seconds)


def _trailer(full: FullShow) -> Callable[[dict[str, Any]], Raw]:
    def make(entry: dict[str, Any]) -> Raw:
        spelt = entry | {"published": format_datetime(full.moment(entry["published"]))}
        names = {"type": "media_type", "length": "size_bytes"}
        return _raw(spelt, "title", url="url", pubdate="published", season="season", **names)

    return make


def _trailer_in_partytime(full: FullShow) -> list[dict[str, Any]]:
    (entry,) = full.show["trailers"]
    return [
        {
            "title": entry["title"],
            "url": entry["url"],
            "pubdate": _in_javascript(full.moment(entry["published"])),
            "type": entry["media_type"],
            "length": entry["size_bytes"],
            "season": entry["season"],
        }
    ]


def _in_javascript(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


# -- what was made of files -------------------------------------------------------------------------------------------

NOTES = (
    "<p><em>Recorded after dark.</em></p>\n"
    '<p>The bittern booms before dawn. <a href="https://sounds.example.org/bittern">Hear the archive</a> &amp; count'
    " along.</p>\n"
    '<p>00:00:00 Before dawn<br/>00:00:30 <a href="https://sounds.example.org/boom">The boom &amp; its echo</a><br/>'
    "00:01:30 The count</p>\n"
    '<p><a href="https://www.example.org/archive">All recordings</a></p>'
)
NOTES_AS_TEXT = """\
Recorded after dark.

The bittern booms before dawn. Hear the archive & count along.

00:00:00 Before dawn
00:00:30 The boom & its echo
00:01:30 The count

All recordings"""
# What ffprobe decodes of the recordings, rounded.
SECONDS = {"bittern": 119, "welcome": 66}


def _notes(_: FullShow) -> str:
    return NOTES


def _notes_in_partytime(_: FullShow) -> str:
    return NOTES.replace("\n", " ").replace("&amp;", "&")


def _short_notes(full: FullShow) -> str:
    page = f"{full.site_url}welcome/"
    return f'<p>{full.trailer["summary"]}</p>\n<p><a href="{page}">{page}</a></p>'


def _cover(full: FullShow) -> str:
    return full.site_url + full.published_path("cover.????????.jpg")


def _artwork(full: FullShow) -> str:
    return full.site_url + full.published_path("bittern/art.????????.jpg")


def _enclosure(full: FullShow) -> tuple[str, int, str]:
    """Address, bytes and type."""
    path = full.published_path("audio/bittern.*.mp3")
    media_host = full.show["media_url"].removeprefix("https://")
    return full.show["enclosure_prefix"] + media_host + path, full.size_bytes(path), "audio/mpeg"


def _named(*keys: str, spell: Callable[[int], int | str] = lambda number: number) -> Expected:
    """The enclosure under a parser's own keys."""

    def expected(full: FullShow) -> dict[str, Any]:
        url, size_bytes, media_type = _enclosure(full)
        return dict(zip(keys, (url, spell(size_bytes), media_type), strict=True))

    return expected


def _transcripts(full: FullShow) -> list[dict[str, str]]:
    folder = f"{full.site_url}bittern/transcript"
    timed = [("vtt", "text/vtt"), ("json", "application/json")]
    plain = [{"url": f"{folder}.{ending}", "type": kind, "rel": "captions"} for ending, kind in timed]
    german = [*timed, ("srt", "application/x-subrip")]
    return plain + [
        {"url": f"{folder}.de.{ending}", "type": kind, "language": "de", "rel": "captions"} for ending, kind in german
    ]


def _transcripts_in_partytime(full: FullShow) -> list[dict[str, str]]:
    """It adds the show's language where none is said, and has one name for the two of SubRip."""
    srt = {"application/x-subrip": "application/srt"}
    return [
        {"language": full.show["language"], **found, "type": srt.get(found["type"], found["type"])}
        for found in _transcripts(full)
    ]


def _chapters_file(full: FullShow) -> dict[str, str]:
    return {"url": f"{full.site_url}bittern/chapters.json", "type": "application/json+chapters"}


def _chapters(full: FullShow, spell_start: Callable[[float], int | str]) -> list[dict[str, Any]]:
    image = full.site_url + full.published_path("bittern/chapter.????????.jpg")
    return [
        {"start": spell_start(chapter["startTime"]), "title": chapter["title"]}
        | ({"href": chapter["url"]} if "url" in chapter else {})
        | ({"image": image} if "img" in chapter else {})
        for chapter in CHAPTERS["chapters"]
    ]


def _clock(seconds: float) -> str:
    return f"00:{int(seconds) // 60:02}:{seconds % 60:06.3f}"


def _categories(full: FullShow) -> list[list[str]]:
    return [said.split(" > ") for said in full.show["categories"]]


def _categories_in_feedparser(full: FullShow) -> list[dict[str, str | None]]:
    apple = [name for names in _categories(full) for name in names]
    (free,) = full.show["rss_categories"]
    return [{"term": name, "scheme": "http://www.itunes.com/", "label": None} for name in apple] + [
        {"term": free["text"], "scheme": free["domain"], "label": None}
    ]


def _categories_in_rss_parser(full: FullShow) -> list[dict[str, Any]]:
    return [
        {"name": name, "subs": [{"name": inner} for inner in inside] or None} for name, *inside in _categories(full)
    ]


def _published(full: FullShow) -> datetime:
    return full.moment(full.episode["published"])


# -- the table --------------------------------------------------------------------------------------------------------

# The columns are those of PARSERS.
TABLE = (
    # the show: RSS and iTunes
    *_field("show.title", "title", "title", "title", "title", "title"),
    *_field("show.description", "subtitle", "description", "description", "description", "description"),
    *_field("show.link", "link", "link", "link", "link", "link"),
    *_field(
        "show.feed_path",
        "links.1.href",
        Unseen("podcastparser 0.6.11 reads no atom:link of rel=self"),
        Unseen("gPodder 3.11 keeps the address that one subscribed to"),
        "pubsub.self",
        "feedUrl",
        written=lambda full: full.site_url + full.show["feed_path"],
        trace="sounds/podcast.xml",
    ),
    *_field("show.language", "language", "language", NO_COLUMN, "language", "language", trace="en-gb"),
    *_field("show.copyright", "rights", NO_TARGET, NO_COLUMN, "copyright", "copyright", trace="2017 Fenland Trust"),
    *_field(
        "show.author",
        "author_detail.name",
        "itunes_author",
        NO_COLUMN,
        "author",
        "itunes.author",
        trace="Fenland Trust & Friends",
    ),
    *_field("show.owner", "publisher_detail", "itunes_owner", NO_COLUMN, "owner", "itunes.owner", trace="O'Hara"),
    *_field(
        "show.categories",
        Seen("tags", _categories_in_feedparser, "it keeps them in one list with the free ones"),
        Seen("itunes_categories", _categories),
        NO_COLUMN,
        "itunesCategory",
        Seen("itunes.categoriesWithSubs", _categories_in_rss_parser),
        trace="Places",
    ),
    *_field(
        "show.explicit",
        Seen("itunes_explicit", lambda _: None, "feedparser knows yes and clean only"),
        "explicit",
        NO_COLUMN,
        "explicit",
        Seen("itunes.explicit", lambda _: "false"),
        trace="explicit",
    ),
    *_field("show.type", "itunes_type", "type", NO_COLUMN, "itunesType", _listed("itunes:type.0"), trace="serial"),
    *_field("show.cover", "image.href", "cover_url", "cover_url", "itunesImage", "itunes.image", written=_cover),
    *_field(
        "show.cover (rss)",
        Seen("image", lambda full: {"href": _cover(full)}, "itunes:image takes its place"),
        Seen("cover_url", _cover, "itunes:image takes its place"),
        Seen("cover_url", _cover, "itunes:image takes its place"),
        "image",
        "image",
        written=lambda full: {"url": _cover(full), "title": full.show["title"], "link": full.show["link"]},
    ),
    *_field(
        "show.itunes_title",
        "itunes_title",
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        _listed("itunes:title.0"),
        trace="Marsh & Moor at Night",
    ),
    *_field(
        "show.block",
        Seen("itunes_block", lambda _: 1),
        NO_TARGET,
        NO_COLUMN,
        "itunesBlock",
        _listed("itunes:block.0", lambda _: "Yes"),
        trace="block",
    ),
    *_field(
        "show.complete",
        Seen("itunes_complete", lambda _: "Yes"),
        NO_TARGET,
        NO_COLUMN,
        "itunesComplete",
        _listed("itunes:complete.0", lambda _: "Yes"),
        trace="complete",
    ),
    *_field(
        "show.new_feed_url",
        "itunes_new-feed-url",
        "new_url",
        NO_COLUMN,
        "itunesNewFeedUrl",
        _listed("itunes:new-feed-url.0"),
        trace="moved.example.org",
    ),
    *_field(
        "show.apple_verify",
        "itunes_applepodcastsverify",
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        _listed("itunes:applepodcastsverify.0"),
        trace="b7c1d0e2f3",
    ),
    *_field(
        "show.managing_editor", "author", NO_TARGET, NO_COLUMN, "managingEditor", "managingEditor", trace="Ruth Vole"
    ),
    *_field("show.web_master", "publisher", NO_TARGET, NO_COLUMN, "webmaster", "webMaster", trace="Ned Pike"),
    *_field(
        "show.ttl_minutes",
        Seen("ttl", lambda full: str(full.show["ttl_minutes"])),
        NO_TARGET,
        NO_COLUMN,
        "ttl",
        Seen("ttl", lambda full: str(full.show["ttl_minutes"])),
        trace="ttl",
    ),
    *_field(
        "show.skip_hours",
        Seen("hour", lambda full: str(full.show["skip_hours"][-1]), LAST),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        Seen("skipHours.hour", lambda full: [str(hour) for hour in full.show["skip_hours"]]),
        trace="hour",
    ),
    *_field(
        "show.skip_days",
        Seen("day", lambda full: full.show["skip_days"][-1], LAST),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        "skipDays.day",
        trace="Sunday",
    ),
    *_field(
        "show.rss_categories",
        Seen("tags", _categories_in_feedparser, "it keeps them in one list with Apple's"),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        _listed(
            "category",
            lambda full: [_raw(entry, "text", domain="domain").in_rss_parser for entry in full.show["rss_categories"]],
        ),
        trace="Wading birds",
    ),
    *_field(
        "show.hub",
        "links.2.href",
        Unseen("podcastparser 0.6.11 reads no atom:link of rel=hub"),
        NO_COLUMN,
        "pubsub.hub",
        _listed("atom:link.1.$.href"),
        trace="hub.example.org",
    ),
    *_field(
        "show.feed_links",
        "links.3.href",
        Unseen("podcastparser 0.6.11 reads no atom:link of rel=prev-archive"),
        NO_COLUMN,
        Unseen("podcast-partytime 5.0.0 reads atom:link of rel=self, hub and next only"),
        _listed("atom:link.2.$.href"),
        written=lambda full: full.show["feed_links"][0]["url"],
        trace="archive.example.org/2016",
    ),
    *_field(
        "show.extra",
        Seen("spotify_countryoforigin", lambda full: full.show["extra"][0]["text"]),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        _listed("spotify:countryOfOrigin.0._", lambda full: full.show["extra"][0]["text"]),
        trace="gb de",
    ),
    # the show: Podcasting 2.0
    *_field("show.guid", "podcast_guid", OLD_ADDRESS, NO_COLUMN, "guid", _listed("podcast:guid.0"), trace="8f6a2c1e"),
    *_field(
        "show.locked",
        Seen("podcast_locked", lambda _: "no"),
        Unseen(OLD_ADDRESS.why, "import_prohibited"),
        NO_COLUMN,
        Unseen("podcast-partytime 5.0.0 passes over podcast:locked without the attribute owner", '"locked"'),
        _listed("podcast:locked.0", lambda _: "no"),
        trace="locked",
    ),
    *_field(
        "show.medium",
        "podcast_medium",
        OLD_ADDRESS,
        NO_COLUMN,
        "medium",
        _listed("podcast:medium.0"),
        trace="audiobook",
    ),
    *_element(
        "show.funding",
        "podcast:funding",
        lambda entry: _raw(entry, "text", url="url"),
        partytime=Seen(
            "podcastFunding",
            lambda full: [{"message": entry["text"], "url": entry["url"]} for entry in full.show["funding"]],
        ),
        trace="give.example.org",
    ),
    *_element(
        "show.persons",
        "podcast:person",
        _person,
        partytime=Seen("podcastPeople", lambda full: [_person_in_partytime(entry) for entry in full.show["persons"]]),
        trace="Mary Akande",
    ),
    *_element(
        "show.location",
        "podcast:location",
        _location,
        partytime=Seen(
            "podcastLocation",
            lambda full: {key: full.show["location"][key] for key in ("name", "geo", "osm")},
            "podcast-partytime 5.0.0 does not know the attributes rel and country",
        ),
        trace="Wicken Fen",
    ),
    *_element(
        "show.license",
        "podcast:license",
        lambda entry: _raw(entry, "name", url="url"),
        partytime=Seen(
            "license", lambda full: {"identifier": full.show["license"]["name"], "url": full.show["license"]["url"]}
        ),
        trace="Fenland Terms",
    ),
    *_field(
        "show.trailers",
        Seen("podcast_trailer", lambda full: _trailer(full)(full.show["trailers"][-1]).in_feedparser, LAST),
        OLD_ADDRESS,
        NO_COLUMN,
        Seen("trailers", _trailer_in_partytime),
        _listed(
            "podcast:trailer", lambda full: [_trailer(full)(entry).in_rss_parser for entry in full.show["trailers"]]
        ),
        trace="hear.mp3",
    ),
    *_element("show.images", "podcast:image", _image, short="url", trace="wide.jpg"),
    *_element(
        "show.social_interact",
        "podcast:socialInteract",
        _social,
        partytime=Unseen("podcast-partytime 5.0.0 reads podcast:socialInteract in items only"),
        trace="@marsh/1",
    ),
    *_element(
        "show.chat",
        "podcast:chat",
        _chat,
        partytime=Seen("chat", lambda full: _chat_in_partytime(full.show["chat"])),
        trace="chat.example.org",
    ),
    *_element(
        "show.txt",
        "podcast:txt",
        lambda entry: _raw(entry, "text", purpose="purpose"),
        partytime=Seen("podcastTxt", lambda full: [_txt_in_partytime(entry) for entry in full.show["txt"]]),
        trace="S6lpp",
    ),
    *_element(
        "show.update_frequency",
        "podcast:updateFrequency",
        lambda entry: _raw(entry, "text", complete="complete", dtstart="dtstart", rrule="rrule"),
        trace="BYDAY",
    ),
    *_field(
        "show.podroll",
        Unseen("feedparser keeps only the last podcast:remoteItem of the channel, wherever it stands"),
        OLD_ADDRESS,
        NO_COLUMN,
        Seen("podroll", lambda full: [{"feedGuid": guid} for guid in full.show["podroll"]]),
        _listed(
            "podcast:podroll.0.podcast:remoteItem",
            lambda full: [{"$": {"feedGuid": guid}} for guid in full.show["podroll"]],
        ),
        trace="d4d5fc0f",
    ),
    *_field(
        "show.publisher",
        Unseen("feedparser keeps only the last podcast:remoteItem of the channel, wherever it stands"),
        OLD_ADDRESS,
        NO_COLUMN,
        "podcastPublisher",
        _listed(
            "podcast:publisher.0.podcast:remoteItem.0.$",
            lambda full: {"medium": "publisher", **_remote_item(full.show["publisher"]).attributes},
        ),
        written=lambda full: dict(_remote_item(full.show["publisher"]).attributes),
        trace="29cdca4a",
    ),
    *_element(
        "show.remote_items",
        "podcast:remoteItem",
        _remote_item,
        short="feed_guid",
        partytime=Seen(
            "podcastRemoteItems",
            lambda full: [dict(_remote_item(entry).attributes) for entry in full.show["remote_items"]],
        ),
        trace="dawn-1",
    ),
    *_element(
        "show.block_services",
        "podcast:block",
        lambda entry: Raw("yes" if entry.get("block", True) else "no", {"id": entry["id"]}, {}),
        short="id",
        partytime=Seen("podcastBlockedPlatforms", lambda _: {"tiktok": True, "spotify": False}),
        trace="tiktok",
    ),
    *_element(
        "show.podping",
        "podcast:podping",
        lambda entry: _raw(entry, usesPodping="uses_podping"),
        short="uses_podping",
        trace="podping",
    ),
    *_element(
        "show.value",
        "podcast:value",
        _value,
        partytime=Seen("value", lambda full: _value_in_partytime(full.show["value"][0])),
        trace="keysend",
    ),
    # an episode: RSS and iTunes
    *_field("episode.title", "title", "title", "title", "title", "title"),
    *_field(
        "episode.title (itunes)",
        "itunes_title",
        Unseen("podcastparser 0.6.11 does not read itunes:title", "itunes_title"),
        Unseen(NO_COLUMN.why, "itunes"),
        Unseen("podcast-partytime 5.0.0 reads itunes:title only where title is missing", "itunesTitle"),
        _listed("itunes:title.0", lambda full: full.episode["title"]),
    ),
    *_field("episode.link", "link", "link", "link", "link", "link"),
    *_field("episode.guid", "id", "guid", "guid", "guid", "guid"),
    *_field(
        "episode.published",
        Seen("published", lambda full: format_datetime(_published(full))),
        "published",
        "published",
        Seen("pubDate", lambda full: _in_javascript(_published(full))),
        Seen("isoDate", lambda full: _in_javascript(_published(full))),
        written=lambda full: int(_published(full).timestamp()),
    ),
    *_field(
        "episode.audio",
        Seen("links.1", lambda full: {"rel": "enclosure", **_named("href", "length", "type", spell=str)(full)}),
        Seen("enclosures.0", _named("url", "file_size", "mime_type")),
        Seen("enclosure", _named("url", "file_size", "mime_type")),
        Seen("enclosure", _named("url", "length", "type")),
        Seen("enclosure", _named("url", "length", "type", spell=str)),
    ),
    *_field(
        "episode.duration",
        Seen("itunes_duration", lambda _: str(SECONDS["bittern"])),
        "total_time",
        "total_time",
        "duration",
        Seen("itunes.duration", lambda _: str(SECONDS["bittern"])),
        written=lambda _: SECONDS["bittern"],
    ),
    *_field(
        "episode.article",
        Seen("summary", lambda _: NOTES.replace("<br/>", "<br />"), "it writes HTML anew"),
        Seen("description", lambda _: NOTES_AS_TEXT, "it takes the markup out"),
        Seen("description_html", why="it keeps content:encoded in its place, here the same"),
        Seen("description", _notes_in_partytime, "it makes it one line and decodes & once more"),
        "content",
        written=_notes,
    ),
    *_field(
        "episode.article (whole)",
        Seen("content.0.value", lambda _: NOTES.replace("<br/>", "<br />"), "it writes HTML anew"),
        "description_html",
        "description_html",
        Seen("content", lambda _: NOTES.replace("&amp;", "&"), "it decodes & once more"),
        "content:encoded",
        written=_notes,
    ),
    *_field(
        "episode.season",
        Seen("itunes_season", lambda full: str(full.episode["season"])),
        "season",
        NO_COLUMN,
        "itunesSeason",
        Seen("itunes.season", lambda full: str(full.episode["season"])),
        trace="season",
    ),
    *_field(
        "episode.episode",
        Seen("itunes_episode", lambda full: str(full.episode["episode"])),
        "number",
        NO_COLUMN,
        "itunesEpisode",
        Seen("itunes.episode", lambda full: str(full.episode["episode"])),
        trace="number",
    ),
    *_field(
        "episode.type",
        "itunes_episodetype",
        "type",
        NO_COLUMN,
        "itunesEpisodeType",
        "itunes.episodeType",
        trace='"full"',
    ),
    *_field(
        "episode.explicit",
        Seen("itunes_explicit", lambda _: None, "feedparser knows yes and clean only"),
        "explicit",
        NO_COLUMN,
        "explicit",
        Seen("itunes.explicit", lambda _: "true"),
        trace="explicit",
    ),
    *_field(
        "episode.artwork",
        "image.href",
        "episode_art_url",
        "episode_art_url",
        "itunesImage",
        "itunes.image",
        written=_artwork,
    ),
    *_field(
        "episode.block",
        Seen("itunes_block", lambda _: 1),
        NO_TARGET,
        NO_COLUMN,
        Unseen("podcast-partytime 5.0.0 reads itunes:block of the show only"),
        _listed("itunes:block.0", lambda _: "Yes"),
        trace="block",
    ),
    *_field(
        "episode.rss_categories",
        Seen("tags.0.term", lambda full: full.episode["rss_categories"][0]),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        "categories",
        trace="Botaurus",
    ),
    *_field(
        "episode.extra",
        Seen("marsh_tide", lambda _: {"metres": "0.4"}, LAST),
        NO_TARGET,
        NO_COLUMN,
        NOT_READ,
        _listed("marsh:tide.0._", lambda _: "ebb"),
        trace="tide",
    ),
    # an episode: Podcasting 2.0 and Podlove
    *_field(
        "episode.transcripts",
        Seen("podcast_transcript", lambda full: _transcripts(full)[-1], LAST),
        OLD_ADDRESS,
        NO_COLUMN,
        Seen("podcastTranscripts", _transcripts_in_partytime, "it fills in the language, and renames SubRip"),
        _listed("podcast:transcript", lambda full: [{"$": found} for found in _transcripts(full)]),
        written=_transcripts,
        trace="transcript",
    ),
    *_field(
        "episode.chapters",
        "podcast_chapters",
        OLD_ADDRESS,
        NO_COLUMN,
        "podcastChapters",
        _listed("podcast:chapters.0.$"),
        written=_chapters_file,
        trace="chapters.json",
    ),
    *_field(
        "episode.chapters (podlove)",
        Seen("psc_chapters.chapters", lambda full: _chapters(full, _clock)),
        Seen("chapters", why="it keeps whole seconds"),
        Seen("chapters", why="it keeps whole seconds"),
        Unseen("podcast-partytime 5.0.0 reads the file that podcast:chapters names, not psc:chapters"),
        _listed("psc:chapters.0.psc:chapter", lambda full: [{"$": chapter} for chapter in _chapters(full, _clock)]),
        written=lambda full: _chapters(full, int),
        trace='its echo",',
    ),
    *_element(
        "episode.persons",
        "podcast:person",
        _person,
        partytime=Seen(
            "podcastPeople", lambda full: [_person_in_partytime(entry) for entry in full.episode["persons"]]
        ),
        trace="Tom Reed",
    ),
    *_element(
        "episode.funding",
        "podcast:funding",
        lambda entry: _raw(entry, "text", url="url"),
        partytime=Unseen("podcast-partytime 5.0.0 reads podcast:funding of the show only"),
        trace="give.example.org",
    ),
    *_element(
        "episode.location",
        "podcast:location",
        _location,
        partytime=Seen(
            "podcastLocation",
            lambda full: {key: full.episode["location"][key] for key in ("name", "geo", "osm")},
            "podcast-partytime 5.0.0 does not know the attributes rel and country",
        ),
        trace="Ham Wall",
    ),
    *_element(
        "episode.license",
        "podcast:license",
        lambda entry: _raw(entry, "name"),
        short="name",
        partytime=Seen(
            "license",
            lambda _: {"identifier": "cc-by-4.0", "url": "https://spdx.org/licenses/CC-BY-4.0.html"},
            "it fills in the address of a licence that SPDX lists",
        ),
        trace="cc-by",
    ),
    *_element(
        "episode.soundbites",
        "podcast:soundbite",
        _soundbite,
        partytime=Seen(
            "podcastSoundbites", lambda full: [_soundbite_in_partytime(entry) for entry in full.episode["soundbites"]]
        ),
        trace="Why it carries",
    ),
    *_field(
        "episode.season_name",
        "podcast_season.name",
        OLD_ADDRESS,
        NO_COLUMN,
        "podcastSeason.name",
        _listed("podcast:season.0.$.name"),
        trace="Winter on the Levels",
    ),
    *_field(
        "episode.episode_display",
        "podcast_episode.display",
        OLD_ADDRESS,
        NO_COLUMN,
        "podcastEpisode.display",
        _listed("podcast:episode.0.$.display"),
        trace="Ch. VII",
    ),
    *_element(
        "episode.alternate_enclosures",
        "podcast:alternateEnclosure",
        _alternate,
        partytime=Seen(
            "alternativeEnclosures",
            lambda full: [_alternate_in_partytime(entry) for entry in full.episode["alternate_enclosures"]],
        ),
        trace="bittern.mp4",
    ),
    *_element("episode.images", "podcast:image", _image, short="url", trace="bittern-square"),
    *_element(
        "episode.social_interact",
        "podcast:socialInteract",
        _social,
        partytime=Seen(
            "podcastSocialInteraction",
            lambda full: [
                {
                    "platform": entry["protocol"],
                    "url": entry["uri"],
                    "id": entry["account_id"],
                    "profileUrl": entry["account_url"],
                    "priority": entry["priority"],
                }
                for entry in full.episode["social_interact"]
            ],
        ),
        trace="@marsh/7",
    ),
    *_element(
        "episode.chat",
        "podcast:chat",
        _chat,
        partytime=Seen("chat", lambda full: _chat_in_partytime(full.episode["chat"])),
        trace="irc.example.org",
    ),
    *_element(
        "episode.txt",
        "podcast:txt",
        lambda entry: _raw(entry, "text", purpose="purpose"),
        partytime=Seen("podcastTxt", lambda full: [_txt_in_partytime(entry) for entry in full.episode["txt"]]),
        trace="Recorded at 4",
    ),
    *_element(
        "episode.value",
        "podcast:value",
        _value,
        partytime=Seen("value", lambda full: _value_in_partytime(full.episode["value"][0])),
        trace="keysend",
    ),
    # an episode that says little, of which the show says the rest, and whose notes are short
    *_field(
        "trailer.type",
        "itunes_episodetype",
        "type",
        NO_COLUMN,
        "itunesEpisodeType",
        "itunes.episodeType",
        trace='"trailer"',
    ),
    *_field(
        "trailer.explicit",
        Seen("itunes_explicit", lambda _: None, "feedparser knows yes and clean only"),
        "explicit",
        NO_COLUMN,
        "explicit",
        Seen("itunes.explicit", lambda _: "false"),
        written=lambda full: full.show["explicit"],
        trace="explicit",
    ),
    *_field(
        "trailer.published",
        Seen("published", lambda full: format_datetime(full.moment(full.trailer["published"]))),
        "published",
        "published",
        Seen("pubDate", lambda full: _in_javascript(full.moment(full.trailer["published"]))),
        Seen("isoDate", lambda full: _in_javascript(full.moment(full.trailer["published"]))),
        written=lambda full: int(full.moment(full.trailer["published"]).timestamp()),
    ),
    *_field(
        "trailer.summary",
        "summary",
        "description_html",
        "description_html",
        Seen("description", lambda full: _short_notes(full).replace("\n", " "), "it makes it one line"),
        "content",
        written=_short_notes,
    ),
)

# Seen in a row of another field, of which they are a part.
ELSEWHERE = {
    "show.site_url": "show.feed_path",
    "show.media_url": "episode.audio",
    "show.enclosure_prefix": "episode.audio",
    "show.timezone": "episode.published",
    "show.publish_time": "trailer.published",
    "show.notes_header": "episode.article",
    "show.notes_footer": "episode.article",
    "show.short_notes_after": "trailer.summary",
    "episode.summary": "trailer.summary",
}
# They say what is done, and are not told to listeners.
NOT_IN_THE_FEED = {
    "pages",
    "page_links",
    "directories",
    "theme",
    "accept_changes",
    "require_transcript",
    "normalise",
    "write_tags",
    "fix_artwork",
    "draft",
    "withdrawn",
    "keep_days",
}
# Made of a recording and of files beside it.
OF_FILES = {"episode.duration", "episode.transcripts"}


# -- the readings -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """What one parser gives of the full show, as JSON has it."""

    show: FullShow
    scopes: Mapping[str, Any]
    """The show's without its episodes; `episode` and `trailer`."""


def _reading(full: FullShow, feed: Any, episodes: Sequence[Any]) -> Reading:
    scopes = {"show": feed, "episode": episodes[0], "trailer": episodes[1]}
    return Reading(full, json.loads(json.dumps(scopes, default=str)))


@pytest.fixture(scope="module")
def full_show(tmp_path_factory: pytest.TempPathFactory) -> FullShow:
    """The full show, published."""
    return publish_full_show(tmp_path_factory.mktemp("full"))


@pytest.fixture(scope="module")
def reading_of_feedparser(full_show: FullShow) -> Reading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import feedparser

        parsed: Any = feedparser.parse(full_show.feed)
    assert not parsed.bozo
    for entry in parsed.entries:
        for chapter in entry.get("psc_chapters", {}).get("chapters", []):
            del chapter["start_parsed"]
    return _reading(full_show, parsed.feed, parsed.entries)


@pytest.fixture(scope="module")
def reading_of_podcastparser(full_show: FullShow) -> Reading:
    import podcastparser

    feed = podcastparser.parse(full_show.site_url + full_show.show["feed_path"], io.BytesIO(full_show.feed))
    episodes = sorted(feed.pop("episodes"), key=lambda episode: -episode["published"])
    return _reading(full_show, feed, episodes)


@pytest.fixture(scope="module")
def reading_of_gpodder(full_show: FullShow, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    """The app itself, subscribed over HTTP; what it keeps is in its database."""
    gpo = need_command("gpo")
    home = tmp_path_factory.mktemp("gpodder")
    environment = {**os.environ, "GPODDER_HOME": str(home), "HOME": str(home), "no_proxy": "127.0.0.1"}
    with serving(full_show.show_dir / "feed") as address:
        command = [gpo, "subscribe", address + full_show.show["feed_path"]]
        subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
    database = sqlite3.connect(home / "Database")
    database.row_factory = sqlite3.Row
    columns = "title, link, description, cover_url, payment_url"
    (feed,) = map(dict, database.execute(f"SELECT {columns} FROM podcast"))
    columns = "title, link, guid, published, total_time, description_html, episode_art_url, chapters, payment_url"
    order = "FROM episode ORDER BY published DESC"
    episodes = [dict(row) for row in database.execute(f"SELECT {columns} {order}")]
    enclosures = [dict(row) for row in database.execute(f"SELECT url, file_size, mime_type {order}")]
    database.close()
    for episode, enclosure in zip(episodes, enclosures, strict=True):
        episode["enclosure"] = enclosure
        episode["chapters"] = json.loads(episode["chapters"]) if episode["chapters"] else None
    return _reading(full_show, feed, episodes)


@pytest.fixture(scope="module")
def readings_of_node(full_show: FullShow) -> Mapping[str, Reading]:
    """The parsers of npm."""
    node = need_command("node")
    if not (PARSERS_DIR / "node_modules").is_dir():
        message = "the parsers of npm are not installed; run: npm ci --prefix tests/parsers --ignore-scripts"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    listed = {row.cell.place.partition(".")[0] for row in TABLE if isinstance(row.cell, Seen) and row.cell.is_listed}
    command = [node, "read.mjs", ",".join(sorted(listed))]
    done = subprocess.run(
        command,
        cwd=PARSERS_DIR,
        env={**os.environ, "PARTYTIME_LOG": "silent"},  # its log would go where the readings go
        input=full_show.feed,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == b""
    parsed = json.loads(done.stdout)
    return {name: _reading(full_show, feed, feed.pop("items")) for name, feed in parsed.items()}


@pytest.fixture
def reading(request: pytest.FixtureRequest, row: Row) -> Reading:
    """What the row's parser gives."""
    if row.parser in (PARTYTIME, RSS_PARSER):
        found: Reading = request.getfixturevalue("readings_of_node")[row.parser]
    else:
        found = request.getfixturevalue(f"reading_of_{row.parser.lower()}")
    return found


# -- the tests --------------------------------------------------------------------------------------------------------


def _look_up(found: Any, place: str) -> Any:
    for key in place.split("."):
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_parser_reads_back_what_was_written(row: Row, reading: Reading) -> None:
    """Each parser gives each field as the table says, or, where it does not know the field, nothing of it at all."""
    found = reading.scopes[row.scope]
    if isinstance(row.cell, Seen):
        assert _look_up(found, row.cell.place) == row.expected(reading.show)
    else:
        assert row.trace
        assert row.trace.casefold() not in json.dumps(found, ensure_ascii=False).casefold()


def test_table_has_every_field() -> None:
    """Whatever show.toml and a sidecar can say and a feed can hold is asked of each of the parsers."""
    known = {f"show.{key}" for key in (*show_fields.FIELDS, *show_fields.TAG_FIELDS)}
    known |= {f"episode.{key}" for key in (*sidecar_fields.FIELDS, *sidecar_fields.TAG_FIELDS)}
    asked = {(row.field.partition(" ")[0], row.parser) for row in TABLE if row.scope != "trailer"}

    told = {field for field in known if _key(field) not in NOT_IN_THE_FEED} | OF_FILES
    assert asked == {(field, parser) for field in told - set(ELSEWHERE) for parser in PARSERS}
    assert set(ELSEWHERE.values()) <= {row.field for row in TABLE}


def test_full_show_says_everything(full_show: FullShow) -> None:
    """The show of these tests uses every field that there is."""
    assert set(full_show.show) == {*show_fields.FIELDS, *show_fields.TAG_FIELDS}
    assert set(full_show.episode) == {*sidecar_fields.FIELDS, *sidecar_fields.TAG_FIELDS}
    assert len({row.field + row.parser for row in TABLE}) == len(TABLE)
