"""The one clock of the program."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from podcast_tool.errors import PodcastError


def read_clock(environment: Mapping[str, str]) -> datetime:
    """The present moment in UTC, in whole seconds; `SOURCE_DATE_EPOCH` fixes it (reproducible-builds.org).

    Raises:
        PodcastError: SOURCE_DATE_EPOCH is no number of seconds that a calendar knows.
    """
    fixed = environment.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(fixed) if fixed else int(time.time()), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise PodcastError(
            "SOURCE_DATE_EPOCH", f"{fixed!r} is no moment; give whole seconds since 1970 or unset it"
        ) from error


def stands_still(environment: Mapping[str, str]) -> bool:
    """Whether no moment will ever come, since the clock is fixed."""
    return bool(environment.get("SOURCE_DATE_EPOCH"))
