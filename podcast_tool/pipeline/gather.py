"""Everything up to the identities: find -> read -> describe -> identify."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path

from podcast_tool.audio.read import read_recording
from podcast_tool.audio.sound import AudioError
from podcast_tool.check.artwork import check_image
from podcast_tool.check.show import check_own_address
from podcast_tool.describe import describe
from podcast_tool.errors import ShowError
from podcast_tool.identify.adopt import adopt_items
from podcast_tool.identify.episodes import identify
from podcast_tool.model import Description, EpisodeFiles, Extent, Item, Level, Problem, Reading, Record, Recording, Show
from podcast_tool.pipeline.site import Site
from podcast_tool.produce.workshop import Workshop
from podcast_tool.publish.memory import Memory
from podcast_tool.publish.records import withdraw_record
from podcast_tool.publish.spool import Spool, read_extents
from podcast_tool.read.clock import read_clock
from podcast_tool.read.episode import read_episode
from podcast_tool.read.feed import read_published_feed
from podcast_tool.read.find import find_episodes
from podcast_tool.read.ledger import read_ledger
from podcast_tool.read.show import DEFAULT_FEED_PATH, read_show
from podcast_tool.vocabulary.namespaces import NAMESPACES


def settle(
    spool: Spool, workshop: Workshop, memory: Memory, retag: Sequence[str], withdraw: Set[str] = frozenset()
) -> Site:
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
    feed = read_published_feed(feed_file, workshop.keep)
    items = tuple(_bound(item, feed.declarations, workshop.keep) for item in feed.items)
    adopted = tuple(adopt_items(items, ledger, show, partial(_find_audio, feed_dir)))
    records = (withdraw_record(r, now) if r.guid in withdraw else r for r in ledger.records + adopted)
    ledger = replace(ledger, records=tuple(records))
    descriptions = [_checked(describe(_read(files, show_dir, memory), show), show) for files in found.episodes]
    memory.forget_all_but(files.key for files in found.episodes)
    identities = identify(descriptions, ledger, items, show, now, frozenset(record.guid for record in adopted))
    site = Site(
        show=show,
        show_problems=(
            *show_problems,
            *(p for p in cover_problems if p.level is not Level.ERROR),
            *found.problems,
            *check_own_address(show),
            *_tell_adopted(feed_file, adopted),
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


def _tell_adopted(feed_file: Path, adopted: Sequence[Record]) -> Iterator[Problem]:
    if adopted:
        message = (
            f"names episodes that ledger.json does not know ({len(adopted)}); their records were made anew from it"
        )
        yield Problem(rule="FILE-LEDGER", level=Level.WARNING, where=f"feed/{feed_file.name}", message=message)


def _find_audio(feed_dir: Path, path: str) -> Recording | None:
    with suppress(AudioError):
        return read_recording(feed_dir, path, lambda _: None)
    return None


def _bound(item: Item, declarations: Mapping[str, str], keep: Callable[[bytes], Extent]) -> Item:
    """An item of another program's feed, with the namespaces that our frame does not declare as it did."""
    foreign = {prefix: uri for prefix, uri in declarations.items() if NAMESPACES.get(prefix) != uri}
    if not foreign:
        return item
    raw = b"".join(read_extents([item.extent]))
    declared = "".join(
        f' xmlns:{prefix}="{escape(uri)}"' for prefix, uri in foreign.items() if f"{prefix}:".encode() in raw
    )
    if not declared:
        return item
    raw = raw.replace(b"<item", b"<item" + declared.encode(), 1)
    return replace(item, extent=keep(raw), sha256=hashlib.sha256(raw).hexdigest())


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
