"""What was read and rendered of unchanged files, remembered beside the show so that it need not be done again.

Nothing depends on it: it may be deleted at any time, and what does not fit the present files is not believed.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import pickle
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import podcast_tool
from podcast_tool.model import EpisodeFiles, Reading

MEMORY_FILE = "memory.sqlite"

# A file that changed so shortly before may change again within the same tick of its folder's clock.
_SETTLED_NANOSECONDS = 2_000_000_000

_DIGEST_BYTES = hashlib.sha256().digest_size

_TABLES = """
create table if not exists readings (key text primary key, files text, signature text, reading blob);
create table if not exists rendered (key text primary key, inputs text, render blob);
"""


@dataclass(frozen=True, kw_only=True)
class Render:
    """What was rendered of one episode: its item, the other files by their paths below feed/, and what lists need."""

    item: bytes
    outputs: Mapping[str, tuple[int, str]]
    """Path -> size in bytes and SHA-256."""
    summary: str | None
    words: tuple[str, ...]
    """For the search."""


class Memory:
    """Readings and renderings by the key of their episode."""

    def __init__(self, connection: sqlite3.Connection | None, *, is_writable: bool) -> None:
        self._connection = connection
        self._is_writable = is_writable and connection is not None
        self._code = _code_fingerprint()
        self._now = time.time_ns()

    def recall_reading(self, files: EpisodeFiles, show_dir: Path) -> Reading | None:
        """What these files said, if none of them has changed since."""
        row = self._row("select files, signature, reading from readings where key = ?", files.key)
        if row is None:
            return None
        known, signature, raw = row
        if known != repr(files):
            return None
        reading: Reading | None = _unpacked(raw, Reading)
        if reading is None or self._signature(reading.read_paths, show_dir) != signature:
            return None
        return reading

    def keep_reading(self, files: EpisodeFiles, reading: Reading, show_dir: Path) -> None:
        """Remember it, unless a file is so new that it may still be being written."""
        if not self._is_writable or _newest(reading.read_paths, show_dir) > self._now - _SETTLED_NANOSECONDS:
            return
        signature = self._signature(reading.read_paths, show_dir)
        self._write(
            "insert or replace into readings values (?, ?, ?, ?)",
            files.key,
            repr(files),
            signature,
            _packed(reading),
        )

    def recall_render(self, key: str, inputs: str) -> Render | None:
        """What was rendered of the same inputs."""
        row = self._row("select render from rendered where key = ? and inputs = ?", key, self._code + inputs)
        fields = _unpacked(row[0], dict) if row else None
        return Render(**fields) if fields else None

    def keep_render(self, key: str, inputs: str, render: Render) -> None:
        """Remember it in the place of what was rendered of that episode before."""
        self._write("insert or replace into rendered values (?, ?, ?)", key, self._code + inputs, _packed(vars(render)))

    def forget_all_but(self, reading_keys: Iterable[str]) -> None:
        """Drop what belongs to episodes that are there no more."""
        present = set(reading_keys)
        for (key,) in self._rows("select key from readings"):
            if key not in present:
                self._write("delete from readings where key = ?", key)

    def _signature(self, paths: Sequence[str], show_dir: Path) -> str:
        digest = hashlib.sha256(self._code.encode())
        for path in paths:
            digest.update(f"{path}\0{_stamp(show_dir / path)}\0".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def _row(self, query: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._rows(query, *values)), None)

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is not None:
            with suppress(sqlite3.Error, UnicodeError):
                return self._connection.execute(query, values).fetchall()
        return []

    def _write(self, query: str, *values: object) -> None:
        if self._is_writable and self._connection is not None:
            with suppress(sqlite3.Error, UnicodeError):
                self._connection.execute(query, values)


@contextmanager
def open_memory(work_folder: Path, *, is_writable: bool) -> Iterator[Memory]:
    """The memory of a show; one that is damaged or missing remembers nothing."""
    connection = _connect(work_folder / MEMORY_FILE, is_writable=is_writable)
    try:
        yield Memory(connection, is_writable=is_writable)
        if connection is not None and is_writable:
            with suppress(sqlite3.Error):
                connection.commit()
    finally:
        if connection is not None:
            connection.close()


def _connect(path: Path, *, is_writable: bool) -> sqlite3.Connection | None:
    for _ in range(2):
        connection = None
        try:
            if not is_writable:
                if not path.is_file():
                    return None
                return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.1)
            connection = sqlite3.connect(path, timeout=0.1)
            connection.executescript("pragma synchronous = off;" + _TABLES)
            return connection
        except sqlite3.Error:
            if connection is not None:
                connection.close()
            if is_writable:
                with suppress(OSError):
                    path.unlink(missing_ok=True)  # it is no database; begin anew
    return None


def _stamp(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "absent"
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _newest(paths: Sequence[str], show_dir: Path) -> int:
    newest = 0
    for path in paths:
        with suppress(OSError):
            found = (show_dir / path).stat()
            newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
    return newest


def _code_fingerprint() -> str:
    """Changes with this program: what another version of it read is not believed."""
    folder = Path(podcast_tool.__file__).parent
    files = (path for path in folder.rglob("*.*") if path.suffix != ".pyc")  # templates, styles and words, too
    stamps = sorted(f"{path.relative_to(folder)} {_stamp(path)}" for path in files)
    return hashlib.sha256("\n".join([sys.version, *stamps]).encode()).hexdigest()


# -- values as bytes --------------------------------------------------------------------------------------------------

# All that values are made of besides our own model: a pickle may name nothing else, whoever wrote it.
_KNOWN = {("datetime", name) for name in ("date", "datetime", "time", "timedelta", "timezone")} | {
    ("builtins", name) for name in ("set", "frozenset")
}


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _value_class(module, name)


@cache  # a thousand values are of some twenty classes
def _value_class(module: str, name: str) -> type[Any]:
    if module.startswith("podcast_tool.model."):
        found = vars(importlib.import_module(module)).get(name)
        # Not what the module imports: `dataclass` runs text that is made of the names of fields.
        if isinstance(found, type) and found.__module__ == module:
            return found
    elif (module, name) in _KNOWN:
        known: type[Any] = getattr(importlib.import_module(module), name)
        return known
    raise pickle.UnpicklingError(f"{module}.{name} is no value of ours")


def _packed(value: object) -> bytes:
    raw = pickle.dumps(value, protocol=5)
    # The database is not made durable (synchronous = off): after a power cut, pages of it may be old or empty.
    return hashlib.sha256(raw).digest() + raw


def _unpacked(packed: bytes, kind: type[Any]) -> Any:
    try:
        digest, raw = packed[:_DIGEST_BYTES], packed[_DIGEST_BYTES:]
        value = _Careful(io.BytesIO(raw)).load() if hashlib.sha256(raw).digest() == digest else None
    except Exception:  # a pickle that was damaged raises whatever it likes
        return None
    return value if isinstance(value, kind) else None
