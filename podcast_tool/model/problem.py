"""What can be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a problem is; only errors change an exit code."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault: where it is, what it is and what mends it, in one sentence."""

    rule: str
    """The id of a rule: `AP-COVER-SIZE` of the feed rules, or `FILE-...` for what is wrong with a file of the show."""
    level: Level
    where: str
    """A path below the show folder, or the name of an episode."""
    message: str
    holds: bool = False
    """The episode cannot go out with it. Without this mark, an error means that a part is left out."""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"
