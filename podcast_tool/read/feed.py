"""The one reader of feeds: here, the feed that we published last, for the items that have to stay as they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.parsers import expat

from podcast_tool.errors import PodcastError
from podcast_tool.model import Enclosure, Extent, Item

_READ_OF_ITEM = {"guid", "title", "pubDate", "link"}
_PODCAST_GUID = ["rss", "channel", "podcast:guid"]


class FeedError(PodcastError):
    """A feed cannot be read."""


@dataclass(frozen=True, kw_only=True)
class PublishedFeed:
    """The feed that is in feed/, whoever made it."""

    items: tuple[Item, ...] = ()
    declarations: Mapping[str, str] = field(default_factory=dict)
    """Prefix -> namespace, as its frame declares them: its items cannot be read without."""
    podcast_guid: str = ""


def read_published_feed(path: Path, keep: Callable[[bytes], Extent]) -> PublishedFeed:
    """Each item of the feed in feed/: its summary and the place of its bytes. No file is a feed without items.

    Args:
        keep: keeps bytes elsewhere; those of a feed that is not in UTF-8 cannot be used where they are.

    Raises:
        FeedError: not well-formed, or with a document type, which no feed of ours has.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return PublishedFeed()
    except OSError as error:
        raise FeedError(path, f"cannot be read: {error.strerror}") from error
    try:
        place = Extent(path=str(path), offset=0, size_bytes=len(raw))
        if declared := _OTHER_ENCODING.match(raw[:200]):
            raw = b"<?xml version='1.0' encoding='UTF-8'?>" + _without_declaration(raw.decode(declared[1].decode()))
            place = keep(raw)
        scan = _ItemScan(place, raw)
        scan.parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FeedError(path, f"is damaged ({error}); take it from a backup or from git") from error
    return PublishedFeed(
        items=tuple(scan.items), declarations=scan.declarations, podcast_guid=scan.podcast_guid.strip()
    )


# Of a feed that another program made.
_OTHER_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding=["'](?!utf-?8["'])([A-Za-z0-9._-]{1,40})["']""", re.IGNORECASE)


def _without_declaration(text: str) -> bytes:
    return text.partition("?>")[2].encode()


class _ItemScan:
    """Follows the elements, since only expat tells at which byte each begins and ends."""

    def __init__(self, place: Extent, raw: bytes) -> None:
        self.place, self.raw = place, raw
        self.items: list[Item] = []
        self.names: list[str] = []
        self.texts: dict[str, str] = {}
        self.enclosure: Enclosure | None = None
        self.declarations: dict[str, str] = {}
        """Prefix -> namespace, of the frame."""
        self.podcast_guid = ""
        self.start = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        self.names.append(name)
        if len(self.names) < 3:
            self.declarations |= {key[6:]: uri for key, uri in attributes.items() if key.startswith("xmlns:")}
        if name == "item":
            self.start, self.texts, self.enclosure = self.parser.CurrentByteIndex, {}, None
        elif name == "enclosure" and self.names[-2:-1] == ["item"] and self.enclosure is None:
            size = attributes.get("length", "").strip()
            self.enclosure = Enclosure(
                url=attributes.get("url", "").strip(),
                size_bytes=int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0,
                media_type=attributes.get("type", "").strip(),
            )

    def _text(self, text: str) -> None:
        if len(self.names) > 1 and self.names[-2] == "item" and self.names[-1] in _READ_OF_ITEM:
            self.texts[self.names[-1]] = self.texts.get(self.names[-1], "") + text
        elif self.names == _PODCAST_GUID:
            self.podcast_guid += text

    def _close(self, name: str) -> None:
        self.names.pop()
        if name != "item":
            return
        end = self.parser.CurrentByteIndex + len(b"</item>")
        extent = Extent(path=self.place.path, offset=self.place.offset + self.start, size_bytes=end - self.start)
        # Podcast Index, too, takes the enclosure's address for a guid that is missing (VAL-PI-GUID).
        guid = self.texts.get("guid") or (self.enclosure.url if self.enclosure else "")
        if lacking := [name for name, found in (("guid", guid), ("pubDate", self.texts.get("pubDate"))) if not found]:
            raise ValueError(f"an item has no {' and no '.join(lacking)}")
        published_at = parsedate_to_datetime(self.texts["pubDate"])
        self.items.append(
            Item(
                guid=guid,
                title=self.texts.get("title", ""),
                published_at=published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC),
                extent=extent,
                sha256=hashlib.sha256(self.raw[self.start : end]).hexdigest(),
                enclosure=self.enclosure,
                link=self.texts.get("link", "").strip(),
            )
        )
