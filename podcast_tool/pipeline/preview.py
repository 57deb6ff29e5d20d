"""`preview`: the show as it will be, in a folder of its own; feed/ and the ledger stay as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from podcast_tool.errors import PodcastError
from podcast_tool.model import Element, Outcome, Show, State
from podcast_tool.pipeline.commands import Bench, at_work, survey
from podcast_tool.pipeline.entry import Preview
from podcast_tool.pipeline.gather import Gathered, gather, settle
from podcast_tool.produce.workshop import TellProgress, Workshop
from podcast_tool.publish.preview_folder import open_preview_folder, sync_preview
from podcast_tool.publish.spool import open_work_folder
from podcast_tool.read.show import folder_address, require_show
from podcast_tool.serving.addresses import Readdressing
from podcast_tool.serving.folder import SiteFolder

# What is told apart on the pages; an episode that is in the feed as it stands bears no mark.
_MARKS = {State.DRAFT, State.SCHEDULED, State.CHANGED, State.READY}

# Tags that would lead the apps of those who sign off to the public feed, or call services to the preview.
_OF_THE_PUBLIC_FEED = {"new_feed_url", "hub", "podping", "apple_verify"}


@dataclass(frozen=True, kw_only=True)
class Previewed:
    """A preview that was written, unless its outcome has no feed."""

    folder: Path
    show: Show
    """With the addresses that it has there."""
    marks: Mapping[str, str]
    """Slug -> why it is not public yet."""
    awaits_publish: bool
    """Whether the next publish would change feed/."""
    outcome: Outcome


def make_preview(
    show_dir: Path,
    to_dir: Path | None = None,
    *,
    site_url: str | None = None,
    is_marked: bool = True,
    tell_progress: TellProgress = lambda *_: None,
) -> Previewed:
    """Write the show as it will be into *to_dir*.

    Args:
        to_dir: a new or empty folder, or one that a preview wrote; None: one beside the lock, that stays for the next.
        site_url: where *to_dir* will be served; None: as the show says.
        is_marked: with drafts and scheduled episodes, marked as a preview; else what the next publish will give.

    Raises:
        PodcastError: it cannot be made, or *to_dir* holds something else.
    """
    require_show(show_dir)
    if site_url is not None:
        try:
            site_url = folder_address(site_url)
        except ValueError as error:
            raise PodcastError("--site-url", str(error)) from error
    surveyed = survey(show_dir)
    states = {report.key: report for report in surveyed.episodes}
    marks = {key: str(report.state) for key, report in states.items() if key and report.state in _MARKS}
    work_folder = open_work_folder(show_dir) / ("preview" if is_marked else "next")
    folder = to_dir or work_folder / "site"
    open_preview_folder(folder, show_dir, surveyed.show.guid)
    work_folder.mkdir(exist_ok=True)
    with at_work(show_dir, tell_progress, work_folder=work_folder, to_dir=folder) as bench:
        published = gather(show_dir, bench.memory)
        gathered = _as_previewed(published, site_url, is_marked=is_marked)
        preview = Preview(
            marks=marks if is_marked else {},
            is_marked=is_marked,
            public_show=published.show,
            readdress=_readdressing(published.show, gathered.show.site_url, bench.workshop),
        )
        outcome = gathered.attempt(lambda held: _write(gathered, bench, held, preview))
    slugs = {report.slug: marks[report.key] for report in outcome.episodes if report.key in marks}
    awaits_publish = bool(surveyed.plan.write or surveyed.plan.delete)
    return Previewed(folder=folder, show=gathered.show, marks=slugs, awaits_publish=awaits_publish, outcome=outcome)


def site_folder(show: Show, folder: Path) -> SiteFolder:
    """feed/ of a show, as a host serves it."""
    return SiteFolder(
        folder=folder,
        site_url=show.site_url,
        media_url=show.media_url,
        enclosure_prefix=show.enclosure_prefix,
        feed_path=show.feed_path,
    )


def _readdressing(show: Show, site_url: str, workshop: Workshop) -> Callable[[bytes], bytes]:
    """For what is copied as it was published: only sound that is not here keeps its address."""
    site = site_folder(show, workshop.published_dir or workshop.feed_dir)
    return Readdressing(site=site, base_url=site_url, holds=lambda path: (site.folder / path).is_file()).apply


def _write(gathered: Gathered, bench: Bench, held: Mapping[str, str], preview: Preview) -> Outcome:
    site = settle(gathered, bench.spool, bench.workshop, bench.memory, held=held, preview=preview)
    outcome = site.outcome(checks_feed=False)
    if outcome.plan.feed is None:
        return outcome
    bench.spool.flush()
    sync_preview(outcome.plan, bench.workshop.feed_dir, site.kept_paths | site.wanted.keys())
    return outcome


def _as_previewed(gathered: Gathered, site_url: str | None, *, is_marked: bool) -> Gathered:
    """Everything under one address; drafts are no drafts, and apps are told that this is none of the public feeds."""
    show = replace(gathered.show, media_url=None, enclosure_prefix=None)
    if site_url:
        show = replace(show, site_url=site_url)
    if not is_marked:
        return replace(gathered, show=show)
    block = {"block": (Element(name="itunes:block", text="Yes"),)}
    tags = {name: elements for name, elements in show.tags.items() if name not in _OF_THE_PUBLIC_FEED}
    show = replace(show, title=f"[preview] {show.title}", tags={**tags, **block})
    return replace(
        gathered,
        show=show,
        descriptions=tuple(replace(description, draft=False) for description in gathered.descriptions),
    )
