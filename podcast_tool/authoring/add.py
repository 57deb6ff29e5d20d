"""A new episode: the files that people have -> their names in episodes/, and a sidecar."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from podcast_tool.authoring.sidecars import FieldLine, render_toml
from podcast_tool.errors import PodcastError
from podcast_tool.model import (
    Description,
    EpisodeFiles,
    Figure,
    Problem,
    Reading,
    Show,
    Sidecar,
    TranscriptFile,
    TranscriptFormat,
)
from podcast_tool.read.article.read import ArticleError, read_article
from podcast_tool.read.artwork import ImageError, read_image
from podcast_tool.read.chapters import ChaptersError, read_chapters
from podcast_tool.read.episode import read_episode
from podcast_tool.read.fields import MOMENT, DocumentError, convert_fields, parse_document
from podcast_tool.read.find import ARTICLE_ENDINGS, ARTWORK_ENDINGS, RECORDING_ENDINGS, SIDECAR_ENDINGS
from podcast_tool.read.sidecar import FIELDS
from podcast_tool.read.transcript import TranscriptError, read_transcript, split_transcript_name, transcript_format
from podcast_tool.text import clean_line

CHAPTERS_ENDINGS = frozenset({".json", ".txt", ".xml", ".psc"})
TRANSCRIPT_ENDINGS = frozenset({".vtt", ".srt", ".json", *ARTICLE_ENDINGS})

# show.toml and defaults.toml are no sidecars, and cover.jpg is the show's.
_SHOWS_OWN = frozenset({"show", "defaults", "cover"})
# With endings, a language and the mark of a temporary file below what file systems take (255).
_MAX_STEM_BYTES = 150
# Letters and digits of any script; no dot, behind which an ending or a language begins.
_STEM = re.compile(r"\w(?:[\w -]*[\w-])?")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The files of a new episode, wherever they lie."""

    audio: Path
    article: Path | None = None
    transcripts: tuple[Path, ...] = ()
    chapters: Path | None = None
    artwork: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What people say of a new episode besides its files; None is not said."""

    title: str | None = None
    published: date | None = None
    """As written: a date, or a `datetime` with or without a timezone."""
    season: int | None = None
    episode: int | None = None


@dataclass(frozen=True, kw_only=True)
class Added:
    """What came of it."""

    stem: str
    paths: tuple[str, ...]
    """What was written, or would be; below the show folder. Nothing: all of it was there already."""
    problems: tuple[Problem, ...]
    """What `publish` would say of the episode as it stands."""


def parse_date(text: str) -> date:
    """A date or a date and time, as a sidecar may have it.

    Raises:
        ValueError: it is none; the message says what is.
    """
    fields, faults = convert_fields({"date": text}, {"date": MOMENT})
    if faults:
        raise ValueError(faults[0])
    moment: date = fields["date"]
    return moment.replace(microsecond=0) if isinstance(moment, datetime) else moment


# -- names ------------------------------------------------------------------------------------------------------------


def check_stem(name: str, reserved: Collection[str]) -> str:
    """A stem that somebody chose, in NFC.

    Args:
        reserved: names in lower case that mean something else.

    Raises:
        PodcastError: files cannot, or should not, be named so.
    """
    stem = unicodedata.normalize("NFC", name)
    if not _STEM.fullmatch(stem) or len(stem.encode("utf-8", "surrogateescape")) > _MAX_STEM_BYTES:
        raise PodcastError(stem[:60], "is no name for files without their endings; use letters, digits, - and _")
    if stem.lower() in _SHOWS_OWN or stem.lower() in reserved:
        raise PodcastError(stem, f'is a name with a meaning of its own; give another, such as --stem "episode-{stem}"')
    return stem


def free_stem(slug: str, reserved: Collection[str]) -> str:
    """The stem of an episode for which nobody chose one."""
    return f"episode-{slug}" if slug in _SHOWS_OWN or slug in reserved else slug


def name_targets(sources: Sources, stem: str) -> dict[str, Path]:
    """The name in episodes/ -> the file that is copied there; the recording last, as without it nothing goes out.

    Raises:
        PodcastError: a file's ending is none of its kind, or two would have one name.
    """
    targets: dict[str, Path] = {}
    for name, source in _named(sources, stem):
        if name in targets:
            raise PodcastError(
                source, f"would be {name}, like {targets[name]}; add them one at a time, under other names"
            )
        targets[name] = source
    return targets


def _named(sources: Sources, stem: str) -> Iterator[tuple[str, Path]]:
    if sources.article:
        yield stem + _ending(sources.article, ARTICLE_ENDINGS, "an article"), sources.article
    for transcript in sources.transcripts:
        yield _transcript_name(transcript, stem), transcript
    if sources.chapters:
        yield f"{stem}.chapters{_ending(sources.chapters, CHAPTERS_ENDINGS, 'a list of chapters')}", sources.chapters
    if sources.artwork:
        yield stem + _ending(sources.artwork, ARTWORK_ENDINGS, "artwork"), sources.artwork
    yield stem + _ending(sources.audio, RECORDING_ENDINGS, "a recording"), sources.audio


def _ending(source: Path, known: Collection[str], kind: str) -> str:
    ending = source.suffix.lower()
    if ending not in known:
        raise PodcastError(source, f"has not the ending of {kind}; one of {', '.join(sorted(known))} tells what it is")
    return ending


def _transcript_name(source: Path, stem: str) -> str:
    """With the language that its own name tells (`talk.de.vtt`)."""
    ending = _ending(source, TRANSCRIPT_ENDINGS, "a transcript")
    _, language = split_transcript_name(f"{source.stem}.vtt") or ("", None)
    parts = [stem, *([] if ending in (".vtt", ".srt") else ["transcript"]), *([language] if language else [])]
    return ".".join(parts) + ending


def name_pictures(reading: Reading, episodes: Path) -> dict[str, Path]:
    """The same for the pictures that the article and the chapters name: below episodes/ as they lie below theirs.

    Raises:
        PodcastError: another picture has such a name; they keep theirs, as the article calls them so.
    """
    article, chapters_path = reading.article, reading.chapters_path or ""
    named = [(article.path, block.image) for block in article.blocks if isinstance(block, Figure)] if article else []
    named += [(chapters_path, chapter.image) for chapter in reading.chapters if chapter.image]
    targets: dict[str, Path] = {}
    for owner, image in named:
        if image.is_embedded:
            continue
        source = Path(image.path)
        name = Path(os.path.relpath(source, Path(owner).parent)).as_posix()
        taken = targets.get(name, episodes / name)
        if os.path.lexists(taken) and not (taken.is_file() and taken.read_bytes() == source.read_bytes()):
            cure = f"give it another name, in {Path(owner).name}, too"
            raise PodcastError(source, f"would be episodes/{name}, where another file is; {cure}")
        targets[name] = source
    return targets


def find_rival(targets: Iterable[str], stem: str, present: Iterable[str]) -> str | None:
    """A file of episodes/ that would stand beside one of *targets* as a second of its kind (FILE-TWICE)."""
    wanted = set(targets)
    kinds = [kind for kind in map(_single_kind, wanted) if kind]
    for name in sorted(present):
        kind = _single_kind(name)
        own = unicodedata.normalize("NFC", name).partition(".")[0] == stem
        if own and kind in kinds and name not in wanted:
            return name
    return None


def _single_kind(name: str) -> str | None:
    """The kind of a file of which an episode has one."""
    _, _, endings = name.lower().partition(".")
    if endings.startswith("chapters."):
        return "chapters"
    ending = f".{endings}"
    kinds = {"recording": RECORDING_ENDINGS, "article": ARTICLE_ENDINGS, "artwork": ARTWORK_ENDINGS}
    return next((kind for kind, known in kinds.items() if ending in known), None)


def with_present(sources: Sources, stem: str, episodes: Path) -> Sources:
    """*sources*, and what stands in *episodes* under that stem already and was not given."""
    names = sorted(path.name for path in episodes.iterdir() if path.is_file())
    own = [name for name in names if unicodedata.normalize("NFC", name).partition(".")[0] == stem]
    present = {kind: episodes / name for name in reversed(own) if (kind := _single_kind(name))}
    given = {_transcript_name(path, stem) for path in sources.transcripts}
    transcripts = [name for name in own if split_transcript_name(name) and name not in given]
    return replace(
        sources,
        article=sources.article or present.get("article"),
        chapters=sources.chapters or present.get("chapters"),
        artwork=sources.artwork or present.get("artwork"),
        transcripts=(*sources.transcripts, *(episodes / name for name in transcripts)),
    )


def find_sidecar(stem: str, present: Iterable[str]) -> str | None:
    """The name of a sidecar that is there already."""
    wanted = {f"{stem}{ending}" for ending in SIDECAR_ENDINGS}
    return next((name for name in sorted(present) if unicodedata.normalize("NFC", name) in wanted), None)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_sources(sources: Sources, stem: str) -> Reading:
    """What the files say; where they lie is told by `Reading.files`.

    Raises:
        PodcastError: one of them cannot be used, so that it was not worth adding.
    """
    for source in _all(sources):
        if not source.is_file():
            raise PodcastError(source, "is no ordinary file; give the path of one")
    _check_companions(sources)
    reading = read_episode(_files(sources, stem), Path(), are_scattered=True)
    unusable = [problem for problem in reading.problems if problem.holds]
    if reading.recording is None or unusable:
        message = unusable[0].message if unusable else "cannot be read as a recording; export it again"
        raise PodcastError(sources.audio, message)
    return reading


def _all(sources: Sources) -> tuple[Path, ...]:
    others = (sources.article, *sources.transcripts, sources.chapters, sources.artwork)
    return (sources.audio, *(path for path in others if path))


def _check_companions(sources: Sources) -> None:
    """Those that `publish` would leave out are refused here, where somebody looks on."""
    here = Path()
    if sources.article:
        _refuse_unread(sources.article, lambda path: read_article(here, path))
    for transcript in sources.transcripts:
        _refuse_unread(transcript, lambda path: read_transcript(here, path))
    if sources.chapters:
        _refuse_unread(sources.chapters, lambda path: read_chapters(here, path, lambda _: None))
    if sources.artwork:
        _refuse_unread(sources.artwork, lambda path: read_image(here, path))


def _refuse_unread(source: Path, read: Callable[[str], object]) -> None:
    try:
        read(str(source))
    except (ArticleError, TranscriptError, ChaptersError, ImageError) as error:
        raise PodcastError(source, str(error)) from error


def _files(sources: Sources, stem: str) -> EpisodeFiles:
    return EpisodeFiles(
        key=stem,
        recordings=(str(sources.audio),),
        articles=(str(sources.article),) if sources.article else (),
        artworks=(str(sources.artwork),) if sources.artwork else (),
        chapters=(str(sources.chapters),) if sources.chapters else (),
        transcripts=tuple(_transcript_file(path, stem) for path in sources.transcripts),
    )


def _transcript_file(path: Path, stem: str) -> TranscriptFile:
    _, language = split_transcript_name(_transcript_name(path, stem)) or ("", None)
    form: TranscriptFormat = transcript_format(path.name)
    return TranscriptFile(path=str(path), format=form, language=language)


# -- the sidecar ------------------------------------------------------------------------------------------------------


def render_sidecar(wishes: Wishes, reading: Reading, found: Description, show: Show, guid: str | None) -> bytes:
    """What the sidecar of a new episode says, and, as comments, what it may say.

    Args:
        found: what the files say without it.
        guid: none where the article's front matter has one.
    """
    lines = [
        _title(wishes, reading, found),
        _published(wishes, reading, found, show),
        _number("season", wishes.season, reading, found.season),
        _number("episode", wishes.episode, reading, found.episode),
    ]
    if not found.has_article and not found.summary:
        remark = "a sentence or two, for an episode without an article"
        lines.append(FieldLine(field="summary", value="...", remark=remark, is_suggested=True))
    if guid:
        above = "By this apps know the episode, whatever else of it changes; never change it."
        lines.append(FieldLine(field="guid", value=guid, above=above))
    return render_toml(lines)


def _title(wishes: Wishes, reading: Reading, found: Description) -> FieldLine:
    tags = reading.recording.tags if reading.recording else None
    if wishes.title:
        return FieldLine(field="title", value=wishes.title)
    if reading.front_matter and reading.front_matter.title:
        return _said_by_article("title", found.title)
    if found.title is None:
        return FieldLine(field="title", value="...", remark="still missing", is_suggested=True)
    remark = "from the recording's tags" if tags and tags.title == found.title else "from the article"
    return FieldLine(field="title", value=found.title, remark=remark)


def _published(wishes: Wishes, reading: Reading, found: Description, show: Show) -> FieldLine:
    if wishes.published:
        return FieldLine(field="published", value=wishes.published)
    if reading.front_matter and reading.front_matter.published:
        return _said_by_article("published", reading.front_matter.published)
    if found.published_at is None:
        day, remark = _suggest_day(reading, show)
        return FieldLine(field="published", value=day, remark=f"still missing; this is {remark}", is_suggested=True)
    local = found.published_at.astimezone(ZoneInfo(show.timezone))
    at_usual_time = local.time() == show.publish_time
    source = found.sources.get("published", "")
    remark = "from the file's name" if source.startswith("file name") else "from the recording's release time"
    return FieldLine(field="published", value=local.date() if at_usual_time else found.published_at, remark=remark)


def _suggest_day(reading: Reading, show: Show) -> tuple[date, str]:
    """A day that may be meant; none of these is ever taken unasked."""
    recording, article = reading.recording, reading.article
    if article and article.suggested_date:
        return article.suggested_date, "the date of the article's web page"
    if recording and (match := re.match(r"\d{4}-\d{2}-\d{2}", recording.tags.recorded or "")):
        try:
            return date.fromisoformat(match[0]), "the recording date in the tags"
        except ValueError:
            pass
    try:
        changed_at = Path(reading.files.recordings[0]).stat().st_mtime
        day = datetime.fromtimestamp(changed_at, ZoneInfo(show.timezone)).date()
    except (OSError, ValueError, OverflowError):
        return date(2018, 1, 5), "an example"
    return day, "the day when the recording's file was last changed"


def _number(field: str, wish: int | None, reading: Reading, found: int | None) -> FieldLine:
    if wish:
        return FieldLine(field=field, value=wish)
    if found is None:
        return FieldLine(field=field, value=1, is_suggested=True)
    if reading.front_matter and getattr(reading.front_matter, field):
        return _said_by_article(field, found)
    return FieldLine(field=field, value=found, remark="from the recording's tags")


def _said_by_article(field: str, value: object) -> FieldLine:
    return FieldLine(field=field, value=value, remark="as the article's front matter says", is_suggested=True)


def parse_sidecar(content: bytes, path: str) -> Sidecar:
    """A sidecar of `render_sidecar`, as `publish` will read it.

    Raises:
        PodcastError: something that people said cannot stand in one.
    """
    try:
        fields, faults = convert_fields(parse_document(content.decode("utf-8"), ".toml"), FIELDS)
    except DocumentError as error:
        raise PodcastError(path, str(error)) from error
    if faults:
        raise PodcastError(path, faults[0])
    return Sidecar(path=path, **fields)


def find_contradiction(wishes: Wishes, sidecar: Sidecar) -> str | None:
    """What was wished for and is not what the sidecar that is there says, in words."""
    for field in ("title", "published", "season", "episode"):
        wish, said = getattr(wishes, field), getattr(sidecar, field)
        wish = clean_line(wish) if isinstance(wish, str) else wish
        if wish is not None and (type(wish), wish) != (type(said), said):
            return f"is there already and does not say {field} = {wish}; write that into it"
    return None
