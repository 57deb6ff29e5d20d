"""Everything up to the identities: find -> read -> describe -> identify."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from podcast_tool.check.artwork import check_image
from podcast_tool.check.show import check_own_address
from podcast_tool.describe import describe
from podcast_tool.errors import LedgerError, ShowError
from podcast_tool.identify import identify
from podcast_tool.model import Description, EpisodeFiles, Level, Reading, Show
from podcast_tool.pipeline.site import Site
from podcast_tool.produce.workshop import Workshop
from podcast_tool.publish.memory import Memory
from podcast_tool.publish.spool import Spool
from podcast_tool.read.clock import read_clock
from podcast_tool.read.episode import read_episode
from podcast_tool.read.feed import read_published_feed
from podcast_tool.read.find import find_episodes
from podcast_tool.read.ledger import read_ledger
from podcast_tool.read.show import DEFAULT_FEED_PATH, read_show


def settle(spool: Spool, workshop: Workshop, memory: Memory, retag: Sequence[str]) -> Site:
    """All that is decided before anything is written."""
    show_dir, feed_dir = workshop.show_dir, workshop.feed_dir
    now = read_clock(os.environ)
    show, show_problems = read_show(show_dir)
    cover_problems = tuple(check_image(show.cover))
    if not show.fix_artwork and (errors := [p for p in cover_problems if p.level is Level.ERROR]):
        raise ShowError(errors[0].where, f"{errors[0].message}; directories refuse the show otherwise")
    found = find_episodes(show_dir)
    ledger = read_ledger(feed_dir)
    feed_file = feed_dir / (ledger.feed_path or DEFAULT_FEED_PATH)
    items = read_published_feed(feed_file)
    if {item.guid for item in items} - {record.guid for record in ledger.records}:
        message = "names episodes that ledger.json does not know; take ledger.json from a backup or from git"
        raise LedgerError(feed_file, message)

    descriptions = [_checked(describe(_read(files, show_dir, memory), show), show) for files in found.episodes]
    memory.forget_all_but(files.key for files in found.episodes)
    identities = identify(descriptions, ledger, items, show, now)
    site = Site(
        show=show,
        show_problems=(
            *show_problems,
            *(p for p in cover_problems if p.level is not Level.ERROR),
            *found.problems,
            *check_own_address(show),
        ),
        found=found,
        ledger=ledger,
        items=items,
        now=now,
        spool=spool,
        workshop=workshop,
        memory=memory,
        retag=frozenset(name_below(show_dir, name) for name in retag),
    )
    for files, description, identity in zip(found.episodes, descriptions, identities, strict=False):
        site.add(files, description, identity)
    for identity in identities[len(descriptions) :]:
        site.keep(frozenset({identity.slug}), None, identity)
    for name in site.retag:
        site.find(name)
    return site


def _read(files: EpisodeFiles, show_dir: Path, memory: Memory) -> Reading:
    reading = memory.recall_reading(files, show_dir)
    if reading is None:
        reading = read_episode(files, show_dir)
        memory.keep_reading(files, reading, show_dir)
    return reading


def _checked(description: Description, show: Show) -> Description:
    """Without a picture that directories would refuse, unless it is mended."""
    if description.artwork is None:
        return description
    if description.artwork.sha256 == show.cover.sha256:  # only one that differs from the cover (AP-IT-IMG)
        return replace(description, artwork=None)
    problems = tuple(check_image(description.artwork))
    errors = [problem for problem in problems if problem.level is Level.ERROR]
    if not errors:
        return replace(description, problems=description.problems + problems)
    if show.fix_artwork:
        return description
    if description.artwork.is_embedded:  # nobody laid it there for this feed
        problems = tuple(replace(problem, level=Level.NOTE) for problem in problems)
    return replace(description, artwork=None, problems=description.problems + problems)


def name_below(show_dir: Path, name: str) -> str:
    """A path as it is below the show folder; any other name as it is."""
    path = Path(name).resolve()
    root = show_dir.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path.exists() else name
