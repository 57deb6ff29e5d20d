"""What holds between the parts of one tag, and fits no spelling: told to staff and to the makers of other feeds alike.

A condition takes the parts of one element by their keys, as texts, and gives what is wrong with them. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from podcast_tool.vocabulary.persons import PERSON_ROLES
from podcast_tool.vocabulary.services import DISABLED, LIST_MEDIA, TIMED_TRANSCRIPTS

# P20-SOUNDBITE: what apps play.
SOUNDBITE_SECONDS = (15, 120)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong between the parts of an element, in words behind its name."""

    message: str
    level: Literal["error", "warning", "note"] | None = "error"
    """In a feed that is checked; None: none of its own, but our feeds cannot have it."""
    drops: str | None = None
    """The part that is left out of our own feed, so that the rest can stand; empty: the whole element. None: nothing,
    for it is not told to staff here."""
    rule: str | None = None
    """If it is not the tag's."""


Parts = Mapping[str, str]
Condition = Callable[[Parts], Iterator[Fault]]


def role_in_its_group(parts: Parts) -> Iterator[Fault]:
    """P20-PERSON. The namespace says "should", and its own example has a guest in the group of writing."""
    group, role = parts.get("group", "cast").lower(), parts.get("role", "").lower()
    rightful = next((name for name, roles in PERSON_ROLES.items() if role in roles), None)
    if rightful and group in PERSON_ROLES and role not in PERSON_ROLES[group]:
        message = f'the role "{role}" is none of the group "{group}"; write group = "{rightful}"'
        yield Fault(message=message, level="warning", drops="role")


# What SPDX and the namespace name has this shape; a licence of one's own needs an address.
_LICENSE_ID = re.compile(r"[A-Za-z0-9]+(?:[.+-][A-Za-z0-9]+)+|ARR|Unlicense|WTFPL|Zlib|MIT|ISC|0BSD", re.IGNORECASE)


def license_is_known(parts: Parts) -> Iterator[Fault]:
    """P20-LICENSE."""
    if "url" not in parts and not _LICENSE_ID.fullmatch(parts["name"]):
        message = f'"{parts["name"][:60]}" is no known licence, such as "CC-BY-4.0"; give its url beside its name'
        yield Fault(message=message, drops="")


def count_has_a_start(parts: Parts) -> Iterator[Fault]:
    """P20-UPDFREQ."""
    if "COUNT=" in parts.get("rrule", "") and "dtstart" not in parts:
        yield Fault(message="the rrule counts (COUNT) from no day; add dtstart", drops="rrule")


def disabled_stands_alone(parts: Parts) -> Iterator[Fault]:
    """P20-SOCIAL."""
    others = [key for key in parts if key != "protocol"]
    if parts.get("protocol") != DISABLED:
        if "uri" not in parts:
            yield Fault(message="has no uri of a post to comment on; add it", drops="")
    elif others:
        yield Fault(message=f'the protocol "{DISABLED}" stands alone; take away {", ".join(others)}', drops="")


def medium_has_items(parts: Parts) -> Iterator[Fault]:
    """P20-MEDIUM, of our own feeds: they hold items."""
    if parts["text"] in LIST_MEDIA:
        message = f'"{parts["text"]}" is of feeds that only point to others; write it without L, or leave it away'
        yield Fault(message=message, level=None, drops="")


def ai_content_is_truth(parts: Parts) -> Iterator[Fault]:
    """docs/tags/txt.md."""
    if parts.get("purpose") == "ai-content" and parts["text"] not in ("true", "false"):
        yield Fault(message='the purpose "ai-content" wants the text "true" or "false"', level="warning", drops="")


def soundbite_is_playable(parts: Parts) -> Iterator[Fault]:
    """P20-SOUNDBITE; check/episodes.py tells it of our own."""
    shortest, longest = SOUNDBITE_SECONDS
    if not shortest <= float(parts["duration"]) <= longest:
        message = f"lasts {float(parts['duration']):g} s, and apps want {shortest} to {longest}; choose another part"
        yield Fault(message=message, level="warning")


def type_is_registered(parts: Parts) -> Iterator[Fault]:
    """P20-TRAILER."""
    if parts.get("media_type") == "audio/mp3":
        yield Fault(message="audio/mp3 is no registered media type; write audio/mpeg", level="warning")


def captions_are_timed(parts: Parts) -> Iterator[Fault]:
    """P20-TRANSCRIPT."""
    if "rel" in parts and parts.get("media_type") not in TIMED_TRANSCRIPTS:
        yield Fault(message="rel=captions is for files with times, such as WebVTT; take it away")


_SRI = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}(?:\?[!-~]*)?")


def digest_is_one(parts: Parts) -> Iterator[Fault]:
    """docs/tags/integrity.md; W3C Subresource Integrity, section 3.5."""
    values = parts["value"].split()
    if parts["type"] == "sri" and not all(_SRI.fullmatch(value) for value in values):
        yield Fault(message='the value is no digest such as "sha384-..."; make it anew', drops="", rule="P20-ALTENC")


def guid_is_of_version_5(parts: Parts) -> Iterator[Fault]:
    """P20-GUID-FORM; readers take others, because old feeds carry imported ones."""
    if parts["text"][14] != "5":
        yield Fault(message="is no UUID of version 5; keep it if the show is known by it", level="warning")
