"""A bar for work that takes long."""

from __future__ import annotations

import sys
from typing import Any

import click


class Progress:
    """A bar for work that takes long, on a terminal only."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._what = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def tell(self, what: str, done_seconds: float, total_seconds: float) -> None:
        """What is made, and how far it has come."""
        if what != self._what:
            self._end()
            self._what = what
            self._bar = click.progressbar(length=max(1, round(total_seconds)), label=what, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(round(done_seconds) - self._bar.pos)

    def say(self, line: str, *, err: bool = False) -> None:
        """A line above the bar."""
        if self._bar is not None:
            click.echo("\r\033[K", nl=False, err=True)
        click.echo(line, err=err)

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar, self._what = None, ""
