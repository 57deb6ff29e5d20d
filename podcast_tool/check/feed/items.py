"""One item of a feed, by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from podcast_tool.check.addresses import (
    address_fault,
    as_number,
    file_name,
    has_encoded_name,
    host_of,
    is_private_host,
    path_ending,
)
from podcast_tool.check.feed.channel import check_contact, check_explicit, check_yes
from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.check.feed.moments import check_moment, check_published
from podcast_tool.check.feed.notes import check_description, check_html, find_tags, has_html
from podcast_tool.check.feed.pictures import check_picture
from podcast_tool.model import Level, Node, Problem

# AP-ENC-EXT and AP-ENC-TYPE; the second of a pair is PSP-1's spelling (AP-ENC-TYPE-ALT).
MEDIA_TYPES = {
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/x-m4a", "audio/m4a"),
    ".mp4": ("video/mp4",),
    ".m4v": ("video/x-m4v", "video/m4v"),
    ".mov": ("video/quicktime",),
    ".pdf": ("application/pdf",),
}
_ALL_TYPES = {media_type: ending for ending, types in MEDIA_TYPES.items() for media_type in types}

# Below, AntennaPod takes the length for unknown (RSS-ENC-LEN-SMALL).
MIN_LENGTH_BYTES = 16_384
MAX_GUID_CHARACTERS = 738  # RSS-IT-GUID-FORM
MIN_GUID_DIGITS = 9

_DURATION = re.compile(r"(?:(?P<hours>\d{1,5}):(?=\d\d:))?(?:(?P<minutes>\d{1,6}):)?(?P<seconds>\d{1,9})", re.ASCII)
_PLAIN_INTEGER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_NUMBERED_TITLE = re.compile(
    r"(?:#\d{1,4}\b|(?:episode|ep\.?|folge|s\d{1,3} ?e\d{1,4})\b ?#?\d{0,4}\s?(?:[:.|–-]|\Z)|\d{1,3}\s?[:|–-]\s)",
    re.IGNORECASE,
)


def check_item(item: Entry, now: datetime) -> Iterator[Problem]:
    """What RSS, Apple and PSP-1 ask of an item, but for what may be missing (`check_across` tells that)."""
    yield from _check_title(item)
    yield from _check_guid(item)
    yield from _check_date(item, now)
    yield from _check_enclosure(item)
    yield from _check_notes(item)
    for node in item.all("link")[:1]:
        if fault := address_fault(node.text.strip()):
            yield item.error("RSS-IT-LINK", f"link {fault}", node)
    for node in item.all("author")[:1]:
        yield from check_contact(item, node)
    yield from _check_itunes(item)
    yield from _check_simple_chapters(item)


def _check_title(item: Entry) -> Iterator[Problem]:
    node = item.first("title")
    if node is None or not node.text.strip():
        yield item.error("AP-IT-REQ", "has no title; name the episode", node)
        return
    if has_html(node.text):
        yield item.error("RSS-IT-TITLEDESC", "title holds HTML, which apps show as it is; write plain text", node)
    if _NUMBERED_TITLE.match(node.text.strip()[:100]):
        message = "title begins with the episode's number, which apps show beside it; keep it in itunes:episode"
        yield item.warning("AP-IT-TITLE", message, node)


# -- the guid ---------------------------------------------------------------------------------------------------------


def _check_guid(item: Entry) -> Iterator[Problem]:
    node = item.first("guid")
    guid = item.text("guid")
    if node is None or not guid:
        yield item.error("RSS-IT-GUID", "has no guid, by which apps know the episode; add one, for ever the same", node)
        return
    is_permalink = node.attributes.get("isPermaLink", "true").strip()
    if is_permalink not in ("true", "false"):
        message = f"isPermaLink is {shown(is_permalink)}; write true or false"
        yield item.error("RSS-IT-GUID-PERMA", message, node)
    elif is_permalink == "true" and (fault := address_fault(guid)):
        message = f'guid is no address ({shown(guid)} {fault.partition(";")[0]}); write isPermaLink="false"'
        yield item.error("RSS-IT-GUID-PERMA", message, node)
    if fault := _guid_fault(item, guid):
        message = f"guid {fault}; give new episodes a UUID, and leave the guid of a published one"
        yield item.warning("RSS-IT-GUID-FORM", message, node)


def _guid_fault(item: Entry, guid: str) -> str | None:
    """Why it may not stay unique for ever."""
    if guid.isdigit() and len(guid) < MIN_GUID_DIGITS:
        return f"{shown(guid)} is a short number"
    if len(guid) > MAX_GUID_CHARACTERS:
        return f"has {len(guid)} characters, more than the {MAX_GUID_CHARACTERS} that directories keep"
    if any(sign in guid for sign in "\n\r\t"):
        return "is broken into lines"
    if guid == item.text("title"):
        return "is the title, which may change"
    enclosure = item.first("enclosure")
    if enclosure is not None and guid == file_name(enclosure.attributes.get("url", "")):
        return "is the name of the file, which may change"
    return None


# -- the date ---------------------------------------------------------------------------------------------------------


def _check_date(item: Entry, now: datetime) -> Iterator[Problem]:
    node = item.first("pubDate")
    if node is None or not node.text.strip():
        message = "has no pubDate, so that apps cannot order it; write when the episode came out"
        yield item.error("RSS-IT-DATE", message, node)
        return
    _, problems = check_moment(item, node, "RSS-IT-DATE")
    yield from problems
    yield from check_published(item, node, now)


# -- the enclosure ----------------------------------------------------------------------------------------------------


def _check_enclosure(item: Entry) -> Iterator[Problem]:
    nodes = item.all("enclosure")
    if not nodes:
        yield item.error(
            "RSS-ENC-ONE", "has no enclosure, so that directories pass over it; add the recording's address"
        )
        return
    if len(nodes) > 1:
        message = f"has {len(nodes)} enclosures, of which apps take the first or the last; keep one"
        yield item.error("RSS-ENC-ONE", message, nodes[1])
    node = nodes[0]
    if lacking := [name for name in ("url", "length", "type") if name not in node.attributes]:
        message = f"enclosure has no {' and no '.join(lacking)}, so that Spotify refuses the episode; add it"
        yield item.error("RSS-ENC-ATTRS", message, node)
    yield from _check_length(item, node)
    if (address := node.attributes.get("url", "").strip()) or "url" in node.attributes:
        yield from _check_media_address(item, node, address)


def _check_length(item: Entry, node: Node) -> Iterator[Problem]:
    written = node.attributes.get("length")
    if written is None:
        return
    length = written.strip()
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        message = f"length of the enclosure is {shown(written)}; write the file's size in bytes, in digits alone"
        yield item.error("RSS-ENC-LEN", message, node)
    elif int(length) == 0:
        yield item.warning("RSS-ENC-LEN", "length of the enclosure is 0, unknown; write the file's size in bytes", node)
    elif int(length) < MIN_LENGTH_BYTES:
        message = f"length of the enclosure is {length}, too little for a recording; write the file's size in bytes"
        yield item.warning("RSS-ENC-LEN-SMALL", message, node)


def _check_media_address(item: Entry, node: Node, address: str) -> Iterator[Problem]:
    if fault := address_fault(address):
        yield item.error("RSS-ENC-URL", f"url of the enclosure {fault}", node)
    else:
        host = host_of(address) or ""
        if as_number(host) is not None and not is_private_host(host):  # of a private one X-LOCALHOST tells more
            message = "url of the enclosure names its host by number, which changes; write the host's name"
            yield item.warning("RSS-ENC-URL", message, node)
        if address[:5].lower() == "http:":
            message = "url of the enclosure begins with http:, which some apps refuse; write https:"
            yield item.warning("HTTP-TLS", message, node)
        if has_encoded_name(address):
            message = "url of the enclosure has blanks or signs beyond ASCII in its name; use a-z, 0-9, - and _"
            yield item.warning("AP-LOCAL-ENC", message, node)
    yield from _check_media_type(item, node, path_ending(address))


def _check_media_type(item: Entry, node: Node, ending: str) -> Iterator[Problem]:
    """AP-ENC-EXT and AP-ENC-TYPE: Apple goes by the ending, others by the type."""
    written = node.attributes.get("type")
    media_type = (written or "").strip()
    types = MEDIA_TYPES.get(ending)
    if types is None:
        named = f"ends in {ending}" if ending else "has no ending"
        message = (
            f"url of the enclosure {named}, and Apple lists only .mp3, .m4a, .mp4, .m4v, .mov and .pdf; convert it"
        )
        yield item.error("AP-ENC-EXT", message, node)
    if written is None or (types is not None and media_type in types):
        return
    wanted = f"write {types[0]}" if types else "convert the recording to MP3 or M4A"
    if types is not None or media_type not in _ALL_TYPES:
        message = f"type of the enclosure is {shown(written)}, which is not {ending or 'known'}'s; {wanted}"
        if types is None:
            message = f"type of the enclosure is {shown(written)}, which Apple does not play; {wanted}"
        yield item.error("AP-ENC-TYPE", message, node)
    elif ending:
        message = f"type of the enclosure is {media_type}, and its file is {ending}; {wanted}"
        yield item.error("AP-ENC-TYPE", message, node)


# -- the notes --------------------------------------------------------------------------------------------------------


def _check_notes(item: Entry) -> Iterator[Problem]:
    description, content = item.first("description"), item.first("content:encoded")
    if description is not None:
        tags = find_tags(description.text)
        yield from check_html(item, description, tags)
        yield from check_description(item, description, tags, duration_seconds(item.text("itunes:duration")))
    if content is not None:
        yield from check_html(item, content, find_tags(content.text))
        if description is None:
            message = "has content:encoded but no description, which apps without it read; add one"
            yield item.warning("RSS-CONTENT", message, content)
        elif item.node.children.index(content) < item.node.children.index(description):
            message = "has content:encoded before description, so that some readers show the shorter; turn them round"
            yield item.warning("RSS-CONTENT", message, content)


# -- iTunes -----------------------------------------------------------------------------------------------------------


def duration_seconds(text: str) -> int | None:
    """VAL-FV-DUR: `751`, `12:31` or `1:02:31`; None if it is none of them."""
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (found[name] for name in ("hours", "minutes", "seconds"))
    if minutes is not None and (len(seconds) != 2 or int(seconds) > 59):
        return None
    if hours is not None and (len(minutes) != 2 or int(minutes) > 59):
        return None
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + int(seconds)


def _check_itunes(item: Entry) -> Iterator[Problem]:
    for node in item.all("itunes:duration")[:1]:
        if duration_seconds(node.text.strip()) is None:
            message = f"itunes:duration is {shown(node.text)}; write whole seconds, or HH:MM:SS"
            yield item.error("AP-IT-DUR", message, node)
        elif duration_seconds(node.text.strip()) == 0:
            yield item.warning("AP-IT-DUR", "itunes:duration is 0; write the recording's length, or leave it out", node)
    for node in item.all("itunes:explicit")[:1]:
        yield from check_explicit(item, node, "AP-IT-EXPL")
    for node in item.all("itunes:block")[:1]:
        yield from check_yes(item, node, "AP-BLOCK")
    for name, rule in (("itunes:episode", "AP-IT-EPISODE"), ("itunes:season", "AP-IT-SEASON")):
        for node in item.all(name)[:1]:
            if not _PLAIN_INTEGER.fullmatch(node.text.strip()):
                message = f"{name} is {shown(node.text)}; write a whole number from 1 on, or leave it out"
                yield item.error(rule, message, node)
    for node in item.all("itunes:episodeType")[:1]:
        if node.text.strip() not in ("full", "trailer", "bonus"):
            message = f"itunes:episodeType is {shown(node.text)}; write full, trailer or bonus"
            yield item.error("AP-IT-TYPE", message, node)
    for node in item.all("itunes:image")[:1]:
        yield from check_picture(item, node, "AP-IT-IMG", Level.WARNING)
    for node in item.all("itunes:title")[:1]:
        if not node.text.strip():
            yield item.warning("AP-IT-TITLE", "itunes:title is empty; fill it, or leave it out", node)
        elif has_html(node.text):
            yield item.error("RSS-IT-TITLEDESC", "itunes:title holds HTML; write plain text", node)


# -- Podlove Simple Chapters ------------------------------------------------------------------------------------------

_NORMAL_PLAY_TIME = re.compile(r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d(?:\.\d{1,9})?|\d{1,7}(?:\.\d{1,9})?", re.ASCII)
_MAX_CHAPTERS = 10_000


def _check_simple_chapters(item: Entry) -> Iterator[Problem]:
    """SP-PSC; one sentence for each list."""
    for chapters in item.all("psc:chapters")[:1]:
        last = -1.0
        for chapter in chapters.children[:_MAX_CHAPTERS]:
            start = chapter.attributes.get("start", "").strip()
            if not _NORMAL_PLAY_TIME.fullmatch(start):
                message = f"a psc:chapter has the start {shown(start)}; write it as HH:MM:SS.mmm"
                yield item.error("SP-PSC", message, chapter)
                return
            if not chapter.attributes.get("title", "").strip():
                yield item.error("SP-PSC", "a psc:chapter has no title; add it", chapter)
                return
            seconds = 0.0
            for part in start.split(":"):
                seconds = 60 * seconds + float(part)
            if seconds < last:
                message = f"psc:chapter {shown(start)} begins before the one above it; put them in order"
                yield item.warning("SP-PSC", message, chapter)
                return
            last = seconds
