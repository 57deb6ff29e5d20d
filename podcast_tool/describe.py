"""The readings of an episode and its show -> what the episode says, each field with where it came from. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from podcast_tool.model import Description, EpisodeType, Level, Problem, Reading, Show, Sidecar

_T = TypeVar("_T")

_DATED_STEM = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")


class DateError(ValueError):
    """A date is no moment; the message is a sentence behind "published" or where else it stands."""


def describe(reading: Reading, show: Show) -> Description:
    """What one episode says: each field from the first place that has it (sidecar, tags, article, file name, show)."""
    sources: dict[str, str] = {}

    def first(field: str, candidates: Iterable[tuple[_T | None, str]]) -> _T | None:
        for value, source in candidates:
            if value is not None:
                sources[field] = source
                return value
        return None

    files, recording, article = reading.files, reading.recording, reading.article
    sidecar = reading.sidecar or Sidecar(path=files.key)
    tags = recording.tags if recording else None
    tag_source = f"tags of {recording.path}" if recording else ""
    article_source = f"title line of {article.path}" if article else ""

    problems = list(reading.problems)
    title = first(
        "title",
        [
            (sidecar.title, sidecar.path),
            (tags.title if tags else None, tag_source),
            (article.title if article else None, article_source),
        ],
    )
    where = reading.sidecar.path if reading.sidecar else (*files.sidecars, *files.recordings, files.key)[0]
    if title is None and _is_readable(reading):
        problems.append(_holding("AP-IT-REQ", where, 'has no title; add title = "..." to the sidecar'))

    published_at = None
    try:
        published_at = first("published", _moments(reading, show))
        if published_at is None and _is_readable(reading):
            problems.append(
                _holding("RSS-IT-DATE", where, "has no date; add a line such as published = 2018-01-05 to the sidecar")
            )
    except DateError as error:
        problems.append(_holding("RSS-IT-DATE", where, str(error)))

    season = first("season", [(sidecar.season, sidecar.path), (tags.season if tags else None, tag_source)])
    episode = first("episode", [(sidecar.episode, sidecar.path), (tags.episode if tags else None, tag_source)])
    explicit = first("explicit", [(sidecar.explicit, sidecar.path), (show.explicit, "show")])
    type_ = first("type", [(sidecar.type, sidecar.path), (EpisodeType.FULL, "default")])
    return Description(
        key=files.key,
        stem=files.stem,
        path=_path_below_episodes(reading),
        title=title,
        published_at=published_at,
        season=season,
        episode=episode,
        type=type_ or EpisodeType.FULL,
        summary=first("summary", [(sidecar.summary, sidecar.path)]),
        explicit=bool(explicit),
        given_guid=first("guid", [(sidecar.guid, sidecar.path)]),
        link=first("link", [(sidecar.link, sidecar.path)]),
        draft=sidecar.draft,
        notes=first("notes", [(article, article.path if article else "")]),
        has_article=bool(files.articles or sidecar.article),
        artwork=first("artwork", [(reading.artwork, reading.artwork.path if reading.artwork else "")]),
        recording=recording,
        sources=sources,
        problems=tuple(problems),
    )


def _path_below_episodes(reading: Reading) -> str:
    files = reading.files
    path = reading.recording.path if reading.recording else (*files.recordings, *files.sidecars, *files.articles)[0]
    return unicodedata.normalize("NFC", path.removeprefix("episodes/"))


def _is_readable(reading: Reading) -> bool:
    """Whether what is missing is missing, not merely in a file that could not be read."""
    return reading.sidecar is not None or not reading.files.sidecars


def _holding(rule: str, where: str, message: str) -> Problem:
    return Problem(rule=rule, level=Level.ERROR, where=where, message=message, holds=True)


# -- moments ----------------------------------------------------------------------------------------------------------


def _moments(reading: Reading, show: Show) -> Iterable[tuple[datetime | None, str]]:
    """A date has an order of its own: sidecar, file name, release time. Never the recording date or a file's mtime."""
    if reading.sidecar and reading.sidecar.published:
        yield to_moment(reading.sidecar.published, show), reading.sidecar.path
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
    if len(text) == len("2018-01-05"):
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_moment(written: date, show: Show) -> datetime:
    """A date or time as written, made exact: without a time at `publish_time`, without a zone in the show's.

    Raises:
        DateError: daylight saving skips or doubles that time, or the year is out of all range.
    """
    moment = written if isinstance(written, datetime) else datetime.combine(written, show.publish_time)
    moment = moment.replace(microsecond=0)
    try:
        if moment.tzinfo is None:
            moment = _in_zone(moment, show.timezone)
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise DateError(f"the date {written} is out of range; write the year of publication") from error


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
