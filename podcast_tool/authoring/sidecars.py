"""TOML that staff go on writing by hand: made with remarks, and changed without losing any."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from podcast_tool.read.fields import DocumentError, parse_document
from podcast_tool.text import clean_line, clean_text

_BYTE_ORDER_MARK = "\ufeff"
"""Windows' Notepad writes it, and may take a file without one for one of another encoding."""


@dataclass(frozen=True, kw_only=True)
class FieldLine:
    """One field of a sidecar or of show.toml, or a place where staff can fill it in."""

    field: str
    value: object
    remark: str = ""
    """Behind it, as a comment."""
    above: str = ""
    """On a line of its own in front of it, as a comment."""
    is_suggested: bool = False
    """The whole line is a comment: it says nothing until somebody takes the `#` away."""


def render_toml(lines: Iterable[FieldLine]) -> bytes:
    """A TOML file of *lines*, in their order."""
    document = tomlkit.document()
    for line in lines:
        if line.above:
            document.add(tomlkit.comment(clean_line(line.above)))
        item, remark = _item(line.value), clean_line(line.remark)
        if line.is_suggested:
            document.add(tomlkit.comment(f"{line.field} = {item.as_string()}" + (f"  # {remark}" if remark else "")))
        else:
            document.add(line.field, item.comment(remark) if remark else item)
    return tomlkit.dumps(document).encode("utf-8")


def edit_toml(text: str, changes: Mapping[str, object]) -> str:
    """*text* with fields set, or, where the value is None, taken away; all else stays, line ends and marks included.

    Raises:
        DocumentError: *text* is no TOML, or so written that it cannot be changed without harm to the rest.
    """
    mark, text = text[: text.startswith(_BYTE_ORDER_MARK)], text.removeprefix(_BYTE_ORDER_MARK)
    wanted = {key: value for key, value in parse_document(text, ".toml").items() if changes.get(key, key) is not None}
    wanted |= {key: _item(value).unwrap() for key, value in changes.items() if value is not None}
    try:
        document = tomlkit.parse(text)
        for key, value in changes.items():
            if value is None:
                document.pop(key, None)
            else:
                document[key] = _item(value)
        edited = tomlkit.dumps(document)
        if text.count("\r\n") == text.count("\n") > 0:  # tomlkit ends lines of its own in another way
            edited = re.sub(r"(?<!\r)\n", "\r\n", edited)
    except (TOMLKitError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
        raise DocumentError("is written so that only a person can change it; edit it by hand") from error
    if parse_document(edited, ".toml") != wanted:
        raise DocumentError("is written so that only a person can change it; edit it by hand")
    return mark + edited


def _item(value: object) -> Any:
    """A table within one line, so that a line for each field is enough."""
    if isinstance(value, Mapping):
        table = tomlkit.inline_table()
        table.update({str(key): _item(inner) for key, inner in value.items()})
        return table
    if isinstance(value, tuple | list):
        array = tomlkit.array()
        array.extend(_item(inner) for inner in value)
        return array
    # What a command line or a tag holds can be beyond what UTF-8 or TOML can.
    return tomlkit.item(clean_text(value) if isinstance(value, str) else value)
