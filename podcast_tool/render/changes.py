"""What changes of a published item, field by field."""

from __future__ import annotations

from collections.abc import Iterator

from podcast_tool.model import FieldChange, Node

MAX_SHOWN_CHARACTERS = 80

# Elements whose text is too long to be shown; that it changes is enough.
_LONG = frozenset({"description", "content:encoded"})


def list_changes(before: Node, after: Node) -> tuple[FieldChange, ...]:
    """Each element of an item that is another than before, in the order of the new item, then those that are gone."""
    old, new = dict(_spelt(before)), dict(_spelt(after))
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldChange(field=name, before=_shown(name, old.get(name)), after=_shown(name, new.get(name)))
        for name in names
        if old.get(name) != new.get(name)
    )


def _spelt(item: Node) -> Iterator[tuple[str, str]]:
    """Name (with a number from the second of its kind on) and all that an element says."""
    counts: dict[str, int] = {}
    for node in item.children:
        counts[node.name] = counts.get(node.name, 0) + 1
        number = f" {counts[node.name]}" if counts[node.name] > 1 else ""
        yield node.name + number, _words(node)


def _words(node: Node) -> str:
    attributes = " ".join(f"{name}={value}" for name, value in node.attributes.items())
    inner = " / ".join(_words(child) for child in node.children)
    return " ".join(filter(None, (node.text.strip(), attributes, inner)))


def _shown(name: str, words: str | None) -> str | None:
    if words is None:
        return None
    if name in _LONG:
        return f"{len(words)} characters"
    return words if len(words) <= MAX_SHOWN_CHARACTERS else words[: MAX_SHOWN_CHARACTERS - 1] + "…"
