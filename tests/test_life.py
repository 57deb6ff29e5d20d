"""An episode's whole life against a simple model: whatever staff do, what was published keeps its identity.

The model knows what staff have on their disk and what apps saw last. It lets staff do whatever leaves a sign of who
is who: a guid in the sidecar, the recording as published, the file's name, title and date as the feed has them. What
leaves none (all of them new at once) or two that disagree is nobody's to guess, and stands in test_identity.py.
"""

from __future__ import annotations

import email.utils
import functools
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from lxml import etree
from mutagen.id3 import ID3, TIT2, TXXX
from PIL import Image

from podcast_tool import pipeline
from podcast_tool.identify.names import marked_slug, slugify

from .conftest import REPOSITORY, need_command, tree

SITE = "https://podcast.example.org/life/"
SHOW_GUID = uuid.UUID("d84ced82-1926-54c0-88c2-bb01dd35d7e3")
KEEP_DAYS = 30
SHOW = f"""\
title = "A Life"
description = "A show to live through."
site_url = "{SITE}"
language = "en"
author = "Example Press"
categories = ["Science"]
explicit = false
cover = "cover.jpg"
guid = "{SHOW_GUID}"
keep_days = {KEEP_DAYS}
"""

BIRTH = 1_600_000_000
DAY = 86_400

# Few, so that names are given up and taken again; one gives an empty slug, one a reserved one.
PLACES = tuple(
    f"{folder}{stem}"
    for folder in ("", "one/", "two/")
    for stem in ("owls", "Owls", "a talk", "聴く", "audio", "zebra")
)

# Fewer than a third of them may be gone without a question, and three are the least that is asked about.
MAX_EPISODES = 8
MAX_GONE = 2

PICKS = st.integers(min_value=0, max_value=50)

_T = TypeVar("_T")


@functools.cache
def cover() -> bytes:
    picture = BytesIO()
    Image.new("RGB", (1400, 1400), (20, 90, 120)).save(picture, "JPEG")
    return picture.getvalue()


@functools.cache
def sounds() -> tuple[bytes, ...]:
    """Fifty recordings of more than a second, no two alike: the sample's, cut between its frames."""
    with tempfile.TemporaryDirectory() as folder:
        sample = REPOSITORY / "episodes" / "how-cancer-begins.mp3"
        cut = ["-f", "segment", "-segment_time", "1.3", "-segment_format_options", "write_xing=0:id3v2_version=0"]
        command = [need_command("ffmpeg"), "-v", "error", "-i", str(sample), "-map", "0:a", "-c", "copy", *cut]
        subprocess.run([*command, f"{folder}/%02d.mp3"], check=True, timeout=60)
        *pieces, _ = sorted(Path(folder).iterdir())
        sounds = tuple(piece.read_bytes() for piece in pieces)
    assert len(set(sounds)) == len(sounds) >= 50
    return sounds


@dataclass
class Episode:
    """What staff have of one episode, and what apps know of it."""

    number: int
    place: str
    """Its files' path below episodes/, without ending."""
    sound: int
    date: int
    form: str = "toml"
    """Where its fields stand: the ending of its sidecar, or `md` for the front matter of its article."""
    edition: int = 1
    take: int = 0
    """How often its recording was tagged anew."""
    written_guid: str | None = None
    is_draft: bool = False
    is_withdrawn: bool = False
    is_broken: bool = False
    is_gone: bool = False
    """Its files are away."""

    guid: str | None = None
    """As published; it stays known after a withdrawal."""
    slug: str | None = None
    published_sound: int | None = None
    published_as: tuple[str, int] | None = None
    """Title and date."""
    item: bytes | None = None
    """As it stands in the feed; None: it is not in there."""
    address: str | None = None
    has_ended: bool = False
    """The ledger knows that it was withdrawn."""
    was_out: bool = False
    """Whether feed/ ever told of it, and may still hold files of it."""

    @property
    def title(self) -> str:
        return f"Title of {self.number}, edition {self.edition}"

    @property
    def names(self) -> frozenset[str]:
        """Slugs that a recording in this place may have been given."""
        slug = slugify(self.place.rpartition("/")[2])
        return frozenset({slug, marked_slug(slug, f"{self.place}.mp3")})

    @property
    def has_its_guid(self) -> bool:
        return self.guid is not None and self.written_guid == self.guid and not self.is_broken

    @property
    def has_its_sound(self) -> bool:
        return self.published_sound is not None and self.sound == self.published_sound

    @property
    def has_its_name(self) -> bool:
        return self.slug in self.names

    @property
    def has_its_looks(self) -> bool:
        return self.item is not None and self.published_as == (self.title, self.date) and not self.is_broken

    def claims(self, other: Episode) -> bool:
        return other.guid is not None and self.written_guid == other.guid

    def is_due(self, now: int) -> bool:
        return not (self.is_gone or self.is_broken or self.is_draft or self.is_withdrawn) and self.date <= now


def _is_told_apart(episode: Episode, others: Sequence[Episode]) -> bool:
    """Whether the signs of a published episode agree, and are no other's (of those whose files are there)."""
    if episode.guid is None:
        return True
    twins = [other for other in others if other.sound == episode.published_sound]
    namesakes = [other for other in others if episode.slug in other.names]
    strange_namesakes = [other for other in namesakes if not (other.has_its_guid or other.has_its_sound)]
    claimants = [other for other in others if other.claims(episode)]
    if episode.is_gone:
        return not (twins or strange_namesakes or claimants)
    if claimants and episode.has_its_guid:
        return episode.has_its_name and not namesakes
    if claimants and episode.written_guid and not episode.is_broken:
        return False
    if claimants:
        is_known = episode.has_its_sound or (episode.has_its_name and not episode.has_ended)
        return is_known and not twins and not namesakes
    if episode.has_its_guid:
        return episode.has_its_sound or episode.has_its_name or not (twins or namesakes)
    if episode.has_its_sound:
        is_namesake = any(twin in namesakes for twin in twins)
        return not twins or (episode.has_its_name and (episode.has_its_looks or not is_namesake))
    if twins or episode.has_ended:
        return False
    if episode.has_its_name:
        return episode.has_its_looks or not strange_namesakes
    is_silent = episode.written_guid is None and not episode.is_withdrawn
    return episode.has_its_looks and is_silent and not strange_namesakes


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One item, as apps have it."""

    raw: bytes
    title: str
    address: str
    """Of its sound, below feed/."""
    size_bytes: int
    published_at: datetime

    @property
    def slug(self) -> str:
        return self.address.removeprefix("audio/").partition(".")[0]


def _read_feed(feed_dir: Path) -> dict[str, FeedEntry]:
    """Guid -> item, in the feed's order; every file that the feed names is there."""
    path = feed_dir / "feed.xml"
    if not path.exists():
        return {}
    root = etree.fromstring(path.read_bytes())
    entries: dict[str, FeedEntry] = {}
    for item in root.iterfind("channel/item"):
        enclosure = item.find("enclosure")
        guid = item.findtext("guid")
        assert guid not in entries, f"the guid {guid} stands twice in the feed"
        entries[guid] = FeedEntry(
            raw=etree.tostring(item, method="c14n"),
            title=item.findtext("title"),
            address=enclosure.get("url").removeprefix(SITE),
            size_bytes=int(enclosure.get("length")),
            published_at=email.utils.parsedate_to_datetime(item.findtext("pubDate")),
        )
    for node in root.iter():
        for words in (node.text, *node.attrib.values()):
            if words and words.startswith(SITE):
                named = feed_dir / words.removeprefix(SITE)
                assert named.is_file() or (named / "index.html").is_file(), f"the feed names {words}: not there"
    return entries


class Life(RuleBasedStateMachine):
    """Staff at work, and after each publish a look at what apps see."""

    def __init__(self) -> None:
        super().__init__()
        self.show_dir = Path(tempfile.mkdtemp(prefix="life-"))
        self.episodes_dir, self.feed_dir = self.show_dir / "episodes", self.show_dir / "feed"
        self.episodes_dir.mkdir()
        (self.episodes_dir / "cover.jpg").write_bytes(cover())
        (self.episodes_dir / "show.toml").write_text(SHOW, "utf-8")
        self.now = BIRTH
        self.episodes: list[Episode] = []
        self.sounds = 0
        self.known_guids: set[str] = set()
        """Every guid that was ever published, and that the ledger still knows."""
        self.audio: dict[str, str] = {}
        """Every name that was ever in feed/audio, with the SHA-256 of what was there."""
        self.last_named: dict[str, int] = {}
        """When the feed was last seen to name each of them."""
        self.heard: set[int] = set()
        """Every sound that was ever published."""

    def teardown(self) -> None:
        shutil.rmtree(self.show_dir)

    # -- what staff have on their disk

    def _paths(self, episode: Episode) -> Iterator[Path]:
        for ending in ("mp3", "md", "toml", "yaml", "json"):
            yield self.episodes_dir / f"{episode.place}.{ending}"

    def _take_away(self, episode: Episode) -> None:
        for path in self._paths(episode):
            path.unlink(missing_ok=True)

    def _write(self, episode: Episode) -> None:
        """Every file of an episode as the model has it."""
        recording, article, *_ = self._paths(episode)
        recording.parent.mkdir(exist_ok=True)
        recording.write_bytes(sounds()[episode.sound])
        if episode.take:
            tags = ID3()
            tags.add(TIT2(encoding=3, text=f"Take {episode.take}"))
            tags.add(TXXX(encoding=3, desc="room", text="x" * episode.take))
            tags.save(recording)
        fields = _spell_fields(episode)
        article.write_text(f"{fields if episode.form == 'md' else ''}\nWords of {episode.number}.\n", "utf-8")
        if episode.form != "md":
            recording.with_name(f"{recording.stem}.{episode.form}").write_text(fields, "utf-8")

    def _are_told_apart(self) -> bool:
        present = [episode for episode in self.episodes if not episode.is_gone]
        return all(_is_told_apart(e, [other for other in present if other is not e]) for e in self.episodes)

    def _change(self, episode: Episode, **changes: Any) -> None:
        """Do it, unless nobody could say afterwards who is who."""
        before = replace(episode)
        vars(episode).update(changes)
        if not self._are_told_apart():
            vars(episode).update(vars(before))
            return
        self._take_away(before)
        if not episode.is_gone:
            self._write(episode)

    def _add(self, place: str, days: int, **more: Any) -> None:
        more.setdefault("sound", self._next_sound())
        number = len(self.episodes) + 1
        episode = Episode(number=number, place=place, date=self.now + days * DAY + number, **more)
        self.episodes.append(episode)
        if self._are_told_apart():
            self._write(episode)
        else:
            self.episodes.remove(episode)

    def _next_sound(self) -> int:
        self.sounds += 1
        return self.sounds - 1

    def _free_places(self) -> list[str]:
        taken = {episode.place.casefold() for episode in self.episodes}
        return [place for place in PLACES if place.casefold() not in taken]

    def _are(self, fits: Callable[[Episode], bool]) -> list[Episode]:
        return [episode for episode in self.episodes if fits(episode)]

    def _present(self) -> list[Episode]:
        return self._are(lambda e: not e.is_gone)

    def _has_room(self) -> bool:
        return len(self.episodes) < MAX_EPISODES and self.sounds < len(sounds())

    # -- what they do

    @initialize()
    def begin(self) -> None:
        self._add("owls", -20)
        self._add("zebra", -10, form="md")
        self._publish()

    @precondition(_has_room)
    @rule(
        place=PICKS,
        days=st.integers(-40, 5),
        form=st.sampled_from(["toml", "yaml", "json", "md"]),
        is_draft=st.booleans(),
        has_guid=st.booleans(),
    )
    def add(self, place: int, days: int, form: str, is_draft: bool, has_guid: bool) -> None:
        guid = f"tag:example.org,2020:{len(self.episodes)}-{self.sounds}" if has_guid else None
        self._add(_pick(self._free_places(), place), days, form=form, is_draft=is_draft, written_guid=guid)

    @precondition(lambda self: self._has_room() and self._present())
    @rule(pick=PICKS, place=PICKS)
    def copy_the_recording(self, pick: int, place: int) -> None:
        original = _pick(self._present(), pick)
        self._add(_pick(self._free_places(), place), -1, sound=original.sound)

    @precondition(lambda self: self._has_room() and self._present())
    @rule(pick=PICKS, place=PICKS)
    def begin_with_the_sidecar_of_another(self, pick: int, place: int) -> None:
        original = _pick(self._present(), pick)
        self._add(_pick(self._free_places(), place), -1, written_guid=original.guid)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS, other=PICKS)
    def claim_the_guid_of_another(self, pick: int, other: int) -> None:
        self._change(_pick(self._present(), pick), written_guid=_pick(self._present(), other).guid)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def take_the_guid_out_of_the_sidecar(self, pick: int) -> None:
        self._change(_pick(self._present(), pick), written_guid=None)

    @rule(pick=PICKS, place=PICKS)
    def rename_or_move(self, pick: int, place: int) -> None:
        self._change(_pick(self.episodes, pick), place=_pick(self._free_places(), place))

    @precondition(lambda self: self._present())
    @rule(pick=PICKS, other=PICKS)
    def swap_the_names_of_two(self, pick: int, other: int) -> None:
        one, two = _pick(self._present(), pick), _pick(self._present(), other)
        places = one.place, two.place
        two.place, one.place = places
        if not self._are_told_apart():
            one.place, two.place = places
            return
        for episode in (one, two):
            for place in places:
                self._take_away(replace(episode, place=place))
        for episode in (one, two):
            self._write(episode)

    @precondition(lambda self: self._present() and self.sounds < len(sounds()))
    @rule(pick=PICKS)
    def replace_the_recording(self, pick: int) -> None:
        self._change(_pick(self._present(), pick), sound=self._next_sound())

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def tag_the_recording_anew(self, pick: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, take=episode.take + 1)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def change_the_title(self, pick: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, edition=episode.edition + 1)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS, days=st.integers(-100, 5))
    def change_the_date(self, pick: int, days: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, date=episode.date + days * DAY)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS, form=st.sampled_from(["toml", "yaml", "json", "md"]))
    def split_off_join_or_rewrite_the_sidecar(self, pick: int, form: str) -> None:
        self._change(_pick(self._present(), pick), form=form)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def break_or_mend_the_sidecar(self, pick: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, is_broken=not episode.is_broken)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def mark_as_draft_or_not(self, pick: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, is_draft=not episode.is_draft)

    @precondition(lambda self: self._present())
    @rule(pick=PICKS)
    def mark_as_withdrawn_or_not(self, pick: int) -> None:
        episode = _pick(self._present(), pick)
        self._change(episode, is_withdrawn=not episode.is_withdrawn)

    @precondition(lambda self: self._present() and len(self._are(lambda e: e.is_gone)) < MAX_GONE)
    @rule(pick=PICKS)
    def archive_the_files(self, pick: int) -> None:
        self._change(_pick(self._present(), pick), is_gone=True)

    @precondition(lambda self: self._are(lambda e: e.is_gone))
    @rule(pick=PICKS)
    def put_the_files_back(self, pick: int) -> None:
        self._change(_pick(self._are(lambda e: e.is_gone), pick), is_gone=False)

    # -- what they tell the program

    @rule(hours=st.sampled_from([0, 1, 24]))
    def publish(self, hours: int) -> None:
        self.now += hours * 3600
        self._publish()

    @rule(days=st.sampled_from([5, KEEP_DAYS, KEEP_DAYS + 1]))
    def publish_much_later(self, days: int) -> None:
        self.now += days * DAY
        self._publish()

    @rule()
    def publish_with_an_empty_memory(self) -> None:
        """Which changes nothing."""
        shutil.rmtree(self.show_dir / ".podcast_tool")
        self._publish()

    @precondition(lambda self: self._are_guids_written_once())
    @rule()
    def publish_without_the_ledger(self) -> None:
        """It is made anew from the feed: what this does not name is forgotten."""
        (self.feed_dir / "ledger.json").unlink(missing_ok=True)
        for episode in self._are(lambda e: not e.item):
            _forget(episode)
        self.known_guids = {episode.guid for episode in self.episodes if episode.guid}
        self.last_named = {path: at for path, at in self.last_named.items() if at == self.now}
        self._publish()

    @rule()
    def publish_without_the_feed(self) -> None:
        """The ledger knows who everybody is; only the items of what cannot go out now are lost."""
        items = [episode.item for episode in self.episodes]
        for episode in self.episodes:
            episode.item = None
        if not self._are_told_apart():
            for episode, item in zip(self.episodes, items, strict=True):
                episode.item = item
            return
        (self.feed_dir / "feed.xml").unlink(missing_ok=True)
        self._publish()

    @precondition(lambda self: self._are_guids_written_once())
    @rule()
    def publish_without_the_folder(self) -> None:
        """Another machine publishes the same files: it gives the same names, as far as they stand in the files."""
        self._publish()
        before = {e.number: e.guid for e in self.episodes if e.item and e.is_due(self.now) and self._says_its_guid(e)}
        shutil.rmtree(self.feed_dir, ignore_errors=True)
        for episode in self.episodes:
            _forget(episode)
            episode.was_out = False
        self.known_guids, self.last_named = set(), {}
        self._publish()
        assert {e.number: e.guid for e in self.episodes if e.number in before} == before

    def _are_guids_written_once(self) -> bool:
        written = [episode.written_guid for episode in self.episodes if episode.written_guid]
        return len(set(written)) == len(written)

    def _says_its_guid(self, episode: Episode) -> bool:
        """Whether its files alone give it."""
        others = self._are(lambda e: e is not episode)
        if any(other.claims(episode) or other.names & episode.names for other in others):
            return False
        minted = str(uuid.uuid5(SHOW_GUID, slugify(episode.place.rpartition("/")[2])))
        return episode.guid == (episode.written_guid or minted)

    @precondition(lambda self: self._withdrawable())
    @rule(pick=PICKS)
    def withdraw(self, pick: int) -> None:
        episode = _pick(self._withdrawable(), pick)
        if not self._would_be_told_apart(episode, is_withdrawn=True, written_guid=episode.guid):
            return
        assert episode.slug
        self._set_clock()
        pipeline.withdraw(self.show_dir, episode.slug, lambda _: None, at_once=False, is_dry=False)
        if episode.is_gone:  # then only the ledger knows
            episode.item, episode.has_ended = None, True
        elif not episode.is_withdrawn:
            episode.written_guid, episode.is_withdrawn = episode.guid, True
        self._look()

    def _withdrawable(self) -> list[Episode]:
        """Those in the feed whose sidecar, if they have one, a program can edit."""
        return self._are(lambda e: bool(e.item) and (e.is_gone or (e.form == "toml" and not e.is_broken)))

    @precondition(lambda self: self._restorable())
    @rule(pick=PICKS)
    def restore(self, pick: int) -> None:
        episode = _pick(self._restorable(), pick)
        guid = episode.guid or episode.written_guid
        if not self._would_be_told_apart(episode, is_withdrawn=False, written_guid=guid):
            return
        self._set_clock()
        pipeline.restore(self.show_dir, f"{self.episodes_dir}/{episode.place}.mp3", lambda _: None, is_dry=False)
        episode.written_guid, episode.is_withdrawn = guid, False
        self._look()

    def _restorable(self) -> list[Episode]:
        return self._are(lambda e: e.is_withdrawn and e.form == "toml" and not (e.is_gone or e.is_broken))

    def _would_be_told_apart(self, episode: Episode, **changes: Any) -> bool:
        before = replace(episode)
        vars(episode).update(changes)
        answer = self._are_told_apart()
        vars(episode).update(vars(before))
        return answer

    def _set_clock(self) -> None:
        os.environ["SOURCE_DATE_EPOCH"] = str(self.now)

    def _publish(self) -> None:
        self._set_clock()
        pipeline.publish(self.show_dir, lambda _: None, is_sure=True)
        self._look()
        before = self._published_bytes()
        pipeline.publish(self.show_dir, lambda _: None, is_sure=True)
        after = self._published_bytes()
        changed = [path for path in {*before, *after} if before.get(path) != after.get(path)]
        assert not changed, f"publishing twice changed {changed}"

    def _published_bytes(self) -> dict[str, bytes]:
        return tree(self.feed_dir) if self.feed_dir.exists() else {}

    # -- what apps see

    def _look(self) -> None:
        """Bring the model up to the moment, and compare."""
        feed = _read_feed(self.feed_dir)
        by_title = {entry.title: guid for guid, entry in feed.items()}
        known = self.known_guids | {episode.guid for episode in self.episodes if episode.guid}
        # First who is held for another's guid, as the model has it before anybody goes out.
        going_out = self._are(lambda e: e.is_due(self.now) and not self._is_held_for_its_guid(e))
        for episode in self._are(lambda e: e.is_withdrawn and not e.is_broken and not e.is_gone):
            episode.item, episode.has_ended = None, episode.guid is not None
        for episode in going_out:
            assert episode.title in by_title, f"{episode} is not in the feed"
            guid = by_title[episode.title]
            self._go_out(episode, guid, feed[guid], known)
        expected = {episode.guid: episode.item for episode in self.episodes if episode.item}
        assert set(feed) == set(expected), f"{set(feed) ^ set(expected)} should be there or not: {self.episodes}"
        for guid, entry in feed.items():
            assert entry.raw == expected[guid], f"the item of {guid} changed, though its episode did not go out"
        self.known_guids |= feed.keys()
        moments = [entry.published_at for entry in feed.values()]
        assert moments == sorted(moments, reverse=True), "not newest first"
        self._look_at_files(feed, self._published_bytes())

    def _is_held_for_its_guid(self, episode: Episode) -> bool:
        return any(episode.claims(other) for other in self.episodes if other is not episode)

    def _go_out(self, episode: Episode, guid: str, entry: FeedEntry, known: set[str]) -> None:
        if episode.guid is None:
            assert guid not in known, f"{episode} has a guid that was another's"
            assert episode.written_guid in (None, guid), f"{episode} has another guid than its sidecar says"
            assert entry.slug not in {other.slug for other in self.episodes}, f"{episode} has a slug of another's"
            episode.guid, episode.slug = guid, entry.slug
        assert (guid, entry.slug) == (episode.guid, episode.slug), f"{episode} has a new guid or slug"
        assert entry.published_at == datetime.fromtimestamp(episode.date, UTC)
        if episode.item and episode.has_its_sound:
            assert entry.address == episode.address, f"{episode} has moved"
        audio = (self.feed_dir / entry.address).read_bytes()
        assert audio.endswith(sounds()[episode.sound]), f"{episode} has another's sound"
        assert len(audio) == entry.size_bytes
        assert episode.title in (self.feed_dir / entry.slug / "index.html").read_text("utf-8")
        episode.item, episode.address = entry.raw, entry.address
        episode.published_as = episode.title, episode.date
        episode.published_sound, episode.was_out, episode.has_ended = episode.sound, True, False
        self.heard.add(episode.sound)

    def _look_at_files(self, feed: dict[str, FeedEntry], files: dict[str, bytes]) -> None:
        for entry in feed.values():
            self.last_named[entry.address] = self.now
        for path, content in files.items():
            if path.startswith("audio/"):
                digest = hashlib.sha256(content).hexdigest()
                assert self.audio.setdefault(path, digest) == digest, f"{path} has changed its bytes"
        for path, at in self.last_named.items():
            assert path in files or at + KEEP_DAYS * DAY < self.now, f"{path} is gone too soon"
        for episode in self._are(lambda e: not e.was_out):
            marks = [f"Title of {episode.number},".encode(), f"Words of {episode.number}.".encode()]
            if episode.sound not in self.heard:
                marks.append(sounds()[episode.sound])
            for path, content in files.items():
                assert not any(mark in content for mark in marks), f"{path} tells of {episode}"


def _spell_fields(episode: Episode) -> str:
    """What a sidecar, or front matter, says of it; broken, it cannot be read."""
    if episode.is_broken:
        return {"json": '{"title": ', "md": "---\ntitle: [\n---\n"}.get(episode.form, "title: [\n")
    date = datetime.fromtimestamp(episode.date, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields: dict[str, object] = {"title": episode.title, "guid": episode.written_guid}
    fields |= {"draft": episode.is_draft or None, "withdrawn": episode.is_withdrawn or None}
    written = {key: json.dumps(value) for key, value in fields.items() if value is not None}
    if episode.form == "json":
        written["published"] = json.dumps(date)
        return "{" + ", ".join(f'"{key}": {value}' for key, value in written.items()) + "}"
    written["published"] = date
    sign = " = " if episode.form == "toml" else ": "
    lines = "".join(f"{key}{sign}{value}\n" for key, value in written.items())
    return f"---\n{lines}---\n" if episode.form == "md" else lines


def _pick(choices: Sequence[_T], number: int) -> _T:
    return choices[number % len(choices)]


def _forget(episode: Episode) -> None:
    vars(episode).update(guid=None, slug=None, published_sound=None, item=None, address=None, has_ended=False)


def test_whatever_staff_do_what_was_published_stays_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guids never change and never repeat, nothing vanishes, nothing shows too early, order and files are right."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(BIRTH))
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=32,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _life(monkeypatch: pytest.MonkeyPatch) -> Life:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(BIRTH))
    life = Life()
    life.begin()
    return life


def test_a_renamed_episode_gets_another_recording_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its name of old nor its recording is left: title and date tell that it is the same."""
    life = _life(monkeypatch)
    life.rename_or_move(pick=0, place=life._free_places().index("one/a talk"))
    life.publish(hours=1)
    before = replace(life.episodes[0])
    life.replace_the_recording(pick=0)
    life.publish(hours=1)

    after = life.episodes[0]
    assert (after.guid, after.slug) == (before.guid, before.slug)
    assert after.published_sound != before.published_sound
    life.teardown()


@pytest.mark.parametrize("others_guid", [None, "tag:example.org,2020:another"])
def test_an_older_namesake_with_the_same_recording_takes_nothing(
    monkeypatch: pytest.MonkeyPatch, others_guid: str | None
) -> None:
    """Though its path comes first: it was marked as withdrawn, and would take what is published along."""
    life = _life(monkeypatch)
    life._add("two/a talk", -1)
    life.publish(hours=1)
    published = life.episodes[-1]
    life._add("a talk", -2, sound=published.sound, written_guid=others_guid, is_withdrawn=True)
    assert len(life.episodes) == 4

    life.publish(hours=1)

    assert published.guid in _read_feed(life.feed_dir)
    life.teardown()
