"""Arguments in, sentences and an exit code out. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import click

from podcast_tool import __version__
from podcast_tool.errors import PodcastError
from podcast_tool.model import Detail, EpisodeReport, EpisodeView, Level, Outcome, Problem, State
from podcast_tool.text import shown_path

DONE, NOT_DONE, DONE_IN_PART = 0, 1, 3

_LEVEL_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_STATE_COLOURS = {State.PUBLISHED: "green", State.READY: "green", State.HELD: "red", State.MISSING: "red"}


class PodcastGroup(click.Group):
    """Turns our errors into click's, so that no command has a `try`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PodcastError as error:
            raise click.ClickException(shown_path(str(error))) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            name = shown_path(str(error.filename or "standard output"))
            raise click.ClickException(f"{name}: {error.strerror}; mend that and run the command again") from error


SHOW = click.argument(
    "show_dir", metavar="[SHOW]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.group(cls=PodcastGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="podcast_tool")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Turn a folder of episodes into a podcast feed.

    SHOW is the folder that holds episodes/; left out, it is the one you stand in.
    """
    if os.environ.get("NO_COLOR"):  # no-color.org: any value but an empty one
        ctx.color = False


@cli.command(epilog="Example: podcast_tool publish . --dry-run")
@SHOW
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option(
    "--retag",
    metavar="EPISODE",
    multiple=True,
    help="Make this episode's published audio anew, with today's title, picture and chapters. Its address changes.",
)
def publish(show_dir: Path, dry_run: bool, retag: tuple[str, ...]) -> None:
    """Turn SHOW/episodes into SHOW/feed.

    Exit code: 0 done; 1 nothing could be published; 3 done in part, because something was held back or left out.
    """
    from podcast_tool import pipeline

    if dry_run:
        outcome = pipeline.survey(show_dir, retag=retag)
        for path, file in outcome.plan.write.items():
            # Nobody knows the digest in its name before it is made.
            click.echo(f"would write feed/{path if file.parts else path.replace('.00000000.', '.????????.')}")
    else:
        with _Progress() as progress:
            outcome = pipeline.publish(
                show_dir,
                lambda path: click.echo(f"wrote feed/{path}"),
                retag=retag,
                tell_progress=progress.tell,
            )
    _tell_problems(outcome)
    for report in outcome.episodes:
        for cut in report.cuts if report.page_path in outcome.plan.write else ():
            click.echo(f"note: {shown_path(cut)}", err=True)
    _tell_waiting(outcome)
    if not outcome.has_feed:
        _end_without_feed(outcome)
    if not outcome.plan.write:
        click.echo("nothing to do: feed/ is up to date")
    if dry_run:
        click.echo("dry run: nothing was written")
    else:
        click.echo(
            f"feed/ is ready; once it is copied to {outcome.show.site_url} the feed is at {outcome.show.feed_url}"
        )
    sys.exit(_exit_code(outcome))


@cli.command(epilog="Example: podcast_tool status --json | jq '.episodes[].state'")
@SHOW
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for other programs.")
def status(show_dir: Path, as_json: bool) -> None:
    """List every episode of SHOW and where it stands.

    \b
    ready      goes into the feed at the next publish
    published  is in the feed
    scheduled  waits for its date
    draft      is marked draft
    held       has a fault that keeps it back
    missing    was published, and is gone from episodes/
    """
    from podcast_tool import pipeline

    outcome = pipeline.survey(show_dir)
    if as_json:
        click.echo(json.dumps(_status_json(outcome), indent=2))
    else:
        for report in outcome.episodes:
            click.echo(_status_line(report))
            for cut in report.cuts:
                click.echo(f"{'':<10} {shown_path(cut)}")
        _tell_problems(outcome)
        click.echo(_counted(outcome))
    sys.exit(_exit_code(outcome))


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
        click.echo(_status_line(view.report))
        for detail in view.details:
            _tell_detail(detail)
        for problem in view.report.problems:
            _tell_problem(problem)
        click.echo(f"\n{view.notes or '(no show notes)'}")
    sys.exit(DONE_IN_PART if any(problem.level is Level.ERROR for problem in view.report.problems) else DONE)


@cli.command(epilog="Example: podcast_tool check https://podcast.example.org/feed.xml --net")
@click.argument("places", metavar="[SHOW|FEED]...", nargs=-1)
@click.option("--net", is_flag=True, help="Ask the host, too: redirects, byte ranges, caching, sizes, CORS.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each, a line each.")
@click.option("--select", metavar="RULE", multiple=True, help="Only this rule, or all whose ids begin so (AP).")
@click.option("--ignore", metavar="RULE", multiple=True, help="Not this rule, or none whose ids begin so.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option("--explain", metavar="RULE", help="Print a rule and its source, and check nothing.")
def check(
    places: tuple[str, ...],
    net: bool,
    as_json: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    strict: bool,
    explain: str | None,
) -> None:
    """Check a show before it is published, or any feed: a file or an address.

    Exit code: 0 nothing is wrong; 1 there are errors (with --strict, or warnings); 3 some have errors, some have none.
    """
    from podcast_tool import pipeline

    if explain is not None:
        click.echo(pipeline.explain_rule(explain))
        return
    failing = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    codes = set()
    for place in places or (".",):
        found = _check_place(place, net)
        problems = [p for p in found if (not select or _is_named(p.rule, select)) and not _is_named(p.rule, ignore)]
        codes.add(NOT_DONE if any(problem.level in failing for problem in problems) else DONE)
        if as_json:
            indent = 2 if len(places) < 2 else None
            click.echo(json.dumps({"problems": [_problem_json(problem) for problem in problems]}, indent=indent))
        else:
            for problem in problems:
                _tell_finding(problem)
            click.echo(f"{shown_path(place)}: {_counted_problems(problems)}")
    sys.exit(codes.pop() if len(codes) == 1 else DONE_IN_PART)


def _check_place(place: str, net: bool) -> tuple[Problem, ...]:
    """A place that cannot be checked at all is an error like others, so that the next ones are checked."""
    from podcast_tool import pipeline

    try:
        if Path(place).is_dir():
            return pipeline.check_show(Path(place), asks_host=net)
        return pipeline.check_feed_at(place, asks_host=net)
    except PodcastError as error:
        path, message = error.args
        return (Problem(rule=error.rule, level=Level.ERROR, where=str(path), message=message),)


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


# -- sentences --------------------------------------------------------------------------------------------------------


def _tell_problems(outcome: Outcome) -> None:
    for problem in outcome.problems:
        _tell_problem(problem)
    for path in outcome.unclaimed:
        click.echo(f"not published: {shown_path(path)}: has neither a sidecar nor an article beside it", err=True)


def _tell_problem(problem: Problem) -> None:
    level = click.style(f"{problem.level}:", fg=_LEVEL_COLOURS[problem.level])
    click.echo(f"{level} {shown_path(str(problem))}{_consequence(problem)}", err=True)


def _tell_finding(problem: Problem) -> None:
    """A result of `check`, on standard output."""
    level = click.style(f"{problem.level}:", fg=_LEVEL_COLOURS[problem.level])
    click.echo(f"{level} {shown_path(str(problem))} [{problem.rule}]")


def _is_named(rule: str, names: Sequence[str]) -> bool:
    return any(rule == name or rule.startswith(name.rstrip("-*") + "-") for name in names)


def _counted_problems(problems: Sequence[Problem]) -> str:
    counts = [(sum(problem.level is level for problem in problems), str(level)) for level in Level]
    spoken = ", ".join(f"{count} {level}{'s' if count > 1 else ''}" for count, level in counts if count)
    return spoken or "nothing is wrong"


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


class _Progress:
    """A bar for work that takes long, on a terminal only."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def tell(self, what: str, done_seconds: float, total_seconds: float) -> None:
        """What is made, and how far it has come."""
        if what != self._what:
            self._end()
            self._what = what
            self._bar = click.progressbar(length=max(1, round(total_seconds)), label=what, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(round(done_seconds) - self._bar.pos)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar, self._what = None, ""


def _consequence(problem: Problem) -> str:
    return " [held back]" if problem.holds else ""


def _tell_waiting(outcome: Outcome) -> None:
    for report in outcome.episodes:
        if report.state is State.SCHEDULED and report.published_at:
            click.echo(f"scheduled: {report.slug} for {_moment(report.published_at)}")
        elif report.state is State.DRAFT:
            click.echo(f"draft: {report.slug}")


def _end_without_feed(outcome: Outcome) -> None:
    """A feed needs an item (RSS-ITEMS-MIN): without one nothing is written."""
    if not outcome.episodes:
        raise PodcastError("episodes/", "holds no episode; put a recording there with a sidecar or an article")
    if any(report.state is State.HELD for report in outcome.episodes):
        raise PodcastError("episodes/", "nothing was published: every episode that is due is held back")
    click.echo("nothing is due yet: feed/ is not written")
    sys.exit(_exit_code(outcome))


def _exit_code(outcome: Outcome) -> int:
    return DONE_IN_PART if any(problem.level is Level.ERROR for problem in outcome.problems) else DONE


def _status_line(report: EpisodeReport) -> str:
    state = click.style(f"{report.state:<10}", fg=_STATE_COLOURS.get(report.state))
    moment = _moment(report.published_at) if report.published_at else "no date"
    loudness = f"  {report.loudness_lufs:.1f} LUFS" if report.loudness_lufs is not None else ""
    return f"{state} {moment:<20}  {report.slug}  {shown_path(report.title or '(no title)')}{loudness}"


def _counted(outcome: Outcome) -> str:
    counts = {state: sum(report.state is state for report in outcome.episodes) for state in State}
    spoken = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    return f"{len(outcome.episodes)} episodes: {spoken}" if spoken else "no episodes"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _status_json(outcome: Outcome) -> dict[str, object]:
    show = outcome.show
    return {
        "show": {
            "title": show.title,
            "guid": show.guid,
            "site_url": show.site_url,
            "feed_url": show.feed_url,
            "problems": [_problem_json(problem) for problem in outcome.show_problems],
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
        "problems": [_problem_json(problem) for problem in report.problems],
        "cuts": list(report.cuts),
        "loudness_lufs": report.loudness_lufs,
    }


def _view_json(view: EpisodeView) -> dict[str, object]:
    fields = [{"field": detail.field, "value": detail.value, "source": detail.source} for detail in view.details]
    return {"episode": _report_json(view.report), "fields": fields, "notes": view.notes}


def _problem_json(problem: Problem) -> dict[str, str]:
    return {"rule": problem.rule, "level": problem.level, "where": problem.where, "message": problem.message}


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no "ü" gets an escape, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli()
