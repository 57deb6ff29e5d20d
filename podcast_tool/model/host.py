"""What a host was asked, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from podcast_tool.model.image import Image


class Purpose(StrEnum):
    """What a feed's address leads to; each is asked other questions."""

    FEED = "feed"
    ENCLOSURE = "enclosure"
    COVER = "cover"
    IMAGE = "image"
    TRANSCRIPT = "transcript"
    CHAPTERS = "chapters"


class Question(StrEnum):
    """One way to ask for an address; facts of RFC 9110."""

    GET = "GET"
    GET_GZIP = "GET, gzip taken"
    HEAD = "HEAD"
    HEAD_GZIP = "HEAD, gzip taken"
    IF_NONE_MATCH = "GET, If-None-Match"
    IF_NONE_MATCH_GZIP = "GET, If-None-Match, gzip taken"
    IF_MODIFIED_SINCE = "GET, If-Modified-Since"
    RANGE = "GET, first two bytes"
    IMPOSSIBLE_RANGE = "GET, bytes behind the end"


class Fault(StrEnum):
    """Why there is no answer."""

    ADDRESS = "no address that can be asked"
    NAME = "unknown name"
    PRIVATE = "private address"
    CONNECTION = "no connection"
    TLS = "no trust"
    DEADLINE = "too slow"
    PROTOCOL = "no HTTP"
    CUT_OFF = "cut off"
    TOO_LARGE = "too large"
    ENCODING = "encoded in a way that was not asked for"
    REDIRECTS = "too many redirects"
    UNASKED = "not asked: the time was over"


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address of a feed, and what the feed says of it."""

    purpose: Purpose
    url: str
    where: str = ""
    """The place in the feed: `item 3`."""
    media_type: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer: its status and headers, and what came of its body."""

    url: str
    is_private: bool
    """Whether the machine that answered stands in no public network."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in the order of the answer."""
    size_bytes: int = 0
    """Of the body as it came, up to where reading ended."""
    opening: bytes = b""
    """The body's first bytes, decoded."""

    def header(self, name: str) -> str | None:
        """All values of one header, joined as RFC 9110, section 5.2 does; None if there is none."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None

    @property
    def media_type(self) -> str:
        """Without its parameters, in lower case; empty if untold."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def total_bytes(self) -> int | None:
        """How long the whole file is: `Content-Range: bytes 0-1/TOTAL`, else `Content-Length`; None if untold."""
        told = self.header("content-length") if self.status == 200 else None
        if self.status == 206:
            told = (self.header("content-range") or "").rpartition("/")[2]
        return int(told) if told and told.isascii() and told.isdigit() and len(told) < 16 else None

    @property
    def is_web_page(self) -> bool:
        """Whether HTML came; a feed that is only labelled so is none."""
        opening = self.opening.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return opening.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One question, and the answers along its redirects; the last one is the answer."""

    question: Question
    answers: tuple[Answer, ...]
    fault: Fault | None = None
    """Why the last answer is missing or not whole."""
    message: str = ""
    """The fault in words, and its cure; the address goes before it."""
    fault_url: str = ""

    @property
    def status(self) -> int:
        """Of the last answer; 0 with a fault."""
        return self.answers[-1].status if self.answers and not self.fault else 0


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Everything that was asked about one target."""

    target: Target
    exchanges: tuple[Exchange, ...]
    image: Image | None = None
    """The cover, decoded."""
    image_fault: str = ""
    """Why the cover cannot be decoded."""

    def exchange(self, question: Question) -> Exchange | None:
        """What came of *question*; None if it was not asked."""
        return next((exchange for exchange in self.exchanges if exchange.question is question), None)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A feed that was fetched into a file."""

    answers: tuple[Answer, ...]
    """The redirects, then the answer with the feed."""
    size_bytes: int
    """Decoded, as it lies in the file."""

    @property
    def url(self) -> str:
        """Where the feed was in the end."""
        return self.answers[-1].url

    @property
    def is_private(self) -> bool:
        """Whether the address that was typed is in no public network: then those in the feed may be so, too."""
        return self.answers[0].is_private
