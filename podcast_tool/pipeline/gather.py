"""Everything up to the identities: find -> read -> describe -> identify."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from pathlib import Path
from typing import TypeVar

from podcast_tool.audio.read import read_recording
from podcast_tool.audio.sound import AudioError
from podcast_tool.check.artwork import check_image
from podcast_tool.check.show import check_guid, check_own_address
from podcast_tool.check.theme import check_theme
from podcast_tool.describe import describe
from podcast_tool.errors import ShowError, WriteError
from podcast_tool.identify.adopt import adopt_items
from podcast_tool.identify.episodes import identify
from podcast_tool.model import (
    Description,
    EpisodeFiles,
    Extent,
    Figure,
    Found,
    Identity,
    Item,
    Level,
    Problem,
    Reading,
    Record,
    Recording,
    Show,
    State,
)
from podcast_tool.pipeline.entry import Preview
from podcast_tool.pipeline.site import Site
from podcast_tool.produce.workshop import Workshop
from podcast_tool.publish.memory import Memory
from podcast_tool.publish.records import withdraw_record
from podcast_tool.publish.site import SourceError
from podcast_tool.publish.spool import MEND, Spool, read_extents
from podcast_tool.read.clock import read_clock
from podcast_tool.read.episode import read_episode, read_published_parts
from podcast_tool.read.feed import read_published_feed
from podcast_tool.read.find import find_episodes
from podcast_tool.read.ledger import read_ledger
from podcast_tool.read.show import DEFAULT_FEED_PATH, read_show
from podcast_tool.vocabulary.namespaces import NAMESPACES

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds: while neither changes, a file is taken for the same."""

_STILL_COPIED = "is still being copied; publish again once it is whole"
_GONE = "went while it was being published; put it back and publish again"
_MAX_ATTEMPTS = 10
_OF_FULL_DISKS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})

_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Gathered:
    """What stood in episodes/ when it was read; nothing of it changes when the files do."""

    show_dir: Path
    show: Show
    show_problems: tuple[Problem, ...]
    found: Found
    descriptions: tuple[Description, ...]
    """One for each of the episodes found, in their order."""
    stamps: Mapping[str, Stamp | None]
    """Of the files that are read once more when they are published, as they were listed: by path below the show."""
    changed: str = _STILL_COPIED
    """What is said of one of them that is another by now."""

    def changed_sources(self, paths: Iterable[str]) -> dict[str, str]:
        """Which of *paths* are not as they were any more, and what is said of each."""
        stamps = {path: _stamp(self.show_dir / path) for path in paths if path in self.stamps}
        return {path: self.changed if stamp else _GONE for path, stamp in stamps.items() if stamp != self.stamps[path]}

    def attempt(self, do: Callable[[Mapping[str, str]], _T]) -> _T:
        """What *do* gives; where a file turns out to have changed under way, once more without its episodes.

        Args:
            do: given what is wrong with which files, by their paths.
        """
        held: dict[str, str] = {}
        for _ in range(_MAX_ATTEMPTS):
            try:
                return do(held)
            except (OSError, ValueError, SourceError) as error:
                fresh = {path: fault for path, fault in self._suspects(error).items() if path not in held}
                if not fresh and isinstance(error, OSError) and error.filename2 is not None:
                    # Of copying, shutil names first the file that could be read.
                    raise WriteError(error.filename2, f"cannot be written ({error.strerror}); {MEND}") from error
                if not fresh:
                    raise
                held |= fresh
        return do(held)

    def _suspects(self, error: Exception) -> dict[str, str]:
        suspects = self.changed_sources(self.stamps)
        named = Path(str(error.args[0] if isinstance(error, SourceError) else getattr(error, "filename", None)))
        is_of_disk = isinstance(error, OSError) and error.errno in _OF_FULL_DISKS
        if named.is_relative_to(self.show_dir) and not is_of_disk:
            path = named.relative_to(self.show_dir).as_posix()
            if path in self.stamps:  # a clock that ticks slowly shows no change
                suspects.setdefault(path, self.changed)
        return suspects


def gather(show_dir: Path, memory: Memory) -> Gathered:
    """Read the show and all its episodes.

    Raises:
        ShowError: the show cannot be published at all.
    """
    show, show_problems = read_show(show_dir)
    cover_problems = tuple(check_image(show.cover))
    if not show.fix_artwork and (errors := [p for p in cover_problems if p.level is Level.ERROR]):
        raise ShowError(errors[0].where, f"{errors[0].message}; directories refuse the show otherwise")
    found = find_episodes(show_dir)
    listed = dict.fromkeys((*found.unclaimed, *(path for files in found.candidates for path in _listed(files))))
    stamps = {path: _stamp(show_dir / path) for path in listed}
    descriptions = []
    for files in found.candidates:
        description = _checked(describe(_read(files, show_dir, memory), show), show)
        descriptions.append(description)
        for path in _sources(description):
            if path not in stamps:  # a picture that only its chapters name
                stamps[path] = _stamp(show_dir / path)
    memory.forget_all_but(files.key for files in found.candidates)
    found, descriptions = _without_claimed(found, descriptions)
    return Gathered(
        show_dir=show_dir,
        show=show,
        show_problems=(
            *show_problems,
            *(p for p in cover_problems if p.level is not Level.ERROR),
            *found.problems,
            *check_own_address(show),
            *check_theme(show),
        ),
        found=found,
        descriptions=tuple(descriptions),
        stamps=stamps,
    )


def _without_claimed(found: Found, descriptions: Sequence[Description]) -> tuple[Found, list[Description]]:
    """Without recordings that a sidecar of another stem names, and that nothing beside them dates: they are its own.

    What else lies beside them is nobody's, and told, unless that sidecar names it, too.
    """
    pairs = list(zip(found.candidates, descriptions, strict=True))
    own = {path for files, _ in pairs if files.sidecars for path in files.recordings}
    with_sidecar = [(d.recording.path, d) for files, d in pairs if files.sidecars and d.recording]
    named = {path: d for path, d in with_sidecar if path not in own}

    def is_claimed(files: EpisodeFiles, description: Description) -> bool:
        is_broken = any(problem.rule == "FILE-ARTICLE" for problem in description.problems)  # the date may be in it
        is_undated = description.published_at is None and not is_broken
        return bool(files.recordings) and not files.sidecars and is_undated and named.keys() >= {*files.recordings}

    claimed = {files.key: files for files, description in pairs if is_claimed(files, description)}
    problems = (p for files in claimed.values() for p in _tell_left(files, named[files.recordings[0]]))
    episodes = tuple(files for files in found.episodes if files.key not in claimed)
    found = replace(found, episodes=episodes, problems=(*found.problems, *problems))
    return found, [d for files, d in pairs if files.key not in claimed]


def _tell_left(files: EpisodeFiles, claimant: Description) -> Iterator[Problem]:
    """What lies beside a recording that another sidecar names, and is not of that one's episode."""
    taken = {claimant.notes.path if claimant.notes else None, claimant.sources.get("chapters")}
    taken |= {claimant.artwork.path if claimant.artwork else None, *files.recordings}
    for path in sorted({*files.paths} - taken):
        message = (
            f"is of no episode, since the sidecar of {claimant.key} names its recording; give all of them one stem"
        )
        yield Problem(rule="FILE-PATH", level=Level.WARNING, where=path, message=message)


def _listed(files: EpisodeFiles) -> tuple[str, ...]:
    return files.recordings + files.artworks + tuple(file.path for file in files.transcripts)


def _sources(description: Description, *, needs_recording: bool = True) -> set[str]:
    """The files of an episode that are read once more when it is published."""
    blocks = description.notes.blocks if description.notes else ()
    images = [chapter.image for chapter in description.chapters if chapter.image]
    images += [block.image for block in blocks if isinstance(block, Figure)]
    images += [description.artwork] if description.artwork else []
    recordings = {description.recording.path} if description.recording and needs_recording else set()
    return recordings | {image.path for image in images} | {file.path for file in description.transcripts}


def _stamp(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns


def settle(
    gathered: Gathered,
    spool: Spool,
    workshop: Workshop,
    memory: Memory,
    retag: Sequence[str] = (),
    withdraw: Set[str] = frozenset(),
    held: Mapping[str, str] | None = None,
    preview: Preview | None = None,
) -> Site:
    """All that is decided before anything is written: of what was gathered, the present ledger, feed and clock.

    Args:
        held: what is wrong with which files; their episodes are held.
        preview: no moment is waited for.
    """
    show_dir, show, found = workshop.show_dir, gathered.show, gathered.found
    feed_dir = workshop.published_dir or workshop.feed_dir
    now = read_clock(os.environ)
    ledger = read_ledger(feed_dir)
    feed_file = feed_dir / (ledger.feed_path or DEFAULT_FEED_PATH)
    feed = read_published_feed(feed_file, workshop.keep)
    items = tuple(_bound(item, feed.declarations, workshop.keep) for item in feed.items)
    adopted = tuple(adopt_items(items, ledger, show, partial(_find_audio, feed_dir)))
    records = (withdraw_record(r, now) if r.guid in withdraw else r for r in ledger.records + adopted)
    ledger = replace(ledger, records=tuple(records))
    adopted_guids = frozenset(record.guid for record in adopted)
    moment = datetime.max.replace(tzinfo=UTC) if preview and preview.is_marked else now
    identities = identify(gathered.descriptions, ledger, items, show, moment, adopted_guids)
    site = Site(
        show=show,
        show_problems=(
            *gathered.show_problems,
            *_tell_adopted(feed_file, adopted),
            *check_guid(show, feed.podcast_guid),
        ),
        found=found,
        ledger=ledger,
        items=items,
        now=now,
        spool=spool,
        workshop=workshop,
        memory=memory,
        retag=frozenset(name_below(show_dir, name) for name in retag),
        preview=preview,
    )
    for files, description, identity in zip(found.candidates, gathered.descriptions, identities, strict=False):
        standing = _with_published_parts(description, identity, show, show_dir)
        site.add(files, standing, _held(identity, description, gathered, held or {}))
    for identity in identities[len(gathered.descriptions) :]:
        site.keep(frozenset({identity.slug}), None, identity)
    for name in site.retag:
        site.find(name)
    return site


def _held(identity: Identity, description: Description, gathered: Gathered, held: Mapping[str, str]) -> Identity:
    """Held back, if a file that it would be made of is not the one any more that was read."""
    if identity.state not in (State.READY, State.PUBLISHED):
        return identity
    faults = {path: held[path] for path in _sources(description) if path in held}
    # Of a recording, what was published stands for it.
    needed = _sources(description, needs_recording=identity.state is State.READY)
    faults |= gathered.changed_sources(needed)
    problems = (
        Problem(rule="FILE-READ", level=Level.ERROR, where=path, message=message, holds=True)
        for path, message in sorted(faults.items())
    )
    return replace(identity, state=State.HELD, problems=(*identity.problems, *problems)) if faults else identity


def require_unchanged(site: Site, gathered: Gathered) -> None:
    """Raises SourceError if a recording changed while its published sound was made."""
    for entry in site.entries:
        recording = entry.description.recording if entry.description else None
        is_made = entry.audio is not None and entry.audio.parts
        is_told = any(problem.rule == "FILE-READ" for problem in entry.identity.problems)
        if recording and not is_told and (is_made or entry.identity.state is State.HELD):
            for path, message in gathered.changed_sources([recording.path]).items():
                raise SourceError(path, message)


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


def _with_published_parts(description: Description, identity: Identity, show: Show, show_dir: Path) -> Description:
    """With the chapters and the picture that were published, where the recording that may have held them has left."""
    record, sources = identity.record, dict(description.sources)
    if description.recording or record is None or not record.sound_sha256:
        return description
    last = record.artwork if description.artwork is None else None
    chapters, artwork = read_published_parts(show_dir, record.slug, show.site_url, last.path if last else None)
    if chapters and not description.chapters:
        description = replace(description, chapters=chapters)
        sources["chapters"] = f"feed/{record.slug}/chapters.json"
    if artwork:
        description = replace(description, artwork=artwork)
        sources["artwork_image"] = artwork.path
    return replace(description, sources=sources)


def name_below(show_dir: Path, name: str) -> str:
    """A path as it is below the show folder; any other name as it is."""
    path = Path(name).resolve()
    root = show_dir.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path.exists() else name
