"""How a text or an attribute of a tag is spelt: one validator each, for what staff write and for feeds of others.

A spelling takes a value of a file of fields (its text cleaned) and gives the text that goes into the feed; and it says
of any text whether it fits. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from podcast_tool.vocabulary.persons import PERSON_ROLES
from podcast_tool.vocabulary.services import (
    CHAT_PROTOCOLS,
    DAYS,
    ITEM_MEDIA,
    LINK_RELATIONS,
    LIST_MEDIA,
    RECIPIENT_TYPES,
    SERVICES,
    SOCIAL_PROTOCOLS,
    TRANSCRIPT_TYPES,
    VALUE_METHODS,
    VALUE_TYPES,
)

_MAX_SHAPED_CHARACTERS = 4096
_MAX_SECONDS = 1_000_000
_MAX_DIGITS = 18
_YEARS = range(1970, 9999)  # no podcast is older, and RFC 2822 knows years of four digits only


def spell_text(value: object) -> str:
    """A text as it is.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """What a text or an attribute holds."""

    name: str
    """What stands in a feed, in words behind "must be"; also for the reference page."""
    expected: str
    """What staff write, in words behind "must be"."""
    fits: Callable[[str], bool]
    spell: Callable[[object], str | date] = spell_text
    """A value of a file of fields -> the text. A date or moment stays one, because only a show knows its timezone.
    Raises ValueError."""
    is_open: bool = False
    """Of a list that grows, or of a shape that is only customary: what does not fit is no error in others' feeds."""
    is_flag: bool = False
    """Stands in the feed if it is true, and else does not."""
    has_lines: bool = False


def _shaped(pattern: str) -> Callable[[str], bool]:
    shape = re.compile(pattern, re.ASCII)
    return lambda text: len(text) <= _MAX_SHAPED_CHARACTERS and shape.fullmatch(text) is not None


def _one_of(name: str, words: Iterable[str], *, expected: str = "", is_open: bool = False) -> Spelling:
    known = tuple(words)
    listed = expected or " or ".join(f'"{word}"' for word in known)
    spoken = f"{name} ({', '.join(known)})" if name and not expected else name or listed
    return Spelling(name=spoken, expected=listed, fits=frozenset(known).__contains__, is_open=is_open)


def _one_of_any_case(name: str, words: Iterable[str], expected: str) -> Spelling:
    """Words that readers compare without regard to case, written in lower case."""
    known = frozenset(words)
    return Spelling(
        name=name,
        expected=expected,
        fits=lambda text: text.lower() in known,
        spell=lambda value: spell_text(value).lower(),
        is_open=True,
    )


# -- numbers and truth ------------------------------------------------------------------------------------------------

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):([0-5]\d(?:\.\d{1,3})?)", re.ASCII)


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("no number")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("no number") from error
    if not number.is_finite() or abs(number.adjusted()) > _MAX_DIGITS:
        raise ValueError("out of range")
    return number


def _spell_number(value: object) -> str:
    spelt = f"{_decimal(value):f}"
    return spelt.rstrip("0").rstrip(".") if "." in spelt else spelt


def _spell_seconds(value: object) -> str:
    """Digits, with a point where they are no whole ones; also of a time such as 1:15.5."""
    if isinstance(value, str) and (match := _CLOCK.fullmatch(value)):
        seconds = Decimal(match[1] or 0) * 3600 + Decimal(match[2]) * 60 + Decimal(match[3])
    else:
        seconds = _decimal(value)
    if not 0 <= seconds < _MAX_SECONDS:
        raise ValueError("out of range")
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def _spell_whole(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("no whole number")
    return str(value)


def _spell_truth(value: object) -> str:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return "true" if value else "false"


def _spell_flag(word: str) -> Callable[[object], str]:
    def spell(value: object) -> str:
        if value is not True:
            raise ValueError("not true")
        return word

    return spell


def _spell_yes_or_no(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return spell_text(value).lower()


# -- moments ----------------------------------------------------------------------------------------------------------

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_2822 = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (" + "|".join(_MONTHS) + r") (\d{4}) "
    r"(\d{2}):(\d{2})(?::(\d{2}))? (?:[+-]\d{4}|GMT|UT|Z|[ECMP][SD]T)",
    re.ASCII,
)


def _is_mail_moment(text: str) -> bool:
    """RFC 2822, section 3.3, with the weekday that the date has."""
    match = _RFC_2822.fullmatch(text)
    if match is None:
        return False
    weekday, day, month, year, hour, minute, second = match.groups()
    try:
        moment = datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return False
    return weekday is None or DAYS[moment.weekday()].startswith(weekday)


_ISO_8601 = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


def _is_iso_moment(text: str) -> bool:
    if not _ISO_8601.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _spell_moment(value: object) -> date:
    if not isinstance(value, date):
        text = spell_text(value)
        try:
            value = date.fromisoformat(text)
        except ValueError:  # with a time of day
            value = datetime.fromisoformat(text)
    if value.year not in _YEARS:
        raise ValueError("out of range")
    return value


# -- addresses --------------------------------------------------------------------------------------------------------

# RFC 3986 in ASCII, without what no address holds unescaped (RSS-ENC-URL).
_BEHIND_HOST = r"(?::\d{1,5})?(?:[/?#][!#-;=?-\[\]_a-z~]*)?"
_HOST = r"(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])"
_is_web_address = _shaped(rf"https?://(?:[A-Za-z0-9._~%!$&'()*+,;=:-]+@)?{_HOST}{_BEHIND_HOST}")


def is_insecure(text: str) -> bool:
    """Whether this is a web address without encryption (P20-HTTPS)."""
    return text.startswith("http://") and _is_web_address(text)


_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_MAIL = r"[^\s@<>()]+@[^\s@<>().]+(?:\.[^\s@<>().]+)+"


# -- the spellings ----------------------------------------------------------------------------------------------------

LINE = Spelling(name="a line", expected="text in quotes", fits=bool)
TEXT = Spelling(name="text", expected="text in quotes", fits=bool, has_lines=True)
HTTPS = Spelling(
    name="an https address",
    expected="an address that begins with https:// and holds no blank",
    fits=lambda text: text.startswith("https://") and _is_web_address(text),
)
ADDRESS = Spelling(
    name="an address of any scheme",
    expected='an address such as "https://..." or "ipfs://..." that holds no blank',
    fits=_shaped(r"[A-Za-z][A-Za-z0-9+.-]{1,30}:[!#-;=?-\[\]_a-z~]+"),
)
HOST = Spelling(
    name="a host", expected='the name of a host, such as "irc.example.org"', fits=_shaped(_HOST + r"(?::\d{1,5})?")
)
MAIL = Spelling(name="a mail address", expected='a mail address such as "podcast@example.org"', fits=_shaped(_MAIL))
# RSS-CH-EDITOR
CONTACT = Spelling(
    name="a mail address and a name",
    expected='a mail address with a name, such as "podcast@example.org (Ann Lee)"',
    fits=_shaped(_MAIL + r" \([^()]+\)"),
)

SECONDS = Spelling(
    name="seconds",
    expected='seconds (75.5) or a time ("0:01:15.5")',
    fits=_shaped(r"\d{1,9}(?:\.\d{1,9})?"),
    spell=_spell_seconds,
)
NUMBER = Spelling(
    name="a number", expected="a number from 0 up", fits=_shaped(r"\d{1,18}(?:\.\d{1,24})?"), spell=_spell_number
)
INTEGER = Spelling(name="a whole number", expected="a whole number", fits=_shaped(r"-?\d{1,18}"), spell=_spell_whole)
NATURAL = Spelling(
    name="a whole number", expected="a whole number from 0 up", fits=_shaped(r"\d{1,18}"), spell=_spell_whole
)
COUNT = Spelling(
    name="a whole number from 1",
    expected="a whole number from 1 up",
    fits=_shaped(r"0*[1-9]\d{0,17}"),
    spell=_spell_whole,
)
PERCENTAGE = Spelling(
    name="a percentage", expected="a number from 0 to 100", fits=_shaped(r"\d{1,9}(?:\.\d{1,9})?"), spell=_spell_number
)
HOUR = Spelling(name="an hour", expected="an hour from 0 to 23", fits=_shaped(r"1?\d|2[0-3]"), spell=_spell_whole)

TRUTH = Spelling(
    name="true or false",
    expected="true or false",
    fits=frozenset({"true", "false"}).__contains__,
    spell=_spell_truth,
)
# Apple acts on this very word (AP-BLOCK, AP-COMPLETE), so "No" is never written.
YES_FLAG = Spelling(
    name='"Yes"', expected="true or false", fits=frozenset({"Yes"}).__contains__, spell=_spell_flag("Yes"), is_flag=True
)
TRUE_FLAG = Spelling(
    name='"true"',
    expected="true or false",
    fits=frozenset({"true"}).__contains__,
    spell=_spell_flag("true"),
    is_flag=True,
    is_open=True,
)
YES_OR_NO = Spelling(
    name='"yes" or "no"', expected="true or false", fits=frozenset({"yes", "no"}).__contains__, spell=_spell_yes_or_no
)

_DATES = "a date (2018-01-05) or a date and time (2018-01-05T09:00)"
MAIL_MOMENT = Spelling(name="a moment (RFC 2822)", expected=_DATES, fits=_is_mail_moment, spell=_spell_moment)
ISO_MOMENT = Spelling(name="a moment (ISO 8601)", expected=_DATES, fits=_is_iso_moment, spell=_spell_moment)
DAY = _one_of("a day of the week", DAYS)
# RFC 5545, section 3.3.10; the namespace's own example has an UNTIL in ISO 8601.
RECURRENCE = Spelling(
    name="a rule (RFC 5545)",
    expected='a recurrence rule such as "FREQ=WEEKLY;BYDAY=MO"',
    fits=_shaped(
        r"FREQ=(?:YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY)(?:;[A-Z-]{1,20}=[A-Z0-9,+:.-]{1,200})*"
    ),
)

GEO = Spelling(
    name="a place (RFC 5870)",
    expected='a place such as "geo:50.15,-5.06"',
    fits=_shaped(r"geo:-?\d+(\.\d+)?,-?\d+(\.\d+)?(,-?\d+(\.\d+)?)?(;[!-~]*)?"),
)
OSM = Spelling(
    name="an id of OpenStreetMap",
    expected='an id of OpenStreetMap such as "R113314"',
    fits=_shaped(r"[NWR]\d+(#\d+)?"),
)
# Written in capitals, as ISO 3166 has it; the namespace's own examples are in lower case.
COUNTRY = Spelling(
    name="a country (ISO 3166)",
    expected='a country\'s two letters, such as "GB"',
    fits=_shaped("[A-Za-z]{2}"),
    spell=lambda value: spell_text(value).upper(),
)
LANGUAGE = Spelling(
    name="a language (BCP 47)",
    expected='a language such as "en" or "de-CH"',
    fits=_shaped(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}"),
)
MEDIA_TYPE = Spelling(
    name="a media type",
    expected='a media type such as "image/jpeg"',
    fits=_shaped(r"[a-z]+/[\w.+-]+(?:; ?[\w.+-]+=[\w.+-]+)*"),
)
SOUND_TYPE = Spelling(
    name="a media type", expected='a media type such as "audio/mpeg"', fits=_shaped(r"(audio|video)/[\w.+-]+")
)
TRANSCRIPT_TYPE = _one_of("a media type of transcripts", TRANSCRIPT_TYPES)
CHAPTERS_TYPE = _one_of("", ("application/json+chapters", "application/json"))
ASPECT_RATIO = Spelling(
    name="a ratio",
    expected='a ratio such as "16/9"',
    fits=_shaped(r"\d{1,9}(?:\.\d{1,9})?(?: ?/ ?\d{1,9}(?:\.\d{1,9})?)?"),
    is_open=True,
)
SOURCE_SET = Spelling(
    name="addresses with widths",
    expected="addresses, each with its width",
    fits=_shaped(r"\s*https?://\S+\s+\d{1,9}w(?:,\s*https?://\S+\s+\d{1,9}w)*\s*"),
    is_open=True,
)

GUID = Spelling(
    name="a podcast:guid",
    expected='the podcast:guid of a feed, such as "917393e3-1b1e-5cef-ace4-edaa54e1f810"',
    fits=_shaped(_UUID),
)
ROLE = _one_of_any_case(
    "a role of the podcast taxonomy",
    frozenset[str]().union(*PERSON_ROLES.values()),
    'a role of the podcast taxonomy, such as "host" or "guest"',
)
GROUP = _one_of_any_case(
    "a group of the podcast taxonomy", PERSON_ROLES, "a group of the podcast taxonomy (" + ", ".join(PERSON_ROLES) + ")"
)
RELATION = Spelling(
    name='"subject" or "creator"',
    expected='"subject" or "creator"',
    fits=frozenset({"subject", "creator"}).__contains__,
    spell=lambda value: spell_text(value).lower(),
)
MEDIUM = _one_of("a medium", (*ITEM_MEDIA, *LIST_MEDIA), is_open=True)
SERVICE = _one_of(
    "a service of serviceslugs.txt", SERVICES, expected='a service as the namespace lists it, such as "spotify"'
)
SOCIAL_PROTOCOL = _one_of("a protocol of socialprotocols.txt", SOCIAL_PROTOCOLS)
CHAT_PROTOCOL = _one_of("a protocol of chatprotocols.txt", CHAT_PROTOCOLS)
VALUE_TYPE = _one_of("a payment layer", VALUE_TYPES, is_open=True)
VALUE_METHOD = _one_of("a method of payment", VALUE_METHODS, is_open=True)
RECIPIENT_TYPE = _one_of("a kind of address", RECIPIENT_TYPES, is_open=True)
INTEGRITY_TYPE = _one_of("", ("sri", "pgp-signature"))
CAPTIONS = _one_of("", ("captions",))
LIVE_STATUS = _one_of("", ("pending", "live", "ended"))
LINK_RELATION = _one_of("a link relation", LINK_RELATIONS)
