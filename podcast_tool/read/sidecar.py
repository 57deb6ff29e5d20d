"""The metadata file beside a recording."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podcast_tool.model import EpisodeType, Level, Problem, Sidecar
from podcast_tool.read.fields import (
    FLAG,
    LINE,
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    WEB_ADDRESS,
    DocumentError,
    convert_fields,
    one_of,
    read_document,
)

FIELDS = {
    "title": LINE,
    "published": MOMENT,
    "season": NUMBER,
    "episode": NUMBER,
    "type": one_of(EpisodeType),
    "summary": TEXT,
    "explicit": TRUTH,
    "guid": LINE,
    "link": WEB_ADDRESS,
    "draft": FLAG,
    "accept_changes": FLAG,
    "audio": LINE,
    "article": LINE,
    "artwork": LINE,
}


def read_sidecar(show_dir: Path, path: str) -> tuple[Sidecar | None, tuple[Problem, ...]]:
    """Read *path* (below *show_dir*); with any fault in it there is no sidecar, and each fault holds the episode."""
    try:
        fields, faults = convert_fields(read_document(show_dir / path), FIELDS)
    except DocumentError as error:
        fields, faults = {}, [str(error)]
    if faults:
        return None, tuple(
            Problem(rule="FILE-SIDECAR", level=Level.ERROR, where=path, message=fault, holds=True) for fault in faults
        )
    return Sidecar(path=path, **fields), ()


# How other programs name our fields in the front matter of an article.
_ALIASES = {"date": "published", "description": "summary", "excerpt": "summary"}
_FILE_FIELDS = {"audio", "article", "artwork"}


def parse_front_matter(fields: Mapping[str, object], path: str) -> tuple[Sidecar, tuple[Problem, ...]]:
    """Sidecar fields from the front matter of the article *path*; keys of other programs are passed over.

    A field that is none is left out and told.
    """
    named = {_ALIASES.get(key, key): value for key, value in fields.items() if key in _ALIASES}
    named |= {key: value for key, value in fields.items() if key in FIELDS}
    known = {key: kind for key, kind in FIELDS.items() if key not in _FILE_FIELDS}
    found, faults = convert_fields({key: value for key, value in named.items() if key in known}, known)
    problems = tuple(
        Problem(rule="FILE-ARTICLE", level=Level.ERROR, where=path, message=f"{fault} (left out)") for fault in faults
    )
    return Sidecar(path=path, **found), problems
