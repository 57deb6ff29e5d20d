"""The tags of a feed: how each is called in show.toml and a sidecar, and how in the feed.

One table, from which fields are read (read/tags.py), elements are written (render/elements.py), feeds are checked
(check/feed/tags.py) and the reference page is made (vocabulary/reference.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from podcast_tool.vocabulary.podcasting import PODCASTING_TAGS
from podcast_tool.vocabulary.shape import Scope, Tag, Writer
from podcast_tool.vocabulary.syndication import ATOM_TAGS, EXTRA_TAG, ITUNES_TAGS, PODLOVE_TAGS, RSS_TAGS

__all__ = ["TAGS", "Scope", "Tag", "find_tag", "known_names", "tags_of"]

# In the order in which they are written; what belongs to no table of ours comes last.
TAGS = (*RSS_TAGS, *ATOM_TAGS, *ITUNES_TAGS, *PODCASTING_TAGS, *PODLOVE_TAGS, EXTRA_TAG)

_OF_SCOPE: Mapping[Scope, tuple[Tag, ...]] = {
    scope: tuple(tag for tag in TAGS if tag.field and tag.writer is Writer.TABLE and scope in tag.scopes)
    for scope in Scope
}
_BY_PLACE = {(tag.name, parent): tag for tag in reversed(TAGS) for parent in tag.parents}
_BY_NAME = {tag.name: tag for tag in reversed(TAGS)}


def tags_of(scope: Scope) -> tuple[Tag, ...]:
    """The tags that a show, or an episode, can have, and whose fields are read and written as the table says."""
    return _OF_SCOPE[scope]


def find_tag(name: str, parent: str) -> Tag | None:
    """The tag of that name inside *parent*, or at least of that name; None if it is unknown."""
    return _BY_PLACE.get((name, parent)) or _BY_NAME.get(name)


def known_names() -> frozenset[str]:
    """Names of elements, with the usual prefixes."""
    return frozenset(_BY_NAME) - {""}
