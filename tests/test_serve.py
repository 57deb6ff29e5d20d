"""`serve`, nginx and Apache as the README sets them up: one table of what a host has to answer; then `serve` alone."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.model import Level
from podcast_tool.pipeline import check_feed_at
from podcast_tool.render.qr import QUIET_ZONE_MODULES, QrError, qr_svg, qr_terminal
from podcast_tool.serving import app as serving_app
from podcast_tool.serving.addresses import Readdressing, parse_authority
from podcast_tool.serving.answers import parse_range
from podcast_tool.serving.app import create_app
from podcast_tool.serving.copies import Copies
from podcast_tool.serving.folder import SiteFolder, find_place, parse_path
from podcast_tool.serving.media_types import parse_enclosure_types
from podcast_tool.serving.reload import add_script
from podcast_tool.serving.watcher import take_fingerprint, watch_folder

from .conftest import REPOSITORY, run_tool
from .web_servers import running_apache, running_nginx

SITE_URL = "https://podcast.example.org/science-behind-cancer/"
SOUND = "/" + next((REPOSITORY / "feed").glob("audio/immunotherapy.*.mp3")).relative_to(REPOSITORY / "feed").as_posix()
COVER = "/" + next((REPOSITORY / "feed").glob("cover.????????.jpg")).name
SOUND_BYTES = (REPOSITORY / "feed" / SOUND[1:]).read_bytes()
TEXT = "What a page of some length says. " * 60

# Beside the sample's own: what other shows publish.
EXTRA_FILES = {
    "audio/owls.0123abcd.m4a": "not really sound",
    "audio/second.89abcdef.m4a": "neither is this",
    "immunotherapy/transcript.srt": "1\n00:00:00,000 --> 00:00:02,000\nOwls\n",
    "immunotherapy/transcript.html": f"<p>{TEXT}</p>",
    "site.0a1b2c3d.css": f"/* {TEXT} */",
    "player.js": f"// {TEXT}",
    "search.json": f'["{TEXT}"]',
    "site.webmanifest": "{}",
    "owl.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "words.txt": TEXT,
    "empty.txt": "",
    ".secret": "secret",
    ".git/config": "secret",
    "immunotherapy/.draft.html": "secret",
}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(port: int, path: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Reply:
    """One question on a connection of its own; only the headers that are named, and Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        named = headers or {}
        connection.putrequest(method, path, skip_host="Host" in named, skip_accept_encoding=True)
        for name, value in named.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def send_raw(port: int, raw: bytes) -> bytes:
    """These very bytes, and all that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(raw)
        return b"".join(iter(lambda: connection.recv(65536), b""))


# -- the hosts ----------------------------------------------------------------------------------------------------


@contextmanager
def running_serve(show_dir: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`podcast_tool serve` in a process of its own, and its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "podcast_tool", "serve", str(show_dir), "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r":(\d+)/", line)
        assert found, process.communicate(timeout=20)
        yield process, int(found[1])
    finally:
        process.kill()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample show, published, with more files in feed/ than it needs."""
    show_dir = tmp_path_factory.mktemp("serve") / "show"
    for name in ("episodes", "feed"):
        shutil.copytree(REPOSITORY / name, show_dir / name)
    for name, text in EXTRA_FILES.items():
        path = show_dir / "feed" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return show_dir


class Host(NamedTuple):
    """One that has the published show."""

    name: str
    port: int


@pytest.fixture(scope="module", params=["serve", "nginx", "apache"])
def host(request: pytest.FixtureRequest, published: Path) -> Iterator[Host]:
    """`serve`, and both servers with their configurations."""
    if request.param == "serve":
        with running_serve(published, "--host", "127.0.0.1") as (_, port):
            yield Host("serve", port)
    else:
        running = running_nginx if request.param == "nginx" else running_apache
        with running(published / "feed") as port:
            yield Host(request.param, port)


@pytest.fixture(scope="module")
def serve_port(published: Path) -> Iterator[int]:
    """Of `serve`, on all addresses."""
    with running_serve(published) as (_, port):
        yield port


# -- what every host answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Row:
    """A question, and what has to come back."""

    path: str
    asked: Mapping[str, str] = field(default_factory=dict)
    """May hold {etag}, {date} and {size} of a plain GET before, and {zipped} of the ETag that came with gzip."""
    method: str = "GET"
    status: int = 200
    told: Mapping[str, str] = field(default_factory=dict)
    """Patterns of headers; an empty one says that there is no such header."""
    body: bytes | None = None


FEED, PAGE, CHAPTERS = "/feed.xml", "/immunotherapy/", "/immunotherapy/chapters.json"
VTT, SRT = "/immunotherapy/transcript.vtt", "/immunotherapy/transcript.srt"
GZIP, ORIGIN = {"Accept-Encoding": "gzip"}, {"Origin": "https://player.example"}
OPEN = {"Access-Control-Allow-Origin": r"\*"}
SHORT, FOR_EVER = (
    {"Cache-Control": r"max-age=\d{1,3}(, .*)?"},
    {"Cache-Control": r"(?=.*immutable).*max-age=31536000.*"},
)
ZIPPED = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
PLAIN = {"Content-Encoding": "", "Content-Length": "{size}"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}


def typed(path: str, media_type: str, **told: str) -> Row:
    return Row(path=path, told={"Content-Type": re.escape(media_type), "X-Content-Type-Options": "nosniff", **told})


ROWS = {
    # Types
    "feed": typed(FEED, "text/xml; charset=utf-8"),
    "front page": typed("/", "text/html; charset=utf-8"),
    "page of an episode": typed(PAGE, "text/html; charset=utf-8"),
    "page by its name": typed(PAGE + "index.html", "text/html; charset=utf-8"),
    "query": typed(PAGE + "?t=1", "text/html; charset=utf-8"),
    "chapters": typed(CHAPTERS, "application/json+chapters"),
    "transcript in JSON": typed("/immunotherapy/transcript.json", "application/json"),
    "transcript in WebVTT": typed(VTT, "text/vtt; charset=utf-8"),
    "transcript in SubRip": typed(SRT, "application/x-subrip"),
    "sound, MP3": typed(SOUND, "audio/mpeg"),
    "sound, M4A": typed("/audio/owls.0123abcd.m4a", "audio/x-m4a"),
    "cover": typed(COVER, "image/jpeg"),
    "drawing": typed("/owl.svg", "image/svg+xml"),
    "style": typed("/site.0a1b2c3d.css", "text/css; charset=utf-8"),
    "script": typed("/player.js", "text/javascript; charset=utf-8"),
    "search": typed("/search.json", "application/json"),
    "manifest": typed("/site.webmanifest", "application/manifest+json"),
    "text": typed("/words.txt", "text/plain; charset=utf-8"),
    "nothing in it": Row(path="/empty.txt", body=b""),
    # HEAD
    "HEAD of the feed": Row(
        path=FEED, method="HEAD", told={**PLAIN, "Content-Type": "text/xml; charset=utf-8"}, body=b""
    ),
    "HEAD of sound": Row(path=SOUND, method="HEAD", told={**PLAIN, "Content-Type": "audio/mpeg"}, body=b""),
    "HEAD of the cover": Row(path=COVER, method="HEAD", told={**PLAIN, "Content-Type": "image/jpeg"}, body=b""),
    "HEAD of what is not there": Row(path="/none.mp3", method="HEAD", status=404, body=b""),
    # Conditions
    "validators of the feed": Row(path=FEED, told={"ETag": '"[^"]+"', "Last-Modified": ".* GMT"}),
    "validators of sound": Row(path=SOUND, told={"ETag": '"[^"]+"', "Last-Modified": ".* GMT"}),
    "same tag": Row(path=FEED, asked={"If-None-Match": "{etag}"}, status=304, body=b"", told={**OPEN, **SHORT}),
    "same tag, gzip": Row(path=FEED, asked={**GZIP, "If-None-Match": "{zipped}"}, status=304, body=b""),
    "same tag, weak": Row(path=FEED, asked={"If-None-Match": "W/{etag}"}, status=304, body=b""),
    "same tag of several": Row(path=FEED, asked={"If-None-Match": '"a", {etag}'}, status=304, body=b""),
    "any tag": Row(path=FEED, asked={"If-None-Match": "*"}, status=304, body=b""),
    "same tag, HEAD": Row(path=FEED, method="HEAD", asked={"If-None-Match": "{etag}"}, status=304, body=b""),
    "same tag of sound": Row(path=SOUND, asked={"If-None-Match": "{etag}"}, status=304, body=b""),
    "same tag of a page": Row(path=PAGE, asked={"If-None-Match": "{etag}"}, status=304, body=b""),
    "another tag": Row(path=FEED, asked={"If-None-Match": '"another"'}),
    "same date": Row(path=FEED, asked={"If-Modified-Since": "{date}"}, status=304, body=b""),
    "same date of sound": Row(path=SOUND, asked={"If-Modified-Since": "{date}"}, status=304, body=b""),
    "older date": Row(path=FEED, asked={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}),
    "no date": Row(path=FEED, asked={"If-Modified-Since": "yesterday"}),
    "another tag, same date": Row(path=FEED, asked={"If-None-Match": '"a"', "If-Modified-Since": "{date}"}),
    "tag wanted": Row(path=FEED, asked={"If-Match": "{etag}"}),
    "another tag wanted": Row(path=FEED, asked={"If-Match": '"another"'}, status=412),
    "date wanted": Row(path=FEED, asked={"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}, status=412),
    # Ranges
    "ranges are offered": Row(path=SOUND, told={"Accept-Ranges": "bytes", "Content-Length": "{size}"}),
    "first two bytes": Row(
        path=SOUND,
        asked={"Range": "bytes=0-1"},
        status=206,
        told={"Content-Range": "bytes 0-1/{size}", "Content-Length": "2", "Content-Type": "audio/mpeg", **OPEN},
        body=SOUND_BYTES[:2],
    ),
    "from a byte on": Row(path=SOUND, asked={"Range": "bytes=900000-"}, status=206, body=SOUND_BYTES[900_000:]),
    "in the middle": Row(path=SOUND, asked={"Range": "bytes=7-300006"}, status=206, body=SOUND_BYTES[7:300_007]),
    "last bytes": Row(path=SOUND, asked={"Range": "bytes=-5"}, status=206, body=SOUND_BYTES[-5:]),
    "more than there is": Row(path=SOUND, asked={"Range": "bytes=5-99999999"}, status=206, body=SOUND_BYTES[5:]),
    "more last ones": Row(path=SOUND, asked={"Range": "bytes=-99999999"}, status=206, body=SOUND_BYTES),
    "behind the end": Row(path=SOUND, asked={"Range": "bytes={size}-"}, status=416),
    "size behind the end": Row(
        path=SOUND, asked={"Range": "bytes={size}-"}, status=416, told={"Content-Range": r"bytes \*/{size}"}
    ),
    "another unit": Row(path=SOUND, asked={"Range": "lines=0-1"}, told={"Content-Length": "{size}"}),
    "several ranges": Row(path=SOUND, asked={"Range": "bytes=0-1,5-6"}, told=PLAIN, body=SOUND_BYTES),
    "range if same tag": Row(path=SOUND, asked={"Range": "bytes=0-1", "If-Range": "{etag}"}, status=206),
    "range if another tag": Row(path=SOUND, asked={"Range": "bytes=0-1", "If-Range": '"a"'}, body=SOUND_BYTES),
    "range if weak tag": Row(path=SOUND, asked={"Range": "bytes=0-1", "If-Range": "W/{etag}"}, body=SOUND_BYTES),
    "range if same date": Row(path=SOUND, asked={"Range": "bytes=0-1", "If-Range": "{date}"}, status=206),
    "range if another date": Row(
        path=SOUND, asked={"Range": "bytes=0-1", "If-Range": "Mon, 01 Jan 2001 00:00:00 GMT"}, body=SOUND_BYTES
    ),
    "range of a text": Row(path="/words.txt", asked={"Range": "bytes=5-8"}, status=206, body=TEXT[5:9].encode()),
    "same tag before range": Row(path=SOUND, asked={"Range": "bytes=0-1", "If-None-Match": "{etag}"}, status=304),
    # Compression
    "feed with gzip": Row(path=FEED, asked=GZIP, told=ZIPPED),
    "page with gzip": Row(path=PAGE, asked=GZIP, told=ZIPPED),
    "transcript with gzip": Row(path=VTT, asked=GZIP, told=ZIPPED),
    "style with gzip": Row(path="/site.0a1b2c3d.css", asked=GZIP, told=ZIPPED),
    "search with gzip": Row(path="/search.json", asked=GZIP, told=ZIPPED),
    "gzip among others": Row(path=FEED, asked={"Accept-Encoding": "br;q=1.0, gzip;q=0.8, *;q=0.1"}, told=ZIPPED),
    "gzip refused": Row(path=FEED, asked={"Accept-Encoding": "gzip;q=0"}, told={**PLAIN, "Vary": "Accept-Encoding"}),
    "gzip not asked": Row(path=FEED, told={**PLAIN, "Vary": "Accept-Encoding"}),
    "no gzip of sound": Row(path=SOUND, asked=GZIP, told=PLAIN, body=SOUND_BYTES),
    "no gzip of pictures": Row(path=COVER, asked=GZIP, told=PLAIN),
    "no gzip of a range of sound": Row(
        path=SOUND, asked={**GZIP, "Range": "bytes=0-9"}, status=206, told={"Content-Encoding": ""}
    ),
    # CORS
    **{
        f"CORS of {path}": Row(path=path, asked=ORIGIN, told=OPEN)
        for path in (FEED, CHAPTERS, VTT, SRT, SOUND, "/immunotherapy/transcript.json")
    },
    **{
        f"preflight of {path}": Row(
            path=path,
            method="OPTIONS",
            asked=PREFLIGHT,
            status=204,
            told={**OPEN, "Access-Control-Allow-Headers": "(?i).*range.*", "Access-Control-Allow-Methods": ".*GET.*"},
            body=b"",
        )
        for path in (CHAPTERS, VTT, FEED, SOUND)
    },
    # Caching
    "feed is kept shortly": Row(path=FEED, told=SHORT),
    "page is kept shortly": Row(path=PAGE, told=SHORT),
    "transcript is kept shortly": Row(path=VTT, told=SHORT),
    "sound is kept for ever": Row(path=SOUND, told=FOR_EVER),
    "cover is kept for ever": Row(path=COVER, told=FOR_EVER),
    "style is kept for ever": Row(path="/site.0a1b2c3d.css", told=FOR_EVER),
    # Folders, and what is nobody's business
    "what is not there": Row(path="/none/", status=404),
    "ledger": Row(path="/ledger.json", status=404),
    "ledger, escaped": Row(path="/%6cedger.json", status=404),
    "dotfile": Row(path="/.secret", status=404),
    "dotfile, escaped": Row(path="/%2esecret", status=404),
    "folder with a dot": Row(path="/.git/config", status=404),
    "dotfile in a folder": Row(path="/immunotherapy/.draft.html", status=404),
    "file with a slash": Row(path="/feed.xml/", status=404),
    "writing": Row(path=FEED, method="POST", asked={"Content-Length": "0"}, status=405),
}


# What no configuration can teach them, and why apps do not mind.
LACKS = {("apache", "size behind the end"): "it takes the header away; RFC 9110, section 15.5.17, only recommends it"}


@pytest.mark.parametrize("name", ROWS)
def test_a_host_answers(host: Host, name: str, request: pytest.FixtureRequest) -> None:
    """Row by row (facts of Apple, the namespace and RFC 9110), whoever it is."""
    row = ROWS[name]
    if reason := LACKS.get((host.name, name)):
        request.applymarker(pytest.mark.xfail(strict=True, reason=reason))
    known = {}
    if "{" in str((row.asked, row.told)):
        before = ask(host.port, row.path)
        known = {"etag": before.headers["ETag"], "date": before.headers["Last-Modified"], "size": str(len(before.body))}
        known["zipped"] = ask(host.port, row.path, GZIP).headers["ETag"]

    def filled(text: str) -> str:
        return re.sub(r"\{(etag|date|size|zipped)\}", lambda name: known[name[1]], text)

    reply = ask(host.port, row.path, {name: filled(value) for name, value in row.asked.items()}, row.method)

    assert reply.status == row.status
    for header, pattern in row.told.items():
        values = reply.headers.get_all(header) or []
        assert len(values) <= 1, f"{header} is there {len(values)} times"
        assert re.fullmatch(filled(pattern), "".join(values)), f"{header}: {values}"
    if row.body is not None:
        assert reply.body == row.body


def test_gzip_gives_the_same_bytes_under_another_tag(host: Host) -> None:
    """A compressed feed is another representation: caches must not mix the two (RFC 9110, section 8.8.3)."""
    plain, zipped = ask(host.port, FEED), ask(host.port, FEED, GZIP)

    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["ETag"] != plain.headers["ETag"]


def test_folder_without_a_slash_leads_to_the_one_with_it(host: Host) -> None:
    """For good (301 or 308), on the same host, with the query; and a folder's files are not listed."""
    reply = ask(host.port, "/immunotherapy?t=1")

    assert reply.status in (301, 308)
    # Apache names itself; the others may stand behind a proxy that has TLS.
    base = f"http://127.0.0.1:{host.port}" if host.name == "apache" else ""
    assert reply.headers["Location"] == f"{base}/immunotherapy/?t=1"
    assert ask(host.port, "/audio/").status in (403, 404)


# -- what only serve does ---------------------------------------------------------------------------------------------


def test_folder_without_a_slash_is_308(serve_port: int) -> None:
    """Unlike 301, it keeps the method."""
    assert ask(serve_port, "/immunotherapy").status == 308


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Range": "bytes=5-2"}, 200),
        ({"Range": "bytes=-"}, 200),
        ({"Range": "bytes=x-y"}, 200),
        ({"Range": "bytes=-0"}, 416),
        ({"Range": "bytes=" + "9" * 4000 + "-"}, 416),
        ({"Range": "bytes=" + "9" * 5000 + "-"}, 200),
        ({"If-None-Match": '"' + "a" * 30000}, 200),
        ({"If-Modified-Since": "9" * 30000}, 200),
        ({"If-Modified-Since": "Thu, 32 Foo 99999 99:99:99 GMT"}, 200),
        ({"Accept-Encoding": "gzip;q=" * 5000}, 200),
    ],
)
def test_odd_headers_are_passed_over(serve_port: int, headers: dict[str, str], status: int) -> None:
    """A header that says nothing sensible is as good as none; none takes long."""
    began = time.monotonic()

    assert ask(serve_port, SOUND, headers).status == status
    assert time.monotonic() - began < 5


def test_head_knows_no_ranges(serve_port: int) -> None:
    """RFC 9110, section 14.2."""
    reply = ask(serve_port, SOUND, {"Range": "bytes=0-1"}, "HEAD")

    assert (reply.status, reply.headers["Content-Length"]) == (200, str(len(SOUND_BYTES)))


def test_range_of_a_text_is_never_compressed(serve_port: int) -> None:
    """Its bytes are counted in the plain file."""
    reply = ask(serve_port, "/words.txt", {**GZIP, "Range": "bytes=0-1"})

    assert (reply.status, reply.headers["Content-Encoding"], reply.body) == (206, None, TEXT[:2].encode())


OUTSIDE = [
    "/../episodes/show.toml",
    "/%2e%2e/episodes/show.toml",
    "/..%2fepisodes/show.toml",
    "/%2e%2e%2fepisodes%2fshow.toml",
    "/immunotherapy/../../episodes/show.toml",
    "/immunotherapy/..%5c..%5cepisodes%5cshow.toml",
    "\\..\\episodes\\show.toml",
    "/..\\episodes\\show.toml",
    "//episodes/show.toml",
    "//etc/passwd",
    "/%2fetc/passwd",
    "/%00/../feed.xml",
    "/feed.xml%00",
    "/feed.xml%00.html",
    "/feed.xml%0a",
    "/./feed.xml",
    "/feed.xml.",
    "/feed.xml%20",
    "/C:/Windows/win.ini",
    "/c%3a%5cwindows%5cwin.ini",
    "/feed.xml::$DATA",
    "/feed.xml%3a%3a$DATA",
    "/LEDGER~1.JSO",
    "/LEDGER.JSON",
    "/ledger.json/",
    "/ledger.json.",
    "/ledger.json%20",
    "/x/ledger.json",
    "/ledger.j%C5%BFon",
    "/%c0%ae%c0%ae/episodes/show.toml",
    "/%ff%fe",
    "/.podcast_tool/lock",
    "/out",
    "/out/show.toml",
    "/show.toml",
    "/loop",
    "/hidden",
    "/books.json",
    "/" + "a/" * 5000,
    "/" + "a" * 5000,
    "feed.xml",
]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("target", OUTSIDE)
def test_nothing_outside_is_ever_sent(serve_port: int, published: Path, target: str) -> None:
    """Not by dots, escapes, backslashes, drives, odd spellings or links: each is 404 (or 400), with nothing inside."""
    feed_dir = published / "feed"
    links = {"out": "../episodes", "show.toml": "../episodes/show.toml", "loop": "loop", "hidden": ".secret"}
    for name, goal in {**links, "books.json": "ledger.json"}.items():
        if not (feed_dir / name).is_symlink():
            (feed_dir / name).symlink_to(goal)

    answer = send_raw(serve_port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    head, _, body = answer.partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 (404|400) ", head), head
    assert len(body) < 200
    assert not re.search(rb"secret|title|guid", body)


def test_a_fifo_does_not_hold_the_server_up(serve_port: int, published: Path) -> None:
    """Only files are opened."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no such thing there")
    os.mkfifo(published / "feed" / "pipe.txt")
    try:
        assert ask(serve_port, "/pipe.txt").status == 404
    finally:
        (published / "feed" / "pipe.txt").unlink()


_PIECES = [*"/.%25cefA~:\\ \x00\n", "..", "%2e", "%2F", "ledger.json", "é"]


@given(st.lists(st.sampled_from(_PIECES), max_size=20).map("".join))
def test_any_path_is_read_or_refused(text: str) -> None:
    """Names that are let through hold nothing that a disk takes for a way out."""
    names = parse_path("/" + text)

    for name in names or ():
        assert name == "" or (name[0] != "." and not set(name) & set('/\\:\x00\n~"') and name[-1] not in ". ")
    assert not names or "ledger.json" not in names
    assert "" not in (names or ())[:-1]


GOOD_HOSTS = {
    "192.168.1.20:8000": "192.168.1.20:8000",
    "LocalHost": "localhost",
    "my-mac.local:08000": "my-mac.local:8000",
    "[::1]:8000": "[::1]:8000",
    "[FE80::0:1]": "[fe80::1]",
    "example.org.": "example.org.",
    "under_score.lan": "under_score.lan",
}
BAD_HOSTS = [
    "",
    "evil.example/path",
    'a"onload=alert(1)',
    "<script>",
    "a b",
    "a@b",
    "http://a",
    "a:0",
    "a:65536",
    "a:",
    "a:b",
    "a:80:80",
    "a,b",
    "1.2.3",
    "1.2.3.999",
    "256.1.1.1",
    "[::1",
    "::1",
    "[fe80::1%25eth0]",
    "[1.2.3.4]",
    "..",
    "-a.example",
    "a..b",
    "a" * 64,
    "a." * 200,
    "ä.example",
    "a\x00b",
    "a:٣",
]


@pytest.mark.parametrize(("host", "spelt"), GOOD_HOSTS.items())
def test_host_stands_in_the_feed(serve_port: int, host: str, spelt: str) -> None:
    """The very name or address by which this listener reaches this machine, with its port."""
    feed = etree.fromstring(ask(serve_port, FEED, {"Host": host}).body)

    assert feed.findtext("channel/link") == f"http://{spelt}/"


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_odd_host_is_refused(serve_port: int, host: str) -> None:
    """What is no host comes into no page: 400, in a sentence."""
    assert parse_authority(host) is None
    answer = send_raw(serve_port, f"GET /feed.xml HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"alert" not in answer


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /feed.xml HTTP/1.1\r\nConnection: close\r\n\r\n", 400),
        (b"GET /feed.xml HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", 400),
        (b"GET /feed.xml HTTP/1.0\r\nConnection: close\r\n\r\n", 200),
        (b"GET http://named.example:81/feed.xml HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n", 200),
        (b"GET http://<b>/feed.xml HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 204),
        (b"FOO /feed.xml HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
    ],
)
def test_odd_requests(serve_port: int, raw: bytes, status: int) -> None:
    """No host, two hosts, an old client, a proxy's whole address, TLS on a plain port: an answer, and on it goes."""
    answer = send_raw(serve_port, raw)

    assert answer.startswith(b"HTTP/1.1 %d " % status)
    if b"named.example" in raw:
        assert b"http://named.example:81/immunotherapy/" in answer
    assert ask(serve_port, FEED).status == 200


@given(st.text(max_size=40) | st.from_regex(r"[a-z0-9.:\[\]_-]{1,40}", fullmatch=True))
def test_any_host_is_read_or_refused(text: str) -> None:
    """What comes out can stand in HTML, XML, JSON and addresses as it is, and reads the same again."""
    authority = parse_authority(text)

    assert authority is None or re.fullmatch(r"[a-z0-9._-]+(:\d+)?|\[[0-9a-f:.]+\](:\d+)?", authority)
    assert authority is None or parse_authority(authority) == authority


# -- ranges, against a simple model -----------------------------------------------------------------------------------


@given(size=st.integers(0, 30), first=st.none() | st.integers(0, 40), last=st.none() | st.integers(0, 40))
def test_range_is_the_bytes_that_a_list_would_give(size: int, first: int | None, last: int | None) -> None:
    """One range in any spelling: the same bytes as a slice of them; none means 416, nonsense the whole."""
    content = bytes(range(size))
    got = parse_range(f"bytes={'' if first is None else first}-{'' if last is None else last}", size)

    if first is None and last is None:
        assert got is None
    elif first is None and last is not None:
        assert got is not None
        assert bytes(content[index] for index in got) == (content[-last:] if last else b"")
    elif first is not None and last is not None and last < first:
        assert got is None
    else:
        assert got is not None
        assert bytes(content[index] for index in got) == content[first : size if last is None else last + 1]


@given(st.text(max_size=50) | st.from_regex(r"bytes=[0-9, -]{0,30}", fullmatch=True), st.integers(0, 10**12))
def test_any_range_is_within_the_file_or_none(header: str, size: int) -> None:
    """No header leads to a byte that is not there."""
    got = parse_range(header, size)

    assert got is None or (0 <= got.start <= size and got.stop <= size and got.step == 1)


# -- addresses --------------------------------------------------------------------------------------------------------

SHOW = "https://podcast.example.org/owls/"
HERE = "http://10.0.0.7:8000/"
SITE = SiteFolder(
    folder=Path("feed"),
    site_url=SHOW,
    media_url="https://media.example.org/owls/",
    enclosure_prefix="https://op3.dev/e/",
)


@pytest.mark.parametrize(
    ("public", "local"),
    [
        ("<link>https://podcast.example.org/owls/</link>", f"<link>{HERE}</link>"),
        ('href="https://podcast.example.org/owls/feed.xml"', f'href="{HERE}feed.xml"'),
        ('"https://podcast.example.org/owls"', '"http://10.0.0.7:8000"'),
        ("https://podcast.example.org/owls?x", "http://10.0.0.7:8000?x"),
        ("https://podcast.example.org/owlsandmore/", None),
        ("https://podcast.example.org/", None),
        ("https://other.example.org/owls/", None),
        (r'"https:\/\/podcast.example.org\/owls\/a"', r'"http:\/\/10.0.0.7:8000\/a"'),
        ("https:&#x2F;&#x2F;podcast.example.org&#x2F;owls&#x2F;a", "http:&#x2F;&#x2F;10.0.0.7:8000&#x2F;a"),
        ("?url=https%3A%2F%2Fpodcast.example.org%2Fowls%2Ffeed.xml", "?url=http%3A%2F%2F10.0.0.7%3A8000%2Ffeed.xml"),
        ("?url=https%3a%2f%2fpodcast.example.org%2fowls%2ffeed.xml", "?url=http%3a%2f%2f10.0.0.7%3a8000%2ffeed.xml"),
        ("/feed/https%3A//podcast.example.org/owls/feed.xml", "/feed/http%3A//10.0.0.7%3A8000/feed.xml"),
        ("podcast://podcast.example.org/owls/feed.xml", "podcast://10.0.0.7:8000/feed.xml"),
        ("pktc://subscribe/podcast.example.org/owls/feed.xml", "pktc://subscribe/10.0.0.7:8000/feed.xml"),
        ("?feed=podcast.example.org/owls/feed.xml", "?feed=10.0.0.7:8000/feed.xml"),
        ("mail podcast.example.org/owls/", None),
        ('"https://media.example.org/owls/audio/here.mp3"', f'"{HERE}audio/here.mp3"'),
        ('"https://media.example.org/owls/audio/gone.mp3"', None),
        ('"https://op3.dev/e/media.example.org/owls/audio/here.mp3"', f'"{HERE}audio/here.mp3"'),
        ('"https://op3.dev/e/media.example.org/owls/audio/gone.mp3"', None),
        ('"https://op3.dev/e/podcast.example.org/owls/audio/gone.mp3"', f'"{HERE}audio/gone.mp3"'),
        ('"https://op3.dev/e/elsewhere.example/a.mp3"', None),
        (
            r'"https:\/\/op3.dev\/e\/media.example.org\/owls\/audio\/here.mp3"',
            r'"http:\/\/10.0.0.7:8000\/audio\/here.mp3"',
        ),
    ],
)
def test_addresses_of_the_show_lead_here(public: str, local: str | None) -> None:
    """In each spelling in which a feed, a page, JSON or a subscribe link has them; all others stay."""
    readdressing = Readdressing(site=SITE, base_url=HERE, holds=lambda path: path == "audio/here.mp3")

    assert readdressing.apply(f"x {public} y".encode()).decode() == f"x {local or public} y"


def test_address_with_odd_signs_is_found_in_markup_and_json() -> None:
    """`&` and `'` have escapes of their own."""
    site = SiteFolder(folder=Path("feed"), site_url="https://example.org/a&b'c/")
    readdressing = Readdressing(site=site, base_url=HERE, holds=lambda _: True)
    spelt = [b"a&amp;b&#39;c", b"a&amp;b&#x27;c", b"a&amp;b&apos;c", b"a&b'c", rb"a\u0026b\u0027c"]

    assert [readdressing.apply(b"https://example.org/" + text + b"/x") for text in spelt] == [HERE.encode() + b"x"] * 5


@pytest.mark.parametrize(
    ("media_url", "text", "local"),
    [
        ("https://podcast.example.org/", f"{SHOW}feed.xml", f"{HERE}feed.xml"),
        ("https://podcast.example.org/owls/media/", f"{SHOW}media/audio/here.mp3", f"{HERE}audio/here.mp3"),
        (None, f"{SHOW}audio/gone.mp3", f"{HERE}audio/gone.mp3"),
    ],
)
def test_media_may_lie_above_or_below_the_site(media_url: str | None, text: str, local: str) -> None:
    """Of two addresses of which one begins the other, the longer is meant."""
    site = SiteFolder(folder=Path("feed"), site_url=SHOW, media_url=media_url)
    readdressing = Readdressing(site=site, base_url=HERE, holds=lambda path: path == "audio/here.mp3")

    assert readdressing.apply(text.encode()).decode() == local


@given(
    st.binary(max_size=300) | st.text(alphabet="https:/podcast.example.org/owls%2F\\&#;", max_size=300).map(str.encode)
)
def test_any_text_can_be_readdressed(text: bytes) -> None:
    """Whatever the bytes are, and a second time changes nothing."""
    readdressing = Readdressing(site=SITE, base_url=HERE, holds=lambda _: True)
    once = readdressing.apply(text)

    assert readdressing.apply(once) == once


def test_large_feed_is_readdressed_in_seconds() -> None:
    """25 MB is the largest feed that goes out; hostile ones with address after address, too."""
    readdressing = Readdressing(site=SITE, base_url=HERE, holds=lambda _: False)
    for piece in (f"<a>{SHOW}x</a> text ", "https://", "https://op3.dev/e/media.example.org/owls/" + "a" * 400):
        began = time.monotonic()
        readdressing.apply((piece * (25_000_000 // len(piece))).encode())
        assert time.monotonic() - began < 20


def test_everything_the_feed_names_is_served_from_here(serve_port: int) -> None:
    """With its own length: what a phone subscribes to and downloads comes from this machine alone."""
    reply = ask(serve_port, FEED, {"Host": f"127.0.0.1:{serve_port}"})
    addresses = set(re.findall(rb'(?:href|url|src)="(http[^"]+)"', reply.body))
    own = {address for address in addresses if address.startswith(b"http://127.0.0.1:%d/" % serve_port)}

    assert b"https://podcast.example.org/science" not in reply.body
    assert len(own) > 5
    for address in own:
        path = "/" + address.decode().split("/", 3)[3]
        assert ask(serve_port, path.partition("#")[0]).status == 200, path
    enclosures = etree.fromstring(reply.body).findall("channel/item/enclosure")
    assert {ask(serve_port, "/" + e.get("url", "").split("/", 3)[3]).headers["Content-Length"] for e in enclosures} == {
        e.get("length") for e in enclosures
    }


def test_check_finds_nothing_wrong_with_it(serve_port: int) -> None:
    """`check --net` asks as apps and directories do."""
    problems = check_feed_at(f"http://127.0.0.1:{serve_port}/feed.xml", asks_host=True)
    about_hosts = [p for p in problems if p.rule.startswith(("HTTP-", "AP-HTTP-", "P20-CHAP-HTTP"))]

    assert not [str(p) for p in about_hosts if p.level is not Level.NOTE and p.rule != "HTTP-TLS"]


def test_enclosures_are_served_as_the_feed_says() -> None:
    """HTTP-CT-MEDIA; a type that is no sound's is not believed."""
    feed = (
        b'<enclosure url="https://a.example/audio/a.m4a?x=1&amp;y" length="1" type="audio/mp4"/>'
        b"<enclosure type='audio/mp4' url='https://a.example/audio/b.m4a' />"
        b'<enclosure url="https://a.example/c.html" type="text/html"/><enclosure>'
    )

    assert parse_enclosure_types(feed)["b.m4a"] == "audio/mp4"
    assert "c.html" not in parse_enclosure_types(feed)


# -- the application by itself ----------------------------------------------------------------------------------------


def fetch(app: Any, path: str, headers: Mapping[str, str] | None = None) -> Reply:
    """A question to the application without a network."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": "here.example", **(headers or {})}.items()
        ],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)  # nobody hangs up
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    async def exchange() -> None:
        await app(scope, receive, send)

    asyncio.run(exchange())
    told = http.client.HTTPMessage()
    for name, value in sent[0]["headers"]:
        told[name.decode()] = value.decode()
    return Reply(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))


@pytest.fixture
def small_site(tmp_path: Path) -> SiteFolder:
    folder = tmp_path / "feed"
    (folder / "audio").mkdir(parents=True)
    (folder / "index.html").write_text(f"<html><head></head><a href='{SHOW}'>x</a></html>")
    (folder / "part.html").write_text("<p>words</p>")
    (folder / "feed.xml").write_text(f'<rss><enclosure url="{SHOW}audio/a.m4a" type="audio/mp4"/></rss>')
    (folder / "audio" / "a.m4a").write_text("a")
    return SiteFolder(folder=folder, site_url=SHOW)


def test_another_folder_may_take_over(small_site: SiteFolder, tmp_path: Path) -> None:
    """The source is asked at each request, so what the next publish would give can be shown at once."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "index.html").write_text("<html><head></head>new</html>")
    sites = [small_site]
    app = create_app(lambda: sites[-1])
    before = fetch(app, "/__version").body
    assert b"http://here.example/" in fetch(app, "/").body

    sites.append(SiteFolder(folder=other, site_url=SHOW))

    assert b"new" in fetch(app, "/").body
    assert fetch(app, "/feed.xml").status == 404
    assert fetch(app, "/__version").body != before


def test_pages_get_the_script_and_files_do_not(small_site: SiteFolder) -> None:
    """It is added to whole pages when they are sent; a fragment, which apps show, stays one."""
    app = create_app(lambda: small_site)

    assert b'<script src="/__reload.js" defer></script></head>' in fetch(app, "/").body
    assert fetch(app, "/part.html").body == b"<p>words</p>"
    assert b"script" not in fetch(app, "/feed.xml").body
    assert "script" not in (small_site.folder / "index.html").read_text()
    assert add_script(b"</HEAD ></head>").count(b"__reload") == 1
    script = fetch(app, "/__reload.js")
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert script.headers["Cache-Control"] == "no-store"
    assert fetch(app, "/__version").body in script.body


def test_code_of_a_page_leads_here_too(small_site: SiteFolder) -> None:
    """A phone that scans it from the page subscribes to what the page shows, not to the public feed."""
    (small_site.folder / "code.svg").write_bytes(qr_svg(f"{SHOW}feed.xml"))
    app = create_app(lambda: small_site, drawn={"code.svg": qr_svg})

    assert fetch(app, "/code.svg").body == qr_svg("http://here.example/feed.xml")


def test_changed_file_is_sent_and_told(small_site: SiteFolder) -> None:
    """A new ETag and a new version, so that an open page loads itself again."""
    app = create_app(lambda: small_site)
    page, version = fetch(app, "/"), fetch(app, "/__version").body
    (small_site.folder / "index.html").write_text("<html><head></head>changed</html>")

    assert b"changed" in fetch(app, "/", {"If-None-Match": page.headers["ETag"]}).body
    deadline = time.monotonic() + 10
    while fetch(app, "/__version").body == version:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_type_of_sound_is_the_feeds(small_site: SiteFolder) -> None:
    """audio/mp4, if the feed of another program that was taken over says so."""
    app = create_app(lambda: small_site)

    assert fetch(app, "/audio/a.m4a").headers["Content-Type"] == "audio/mp4"


def test_huge_text_is_streamed_as_it_is(small_site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than any feed is not read into memory."""
    monkeypatch.setattr(serving_app, "_MAX_TEXT_BYTES", 10)
    app = create_app(lambda: small_site)

    reply = fetch(app, "/feed.xml", GZIP)

    assert reply.body == (small_site.folder / "feed.xml").read_bytes()
    assert reply.headers["Content-Encoding"] is None


def test_copies_keep_to_their_room() -> None:
    """However many hosts are named; what was asked for last stays."""
    copies, made = Copies(max_bytes=100), []

    def make(number: int) -> Callable[[], bytes]:
        return lambda: made.append(number) or b"x" * 40  # type: ignore[func-returns-value]

    for number in (1, 2, 1, 3, 1, 2):
        copies.get(number, make(number))
    assert made == [1, 2, 3, 2]
    assert len(copies.get(4, lambda: b"y" * 1000).content) == 1000


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_link_within_the_folder_is_followed(small_site: SiteFolder) -> None:
    """As a host would."""
    (small_site.folder / "rss.xml").symlink_to("feed.xml")

    assert find_place(small_site.folder, ("rss.xml",)) == (small_site.folder / "feed.xml").resolve()


# -- the command ------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_it_well(published: Path) -> None:
    """Exit code 0 and no word, also while a listener is loading and another keeps the connection open."""
    with running_serve(published) as (process, port):
        loading = socket.create_connection(("127.0.0.1", port))
        loading.sendall(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % SOUND.encode())
        loading.recv(100)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)
        loading.close()

    assert (process.returncode, complaints) == (0, "")


def test_log_tells_each_request(published: Path) -> None:
    """On standard error with --log, and nothing without; a path cannot colour the terminal."""
    with running_serve(published, "--log", "--host", "127.0.0.1") as (process, port):
        ask(port, "/feed.xml", {"Range": "bytes=0-1"})
        ask(port, "/%1b[31m?a=%1b")
        ask(port, "/__version")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)

    assert told.splitlines() == ["127.0.0.1 GET /feed.xml 206 2", told.splitlines()[1]]
    assert told.splitlines()[1].startswith("127.0.0.1 GET /%1b[31m 404 ")


def test_a_show_without_pages_names_none(published: Path, tmp_path: Path) -> None:
    """Only what is there is told."""
    shutil.copytree(published / "episodes", tmp_path / "episodes")
    (tmp_path / "feed").mkdir()
    shutil.copy(published / "feed" / "feed.xml", tmp_path / "feed")
    with running_serve(tmp_path) as (process, port):
        ask(port, "/feed.xml")
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)

    assert "pages" not in told


def test_taken_port_is_told_in_a_sentence(published: Path) -> None:
    """And how to give another."""
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        result = run_tool("serve", published, "--port", str(port))

    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: port {port}: is taken by another program; give another one: --port ")


@pytest.mark.parametrize("host", ["203.0.113.77", "no such host", "a..b"])
def test_foreign_host_is_told_in_a_sentence(published: Path, host: str) -> None:
    """An address that this machine does not have."""
    result = run_tool("serve", published, "--port", "0", "--host", host)

    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: --host {host}: is no ")
    assert result.stderr.count("\n") == 1


def test_unpublished_show_is_told_to_publish(show_dir: Path) -> None:
    """There is nothing to serve yet."""
    result = run_tool("serve", show_dir, "--port", "0")

    assert (result.returncode, result.stderr) == (
        1,
        "Error: feed/feed.xml: is not there yet; run podcast_tool publish first\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("columns", "has_code"), [("80", True), ("20", False)])
def test_terminal_shows_a_code_that_fits(published: Path, columns: str, has_code: bool) -> None:
    """The feed's address for a phone's camera; in a pipe, only the addresses."""
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "podcast_tool", "serve", str(published), "--port", "0", "--host", "127.0.0.1"]
    environment = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": columns, "NO_COLOR": ""}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while b"Ctrl-C ends it" not in shown:
            shown += os.read(ours, 65536)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    os.close(ours)
    lines = shown.decode().splitlines()

    assert lines[0].startswith("feed   http://127.0.0.1:")
    assert ("█" in shown.decode()) is has_code
    if has_code:
        port = lines[0].rpartition(":")[2].partition("/")[0]
        assert qr_terminal(f"http://127.0.0.1:{port}/feed.xml").splitlines()[0] in lines


def test_open_opens_the_pages(published: Path, tmp_path: Path) -> None:
    """In the browser that the system, or BROWSER, names."""
    browser, note = tmp_path / "browser", tmp_path / "note"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {note}.new && mv {note}.new {note}\n')
    browser.chmod(0o755)
    if sys.platform == "win32":
        pytest.skip("no shell there")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER", str(browser))
        with running_serve(published, "--host", "127.0.0.1", "--open") as (_, port):
            deadline = time.monotonic() + 20
            while not note.exists():
                assert time.monotonic() < deadline
                time.sleep(0.05)

    assert note.read_text() == f"http://127.0.0.1:{port}/"


def test_help_loads_no_server() -> None:
    """`--help` stays quick."""
    program = (
        "import sys\nfrom podcast_tool.cli import cli\ntry: cli(['serve', '--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'starlette', 'uvicorn', 'segno', 'podcast_tool.pipeline'} & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stderr.strip() == "[]"


# -- QR codes ---------------------------------------------------------------------------------------------------------

ADDRESS = "http://192.168.1.20:8000/feed.xml?a=1&b='\"<"


def _dark_of_svg(picture: bytes) -> set[tuple[int, int]]:
    root = etree.fromstring(picture)
    path = root[-1].get("d") or ""
    dark = set()
    for column, row, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        dark |= {(int(column) + offset, int(row)) for offset in range(int(width))}
    return dark


def _dark_of_terminal(lines: str) -> set[tuple[int, int]]:
    halves = {"█": (), "▀": (1,), "▄": (0,), " ": (0, 1)}
    plain = re.sub(r"\x1b\[[0-9;]*m", "", lines)
    return {
        (column, 2 * number + half)
        for number, line in enumerate(plain.splitlines())
        for column, sign in enumerate(line)
        for half in halves[sign]
    }


def test_qr_picture_and_terminal_show_the_same_code() -> None:
    """With three finder patterns and the quiet zone that scanners need; the same bytes each time."""
    picture = qr_svg(ADDRESS)
    dark = _dark_of_svg(picture)
    side = int((etree.fromstring(picture).get("viewBox") or "").split()[2])
    margin = QUIET_ZONE_MODULES

    assert picture == qr_svg(ADDRESS)
    assert dark == {(column, row) for column, row in _dark_of_terminal(qr_terminal(ADDRESS)) if row < side}
    assert min(map(min, dark)) == margin
    assert max(map(max, dark)) == side - margin - 1
    for corner in ((margin, margin), (side - margin - 7, margin), (margin, side - margin - 7)):
        for offset in range(7):
            assert (corner[0] + offset, corner[1]) in dark
            assert (corner[0], corner[1] + offset) in dark


def test_qr_picture_is_read_out_as_its_text() -> None:
    """Role, label and title; what is in the text is markup nowhere."""
    root = etree.fromstring(qr_svg(ADDRESS))

    assert (root.get("role"), root.get("aria-label"), root[0].text) == ("img", ADDRESS, ADDRESS)


@given(st.text(max_size=100))
def test_any_text_becomes_a_code_or_none(text: str) -> None:
    """No traceback, and well-formed."""
    try:
        etree.fromstring(qr_svg(text))
    except QrError:
        assert not text


def test_too_long_a_text_is_told() -> None:
    """A QR code holds less than 3 kB."""
    with pytest.raises(QrError, match="too long"):
        qr_terminal("a" * 5000)


# -- watching ---------------------------------------------------------------------------------------------------------


@contextmanager
def watching(folder: Path) -> Iterator[list[float]]:
    """A watcher at work; the moments at which it called."""
    calls: list[float] = []
    stop = threading.Event()
    watcher = threading.Thread(
        target=watch_folder,
        args=(folder, lambda: calls.append(time.monotonic()), stop),
        kwargs={"interval_seconds": 0.05, "settled_seconds": 0.3},
    )
    watcher.start()
    time.sleep(0.2)
    try:
        yield calls
    finally:
        stop.set()
        watcher.join(timeout=10)
        assert not watcher.is_alive()


def _wait_for(calls: list[float], count: int) -> None:
    deadline = time.monotonic() + 10
    while len(calls) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_watcher_waits_until_the_files_rest(tmp_path: Path) -> None:
    """One call for a copy that takes a while, after its end; another for the next change; none without."""
    (tmp_path / "show").mkdir()
    with watching(tmp_path) as calls:
        for number in range(8):
            (tmp_path / "show" / "owls.mp3").write_bytes(b"x" * number)
            written = time.monotonic()
            time.sleep(0.1)
        _wait_for(calls, 1)
        assert calls[0] - written >= 0.25
        time.sleep(0.6)
        assert len(calls) == 1
        (tmp_path / "show" / "owls.mp3").rename(tmp_path / "show" / "barn-owls.mp3")
        _wait_for(calls, 2)
        shutil.rmtree(tmp_path / "show")
        _wait_for(calls, 3)


def test_fingerprint_knows_what_has_changed(tmp_path: Path) -> None:
    """Content by time and size, names, folders, links' goals; dotfiles and what is not there do not count."""
    seen = [take_fingerprint(tmp_path)]

    def is_new() -> bool:
        seen.append(take_fingerprint(tmp_path))
        return seen[-1] not in seen[:-1]

    (tmp_path / "a.txt").write_text("a")
    assert is_new()
    os.utime(tmp_path / "a.txt", (1, 1))
    assert is_new()
    (tmp_path / "folder").mkdir()
    assert is_new()
    (tmp_path / "a.txt").rename(tmp_path / "folder" / "a.txt")
    assert is_new()
    (tmp_path / ".hidden").write_text("x")
    assert not is_new()
    assert take_fingerprint(tmp_path / "none") == take_fingerprint(tmp_path / "none")
