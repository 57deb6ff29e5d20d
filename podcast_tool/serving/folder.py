"""A published folder, and which of its files anybody may see."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote


@dataclass(frozen=True, kw_only=True)
class SiteFolder:
    """What lies in `feed/`, and under which addresses it will be once it is copied to its host."""

    folder: Path
    site_url: str
    """With a slash at its end."""
    media_url: str | None = None
    """Where the files of `audio/` are served, if not under `site_url`; with a slash at its end."""
    enclosure_prefix: str | None = None
    """Address of a statistics service that stands before enclosures."""
    feed_path: str = "feed.xml"
    is_public: bool = True
    """Else no page of another host may read it in a browser."""


_LEDGER = "ledger.json"
_INDEX = "index.html"

# No published name holds these: Windows reads \ and : as parts of a path, and ~ as one of its short names.
_NAME = re.compile(r'[^.\x00-\x1f\x7f<>:"/\\|?*~][^\x00-\x1f\x7f<>:"/\\|?*~]*(?<![. ])')
_MAX_NAMES = 20


def parse_path(raw_path: str) -> tuple[str, ...] | None:
    """The names in the path of a request, percent-decoded; the last is empty where a folder is asked for.

    Returns:
        None: nothing that is published is ever called so (dotfiles, `..`, the ledger, what a disk reads otherwise).
    """
    first, *raw_names = raw_path.split("/")
    if first or not raw_names or len(raw_names) > _MAX_NAMES:
        return None
    try:
        names = [unquote(name, errors="strict") for name in raw_names]
    except UnicodeDecodeError:
        return None
    *folders, last = names
    return tuple(names) if all(map(_is_public, folders)) and (not last or _is_public(last)) else None


def _is_public(name: str) -> bool:
    # Some disks take names for the same that differ in case, or in a long s for an s.
    return bool(_NAME.fullmatch(name)) and normalize("NFKC", name).casefold() != _LEDGER


def find_place(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The file or folder of these names, wherever links lead; None if it is not there, or not for everybody's eyes."""
    try:
        root = folder.resolve(strict=True)
        place = root.joinpath(*names).resolve(strict=True)
        if not place.is_relative_to(root) or not all(map(_is_public, place.relative_to(root).parts)):
            return None
        ledger = root / _LEDGER
        if ledger.exists() and os.path.samefile(place, ledger):
            return None
        return place if place.is_file() or place.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links in a circle, before Python 3.13
        return None


def find_index(folder: Path, names: tuple[str, ...]) -> Path | None:
    """The page that stands for a folder."""
    place = find_place(folder, (*(name for name in names if name), _INDEX))
    return place if place and place.is_file() else None
