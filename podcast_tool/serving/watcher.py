"""Whether anything below a folder has changed: asked again and again, as that works on every disk and share."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

_INTERVAL_SECONDS = 1.0
_SETTLED_SECONDS = 1.0
_IDLE_SHARE = 9  # of each minute, looking takes at most a tenth, however many files there are


def watch_folder(
    path: Path,
    on_change: Callable[[], None],
    stop: Event,
    *,
    interval_seconds: float = _INTERVAL_SECONDS,
    settled_seconds: float = _SETTLED_SECONDS,
) -> None:
    """Call *on_change* each time that files below *path* have changed and then stayed as they are for a while.

    Returns when *stop* is set; what *on_change* raises goes to the caller. A change during *on_change* is not missed:
    it is called again.
    """
    handled = take_fingerprint(path)
    while not stop.wait(interval_seconds):
        began = time.monotonic()
        seen = take_fingerprint(path)
        looking_seconds = time.monotonic() - began
        while seen != handled:
            if stop.wait(max(settled_seconds, looking_seconds)):
                return
            if (again := take_fingerprint(path)) == seen:
                handled = seen
                on_change()
                break
            seen = again
        if stop.wait(looking_seconds * _IDLE_SHARE):
            return


def take_fingerprint(path: Path) -> str:
    """A short text that is another one when a file below *path* is written, added, renamed or gone; no byte is read.

    Dotfiles are passed over. What cannot be looked at counts as not there.
    """
    digest = hashlib.blake2b(digest_size=16)
    folders = [os.fspath(path)]
    while folders:
        folder = folders.pop()
        digest.update(os.fsencode(folder) + b"\0\0")
        for entry in _entries(folder):
            try:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                    continue
                found = entry.stat()
            except OSError:
                continue
            signs = f"\0{found.st_mtime_ns} {found.st_size} {found.st_ino}\0"
            digest.update(os.fsencode(entry.name) + signs.encode())
    return digest.hexdigest()


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted((entry for entry in found if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return []
