"""The one who asks the network: a feed's own address, and those that a feed names. Questions in, answers out.

An address in a private network is asked only if the user typed one; each question has a deadline, and all of them
together have one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from podcast_tool import __version__
from podcast_tool.errors import PodcastError
from podcast_tool.model import Answer, Asked, Exchange, Fault, Fetched, Image, Purpose, Question, Target
from podcast_tool.read.artwork import ImageError, look_at_image

if TYPE_CHECKING:
    from podcast_tool.read.wire import Body, Wire

# Podcast Index gives up after these (VAL-PI-RULES).
DEADLINE_SECONDS = 30.0
MAX_REDIRECTS = 9
MAX_FEED_BYTES = 200_000_000

TOTAL_SECONDS = 180.0
MAX_TARGETS = 200
MAX_COVER_BYTES = 20_000_000
MAX_PART_BYTES = 20_000_000
"""Of a transcript or of chapters."""
_THREADS = 8

PLAYER_ORIGIN = "https://player.example"
"""Where a web player would run that reads transcripts and chapters (CORS)."""

_USER_AGENT = f"podcast_tool/{__version__} (feed check)"
_IDENTITY = {"Accept-Encoding": "identity"}
_GZIP = {"Accept-Encoding": "gzip"}


class HostError(PodcastError):
    """A host did not give what it was asked for."""

    rule = "HTTP-GET"


def fetch_feed(
    url: str,
    into: Path,
    *,
    limit_bytes: int = MAX_FEED_BYTES,
    deadline_seconds: float = DEADLINE_SECONDS,
    wire: Wire | None = None,
) -> Fetched:
    """Write the feed at *url*, which the user typed, into the file *into*, decoded.

    Args:
        limit_bytes: of the feed as it comes and as it decodes.
        deadline_seconds: of everything, redirects included.

    Raises:
        HostError: no feed came; with the cure.
    """
    from podcast_tool.read.wire import Body, shown_url

    asker = _asker(wire, deadline_seconds, deadline_seconds, may_be_private=True, is_typed=True)
    try:
        with into.open("wb") as file:
            body = Body(limit_bytes=limit_bytes, is_whole=True, take=partial(_write, file))
            exchange = asker.ask(Question.GET, url, _GZIP, body)
            size_bytes = file.tell()
    except OSError as error:
        raise _unwritable(into, error) from error
    if exchange.fault:
        raise HostError(shown_url(exchange.fault_url), exchange.message)
    answer = exchange.answers[-1]
    if answer.status != 200:
        message = f"answers {answer.status} and no feed; check the address, or ask its host"
        raise HostError(shown_url(answer.url), message)
    if answer.is_web_page:
        message = "is a web page and no feed; give the address of the feed itself"
        raise HostError(shown_url(answer.url), message)
    return Fetched(answers=exchange.answers, size_bytes=size_bytes)


def _write(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
    except OSError as error:  # told here, or the disk's fault would pass for the network's
        raise _unwritable(file.name, error) from error


def _unwritable(path: Path | str, error: OSError) -> HostError:
    return HostError(path, f"cannot be written ({error.strerror}); make room for the feed")


def fetch_file(
    url: str,
    body: Body,
    headers: Mapping[str, str],
    *,
    may_be_private: bool,
    deadline_seconds: float,
    stall_seconds: float,
    wire: Wire,
) -> Exchange:
    """Ask for a file that a feed names, along its redirects; *body* says what becomes of it.

    Never raises but what *body* raises.

    Args:
        headers: beside what HTTP itself needs; with the User-Agent, if it is to be another.
        stall_seconds: for how long nothing at all may come.
    """
    asker = _Asker(
        wire=wire,
        deadline_seconds=deadline_seconds,
        ends_at=time.monotonic() + deadline_seconds,
        may_be_private=may_be_private,
        stall_seconds=stall_seconds,
    )
    return asker.ask(Question.GET, url, {**_IDENTITY, **headers}, body)


def is_private_url(url: str, *, deadline_seconds: float = DEADLINE_SECONDS, wire: Wire | None = None) -> bool:
    """Whether the host of *url*, which the user typed or wrote into show.toml, is in no public network.

    A host that nobody knows is not: then nothing private is asked.
    """
    from podcast_tool.read.wire import Wire, WireError, find_addresses, is_public, parse_address

    try:
        place = parse_address(url)
        ends_at = time.monotonic() + deadline_seconds
        addresses = find_addresses(wire or Wire(), place.host.decode("ascii"), place.port or 443, ends_at)
    except WireError:
        return False
    return any(not is_public(address) for address in addresses)


def ask_host(
    targets: Sequence[Target],
    *,
    may_be_private: bool,
    deadline_seconds: float = DEADLINE_SECONDS,
    total_seconds: float = TOTAL_SECONDS,
    wire: Wire | None = None,
) -> tuple[Asked, ...]:
    """Ask about each target what its purpose demands, a few at a time; the answers are in the order of *targets*.

    Args:
        targets: at most MAX_TARGETS of them are asked.
        may_be_private: the user typed an address in a private network, so those that a feed names may be there, too.
        deadline_seconds: of each question.
        total_seconds: of all of them; what is not asked by then is told as `Fault.UNASKED`.
    """
    asker = _asker(wire, deadline_seconds, total_seconds, may_be_private=may_be_private)
    with ThreadPoolExecutor(max_workers=_THREADS) as pool:
        return tuple(pool.map(lambda target: _QUESTIONS[target.purpose](asker, target), targets[:MAX_TARGETS]))


# -- one question, along its redirects --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Asker:
    wire: Wire
    deadline_seconds: float
    ends_at: float
    may_be_private: bool
    is_typed: bool = False
    """The first address is the user's; whether the next may be private depends on whether that one was."""
    stall_seconds: float = float("inf")

    def ask(
        self, question: Question, url: str, headers: Mapping[str, str] | None = None, body: Body | None = None
    ) -> Exchange:
        """Follow *url* to its end. Never raises: what fails is the exchange's fault."""
        from podcast_tool.read.wire import WireError

        chain = _Chain(url)
        ends_at = min(self.ends_at, time.monotonic() + self.deadline_seconds)
        if time.monotonic() >= self.ends_at:
            return chain.broken(question, Fault.UNASKED, "was not asked, since the others took all the time; try again")
        try:
            while self._step(chain, question, headers or {}, body, ends_at):
                pass
        except WireError as error:
            return chain.broken(question, error.fault, error.message)
        return Exchange(question=question, answers=tuple(chain.answers))

    def _step(
        self, chain: _Chain, question: Question, headers: Mapping[str, str], body: Body | None, ends_at: float
    ) -> bool:
        """One answer more; whether it leads on."""
        from podcast_tool.read.wire import Body, Request, ask

        method = question.value.partition(",")[0]
        request = Request(method=method, url=chain.url, headers={"User-Agent": _USER_AGENT, "Accept": "*/*", **headers})
        may_be_private = self.may_be_private
        if self.is_typed and chain.answers:
            may_be_private = chain.answers[0].is_private
        answer = ask(
            request,
            wire=self.wire,
            ends_at=ends_at,
            may_be_private=may_be_private,
            body=body or Body(),
            stall_seconds=self.stall_seconds,
        )
        chain.answers.append(answer)
        return chain.leads_on(answer)


def _asker(
    wire: Wire | None, deadline_seconds: float, total_seconds: float, *, may_be_private: bool, is_typed: bool = False
) -> _Asker:
    from podcast_tool.read.wire import Wire

    return _Asker(
        wire=wire or Wire(),
        deadline_seconds=deadline_seconds,
        ends_at=time.monotonic() + total_seconds,
        may_be_private=may_be_private,
        is_typed=is_typed,
    )


@dataclass
class _Chain:
    """Where a question has been led so far."""

    url: str
    answers: list[Answer] = field(default_factory=list)

    def leads_on(self, answer: Answer) -> bool:
        """Take the next address of a redirect. Raises WireError: it leads nowhere, or round and round."""
        from podcast_tool.read.wire import REDIRECTS, WireError

        location = answer.header("location")
        if answer.status not in REDIRECTS:
            return False
        if not location:
            message = f"answers {answer.status} without saying where to; let its host send a Location"
            raise WireError(Fault.PROTOCOL, message)
        try:
            following = urljoin(answer.url, location)
        except ValueError as error:
            raise WireError(Fault.ADDRESS, "redirects to what is no address; mend that redirect") from error
        if following in {each.url for each in self.answers}:
            raise WireError(Fault.REDIRECTS, "is redirected in a circle; let it lead straight to the file")
        if len(self.answers) > MAX_REDIRECTS:
            message = f"is redirected more than {MAX_REDIRECTS} times; let it lead straight to the file"
            raise WireError(Fault.REDIRECTS, message)
        self.url = following
        return True

    def broken(self, question: Question, fault: Fault, message: str) -> Exchange:
        answers = tuple(self.answers)
        return Exchange(question=question, answers=answers, fault=fault, message=message, fault_url=self.url)


# -- what each purpose is asked ---------------------------------------------------------------------------------------


def _ask_feed(asker: _Asker, target: Target) -> Asked:
    return Asked(target=target, exchanges=tuple(_feed_exchanges(asker, target.url)))


def _feed_exchanges(asker: _Asker, url: str) -> Iterator[Exchange]:
    from podcast_tool.read.wire import Body

    whole = Body(limit_bytes=MAX_FEED_BYTES, is_whole=True)
    plain = asker.ask(Question.GET, url, _IDENTITY, whole)
    yield plain
    if plain.status != 200:
        return
    zipped = asker.ask(Question.GET_GZIP, url, _GZIP, whole)
    yield zipped
    yield asker.ask(Question.HEAD, url, _IDENTITY)
    if tag := _sendable(plain, "etag"):
        yield asker.ask(Question.IF_NONE_MATCH, url, {**_IDENTITY, "If-None-Match": tag})
    if moment := _sendable(plain, "last-modified"):
        yield asker.ask(Question.IF_MODIFIED_SINCE, url, {**_IDENTITY, "If-Modified-Since": moment})
    if zipped.status == 200 and (tag := _sendable(zipped, "etag")):
        yield asker.ask(Question.IF_NONE_MATCH_GZIP, url, {**_GZIP, "If-None-Match": tag})


def _sendable(exchange: Exchange, name: str) -> str | None:
    """A header that came, if it can be sent back."""
    value = exchange.answers[-1].header(name)
    return value if value and value.isascii() else None


def _ask_enclosure(asker: _Asker, target: Target) -> Asked:
    return Asked(target=target, exchanges=tuple(_enclosure_exchanges(asker, target)))


def _enclosure_exchanges(asker: _Asker, target: Target) -> Iterator[Exchange]:
    from podcast_tool.read.wire import Body

    few = Body(limit_bytes=1024)
    first = asker.ask(Question.RANGE, target.url, {**_IDENTITY, "Range": "bytes=0-1"}, few)
    yield first
    if first.status not in (200, 206):
        return
    head = asker.ask(Question.HEAD, target.url, _IDENTITY)
    yield head
    if head.status == 200:
        yield asker.ask(Question.HEAD_GZIP, target.url, _GZIP)
    size_bytes = first.answers[-1].total_bytes or target.size_bytes
    if first.status == 206 and size_bytes:
        behind = {**_IDENTITY, "Range": f"bytes={size_bytes}-"}
        yield asker.ask(Question.IMPOSSIBLE_RANGE, target.url, behind)


def _ask_cover(asker: _Asker, target: Target) -> Asked:
    from podcast_tool.read.wire import Body

    pieces: list[bytes] = []
    body = Body(limit_bytes=MAX_COVER_BYTES, is_whole=True, take=pieces.append)
    got = asker.ask(Question.GET, target.url, _IDENTITY, body)
    if got.status != 200:
        return Asked(target=target, exchanges=(got,))
    exchanges = (got, asker.ask(Question.HEAD, target.url, _IDENTITY))
    image: Image | None = None
    fault = ""
    try:
        image = look_at_image(b"".join(pieces), target.url)
    except ImageError as error:
        fault = str(error)
    return Asked(target=target, exchanges=exchanges, image=image, image_fault=fault)


def _ask_image(asker: _Asker, target: Target) -> Asked:
    got = asker.ask(Question.GET, target.url, _IDENTITY)
    if got.status != 200:
        return Asked(target=target, exchanges=(got,))
    return Asked(target=target, exchanges=(got, asker.ask(Question.HEAD, target.url, _IDENTITY)))


def _ask_part(asker: _Asker, target: Target) -> Asked:
    from podcast_tool.read.wire import Body

    body = Body(limit_bytes=MAX_PART_BYTES, is_whole=True)
    got = asker.ask(Question.GET, target.url, {**_GZIP, "Origin": PLAYER_ORIGIN}, body)
    return Asked(target=target, exchanges=(got,))


_QUESTIONS: Mapping[Purpose, Callable[[_Asker, Target], Asked]] = {
    Purpose.FEED: _ask_feed,
    Purpose.ENCLOSURE: _ask_enclosure,
    Purpose.COVER: _ask_cover,
    Purpose.IMAGE: _ask_image,
    Purpose.TRANSCRIPT: _ask_part,
    Purpose.CHAPTERS: _ask_part,
}
