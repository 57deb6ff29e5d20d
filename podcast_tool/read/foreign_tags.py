"""Elements of another host's feed -> fields of show.toml and sidecars: the table of tags, read backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime

from podcast_tool.model import Node
from podcast_tool.read.tags import convert_tags
from podcast_tool.text import clean_line, clean_text
from podcast_tool.vocabulary import spellings
from podcast_tool.vocabulary.shape import Part, Scope, Tag
from podcast_tool.vocabulary.spellings import Spelling
from podcast_tool.vocabulary.syndication import EXTRA_TAG
from podcast_tool.vocabulary.tags import find_tag, tags_of

_MAX_ENTRIES = 200

# What is the old host's own, or of the old feed's address.
_OF_THE_HOST = frozenset({"hub", "podping", "new_feed_url", "apple_verify"})
# The others lead on to pages of the old feed.
_KEPT_RELATIONS = frozenset({"payment", "license"})

_WHOLE = (spellings.INTEGER, spellings.NATURAL, spellings.COUNT, spellings.HOUR)
_NUMBERS = (spellings.NUMBER, spellings.PERCENTAGE, spellings.SECONDS)
_TRUTHS = {"true": True, "yes": True, "false": False, "no": False}


def fields_of(parent: Node, scope: Scope, beside: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """The fields that the children of *parent* fill, as `convert_tags` takes them, and a sentence for each loss.

    Args:
        beside: fields of the same file that others go with, such as `season`.
    """
    fields: dict[str, object] = {}
    losses: list[str] = []
    for tag in tags_of(scope):
        if tag is EXTRA_TAG or tag.field in _OF_THE_HOST or (tag.text_field and tag.text_field not in beside):
            continue
        entries = [entry for node in _nodes(parent, tag) if (entry := _entry(tag, node)) is not None]
        kept = [fit for entry in entries if (fit := _fitted(tag, entry, scope, beside, losses)) is not None]
        if kept:
            fields[tag.field] = kept if tag.is_list else kept[0]
    return fields, losses


def _nodes(parent: Node, tag: Tag) -> list[Node]:
    found = [
        node
        for node in parent.all(tag.name)
        if all(node.attributes.get(name) == value for name, value in tag.fixed)
        and (tag.field != "feed_links" or node.attributes.get("rel") in _KEPT_RELATIONS)
    ]
    return found[:_MAX_ENTRIES]


def _fitted(tag: Tag, entry: object, scope: Scope, beside: Mapping[str, object], losses: list[str]) -> object | None:
    """The entry without those parts that would be left out; None if nothing can be made of it."""

    def judge(candidate: object) -> tuple[bool, list[str]]:
        value = [candidate] if tag.is_list else candidate
        elements, faults = convert_tags({**beside, tag.field: value}, scope)
        return bool(elements.get(tag.field)), faults

    stands, faults = judge(entry)
    losses += [f"{fault} (left out)" for fault in faults]
    while stands and faults and isinstance(entry, dict):
        better = [
            without
            for key in entry
            for without in [{name: value for name, value in entry.items() if name != key}]
            if (judged := judge(without))[0] and len(judged[1]) < len(faults)
        ]
        if not better:
            return None
        entry = better[0]
        stands, faults = judge(entry)
    return entry if stands and not faults else None


def _entry(tag: Tag, node: Node) -> object | None:
    """What staff would write for this element; None if it says nothing."""
    for child in tag.children:
        if not child.key:  # the field is what the children are
            entries = list(_children(tag, child.name, node))
            return (entries if child.is_list else entries[0]) if entries else None
    fields: dict[str, object] = {}
    for part in tag.own_parts:
        value = _value(part, node)
        if value is not None and value != part.default:
            fields[part.key] = value
    for child in tag.children:
        entries = list(_children(tag, child.name, node))
        if entries:
            fields[child.key] = entries if child.is_list else entries[0]
    short = tag.short_part
    if short and fields.keys() == {short.key}:
        return fields[short.key]
    return fields or None


def _children(tag: Tag, name: str, node: Node) -> Iterator[object]:
    inner = find_tag(name, tag.name)
    for child in list(node.all(name))[:_MAX_ENTRIES]:
        entry = _entry(inner, child) if inner else None
        if entry is not None:
            yield entry


def _value(part: Part, node: Node) -> object | None:
    raw = node.text if part.attribute is None else node.attributes.get(part.attribute, "")
    text = clean_text(raw).strip() if part.spelling.has_lines else clean_line(raw)
    return _typed(part.spelling, text) if text else None


def _typed(spelling: Spelling, text: str) -> object | None:
    """A text of the feed as the type that a file of fields has; one that does not fit stays as it is, to be told."""
    if spelling.is_flag:
        return True if text.lower() in ("yes", "true") else None
    if spelling in (spellings.TRUTH, spellings.YES_OR_NO):
        return _TRUTHS.get(text.lower(), text)
    if spelling in _WHOLE:
        return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else text
    if spelling in _NUMBERS and re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", text, re.ASCII):
        return int(text) if text.isdigit() else float(Decimal(text))
    if spelling is spellings.MAIL_MOMENT:
        return _moment(text)
    return text


def _moment(text: str) -> datetime | str:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return text
