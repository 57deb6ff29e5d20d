"""Everything the files of one episode say."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from podcast_tool.audio.read import read_recording
from podcast_tool.audio.sound import AudioError
from podcast_tool.model import (
    Article,
    Chapter,
    EpisodeFiles,
    Image,
    Level,
    Problem,
    Reading,
    Recording,
    RemoteRecording,
    Sidecar,
    TranscriptFile,
)
from podcast_tool.read.article.pictures import ArticlePictures
from podcast_tool.read.article.read import ArticleError, read_article
from podcast_tool.read.article.text import parse_text
from podcast_tool.read.artwork import ImageError, look_at_image, read_image
from podcast_tool.read.chapters import ChaptersError, read_chapters
from podcast_tool.read.find import is_inside
from podcast_tool.read.sidecar import parse_front_matter, read_sidecar
from podcast_tool.read.transcript import GUESSED_ENCODING, TranscriptError, read_transcript
from podcast_tool.text import clean_line


def read_episode(files: EpisodeFiles, show_dir: Path, *, are_scattered: bool = False) -> Reading:
    """Read the files of one episode; what it gives depends on them alone. Each fault is a problem, none is raised.

    Args:
        are_scattered: they lie wherever people keep them, each with its pictures beside it or below.
    """
    desk = _Desk(files, show_dir, are_scattered=are_scattered)
    sidecar = desk.sidecar()
    article = desk.article(sidecar)
    recording = desk.recording(sidecar)
    chapters_path, chapters = desk.chapters(sidecar)
    return Reading(
        files=files,
        sidecar=sidecar,
        recording=recording,
        remote=_remote(sidecar),
        lack=desk.lack,
        front_matter=desk.front_matter(article),
        article=article,
        tag_notes=_tag_notes(recording) if recording and not article else None,
        artwork=desk.artwork(sidecar),
        chapters=chapters,
        chapters_path=chapters_path,
        transcripts=tuple(read for file in files.transcripts if (read := desk.transcript(file))),
        problems=tuple(desk.problems),
        read_paths=tuple(sorted({*files.paths, *desk.read_paths})),
    )


def read_published_parts(
    show_dir: Path, slug: str, site_url: str, artwork_path: str | None
) -> tuple[tuple[Chapter, ...], Image | None]:
    """The chapters and the picture that `feed/` has of an episode, whose recording may have held them.

    Args:
        site_url: by which chapters name their pictures.
        artwork_path: of the picture below feed/; None if it is not wanted.
    """

    def find_image(url: str) -> Image | None:
        return _published_image(show_dir, url.removeprefix(site_url)) if url.startswith(site_url + slug) else None

    chapters: tuple[Chapter, ...] = ()
    with suppress(ChaptersError):
        chapters = read_chapters(show_dir, f"feed/{slug}/chapters.json", find_image)
    return chapters, _published_image(show_dir, artwork_path) if artwork_path else None


def _published_image(show_dir: Path, path: str) -> Image | None:
    place = f"feed/{path}"
    with suppress(ImageError, ValueError):
        return read_image(show_dir, place) if is_inside(show_dir / place, show_dir / "feed") else None
    return None


def _remote(sidecar: Sidecar | None) -> RemoteRecording | None:
    return sidecar.audio if sidecar and isinstance(sidecar.audio, RemoteRecording) else None


def _tag_notes(recording: Recording) -> Article | None:
    tags = recording.tags
    text = tags.description or tags.lyrics or tags.comment
    return Article(path=recording.path, title=None, blocks=tuple(parse_text(text))) if text else None


def _look(path: str, raw: bytes) -> Image | None:
    """A picture in the tags of the recording *path*, if it is one."""
    try:
        return look_at_image(raw, path, is_embedded=True)
    except ImageError:
        return None


@dataclass
class _Desk:
    files: EpisodeFiles
    show_dir: Path
    are_scattered: bool = False
    problems: list[Problem] = field(default_factory=list)
    read_paths: list[str] = field(default_factory=list)
    """Those that a sidecar or a list of chapters names."""
    lack: Problem | None = None
    """Why there is no recording, though nothing of it is broken."""

    def sidecar(self) -> Sidecar | None:
        path = self._only(self.files.sidecars, "sidecar", holds=True)
        if path is None:
            return None
        sidecar, problems = read_sidecar(self.show_dir, path)
        self.problems += problems
        return sidecar

    def recording(self, sidecar: Sidecar | None) -> Recording | None:
        """What lies here; of one that lives elsewhere nothing is read, though it may lie here, too."""
        if _remote(sidecar):
            return None
        named = sidecar.audio if sidecar and isinstance(sidecar.audio, str) else None
        if not self.files.recordings and not named:
            self._lack((*self.files.sidecars, *self.files.articles)[0], "has no recording beside it; put it there")
            return None
        path = self._choose(self.files.recordings, sidecar, named, "audio", holds=True)
        try:
            return read_recording(self.show_dir, path, partial(_look, path)) if path else None
        except AudioError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                self._lack(path or "", str(error))
            else:
                self._fault("FILE-AUDIO", path or "", str(error), holds=True)
            return None

    def article(self, sidecar: Sidecar | None) -> Article | None:
        path = self._choose(self.files.articles, sidecar, sidecar.article if sidecar else None, "article")
        if path is None:
            return None
        pictures = ArticlePictures(self.show_dir, path, bounds=self._bounds(path))
        try:
            article = read_article(self.show_dir, path, sidecar.title if sidecar else None, pictures)
        except ArticleError as error:
            self._fault("FILE-ARTICLE", path, f"{error} (the episode goes out without it)")
            return None
        self.problems += pictures.problems()
        self.read_paths += pictures.read_paths
        return article

    def front_matter(self, article: Article | None) -> Sidecar | None:
        if article is None or not article.front_matter:
            return None
        fields, problems = parse_front_matter(article.front_matter, article.path)
        self.problems += problems
        return fields

    def artwork(self, sidecar: Sidecar | None) -> Image | None:
        path = self._choose(self.files.artworks, sidecar, sidecar.artwork if sidecar else None, "artwork")
        try:
            return read_image(self.show_dir, path) if path else None
        except ImageError as error:
            self._fault("FILE-IMAGE", path or "", f"{error} (the episode goes out without it)")
            return None

    def chapters(self, sidecar: Sidecar | None) -> tuple[str | None, tuple[Chapter, ...]]:
        path = self._choose(self.files.chapters, sidecar, sidecar.chapters if sidecar else None, "chapters")
        if path is None:
            return None, ()
        try:
            return path, read_chapters(self.show_dir, path, partial(self._chapter_image, path))
        except ChaptersError as error:
            self._fault("FILE-CHAPTERS", path, f"{error} (left out)")
            return path, ()

    def _chapter_image(self, chapters_path: str, name: str) -> Image | None:
        """A picture beside the chapters' file: pages and apps load nothing from hosts that are not the show's."""
        path = Path(os.path.normpath(Path(chapters_path).parent / name))
        try:
            if "://" in name:
                raise ImageError("is on another host; put the picture beside the chapters")
            self.read_paths.append(path.as_posix())
            bounds = self._bounds(chapters_path)
            if not is_inside(self.show_dir / path, bounds):
                raise ImageError(f"lies outside {os.path.basename(bounds.absolute())}/; move it there")
            return read_image(self.show_dir, path.as_posix())
        except (ImageError, ValueError) as error:
            shown = clean_line(name)[:200]
            self._fault("FILE-IMAGE", chapters_path, f"the picture {shown!r} {error} (the chapter goes out without it)")
            return None

    def _bounds(self, path: str) -> Path:
        """The folder below which the pictures that a file names may lie."""
        return (self.show_dir / path).parent if self.are_scattered else self.show_dir / "episodes"

    def transcript(self, file: TranscriptFile) -> TranscriptFile | None:
        try:
            _, told = read_transcript(self.show_dir, file.path)
            sha256 = hashlib.sha256((self.show_dir / file.path).read_bytes()).hexdigest()
        except OSError as error:
            self._fault("FILE-TRANSCRIPT", file.path, f"cannot be read ({error.strerror}); make it readable")
            return None
        except TranscriptError as error:
            self._fault("FILE-TRANSCRIPT", file.path, f"{error} (the episode goes out without it)")
            return None
        for sentence in told:
            level = Level.WARNING if sentence == GUESSED_ENCODING else Level.ERROR
            self.problems.append(Problem(rule="FILE-TRANSCRIPT", level=level, where=file.path, message=sentence))
        return replace(file, sha256=sha256)

    def _fault(self, rule: str, where: str, message: str, holds: bool = False) -> None:
        self.problems.append(Problem(rule=rule, level=Level.ERROR, where=where, message=message, holds=holds))

    def _lack(self, where: str, message: str) -> None:
        self.lack = Problem(rule="FILE-AUDIO", level=Level.ERROR, where=where, message=message, holds=True)

    def _choose(
        self, paths: Sequence[str], sidecar: Sidecar | None, named: str | None, kind: str, holds: bool = False
    ) -> str | None:
        """The file of a kind that the sidecar names, else the only one there is."""
        if sidecar is None or named is None:
            return self._only(paths, kind, holds)
        path = Path(os.path.normpath(Path(sidecar.path).parent / named))
        self.read_paths.append(path.as_posix())
        if is_inside(self.show_dir / path, self.show_dir / "episodes"):
            return path.as_posix()
        self._fault("FILE-PATH", sidecar.path, f"{kind} {named!r} lies outside episodes/; move it there", holds)
        return None

    def _only(self, paths: Sequence[str], kind: str, holds: bool) -> str | None:
        if len(paths) < 2:
            return paths[0] if paths else None
        names = [Path(path).name for path in paths]
        cure = "take one away" if kind == "sidecar" else f'name one in the sidecar, as in {kind} = "{names[0]}"'
        message = f"is one of several files for the {kind} of one episode ({', '.join(names)}); {cure}"
        self._fault("FILE-TWICE", paths[0], message, holds)
        return None
