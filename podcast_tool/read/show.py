"""show.toml: the show."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from podcast_tool.errors import ShowError
from podcast_tool.model import Block, Category, Image, Level, Owner, Problem, Show, ShowType
from podcast_tool.read.article.markdown import parse_markdown
from podcast_tool.read.artwork import ImageError, read_image
from podcast_tool.read.fields import (
    ARTWORK_FIT,
    CLOCK_TIME,
    FLAG,
    LINE,
    LINES,
    NUMBER,
    TEXT,
    TRUTH,
    WEB_ADDRESS,
    DocumentError,
    convert_fields,
    one_of,
    read_document,
    table,
)
from podcast_tool.read.find import SHOW_FILE, is_inside
from podcast_tool.read.page_options import PAGE_FIELDS, read_page_options
from podcast_tool.read.tags import convert_tags
from podcast_tool.text import is_web_address
from podcast_tool.vocabulary.apple import APPLE_CATEGORIES
from podcast_tool.vocabulary.feed_names import WINDOWS_DEVICES
from podcast_tool.vocabulary.tags import Scope, tags_of

FIELDS = {
    "title": LINE,
    "description": TEXT,
    "site_url": WEB_ADDRESS,
    "guid": LINE,
    "language": LINE,
    "author": LINE,
    "owner": table("owner", {"name": LINE, "email": LINE}),
    "categories": LINES,
    "explicit": TRUTH,
    "type": one_of(ShowType),
    "cover": LINE,
    "copyright": LINE,
    "timezone": LINE,
    "publish_time": CLOCK_TIME,
    "link": WEB_ADDRESS,
    "locked": FLAG,
    "media_url": WEB_ADDRESS,
    "feed_path": LINE,
    "enclosure_prefix": WEB_ADDRESS,
    "short_notes_after": NUMBER,
    "keep_days": NUMBER,
    "accept_changes": FLAG,
    "require_transcript": FLAG,
    "normalise": FLAG,
    "write_tags": FLAG,
    "fix_artwork": ARTWORK_FIT,
    "notes_header": TEXT,
    "notes_footer": TEXT,
    **PAGE_FIELDS,
}

TAG_FIELDS = tuple(tag.field for tag in tags_of(Scope.SHOW))

# What Apple requires of a show (AP-REQ), and what we cannot build addresses and identities without.
REQUIRED = {
    "title": 'title = "The name of the show"',
    "description": 'description = "What the show is about"',
    "site_url": 'site_url = "https://www.example.org/podcast/"',
    "language": 'language = "en"',
    "categories": 'categories = ["Health & Fitness > Medicine"]',
    "explicit": "explicit = false",
    "cover": 'cover = "cover.jpg"',
}

_SPELT_CATEGORIES = [
    spelt
    for name, subcategories in APPLE_CATEGORIES.items()
    for spelt in (name, *(f"{name} > {subcategory}" for subcategory in subcategories))
]

DEFAULT_FEED_PATH = "feed.xml"
DEFAULTS_FILE = "defaults.toml"
_FEED_PATH = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+\.(?:xml|rss)")
_SITEMAP = re.compile(r"sitemap(?:-\d+)?\.xml")

# Of a folder, and of the feed below it: a QR code holds 2331 (ISO/IEC 18004, 40-M), but phones read no such big one.
MAX_ADDRESS_CHARACTERS, MAX_FEED_PATH_CHARACTERS = 500, 100

# RSS-CH-LANG: an ISO 639 code, then perhaps a script and a region.
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z]{4})?(-([a-zA-Z]{2}|\d{3}))?")

# P20-GUID-ALGO; the namespace's own page prints this UUID.
PODCAST_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(feed_url: str) -> str:
    """The podcast:guid of a new show: UUIDv5 of its feed's address without scheme and trailing slashes."""
    return str(uuid.uuid5(PODCAST_GUID_NAMESPACE, feed_url.partition("://")[2].rstrip("/")))


class _Places(dict[str, str]):
    """The file in which each key of a show stands; show.toml, if it stands nowhere."""

    def __missing__(self, _: str) -> str:
        return f"episodes/{SHOW_FILE}"

    def of_fault(self, fault: str) -> str:
        """Each fault begins with its key."""
        return self[re.split(r"[^\w-]", fault, maxsplit=1)[0]]


def require_show(show_dir: Path) -> None:
    """Raises ShowError if *show_dir* is no show's folder."""
    if not (show_dir / "episodes" / SHOW_FILE).exists():
        message = f"is not there; give the folder that holds episodes/ (this was {show_dir})"
        raise ShowError(f"episodes/{SHOW_FILE}", message)


def read_show(show_dir: Path) -> tuple[Show, tuple[Problem, ...]]:
    """Read show.toml and look at the cover.

    Returns:
        The show, and what is wrong with parts that a feed can do without; those are left out of it.

    Raises:
        ShowError: it is not there, or lacks (or has wrong) what no feed can do without.
    """
    require_show(show_dir)
    document, where = _read_document(show_dir)
    fields, faults = _fields(document, where)
    fields["site_url"] = _folder_address("site_url", fields["site_url"], where)
    if "media_url" in fields:
        fields["media_url"] = _folder_address("media_url", fields["media_url"], where)
    fields["feed_path"] = _feed_path(fields.get("feed_path", DEFAULT_FEED_PATH), where)
    guid = _show_guid(fields, where)
    categories, unknown_categories = _categories(fields["categories"], where)
    owner = fields.get("owner")
    tags, tag_faults = convert_tags(document, Scope.SHOW)
    pages, page_faults = read_page_options(fields, show_dir)
    show = Show(
        title=fields["title"],
        description=fields["description"],
        site_url=fields["site_url"],
        language=fields["language"],
        author=fields.get("author"),
        owner=Owner(**owner) if owner else None,
        categories=categories,
        explicit=fields["explicit"],
        type=fields.get("type", ShowType.EPISODIC),
        cover=_cover(show_dir, fields["cover"], where),
        copyright=fields.get("copyright"),
        timezone=_timezone(fields.get("timezone"), where),
        publish_time=fields.get("publish_time", time(0, 0)),
        guid=guid,
        link=fields.get("link"),
        locked=fields.get("locked", True),
        media_url=fields.get("media_url"),
        feed_path=fields["feed_path"],
        enclosure_prefix=fields.get("enclosure_prefix"),
        short_notes_after=fields.get("short_notes_after"),
        keep_days=fields.get("keep_days", 365),
        accept_changes=fields.get("accept_changes", False),
        require_transcript=fields.get("require_transcript", False),
        normalise=fields.get("normalise", False),
        write_tags=fields.get("write_tags", True),
        fix_artwork=fields.get("fix_artwork"),
        notes_header=_notes(fields.get("notes_header")),
        notes_footer=_notes(fields.get("notes_footer")),
        tags=tags,
        pages=pages,
    )
    return show, tuple(
        Problem(rule="FILE-SHOW", level=Level.ERROR, where=where.of_fault(fault), message=fault)
        for fault in faults + unknown_categories + tag_faults + page_faults
    )


def _read_document(show_dir: Path) -> tuple[dict[str, object], _Places]:
    own_path, inherited_path = f"episodes/{SHOW_FILE}", show_dir.resolve().parent / DEFAULTS_FILE
    inherited = _read_defaults(inherited_path)
    try:
        own = read_document(show_dir / own_path)
    except DocumentError as error:
        raise ShowError(own_path, str(error)) from error
    places = _Places(dict.fromkeys(inherited, str(inherited_path)) | dict.fromkeys(own, own_path))
    return inherited | own, places


def _fields(document: Mapping[str, object], where: _Places) -> tuple[dict[str, Any], list[str]]:
    """The fields that fit, all that a show needs among them, and a sentence for each that does not."""
    fields, faults = convert_fields(document, FIELDS, further=TAG_FIELDS)
    _refuse_unknown(faults, f"episodes/{SHOW_FILE}")
    # With these wrong, episodes would go out at the wrong moments.
    for fault in faults:
        if fault.startswith(("timezone ", "publish_time ")):
            raise ShowError(where.of_fault(fault), fault)
    for key, line in REQUIRED.items():
        if key not in fields:
            wrong = [fault for fault in faults if fault.startswith(f"{key} ")]
            raise ShowError(where[key], wrong[0] if wrong else f"{key} is missing; add a line such as: {line}")
    if not _LANGUAGE.fullmatch(fields["language"]):
        fault = f'language {fields["language"]!r} is no language code (RSS-CH-LANG), such as "en-gb"'
        raise ShowError(where["language"], fault)
    return fields, faults


def _read_defaults(path: Path) -> dict[str, object]:
    """What several shows in one folder have in common: `defaults.toml` beside them. A show says it louder."""
    try:
        document = read_document(path) if path.is_file() else {}
    except DocumentError as error:
        raise ShowError(path, str(error)) from error
    _, faults = convert_fields(document, FIELDS, further=TAG_FIELDS)
    _refuse_unknown(faults, path)
    return document


def _refuse_unknown(faults: Sequence[str], where: str | Path) -> None:
    """A misspelt key is mended in a second, and nobody can tell what a feed without it would lose."""
    if unknown := [fault for fault in faults if fault.startswith("unknown key")]:
        raise ShowError(where, "; ".join(unknown))


def _notes(markdown: str | None) -> tuple[Block, ...]:
    return tuple(parse_markdown(markdown)[1]) if markdown else ()


def _folder_address(key: str, address: str, where: _Places) -> str:
    try:
        return folder_address(address)
    except ValueError as error:
        raise ShowError(where[key], f"{key} {error}") from error


def folder_address(address: str) -> str:
    """The address of a folder in which feed/ is served, with a slash at its end.

    Raises:
        ValueError: it is none; the message goes on behind the name of what it was given for.
    """
    parts = urlsplit(address) if is_web_address(address) else None
    if parts is None or parts.query or parts.fragment or parts.path.endswith(".xml"):
        raise ValueError(f"must be the folder in which feed/ is served, such as https://..., not {address[:200]!r}")
    if len(address) > MAX_ADDRESS_CHARACTERS:
        raise ValueError(f"is longer than {MAX_ADDRESS_CHARACTERS} characters, too long for phones; shorten it")
    return address.rstrip("/") + "/"


def _feed_path(path: str, where: _Places) -> str:
    if not is_feed_path(path):
        message = (
            f'feed_path {path[:200]!r} must be the name of a file such as "podcast.xml" (letters, digits and hyphens), '
            "and none that the sitemap or a device of Windows has"
        )
        raise ShowError(where["feed_path"], message)
    return path


def is_feed_path(path: str) -> bool:
    """Whether this is a name that no other file of feed/ has, legal everywhere (HTTP-NAMES)."""
    names = [name.partition(".")[0] for name in path.lower().split("/")]
    is_taken = _SITEMAP.fullmatch(path.lower()) or not WINDOWS_DEVICES.isdisjoint(names)
    return bool(_FEED_PATH.fullmatch(path)) and not is_taken and len(path) <= MAX_FEED_PATH_CHARACTERS


def _show_guid(fields: Mapping[str, Any], where: _Places) -> str:
    line = f'guid = "{podcast_guid(fields["site_url"] + fields["feed_path"])}"'
    if "guid" not in fields:
        raise ShowError(
            where["guid"], f"guid is missing, by which directories know the show for ever; add this line: {line}"
        )
    try:
        return str(uuid.UUID(fields["guid"]))
    except ValueError as error:
        message = f"guid {fields['guid']!r} is no UUID (P20-GUID-FORM); a new show has: {line}"
        raise ShowError(where["guid"], message) from error


def _timezone(name: str | None, where: _Places) -> str:
    if name is None:
        return "UTC"
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:  # ZoneInfoNotFoundError is a LookupError
        close = get_close_matches(name, sorted(available_timezones()), n=1)
        hint = f"did you mean {close[0]!r}?" if close else 'write an IANA name such as "Europe/Berlin"'
        raise ShowError(where["timezone"], f"timezone {name!r} is unknown; {hint}") from error
    return name


def _categories(texts: Sequence[str], where: _Places) -> tuple[tuple[Category, ...], list[str]]:
    """Those that Apple knows, and a sentence for each that it does not."""
    categories, faults = [], []
    for text in texts:
        name, _, subcategory = (part.strip() for part in text.partition(">"))
        known = APPLE_CATEGORIES.get(name)
        if known is not None and (not subcategory or subcategory in known):
            categories.append(Category(name=name, subcategory=subcategory or None))
        else:
            close = get_close_matches(text, _SPELT_CATEGORIES, n=1, cutoff=0.4)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            faults.append(f"categories: {text!r} is not one of Apple's (AP-CAT){hint}")
    if not categories:
        fault = faults[0] if faults else "categories is empty; Apple requires one (AP-CAT)"
        raise ShowError(where["categories"], fault)
    return tuple(categories), faults


def _cover(show_dir: Path, name: str, where: _Places) -> Image:
    episodes = show_dir / "episodes"
    if not is_inside(episodes / name, show_dir):
        raise ShowError(where["cover"], f"cover {name!r} lies outside the show's folder; put it into episodes/")
    try:
        return read_image(show_dir, f"episodes/{name}")
    except ImageError as error:
        raise ShowError(f"episodes/{name}", f"{error}; the show needs a cover") from error
