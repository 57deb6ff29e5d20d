"""feed/ as it shall be, gathered episode by episode: produce -> check -> render, then the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import partial
from html import escape

from podcast_tool.audio.sound import AudioError
from podcast_tool.check.artwork import check_image
from podcast_tool.check.episodes import check_audio, check_episode
from podcast_tool.check.feed.feed import check_feed
from podcast_tool.check.feed.frame import check_size
from podcast_tool.errors import PodcastError, ShowError
from podcast_tool.model import (
    ArtworkFit,
    Description,
    Episode,
    EpisodeFiles,
    EpisodeReport,
    Extent,
    FeedItem,
    FieldChange,
    Found,
    Identity,
    Image,
    Item,
    Ledger,
    Level,
    Node,
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
from podcast_tool.produce.workshop import Workshop
from podcast_tool.publish.memory import Memory, Render
from podcast_tool.publish.plan import plan_publish
from podcast_tool.publish.records import update_record, withdraw_record
from podcast_tool.publish.site import episode_files, is_present, is_transcript
from podcast_tool.publish.spool import Spool, read_extents
from podcast_tool.read.document import scan_feed
from podcast_tool.read.ledger import LEDGER_FILE
from podcast_tool.read.show import DEFAULT_FEED_PATH
from podcast_tool.read.transcript import read_transcript
from podcast_tool.render.changes import list_changes
from podcast_tool.render.chapters import render_chapters_json
from podcast_tool.render.feed import ITEM_GAP, render_frame, render_item
from podcast_tool.render.ledger import render_ledger
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages import IndexEntry, render_index, render_page
from podcast_tool.render.transcript import TRANSCRIPT_FORMS
from podcast_tool.vocabulary.namespaces import NAMESPACES

# DESIGN: so many published episodes may vanish, or be dated or addressed anew, before somebody has to say yes.
MIN_GONE = 3
MAX_UNASKED = 10


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One episode, as far as it has come."""

    description: Description | None
    identity: Identity
    names: frozenset[str]
    """What people may call it: stem, slug, paths of its files below the show folder."""
    audio: PublishedFile | None
    report: EpisodeReport


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

    def __post_init__(self) -> None:
        self.entries: list[Entry] = []
        self.made_guids: set[str] = set()
        self.kept_paths: set[str] = set()
        """What episodes that go out have in feed/ already."""
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
        problems = (
            *description.problems,
            *identity.problems,
            *faults,
            *check_episode(description, identity, self.items),
            *check_audio(episode.audio, description, identity),
        )
        self._render(episode, description)
        self.records[episode.guid] = update_record(identity.record, episode, self.now)
        changes = self._changes(episode.guid) if identity.state is State.PUBLISHED else ()
        self._report(names, description, identity, episode.audio, problems, changes=changes)

    def keep(self, names: frozenset[str], description: Description | None, identity: Identity) -> None:
        """An episode that does not go out anew: what was published of it stays, in its very bytes."""
        problems = (*(description.problems if description else ()), *identity.problems)
        item = self.last_items.get(identity.guid) if identity.record and identity.guid else None
        if identity.record and identity.state is State.WITHDRAWN:
            self.records[identity.record.guid] = withdraw_record(identity.record, self.now)
            item, problems = None, ()
        if item:
            self.feed_items.append((item, identity.slug))
        self._report(names, description, identity, None, problems, item)

    def _changes(self, guid: str) -> tuple[FieldChange, ...]:
        """Before and after of each field of the item that was rendered last, if it was in the feed already."""
        old, (new, _) = self.last_items.get(guid), self.feed_items[-1]
        if old is None or old.sha256 == new.sha256:
            return ()
        self.spool.flush()
        before, after = (self._parse(item) for item in (old, new))
        return list_changes(before, after) if before and after else ()

    def _parse(self, item: Item) -> Node | None:
        declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
        head, tail = f"<rss{declared}><channel>".encode(), b"</channel></rss>"
        parts = scan_feed(iter([head, b"".join(read_extents([item.extent])), tail]))
        return next((part.node for part in parts if isinstance(part, FeedItem)), None)

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

    def _render(self, episode: Episode, description: Description) -> None:
        """The item and the files of an episode, unless feed/ has what the same episode gave before."""
        inputs = hashlib.sha256(
            repr((self.show, self.thumbnail, episode, description.transcripts)).encode("utf-8", "surrogateescape")
        ).hexdigest()
        render = self.memory.recall_render(episode.guid, inputs)
        if render is None or not all(self._has(path, known) for path, known in render.outputs.items()):
            content, outputs = self._render_anew(episode, description)
            self.wanted |= outputs
            sizes = {path: (file.size_bytes, file.sha256) for path, file in outputs.items()}
            self.memory.keep_render(episode.guid, inputs, Render(item=content, outputs=sizes))
            self.kept_paths |= outputs.keys()
        else:
            content = render.item
            self.kept_paths |= render.outputs.keys()
        self.made_guids.add(episode.guid)
        item = Item(
            guid=episode.guid,
            title=episode.title,
            published_at=episode.published_at,
            extent=self.spool.add(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        self.feed_items.append((item, episode.slug))
        for file in (episode.audio, episode.artwork, episode.thumbnail, *episode.chapter_images.values()):
            self._want(file)

    def _has(self, path: str, known: tuple[int, str]) -> bool:
        size_bytes, sha256 = known
        return is_present(self.workshop.feed_dir, path, PlannedFile(parts=(), size_bytes=size_bytes, sha256=sha256))

    def _render_anew(self, episode: Episode, description: Description) -> tuple[bytes, dict[str, PlannedFile]]:
        outputs, transcript = self._transcripts(description, episode)
        if episode.chapters_path:
            outputs[episode.chapters_path] = self.spool.add_file(self._chapters(episode))
        page = render_page(episode, self.show, self.thumbnail, transcript)
        outputs[_page_file(episode.slug)] = self.spool.add_file(page)
        return render_item(episode, self.show), outputs

    def _chapters(self, episode: Episode) -> bytes:
        def address(image: Image) -> str | None:
            file = episode.chapter_images.get(image.sha256)
            return self.show.site_url + file.path if file else None

        return render_chapters_json(
            episode.chapters, title=episode.title, show_title=self.show.title, image_url=address
        )

    def _transcripts(
        self, description: Description, episode: Episode
    ) -> tuple[dict[str, PlannedFile], Transcript | None]:
        """Each form of each language, and what the page shows of them."""
        files: dict[str, PlannedFile] = {}
        outputs = choose_transcripts(description.transcripts, episode.slug, self.show.language)
        shown = for_page(outputs)
        read: dict[str, Transcript] = {}
        for output in outputs:
            path = output.source.path
            if path not in read:
                read[path] = read_transcript(self.workshop.show_dir, path)[0]
            files[output.published.path] = self.spool.add_file(TRANSCRIPT_FORMS[output.format](read[path]))
        return files, read[shown.path] if shown else None

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
        changes: tuple[FieldChange, ...] = (),
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
            state=State.CHANGED if changes and self.workshop.is_dry else identity.state,
            title=title,
            guid=identity.guid,
            published_at=published_at or (item.published_at if item else None),
            duration_seconds=length or (recording.duration_seconds if recording else None),
            enclosure_url=self.show.audio_url(path) if path else None,
            problems=problems,
            cuts=_cuts(description),
            page_path=_page_file(identity.slug),
            loudness_lufs=now.loudness_lufs if now else last.loudness_lufs if last else None,
            changes=changes,
        )
        self.entries.append(Entry(description=description, identity=identity, names=names, audio=audio, report=report))

    def outcome(self, *, checks_feed: bool = True) -> Outcome:
        """What there is to tell, and to write.

        Args:
            checks_feed: also hold what is new in the feed against the rules for feeds.
        """
        plan = self._plan()
        reports = [entry.report for entry in self.entries]
        reports.sort(key=lambda r: (r.published_at is not None, r.published_at, r.slug), reverse=True)
        recordings = [entry.description.recording for entry in self.entries if entry.description]
        claimed = {recording.path for recording in recordings if recording}  # by a sidecar of another stem
        return Outcome(
            show=self.show,
            show_problems=(*self.show_problems, *(self._check_changed(plan) if checks_feed else ())),
            unclaimed=tuple(path for path in self.found.unclaimed if path not in claimed),
            episodes=tuple(reports),
            plan=plan,
            now=self.now,
            stop=self._stop(),
        )

    def _stop(self) -> str | None:
        """Why to ask again: what looks like a disk that is not mounted, or a change that apps would take for many."""
        published = sum(record.guid in self.last_items for record in self.ledger.records)
        gone = sum(e.identity.state is State.MISSING and e.identity.guid in self.last_items for e in self.entries)
        if gone >= MIN_GONE and gone * 3 >= published:
            return (
                f"{gone} of {published} published episodes are gone; mount the disk that they are on, "
                "or withdraw each with podcast_tool withdraw"
            )
        dated = sum(any(c.field == "pubDate" for c in e.report.changes) for e in self.entries)
        if dated > MAX_UNASKED:
            return f"the dates of {dated} published episodes would change; say --yes if they are to"
        moved = sum(_moves(entry) for entry in self.entries)
        if moved > MAX_UNASKED:
            return f"the audio of {moved} episodes would move although it is the same; say --yes if it is to"
        return None

    def _check_changed(self, plan: Plan) -> Iterator[Problem]:
        """The rules for feeds, of what of this one is new: the frame, and items that were not in it so before."""
        if plan.feed is None or plan.feed_path not in plan.write or not self.feed_items:
            return
        known = {item.sha256 for item in self.items}
        changed = [item for item, _ in self.feed_items if item.sha256 not in known] or [self.feed_items[0][0]]
        changed.sort(key=lambda item: (item.published_at, item.guid), reverse=True)
        head, tail = plan.feed.parts[0], plan.feed.parts[-1]
        self.spool.flush()
        parts = (b"".join(read_extents([part])) for part in [head, *(item.extent for item in changed), tail])
        document = scan_feed(self._as_if_public(part) for part in parts)
        for problem in check_feed(document, feed_url=None, now=self.now):
            if problem.level is not Level.NOTE:
                yield problem
        yield from check_size(plan.feed.size_bytes)

    def _as_if_public(self, part: bytes) -> bytes:
        """Where the show is served was said once (check_own_address), and not for each address in the feed."""
        for address in filter(None, (self.show.site_url, self.show.media_url)):
            part = part.replace(escape(address).encode(), b"https://podcast.example.org/")
        return part

    def _plan(self) -> Plan:
        """What has to be written; nothing as long as the feed would be empty (RSS-ITEMS-MIN)."""
        if not self.feed_items and not self.ledger.records:
            return Plan(write={})
        newest_first = sorted(self.feed_items, key=lambda entry: (entry[0].published_at, entry[0].guid), reverse=True)
        entries = [IndexEntry(slug=slug, title=i.title, published_at=i.published_at) for i, slug in newest_first]
        self.wanted["index.html"] = self.spool.add_file(render_index(self.show, self.thumbnail, entries))
        for picture in (self.cover, self.thumbnail):
            self._want(picture)
        feed, ledger = self._feed([item for item, _ in newest_first])
        self.wanted[self.show.feed_path] = feed
        self.wanted[LEDGER_FILE] = self.spool.add_file(render_ledger(ledger))
        feed_dir = self.workshop.feed_dir
        plan = plan_publish(self.wanted, lambda path, file: is_present(feed_dir, path, file), self.show.feed_path)
        return replace(plan, delete=tuple(path for path in self._stale() if (feed_dir / path).is_file()))

    def _stale(self) -> list[str]:
        """Files that the feed has not named for `keep_days`, or that are to go at once; none that it names now."""
        ended_before = self.now - timedelta(days=self.show.keep_days)
        in_use = {address.path for record in self.records.values() for address in record.addresses if not address.until}
        stale: set[str] = set()
        for record in self.records.values():
            is_purged = record.guid in self.purge
            for address in record.addresses:
                if address.until and (is_purged or address.until < ended_before):
                    stale.add(address.path)
            if record.withdrawn_at and (is_purged or record.withdrawn_at < ended_before):
                stale |= episode_files(self.workshop.feed_dir, record.slug)
            else:
                texts = {path for path in episode_files(self.workshop.feed_dir, record.slug) if is_transcript(path)}
                stale |= texts - self.kept_paths if record.guid in self.made_guids else set()
        return sorted(stale - in_use - set(self.wanted))

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
        own_path = self.show.feed_path if self.show.feed_path != DEFAULT_FEED_PATH else None
        ledger = Ledger(
            records=tuple(self.records.values()),
            feed_sha256=feed_sha256,
            feed_changed_at=changed_at,
            feed_path=own_path,
        )
        return self.spool.join(parts), ledger


def _moves(entry: Entry) -> bool:
    record, description = entry.identity.record, entry.description
    if not (record and record.audio and description and description.recording and entry.audio):
        return False
    is_same = record.sound_sha256 == description.recording.sound_sha256
    return is_same and entry.audio.path != record.audio.path


def _summary(description: Description) -> str | None:
    return description.summary or (summarise(description.notes.blocks) if description.notes else None)


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
