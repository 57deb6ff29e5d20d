"""Writes the reference pages beside this file from the tables in the code: `python docs/make.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from podcast_tool.check.rules import render_rules_page
from podcast_tool.vocabulary.reference import render_tags_page

DOCS = Path(__file__).resolve().parent

PAGES: list[tuple[Path, Callable[[], str]]] = [
    (DOCS / "rules.md", render_rules_page),
    (DOCS / "tags.md", render_tags_page),
]


def main() -> None:
    """Write every page."""
    for path, render in PAGES:
        path.write_text(render(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
