"""Descriptions + the ledger -> which episode each one is: guid, slug, state. Pure.

Sees all episodes, but only as summaries; what it gives to one of them is all that this one may know of the others.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from podcast_tool.model import Description, Identity, Item, Ledger, Level, Problem, Record, Show, State

MAX_SLUG_CHARACTERS = 80

# DESIGN: the whole article goes with this many of the newest items only, so that an old show's feed stays small.
FULL_NOTES_ITEMS = 300

# Folders of feed/ that are no episode's, and names that Windows keeps for devices.
RESERVED_SLUGS = frozenset(
    ["audio", "embed", "static", "con", "prn", "aux", "nul"]
    + [f"{device}{number}" for device in ("com", "lpt") for number in range(10)]
)

_LATEST = datetime.max.replace(tzinfo=UTC)


def slugify(stem: str) -> str:
    """A stem as an address can hold it: a-z, 0-9 and single hyphens; empty if nothing of it is left."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", bare.lower())[:MAX_SLUG_CHARACTERS].strip("-")


def marked_slug(slug: str, path: str) -> str:
    """A slug that is empty, taken or reserved, with the mark of its file's path below episodes/ (in NFC)."""
    mark = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    return f"{slug[: MAX_SLUG_CHARACTERS - 7].strip('-') or 'episode'}-{mark}"


def slugs_of(description: Description) -> tuple[str, ...]:
    """Every slug that this episode may have been given: the plain one, then those marked with its path.

    The recording may have had another ending when it was published.
    """
    slug = slugify(description.stem)
    endings = sorted({PurePosixPath(description.path).suffix, ".mp3", ".m4a"})
    return (slug, *(marked_slug(slug, description.key + ending) for ending in endings))


def identify(
    descriptions: Sequence[Description], ledger: Ledger, items: Sequence[Item], show: Show, now: datetime
) -> tuple[Identity, ...]:
    """Match each episode with what was published, and give new ones their names.

    Args:
        items: the present feed's, by which an episode counts as published.

    Returns:
        An identity for each description, in that order, then one for each record that has no episode any more.
    """
    records, problems = _match(descriptions, ledger)
    in_feed = {item.guid for item in items}
    states = {}
    for description in descriptions:
        record = records.get(description.key)
        found = [*problems.get(description.key, [])]
        states[description.key] = _state(description, record, found, in_feed, now)
        problems[description.key] = found

    names = _Names(show, ledger, {d.given_guid for d in descriptions if d.given_guid})
    identities: dict[str, Identity] = {}
    # In the order in which they go out, so that two machines give the same names.
    for description in sorted(descriptions, key=lambda d: (states[d.key] is not State.READY, _date(d), d.key)):
        key, state = description.key, states[description.key]
        record = records.get(key)
        slug = record.slug if record else names.take_slug(description)
        if record:
            guid: str | None = record.guid
        elif description.given_guid:
            guid = description.given_guid
        else:
            guid = names.mint_guid(slug) if state in (State.READY, State.SCHEDULED) else None
        identities[key] = Identity(
            key=key, state=state, slug=slug, guid=guid, record=record, problems=tuple(problems[key])
        )
    going_out = [
        (description.published_at, description.key)
        for description in descriptions
        if description.published_at and states[description.key] in (State.READY, State.PUBLISHED)
    ]
    newest_first = [key for _, key in sorted(going_out, reverse=True)]
    full, short = set(newest_first[:FULL_NOTES_ITEMS]), set(newest_first[show.short_notes_after or len(newest_first) :])
    present = tuple(
        replace(identities[d.key], carries_full_notes=d.key in full - short, carries_short_notes=d.key in short)
        for d in descriptions
    )
    return present + tuple(_missing(ledger, records.values(), in_feed))


def _date(description: Description) -> datetime:
    return description.published_at or _LATEST


def _state(
    description: Description, record: Record | None, problems: list[Problem], in_feed: Collection[str], now: datetime
) -> State:
    is_published = record is not None and record.guid in in_feed
    problems += [
        replace(reason, level=Level.WARNING, holds=False) if is_published else reason
        for reason in description.waits_for
    ]
    if description.is_held or any(problem.holds for problem in problems):
        return State.HELD
    is_future = description.published_at is not None and description.published_at > now
    if is_published and (description.draft or is_future):
        fault = "is marked draft" if description.draft else "is dated in the future"
        cure = "take the mark away" if description.draft else "mend the date"
        problems.append(
            Problem(
                rule="X-GUID-HISTORY",
                level=Level.ERROR,
                where=description.where,
                message=f"{fault} but was published already; its last published item stays, so {cure}",
                holds=True,
            )
        )
        return State.HELD
    if description.draft:
        return State.DRAFT
    if is_future:
        return State.SCHEDULED
    return State.PUBLISHED if is_published else State.READY


def _missing(ledger: Ledger, matched: Iterable[Record], in_feed: Collection[str]) -> Iterator[Identity]:
    known = {record.guid for record in matched}
    for record in ledger.records:
        if record.guid not in known:
            stays = (
                ", and its last published item stays in the feed" if record.guid in in_feed else " and from the feed"
            )
            yield Identity(
                key=None,
                state=State.MISSING,
                slug=record.slug,
                guid=record.guid,
                record=record,
                problems=(
                    Problem(
                        rule="X-GUID-HISTORY",
                        level=Level.ERROR,
                        where=record.slug,
                        message=f"was published but is gone from episodes/{stays}; put its files back",
                    ),
                ),
            )


# -- matching ---------------------------------------------------------------------------------------------------------


def _match(descriptions: Sequence[Description], ledger: Ledger) -> tuple[dict[str, Record], dict[str, list[Problem]]]:
    """Key -> record, by the sidecar's guid, then the sound's digest, then the slug; a record belongs to one episode."""
    matching = _Matching(descriptions, ledger)
    matching.by_guid()
    matching.by_sound()
    matching.by_slug()
    return matching.records, matching.problems


@dataclass
class _Matching:
    descriptions: Sequence[Description]
    ledger: Ledger

    def __post_init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.problems: dict[str, list[Problem]] = {}
        self.free = {record.guid: record for record in self.ledger.records}

    def _open(self) -> list[Description]:
        return [description for description in self.descriptions if description.key not in self.records]

    def _claim(self, description: Description, record: Record) -> None:
        self.records[description.key] = record
        del self.free[record.guid]

    def _tell(self, description: Description, rule: str, level: Level, message: str, holds: bool = False) -> None:
        problem = Problem(rule=rule, level=level, where=description.where, message=message, holds=holds)
        self.problems.setdefault(description.key, []).append(problem)

    def by_guid(self) -> None:
        claimants: dict[str, list[Description]] = {}
        for description in self._open():
            if description.given_guid:
                claimants.setdefault(description.given_guid, []).append(description)
        for guid, same in claimants.items():
            record = self.free.get(guid)
            # A sidecar copied with its guid takes nothing from the episode that was published under it.
            chosen = (self._owner(record, same) if record else None) or _rightful(same, record)
            if record:
                self._claim(chosen, record)
            for other in same:
                if other is not chosen:
                    message = f"has the guid of {chosen.where}; each episode needs its own, so take this one away"
                    self._tell(other, "RSS-IT-GUID", Level.ERROR, message, holds=True)

    def _owner(self, record: Record, claimants: Sequence[Description]) -> Description | None:
        """The episode that has the record's recording or slug and says nothing else of its guid."""
        if any(_sound(d) == record.sound_sha256 or record.slug in slugs_of(d) for d in claimants):
            return None
        silent = [d for d in self._open() if not d.given_guid]
        by_sound = [d for d in silent if _sound(d) == record.sound_sha256]
        by_slug = [d for d in silent if record.slug in slugs_of(d)]
        return _rightful(by_sound or by_slug, record) if by_sound or by_slug else None

    def by_sound(self) -> None:
        waiting: dict[str, list[Description]] = {}
        for description in self._open():
            if sound := _sound(description):
                waiting.setdefault(sound, []).append(description)
        owners = {_sound(d): d for d in self.descriptions if d.key in self.records}
        free: dict[str, list[Record]] = {}
        for record in self.free.values():
            free.setdefault(record.sound_sha256, []).append(record)
        for sound, same in waiting.items():
            left = sorted(same, key=lambda d: d.key)
            # First each record's namesake, then whoever is there.
            for record in sorted(free.get(sound, []), key=lambda r: not any(r.slug in slugs_of(d) for d in same)):
                if left:
                    chosen = _rightful(left, record)
                    left.remove(chosen)
                    self._match_given(chosen, record)
            matched = [d for d in same if d not in left]
            first = owners.get(sound) or (matched or left)[0]
            for other in left:
                if other is not first:
                    message = f"has the same recording as {first.where}; it goes out as an episode of its own"
                    self._tell(other, "RSS-IT-GUID", Level.WARNING, message)

    def by_slug(self) -> None:
        by_slug = {record.slug: record for record in self.free.values()}
        # The slug with the mark of its path is one episode's alone; the plain one may be several's.
        choices: tuple[Callable[[Description], tuple[str, ...]], ...] = (
            lambda d: slugs_of(d)[1:],
            lambda d: slugs_of(d)[:1],
        )
        for choose in choices:
            for description in sorted(self._open(), key=lambda d: d.key):
                for slug in choose(description):
                    record = by_slug.get(slug)
                    if record and record.guid in self.free and description.key not in self.records:
                        self._match_given(description, record)

    def _match_given(self, description: Description, record: Record) -> None:
        """Match by what cannot be mistaken for another; a guid that says otherwise came too late."""
        if description.given_guid and description.given_guid != record.guid:
            message = f"was published with the guid {record.guid}, which stays; write that one into its sidecar"
            self._tell(description, "X-GUID-HISTORY", Level.ERROR, message)
        self._claim(description, record)


def _sound(description: Description) -> str | None:
    return description.recording.sound_sha256 if description.recording else None


def _rightful(same: Sequence[Description], record: Record | None) -> Description:
    """Whose a record is: the one's with its slug, else the first path's."""
    return min(same, key=lambda d: (record is None or record.slug not in slugs_of(d), d.key))


# -- names ------------------------------------------------------------------------------------------------------------


class _Names:
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
