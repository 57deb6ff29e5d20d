"""Hosts that are asked: what they answer wrongly is told by its rule, and none of them can hang or flood the check."""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from podcast_tool.check.host import check_host, find_targets
from podcast_tool.model import Answer, Asked, Exchange, Fault, FeedItem, Level, Node, Problem, Purpose, Question, Target
from podcast_tool.read.host import HostError, ask_host, fetch_feed, is_private_url
from podcast_tool.read.wire import Wire, WireError, connect_address, is_public, parse_address

from .conftest import need_command
from .hosts import Resource, hosting, redirecting, refusing, silent, writing

PUBLIC = "93.184.216.34"
FEED = b'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>' + b"<item/>" * 400 + b"</channel></rss>"
SOUND = bytes(range(256)) * 40
CHAPTERS = b'{"version":"1.2.0","chapters":[]}'
PAGE = b"<!DOCTYPE html><html><body>Please log in.</body></html>"


def _picture(side_px: int = 1400, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Picture.new("RGB", (side_px, side_px), "navy").save(out, kind)
    return out.getvalue()


GOOD = {
    "/feed.xml": Resource(body=FEED, media_type="application/rss+xml; charset=utf-8"),
    "/tides.mp3": Resource(body=SOUND, media_type="audio/mpeg"),
    "/cover.png": Resource(body=_picture(), media_type="image/png"),
    "/art.png": Resource(body=_picture(), media_type="image/png"),
    "/tides.vtt": Resource(body=b"WEBVTT\n", media_type="text/vtt; charset=utf-8"),
    "/chapters.json": Resource(body=CHAPTERS, media_type="application/json+chapters"),
}


def _targets(base: str) -> dict[str, Target]:
    return {
        "/feed.xml": Target(purpose=Purpose.FEED, url=f"{base}/feed.xml"),
        "/tides.mp3": Target(
            purpose=Purpose.ENCLOSURE,
            url=f"{base}/tides.mp3",
            where="item 1",
            media_type="audio/mpeg",
            size_bytes=len(SOUND),
        ),
        "/cover.png": Target(purpose=Purpose.COVER, url=f"{base}/cover.png", where="channel"),
        "/art.png": Target(purpose=Purpose.IMAGE, url=f"{base}/art.png", where="item 1"),
        "/tides.vtt": Target(
            purpose=Purpose.TRANSCRIPT, url=f"{base}/tides.vtt", where="item 1", media_type="text/vtt"
        ),
        "/chapters.json": Target(
            purpose=Purpose.CHAPTERS,
            url=f"{base}/chapters.json",
            where="item 1",
            media_type="application/json+chapters",
        ),
    }


@pytest.fixture(scope="module")
def tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


def _wire(tls: ssl.SSLContext, port: int, names: Mapping[str, Sequence[str]] = MappingProxyType({})) -> Wire:
    """A network in which every name has a public address, and every address leads to one port of loopback."""
    return Wire(
        resolve=lambda host, _: names.get(host, [PUBLIC]),
        connect=lambda _address, _port, seconds: connect_address("127.0.0.1", port, seconds),
        tls=tls,
    )


@pytest.fixture(scope="module")
def loopback(tls: ssl.SSLContext) -> Wire:
    return Wire(tls=tls)


def _check(wire: Wire, resources: Mapping[str, Resource], paths: Sequence[str], **options: float) -> list[Problem]:
    with hosting({**GOOD, **resources}) as port:
        targets = _targets(f"http://127.0.0.1:{port}")
        chosen = [targets[path] for path in paths]
        return list(check_host(ask_host(chosen, may_be_private=True, wire=wire, **options)))


def _found(problems: Sequence[Problem]) -> list[tuple[str, Level]]:
    return [(problem.rule, problem.level) for problem in problems]


def test_a_good_host_has_no_fault(loopback: Wire) -> None:
    """And TLS is not asked of a private address."""
    assert _check(loopback, {}, list(GOOD)) == []


ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE


def _flawed(path: str, *flaws: str, **headers: str) -> dict[str, Resource]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {path: replace(GOOD[path], flaws=frozenset(flaws), headers=names)}


def _hops(count: int, path: str) -> dict[str, Resource]:
    """*path* takes *count* redirects to `/end`."""
    steps = [path, *(f"/hop{number}" for number in range(1, count)), "/end"]
    return {**{here: redirecting(there) for here, there in pairwise(steps)}, "/end": GOOD[path]}


FLAWS: dict[str, tuple[dict[str, Resource], str, str, Level, str]] = {
    "feed-missing": ({"/feed.xml": refusing(404)}, "/feed.xml", "HTTP-GET", ERROR, "answers 404; put the file there"),
    "feed-login": ({"/feed.xml": refusing(401)}, "/feed.xml", "AP-PUBLIC", ERROR, "without a login"),
    "feed-forbidden": ({"/feed.xml": refusing(403)}, "/feed.xml", "AP-PUBLIC", ERROR, "every app in every country"),
    "feed-busy": ({"/feed.xml": refusing(503)}, "/feed.xml", "HTTP-GET", ERROR, "overloaded"),
    "feed-broken": ({"/feed.xml": refusing(500)}, "/feed.xml", "HTTP-GET", ERROR, "its host is broken"),
    "feed-is-a-page": (
        {"/feed.xml": Resource(body=PAGE, media_type="text/html")},
        "/feed.xml",
        "HTTP-GET",
        ERROR,
        "is a web page",
    ),
    "feed-no-head": (_flawed("/feed.xml", "no-head"), "/feed.xml", "HTTP-HEAD", ERROR, "answers HEAD with 405"),
    "feed-type": (
        _flawed("/feed.xml", Content_Type="text/plain"),
        "/feed.xml",
        "HTTP-CT-FEED",
        WARNING,
        "served as text/plain",
    ),
    "feed-untyped": (_flawed("/feed.xml", Content_Type=""), "/feed.xml", "HTTP-CT-FEED", WARNING, "without a Content-"),
    "feed-charset": (
        _flawed("/feed.xml", Content_Type="text/xml; charset=iso-8859-1"),
        "/feed.xml",
        "HTTP-CT-FEED",
        WARNING,
        "iso-8859-1",
    ),
    "feed-no-gzip": (_flawed("/feed.xml", "no-gzip"), "/feed.xml", "HTTP-GZIP", WARNING, "is not compressed"),
    "feed-no-vary": (_flawed("/feed.xml", Vary=""), "/feed.xml", "HTTP-GZIP", WARNING, "Vary: Accept-Encoding"),
    "feed-no-validators": (
        _flawed("/feed.xml", ETag="", Last_Modified=""),
        "/feed.xml",
        "AP-HTTP-COND",
        WARNING,
        "has no ETag and no Last-Modified",
    ),
    "feed-no-etag": (_flawed("/feed.xml", ETag=""), "/feed.xml", "HTTP-COND", NOTE, "has no ETag"),
    "feed-no-date": (_flawed("/feed.xml", Last_Modified=""), "/feed.xml", "HTTP-COND", NOTE, "has no Last-Modified"),
    "feed-no-304": (_flawed("/feed.xml", "no-304"), "/feed.xml", "AP-HTTP-COND", WARNING, "never answers 304"),
    "feed-no-304-by-date": (
        _flawed("/feed.xml", "no-304-by-date"),
        "/feed.xml",
        "HTTP-COND",
        WARNING,
        "If-Modified-Since with the whole feed",
    ),
    "feed-etag-gzip": (
        _flawed("/feed.xml", "etag-altered-by-gzip"),
        "/feed.xml",
        "HTTP-ETAG-GZIP",
        WARNING,
        "never when compressed",
    ),
    "feed-uncached": (_flawed("/feed.xml", Cache_Control=""), "/feed.xml", "HTTP-CACHE", NOTE, "does not say how long"),
    "feed-no-store": (
        _flawed("/feed.xml", Cache_Control="no-store"),
        "/feed.xml",
        "HTTP-CACHE",
        WARNING,
        "may not be kept",
    ),
    "feed-cached-long": (
        _flawed("/feed.xml", Cache_Control="public, max-age=604800"),
        "/feed.xml",
        "HTTP-CACHE",
        WARNING,
        "kept for 168 hours",
    ),
    "feed-moved-for-now": (
        {"/feed.xml": redirecting("/new.xml", 302), "/new.xml": GOOD["/feed.xml"]},
        "/feed.xml",
        "HTTP-MOVE",
        WARNING,
        "redirects with 302",
    ),
    "feed-moved-twice": (_hops(2, "/feed.xml"), "/feed.xml", "HTTP-MOVE", WARNING, "takes 2 redirects"),
    "feed-circle": ({"/feed.xml": redirecting("/feed.xml")}, "/feed.xml", "VAL-PI-RULES", ERROR, "in a circle"),
    "feed-chain": (_hops(12, "/feed.xml"), "/feed.xml", "VAL-PI-RULES", ERROR, "more than 9 times"),
    "feed-nowhere": ({"/feed.xml": redirecting("")}, "/feed.xml", "HTTP-GET", ERROR, "without saying where to"),
    "feed-to-a-file": (
        {"/feed.xml": redirecting("file:///etc/passwd")},
        "/feed.xml",
        "HTTP-GET",
        ERROR,
        "leads to file:///etc/passwd, which cannot be asked",
    ),
    "audio-missing": ({"/tides.mp3": refusing(404)}, "/tides.mp3", "HTTP-GET", ERROR, "answers 404"),
    "audio-login": ({"/tides.mp3": refusing(401)}, "/tides.mp3", "AP-PUBLIC", ERROR, "without a login"),
    "audio-no-head": (_flawed("/tides.mp3", "no-head"), "/tides.mp3", "AP-HTTP-HEAD", ERROR, "answers HEAD with 405"),
    "audio-no-range": (_flawed("/tides.mp3", "no-range"), "/tides.mp3", "AP-HTTP-RANGE", ERROR, "ignores byte ranges"),
    "audio-wrong-range": (_flawed("/tides.mp3", "wrong-range"), "/tides.mp3", "HTTP-RANGE", ERROR, "Content-Range: by"),
    "audio-no-416": (_flawed("/tides.mp3", "no-416"), "/tides.mp3", "HTTP-RANGE", ERROR, "behind its end with 200"),
    "audio-length": (
        {"/tides.mp3": replace(GOOD["/tides.mp3"], body=SOUND[:-1])},
        "/tides.mp3",
        "HTTP-LENGTH",
        ERROR,
        "has 10239 bytes, in the feed it has 10240",
    ),
    "audio-html": (_flawed("/tides.mp3", Content_Type="text/html"), "/tides.mp3", "HTTP-CT-MEDIA", ERROR, "text/html"),
    "audio-untyped": (_flawed("/tides.mp3", Content_Type=""), "/tides.mp3", "HTTP-CT-MEDIA", ERROR, "without a Conten"),
    "audio-other-name": (
        _flawed("/tides.mp3", Content_Type="audio/mp3"),
        "/tides.mp3",
        "HTTP-CT-MEDIA",
        NOTE,
        "is served as audio/mp3",
    ),
    "audio-zipped": (_flawed("/tides.mp3", "zips-sound"), "/tides.mp3", "HTTP-IDENTITY", WARNING, "compressed (gzip)"),
    "audio-six-hops": (_hops(6, "/tides.mp3"), "/tides.mp3", "HTTP-REDIR-MEDIA", WARNING, "takes 6 redirects"),
    "audio-chain": (_hops(12, "/tides.mp3"), "/tides.mp3", "HTTP-REDIR-MEDIA", ERROR, "more than 9 times"),
    "audio-end-no-head": (
        {**_hops(2, "/tides.mp3"), "/end": _flawed("/tides.mp3", "no-head")["/tides.mp3"]},
        "/tides.mp3",
        "AP-HTTP-HEAD",
        ERROR,
        "/end, which answers HEAD with 405",
    ),
    "cover-no-head": (_flawed("/cover.png", "no-head"), "/cover.png", "AP-COVER-HTTP", ERROR, "answers HEAD with 405"),
    "cover-type": (
        _flawed("/cover.png", Content_Type="image/webp"),
        "/cover.png",
        "AP-COVER-HTTP",
        ERROR,
        "image/webp",
    ),
    "cover-undated": (_flawed("/cover.png", Last_Modified=""), "/cover.png", "AP-COVER-HTTP", NOTE, "no Last-Modified"),
    "cover-small": (
        {"/cover.png": replace(GOOD["/cover.png"], body=_picture(600))},
        "/cover.png",
        "AP-COVER-SIZE",
        ERROR,
        "is 600 x 600 pixels",
    ),
    "cover-torn": (
        {"/cover.png": replace(GOOD["/cover.png"], body=b"\x89PNG\r\n\x1a\n")},
        "/cover.png",
        "AP-COVER-FORMAT",
        ERROR,
        "",
    ),
    "art-no-head": (_flawed("/art.png", "no-head"), "/art.png", "AP-HTTP-HEAD", ERROR, "answers HEAD with 405"),
    "transcript-closed": (
        _flawed("/tides.vtt", Access_Control_Allow_Origin=""),
        "/tides.vtt",
        "P20-TR-CORS",
        WARNING,
        "cannot be read by web players",
    ),
    "transcript-half-open": (
        _flawed("/tides.vtt", Access_Control_Allow_Origin="https://other.example"),
        "/tides.vtt",
        "HTTP-CORS",
        WARNING,
        "open to https://other.example alone",
    ),
    "transcript-type": (
        _flawed("/tides.vtt", Content_Type="application/octet-stream"),
        "/tides.vtt",
        "HTTP-CT-MEDIA",
        WARNING,
        "application/octet-stream",
    ),
    "transcript-page": (
        {"/tides.vtt": Resource(body=PAGE, media_type="text/html")},
        "/tides.vtt",
        "HTTP-GET",
        ERROR,
        "is a web page; let the address lead to the transcript itself",
    ),
    "chapters-closed": (
        _flawed("/chapters.json", Access_Control_Allow_Origin=""),
        "/chapters.json",
        "P20-CHAP-HTTP",
        WARNING,
        "cannot be read by web players",
    ),
    "chapters-type": (
        _flawed("/chapters.json", Content_Type="text/plain"),
        "/chapters.json",
        "P20-CHAP-HTTP",
        WARNING,
        "let its host say application/json+chapters",
    ),
    "chapters-json": (
        _flawed("/chapters.json", Content_Type="application/json"),
        "/chapters.json",
        "P20-CHAP-HTTP",
        NOTE,
        "application/json",
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_each_flaw_is_told_once(loopback: Wire, name: str) -> None:
    """One flaw, one finding: its rule, its level, and a sentence that names fault and cure."""
    resources, path, rule, level, words = FLAWS[name]
    problems = _check(loopback, resources, [path])

    assert _found(problems) == [(rule, level)]
    assert words in problems[0].message
    assert problems[0].where.endswith(path)
    assert not problems[0].message.endswith(".")


# -- hosts that would hold us up --------------------------------------------------------------------------------------

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
_BOMB = gzip.compress(bytes(30_000_000))
_HEADED_BOMB = _OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(_BOMB) + _BOMB

HOSTILE: dict[str, tuple[Resource, str]] = {
    "drips-headers": (writing(b"x", seconds_between=0.2, is_endless=True), "did not answer within 1 s"),
    "drips-good-headers": (
        writing(_OK, *[b"X-Y: z\r\n"] * 99, seconds_between=0.2),
        "did not answer within 1 s",
    ),
    "drips-body": (
        writing(_OK + b"\r\n", *[b"<"] * 99, seconds_between=0.2),
        "did not finish its answer within 1 s",
    ),
    "drips-continue": (
        writing(b"HTTP/1.1 100 Continue\r\n\r\n", is_endless=True, seconds_between=0.05),
        "did not answer within 1 s",
    ),
    "says-nothing": (silent(), "did not answer within 1 s"),
    "hangs-up": (writing(), "gives no answer that is HTTP"),
    "is-no-http": (writing(b"220 mail.example ESMTP\r\n"), "gives no answer that is HTTP"),
    "endless-header": (writing(b"x" * 65_536, is_endless=True), "gives no answer that is HTTP"),
    "cut-off": (writing(_OK + b"Content-Length: 9999\r\n\r\n<rss"), "ends its answer in the middle"),
    "gzip-bomb": (writing(_HEADED_BOMB), "is larger than 8 MB"),
    "gzip-cut-off": (
        writing(_OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(FEED)[:-20]),
        "ends its gzip in the middle",
    ),
    "gzip-none": (writing(_OK + b"Content-Encoding: gzip\r\n\r\n" + FEED), "is sent as gzip and is none"),
    "brotli": (writing(_OK + b"Content-Encoding: br\r\n\r\n" + FEED), "is encoded as br, which was not asked for"),
    "endless-body": (writing(_OK + b"\r\n", b"<rss>" * 20_000, is_endless=True), "is larger than 8 MB"),
    "web-page": (Resource(body=PAGE, media_type="text/html"), "is a web page and no feed"),
    "login": (refusing(401), "answers 401 and no feed"),
    "circle": (redirecting("/feed.xml"), "is redirected in a circle"),
    "odd-place": (redirecting("http://[x/"), "redirects to what is no address"),
    "odd-port": (redirecting("http://127.0.0.1:99999/"), "is no address"),
    "script": (redirecting("javascript:alert(1)"), "cannot be asked"),
    "secret": (redirecting("http://me:secret@127.0.0.1/"), "holds a name and a password"),
    "control-characters": (redirecting("/\x1b[31m\x7f"), "answers 404 and no feed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_host_is_told_in_bounded_time(loopback: Wire, tmp_path: Path, name: str) -> None:
    """One sentence with the address, soon, whatever the host does; and no control characters of its own."""
    hostile, words = HOSTILE[name]
    with hosting({"/feed.xml": hostile}) as port:
        url = f"http://127.0.0.1:{port}/feed.xml"
        begin = time.monotonic()
        with pytest.raises(HostError) as caught:
            fetch_feed(url, tmp_path / "feed.xml", deadline_seconds=1, limit_bytes=8_000_000, wire=loopback)
        seconds = time.monotonic() - begin

    sentence = str(caught.value)
    assert words in sentence
    assert sentence.isprintable()
    assert "secret" not in sentence
    assert sentence.startswith(("http", "javascript:"))
    assert seconds < 4


@pytest.mark.parametrize("name", ["drips-body", "says-nothing", "cut-off", "hangs-up"])
@pytest.mark.parametrize("path", ["/feed.xml", "/tides.vtt", "/cover.png"])
def test_hostile_host_of_each_kind_is_one_error(loopback: Wire, name: str, path: str) -> None:
    """What a feed names may be as hostile as the feed."""
    begin = time.monotonic()

    assert _found(_check(loopback, {path: HOSTILE[name][0]}, [path], deadline_seconds=0.5)) == [("HTTP-GET", ERROR)]
    assert time.monotonic() - begin < 4


def test_all_questions_together_have_a_deadline(loopback: Wire) -> None:
    """Twenty addresses that never answer take no longer than the total; those that were not asked are notes."""
    with hosting({"/silent": silent()}) as port:
        url = f"http://127.0.0.1:{port}/silent"
        targets = [Target(purpose=Purpose.IMAGE, url=f"{url}", where=f"item {number}") for number in range(20)]
        begin = time.monotonic()
        asked = ask_host(targets, may_be_private=True, deadline_seconds=0.6, total_seconds=1, wire=loopback)
        seconds = time.monotonic() - begin

    levels = [problem.level for problem in check_host(asked)]
    assert seconds < 4
    assert set(levels[:8]) == {ERROR}
    assert set(levels[16:]) == {NOTE}


def test_a_huge_feed_ends_at_the_limit(loopback: Wire, tmp_path: Path) -> None:
    """200 MB by default, without holding it in memory."""
    endless = writing(_OK + b"\r\n", b"<rss>" * 200_000, is_endless=True)
    tracemalloc.start()
    try:
        with hosting({"/feed.xml": endless}) as port, pytest.raises(HostError, match="is larger than 200 MB"):
            fetch_feed(f"http://127.0.0.1:{port}/feed.xml", tmp_path / "feed.xml", wire=loopback)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_name_that_never_resolves_is_given_up(tls: ssl.SSLContext, tmp_path: Path) -> None:
    """The operating system's search for a name knows no deadline; ours does."""

    def resolve(_host: str, _port: int) -> list[str]:
        time.sleep(2)
        return [PUBLIC]

    wire = Wire(resolve=resolve, tls=tls)
    begin = time.monotonic()
    with pytest.raises(HostError, match=r"no name server tells in time where slow\.example is"):
        fetch_feed("https://slow.example/", tmp_path / "feed.xml", deadline_seconds=0.3, wire=wire)
    assert time.monotonic() - begin < 1


def test_an_unknown_name_is_told(tls: ssl.SSLContext, tmp_path: Path) -> None:
    """With what to mend."""

    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror

    with pytest.raises(HostError, match=r"nobody knows nowhere\.example; mend its spelling"):
        fetch_feed("https://nowhere.example/", tmp_path / "feed.xml", wire=Wire(resolve=resolve, tls=tls))


def test_nobody_there_is_told(loopback: Wire, tmp_path: Path) -> None:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(HostError, match="cannot be reached"):
        fetch_feed(f"http://127.0.0.1:{port}/", tmp_path / "feed.xml", wire=loopback)


def test_a_full_disk_is_not_the_hosts_fault(loopback: Wire, tmp_path: Path) -> None:
    """It is told with the file's name."""
    with hosting(GOOD) as port, pytest.raises(HostError, match=r"missing.feed\.xml: cannot be written"):
        fetch_feed(f"http://127.0.0.1:{port}/feed.xml", tmp_path / "missing" / "feed.xml", wire=loopback)


@pytest.mark.parametrize(
    "url", ["", "feed.xml", "ftp://x/", "http://", "http://:80/", "http://a b/", "http://x:0x/", "https://\ud800/"]
)
def test_what_is_no_address_is_told(loopback: Wire, tmp_path: Path, url: str) -> None:
    """Before anything is asked."""
    with pytest.raises(HostError, match="address"):
        fetch_feed(url, tmp_path / "feed.xml", wire=loopback)


@settings(deadline=None)
@given(url=st.text() | st.text().map("https://{}".format) | st.from_regex(r"https?://[^/]{0,40}/.{0,20}"))
def test_any_text_is_an_address_or_none(url: str) -> None:
    """And what is one is all ASCII."""
    with suppress(WireError):
        place = parse_address(url)
        assert place.target.isascii()
        assert place.host.isascii()


# -- the feed that comes ----------------------------------------------------------------------------------------------


def test_a_feed_is_fetched_through_redirects_and_gzip(loopback: Wire, tmp_path: Path) -> None:
    """The file holds it decoded; each step of the way is kept."""
    with hosting({**GOOD, "/old": redirecting("/older/../feed.xml")}) as port:
        fetched = fetch_feed(f"http://127.0.0.1:{port}/old", tmp_path / "feed.xml", wire=loopback)

    assert (tmp_path / "feed.xml").read_bytes() == FEED
    assert fetched.size_bytes == len(FEED)
    assert [answer.status for answer in fetched.answers] == [301, 200]
    assert fetched.url == f"http://127.0.0.1:{port}/feed.xml"
    assert fetched.is_private


def test_gzip_in_many_members_is_one_feed(loopback: Wire, tmp_path: Path) -> None:
    """RFC 1952 allows it, and some hosts do it."""
    body = gzip.compress(FEED[:100]) + gzip.compress(FEED[100:])
    answer = writing(_OK + b"Content-Encoding: gzip\r\n\r\n" + body)
    with hosting({"/feed.xml": answer}) as port:
        fetch_feed(f"http://127.0.0.1:{port}/feed.xml", tmp_path / "feed.xml", wire=loopback)

    assert (tmp_path / "feed.xml").read_bytes() == FEED


# -- private networks -------------------------------------------------------------------------------------------------

PRIVATE = """127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 224.0.0.1
255.255.255.255 192.0.2.1 240.0.0.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 ff02::1 fec0::1 ::ffff:127.0.0.1
::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:c0a8:101::
2001:db8::1""".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known(address: str) -> None:
    """Also those that stand for an IPv4 address inside an IPv6 one."""
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"])
def test_public_addresses_are_known(address: str) -> None:
    """What is in the public network may be asked."""
    assert is_public(address)


def _unconnected(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    raise AssertionError(f"connects to {address}:{port} for {seconds} s")


@pytest.mark.parametrize("addresses", [["10.0.0.3"], [PUBLIC, "fd00::1"], ["64:ff9b::10.0.0.3"]])
def test_a_name_in_a_private_network_is_not_asked(tls: ssl.SSLContext, addresses: Sequence[str]) -> None:
    """If any of its addresses is private, nothing is connected."""
    wire = replace(_wire(tls, 9, {"inside.example": addresses}), connect=_unconnected)
    target = Target(purpose=Purpose.ENCLOSURE, url="https://inside.example/tides.mp3", where="item 2")
    problems = list(check_host(ask_host([target], may_be_private=False, wire=wire)))

    assert _found(problems) == [("AP-PUBLIC", ERROR)]
    assert "is in a private network" in problems[0].message


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "localhost",
        "10.1.2.3",
        "2130706433",
        "0x7f000001",
        "127.1",
        "printer.local",
        "x.localhost",
    ],
)
def test_a_plainly_private_address_is_left_to_the_rules_on_the_text(tls: ssl.SSLContext, host: str) -> None:
    """X-LOCALHOST tells it already, however it is spelt; it is not asked, and not told twice."""
    target = Target(purpose=Purpose.ENCLOSURE, url=f"http://{host}/x.mp3")
    asked = ask_host([target], may_be_private=False, wire=Wire(connect=_unconnected, tls=tls))

    assert asked[0].exchanges[0].fault is Fault.PRIVATE
    assert list(check_host(asked)) == []


@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/feed.xml", "http://inside.example/feed.xml"])
def test_no_redirect_leads_from_a_public_address_to_a_private_one(tls: ssl.SSLContext, tmp_path: Path, to: str) -> None:
    """Neither for the feed that the user typed nor for what a feed names."""
    resources = dict(GOOD)
    with hosting(resources) as port:
        resources["/out"] = redirecting(to.format(port=port))
        wire = _wire(tls, port, {"inside.example": ["10.0.0.3"], "127.0.0.1": ["127.0.0.1"]})
        with pytest.raises(HostError, match="is in a private network"):
            fetch_feed("http://public.example/out", tmp_path / "feed.xml", wire=wire)
        target = Target(purpose=Purpose.COVER, url="http://public.example/out")
        problems = list(check_host(ask_host([target], may_be_private=False, wire=wire)))

    assert ("AP-PUBLIC", ERROR) in _found(problems)


def test_the_judged_address_is_the_one_connected(tls: ssl.SSLContext, tmp_path: Path) -> None:
    """The name is looked up once, so it cannot be public for the judge and private for the connection."""
    looked_up, connected = [], []
    with hosting(GOOD) as port:

        def resolve(host: str, _: int) -> list[str]:
            looked_up.append(host)
            return [PUBLIC] if len(looked_up) == 1 else ["127.0.0.1"]

        def connect(address: str, _: int, seconds: float) -> httpcore.NetworkStream:
            connected.append(address)
            return connect_address("127.0.0.1", port, seconds)

        wire = Wire(resolve=resolve, connect=connect, tls=tls)
        fetched = fetch_feed("http://rebinding.example/feed.xml", tmp_path / "feed.xml", wire=wire)

    assert (looked_up, connected) == (["rebinding.example"], [PUBLIC])
    assert not fetched.is_private


def test_a_dead_address_leaves_time_for_the_next(tls: ssl.SSLContext, tmp_path: Path) -> None:
    """IPv6 is often announced where it does not work."""
    with hosting(GOOD) as port:

        def connect(address: str, _: int, seconds: float) -> httpcore.NetworkStream:
            if ":" in address:
                raise httpcore.ConnectTimeout
            return connect_address("127.0.0.1", port, seconds)

        wire = Wire(resolve=lambda *_: ["2606:4700::1", PUBLIC], connect=connect, tls=tls)
        assert fetch_feed("http://two.example/feed.xml", tmp_path / "feed.xml", wire=wire).size_bytes == len(FEED)


@pytest.mark.parametrize(
    ("url", "is_private"),
    [("http://127.0.0.1/", True), ("http://in.example/", True), ("http://out.example/", False), ("nonsense", False)],
)
def test_whether_the_typed_address_is_private(tls: ssl.SSLContext, url: str, is_private: bool) -> None:
    """It decides whether private ones in the feed may be asked."""
    wire = _wire(tls, 9, {"in.example": ["192.168.0.9"], "127.0.0.1": ["127.0.0.1"]})

    assert is_private_url(url, wire=wire) is is_private


# -- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Signed by itself, for public.example, with its key."""
    folder = tmp_path_factory.mktemp("tls")
    command = [need_command("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=public.example", "-addext", "subjectAltName=DNS:public.example"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "certificate.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


@pytest.fixture
def secure(certificate: Path, tls: ssl.SSLContext) -> Iterator[Callable[[bool], Wire]]:
    """A public host over TLS, and a network that trusts its certificate or does not."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    resources = {**GOOD, "/plain.xml": redirecting("http://public.example/feed.xml")}
    with hosting(resources, certificate) as port:
        yield lambda is_trusted: _wire(trusting if is_trusted else tls, port)


def test_a_good_public_host_has_no_fault(secure: Callable[[bool], Wire]) -> None:
    """With a certificate that holds; the name is kept for it, though a number is connected."""
    targets = list(_targets("https://public.example").values())

    assert list(check_host(ask_host(targets, may_be_private=False, wire=secure(True)))) == []


@pytest.mark.parametrize(
    ("host", "is_trusted", "words"),
    [
        ("public.example", False, "has a certificate that apps do not trust (self"),
        ("other.example", True, "has a certificate that apps do not trust (Hostname mismatch"),
    ],
)
def test_a_bad_certificate_is_an_error(
    secure: Callable[[bool], Wire], tmp_path: Path, host: str, is_trusted: bool, words: str
) -> None:
    """Apps refuse what is behind it, so nothing more is asked."""
    wire = secure(is_trusted)
    with pytest.raises(HostError) as caught:
        fetch_feed(f"https://{host}/feed.xml", tmp_path / "feed.xml", wire=wire)
    targets = list(_targets(f"https://{host}").values())[1:3]
    problems = list(check_host(ask_host(targets, may_be_private=False, wire=wire)))

    assert words in str(caught.value)
    assert _found(problems) == [("AP-HTTP-TLS", ERROR)] * 2


def test_no_tls_behind_https_is_told(tls: ssl.SSLContext, tmp_path: Path) -> None:
    """A server that speaks plain HTTP where TLS is expected."""
    with hosting(GOOD) as port, pytest.raises(HostError, match="speaks no TLS that apps understand"):
        fetch_feed("https://public.example/feed.xml", tmp_path / "feed.xml", wire=_wire(tls, port))


def test_a_public_host_without_tls_is_told_once(tls: ssl.SSLContext) -> None:
    """However many files it serves."""
    with hosting(GOOD) as port:
        targets = list(_targets("http://public.example").values())
        problems = list(check_host(ask_host(targets, may_be_private=False, wire=_wire(tls, port))))

    assert _found(problems) == [("HTTP-TLS", WARNING)]


def _answer(url: str, status: int = 200, is_private: bool = False, **headers: str) -> Answer:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(url=url, is_private=is_private, status=status, headers=pairs)


def _asked_for_art(*answers: Answer) -> Asked:
    target = Target(purpose=Purpose.IMAGE, url=answers[0].url)
    return Asked(target=target, exchanges=(Exchange(question=Question.GET, answers=answers),))


@pytest.mark.parametrize(
    ("urls", "is_told"),
    [
        (["http://a.example/x", "https://a.example/x"], False),
        (["https://a.example/x", "http://a.example/x"], True),
        (["https://a.example/x", "http://b.example/x", "https://a.example/y"], True),
    ],
)
def test_a_step_without_tls_is_told(urls: Sequence[str], is_told: bool) -> None:
    """All but a first one that leads straight to https."""
    answers = [_answer(url, 301) for url in urls[:-1]] + [_answer(urls[-1], content_type="image/png")]
    rules = [problem.rule for problem in check_host([_asked_for_art(*answers)])]

    assert rules == ["HTTP-TLS"] * is_told


# -- statistics services ----------------------------------------------------------------------------------------------


def test_each_hop_of_a_prefix_is_tried_with_head_and_ranges(loopback: Wire) -> None:
    """A service that counts downloads stands before the enclosure's address, and may fail by itself."""

    def no_head(path: str) -> Resource:
        def behave(handler: object, is_over: object) -> None:
            hop = refusing(405) if getattr(handler, "command", "") == "HEAD" else redirecting(path, 302)
            assert hop.behave
            hop.behave(handler, is_over)  # type: ignore[arg-type]

        return Resource(behave=behave)

    hops = {"/tides.mp3": redirecting("/count", 302), "/count": no_head("/real.mp3"), "/real.mp3": GOOD["/tides.mp3"]}
    problems = _check(loopback, hops, ["/tides.mp3"])

    assert _found(problems) == [("AP-HTTP-HEAD", ERROR)]
    assert "/count, which answers HEAD with 405" in problems[0].message


# -- which addresses are asked ----------------------------------------------------------------------------------------


def _node(name: str, text: str = "", children: Sequence[Node] = (), **attributes: str) -> Node:
    return Node(name=name, attributes=attributes, text=text, line=7, children=tuple(children))


def _item(number: int, date: str) -> FeedItem:
    children = [
        _node("enclosure", url=f"https://x.example/{number}.mp3", length="12", type="audio/mpeg; x=y"),
        _node("pubDate", date),
        _node("itunes:image", href=f"https://x.example/{number}.jpg"),
        _node("podcast:transcript", url="https://x.example/same.vtt", type="text/vtt"),
        _node("podcast:chapters", url=f"https://x.example/{number}.json"),
    ]
    return FeedItem(number, _node("item", children=children))


def test_the_newest_items_are_asked_about() -> None:
    """By their dates; each address once, however often the feed names it."""
    dates = ["Mon, 05 Jan 2026 08:00:00 +0000", "nonsense", "Tue, 06 Jan 2026 08:00:00 +0000", "Sun, 99 Foo 9999", ""]
    items = (_item(number, date) for number, date in enumerate(dates, 1))
    channel = _node("channel", children=[_node("itunes:image", href="https://x.example/cover.png")])
    targets = find_targets("https://x.example/feed.xml", channel, items, limit=2)

    assert [target.url.rpartition("/")[2] for target in targets] == [
        "feed.xml",
        "cover.png",
        *("1.mp3", "1.jpg", "same.vtt", "1.json"),
        *("3.mp3", "3.jpg", "3.json"),
    ]
    assert (targets[2].media_type, targets[2].size_bytes, targets[2].where) == ("audio/mpeg", 12, "item 1, line 7")


_HEADERS = st.dictionaries(
    st.sampled_from(
        "content-type content-length content-range content-encoding etag last-modified vary cache-control location "
        "access-control-allow-origin".split()
    ),
    st.text(st.characters(codec="latin-1"), max_size=30) | st.sampled_from(["bytes 0-1/9", "max-age=9", "gzip", "9"]),
)
_ANSWERS = st.builds(
    Answer,
    url=st.sampled_from(["https://a.example/", "http://b.example/x"]),
    is_private=st.booleans(),
    status=st.integers(100, 599),
    headers=_HEADERS.map(lambda headers: tuple(headers.items())),
    size_bytes=st.integers(0, 9999),
    opening=st.binary(max_size=20),
)


@settings(deadline=None)
@given(
    purpose=st.sampled_from(Purpose),
    exchanges=st.lists(
        st.builds(Exchange, question=st.sampled_from(Question), answers=st.lists(_ANSWERS, min_size=1).map(tuple)),
        min_size=1,
    ),
)
def test_any_answers_end_in_problems(purpose: Purpose, exchanges: Sequence[Exchange]) -> None:
    """Headers are as hostile as bodies."""
    target = Target(purpose=purpose, url="https://a.example/", media_type="audio/mpeg", size_bytes=9)

    for problem in check_host([Asked(target=target, exchanges=tuple(exchanges))]):
        assert problem.rule
        assert problem.message
