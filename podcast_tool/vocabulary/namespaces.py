"""The namespaces of a feed, and the prefixes that apps expect for them (RSS-NS-*, RSS-NS-PREFIX)."""

from __future__ import annotations

from collections.abc import Mapping

NAMESPACES: Mapping[str, str] = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
}

# Readers take it for the same as the present one (RSS-NS-PODCAST).
OLD_PODCAST_NAMESPACE = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"

# With what XML keeps for itself (Namespaces in XML, section 3).
TAKEN_NAMESPACES = frozenset(
    {
        *NAMESPACES.values(),
        OLD_PODCAST_NAMESPACE,
        "http://www.w3.org/XML/1998/namespace",
        "http://www.w3.org/2000/xmlns/",
    }
)
