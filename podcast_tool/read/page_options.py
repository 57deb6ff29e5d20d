"""How the pages of a show look and where they lead: fields of show.toml, and templates beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from podcast_tool.model import PageLink, PageOptions
from podcast_tool.read.fields import FLAG, LINE, WEB_ADDRESS, Kind, tables, words
from podcast_tool.read.find import TEMPLATES_FOLDER, is_inside
from podcast_tool.text import clean_line
from podcast_tool.vocabulary.directories import DIRECTORIES, directory_url
from podcast_tool.vocabulary.theme import THEME_VARIABLES, is_theme_value

PAGE_FIELDS: dict[str, Kind] = {
    "pages": FLAG,
    "page_links": tables("page_links", {"title": LINE, "url": WEB_ADDRESS}),
    "directories": words("directories"),
    "theme": words("theme"),
}

MAX_TEMPLATE_BYTES = 200_000
MAX_TEMPLATES = 50


def read_page_options(fields: Mapping[str, Any], show_dir: Path) -> tuple[PageOptions, list[str]]:
    """What show.toml says of the pages, and the templates of `episodes/templates/`.

    Returns:
        The options, and a sentence for each part that had to be left out.
    """
    faults: list[str] = []
    options = PageOptions(
        is_wanted=fields.get("pages", True),
        links=tuple(PageLink(title=link["title"], url=link["url"]) for link in fields.get("page_links", ())),
        directories=_kept(fields.get("directories", {}), _directory_fault, faults),
        theme=_kept(fields.get("theme", {}), _theme_fault, faults),
        templates=_templates(show_dir, faults),
    )
    return options, faults


def _kept(found: Mapping[str, str], fault_of: Callable[[str, str], str | None], faults: list[str]) -> dict[str, str]:
    """Those that are right, in the order of their names."""
    kept = {}
    for name, value in sorted(found.items()):
        fault = fault_of(name, value)
        if fault:
            faults.append(fault)
        else:
            kept[name] = value
    return kept


def _directory_fault(name: str, value: str) -> str | None:
    if directory_url(name, value):
        return None
    if name in DIRECTORIES:
        return f'directories.{name} "{value}" is no id of a show there; give that, or its whole https:// address'
    return f"directories.{clean_line(name)} is unknown; known: {', '.join(sorted(DIRECTORIES))}"


def _theme_fault(name: str, value: str) -> str | None:
    if name not in THEME_VARIABLES:
        return f"theme.{clean_line(name)} is unknown; known: {', '.join(sorted(THEME_VARIABLES))}"
    if not is_theme_value(name, value):
        return f'theme.{name} "{value}" is no value for it; write {_theme_example(name)}'
    return None


def _theme_example(name: str) -> str:
    if name.endswith("font"):
        return 'fonts, such as "Georgia, serif"'
    return 'a length, such as "0.5rem"' if name in ("radius", "width") else 'a colour, such as "#0a5c8a"'


def _templates(show_dir: Path, faults: list[str]) -> dict[str, str]:
    folder = show_dir / "episodes" / TEMPLATES_FOLDER
    found: dict[str, str] = {}
    try:
        paths = sorted(path for path in folder.glob("*.html") if not path.name.startswith("."))
    except OSError:
        return found
    for path in paths[:MAX_TEMPLATES]:
        where = f"{TEMPLATES_FOLDER}/{clean_line(path.name)}"
        try:
            if not path.is_file():  # reading a pipe would never end
                faults.append(f"{where} is no file; ours is taken")
            elif not is_inside(path, show_dir) or path.stat().st_size > MAX_TEMPLATE_BYTES:
                faults.append(f"{where} lies outside the show's folder, or is larger than 200 kB; ours is taken")
            else:
                found[path.name] = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            faults.append(f"{where} cannot be read ({error.strerror}); ours is taken")
        except UnicodeDecodeError:
            faults.append(f"{where} is not UTF-8 text; save it as UTF-8; ours is taken")
    return found
