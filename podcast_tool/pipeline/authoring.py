"""The order of what writes episodes/: a new show, a new episode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from podcast_tool.authoring.add import (
    Added,
    Sources,
    Wishes,
    check_stem,
    find_contradiction,
    find_rival,
    find_sidecar,
    free_stem,
    name_pictures,
    name_targets,
    parse_date,
    parse_sidecar,
    read_sources,
    render_sidecar,
    with_present,
)
from podcast_tool.authoring.cover import find_cover, look_at_cover, make_cover, place_cover
from podcast_tool.authoring.init import ShowAnswers, find_fault, find_fault_of_show, render_show
from podcast_tool.authoring.placing import Placement, copy_of, place, placement_of, sweep, without_present
from podcast_tool.check.artwork import check_image
from podcast_tool.check.episodes import check_episode
from podcast_tool.check.show import check_own_address
from podcast_tool.describe import DateError, describe, to_moment
from podcast_tool.errors import PodcastError, ShowError
from podcast_tool.identify.episodes import identify
from podcast_tool.identify.names import RESERVED_SLUGS, marked_slug, slugify
from podcast_tool.model import Description, Identity, Image, Level, Problem, Reading, Show, Sidecar
from podcast_tool.pipeline.commands import surveyed
from podcast_tool.pipeline.site import Site
from podcast_tool.publish.site import locked
from podcast_tool.publish.spool import open_work_folder
from podcast_tool.read.find import SHOW_FILE
from podcast_tool.read.show import read_show, require_show
from podcast_tool.read.sidecar import read_sidecar

__all__ = [
    "Added",
    "Begun",
    "ShowAnswers",
    "Sources",
    "Wishes",
    "add_episode",
    "begins_show",
    "find_fault",
    "init_show",
    "parse_date",
]


_SAYS_OTHERWISE = "is there already and says something else; edit it by hand, or begin in another folder"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A new show."""

    paths: tuple[str, ...]
    """What was written, or would be; below the show folder. Nothing: all of it was there already."""
    problems: tuple[Problem, ...]


def begins_show(show_dir: Path) -> bool:
    """Whether there is no show yet."""
    return not os.path.lexists(show_dir / "episodes" / SHOW_FILE)


def init_show(show_dir: Path, answers: ShowAnswers, cover: Path | None, *, is_dry: bool) -> Begun:
    """Write episodes/show.toml and a cover.

    Args:
        cover: a picture; None: the one in episodes/, else one that is made.

    Raises:
        PodcastError: an answer is none, the cover is one that directories refuse, or another show is there.
    """
    if fault := find_fault_of_show(answers):
        raise PodcastError(f"episodes/{SHOW_FILE}", fault)
    episodes = show_dir / "episodes"
    given = cover or find_cover(episodes)
    picture = place_cover(given, _fitting_cover(given), is_there=cover is None) if given else make_cover(answers.title)
    show_file = placement_of(SHOW_FILE, render_show(answers, picture.name))
    if not begins_show(show_dir) and (episodes / SHOW_FILE).read_bytes() != show_file.content:
        raise ShowError(episodes / SHOW_FILE, _SAYS_OTHERWISE)
    missing = without_present([picture, show_file], episodes)
    if not is_dry:
        place(missing, episodes)
    problems = () if is_dry else tuple(check_own_address(read_show(show_dir)[0]))
    return Begun(paths=tuple(placement.path for placement in missing), problems=problems)


def _fitting_cover(path: Path) -> Image:
    """Raises PodcastError for what Apple refuses."""
    image = look_at_cover(path)
    for problem in check_image(image):
        if problem.level is Level.ERROR:
            # There is no show.toml yet into which the other cure could be written.
            raise PodcastError(path, problem.message.partition(", or write fix_artwork")[0])
    return image


# -- an episode -------------------------------------------------------------------------------------------------------


def add_episode(show_dir: Path, sources: Sources, wishes: Wishes, *, stem: str | None, is_dry: bool) -> Added:
    """Copy *sources* into episodes/ under one stem, with a sidecar: all, or nothing.

    Args:
        stem: chosen by somebody; None: of the recording's name.

    Raises:
        PodcastError: a file or a wish cannot be used, or another file has such a name.
    """
    require_show(show_dir)
    name = _stem(show_dir, sources, stem)
    with nullcontext() if is_dry else locked(open_work_folder(show_dir), show_dir), surveyed(show_dir, ()) as site:
        _check_date(wishes, site.show)
        return _Adding(show_dir, site, sources, wishes, name).run(is_dry=is_dry)


def _check_date(wishes: Wishes, show: Show) -> None:
    try:
        if wishes.published:
            to_moment(wishes.published, show)
    except DateError as error:
        raise PodcastError("--date", str(error)) from error


def _stem(show_dir: Path, sources: Sources, chosen: str | None) -> str:
    audio = sources.audio
    if chosen is not None:
        return check_stem(chosen, RESERVED_SLUGS)
    if os.path.realpath(audio.parent) == os.path.realpath(show_dir / "episodes"):  # it was put there by hand
        return check_stem(audio.stem, ())
    return free_stem(slugify(audio.stem) or marked_slug("", audio.name), RESERVED_SLUGS)


@dataclass(frozen=True)
class _Adding:
    show_dir: Path
    site: Site
    """As it is without the new episode."""
    sources: Sources
    wishes: Wishes
    stem: str

    @property
    def episodes(self) -> Path:
        return self.show_dir / "episodes"

    @property
    def show(self) -> Show:
        return self.site.show

    def run(self, *, is_dry: bool) -> Added:
        names = os.listdir(self.episodes)
        targets = name_targets(self.sources, self.stem)
        if rival := find_rival(targets, self.stem, names):
            message = "is there already, and an episode has one file of that kind; choose another name with --stem"
            raise PodcastError(f"episodes/{rival}", message)
        reading = read_sources(with_present(self.sources, self.stem, self.episodes), self.stem)
        self._check_artwork(reading)
        *companions, recording = (self._copy(name, source, reading) for name, source in targets.items())
        pictures = [copy_of(name, source) for name, source in name_pictures(reading, self.episodes).items()]
        missing = without_present([*pictures, *companions, recording], self.episodes)
        sidecar_name = find_sidecar(self.stem, names)
        if sidecar_name:
            reading = replace(reading, sidecar=self._present_sidecar(sidecar_name))
            if not missing:
                return Added(stem=self.stem, paths=(), problems=())
            placements = missing
        else:
            sidecar = self._new_sidecar(reading, comes_new=recording in missing)
            reading = replace(reading, sidecar=parse_sidecar(sidecar.content, sidecar.path))
            # The recording last: without it nothing goes out, and with it, not without what the sidecar says.
            last = [recording] if recording in missing else []
            placements = (*(p for p in missing if p is not recording), sidecar, *last)
        if not is_dry:
            sweep(self.episodes)
            place(placements, self.episodes)
        description = self._describe(reading)
        paths = tuple(placement.path for placement in placements)
        return Added(stem=self.stem, paths=paths, problems=tuple(self._problems(description)))

    def _check_artwork(self, reading: Reading) -> None:
        if reading.artwork and not self.show.fix_artwork:
            for problem in check_image(reading.artwork):
                if problem.level is Level.ERROR:
                    raise PodcastError(problem.where, problem.message)

    def _copy(self, name: str, source: Path, reading: Reading) -> Placement:
        is_recording = source == self.sources.audio and reading.recording is not None
        return copy_of(name, source, reading.recording.sha256 if is_recording and reading.recording else None)

    def _present_sidecar(self, name: str) -> Sidecar:
        path = f"episodes/{name}"
        sidecar, problems = read_sidecar(self.show_dir, path)
        if sidecar is None:
            raise PodcastError(path, problems[0].message)
        if contradiction := find_contradiction(self.wishes, sidecar):
            raise PodcastError(path, contradiction)
        return sidecar

    def _new_sidecar(self, reading: Reading, *, comes_new: bool) -> Placement:
        found = self._describe(reading)
        identity = self._identify(found)
        record, recording = identity.record, found.recording
        if (
            record
            and comes_new
            and not found.given_guid
            and recording
            and record.sound_sha256 != recording.sound_sha256
        ):
            message = f"was the name {record.slug} of an episode with another recording; choose another with --stem"
            raise PodcastError(self.stem, message)
        guid = None if found.given_guid else identity.guid
        return placement_of(f"{self.stem}.toml", render_sidecar(self.wishes, reading, found, self.show, guid))

    def _describe(self, reading: Reading) -> Description:
        description = describe(reading, self.show)
        return replace(description, path=self.stem + self.sources.audio.suffix.lower())

    def _problems(self, description: Description) -> Iterator[Problem]:
        """What `publish` would say of it."""
        identity = self._identify(description)
        yield from description.problems
        yield from description.waits_for
        yield from identity.problems
        yield from check_episode(description, identity, self.site.items)

    def _identify(self, description: Description) -> Identity:
        """Who it will be at its first publication, among all others."""
        # Whatever it still waits for, it gets its guid now.
        complete = replace(
            description, problems=(), waits_for=(), draft=False, published_at=description.published_at or self.site.now
        )
        entries = [entry for entry in self.site.entries if entry.identity.key != description.key]
        others = [entry.description for entry in entries if entry.description]
        adopted = frozenset(e.identity.guid for e in self.site.entries if e.identity.is_adopted and e.identity.guid)
        site = self.site
        return identify([complete, *others], site.ledger, site.items, site.show, site.now, adopted)[0]
