"""The tags of a feed that staff fill in: how each is called in show.toml and a sidecar, and how in the feed.

One table, from which fields are read (read/tags.py), elements are written (render/feed.py) and the reference in the
README is held. A tag with code of its own (title, enclosure, chapters) is not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_TAG_CHARACTERS = 128  # P20-TEXT-128


class Scope(StrEnum):
    """Whose field a tag is."""

    SHOW = "show"
    EPISODE = "episode"


class Spelling(StrEnum):
    """What a text or an attribute holds."""

    LINE = "line"
    WEB_ADDRESS = "web address"
    SECONDS = "seconds"
    COUNT = "count"
    MOMENT = "moment"
    """RFC 2822."""
    GEO = "geo"
    OSM = "osm"
    COUNTRY = "country"
    MEDIA_TYPE = "media type"
    ROLE = "role"
    GROUP = "group"
    RELATION = "relation"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One key of a field's table: the tag's text, or an attribute of it."""

    key: str
    spelling: Spelling
    attribute: str | None = None
    """None: the text."""
    is_required: bool = False


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One element of the feed and the field that fills it."""

    name: str
    field: str
    scopes: frozenset[Scope]
    parts: tuple[Part, ...]
    is_list: bool = True
    """The field is a list of tables, and the element may stand several times (P20-COUNT)."""

    @property
    def text_part(self) -> Part | None:
        """What a field holds that is a text and no table."""
        return next((part for part in self.parts if part.attribute is None), None)


_BOTH = frozenset(Scope)
_SHOW, _EPISODE = frozenset({Scope.SHOW}), frozenset({Scope.EPISODE})

# In the order in which they are written. Attributes and counts: the namespace's docs/tags/*.md.
TAGS = (
    Tag(
        name="podcast:funding",
        field="funding",
        scopes=_SHOW,
        parts=(
            Part(key="text", spelling=Spelling.LINE, is_required=True),
            Part(key="url", spelling=Spelling.WEB_ADDRESS, attribute="url", is_required=True),
        ),
    ),
    Tag(
        name="podcast:person",
        field="persons",
        scopes=_BOTH,
        parts=(
            Part(key="name", spelling=Spelling.LINE, is_required=True),
            Part(key="role", spelling=Spelling.ROLE, attribute="role"),
            Part(key="group", spelling=Spelling.GROUP, attribute="group"),
            Part(key="image", spelling=Spelling.WEB_ADDRESS, attribute="img"),
            Part(key="url", spelling=Spelling.WEB_ADDRESS, attribute="href"),
        ),
    ),
    Tag(
        name="podcast:location",
        field="location",
        scopes=_BOTH,
        parts=(
            Part(key="name", spelling=Spelling.LINE, is_required=True),
            Part(key="rel", spelling=Spelling.RELATION, attribute="rel"),
            Part(key="geo", spelling=Spelling.GEO, attribute="geo"),
            Part(key="osm", spelling=Spelling.OSM, attribute="osm"),
            Part(key="country", spelling=Spelling.COUNTRY, attribute="country"),
        ),
    ),
    Tag(
        name="podcast:license",
        field="license",
        scopes=_BOTH,
        is_list=False,
        parts=(
            Part(key="name", spelling=Spelling.LINE, is_required=True),
            Part(key="url", spelling=Spelling.WEB_ADDRESS, attribute="url"),
        ),
    ),
    Tag(
        name="podcast:trailer",
        field="trailers",
        scopes=_SHOW,
        parts=(
            Part(key="title", spelling=Spelling.LINE, is_required=True),
            Part(key="url", spelling=Spelling.WEB_ADDRESS, attribute="url", is_required=True),
            Part(key="published", spelling=Spelling.MOMENT, attribute="pubdate", is_required=True),
            Part(key="size_bytes", spelling=Spelling.COUNT, attribute="length"),
            Part(key="media_type", spelling=Spelling.MEDIA_TYPE, attribute="type"),
            Part(key="season", spelling=Spelling.COUNT, attribute="season"),
        ),
    ),
    Tag(
        name="podcast:soundbite",
        field="soundbites",
        scopes=_EPISODE,
        parts=(
            Part(key="title", spelling=Spelling.LINE),
            Part(key="start", spelling=Spelling.SECONDS, attribute="startTime", is_required=True),
            Part(key="duration", spelling=Spelling.SECONDS, attribute="duration", is_required=True),
        ),
    ),
)


def tags_of(scope: Scope) -> tuple[Tag, ...]:
    """The tags that a show, or an episode, can have."""
    return tuple(tag for tag in TAGS if scope in tag.scopes)
