"""Arguments in, sentences and an exit code out. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import sys

from podcast_tool.cli import authoring, checking, ending, looking, publishing, serving
from podcast_tool.cli.group import cli

__all__ = ["authoring", "checking", "cli", "ending", "looking", "main", "publishing", "serving"]


def main() -> None:
    """The console script."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no "ü" gets an escape, not a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    cli()
