"""Files that a feed names, fetched into a folder: several at a time, and going on where they were broken off."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from podcast_tool import __version__
from podcast_tool.errors import WriteError
from podcast_tool.model import Answer, Fault
from podcast_tool.read.host import fetch_file

if TYPE_CHECKING:
    from podcast_tool.model import Exchange
    from podcast_tool.read.wire import Wire

MAX_FILE_BYTES = 4_000_000_000
PARALLEL_DOWNLOADS = 4

_DEADLINE_SECONDS = 4 * 3600.0
_STALL_SECONDS = 30.0
_ATTEMPTS = 4
_WAITS_SECONDS = (0.2, 1.0, 3.0)
_BUSY = frozenset({429, 500, 502, 503, 504})
_PASSING = frozenset({Fault.CUT_OFF, Fault.DEADLINE, Fault.CONNECTION, Fault.PROTOCOL})
# A host that did not answer so many times in a row is not asked for the rest of its files.
_MAX_SILENT = 5
_SILENCE = frozenset({Fault.NAME, Fault.DEADLINE, Fault.CONNECTION})
_USER_AGENT = f"podcast_tool/{__version__} (import)"
_OPENING_BYTES = 4096
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15})", re.ASCII)
_UNSATISFIED_RANGE = re.compile(r"bytes \*/(\d{1,15})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Downloaded:
    """A file that came whole."""

    path: Path
    """In the folder of downloads; from there it is moved."""
    size_bytes: int
    sha256: str
    opening: bytes
    """Its first bytes."""
    is_web_page: bool


@dataclass(frozen=True, kw_only=True)
class Lost:
    """A file that cannot be had."""

    message: str
    """Fault and cure, to stand behind the address."""


Fetch = Downloaded | Lost
TellBytes = Callable[[str, int], None]
"""Takes an address and how many bytes of its file are here."""


class _StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


@dataclass
class Downloads:
    """Fetches files into *folder*, which keeps what is broken off for the next run."""

    folder: Path
    may_be_private: bool
    """The user typed an address in a private network."""
    wire: Wire
    tell: TellBytes = lambda *_: None
    limit_bytes: int = MAX_FILE_BYTES
    stall_seconds: float = _STALL_SECONDS
    silent: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: threading.Event = field(default_factory=threading.Event)

    def fetch_all(self, urls: Sequence[str]) -> Iterator[tuple[str, Fetch]]:
        """Each address with what came of it, in the order in which they are done.

        Raises:
            WriteError: the disk refused; what came until then is kept.
        """
        waiting = iter(dict.fromkeys(urls))
        with ThreadPoolExecutor(max_workers=PARALLEL_DOWNLOADS) as pool:
            try:
                running = {pool.submit(self.fetch, url): url for url in islice(waiting, PARALLEL_DOWNLOADS)}
                while running:
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        url = running.pop(future)
                        yield url, future.result()
                        if (following := next(waiting, None)) is not None:
                            running[pool.submit(self.fetch, following)] = following
            finally:
                self.stopped.set()  # else the pool would wait for hours
                pool.shutdown(cancel_futures=True)
        self.stopped.clear()

    def fetch(self, url: str) -> Fetch:
        """One file. Raises WriteError."""
        host = _host(url)
        with self.lock:
            if self.silent[host] >= _MAX_SILENT:
                return Lost(message=f"was not asked, since {host} answers nothing; run the command again later")
        partial = _Partial(self.folder, url)
        attempt = 0
        while True:
            size_before = partial.size_bytes
            exchange = self._ask(partial)
            if partial.is_whole or not _is_passing(exchange, partial):
                break
            attempt = 0 if partial.size_bytes > size_before + _OPENING_BYTES else attempt + 1
            if attempt >= _ATTEMPTS:
                break
            if self.stopped.wait(_WAITS_SECONDS[min(attempt, len(_WAITS_SECONDS)) - 1] if attempt else 0):
                raise _StoppedError
        with self.lock:
            self.silent[host] = self.silent[host] + 1 if exchange.fault in _SILENCE else 0
        return partial.finish() if partial.is_whole else Lost(message=_explain(exchange, url))

    def _ask(self, partial: _Partial) -> Exchange:
        from podcast_tool.read.wire import Body

        if self.stopped.is_set():
            raise _StoppedError
        with partial.open() as file:
            body = Body(
                limit_bytes=max(1, self.limit_bytes - partial.size_bytes),
                is_whole=True,
                take=lambda piece: self._take(partial, file, piece),
                begin=lambda answer: partial.begin(file, answer),
            )
            exchange = fetch_file(
                partial.url,
                body,
                {"User-Agent": _USER_AGENT, **partial.range_headers()},
                may_be_private=self.may_be_private,
                deadline_seconds=_DEADLINE_SECONDS,
                stall_seconds=self.stall_seconds,
                wire=self.wire,
            )
        partial.end(exchange)
        return exchange

    def _take(self, partial: _Partial, file: BinaryIO, piece: bytes) -> None:
        if self.stopped.is_set():
            raise _StoppedError
        partial.take(file, piece)
        self.tell(partial.url, partial.size_bytes)


class _Partial:
    """What is here of one file; beside it, by what the next answer is known to be of the same file."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        self.path, self.side = folder / f"{name}.part", folder / f"{name}.json"
        self.validator, self.total_bytes = self._read_side()
        self.size_bytes = self.path.stat().st_size if self.path.exists() and self.validator else 0
        self.is_whole = self.is_taken = False

    def _read_side(self) -> tuple[str, int | None]:
        try:
            told = json.loads(self.side.read_bytes())
            if told["url"] == self.url and isinstance(told["validator"], str):
                total = told["total_bytes"]
                return told["validator"], total if isinstance(total, int) else None
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            pass
        return "", None

    def open(self) -> BinaryIO:
        try:
            file = self.path.open("r+b" if self.path.exists() else "w+b")
            file.truncate(self.size_bytes)
            file.seek(self.size_bytes)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        return file

    def range_headers(self) -> dict[str, str]:
        """RFC 9110, sections 13.1.5 and 14.2: the rest, or all of it if it is another file by now."""
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": self.validator} if self.size_bytes else {}

    def begin(self, file: BinaryIO, answer: Answer) -> None:
        """See whether the answer's body is the file, its rest, or neither."""
        told = _CONTENT_RANGE.fullmatch(answer.header("content-range") or "")
        self.is_taken = answer.status == 200 or bool(
            answer.status == 206 and told and int(told[1]) == self.size_bytes and self.size_bytes
        )
        if answer.status == 200:
            self.size_bytes = 0
            self.validator, self.total_bytes = _validator(answer), answer.total_bytes
            try:
                file.seek(0)
                file.truncate()
                side = {"url": self.url, "validator": self.validator, "total_bytes": self.total_bytes}
                self.side.write_text(json.dumps(side), encoding="ascii")
            except OSError as error:
                raise _unwritable(self.path, error) from error
        elif answer.status == 206:
            self.total_bytes = answer.total_bytes
            if not self.is_taken:
                self.forget()

    def take(self, file: BinaryIO, piece: bytes) -> None:
        if self.is_taken:
            try:
                file.write(piece)
            except OSError as error:  # told here, or the disk's fault would pass for the network's
                raise _unwritable(self.path, error) from error
            self.size_bytes += len(piece)

    def end(self, exchange: Exchange) -> None:
        """Whether all of it is here now."""
        if exchange.fault:
            if not self.validator:
                self.forget()
            return
        answer = exchange.answers[-1]
        if answer.status == 416:
            told = _UNSATISFIED_RANGE.fullmatch(answer.header("content-range") or "")
            self.is_whole = bool(told and self.size_bytes and int(told[1]) == self.size_bytes == self.total_bytes)
            if not self.is_whole:
                self.forget()
        elif self.is_taken:
            is_all = answer.status == 200 or self.total_bytes is None or self.total_bytes == self.size_bytes
            self.is_whole = is_all
            if not is_all:
                self.forget()

    def forget(self) -> None:
        """Begin anew the next time."""
        self.size_bytes, self.validator, self.is_taken = 0, "", False

    def finish(self) -> Downloaded:
        """Take its digest; the side file has done its work."""
        try:
            with self.path.open("rb") as file:
                opening = file.read(_OPENING_BYTES)
                file.seek(0)
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            self.side.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        answer = Answer(url=self.url, is_private=False, status=200, headers=(), opening=opening)
        return Downloaded(
            path=self.path,
            size_bytes=self.size_bytes,
            sha256=sha256,
            opening=opening,
            is_web_page=answer.is_web_page,
        )


def _validator(answer: Answer) -> str:
    """What If-Range takes: a strong ETag, else the date; empty if the body was encoded on its way."""
    if (answer.header("content-encoding") or "identity").lower() != "identity":
        return ""
    tag = answer.header("etag") or ""
    value = tag if tag.startswith('"') else answer.header("last-modified") or ""
    return value if value.isascii() and len(value) < 500 else ""


def _is_passing(exchange: Exchange, partial: _Partial) -> bool:
    """Whether asking again may help."""
    if exchange.fault:
        return exchange.fault in _PASSING
    return exchange.status in _BUSY or (exchange.status in (206, 416) and not partial.size_bytes)


def _explain(exchange: Exchange, url: str) -> str:
    if exchange.fault:
        leads = f"leads to {exchange.fault_url[:200]}, which " if exchange.fault_url not in ("", url) else ""
        return leads + exchange.message
    if exchange.status in (404, 410):
        return f"answers {exchange.status}: it is gone; put the file into episodes/ yourself if you have it"
    return f"answers {exchange.status} and no file; try again, or ask its host"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _unwritable(path: Path, error: OSError) -> WriteError:
    return WriteError(path, f"cannot be written ({error.strerror}); make room and run the command again, it goes on")
