"""serve and preview: the pages and the feed as a host would give them."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from podcast_tool.cli.group import SHOW, cli
from podcast_tool.cli.progress import Progress
from podcast_tool.cli.sentences import NO_EPISODE, exit_code, tell_problem, tell_problems
from podcast_tool.errors import PodcastError
from podcast_tool.model import Level
from podcast_tool.text import shown_path

if TYPE_CHECKING:
    from podcast_tool.pipeline.preview import Previewed
    from podcast_tool.pipeline.serving import Served


@cli.command(epilog="Example: podcast_tool serve --open")
@SHOW
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: one that is free.")
@click.option(
    "--host", metavar="ADDRESS", help="Only on this address, such as 127.0.0.1; untold, on all of the machine's."
)
@click.option("--open", "opens_browser", is_flag=True, help="Open the pages in a browser.")
@click.option("--log", "tells_requests", is_flag=True, help="Tell each request in a line on standard error.")
def serve(show_dir: Path, port: int, host: str | None, opens_browser: bool, tells_requests: bool) -> None:
    """Serve SHOW/feed as a host would, for this machine and the phones in its network, until Ctrl-C.

    The show's public addresses in feed and pages become the ones of this machine; the files stay as they are. When
    episodes/ changes, it shows what the next publish will give, and open pages load themselves again.
    """
    from podcast_tool.pipeline import serving

    tell_request = partial(click.echo, err=True) if tells_requests else None
    serving.serve(
        show_dir,
        _tell_served,
        _tell_change,
        _tell_errors,
        host=host,
        port=port,
        opens_browser=opens_browser,
        tell_request=tell_request,
    )


def _tell_served(served: Served) -> None:
    pages = f"\npages  {served.pages_url}" if served.pages_url else ""
    click.echo(f"feed   {served.feed_url}{pages}")
    if sys.stdout.isatty():
        if _fits_terminal(served.qr):
            click.echo(served.qr, nl=False)
        click.echo("Ctrl-C ends it")


def _fits_terminal(picture: str) -> bool:
    """Whether a terminal has these signs and is wide enough, so that the picture is one."""
    width = max(map(len, click.unstyle(picture).splitlines()), default=0)
    try:
        picture.encode(sys.stdout.encoding)
    except (LookupError, UnicodeError):
        return False
    return bool(picture) and width <= shutil.get_terminal_size().columns


@cli.command(epilog="Example: podcast_tool preview --to ~/for-sign-off --site-url https://staging.example.org/show/")
@SHOW
@click.option(
    "--to",
    "to_dir",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write it there, for any web host, and serve it only if there is a --port.",
)
@click.option(
    "--site-url", metavar="URL", help="The address where DIR will be served: links, feed and QR code lead there."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Serve it there; 0: one that is free.  [default: 8000]")
@click.option("--host", metavar="ADDRESS", help="Only on this address, such as 127.0.0.1.")
@click.option("--open", "opens_browser", is_flag=True, help="Open the pages in a browser.")
def preview(
    show_dir: Path, to_dir: Path | None, site_url: str | None, port: int | None, host: str | None, opens_browser: bool
) -> None:
    """Show SHOW as it will be: drafts, scheduled and changed episodes too, marked, and kept from search engines.

    Serves it until Ctrl-C, for this machine and others in its network, and makes it anew when episodes/ changes; or
    writes it into DIR, for sign-off by people who do not run this tool. Neither feed/ nor the ledger is touched.
    """
    from podcast_tool import pipeline
    from podcast_tool.pipeline import serving

    def make() -> Previewed:
        with Progress() as progress:
            previewed = pipeline.make_preview(show_dir, to_dir, site_url=site_url, tell_progress=progress.tell)
        _tell_preview(previewed)
        return previewed

    if to_dir and port is None:
        previewed = make()
        click.echo(_place_of(previewed, shown_path(str(to_dir)), has_own_address=site_url is not None))
        sys.exit(exit_code(previewed.outcome))
    serving.serve_preview(
        show_dir,
        make,
        _tell_served,
        _tell_change,
        host=host,
        port=8000 if port is None else port,
        opens_browser=opens_browser,
    )


def _place_of(previewed: Previewed, folder: str, *, has_own_address: bool) -> str:
    if has_own_address:
        return f"the preview is in {folder}; copy it to {previewed.show.site_url}"
    return (
        f"the preview is in {folder}, with the show's own addresses: never copy it to {previewed.show.site_url}, where "
        "it would take the show's place; to put it on a host, give the address there with --site-url"
    )


def _tell_change(sentence: str) -> None:
    click.echo(shown_path(sentence), err=True)


def _tell_errors(previewed: Previewed) -> None:
    for problem in previewed.outcome.problems:
        if problem.level is Level.ERROR:
            tell_problem(problem)


def _tell_preview(previewed: Previewed) -> None:
    for report in previewed.outcome.episodes:
        if mark := previewed.marks.get(report.slug):
            click.echo(f"{mark:<10} {report.slug}  {shown_path(report.title or '(no title)')}")
    tell_problems(previewed.outcome)
    if previewed.outcome.plan.feed is None:
        held = "there is nothing to show: every episode is held back"
        raise PodcastError("episodes/", held if previewed.outcome.episodes else NO_EPISODE)
    if not previewed.marks:
        click.echo("no episode is new or changed")
