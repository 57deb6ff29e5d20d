"""What is wrong with where a show is served, and with what it is known by; said once, and not for each address."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from podcast_tool.check.addresses import host_of, is_private_address
from podcast_tool.model import Level, Problem, Show

_WHERE = "episodes/show.toml"
_PUBLIC_ADDRESS = "https://podcast.example.org/"


def check_own_address(show: Show) -> Iterator[Problem]:
    """X-LOCALHOST and HTTP-TLS of `site_url` and `media_url`; warnings, since somebody chose them."""
    for key, address in (("site_url", show.site_url), ("media_url", show.media_url)):
        if address and _is_near(address):
            message = f"{key} is an address that only this machine or network can reach; give the public one to publish"
            yield Problem(rule="X-LOCALHOST", level=Level.WARNING, where=_WHERE, message=message)
        elif address and address.startswith("http://"):
            message = f"{key} is not encrypted; use https://, which directories and apps ask for"
            yield Problem(rule="HTTP-TLS", level=Level.WARNING, where=_WHERE, message=message)


def _is_near(address: str) -> bool:
    """Private, or of a name without a dot, which no public name server knows."""
    host = host_of(address) or ""
    return is_private_address(address) or not ("." in host or ":" in host)


def as_if_public(text: str, show: Show) -> str:
    """A part of the show's feed with another address for each that `check_own_address` has told of."""
    for address in filter(None, (show.site_url, show.media_url)):
        if _is_near(address) or address.startswith("http://"):
            text = text.replace(escape(address), _PUBLIC_ADDRESS)
    return text


def check_guid(show: Show, published: str) -> Iterator[Problem]:
    """X-PGUID-HISTORY.

    Args:
        published: the podcast:guid of the feed as it is now; empty if it has none.
    """
    if published and published.lower() != show.guid.lower():
        message = f"guid is not the published one, by which apps and directories know the show; write {published} again"
        yield Problem(rule="X-PGUID-HISTORY", level=Level.ERROR, where=_WHERE, message=message)
