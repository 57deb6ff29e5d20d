"""Items of a feed that no ledger knows -> records: a lost ledger rebuilt, or another tool's feed taken over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from podcast_tool.identify.names import marked_slug, slugify
from podcast_tool.model import Address, Enclosure, Item, Ledger, Record, Recording, Show

# As our own feeds name them: the slug, and eight digits of the digest.
_OWN_AUDIO = re.compile(r"audio/(?P<slug>[a-z0-9-]{1,90})\.[0-9a-f]{8}\.(?:mp3|m4a)")

# Path below feed/ -> what is there; None if it is not there, or no sound.
FindAudio = Callable[[str], Recording | None]


def adopt_items(items: Sequence[Item], ledger: Ledger, show: Show, find_audio: FindAudio) -> Iterator[Record]:
    """A record for each item that has none: guid as it stands, slug and address as far as its enclosure tells them.

    Args:
        find_audio: reads a published file, whose digests are in no feed.
    """
    known = {record.guid for record in ledger.records}
    slugs = {record.slug for record in ledger.records}
    for item in items:
        if item.guid in known:
            continue
        known.add(item.guid)
        path = _own_path(item.enclosure, show)
        slug = _slug_of(item, path, show)
        while not slug or slug in slugs:
            slug = marked_slug(slug, f"{item.guid} {slug}")
        slugs.add(slug)
        audio = find_audio(path) if path else None
        yield Record(
            guid=item.guid,
            slug=slug,
            sound_sha256=audio.sound_sha256 if audio else "",
            first_published_at=item.published_at,
            addresses=(_address(path, audio, item.published_at),) if path and audio else (),
        )


def _own_path(enclosure: Enclosure | None, show: Show) -> str | None:
    """The path below feed/ of an enclosure that is served where the show's audio is."""
    if enclosure is None:
        return None
    for base in (show.enclosure_url(""), show.audio_url("")):
        if enclosure.url.startswith(base) and _OWN_AUDIO.fullmatch(path := enclosure.url.removeprefix(base)):
            return path
    return None


def _slug_of(item: Item, path: str | None, show: Show) -> str:
    """As our own addresses have it, else as the enclosure's file is called, which staff's own is likely to be, too."""
    if path and (match := _OWN_AUDIO.fullmatch(path)):
        return match["slug"]
    page = item.link.removeprefix(show.site_url).removesuffix("/")
    if page and slugify(page) == page and item.link == f"{show.site_url}{page}/":  # its recording lives elsewhere
        return page
    name = PurePosixPath(unquote(urlsplit(item.enclosure.url).path)).stem if item.enclosure else ""
    return slugify(name) or slugify(item.title)


def _address(path: str, audio: Recording, since: datetime) -> Address:
    return Address(
        path=path,
        size_bytes=audio.size_bytes,
        sha256=audio.sha256,
        media_type=audio.media_type,
        duration_seconds=round(audio.duration_seconds, 3),
        since=since,
    )
