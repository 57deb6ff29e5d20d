"""When a publish looks like an accident, so that somebody has to say yes first."""

from __future__ import annotations

from collections.abc import Container, Sequence

from podcast_tool.model import Ledger, State
from podcast_tool.pipeline.entry import Entry

# DESIGN: so many published episodes may vanish, or be dated or addressed anew, before somebody has to say yes.
MIN_GONE = 3
MAX_UNASKED = 10


def why_to_ask(entries: Sequence[Entry], ledger: Ledger, published_guids: Container[str]) -> str | None:
    """What looks like a disk that is not mounted, or a change that apps would take for many; None: all is well."""
    published = sum(record.guid in published_guids for record in ledger.records)
    gone = sum(e.identity.state is State.MISSING and e.identity.guid in published_guids for e in entries)
    if gone >= MIN_GONE and gone * 3 >= published:
        return (
            f"{gone} of {published} published episodes are gone; mount the disk that they are on, "
            "or withdraw each with podcast_tool withdraw"
        )
    dated = sum(any(c.field == "pubDate" for c in e.report.changes) for e in entries)
    if dated > MAX_UNASKED:
        return f"the dates of {dated} published episodes would change; say --yes if they are to"
    moved = sum(_moves(entry) for entry in entries)
    if moved > MAX_UNASKED:
        return f"the audio of {moved} episodes would move although it is the same; say --yes if it is to"
    return None


def _moves(entry: Entry) -> bool:
    record, description = entry.identity.record, entry.description
    if not (record and record.own_audio and description and description.recording and entry.audio):
        return False
    is_same = record.sound_sha256 == description.recording.sound_sha256
    return is_same and entry.audio.path != record.own_audio.path
