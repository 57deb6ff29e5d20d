"""What the table of tags is made of: a tag, its parts, and the tags inside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from podcast_tool.vocabulary.conditions import Condition
from podcast_tool.vocabulary.spellings import Spelling

MAX_TAG_CHARACTERS = 128  # P20-TEXT-128
MAX_SHORT_CHARACTERS = 32  # likewise: what apps put on a button
MAX_TXT_CHARACTERS = 4000  # likewise: podcast:txt

CHANNEL, ITEM, LIVE_ITEM = "channel", "item", "podcast:liveItem"


class Scope(StrEnum):
    """Whose field a tag is."""

    SHOW = "show"
    EPISODE = "episode"


class Need(StrEnum):
    """Whether a part has to stand there."""

    REQUIRED = "required"
    RECOMMENDED = "recommended"
    OPTIONAL = "optional"


class Writer(StrEnum):
    """Who puts a tag into the feed."""

    TABLE = "table"
    """Its field is read and written as the table says."""
    CODE = "code"
    """Its shape, or where its value comes from, demands code of its own."""
    NOBODY = "nobody"
    """It is known when a feed is checked, and not written."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One key of a field's table: the tag's text, or an attribute of it."""

    key: str
    spelling: Spelling
    attribute: str | None = None
    """None: the text."""
    need: Need = Need.OPTIONAL
    max_characters: int | None = None
    default: str | None = None
    """What is written if nothing is said."""
    rule: str | None = None
    """Of a value that does not fit, if it is not the tag's."""

    @property
    def is_required(self) -> bool:
        return self.need is Need.REQUIRED

    @property
    def expected(self) -> str:
        """In words, behind "must be"."""
        limit = f", of at most {self.max_characters} characters" if self.max_characters else ""
        return self.spelling.expected + limit


@dataclass(frozen=True, kw_only=True)
class Child:
    """One key of a field's table that becomes tags inside the tag."""

    key: str
    """Empty: the field's value is the child's own."""
    name: str
    is_required: bool = True
    is_list: bool = True
    """It may stand several times."""
    fixed: tuple[tuple[str, str], ...] = ()
    """Attributes that it has here whatever the field says."""


@dataclass(frozen=True, kw_only=True)
class Tag:
    """One element of the feed and the field that fills it."""

    name: str
    parents: tuple[str, ...]
    about: str
    """One line for the reference page."""
    source: str
    """Document and page, or the id of a rule."""
    field: str = ""
    """How show.toml and sidecars call it; empty: it has no field of its own."""
    writer: Writer = Writer.TABLE
    parts: tuple[Part, ...] = ()
    children: tuple[Child, ...] = ()
    needs_one_of: tuple[str, ...] = ()
    """Tags, one of which has to stand inside."""
    is_list: bool = True
    """The field is a list, and the element may stand several times (P20-COUNT)."""
    fixed: tuple[tuple[str, str], ...] = ()
    """Attributes that it always has."""
    short: str = ""
    """The part that a value fills which is no table; empty: the text, if it is all that is required."""
    text_field: str = ""
    """The text is what this field of the same file says."""
    conditions: tuple[Condition, ...] = ()
    rule: str = "P20-ATTR"
    """Of its text and of what holds between its parts."""
    attribute_rule: str = "P20-ATTR"
    instead: str = ""
    """Of a deprecated tag: what took its place."""

    @property
    def is_deprecated(self) -> bool:
        return bool(self.instead)

    @property
    def text_part(self) -> Part | None:
        return next((part for part in self.parts if part.attribute is None), None)

    @property
    def own_parts(self) -> tuple[Part, ...]:
        """Those that the field's own value fills."""
        return tuple(part for part in self.parts if part.attribute or not self.text_field)

    @property
    def short_part(self) -> Part | None:
        """What a value is that is no table."""
        required = [part for part in self.own_parts if part.is_required]
        found = [part for part in self.own_parts if part.key == self.short] or (
            [part for part in required if part.attribute is None] if len(required) == 1 else []
        )
        return found[0] if found else None

    @property
    def scopes(self) -> frozenset[Scope]:
        """Whose field it is."""
        places = {CHANNEL: Scope.SHOW, ITEM: Scope.EPISODE}
        return frozenset(places[parent] for parent in self.parents if parent in places)


def text(
    key: str,
    spelling: Spelling,
    *,
    need: Need = Need.REQUIRED,
    max_characters: int | None = None,
    default: str | None = None,
) -> Part:
    """The part that is a tag's text."""
    return Part(key=key, spelling=spelling, need=need, max_characters=max_characters, default=default)


def attribute(
    key: str,
    name: str,
    spelling: Spelling,
    need: Need = Need.OPTIONAL,
    *,
    max_characters: int | None = None,
    rule: str | None = None,
) -> Part:
    """A part that is an attribute of a tag."""
    return Part(key=key, attribute=name, spelling=spelling, need=need, max_characters=max_characters, rule=rule)
