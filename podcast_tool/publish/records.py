"""What the ledger keeps of an episode that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from podcast_tool.model import Address, Episode, PublishedFile, Record


def update_record(old: Record | None, episode: Episode, now: datetime) -> Record:
    """The record after this publication: every address the episode ever had stays in it, with its times."""
    files = (episode.audio, episode.artwork, *episode.chapter_images.values())
    present = {file.path: file for file in files if file}
    addresses = [
        replace(
            address,
            until=None if address.path in present else address.until or now,
            loudness_lufs=present[address.path].loudness_lufs if address.path in present else address.loudness_lufs,
        )
        for address in (old.addresses if old else ())
    ]
    known = {address.path for address in addresses}
    addresses += [_address(file, now) for path, file in present.items() if path not in known]
    return Record(
        guid=episode.guid,
        slug=episode.slug,
        sound_sha256=episode.sound_sha256,
        first_published_at=old.first_published_at if old else now,
        addresses=tuple(addresses),
    )


def _address(file: PublishedFile, now: datetime) -> Address:
    return Address(
        path=file.path,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        media_type=file.media_type,
        duration_seconds=file.duration_seconds,
        since=now,
        loudness_lufs=file.loudness_lufs,
        is_normalised=file.is_normalised,
    )
