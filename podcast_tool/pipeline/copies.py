"""What a preview takes over of an episode that stays as it was published."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from podcast_tool.model import Item, PlannedFile, Record
from podcast_tool.pipeline.entry import Preview
from podcast_tool.produce.workshop import digest_parts, stretch
from podcast_tool.publish.spool import Spool, read_extents
from podcast_tool.publish.stale import episode_files
from podcast_tool.render.pages.site import keep_from_engines


def copy_item(item: Item, preview: Preview, spool: Spool) -> Item:
    """The item, its addresses those of the preview."""
    raw = b"".join(read_extents([item.extent]))
    own = preview.readdress(raw)
    if own == raw:
        return item
    extent = spool.add(own)
    spool.flush()  # it is read again, for the lists
    return replace(item, extent=extent, sha256=hashlib.sha256(own).hexdigest())


def copy_files(record: Record, preview: Preview, published_dir: Path, spool: Spool) -> dict[str, PlannedFile]:
    """Its files by their paths below feed/: texts with the addresses of the preview, pages kept from search engines."""
    present = {address.path for address in record.addresses if not address.until}
    covers = {place.name for place in published_dir.glob("cover.*")}  # its page names the one of its time
    found: dict[str, PlannedFile] = {}
    for path in present | episode_files(published_dir, record.slug) | covers:
        place = published_dir / path
        if not place.is_file():
            continue
        if place.suffix in (".html", ".json"):
            text = preview.readdress(place.read_bytes())
            is_page = preview.is_marked and place.suffix == ".html"
            found[path] = spool.add_file(keep_from_engines(text) if is_page else text)
        else:
            size_bytes, sha256 = digest_parts((stretch(place),))
            found[path] = PlannedFile(parts=(stretch(place),), size_bytes=size_bytes, sha256=sha256)
    return found
