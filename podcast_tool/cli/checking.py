"""check: a show before it is published, or any feed."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence, Set
from pathlib import Path

import click

from podcast_tool.cli.group import cli, is_defaults
from podcast_tool.cli.sentences import DONE, DONE_IN_PART, LEVEL_COLOURS, NOT_DONE, problem_json
from podcast_tool.errors import PodcastError
from podcast_tool.model import Level, Problem
from podcast_tool.text import shown_path


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
    if len(places) > 1:  # `shows/*` names it, too
        places = tuple(place for place in places if not is_defaults(place))
    for place in places or (".",):
        found, is_checked = _check_place(place, net)
        problems = [p for p in found if not is_checked or _is_asked(p.rule, selected, ignored)]
        codes.add(NOT_DONE if any(problem.level in failing for problem in problems) else DONE)
        if as_json:
            indent = 2 if len(places) < 2 else None
            click.echo(json.dumps({"problems": [problem_json(problem) for problem in problems]}, indent=indent))
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


def _tell_finding(problem: Problem) -> None:
    """A result of `check`, on standard output."""
    level = click.style(f"{problem.level}:", fg=LEVEL_COLOURS[problem.level])
    click.echo(f"{level} {shown_path(str(problem))} [{problem.rule}]")


def _is_asked(rule: str, selected: Set[str], ignored: Set[str]) -> bool:
    return (not selected or rule in selected) and rule not in ignored


def _counted_problems(problems: Sequence[Problem]) -> str:
    counts = [(sum(problem.level is level for problem in problems), str(level)) for level in Level]
    spoken = ", ".join(f"{count} {level}{'s' if count > 1 else ''}" for count, level in counts if count)
    return spoken or "nothing is wrong"
