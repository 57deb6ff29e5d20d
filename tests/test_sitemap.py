"""The sitemap, and the stylesheet that makes a page of the feed."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.model import Image, PageOptions, PublishedFile, Show, ShowType
from podcast_tool.render import sitemap
from podcast_tool.render.feed import render_frame
from podcast_tool.render.feed_stylesheet import FEED_WORDS, render_feed_css
from podcast_tool.render.sitemap import render_sitemap

SITE = "https://podcast.example.org/show/"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"

_COVER = Image(path="c.jpg", format="JPEG", width_px=1400, height_px=1400, mode="RGB", size_bytes=1, sha256="0" * 64)
SHOW = Show(
    title="Owls & Others",
    description="About owls.",
    site_url=SITE,
    language="en",
    author="A",
    owner=None,
    categories=(),
    explicit=False,
    type=ShowType.EPISODIC,
    cover=_COVER,
    copyright=None,
    timezone="UTC",
    publish_time=time(0, 0),
    guid="296f32a7-c7d6-5cf6-ab62-21eac212b016",
    link=None,
    locked=True,
)
COVER = PublishedFile(path="cover.jpg", media_type="image/jpeg", size_bytes=1, sha256="0" * 64, parts=())
NOW = datetime(2018, 1, 17, tzinfo=UTC)


def _addresses(raw: bytes) -> list[str]:
    root = etree.fromstring(raw)
    assert root.tag in (NAMESPACE + "urlset", NAMESPACE + "sitemapindex")
    return [str(element.text) for element in root.iter(NAMESPACE + "loc")]


def test_sitemap_names_every_page() -> None:
    """Absolute addresses, in the order given; only what is true is told."""
    files = render_sitemap(SHOW, ["", "season-1.html", "owls/"])

    assert list(files) == ["sitemap.xml"]
    assert _addresses(files["sitemap.xml"]) == [SITE, f"{SITE}season-1.html", f"{SITE}owls/"]
    assert b"lastmod" not in files["sitemap.xml"]


@pytest.mark.parametrize(
    ("count", "names"),
    [
        (0, ["sitemap.xml"]),
        (3, ["sitemap.xml"]),
        (4, ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml"]),
        (7, ["sitemap.xml", "sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]),
    ],
)
def test_long_sitemaps_are_parted(count: int, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Above what the protocol allows in one file there is an index of several, which hold every page once."""
    monkeypatch.setattr(sitemap, "MAX_ADDRESSES", 3)
    paths = [f"e{number}/" for number in range(count)]
    files = render_sitemap(SHOW, paths)
    parts = [_addresses(files[name]) for name in names[1:] or names]

    assert list(files) == names
    assert [address for part in parts for address in part] == [SITE + path for path in paths]
    if len(names) > 1:
        assert _addresses(files["sitemap.xml"]) == [SITE + name for name in names[1:]]


def test_sitemaps_stay_below_the_protocols_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """50,000 long addresses are more than 50 MB."""
    monkeypatch.setattr(sitemap, "MAX_BYTES", 300)
    files = render_sitemap(SHOW, [f"e{number}/" for number in range(10)])

    assert all(len(raw) < 300 + 200 for name, raw in files.items() if name != "sitemap.xml")


def test_addresses_are_escaped() -> None:
    """An ampersand or a quote in site_url is no XML of ours."""
    raw = render_sitemap(replace(SHOW, site_url="https://e.org/?a='1'&b=<2>\"/"), ["e/"])["sitemap.xml"]

    assert b"?a=&apos;1&apos;&amp;b=&lt;2&gt;&quot;/e/" in raw
    assert _addresses(raw) == ["https://e.org/?a='1'&b=<2>\"/e/"]


# -- the feed in a browser --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feed_path", "address"),
    [("feed.xml", "feed.css"), ("feeds/podcast.xml", "../feed.css"), ("a/b/c.rss", "../../feed.css")],
)
def test_feed_names_its_stylesheet(feed_path: str, address: str) -> None:
    """Right behind the XML declaration, and relative, so that it holds wherever the folder is served."""
    head, _ = render_frame(replace(SHOW, feed_path=feed_path), COVER, NOW)

    assert head.split(b"\n")[:2] == [
        b'<?xml version="1.0" encoding="UTF-8"?>',
        f'<?xml-stylesheet type="text/css" href="{address}"?>'.encode(),
    ]


def test_feed_without_pages_has_no_stylesheet() -> None:
    """`pages = false` publishes nothing that it could name."""
    head, _ = render_frame(replace(SHOW, pages=PageOptions(is_wanted=False)), COVER, NOW)

    assert b"stylesheet" not in head


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_parsers_do_not_mind_the_stylesheet() -> None:
    """Those behind readers and apps find the same as without it."""
    import feedparser
    import podcastparser

    feed = b"".join(render_frame(SHOW, COVER, NOW))
    bare = b"".join(render_frame(replace(SHOW, pages=PageOptions(is_wanted=False)), COVER, NOW))
    first, second = (feedparser.parse(raw) for raw in (feed, bare))
    readings: list[Any] = [podcastparser.parse(SHOW.feed_url, io.BytesIO(raw)) for raw in (feed, bare)]

    assert not first.bozo
    assert first.feed == second.feed
    assert readings[0] == readings[1]
    assert etree.fromstring(feed).getroottree().docinfo.encoding == "UTF-8"


def test_stylesheet_speaks_the_shows_language() -> None:
    """What is not translated is said in English."""
    css = render_feed_css({"season": "Staffel"}).decode()

    assert '--season: "Staffel";' in css
    assert f'--episode: "{FEED_WORDS["episode"]}";' in css


_STRING = re.compile(r'"(?:[^"\\\n\r\f]|\\[0-9a-f]{1,6} )*"')


@given(st.text())
def test_words_cannot_leave_their_string(words: str) -> None:
    """Whatever a catalogue holds is shown, and is never CSS."""
    last = render_feed_css({"about": words}).decode().rpartition(":root {")[2]
    line = next(line for line in last.splitlines() if line.startswith("  --about: "))

    assert _STRING.fullmatch(line.removeprefix("  --about: ").removesuffix(";"))


def test_stylesheet_shows_the_cover_and_takes_the_theme() -> None:
    """The theme stands last, so that it wins."""
    css = render_feed_css(picture_path="cover.small.0a1b2c3d.jpg", theme=b":root{--accent:#123456;}\n").decode()

    assert '--picture: url("cover.small.0a1b2c3d.jpg");' in css
    assert css.endswith(":root{--accent:#123456;}\n")
    assert "--picture:" not in render_feed_css().decode()
