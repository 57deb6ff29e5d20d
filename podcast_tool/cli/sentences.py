"""What several commands say, and the exit codes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import click

from podcast_tool.errors import PodcastError
from podcast_tool.model import EpisodeReport, Level, Outcome, Problem, State
from podcast_tool.text import shown_path

DONE, NOT_DONE, DONE_IN_PART = 0, 1, 3

NO_EPISODE = "holds no episode; put a recording there with a sidecar or an article"

LEVEL_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_STATE_COLOURS = {
    State.PUBLISHED: "green",
    State.READY: "green",
    State.CHANGED: "cyan",
    State.HELD: "red",
    State.MISSING: "red",
}


def for_each(
    show_dirs: Sequence[Path], do: Callable[[Path], int], tell_failed: Callable[[], None] = lambda: None
) -> NoReturn:
    """Do it with each show, whatever becomes of the others, and exit with their common code.

    Args:
        tell_failed: called in the place of the result of one that failed, if there are several.
    """
    codes = set()
    for show_dir in show_dirs or (Path(),):
        try:
            codes.add(do(show_dir))
        except (PodcastError, OSError) as error:
            if len(show_dirs) < 2:
                raise
            click.echo(f"Error: {shown_path(f'{show_dir}: {error}')}", err=True)
            tell_failed()
            codes.add(NOT_DONE)
    sys.exit(codes.pop() if len(codes) == 1 else DONE_IN_PART)


def tell_placed(paths: Sequence[str], show_dir: Path, *, dry_run: bool) -> None:
    for path in paths:
        click.echo(f"{'would write' if dry_run else 'wrote'} {shown_path(str(show_dir / path))}")
    if dry_run:
        click.echo("dry run: nothing was written")


def to_paste(show_dir: Path, option: str = "") -> str:
    """The show as the next command line needs it; nothing where one stands in it."""
    return f"{option} {shlex.quote(shown_path(str(show_dir)))}" if show_dir != Path() else ""


def tell_problems(outcome: Outcome) -> None:
    for problem in outcome.problems:
        tell_problem(problem)
    for path in outcome.unclaimed:
        click.echo(f"not published: {shown_path(path)}: has neither a sidecar nor an article beside it", err=True)


def tell_problem(problem: Problem) -> None:
    level = click.style(f"{problem.level}:", fg=LEVEL_COLOURS[problem.level])
    click.echo(f"{level} {shown_path(str(problem))}{_consequence(problem)}", err=True)


def _consequence(problem: Problem) -> str:
    return " [held back]" if problem.holds else ""


def schedule_of(report: EpisodeReport, outcome: Outcome) -> str:
    return schedule(report.published_at, outcome.now, outcome.show.timezone) if report.published_at else "no date"


def schedule(moment: datetime, now: datetime, timezone: str) -> str:
    """The moment in UTC, where the show is made, and how long until then."""
    local = moment.astimezone(ZoneInfo(timezone))
    day = "" if local.date() == moment.astimezone(UTC).date() else f"{local:%Y-%m-%d} "
    seconds = max(0, int((moment - now).total_seconds()))
    units = {"day": seconds // 86_400, "hour": seconds // 3600, "minute": seconds // 60, "second": seconds}
    # "1 day" would be as rough as half of it.
    unit = next((unit for unit, count in units.items() if count > (unit == "day")), "second")
    spoken = f"{units[unit]} {unit}{'' if units[unit] == 1 else 's'}"
    return f"{_moment(moment)} ({day}{local:%H:%M} {timezone}), in {spoken}"


def exit_code(outcome: Outcome) -> int:
    return DONE_IN_PART if any(problem.level is Level.ERROR for problem in outcome.problems) else DONE


def status_line(report: EpisodeReport) -> str:
    state = click.style(f"{report.state:<10}", fg=_STATE_COLOURS.get(report.state))
    moment = _moment(report.published_at) if report.published_at else "no date"
    loudness = f"  {report.loudness_lufs:.1f} LUFS" if report.loudness_lufs is not None else ""
    return f"{state} {moment:<20}  {report.slug}  {shown_path(report.title or '(no title)')}{loudness}"


def counted(outcome: Outcome) -> str:
    counts = {state: sum(report.state is state for report in outcome.episodes) for state in State}
    spoken = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    return f"{len(outcome.episodes)} episodes: {spoken}" if spoken else "no episodes"


def second(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def problem_json(problem: Problem) -> dict[str, str]:
    return {"rule": problem.rule, "level": problem.level, "where": problem.where, "message": problem.message}
