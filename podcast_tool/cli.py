"""Arguments in, sentences and an exit code out. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn
from zoneinfo import ZoneInfo

import click

from podcast_tool import __version__
from podcast_tool.errors import PodcastError
from podcast_tool.model import Detail, EpisodeReport, EpisodeView, ImportOutcome, Level, Outcome, Problem, State
from podcast_tool.text import shown_path

if TYPE_CHECKING:
    from podcast_tool.pipeline.withdrawing import Ending

DONE, NOT_DONE, DONE_IN_PART = 0, 1, 3

_LEVEL_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
_STATE_COLOURS = {
    State.PUBLISHED: "green",
    State.READY: "green",
    State.CHANGED: "cyan",
    State.HELD: "red",
    State.MISSING: "red",
}


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


SHOW_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SHOWS = click.argument("show_dirs", metavar="[SHOW]...", nargs=-1, type=SHOW_FOLDER)
SHOW = click.argument("show_dir", metavar="[SHOW]", default=".", type=SHOW_FOLDER)


@click.group(cls=PodcastGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="podcast_tool")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Turn a folder of episodes into a podcast feed.

    SHOW is the folder that holds episodes/; left out, it is the one you stand in.
    """
    if os.environ.get("NO_COLOR"):  # no-color.org: any value but an empty one
        ctx.color = False


@cli.command(epilog="Example: podcast_tool init night-owls --title 'Night Owls' --language en")
@click.argument("show_dir", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--title", metavar="T", help="The name of the show.")
@click.option("--description", metavar="T", help="What it is about.")
@click.option("--site-url", metavar="URL", help="The address of the folder where feed/ will be served.")
@click.option("--language", metavar="CODE", help="Such as en, en-gb or de.")
@click.option("--category", "categories", metavar="C", multiple=True, help="Apple's: 'Health & Fitness > Medicine'.")
@click.option("--explicit/--clean", default=None, help="Whether it holds explicit language or content.")
@click.option("--author", metavar="NAME", help="Who makes it.")
@click.option("--email", metavar="MAIL", help="Whom directories write to; it is public.")
@click.option("--timezone", metavar="ZONE", help="Of dates without an offset, such as Europe/Berlin; untold, UTC.")
@click.option("--cover", type=FILE, help="Untold, one is made.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
def init(show_dir: Path, cover: Path | None, dry_run: bool, **said: Any) -> None:
    """Begin a show in DIR: its show.toml and a cover.

    On a terminal, what no option says is asked for. Nothing is ever overwritten.
    """
    from podcast_tool.pipeline import authoring

    answers = {field: value for field, value in said.items() if value not in (None, ())}
    for field, value in answers.items():
        if fault := authoring.find_fault(field, value):
            raise click.UsageError(f"{_option_of(field)}: {fault}")
    unanswered = [field for field, question in _QUESTIONS.items() if question.is_needed and field not in answers]
    if unanswered:
        if not authoring.begins_show(show_dir):
            raise PodcastError(show_dir / "episodes" / "show.toml", "is there already; edit it by hand")
        if not sys.stdin.isatty():
            raise click.UsageError(f"Missing option {', '.join(map(_option_of, unanswered))}.")
        _ask(answers, authoring.find_fault)
    begun = authoring.init_show(show_dir, authoring.ShowAnswers(**answers), cover, is_dry=dry_run)
    _tell_placed(begun.paths, show_dir, dry_run=dry_run)
    for problem in begun.problems:
        _tell_problem(problem)
    if not begun.paths:
        click.echo(f"{shown_path(str(show_dir))} is begun already: show.toml and the cover are there")
    elif not dry_run:
        click.echo(f"next: podcast_tool add AUDIO{_to_paste(show_dir, ' --show')}")


@cli.command(epilog="Example: podcast_tool add ~/owls.mp3 --article owls.docx --date 2018-01-17")
@click.argument("audio", type=FILE)
@click.option("--show", "show_dir", metavar="SHOW", default=".", type=SHOW_FOLDER, help="Untold, where you stand.")
@click.option("--article", type=FILE, help="Text, Markdown, a saved web page or Word.")
@click.option("--transcript", "transcripts", type=FILE, multiple=True, help="Once for each language.")
@click.option("--chapters", type=FILE, help="JSON, text, Podlove XML.")
@click.option("--artwork", type=FILE, help="JPEG or PNG, square, 1400 to 3000 pixels.")
@click.option("--title", metavar="T", help="Untold, the recording's tags or the article say it.")
@click.option("--date", "published", metavar="DATE", help="2018-01-17, or 2018-01-17T09:00 in the show's timezone.")
@click.option("--season", metavar="N", type=click.IntRange(min=1), help="Untold, the tags say it.")
@click.option("--episode", metavar="N", type=click.IntRange(min=1), help="Untold, the tags say it.")
@click.option("--stem", metavar="NAME", help="The name of its files; untold, made of the recording's.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
def add(
    audio: Path,
    show_dir: Path,
    article: Path | None,
    transcripts: tuple[Path, ...],
    chapters: Path | None,
    artwork: Path | None,
    title: str | None,
    published: str | None,
    season: int | None,
    episode: int | None,
    stem: str | None,
    dry_run: bool,
) -> None:
    """Add an episode to SHOW: copies of its files in episodes/, and a sidecar for you to complete.

    Nothing is ever overwritten; what is there already stays as it is.
    """
    from podcast_tool.pipeline import authoring

    try:
        day = authoring.parse_date(published) if published is not None else None
    except ValueError as error:
        raise click.UsageError(f"--{error}") from error
    sources = authoring.Sources(
        audio=audio, article=article, transcripts=transcripts, chapters=chapters, artwork=artwork
    )
    wishes = authoring.Wishes(title=title, published=day, season=season, episode=episode)
    added = authoring.add_episode(show_dir, sources, wishes, stem=stem, is_dry=dry_run)
    _tell_placed(added.paths, show_dir, dry_run=dry_run)
    for problem in added.problems:
        _tell_problem(problem)
    if not added.paths:
        click.echo(f"nothing to do: {shown_path(added.stem)} is there already")
    elif not dry_run:
        waits = any(problem.holds for problem in added.problems)
        first = f"complete episodes/{shown_path(added.stem)}.toml, then run " if waits else ""
        click.echo(f"next: {first}podcast_tool publish{_to_paste(show_dir)}")


@cli.command("import", epilog="Example: podcast_tool import https://old-host.example/feed.xml night-owls")
@click.argument("feed", metavar="FEED")
@click.argument("show_dir", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--site-url", metavar="URL", help="Where feed/ will be served; untold, the folder of the old feed.")
@click.option("--keep-address", is_flag=True, help="Name the new feed as the old one, not feed.xml.")
@click.option("--yes", is_flag=True, help="The feed is locked, and you are its owner.")
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing.")
def import_show(feed: str, show_dir: Path, site_url: str | None, keep_address: bool, yes: bool, dry_run: bool) -> None:
    """Move a whole show here from another host: FEED, a file or an address, becomes a show in DIR.

    What is there already stays as it is, so the same command goes on where it was broken off.

    Exit code: 0 done; 1 nothing was imported; 3 done in part, because something could not be had.
    """
    from podcast_tool.pipeline import importing

    def confirm(question: str) -> bool:
        if not yes and not sys.stdin.isatty():
            raise PodcastError(feed, "is locked (podcast:locked); if you are its owner, run the command with --yes")
        return yes or click.confirm(question)

    with _Progress() as progress:
        voices = importing.Voices(
            tell=lambda line: progress.say(shown_path(line)),
            tell_loss=lambda line: progress.say(f"not imported: {shown_path(line)}", err=True),
            tell_note=lambda line: progress.say(f"note: {shown_path(line)}", err=True),
            confirm=confirm,
            tell_progress=progress.tell if sys.stderr.isatty() else lambda *_: None,
        )
        wishes = importing.Wishes(
            place=feed, show_dir=show_dir, site_url=site_url, keep_address=keep_address, is_dry=dry_run
        )
        outcome = importing.import_show(wishes, voices)
    sys.exit(_end_import(outcome, show_dir, dry_run=dry_run))


def _end_import(outcome: ImportOutcome, show_dir: Path, *, dry_run: bool) -> int:
    """Old and new side by side, and what is left to do."""
    comparison = outcome.comparison
    for difference in comparison.differences if comparison else ():
        click.echo(f"differs: {shown_path(f'{difference.name}: {difference.message}')}", err=True)
    if dry_run:
        click.echo(f"dry run: nothing was written; the feed has {outcome.item_count} episodes")
        return DONE_IN_PART if outcome.loss_count else DONE
    if comparison is None:
        click.echo(f"not compared, since nothing could be published: {shown_path(outcome.obstacle)}", err=True)
        return DONE_IN_PART
    click.echo(
        f"compared: {comparison.same_count} of {comparison.item_count} items will be as they were "
        "in guid, title, date, duration and the words of their notes"
    )
    click.echo(f"next: podcast_tool publish{_to_paste(show_dir)}, and copy feed/ to where {outcome.new_url} will be")
    old, new = outcome.old_url, outcome.new_url
    if old and old != new:
        click.echo(
            f"then ask the old host to answer {shown_path(old)} with 301 (moved) to {new}, to put "
            f"<itunes:new-feed-url>{new}</itunes:new-feed-url> into the old feed, and to keep both for at least four "
            "weeks; do not close the account before"
        )
    return DONE_IN_PART if outcome.loss_count or any(d.is_serious for d in comparison.differences) else DONE


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
def publish(show_dirs: tuple[Path, ...], dry_run: bool, retag: tuple[str, ...], yes: bool) -> None:
    """Turn SHOW/episodes into SHOW/feed, of each SHOW.

    Exit code: 0 done; 1 nothing could be published; 3 done in part, because something was held back or left out.
    """
    is_alone = len(show_dirs) < 2
    _for_each(show_dirs, lambda show: _publish(show, dry_run=dry_run, retag=retag, is_sure=yes, is_alone=is_alone))


def _for_each(show_dirs: Sequence[Path], do: Callable[[Path], int]) -> NoReturn:
    """Do it with each show, whatever becomes of the others, and exit with their common code."""
    codes = set()
    for show_dir in show_dirs or (Path(),):
        try:
            codes.add(do(show_dir))
        except (PodcastError, OSError) as error:
            if len(show_dirs) < 2:
                raise
            click.echo(f"Error: {shown_path(f'{show_dir}: {error}')}", err=True)
            codes.add(NOT_DONE)
    sys.exit(codes.pop() if len(codes) == 1 else DONE_IN_PART)


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
        with _Progress() as progress:
            outcome = pipeline.publish(
                show_dir,
                lambda path: click.echo(f"wrote feed/{path}"),
                retag=retag,
                is_sure=is_sure,
                tell_progress=progress.tell,
            )
    for path in outcome.plan.delete:
        click.echo(f"{'would delete' if dry_run else 'deleted'} feed/{path}")
    if dry_run:
        _tell_changes(outcome)
    _tell_problems(outcome)
    for report in outcome.episodes:
        for cut in report.cuts if report.page_path in outcome.plan.write else ():
            click.echo(f"note: {shown_path(cut)}", err=True)
    _tell_waiting(outcome)
    if not outcome.has_feed and not outcome.plan.feed:
        _tell_no_feed(outcome)
        return _exit_code(outcome)
    if not outcome.plan.write:
        click.echo("nothing to do: feed/ is up to date")
    if dry_run:
        click.echo("dry run: nothing was written")
    else:
        click.echo(
            f"feed/ is ready; once it is copied to {outcome.show.site_url} the feed is at {outcome.show.feed_url}"
        )
    return _exit_code(outcome)


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
    _for_each(show_dirs, lambda show_dir: _tell_status(show_dir, as_json=as_json, is_alone=is_alone))


def _tell_status(show_dir: Path, *, as_json: bool, is_alone: bool) -> int:
    from podcast_tool import pipeline

    outcome = pipeline.survey(show_dir)
    if as_json:
        click.echo(json.dumps(_status_json(outcome), indent=2 if is_alone else None))
    else:
        if not is_alone:
            click.echo(click.style(f"{outcome.show.title} ({shown_path(str(show_dir))})", bold=True))
        for report in outcome.episodes:
            click.echo(_status_line(report))
            if report.state is State.SCHEDULED:
                click.echo(f"{'':<10} {_schedule(report, outcome)}")
            for cut in report.cuts:
                click.echo(f"{'':<10} {shown_path(cut)}")
        _tell_problems(outcome)
        click.echo(_counted(outcome))
    return _exit_code(outcome)


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
    from podcast_tool.pipeline.checking import find_rules

    if explain is not None:
        click.echo(pipeline.explain_rule(explain))
        return
    try:
        selected, ignored = find_rules(select), find_rules(ignore)
    except PodcastError as error:
        raise click.UsageError(shown_path(str(error))) from error
    failing = {Level.ERROR, Level.WARNING} if strict else {Level.ERROR}
    codes = set()
    for place in places or (".",):
        found, is_checked = _check_place(place, net)
        problems = [p for p in found if not is_checked or _is_asked(p.rule, selected, ignored)]
        codes.add(NOT_DONE if any(problem.level in failing for problem in problems) else DONE)
        if as_json:
            indent = 2 if len(places) < 2 else None
            click.echo(json.dumps({"problems": [_problem_json(problem) for problem in problems]}, indent=indent))
        else:
            for problem in problems:
                _tell_finding(problem)
            click.echo(f"{shown_path(place)}: {_counted_problems(problems)}")
    sys.exit(codes.pop() if len(codes) == 1 else DONE_IN_PART)


def _check_place(place: str, net: bool) -> tuple[tuple[Problem, ...], bool]:
    """What is wrong; and whether the place could be checked at all: if not, the next ones are checked all the same."""
    from podcast_tool import pipeline

    try:
        if Path(place).is_dir():
            return pipeline.check_show(Path(place), asks_host=net), True
        return pipeline.check_feed_at(place, asks_host=net), True
    except PodcastError as error:
        path, message = error.args
        return (Problem(rule=error.rule, level=Level.ERROR, where=str(path), message=message),), False


@cli.command(epilog="Example: podcast_tool withdraw immunotherapy")
@click.argument("episode")
@SHOW
@click.option("--now", is_flag=True, help="Its audio, page, transcripts, chapters and pictures go at once, too.")
@click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")
def withdraw(episode: str, show_dir: Path, now: bool, dry_run: bool) -> None:
    """Take EPISODE out of the feed now, and its files after the show's keep_days.

    Its guid and its name are never given to another; `restore` puts it back.
    """
    from podcast_tool import pipeline

    ending = pipeline.withdraw(show_dir, episode, _tell_path, at_once=now, is_dry=dry_run)
    _tell_ending(ending, "withdrawn", dry_run)
    if ending.outcome:
        for path in ending.outcome.plan.delete:
            click.echo(f"deleted feed/{path}")
        click.echo(
            "copy feed/ to your host; what caches, git history and the apps of listeners hold of it stays out of reach"
        )


@cli.command(epilog="Example: podcast_tool restore immunotherapy")
@click.argument("episode")
@SHOW
@click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")
def restore(episode: str, show_dir: Path, dry_run: bool) -> None:
    """Put a withdrawn EPISODE back into the feed, with its guid and its name."""
    from podcast_tool import pipeline

    _tell_ending(pipeline.restore(show_dir, episode, _tell_path, is_dry=dry_run), "restored", dry_run)


def _tell_path(path: str) -> None:
    click.echo(f"wrote feed/{path}")


def _tell_ending(ending: Ending, done: str, dry_run: bool) -> None:
    if ending.is_done_already and ending.outcome is None:
        click.echo(f"nothing to do: {ending.slug} is {'not withdrawn' if done == 'restored' else 'withdrawn already'}")
        return
    place = f" ({ending.marked_path})" if ending.marked_path else ""
    click.echo(f"{ending.slug} {'would be' if dry_run else 'is'} {done}{place}")


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


# -- questions --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Question:
    """What `init` asks for on a terminal."""

    words: str
    is_needed: bool = True
    usual: str | None = None
    """What the Enter key alone answers."""


_QUESTIONS = {
    "title": _Question(words="Name of the show"),
    "description": _Question(words="What it is about"),
    "site_url": _Question(words="Address of the folder where feed/ will be served (https://...)"),
    "language": _Question(words="Language", usual="en"),
    "categories": _Question(words="Apple's category, such as Health & Fitness > Medicine"),
    "explicit": _Question(words="Does it hold explicit language or content?", usual="no"),
    "author": _Question(words="Who makes it (Enter: not told)", is_needed=False, usual=""),
    "email": _Question(
        words="Whom directories write to, a public address (Enter: not told)", is_needed=False, usual=""
    ),
    "timezone": _Question(words="Timezone of its dates", is_needed=False, usual="UTC"),
}
_TRUTHS = {"yes": True, "y": True, "no": False, "n": False}


def _ask(answers: dict[str, Any], find_fault: Callable[[str, object], str | None]) -> None:
    """Each question that has no answer yet, until the answer is one."""
    for field, question in _QUESTIONS.items():
        if field not in answers:
            answer = click.prompt(
                question.words,
                default=question.usual,
                show_default=bool(question.usual),
                value_proc=partial(_judge, field, find_fault),
                err=True,
            )
            if answer is not None:
                answers[field] = answer


def _judge(field: str, find_fault: Callable[[str, object], str | None], typed: str) -> object:
    """Raises UsageError for what is no answer: then click asks again."""
    text = typed.strip()
    if not text and not _QUESTIONS[field].is_needed:
        return None
    value: object = (text,) if field == "categories" else text
    if field == "explicit":
        if text.lower() not in _TRUTHS:
            raise click.UsageError("answer yes or no")
        value = _TRUTHS[text.lower()]
    if fault := find_fault(field, value):
        raise click.UsageError(fault)
    return value


def _option_of(field: str) -> str:
    special = {"categories": "--category", "explicit": "--explicit/--clean"}
    return special.get(field, f"--{field.replace('_', '-')}")


# -- sentences --------------------------------------------------------------------------------------------------------


def _tell_placed(paths: Sequence[str], show_dir: Path, *, dry_run: bool) -> None:
    for path in paths:
        click.echo(f"{'would write' if dry_run else 'wrote'} {shown_path(str(show_dir / path))}")
    if dry_run:
        click.echo("dry run: nothing was written")


def _to_paste(show_dir: Path, option: str = "") -> str:
    """The show as the next command line needs it; nothing where one stands in it."""
    return f"{option} {shlex.quote(shown_path(str(show_dir)))}" if show_dir != Path() else ""


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


def _is_asked(rule: str, selected: Set[str], ignored: Set[str]) -> bool:
    return (not selected or rule in selected) and rule not in ignored


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

    def say(self, line: str, *, err: bool = False) -> None:
        """A line above the bar."""
        if self._bar is not None:
            click.echo("\r\033[K", nl=False, err=True)
        click.echo(line, err=err)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar, self._what = None, ""


def _consequence(problem: Problem) -> str:
    return " [held back]" if problem.holds else ""


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


def _tell_waiting(outcome: Outcome) -> None:
    """What is not in the feed yet, and when to publish again."""
    scheduled = [report for report in outcome.episodes if report.state is State.SCHEDULED]
    for report in outcome.episodes:
        if report in scheduled:
            click.echo(f"scheduled: {report.slug} for {_schedule(report, outcome)}")
        elif report.state is State.DRAFT:
            click.echo(f"draft: {report.slug}")
    if scheduled:
        first = min(scheduled, key=lambda report: report.published_at or outcome.now)
        click.echo(f"publish again at {_schedule(first, outcome)}: {first.slug} is due then")


def _schedule(report: EpisodeReport, outcome: Outcome) -> str:
    """The moment in UTC, where the show is made, and how long until then."""
    if report.published_at is None:
        return "no date"
    local = report.published_at.astimezone(ZoneInfo(outcome.show.timezone))
    minutes = max(0, int((report.published_at - outcome.now).total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60
    count, unit = (days, "day") if days > 1 else (hours, "hour") if hours else (minutes, "minute")
    spoken = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{_moment(report.published_at)} ({local:%H:%M} {outcome.show.timezone}), in {spoken}"


def _tell_no_feed(outcome: Outcome) -> None:
    """A feed needs an item (RSS-ITEMS-MIN): without one nothing is written."""
    if not outcome.episodes:
        raise PodcastError("episodes/", "holds no episode; put a recording there with a sidecar or an article")
    if any(report.state is State.HELD for report in outcome.episodes):
        raise PodcastError("episodes/", "nothing was published: every episode that is due is held back")
    click.echo("nothing is due yet: feed/ is not written")


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
