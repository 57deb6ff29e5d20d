"""Which episode is which record: by the sidecar's guid, the sound, the slug, at last by title and date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from podcast_tool.identify.names import marked_slugs_of, may_have_slug, slugify
from podcast_tool.model import Description, Item, Ledger, Level, Problem, Record
from podcast_tool.text import clean_line, mend_entities


def match(
    descriptions: Sequence[Description], ledger: Ledger, items: Sequence[Item], adopted: Set[str]
) -> tuple[dict[str, Record], dict[str, list[Problem]]]:
    """Key -> record, by the sidecar's guid, then the sound's digest, then the slug; a record belongs to one episode.

    A sidecar whose recording is not here (it has left, or lives elsewhere) has what was published under its name before
    another episode with the same recording.

    Args:
        items: the present feed's; what looks like its last item is an episode before what does not.
        adopted: guids of those of which little more is known: title and day match them at last.
    """
    matching = _Matching(descriptions, ledger, items)
    matching.by_guid()
    matching.by_standing()
    matching.by_sound()
    matching.by_slug()
    matching.by_title([item for item in items if item.guid in adopted])
    matching.by_item()
    return matching.records, matching.problems


@dataclass
class _Matching:
    descriptions: Sequence[Description]
    ledger: Ledger
    items: Sequence[Item]

    def __post_init__(self) -> None:
        self.last_items = {item.guid: item for item in self.items}
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
        for description in sorted(self._open(), key=lambda d: d.is_text_alone):
            guid = description.given_guid
            # A text is the last whose it can be.
            is_vain = description.is_text_alone and (description.is_held or guid in claimants or guid not in self.free)
            if guid and not is_vain:
                claimants.setdefault(guid, []).append(description)
        for guid, same in claimants.items():
            record = self.free.get(guid)
            # A sidecar copied with its guid takes nothing from the episode that was published under it.
            chosen = (self._owner(record, same) if record else None) or self._rightful(same, record)
            if record:
                self._claim(chosen, record)
            for other in same:
                if other is not chosen:
                    message = f"has the guid of {chosen.where}; each episode needs its own, so take this one away"
                    self._tell(other, "RSS-IT-GUID", Level.ERROR, message, holds=True)

    def _owner(self, record: Record, claimants: Sequence[Description]) -> Description | None:
        """The episode that has the record's recording or slug and says nothing else of its guid."""
        sounds = _sounds(record)
        if any(_sound(d) in sounds or may_have_slug(d, record.slug) for d in claimants):
            return None
        silent = [d for d in self._open() if not d.given_guid and not d.is_text_alone]
        by_sound = [d for d in silent if _sound(d) in sounds]
        by_slug = [d for d in silent if may_have_slug(d, record.slug)]
        return self._rightful(by_sound or by_slug, record) if by_sound or by_slug else None

    def by_standing(self) -> None:
        """A sidecar stands for the recording that is not here, unless it tells of another one that was published."""
        urls = {url for record in self.free.values() for url in record.remote_urls}
        standing = [
            d for d in self._open() if (d.lack and not d.is_text_alone) or (d.remote and d.remote.url not in urls)
        ]
        self._pair_by_slug(standing, [record for record in self.free.values() if not record.withdrawn_at])

    def by_sound(self) -> None:
        waiting: dict[str, list[Description]] = {}
        for description in self._open():
            if sound := _sound(description):
                waiting.setdefault(sound, []).append(description)
        matched_now = [d for d in self.descriptions if d.key in self.records]
        owners = {_sound(d) or self.records[d.key].sound_sha256: d for d in matched_now}
        free: dict[str, list[Record]] = {}
        for record in self.free.values():
            for mark in _sounds(record):
                free.setdefault(mark, []).append(record)
        for sound, same in waiting.items():
            left = sorted(same, key=lambda d: d.key)
            # First each record's namesake, then whoever is there.
            for record in sorted(free.get(sound, []), key=lambda r: not any(may_have_slug(d, r.slug) for d in same)):
                if left and record.guid in self.free:
                    chosen = self._rightful(left, record)
                    left.remove(chosen)
                    self._match_given(chosen, record)
            matched = [d for d in same if d not in left]
            first = owners.get(sound) or (matched or left)[0]
            for other in left:
                if other is not first:
                    message = f"has the same recording as {first.where}; it goes out as an episode of its own"
                    self._tell(other, "RSS-IT-GUID", Level.WARNING, message)

    def by_slug(self) -> None:
        """By the name; of a text alone only what has all but its recording."""
        named = [d for d in self._open() if not (d.is_text_alone and d.is_held)]
        self._pair_by_slug(named, self.free.values())

    def _pair_by_slug(self, descriptions: Sequence[Description], records: Iterable[Record]) -> None:
        by_slug = {record.slug: record for record in records}
        if not by_slug:
            return
        unmarked = {slug[:-7] for slug in by_slug}
        # The slug with the mark of its path is one episode's alone; the plain one may be several's.
        choices: tuple[Callable[[Description], tuple[str, ...]], ...] = (
            lambda d: marked_slugs_of(d, unmarked),
            lambda d: (slugify(d.stem),),
        )
        for choose in choices:
            named: dict[str, list[Description]] = {}
            for description in sorted(descriptions, key=lambda d: d.key):
                for slug in by_slug.keys() & choose(description):
                    named.setdefault(slug, []).append(description)
            for slug, same in sorted(named.items()):
                record = by_slug[slug]
                left = [d for d in same if d.key not in self.records]
                if left and record.guid in self.free:
                    self._match_named(self._rightful(left, record), record)

    def _match_named(self, description: Description, record: Record) -> None:
        """Match by the name alone; of one that has ended, another recording may be another episode."""
        if description.is_text_alone and not record.audio:
            return
        if description.withdrawn or not record.withdrawn_at:
            self._match_given(description, record)
        elif description.given_guid is None and (description.recording or description.remote):
            message = (
                f"has the name of {record.slug}, which was withdrawn, and another recording; if it is that one, write "
                f'guid = "{record.guid}" into its sidecar, else rename its files'
            )
            self._tell(description, "X-GUID-HISTORY", Level.ERROR, message, holds=True)

    def by_title(self, adopted: Sequence[Item]) -> None:
        """By title and day, as another tool's feed has them; the title alone if no other item has it."""
        titles = [_plain_title(item.title) for item in adopted]
        for item, title in zip(adopted, titles, strict=True):
            same = [d for d in self._open() if d.title and not d.is_text_alone and _plain_title(d.title) == title]
            of_day = [d for d in same if d.published_at and d.published_at.date() == item.published_at.date()]
            candidates = of_day or (same if titles.count(title) == 1 else [])
            if len(candidates) == 1 and (record := self.free.get(item.guid)):
                self._match_given(candidates[0], record)

    def by_item(self) -> None:
        """By the very title and moment that the feed has of it: renamed long ago, and its recording is new now."""
        waiting: dict[tuple[str, datetime], list[Description]] = {}
        for d in self._open():
            if d.title and d.published_at and d.given_guid is None and not d.is_text_alone:
                waiting.setdefault((_plain_title(d.title), d.published_at), []).append(d)
        for item in self.items:
            same = waiting.get((_plain_title(item.title), item.published_at), [])
            if len(same) == 1 and same[0].key not in self.records and (record := self.free.get(item.guid)):
                self._claim(same[0], record)

    def _rightful(self, same: Sequence[Description], record: Record | None) -> Description:
        """Whose a record is: the one's with its slug, else with its last title and date, else the first path's.

        One that says that it has another guid comes after all others.
        """
        if record is None:
            return min(same, key=lambda d: d.key)
        item = self.last_items.get(record.guid)
        return min(
            same,
            key=lambda d: (
                d.given_guid not in (None, record.guid),
                not may_have_slug(d, record.slug),
                _unlikeness(d, item),
                d.key,
            ),
        )

    def _match_given(self, description: Description, record: Record) -> None:
        """Match by what cannot be mistaken for another; a guid that says otherwise came too late."""
        if description.given_guid and description.given_guid != record.guid:
            message = f"was published with the guid {record.guid}, which stays; write that one into its sidecar"
            self._tell(description, "X-GUID-HISTORY", Level.ERROR, message)
        self._claim(description, record)


def _plain_title(title: str) -> str:
    return clean_line(mend_entities(title)).casefold()


def _sound(description: Description) -> str | None:
    """What tells its recording from others: the sound's digest, or where it lives."""
    if description.remote:
        return description.remote.url
    return description.recording.sound_sha256 if description.recording else None


def _sounds(record: Record) -> set[str]:
    """What `_sound` is of the episode that a record is of."""
    return {record.sound_sha256, *record.remote_urls} - {""}


def _unlikeness(description: Description, item: Item | None) -> int:
    """In how many of title and date an episode differs from an item; nothing differs from none."""
    if item is None:
        return 0
    has_title = description.title is not None and _plain_title(description.title) == _plain_title(item.title)
    return (not has_title) + (description.published_at != item.published_at)
