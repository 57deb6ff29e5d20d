"""The readings of an episode and its show -> what the episode says, each field with where it came from. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from podcast_tool.model import (
    Article,
    AudioTags,
    Chapter,
    Description,
    Element,
    EpisodeType,
    Inline,
    Level,
    LineBreak,
    Link,
    Problem,
    Reading,
    Show,
    Text,
    Timestamp,
    TimestampList,
)
from podcast_tool.text import clean_line
from podcast_tool.vocabulary.tags import Scope, tags_of

_T = TypeVar("_T")

# No podcast is older, and RFC 2822 knows years of four digits only (RSS-IT-DATE-SANE).
_YEARS = (1970, 9998)

_DATED_STEM = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")


class DateError(ValueError):
    """A date is no moment; the message is a sentence behind "published" or where else it stands."""


def describe(reading: Reading, show: Show) -> Description:
    """What one episode says: each field from the first place that has it.

    In this order: sidecar, front matter, tags, article, show. The date alone has an order of its own.
    """
    fields = _Fields(reading)
    files, recording, article = reading.files, reading.recording, reading.article
    tags = recording.tags if recording else AudioTags()
    tag_source = f"tags of {recording.path}" if recording else ""
    article_source = article.path if article else ""

    problems = list(reading.problems)
    title = fields.first("title", (tags.title, tag_source), (article.title if article else None, article_source))
    published_at = None
    try:
        published_at = fields.choose("published", _moments(reading, show))
        if published_at is None and _is_readable(reading):
            problems.append(_holding("RSS-IT-DATE", fields.where, _no_date(article, tags)))
    except DateError as error:
        problems.append(_holding("RSS-IT-DATE", fields.where, str(error)))
    if title is None and _is_readable(reading):
        problems.append(_holding("AP-IT-REQ", fields.where, 'has no title; add title = "..." to the sidecar'))

    summary = fields.first("summary")
    tag_notes = reading.tag_notes if summary is None else None
    chapters = fields.choose("chapters", _chapter_lists(reading, problems)) or ()
    return Description(
        key=files.key,
        stem=files.stem,
        path=_path_below_episodes(reading),
        title=title,
        published_at=published_at,
        season=fields.first("season", (tags.season, tag_source)),
        episode=fields.first("episode", (tags.episode, tag_source)),
        type=fields.first("type") or EpisodeType.FULL,
        summary=summary,
        explicit=bool(fields.first("explicit", (show.explicit, "show"))),
        given_guid=fields.first("guid"),
        link=fields.first("link"),
        draft=bool(fields.first("draft")),
        withdrawn=bool(fields.first("withdrawn")),
        notes=fields.first("notes", (article, article_source), (tag_notes, tag_source)),
        has_article=bool(files.articles or (reading.sidecar and reading.sidecar.article)),
        waits_for=tuple(_reasons_to_wait(reading, fields, show)),
        artwork=fields.first(
            "artwork_image",
            (reading.artwork, reading.artwork.path if reading.artwork else ""),
            (recording.artwork if recording else None, tag_source),
        ),
        recording=recording,
        remote=fields.choose("audio", ((reading.remote, fields.where),)),
        lack=reading.lack if _is_readable(reading) else None,
        is_text_alone=files.is_text_alone,
        chapters=chapters,
        transcripts=reading.transcripts,
        tags=tuple(_elements(fields)),
        normalise=bool(fields.first("normalise", (show.normalise, "show"))),
        write_tags=bool(fields.first("write_tags", (show.write_tags, "show"))),
        sources=fields.sources,
        problems=tuple(problems),
    )


class _Fields:
    """Takes each field from the first place that has it, and remembers which that was."""

    def __init__(self, reading: Reading) -> None:
        files = reading.files
        self.written = [written for written in (reading.sidecar, reading.front_matter) if written]
        paths = (*files.sidecars, *files.recordings, *files.articles, files.key)
        self.where = reading.sidecar.path if reading.sidecar else paths[0]
        self.sources: dict[str, str] = {}

    def first(self, field: str, *fallbacks: tuple[Any, str]) -> Any:
        """The field of a sidecar or front matter, else the first fallback (a value and where it came from)."""
        said = [(getattr(written, field, None), written.path) for written in self.written]
        return self.choose(field, (*said, *fallbacks))

    def choose(self, field: str, candidates: Iterable[tuple[_T | None, str]]) -> _T | None:
        for value, source in candidates:
            if value is not None:
                self.sources[field] = source
                return value
        return None


def _elements(fields: _Fields) -> Iterator[Element]:
    """What staff filled in; the feed's own persons and places stand in its channel, not in each item."""
    for tag in tags_of(Scope.EPISODE):
        written = [(sidecar.tags.get(tag.field), sidecar.path) for sidecar in fields.written]
        yield from fields.choose(tag.field, written) or ()


def _chapter_lists(reading: Reading, problems: list[Problem]) -> Iterator[tuple[tuple[Chapter, ...] | None, str]]:
    """From their own file, else from the recording, else from the article's timestamps; the first that fits it."""
    recording, article = reading.recording, reading.article
    sound = recording or reading.remote
    length = sound.duration_seconds * 1000 if sound and sound.duration_seconds else float("inf")
    if reading.chapters and reading.chapters_path:
        if (late := reading.chapters[-1]).start_milliseconds < length:
            yield reading.chapters, reading.chapters_path
        else:
            message = (
                f"a chapter ({late.title or 'without a title'}) begins at {late.start_milliseconds / 1000:g} s, behind "
                "the recording's end; mend its time (the episode goes out without chapters)"
            )
            problems.append(
                Problem(rule="FILE-CHAPTERS", level=Level.ERROR, where=reading.chapters_path, message=message)
            )
            return
    if recording and recording.chapters and recording.chapters[-1].start_milliseconds < length:
        yield recording.chapters, f"tags of {recording.path}"
    stamps = [block for block in article.blocks if isinstance(block, TimestampList)] if article else []
    if article and len(stamps) == 1:
        chapters = tuple(_chapter_of(stamp) for stamp in stamps[0].entries)
        if chapters[-1].start_milliseconds < length:
            yield chapters, article.path


def _chapter_of(stamp: Timestamp) -> Chapter:
    links = [inline.href for inline in stamp.children if isinstance(inline, Link)]
    url = links[0] if len(links) == 1 and links[0].startswith("http") else None
    return Chapter(start_milliseconds=stamp.start_seconds * 1000, title=_words(stamp.children), url=url)


def _words(inlines: Iterable[Inline]) -> str:
    words = (
        i.text if isinstance(i, Text) else " " if isinstance(i, LineBreak) else _words(i.children) for i in inlines
    )
    return clean_line("".join(words))


def _reasons_to_wait(reading: Reading, fields: _Fields, show: Show) -> Iterator[Problem]:
    """What staff asked to wait for, which holds new episodes only."""
    article = reading.article
    accepts_changes = fields.first("accept_changes", (show.accept_changes, "show"))
    if article and not accepts_changes and (undecided := describe_undecided(article)):
        yield _holding("FILE-ARTICLE", article.path, undecided)
    is_full = (fields.first("type") or EpisodeType.FULL) is EpisodeType.FULL
    if fields.first("require_transcript", (show.require_transcript, "show")) and is_full and not reading.transcripts:
        message = f"has no transcript, and is to wait for one; put {reading.files.stem}.vtt beside it"
        yield _holding("P20-TRANSCRIPT", fields.where, message)


def _no_date(article: Article | None, tags: AudioTags) -> str:
    day, hint = "2018-01-05", ""
    if article and article.suggested_date:
        day, hint = article.suggested_date.isoformat(), " (the date of its web page)"
    elif tags.recorded:
        with suppress(ValueError):
            day, hint = parse_release(tags.recorded).isoformat()[:10], " (the recording date of its tags)"
    return f"has no date; add a line such as published = {day}{hint} to the sidecar"


def describe_undecided(article: Article) -> str | None:
    """What a Word article's authors have still to decide on, in words."""
    changes, comments = article.unaccepted_changes, article.comment_count
    if not changes and not comments:
        return None
    counted = [
        f"{n} {word}{'' if n == 1 else 's'}" for n, word in ((changes, "tracked change"), (comments, "comment")) if n
    ]
    return (
        f"holds {' and '.join(counted)} that nobody has decided on; accept or reject them in Word, "
        "or write accept_changes = true into the sidecar"
    )


def _path_below_episodes(reading: Reading) -> str:
    files = reading.files
    paths = (*files.recordings, *files.sidecars, *files.articles)
    if reading.remote:  # what lies here is not what goes out
        paths = files.sidecars
    path = reading.recording.path if reading.recording else paths[0]
    return unicodedata.normalize("NFC", path.removeprefix("episodes/"))


def _is_readable(reading: Reading) -> bool:
    """Whether what is missing is missing, not merely in a file that could not be read."""
    return reading.sidecar is not None or not reading.files.sidecars


def _holding(rule: str, where: str, message: str) -> Problem:
    return Problem(rule=rule, level=Level.ERROR, where=where, message=message, holds=True)


# -- moments ----------------------------------------------------------------------------------------------------------


def _moments(reading: Reading, show: Show) -> Iterable[tuple[datetime | None, str]]:
    """In a date's own order: sidecar, front matter, file name, release time; never recording date or mtime."""
    for written in (reading.sidecar, reading.front_matter):
        if written and written.published:
            yield to_moment(written.published, show), written.path
    if match := _DATED_STEM.match(reading.files.stem):
        try:
            day = date(*map(int, match.groups()))
        except ValueError as error:
            raise DateError(f"the file name's date {match[0]} is in no calendar; rename the files") from error
        yield to_moment(day, show), f"file name {reading.files.stem}"
    if reading.recording and (released := reading.recording.tags.released):
        try:
            # A bare year or month is no date of publication; `fromisoformat` takes neither.
            yield to_moment(parse_release(released), show), f"release time tag (TDRL) of {reading.recording.path}"
        except ValueError:
            return


def parse_release(text: str) -> date:
    """An ID3 timestamp (id3v2.4.0-structure, section 4) of a day at least; a time of day in it is UTC.

    Raises:
        ValueError: a bare year or month, or no timestamp.
    """
    with suppress(ValueError):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_moment(written: date, show: Show) -> datetime:
    """A date or time as written, made exact: without a time at `publish_time`, without a zone in the show's.

    Raises:
        DateError: daylight saving skips or doubles that time, or the year is out of all range.
    """
    if not _YEARS[0] <= written.year <= _YEARS[1]:
        raise DateError(f"published {written} is out of range; write the year of publication")
    moment = written if isinstance(written, datetime) else datetime.combine(written, show.publish_time)
    moment = moment.replace(microsecond=0)
    if moment.tzinfo is None:
        moment = _in_zone(moment, show.timezone)
    return moment.astimezone(UTC)


def _in_zone(wall_clock: datetime, zone_name: str) -> datetime:
    zone = ZoneInfo(zone_name)
    early, late = (wall_clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early
    spoken = f"{wall_clock:%Y-%m-%d %H:%M}"
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall_clock:
        raise DateError(
            f"published {spoken} does not exist in {zone_name}, where the clock is put forward over it; "
            f"write {wall_clock + timedelta(hours=1):%H:%M}"
        )
    offsets = " or ".join(f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:5] for moment in (early, late))
    raise DateError(
        f"published {spoken} comes twice in {zone_name}, where the clock is put back over it; add the offset, {offsets}"
    )
