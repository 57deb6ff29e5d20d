"""`serve` and `preview`: a folder as a host would serve it, and another in its place when the show has changed."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from podcast_tool.errors import PodcastError
from podcast_tool.pipeline.preview import Previewed, make_preview, site_folder
from podcast_tool.read.show import read_show
from podcast_tool.render.qr import QrError, qr_svg, qr_terminal
from podcast_tool.serving.app import create_app
from podcast_tool.serving.folder import SiteFolder
from podcast_tool.serving.server import base_url_of, open_port, run
from podcast_tool.serving.watcher import watch_folder
from podcast_tool.vocabulary.feed_names import QR


@dataclass(frozen=True, kw_only=True)
class Served:
    """Where others find what is served."""

    feed_url: str
    pages_url: str | None
    """None: the show has no pages (`pages = false`)."""
    qr: str
    """The feed's address for a phone's camera, in lines for a terminal; empty if it is too long for that."""


def serve(
    show_dir: Path,
    tell_served: Callable[[Served], None],
    tell_change: Callable[[str], None] = lambda _: None,
    tell_next: Callable[[Previewed], None] = lambda _: None,
    *,
    host: str | None = None,
    port: int,
    opens_browser: bool = False,
    tell_request: Callable[[str], None] | None = None,
) -> None:
    """Serve the show's feed/ until Ctrl-C; when episodes/ has changed, what the next publish will give.

    Args:
        tell_served: given the addresses once the port is open.
        tell_change: given a sentence when something else is served than before, or why it is not.
        tell_next: given what the next publish will give, once it is served.
        host: an address of this machine; None: all of them.
        port: 0: one that is free.
        tell_request: given a line for each request.

    Raises:
        PodcastError: there is no feed yet, or the port cannot be had.
    """
    published = _read_site(show_dir)
    if not (published.folder / published.feed_path).is_file():
        raise PodcastError(f"feed/{published.feed_path}", "is not there yet; run podcast_tool publish first")
    shown = _Shown(published)

    def show_next() -> None:
        following = make_preview(show_dir, is_marked=False)
        if following.awaits_publish:
            shown.site = _site_of(following)
            tell_change("episodes/ has changed: this is what the next publish will give")
        else:  # it was published meanwhile, or taken back
            show_published()
        tell_next(following)

    def show_published() -> None:
        shown.site = _read_site(show_dir)
        tell_change("this is what is published")

    with watching_folders(show_dir, {"episodes": show_next, "feed": show_published}, tell_change):
        serve_source(
            lambda: shown.site,
            tell_served,
            host=host,
            port=port,
            opens_browser=opens_browser,
            tell_request=tell_request,
        )


def serve_preview(
    show_dir: Path,
    make: Callable[[], Previewed],
    tell_served: Callable[[Served], None],
    tell_change: Callable[[str], None],
    *,
    host: str | None,
    port: int,
    opens_browser: bool,
) -> None:
    """Serve a preview until Ctrl-C, made anew when episodes/ or feed/ have changed.

    Args:
        make: makes the preview, and tells what it shows.
        tell_change: given why it could not be made anew.

    Raises:
        PodcastError: it cannot be made, or the port cannot be had.
    """
    shown = _Shown(_site_of(make()))

    def show_anew() -> None:
        shown.site = _site_of(make())

    with watching_folders(show_dir, dict.fromkeys(("episodes", "feed"), show_anew), tell_change):
        serve_source(lambda: shown.site, tell_served, host=host, port=port, opens_browser=opens_browser)


@dataclass
class _Shown:
    """What is served at this moment."""

    site: SiteFolder


@contextmanager
def watching_folders(
    show_dir: Path, on_change: Mapping[str, Callable[[], None]], tell_change: Callable[[str], None]
) -> Iterator[None]:
    """Meanwhile, do what is named for each folder when its files change, one after another.

    What goes wrong with it is told, and it is tried again at the next change.
    """
    turn = threading.Lock()

    def attempt(do: Callable[[], None]) -> None:
        with turn:
            try:
                do()
            except Exception as error:  # else nobody would watch any longer
                tell_change(f"what is served stays as it was: {error or type(error).__name__}")

    stop = threading.Event()
    for name, do in on_change.items():
        place = (show_dir / name, partial(attempt, do), stop)
        threading.Thread(target=watch_folder, args=place, daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def serve_source(
    source: Callable[[], SiteFolder],
    tell_served: Callable[[Served], None],
    *,
    host: str | None,
    port: int,
    opens_browser: bool,
    tell_request: Callable[[str], None] | None = None,
) -> None:
    """Serve, until Ctrl-C, the folder that *source* gives; it is asked at each request, so another may take over.

    Raises:
        PodcastError: the port cannot be had.
    """
    with open_port(host, port) as listening, suppress(KeyboardInterrupt):  # uvicorn hands Ctrl-C on when all is closed
        base_url = base_url_of(listening, host)
        served = _served(base_url, source())
        tell_served(served)
        if opens_browser:
            # Some browsers run in the terminal, and return only when they are closed.
            threading.Thread(target=webbrowser.open, args=(served.pages_url or served.feed_url,), daemon=True).start()
        run(create_app(source, tell_request, {QR: qr_svg}), listening)


def _read_site(show_dir: Path) -> SiteFolder:
    show, _ = read_show(show_dir)
    return site_folder(show, show_dir / "feed")


def _site_of(previewed: Previewed) -> SiteFolder:
    return SiteFolder(
        folder=previewed.folder, site_url=previewed.show.site_url, feed_path=previewed.show.feed_path, is_public=False
    )


def _served(base_url: str, site: SiteFolder) -> Served:
    feed_url = base_url + site.feed_path
    pages_url = base_url if (site.folder / "index.html").is_file() else None
    try:
        code = qr_terminal(feed_url)
    except QrError:
        code = ""
    return Served(feed_url=feed_url, pages_url=pages_url, qr=code)
