"""Where the files of a show lie below feed/, and which names are kept for what."""

from __future__ import annotations

# Names that Windows keeps for devices, whatever ending they have.
WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{device}{number}" for device in ("com", "lpt") for number in range(10)]
)

# Folders that are no episode's.
AUDIO_FOLDER, EMBED_FOLDER, STATIC_FOLDER = "audio", "embed", "static"

INDEX = "index.html"
SITEMAP = "sitemap.xml"
FEED_STYLESHEET = "feed.css"
STYLE, PLAYER, SEARCH, THEME, QR = (
    f"{STATIC_FOLDER}/{name}" for name in ("style.css", "player.js", "search.js", "theme.css", "feed-qr.svg")
)
SEARCH_FOLDER = f"{STATIC_FOLDER}/search/"

SHARED_FILES = (INDEX, SITEMAP, FEED_STYLESHEET, STYLE, PLAYER, SEARCH, THEME, QR)
"""Of a show with pages: one of each at most."""

LIST_PATTERNS = ("season-*.html", "episodes-*.html", f"{SEARCH_FOLDER}*.json", "sitemap-*.xml")
"""Of a show with pages: those of which there are as many as its episodes need."""


def page_path(slug: str) -> str:
    """An episode's page, as its address has it."""
    return f"{slug}/"


def page_file(slug: str) -> str:
    """An episode's page, as the disk has it."""
    return page_path(slug) + INDEX


def embed_path(slug: str) -> str:
    """The player that other sites put into a frame, as its address has it."""
    return f"{EMBED_FOLDER}/{slug}/"


def embed_file(slug: str) -> str:
    """The player that other sites put into a frame, as the disk has it."""
    return embed_path(slug) + INDEX


def oembed_path(slug: str) -> str:
    """Where other sites learn how to show the player."""
    return f"{slug}/oembed.json"


def season_path(season: int) -> str:
    """The episodes of a season."""
    return f"season-{season}.html"


def year_path(year: int) -> str:
    """The episodes of a year."""
    return f"episodes-{year}.html"


def sitemap_path(number: int) -> str:
    """A part of a sitemap that is too long for one file."""
    return f"sitemap-{number}.xml"
