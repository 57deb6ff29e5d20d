"""Links that open a feed in podcast apps, and the show's pages in directories.

Only forms that the apps, or those who keep lists of them, write down; each with its source:
[AP] antennapod.org/documentation/podcasters-hosters/add-on-antennapod
[PL] github.com/nathangathright/podcast-platform-links, "Show Links"
[SB] github.com/podlove/podlove-subscribe-button, src/coffee/clients.coffee
[OC] overcast.fm/podcasterinfo, "Linking to your show page"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from podcast_tool.model import Show
from podcast_tool.vocabulary.directories import DIRECTORIES, directory_url

# Where an app can be told Apple's number of a show, that is better: such links work without the app, too.
_BY_APPLE_ID = {
    "Overcast": "https://overcast.fm/itunes{id}",  # [OC]
    "Pocket Casts": "https://pca.st/itunes/{id}",  # [PL]
    "Castro": "https://castro.fm/itunes/{id}",  # [PL]
}
_BY_FEED = {
    "Apple Podcasts": "podcast://{bare}",  # [SB], there as pcast:, its older name
    "AntennaPod": "https://antennapod.org/deeplink/subscribe?url={quoted}&title={title}",  # [AP]
    "Overcast": "overcast://x-callback-url/add?url={quoted}",  # [SB]
    "Pocket Casts": "pktc://subscribe/{bare}",  # [SB]
    "Podcast Addict": "https://podcastaddict.com/feed/{quoted}",  # [PL]
    "Castro": "castro://subscribe/{bare}",  # [SB]
    "gPodder": "https://gpodder.net/subscribe?url={quoted}",  # [PL], [SB]
}


@dataclass(frozen=True)
class Button:
    """One way to subscribe."""

    label: str
    url: str


def subscribe_buttons(show: Show) -> tuple[Button, ...]:
    """The directories that know the show, in their order, then the apps that take a feed's address."""
    listed = [
        Button(DIRECTORIES[name].label, url)
        for name, id_or_address in show.pages.directories.items()
        if (url := directory_url(name, id_or_address))
    ]
    known = {button.label for button in listed}
    apps = [Button(label, url) for label, url in _app_addresses(show).items() if label not in known]
    return (*listed, *apps)


def _app_addresses(show: Show) -> Mapping[str, str]:
    feed = show.feed_url
    parts = {"bare": feed.partition("://")[2], "quoted": quote(feed, safe=""), "title": quote(show.title, safe="")}
    addresses = {label: pattern.format_map(parts) for label, pattern in _BY_FEED.items()}
    apple_id = show.pages.directories.get("apple", "")
    if apple_id.isascii() and apple_id.isdigit():
        addresses |= {label: pattern.format(id=apple_id) for label, pattern in _BY_APPLE_ID.items()}
    return addresses
