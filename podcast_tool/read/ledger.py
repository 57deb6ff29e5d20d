"""feed/ledger.json: what was ever published.

A JSON array: the first element is of the feed, each other one of an episode (written by render/ledger.py).
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from podcast_tool.errors import LedgerError
from podcast_tool.model import LEDGER_VERSION, Ledger, Record

LEDGER_FILE = "ledger.json"

_BACKUP = "take it from a backup or from git, or delete it"


class _Header(msgspec.Struct):
    ledger: int
    feed_sha256: str | None = None
    feed_changed_at: datetime | None = None


def read_ledger(feed_dir: Path) -> Ledger:
    """The ledger of a published folder; an empty one if nothing was published yet.

    Raises:
        LedgerError: unreadable, damaged, or of a newer version: then publishing could give old episodes new guids.
    """
    path = feed_dir / LEDGER_FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Ledger()
    except OSError as error:
        raise LedgerError(path, f"cannot be read: {error.strerror}") from error
    try:
        lines: list[Any] = json.loads(raw)
        header = msgspec.convert(lines[0], _Header)
        if header.ledger > LEDGER_VERSION:
            raise LedgerError(path, "was written by a newer podcast_tool; install that version")
        records = tuple(msgspec.convert(line, Record) for line in lines[1:])
    except (ValueError, IndexError, TypeError, RecursionError) as error:
        raise LedgerError(path, f"is damaged ({str(error)[:120]}); {_BACKUP}") from error
    if len({record.guid for record in records}) != len(records):
        raise LedgerError(path, f"is damaged (a guid stands twice); {_BACKUP}")
    return Ledger(records=records, feed_sha256=header.feed_sha256, feed_changed_at=header.feed_changed_at)
