"""The metadata file beside a recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from podcast_tool.model import EpisodeType, Level, Problem, RemoteRecording, Sidecar
from podcast_tool.read.fields import (
    DURATION_SECONDS,
    FLAG,
    LINE,
    MOMENT,
    NUMBER,
    SIZE_BYTES,
    TEXT,
    TRUTH,
    WEB_ADDRESS,
    DocumentError,
    Kind,
    NestedFaultsError,
    convert_fields,
    one_of,
    read_document,
    table,
)
from podcast_tool.read.find import RECORDING_ENDINGS
from podcast_tool.read.tags import convert_tags
from podcast_tool.vocabulary.tags import Scope, tags_of

# AP-ENC-EXT and AP-ENC-TYPE; the second of a pair is PSP-1's spelling (AP-ENC-TYPE-ALT), the first is written.
REMOTE_TYPES = {
    ".mp3": ("audio/mpeg",),
    ".m4a": ("audio/x-m4a", "audio/m4a"),
    ".mp4": ("video/mp4",),
    ".m4v": ("video/x-m4v", "video/m4v"),
    ".mov": ("video/quicktime",),
}
_WRITTEN_TYPES = {media_type: types[0] for types in REMOTE_TYPES.values() for media_type in types}

_REMOTE = table(
    "audio",
    {"url": WEB_ADDRESS, "size_bytes": SIZE_BYTES, "media_type": LINE, "duration_seconds": DURATION_SECONDS},
    optional=("media_type", "duration_seconds"),
)


def _recording(value: object) -> object:
    """A file's name, or the table of a recording that lives elsewhere."""
    if not isinstance(value, Mapping):
        return LINE.convert(value)
    fields: Any = _REMOTE.convert(value)
    url, media_type = fields["url"], fields.get("media_type")
    if faults := list(_remote_faults(url, media_type)):
        raise NestedFaultsError(faults)
    return RemoteRecording(
        url=url,
        size_bytes=fields["size_bytes"],
        media_type=_WRITTEN_TYPES[media_type or REMOTE_TYPES[_ending(url)][0]],
        duration_seconds=fields.get("duration_seconds"),
    )


def _ending(url: str) -> str:
    """Of the file that an address names, such as `.mp3`."""
    return PurePosixPath(urlsplit(url).path).suffix.lower()


def _remote_faults(url: str, media_type: str | None) -> Iterator[str]:
    """Why apps could not ask for it, or would not play it."""
    if "@" in urlsplit(url).netloc:
        yield "audio.url holds a user name, which the feed would tell everybody; serve it without a password"
    if "/../" in f"{url}/":
        yield 'audio.url has ".." in its path; write where it leads'
    ending = _ending(url)
    types = REMOTE_TYPES.get(ending)
    if types is None and ending in RECORDING_ENDINGS:
        yield f"audio.url ends in {ending}, which podcast apps do not play; convert the recording to MP3 or M4A"
    elif media_type is None and types is None:
        told = f"ends in {ending[:20]}" if ending else "has no ending"
        yield f'audio.url {told}, which tells apps nothing; add media_type, as in media_type = "audio/mpeg"'
    elif media_type is not None and media_type not in (types or _WRITTEN_TYPES):
        cure = f'write "{types[0]}"' if types else "convert the recording to MP3 or M4A"
        of = f"is not {ending}'s" if types else "apps do not play"
        yield f'audio.media_type is "{media_type[:60]}", which {of}; {cure}'


_MAX_TOLD = 10

FIELDS = {
    "title": LINE,
    "published": MOMENT,
    "season": NUMBER,
    "episode": NUMBER,
    "type": one_of(EpisodeType),
    "summary": TEXT,
    "explicit": TRUTH,
    "guid": TEXT,  # byte for byte, as it was published
    "link": WEB_ADDRESS,
    "draft": FLAG,
    "withdrawn": FLAG,
    "accept_changes": FLAG,
    "require_transcript": FLAG,
    "normalise": FLAG,
    "write_tags": FLAG,
    "audio": Kind("a file's name in quotes, or a table { url = ..., size_bytes = ... }", _recording),
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
    if len(faults) > _MAX_TOLD:  # most likely it is no sidecar at all
        faults = [*faults[:_MAX_TOLD], f"has {len(faults) - _MAX_TOLD} more faults like these"]
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
