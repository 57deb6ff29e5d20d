"""Fields of show.toml and sidecars that become elements of the feed, as the table of tags says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from podcast_tool.model import Element
from podcast_tool.read.fields import LINE, MOMENT, NUMBER, WEB_ADDRESS, Kind, convert_fields
from podcast_tool.vocabulary.persons import PERSON_ROLES
from podcast_tool.vocabulary.tags import MAX_TAG_CHARACTERS, Scope, Spelling, Tag, tags_of

# A licence of one's own needs an address (P20-LICENSE); what SPDX and the namespace name has this shape.
_LICENSE_ID = re.compile(r"[A-Za-z0-9]+(?:[.+-][A-Za-z0-9]+)+|ARR|Unlicense|WTFPL|Zlib|MIT|ISC|0BSD", re.IGNORECASE)
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):([0-5]\d(?:\.\d{1,3})?)")
_MAX_SECONDS = 1_000_000


def convert_tags(document: Mapping[str, object], scope: Scope) -> tuple[dict[str, tuple[Element, ...]], list[str]]:
    """Field -> elements, and a sentence for each part that does not fit; that part is left out, not the rest."""
    fields: dict[str, tuple[Element, ...]] = {}
    faults: list[str] = []
    for tag in tags_of(scope):
        if tag.field in document:
            value = document[tag.field]
            entries = value if isinstance(value, list) and tag.is_list else [value]
            found = [_element(tag, entry, faults) for entry in entries]
            fields[tag.field] = tuple(element for element in found if element)
    return fields, faults


def _element(tag: Tag, value: object, faults: list[str]) -> Element | None:
    text_part = tag.text_part
    if isinstance(value, str) and text_part and sum(part.is_required for part in tag.parts) == 1:
        value = {text_part.key: value}  # a name alone
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        keys = ", ".join(f"{part.key} = ..." for part in tag.parts if part.is_required)
        faults.append(f"{tag.field} must be {'tables' if tag.is_list else 'a table'} {{ {keys} }}")
        return None
    fields, found = convert_fields(value, {part.key: _KINDS[part.spelling] for part in tag.parts}, f"{tag.field}: ")
    required = [part.key for part in tag.parts if part.is_required]
    found += [f"{tag.field}: {key} is missing; add it" for key in required if key not in value]
    if all(key in fields for key in required):
        found += _FURTHER.get(tag.field, _no_fault)(fields)
    faults += found
    if any(key not in fields for key in required):
        return None
    text = fields.get(text_part.key) if text_part else None
    attributes = tuple(
        (part.attribute, fields[part.key]) for part in tag.parts if part.attribute and part.key in fields
    )
    return Element(name=tag.name, text=text, attributes=attributes)


# -- what fits one tag only -------------------------------------------------------------------------------------------


def _no_fault(_: dict[str, Any]) -> list[str]:
    return []


def _role_in_its_group(fields: dict[str, Any]) -> list[str]:
    group, role = fields.get("group", "cast"), fields.get("role")
    if role is None or role in PERSON_ROLES[group]:
        return []
    del fields["role"]
    rightful = next(name for name, roles in PERSON_ROLES.items() if role in roles)
    return [f'persons: the role "{role}" is none of the group "{group}"; write group = "{rightful}"']


def _license_is_known(fields: dict[str, Any]) -> list[str]:
    if "url" in fields or _LICENSE_ID.fullmatch(fields["name"]):
        return []
    name = fields.pop("name")
    return [f'license: "{name}" is no known licence, such as "CC-BY-4.0"; give its url beside its name']


_FURTHER: Mapping[str, Callable[[dict[str, Any]], list[str]]] = {
    "persons": _role_in_its_group,
    "license": _license_is_known,
}


# -- the spellings ----------------------------------------------------------------------------------------------------


def _short_line(value: object) -> str:
    line = LINE.convert(value)
    if not isinstance(line, str) or len(line) > MAX_TAG_CHARACTERS:
        raise ValueError("too long")
    return line


def _secure_address(value: object) -> str:
    address = WEB_ADDRESS.convert(value)
    if not isinstance(address, str) or not address.startswith("https://"):
        raise ValueError("not https")
    return address


def _seconds(value: object) -> str:
    """Seconds as the namespace writes them: digits, with a point where they are no whole ones."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("no time")
    if isinstance(value, str) and (match := _CLOCK.fullmatch(value.strip())):
        seconds = Decimal(match[1] or 0) * 3600 + Decimal(match[2]) * 60 + Decimal(match[3])
    else:
        try:
            seconds = Decimal(str(value))
        except InvalidOperation as error:
            raise ValueError("no time") from error
    if not 0 <= seconds < _MAX_SECONDS:
        raise ValueError("out of range")
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _moment(value: object) -> date:
    moment = MOMENT.convert(value)
    if not isinstance(moment, date):
        raise TypeError
    return moment


def _known(words: frozenset[str], value: object) -> str:
    word = _short_line(value).lower()
    if word not in words:
        raise ValueError("unknown")
    return word


def _shaped(pattern: str, value: object) -> str:
    line = _short_line(value)
    if not re.fullmatch(pattern, line, re.ASCII):
        raise ValueError("of another shape")
    return line


_ROLES = frozenset[str]().union(*PERSON_ROLES.values())

_KINDS = {
    Spelling.LINE: Kind(f"text in quotes, of at most {MAX_TAG_CHARACTERS} characters", _short_line),
    Spelling.WEB_ADDRESS: Kind("an address that begins with https:// and holds no blank", _secure_address),
    Spelling.SECONDS: Kind('seconds (75.5) or a time ("0:01:15.5")', _seconds),
    Spelling.COUNT: Kind(NUMBER.expected, lambda value: str(NUMBER.convert(value))),
    Spelling.MOMENT: Kind(MOMENT.expected, _moment),
    Spelling.GEO: Kind(
        'a place such as "geo:50.15,-5.06"', partial(_shaped, r"geo:-?\d+(\.\d+)?,-?\d+(\.\d+)?(,-?\d+(\.\d+)?)?(;.*)?")
    ),
    Spelling.OSM: Kind('an id of OpenStreetMap such as "R113314"', partial(_shaped, r"[NWR]\d+(#\d+)?")),
    Spelling.COUNTRY: Kind('a country\'s two letters, such as "GB"', partial(_shaped, "[A-Z]{2}")),
    Spelling.MEDIA_TYPE: Kind('a media type such as "audio/mpeg"', partial(_shaped, r"(audio|video)/[\w.+-]+")),
    Spelling.ROLE: Kind('a role of the podcast taxonomy, such as "host" or "guest"', partial(_known, _ROLES)),
    Spelling.GROUP: Kind(
        "a group of the podcast taxonomy (" + ", ".join(PERSON_ROLES) + ")", partial(_known, frozenset(PERSON_ROLES))
    ),
    Spelling.RELATION: Kind('"subject" or "creator"', partial(_known, frozenset({"subject", "creator"}))),
}
