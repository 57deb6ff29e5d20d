"""The one reader of feeds: here, the feed that we published last, for the items that have to stay as they are."""

from __future__ import annotations

import hashlib
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path
from xml.parsers import expat

from podcast_tool.errors import PodcastError
from podcast_tool.model import Extent, Item

_READ_OF_ITEM = {"guid", "title", "pubDate"}


class FeedError(PodcastError):
    """A feed cannot be read."""


def read_published_feed(path: Path) -> tuple[Item, ...]:
    """Each item of our own feed: its summary and the place of its bytes. No file is a feed without items.

    Raises:
        FeedError: not well-formed, or with a document type, which no feed of ours has.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise FeedError(path, f"cannot be read: {error.strerror}") from error
    scan = _ItemScan(path, raw)
    try:
        scan.parser.Parse(raw, True)
    except (expat.ExpatError, ValueError) as error:
        raise FeedError(path, f"is damaged ({error}); take it from a backup or from git") from error
    return tuple(scan.items)


class _ItemScan:
    """Follows the elements, since only expat tells at which byte each begins and ends."""

    def __init__(self, path: Path, raw: bytes) -> None:
        self.path, self.raw = path, raw
        self.items: list[Item] = []
        self.names: list[str] = []
        self.texts: dict[str, str] = {}
        self.start = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise ValueError("it declares a document type")

    def _open(self, name: str, _: dict[str, str]) -> None:
        self.names.append(name)
        if name == "item":
            self.start, self.texts = self.parser.CurrentByteIndex, {}

    def _text(self, text: str) -> None:
        if len(self.names) > 1 and self.names[-2] == "item" and self.names[-1] in _READ_OF_ITEM:
            self.texts[self.names[-1]] = self.texts.get(self.names[-1], "") + text

    def _close(self, name: str) -> None:
        self.names.pop()
        if name != "item":
            return
        end = self.parser.CurrentByteIndex + len(b"</item>")
        extent = Extent(path=str(self.path), offset=self.start, size_bytes=end - self.start)
        if lacking := {"guid", "pubDate"} - set(self.texts):
            raise ValueError(f"an item has no {' and no '.join(sorted(lacking))}")
        published_at = parsedate_to_datetime(self.texts["pubDate"])
        self.items.append(
            Item(
                guid=self.texts["guid"],
                title=self.texts.get("title", ""),
                published_at=published_at if published_at.tzinfo else published_at.replace(tzinfo=UTC),
                extent=extent,
                sha256=hashlib.sha256(self.raw[self.start : end]).hexdigest(),
            )
        )
