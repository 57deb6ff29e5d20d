"""A whole show from another host: what can be had is had, each loss is a line, and a second run goes on."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any
from xml.sax.saxutils import escape

import feedparser
import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from podcast_tool.authoring.import_show import render_imported_sidecar
from podcast_tool.model import Element, Paragraph, Text
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.inlines import lines_of
from podcast_tool.read.article.read import parse_article
from podcast_tool.read.document import parse_feed_document
from podcast_tool.read.download import Downloaded, Downloads, Lost
from podcast_tool.read.foreign_feed import (
    ForeignFeedError,
    as_notes,
    clean_title,
    mend_feed,
    parse_date,
    parse_foreign_items,
    read_foreign_feed,
    words_of,
)
from podcast_tool.read.tags import convert_tags
from podcast_tool.read.wire import Wire
from podcast_tool.render.notes.html import render_notes
from podcast_tool.vocabulary.former_categories import present_category
from podcast_tool.vocabulary.prefixes import without_prefixes
from podcast_tool.vocabulary.tags import Scope

from .conftest import need_command, run_tool, tree
from .full_show import FullShow, publish_full_show
from .hosts import Resource, hosting, redirecting, refusing, writing

NOW = {"SOURCE_DATE_EPOCH": "1700000000"}
SITE = "https://new.example.org/night/"
ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
NAMESPACES = (
    f'{ITUNES} xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:psc="http://podlove.org/simple-chapters" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
)


def _picture(colour: str, side_px: int = 1400, kind: str = "JPEG") -> bytes:
    out = BytesIO()
    Picture.new("RGB", (side_px, side_px), colour).save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Recordings of three seconds, each of its own tone."""
    folder = tmp_path_factory.mktemp("sounds")
    made = []
    for tone in (330, 440, 550):
        path = folder / f"{tone}.mp3"
        source = ["-f", "lavfi", "-i", f"sine=frequency={tone}:duration=3"]
        command = [need_command("ffmpeg"), "-v", "error", *source, "-ac", "1", "-b:a", "64k", str(path)]
        subprocess.run(command, check=True)
        made.append(path.read_bytes())
    return made


GUID = "<podcast:guid>9b0cbd5a-2b9c-5d1a-8b0a-0f7a7e2a1234</podcast:guid>"


def _show(items: str, head: str = GUID) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" {NAMESPACES}><channel>
<title>Night Calls</title><link>https://www.example.org/night</link><language>en-gb</language>
<description>What calls at night.</description>
<itunes:author>Fenland Trust</itunes:author><itunes:explicit>no</itunes:explicit>
<itunes:category text="Science"><itunes:category text="Nature"/></itunes:category>
<itunes:image href="/cover.jpg"/>{head}
{items}</channel></rss>""".encode()


def _item(name: str, sound: bytes, more: str = "", *, day: int = 1, guid: str | None = None, title: str = "") -> str:
    told = guid if guid is not None else f"urn:x:{name}"
    return f"""<item><title>{title or name.title()}</title>
<pubDate>{"Mon" if day == 6 else "Wed"}, {day:02} Feb 2023 08:00:00 +0100</pubDate>
{f'<guid isPermaLink="false">{told}</guid>' if told else ""}
<itunes:duration>0:03</itunes:duration>
<enclosure url="/{name}.mp3" length="{len(sound)}" type="audio/mpeg"/>{more}</item>"""


def _mp3(sound: bytes, **more: Any) -> Resource:
    return Resource(body=sound, media_type="audio/mpeg", **more)


def _feed(raw: bytes, media_type: str = "application/rss+xml") -> Resource:
    return Resource(body=raw, media_type=media_type)


COVER = {"/cover.jpg": Resource(body=_picture("navy"), media_type="image/jpeg")}


@dataclass
class Imported:
    """What an import said and wrote."""

    show_dir: Path
    code: int
    out: str
    err: str

    @property
    def losses(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("not imported: ")]

    @property
    def notes(self) -> list[str]:
        return [line for line in self.err.splitlines() if line.startswith("note: ")]

    @property
    def episodes(self) -> dict[str, bytes]:
        return tree(self.show_dir / "episodes")

    def toml(self, name: str) -> dict[str, Any]:
        return tomllib.loads(self.episodes[f"{name}.toml"].decode())


def _import(show_dir: Path, place: str, *options: str) -> Imported:
    done = run_tool("import", place, show_dir, "--site-url", SITE, *options, environment=NOW)
    assert "Traceback" not in done.stderr
    return Imported(show_dir, done.returncode, done.stdout, done.stderr)


def _import_from(show_dir: Path, resources: Mapping[str, Resource], *options: str) -> Imported:
    with hosting({**COVER, **resources}) as port:
        return _import(show_dir, f"http://127.0.0.1:{port}/feed.xml", *options)


def _published(imported: Imported) -> Any:
    done = run_tool("publish", imported.show_dir, environment=NOW)
    assert done.returncode == 0, done.stderr
    return feedparser.parse(str(imported.show_dir / "feed" / "feed.xml"))


# -- a show that is well --------------------------------------------------------------------------------------------


RICH_HEAD = """<podcast:guid>9B0CBD5A-2B9C-5D1A-8B0A-0F7A7E2A1234</podcast:guid><podcast:locked>no</podcast:locked>
<podcast:funding url="https://give.example.org/">Give</podcast:funding>
<podcast:person role="Host" href="https://people.example.org/ann">Ann Lee</podcast:person>
<podcast:medium>podcast</podcast:medium><itunes:type>serial</itunes:type>
<itunes:owner><itunes:name>Ann Lee</itunes:name><itunes:email>ann@example.org</itunes:email></itunes:owner>
<copyright>2023 Fenland Trust</copyright><podcast:license url="https://example.org/terms">Our terms</podcast:license>
<podcast:podroll><podcast:remoteItem feedGuid="d4d5fc0f-46f8-588c-aa6a-6dcb1e0e5001"/></podcast:podroll>
<itunes:new-feed-url>https://old.example.org/feed</itunes:new-feed-url><slash:comments>3</slash:comments>
<atom:link rel="hub" href="https://hub.example.org/"/>"""

RICH_ITEM = """<description>Short &amp;amp; plain words of owls.</description>
<content:encoded><![CDATA[<p>Owls &amp; <a href="/more">more</a>.</p>
<h3>3 Comments</h3><p>Ann says:</p><p>Reply</p><ul><li>00:00 Start</li><li>00:01 The barn</li><li>00:02 End</li></ul>
<script>alert(1)</script><p onclick="x()">Share this on Facebook</p>]]></content:encoded>
<itunes:season>2</itunes:season><itunes:episode>7</itunes:episode><itunes:episodeType>bonus</itunes:episodeType>
<itunes:explicit>yes</itunes:explicit><itunes:image href="/owls.png"/><link>https://www.example.org/owls?a=1&amp;b=2</link>
<podcast:transcript url="/owls.vtt" type="text/vtt" language="en-gb"/>
<podcast:transcript url="/owls.de.srt" type="application/x-subrip" language="de"/>
<podcast:transcript url="/owls.json" type="application/json"/>
<podcast:chapters url="/owls.chapters" type="application/json+chapters"/>
<podcast:person role="guest">Bo Marsh</podcast:person>
<podcast:soundbite startTime="0.5" duration="15.0">Hoot</podcast:soundbite>
<podcast:season name="Winter">2</podcast:season>"""

VTT = b"WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nThe owl calls.\n"
SRT = b"1\n00:00:00,000 --> 00:00:02,000\nDie Eule ruft.\n"
TRANSCRIPT_JSON = b'{"version":"1.0.0","segments":[{"startTime":0,"endTime":2,"body":"The owl calls."}]}'


def _rich(sounds: list[bytes]) -> dict[str, Resource]:
    chapters = {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0, "title": "Start", "img": "http://127.0.0.1:PORT/barn.jpg"},
            {"startTime": 1, "title": "The barn"},
            {"startTime": 2, "title": "End"},
        ],
    }
    items = _item("owls", sounds[0], RICH_ITEM, day=1) + _item(
        "tides", sounds[1], "<description>Tides.</description><itunes:episode>8</itunes:episode>", day=6
    )
    return {
        "/feed.xml": _feed(_show(items, RICH_HEAD)),
        "/owls.mp3": _mp3(sounds[0]),
        "/tides.mp3": _mp3(sounds[1]),
        "/owls.png": Resource(body=_picture("olive", kind="PNG"), media_type="image/png"),
        "/barn.jpg": Resource(body=_picture("brown", 300), media_type="image/jpeg"),
        "/owls.vtt": Resource(body=VTT, media_type="text/vtt"),
        "/owls.de.srt": Resource(body=SRT, media_type="application/x-subrip"),
        "/owls.json": Resource(body=TRANSCRIPT_JSON, media_type="application/json"),
        "/owls.chapters": Resource(behave=_answer_with_own_port(json.dumps(chapters))),
    }


def _port_of(handler: BaseHTTPRequestHandler) -> int:
    return int(handler.connection.getsockname()[1])


def _answer_with_own_port(text: str) -> Callable[[BaseHTTPRequestHandler, Event], None]:
    def behave(handler: BaseHTTPRequestHandler, _: Event) -> None:
        body = text.replace("PORT", str(_port_of(handler))).encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


@pytest.fixture(scope="module")
def rich(sounds: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A feed in which nothing is wrong."""
    return _import_from(tmp_path_factory.mktemp("rich") / "show", _rich(sounds))


def test_everything_that_the_feed_names_is_taken_over(rich: Imported, sounds: list[bytes]) -> None:
    """Recordings, notes, transcripts, chapters with pictures, artwork and cover, each under its episode's stem."""
    assert (rich.code, rich.losses) == (0, []), rich.err
    owls = "2023-02-01-owls"
    pictures = [name for name in rich.episodes if name.startswith(f"{owls}.chapter-")]
    named = {f"{owls}{end}" for end in (".mp3", ".toml", ".html", ".png", ".vtt", ".de.srt", ".chapters.json")}
    assert set(rich.episodes) == {
        *named, *pictures, f"{owls}.transcript.json", "show.toml", "cover.jpg",
        "2023-02-06-tides.mp3", "2023-02-06-tides.toml", "2023-02-06-tides.html",
    }  # fmt: skip
    assert rich.episodes[f"{owls}.mp3"] == sounds[0]
    assert len(pictures) == 1
    assert json.loads(rich.episodes[f"{owls}.chapters.json"])["chapters"][0]["img"] == pictures[0]


def test_sidecar_says_what_the_item_said(rich: Imported) -> None:
    """Each field in its exact type; what the show says already is not said again."""
    assert rich.toml("2023-02-01-owls") == {
        "title": "Owls",
        "published": datetime(2023, 2, 1, 7, tzinfo=UTC),
        "season": 2,
        "episode": 7,
        "type": "bonus",
        "explicit": True,
        "guid": "urn:x:owls",
        "link": "https://www.example.org/owls?a=1&b=2",
        "summary": "Short & plain words of owls.",
        "persons": [{"name": "Bo Marsh", "role": "guest"}],
        "soundbites": [{"title": "Hoot", "start": 0.5, "duration": 15}],
        "season_name": "Winter",
    }


def test_show_says_what_the_channel_said(rich: Imported) -> None:
    """podcast:guid is kept; what is the old host's own (its hub, its new-feed-url) is not."""
    assert rich.toml("show") == {
        "title": "Night Calls",
        "description": "What calls at night.",
        "site_url": SITE,
        "guid": "9b0cbd5a-2b9c-5d1a-8b0a-0f7a7e2a1234",
        "language": "en-gb",
        "categories": ["Science > Nature"],
        "explicit": False,
        "cover": "cover.jpg",
        "author": "Fenland Trust",
        "owner": {"name": "Ann Lee", "email": "ann@example.org"},
        "type": "serial",
        "copyright": "2023 Fenland Trust",
        "link": "https://www.example.org/night",
        "locked": False,
        "medium": "podcast",
        "funding": [{"text": "Give", "url": "https://give.example.org/"}],
        "persons": [{"name": "Ann Lee", "role": "Host", "url": "https://people.example.org/ann"}],
        "license": {"name": "Our terms", "url": "https://example.org/terms"},
        "podroll": ["d4d5fc0f-46f8-588c-aa6a-6dcb1e0e5001"],
        "new_feed_url": f"{SITE}feed.xml",
    }
    assert any("stays behind" in note and "slash/" not in note for note in rich.notes)


def test_it_says_how_old_and_new_compare_and_what_to_ask_for(rich: Imported) -> None:
    """The comparison, the next command, and what the old host has to do."""
    assert "compared: 2 of 2 items" in rich.out
    assert "podcast_tool publish" in rich.out
    assert f"with 301 (moved) to {SITE}feed.xml" in rich.out
    assert "<itunes:new-feed-url>" in rich.out
    assert all(len(line.split("SHA-256 ")[1].rstrip(")")) == 64 for line in rich.out.splitlines() if "fetched" in line)


def test_published_feed_equals_the_old_one(rich: Imported, sounds: list[bytes]) -> None:
    """By feedparser: guid, title, date, duration and the words of the notes; share bars and comments, too."""
    old = feedparser.parse(_rich(sounds)["/feed.xml"].body)
    new = _published(rich)

    def seen(entry: Any) -> tuple[str, str, Any]:
        return entry.id, entry.title, entry.published_parsed

    assert sorted(map(seen, new.entries)) == sorted(map(seen, old.entries))
    by_guid = {entry.id: entry for entry in new.entries}
    notes = by_guid["urn:x:owls"].content[0].value
    assert all(words in notes for words in ("3 Comments", "Ann says:", "Reply", "Share this on Facebook"))
    assert "alert" not in notes
    assert by_guid["urn:x:owls"].itunes_duration == "3"
    assert new.feed.itunes_author if "itunes_author" in new.feed else new.feed.author


def test_second_run_fetches_nothing_and_changes_nothing(tmp_path: Path, sounds: list[bytes]) -> None:
    """Also what was edited by hand stays."""
    show_dir = tmp_path / "show"
    asked: list[str] = []
    with hosting(_watched({**COVER, **_rich(sounds)}, asked)) as port:
        first = _import(show_dir, f"http://127.0.0.1:{port}/feed.xml")
        assert first.code == 0, first.err
        sidecar = show_dir / "episodes" / "2023-02-06-tides.toml"
        sidecar.write_text(sidecar.read_text("utf-8").replace("Tides", "High Tides") + "# mine\n", "utf-8")
        before = tree(show_dir)
        asked.clear()
        second = _import(show_dir, f"http://127.0.0.1:{port}/feed.xml")

    assert tree(show_dir) == before
    assert asked == ["/feed.xml"]
    assert "High Tides" in second.err  # it differs, and is said to
    assert "compared: 1 of 2 items" in second.out


def _watched(resources: Mapping[str, Resource], asked: list[str]) -> dict[str, Resource]:
    """The same, with a list of the paths that were asked for."""

    def watch(path: str, resource: Resource) -> Resource:
        def behave(handler: BaseHTTPRequestHandler, is_over: Event) -> None:
            asked.append(path)
            if resource.behave:
                resource.behave(handler, is_over)
                return
            handler._answer_well(resource, has_body=handler.command != "HEAD")  # type: ignore[attr-defined]

        return Resource(behave=behave)

    return {path: watch(path, resource) for path, resource in resources.items()}


# -- a show that is broken in the usual ways ------------------------------------------------------------------------


def test_each_loss_is_a_line_and_the_rest_is_had(tmp_path: Path, sounds: list[bytes]) -> None:
    """404, a web page for a recording, wrong lengths, redirects, no guids, HTML in titles, two enclosures, a video."""
    good = sounds[0]
    items = (
        _item("gone", good, day=1)
        + _item("page", good, day=8)
        + _item("moved", good, title="&lt;b&gt;Moved&lt;/b&gt; &amp;amp; found", guid="", day=15)
        + _item("long", sounds[1] + b"x" * 999, day=22)
        + _item("two", sounds[2], '<enclosure url="/two.ogg" length="1" type="audio/ogg"/>', day=6)
        + '<item><title>Film</title><guid>film</guid><enclosure url="/film.mp4" length="9" type="video/mp4"/></item>'
        + "<item><title>A post</title><guid>post</guid><description>Words.</description></item>"
    )
    imported = _import_from(
        tmp_path / "show",
        {
            "/feed.xml": redirecting("/real.xml", 302),
            "/real.xml": _feed(_show(items)),
            "/gone.mp3": refusing(404),
            "/page.mp3": Resource(body=b"<!doctype html><html><body>Log in</body></html>", media_type="text/html"),
            "/moved.mp3": redirecting("/elsewhere.mp3"),
            "/elsewhere.mp3": _mp3(good),
            "/long.mp3": _mp3(sounds[1]),
            "/two.mp3": _mp3(sounds[2]),
        },
    )

    assert imported.code == 3
    said = "\n".join(imported.losses)
    assert 'item 1 "Gone": recording: http://127.0.0.1:' in said
    assert "/gone.mp3 answers 404" in said
    assert 'item 2 "Page": recording:' in said
    assert "is a web page, not a recording" in said
    assert "has a second enclosure, /two.ogg" in said
    assert "/film.mp4 is a video" in said
    assert 'item 7 "A post": has no recording' in said
    assert "999" not in said
    notes = "\n".join(imported.notes)
    assert "the feed says" in notes
    assert "has no guid" in notes
    moved = imported.toml("2023-02-15-moved-found")
    assert (moved["title"], moved["guid"]) == ("Moved & found", "/moved.mp3")
    assert imported.toml("2023-02-01-gone")["draft"] is True
    assert imported.toml("film")["draft"] is True
    assert "draft" not in imported.toml("2023-02-22-long")
    assert not any(name.startswith("a-post") for name in imported.episodes)
    assert "compared: 3 of 6 items" in imported.out
    assert {entry.title for entry in _published_in_part(imported).entries} == {"Moved & found", "Long", "Two"}


def _published_in_part(imported: Imported) -> Any:
    run_tool("publish", imported.show_dir, environment=NOW)
    return feedparser.parse(str(imported.show_dir / "feed" / "feed.xml"))


def test_second_run_completes_what_was_lost(tmp_path: Path, sounds: list[bytes]) -> None:
    """The draft of an episode without a recording becomes an episode, with what was added to its sidecar by hand."""
    show_dir = tmp_path / "show"
    resources = {**COVER, "/feed.xml": _feed(_show(_item("owls", sounds[0])))}
    first = _import_from(show_dir, resources)
    assert first.code == 3
    sidecar = show_dir / "episodes" / "2023-02-01-owls.toml"
    sidecar.write_text("# of the owls\n" + sidecar.read_text("utf-8") + "season = 4\n", "utf-8")

    second = _import_from(show_dir, {**resources, "/owls.mp3": _mp3(sounds[0])})

    text = sidecar.read_text("utf-8")
    assert (second.code, second.losses) == (0, [])
    assert text.startswith("# of the owls\n")
    assert "season = 4" in text
    assert "draft" not in text


def test_host_that_cuts_off_is_asked_for_the_rest(tmp_path: Path, sounds: list[bytes]) -> None:
    """Range and If-Range; the file is the same byte for byte."""
    ranges: list[str | None] = []
    imported = _import_from(
        tmp_path / "show",
        {"/feed.xml": _feed(_show(_item("owls", sounds[0]))), "/owls.mp3": _cutting(sounds[0], ranges)},
    )

    assert (imported.code, imported.losses) == (0, []), imported.err
    assert imported.episodes["2023-02-01-owls.mp3"] == sounds[0]
    assert ranges == [None, f"bytes={len(sounds[0]) // 2}-"]


def _cutting(body: bytes, ranges: list[str | None], *, honours: bool = True, tag: str = '"v1"') -> Resource:
    """Ends its first answer in the middle."""

    def behave(handler: BaseHTTPRequestHandler, _: Event) -> None:
        asked = handler.headers.get("Range")
        ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and honours else 0
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(body) - start))
        handler.send_header("ETag", tag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        end = len(body) // 2 if len(ranges) == 1 else len(body)
        handler.wfile.write(body[start:end])
        handler.close_connection = True

    return Resource(behave=behave)


def test_locked_feed_asks_first(tmp_path: Path, sounds: list[bytes]) -> None:
    """In a script, only --yes says that one is the owner."""
    head = GUID + "<podcast:locked owner='a@example.org'>yes</podcast:locked>"
    resources = {"/feed.xml": _feed(_show(_item("owls", sounds[0]), head)), "/owls.mp3": _mp3(sounds[0])}

    refused = _import_from(tmp_path / "one", resources)
    allowed = _import_from(tmp_path / "two", resources, "--yes")

    assert refused.code == 1
    assert "is locked (podcast:locked)" in refused.err
    assert not (tmp_path / "one").exists()
    assert allowed.code == 0, allowed.err


def test_dry_run_writes_nothing(tmp_path: Path, sounds: list[bytes]) -> None:
    """It says what it would write."""
    imported = _import_from(tmp_path / "show", {"/feed.xml": _feed(_show(_item("owls", sounds[0])))}, "--dry-run")

    assert "would write episodes/2023-02-01-owls.toml" in imported.out
    assert not (tmp_path / "show").exists()


def test_address_is_the_old_folder_unless_told(tmp_path: Path, sounds: list[bytes]) -> None:
    """And --keep-address keeps the feed's own name; podcast:guid is made of the old address."""
    resources = {
        **COVER,
        "/shows/night.rss?x=1": _feed(_show(_item("owls", sounds[0]))),
        "/owls.mp3": _mp3(sounds[0]),
    }
    with hosting(resources) as port:
        place = f"http://127.0.0.1:{port}/shows/night.rss?x=1"
        done = run_tool("import", place, tmp_path / "show", "--keep-address", environment=NOW)
    assert done.returncode == 0, done.stderr
    written = tomllib.loads((tmp_path / "show" / "episodes" / "show.toml").read_text("utf-8"))
    assert written["site_url"] == f"http://127.0.0.1:{port}/shows/"
    assert written["feed_path"] == "night.rss"
    assert "new_feed_url" not in written


def test_folder_of_another_show_is_refused(show_dir: Path, sounds: list[bytes]) -> None:
    """Nothing is mixed."""
    before = tree(show_dir)

    imported = _import_from(show_dir, {"/feed.xml": _feed(_show(_item("owls", sounds[0])))})

    assert imported.code == 1
    assert "is of another show" in imported.err
    assert tree(show_dir) == before


def test_feed_file_never_leads_into_a_private_network(tmp_path: Path, sounds: list[bytes]) -> None:
    """Only an address that the user typed opens it."""
    asked: list[str] = []
    with hosting(_watched({**COVER, "/owls.mp3": _mp3(sounds[0])}, asked)) as port:
        feed = tmp_path / "feed.xml"
        own = f'<atom:link rel="self" href="http://127.0.0.1:{port}/feed.xml"/>'
        feed.write_bytes(_show(_item("owls", sounds[0]), own))
        imported = _import(tmp_path / "show", str(feed))

    assert imported.code == 3
    assert asked == []
    assert sum("private network" in line for line in imported.losses) == 2


def test_pages_of_a_feed_are_all_read(tmp_path: Path, sounds: list[bytes]) -> None:
    """RFC 5005: older items stand on the next page."""
    first = _show(_item("owls", sounds[0]), '<atom:link rel="next" href="/feed.xml?page=2"/>')
    second = _show(_item("tides", sounds[1], day=6), '<atom:link rel="next" href="/feed.xml?page=3"/>')
    imported = _import_from(
        tmp_path / "show",
        {
            "/feed.xml": _feed(first),
            "/feed.xml?page=2": _feed(second),
            "/feed.xml?page=3": refusing(410),
            "/owls.mp3": _mp3(sounds[0]),
            "/tides.mp3": _mp3(sounds[1]),
        },
    )

    assert {"2023-02-01-owls.mp3", "2023-02-06-tides.mp3"} <= set(imported.episodes)
    assert any("older items" in line and "410" in line for line in imported.losses)


def test_feed_of_feedgen_is_the_same_afterwards(tmp_path: Path, sounds: list[bytes]) -> None:
    """As a common library writes it."""
    with hosting({**COVER, "/owls.mp3": _mp3(sounds[0]), "/feed.xml": Resource(behave=_feedgen(sounds[0]))}) as port:
        imported = _import(tmp_path / "show", f"http://127.0.0.1:{port}/feed.xml")

    assert imported.code == 0, imported.err
    assert "compared: 1 of 1 items" in imported.out
    assert imported.toml("2023-02-01-owls-tides")["guid"] == "https://old.example.org/?p=12"


def _feedgen(sound: bytes) -> Callable[[BaseHTTPRequestHandler, Event], None]:
    def behave(handler: BaseHTTPRequestHandler, _: Event) -> None:
        base = f"http://127.0.0.1:{_port_of(handler)}"
        feed = FeedGenerator()
        feed.load_extension("podcast")
        feed.title("Night Calls")
        feed.link(href="https://www.example.org/night")
        feed.description("What calls at night.")
        feed.language("en")
        feed.podcast.itunes_category("Science", "Nature")
        feed.podcast.itunes_explicit("clean")
        feed.podcast.itunes_image(f"{base}/cover.jpg")
        entry = feed.add_entry()
        entry.id("https://old.example.org/?p=12")
        entry.title("Owls & Tides")
        entry.description("<p>Both of them, “at night”.</p><p>Subscribe to our newsletter</p>")
        entry.published(datetime(2023, 2, 1, 7, tzinfo=UTC))
        entry.enclosure(f"{base}/owls.mp3", str(len(sound)), "audio/mpeg")
        entry.podcast.itunes_duration("00:00:03")
        body = feed.rss_str()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def test_guids_that_come_twice(tmp_path: Path, sounds: list[bytes]) -> None:
    """The same item again is left out; another one gets a guid of its own, the same at each run."""
    items = _item("owls", sounds[0]) + _item("owls", sounds[0]) + _item("tides", sounds[1], guid="urn:x:owls", day=6)
    resources = {"/feed.xml": _feed(_show(items)), "/owls.mp3": _mp3(sounds[0]), "/tides.mp3": _mp3(sounds[1])}

    first = _import_from(tmp_path / "show", resources)
    names = set(first.episodes)
    second = _import_from(tmp_path / "show", resources)

    assert any("is item 1 once more" in line for line in first.losses)
    assert set(second.episodes) == names
    assert first.toml("2023-02-01-owls")["guid"] == "urn:x:owls"
    assert first.toml("2023-02-06-tides")["guid"] not in ("", "urn:x:owls")


@pytest.mark.parametrize("name", ["../../etc/passwd", "CON", "a" * 500, "🦉", "..", "x/y\\z", "audio", "\u202eevil"])
def test_no_title_leads_out_of_the_folder(tmp_path: Path, sounds: list[bytes], name: str) -> None:
    """Names of files are made of a-z, 0-9 and hyphens, whatever the feed calls an item."""
    item = _item("owls", sounds[0], title=escape(name), guid=escape(name))
    imported = _import_from(tmp_path / "show", {"/feed.xml": _feed(_show(item)), "/owls.mp3": _mp3(sounds[0])})

    assert len([path for path in imported.episodes if path.endswith(".mp3")]) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"show"}
    assert all(path.replace(".", "-").replace("-", "").isalnum() for path in imported.episodes)


@pytest.mark.parametrize(
    ("cover", "said", "losses"),
    [
        (Resource(body=_picture("navy", 600), media_type="image/jpeg"), "pad", 0),
        (refusing(404), None, 1),
        (Resource(body=b"GIF89a", media_type="image/gif"), None, 1),
    ],
)
def test_show_can_be_published_whatever_its_cover(
    tmp_path: Path, sounds: list[bytes], cover: Resource, said: str | None, losses: int
) -> None:
    """One that directories refuse is mended, one that cannot be had is made."""
    resources = {"/feed.xml": _feed(_show(_item("owls", sounds[0]))), "/owls.mp3": _mp3(sounds[0]), "/cover.jpg": cover}

    imported = _import_from(tmp_path / "show", resources)

    assert len(imported.losses) == losses
    assert imported.toml("show").get("fix_artwork") == said
    assert "compared: 1 of 1 items" in imported.out


@pytest.mark.parametrize(
    ("path", "cover", "fit"),
    [
        ("/cover.jpg", Resource(body=_picture("navy"), media_type="image/jpeg"), None),
        ("/cover.png", Resource(body=_picture("navy", 600, "PNG"), media_type="image/png"), "pad"),
    ],
)
def test_second_run_fetches_a_cover_that_was_lost(
    tmp_path: Path, sounds: list[bytes], path: str, cover: Resource, fit: str | None
) -> None:
    """The one that was made goes; all else in show.toml stays, with what was written there by hand."""
    show_dir = tmp_path / "show"
    feed = _show(_item("owls", sounds[0])).replace(b"/cover.jpg", path.encode())
    resources = {"/feed.xml": _feed(feed), "/owls.mp3": _mp3(sounds[0])}
    first = _import_from(show_dir, {**resources, path: refusing(404)})
    assert first.code == 3
    made = first.episodes["cover.jpg"]
    show_file = show_dir / "episodes" / "show.toml"
    show_file.write_text("# ours\n" + show_file.read_text("utf-8"), "utf-8")

    second = _import_from(show_dir, {**resources, path: cover})

    assert (second.code, second.losses) == (0, [])
    assert "fetched episodes/cover." in second.out
    said = second.toml("show")
    assert (said["cover"], said.get("fix_artwork")) == (path[1:], fit)
    assert second.episodes[path[1:]] == cover.body
    assert made not in second.episodes.values()
    assert second.episodes["show.toml"].startswith(b"# ours\n")
    assert _import_from(show_dir, {**resources, path: cover}).episodes == second.episodes


def test_second_run_leaves_a_cover_that_somebody_put_there(tmp_path: Path, sounds: list[bytes]) -> None:
    """What was asked for is done: it is in the place of the one that was made."""
    show_dir = tmp_path / "show"
    resources = {"/feed.xml": _feed(_show(_item("owls", sounds[0]))), "/owls.mp3": _mp3(sounds[0])}
    _import_from(show_dir, {**resources, "/cover.jpg": refusing(404)})
    (show_dir / "episodes" / "cover.jpg").write_bytes(_picture("olive"))

    second = _import_from(show_dir, resources)

    assert second.code == 0
    assert second.episodes["cover.jpg"] == _picture("olive")


def test_files_that_stay_at_the_old_host_are_told(tmp_path: Path, sounds: list[bytes]) -> None:
    """A line for each trailer, alternate enclosure and further picture; not of those on hosts that go on."""
    trailer = (
        '<podcast:trailer pubdate="Wed, 01 Feb 2023 08:00:00 GMT" url="https://old.example.org/trailer.mp3" '
        'length="123" type="audio/mpeg">Soon</podcast:trailer>'
        '<podcast:image href="https://old.example.org/banner.jpg" width="100"/>'
    )
    video = (
        '<podcast:alternateEnclosure type="video/mp4" length="99">'
        '<podcast:source uri="https://old.example.org/owls.mp4"/>'
        '<podcast:source uri="https://video.example.net/owls.mp4"/><podcast:source uri="ipfs://owls"/>'
        "</podcast:alternateEnclosure>"
    )
    own = '<atom:link rel="self" href="https://old.example.org/feed.xml"/>'
    path = tmp_path / "feed.xml"
    path.write_bytes(_show(_item("owls", sounds[0], video), GUID + own + trailer))

    imported = _import(tmp_path / "show", str(path), "--dry-run")

    staying = [line for line in imported.notes if "stays at the old host" in line]
    cure = "put it elsewhere before that ends, and its new address into episodes/"
    assert staying == [
        f"note: the trailer https://old.example.org/trailer.mp3 stays at the old host; {cure}show.toml",
        f"note: the picture (podcast:image) https://old.example.org/banner.jpg stays at the old host; {cure}show.toml",
        'note: item 1 "Owls": the alternate enclosure https://old.example.org/owls.mp4 stays at the old host; '
        f"{cure}2023-02-01-owls.toml",
    ]


def test_wrong_duration_of_the_old_feed_is_told(tmp_path: Path, sounds: list[bytes]) -> None:
    """The recording's own is right, so nothing is lost."""
    item = _item("owls", sounds[0]).replace("0:03", "1:00:03")

    imported = _import_from(tmp_path / "show", {"/feed.xml": _feed(_show(item)), "/owls.mp3": _mp3(sounds[0])})

    assert imported.code == 0
    assert "the old feed says 3603 s" in imported.err


def test_picture_of_many_items_is_fetched_once(tmp_path: Path, sounds: list[bytes]) -> None:
    """Each episode has it all the same; the cover again is no artwork."""
    art = '<itunes:image href="/art.jpg"/>'
    items = (
        _item("owls", sounds[0], art)
        + _item("tides", sounds[1], art, day=6)
        + _item("reeds", sounds[2], '<itunes:image href="/cover.jpg"/>', day=8)
    )
    asked: list[str] = []
    recordings = {f"/{name}.mp3": _mp3(sound) for name, sound in zip(("owls", "tides", "reeds"), sounds, strict=True)}
    picture = Resource(body=_picture("olive"), media_type="image/jpeg")
    resources = {**COVER, **recordings, "/feed.xml": _feed(_show(items)), "/art.jpg": picture}

    imported = _import_from(tmp_path / "show", _watched(resources, asked))

    assert imported.code == 0, imported.err
    assert asked.count("/art.jpg") == asked.count("/cover.jpg") == 1
    assert {name for name in imported.episodes if name.endswith(".jpg")} == {
        "cover.jpg",
        "2023-02-01-owls.jpg",
        "2023-02-06-tides.jpg",
    }


def test_feed_file_that_says_not_where_it_was_needs_an_address(tmp_path: Path) -> None:
    """Nobody can guess where the show will be."""
    (tmp_path / "feed.xml").write_bytes(_show(_item("owls", b"")))

    done = run_tool("import", tmp_path / "feed.xml", tmp_path / "show", environment=NOW)

    assert done.returncode == 1
    assert "--site-url" in done.stderr


def test_import_that_is_killed_goes_on(tmp_path: Path, sounds: list[bytes]) -> None:
    """SIGKILL in the middle of a recording: what came of it is not fetched again."""
    half = len(sounds[0]) // 2
    ranges: list[str | None] = []
    is_killed = Event()

    def behave(handler: BaseHTTPRequestHandler, is_over: Event) -> None:
        ranges.append(handler.headers.get("Range"))
        start = half if ranges[-1] == f"bytes={half}-" else 0
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", '"v1"')
        handler.send_header("Content-Length", str(len(sounds[0]) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(sounds[0]) - 1}/{len(sounds[0])}")
        handler.end_headers()
        handler.wfile.write(sounds[0][start : len(sounds[0]) if is_killed.is_set() else half])
        handler.wfile.flush()
        if not is_killed.is_set():
            is_over.wait(20)

    show_dir = tmp_path / "show"
    feed = _feed(_show(_item("owls", sounds[0])))
    with hosting({**COVER, "/feed.xml": feed, "/owls.mp3": Resource(behave=behave)}) as port:
        place = f"http://127.0.0.1:{port}/feed.xml"
        command = [sys.executable, "-m", "podcast_tool", "import", place, str(show_dir), "--site-url", SITE]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while time.monotonic() < end and not any(
            path.stat().st_size == half for path in (show_dir / ".podcast_tool" / "import").glob("*.part")
        ):
            time.sleep(0.05)
        running.kill()
        running.wait()
        is_killed.set()
        imported = _import(show_dir, place)

    assert imported.code == 0, imported.err
    assert ranges == [None, f"bytes={half}-"]
    assert imported.episodes["2023-02-01-owls.mp3"] == sounds[0]
    assert not (show_dir / ".podcast_tool" / "import").exists()


# -- feeds that are no XML, or an attack -----------------------------------------------------------------------------


def _read(tmp_path: Path, raw: bytes) -> Any:
    path = tmp_path / "feed.xml"
    path.write_bytes(raw)
    return read_foreign_feed(path, "feed.xml", "https://old.example.org/feed.xml")


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (lambda raw: raw.replace(b"Owls", "Käuze".encode("latin-1")), "Käuze"),
        (lambda raw: raw.replace(b"UTF-8", b"ISO-8859-1").replace(b"Owls", "Käuze".encode("latin-1")), "Käuze"),
        (lambda raw: raw.replace(b"Owls", b"Owls & Tides"), "Owls & Tides"),
        (lambda raw: raw.replace(b"Owls", b"Owls&nbsp;&eacute;t&eacute;"), "Owls été"),
        (lambda raw: raw.replace(b"Owls", b"Ow\x00l\x1bs"), "Owls"),
        (lambda raw: b"\n\n" + raw, "Owls"),
        (lambda raw: raw.replace(b"Owls", b"<![CDATA[Owls & <i>x</i>]]>"), "Owls & x"),
        (lambda raw: raw.replace(b"<rss", b"<!-- made by hand --><rss"), "Owls"),
    ],
)
def test_feed_that_is_no_xml_is_mended(tmp_path: Path, change: Callable[[bytes], bytes], title: str) -> None:
    """Wrong encodings, bare ampersands, HTML's entities, control characters, blanks before the declaration."""
    feed = _read(tmp_path, change(_show(_item("owls", b""))))

    assert [item.title for item in feed.items] == [title]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no feed",
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
        _show(_item("owls", b""))[:-40],
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title></feed>',
    ],
)
def test_what_is_no_podcast_is_refused_in_a_sentence(tmp_path: Path, raw: bytes) -> None:
    """Nothing is guessed of a feed that is cut off, and no entity is ever resolved."""
    with pytest.raises(ForeignFeedError):
        _read(tmp_path, raw)


def test_ten_thousand_items_are_read_in_time(tmp_path: Path) -> None:
    """As many as an old news show has."""
    items = "".join(_item(f"owls{number}", b"x", RICH_ITEM) for number in range(10_000))
    start = time.perf_counter()

    feed = _read(tmp_path, _show(items))

    assert len(feed.items) == 10_000
    assert time.perf_counter() - start < 60


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=2000))
def test_any_bytes_can_be_mended(raw: bytes) -> None:
    """What comes out is UTF-8, and mending it again changes nothing that XML minds."""
    mend_feed(raw).decode("utf-8")


_TEXTS = st.lists(
    st.sampled_from([*"ab <>&;\"'/=\n\0é🦉-!1:", "<p>", "</p>", "&amp;", "<![CDATA[", "]]>", "\ud800", "\u202e"])
).map("".join)
_NAMES = """title pubDate itunes:season itunes:duration link guid itunes:explicit itunes:image podcast:soundbite
    podcast:person content:encoded description""".split()


@settings(deadline=None, max_examples=200)
@given(st.dictionaries(st.sampled_from(_NAMES), _TEXTS))
def test_any_texts_give_an_item_or_a_sentence(texts: dict[str, str]) -> None:
    """No text of an item raises, and what is said of it can be written into a sidecar and read again."""
    clean = {name: "".join(c for c in text if c >= " " and c != "\ud800") for name, text in texts.items()}
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in clean.items())
    raw = _show(f'<item>{inner}<enclosure url="/x.mp3" type="audio/mpeg" length="1"/></item>')
    items = parse_foreign_items(parse_feed_document(raw))

    assert len(items) == 1
    sidecar = render_imported_sidecar(items[0], "urn:x", show_is_explicit=False)
    assert tomllib.loads(sidecar.decode())["guid"] == "urn:x"


# -- notes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "<p>One.</p><p>Two.</p>",
        "Plain words\nof two lines\n\nand of two paragraphs & more",
        "x < y, List<int> and AT&amp;T",
        "<p>Words.</p><h2>Comments</h2><p>Ann says:</p><p>Reply</p><p>3 thoughts on “Owls”</p>",
        "<p>Share this: Twitter, Facebook</p>",
        "<p>By Ann Lee, 5 January 2018</p><p>Words.</p>",
        "<table><tr><td>a</td><td>b</td></tr></table>",
        "<div style='display:none'>seen by apps</div>",
        "<nav>menu</nav><p>Words.</p><footer>foot</footer>",
        "<ul><li>00:00 One</li><li>01:00 Two</li></ul>",
        "<!-- no words --><p>Words<br><br>more</p>",
        "<p>Unclosed <b>bold <i>and</p><p>on",
        "<html><body><div class='comments'>said</div></body></html>",
    ],
)
def test_no_word_of_notes_is_cut(raw: str) -> None:
    """Not those that stand around articles elsewhere, either: a feed's notes are notes from end to end."""
    from podcast_tool.read.article.read import WHOLE_MARK

    article = parse_article(f"{WHOLE_MARK}\n{as_notes(raw, None)}".encode(), ".html", "x.html", "Owls")

    words = "".join(line for block in parse_fragment(as_notes(raw, None)) for line in lines_of(block))
    assert _bare(words) == _bare(words_of(raw))
    assert article.cuts == ()


def _bare(words: str) -> str:
    return "".join(words.replace("|", "").split())


_PIECES = """<p>|</p>|<b>|</b>|<a href='/x'>|</a>|<ul><li>|</li></ul>|<br>|Owls| |&amp;|&lt;|3 Comments|Reply|<td>
    |<script>|</script>|<!--|-->|é|<""".split("|")


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(_PIECES)))
def test_no_word_of_any_notes_is_cut(pieces: list[str]) -> None:
    """Whatever state the HTML is in, both readers read the same words."""
    html = as_notes("".join(pieces), "https://old.example.org/")

    words = "".join(line for block in parse_fragment(html) for line in lines_of(block))
    assert _bare(words) == _bare(words_of("".join(pieces)))


def test_notes_run_nothing_and_lead_home() -> None:
    """Scripts go, relative links lead to the old page."""
    html = as_notes(
        "<p onclick='x'>A<script>b</script><a href='/c'>C</a><a href='javascript:x'>D</a></p>", "https://o.example/"
    )

    assert html == '<p>A<a href="https://o.example/c">C</a><a>D</a></p>'


@pytest.mark.parametrize("piece", ["&", "& ", "\u00a0", "<", "&lt;"])
def test_hostile_words_are_rendered_in_time(piece: str) -> None:
    """The parser's time grows with the square of the number of ampersands that it is handed, so it is handed few."""
    started_at = time.monotonic()
    notes = render_notes([Paragraph((Text(piece * 1_000_000),))])

    assert time.monotonic() - started_at < 10
    assert notes.startswith("<p>")
    assert len(notes) > 900_000 or piece == "\u00a0"


@pytest.mark.parametrize("piece", ["<b>", "<div>", "<a href=", "<!--", "</", "<p><b><i>", "&", "<td>"])
def test_hostile_notes_take_no_time(piece: str) -> None:
    """A million characters of one trick."""
    raw = f"<p>{piece * (1_000_000 // len(piece))}"
    start = time.perf_counter()

    as_notes(raw, None)
    words_of(raw)

    assert time.perf_counter() - start < 20


# -- small things ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("Owls &amp;amp; Tides", "Owls & Tides"),
        ("<b>Owls</b> <br/>by night", "Owls by night"),
        ("&lt;i&gt;Owls&lt;/i&gt;", "Owls"),
        ("  Owls \n at\tnight ", "Owls at night"),
        ("I <3 owls", "I <3 owls"),
        ("x < y > z", "x < y > z"),
    ],
)
def test_titles_are_words(raw: str, title: str) -> None:
    """HTML and entities go; signs stay."""
    assert clean_title(raw) == title


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Wed, 01 Feb 2023 08:00:00 +0100", "2023-02-01T07:00:00+00:00"),
        ("Mon, 01 Feb 2023 08:00:00 GMT", "2023-02-01T08:00:00+00:00"),
        ("1 February 2023 08:00 EST", "2023-02-01T13:00:00+00:00"),
        ("2023-02-01T08:00:00Z", "2023-02-01T08:00:00+00:00"),
        ("2023-02-01T08:00:00.123+01:00", "2023-02-01T07:00:00+00:00"),
        ("2023-02-01", "2023-02-01T00:00:00+00:00"),
        ("2023/2/1 8:00", "2023-02-01T08:00:00+00:00"),
        ("yesterday", None),
        ("Wed, 31 Feb 2023 08:00:00 GMT", None),
        ("99999999999999999999", None),
        ("", None),
    ],
)
def test_dates_are_moments(raw: str, moment: str | None) -> None:
    """In the forms in which feeds have them; what is none is none."""
    found, _ = parse_date(raw)

    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize(
    "prefix",
    [
        "https://www.podtrac.com/pts/redirect.mp3/",
        "https://dts.podtrac.com/redirect.mp3/",
        "https://op3.dev/e/",
        "https://op3.dev/e,pg=9b0cbd5a/",
        "https://chrt.fm/track/ABC12/",
        "https://chtbl.com/track/ABC12/",
        "https://pdst.fm/e/",
        "https://mgln.ai/e/35/",
        "https://pscrb.fm/rss/p/",
        "https://verifi.podscribe.com/rss/p/",
        "https://claritaspod.com/measure/",
        "https://arttrk.com/p/ABMA5/",
        "https://media.blubrry.com/owls/",
        "https://swap.fm/track/abc/",
        "https://pdst.fm/e/chrt.fm/track/ABC12/media.blubrry.com/owls/p/",
        "https://op3.dev/e/https://",
    ],
)
def test_statistics_services_are_taken_off(prefix: str) -> None:
    """However many stand before one another."""
    address = f"{prefix}media.example.org/owls.mp3?x=1"

    assert without_prefixes(address) == "https://media.example.org/owls.mp3?x=1"


@pytest.mark.parametrize(
    "address", ["https://media.example.org/op3.dev/e/x.mp3", "https://op3.dev/e/owls.mp3", "https://swap.fm/", "x"]
)
def test_other_addresses_stay(address: str) -> None:
    """Also of a file that the service keeps itself."""
    assert without_prefixes(address) == address


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("Science & Medicine", "Medicine"), "Health & Fitness > Medicine"),
        (("Games & Hobbies", "Video Games"), "Leisure > Video Games"),
        (("Technology", "Gadgets"), "Technology"),
        (("Arts", "Books"), "Arts > Books"),
        (("Medicine", None), "Health & Fitness > Medicine"),
        (("Knitting", None), None),
    ],
)
def test_categories_of_old_have_successors(old: tuple[str, str | None], new: str | None) -> None:
    """Apple changed its list in 2019."""
    assert present_category(*old) == new


_OF_THE_HOST = {"hub", "podping", "new_feed_url", "apple_verify", "feed_links", "extra"}


def test_every_field_comes_back_from_the_feed_that_it_made(tmp_path: Path) -> None:
    """Each tag that the table writes is read again as what staff wrote, but for what is the old host's own."""
    full = publish_full_show(tmp_path / "show")
    path = tmp_path / "feed.xml"
    path.write_bytes(full.feed)

    feed = read_foreign_feed(path, "feed.xml", full.site_url)

    spelt = partial(_spelt, full)
    newest = feed.items[0]
    for scope, written, fields in (
        (Scope.SHOW, full.show, feed.show.fields),
        (Scope.EPISODE, full.episode, {"season": newest.season, "episode": newest.episode, **newest.fields}),
    ):
        wanted = {key: value for key, value in convert_tags(written, scope)[0].items() if key not in _OF_THE_HOST}
        found, faults = convert_tags(fields, scope)
        assert faults == []
        assert {key: spelt(value) for key, value in found.items()} == {key: spelt(v) for key, v in wanted.items()}
    assert newest.losses == ()
    assert feed.show.losses == ()


def _spelt(full: FullShow, elements: Sequence[Element]) -> list[object]:
    """Elements with their moments in UTC, as the feed has them."""
    return [
        (
            element.name,
            element.text,
            {name: full.moment(v) if isinstance(v, date) and not _is_aware(v) else v for name, v in element.attributes},
            _spelt(full, element.children),
        )
        for element in elements
    ]


def _is_aware(moment: date) -> bool:
    return isinstance(moment, datetime) and moment.tzinfo is not None


# -- downloads -------------------------------------------------------------------------------------------------------


@dataclass
class Fetching:
    """One folder of downloads, in which several runs follow each other."""

    folder: Path
    wire: Wire = field(default_factory=Wire)

    def fetch(self, url: str, **options: Any) -> Downloaded | Lost:
        return Downloads(self.folder, may_be_private=True, wire=self.wire, **options).fetch(url)


@pytest.fixture(scope="module")
def wire() -> Wire:
    return Wire()


BODY = bytes(range(256)) * 4000


@contextmanager
def _broken_off(
    tmp_path: Path, wire: Wire, resource: Resource, *, validator: str = '"v1"'
) -> Iterator[tuple[str, Fetching]]:
    """Half of a file is here from an earlier run."""
    fetching = Fetching(tmp_path, wire)
    with hosting({"/x.mp3": resource}) as port:
        url = f"http://127.0.0.1:{port}/x.mp3"
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        (tmp_path / f"{name}.part").write_bytes(BODY[: len(BODY) // 2])
        side = {"url": url, "validator": validator, "total_bytes": len(BODY)}
        (tmp_path / f"{name}.json").write_text(json.dumps(side))
        yield url, fetching


def _versioned(tag: str, ranges: list[str | None]) -> Resource:
    """A host that knows If-Range."""

    def behave(handler: BaseHTTPRequestHandler, _: Event) -> None:
        asked = handler.headers.get("Range")
        ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and handler.headers["If-Range"] == tag else 0
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", tag)
        handler.send_header("Content-Length", str(len(BODY) - start))
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(BODY) - 1}/{len(BODY)}")
        handler.end_headers()
        handler.wfile.write(BODY[start:])

    return Resource(behave=behave)


@pytest.mark.parametrize(("tag", "is_resumed"), [('"v1"', True), ('"v2"', False)])
def test_next_run_goes_on_where_one_was_killed(tmp_path: Path, wire: Wire, tag: str, is_resumed: bool) -> None:
    """Unless the file is another one by now: then it is fetched anew, whole."""
    ranges: list[str | None] = []
    with _broken_off(tmp_path, wire, _versioned(tag, ranges)) as (url, fetching):
        seen: list[int] = []
        got = fetching.fetch(url, tell=lambda _, size: seen.append(size))

    assert isinstance(got, Downloaded)
    assert got.path.read_bytes() == BODY
    assert ranges == [f"bytes={len(BODY) // 2}-"]
    assert (seen[0] > len(BODY) // 2) is is_resumed


def test_range_that_is_another_than_asked_is_not_believed(tmp_path: Path, wire: Wire) -> None:
    """The file is fetched anew."""
    wrong = Resource(body=BODY, media_type="audio/mpeg", flaws=frozenset({"wrong-range"}))
    with _broken_off(tmp_path, wire, wrong) as (url, fetching):
        got = fetching.fetch(url)

    assert isinstance(got, Downloaded)
    assert got.path.read_bytes() == BODY


@pytest.mark.parametrize(
    "side", [b"", b"[]", b'{"url": 1}', b"\xff", b'{"url": "x", "validator": "y", "total_bytes": 1}']
)
def test_side_file_of_a_killed_run_is_not_believed(tmp_path: Path, wire: Wire, side: bytes) -> None:
    """Half of it, or of another file: begin anew."""
    with _broken_off(tmp_path, wire, Resource(body=BODY)) as (url, fetching):
        next(tmp_path.glob("*.json")).write_bytes(side)
        got = fetching.fetch(url)

    assert isinstance(got, Downloaded)
    assert got.path.read_bytes() == BODY


def test_host_that_stalls_is_given_up(tmp_path: Path, wire: Wire) -> None:
    """Nothing for so long is nothing at all; what came is kept."""
    slow = writing(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\nETag: "a"\r\n\r\nabc', b"", seconds_between=30)
    with hosting({"/x.mp3": slow}) as port:
        start = time.perf_counter()
        got = Fetching(tmp_path, wire).fetch(f"http://127.0.0.1:{port}/x.mp3", stall_seconds=0.3)

    assert isinstance(got, Lost)
    assert "did not go on with its answer within 0.3 s" in got.message
    assert time.perf_counter() - start < 15
    assert next(tmp_path.glob("*.part")).read_bytes() == b"abc"


def test_file_without_end_is_given_up(tmp_path: Path, wire: Wire) -> None:
    """At the limit."""
    endless = writing(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", *[b"x" * 65536] * 4, is_endless=True)
    with hosting({"/x.mp3": endless}) as port:
        got = Fetching(tmp_path, wire).fetch(f"http://127.0.0.1:{port}/x.mp3", limit_bytes=1_000_000)

    assert isinstance(got, Lost)
    assert "is larger than 1 MB" in got.message


def test_host_that_answers_nothing_is_not_asked_for_ever(tmp_path: Path, wire: Wire) -> None:
    """After a few files the rest is told at once."""
    downloads = Downloads(tmp_path, may_be_private=True, wire=wire)
    urls = [f"http://127.0.0.1:1/{number}.mp3" for number in range(30)]

    got = dict(downloads.fetch_all(urls))

    assert len(got) == 30
    assert all(isinstance(one, Lost) for one in got.values())
    assert any("was not asked" in one.message for one in got.values() if isinstance(one, Lost))


def test_several_files_come_at_a_time(tmp_path: Path, wire: Wire) -> None:
    """Four, so that eight slow ones take the time of two."""
    slow = writing(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", b"x", seconds_between=0.5)
    with hosting({f"/{number}": slow for number in range(8)}) as port:
        start = time.perf_counter()
        got = list(Downloads(tmp_path, True, wire).fetch_all([f"http://127.0.0.1:{port}/{n}" for n in range(8)]))

    assert all(isinstance(one, Downloaded) for _, one in got)
    assert time.perf_counter() - start < 0.5 * 2 * 8 * 0.75
