"""withdraw and restore: an episode's end, and its return."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podcast_tool.cli.group import SHOW, cli
from podcast_tool.cli.sentences import DONE, DONE_IN_PART, tell_problems
from podcast_tool.model import Level

if TYPE_CHECKING:
    from podcast_tool.pipeline.withdrawing import Ending


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
            click.echo(f"{'would delete' if dry_run else 'deleted'} feed/{path}")
        if not dry_run:
            click.echo(
                "copy feed/ to your host; "
                "what caches, git history and the apps of listeners hold of it stays out of reach"
            )
    sys.exit(_end_publish_beside(ending))


@cli.command(epilog="Example: podcast_tool restore immunotherapy")
@click.argument("episode")
@SHOW
@click.option("--dry-run", is_flag=True, help="Say what would be done; do nothing.")
def restore(episode: str, show_dir: Path, dry_run: bool) -> None:
    """Put a withdrawn EPISODE back into the feed, with its guid and its name."""
    from podcast_tool import pipeline

    ending = pipeline.restore(show_dir, episode, _tell_path, is_dry=dry_run)
    _tell_ending(ending, "restored", dry_run)
    sys.exit(_end_publish_beside(ending))


def _end_publish_beside(ending: Ending) -> int:
    """Tell what is wrong with the show that was published along with it; the exit code is of the one episode."""
    if ending.outcome is None:
        return DONE
    tell_problems(ending.outcome)
    own = [report for report in ending.outcome.episodes if report.slug == ending.slug]
    concerned = (*ending.outcome.show_problems, *(problem for report in own for problem in report.problems))
    return DONE_IN_PART if any(problem.level is Level.ERROR for problem in concerned) else DONE


def _tell_path(path: str) -> None:
    click.echo(f"wrote feed/{path}")


def _tell_ending(ending: Ending, done: str, dry_run: bool) -> None:
    if ending.is_done_already and ending.outcome is None:
        click.echo(f"nothing to do: {ending.slug} is {'not withdrawn' if done == 'restored' else 'withdrawn already'}")
        return
    place = f" ({ending.marked_path})" if ending.marked_path else ""
    click.echo(f"{ending.slug} {'would be' if dry_run else 'is'} {done}{place}")
