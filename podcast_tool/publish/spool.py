"""What was rendered, kept on disk until the plan is carried out: a plan names bytes, it does not carry them."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from podcast_tool.errors import WriteError
from podcast_tool.model import Extent, PlannedFile

WORK_FOLDER = ".podcast_tool"
_CHUNK_BYTES = 1 << 20

# What the disk refuses is no fault of the show's: the cure is in the reason, which stands before it.
MEND = "mend that and try again"


def open_work_folder(show_dir: Path) -> Path:
    """The folder beside the show for what is being made; it may be deleted at any time, and git does not see it."""
    folder = show_dir / WORK_FOLDER
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists() or not ignore.stat().st_size:  # a killed run may have left an empty one
            ignore.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise WriteError(folder, f"cannot be made ({error.strerror}); {MEND}") from error
    return folder


@contextmanager
def making_folder(work_folder: Path) -> Iterator[Path]:
    """A folder for what takes long to make; it stays when a publish is broken off, so that it need not begin again."""
    folder = work_folder / "made"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise WriteError(folder, f"cannot be made ({error.strerror}); {MEND}") from error
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def empty(folder: Path) -> None:
    """Begin anew with what takes long to make."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)


# Changes whenever a publish has ended, be it that it wrote nothing: what is scheduled is in no file of feed/.
_PUBLISHED = "published"


def mark_published(work_folder: Path) -> None:
    """Let those that wait for the next moment know that there was a publish."""
    with suppress(OSError):  # nothing that is published depends on it
        (work_folder / _PUBLISHED).touch()


def last_published(work_folder: Path) -> int:
    """Another number after each publish on this machine."""
    try:
        return (work_folder / _PUBLISHED).stat().st_mtime_ns
    except OSError:
        return 0


class Spool:
    """One file to which rendered bytes are appended; each is named by the extent that it got."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._end = 0

    def __enter__(self) -> Self:
        try:
            self._path.unlink(missing_ok=True)  # what a killed run left; never written through, should it be a link
            self._file = self._path.open("x+b")
        except OSError as error:
            raise WriteError(self._path, f"cannot be written ({error.strerror}); {MEND}") from error
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what could not be written was told, and the next run begins anew
            self._file.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def add(self, content: bytes) -> Extent:
        """Keep *content*."""
        extent = Extent(path=str(self._path), offset=self._end, size_bytes=len(content))
        try:
            self._file.write(content)
        except OSError as error:
            raise WriteError(self._path, f"cannot be written ({error.strerror}); {MEND}") from error
        self._end += len(content)
        return extent

    def add_file(self, content: bytes) -> PlannedFile:
        """Keep *content* as a whole file of feed/."""
        return PlannedFile(
            parts=(self.add(content),), size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
        )

    def join(self, parts: Sequence[Extent]) -> PlannedFile:
        """A file made of stretches of others, those of this spool among them."""
        self.flush()
        digest, size = hashlib.sha256(), 0
        for chunk in read_extents(parts):
            digest.update(chunk)
            size += len(chunk)
        return PlannedFile(parts=tuple(parts), size_bytes=size, sha256=digest.hexdigest())

    def flush(self) -> None:
        """Let others read what was added."""
        try:
            self._file.flush()
        except OSError as error:
            raise WriteError(self._path, f"cannot be written ({error.strerror}); {MEND}") from error


def read_extents(parts: Sequence[Extent]) -> Iterator[bytes]:
    """The bytes of *parts*, in chunks."""
    file, path = None, None
    try:
        for part in parts:
            if file is None or part.path != path:
                if file is not None:
                    file.close()
                file = open(part.path, "rb", buffering=0)  # noqa: SIM115 - closed below, or by the next part
                path = part.path
            file.seek(part.offset)
            left = part.size_bytes
            while left:
                chunk = file.read(min(left, _CHUNK_BYTES))
                if not chunk:
                    raise OSError(0, "it became shorter while it was read", part.path)
                left -= len(chunk)
                yield chunk
    except OSError as error:
        error.filename = error.filename or path
        raise
    finally:
        if file is not None:
            file.close()
