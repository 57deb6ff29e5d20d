"""Pictures that a feed names: what their addresses alone tell."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from podcast_tool.check.addresses import address_fault, has_encoded_name, path_ending
from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.model import Level, Node, Problem

_ENDINGS = (".jpg", ".jpeg", ".png")
_OTHER_PICTURES = frozenset(
    [
        ".webp",
        ".gif",
        ".svg",
        ".bmp",
        ".tif",
        ".tiff",
        ".avif",
        ".heic",
        ".heif",
        ".ico",
        ".jp2",
        ".jxl",
        ".psd",
        ".pdf",
    ]
)


def check_picture(entry: Entry, node: Node, rule: str, level: Level) -> Iterator[Problem]:
    """AP-COVER-TAG, and AP-COVER-FORMAT as its ending tells it.

    Args:
        rule: AP-COVER-FORMAT of the cover, AP-IT-IMG of an episode's picture.
        level: How grave another format is.
    """
    address = node.attributes.get("href")
    if address is None:
        has = f"the text {shown(node.text)}" if node.text.strip() else "nothing"
        message = f'itunes:image holds {has} instead of an address; write <itunes:image href="https://..."/>'
        yield entry.error("AP-COVER-TAG", message, node)
        return
    fault = address_fault(address.strip())
    if fault:
        yield entry.error("AP-COVER-TAG", f"href of itunes:image {fault}", node)
        return
    yield from _check_ending(entry, node, address.strip(), rule, level)
    if has_encoded_name(address):
        message = f"the picture's name in {shown(address)} has blanks or signs beyond ASCII; use a-z, 0-9, - and _"
        yield entry.warning("AP-LOCAL-ENC", message, node)


def _check_ending(entry: Entry, node: Node, address: str, rule: str, level: Level) -> Iterator[Problem]:
    ending = path_ending(address)
    if ending not in _ENDINGS:
        named = f"ends in {ending}" if ending in _OTHER_PICTURES else "tells no format"
        found = level if ending in _OTHER_PICTURES else Level.WARNING
        message = f"the picture's address {named}, and Apple takes JPEG and PNG; let it end in .jpg or .png"
        yield Problem(rule=rule, level=found, where=entry.where(node), message=message)
    elif urlsplit(address).query:
        message = f"the picture's address goes on behind {ending}, where some programs stop; take the ?... off"
        yield entry.note(rule, message, node)  # Apple takes it, and large hosts write it so
    if address[:5].lower() == "http:":
        yield entry.warning("HTTP-TLS", "the picture's address begins with http:; write https:", node)
