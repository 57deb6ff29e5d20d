"""The metadata file beside a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from podcast_tool.read.tags import convert_tags
from podcast_tool.vocabulary.tags import Scope, tags_of

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
    "withdrawn": FLAG,
    "accept_changes": FLAG,
    "require_transcript": FLAG,
    "normalise": FLAG,
    "write_tags": FLAG,
    "audio": LINE,
    "article": LINE,
    "artwork": LINE,
    "chapters": LINE,
}
TAG_FIELDS = tuple(tag.field for tag in tags_of(Scope.EPISODE))


def read_sidecar(show_dir: Path, path: str) -> tuple[Sidecar | None, tuple[Problem, ...]]:
    """Read *path* (below *show_dir*); with any fault in it there is no sidecar, and each fault holds the episode.

    Only a fault in what becomes an element of the feed of its own (a person, a soundbite) is left out instead.
    """
    try:
        document = read_document(show_dir / path)
        fields, faults = convert_fields(document, FIELDS, further=TAG_FIELDS)
    except DocumentError as error:
        document, fields, faults = {}, {}, [str(error)]
    if faults:
        return None, tuple(
            Problem(rule="FILE-SIDECAR", level=Level.ERROR, where=path, message=fault, holds=True) for fault in faults
        )
    tags, left_out = convert_tags(document, Scope.EPISODE)
    return Sidecar(path=path, tags=tags, **fields), _left_out("FILE-SIDECAR", path, left_out)


def _left_out(rule: str, path: str, faults: Sequence[str]) -> tuple[Problem, ...]:
    return tuple(Problem(rule=rule, level=Level.ERROR, where=path, message=f"{fault} (left out)") for fault in faults)


# How other programs name our fields in the front matter of an article.
_ALIASES = {"date": "published", "description": "summary", "excerpt": "summary"}
# Not `images`, `value`, `block` and the like, which other programs have for other things.
_FRONT_MATTER_TAGS = {"persons", "location", "license", "soundbites", "season_name", "episode_display"}
_FILE_FIELDS = {"audio", "article", "artwork", "chapters"}


def parse_front_matter(fields: Mapping[str, object], path: str) -> tuple[Sidecar, tuple[Problem, ...]]:
    """Sidecar fields from the front matter of the article *path*; keys of other programs are passed over.

    A field that is none is left out and told.
    """
    named = {_ALIASES.get(key, key): value for key, value in fields.items() if key in _ALIASES}
    named |= {key: value for key, value in fields.items() if key in FIELDS}
    known = {key: kind for key, kind in FIELDS.items() if key not in _FILE_FIELDS}
    found, faults = convert_fields({key: value for key, value in named.items() if key in known}, known)
    tags, tag_faults = convert_tags({key: fields[key] for key in _FRONT_MATTER_TAGS & fields.keys()}, Scope.EPISODE)
    return Sidecar(path=path, tags=tags, **found), _left_out("FILE-ARTICLE", path, [*faults, *tag_faults])
