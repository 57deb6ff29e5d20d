"""`check`: one set of rules, for a show before it is published and for any feed."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from podcast_tool.check.artwork import check_image
from podcast_tool.check.feed.feed import check_feed
from podcast_tool.check.host import check_host, find_targets
from podcast_tool.check.recordings import check_recording
from podcast_tool.check.rules import RULES, close_rules, explain
from podcast_tool.check.show import as_if_public
from podcast_tool.errors import PodcastError, ShowError
from podcast_tool.model import FeedFrame, FeedItem, Level, PlannedFile, Problem
from podcast_tool.pipeline.commands import surveyed
from podcast_tool.pipeline.site import Site
from podcast_tool.publish.spool import read_extents
from podcast_tool.read.clock import read_clock
from podcast_tool.read.document import read_feed_document, scan_feed
from podcast_tool.read.host import HostError, ask_host, fetch_feed, is_private_url
from podcast_tool.read.show import read_show, require_show

# The readers of show.toml name the rule behind some faults, in brackets.
_NAMED_RULE = re.compile(r" \(([A-Z0-9]{2,9}(?:-[A-Z0-9]{1,9}){1,4})\)")


def check_show(show_dir: Path, *, asks_host: bool) -> tuple[Problem, ...]:
    """What is wrong with a show: its files, and the feed that publishing them would give.

    Args:
        asks_host: also ask where the show is published.

    Raises:
        PodcastError: nothing could be published.
    """
    require_show(show_dir)
    try:
        problems = _check_cover(show_dir) or _check_site(show_dir, asks_host=asks_host)
    except ShowError as error:
        told = _under_its_rule(_problem_of(error))
        named = ShowError(told.where, told.message)
        named.rule = told.rule
        raise named from error
    return tuple(dict.fromkeys(map(_under_its_rule, problems)))


def check_feed_at(place: str, *, asks_host: bool) -> tuple[Problem, ...]:
    """What is wrong with any feed.

    Args:
        place: a file, or an address that begins with http:// or https://.
        asks_host: also ask the hosts of its media.

    Raises:
        PodcastError: there is no feed to be had.
    """
    now = read_clock(os.environ)
    if "://" not in place:
        path = Path(place)
        problems = list(check_feed(read_feed_document(path), feed_url=None, now=now))
        return (*problems, *(_check_host(path, None, may_be_private=False) if asks_host else ()))
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder:
        path = Path(folder) / "feed.xml"
        fetched = fetch_feed(place, path)
        problems = list(check_feed(read_feed_document(path), feed_url=place, now=now))
        if asks_host:
            problems += _check_host(path, place, may_be_private=fetched.is_private)
    return tuple(problems)


def explain_rule(rule_id: str) -> str:
    """A rule in words, with its source.

    Raises:
        PodcastError: there is none of that id.
    """
    found = explain(rule_id)
    if found is None:
        raise _unknown_rule(rule_id)
    return found


def find_rules(names: Iterable[str]) -> frozenset[str]:
    """The ids that *names* mean: whole ones, or what ids begin with (AP, RSS-CH); commas part several in one.

    Raises:
        PodcastError: one means no rule.
    """
    found: set[str] = set()
    for name in (part.strip() for text in names for part in text.split(",")):
        wanted = name.upper().rstrip("-*")
        meant = {rule for rule in RULES if wanted and f"{rule}-".startswith(f"{wanted}-")}
        if not meant:
            raise _unknown_rule(name)
        found |= meant
    return frozenset(found)


def _unknown_rule(name: str) -> PodcastError:
    close = close_rules(name)
    hint = f"did you mean {close[0]}?" if close else "docs/rules.md lists them all"
    return PodcastError(name or '""', f"is no rule of check; {hint}")


def _check_cover(show_dir: Path) -> list[Problem]:
    """What stops the whole publish, by its rule, with what else is wrong in show.toml; nothing of a sound cover."""
    show, problems = read_show(show_dir)
    faults = [fault for fault in check_image(show.cover) if fault.level is Level.ERROR]
    return [*problems, *faults] if faults and not show.fix_artwork else []


def _check_site(show_dir: Path, *, asks_host: bool) -> list[Problem]:
    with surveyed(show_dir, ()) as site:
        outcome = site.outcome(checks_feed=False)
        problems = [*outcome.problems, *_check_recordings(site)]
        if outcome.plan.feed:
            problems += _check_planned(site, outcome.plan.feed)
    if asks_host:
        problems += _check_published(site.show.feed_url)
    return problems


def _check_planned(site: Site, feed: PlannedFile) -> Iterator[Problem]:
    """The rules for feeds, of the one that a publish would write."""
    site.spool.flush()
    show = site.show
    texts = (b"".join(read_extents([part])).decode("utf-8", "surrogateescape") for part in feed.parts)
    document = scan_feed(as_if_public(text, show).encode("utf-8", "surrogateescape") for text in texts)
    yield from check_feed(document, feed_url=as_if_public(show.feed_url, show), now=site.now)


def _problem_of(error: PodcastError) -> Problem:
    path, message = error.args
    return Problem(rule=error.rule, level=Level.ERROR, where=str(path), message=message)


def _under_its_rule(problem: Problem) -> Problem:
    """A fault of show.toml that breaks a rule for feeds is told as that rule's."""
    named = _NAMED_RULE.search(problem.message) if problem.rule == "FILE-SHOW" else None
    if named is None or named[1] not in RULES:
        return problem
    return replace(problem, rule=named[1], message=problem.message.replace(named[0], "", 1))


def _check_recordings(site: Site) -> Iterator[Problem]:
    for entry in site.entries:
        if entry.description and entry.description.recording:
            yield from check_recording(entry.description.recording)


def _check_published(feed_url: str) -> Iterator[Problem]:
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder:
        path = Path(folder) / "feed.xml"
        try:
            fetch_feed(feed_url, path)
        except HostError as error:
            yield _problem_of(error)
            return
        yield from _check_host(path, feed_url, may_be_private=is_private_url(feed_url))


def _check_host(path: Path, feed_url: str | None, *, may_be_private: bool) -> Iterator[Problem]:
    frame = next(part for part in read_feed_document(path) if isinstance(part, FeedFrame))
    items = (part for part in read_feed_document(path) if isinstance(part, FeedItem))
    targets = find_targets(feed_url, frame.channels[0] if frame.channels else None, items)
    yield from check_host(ask_host(targets, may_be_private=may_be_private))
