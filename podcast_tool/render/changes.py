"""What changes of a published item, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from podcast_tool.model import FieldChange, Node

MAX_SHOWN_CHARACTERS = 80

# Of what is too long to be shown, so much stands before the first difference.
_LEAD_CHARACTERS = 20


def list_changes(before: Node, after: Node) -> tuple[FieldChange, ...]:
    """Each element of an item that is another than before, in the order of the new item, then those that are gone."""
    old, new = dict(_spelt(before)), dict(_spelt(after))
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldChange(field=name, before=_shown(old.get(name), new.get(name)), after=_shown(new.get(name), old.get(name)))
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


def _shown(words: str | None, other: str | None) -> str | None:
    """As much as fits on a line, from where it differs from the *other* on."""
    if words is None:
        return None
    is_long = max(len(words), len(other or "")) > MAX_SHOWN_CHARACTERS
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(words, other or "", strict=False))
    start = max(0, sum(1 for _ in alike) - _LEAD_CHARACTERS) if is_long else 0
    shown = ("…" if start else "") + words[start:]
    return shown if len(shown) <= MAX_SHOWN_CHARACTERS else shown[: MAX_SHOWN_CHARACTERS - 1] + "…"
