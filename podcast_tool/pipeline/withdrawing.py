"""An episode's end, and its return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from podcast_tool.authoring.withdraw import mark_withdrawn
from podcast_tool.errors import PodcastError
from podcast_tool.model import Outcome, State
from podcast_tool.pipeline.commands import publish, surveyed, surveying
from podcast_tool.pipeline.entry import Entry
from podcast_tool.pipeline.gather import gather, name_below, settle
from podcast_tool.read.show import require_show


@dataclass(frozen=True, kw_only=True)
class Ending:
    """What withdrawing or restoring an episode comes to."""

    slug: str
    is_done_already: bool
    marked_path: str | None
    """The sidecar that says it; None: the episode has no files, so that only the ledger can."""
    outcome: Outcome | None
    """Of the publish that follows; None if nothing was done."""


def withdraw(show_dir: Path, name: str, tell: Callable[[str], None], *, at_once: bool, is_dry: bool) -> Ending:
    """Take an episode out of the feed now, and its files after `keep_days`.

    Args:
        at_once: its audio, page, transcripts, chapters and pictures go now, too.

    Raises:
        PodcastError: there is no such episode, or its sidecar cannot be changed.
    """
    entry = _find(show_dir, name)
    record, is_marked = entry.identity.record, entry.identity.state is State.WITHDRAWN
    # Somebody may have marked it by hand, and not published since.
    is_done = is_marked and (record is None or record.withdrawn_at is not None)
    path = _sidecar_of(entry)
    if path and not is_marked:
        _mark(show_dir, path, entry, withdrawn=True, is_dry=is_dry)
    guids = frozenset({record.guid}) if record else frozenset()
    if is_dry or (is_done and not at_once):
        outcome = _foresee_purge(show_dir, entry, guids) if is_dry and at_once else None
        return Ending(slug=entry.identity.slug, is_done_already=is_done, marked_path=path, outcome=outcome)
    # Whoever withdraws what is gone has answered the question whether it is to be gone.
    is_sure = entry.identity.state is State.MISSING
    purge = guids if at_once else frozenset()
    outcome = publish(show_dir, tell, withdraw=guids, purge=purge, is_sure=is_sure)
    return Ending(slug=entry.identity.slug, is_done_already=is_done, marked_path=path, outcome=outcome)


def _foresee_purge(show_dir: Path, entry: Entry, guids: frozenset[str]) -> Outcome:
    """What a publish without this episode and its files would do."""
    with surveying(show_dir) as bench:
        gathered = gather(show_dir, bench.memory)
        marked = [replace(d, withdrawn=True) if d.key == entry.identity.key else d for d in gathered.descriptions]
        gathered = replace(gathered, descriptions=tuple(marked))
        site = settle(gathered, bench.spool, bench.workshop, bench.memory, withdraw=guids)
        site.purge = guids
        return site.outcome(checks_feed=False)


def restore(show_dir: Path, name: str, tell: Callable[[str], None], *, is_dry: bool) -> Ending:
    """Put a withdrawn episode back into the feed, with its guid.

    Raises:
        PodcastError: there is no such episode, its files are gone, or its sidecar cannot be changed.
    """
    entry = _find(show_dir, name)
    record, is_marked = entry.identity.record, entry.identity.state is State.WITHDRAWN
    is_done = not is_marked and (record is None or record.withdrawn_at is None)
    if entry.description is None:
        raise PodcastError(entry.identity.slug, "has no files any more; put them back into episodes/ first")
    # Where the mark is, be it the article's front matter.
    path = entry.description.sources.get("withdrawn") or _sidecar_of(entry)
    if path and is_marked:
        _mark(show_dir, path, entry, withdrawn=False, is_dry=is_dry)
    if is_dry or is_done:
        return Ending(slug=entry.identity.slug, is_done_already=is_done, marked_path=path, outcome=None)
    outcome = publish(show_dir, tell)
    return Ending(slug=entry.identity.slug, is_done_already=False, marked_path=path, outcome=outcome)


def _mark(show_dir: Path, path: str, entry: Entry, *, withdrawn: bool, is_dry: bool) -> None:
    guid = entry.identity.record.guid if entry.identity.record else None
    is_new = path not in entry.names
    mark_withdrawn(show_dir, path, guid=guid, is_new=is_new, withdrawn=withdrawn, is_dry=is_dry)


def _find(show_dir: Path, name: str) -> Entry:
    """The one episode that is called so: an end is not for one that merely has the same name, too.

    Raises:
        PodcastError: there is none, or there are several.
    """
    require_show(show_dir)
    with surveyed(show_dir, ()) as site:
        below = name_below(show_dir, name)
        called = [entry for entry in site.entries if below in entry.names]
        # A stem may be that of several folders; slugs are one episode's alone, as are paths.
        if exact := [entry for entry in called if entry.identity.slug == below]:
            return exact[0]
        if len(called) > 1:
            slugs = ", ".join(sorted(entry.identity.slug for entry in called))
            raise PodcastError(name, f"is the name of several episodes; give the slug of the one you mean: {slugs}")
        return site.find(below)


def _sidecar_of(entry: Entry) -> str | None:
    """Its sidecar; where it has none, the one that it could have beside its recording."""
    if entry.description is None:
        return None
    sidecars = sorted(name for name in entry.names if name.endswith((".toml", ".yaml", ".yml", ".json")))
    own = [name for name in sidecars if not name.endswith((".chapters.json", ".transcript.json"))]
    return own[0] if own else f"episodes/{entry.description.key}.toml"
