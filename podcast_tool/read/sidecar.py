"""The metadata file beside a recording."""

from __future__ import annotations

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
