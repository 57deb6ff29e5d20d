"""What is wrong with where a show is served; it is said once, since every address of the feed begins with it."""

from __future__ import annotations

from collections.abc import Iterator

from podcast_tool.check.addresses import is_private_address
from podcast_tool.model import Level, Problem, Show


def check_own_address(show: Show) -> Iterator[Problem]:
    """X-LOCALHOST and HTTP-TLS of `site_url` and `media_url`; warnings, since somebody chose them."""
    for key, address in (("site_url", show.site_url), ("media_url", show.media_url)):
        if address and is_private_address(address):
            message = f"{key} is an address that only this machine or network can reach; give the public one to publish"
            yield Problem(rule="X-LOCALHOST", level=Level.WARNING, where="episodes/show.toml", message=message)
        elif address and address.startswith("http://"):
            message = f"{key} is not encrypted; use https://, which directories and apps ask for"
            yield Problem(rule="HTTP-TLS", level=Level.WARNING, where="episodes/show.toml", message=message)
