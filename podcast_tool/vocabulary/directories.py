"""Directories in which a show has a page of its own: `directories` of show.toml names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECURE_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][\w!#$%&'()*+,./:;=?@~-]*)?", re.ASCII)
MAX_ADDRESS_CHARACTERS = 2000


@dataclass(frozen=True)
class Directory:
    """One directory, and how it addresses its shows."""

    label: str
    """Its name as it writes it itself."""
    pattern: str | None = None
    """An address with `{id}`; None: only a whole address will do."""
    id_pattern: str = ""
    """What an id looks like, as a regular expression of the whole."""


# Patterns: github.com/nathangathright/podcast-platform-links, "Show Links", unless another source stands beside them.
DIRECTORIES: Mapping[str, Directory] = {
    "amazon": Directory("Amazon Music", "https://music.amazon.com/podcasts/{id}", r"[0-9A-Za-z-]{8,64}"),
    "apple": Directory("Apple Podcasts", "https://podcasts.apple.com/podcast/id{id}", r"\d{5,15}"),
    "audible": Directory("Audible"),
    "castbox": Directory("Castbox", "https://castbox.fm/channel/id{id}", r"\d{1,15}"),
    "deezer": Directory("Deezer", "https://www.deezer.com/show/{id}", r"\d{1,15}"),
    "fountain": Directory("Fountain", "https://fountain.fm/show/{id}", r"[0-9A-Za-z]{1,40}"),
    "fyyd": Directory("fyyd"),
    "goodpods": Directory("Goodpods"),
    "iheart": Directory("iHeart", "https://iheart.com/podcast/{id}", r"[0-9a-z-]{1,120}"),
    "pandora": Directory("Pandora"),
    "pocketcasts": Directory("Pocket Casts", "https://pca.st/{id}", r"[0-9A-Za-z-]{6,40}"),
    "podcastindex": Directory("Podcast Index", "https://podcastindex.org/podcast/{id}", r"\d{1,15}|[0-9a-f-]{36}"),
    "podchaser": Directory("Podchaser"),
    "podimo": Directory("Podimo"),
    "soundcloud": Directory("SoundCloud"),
    "spotify": Directory("Spotify", "https://open.spotify.com/show/{id}", r"[0-9A-Za-z]{22}"),
    "tunein": Directory("TuneIn", "https://tunein.com/podcasts/{id}", r"p?\d{1,15}"),
    # support.google.com/youtube, "Create a podcast": a podcast is a playlist there.
    "youtube": Directory("YouTube", "https://www.youtube.com/playlist?list={id}", r"[0-9A-Za-z_-]{12,64}"),
}


def directory_url(name: str, id_or_address: str) -> str | None:
    """Where a directory shows the show; None if the directory is unknown, or has no such ids.

    Args:
        name: a key of `DIRECTORIES`.
        id_or_address: the show's id there, or an https address, which is taken as it is.
    """
    directory = DIRECTORIES.get(name)
    if directory is None or len(id_or_address) > MAX_ADDRESS_CHARACTERS:
        return None
    if _SECURE_ADDRESS.fullmatch(id_or_address):
        return id_or_address
    if directory.pattern is None or not re.fullmatch(directory.id_pattern, id_or_address, re.ASCII):
        return None
    return directory.pattern.format(id=id_or_address)
