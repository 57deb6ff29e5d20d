"""What publishing changes, and what there is to tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from podcast_tool.model.episode import State
from podcast_tool.model.extent import PlannedFile
from podcast_tool.model.problem import Problem
from podcast_tool.model.show import Show


@dataclass(frozen=True)
class Plan:
    """The files to write, by their paths below feed/; all others stay as they are."""

    write: Mapping[str, PlannedFile]
    """In the order of writing: a file comes before those that name it, the feed last."""
    delete: tuple[str, ...] = ()
    """Files that nothing names any more, once the feed is in place."""
    feed_path: str = "feed.xml"
    feed: PlannedFile | None = None
    """The feed as it shall be, changed or not; None as long as it would be empty."""


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One element of a published item, before and after."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class EpisodeReport:
    """One episode as `status` shows it; what is not known is None."""

    key: str | None
    slug: str
    state: State
    title: str | None
    guid: str | None
    published_at: datetime | None
    duration_seconds: float | None
    enclosure_url: str | None
    problems: tuple[Problem, ...]
    cuts: tuple[str, ...]
    """What stood around the article and is not in the notes, a sentence each."""
    page_path: str
    """Below feed/."""
    loudness_lufs: float | None = None
    """Integrated, where it was measured."""
    changes: tuple[FieldChange, ...] = ()
    """Of its item in the feed, as long as they are not published."""


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One field of an episode."""

    field: str
    value: object
    """Text, a number, a truth, None, or a list or table of them: what JSON can hold."""
    source: str
    """Where it came from, in words."""


@dataclass(frozen=True, kw_only=True)
class EpisodeView:
    """One episode as `show` tells it."""

    report: EpisodeReport
    details: tuple[Detail, ...]
    """Nothing of an episode that has no files any more."""
    notes: str
    """As HTML."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a show is, and what publishing it changes."""

    show: Show
    show_problems: tuple[Problem, ...]
    unclaimed: tuple[str, ...]
    """Recordings with neither sidecar nor article."""
    episodes: tuple[EpisodeReport, ...]
    """Newest first."""
    plan: Plan
    now: datetime
    """By which episodes wait."""
    stop: str | None = None
    """Why nothing should be published without asking again."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.show_problems + tuple(problem for report in self.episodes for problem in report.problems)

    @property
    def has_feed(self) -> bool:
        """Whether there is anything in the feed, or will be."""
        return any(report.enclosure_url for report in self.episodes)
