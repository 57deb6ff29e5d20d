"""Descriptions + the ledger -> which episode each one is: guid, slug, state.

Sees all episodes, but only as summaries; what it gives to one of them is all that this one may know of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import UTC, datetime

from podcast_tool.identify.matching import match
from podcast_tool.identify.names import Names, slugify
from podcast_tool.model import Description, Identity, Item, Ledger, Level, Problem, Record, Show, State

# DESIGN: the whole article goes with this many of the newest items only, so that an old show's feed stays small.
FULL_NOTES_ITEMS = 300

_LATEST = datetime.max.replace(tzinfo=UTC)


def identify(
    descriptions: Sequence[Description],
    ledger: Ledger,
    items: Sequence[Item],
    show: Show,
    now: datetime,
    adopted: Set[str] = frozenset(),
) -> tuple[Identity, ...]:
    """Match each episode with what was published, and give new ones their names.

    Args:
        items: the present feed's, by which an episode counts as published.
        adopted: guids of records that were made of items, and of which little is known.

    Returns:
        An identity for each description, in that order, then one for each record that has no episode any more.
    """
    records, problems = match(descriptions, ledger, items, adopted)
    in_feed = {item.guid for item in items}
    states = {}
    for description in descriptions:
        record = records.get(description.key)
        found = [*problems.get(description.key, [])]
        states[description.key] = _state(description, record, found, in_feed, now)
        problems[description.key] = found

    names = Names(show, ledger, {d.given_guid for d in descriptions if d.given_guid and not d.is_text_alone})
    identities: dict[str, Identity] = {}
    # In the order in which they go out, so that two machines give the same names.
    for description in sorted(descriptions, key=lambda d: (states[d.key] is not State.READY, _date(d), d.key)):
        key, state = description.key, states[description.key]
        record = records.get(key)
        if record:
            slug = record.slug
        else:  # a text that never was an episode takes no name from one
            slug = slugify(description.stem) if description.is_text_alone else names.take_slug(description)
        if record:
            guid: str | None = record.guid
        elif description.given_guid:
            guid = description.given_guid
        else:
            guid = names.mint_guid(slug) if state in (State.READY, State.SCHEDULED) else None
        identities[key] = Identity(
            key=key,
            state=state,
            slug=slug,
            guid=guid,
            record=_returning(record) if record and state is not State.WITHDRAWN else record,
            is_adopted=guid in adopted,
            problems=tuple(problems[key]),
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


def _returning(record: Record) -> Record:
    """As it was before its end, if it had one: what is still there of its sound goes out under its old address."""
    addresses = tuple(replace(a, until=None) if a.until == record.withdrawn_at else a for a in record.addresses)
    return replace(record, addresses=addresses)


def _date(description: Description) -> datetime:
    return description.published_at or _LATEST


def _state(
    description: Description, record: Record | None, problems: list[Problem], in_feed: Collection[str], now: datetime
) -> State:
    is_published = record is not None and record.guid in in_feed
    if description.withdrawn:
        return State.WITHDRAWN
    problems += [
        replace(reason, level=Level.WARNING, holds=False) if is_published else reason
        for reason in description.waits_for
    ]
    # Of a draft that never went out, the recording may still be on its way.
    if description.lack and not (record and _returning(record).audio) and not (description.draft and not record):
        problems.append(description.lack)
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
        if record.guid not in known and record.withdrawn_at:
            yield Identity(key=None, state=State.WITHDRAWN, slug=record.slug, guid=record.guid, record=record)
        elif record.guid not in known:
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
                        message=f"was published but is gone from episodes/{stays}; "
                        f"put its files back, or run: podcast_tool withdraw {record.slug}",
                    ),
                ),
            )
