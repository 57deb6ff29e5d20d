"""`[[extra]]`: any element of a namespace that is none of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping

from podcast_tool.model import Element
from podcast_tool.read.fields import TEXT, Kind, convert_fields
from podcast_tool.text import clean_line, clean_text
from podcast_tool.vocabulary.namespaces import NAMESPACES, TAKEN_NAMESPACES

_MAX_DEPTH = 5
_MAX_ATTRIBUTES = 50

# Namespaces in XML 1.0, section 3, in ASCII: what every reader takes.
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,99}"
_QUALIFIED_NAME = re.compile(rf"({_NAME}):({_NAME})")
_ATTRIBUTE_NAME = re.compile(_NAME)
# An absolute address without what XML or a reader would have to escape.
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:[!#-;=?-\[\]_a-z~]{1,1000}")

_EXAMPLE = '{ element = "spotify:countryOfOrigin", namespace = "http://www.spotify.com/ns/rss", text = "de" }'


def convert_extra(value: object) -> tuple[tuple[Element, ...], list[str]]:
    """The elements of `[[extra]]`, and a sentence for each that does not fit; that one is left out."""
    elements, faults = [], []
    prefixes: dict[str, str] = {}
    for entry in value if isinstance(value, list) else [value]:
        try:
            elements.append(_element(entry, prefixes, None, _MAX_DEPTH))
        except _ExtraError as error:
            faults.append(f"extra: {error}")
    return tuple(elements), faults


class _ExtraError(Exception):
    """Why an element cannot be written; the message goes behind `extra: `."""


def _element(entry: object, prefixes: dict[str, str], outer: str | None, depth: int) -> Element:
    """
    Args:
        prefixes: prefix -> namespace, of what was read already.
        outer: the namespace of the element that this one stands in.
    """
    if not isinstance(entry, Mapping):
        raise _ExtraError(f"each must be a table such as {_EXAMPLE}")
    if depth == 0:
        raise _ExtraError("elements are nested too deeply; leave the innermost out")
    fields, faults = convert_fields(entry, _KINDS, "extra: ")
    faults += [] if "element" in entry else ["extra: element is missing; add it"]
    if faults:
        raise _ExtraError("; ".join(faults).removeprefix("extra: "))
    namespace = fields.get("namespace", outer)
    if namespace is None:
        raise _ExtraError(f"{fields['element']} has no namespace; add the address that its prefix stands for")
    _agree(fields["element"].partition(":")[0], namespace, prefixes)
    return Element(
        name=fields["element"],
        text=fields.get("text"),
        attributes=tuple(fields.get("attributes", {}).items()),
        children=tuple(_element(child, prefixes, namespace, depth - 1) for child in fields.get("children", ())),
        namespace=namespace,
    )


def _agree(prefix: str, namespace: str, prefixes: dict[str, str]) -> None:
    """One prefix to a namespace, and one namespace to a prefix: several readers match on the prefix (RSS-NS-PREFIX)."""
    if prefixes.get(prefix, namespace) != namespace:
        raise _ExtraError(f"the prefix {prefix} stands for two namespaces; give the second a prefix of its own")
    for other, address in prefixes.items():
        if address == namespace and other != prefix:
            raise _ExtraError(f"the namespace {namespace} has two prefixes; write {other}: before each of its elements")
    prefixes[prefix] = namespace


# -- the kinds --------------------------------------------------------------------------------------------------------


def _qualified_name(value: object) -> str:
    match = _QUALIFIED_NAME.fullmatch(value) if isinstance(value, str) else None
    # What begins with "xml" is the standard's own.
    if match is None or match[1] in NAMESPACES or match[1].lower().startswith("xml"):
        raise ValueError("no name")
    return match[0]


def _namespace(value: object) -> str:
    if not isinstance(value, str) or not _NAMESPACE.fullmatch(value) or value in TAKEN_NAMESPACES:
        raise ValueError("no namespace")
    return value


def _attributes(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping) or len(value) > _MAX_ATTRIBUTES:
        raise ValueError("no table")
    return {_attribute_name(name): _attribute_value(found) for name, found in value.items()}


def _attribute_name(name: object) -> str:
    if not isinstance(name, str) or not _ATTRIBUTE_NAME.fullmatch(name) or name.lower().startswith("xml"):
        raise ValueError("no name")
    return name


def _attribute_value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return clean_line(value)
        case _:
            raise ValueError("no text")


def _text(value: object) -> str:
    return _attribute_value(value) if not isinstance(value, str) else clean_text(value).strip()


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


_KINDS = {
    "element": Kind(
        'a name with a prefix that is none of the feed\'s own, such as "spotify:countryOfOrigin"', _qualified_name
    ),
    "namespace": Kind(
        'the address of a namespace that is none of the feed\'s own, such as "http://www.spotify.com/ns/rss"',
        _namespace,
    ),
    "text": Kind(TEXT.expected, _text),
    "attributes": Kind('a table of texts, such as { country = "de" }', _attributes),
    "children": Kind(f"a list of tables such as {_EXAMPLE}", _list),
}
