"""Real shows in temporary folders, and the command as people run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import timeit
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent

# When the sample show was published; feed/ledger.json has it, too.
SAMPLE_EPOCH = "1516186800"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def show_dir(tmp_path: Path) -> Path:
    """A copy of the sample show, not yet published."""
    shutil.copytree(REPOSITORY / "episodes", tmp_path / "show" / "episodes")
    return tmp_path / "show"


def run_tool(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`podcast_tool ARGUMENTS` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "podcast_tool", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "SOURCE_DATE_EPOCH": SAMPLE_EPOCH, "PYTHONUTF8": "1", **(environment or {})},
        cwd=cwd,
        timeout=120,
        check=False,
    )


def is_done_in(seconds: float, run: Callable[[], float]) -> bool:
    """Whether *run*, which gives its seconds of processor time, takes less than that on every machine.

    What is compared is how many times it takes as long as a fixed piece of Python does at the same time, which is a
    fifth of a second on a machine where the bound was set; of three tries, as others may have the processor meanwhile.
    """
    for _ in range(3):
        before = _machine_seconds()
        taken = run()
        if taken / max(before, _machine_seconds()) < seconds / 0.2:
            return True
    return False


def _machine_seconds() -> float:
    return timeit.timeit("n = n * 31 % 65521", "n = 7", timer=time.process_time, number=5_000_000)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below *folder* with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def need_command(name: str) -> str:
    """The path of a program that a test needs: under CI its lack is a failure, elsewhere a reason to skip."""
    found = shutil.which(name)
    if found is None:
        message = f"the program {name} is not installed"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return found


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests read answers, not logs."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve *folder* over HTTP on loopback; gives the address, with a slash at its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def edit(path: Path, old: str, new: str) -> None:
    """Replace what stands once in a text file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} does not stand once in {path}"
    path.write_text(text.replace(old, new), encoding="utf-8")
