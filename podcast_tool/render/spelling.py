"""How RSS, HTML and addresses spell a value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import format_datetime
from math import floor
from zoneinfo import ZoneInfo

from podcast_tool.model import Show


# Whole seconds, although players read HH:MM:SS too: PSP-1, "Item <itunes:duration>".
def spell_duration(seconds: float) -> str:
    return str(floor(seconds + 0.5))


def spell_truth(value: bool) -> str:
    return "true" if value else "false"


# Not strftime: day and month names are English in any locale (RSS-IT-DATE-LOCALE).
def spell_moment(moment: date, show: Show) -> str:
    """RFC 2822, in UTC; a date is at the show's publish time, and without a timezone it is in the show's."""
    exact = moment if isinstance(moment, datetime) else datetime.combine(moment, show.publish_time)
    return format_datetime((exact if exact.tzinfo else exact.replace(tzinfo=ZoneInfo(show.timezone))).astimezone(UTC))


def spell_day(moment: datetime, show: Show) -> str:
    """The day on which a moment falls where the show is made, as YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(show.timezone)).date().isoformat()


def spell_length(seconds: float) -> str:
    """Playing time for people: 1:46 or 1:02:03."""
    minutes, rest = divmod(floor(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def spell_iso_length(seconds: float) -> str:
    """Playing time as ISO 8601 has it: PT1H2M3S."""
    minutes, rest = divmod(floor(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + f"{rest}S"


def spell_start(milliseconds: int) -> str:
    """A moment of a recording in seconds, as Media Fragments (W3C) write it behind `#t=`: 49.71."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds}.{rest:03}".rstrip("0").rstrip(".") if rest else str(seconds)
