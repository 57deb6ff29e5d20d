"""What the commands ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path

from podcast_tool.errors import PodcastError
from podcast_tool.model import EpisodeView, Extent, Outcome
from podcast_tool.pipeline.gather import name_below, settle
from podcast_tool.pipeline.site import Site
from podcast_tool.produce.workshop import TellProgress, Workshop
from podcast_tool.publish.memory import open_memory
from podcast_tool.publish.site import locked, sweep, write_site
from podcast_tool.publish.spool import WORK_FOLDER, Spool, making_folder, open_work_folder
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
    work_folder = open_work_folder(show_dir)
    with (
        locked(work_folder),
        Spool(work_folder / "spool") as spool,
        open_memory(work_folder, is_writable=True) as memory,
    ):
        sweep(show_dir / "feed")
        with making_folder(work_folder) as folder:
            workshop = _workshop(show_dir, folder, spool, tell_progress, is_dry=False)
            site = settle(spool, workshop, memory, retag, withdraw)
            site.purge = frozenset(purge)
            outcome = site.outcome()
            require_sure(outcome, is_sure=is_sure)
            spool.flush()
            write_site(outcome.plan, show_dir / "feed", tell)
    return outcome


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
        entry = site.find(name_below(show_dir, name))
        description, notes = entry.description, ""
        if description and description.notes:
            notes = render_notes(with_chapter_list(description.notes.blocks, description.chapters))
        details = list_details(description, entry.identity, entry.audio, site.show) if description else ()
        return EpisodeView(report=entry.report, details=details, notes=notes)


@contextmanager
def surveyed(show_dir: Path, retag: Sequence[str]) -> Iterator[Site]:
    with (
        tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder,
        Spool(Path(folder) / "spool") as spool,
        open_memory(show_dir / WORK_FOLDER, is_writable=False) as memory,
    ):
        workshop = _workshop(show_dir, Path(folder), spool, lambda *_: None, is_dry=True)
        yield settle(spool, workshop, memory, retag)


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
