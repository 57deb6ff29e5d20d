"""publish, once or on schedule."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from podcast_tool.cli.group import SHOWS, cli
from podcast_tool.cli.progress import Progress
from podcast_tool.cli.sentences import (
    DONE,
    NO_EPISODE,
    exit_code,
    for_each,
    schedule,
    schedule_of,
    second,
    tell_problem,
    tell_problems,
)
from podcast_tool.errors import PodcastError
from podcast_tool.model import Outcome, State
from podcast_tool.text import shown_path

if TYPE_CHECKING:
    from podcast_tool.pipeline import watching


@cli.command(epilog="Example: podcast_tool publish . --dry-run")
@SHOWS
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option(
    "--retag",
    metavar="EPISODE",
    multiple=True,
    help="Make this episode's published audio anew, with today's title, picture and chapters. Its address changes.",
)
@click.option("--yes", is_flag=True, help="Publish although many dates or addresses change at once.")
@click.option("--watch", is_flag=True, help="Stay, and publish each scheduled episode when its moment comes.")
def publish(show_dirs: tuple[Path, ...], dry_run: bool, retag: tuple[str, ...], yes: bool, watch: bool) -> None:
    """Turn SHOW/episodes into SHOW/feed, of each SHOW.

    With --watch, what goes out later is what is there now: changes wait for the next publish, by whomever.

    Exit code: 0 done; 1 nothing could be published; 3 done in part, because something was held back or left out.
    """
    if watch:
        if dry_run or retag:
            raise click.UsageError(f"--watch and {'--dry-run' if dry_run else '--retag'} do not go together")
        _watch(show_dirs or (Path(),), is_sure=yes)
    is_alone = len(show_dirs) < 2
    for_each(show_dirs, lambda show: _publish(show, dry_run=dry_run, retag=retag, is_sure=yes, is_alone=is_alone))


def _publish(show_dir: Path, *, dry_run: bool, retag: tuple[str, ...], is_sure: bool, is_alone: bool) -> int:
    from podcast_tool import pipeline

    if not is_alone:
        click.echo(click.style(shown_path(str(show_dir)), bold=True))
    if dry_run:
        outcome = pipeline.survey(show_dir, retag=retag)
        for path, file in outcome.plan.write.items():
            # Nobody knows the digest in its name before it is made.
            click.echo(f"would write feed/{path if file.parts else path.replace('.00000000.', '.????????.')}")
    else:
        with Progress() as progress:
            outcome = pipeline.publish(
                show_dir,
                lambda path: click.echo(f"wrote feed/{path}"),
                retag=retag,
                is_sure=is_sure,
                tell_progress=progress.tell,
            )
    return _tell_published(outcome, dry_run=dry_run)


def _tell_published(outcome: Outcome, *, dry_run: bool = False, stays: bool = False) -> int:
    """What a publish came to, and its exit code."""
    for path in outcome.plan.delete:
        click.echo(f"{'would delete' if dry_run else 'deleted'} feed/{path}")
    if dry_run:
        _tell_changes(outcome)
    tell_problems(outcome)
    for report in outcome.episodes:
        for cut in report.cuts if report.page_path in outcome.plan.write else ():
            click.echo(f"note: {shown_path(cut)}", err=True)
    _tell_waiting(outcome, stays=stays)
    if not outcome.has_feed and not outcome.plan.feed:
        _tell_no_feed(outcome)
        return exit_code(outcome)
    if not outcome.plan.write:
        click.echo("nothing to do: feed/ is up to date")
    if dry_run:
        click.echo("dry run: nothing was written")
    else:
        click.echo(
            f"feed/ is ready; once it is copied to {outcome.show.site_url} the feed is at {outcome.show.feed_url}"
        )
    return exit_code(outcome)


def _watch(show_dirs: Sequence[Path], *, is_sure: bool) -> NoReturn:
    from podcast_tool.pipeline import watching

    if not watching.can_watch():
        raise click.UsageError("SOURCE_DATE_EPOCH makes the clock stand still, so nothing would ever be due; unset it")
    with _ending() as is_ending, Progress() as progress:
        teller = _WatchTeller(is_alone=len(show_dirs) < 2)
        for event in watching.watch(show_dirs, is_sure=is_sure, tell_progress=progress.tell):
            teller.tell(event)
            if is_ending():  # something under way caught the interrupt
                raise KeyboardInterrupt
    raise AssertionError("only a signal ends a watch")


@contextmanager
def _ending() -> Iterator[Callable[[], bool]]:
    """End in peace at Ctrl-C and SIGTERM: what is under way is undone, and a second signal does not disturb that.

    Gives whether there was one.
    """
    signals: list[int] = []

    def end(number: int, _: object) -> None:
        signals.append(number)
        if len(signals) == 1:
            raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    try:
        yield lambda: bool(signals)
    except KeyboardInterrupt:
        click.echo("ended: nothing goes out any more until the next publish")
        sys.exit(DONE)


class _WatchTeller:
    """A line for whatever goes out, is refused or is waited for; for what is wrong, once only."""

    def __init__(self, *, is_alone: bool) -> None:
        self._is_alone = is_alone
        self._told: set[str] = set()

    def tell(self, event: watching.Event) -> None:
        from podcast_tool.pipeline import watching

        match event:
            case watching.Published():
                self._tell_published(event)
            case watching.Refused():
                fault = shown_path(f"{self._place(event.show_dir)}{event.error}")
                click.echo(f"Error: {fault} (at {second(event.now)}; it will be tried again)", err=True)
            case watching.Waiting(due=None):
                click.echo("next: nothing is scheduled; publish when there is something new; Ctrl-C ends")
            case watching.Waiting(due=watching.Due() as due):
                moment = schedule(due.published_at, due.now, due.timezone)
                click.echo(f"next: {self._place(due.show_dir)}{due.slug} at {moment}; Ctrl-C ends")

    def _place(self, show_dir: Path) -> str:
        return "" if self._is_alone else f"{shown_path(str(show_dir))}: "

    def _tell_published(self, event: watching.Published) -> None:
        place, outcome = self._place(event.show_dir), event.outcome
        fresh = [problem for problem in outcome.problems if f"{place}{problem}" not in self._told]
        self._told |= {f"{place}{problem}" for problem in fresh}
        if event.is_first:
            self._tell_first(event)
            return
        for report in outcome.episodes:
            if report.state is State.READY:
                click.echo(f"{place}published {report.slug} at {second(outcome.now)}")
        for path in outcome.plan.delete:
            click.echo(f"{place}deleted feed/{path}")
        for problem in fresh:
            tell_problem(problem)

    def _tell_first(self, event: watching.Published) -> None:
        """As a publish without end tells it."""
        if not self._is_alone:
            click.echo(click.style(shown_path(str(event.show_dir)), bold=True))
        for path in event.outcome.plan.write:
            click.echo(f"wrote feed/{path}")
        try:
            _tell_published(event.outcome, stays=True)
        except PodcastError as error:  # there is nothing to publish yet
            click.echo(f"Error: {shown_path(str(error))}", err=True)


def _tell_changes(outcome: Outcome) -> None:
    """Before and after of each field of published episodes; and what would stop the publish."""
    for report in outcome.episodes:
        for change in report.changes:
            before, after = (
                shown_path(words) if words is not None else "(nothing)" for words in (change.before, change.after)
            )
            click.echo(f"{report.slug}: {change.field}: {before} -> {after}")
    if outcome.stop:
        raise PodcastError("episodes/", outcome.stop)


def _tell_waiting(outcome: Outcome, *, stays: bool) -> None:
    """What is not in the feed yet, and when to publish again, unless somebody *stays* to do so."""
    scheduled = [report for report in outcome.episodes if report.state is State.SCHEDULED]
    for report in outcome.episodes:
        if report.state is State.SCHEDULED:
            click.echo(f"scheduled: {report.slug} for {schedule_of(report, outcome)}")
        elif report.state is State.DRAFT:
            click.echo(f"draft: {report.slug}")
    if scheduled and not stays:
        first = min(scheduled, key=lambda report: report.published_at or outcome.now)
        click.echo(f"publish again at {schedule_of(first, outcome)}: {first.slug} is due then")


def _tell_no_feed(outcome: Outcome) -> None:
    """A feed needs an item (RSS-ITEMS-MIN): without one nothing is written."""
    if not outcome.episodes:
        raise PodcastError("episodes/", NO_EPISODE)
    if any(report.state is State.HELD for report in outcome.episodes):
        raise PodcastError("episodes/", "nothing was published: every episode that is due is held back")
    click.echo("nothing is due yet: feed/ is not written")
