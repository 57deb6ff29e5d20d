"""feed/ledger.json: what was ever published.

A JSON array: the first element is of the feed, each other one of an episode (written by render/ledger.py).
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from podcast_tool.errors import LedgerError
from podcast_tool.model import LEDGER_VERSION, Address, Ledger, Record
from podcast_tool.text import clean_line, is_web_address

LEDGER_FILE = "ledger.json"

_BACKUP = "take it from a backup or from git"

# What we write ourselves: no path in here may lead out of feed/.
_SLUG = re.compile(r"[a-z0-9-]{1,90}")
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class _Header(msgspec.Struct):
    ledger: int
    feed_sha256: str | None = None
    feed_changed_at: datetime | None = None
    feed_path: str | None = None


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
    if b"\n<<<<<<< " in b"\n" + raw:
        raise LedgerError(path, "holds a merge conflict of git; keep the lines of both sides, and one first line")
    try:
        lines: list[Any] = json.loads(raw)
        header = msgspec.convert(lines[0], _Header)
        if header.ledger > LEDGER_VERSION:
            raise LedgerError(path, "was written by a newer podcast_tool; install that version")
        records = tuple(msgspec.convert(line, Record) for line in lines[1:])
        for record in records:
            _check(record)
        if header.feed_changed_at and not header.feed_changed_at.tzinfo:
            raise ValueError("feed_changed_at has no timezone")
        if header.feed_path is not None and not _PATH.fullmatch(header.feed_path):
            raise ValueError(f"{header.feed_path!r} is no path below feed/")
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise LedgerError(path, f"is damaged ({str(error)[:120]}); {_BACKUP}") from error
    if len({record.guid for record in records}) != len(records):
        raise LedgerError(path, f"is damaged (a guid stands twice); {_BACKUP}")
    return Ledger(
        records=records,
        feed_sha256=header.feed_sha256,
        feed_changed_at=header.feed_changed_at,
        feed_path=header.feed_path,
    )


def _is_remote(address: Address) -> bool:
    """Whether it is the whole address of a recording that lives elsewhere."""
    is_clean = clean_line(address.path) == address.path and "/../" not in f"{address.path}/"
    return address.is_sound and is_clean and is_web_address(address.path)


def _check(record: Record) -> None:
    """Raises ValueError for a record that we never wrote."""
    if not _SLUG.fullmatch(record.slug):
        raise ValueError(f"{record.slug!r} is no slug")
    for address in record.addresses:
        if not (_PATH.fullmatch(address.path) or _is_remote(address)):
            raise ValueError(f"{address.path!r} is no path below feed/")
    moments = [
        record.first_published_at,
        record.withdrawn_at,
        *(a.since for a in record.addresses),
        *(a.until for a in record.addresses),
    ]
    if any(moment and not moment.tzinfo for moment in moments):
        raise ValueError(f"a moment of {record.guid} has no timezone")
