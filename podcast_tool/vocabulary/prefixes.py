"""Statistics services that stand before an enclosure's address and lead on to it."""

from __future__ import annotations

import re

# Each up to the slash behind which the address goes on, without its scheme or with it.
_PREFIXES = (
    r"(?:www\.|dts\.)?podtrac\.com/(?:pts/)?redirect\.[a-z0-9]{1,5}/",
    r"play\.podtrac\.com/[^/]+/",
    r"op3\.dev/e(?:,[^/]*)?/",
    r"(?:chrt\.fm|chtbl\.com)/track/[^/]+/",
    r"(?:pdst\.fm|pdcn\.co|prfx\.byspotify\.com)/e/",
    r"mgln\.ai/(?:e|track)/[^/]+/",
    r"(?:pscrb\.fm|(?:verifi\.)?podscribe\.com)/rss/p/",
    r"claritaspod\.com/measure/",
    r"clrtpod\.com/m/",
    r"arttrk\.com/p/[^/]+/",
    r"pfx\.vpixl\.com/[^/]+/",
    r"(?:tracking\.)?swap\.fm/track/[^/]+/",
    r"media\.blubrry\.com/[^/]+/(?:p/)?",
    r"growx\.podkite\.com/https?/[^/]+/",
    r"prefix\.up\.audio/s/",
    r"pdrl\.fm/[^/]+/",
    r"2\.gum\.fm/",
    r"s\.gum\.fm/[^/]+/",
)
_PREFIX = re.compile(f"(?:{'|'.join(_PREFIXES)})(?P<rest>.+)", re.IGNORECASE)
_SCHEME = re.compile(r"(https?)(?:://|%3A%2F%2F|:/)", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d{1,5})?/.")
_MAX_PREFIXES = 10


def without_prefixes(address: str) -> str:
    """*address* as it is behind all the statistics services that are known, however many stand before one another."""
    scheme, separator, rest = address.partition("://")
    for _ in range(_MAX_PREFIXES):
        found = _PREFIX.match(rest)
        if not separator or found is None:
            break
        following = found["rest"]
        inner = _SCHEME.match(following)
        following = following[inner.end() :] if inner else following
        if not _HOST.match(following):
            break  # the service keeps the file itself
        scheme, rest = (inner[1].lower() if inner else scheme), following
    return f"{scheme}{separator}{rest}"
