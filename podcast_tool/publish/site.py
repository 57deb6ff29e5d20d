"""feed/ on disk: what it holds, and carrying out a plan so that it is never half done."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from podcast_tool.errors import BusyError, WriteError
from podcast_tool.model import Plan, PlannedFile
from podcast_tool.publish.spool import MEND, read_extents

# A file of this mark is one that a killed run left; nothing else in feed/ is ever named so.
_MARK = ".podcast_tool-tmp"

# Windows refuses to rename over a file that a virus scanner or a syncing program is reading.
_RENAME_WAITS_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.5, 2.0)


class SourceError(WriteError):
    """A file that was to be published changed, or went, while it was read; nothing was put in place."""


@contextmanager
def locked(work_folder: Path, show_dir: Path, doing: str = "published") -> Iterator[None]:
    """Hold the show's lock; the operating system frees it with the process.

    Args:
        doing: what is told that another does with the show.

    Raises:
        BusyError: another holds it.
        WriteError: there can be none.
    """
    lock = FileLock(work_folder / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(show_dir, f"is being {doing} already; wait until that has ended") from error
    except OSError as error:
        raise WriteError(work_folder / "lock", f"cannot be locked ({error.strerror}); {MEND}") from error
    try:
        yield
    finally:
        lock.release()


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


def write_site(plan: Plan, feed_dir: Path, tell: Callable[[str], None]) -> dict[str, str]:
    """Carry out *plan*: everything under temporary names, then durable, then renamed; the feed after all else.

    Args:
        tell: given each path once all are in place.

    Returns:
        Why the disk would not delete a file, by its path: after the feed that does no harm, and the next publish tries
        again.

    Raises:
        SourceError: what is published is not as it was when the plan was made; nothing was put in place.
        WriteError: the disk refused. While anything is written, nothing was put in place; later, what comes before.
    """
    places = {path: os.path.join(feed_dir, path) for path in plan.write}
    temporaries = {path: _temporary(place) for path, place in places.items()}
    others = [path for path in plan.write if path != plan.feed_path]
    feed = [path for path in plan.write if path == plan.feed_path]
    try:
        for folder in sorted({os.path.dirname(place) for place in places.values()}):
            os.makedirs(folder, exist_ok=True)
        for path, file in plan.write.items():
            _write_temporary(temporaries[path], places[path], file)
        _each(_make_durable, [temporaries[path] for path in (*others, *feed)])
        for paths in (others, feed):
            for path in paths:
                _rename(temporaries[path], places[path])
            _make_folders_durable([places[path] for path in paths], feed_dir)
    except BaseException as error:  # after Ctrl-C, too, nothing lies about
        for temporary in temporaries.values():
            with suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise _refusal(error, plan, feed_dir) from error
        raise
    refused = _delete(plan.delete, feed_dir)
    for path in plan.write:  # only now: a terminal that is gone must not stop a publish half way
        tell(path)
    return refused


def _refusal(error: OSError, plan: Plan, feed_dir: Path) -> WriteError:
    """What staff read of it, with the name that the file would have had."""
    place = Path(error.filename or feed_dir)
    if place.name.endswith(_MARK):
        place = place.with_name(place.name.removeprefix(".").removesuffix(_MARK))
    sources = {Path(part.path) for file in plan.write.values() for part in file.parts}
    if place in sources and not place.is_relative_to(feed_dir):
        return SourceError(place, f"cannot be read ({error.strerror}); publish again once it is there and whole")
    return WriteError(place, f"cannot be written ({error.strerror}); what was published stays: {MEND}")


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Says in each fault which file it is about: those of reading, writing and making durable do not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or path
        raise


def _delete(paths: Sequence[str], feed_dir: Path) -> dict[str, str]:
    """What would not go, and why; a folder that is empty then goes as well."""
    refused: dict[str, str] = {}
    for path in paths:
        try:
            (feed_dir / path).unlink(missing_ok=True)
        except OSError as error:
            refused[path] = error.strerror or str(error)
            continue
        with suppress(OSError):
            if "/" in path and not any((feed_dir / path).parent.iterdir()):
                (feed_dir / path).parent.rmdir()
    return refused


def sweep(feed_dir: Path) -> None:
    """Remove what a killed run left."""
    if feed_dir.is_dir():
        for path in feed_dir.rglob(f".*{_MARK}"):
            if path.is_symlink() or not path.is_dir():
                path.unlink(missing_ok=True)


def _temporary(place: str) -> str:
    folder, name = os.path.split(place)
    return os.path.join(folder, f".{name}{_MARK}")


def _write_temporary(temporary: str, place: str, file: PlannedFile) -> None:
    """Write what will be at *place*."""
    digest = hashlib.sha256()
    with _naming(place), open(temporary, "wb") as out:
        for chunk in read_extents(file.parts):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != file.sha256:
        # The part that is most likely a file of episodes/: what is rendered stands before the sound.
        raise OSError(0, "it changed while it was read", file.parts[-1].path)


# A disk makes many files durable in hardly more time than one, if it is asked for them at once; each thread is handed
# some, as handing over takes longer than asking.
_AT_ONCE = 16
_FEW = 40
_HANDED_OVER = 32


def _each(do: Callable[[str], None], paths: Sequence[str]) -> None:
    """Do it with each; of many, with several at once."""

    def do_some(start: int) -> None:
        for path in paths[start : start + _HANDED_OVER]:
            do(path)

    if len(paths) <= _FEW:
        for path in paths:
            do(path)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(do_some, range(0, len(paths), _HANDED_OVER)):
            pass


def _make_durable(path: str) -> None:
    with _naming(path):
        handle = os.open(path, os.O_RDWR)  # Windows makes nothing durable that is open for reading only
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# What shared folders answer that know no such thing for folders, as PostgreSQL's fsync_fname_ext has it.
_NOT_FOR_FOLDERS = {errno.EINVAL, errno.EBADF, errno.ENOTSUP}


def _make_folders_durable(places: Sequence[str], feed_dir: Path) -> None:
    """Also those above, up to the show's: they may be new themselves."""
    if sys.platform == "win32":  # a folder cannot be opened there, and its entries are journalled
        return
    folders = {str(feed_dir.parent)}
    for folder in {os.path.dirname(place) for place in places}:
        while folder and folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    _each(_make_folder_durable, sorted(folders))


def _make_folder_durable(folder: str) -> None:
    with _naming(folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NOT_FOR_FOLDERS:
                raise
        finally:
            os.close(handle)


def _rename(temporary: str, place: str) -> None:
    for wait in _RENAME_WAITS_SECONDS:
        try:
            os.replace(temporary, place)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    os.replace(temporary, place)
