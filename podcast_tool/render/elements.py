"""What staff filled in -> elements of the feed, as the table of tags has it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

from podcast_tool.model import Element, Show
from podcast_tool.render.spelling import spell_moment
from podcast_tool.vocabulary.namespaces import NAMESPACES
from podcast_tool.vocabulary.spellings import ISO_MOMENT
from podcast_tool.vocabulary.tags import find_tag


def add_element(parent: Any, element: Element, show: Show) -> None:
    """Append *element* to *parent* (lxml's).

    A namespace that is none of ours is declared where it is used: items are rendered singly, and the frame of the feed
    does not know it.
    """
    prefix, _, local = element.name.rpartition(":")
    namespace = element.namespace or NAMESPACES.get(prefix)
    name = f"{{{namespace}}}{local}" if namespace else local
    declared = {prefix: element.namespace} if element.namespace else None
    attributes = {name: _spell(element, name, value, show) for name, value in element.attributes}
    added = etree.SubElement(parent, name, attributes, nsmap=declared)
    added.text = element.text
    for child in element.children:
        add_element(added, child, show)


def _spell(element: Element, attribute: str, value: str | date, show: Show) -> str:
    if isinstance(value, str):
        return value
    tag = find_tag(element.name, "")
    spellings = {part.attribute: part.spelling for part in tag.parts} if tag else {}
    return _spell_iso(value, show) if spellings.get(attribute) is ISO_MOMENT else spell_moment(value, show)


def _spell_iso(moment: date, show: Show) -> str:
    """ISO 8601: a date as it is, a moment in UTC; without a timezone it is in the show's."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    exact = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(show.timezone))
    return exact.astimezone(UTC).isoformat().replace("+00:00", "Z")
