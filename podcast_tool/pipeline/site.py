"""The order of the stages; the only module that knows them all.

find -> read -> describe -> identify -> produce -> check -> render -> publish
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from podcast_tool.audio.sound import AudioError
from podcast_tool.check.artwork import check_image
from podcast_tool.check.episodes import check_audio, check_episode
from podcast_tool.describe import describe, describe_undecided
from podcast_tool.errors import LedgerError, PodcastError, ShowError
from podcast_tool.identify import identify
from podcast_tool.model import (
    ArtworkFit,
    Description,
    Episode,
    EpisodeFiles,
    EpisodeReport,
    EpisodeView,
    Extent,
    Found,
    Identity,
    Image,
    Item,
    Ledger,
    Level,
    Outcome,
    Plan,
    PlannedFile,
    Problem,
    PublishedFile,
    Show,
    State,
    Transcript,
)
from podcast_tool.picture.bare import PictureError
from podcast_tool.produce.artwork import produce_picture, produce_thumbnail
from podcast_tool.produce.episode import Request, produce_episode
from podcast_tool.produce.transcripts import choose_transcripts, for_page
from podcast_tool.produce.workshop import TellProgress, Workshop
from podcast_tool.publish.plan import plan_publish
from podcast_tool.publish.records import update_record
from podcast_tool.publish.site import is_present, locked, sweep, write_site
from podcast_tool.publish.spool import Spool, making_folder, open_work_folder
from podcast_tool.read.article.read import MAX_ARTICLE_BYTES as MAX_ARTICLE_BYTES
from podcast_tool.read.article.read import ArticleError, parse_article
from podcast_tool.read.clock import read_clock
from podcast_tool.read.episode import read_episode
from podcast_tool.read.feed import read_published_feed
from podcast_tool.read.find import find_episodes
from podcast_tool.read.ledger import LEDGER_FILE, read_ledger
from podcast_tool.read.show import read_show, require_show
from podcast_tool.read.transcript import read_transcript
from podcast_tool.render.chapters import render_chapters_json
from podcast_tool.render.details import list_details
from podcast_tool.render.feed import ITEM_GAP, render_frame, render_item
from podcast_tool.render.ledger import render_ledger
from podcast_tool.render.notes.contents import with_chapter_list
from podcast_tool.render.notes.html import render_description, render_notes
from podcast_tool.render.notes.plain import render_plain_notes
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages import IndexEntry, render_index, render_page
from podcast_tool.render.transcript import TRANSCRIPT_FORMS

FEED_FILE = "feed.xml"


def publish(
    show_dir: Path,
    tell: Callable[[str], None],
    *,
    retag: Sequence[str] = (),
    tell_progress: TellProgress = lambda *_: None,
) -> Outcome:
    """Turn episodes/ into feed/.

    Args:
        tell: given each path below feed/ once it is in place.
        retag: episodes (by stem, slug or the path of a file) whose published audio is made anew.
        tell_progress: given what is made, and how many seconds of sound out of how many are done.

    Raises:
        PodcastError: nothing could be published.
    """
    require_show(show_dir)
    work_folder = open_work_folder(show_dir)
    with locked(work_folder), Spool(work_folder / "spool") as spool:
        sweep(show_dir / "feed")
        with making_folder(work_folder) as folder:
            workshop = _workshop(show_dir, folder, spool, tell_progress, is_dry=False)
            outcome = _settle(spool, workshop, retag).outcome()
            spool.flush()
            write_site(outcome.plan, show_dir / "feed", tell)
    return outcome


def survey(show_dir: Path, *, retag: Sequence[str] = ()) -> Outcome:
    """What `publish` would do; writes nothing into the show's folder."""
    with _surveyed(show_dir, retag) as site:
        return site.outcome()


def look_up(show_dir: Path, name: str) -> EpisodeView:
    """All that is known of one episode.

    Args:
        name: its stem, its slug, or the path of one of its files.

    Raises:
        PodcastError: there is none of that name.
    """
    with _surveyed(show_dir, ()) as site:
        entry = site.find(_name_below(show_dir, name))
        description, notes = entry.description, ""
        if description and description.notes:
            notes = render_notes(with_chapter_list(description.notes.blocks, description.chapters))
        details = list_details(description, entry.identity, entry.audio, site.show) if description else ()
        return EpisodeView(report=entry.report, details=details, notes=notes)


def _name_below(show_dir: Path, name: str) -> str:
    """A path as it is below the show folder; any other name as it is."""
    path = Path(name).resolve()
    root = show_dir.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) and path.exists() else name


@contextmanager
def _surveyed(show_dir: Path, retag: Sequence[str]) -> Iterator[_Site]:
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder, Spool(Path(folder) / "spool") as spool:
        workshop = _workshop(show_dir, Path(folder), spool, lambda *_: None, is_dry=True)
        yield _settle(spool, workshop, retag)


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


class NotesFormat(StrEnum):
    """The spellings of show notes that `notes` can print."""

    HTML = "html"
    TEXT = "text"
    SUMMARY = "summary"
    DESCRIPTION = "description"


def make_notes(raw: bytes, path: str, title: str | None, spelling: NotesFormat) -> tuple[str, tuple[str, ...]]:
    """The show notes that an article gives, and what is to be told of it.

    Args:
        path: the article's name; its ending says what it is, and without one its bytes do.

    Raises:
        PodcastError: there is no article in it.
    """
    try:
        article = parse_article(raw, Path(path).suffix.lower(), path, title)
    except ArticleError as error:
        raise PodcastError(path, str(error)) from error
    match spelling:
        case NotesFormat.HTML:
            notes = render_notes(article.blocks) + "\n"
        case NotesFormat.TEXT:
            notes = render_plain_notes(article.blocks)
        case NotesFormat.SUMMARY:
            notes = (summarise(article.blocks) or "") + "\n"
        case NotesFormat.DESCRIPTION:
            notes = render_description(article.blocks, None) + "\n"
    told = [str(cut) for cut in article.cuts]
    if undecided := describe_undecided(article):
        told.append(f"{path}: {undecided}")
    return notes, tuple(told)


def _settle(spool: Spool, workshop: Workshop, retag: Sequence[str]) -> _Site:
    """All that is decided before anything is written."""
    show_dir, feed_dir = workshop.show_dir, workshop.feed_dir
    now = read_clock(os.environ)
    show, show_problems = read_show(show_dir)
    cover_problems = tuple(check_image(show.cover))
    if not show.fix_artwork and (errors := [p for p in cover_problems if p.level is Level.ERROR]):
        raise ShowError(errors[0].where, f"{errors[0].message}; directories refuse the show otherwise")
    found = find_episodes(show_dir)
    ledger = read_ledger(feed_dir)
    items = read_published_feed(feed_dir / FEED_FILE)
    if {item.guid for item in items} - {record.guid for record in ledger.records}:
        message = "names episodes that ledger.json does not know; take ledger.json from a backup or from git"
        raise LedgerError(feed_dir / FEED_FILE, message)

    descriptions = [_checked(describe(read_episode(files, show_dir), show), show) for files in found.episodes]
    identities = identify(descriptions, ledger, items, show, now)
    site = _Site(
        show=show,
        show_problems=(*show_problems, *(p for p in cover_problems if p.level is not Level.ERROR), *found.problems),
        found=found,
        ledger=ledger,
        items=items,
        now=now,
        spool=spool,
        workshop=workshop,
        retag=frozenset(_name_below(show_dir, name) for name in retag),
    )
    for files, description, identity in zip(found.episodes, descriptions, identities, strict=False):
        site.add(files, description, identity)
    for identity in identities[len(descriptions) :]:
        site.keep(frozenset({identity.slug}), None, identity)
    for name in site.retag:
        site.find(name)
    return site


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


def _fit_of(image: Image | None, show: Show) -> ArtworkFit | None:
    """How a picture has to be mended; None if it is as directories want it."""
    if image is None:
        return None
    return show.fix_artwork if any(p.level is Level.ERROR for p in check_image(image)) else None


def _page_file(slug: str) -> str:
    return f"{slug}/index.html"


def _cuts(description: Description | None) -> tuple[str, ...]:
    article = description.notes if description else None
    return tuple(f"{article.path}: {cut}" for cut in article.cuts) if article else ()


# -- from identities to a plan ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One episode, as far as it has come."""

    description: Description | None
    identity: Identity
    names: frozenset[str]
    """What people may call it: stem, slug, paths of its files below the show folder."""
    audio: PublishedFile | None
    report: EpisodeReport


@dataclass
class _Site:
    """feed/ as it shall be, gathered episode by episode."""

    show: Show
    show_problems: tuple[Problem, ...]
    found: Found
    ledger: Ledger
    items: Sequence[Item]
    now: datetime
    spool: Spool
    workshop: Workshop
    retag: frozenset[str]

    def __post_init__(self) -> None:
        self.entries: list[_Entry] = []
        self.wanted: dict[str, PlannedFile] = {}
        self.records = {record.guid: record for record in self.ledger.records}
        self.last_items = {item.guid: item for item in self.items}
        self.feed_items: list[tuple[Item, str]] = []
        try:
            self.cover = produce_picture(self.show.cover, "cover", _fit_of(self.show.cover, self.show), self.workshop)
            self.thumbnail = produce_thumbnail(self.show.cover, "cover", self.workshop)
        except PictureError as error:
            raise ShowError(self.show.cover.path, f"{error}; the show needs a cover") from error

    def add(self, files: EpisodeFiles, description: Description, identity: Identity) -> None:
        """An episode that has files."""
        names = frozenset({identity.slug, files.stem, files.key, *files.paths})
        if identity.state not in (State.READY, State.PUBLISHED):
            self.keep(names, description, identity)
            return
        request = Request(
            description=description,
            identity=identity,
            show=self.show,
            summary=description.summary or (summarise(description.notes.blocks) if description.notes else None),
            artwork_fit=_fit_of(description.artwork, self.show),
            retag=bool(names & self.retag),
        )
        try:
            episode, faults = produce_episode(request, self.workshop)
        except AudioError as error:
            where = description.recording.path if description.recording else description.where
            fault = Problem(rule="FILE-AUDIO", level=Level.ERROR, where=where, message=str(error), holds=True)
            held = replace(identity, state=State.HELD, problems=(*identity.problems, fault))
            self.keep(names, description, held)
            return
        problems = (
            *description.problems,
            *identity.problems,
            *faults,
            *check_episode(description, identity, self.items),
            *check_audio(episode.audio, description, identity),
        )
        self._render(episode, description)
        self.records[episode.guid] = update_record(identity.record, episode, self.now)
        self._report(names, description, identity, episode.audio, problems)

    def keep(self, names: frozenset[str], description: Description | None, identity: Identity) -> None:
        """An episode that does not go out anew: what was published of it stays, in its very bytes."""
        problems = (*(description.problems if description else ()), *identity.problems)
        item = self.last_items.get(identity.guid) if identity.record and identity.guid else None
        if item:
            self.feed_items.append((item, identity.slug))
        self._report(names, description, identity, None, problems, item)

    def find(self, name: str) -> _Entry:
        """The episode that is called so.

        Raises:
            PodcastError: there is none.
        """
        found = next((entry for entry in self.entries if name in entry.names), None)
        if found:
            return found
        close = get_close_matches(name, [entry.identity.slug for entry in self.entries], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "podcast_tool status lists them all"
        raise PodcastError(name, f"is no episode of this show; {hint}")

    def _render(self, episode: Episode, description: Description) -> None:
        content = render_item(episode, self.show)
        item = Item(
            guid=episode.guid,
            title=episode.title,
            published_at=episode.published_at,
            extent=self.spool.add(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        self.feed_items.append((item, episode.slug))
        transcript = self._write_transcripts(description, episode)
        if episode.chapters_path:
            self.wanted[episode.chapters_path] = self.spool.add_file(self._chapters(episode))
        page = render_page(episode, self.show, self.thumbnail, transcript)
        self.wanted[_page_file(episode.slug)] = self.spool.add_file(page)
        for file in (episode.audio, episode.artwork, episode.thumbnail, *episode.chapter_images.values()):
            self._want(file)

    def _chapters(self, episode: Episode) -> bytes:
        def address(image: Image) -> str | None:
            file = episode.chapter_images.get(image.sha256)
            return self.show.site_url + file.path if file else None

        return render_chapters_json(
            episode.chapters, title=episode.title, show_title=self.show.title, image_url=address
        )

    def _write_transcripts(self, description: Description, episode: Episode) -> Transcript | None:
        """Each form of each language; what the page shows of them."""
        outputs = choose_transcripts(description.transcripts, episode.slug, self.show.language)
        shown = for_page(outputs)
        read: dict[str, Transcript] = {}
        for output in outputs:
            path = output.source.path
            if path not in read:
                read[path] = read_transcript(self.workshop.show_dir, path)[0]
            self.wanted[output.published.path] = self.spool.add_file(TRANSCRIPT_FORMS[output.format](read[path]))
        return read[shown.path] if shown else None

    def _want(self, file: PublishedFile | None) -> None:
        if file and (file.parts or not file.is_made):
            self.wanted[file.path] = PlannedFile(
                parts=file.parts, size_bytes=file.size_bytes, sha256=file.sha256, frozen_name=True
            )

    def _report(
        self,
        names: frozenset[str],
        description: Description | None,
        identity: Identity,
        audio: PublishedFile | None,
        problems: tuple[Problem, ...],
        item: Item | None = None,
    ) -> None:
        recording = description.recording if description else None
        last = identity.record.audio if identity.record and item else None
        now = audio if audio and audio.is_made else None
        path = now.path if now else last.path if last else None
        title = description.title if description and description.title else item.title if item else None
        published_at = description.published_at if description else None
        length = now.duration_seconds if now else last.duration_seconds if last else None
        report = EpisodeReport(
            key=identity.key,
            slug=identity.slug,
            state=identity.state,
            title=title,
            guid=identity.guid,
            published_at=published_at or (item.published_at if item else None),
            duration_seconds=length or (recording.duration_seconds if recording else None),
            enclosure_url=self.show.site_url + path if path else None,
            problems=problems,
            cuts=_cuts(description),
            page_path=_page_file(identity.slug),
            loudness_lufs=now.loudness_lufs if now else last.loudness_lufs if last else None,
        )
        self.entries.append(_Entry(description=description, identity=identity, names=names, audio=audio, report=report))

    def outcome(self) -> Outcome:
        """What there is to tell, and to write."""
        reports = [entry.report for entry in self.entries]
        reports.sort(key=lambda r: (r.published_at is not None, r.published_at, r.slug), reverse=True)
        recordings = [entry.description.recording for entry in self.entries if entry.description]
        claimed = {recording.path for recording in recordings if recording}  # by a sidecar of another stem
        return Outcome(
            show=self.show,
            show_problems=self.show_problems,
            unclaimed=tuple(path for path in self.found.unclaimed if path not in claimed),
            episodes=tuple(reports),
            plan=self._plan(),
        )

    def _plan(self) -> Plan:
        """What has to be written; nothing as long as the feed would be empty (RSS-ITEMS-MIN)."""
        if not self.feed_items:
            return Plan(write={})
        newest_first = sorted(self.feed_items, key=lambda entry: (entry[0].published_at, entry[0].guid), reverse=True)
        entries = [IndexEntry(slug=slug, title=i.title, published_at=i.published_at) for i, slug in newest_first]
        self.wanted["index.html"] = self.spool.add_file(render_index(self.show, self.thumbnail, entries))
        for picture in (self.cover, self.thumbnail):
            self._want(picture)
        feed, ledger = self._feed([item for item, _ in newest_first])
        self.wanted[FEED_FILE] = feed
        self.wanted[LEDGER_FILE] = self.spool.add_file(render_ledger(ledger))
        feed_dir = self.workshop.feed_dir
        return plan_publish(self.wanted, lambda path, file: is_present(feed_dir, path, file), FEED_FILE)

    def _feed(self, items: Sequence[Item]) -> tuple[PlannedFile, Ledger]:
        """The feed, its lastBuildDate the moment when anything else in it last changed."""
        head, tail = render_frame(self.show, self.cover, datetime.fromtimestamp(0, self.now.tzinfo))
        digest = hashlib.sha256(head + tail)
        for item in items:
            digest.update(bytes.fromhex(item.sha256))
        feed_sha256 = digest.hexdigest()
        changed_at = self.now
        if feed_sha256 == self.ledger.feed_sha256 and self.ledger.feed_changed_at:
            changed_at = self.ledger.feed_changed_at
        head, tail = render_frame(self.show, self.cover, changed_at)
        gap = self.spool.add(ITEM_GAP)
        parts: list[Extent] = [self.spool.add(head)]
        for item in items:
            parts += [gap, item.extent]
        parts.append(self.spool.add(tail))
        ledger = Ledger(records=tuple(self.records.values()), feed_sha256=feed_sha256, feed_changed_at=changed_at)
        return self.spool.join(parts), ledger
