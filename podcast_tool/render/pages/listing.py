"""Lists of episodes: the newest, those of a season, those of a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from podcast_tool.model import Listed, Show, ShowType
from podcast_tool.render.pages.words import Words
from podcast_tool.vocabulary.feed_names import page_path, season_path, year_path

INDEX_EPISODES = 50
# From so many on, a list is longer than a glance.
SEARCH_EPISODES = 12


@dataclass(frozen=True, kw_only=True)
class Row:
    """An episode in a list."""

    path: str
    title: str
    day: str
    day_iso: str
    length: str
    place: str
    type: str
    summary: str
    image: str | None
    """Its own; where some episodes have one, the others are shown with the cover."""
    mark: str | None


@dataclass(frozen=True, kw_only=True)
class ListLink:
    """A season's or a year's page, and its number."""

    path: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Which pages of lists there are."""

    seasons: tuple[ListLink, ...]
    """Newest first."""
    years: tuple[ListLink, ...]
    has_search: bool


def find_lists(listed: Sequence[Listed], show: Show) -> Lists:
    """The pages that a show of these episodes has."""
    seasons = sorted({episode.season for episode in listed if episode.season is not None}, reverse=True)
    years = sorted({year_of(episode, show) for episode in listed}, reverse=True)
    return Lists(
        seasons=tuple(ListLink(path=season_path(season), number=season) for season in seasons),
        years=tuple(ListLink(path=year_path(year), number=year) for year in years)
        if len(listed) > INDEX_EPISODES
        else (),
        has_search=len(listed) >= SEARCH_EPISODES,
    )


def year_of(episode: Listed, show: Show) -> int:
    """In the show's timezone."""
    return episode.published_at.astimezone(ZoneInfo(show.timezone)).year


def of_season(listed: Sequence[Listed], season: int, show: Show) -> list[Listed]:
    """In the order in which the show is heard: a serial from its beginning."""
    episodes = [episode for episode in listed if episode.season == season]
    if show.type is ShowType.SERIAL:
        episodes.reverse()
    return episodes


def make_row(episode: Listed, show: Show, words: Words) -> Row:
    """An episode as a list shows it."""
    day = episode.published_at.astimezone(ZoneInfo(show.timezone)).date()
    return Row(
        path=page_path(episode.slug),
        title=episode.title,
        day=words.day(day),
        day_iso=day.isoformat(),
        length=words.length(episode.duration_seconds) if episode.duration_seconds else "",
        place=words.place(episode.season, episode.episode),
        type=episode.type,
        summary=episode.summary or "",
        image=episode.thumbnail_path,
        mark=words.mark(episode.mark),
    )
