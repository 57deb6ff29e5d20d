"""The channel or one item of a feed, with a name that a person finds it by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podcast_tool.model import FeedItem, Level, Node, Problem
from podcast_tool.text import clean_line

_MAX_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """What the rules of a channel and of an item look at."""

    name: str
    """`channel`, or `item 3 "Tides"`."""
    node: Node
    children: dict[str, list[Node]]

    @classmethod
    def of_channel(cls, node: Node) -> Entry:
        return cls("channel", node, _by_name(node))

    @classmethod
    def of_item(cls, item: FeedItem) -> Entry:
        children = _by_name(item.node)
        title = children.get("title") or children.get("itunes:title")
        name = f"item {item.number} {shown(title[0].text)}" if title else f"item {item.number}"
        return cls(name, item.node, children)

    def first(self, name: str) -> Node | None:
        found = self.children.get(name)
        return found[0] if found else None

    def all(self, name: str) -> list[Node]:
        return self.children.get(name, [])

    def text(self, name: str) -> str:
        """Of the first child of that name, without the white space around it; empty if there is none."""
        found = self.children.get(name)
        return found[0].text.strip() if found else ""

    def where(self, node: Node | None = None) -> str:
        return f"{self.name}, line {(node or self.node).line}"

    def error(self, rule: str, message: str, node: Node | None = None) -> Problem:
        return Problem(rule=rule, level=Level.ERROR, where=self.where(node), message=message)

    def warning(self, rule: str, message: str, node: Node | None = None) -> Problem:
        return Problem(rule=rule, level=Level.WARNING, where=self.where(node), message=message)

    def note(self, rule: str, message: str, node: Node | None = None) -> Problem:
        return Problem(rule=rule, level=Level.NOTE, where=self.where(node), message=message)


def _by_name(node: Node) -> dict[str, list[Node]]:
    children: dict[str, list[Node]] = {}
    for child in node.children:
        children.setdefault(child.name, []).append(child)
    return children


def shown(text: str, most: int = _MAX_SHOWN_CHARACTERS) -> str:
    """A text of the feed in quotes, as much of it as a line bears."""
    line = clean_line(text[: 4 * most])
    return f'"{line}"' if len(line) <= most else f'"{line[: most - 1]}…"'


def walk(node: Node) -> Iterator[Node]:
    """Everything below *node*, in the order of the feed."""
    for child in node.children:
        yield child
        if child.children:
            yield from walk(child)
