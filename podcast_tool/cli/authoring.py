"""init, add, import: the commands that write episodes/."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from podcast_tool.cli.group import FILE, SHOW_FOLDER, cli
from podcast_tool.cli.progress import Progress
from podcast_tool.cli.sentences import DONE, DONE_IN_PART, tell_placed, tell_problem, to_paste
from podcast_tool.errors import PodcastError
from podcast_tool.model import ImportOutcome
from podcast_tool.text import shown_path


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
    tell_placed(begun.paths, show_dir, dry_run=dry_run)
    for problem in begun.problems:
        tell_problem(problem)
    if not begun.paths:
        click.echo(f"{shown_path(str(show_dir))} is begun already: show.toml and the cover are there")
    elif not dry_run:
        click.echo(f"next: podcast_tool add AUDIO{to_paste(show_dir, ' --show')}")


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
    tell_placed(added.paths, show_dir, dry_run=dry_run)
    for problem in added.problems:
        tell_problem(problem)
    if not added.paths:
        click.echo(f"nothing to do: {shown_path(added.stem)} is there already")
    elif not dry_run:
        waits = any(problem.holds for problem in added.problems)
        first = f"complete episodes/{shown_path(added.stem)}.toml, then run " if waits else ""
        click.echo(f"next: {first}podcast_tool publish{to_paste(show_dir)}")


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

    with Progress() as progress:
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
    click.echo(f"next: podcast_tool publish{to_paste(show_dir)}, and copy feed/ to where {outcome.new_url} will be")
    old, new = outcome.old_url, outcome.new_url
    if old and old != new:
        click.echo(
            f"then ask the old host to answer {shown_path(old)} with 301 (moved) to {new}, to put "
            f"<itunes:new-feed-url>{new}</itunes:new-feed-url> into the old feed, and to keep both for at least four "
            "weeks; do not close the account before"
        )
    return DONE_IN_PART if outcome.loss_count or any(d.is_serious for d in comparison.differences) else DONE


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
