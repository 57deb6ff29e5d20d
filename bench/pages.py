"""Episode pages per second, beside Jinja2 alone in the same run: python bench/pages.py [COUNT]

Our way is that of a publish: values prepared and rendered by podcast_tool.render.pages, spooled, written under
temporary names, made durable, renamed. Beside it the same templates with ready values in a bare Jinja2, and a plain
write of each page. Both by turns, so that neither has the better disk. COUNT is 10,000 unless said.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from podcast_tool.model import (
    Chapter,
    Element,
    Episode,
    EpisodeType,
    Image,
    Listed,
    Neighbours,
    Plan,
    PublishedFile,
    Show,
    ShowPictures,
    ShowType,
)
from podcast_tool.publish import site as writing
from podcast_tool.publish.spool import Spool
from podcast_tool.read.article.read import parse_article
from podcast_tool.render.pages.site import Pages, open_pages
from podcast_tool.render.pages.templates import Templates
from podcast_tool.render.pages.words import load_translations
from podcast_tool.vocabulary.feed_names import page_file

COUNT, TURN = 10_000, 500
WARM_UP = 50
START = datetime(2000, 1, 3, 11, tzinfo=UTC)

ARTICLE = """\
What the researchers of episode {number} saw, how often, and why it matters to patients who wait for a treatment. They
speak of [their study](https://example.org/study/{number}), of what went wrong, and of what comes next.

## The study

{paragraph}

{paragraph}

- one *{number}* of many
- [another](https://example.org/other/{number})

{paragraph}
"""
PARAGRAPH = "Owls hear mice under two feet of snow, and the researchers of this episode explain how they do it. " * 4


def _file(path: str, media_type: str, **known: Any) -> PublishedFile:
    return PublishedFile(path=path, media_type=media_type, size_bytes=1_000_000, sha256="", parts=(), **known)


PICTURES = ShowPictures(
    cover=_file("cover.00000000.jpg", "image/jpeg"),
    thumbnail=_file("cover.small.00000000.jpg", "image/jpeg"),
    icon=_file("cover.icon.00000000.jpg", "image/jpeg"),
)
SHOW = Show(
    title="Measured Show",
    description="A show made to be measured.",
    site_url="https://podcast.example.org/",
    language="en",
    author="Example Press",
    owner=None,
    categories=(),
    explicit=False,
    type=ShowType.EPISODIC,
    cover=Image(path="cover.jpg", format="JPEG", width_px=1400, height_px=1400, mode="RGB", size_bytes=1, sha256=""),
    copyright="Example Press",
    timezone="America/New_York",
    publish_time=time_of_day(0),
    guid="d84ced82-1926-54c0-88c2-bb01dd35d7e3",
    link=None,
    locked=True,
)


def _listed(number: int) -> Listed:
    published_at = START + timedelta(hours=7 * number)
    return Listed(slug=f"episode-{number:06d}", title=f"What episode {number} found", published_at=published_at)


def make_episode(number: int) -> Episode:
    """One with notes of 2 kB, five chapters and two persons."""
    listed = _listed(number)
    article = ARTICLE.format(number=number, paragraph=PARAGRAPH).encode()
    return Episode(
        guid=f"guid-{number}",
        slug=listed.slug,
        title=listed.title,
        published_at=listed.published_at,
        season=1 + number // 100,
        episode=1 + number % 100,
        type=EpisodeType.FULL,
        summary=None,
        explicit=False,
        link=None,
        notes=parse_article(article, ".md", listed.slug),
        carries_full_notes=False,
        carries_short_notes=False,
        sound_sha256="",
        audio=_file(f"audio/{listed.slug}.00000000.mp3", "audio/mpeg", duration_seconds=1800.5),
        artwork=None,
        thumbnail=None,
        chapters=tuple(Chapter(start_milliseconds=360_000 * part, title=f"Part {part}") for part in range(5)),
        tags=tuple(Element(name="podcast:person", text=name) for name in ("Ann Lee", "Bo Chen")),
    )


def neighbours_of(number: int) -> Neighbours:
    """The episodes before and after one."""
    return Neighbours(older=_listed(number - 1), newer=_listed(number + 1))


class Recorder:
    """Notes the values that pages hand to their templates."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._render = Templates.render

    @contextmanager
    def recording(self) -> Iterator[None]:
        """While it does."""

        def render(_: Templates, __: str, values: Mapping[str, object]) -> bytes:
            self.values = dict(values)
            return b""

        Templates.render = render  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            Templates.render = self._render  # type: ignore[method-assign]


def bare_template() -> Any:
    """Ours, in an environment that has only what it needs."""
    environment = Environment(
        loader=PackageLoader("podcast_tool.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = load_translations("en")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        translations.gettext, translations.ngettext, newstyle=True
    )
    environment.globals["in_our_language"] = ""
    return environment.get_template("episode.html")


class Clock:
    """Where the time goes, by name."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    @contextmanager
    def measure(self, name: str) -> Iterator[None]:
        """Add what is done meanwhile."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - began  # type: ignore[assignment]


def write_our_way(pages: Pages, episodes: list[Episode], first: int, folder: Path, clock: Clock) -> None:
    """As a publish does."""
    with Spool(folder / f"spool-{first}") as spool:
        with clock.measure("ours: render"):
            write = {
                page_file(episode.slug): spool.add_file(
                    pages.episode(episode, neighbours_of(number), transcript=None, mark=None)
                )
                for number, episode in enumerate(episodes, first)
            }
            spool.flush()
        with clock.measure("ours: write"):
            writing.write_site(Plan(write=write), folder / "ours" / "feed", lambda _: None)


def write_plainly(template: Any, values: list[dict[str, Any]], folder: Path, clock: Clock) -> None:
    """Jinja2, and a plain write."""
    with clock.measure("Jinja2: render"):
        rendered = [template.render(value).encode() for value in values]
    with clock.measure("Jinja2: write"):
        for value, page in zip(values, rendered, strict=True):
            place = folder / "bare" / page_file(value["episode"].slug)
            place.parent.mkdir(parents=True)
            place.write_bytes(page)


def settle() -> None:
    """Let the disk end what it was told, so that nobody pays for the other's writing."""
    if hasattr(os, "sync"):
        os.sync()


def compare(count: int) -> Clock:
    """Write so many pages both ways; their bytes are the same."""
    pages, template, recorder, clock = open_pages(SHOW, PICTURES), bare_template(), Recorder(), Clock()
    with TemporaryDirectory(prefix="podcast_tool-bench-") as name:
        folder = Path(name)
        for first, size in [(0, WARM_UP), *((start, TURN) for start in range(WARM_UP, count + WARM_UP, TURN))]:
            episodes = [make_episode(number) for number in range(first, min(first + size, count + WARM_UP))]
            values = []
            for number, episode in enumerate(episodes, first):
                with recorder.recording():
                    pages.episode(episode, neighbours_of(number), transcript=None, mark=None)
                values.append(recorder.values)
            now = clock if first else Clock()
            write_our_way(pages, episodes, first, folder, now)
            settle()
            write_plainly(template, values, folder, now)
            settle()
            for episode in episodes[:5]:
                path = page_file(episode.slug)
                assert (folder / "ours/feed" / path).read_bytes() == (folder / "bare" / path).read_bytes()  # noqa: S101
    return clock


def main() -> None:
    """Print where the time goes, and the ratio."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    clock = compare(count)
    for name, seconds in clock.seconds.items():
        print(f"{name:<16} {seconds:7.2f} s  {seconds / count * 1000:6.3f} ms a page")  # noqa: T201
    ours, bare = (sum(s for name, s in clock.seconds.items() if name.startswith(who)) for who in ("ours", "Jinja2"))
    print(f"{count} pages: ours {ours:.2f} s, Jinja2 and a plain write {bare:.2f} s, ratio {ours / bare:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
