"""When a publish looks like an accident, so that somebody has to say yes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from podcast_tool.model import Item, Ledger, Show, State
from podcast_tool.pipeline.entry import Entry

# DESIGN: so many published episodes may vanish, or be dated or addressed anew, before somebody has to say yes.
MIN_GONE = 3
MAX_UNASKED = 10


def why_to_ask(entries: Sequence[Entry], ledger: Ledger, items: Mapping[str, Item], show: Show) -> str | None:
    """What looks like a disk that is not mounted, or a change that apps would take for many; None: all is well.

    Args:
        items: the present feed's, by their guids.
    """
    published = sum(record.guid in items for record in ledger.records)
    gone = sum(e.identity.state is State.MISSING and e.identity.guid in items for e in entries)
    if gone >= MIN_GONE and gone * 3 >= published:
        return (
            f"{gone} of {published} published episodes are gone; mount the disk that they are on, "
            "or withdraw each with podcast_tool withdraw"
        )
    dated = sum(any(c.field == "pubDate" for c in e.report.changes) for e in entries)
    if dated > MAX_UNASKED:
        return f"the dates of {dated} published episodes would change; say --yes if they are to"
    moved = sum(_moves(entry, items.get(entry.identity.guid or ""), show) for entry in entries)
    if moved > MAX_UNASKED:
        return f"the audio of {moved} episodes would move although it is the same; say --yes if it is to"
    return None


def _moves(entry: Entry, item: Item | None, show: Show) -> bool:
    """Whether the same sound gets another address, be it that only the folder or the service before it is another."""
    record, description = entry.identity.record, entry.description
    if not (record and record.own_audio and description and entry.audio) or entry.audio.is_remote:
        return False
    recording = description.recording  # one that has left is as it was
    if recording and record.sound_sha256 != recording.sound_sha256:
        return False
    is_elsewhere = (
        item is not None and item.enclosure is not None and item.enclosure.url != show.enclosure_url(entry.audio.path)
    )
    return entry.audio.path != record.own_audio.path or is_elsewhere
