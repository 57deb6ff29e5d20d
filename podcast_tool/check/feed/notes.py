"""Show notes as HTML: what is dangerous, what leads nowhere, what apps drop, and lists of times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise

from podcast_tool.check.addresses import host_of, is_private_address
from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.model import Node, Problem

MAX_DESCRIPTION_BYTES = 4000  # PSP-1, and Apple's older guide (AP-DESC-EP)
MAX_DESCRIPTION_CHARACTERS = 10_000  # Apple's newer guide
MAX_CHAPTER_TITLE_CHARACTERS = 39  # SN-TIME-LIST
MIN_CHAPTER_SECONDS = 30
_MIN_CHAPTERS = 3  # AP-CH-DESC

# As the HTML standard's tokeniser reads them: a quote counts behind "=" only, and what is not closed goes to the end.
# Possessive, and always a match once it has begun: so the time is linear.
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<attributes>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+)?+)*+)(?:>|\Z)",
    re.DOTALL,
)
# The same without its groups, so that `findall` gives whole tags.
_WRITTEN_TAG = re.compile(re.sub(r"\?P<\w+>", "?:", _TAG.pattern), re.DOTALL)
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>]++)))?")

_UNSAFE_TAGS = frozenset(
    "script iframe object embed applet style form frame frameset meta link base input button textarea select".split()
)
# SN-HEAD: what apps show as plain text or drop.
_LOST_TAGS = frozenset(
    "h1 h2 h3 h4 h5 h6 table tr td th img figure figcaption pre code video audio picture svg sup sub hr".split()
)
_TEXT_TAGS = frozenset(
    """p a ul ol li br b strong i em u s div span blockquote dl dt dd abbr address article aside big center cite del
    details dfn font footer header ins kbd main mark nav nobr q section small strike summary time tt var wbr body html
    head title""".split()
)
_HTML_TAGS = _UNSAFE_TAGS | _LOST_TAGS | _TEXT_TAGS

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:")
_WEB = re.compile(r"https?:", re.IGNORECASE)
_SCRIPT = re.compile(r"[\s\x00-\x20]{0,99}(?:javascript|vbscript)\s{0,9}:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tag:
    """One start or end tag, its name in lower case."""

    name: str
    is_end: bool
    attributes: str
    """As they are written."""


def find_tags(html: str) -> list[Tag]:
    """Each HTML tag of *html*, those that are spelt alike once; what only looks like one (`List<String>`) is text."""
    if "<" not in html:
        return []
    written = dict.fromkeys(_WRITTEN_TAG.findall(html))
    tags = (_parse_tag(text) if len(text) > _MAX_KEPT_CHARACTERS else _parse_kept_tag(text) for text in written)
    return [tag for tag in tags if tag is not None]


def _parse_tag(text: str) -> Tag | None:
    found = _TAG.match(text)
    name = (found["name"] or "").lower() if found else ""
    return Tag(name, bool(found["slash"]), found["attributes"]) if found and name in _HTML_TAGS else None


# Notes say <p> again and again.
_MAX_KEPT_CHARACTERS = 200
_parse_kept_tag = lru_cache(maxsize=4096)(_parse_tag)


def has_html(text: str) -> bool:
    """Whether there is a tag in *text*."""
    return bool(find_tags(text))


def parse_attributes(written: str) -> dict[str, str]:
    """The attributes of a tag by their names in lower case, the first of each name; entities are resolved."""
    attributes: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        attributes.setdefault(name.lower(), unescape(double or single or bare))
    return attributes


# -- the HTML ---------------------------------------------------------------------------------------------------------


def check_html(entry: Entry, node: Node, tags: Sequence[Tag]) -> Iterator[Problem]:
    """RSS-HTML-SAFE and RSS-HTML-ABS, of a description or of content:encoded; each kind of fault once.

    Args:
        tags: Of *node*'s text.
    """
    told: set[str] = set()
    for tag in tags:
        if tag.is_end or (not tag.attributes and tag.name not in _UNSAFE_TAGS):
            continue
        for kind, problem in _check_tag(entry, node, tag):
            if kind not in told:
                told.add(kind)
                yield problem


def _check_tag(entry: Entry, node: Node, tag: Tag) -> Iterator[tuple[str, Problem]]:
    """Problems, each with the kind of which one is enough."""
    if tag.name in _UNSAFE_TAGS:
        message = f"{node.name} has <{tag.name}>, which readers strip or refuse; take it out"
        yield tag.name, entry.error("RSS-HTML-SAFE", message, node)
    for name, value in parse_attributes(tag.attributes).items() if tag.attributes.strip(" /") else ():
        if name == "style" or (name.startswith("on") and len(name) > 3):
            message = f"{node.name} has the attribute {name[:30]} in <{tag.name}>, which is dangerous; take it out"
            yield name, entry.error("RSS-HTML-SAFE", message, node)
        elif name in ("href", "src"):
            yield from _check_reference(entry, node, f"{name} of <{tag.name}>", value)


def _check_reference(entry: Entry, node: Node, name: str, address: str) -> Iterator[tuple[str, Problem]]:
    if _SCRIPT.match(address):
        message = f"{name} in {node.name} runs a script; link to a page instead"
        yield "javascript", entry.error("RSS-HTML-SAFE", message, node)
    elif not _SCHEME.match(address.strip()) or (_WEB.match(address.strip()) and not host_of(address)):
        message = f"{name} in {node.name} is {shown(address)}, which leads nowhere in an app; write it whole"
        yield "relative", entry.error("RSS-HTML-ABS", message, node)
    elif is_private_address(address.strip()):
        message = f"{name} in {node.name} leads to {shown(address)}, which only your own network can ask; change it"
        yield "private", entry.warning("X-LOCALHOST", message, node)


# -- an item's description --------------------------------------------------------------------------------------------


def check_description(
    entry: Entry, node: Node, tags: Sequence[Tag], duration_seconds: float | None
) -> Iterator[Problem]:
    """What of an item's description apps cut, drop or misread."""
    text = node.text
    if len(text) > MAX_DESCRIPTION_CHARACTERS:
        message = (
            f"description has {len(text):,} characters, and Apple takes {MAX_DESCRIPTION_CHARACTERS:,}; shorten it"
        )
        yield entry.error("AP-DESC-EP", message, node)
    elif len(text) * 4 > MAX_DESCRIPTION_BYTES < (size := len(text.encode("utf-8", "replace"))):
        message = f"description has {size:,} bytes, and some apps cut it at {MAX_DESCRIPTION_BYTES:,}; shorten it"
        yield entry.warning("AP-DESC-EP", message, node)
    if "\n\n" in text.strip() and not any(tag.name in ("p", "br", "li") for tag in tags):
        message = "description has paragraphs without <p>, which Apple runs together; put each into <p>...</p>"
        yield entry.warning("SN-PARA", message, node)
    lost = sorted({tag.name for tag in tags} & _LOST_TAGS)
    if lost:
        message = f"description has <{'>, <'.join(lost[:5])}>, which apps show as plain text; use p, a, ul, ol and li"
        yield entry.warning("SN-HEAD", message, node)
    if _HAS_STAMP.search(text):
        yield from _check_stamps(entry, node, duration_seconds)


# -- times in it ------------------------------------------------------------------------------------------------------

_HAS_STAMP = re.compile(r"\d:[0-5]\d(?!\d)", re.ASCII)
_BREAK = re.compile(r"<(?:/?(?:p|li|div|ul|ol|h[1-6])|br)\b[^<>]{0,2000}>|\n", re.IGNORECASE)
_ANY_TAG = re.compile(r"<[^<>]*+>")
_STAMP_LINE = re.compile(
    r"[\s(\[•*–-]{0,5}(?P<stamp>(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d))(?![\d:])"
    r"[)\]]?\s{0,5}[-–—:|.]?\s{0,5}(?P<title>.*)",
    re.ASCII | re.DOTALL,
)
_WHOLE_STAMP = re.compile(r"\d\d:[0-5]\d:[0-5]\d", re.ASCII)
_LINKED_STAMP = re.compile(r"<a\b[^<>]*+>\s{0,9}[(\[]?(?:\d{1,2}:)?\d{1,2}:[0-5]\d[)\]]?\s{0,9}</a>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line that begins with a time."""

    written: str
    seconds: int
    title: str


def find_stamps(html: str) -> list[Stamp]:
    """The lines of *html* that begin with a time, as Apple and Spotify find chapters in notes (AP-CH-DESC)."""
    stamps: list[Stamp] = []
    for line in filter(_HAS_STAMP.search, _BREAK.split(html)):
        found = _STAMP_LINE.match(unescape(_ANY_TAG.sub("", line[:2000])).strip())
        if found:
            hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
            stamps.append(Stamp(found["stamp"], 3600 * hours + 60 * minutes + seconds, found["title"].strip()))
    return stamps


def _check_stamps(entry: Entry, node: Node, duration_seconds: float | None) -> Iterator[Problem]:
    if _LINKED_STAMP.search(node.text):
        message = "description has times inside <a>, where apps do not make them play; take the links off the times"
        yield entry.warning("SN-TIME-LINK", message, node)
    stamps = find_stamps(node.text)
    if len(stamps) < 2 or (len(stamps) < _MIN_CHAPTERS and stamps[0].seconds):  # times of day, perhaps
        return
    if fault := _list_fault(stamps, duration_seconds):
        yield entry.warning("SN-TIME-LIST", f"the times in description {fault}", node)
    short = next((stamp for stamp in stamps if not _WHOLE_STAMP.fullmatch(stamp.written)), None)
    if short:
        message = f"description has the time {short.written}, which some apps read as hours; write it as HH:MM:SS"
        yield entry.warning("SN-TIME-FORM", message, node)
    long = next((stamp for stamp in stamps if len(stamp.title) > MAX_CHAPTER_TITLE_CHARACTERS), None)
    if long:
        message = f"the chapter {shown(long.title)} is cut by Spotify; keep it below 40 characters"
        yield entry.note("SN-TIME-LIST", message, node)


def _list_fault(stamps: list[Stamp], duration_seconds: float | None) -> str | None:
    """Why apps make no chapters of them."""
    if len(stamps) < _MIN_CHAPTERS:
        return f"are {len(stamps)}, and apps make chapters of three or more; add one, or take them out"
    if stamps[0].seconds:
        return f"begin with {stamps[0].written}, and chapters begin with 00:00:00; add that line"
    for before, after in pairwise(stamps):
        if after.seconds <= before.seconds:
            return f"go from {before.written} to {after.written}; put them in ascending order"
    if duration_seconds and stamps[-1].seconds >= duration_seconds:
        return f"end with {stamps[-1].written}, behind the end of the episode; mend them"
    return None
