"""What publishing would change in feed/, settled before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podcast_tool.model import Plan, PlannedFile


def plan_publish(
    wanted: Mapping[str, PlannedFile], is_present: Callable[[str, PlannedFile], bool], feed_path: str
) -> Plan:
    """Compare what feed/ should hold with what it holds. No bytes, no clock.

    Args:
        is_present: whether feed/ has this very file at that path.
    """
    changed = {path: file for path, file in wanted.items() if not is_present(path, file)}
    ordered = sorted(changed.items(), key=lambda entry: _rank(entry[0], feed_path))
    return Plan(write=dict(ordered), feed_path=feed_path, feed=wanted.get(feed_path))


def _rank(path: str, feed_path: str) -> tuple[int, str]:
    if path == feed_path:
        return 3, path
    # The ledger may know of what the feed does not name yet, never the other way round.
    return (2 if path == "ledger.json" else 1 if path.endswith(".html") else 0), path
