"""The files that see every episode, and those as summaries only: feed, ledger, lists, search, sitemap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from podcast_tool.model import Extent, Item, Ledger, Listed, PlannedFile, PublishedFile, Record, Show
from podcast_tool.publish.memory import Memory, Render
from podcast_tool.publish.spool import Spool
from podcast_tool.read.show import DEFAULT_FEED_PATH
from podcast_tool.render.feed import ITEM_GAP, render_frame
from podcast_tool.render.pages.site import Pages
from podcast_tool.render.search import render_search
from podcast_tool.render.sitemap import render_sitemap
from podcast_tool.vocabulary.feed_names import INDEX, embed_file, page_file, page_path

# Under this the memory keeps the index; no guid is such a path.
_SEARCH = "static/search"


@dataclass(frozen=True, kw_only=True)
class Public:
    """A public episode: its item, and how the lists show it."""

    item: Item
    listed: Listed
    words: tuple[str, ...] = ()
    """For the search."""
    has_page: bool = True
    """Else lists lead nowhere: it was published without pages, or by another program."""


def feed_file(
    items: Sequence[Item],
    records: Mapping[str, Record],
    ledger: Ledger,
    show: Show,
    cover: PublishedFile,
    now: datetime,
    spool: Spool,
) -> tuple[PlannedFile, Ledger]:
    """The feed, its lastBuildDate the moment when anything else in it last changed; and the ledger after it."""
    head, tail = render_frame(show, cover, datetime.fromtimestamp(0, now.tzinfo))
    digest = hashlib.sha256(head + tail)
    for item in items:
        digest.update(bytes.fromhex(item.sha256))
    feed_sha256 = digest.hexdigest()
    is_same = feed_sha256 == ledger.feed_sha256 and ledger.feed_changed_at
    changed_at = ledger.feed_changed_at if is_same and ledger.feed_changed_at else now
    head, tail = render_frame(show, cover, changed_at)
    gap = spool.add(ITEM_GAP)
    parts: list[Extent] = [spool.add(head)]
    for item in items:
        parts += [gap, item.extent]
    parts.append(spool.add(tail))
    own_path = show.feed_path if show.feed_path != DEFAULT_FEED_PATH else None
    following = Ledger(
        records=tuple(records.values()), feed_sha256=feed_sha256, feed_changed_at=changed_at, feed_path=own_path
    )
    return spool.join(parts), following


def list_files(public: Sequence[Public], pages: Pages, show: Show, *, has_sitemap: bool) -> dict[str, bytes]:
    """Index, seasons and years, sitemap, and what all pages share.

    Args:
        public: newest first.
        has_sitemap: search engines are told of them.
    """
    listed = [episode.listed for episode in public]
    lists = pages.lists(listed)
    own_pages = (page_path(episode.slug) for episode in listed if episode.is_canonical)
    addresses = ["", *sorted(set(lists) - {INDEX}), *own_pages]
    return {
        **lists,
        **(render_sitemap(show, addresses) if has_sitemap else {}),
        **pages.static(),
    }


def withdrawn_pages(records: Iterable[Record], pages: Pages, published_dir: Path) -> dict[str, bytes]:
    """In the place of pages and players of withdrawn episodes, where they were published: that they are withdrawn."""
    slugs = [record.slug for record in records if record.withdrawn_at]
    kinds = ((page_file, pages.withdrawn(is_embedded=False)), (embed_file, pages.withdrawn(is_embedded=True)))
    found = {path_of(slug): page for path_of, page in kinds for slug in slugs}
    return {path: page for path, page in found.items() if (published_dir / path).is_file()}


def search_files(
    public: Sequence[Public], show: Show, spool: Spool, memory: Memory, has: Callable[[str, PlannedFile], bool]
) -> tuple[dict[str, PlannedFile], frozenset[str]]:
    """The search index, unless feed/ has what the same episodes gave before.

    Args:
        has: whether feed/ has this very file at that path.

    Returns:
        What has to be written, and the paths of all of it.
    """
    digest = hashlib.sha256(show.timezone.encode())
    for episode in public:
        listed = episode.listed
        known = (listed.slug, listed.title, listed.published_at, episode.words)
        digest.update(repr(known).encode("utf-8", "surrogateescape"))
    inputs = digest.hexdigest()
    render = memory.recall_render(_SEARCH, inputs)
    if render and all(has(path, known_file(*known)) for path, known in render.outputs.items()):
        return {}, frozenset(render.outputs)
    found = render_search([(episode.listed, episode.words) for episode in public], timezone=show.timezone)
    files = {path: spool.add_file(content) for path, content in found.items()}
    outputs = {path: (file.size_bytes, file.sha256) for path, file in files.items()}
    memory.keep_render(_SEARCH, inputs, Render(item=b"", outputs=outputs, summary=None, words=()))
    return files, frozenset(files)


def known_file(size_bytes: int, sha256: str) -> PlannedFile:
    """A file of which only its size and digest are known."""
    return PlannedFile(parts=(), size_bytes=size_bytes, sha256=sha256)
