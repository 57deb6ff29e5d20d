"""The feed of another host -> what a show is made of, in exact types; read kindly, and each loss in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape, unescape
from html.entities import html5
from itertools import chain
from pathlib import Path
from urllib.parse import urljoin
from uuid import UUID

import nh3

from podcast_tool.audio.chapters import parse_play_time
from podcast_tool.errors import PodcastError
from podcast_tool.model import (
    EpisodeType,
    FeedFrame,
    FeedItem,
    ImportedFeed,
    ImportedItem,
    ImportedPart,
    ImportedShow,
    Node,
    Owner,
    PartKind,
    ShowType,
)
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.document import FeedPart, parse_feed_document, read_feed_document
from podcast_tool.read.foreign_tags import fields_of
from podcast_tool.text import clean_line, clean_text, is_web_address, mend_entities
from podcast_tool.vocabulary.former_categories import present_category
from podcast_tool.vocabulary.prefixes import without_prefixes
from podcast_tool.vocabulary.tags import Scope, find_tag

MAX_MENDED_BYTES = 50_000_000
"""A feed that is no XML is mended in memory."""
_MAX_GUID_CHARACTERS = 738  # VAL-PI-GUID: where Podcast Index cuts an address that stands in for a guid
_MAX_TITLE_CHARACTERS = 500
_MAX_PARTS = 20
_MAX_CHAPTERS = 2000
_YEARS = range(1970, 9999)


class ForeignFeedError(PodcastError):
    """A feed cannot be imported."""

    rule = "RSS-XML-WF"


def read_foreign_feed(path: Path, place: str, address: str | None) -> ImportedFeed:
    """Read the feed in the file *path*.

    Args:
        place: what the user calls it.
        address: where it is; what is relative in it is relative to that.

    Raises:
        ForeignFeedError: no podcast, or nothing that can be mended to be XML; FeedError: the file cannot be read.
    """
    frame, items = _parts(read_feed_document(path))
    remarks: list[str] = []
    if frame.damage:
        remarks.append(f"line {frame.damage.line} {frame.damage.message} (read as if it were)")
        mended = mend_feed(_read_some(path)) if path.stat().st_size <= MAX_MENDED_BYTES else b""
        again, found = _parts(parse_feed_document(mended))
        if again.damage:
            raise ForeignFeedError(place, f"line {frame.damage.line} {frame.damage.message}; nothing was imported")
        frame, items = again, found
    if frame.root is None or frame.root.name != "rss" or not frame.channels:
        name = frame.root.name[:60] if frame.root else "nothing"
        raise ForeignFeedError(place, f"is no RSS feed but <{name}>; give the address of the podcast's RSS feed")
    show = _show(frame.channels[0], items, address, remarks)
    base = address or show.own_url
    return ImportedFeed(show=show, items=tuple(_item(item, base) for item in items))


def parse_foreign_items(parts: Iterable[FeedPart]) -> tuple[ImportedItem, ...]:
    """The items of a feed that is at hand."""
    return tuple(_item(part, None) for part in parts if isinstance(part, FeedItem))


def _parts(parts: Iterable[FeedPart]) -> tuple[FeedFrame, list[FeedItem]]:
    items: list[FeedItem] = []
    for part in parts:
        if isinstance(part, FeedFrame):
            return part, items
        items.append(part)
    raise AssertionError("a feed ends with its frame")


# -- a feed that is no XML --------------------------------------------------------------------------------------------

_DECLARED = re.compile(rb"<\?xml\b[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})")
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,500}\?>")
_BARE = re.compile(r"<!\[CDATA\[.*?\]\]>|&(?:([A-Za-z][A-Za-z0-9]{1,31};)|#\d{1,7};|#x[0-9A-Fa-f]{1,6};)?", re.DOTALL)
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def mend_feed(raw: bytes) -> bytes:
    """The feed in UTF-8, without what XML cannot hold; bare ampersands and HTML's entities as XML has them.

    It never helps against a document type or a feed that is cut off: those stay as they are.
    """
    text = clean_text(_decoded(raw))
    start = text.find("<")
    text = _DECLARATION.sub("", text[max(start, 0) :])
    return _BARE.sub(_mend_ampersand, text).encode("utf-8")


def _read_some(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MENDED_BYTES)


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    declared = _DECLARED.search(raw[:1000])
    for encoding in ("utf-8-sig", declared[1].decode("ascii") if declared else "cp1252"):
        try:
            return raw.decode(encoding)
        except (UnicodeError, LookupError, ValueError):
            continue
    return raw.decode("cp1252", "replace")


def _mend_ampersand(match: re.Match[str]) -> str:
    if match[0].startswith("<") or (match[0] != "&" and match[1] is None) or match[1] in _XML_ENTITIES:
        return match[0]
    named = html5.get(match[1] or "")
    return escape(named) if named else f"&amp;{match[0][1:]}"


# -- texts ------------------------------------------------------------------------------------------------------------

# What makes a text HTML: elements that people write, so that "x < y" and "List<int>" stay words.
_TAG = re.compile(
    r"</?(?:a|abbr|article|b|big|blockquote|br|center|cite|code|dd|del|details|div|dl|dt|em|figure|font|h[1-6]|hr|i|img"
    r"|iframe|ins|kbd|li|mark|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|th|tr|tt"
    r"|u|ul|wbr)(?:\s[^<>]{0,4000})?/?>",
    re.IGNORECASE,
)
_HTML_TAGS = {*nh3.ALLOWED_TAGS, "tfoot", "section", "main"} - {"nav", "area", "map"}
_HTML_ATTRIBUTES = {
    tag: {name for name in names if name in ("href", "src", "alt", "start", "colspan", "rowspan")}
    for tag, names in nh3.ALLOWED_ATTRIBUTES.items()
}
_UNSPOKEN = {"script", "style", "template"}
_LINE = re.compile(r"<(?=/?(?:br|p|div|li|tr|h[1-6]|blockquote)\b)", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]{0,4000}>")
_FEW_ELEMENTS = 4_000
_MANY_AMPERSANDS = 50_000


def words_of(html: str) -> str:
    """What a reader reads of HTML, a line for each paragraph; of a text that is none, the text."""
    html = clean_text(html)
    if not _TAG.search(html):
        return mend_entities(unescape(html))
    if _is_monstrous(html):
        return mend_entities(_ANY_TAG.sub(" ", html))
    return mend_entities(unescape(nh3.clean(_LINE.sub("\n<", html), tags=set(), clean_content_tags=_UNSPOKEN)))


def _is_monstrous(html: str) -> bool:
    """Whether parsing it would take for ever; no person wrote it."""
    if html.count("&") > _MANY_AMPERSANDS:  # the parser's time grows with the square of their number
        return True
    if html.count("<") <= _FEW_ELEMENTS:
        return False
    try:
        parse_fragment(html)
    except PageError:
        return True
    return False


def _plain(raw: str) -> str:
    """A text that may hold HTML, or entities, without them."""
    text = clean_text(raw)
    if _TAG.search(text) or _TAG.search(unescape(text)):
        text = words_of(text if _TAG.search(text) else unescape(text))
    return mend_entities(text).strip()


def clean_title(raw: str) -> str:
    """A title as one line of words, whatever HTML stands in it."""
    return clean_line(_plain(raw))[:_MAX_TITLE_CHARACTERS].strip()


def as_notes(raw: str, base: str | None) -> str:
    """Notes as HTML that a browser can show without running anything; all of their words stay.

    Args:
        base: what relative links in them are relative to.
    """
    text = clean_text(raw)
    if not _TAG.search(text):
        text = _paragraphs(unescape(text))
    elif _is_monstrous(text):
        return _paragraphs(words_of(text))
    return nh3.clean(
        text,
        tags=_HTML_TAGS,
        clean_content_tags=_UNSPOKEN,
        attributes=_HTML_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        attribute_filter=lambda _, name, value: _absolute(value, base) if name in ("href", "src") else value,
    ).strip()


def _paragraphs(text: str) -> str:
    blocks = (escape(block.strip(), quote=False) for block in re.split(r"\n[ \t]*\n", text) if block.strip())
    return "\n".join("<p>" + block.replace("\n", "<br>\n") + "</p>" for block in blocks)


def _absolute(address: str, base: str | None) -> str:
    try:
        return urljoin(base, address.strip()) if base else address
    except ValueError:
        return address


def parse_date(raw: str) -> tuple[datetime | None, str]:
    """A moment in UTC, and what had to be guessed of it; None if it is none that can be read."""
    text = clean_line(raw)[:100]
    for parse in (parsedate_to_datetime, datetime.fromisoformat, _parse_loose_date):
        try:
            found = parse(text)
            moment = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
        if moment.year in _YEARS:
            is_told = found.tzinfo is not None or text.endswith(("-0000", " Z", "GMT", "UT", "UTC"))
            return moment, "" if is_told else f'the date "{text}" has no timezone that is known (taken as UTC)'
    return None, ""


_LOOSE_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?.*", re.ASCII)


def _parse_loose_date(text: str) -> datetime:
    match = _LOOSE_DATE.fullmatch(text)
    if match is None:
        raise ValueError("no date")
    year, month, day, hour, minute, second = (int(number or 0) for number in match.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - its zone is unknown


_TRUTHS = {"yes": True, "true": True, "explicit": True, "1": True}
_TRUTHS |= {"no": False, "false": False, "clean": False, "0": False}


def _truth(node: Node | None) -> bool | None:
    return _TRUTHS.get(clean_line(node.text).lower()) if node else None


# -- one element ------------------------------------------------------------------------------------------------------


@dataclass
class _Reader:
    """Reads the children of one element, and notes what cannot be had."""

    node: Node
    base: str | None
    losses: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def text(self, *names: str) -> str | None:
        """The plain words of the first of these children that has some."""
        return next((text for name in names for node in self.node.all(name) if (text := _plain(node.text))), None)

    def line(self, *names: str) -> str | None:
        text = self.text(*names)
        return clean_line(text) if text else None

    def number(self, *names: str) -> int | None:
        """A whole number from 1 up (AP-IT-SEASON, AP-IT-EPISODE)."""
        found = self.line(*names)
        if found is None:
            return None
        if re.fullmatch(r"0*[1-9]\d{0,8}(?:\.0+)?", found, re.ASCII):
            return int(float(found))
        self.losses.append(f'{names[0]}: "{found[:60]}" is no whole number from 1 up (left out)')
        return None

    def address(self, raw: str | None) -> str | None:
        """An absolute web address; None if it is none."""
        if not raw or not clean_line(raw):
            return None
        address = _absolute(clean_line(raw), self.base).replace(" ", "%20")
        return address if address.startswith(("http://", "https://")) else None

    def part(self, kind: PartKind, node: Node | None, *attributes: str) -> ImportedPart | None:
        """The file that the first of these attributes of *node* names, else its text."""
        if node is None:
            return None
        raw = next((node.attributes[name] for name in attributes if name in node.attributes), node.text)
        url = self.address(raw)
        if url is None:
            if clean_line(raw):
                self.losses.append(f'{kind}: "{clean_line(raw)[:80]}" is no web address (left out)')
            return None
        length = clean_line(node.attributes.get("length", ""))
        return ImportedPart(
            kind=kind,
            url=without_prefixes(url) if kind is PartKind.RECORDING else url,
            media_type=clean_line(node.attributes.get("type", "")).partition(";")[0].strip().lower() or None,
            language=clean_line(node.attributes.get("language", ""))[:40] or None,
            size_bytes=int(length) if re.fullmatch(r"\d{1,15}", length, re.ASCII) and int(length) else None,
        )


# -- the channel ------------------------------------------------------------------------------------------------------


def _show(channel: Node, items: Sequence[FeedItem], address: str | None, remarks: list[str]) -> ImportedShow:
    links = list(channel.all("atom:link"))
    own = next((n.attributes.get("href", "") for n in links if n.attributes.get("rel") == "self"), "").strip()
    own_url = own if is_web_address(own) else None
    reader = _Reader(channel, address or own_url, remarks=remarks)
    following = next((n.attributes.get("href") for n in links if n.attributes.get("rel") == "next"), None)
    fields, losses = fields_of(channel, Scope.SHOW, {})
    reader.losses += losses
    if fields.get("block"):
        reader.remarks.append("itunes:block hides the show at Apple's (kept as block = true)")
    type_word = reader.line("itunes:type")
    link = reader.address(reader.line("link"))
    reader.remarks += _left_behind(channel, items)
    return ImportedShow(
        own_url=own_url,
        next_url=reader.address(following),
        title=clean_title(reader.line("title", "itunes:title") or "") or None,
        description=reader.text("description", "itunes:summary", "googleplay:description", "itunes:subtitle"),
        link=link if link and is_web_address(link) else None,
        language=_language(reader),
        author=reader.line("itunes:author", "googleplay:author"),
        owner=_owner(reader),
        categories=tuple(dict.fromkeys(_categories(reader))),
        explicit=_truth(channel.first("itunes:explicit") or channel.first("googleplay:explicit")),
        type=ShowType(type_word.lower()) if type_word and type_word.lower() in set(ShowType) else None,
        copyright=reader.line("copyright"),
        guid=_podcast_guid(reader),
        locked=_truth(channel.first("podcast:locked")),
        cover=_cover(reader),
        fields=fields,
        losses=tuple(reader.losses),
        remarks=tuple(reader.remarks),
    )


_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|\d{3}))?")  # RSS-CH-LANG


def _language(reader: _Reader) -> str | None:
    found = (reader.line("language", "dc:language") or "").replace("_", "-")
    if _LANGUAGE.fullmatch(found):
        return found
    if found:
        reader.losses.append(f'language: "{found[:40]}" is no language code (RSS-CH-LANG)')
    return None


def _owner(reader: _Reader) -> Owner | None:
    node = reader.node.first("itunes:owner")
    if node is None:
        return None
    inner = _Reader(node, None)
    email = inner.line("itunes:email")
    name = inner.line("itunes:name") or reader.line("itunes:author", "title")
    return Owner(name=name, email=email) if email and name else None


def _podcast_guid(reader: _Reader) -> str | None:
    """P20-GUID-LIFE: imported as it is."""
    found = reader.line("podcast:guid")
    if found is None:
        return None
    try:
        return str(UUID(found))
    except ValueError:
        reader.losses.append(f'podcast:guid: "{found[:60]}" is no UUID (P20-GUID-FORM); a new one is made')
        return None


def _cover(reader: _Reader) -> ImportedPart | None:
    for name in ("itunes:image", "googleplay:image"):
        if found := reader.part(PartKind.COVER, reader.node.first(name), "href", "url"):
            return found
    image = reader.node.first("image")
    return reader.part(PartKind.COVER, image.first("url") if image else None)


def _categories(reader: _Reader) -> Iterator[str]:
    """Apple's, old ones as their successors."""
    nodes = [*reader.node.all("itunes:category"), *reader.node.all("googleplay:category")]
    for node in nodes[:_MAX_PARTS]:
        name = clean_line(unescape(node.attributes.get("text", "") or node.text))
        inner: list[str | None] = [
            clean_line(unescape(child.attributes.get("text", ""))) for child in node.all("itunes:category")
        ]
        for subcategory in inner[:_MAX_PARTS] or [None]:
            spelt = f"{name} > {subcategory}" if subcategory else name
            present = present_category(name, subcategory)
            if present is None:
                reader.losses.append(f'categories: "{spelt[:80]}" is not one of Apple\'s (AP-CAT)')
            else:
                if present != spelt:
                    reader.remarks.append(f'the category "{spelt[:80]}" is "{present}" today')
                yield present


# -- the items --------------------------------------------------------------------------------------------------------


def _item(item: FeedItem, base: str | None) -> ImportedItem:
    reader = _Reader(item.node, base)
    node = item.node
    season, episode = reader.number("itunes:season", "podcast:season"), reader.number("itunes:episode")
    beside = {name: number for name, number in (("season", season), ("episode", episode)) if number}
    fields, losses = fields_of(node, Scope.EPISODE, beside)
    reader.losses += losses
    recording, enclosure_url = _recording(reader)
    chapters = node.first("podcast:chapters")
    type_word = (reader.line("itunes:episodeType") or "").lower()
    raw_notes, summary = _texts(reader)
    link = reader.address(reader.line("link"))
    transcripts = [
        reader.part(PartKind.TRANSCRIPT, n, "url") for n in list(node.all("podcast:transcript"))[:_MAX_PARTS]
    ]
    return ImportedItem(
        number=item.number,
        title=clean_title(reader.line("title", "itunes:title") or "") or None,
        guid=_guid(reader, enclosure_url),
        published_at=_published(reader),
        season=season,
        episode=episode,
        type=EpisodeType(type_word) if type_word in set(EpisodeType) else None,
        explicit=_truth(node.first("itunes:explicit")),
        duration_seconds=_duration(reader.line("itunes:duration")),
        link=link if link and is_web_address(link) else None,
        summary=summary,
        notes=as_notes(raw_notes, link or base) if raw_notes else None,
        raw_notes=raw_notes,
        recording=recording,
        artwork=reader.part(PartKind.ARTWORK, node.first("itunes:image"), "href", "url"),
        transcripts=tuple(part for part in transcripts if part),
        chapters_file=reader.part(PartKind.CHAPTERS, chapters, "url"),
        chapters=tuple(_simple_chapters(reader)),
        fields=fields,
        losses=tuple(reader.losses),
        remarks=tuple(reader.remarks),
    )


def _guid(reader: _Reader, enclosure_url: str | None) -> str | None:
    """Byte by byte; without one, what Podcast Index takes for it (VAL-PI-GUID)."""
    node = reader.node.first("guid")
    guid = node.text.strip() if node else ""
    if guid:
        return guid
    if enclosure_url is None:
        return None
    reader.remarks.append("has no guid; its recording's address is taken for it, as Podcast Index does")
    return clean_line(enclosure_url)[:_MAX_GUID_CHARACTERS]


def _published(reader: _Reader) -> datetime | None:
    raw = reader.line("pubDate", "dc:date")
    if raw is None:
        reader.losses.append("has no date; write published = ... into its sidecar")
        return None
    moment, guess = parse_date(raw)
    if moment is None:
        reader.losses.append(f'the date "{raw[:60]}" cannot be read; write published = ... into its sidecar')
    elif guess:
        reader.remarks.append(guess)
    return moment


def _recording(reader: _Reader) -> tuple[ImportedPart | None, str | None]:
    """The first enclosure that may be a recording, and its address as it stands there."""
    nodes = list(reader.node.all("enclosure"))[:_MAX_PARTS]
    sounding = [node for node in nodes if not _is_video(node)]
    chosen = (sounding or nodes)[:1]
    for node in nodes:
        if chosen and node is not chosen[0]:
            url = clean_line(node.attributes.get("url", ""))[:200]
            reader.losses.append(f"recording: has a second enclosure, {url} (an episode has one; left out)")
    if not chosen:
        return None, None
    raw = chosen[0].attributes.get("url", "")
    if not sounding:
        message = f"recording: {clean_line(raw)[:200]} is a video, which is not published; put its sound into episodes/"
        reader.losses.append(message)
        return None, raw
    return reader.part(PartKind.RECORDING, chosen[0], "url"), raw or None


def _is_video(node: Node) -> bool:
    media_type = clean_line(node.attributes.get("type", "")).lower()
    path = clean_line(node.attributes.get("url", "")).partition("?")[0].lower()
    return media_type.startswith("video/") or (
        not media_type.startswith("audio/") and path.endswith((".m4v", ".mov", ".avi", ".webm", ".mkv"))
    )


def _texts(reader: _Reader) -> tuple[str | None, str | None]:
    """The longest text as it stands there; and another one, as plain words, if the first does not begin with it."""
    names = ("content:encoded", "description", "itunes:summary", "googleplay:description", "itunes:subtitle")
    raw = [node.text for node in chain.from_iterable(reader.node.all(name) for name in names) if node.text.strip()]
    said = [(text, _plain(text)) for text in raw[:_MAX_PARTS]]
    said = [(text, words) for text, words in said if words]
    if not said:
        return None, None
    notes, words = max(said, key=lambda pair: len(_letters(pair[1])))
    others = (other for _, other in said[::-1] if not _letters(words).startswith(_letters(other.rstrip(".… "))))
    return notes, next(others, None)


def _letters(text: str) -> str:
    return "".join(text.split())


def _duration(text: str | None) -> float | None:
    """Seconds, or a time such as 1:02:03."""
    if not text or not re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?|(?:\d{1,3}:){1,2}\d{1,2}(?:\.\d{1,9})?", text, re.ASCII):
        return None
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60 * seconds + float(part)
    return seconds or None


def _simple_chapters(reader: _Reader) -> Iterator[Mapping[str, object]]:
    """SP-PSC, as Podcasting 2.0 JSON has them; in the order of their times, at most one to a moment."""
    outer = reader.node.first("psc:chapters")
    found: dict[int, Mapping[str, object]] = {}
    for node in list(outer.all("psc:chapter"))[:_MAX_CHAPTERS] if outer else ():
        start = parse_play_time(clean_line(node.attributes.get("start", "")))
        title = clean_line(node.attributes.get("title", ""))
        if start is None or not title:
            reader.losses.append(f'chapters: "{title[:60]}" has no time or no title (left out)')
            continue
        url, image = (reader.address(node.attributes.get(name)) for name in ("href", "image"))
        chapter = {"startTime": start / 1000, "title": title, "url": url, "img": image}
        found.setdefault(start, {key: value for key, value in chapter.items() if value is not None})
    yield from (found[start] for start in sorted(found))


# -- what stays behind ------------------------------------------------------------------------------------------------

_KNOWN_OF_CHANNEL = frozenset(
    """itunes:summary itunes:subtitle googleplay:author googleplay:image googleplay:category googleplay:explicit
    googleplay:description googleplay:owner googleplay:email dc:language pubDate docs cloud rating""".split()
)
_KNOWN_OF_ITEM = frozenset("itunes:summary itunes:subtitle googleplay:description dc:date".split())


def _left_behind(channel: Node, items: Sequence[FeedItem]) -> Iterator[str]:
    """The names of elements that nothing is made of, once for all items."""
    names = {child.name for child in channel.children if not _is_read(child.name, "channel", _KNOWN_OF_CHANNEL)}
    names |= {
        child.name for item in items for child in item.node.children if not _is_read(child.name, "item", _KNOWN_OF_ITEM)
    }
    if names:
        shown = ", ".join(sorted({name.rpartition("}")[2][:40] for name in names})[:20])
        yield f"what podcast_tool writes nothing like stays behind: {shown}"


def _is_read(name: str, parent: str, known: frozenset[str]) -> bool:
    tag = find_tag(name, parent)
    return name in known or (tag is not None and parent in tag.parents and not tag.is_deprecated)
