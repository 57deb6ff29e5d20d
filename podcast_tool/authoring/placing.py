"""Files put into episodes/: all or none, each whole, and none over another."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from podcast_tool.errors import PodcastError, WriteError
from podcast_tool.read.find import is_inside

# The mark of publish/site.py, by which what a killed run left is known. A dotfile is passed over by all who read here.
_MARK = ".podcast_tool-tmp"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A file that is to stand in episodes/."""

    name: str
    """Below episodes/."""
    source: Path | None = None
    """Where it is copied from; None: its bytes are *content*."""
    content: bytes = b""
    sha256: str

    @property
    def path(self) -> str:
        """Below the show folder."""
        return f"episodes/{self.name}"


def placement_of(name: str, content: bytes) -> Placement:
    """Of bytes that are at hand."""
    return Placement(name=name, content=content, sha256=hashlib.sha256(content).hexdigest())


def copy_of(name: str, source: Path, sha256: str | None = None) -> Placement:
    """Of a file; its digest is taken now, unless it is known."""
    return Placement(name=name, source=source, sha256=sha256 or digest_of(source))


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def without_present(placements: Iterable[Placement], folder: Path) -> tuple[Placement, ...]:
    """Those that have still to be put into *folder*.

    Raises:
        PodcastError: another file has the name of one of them.
    """
    return tuple(placement for placement in placements if not _is_present(placement, folder))


def _is_present(placement: Placement, folder: Path) -> bool:
    target = folder / placement.name
    if not is_inside(target.parent, folder):
        raise PodcastError(placement.path, "would lie behind a link that leads out of episodes/; take that link away")
    if not os.path.lexists(target):
        return False
    if target.is_file() and digest_of(target) == placement.sha256:
        return True
    raise PodcastError(placement.path, "is there already, and is another file; move one of them away")


def place(placements: Sequence[Placement], folder: Path) -> None:
    """Put files into *folder*, in their order, once all of them are written and durable.

    Raises:
        PodcastError: another file has such a name, or a source changed; WriteError: the disk refused. Then none of
            them is there.
    """
    placed: list[Path] = []
    is_done = False
    try:
        folders = sorted({folder, *((folder / placement.name).parent for placement in placements)})
        for each in folders:
            each.mkdir(parents=True, exist_ok=True)
        for placement in placements:
            _write_temporary(placement, folder)
        for placement in placements:
            _rename_to_free_name(_temporary(folder, placement), folder / placement.name)
            placed.append(folder / placement.name)
        for each in folders:
            _make_folder_durable(each)
        is_done = True
    except FileExistsError as error:
        message = f"{Path(str(error.filename2 or error.filename)).name} was put there just now by somebody else"
        raise PodcastError("episodes/", f"{message}; run the command again") from error
    except OSError as error:
        raise WriteError(
            error.filename or folder, f"cannot be written ({error.strerror}); nothing was added"
        ) from error
    finally:
        if not is_done:
            _remove([*(_temporary(folder, placement) for placement in placements), *placed])


def sweep(folder: Path) -> None:
    """Remove what a killed run left."""
    for path in folder.rglob(f".*{_MARK}"):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _temporary(folder: Path, placement: Placement) -> Path:
    target = folder / placement.name
    return target.with_name(f".{target.name}{_MARK}")


def _write_temporary(placement: Placement, folder: Path) -> None:
    digest = hashlib.sha256()
    with _temporary(folder, placement).open("wb") as out:
        for chunk in _chunks(placement):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    if placement.source and digest.hexdigest() != placement.sha256:
        raise PodcastError(placement.source, "changed while it was read; wait until it is whole and add it again")


def _chunks(placement: Placement) -> Iterator[bytes]:
    if placement.source is None:
        yield placement.content
        return
    with placement.source.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk


def _rename_to_free_name(path: Path, target: Path) -> None:
    """Raises FileExistsError rather than take the place of a file, as a plain rename would."""
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise FileExistsError(0, "is there already", str(target)) from None
        path.rename(target)
    else:
        path.unlink()


def _make_folder_durable(folder: Path) -> None:
    if sys.platform == "win32":  # a folder cannot be opened there, and its entries are journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
