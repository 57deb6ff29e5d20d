"""A feed made by anyone, as it is read for `check`: its items one after the other, and its frame at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """One element. Nothing in it has been cleaned."""

    name: str
    """By its namespace, whatever prefix the feed chose: `title`, `itunes:image`, or `{uri}local` of an unknown one."""
    attributes: Mapping[str, str]
    text: str
    """Its own, in one piece; what stands inside its children is theirs."""
    line: int
    """In which its tag begins, from 1."""
    children: tuple[Node, ...] = ()

    def all(self, name: str) -> Iterator[Node]:
        """Each child of that name, in their order."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> Node | None:
        """The first child of that name."""
        return next(self.all(name), None)


@dataclass(frozen=True, kw_only=True)
class NamespaceDeclaration:
    """One `xmlns:PREFIX="URI"`."""

    prefix: str
    """Empty: `xmlns="URI"`."""
    uri: str
    line: int


@dataclass(frozen=True, kw_only=True)
class FeedDamage:
    """Why a feed could not be read to its end."""

    rule: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One `<item>` and its place in the feed, from 1."""

    number: int
    node: Node


@dataclass(frozen=True, kw_only=True)
class FeedFrame:
    """All of a feed but its items."""

    size_bytes: int
    """What was read of it."""
    has_bom: bool
    xml_version: str | None
    """None: there is no XML declaration."""
    encoding: str | None
    """As declared."""
    root: Node | None
    """Without its children; None if not even that could be read."""
    namespaces: tuple[NamespaceDeclaration, ...]
    """Each pair of prefix and URI once, in the order of the feed."""
    channels: tuple[Node, ...]
    """Without their items."""
    strays: tuple[Node, ...]
    """Children of the root that are no channel."""
    late_names: tuple[str, ...]
    """What of the channel stands behind its first item."""
    item_count: int
    damage: FeedDamage | None
    """With it, what is missing from the frame may have stood behind the damage."""
