"""Runs commands, each in a fork of this one process, which has imported all that takes long.

Standard input: the folder of a show, which is surveyed once so that all is warm; then a line for each lot of jobs, as
JSON. Standard output: a line with their results, in the same order.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import podcast_tool
from podcast_tool.cli import cli
from podcast_tool.pipeline import survey

from .injection import Fault, Injection

_AT_ONCE = 2


def _import_all() -> None:
    for module in pkgutil.walk_packages(podcast_tool.__path__, "podcast_tool."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # of an extra that is not installed
                import_module(module.name)


def _run(job: dict[str, Any], folder: Path) -> None:
    """In the child: becomes the command, and never returns."""
    code = 1
    try:
        for handle, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT), handle)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.update(job["environment"])
        fault = Fault(**job["fault"]) if job["fault"] else None
        injection = Injection(job["show_dir"], fault)
        injection.install()
        try:
            cli(job["arguments"], prog_name="podcast_tool")
        finally:
            if fault is None:
                with os.fdopen(os.open(folder / "calls", os.O_WRONLY | os.O_CREAT), "w") as file:
                    json.dump(injection.calls, file)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _result(folder: Path, status: int) -> dict[str, Any]:
    calls = folder / "calls"
    return {
        "code": os.waitstatus_to_exitcode(status),
        "stdout": (folder / "stdout").read_text("utf-8"),
        "stderr": (folder / "stderr").read_text("utf-8"),
        "calls": json.loads(calls.read_bytes()) if calls.exists() else [],
    }


def _run_lot(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results: dict[int, dict[str, Any]] = {}
    waiting = list(enumerate(jobs))[::-1]
    running: dict[int, int] = {}
    with TemporaryDirectory() as folder:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                number, job = waiting.pop()
                place = Path(folder) / str(number)
                place.mkdir()
                pid = os.fork()
                if not pid:
                    _run(job, place)
                running[pid] = number
            pid, status = os.wait()
            number = running.pop(pid)
            results[number] = _result(Path(folder) / str(number), status)
    return [results[number] for number in range(len(jobs))]


def main() -> None:
    """Lot after lot, until standard input ends."""
    _import_all()
    survey(Path(sys.stdin.readline().rstrip("\n")))  # compiles the templates
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_run_lot(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
