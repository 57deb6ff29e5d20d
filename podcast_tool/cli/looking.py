"""status, show, notes: the commands that only tell."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO

import click

from podcast_tool.cli.group import SHOW, SHOWS, cli
from podcast_tool.cli.sentences import (
    DONE,
    DONE_IN_PART,
    counted,
    exit_code,
    for_each,
    problem_json,
    schedule_of,
    status_line,
    tell_problem,
    tell_problems,
)
from podcast_tool.model import Detail, EpisodeReport, EpisodeView, Level, Outcome, State
from podcast_tool.text import shown_path


@cli.command(epilog="Example: podcast_tool status --json | jq '.episodes[].state'")
@SHOWS
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each show, a line each.")
def status(show_dirs: tuple[Path, ...], as_json: bool) -> None:
    """List every episode of each SHOW and where it stands.

    \b
    ready      goes into the feed at the next publish
    published  is in the feed
    changed    is in the feed, and will be another at the next publish
    scheduled  waits for its date
    draft      is marked draft
    held       has a fault that keeps it back
    missing    was published, and is gone from episodes/
    withdrawn  was taken out of the feed
    """
    is_alone = len(show_dirs) < 2
    for_each(
        show_dirs,
        lambda show_dir: _tell_status(show_dir, as_json=as_json, is_alone=is_alone),
        lambda: click.echo(json.dumps(_NO_STATUS)) if as_json else None,
    )


def _tell_status(show_dir: Path, *, as_json: bool, is_alone: bool) -> int:
    from podcast_tool import pipeline

    outcome = pipeline.survey(show_dir)
    if as_json:
        click.echo(json.dumps(_status_json(outcome), indent=2 if is_alone else None))
    else:
        if not is_alone:
            click.echo(click.style(f"{outcome.show.title} ({shown_path(str(show_dir))})", bold=True))
        for report in outcome.episodes:
            click.echo(status_line(report))
            if report.state is State.SCHEDULED:
                click.echo(f"{'':<10} {schedule_of(report, outcome)}")
            for cut in report.cuts:
                click.echo(f"{'':<10} {shown_path(cut)}")
        tell_problems(outcome)
        click.echo(counted(outcome))
    return exit_code(outcome)


@cli.command(epilog="Example: podcast_tool show immunotherapy")
@click.argument("episode")
@SHOW
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for other programs.")
def show(episode: str, show_dir: Path, as_json: bool) -> None:
    """Tell each field of EPISODE and where it came from, its show notes and its problems.

    EPISODE is a stem, a slug or the path of one of its files.
    """
    from podcast_tool import pipeline

    view = pipeline.look_up(show_dir, episode)
    if as_json:
        click.echo(json.dumps(_view_json(view), indent=2))
    else:
        click.echo(status_line(view.report))
        for detail in view.details:
            _tell_detail(detail)
        for problem in view.report.problems:
            tell_problem(problem)
        click.echo(f"\n{view.notes or '(no show notes)'}")
    sys.exit(DONE_IN_PART if any(problem.level is Level.ERROR for problem in view.report.problems) else DONE)


@cli.command(epilog="Example: podcast_tool notes episodes/immunotherapy.txt --format summary")
@click.argument("article", type=click.File("rb"))
@click.option(
    "--format",
    "spelling",
    type=click.Choice(["html", "text", "summary", "description"]),
    default="html",
    show_default=True,
    help="html as in content:encoded; description: at most 4000 bytes of it; summary: a sentence or two.",
)
@click.option("--title", metavar="T", help="The episode's title: what stands above it is not the article.")
def notes(article: IO[bytes], spelling: str, title: str | None) -> None:
    """Print the show notes that ARTICLE gives; - is standard input.

    ARTICLE is text (.txt), Markdown (.md), a web page as a browser saves it (.html) or a Word file (.docx). What was
    cut before and after the article is told on standard error.
    """
    from podcast_tool import pipeline

    name = "standard input" if article.name in ("-", "<stdin>") else article.name
    raw = article.read(pipeline.MAX_ARTICLE_BYTES + 1)
    made, told = pipeline.make_notes(raw, name, title, pipeline.NotesFormat(spelling))
    for sentence in told:
        click.echo(shown_path(sentence), err=True)
    click.echo(made, nl=False)


def _tell_detail(detail: Detail) -> None:
    """A line, or one for each entry of a list."""
    values = detail.value if isinstance(detail.value, list) else [detail.value]
    for number, value in enumerate(values or [None]):
        name = detail.field if number == 0 else ""
        click.echo(f"{name:<18} {shown_path(_spoken(value))}  [{shown_path(detail.source)}]")


def _spoken(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


# In the place of a show that cannot be read, so that there is a line for each that was asked for.
_NO_STATUS = {"show": dict.fromkeys(("title", "guid", "site_url", "feed_url")) | {"problems": []}, "episodes": []}


def _status_json(outcome: Outcome) -> dict[str, object]:
    show = outcome.show
    return {
        "show": {
            "title": show.title,
            "guid": show.guid,
            "site_url": show.site_url,
            "feed_url": show.feed_url,
            "problems": [problem_json(problem) for problem in outcome.show_problems],
        },
        "episodes": [_report_json(report) for report in outcome.episodes],
    }


def _report_json(report: EpisodeReport) -> dict[str, object]:
    return {
        "slug": report.slug,
        "state": report.state,
        "title": report.title,
        "guid": report.guid,
        "published_at": report.published_at.isoformat() if report.published_at else None,
        "duration_seconds": report.duration_seconds,
        "enclosure_url": report.enclosure_url,
        "problems": [problem_json(problem) for problem in report.problems],
        "cuts": list(report.cuts),
        "loudness_lufs": report.loudness_lufs,
    }


def _view_json(view: EpisodeView) -> dict[str, object]:
    fields = [{"field": detail.field, "value": detail.value, "source": detail.source} for detail in view.details]
    return {"episode": _report_json(view.report), "fields": fields, "notes": view.notes}
