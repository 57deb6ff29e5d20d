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
from enum import StrEnum
from pathlib import Path

from podcast_tool.check.artwork import check_image
from podcast_tool.check.episodes import check_episode
from podcast_tool.describe import describe, describe_undecided
from podcast_tool.errors import LedgerError, PodcastError, ShowError
from podcast_tool.identify import identify
from podcast_tool.model import (
    Description,
    Episode,
    EpisodeReport,
    Extent,
    Identity,
    Item,
    Ledger,
    Outcome,
    Plan,
    PlannedFile,
    Problem,
    PublishedFile,
    Show,
    State,
)
from podcast_tool.produce.media import produce_audio, produce_image
from podcast_tool.publish.plan import plan_publish
from podcast_tool.publish.records import update_record
from podcast_tool.publish.site import is_present, locked, present_size, sweep, write_site
from podcast_tool.publish.spool import Spool, open_work_folder
from podcast_tool.read.article.read import MAX_ARTICLE_BYTES as MAX_ARTICLE_BYTES
from podcast_tool.read.article.read import ArticleError, parse_article
from podcast_tool.read.clock import read_clock
from podcast_tool.read.episode import read_episode
from podcast_tool.read.feed import read_published_feed
from podcast_tool.read.find import find_episodes
from podcast_tool.read.ledger import LEDGER_FILE, read_ledger
from podcast_tool.read.show import read_show, require_show
from podcast_tool.render.feed import ITEM_GAP, render_frame, render_item
from podcast_tool.render.ledger import render_ledger
from podcast_tool.render.notes.html import render_description, render_notes
from podcast_tool.render.notes.plain import render_plain_notes
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages import IndexEntry, render_index, render_page

FEED_FILE = "feed.xml"


def publish(show_dir: Path, tell: Callable[[str], None]) -> Outcome:
    """Turn episodes/ into feed/.

    Args:
        tell: given each path below feed/ once it is in place.

    Raises:
        PodcastError: nothing could be published.
    """
    require_show(show_dir)
    work_folder = open_work_folder(show_dir)
    with locked(work_folder), Spool(work_folder / "spool") as spool:
        sweep(show_dir / "feed")
        outcome = _settle(show_dir, spool)
        spool.flush()
        write_site(outcome.plan, show_dir / "feed", tell)
    return outcome


def survey(show_dir: Path) -> Outcome:
    """What `publish` would do; writes nothing into the show's folder."""
    with _spool_elsewhere() as spool:
        return _settle(show_dir, spool)


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


@contextmanager
def _spool_elsewhere() -> Iterator[Spool]:
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder, Spool(Path(folder) / "spool") as spool:
        yield spool


def _settle(show_dir: Path, spool: Spool) -> Outcome:
    """All that is decided before anything is written."""
    now = read_clock(os.environ)
    show, show_problems = read_show(show_dir)
    cover_problems = tuple(check_image(show.cover))
    if cover_problems:
        raise ShowError(cover_problems[0].where, f"{cover_problems[0].message}; directories refuse the show otherwise")
    found = find_episodes(show_dir)
    feed_dir = show_dir / "feed"
    ledger = read_ledger(feed_dir)
    items = read_published_feed(feed_dir / FEED_FILE)
    if {item.guid for item in items} - {record.guid for record in ledger.records}:
        message = "names episodes that ledger.json does not know; take ledger.json from a backup or from git"
        raise LedgerError(feed_dir / FEED_FILE, message)

    descriptions = [_checked(describe(read_episode(files, show_dir), show)) for files in found.episodes]
    identities = identify(descriptions, ledger, items, show, now)
    site = _Site(show=show, show_dir=show_dir, feed_dir=feed_dir, ledger=ledger, items=items, now=now, spool=spool)
    for description, identity in zip(descriptions, identities, strict=False):
        site.add(description, identity)
    for identity in identities[len(descriptions) :]:
        site.keep(identity, None)
    reports = sorted(site.reports, key=lambda r: (r.published_at is not None, r.published_at, r.slug), reverse=True)
    claimed = {d.recording.path for d in descriptions if d.recording}  # by a sidecar of another stem
    return Outcome(
        show=show,
        show_problems=show_problems + found.problems,
        unclaimed=tuple(path for path in found.unclaimed if path not in claimed),
        episodes=tuple(reports),
        plan=site.plan(),
    )


def _checked(description: Description) -> Description:
    """Without a picture that directories would refuse."""
    problems = tuple(check_image(description.artwork)) if description.artwork else ()
    if not problems:
        return description
    return replace(description, artwork=None, problems=description.problems + problems)


def _page_file(slug: str) -> str:
    return f"{slug}/index.html"


def _cuts(description: Description | None) -> tuple[str, ...]:
    article = description.notes if description else None
    return tuple(f"{article.path}: {cut}" for cut in article.cuts) if article else ()


# -- from identities to a plan ----------------------------------------------------------------------------------------


@dataclass
class _Site:
    """feed/ as it shall be, gathered episode by episode."""

    show: Show
    show_dir: Path
    feed_dir: Path
    ledger: Ledger
    items: Sequence[Item]
    now: datetime
    spool: Spool

    def __post_init__(self) -> None:
        self.reports: list[EpisodeReport] = []
        self.wanted: dict[str, PlannedFile] = {}
        self.records = {record.guid: record for record in self.ledger.records}
        self.last_items = {item.guid: item for item in self.items}
        self.feed_items: list[tuple[Item, str]] = []
        self.cover = produce_image(self.show.cover, "cover", self.show_dir)

    def add(self, description: Description, identity: Identity) -> None:
        """An episode that has files."""
        if identity.state not in (State.READY, State.PUBLISHED):
            self.keep(identity, description)
            return
        problems = (
            *description.problems,
            *identity.problems,
            *check_episode(description, identity, self.items),
        )
        episode = self._produce(description, identity)
        self._render(episode)
        self.records[episode.guid] = update_record(identity.record, episode, self.now)
        self._report(identity, description, episode.audio, problems)

    def keep(self, identity: Identity, description: Description | None) -> None:
        """An episode that does not go out anew: what was published of it stays, in its very bytes."""
        problems = (*(description.problems if description else ()), *identity.problems)
        item = self.last_items.get(identity.guid) if identity.record and identity.guid else None
        if item:
            self.feed_items.append((item, identity.slug))
        self._report(identity, description, None, problems, item)

    def _produce(self, description: Description, identity: Identity) -> Episode:
        if not (description.recording and description.title and description.published_at and identity.guid):
            raise AssertionError(f"{description.key} goes out but is not complete")
        audio = produce_audio(
            description.recording,
            identity.slug,
            identity.record,
            self.show_dir,
            lambda path: present_size(self.feed_dir, path),
        )
        artwork = description.artwork
        return Episode(
            guid=identity.guid,
            slug=identity.slug,
            title=description.title,
            published_at=description.published_at,
            season=description.season,
            episode=description.episode,
            type=description.type,
            summary=description.summary,
            explicit=description.explicit,
            link=description.link,
            notes=description.notes,
            carries_full_notes=identity.carries_full_notes,
            sound_sha256=description.recording.sound_sha256,
            audio=audio,
            artwork=produce_image(artwork, f"{identity.slug}/art", self.show_dir) if artwork else None,
        )

    def _render(self, episode: Episode) -> None:
        content = render_item(episode, self.show)
        item = Item(
            guid=episode.guid,
            title=episode.title,
            published_at=episode.published_at,
            extent=self.spool.add(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        self.feed_items.append((item, episode.slug))
        page = render_page(episode, self.show, self.cover)
        self.wanted[_page_file(episode.slug)] = self.spool.add_file(page)
        for file in (episode.audio, episode.artwork):
            self._want(file)

    def _want(self, file: PublishedFile | None) -> None:
        if file and file.source:
            self.wanted[file.path] = PlannedFile(
                parts=(file.source,), size_bytes=file.size_bytes, sha256=file.sha256, frozen_name=True
            )

    def _report(
        self,
        identity: Identity,
        description: Description | None,
        audio: PublishedFile | None,
        problems: tuple[Problem, ...],
        item: Item | None = None,
    ) -> None:
        recording = description.recording if description else None
        last = identity.record.audio if identity.record and item else None
        path = audio.path if audio else last.path if last else None
        title = description.title if description and description.title else item.title if item else None
        published_at = description.published_at if description else None
        length = audio.duration_seconds if audio else last.duration_seconds if last else None
        self.reports.append(
            EpisodeReport(
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
            )
        )

    def plan(self) -> Plan:
        """What has to be written; nothing as long as the feed would be empty (RSS-ITEMS-MIN)."""
        if not self.feed_items:
            return Plan(write={})
        newest_first = sorted(self.feed_items, key=lambda entry: (entry[0].published_at, entry[0].guid), reverse=True)
        entries = [IndexEntry(slug=slug, title=i.title, published_at=i.published_at) for i, slug in newest_first]
        self.wanted["index.html"] = self.spool.add_file(render_index(self.show, self.cover, entries))
        self._want(self.cover)
        feed, ledger = self._feed([item for item, _ in newest_first])
        self.wanted[FEED_FILE] = feed
        self.wanted[LEDGER_FILE] = self.spool.add_file(render_ledger(ledger))
        return plan_publish(self.wanted, lambda path, file: is_present(self.feed_dir, path, file), FEED_FILE)

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
