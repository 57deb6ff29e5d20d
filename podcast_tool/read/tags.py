"""Fields of show.toml and sidecars that become elements of the feed, as the table of tags says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from podcast_tool.model import Element
from podcast_tool.read.extra import convert_extra
from podcast_tool.read.fields import Kind, convert_fields
from podcast_tool.text import clean_line, clean_text
from podcast_tool.vocabulary.shape import Child, Part, Scope, Tag
from podcast_tool.vocabulary.syndication import EXTRA_TAG
from podcast_tool.vocabulary.tags import find_tag, tags_of


def convert_tags(document: Mapping[str, object], scope: Scope) -> tuple[dict[str, tuple[Element, ...]], list[str]]:
    """Field -> elements, and a sentence for each part that does not fit; that part is left out, not the rest."""
    fields: dict[str, tuple[Element, ...]] = {}
    faults: list[str] = []
    for tag in tags_of(scope):
        if tag.field not in document:
            continue
        value = document[tag.field]
        if tag is EXTRA_TAG:
            fields[tag.field], found = convert_extra(value)
            faults += found
        else:
            text = _text_beside(tag, document, faults) if tag.text_field else None
            fields[tag.field] = tuple(_elements(tag, value, tag.field, faults, text))
    return fields, faults


def _text_beside(tag: Tag, document: Mapping[str, object], faults: list[str]) -> str | None:
    """The text that another field of the same file gives."""
    value = document.get(tag.text_field)
    if tag.text_part:
        fields, _ = convert_fields({tag.text_field: value}, {tag.text_field: _kind(tag.text_part)})
        if fields:
            return str(fields[tag.text_field])
    faults.append(f"{tag.field} needs {tag.text_field} beside it, whose number it goes with; add {tag.text_field} = 1")
    return None


def _elements(tag: Tag, value: object, path: str, faults: list[str], text: str | None = None) -> Iterable[Element]:
    """The elements that a field gives.

    Args:
        path: how staff call what is read, such as `alternate_enclosures: sources`.
        text: given by another field.
    """
    if tag.text_field and text is None:
        return
    entries = value if isinstance(value, list) and tag.is_list else [value]
    for entry in entries:
        element = _wrapper(tag, entry, path, faults) if _is_wrapper(tag) else _element(tag, entry, path, faults, text)
        if element:
            yield element


def _is_wrapper(tag: Tag) -> bool:
    """Whether the tag holds nothing but others, so that the field is what they are."""
    return any(not child.key for child in tag.children)


def _wrapper(tag: Tag, value: object, path: str, faults: list[str]) -> Element | None:
    children = tuple(_children(tag, tag.children[0], value, path, faults))
    return Element(name=tag.name, text=None, children=children) if children else None


def _children(tag: Tag, child: Child, value: object, path: str, faults: list[str]) -> Iterable[Element]:
    inner = find_tag(child.name, tag.name)
    entries = value if isinstance(value, list) and child.is_list else [value]
    for entry in entries:
        element = _element(inner, entry, path, faults) if inner else None
        if element:
            yield _fix(element, child.fixed)


def _fix(element: Element, fixed: tuple[tuple[str, str], ...]) -> Element:
    if not fixed:
        return element
    others = tuple(pair for pair in element.attributes if pair[0] not in dict(fixed))
    return Element(name=element.name, text=element.text, attributes=fixed + others, children=element.children)


def _element(tag: Tag, value: object, path: str, faults: list[str], text: str | None = None) -> Element | None:
    short = tag.short_part
    if short and short.spelling.is_flag and value is False:
        return None
    kinds = {part.key: _kind(part) for part in tag.own_parts}
    inside = {child.key: child for child in tag.children}
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        fields, found = convert_fields(value, kinds, f"{path}: ", further=inside)
        found += [f"{path}: {key} is missing; add it" for key in _required(tag) if value.get(key, []) == []]
    elif short and not isinstance(value, list):
        fields, found = _shortly(short, value, path)
        found += [f"{path}: {key} is missing; add it" for key in _required(tag) if key != short.key and not found]
        value = {}
    else:
        keys = ", ".join(f"{key} = ..." for key in _required(tag))
        faults.append(f"{path} must be {'tables' if tag.is_list else 'a table'} {{ {keys} }}")
        return None
    faults += found
    fields |= {part.key: part.default for part in tag.own_parts if part.default and part.key not in {*value, *fields}}
    children = {
        key: tuple(_children(tag, child, value[key], f"{path}: {key}", faults))
        for key, child in inside.items()
        if key in value
    }
    return _assemble(tag, fields, children, path, faults, text)


def _assemble(
    tag: Tag,
    fields: dict[str, Any],
    children: Mapping[str, tuple[Element, ...]],
    path: str,
    faults: list[str],
    text: str | None,
) -> Element | None:
    """The element, unless something is lacking that it cannot be without."""
    needed = [part.key for part in tag.own_parts if part.is_required]
    if any(key not in fields for key in needed) or any(not children.get(key) for key in _required_children(tag)):
        return None
    if not _meets_conditions(tag, fields, path, faults):
        return None
    text_part = tag.text_part
    if text_part and text is None:
        text = fields.get(text_part.key)
    attributes = tuple(
        (part.attribute, fields[part.key]) for part in tag.parts if part.attribute and part.key in fields
    )
    inside = tuple(element for child in tag.children for element in children.get(child.key, ()))
    return Element(name=tag.name, text=text, attributes=tag.fixed + attributes, children=inside)


def _required(tag: Tag) -> list[str]:
    """The keys that staff have to write."""
    return [part.key for part in tag.own_parts if part.is_required and not part.default] + _required_children(tag)


def _required_children(tag: Tag) -> list[str]:
    return [child.key for child in tag.children if child.is_required]


def _shortly(part: Part, value: object, path: str) -> tuple[dict[str, Any], list[str]]:
    """A value that is no table, told under the field's own name."""
    fields, faults = convert_fields({path: value}, {path: _kind(part)})
    return ({part.key: fields[path]} if fields else {}), faults


def _meets_conditions(tag: Tag, fields: dict[str, Any], path: str, faults: list[str]) -> bool:
    """Whether the element can stand; takes away what it can stand without."""
    spoken = {key: value if isinstance(value, str) else value.isoformat() for key, value in fields.items()}
    for condition in tag.conditions:
        for fault in condition(spoken):
            if fault.drops is not None:
                faults.append(f"{path}: {fault.message}")
                fields.pop(fault.drops, None)
            if fault.drops == "":
                return False
    return True


def _kind(part: Part) -> Kind:
    """How a part's value is converted."""

    def convert(value: object) -> str | date:
        if isinstance(value, str):
            value = (clean_text(value) if part.spelling.has_lines else clean_line(value)).strip()
        spelt = part.spelling.spell(value)
        if isinstance(spelt, date):
            return spelt if isinstance(spelt, datetime) else date(spelt.year, spelt.month, spelt.day)
        if not spelt or not part.spelling.fits(spelt) or len(spelt) > (part.max_characters or len(spelt)):
            raise ValueError("does not fit")
        return spelt

    return Kind(part.expected, convert)
