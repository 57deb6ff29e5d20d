"""`check`: one set of rules, for a show before it is published and for any feed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from podcast_tool.check.feed.feed import check_feed
from podcast_tool.check.host import check_host, find_targets
from podcast_tool.check.recordings import check_recording
from podcast_tool.check.rules import RULES, explain
from podcast_tool.errors import PodcastError
from podcast_tool.model import FeedFrame, FeedItem, Problem
from podcast_tool.pipeline.commands import surveyed
from podcast_tool.pipeline.site import Site
from podcast_tool.publish.spool import read_extents
from podcast_tool.read.clock import read_clock
from podcast_tool.read.document import read_feed_document, scan_feed
from podcast_tool.read.host import ask_host, fetch_feed, is_private_url
from podcast_tool.read.show import require_show


def check_show(show_dir: Path, *, asks_host: bool) -> tuple[Problem, ...]:
    """What is wrong with a show: its files, and the feed that publishing them would give.

    Args:
        asks_host: also ask where the show is published.

    Raises:
        PodcastError: nothing could be published.
    """
    require_show(show_dir)
    with surveyed(show_dir, ()) as site:
        outcome = site.outcome(checks_feed=False)
        problems = [*outcome.problems, *_check_recordings(site)]
        if feed := outcome.plan.feed:
            site.spool.flush()
            document = scan_feed(read_extents(feed.parts))
            problems += check_feed(document, feed_url=site.show.feed_url, now=site.now)
    if asks_host:
        problems += _check_published(site.show.feed_url)
    return tuple(dict.fromkeys(problems))


def check_feed_at(place: str, *, asks_host: bool) -> tuple[Problem, ...]:
    """What is wrong with any feed.

    Args:
        place: a file, or an address that begins with http:// or https://.
        asks_host: also ask the hosts of its media.

    Raises:
        PodcastError: there is no feed to be had.
    """
    now = read_clock(os.environ)
    if not place.startswith(("http://", "https://")):
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
        close = get_close_matches(rule_id.upper(), RULES, n=1)
        hint = f"did you mean {close[0]}?" if close else "docs/rules.md lists them all"
        raise PodcastError(rule_id, f"is no rule of check; {hint}")
    return found


def _check_recordings(site: Site) -> Iterator[Problem]:
    for entry in site.entries:
        if entry.description and entry.description.recording:
            yield from check_recording(entry.description.recording)


def _check_published(feed_url: str) -> Iterator[Problem]:
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder:
        path = Path(folder) / "feed.xml"
        fetch_feed(feed_url, path)
        yield from _check_host(path, feed_url, may_be_private=is_private_url(feed_url))


def _check_host(path: Path, feed_url: str | None, *, may_be_private: bool) -> Iterator[Problem]:
    frame = next(part for part in read_feed_document(path) if isinstance(part, FeedFrame))
    items = (part for part in read_feed_document(path) if isinstance(part, FeedItem))
    targets = find_targets(feed_url, frame.channels[0] if frame.channels else None, items)
    yield from check_host(ask_host(targets, may_be_private=may_be_private))
