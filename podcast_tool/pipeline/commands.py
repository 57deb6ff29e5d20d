"""What the commands ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from podcast_tool.errors import PodcastError
from podcast_tool.model import EpisodeView, Extent, Level, Outcome, Problem
from podcast_tool.pipeline.gather import Gathered, gather, name_below, require_unchanged, settle
from podcast_tool.pipeline.site import Site
from podcast_tool.produce.workshop import TellProgress, Workshop
from podcast_tool.publish.memory import Memory, open_memory
from podcast_tool.publish.site import locked, sweep, write_site
from podcast_tool.publish.spool import WORK_FOLDER, Spool, empty, making_folder, mark_published, open_work_folder
from podcast_tool.read.show import require_show
from podcast_tool.render.details import list_details
from podcast_tool.render.notes.contents import with_chapter_list
from podcast_tool.render.notes.html import render_notes


def publish(
    show_dir: Path,
    tell: Callable[[str], None],
    *,
    retag: Sequence[str] = (),
    is_sure: bool = False,
    withdraw: Set[str] = frozenset(),
    purge: Set[str] = frozenset(),
    tell_progress: TellProgress = lambda *_: None,
) -> Outcome:
    """Turn episodes/ into feed/.

    Args:
        tell: given each path below feed/ once it is in place.
        is_sure: publish also what should be asked about again (`Outcome.stop`).
        withdraw: guids of episodes that leave the feed though no sidecar says so, because their files are gone.
        purge: guids of withdrawn episodes whose files go at once.
        retag: episodes (by stem, slug or the path of a file) whose published audio is made anew.
        tell_progress: given what is made, and how many seconds of sound out of how many are done.

    Raises:
        PodcastError: nothing could be published.
    """
    require_show(show_dir)
    with at_work(show_dir, tell_progress) as bench:
        gathered = gather(show_dir, bench.memory)
        return carry_out(gathered, bench, tell, retag=retag, is_sure=is_sure, withdraw=withdraw, purge=frozenset(purge))


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a command has to hand while it works on a show."""

    spool: Spool
    workshop: Workshop
    memory: Memory


@contextmanager
def at_work(
    show_dir: Path, tell_progress: TellProgress, *, work_folder: Path | None = None, to_dir: Path | None = None
) -> Iterator[Bench]:
    """Hold the show's lock, with all that a publish needs; what a killed one left is gone.

    Args:
        work_folder: of another lock than the show's.
        to_dir: the folder that is written, if it is not feed/.

    Raises:
        BusyError: another publish holds it; WriteError: the disk refused.
    """
    work_folder = work_folder or open_work_folder(show_dir)
    with (
        locked(work_folder, show_dir, "previewed" if to_dir else "published"),
        Spool(work_folder / "spool") as spool,
        open_memory(work_folder, is_writable=True) as memory,
    ):
        sweep(to_dir or show_dir / "feed")
        with making_folder(work_folder) as folder:
            workshop = _workshop(show_dir, folder, spool, tell_progress, is_dry=False)
            if to_dir:
                workshop = replace(workshop, feed_dir=to_dir, published_dir=workshop.feed_dir)
            yield Bench(spool=spool, workshop=workshop, memory=memory)


def carry_out(
    gathered: Gathered,
    bench: Bench,
    tell: Callable[[str], None],
    *,
    is_sure: bool,
    retag: Sequence[str] = (),
    withdraw: Set[str] = frozenset(),
    purge: frozenset[str] = frozenset(),
) -> Outcome:
    """Publish what was gathered; an episode whose files are others by now is held, whenever that comes out."""
    show_dir, feed_dir = bench.workshop.show_dir, bench.workshop.feed_dir

    def publish_all_but(held: Mapping[str, str]) -> Outcome:
        if held:  # what was made of a recording that changed is not to be taken for it
            empty(bench.workshop.folder)
        site = settle(gathered, bench.spool, bench.workshop, bench.memory, retag, withdraw, held)
        site.purge = purge
        outcome = site.outcome()
        require_unchanged(site, gathered)
        require_sure(outcome, is_sure=is_sure)
        bench.spool.flush()
        return _without_undeleted(outcome, write_site(outcome.plan, feed_dir, tell))

    outcome = gathered.attempt(publish_all_but)
    mark_published(show_dir / WORK_FOLDER)
    return outcome


def _without_undeleted(outcome: Outcome, refused: Mapping[str, str]) -> Outcome:
    """The plan names what is gone, and each file that would not go is told."""
    if not refused:
        return outcome
    problems = (
        Problem(
            rule="FILE-READ",
            level=Level.ERROR,
            where=f"feed/{path}",
            message=f"could not be deleted ({reason}); mend that, the next publish deletes it",
        )
        for path, reason in refused.items()
    )
    gone = tuple(path for path in outcome.plan.delete if path not in refused)
    return replace(
        outcome,
        plan=replace(outcome.plan, delete=gone),
        show_problems=(*outcome.show_problems, *problems),
    )


def require_sure(outcome: Outcome, *, is_sure: bool) -> None:
    """Raises PodcastError for what should be asked about again."""
    if outcome.stop and not is_sure:
        raise PodcastError("episodes/", outcome.stop)


def survey(show_dir: Path, *, retag: Sequence[str] = ()) -> Outcome:
    """What `publish` would do; writes nothing into the show's folder."""
    with surveyed(show_dir, retag) as site:
        return site.outcome()


def look_up(show_dir: Path, name: str) -> EpisodeView:
    """All that is known of one episode.

    Args:
        name: its stem, its slug, or the path of one of its files.

    Raises:
        PodcastError: there is none of that name.
    """
    with surveyed(show_dir, ()) as site:
        site.render()
        entry = site.find(name_below(show_dir, name))
        description, notes = entry.description, ""
        if description and description.notes:
            notes = render_notes(with_chapter_list(description.notes.blocks, description.chapters))
        details = list_details(description, entry.identity, entry.audio, site.show) if description else ()
        return EpisodeView(report=entry.report, details=details, notes=notes)


@contextmanager
def surveyed(show_dir: Path, retag: Sequence[str]) -> Iterator[Site]:
    """What a publish would start from; nothing is written into the show's folder."""
    with surveying(show_dir) as bench:
        gathered = gather(show_dir, bench.memory)
        yield gathered.attempt(
            lambda held: settle(gathered, bench.spool, bench.workshop, bench.memory, retag, held=held)
        )


@contextmanager
def surveying(show_dir: Path) -> Iterator[Bench]:
    """All that is needed to look at a show, and no lock."""
    with (
        tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder,
        Spool(Path(folder) / "spool") as spool,
        open_memory(show_dir / WORK_FOLDER, is_writable=False) as memory,
    ):
        workshop = _workshop(show_dir, Path(folder), spool, lambda *_: None, is_dry=True)
        yield Bench(spool=spool, workshop=workshop, memory=memory)


def _workshop(show_dir: Path, folder: Path, spool: Spool, tell_progress: TellProgress, *, is_dry: bool) -> Workshop:
    def keep(content: bytes) -> Extent:
        extent = spool.add(content)
        spool.flush()  # it is read again, for its digest
        return extent

    return Workshop(
        show_dir=show_dir,
        feed_dir=show_dir / "feed",
        folder=folder,
        keep=keep,
        is_dry=is_dry,
        tell_progress=tell_progress,
    )
