"""Every call that changes what is on the disk, counted, and one of them struck.

The calls are wrapped where Python makes them. What libraries in C write of themselves (sqlite) is not seen: of
that, nothing published depends on.
"""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A full disk refuses what takes room; renaming and deleting still work.
_TAKE_ROOM = frozenset({"open", "write", "flush", "close", "fsync", "mkdir", "sendfile"})

_MAX_PAUSE_SECONDS = 60.0
_real_sleep = time.sleep


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens, and at which call."""

    kind: str
    """`kill`: SIGKILL before the call. `tear`: SIGKILL behind it; of what is written, half is on the disk by then.
    `SIGINT`, `SIGTERM`: that signal. `pause`: waits. Else the name of an errno, with which the call fails."""
    at: int
    """The number of the call, from 0."""
    lasts: bool = False
    """Each later call fails as well (of a full disk: each that takes room)."""
    below: str = ""
    """Only calls on files below this folder of the show are counted."""
    marker: str = ""
    """`pause`: the file into which the process writes its number; it goes on once there is one with `.go` behind."""


class Injection:
    """Wraps the calls of this process; there is no way back."""

    def __init__(self, show_dir: str, fault: Fault | None) -> None:
        self._root = os.path.join(os.path.realpath(show_dir), fault.below if fault else "")
        self._fault = fault
        self._paths: dict[int, str] = {}
        """Of open files, by their handles."""
        self.calls: list[tuple[str, str]] = []
        """The name of each call, and its file as it is below the show folder."""

    def install(self) -> None:
        """From here on, calls are counted and struck."""
        real_open, real_os_open = io.open, os.open
        for name in ("replace", "rename", "unlink", "remove", "mkdir", "rmdir", "ftruncate", "sendfile"):
            if hasattr(os, name):
                setattr(os, name, self._wrapped(name, getattr(os, name)))
        os.fsync = self._wrapped("fsync", lambda _: None)  # what the kernel has, it keeps when a process is killed

        def open_file(file: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
            if not set(mode) & set("wax+") or isinstance(file, int):
                return self._known(file, real_open(file, mode, *rest, **named))
            opened = self.call("open", file, lambda: real_open(file, mode, *rest, **named))
            return WrittenFile(self._known(file, opened), self._below(file), self)

        def open_handle(path: Any, flags: int, *rest: Any, **named: Any) -> int:
            handle: int = self.call("open", path, lambda: real_os_open(path, flags, *rest, **named))
            self._paths[handle] = os.fspath(path)
            return handle

        builtins.open = io.open = open_file
        os.open = open_handle
        time.sleep = lambda _: None  # what is refused here stays refused

    def _known(self, path: Any, opened: Any) -> Any:
        if isinstance(path, str | os.PathLike):
            self._paths[opened.fileno()] = os.fspath(path)
        return opened

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def struck(target: Any, *rest: Any, dir_fd: int | None = None, **named: Any) -> Any:
            if dir_fd is not None:
                named["dir_fd"] = dir_fd
            path = target if dir_fd is None else os.path.join(self._paths.get(dir_fd, ""), target)
            return self.call(name, path, lambda: real(target, *rest, **named))

        return struck

    def _below(self, target: Any) -> str | None:
        """A file as it is below the counted folder; None if it lies elsewhere."""
        path = self._paths.get(target, "") if isinstance(target, int) else os.fspath(target)
        path = os.path.abspath(os.fsdecode(path)) if path else ""
        is_inside = path == self._root.rstrip("/") or path.startswith(self._root.rstrip("/") + "/")
        return os.path.relpath(path, self._root) if is_inside else None

    def call(self, name: str, target: Any, do: Callable[[], Any], tear: Callable[[], object] | None = None) -> Any:
        """Make a call, unless it is the one that is struck.

        Args:
            tear: does half of it.
        """
        below = self._below(target)
        if below is None:
            return do()
        number = len(self.calls)
        self.calls.append((name, below))
        if self._fault and self._strikes(self._fault, name, number):
            self._strike(self._fault, name, target, tear or do)
        return do()

    def _strikes(self, fault: Fault, name: str, number: int) -> bool:
        if not fault.lasts:
            return number == fault.at
        return number >= fault.at and (fault.kind != "ENOSPC" or name in _TAKE_ROOM)

    def _strike(self, fault: Fault, name: str, target: Any, tear: Callable[[], object]) -> None:
        if fault.kind in ("kill", "tear"):
            if fault.kind == "tear":
                with suppress(OSError):  # such as a folder that is there already
                    tear()
            os.kill(os.getpid(), signal.SIGKILL)
        elif fault.kind == "pause":
            _pause(Path(fault.marker))
        elif fault.kind.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, fault.kind))
        else:
            number = getattr(errno, fault.kind)
            names_file = isinstance(target, str | os.PathLike) and name not in ("write", "flush", "close")
            raise OSError(number, os.strerror(number), *([os.fspath(target)] if names_file else []))


def _pause(marker: Path) -> None:
    marker.write_text(str(os.getpid()), "ascii")
    go, ended_at = marker.with_name(f"{marker.name}.go"), time.monotonic() + _MAX_PAUSE_SECONDS
    while not go.exists() and time.monotonic() < ended_at:
        _real_sleep(0.01)


class WrittenFile:
    """A file that is open for writing; each write and each emptying of its buffer is a call."""

    def __init__(self, file: Any, below: str | None, injection: Injection) -> None:
        self._file, self._path, self._injection = file, str(file.name), injection
        self._is_counted = below is not None
        self._is_dirty = False

    def write(self, content: Any) -> int:
        """Torn: the first half is on the disk."""

        def tear() -> None:
            self._file.write(content[: len(content) // 2])
            self._file.flush()

        written: int = self._injection.call("write", self._path, lambda: self._file.write(content), tear)
        self._is_dirty = True
        return written

    def flush(self) -> None:
        """Counted only where there is something in the buffer."""
        if self._is_dirty:
            self._injection.call("flush", self._path, self._file.flush)
        self._is_dirty = False

    def close(self) -> None:
        """Where it fails, the second half of the file never reached the disk."""
        if self._is_dirty and not self._file.closed:
            self._is_dirty = False
            try:
                self._injection.call("close", self._path, lambda: None)
            except OSError:
                self._file.close()
                os.truncate(self._path, os.path.getsize(self._path) // 2)
                raise
        self._file.close()

    def __enter__(self) -> WrittenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)
