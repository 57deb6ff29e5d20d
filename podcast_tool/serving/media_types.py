"""What each file is called in a Content-Type, and how long it may be kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

# As the feed spells them (HTTP-CT-MEDIA), else as IANA does. Browsers apply a feed's stylesheet to text/xml only.
_MEDIA_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "css": "text/css",
    "flac": "audio/flac",
    "gif": "image/gif",
    "htm": "text/html",
    "html": "text/html",
    "ico": "image/x-icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript",
    "json": "application/json",
    "m4a": "audio/x-m4a",
    "m4v": "video/x-m4v",
    "mjs": "text/javascript",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "rss": "text/xml",
    "srt": "application/x-subrip",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "vtt": "text/vtt",
    "wav": "audio/wav",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff2": "font/woff2",
    "xml": "text/xml",
    "xsl": "application/xslt+xml",
}
_CHAPTERS = "chapters.json"
_CHAPTERS_TYPE = "application/json+chapters"  # P20-CHAP-HTTP
_UNKNOWN = "application/octet-stream"
_TEXTS = {
    "application/json",
    _CHAPTERS_TYPE,
    "application/manifest+json",
    "application/x-subrip",
    "application/xslt+xml",
    "image/svg+xml",
}

_HASHED = re.compile(r".+\.[0-9a-f]{8}\.[A-Za-z0-9]+", re.DOTALL)
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "max-age=0, must-revalidate"


def media_type_of(name: str) -> str:
    """By the file's name, without a charset."""
    if name == _CHAPTERS:
        return _CHAPTERS_TYPE
    return _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), _UNKNOWN)


def is_text(media_type: str) -> bool:
    """Whether addresses may stand in it, and compressing it is worth while."""
    return media_type.startswith("text/") or media_type in _TEXTS


def content_type(media_type: str) -> str:
    """With the charset, where there is one to tell: JSON is UTF-8 in any case (RFC 8259, section 8.1)."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def cache_control(name: str) -> str:
    """For ever for a name that holds the digest of its bytes; all else is asked for again, as it may have changed."""
    return _FOR_EVER if _HASHED.fullmatch(name) else _ASK_AGAIN


# -- what the feed says -----------------------------------------------------------------------------------------------

_ENCLOSURE = re.compile(rb"<enclosure\s([^<>]{1,4000})>")
_ATTRIBUTE = re.compile(r"\b(url|type)=(?:\"([^\"]*)\"|'([^']*)')")
_SOUND = re.compile(r"(?:audio|video)/[a-z0-9.+-]{1,60}")


def parse_enclosure_types(feed: bytes) -> Mapping[str, str]:
    """The type that the feed gives to each enclosure, by the file's name: the host has to say the same."""
    types = {}
    for enclosure in _ENCLOSURE.finditer(feed):
        attributes = {
            name: unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(enclosure[1].decode("utf-8", "replace"))
        }
        media_type = attributes.get("type", "")
        if _SOUND.fullmatch(media_type):
            types[attributes.get("url", "").rpartition("/")[2]] = media_type
    return types
