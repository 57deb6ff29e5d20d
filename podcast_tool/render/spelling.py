"""How RSS, HTML and addresses spell a value."""

from __future__ import annotations

from datetime import datetime
from math import floor
from zoneinfo import ZoneInfo

from podcast_tool.model import Show


# Whole seconds, although players read HH:MM:SS too: PSP-1, "Item <itunes:duration>".
def spell_duration(seconds: float) -> str:
    return str(floor(seconds + 0.5))


def spell_truth(value: bool) -> str:
    return "true" if value else "false"


def spell_day(moment: datetime, show: Show) -> str:
    """The day on which a moment falls where the show is made, as YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(show.timezone)).date().isoformat()


def spell_length(seconds: float) -> str:
    """Playing time for people: 1:46 or 1:02:03."""
    minutes, rest = divmod(floor(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def page_path(slug: str) -> str:
    """An episode's page, below `site_url`."""
    return f"{slug}/"
