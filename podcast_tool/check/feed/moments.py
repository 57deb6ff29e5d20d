"""Dates as RSS writes them (RFC 2822), and what is wrong with others. Never through the process's locale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.model import Node, Problem

CLOCK_SLACK = timedelta(minutes=10)  # RSS-IT-DATE-SANE
_FIRST_YEAR = 1990

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# RFC 2822, section 3.3, with several blanks where one may stand, and a comment at its end; of its obsolete zone names
# (section 4.3) not the military ones, but for Z.
_MOMENT = re.compile(
    r"(?:(?P<day_name>[A-Za-z]{3}), {0,9})?(?P<day>\d{1,2}) {1,9}(?P<month>[A-Za-z]{3}) {1,9}(?P<year>\d{4}) {1,9}"
    r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))? {1,9}(?P<zone>[+-]\d{4}|GMT|UT|Z|[ECMP][SD]T)"
    r"(?P<comment> {0,9}\([A-Za-z ]{1,40}\))?",
    re.ASCII,
)
_NAMED_ZONES = {"GMT": 0, "UT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5}
_NAMED_ZONES |= {"MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_EXAMPLE = "write it like Mon, 05 Jan 2026 08:00:00 +0000"
_OTHER_FORMS = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "is an ISO date"),
    (re.compile(r".*[+-]\d\d:\d\d\Z"), "has a colon in its offset"),
    (re.compile(r".* \d{1,2} [A-Za-z]{3} \d\d "), "has a year of two digits"),
    (re.compile(r".*\d [A-Za-z]{1,5}\Z"), "has a time zone by name"),
    (re.compile(r".*\d:\d\d(?::\d\d)?\Z"), "has no offset from UTC"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date that was read, or why it could not be."""

    at: datetime | None = None
    fault: str | None = None
    """Makes it unreadable for some app: an error."""
    remarks: tuple[tuple[str, str], ...] = ()
    """Rule and sentence; warnings."""


@lru_cache(maxsize=64)
def parse_moment(text: str) -> Moment:
    """Read *text*, which has no white space around it (RSS-IT-DATE)."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        form = next((name for pattern, name in _OTHER_FORMS if pattern.match(text[:100])), "is no date of RFC 2822")
        return Moment(fault=f"{shown(text)} {form}; {_EXAMPLE}")
    zone = found["zone"]
    offset = _offset(zone)
    month = _MONTHS.index(found["month"].lower()) + 1 if found["month"].lower() in _MONTHS else 0
    day, hour, minute = int(found["day"]), int(found["hour"]), int(found["minute"])
    second = min(int(found["second"] or 0), 59) if found["second"] != "60" else 59  # a leap second
    try:
        if int(found["second"] or 0) > 60 or offset is None:
            raise ValueError
        at = datetime(int(found["year"]), month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return Moment(fault=f"{shown(text)} is on no calendar or clock; {_EXAMPLE}")
    return _judge(at, found, datetime(int(found["year"]), month, day, tzinfo=UTC).weekday())


def _offset(zone: str) -> timedelta | None:
    """From UTC; None if it is none."""
    if zone in _NAMED_ZONES:
        return timedelta(hours=_NAMED_ZONES[zone])
    hours, minutes = int(zone[1:3]), int(zone[3:])
    if hours > 23 or minutes > 59:
        return None
    return timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def _judge(at: datetime, found: re.Match[str], weekday: int) -> Moment:
    name, zone = found["day_name"], found["zone"]
    remarks: list[tuple[str, str]] = []
    if name is not None and name.lower() != _DAYS[weekday]:
        fault = f"{shown(found[0])} is a {_DAY_NAMES[weekday]}; write {_DAYS[weekday].title()}, or leave the day out"
        return Moment(fault=fault)
    if found["month"] != found["month"].title() or (name is not None and name != name.title()):
        remarks.append(("RSS-CASE", f"{shown(found[0])} has names in another case; {_EXAMPLE}"))
    if zone in _NAMED_ZONES and zone not in ("GMT", "UT"):
        remarks.append(("RSS-IT-DATE-OFFSET", f"{shown(found[0])} has an obsolete zone; write its offset"))
    elif zone[-2:].isdigit() and (zone[-2:] not in ("00", "30") or int(zone[1:3]) > 14):
        message = f"{shown(found[0])} has an offset that readers take for a mistake; write the time in UTC, as +0000"
        remarks.append(("RSS-IT-DATE-OFFSET", message))
    if found["comment"]:
        message = f"{shown(found[0])} ends in a comment, which some apps cannot read; take it out"
        remarks.append(("RSS-IT-DATE", message))
    return Moment(at=at, remarks=tuple(remarks))


def check_moment(entry: Entry, node: Node, rule: str) -> tuple[datetime | None, list[Problem]]:
    """The moment in *node*'s text, and what is wrong with its spelling under *rule*."""
    moment = parse_moment(node.text.strip())
    if moment.fault is not None:
        return None, [entry.error(rule, f"{node.name} {moment.fault}", node)]
    return moment.at, [entry.warning(rule, f"{node.name} {message}", node) for rule, message in moment.remarks]


def check_published(entry: Entry, node: Node, now: datetime) -> Iterator[Problem]:
    """RSS-IT-DATE-SANE and X-FUTURE, of an item's date that can be read."""
    at = parse_moment(node.text.strip()).at
    if at is None:
        return
    if at > now + CLOCK_SLACK:
        message = f"pubDate is {at:%Y-%m-%d %H:%M} UTC, in the future; hold the item back until then"
        yield entry.error("X-FUTURE", message, node)
    elif at.year < _FIRST_YEAR:
        message = f"pubDate is in {at.year}, before there were podcasts; write when the episode came out"
        yield entry.warning("RSS-IT-DATE-SANE", message, node)
