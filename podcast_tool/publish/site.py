"""feed/ on disk: what it holds, and carrying out a plan so that it is never half done."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from podcast_tool.errors import BusyError, WriteError
from podcast_tool.model import Plan, PlannedFile
from podcast_tool.publish.spool import read_extents

# A file of this mark is one that a killed run left; nothing else in feed/ is ever named so.
_MARK = ".podcast_tool-tmp"

# Windows refuses to rename over a file that a virus scanner or a syncing program is reading.
_RENAME_WAITS_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)


@contextmanager
def locked(work_folder: Path) -> Iterator[None]:
    """Hold the show's lock; the operating system frees it with the process.

    Raises:
        BusyError: another publish holds it.
    """
    try:
        with FileLock(work_folder / "lock", timeout=0):
            yield
    except Timeout as error:
        raise BusyError(work_folder.parent, "is being published already; wait until that has ended") from error


def present_size(feed_dir: Path, path: str) -> int | None:
    """The size of a file of feed/ in bytes; None if it is not there."""
    try:
        return (feed_dir / path).stat().st_size
    except OSError:
        return None


def is_present(feed_dir: Path, path: str, file: PlannedFile) -> bool:
    """Whether feed/ has this very file; one whose name holds its digest is believed by its size."""
    if present_size(feed_dir, path) != file.size_bytes:
        return False
    if file.frozen_name:
        return True
    try:
        return hashlib.sha256((feed_dir / path).read_bytes()).hexdigest() == file.sha256
    except OSError:
        return False


def write_site(plan: Plan, feed_dir: Path, tell: Callable[[str], None]) -> None:
    """Carry out *plan*: everything under temporary names, then durable, then renamed; the feed after all else.

    Args:
        tell: given each path once all are in place.

    Raises:
        WriteError: the disk refused; then nothing was put in place, or all but what comes after.
    """
    others = [path for path in plan.write if path != plan.feed_path]
    feed = [path for path in plan.write if path == plan.feed_path]
    for paths in (others, feed):
        if not paths:
            continue
        try:
            for path in paths:
                _write_temporary(feed_dir / path, plan.write[path])
            _make_durable(_temporary(feed_dir / path) for path in paths)
            for path in paths:
                _rename(_temporary(feed_dir / path), feed_dir / path)
            _make_folders_durable({(feed_dir / path).parent for path in paths})
        except OSError as error:
            for path in paths:
                with suppress(OSError):
                    _temporary(feed_dir / path).unlink(missing_ok=True)
            name = str(error.filename or feed_dir).replace(f"{os.sep}.", os.sep).removesuffix(_MARK)
            raise WriteError(name, f"cannot be written ({error.strerror}); what was published stays") from error
    for path in plan.write:  # only now: a terminal that is gone must not stop a publish half way
        tell(path)


def sweep(feed_dir: Path) -> None:
    """Remove what a killed run left."""
    if feed_dir.is_dir():
        for path in feed_dir.rglob(f".*{_MARK}"):
            path.unlink(missing_ok=True)


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}{_MARK}")


def _write_temporary(path: Path, file: PlannedFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with _temporary(path).open("wb") as out:
        for chunk in read_extents(file.parts):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != file.sha256:
        raise OSError(0, "its source changed while it was read; publish again", file.parts[0].path)


def _make_durable(paths: Iterable[Path]) -> None:
    for path in paths:
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _make_folders_durable(folders: Iterable[Path]) -> None:
    if sys.platform == "win32":  # a folder cannot be opened there, and its entries are journalled
        return
    for folder in sorted(folders):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _rename(temporary: Path, path: Path) -> None:
    for wait in _RENAME_WAITS_SECONDS:
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    temporary.replace(path)
