"""What stops a whole command, told to the person who typed it.

    PodcastError          says the file first, then the fault and the cure
    ├── ShowError         the show cannot be published at all
    ├── LedgerError       feed/ledger.json cannot be trusted
    ├── WriteError        the disk refused something
    └── BusyError         another publish is at work on the same show

A fault of one episode is no exception but a `Problem` (model.py): it never stops the others.
"""

from __future__ import annotations

from pathlib import Path


class PodcastError(Exception):
    """Something is wrong with the show, the disk or the network, not with this program."""

    rule = "FILE-READ"
    """As `check` names it."""

    def __init__(self, path: Path | str, problem: str) -> None:
        # As it was called: otherwise a worker process could not hand it back (pickle calls `__init__` with `args`).
        super().__init__(path, problem)

    def __str__(self) -> str:
        path, problem = self.args
        return f"{path}: {problem}"


class ShowError(PodcastError):
    """The show lacks what no feed can do without."""

    rule = "FILE-SHOW"


class LedgerError(PodcastError):
    """What was published before cannot be read."""

    rule = "FILE-LEDGER"


class WriteError(PodcastError):
    """A file of `feed/` could not be written."""


class BusyError(PodcastError):
    """Another publish holds the lock."""
