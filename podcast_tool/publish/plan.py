"""What publishing would change in feed/, settled before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podcast_tool.model import PlannedFile


@dataclass(frozen=True)
class Plan:
    """The files to write, by their paths below feed/; all others stay as they are."""

    write: Mapping[str, PlannedFile]
    """In the order of writing: a file comes before those that name it, the feed last."""
    feed_path: str = "feed.xml"


def plan_publish(
    wanted: Mapping[str, PlannedFile], is_present: Callable[[str, PlannedFile], bool], feed_path: str
) -> Plan:
    """Compare what feed/ should hold with what it holds. No bytes, no clock.

    Args:
        is_present: whether feed/ has this very file at that path.
    """
    changed = {path: file for path, file in wanted.items() if not is_present(path, file)}
    return Plan(write=dict(sorted(changed.items(), key=lambda entry: _rank(entry[0], feed_path))), feed_path=feed_path)


def _rank(path: str, feed_path: str) -> tuple[int, str]:
    if path == feed_path:
        return 3, path
    # The ledger may know of what the feed does not name yet, never the other way round.
    return (2 if path == "ledger.json" else 1 if path.endswith(".html") else 0), path
