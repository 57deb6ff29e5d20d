"""The host that a request named, and the show's public addresses turned into that host's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, unquote

from podcast_tool.serving.folder import SiteFolder

_AUTHORITY = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::(?P<port>[0-9]{1,5}))?"
)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")


def parse_authority(header: str) -> str | None:
    """A Host header as it can stand in an address: a name or an IP, in lower case, and perhaps a port (RFC 9110, 7.2).

    Returns:
        None: it is none, so that nothing of it may come into a page.
    """
    found = _AUTHORITY.fullmatch(header.strip(" \t"))
    if found is None or (found["port"] and not 0 < int(found["port"]) < 65536):
        return None
    port = f":{int(found['port'])}" if found["port"] else ""
    try:
        if found["six"]:
            return f"[{IPv6Address(found['six'])}]{port}"
        labels = found["name"].removesuffix(".").split(".")
        if labels[-1].isdigit():  # then it is an address, or nothing (URL standard, "ends in a number")
            return f"{IPv4Address(found['name'])}{port}"
    except AddressValueError:
        return None
    return f"{found['name'].lower()}{port}" if all(map(_LABEL.fullmatch, labels)) else None


# -- public addresses in a text ---------------------------------------------------------------------------------------


def _percent(address: str) -> str:
    return quote(address, safe="")


def _lower_percent(address: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), _percent(address))


# How an address is spelt in a feed, in a page and in JSON, in attributes, scripts and subscribe links.
_SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    escape,
    lambda address: escape(address).replace("&#x27;", "&#39;"),
    lambda address: escape(address).replace("&#x27;", "&apos;"),
    lambda address: escape(address).replace("/", "&#x2F;"),
    lambda address: escape(address).replace("/", "&#47;"),
    lambda address: address.replace("/", "\\/"),
    lambda address: address.replace("&", "\\u0026").replace("'", "\\u0027"),
    lambda address: address.replace("/", "\\/").replace("&", "\\u0026").replace("'", "\\u0027"),
    _percent,
    _lower_percent,
    lambda address: quote(address, safe="/"),
    lambda address: quote(address, safe="/").replace("%3A", "%3a"),
)

_FILE_NAME = rb"(?:[A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2}|\\/|&\#x2F;|&\#47;){1,300}"
# What ends an address that has no slash: `https://example.org` is not the beginning of `https://example.org.uk`.
_END = rb"(?=[\"'<>\s?#&;,)\\\]]|\Z)"


@dataclass(frozen=True, kw_only=True)
class Readdressing:
    """Turns a show's public addresses into those of the host that a request named."""

    site: SiteFolder
    base_url: str
    """With a slash at its end."""
    holds: Callable[[str], bool]
    """Whether `feed/` holds the file of this path: audio that is only on its public host keeps its address."""

    def apply(self, text: bytes) -> bytes:
        """The text with every address of the show, however it is spelt, leading to `base_url`."""
        return self._pattern.sub(self._replace, text)

    def _replace(self, found: re.Match[bytes]) -> bytes:
        whole, media = found[0], found["media"]
        if media is None:
            return self._replacements[whole]
        name = found["name"]
        plain = name.replace(b"\\/", b"/").replace(b"&#x2F;", b"/").replace(b"&#47;", b"/")
        return self._media[media] + name if self.holds(unquote(plain, errors="replace")) else whole

    @cached_property
    def _media(self) -> dict[bytes, bytes]:
        """Where audio of its own address begins; a statistics service would lead on to the public host."""
        return self._spell(self._with_prefix(self.site.media_url), self.base_url) if self.site.media_url else {}

    @cached_property
    def _whole(self) -> dict[bytes, bytes]:
        return self._spell(self._with_prefix(self.site.site_url), self.base_url)

    @cached_property
    def _without_slash(self) -> dict[bytes, bytes]:
        return self._spell([self.site.site_url.rstrip("/")], self.base_url.rstrip("/"))

    @cached_property
    def _without_scheme(self) -> dict[bytes, bytes]:
        """As in `podcast://host/path`, and behind the `/` or `=` of a service that subscribes."""
        bare, base = (address.partition("://")[2] for address in (self.site.site_url, self.base_url))
        return {
            lead + spelt: lead + replaced
            for lead in (b"/", b"=")
            for spelt, replaced in self._spell([bare], base).items()
        }

    @cached_property
    def _replacements(self) -> dict[bytes, bytes]:
        return {**self._without_scheme, **self._without_slash, **self._whole}

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        media = rb"(?P<media>%s)(?P<name>%s)" % (_any_of(self._media), _FILE_NAME)
        whole = _any_of(self._whole)
        # Of two addresses of which one begins the other, the longer is meant.
        is_below = bool(self.site.media_url) and self.site.site_url.startswith(self.site.media_url or "")
        kinds = (whole, media) if is_below else (media, whole)
        return re.compile(
            b"|".join((*kinds, _any_of(self._without_slash) + _END, _any_of(self._without_scheme))),
        )

    def _with_prefix(self, address: str) -> list[str]:
        prefix = self.site.enclosure_prefix
        return [*([prefix + address.partition("://")[2]] if prefix else []), address]

    def _spell(self, addresses: Iterable[str], replaced: str) -> dict[bytes, bytes]:
        """Each spelling of the addresses, with what takes its place in that spelling."""
        return {
            spell(address).encode(): spell(replaced).encode() for address in addresses for spell in reversed(_SPELLINGS)
        }


def _any_of(literals: Iterable[bytes]) -> bytes:
    """A pattern for the longest of these; for nothing at all if there are none."""
    return b"(?:%s)" % (b"|".join(map(re.escape, sorted(literals, key=len, reverse=True))) or b"(?!)")
