"""The items of an old feed beside those that a publish of the imported show would give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podcast_tool.model import Block, Comparison, Difference, ImportedItem, TimestampList
from podcast_tool.pipeline.entry import Entry
from podcast_tool.pipeline.site import Site
from podcast_tool.publish.spool import read_extents
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.inlines import lines_of
from podcast_tool.read.article.timestamps import gather_timestamps
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.document import scan_feed
from podcast_tool.read.foreign_feed import parse_foreign_items, words_of
from podcast_tool.render.chapters import chapter_list

_MAX_DURATION_SECONDS = 1.0
"""By which the old feed's may differ from the recording's own."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An old item and the episode that it became."""

    item: ImportedItem
    guid: str
    key: str
    """Of its files, below episodes/."""


def compare_items(moved: Sequence[Moved], site: Site) -> Comparison:
    """The old items beside those of the feed that a publish would write."""
    site.spool.flush()
    outcome = site.outcome(checks_feed=False)
    feed = outcome.plan.feed
    site.spool.flush()
    items = parse_foreign_items(scan_feed(read_extents(feed.parts))) if feed else ()
    new = {item.guid: item for item in items}
    entries = {entry.identity.guid: entry for entry in site.entries}
    differences = [d for one in moved for d in _differences(one, new.get(one.guid), entries.get(one.guid))]
    changed = {difference.name for difference in differences}
    return Comparison(item_count=len(moved), same_count=len(moved) - len(changed), differences=tuple(differences))


def _differences(one: Moved, new: ImportedItem | None, entry: Entry | None) -> Iterator[Difference]:
    old = one.item
    if new is None:
        yield Difference(name=old.name, message=_absence(entry))
        return
    if old.guid and old.guid != new.guid:
        yield Difference(name=old.name, message=f"the guid is {new.guid}, and was {old.guid}")
    if old.title and old.title != new.title:
        yield Difference(name=old.name, message=f'the title is "{new.title}", and was "{old.title}"')
    if old.published_at and old.published_at != new.published_at:
        yield Difference(name=old.name, message=f"the date is {new.published_at}, and was {old.published_at}")
    was, now = old.duration_seconds, new.duration_seconds
    if was and (now is None or abs(was - now) > _MAX_DURATION_SECONDS):
        message = f"the recording lasts {now:g} s, and the old feed says {was:g} s"
        yield Difference(name=old.name, message=message, is_serious=False)
    if old.raw_notes and entry and not _has_the_same_words(old, new, entry):
        yield Difference(name=old.name, message=f"the words of the notes differ; look at episodes/{one.key}.html")


def _absence(entry: Entry | None) -> str:
    if entry is None:
        return "is not in the new feed"
    held = [problem.message for problem in entry.report.problems if problem.holds]
    reason = f": {held[0]}" if held else ""
    return f"will not be in the new feed, since it is {entry.report.state}{reason}"


def _has_the_same_words(old: ImportedItem, new: ImportedItem, entry: Entry) -> bool:
    """Whether the notes say the same, down to each letter; a list of the chapters may have come to their end."""
    description = entry.description
    if description is None or description.notes is None:
        return False
    try:
        blocks = parse_fragment(old.notes or "")
        before = _letters(gather_timestamps(blocks))
        is_whole = entry.identity.carries_full_notes
        after = _letters(
            gather_timestamps(parse_fragment(new.raw_notes or "")) if is_whole else description.notes.blocks
        )
    except PageError:
        return False
    contents = chapter_list(description.chapters)
    added = _letters([contents]) if contents else ""
    # What stood in the old feed is read by other means than the article's reader, which might pass over something.
    return _bare(words_of(old.raw_notes or "")) == _letters(blocks) and after in (before, before + added)


def _letters(blocks: Iterable[Block]) -> str:
    """All words without the blanks between them."""
    pieces: list[str] = []
    for block in blocks:
        if isinstance(block, TimestampList):
            pieces += (f"{entry.start_seconds}" for entry in block.entries)
        pieces += lines_of(block)
    return _bare("".join(pieces))


def _bare(words: str) -> str:
    """Without blanks, and the bars that stand between the cells of a table."""
    return "".join(words.replace("|", "").split())
