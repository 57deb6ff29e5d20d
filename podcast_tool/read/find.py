"""Which files of `episodes/` belong to which episode (by their stems, in NFC)."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from podcast_tool.errors import ShowError
from podcast_tool.model import EpisodeFiles, Found, Level, Problem

RECORDING_ENDINGS = frozenset(
    {".mp3", ".m4a", ".m4b", ".mp4", ".aac", ".ogg", ".opus", ".flac", ".wav", ".aif", ".aiff"}
)
SIDECAR_ENDINGS = frozenset({".toml", ".yaml", ".yml", ".json"})
ARTICLE_ENDINGS = frozenset({".txt", ".md", ".html", ".htm", ".docx"})
ARTWORK_ENDINGS = frozenset({".jpg", ".jpeg", ".png"})

SHOW_FILE = "show.toml"

# Chapters and transcripts: a file of such a name is a part of an episode, never its sidecar or its article.
_COMPANION = re.compile(r"\.(chapters\.(json|txt)|transcript\.(json|txt|md|docx|html?))$", re.IGNORECASE)

# What syncing programs and browsers leave while they work, and the copies that they make of a file changed twice.
_PASSED_OVER = re.compile(
    r"""^[.]                                    # dotfiles, macOS's ._ twins among them
      | ^~\$                                    # what Word leaves beside an open document
      | [.](part|partial|crdownload|download|opdownload|filepart|tmp|temp|!ut|aria2)$
      | [ ]\(.*\bconflicted\ copy\b.*\)         # Dropbox, Nextcloud
      | [ .-]sync-conflict-\d{8}-\d{6}          # Syncthing
      | \[conflict(ed)?\b.*\]                   # Box, pCloud
    """,
    re.IGNORECASE | re.VERBOSE,
)


def find_episodes(show_dir: Path) -> Found:
    """Sort the files below `show_dir/episodes` into episodes, in the order of their keys.

    Raises:
        ShowError: there is no such folder, or it cannot be listed.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    problems: list[Problem] = []
    for path in _walk(show_dir, problems):
        below = path.relative_to(show_dir).as_posix()
        kind = _kind_of(path)
        if kind is not None:
            key = _key_of(path.relative_to(show_dir / "episodes"))
            groups.setdefault(key, {}).setdefault(kind, []).append(below)
    episodes, unclaimed = [], []
    for key, files in sorted(groups.items()):
        recordings = sorted(files.get("recording", []))
        sidecars = sorted(files.get("sidecar", []))
        articles = sorted(files.get("article", []))
        if not sidecars and not articles:
            unclaimed += recordings
        elif recordings or sidecars:  # a text or a picture alone is no episode
            artworks = tuple(sorted(files.get("artwork", [])))
            episodes.append(
                EpisodeFiles(
                    key=key,
                    recordings=tuple(recordings),
                    sidecars=tuple(sidecars),
                    articles=tuple(articles),
                    artworks=artworks,
                )
            )
    return Found(episodes=tuple(episodes), unclaimed=tuple(unclaimed), problems=tuple(problems))


def is_inside(path: Path, folder: Path) -> bool:
    """Whether *path*, all links followed, lies in *folder*: nothing else is ever read for an episode."""
    # Not Path.resolve, which raises where links go round in a circle.
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _kind_of(path: Path) -> str | None:
    if _PASSED_OVER.search(path.name) or _COMPANION.search(path.name) or path.name == SHOW_FILE:
        return None
    ending = path.suffix.lower()
    if ending in RECORDING_ENDINGS:
        return "recording"
    if ending in SIDECAR_ENDINGS:
        return "sidecar"
    if ending in ARTICLE_ENDINGS:
        return "article"
    return "artwork" if ending in ARTWORK_ENDINGS else None


def _key_of(path: Path) -> str:
    return unicodedata.normalize("NFC", path.with_suffix("").as_posix())


def _walk(show_dir: Path, problems: list[Problem]) -> Iterator[Path]:
    """Every file below episodes/; a link is followed only if it leads to a place in there."""
    folder = show_dir / "episodes"
    waiting, seen = [folder], {os.path.realpath(folder)}
    while waiting:
        here = waiting.pop()
        try:
            entries = sorted(os.scandir(here), key=lambda entry: entry.name)
        except OSError as error:
            if here == folder:
                raise ShowError("episodes/", f"cannot be listed ({error.strerror}); make it readable") from error
            message = f"cannot be looked into ({error.strerror}); make it readable, or move it out of episodes/"
            where = here.relative_to(show_dir).as_posix()
            problems.append(Problem(rule="FILE-PATH", level=Level.ERROR, where=where, message=message))
            continue
        for entry in entries:
            path = Path(entry.path)
            if _PASSED_OVER.search(entry.name) or (entry.is_symlink() and not is_inside(path, folder)):
                continue
            # Not entry.is_dir, which raises for a link that leads to itself.
            if path.is_dir():
                place = os.path.realpath(path)
                if place not in seen:  # a link to a folder above would lead round and round
                    seen.add(place)
                    waiting.append(path)
            elif path.is_file():
                yield path
