"""feed/ledger.json: what was ever published.

A JSON array with one record to a line, so that git can merge it: the first line is of the feed, each other one of an
episode, sorted by guid. Commas stand at the start of a line, so that a new record changes no other line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from podcast_tool.model import LEDGER_VERSION, Address, Ledger, Record


def render_ledger(ledger: Ledger) -> bytes:
    """The bytes of ledger.json."""
    header = {
        "ledger": LEDGER_VERSION,
        "feed_sha256": ledger.feed_sha256,
        "feed_changed_at": _moment(ledger.feed_changed_at),
    } | ({"feed_path": ledger.feed_path} if ledger.feed_path else {})
    lines = [header, *map(_spell_record, sorted(ledger.records, key=lambda record: record.guid))]
    return ("[" + "\n,".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n").encode()


def _spell_record(record: Record) -> Mapping[str, object]:
    return {
        "guid": record.guid,
        "slug": record.slug,
        "sound_sha256": record.sound_sha256,
        "first_published_at": _moment(record.first_published_at),
        "addresses": [_spell_address(address) for address in record.addresses],
    } | ({"withdrawn_at": _moment(record.withdrawn_at)} if record.withdrawn_at else {})


def _spell_address(address: Address) -> Mapping[str, object]:
    spelt = {
        "path": address.path,
        "size_bytes": address.size_bytes,
        "sha256": address.sha256,
        "media_type": address.media_type,
        "duration_seconds": address.duration_seconds,
        "since": _moment(address.since),
        "until": _moment(address.until),
        "loudness_lufs": address.loudness_lufs,
        "is_normalised": address.is_normalised or None,
    }
    return {key: value for key, value in spelt.items() if value is not None}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
