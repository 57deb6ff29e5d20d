"""Slugs and guids: names that nothing published ever had."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Set
from pathlib import PurePosixPath

from podcast_tool.model import Description, Ledger, Show
from podcast_tool.vocabulary.feed_names import AUDIO_FOLDER, EMBED_FOLDER, STATIC_FOLDER, WINDOWS_DEVICES

MAX_SLUG_CHARACTERS = 80

RESERVED_SLUGS = WINDOWS_DEVICES | {AUDIO_FOLDER, EMBED_FOLDER, STATIC_FOLDER}


def slugify(stem: str) -> str:
    """A stem as an address can hold it: a-z, 0-9 and single hyphens; empty if nothing of it is left."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare.lower())[:MAX_SLUG_CHARACTERS].strip("-")


def marked_slug(slug: str, path: str) -> str:
    """A slug that is empty, taken or reserved, with the mark of its file's path below episodes/ (in NFC)."""
    mark = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{_room_for_mark(slug)}-{mark}"


def _room_for_mark(slug: str) -> str:
    return slug[: MAX_SLUG_CHARACTERS - 7].strip("-") or "episode"


# Of files whose paths mark slugs: recordings, and the sidecars of those that live elsewhere.
_ENDINGS = tuple(".mp3 .m4a .m4b .mp4 .aac .ogg .opus .flac .wav .aif .aiff .toml .yaml .yml .json".split())


def slugs_of(description: Description) -> tuple[str, ...]:
    """Every slug that this episode may have been given: the plain one, then those marked with its path.

    The recording may have had another ending when it was published, or may have lived elsewhere.
    """
    slug = slugify(description.stem)
    endings = dict.fromkeys((PurePosixPath(description.path).suffix, *_ENDINGS))
    return (slug, *(marked_slug(slug, description.key + ending) for ending in endings))


def may_have_slug(description: Description, slug: str) -> bool:
    """Whether it is among `slugs_of`; quick, since few slugs are marked."""
    return slug == slugify(description.stem) or slug in marked_slugs_of(description, {slug[:-7]})


def marked_slugs_of(description: Description, unmarked: Set[str]) -> tuple[str, ...]:
    """Those of `slugs_of` that are marked, if without their mark they are among *unmarked*."""
    return slugs_of(description)[1:] if _room_for_mark(slugify(description.stem)) in unmarked else ()


class Names:
    """Gives names that nothing published ever had."""

    def __init__(self, show: Show, ledger: Ledger, given_guids: Set[str]) -> None:
        self.namespace = uuid.UUID(show.guid)
        self.slugs = {record.slug for record in ledger.records} | RESERVED_SLUGS
        self.guids = {record.guid for record in ledger.records} | given_guids

    def take_slug(self, description: Description) -> str:
        slug = slugify(description.stem)
        if not slug or slug in self.slugs:
            slug = marked_slug(slug, description.path)
        while slug in self.slugs:  # of a file that was there before, and is not this one
            slug = marked_slug(slug, f"{description.path} {slug}")
        self.slugs.add(slug)
        return slug

    def mint_guid(self, slug: str) -> str:
        """UUIDv5 of podcast:guid and slug, so that two machines make the same; counted on if it was ever used."""
        name, count = slug, 1
        while (guid := str(uuid.uuid5(self.namespace, name))) in self.guids:
            count += 1
            name = f"{slug} {count}"
        self.guids.add(guid)
        return guid
