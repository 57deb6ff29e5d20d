"""Publishing each scheduled episode when its moment comes, as it was when the episodes were last read."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from podcast_tool.errors import BusyError, PodcastError, WriteError
from podcast_tool.model import EpisodeReport, Outcome, State
from podcast_tool.pipeline.commands import Bench, at_work, carry_out, surveying
from podcast_tool.pipeline.gather import Gathered, gather, settle
from podcast_tool.produce.workshop import TellProgress
from podcast_tool.publish.spool import WORK_FOLDER, last_published
from podcast_tool.read.clock import read_clock, stands_still
from podcast_tool.read.ledger import LEDGER_FILE
from podcast_tool.read.show import DEFAULT_FEED_PATH, require_show

# Short, since neither the clock nor the machine goes steadily: it is set, and put to sleep.
_STEP_SECONDS = 0.5

# How long ledger and feed must have stayed the same before a publish by somebody else is taken to have ended.
_QUIET_SECONDS = 2.0

# After a publish that failed; the last one from then on.
_RETRIES_SECONDS = (2.0, 10.0, 60.0, 600.0)
_BUSY_SECONDS = 1.0

_CHANGED = "has changed since it was read; podcast_tool publish takes it in"


@dataclass(frozen=True, kw_only=True)
class Due:
    """The next episode that goes out, unless something changes."""

    show_dir: Path
    slug: str
    published_at: datetime
    timezone: str
    """Of the show."""
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Published:
    """A publish that was done."""

    show_dir: Path
    outcome: Outcome
    is_first: bool


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A publish that could not be done, and will be tried again."""

    show_dir: Path
    error: PodcastError | OSError
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Nothing is left to do before *due*."""

    due: Due | None
    """None: nothing is scheduled."""


Event = Published | Refused | Waiting


def can_watch() -> bool:
    """Whether any moment will ever come."""
    return not stands_still(os.environ)


def watch(show_dirs: Sequence[Path], *, is_sure: bool, tell_progress: TellProgress) -> Iterator[Event]:
    """Publish each show now, and then each episode when its moment comes; it never ends by itself.

    What goes out is what stood in episodes/ at the last publish, be it this one's or another's: changes wait for a
    publish, so that nothing half written goes out. The lock is held only while something is published.

    Raises:
        PodcastError: there is no such show.
    """
    for show_dir in show_dirs:
        require_show(show_dir)
    shows = [_Watched(show_dir, is_sure=is_sure, tell_progress=tell_progress) for show_dir in show_dirs]
    told: Due | None = None
    is_told = False
    while True:
        for show in shows:
            yield from show.step()
        due = min((show.due for show in shows if show.due), key=lambda due: due.published_at, default=None)
        if not is_told or _name(due) != _name(told):
            yield Waiting(due=due)
            told, is_told = due, True
        time.sleep(_STEP_SECONDS)


def _name(due: Due | None) -> tuple[Path, str, datetime] | None:
    return (due.show_dir, due.slug, due.published_at) if due else None


Signature = tuple[object, ...]


class _Watched:
    """One show between its publishes."""

    def __init__(self, show_dir: Path, *, is_sure: bool, tell_progress: TellProgress) -> None:
        self.due: Due | None = None
        self._show_dir = show_dir
        self._is_sure = is_sure
        self._tell_progress = tell_progress
        self._gathered: Gathered | None = None
        """As it was at the last publish; None before the first."""
        self._cover: bytes | None = None
        self._known: Signature = ()
        """Of what is published, as of that reading."""
        self._seen: tuple[Signature, float] = ((), 0.0)
        """The last other one, and since when it has been so."""
        self._looked_at: datetime | None = None
        """By the clock that says what is due."""
        self._failures = 0
        self._last_fault = ""
        self._waits_until = 0.0
        """By the monotonic clock: what failed is tried again then."""

    def step(self) -> Iterator[Event]:
        """What has to be done now, if anything."""
        if time.monotonic() < self._waits_until:
            return
        is_first = self._looked_at is None
        is_due = self.due is not None and read_clock(os.environ) >= self.due.published_at
        try:
            if is_first or is_due:
                yield Published(show_dir=self._show_dir, outcome=self._publish(), is_first=is_first)
            elif self._was_published_by_others():
                self._look()
        except (PodcastError, OSError) as error:
            self._wait(error)
            if is_first and not isinstance(error, WriteError | OSError):
                self._gathered = None  # what has to be mended stands in episodes/
            if str(error) != self._last_fault:
                self._last_fault = str(error)
                yield Refused(show_dir=self._show_dir, error=error, now=read_clock(os.environ))
        else:
            self._failures, self._last_fault = 0, ""

    def _wait(self, error: Exception) -> None:
        seconds = _BUSY_SECONDS
        if not isinstance(error, BusyError):
            seconds = _RETRIES_SECONDS[min(self._failures, len(_RETRIES_SECONDS) - 1)]
            self._failures += 1
        self._waits_until = time.monotonic() + seconds

    def _publish(self) -> Outcome:
        with at_work(self._show_dir, self._tell_progress) as bench:
            if self._gathered is None or self._known != self._signature():
                self._read(bench)
            try:
                with self._as_it_was() as gathered:
                    outcome = carry_out(gathered, bench, lambda _: None, is_sure=self._is_sure)
            finally:  # what it wrote before it failed is no publish by others
                self._known = self._signature()
        self._looked_at = outcome.now
        self.due = self._first_of(outcome.episodes, lambda report: report.state is State.SCHEDULED)
        return outcome

    def _look(self) -> None:
        """Read everything anew, as the publish of somebody else did."""
        with surveying(self._show_dir) as bench:
            self._read(bench)
            with self._as_it_was() as gathered:
                site = gathered.attempt(
                    lambda held: settle(gathered, bench.spool, bench.workshop, bench.memory, held=held)
                )
        since, self._looked_at = self._looked_at or site.now, site.now

        def waits(report: EpisodeReport) -> bool:
            # What became due after the other publish had read the clock is ready by now.
            is_late = report.state is State.READY and report.published_at is not None and report.published_at > since
            return is_late or report.state is State.SCHEDULED

        self.due = self._first_of([entry.report for entry in site.entries], waits)

    def _read(self, bench: Bench) -> None:
        known = self._signature()
        gathered = gather(self._show_dir, bench.memory)
        self._gathered, self._known = replace(gathered, changed=_CHANGED), known
        with suppress(OSError):
            self._cover = (self._show_dir / gathered.show.cover.path).read_bytes()

    @contextmanager
    def _as_it_was(self) -> Iterator[Gathered]:
        """What was read, also where the show's cover is another by now, without which no page can be made."""
        gathered = self._gathered
        if gathered is None:
            raise AssertionError(f"{self._show_dir} was not read")
        cover = gathered.show.cover
        is_known = self._cover is not None and hashlib.sha256(self._cover).hexdigest() == cover.sha256
        if not is_known or _digest(self._show_dir / cover.path) == cover.sha256:
            yield gathered
            return
        kept = self._show_dir / WORK_FOLDER / f"cover{Path(cover.path).suffix}"
        try:
            kept.write_bytes(self._cover or b"")
            path = kept.relative_to(self._show_dir).as_posix()
            yield replace(gathered, show=replace(gathered.show, cover=replace(cover, path=path)))
        finally:
            kept.unlink(missing_ok=True)

    def _first_of(self, reports: Iterable[EpisodeReport], waits: Callable[[EpisodeReport], bool]) -> Due | None:
        if self._gathered is None or self._looked_at is None:
            return None
        found = [
            Due(
                show_dir=self._show_dir,
                slug=report.slug,
                published_at=report.published_at,
                timezone=self._gathered.show.timezone,
                now=self._looked_at,
            )
            for report in reports
            if report.published_at and waits(report)
        ]
        return min(found, key=lambda due: (due.published_at, due.slug), default=None)

    def _was_published_by_others(self) -> bool:
        """Whether somebody has, and is done."""
        signature, now = self._signature(), time.monotonic()
        if signature == self._known:
            return False
        if signature != self._seen[0]:
            self._seen = signature, now
        return now - self._seen[1] >= _QUIET_SECONDS

    def _signature(self) -> Signature:
        """Another one after each publish, on this machine or on another from which feed/ came."""
        feed_dir = self._show_dir / "feed"
        feed_path = self._gathered.show.feed_path if self._gathered else DEFAULT_FEED_PATH
        stamps = (_stamp(feed_dir / name) for name in (LEDGER_FILE, feed_path))
        return last_published(self._show_dir / WORK_FOLDER), *stamps


def _digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino
