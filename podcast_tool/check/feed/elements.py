"""What holds of every element: its name, the white space and the signs in it, the hosts that it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from podcast_tool.check.addresses import is_private_address
from podcast_tool.check.feed.entry import Entry, shown, walk
from podcast_tool.model import Node, Problem

MAX_VALUE_CHARACTERS = 255  # RSS-VALUE-255

# Once per channel or item (RSS-CH-ONCE); `enclosure`, `atom:link` and podcast:* have rules of their own.
CHANNEL_ONCE = frozenset(
    """title link description language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud ttl
    image rating textInput skipHours skipDays itunes:author itunes:owner itunes:image itunes:explicit itunes:type
    itunes:title itunes:block itunes:complete itunes:new-feed-url itunes:applepodcastsverify itunes:summary
    itunes:subtitle itunes:keywords""".split()
)
ITEM_ONCE = frozenset(
    """title link description author comments guid pubDate source content:encoded itunes:title itunes:duration
    itunes:explicit itunes:episodeType itunes:season itunes:episode itunes:image itunes:block itunes:author
    itunes:summary itunes:subtitle itunes:keywords itunes:order itunes:isClosedCaptioned psc:chapters""".split()
)
_OTHER_NAMES = frozenset(
    """channel item category enclosure url width height day hour name itunes:category itunes:name itunes:email
    atom:link psc:chapter""".split()
)
_KNOWN_NAMES = CHANNEL_ONCE | ITEM_ONCE | _OTHER_NAMES
_NAME_BY_FOLDED = {name.lower(): name for name in sorted(_KNOWN_NAMES)}
_ITUNES_NAMES = sorted(name for name in _KNOWN_NAMES if name.startswith("itunes:"))

_ATTRIBUTES = {
    "enclosure": ("url", "length", "type"),
    "guid": ("isPermaLink",),
    "itunes:image": ("href",),
    "itunes:category": ("text",),
    "atom:link": ("href", "rel", "type"),
}

# HTML, or texts of several lines: white space around them is none of the value.
_LONG_TEXTS = frozenset(
    [
        "description",
        "content:encoded",
        "itunes:summary",
        "podcast:txt",
        "copyright",
        "itunes:subtitle",
        "itunes:keywords",
    ]
)
_SHORT_TEXTS = frozenset(
    """title link guid pubDate language author managingEditor webMaster lastBuildDate ttl url generator width height
    category""".split()
)
_PLAIN_TEXTS = frozenset(["title", "itunes:title", "itunes:author", "itunes:name", "category"])
_LIMITED_TEXTS = frozenset(
    ["title", "itunes:title", "itunes:author", "itunes:name", "category", "generator", "author", "copyright"]
)
_ADDRESS_TEXTS = frozenset(["link", "url", "docs", "comments", "itunes:new-feed-url"])
_ADDRESS_ATTRIBUTES = frozenset(["url", "href", "uri", "src", "img", "image", "feedUrl"])

_WRONG_SIGN = re.compile("[\x7f-\x9f\ufffd]")
# UTF-8 read as Latin-1 or Windows-1252: "Ã©" for "é".
_GARBLED = re.compile("Ã[\x80-\xbf]|â€[\x80-\x9f™œ˜\x9d“”¦]|â\x80[\x80-\xbf]")
# In a text that is no HTML, an entity shows that it was escaped twice.
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-fA-F]{1,6}|[lr][sd]quo|[nm]dash|hellip);")
_TWICE_IN_HTML = re.compile(r"&amp;(?:amp|nbsp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,6}|[lr][sd]quo|[nm]dash|hellip);")


def check_elements(entry: Entry, once: frozenset[str]) -> Iterator[Problem]:
    """Every element of the channel or of an item."""
    for name, nodes in entry.children.items():
        if len(nodes) > 1 and name in once:
            message = f"{name} stands {len(nodes)} times, and apps choose different ones; keep one"
            yield entry.error("RSS-CH-ONCE", message, nodes[1])
    for node in walk(entry.node):
        name = node.name
        if name not in _KNOWN_NAMES:
            if name[0] == "{":
                continue  # what others put into feeds is theirs to check
            yield from _check_name(entry, node)
        if node.text:
            yield from _check_text(entry, node)
        if node.attributes:
            yield from _check_attributes(entry, node)
        if node.children and (name in _LONG_TEXTS or name in _SHORT_TEXTS or name in _PLAIN_TEXTS):
            message = (
                f"{name} holds <{_local(node.children[0].name)}> as XML, which feed readers drop with its text; "
                "put the HTML into <![CDATA[ ]]> or escape it"
            )
            yield entry.error("RSS-HTML-CDATA", message, node)


def _local(name: str) -> str:
    return name.rpartition("}")[2][:40]


def _check_name(entry: Entry, node: Node) -> Iterator[Problem]:
    """RSS-CASE: a name that only its case tells from a known one, or an iTunes tag that nobody knows."""
    known = _NAME_BY_FOLDED.get(node.name.lower())
    if known is not None:
        yield entry.error("RSS-CASE", f"<{node.name}> is not seen by apps; write <{known}>", node)
    elif node.name.startswith("itunes:"):
        close = get_close_matches(node.name[:60], _ITUNES_NAMES, n=1)
        hint = f"did you mean <{close[0]}>?" if close else "take it out"
        yield entry.warning("RSS-CASE", f"<{node.name[:60]}> is no tag of Apple's; {hint}", node)


def _check_text(entry: Entry, node: Node) -> Iterator[Problem]:
    name, text = node.name, node.text
    is_ours = name in _SHORT_TEXTS or name in _PLAIN_TEXTS or name.startswith(("itunes:", "podcast:"))
    if is_ours and not node.children and name not in _LONG_TEXTS and (text[0].isspace() or text[-1].isspace()):
        message = f"{name} has white space around its value; write it without, in one line with its tags"
        yield entry.error("RSS-VALUE-TRIM", message, node)
    yield from _check_signs(entry, node, text, name)
    if "&" in text:
        twice = (_ENTITY if name in _PLAIN_TEXTS else _TWICE_IN_HTML).search(text)
        if twice:
            yield entry.warning("RSS-XML-CHARS", f"{name} shows {twice[0]} to readers; escape it once only", node)
    if name in _LIMITED_TEXTS and len(text) > MAX_VALUE_CHARACTERS:
        message = f"{name} has {len(text)} characters, and apps expect at most {MAX_VALUE_CHARACTERS}; shorten it"
        yield entry.warning("RSS-VALUE-255", message, node)
    if name in _ADDRESS_TEXTS and is_private_address(text.strip()):
        yield entry.error("X-LOCALHOST", _private(name, text), node)


def _check_signs(entry: Entry, node: Node, text: str, name: str) -> Iterator[Problem]:
    if text.isascii() and "\x7f" not in text:
        return
    if wrong := _WRONG_SIGN.search(text):
        message = f"{name} has U+{ord(wrong[0]):04X}, which shows that its text was decoded wrongly; write it anew"
        yield entry.warning("RSS-XML-CHARS", message, node)
    elif garbled := _GARBLED.search(text):
        message = f'{name} has "{garbled[0]}", UTF-8 that was read as another encoding; write it anew'
        yield entry.warning("RSS-XML-CHARS", message, node)


def _check_attributes(entry: Entry, node: Node) -> Iterator[Problem]:
    for key, value in node.attributes.items():
        if value and (value[0].isspace() or value[-1].isspace()):
            message = f"{key} of {node.name} has white space around its value; write it without"
            yield entry.error("RSS-VALUE-TRIM", message, node)
        if not value.isascii():
            yield from _check_signs(entry, node, value, f"{key} of {node.name}")
        if key in _ADDRESS_ATTRIBUTES and is_private_address(value.strip()):
            yield entry.error("X-LOCALHOST", _private(f"{key} of {node.name}", value), node)
    yield from _check_attribute_names(entry, node, _ATTRIBUTES.get(node.name, ()))


def _check_attribute_names(entry: Entry, node: Node, known: Iterable[str]) -> Iterator[Problem]:
    for name in known:
        if name not in node.attributes:
            other = next((key for key in node.attributes if key.lower() == name.lower()), None)
            if other is not None:
                message = f"{other} of {node.name} is not seen by apps; write {name}"
                yield entry.error("RSS-CASE", message, node)


def _private(name: str, address: str) -> str:
    return f"{name} leads to {shown(address)}, which only your own network can ask; write the public address"
