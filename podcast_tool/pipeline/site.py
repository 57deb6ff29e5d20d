"""feed/ as it shall be, gathered episode by episode: produce -> check -> render, then the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import partial

from podcast_tool.audio.sound import AudioError
from podcast_tool.check.artwork import check_image
from podcast_tool.check.episodes import check_audio, check_episode
from podcast_tool.check.feed.feed import check_feed
from podcast_tool.check.feed.frame import check_size
from podcast_tool.check.show import as_if_public
from podcast_tool.errors import PodcastError, ShowError
from podcast_tool.model import (
    ArtworkFit,
    Description,
    Episode,
    EpisodeFiles,
    EpisodeReport,
    FieldChange,
    Found,
    Identity,
    Image,
    Item,
    Ledger,
    Level,
    Listed,
    Neighbours,
    Outcome,
    Plan,
    PlannedFile,
    Problem,
    PublishedFile,
    Show,
    ShowPictures,
    State,
)
from podcast_tool.picture.bare import PictureError
from podcast_tool.pipeline.asking import why_to_ask
from podcast_tool.pipeline.copies import copy_files, copy_item
from podcast_tool.pipeline.entry import Entry, Made, Preview
from podcast_tool.pipeline.episode_files import EpisodeRenderer, digest_of
from podcast_tool.pipeline.kept import list_kept, parse_item
from podcast_tool.pipeline.site_files import Public, feed_file, list_files, search_files, withdrawn_pages
from podcast_tool.produce.artwork import produce_icon, produce_picture, produce_thumbnail
from podcast_tool.produce.episode import Request, produce_episode
from podcast_tool.produce.workshop import Workshop, stretch
from podcast_tool.publish.memory import Memory
from podcast_tool.publish.plan import plan_publish
from podcast_tool.publish.records import update_record, withdraw_record
from podcast_tool.publish.site import is_present
from podcast_tool.publish.spool import Spool, read_extents
from podcast_tool.publish.stale import ended_files, list_files_in, page_files_in, unmade_files
from podcast_tool.read.document import scan_feed
from podcast_tool.read.ledger import LEDGER_FILE
from podcast_tool.render.changes import list_changes
from podcast_tool.render.ledger import render_ledger
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages.site import open_pages
from podcast_tool.vocabulary.feed_names import PLAYER, oembed_path, page_file, page_path


@dataclass
class Site:
    """feed/ as it shall be, gathered episode by episode."""

    show: Show
    show_problems: tuple[Problem, ...]
    found: Found
    ledger: Ledger
    items: Sequence[Item]
    now: datetime
    spool: Spool
    workshop: Workshop
    memory: Memory
    retag: frozenset[str]
    purge: frozenset[str] = frozenset()
    """Guids of withdrawn episodes whose files go at once."""
    preview: Preview | None = None

    def __post_init__(self) -> None:
        self.entries: list[Entry] = []
        self.made: list[Made] = []
        self.public: list[Public] = []
        """Those whose items stay as they are; once rendered, every one, newest first."""
        self.made_guids: set[str] = set()
        self.kept_paths: set[str] = set()
        """Files of episodes that go out, whether feed/ has them already or not."""
        self.wanted: dict[str, PlannedFile] = {}
        self.records = {record.guid: record for record in self.ledger.records}
        self.last_items = {item.guid: item for item in self.items}
        cover = self.show.cover
        try:
            self.pictures = ShowPictures(
                cover=produce_picture(cover, "cover", _fit_of(cover, self.show), self.workshop),
                thumbnail=produce_thumbnail(cover, "cover", self.workshop),
                icon=produce_icon(cover, "cover", self.workshop),
            )
        except PictureError as error:
            raise ShowError(cover.path, f"{error}; the show needs a cover") from error
        self.is_marked = self.preview is not None and self.preview.is_marked
        is_wanted = self.show.pages.is_wanted
        self.pages = open_pages(self.show, self.pictures, is_preview=self.is_marked) if is_wanted else None
        self.published_dir = self.workshop.published_dir or self.workshop.feed_dir

    def add(self, files: EpisodeFiles, description: Description, identity: Identity) -> None:
        """An episode that has files."""
        if description.is_text_alone and identity.record is None:
            return  # it never was an episode
        names = frozenset({identity.slug, files.stem, files.key, *files.paths})
        if identity.state not in (State.READY, State.PUBLISHED):
            self.keep(names, description, identity)
            return
        request = Request(
            description=description,
            identity=identity,
            show=self.show,
            summarise=partial(_summary, description),
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
        if self.preview and self._lies_elsewhere(episode.audio):
            public_url = self.preview.public_show.audio_url(episode.audio.path)
            episode = replace(episode, audio=replace(episode.audio, path=public_url))
        problems = (
            *description.problems,
            *identity.problems,
            *faults,
            *check_episode(description, identity, self.items),
            *check_audio(episode.audio, description, identity),
        )
        self.made.append(
            Made(
                place=len(self.entries),
                episode=episode,
                description=description,
                state=identity.state,
                mark=self.preview.marks.get(description.key) if self.preview else None,
            )
        )
        self.records[episode.guid] = update_record(identity.record, episode, self.now)
        self._report(names, description, identity, episode.audio, problems)

    def keep(self, names: frozenset[str], description: Description | None, identity: Identity) -> None:
        """An episode that does not go out anew: what was published of it stays, in its very bytes."""
        problems = (*(description.problems if description else ()), *identity.problems)
        item = self.last_items.get(identity.guid) if identity.record and identity.guid else None
        if identity.record and identity.state is State.WITHDRAWN:
            self.records[identity.record.guid] = withdraw_record(identity.record, self.now)
            item, problems = None, ()
        if item and identity.record:
            if self.preview:
                item = copy_item(item, self.preview, self.spool)
                self.wanted |= copy_files(identity.record, self.preview, self.published_dir, self.spool)
            self.public.append(list_kept(item, identity.record, self.show, self.published_dir))
        self._report(names, description, identity, None, problems, item)

    def _changes(self, new: Item) -> tuple[FieldChange, ...]:
        """Before and after of each field of an item, if it was in the feed already."""
        old = self.last_items.get(new.guid)
        if old is None or old.sha256 == new.sha256:
            return ()
        self.spool.flush()
        before, after = (parse_item(item) for item in (old, new))
        return list_changes(before, after) if before and after else ()

    def find(self, name: str) -> Entry:
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

    def render(self) -> None:
        """The item and the files of each episode that goes out, now that its neighbours are known."""
        shared = self.pages.static() if self.pages else {}
        renderer = EpisodeRenderer(
            show=self.show,
            pages=self.pages,
            pages_sha256=digest_of((self.show, self.pictures, self.is_marked, shared)),
            spool=self.spool,
            workshop=self.workshop,
            memory=self.memory,
            has=self._has,
        )
        neighbours = self._neighbours()
        for made in self.made:
            episode = made.episode
            rendered = renderer.render(episode, made.description, neighbours[episode.slug], made.mark)
            self.wanted |= rendered.files
            self.kept_paths |= rendered.paths
            item = Item(
                guid=episode.guid,
                title=episode.title,
                published_at=episode.published_at,
                extent=self.spool.add(rendered.item),
                sha256=hashlib.sha256(rendered.item).hexdigest(),
            )
            listed = replace(_listed(episode, self.show), summary=rendered.summary, mark=made.mark)
            self.public.append(Public(item=item, listed=listed, words=rendered.words))
            of_notes = [picture.file for picture in episode.note_images.values()]
            self.kept_paths |= {file.path for file in of_notes}
            pictures = (episode.artwork, episode.thumbnail, *episode.chapter_images.values(), *of_notes)
            for file in (episode.audio, *pictures):
                self._want(file)
            if made.state is State.PUBLISHED:
                self._tell_changes(made.place, self._changes(item))
        self.made_guids |= {made.episode.guid for made in self.made}
        self.made.clear()
        self.public.sort(key=_place_in_feed, reverse=True)

    def _tell_changes(self, place: int, changes: tuple[FieldChange, ...]) -> None:
        if changes:
            entry = self.entries[place]
            state = State.CHANGED if self.workshop.is_dry else entry.report.state
            self.entries[place] = replace(entry, report=replace(entry.report, state=state, changes=changes))

    def _neighbours(self) -> dict[str, Neighbours]:
        """Of each public episode, by its slug: no page leads to one that is not public, or has no page."""
        made = [(m.episode.published_at, m.episode.guid, m.episode.slug, m.episode.title) for m in self.made]
        kept = [(p.item.published_at, p.item.guid, p.listed.slug, p.item.title) for p in self.public if p.has_page]
        order = [
            Listed(slug=slug, title=title, published_at=published_at)
            for published_at, _, slug, title in sorted([*made, *kept])
        ]
        return {
            listed.slug: Neighbours(older=older, newer=newer)
            for older, listed, newer in zip([None, *order], order, [*order[1:], None], strict=False)
        }

    def _want(self, file: PublishedFile | None) -> None:
        if file is None or file.is_remote or self._lies_elsewhere(file):
            return
        parts = file.parts
        place = self.workshop.place(file.path)
        if file.is_made and not parts and place != self.workshop.feed_dir / file.path:
            parts = (stretch(place),)
        self.wanted[file.path] = PlannedFile(
            parts=parts, size_bytes=file.size_bytes, sha256=file.sha256, frozen_name=True
        )

    def _lies_elsewhere(self, file: PublishedFile) -> bool:
        """It is served where it was published, and nowhere here."""
        is_ours = file.is_made and not file.parts and not file.is_remote
        return is_ours and self.workshop.present_size(file.path) is None

    def _report(
        self,
        names: frozenset[str],
        description: Description | None,
        identity: Identity,
        audio: PublishedFile | None,
        problems: tuple[Problem, ...],
        item: Item | None = None,
    ) -> None:
        sound = (description.recording or description.remote) if description else None
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
            duration_seconds=length or (sound.duration_seconds if sound else None),
            enclosure_url=self.show.audio_url(path) if path else None,
            problems=problems,
            cuts=_cuts(description),
            page_path=page_file(identity.slug),
            loudness_lufs=now.loudness_lufs if now else last.loudness_lufs if last else None,
        )
        self.entries.append(Entry(description=description, identity=identity, names=names, audio=audio, report=report))

    def outcome(self, *, checks_feed: bool = True) -> Outcome:
        """What there is to tell, and to write.

        Args:
            checks_feed: also hold what is new in the feed against the rules for feeds.
        """
        self.render()
        plan = self._plan()
        reports = [entry.report for entry in self.entries]
        reports.sort(key=lambda r: (r.published_at is not None, r.published_at, r.slug), reverse=True)
        recordings = [entry.description.recording for entry in self.entries if entry.description]
        claimed = {recording.path for recording in recordings if recording}  # by a sidecar of another stem
        return Outcome(
            show=self.show,
            show_problems=(
                *self.show_problems,
                *(self.pages.faults if self.pages else ()),
                *(self._check_changed(plan) if checks_feed else ()),
            ),
            unclaimed=tuple(path for path in self.found.unclaimed if path not in claimed),
            episodes=tuple(reports),
            plan=plan,
            now=self.now,
            stop=why_to_ask(self.entries, self.ledger, self.last_items, self.show),
        )

    def _check_changed(self, plan: Plan) -> Iterator[Problem]:
        """The rules for feeds, of what of this one is new: the frame, and items that were not in it so before."""
        if plan.feed is None or plan.feed_path not in plan.write or not self.public:
            return
        known = {item.sha256 for item in self.items}
        items = [public.item for public in self.public]
        changed = [item for item in items if item.sha256 not in known] or items[:1]
        head, tail = plan.feed.parts[0], plan.feed.parts[-1]
        self.spool.flush()
        parts = (b"".join(read_extents([part])) for part in [head, *(item.extent for item in changed), tail])
        texts = (as_if_public(part.decode("utf-8", "surrogateescape"), self.show) for part in parts)
        document = scan_feed(text.encode("utf-8", "surrogateescape") for text in texts)
        for problem in check_feed(document, feed_url=None, now=self.now):
            if problem.level is not Level.NOTE:
                yield problem
        yield from check_size(plan.feed.size_bytes)

    def _plan(self) -> Plan:
        """What has to be written; nothing as long as the feed would be empty (RSS-ITEMS-MIN)."""
        if not self.public and not self.ledger.records:
            return Plan(write={})
        if self.pages:
            shown = [public for public in self.public if public.has_page]
            files = list_files(shown, self.pages, self.show, has_sitemap=not self.is_marked)
            self.wanted |= {path: self.spool.add_file(content) for path, content in files.items()}
            found, paths = search_files(shown, self.show, self.spool, self.memory, self._has)
            self.wanted |= found
            self.kept_paths |= paths
            withdrawn = withdrawn_pages(self.records.values(), self.pages, self.published_dir)
            self.wanted |= {path: self.spool.add_file(withdrawn[path]) for path in withdrawn.keys() - self._ended()}
            self._want(self.pictures.thumbnail)
            self._want(self.pictures.icon)
        self._want(self.pictures.cover)
        items = [public.item for public in self.public]
        feed, ledger = feed_file(items, self.records, self.ledger, self.show, self.pictures.cover, self.now, self.spool)
        self.wanted[self.show.feed_path] = feed
        if self.preview is None:
            self.wanted[LEDGER_FILE] = self.spool.add_file(render_ledger(ledger))
        feed_dir = self.workshop.feed_dir
        plan = plan_publish(self.wanted, self._has, self.show.feed_path)
        return replace(plan, delete=tuple(path for path in self._stale() if (feed_dir / path).is_file()))

    def _has(self, path: str, file: PlannedFile) -> bool:
        return is_present(self.workshop.feed_dir, path, file)

    def _ended(self) -> set[str]:
        ended_before = self.now - timedelta(days=self.show.keep_days)
        return ended_files(self.records.values(), self.workshop.feed_dir, ended_before, self.purge)

    def _stale(self) -> list[str]:
        feed_dir = self.workshop.feed_dir
        stale = self._ended()
        made = [record for record in self.records.values() if record.guid in self.made_guids]
        stale |= unmade_files(made, feed_dir, self.kept_paths)
        if self.pages:
            stale |= list_files_in(feed_dir) - self.kept_paths
            stale |= {oembed_path(record.slug) for record in self.records.values() if record.withdrawn_at}
        else:
            stale |= page_files_in(self.records.values(), feed_dir)
        in_use = {address.path for record in self.records.values() for address in record.addresses if not address.until}
        # The player's script last: by it the next publish knows that there were pages, if this one does not end.
        return sorted(stale - in_use - set(self.wanted), key=lambda path: (path == PLAYER, path))


def _summary(description: Description) -> str | None:
    return description.summary or (summarise(description.notes.blocks) if description.notes else None)


def _fit_of(image: Image | None, show: Show) -> ArtworkFit | None:
    """How a picture has to be mended; None if it is as directories want it."""
    if image is None:
        return None
    return show.fix_artwork if any(p.level is Level.ERROR for p in check_image(image)) else None


def _listed(episode: Episode, show: Show) -> Listed:
    return Listed(
        slug=episode.slug,
        title=episode.title,
        published_at=episode.published_at,
        duration_seconds=episode.audio.duration_seconds,
        season=episode.season,
        episode=episode.episode,
        type=episode.type,
        thumbnail_path=episode.thumbnail.path if episode.thumbnail else None,
        is_canonical=episode.link in (None, show.site_url + page_path(episode.slug)),
    )


def _place_in_feed(public: Public) -> tuple[datetime, str]:
    return public.item.published_at, public.item.guid


def _cuts(description: Description | None) -> tuple[str, ...]:
    article = description.notes if description else None
    return tuple(f"{article.path}: {cut}" for cut in article.cuts) if article else ()
