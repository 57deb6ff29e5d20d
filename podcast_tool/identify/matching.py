"""Which episode is which record: by the sidecar's guid, the sound, the slug, at last by title and date."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from podcast_tool.identify.names import slugs_of
from podcast_tool.model import Description, Item, Ledger, Level, Problem, Record
from podcast_tool.text import clean_line, mend_entities


def match(
    descriptions: Sequence[Description], ledger: Ledger, adopted: Sequence[Item]
) -> tuple[dict[str, Record], dict[str, list[Problem]]]:
    """Key -> record, by the sidecar's guid, then the sound's digest, then the slug; a record belongs to one episode.

    Args:
        adopted: items of which little more is known: title and date match them at last.
    """
    matching = _Matching(descriptions, ledger)
    matching.by_guid()
    matching.by_sound()
    matching.by_slug()
    matching.by_title(adopted)
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
                        self._match_named(description, record)

    def _match_named(self, description: Description, record: Record) -> None:
        """Match by the name alone; of one that has ended, another recording may be another episode."""
        if description.withdrawn or not record.withdrawn_at:
            self._match_given(description, record)
        elif description.given_guid is None and description.recording:
            message = (
                f"has the name of {record.slug}, which was withdrawn, and another recording; if it is that one, write "
                f'guid = "{record.guid}" into its sidecar, else rename its files'
            )
            self._tell(description, "X-GUID-HISTORY", Level.ERROR, message, holds=True)

    def by_title(self, adopted: Sequence[Item]) -> None:
        """By title and day, as another tool's feed has them; the title alone if no other item has it."""
        titles = [_plain_title(item.title) for item in adopted]
        for item, title in zip(adopted, titles, strict=True):
            same = [d for d in self._open() if d.title and _plain_title(d.title) == title]
            of_day = [d for d in same if d.published_at and d.published_at.date() == item.published_at.date()]
            candidates = of_day or (same if titles.count(title) == 1 else [])
            if len(candidates) == 1 and (record := self.free.get(item.guid)):
                self._match_given(candidates[0], record)

    def _match_given(self, description: Description, record: Record) -> None:
        """Match by what cannot be mistaken for another; a guid that says otherwise came too late."""
        if description.given_guid and description.given_guid != record.guid:
            message = f"was published with the guid {record.guid}, which stays; write that one into its sidecar"
            self._tell(description, "X-GUID-HISTORY", Level.ERROR, message)
        self._claim(description, record)


def _plain_title(title: str) -> str:
    return clean_line(mend_entities(title)).casefold()


def _sound(description: Description) -> str | None:
    return description.recording.sound_sha256 if description.recording else None


def _rightful(same: Sequence[Description], record: Record | None) -> Description:
    """Whose a record is: the one's with its slug, else the first path's."""
    return min(same, key=lambda d: (record is None or record.slug not in slugs_of(d), d.key))
