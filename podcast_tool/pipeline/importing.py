"""The order of an import: the old feed -> a plan -> episodes/ -> a look at what a publish would make of it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from podcast_tool.authoring.cover import make_cover
from podcast_tool.authoring.import_show import (
    Address,
    ChaptersDocument,
    UnfitError,
    addresses_of_media,
    admit_recording,
    chapters_of_item,
    host_of,
    move_into,
    picture_ending,
    read_chapters_document,
    recording_ending,
    render_imported_notes,
    render_imported_show,
    render_imported_sidecar,
    replace_whole,
    spoken_size,
    transcript_name,
)
from podcast_tool.authoring.placing import Placement, digest_of, place, placement_of, sweep
from podcast_tool.authoring.sidecars import edit_toml
from podcast_tool.check.artwork import check_image
from podcast_tool.errors import PodcastError, ShowError
from podcast_tool.identify.names import MAX_SLUG_CHARACTERS, RESERVED_SLUGS, marked_slug, slugify
from podcast_tool.model import (
    Comparison,
    EpisodeFiles,
    ImportedFeed,
    ImportedItem,
    ImportedPart,
    ImportedShow,
    ImportOutcome,
    Level,
    PartKind,
)
from podcast_tool.pipeline.commands import surveyed
from podcast_tool.pipeline.import_comparison import Moved, compare_items
from podcast_tool.publish.site import locked
from podcast_tool.publish.spool import open_work_folder
from podcast_tool.read.artwork import MAX_IMAGE_BYTES, ImageError, look_at_image
from podcast_tool.read.download import Downloaded, Downloads, Fetch, Lost
from podcast_tool.read.fields import DocumentError, read_document
from podcast_tool.read.find import SHOW_FILE, find_episodes
from podcast_tool.read.foreign_feed import read_foreign_feed
from podcast_tool.read.host import fetch_feed
from podcast_tool.read.show import DEFAULT_FEED_PATH, folder_address, is_feed_path, podcast_guid
from podcast_tool.read.wire import Wire

_MAX_PAGES = 100
_PERMANENT = frozenset({301, 308})
_BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Voices:
    """How the one who typed the command is told, and asked."""

    tell: Callable[[str], object]
    """A line on standard output."""
    tell_loss: Callable[[str], object]
    """What is not imported."""
    tell_note: Callable[[str], object]
    """What was understood otherwise than it was written."""
    confirm: Callable[[str], bool]
    tell_progress: Callable[[str, float, float], object] = lambda *_: None


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the command line says."""

    place: str
    """A file, or an address."""
    show_dir: Path
    site_url: str | None
    keep_address: bool
    is_dry: bool


def import_show(wishes: Wishes, voices: Voices) -> ImportOutcome:
    """Make a show of another host's feed; what is there already stays, so that it can be run again and goes on.

    Raises:
        PodcastError: no feed came, it is of another show, or the disk refused.
    """
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder:
        source = _read_source(wishes.place, Path(folder), voices)
        address = _address(wishes, source)
        importing = _Importing(wishes=wishes, voices=voices, source=source, address=address)
        return importing.run()


# -- the old feed -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Source:
    feed: ImportedFeed
    url: str | None
    """Where apps know the feed; None of a file that does not say so."""
    may_be_private: bool
    losses: tuple[str, ...] = ()


def _read_source(place: str, folder: Path, voices: Voices) -> _Source:
    if not place.startswith(("http://", "https://")):
        feed = read_foreign_feed(Path(place), place, None)
        source = _Source(feed=feed, url=feed.show.own_url, may_be_private=False)
    else:
        path = folder / "feed.xml"
        voices.tell(f"reading {place}")
        fetched = fetch_feed(place, path)
        url = place
        for answer, following in zip(fetched.answers, fetched.answers[1:], strict=False):
            if answer.status not in _PERMANENT:
                break
            url = following.url
        feed = read_foreign_feed(path, place, fetched.url)
        source = _Source(feed=feed, url=url, may_be_private=fetched.is_private)
    return _with_older_pages(source, folder)


def _with_older_pages(source: _Source, folder: Path) -> _Source:
    """A feed in pages (RFC 5005, section 3) is read to its last one."""
    pages = folder / "pages"
    pages.mkdir()
    downloads = Downloads(pages, source.may_be_private, Wire(), limit_bytes=200_000_000)
    items, losses, seen = list(source.feed.items), list(source.losses), {source.url}
    following = source.feed.show.next_url
    while following and following not in seen and len(seen) <= _MAX_PAGES:
        seen.add(following)
        got = downloads.fetch(following)
        if isinstance(got, Lost):
            losses.append(f"the feed's older items: {following} {got.message}")
            break
        try:
            page = read_foreign_feed(got.path, following, following)
        except PodcastError as error:
            losses.append(f"the feed's older items: {error}")
            break
        items += (replace(item, number=len(items) + index) for index, item in enumerate(page.items, 1))
        following = page.show.next_url
    return replace(source, feed=replace(source.feed, items=tuple(items)), losses=tuple(losses))


def _address(wishes: Wishes, source: _Source) -> Address:
    if wishes.site_url is None and source.url is None:
        message = "does not say where it was; say with --site-url where feed/ will be served"
        raise PodcastError(wishes.place, message)
    try:
        site_url = folder_address(wishes.site_url or urljoin(source.url or "", "."))
    except ValueError as error:
        raise PodcastError("--site-url", str(error)) from error
    feed_path = DEFAULT_FEED_PATH
    if wishes.keep_address:
        feed_path = urlsplit(source.url or "").path.rpartition("/")[2]
        if not is_feed_path(feed_path):
            message = f"has the name {feed_path!r}, which no file of feed/ can have; leave --keep-address out"
            raise PodcastError(source.url or wishes.place, message)
    return Address(site_url=site_url, feed_path=feed_path, old_feed_url=source.url)


# -- the new show -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Planned:
    """An item and the episode that it becomes."""

    item: ImportedItem
    guid: str
    key: str
    """Of its files, below episodes/."""
    files: EpisodeFiles | None
    """What of it is here."""
    sidecar: str | None
    """Its sidecar, below the show folder; None: it is still to be written."""
    has_audio: bool

    @property
    def stem(self) -> str:
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class _Job:
    """A file that is wanted for the episode *planned*."""

    planned: _Planned
    part: ImportedPart


@dataclass(kw_only=True)
class _Importing:
    wishes: Wishes
    voices: Voices
    source: _Source
    address: Address
    loss_count: int = 0
    chapters: dict[str, tuple[_Planned, ChaptersDocument]] = field(default_factory=dict)
    images: dict[tuple[str, str], str] = field(default_factory=dict)
    """(key, address) -> name of a chapter's picture."""

    @property
    def show_dir(self) -> Path:
        return self.wishes.show_dir

    @property
    def episodes(self) -> Path:
        return self.show_dir / "episodes"

    @property
    def show(self) -> ImportedShow:
        return self.source.feed.show

    @property
    def guid(self) -> str:
        """P20-GUID-LIFE, P20-GUID-ALGO: the old one, else the one that the old address gives."""
        return self.show.guid or podcast_guid(self.source.url or self.address.feed_url)

    def run(self) -> ImportOutcome:
        is_begun = self._is_begun()
        for sentence in (*self.source.losses, *self.show.losses):
            self.lose(sentence)
        for sentence in self.show.remarks:
            self.voices.tell_note(sentence)
        self._tell_staying(self.show.fields, "", SHOW_FILE)
        if self.show.locked and not is_begun and not self.wishes.is_dry:
            question = "The feed is locked (podcast:locked): only its owner may move it. Is it yours?"
            if not self.voices.confirm(question):
                raise PodcastError(self.wishes.place, "is locked, and nothing was imported; ask its owner")
        with ExitStack() as stack:
            if not self.wishes.is_dry:
                self._make_folder()
                stack.enter_context(locked(open_work_folder(self.show_dir), self.show_dir))
                sweep(self.episodes)
            planned = self._plan()
            if self.wishes.is_dry:
                for one in planned:
                    if one.sidecar is None:
                        self.voices.tell(f"would write episodes/{one.key}.toml")
                return self._outcome(len(planned), None, "")
            self._fill(planned, is_begun=is_begun)
        comparison, obstacle = self._compared(planned)
        return self._outcome(len(planned), comparison, obstacle)

    def lose(self, sentence: str) -> None:
        self.loss_count += 1
        self.voices.tell_loss(sentence)

    def _outcome(self, item_count: int, comparison: Comparison | None, obstacle: str) -> ImportOutcome:
        return ImportOutcome(
            old_url=self.source.url,
            new_url=self.address.feed_url,
            item_count=item_count,
            loss_count=self.loss_count,
            comparison=comparison,
            obstacle=obstacle,
        )

    def _is_begun(self) -> bool:
        """Whether an earlier import began here."""
        path = self.episodes / SHOW_FILE
        if not path.exists():
            return False
        try:
            present = read_document(path)
        except DocumentError as error:
            raise ShowError(f"episodes/{SHOW_FILE}", str(error)) from error
        if present.get("guid") != self.guid:
            raise ShowError(f"episodes/{SHOW_FILE}", "is of another show; give a folder of its own to this one")
        site_url, feed_path = present.get("site_url"), present.get("feed_path", DEFAULT_FEED_PATH)
        if isinstance(site_url, str) and isinstance(feed_path, str):  # what was written there once stays
            self.address = replace(self.address, site_url=site_url.rstrip("/") + "/", feed_path=feed_path)
        return True

    def _make_folder(self) -> None:
        try:
            self.episodes.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PodcastError(self.episodes, f"cannot be made ({error.strerror}); give another folder") from error

    # -- the plan

    def _plan(self) -> list[_Planned]:
        """Each item that is an episode, with its name; told of the others."""
        found = find_episodes(self.show_dir).episodes if self.episodes.is_dir() else ()
        known = {guid: (files, document) for files in found for guid, document in self._sidecars(files)}
        taken = {files.stem for files in found} | RESERVED_SLUGS
        planned: list[_Planned] = []
        firsts: dict[str, ImportedItem] = {}
        for item in self.source.feed.items:
            if not self._is_episode(item, firsts):
                continue
            stem = _stem(item, taken)
            guid = item.guid if item.guid and item.guid not in firsts else _minted(self.guid, item, firsts)
            firsts.setdefault(guid, item)
            files, document = known.get(guid, (None, {}))
            if files is None:
                taken.add(stem)
            planned.append(
                _Planned(
                    item=item,
                    guid=guid,
                    key=files.key if files else stem,
                    files=files,
                    sidecar=files.sidecars[0] if files else None,
                    has_audio=bool(files and files.recordings) or "audio" in document,
                )
            )
            self._tell_of(item)
            self._tell_staying(item.fields, f"{item.name}: ", f"{planned[-1].key}.toml")
        return planned

    def _sidecars(self, files: EpisodeFiles) -> Iterator[tuple[str, Mapping[str, object]]]:
        for path in files.sidecars:
            try:
                document = read_document(self.show_dir / path)
            except DocumentError:
                continue
            if isinstance(guid := document.get("guid"), str):
                yield guid, document

    def _is_episode(self, item: ImportedItem, firsts: Mapping[str, ImportedItem]) -> bool:
        if item.recording is None and not any(loss.startswith("recording:") for loss in item.losses):
            self.lose(f"{item.name}: has no recording, so it is no episode")
            return False
        first = firsts.get(item.guid or "")
        if first is None:
            return True
        if item.recording == first.recording:
            self.lose(f"{item.name}: is item {first.number} once more, with the same guid")
            return False
        self.voices.tell_note(f"{item.name}: has the guid of item {first.number}, and gets one of its own")
        return True

    def _tell_of(self, item: ImportedItem) -> None:
        for sentence in item.losses:
            self.lose(f"{item.name}: {sentence}")
        for sentence in item.remarks:
            self.voices.tell_note(f"{item.name}: {sentence}")
        if item.title is None:
            self.voices.tell_note(f"{item.name}: has no title; write one into its sidecar")

    def _tell_staying(self, fields: Mapping[str, object], name: str, file: str) -> None:
        """What is not fetched, and will be gone with the old host."""
        for what, url in addresses_of_media(fields):
            if host_of(url) in self._old_hosts:
                self.voices.tell_note(
                    f"{name}the {what} {url} stays at the old host; put it elsewhere before that ends, "
                    f"and its new address into episodes/{file}"
                )

    @cached_property
    def _old_hosts(self) -> frozenset[str]:
        """Of the feed and its recordings."""
        recordings = (item.recording.url for item in self.source.feed.items if item.recording)
        return frozenset(host for url in (self.source.url or "", *recordings) if (host := host_of(url)))

    # -- carrying it out

    def _fill(self, planned: Sequence[_Planned], *, is_begun: bool) -> None:
        work_folder = open_work_folder(self.show_dir) / "import"
        work_folder.mkdir(exist_ok=True)
        progress = _Progress(self.voices, planned)
        downloads = Downloads(work_folder, self.source.may_be_private, Wire(), progress.tell)
        if not is_begun:
            place([self._show_file(downloads)], self.episodes)
            self.voices.tell(f"wrote episodes/{SHOW_FILE}")
        else:
            self._complete_cover(downloads)
        self._write_sidecars(planned)
        jobs = [job for one in planned for job in self._jobs(one)]
        progress.begin(jobs)
        self._fetch(downloads, jobs)
        for one in planned:
            if one.item.chapters and not (one.files and one.files.chapters):
                self.chapters.setdefault(one.key, (one, chapters_of_item(one.item.chapters)))
        pictures = [
            _Job(planned=one, part=ImportedPart(kind=PartKind.CHAPTER_IMAGE, url=url))
            for one, document in self.chapters.values()
            for url in document.image_urls
        ]
        self._fetch(downloads, pictures)
        self._write_chapters()
        if not self.loss_count:
            shutil.rmtree(work_folder, ignore_errors=True)

    def _show_file(self, downloads: Downloads) -> Placement:
        """show.toml; the cover is put in place before it."""
        cover, fix_artwork = self._cover(downloads)
        for name, value in (("language", self.show.language), ("explicit", self.show.explicit)):
            if value is None:
                stand_in = "en" if name == "language" else "false"
                self.voices.tell_note(
                    f"the feed does not say {name}; show.toml says {stand_in}, mend it if that is wrong"
                )
        if not self.show.categories:
            self.lose("categories: the feed has none of Apple's; write one into show.toml")
        return render_imported_show(self.show, self.address, self.guid, cover=cover, fix_artwork=fix_artwork)

    def _cover(self, downloads: Downloads) -> tuple[str, bool]:
        """The name of the cover, and whether it has to be mended."""
        part = self.show.cover
        if part is None:
            self.lose("cover: the feed has none; one was made, put yours in its place")
        else:
            try:
                got, name, is_unfit = self._fetch_cover(downloads, part)
                move_into(got.path, self.episodes / name, keeps_source=False)
                return name, is_unfit
            except (UnfitError, ImageError) as error:
                self.lose(f"cover: {part.url} {error}; one was made, put yours in its place")
        made = self._made_cover()
        if not (self.episodes / made.name).exists():
            place([made], self.episodes)
        return made.name, False

    def _made_cover(self) -> Placement:
        """What stands for a cover that cannot be had."""
        return make_cover(self.show.title or "Podcast")

    def _fetch_cover(self, downloads: Downloads, part: ImportedPart) -> tuple[Downloaded, str, bool]:
        """The file, the name that it gets, and whether directories would refuse it as it is.

        Raises:
            UnfitError, ImageError: there is none.
        """
        got = downloads.fetch(part.url)
        if isinstance(got, Lost):
            raise UnfitError(got.message)
        name = f"cover{picture_ending(got)}"
        with got.path.open("rb") as file:
            image = look_at_image(file.read(MAX_IMAGE_BYTES + 1), f"episodes/{name}")
        return got, name, any(problem.level is Level.ERROR for problem in check_image(image))

    def _complete_cover(self, downloads: Downloads) -> None:
        """Ask once more for a cover that an earlier run could not have, unless somebody has put one in its place."""
        part, show_file = self.show.cover, self.episodes / SHOW_FILE
        made = self.episodes / self._made_cover().name
        try:
            is_made = (
                made.name == read_document(show_file).get("cover") and digest_of(made) == self._made_cover().sha256
            )
        except (DocumentError, OSError):
            return  # a person's work by now
        if part is None or not is_made:
            return
        try:
            got, name, is_unfit = self._fetch_cover(downloads, part)
            changes = {"cover": name} | ({"fix_artwork": "pad"} if is_unfit else {})
            edited = edit_toml(show_file.read_bytes().decode("utf-8"), changes)
        except (UnfitError, ImageError, DocumentError) as error:
            self.lose(f"cover: {part.url} {error}; one was made, put yours in its place")
            return
        os.replace(got.path, self.episodes / name)
        replace_whole(show_file, edited.encode("utf-8"))
        if name != made.name:
            made.unlink(missing_ok=True)
        self.voices.tell(f"fetched episodes/{name} ({spoken_size(got.size_bytes)}, SHA-256 {got.sha256})")

    def _write_sidecars(self, planned: Sequence[_Planned]) -> None:
        """Before anything is fetched, so that a run that is broken off knows its episodes again."""
        placements: list[Placement] = []
        for one in planned:
            if one.sidecar is not None:
                continue
            notes = render_imported_notes(one.item)
            if notes and not (self.episodes / f"{one.key}.html").exists():
                placements.append(placement_of(f"{one.key}.html", notes))
            sidecar = render_imported_sidecar(one.item, one.guid, show_is_explicit=bool(self.show.explicit))
            placements.append(placement_of(f"{one.key}.toml", sidecar))
        for start in range(0, len(placements), _BATCH):
            place(placements[start : start + _BATCH], self.episodes)
        if placements:
            count = sum(placement.name.endswith(".toml") for placement in placements)
            self.voices.tell(f"wrote {count} sidecar{'' if count == 1 else 's'}")

    def _jobs(self, one: _Planned) -> Iterator[_Job]:
        item, files = one.item, one.files
        if item.recording and not one.has_audio:
            yield _Job(planned=one, part=item.recording)
        elif one.has_audio and one.sidecar:
            admit_recording(self.show_dir / one.sidecar)
        cover_url = self.show.cover.url if self.show.cover else None
        if item.artwork and item.artwork.url != cover_url and not (files and files.artworks):
            yield _Job(planned=one, part=item.artwork)
        if not (files and files.transcripts):
            yield from (_Job(planned=one, part=part) for part in item.transcripts)
        if item.chapters_file and not (files and files.chapters):
            yield _Job(planned=one, part=item.chapters_file)

    def _fetch(self, downloads: Downloads, jobs: Sequence[_Job]) -> None:
        wanted: dict[str, list[_Job]] = {}
        for job in jobs:
            wanted.setdefault(job.part.url, []).append(job)
        for url, got in downloads.fetch_all(list(wanted)):
            for index, job in enumerate(wanted[url]):
                self._settle(job, got, keeps_source=index < len(wanted[url]) - 1)
            if isinstance(got, Downloaded):
                got.path.unlink(missing_ok=True)

    def _settle(self, job: _Job, got: Fetch, *, keeps_source: bool) -> None:
        one, part = job.planned, job.part
        try:
            if isinstance(got, Lost):
                raise UnfitError(got.message)
            if part.kind is PartKind.CHAPTERS:
                self.chapters[one.key] = (one, read_chapters_document(got))
                return
            name = self._name(one, part, got)
        except UnfitError as error:
            self.lose(f"{one.item.name}: {part.kind}: {part.url} {error}")
            return
        target = self.episodes / one.key.rpartition("/")[0] / name
        if part.kind is PartKind.TRANSCRIPT and target.exists():
            self.lose(f"{one.item.name}: {part.kind}: {part.url} is a second one of its kind and language")
            return
        move_into(got.path, target, keeps_source=keeps_source)
        if part.kind is PartKind.RECORDING:
            self._admit(one, part, got, target)
        if part.kind is PartKind.CHAPTER_IMAGE:
            self.images[one.key, part.url] = name

    def _name(self, one: _Planned, part: ImportedPart, got: Downloaded) -> str:
        match part.kind:
            case PartKind.RECORDING:
                return one.stem + recording_ending(got, part.url)
            case PartKind.TRANSCRIPT:
                return transcript_name(one.stem, part, got, self.show.language or "en")
            case PartKind.CHAPTER_IMAGE:
                mark = hashlib.sha256(part.url.encode("utf-8", "replace")).hexdigest()[:8]
                return f"{one.stem}.chapter-{mark}{picture_ending(got)}"
            case _:
                return one.stem + picture_ending(got)

    def _admit(self, one: _Planned, part: ImportedPart, got: Downloaded, target: Path) -> None:
        admit_recording(self.show_dir / (one.sidecar or f"episodes/{one.key}.toml"))
        below = target.relative_to(self.show_dir).as_posix()
        self.voices.tell(f"fetched {below} ({spoken_size(got.size_bytes)}, SHA-256 {got.sha256})")
        if part.size_bytes and part.size_bytes != got.size_bytes:
            message = f"the feed says {part.size_bytes:,} bytes, and {got.size_bytes:,} came, which counts"
            self.voices.tell_note(f"{one.item.name}: {message}")

    def _write_chapters(self) -> None:
        for key, (one, document) in self.chapters.items():
            names = {url: name for (of, url), name in self.images.items() if of == key}
            target = self.episodes / f"{key}.chapters.json"
            if not target.exists():
                folder = target.parent
                place([placement_of(f"{one.stem}.chapters.json", document.render(names))], folder)

    # -- the comparison

    def _compared(self, planned: Sequence[_Planned]) -> tuple[Comparison | None, str]:
        try:
            with surveyed(self.show_dir, ()) as site:
                moved = [Moved(item=one.item, guid=one.guid, key=one.key) for one in planned]
                return compare_items(moved, site), ""
        except PodcastError as error:
            return None, str(error)


def _stem(item: ImportedItem, taken: Container[str]) -> str:
    """`2018-01-05-tides`: a slug, so that the episode's address is the same."""
    day = f"{item.published_at:%Y-%m-%d}-" if item.published_at else ""
    stem = slugify(day + (item.title or "episode"))[:MAX_SLUG_CHARACTERS].strip("-")
    while not stem or stem in taken:
        stem = marked_slug(stem, f"{stem} {item.guid or item.number}")
    return stem


def _minted(show_guid: str, item: ImportedItem, taken: Container[str]) -> str:
    """A guid that each run gives to the same item."""
    name = _stem(item, ())
    while (guid := str(uuid.uuid5(uuid.UUID(show_guid), name))) in taken:
        name += "+"
    return guid


class _Progress:
    """Adds up what comes of many files; what the feed says of their sizes is the whole."""

    def __init__(self, voices: Voices, planned: Sequence[_Planned]) -> None:
        self.voices = voices
        self.told: dict[str, int] = {}
        self.come: dict[str, int] = {}
        self.total = self.done = 0
        self.count = len(planned)

    def begin(self, jobs: Sequence[_Job]) -> None:
        self.told = {job.part.url: job.part.size_bytes or 0 for job in jobs}
        self.total = sum(self.told.values())

    def tell(self, url: str, size_bytes: int) -> None:
        """Called by the threads that fetch."""
        size_bytes = min(size_bytes, self.told.get(url, 0))
        self.done += size_bytes - self.come.get(url, 0)
        self.come[url] = size_bytes
        if self.total:
            self.voices.tell_progress("recordings", self.done, self.total)
