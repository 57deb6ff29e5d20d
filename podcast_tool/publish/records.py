"""What the ledger keeps of an episode that goes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from podcast_tool.model import Address, Episode, PublishedFile, Record


def update_record(old: Record | None, episode: Episode, now: datetime) -> Record:
    """The record after this publication: every address the episode ever had stays in it, with its times."""
    files = (episode.audio, episode.artwork, episode.thumbnail, *episode.chapter_images.values())
    present = {file.path: file for file in files if file}
    addresses = [
        # Of what lives elsewhere, a sidecar may say something else than it did.
        _address(present[address.path], address.since)
        if address.path in present
        else replace(address, until=address.until or now)
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


def withdraw_record(record: Record, now: datetime) -> Record:
    """The record of an episode that is out of the feed; what it had stays known, with the day on which it ended."""
    addresses = tuple(replace(address, until=address.until or now) for address in record.addresses)
    return replace(record, addresses=addresses, withdrawn_at=record.withdrawn_at or now)


def _address(file: PublishedFile, since: datetime) -> Address:
    return Address(
        path=file.path,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        media_type=file.media_type,
        duration_seconds=file.duration_seconds,
        since=since,
        loudness_lufs=file.loudness_lufs,
        is_normalised=file.is_normalised,
    )
