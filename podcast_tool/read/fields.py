"""A TOML, YAML or JSON file -> fields of exact types, each fault named with its key.

msgspec decides what fits a type; the sentences are ours, because they are read by people who know none of its words.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml

from podcast_tool.model import ArtworkFit
from podcast_tool.text import clean_line, clean_text, is_web_address

MAX_DOCUMENT_BYTES = 1_000_000

# `published = 2018-01-05T09:00`: TOML 1.1 lets seconds be left out, the standard library reads TOML 1.0.
_SHORT_TIME = re.compile(
    r"^(\s*[\w-]+\s*=\s*\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2})(?=[ \t]*(?:[Zz]|[+-]\d{2}:\d{2})?[ \t]*(?:#.*)?$)",
    re.MULTILINE,
)


class DocumentError(ValueError):
    """A document cannot be read as a whole; the message says why and goes behind the file's name."""


@dataclass(frozen=True)
class Kind:
    """What a field may hold."""

    expected: str
    """In words, behind "must be"."""
    convert: Callable[[object], object]
    """Raises ValueError (msgspec's is one) for what does not fit."""


class _StrictLoader(yaml.SafeLoader):
    """Plain YAML: no anchors, with which a few lines swell to gigabytes, and no key twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read here; write the value out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def read_document(path: Path) -> dict[str, object]:
    """The keys and values of a TOML, YAML or JSON file, whichever its ending says.

    Raises:
        DocumentError: unreadable, too large, no UTF-8, or not what its ending says.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_DOCUMENT_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror}") from error
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise DocumentError("is larger than 1 MB; that is no file of fields")
    try:
        text = raw.decode("utf-8-sig")  # Windows' Notepad writes a byte order mark
    except UnicodeDecodeError as error:
        raise DocumentError(f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    return parse_document(text, path.suffix.lower())


def parse_document(text: str, ending: str) -> dict[str, object]:
    """As `read_document`, of text that is at hand."""
    try:
        if ending == ".toml":
            document: object = tomllib.loads(_SHORT_TIME.sub(r"\1:00", text.replace("\r\n", "\n")))
        elif ending == ".json":
            document = json.loads(text, object_pairs_hook=_once)
        else:
            document = yaml.load(text, _StrictLoader)  # noqa: S506 - a SafeLoader, narrowed further
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(f"is not valid TOML: {error}") from error
    except json.JSONDecodeError as error:
        raise DocumentError(f"is not valid JSON: {error.msg} (at line {error.lineno}, column {error.colno})") from error
    except yaml.MarkedYAMLError as error:
        place = f" (at line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise DocumentError(
            f"is not valid YAML: {clean_line(error.problem or 'it cannot be parsed')}{place}"
        ) from error
    except RecursionError as error:
        raise DocumentError("is nested too deeply") from error
    except Exception as error:  # PyYAML's constructors let errors of many kinds through for tags that lie
        reason = clean_line(str(error))[:200] or "it cannot be parsed"
        raise DocumentError(f"is not valid {ending[1:].upper()}: {reason}") from error
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise DocumentError("must be a list of fields, such as: title: What we found")
    return document


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice")
        found[key] = value
    return found


def convert_fields(
    document: Mapping[str, object], kinds: Mapping[str, Kind], prefix: str = "", further: Iterable[str] = ()
) -> tuple[dict[str, Any], list[str]]:
    """The fields that fit, and a sentence for each that does not.

    Args:
        further: keys that are known, too, and converted elsewhere.
    """
    fields: dict[str, Any] = {}
    faults: list[str] = []
    elsewhere = frozenset(further)
    for key, value in document.items():
        kind = kinds.get(key)
        if kind is None:
            if key not in elsewhere:
                faults.append(f"unknown key {prefix + clean_line(key)!r}; {_hint(key, {*kinds, *elsewhere})}")
            continue
        try:
            fields[key] = kind.convert(value)
        except NestedFaultsError as nested:
            faults += nested.faults
        except (ValueError, TypeError, OverflowError):
            faults.append(f"{prefix + key} must be {kind.expected}, not {_spoken(value)}")
    return fields, faults


def _hint(key: str, kinds: Iterable[str]) -> str:
    close = get_close_matches(key, list(kinds), n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(sorted(kinds))}"


def _spoken(value: object) -> str:
    """A value as its writer knows it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{clean_line(value)[:60]}"' if clean_line(value) else "an empty text"
        case int() | float():
            return "so large a number" if abs(value) >= 1e15 else f"the number {value}"
        case datetime():
            return f"the moment {value.isoformat()}"
        case date():
            return f"the date {value}"
        case None:
            return "nothing"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return clean_line(str(value))[:60]


# -- the kinds --------------------------------------------------------------------------------------------------------


def _line(value: object) -> str:
    line = clean_line(msgspec.convert(value, str))
    if not line:
        raise ValueError("empty")
    return line


def _text(value: object) -> str:
    text = clean_text(msgspec.convert(value, str)).strip()
    if not text:
        raise ValueError("empty")
    return text


def _moment(value: object) -> date:
    if isinstance(value, date):  # TOML and YAML know dates; a datetime is one, too
        return value
    text = _line(value)
    try:
        return date.fromisoformat(text)
    except ValueError:  # with a time of day
        return datetime.fromisoformat(text)


def _clock_time(value: object) -> time:
    found = value if isinstance(value, time) else time.fromisoformat(_line(value))
    if found.tzinfo is not None:
        raise ValueError("a time of day has no timezone")
    return found


# The old words of itunes:explicit, which staff know from other tools (AP-EXPLICIT).
_TRUTHS = {"true": True, "yes": True, "explicit": True, "false": False, "no": False, "clean": False}


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = _line(value).lower()
    if word not in _TRUTHS:
        raise ValueError("no truth word")
    return _TRUTHS[word]


def _web_address(value: object) -> str:
    address = _line(value)
    if not is_web_address(address):
        raise ValueError("no web address")
    return address


def _artwork_fit(value: object) -> ArtworkFit | None:
    if isinstance(value, bool):
        return ArtworkFit.CROP if value else None
    return ArtworkFit(_line(value))


LINE = Kind("text in quotes", _line)
TEXT = Kind("text in quotes", _text)
TRUTH = Kind("true or false", _truth)
FLAG = Kind("true or false", lambda value: msgspec.convert(value, bool))
# AP-IT-SEASON, AP-IT-EPISODE: non-zero integers.
NUMBER = Kind("a whole number from 1 up", lambda value: msgspec.convert(value, Annotated[int, msgspec.Meta(ge=1)]))
# RSS-ENC-LEN: digits that every app reads; AP-IT-DUR.
SIZE_BYTES = Kind(
    "a whole number of bytes from 1 up",
    lambda value: msgspec.convert(value, Annotated[int, msgspec.Meta(ge=1, le=10**15 - 1)]),
)
DURATION_SECONDS = Kind(
    "a number of seconds above 0",
    lambda value: msgspec.convert(value, Annotated[float, msgspec.Meta(gt=0, le=10**7)]),
)
MOMENT = Kind("a date (2018-01-05) or a date and time (2018-01-05T09:00)", _moment)
CLOCK_TIME = Kind('a time of day, such as "06:00"', _clock_time)
WEB_ADDRESS = Kind("an address that begins with https:// and holds no blank", _web_address)
ARTWORK_FIT = Kind('true, "crop" or "pad"', _artwork_fit)
LINES = Kind("a list of texts in quotes", lambda value: tuple(_line(v) for v in msgspec.convert(value, list[str])))


def one_of(words: type[StrEnum]) -> Kind:
    """One of the words of an enumeration, in their exact spelling (RSS-CASE)."""
    return Kind(" or ".join(f'"{word}"' for word in words), words)


def table(name: str, kinds: Mapping[str, Kind], optional: Collection[str] = ()) -> Kind:
    """A table whose keys are all needed, but for the *optional*."""

    def convert(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError("no table")
        fields, faults = convert_fields(value, kinds, prefix=f"{name}.")
        faults += [f"{name}.{key} is missing; add it" for key in kinds if key not in value and key not in optional]
        if faults:
            raise NestedFaultsError(faults)
        return fields

    needed = [key for key in kinds if key not in optional]
    return Kind("a table { " + ", ".join(f"{key} = ..." for key in needed) + " }", convert)


def tables(name: str, kinds: Mapping[str, Kind]) -> Kind:
    """A list of tables whose keys are all needed."""
    one = table(name, kinds)

    def convert(value: object) -> tuple[Any, ...]:
        return tuple(one.convert(entry) for entry in msgspec.convert(value, list[object]))

    return Kind(f"a list of tables [{one.expected.removeprefix('a table ')}, ...]", convert)


def words(name: str) -> Kind:
    """A table of texts under any keys."""

    def convert(value: object) -> dict[str, str]:
        return {clean_line(key): _line(entry) for key, entry in msgspec.convert(value, dict[str, object]).items()}

    return Kind(f'a table of texts in quotes, such as {name} = {{ name = "..." }}', convert)


class NestedFaultsError(Exception):
    """Faults inside a table, told for their own keys."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(faults)
        self.faults = faults
