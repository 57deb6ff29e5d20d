"""Which files of `episodes/` belong to which episode (by their stems, in NFC)."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from podcast_tool.errors import ShowError
from podcast_tool.model import EpisodeFiles, Found, Level, Problem, TranscriptFile
from podcast_tool.read.transcript import transcript_format, transcript_stems

RECORDING_ENDINGS = frozenset(
    {".mp3", ".m4a", ".m4b", ".mp4", ".aac", ".ogg", ".opus", ".flac", ".wav", ".aif", ".aiff"}
)
SIDECAR_ENDINGS = frozenset({".toml", ".yaml", ".yml", ".json"})
ARTICLE_ENDINGS = frozenset({".txt", ".md", ".html", ".htm", ".docx"})
ARTWORK_ENDINGS = frozenset({".jpg", ".jpeg", ".png"})

SHOW_FILE = "show.toml"
TEMPLATES_FOLDER = "templates"

# A part of an episode, never its sidecar or its article.
_CHAPTERS = re.compile(r"\.chapters\.(json|txt|xml|psc)$", re.IGNORECASE)

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


# What a browser lays beside a page that it saves: pictures, scripts and more, all of them the page's.
_OF_SAVED_PAGE = re.compile(r"(?P<stem>.+)(_files|-files|\.files|-Dateien|_fichiers|_archivos)", re.IGNORECASE)


def find_episodes(show_dir: Path) -> Found:
    """Sort the files below `show_dir/episodes` into episodes, in the order of their keys.

    Raises:
        ShowError: there is no such folder, or it cannot be listed.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    transcripts: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
    problems: list[Problem] = []
    for path in _walk(show_dir, problems):
        below = path.relative_to(show_dir).as_posix()
        folder = path.parent.relative_to(show_dir / "episodes")
        if stems := transcript_stems(path.name):
            transcripts.append((below, tuple((_key(folder, stem), language) for stem, language in stems)))
        elif match := _CHAPTERS.search(path.name):
            groups.setdefault(_key(folder, path.name[: match.start()]), {}).setdefault("chapters", []).append(below)
        elif (kind := _kind_of(path)) is not None:
            groups.setdefault(_key(folder, path.stem), {}).setdefault(kind, []).append(below)
    claimed = _claim_transcripts(transcripts, groups)
    episodes: list[EpisodeFiles] = []
    texts: list[EpisodeFiles] = []
    unclaimed: list[str] = []
    for key, files in sorted(groups.items()):
        kinds = {kind: tuple(sorted(paths)) for kind, paths in files.items()}
        if "sidecar" not in kinds and "article" not in kinds:
            unclaimed += kinds.get("recording", ())  # a picture alone is nothing
            continue
        found = EpisodeFiles(
            key=key,
            recordings=kinds.get("recording", ()),
            sidecars=kinds.get("sidecar", ()),
            articles=kinds.get("article", ()),
            artworks=kinds.get("artwork", ()),
            chapters=kinds.get("chapters", ()),
            transcripts=tuple(sorted(claimed.get(key, ()), key=lambda file: file.path)),
        )
        (texts if found.is_text_alone else episodes).append(found)
    return Found(episodes=tuple(episodes), unclaimed=tuple(unclaimed), problems=tuple(problems), texts=tuple(texts))


def _claim_transcripts(
    transcripts: Iterable[tuple[str, Sequence[tuple[str, str | None]]]], groups: Collection[str]
) -> dict[str, list[TranscriptFile]]:
    """Whose each transcript is: of the names that it may mean, the longest that an episode has."""
    claimed: dict[str, list[TranscriptFile]] = {}
    for path, meanings in transcripts:
        for key, language in sorted(meanings, key=lambda meaning: -len(meaning[0])):
            if key in groups:
                file = TranscriptFile(path=path, format=transcript_format(path), language=language)
                claimed.setdefault(key, []).append(file)
                break
    return claimed


def is_inside(path: Path, folder: Path) -> bool:
    """Whether *path*, all links followed, lies in *folder*: nothing else is ever read for an episode."""
    # Not Path.resolve, which raises where links go round in a circle.
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _is_of_saved_page(folder: Path) -> bool:
    match = _OF_SAVED_PAGE.fullmatch(folder.name)
    pages = [folder.parent / f"{match['stem']}{ending}" for ending in (".html", ".htm")] if match else []
    return any(page.exists() for page in pages)


def _kind_of(path: Path) -> str | None:
    if path.name == SHOW_FILE:
        return None
    ending = path.suffix.lower()
    if ending in RECORDING_ENDINGS:
        return "recording"
    if ending in SIDECAR_ENDINGS:
        return "sidecar"
    if ending in ARTICLE_ENDINGS:
        return "article"
    return "artwork" if ending in ARTWORK_ENDINGS else None


def _key(folder: Path, stem: str) -> str:
    return unicodedata.normalize("NFC", (folder / stem).as_posix())


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
                if path == folder / TEMPLATES_FOLDER or _is_of_saved_page(path):
                    continue
                place = os.path.realpath(path)
                if place not in seen:  # a link to a folder above would lead round and round
                    seen.add(place)
                    waiting.append(path)
            elif path.is_file():
                yield path
