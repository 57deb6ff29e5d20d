"""An element of the feed that staff filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element: its name with the usual prefix, its text and its attributes, in the order of the table of tags."""

    name: str
    text: str | None
    attributes: tuple[tuple[str, str | date], ...] = ()
    """A date or moment stays one until it is written: without a timezone it is in the show's."""
    children: tuple[Element, ...] = ()
    namespace: str | None = None
    """The address of its namespace, if it is none of those that every feed declares."""

    def attribute(self, name: str) -> str | date | None:
        """The value of an attribute; None if it has none."""
        return dict(self.attributes).get(name)
