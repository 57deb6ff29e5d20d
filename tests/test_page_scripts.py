"""The scripts of the pages in a real browser, on small pages that hold what the scripts rely on."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from podcast_tool.model import Listed
from podcast_tool.render import search
from podcast_tool.render.feed_stylesheet import render_feed_css
from podcast_tool.render.search import fold, render_search, split_words

from .conftest import REPOSITORY, need_command
from .test_search import ODD_WORDS, XSS

SCRIPTS = REPOSITORY / "podcast_tool" / "render" / "static"
SECONDS = 100

POLICY = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'none'; base-uri 'none'; form-action 'none'"
)

EPISODE = """\
<!DOCTYPE html>
<html lang="en" dir="ltr" data-root="../">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<title>Owls</title><link rel="icon" href="icon.png"><link rel="stylesheet" href="page.css">
<script src="player.js" defer></script></head>
<body><main><h1>Owls</h1>
<section class="player" id="player" data-guid="guid-1" data-show="Night" aria-label="Player">
<audio id="audio" controls preload="none" src="{sound}"></audio>
<div class="controls" hidden>
<button type="button" data-action="back" data-seconds="15">Back</button>
<button type="button" data-action="forward" data-seconds="30">Forward</button>
<label>Speed <select data-action="rate"><option value="0.75">0.75</option><option value="1" selected>1</option>
<option value="1.5">1.5</option><option value="2">2</option></select></label>
</div>
<p role="status" class="status" data-resumed="Goes on at {{time}}."></p>
</section>
<p><a id="note" href="#t=1:10">00:01:10</a> <a id="elsewhere" href="#end">end</a>
<a id="another" href="missing.html#t=5">another page</a></p>
<ol class="chapters">
<li data-start="0"><a href="{sound}#t=0">One</a></li>
<li data-start="20.5"><a href="{sound}#t=20.5">Two</a></li>
<li data-start="60"><a href="{sound}#t=60">Three</a></li>
</ol>
<div class="controls" hidden><label><input type="checkbox" data-action="follow" checked> Follow</label></div>
<div class="transcript" id="transcript" tabindex="0">{paragraphs}</div>
<input id="address" readonly value="https://e.org/feed.xml">
<button type="button" data-action="copy" data-copies="address" data-done="Copied" hidden><b>Copy</b></button>
<p id="end" class="far">end</p>
</main></body></html>
"""

CSS = """\
[hidden] { display: none !important }
.transcript { height: 120px; overflow-y: auto }
.far { margin-top: 2000px }
"""

INDEX = """\
<!DOCTYPE html>
<html lang="en" dir="ltr" data-root="">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<title>Night</title><link rel="icon" href="icon.png"><link rel="stylesheet" href="page.css">
<script src="player.js" defer></script><script src="search.js" defer></script></head>
<body><form role="search" class="search" hidden data-index="{index}" data-none="Nothing." data-found="{{count}} found."
data-failed="Later.">
<label>Search <input type="search" name="q"></label><p role="status"></p><ol class="results" hidden></ol></form>
</body></html>
"""


class _Handler(SimpleHTTPRequestHandler):
    """Answers ranges, without which a browser cannot seek."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".xml": "text/xml; charset=utf-8"}  # noqa: RUF012

    def do_GET(self) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file():
            return super().do_GET()
        raw = path.read_bytes()
        start, end = int(asked[1]), min(int(asked[2] or len(raw) - 1), len(raw) - 1)
        self.send_response(206)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Content-Range", f"bytes {start}-{end}/{len(raw)}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        self.wfile.write(raw[start : end + 1])
        return None

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests look at pages, not at logs."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        """Browsers hang up on recordings that they have enough of."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            raise


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder with the scripts, a recording and a page; and where it is served."""
    folder = tmp_path_factory.mktemp("site")
    for script in SCRIPTS.glob("*.js"):
        (folder / script.name).write_bytes(script.read_bytes())
    sound = ["-f", "lavfi", "-i", f"sine=frequency=330:duration={SECONDS}", "-b:a", "32k", "-ac", "1", "sound.mp3"]
    subprocess.run([need_command("ffmpeg"), "-v", "error", *sound], check=True, cwd=folder)
    (folder / "page.css").write_text(CSS)
    (folder / "icon.png").write_bytes(b"")
    paragraphs = "".join(f'<p data-start="{start}">What is said at {start}.</p>' for start in range(0, SECONDS, 5))
    page = EPISODE.format(policy=POLICY, sound="sound.mp3", paragraphs=paragraphs)
    (folder / "episode.html").write_text(page)
    (folder / "missing.html").write_text(page.replace("sound.mp3", "missing.mp3"))
    with _serving(folder) as address:
        yield folder, address


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    server = _Server(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; another host name leads to this machine, too."""
    arguments = ["--host-resolver-rules=MAP podcast.test 127.0.0.1"]
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=need_command("chromium"), args=arguments)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: tuple[Path, str]) -> Iterator[OpenPage]:
    """Opens a page of the site; at the test's end nothing may have gone wrong in it."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(name: str, *, origin: str = site[1], tolerated: str = "$^", **options: Any) -> Page:
        if not contexts or options:
            contexts.append(browser.new_context(**{"viewport": {"width": 800, "height": 600}, **options}))
        page = contexts[-1].new_page()

        def complain(kind: str, words: str) -> None:
            if not re.search(tolerated, words):
                complaints.append(f"{kind}: {words}")

        page.on("console", lambda message: complain("console", message.text))
        page.on("pageerror", lambda error: complain("error", str(error)))
        page.on("dialog", lambda dialog: complain("dialog", dialog.message))
        page.on("request", lambda request: complain("request", "" if request.url.startswith(origin) else request.url))
        page.goto(origin + name)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [words for words in complaints if words != "request: "] == []


def _time(page: Page) -> float:
    return float(page.evaluate("document.getElementById('audio').currentTime"))


def _wait(page: Page, condition: str) -> None:
    """Until *condition*, JavaScript on `audio`, holds.

    Not by wait_for_function, which evaluates text in the page, as its policy forbids.
    """
    deadline = time.monotonic() + 10
    while not page.evaluate(
        f"(() => {{ const audio = document.getElementById('audio'); return Boolean({condition}) }})()"
    ):
        assert time.monotonic() < deadline, f"{condition} did not come true"
        page.wait_for_timeout(50)


def _play(page: Page) -> None:
    page.evaluate("document.getElementById('audio').play()")
    _wait(page, "!audio.paused && audio.readyState >= 3")


def _current(page: Page, selector: str) -> list[str]:
    return page.locator(f"{selector} [aria-current=true]").all_inner_texts()


# -- the player -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "max_bytes"), [("player.js", 9 * 1024), ("search.js", 9 * 1024)])
def test_scripts_are_small(name: str, max_bytes: int) -> None:
    """They are read, not built: what stands in the repository is what browsers get."""
    assert len((SCRIPTS / name).read_bytes()) <= max_bytes


def test_controls_stand_on_the_page_only_where_they_work(open_page: OpenPage) -> None:
    """Hidden without the script; with it, all of them are there."""
    plain = open_page("episode.html", java_script_enabled=False)
    assert plain.locator("[data-action]:visible").count() == 0
    assert plain.locator(".chapters a").nth(1).get_attribute("href") == "sound.mp3#t=20.5"

    page = open_page("episode.html", java_script_enabled=True)
    assert page.locator("[data-action]:visible").count() == 5


def test_chapters_and_timestamps_play_from_their_moment(open_page: OpenPage) -> None:
    """Sound, chapter list, transcript and address go there together; other links are left alone."""
    page = open_page("episode.html")
    page.click("text=Two")
    _wait(page, "!audio.paused && audio.currentTime > 20.5 && audio.currentTime < 24")
    assert _current(page, ".chapters") == ["Two"]
    assert _current(page, "#transcript") == ["What is said at 20."]
    assert page.url.endswith("#t=20")

    page.click("#note")
    _wait(page, "audio.currentTime > 70 && audio.currentTime < 74")
    assert _current(page, ".chapters") == ["Three"]
    page.click("#elsewhere")
    assert page.url.endswith("#end")
    page.click("#another")
    page.wait_for_url("**/missing.html#t=5")


@pytest.mark.parametrize(
    ("fragment", "seconds"),
    [
        ("t=90", 90),
        ("t=1:30", 90),
        ("t=0:01:30.5", 90.5),
        ("t=npt:10", 10),
        ("t=10,20", 10),
        ("t=,20", 0),
        ("t=1%3A30", 90),
        ("x&t=15", 15),
        ("t=", 0),
        ("t=abc", 0),
        ("t=-5", 0),
        ("t=1:2:3:4", 0),
        ("t=.", 0),
        ("t=%", 0),
        (f"t={'9' * 400}", 0),
        ("xt=15", 0),
        ("end", 0),
    ],
)
def test_an_address_may_name_a_moment(open_page: OpenPage, fragment: str, seconds: float) -> None:
    """Pages opened with it start there, once somebody presses play; whatever else it says is passed over."""
    page = open_page(f"episode.html#{fragment}")
    assert _time(page) == seconds
    assert page.evaluate("document.getElementById('audio').paused")

    page.evaluate("location.hash = '#t=33'")
    _wait(page, "audio.currentTime === 33")


def test_sound_begins_at_the_moment_of_the_address(open_page: OpenPage) -> None:
    """Not only the number: what is played first is what is there."""
    page = open_page("episode.html#t=45")
    _play(page)

    assert 45 <= _time(page) < 50
    assert (
        page.evaluate("navigator.mediaSession.metadata.title + navigator.mediaSession.metadata.artist") == "OwlsNight"
    )


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        (" ", "audio.paused"),
        ("k", "audio.paused"),
        ("K", "audio.paused"),
        ("j", "Math.abs(audio.currentTime - 35) < 4"),
        ("ArrowLeft", "Math.abs(audio.currentTime - 35) < 4"),
        ("l", "Math.abs(audio.currentTime - 80) < 4"),
        ("ArrowRight", "Math.abs(audio.currentTime - 80) < 4"),
        (">", "audio.playbackRate === 1.5"),
        ("<", "audio.playbackRate === 0.75"),
        ("3", "Math.abs(audio.currentTime - 30) < 4"),
        ("0", "audio.currentTime < 4"),
    ],
)
def test_keys_work_in_the_player_alone(open_page: OpenPage, key: str, condition: str) -> None:
    """Not elsewhere on the page (WCAG 2.1.4), and not with the keys that belong to the browser."""
    page = open_page("episode.html#t=50")
    _play(page)
    page.focus("#note")
    page.keyboard.press(key)
    page.focus("[data-action=back]")
    page.keyboard.press("Control+j" if key in " <>" else f"Control+{key}")
    assert (
        page.evaluate("!document.getElementById('audio').paused && document.getElementById('audio').playbackRate") == 1
    )
    assert 50 <= _time(page) < 60

    page.evaluate("document.getElementById('player').tabIndex = -1")
    page.focus("#player")
    page.keyboard.press(key)
    _wait(page, condition)


def test_keys_that_a_control_uses_stay_its_own(open_page: OpenPage) -> None:
    """Space presses a button, and letters choose in a list."""
    page = open_page("episode.html#t=50")
    _play(page)
    page.focus("[data-action=forward]")
    page.keyboard.press(" ")
    _wait(page, "!audio.paused && audio.currentTime >= 80")
    page.focus("[data-action=rate]")
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")

    assert _time(page) >= 80


def test_speed_is_remembered(open_page: OpenPage) -> None:
    """Also on other episodes, and when the recording is loaded only then."""
    page = open_page("episode.html")
    page.select_option("[data-action=rate]", "1.5")
    _wait(page, "audio.playbackRate === 1.5")
    again = open_page("episode.html")
    _play(again)

    assert again.evaluate("document.getElementById('audio').playbackRate") == 1.5
    assert again.input_value("[data-action=rate]") == "1.5"


def test_position_is_remembered(open_page: OpenPage) -> None:
    """Who comes back goes on where they stopped, and is told so; an address that names a moment wins."""
    page = open_page("episode.html")
    page.click("text=Two")
    _wait(page, "!audio.paused && audio.currentTime > 20.5")
    page.evaluate("document.getElementById('audio').pause()")
    _wait(page, "localStorage['podcast:position:guid-1'] > 20")

    again = open_page("episode.html")
    assert _time(again) == 0
    _play(again)
    assert 20 < _time(again) < 30
    assert re.fullmatch(r"Goes on at 0:2\d\.", again.inner_text(".status"))
    other = open_page("episode.html#t=60")
    _play(other)
    assert _time(other) >= 60
    assert other.inner_text(".status") == ""


def test_a_reload_keeps_the_position(open_page: OpenPage) -> None:
    """Although the address names the moment that was last clicked: it was heard, and the sound went on."""
    page = open_page("episode.html")
    page.click("text=Two")
    _wait(page, "!audio.paused && audio.currentTime > 20.5")
    page.evaluate("document.getElementById('audio').currentTime = 50")
    _wait(page, "localStorage['podcast:position:guid-1'] >= 50")
    assert page.url.endswith("#t=20")

    page.reload()
    _play(page)

    assert 50 <= _time(page) < 60


@pytest.mark.parametrize(("key", "begins"), [("l", 50), ("j", 5), ("5", 20), ("0", 0)])
def test_keys_before_the_sound_keep_the_position(open_page: OpenPage, key: str, begins: int) -> None:
    """Skipping goes on from there; tenths of a length that is not known yet are passed over."""
    page = open_page("episode.html")
    page.evaluate("localStorage.setItem('podcast:position:guid-1', '20.0')")
    page.reload()
    page.locator("[data-action=forward]").press(key)
    _play(page)

    assert begins <= _time(page) < begins + 10


@pytest.mark.parametrize("moment", [2, 75])
def test_start_and_end_are_not_remembered(open_page: OpenPage, moment: int) -> None:
    """Who has heard some seconds, or all but the last half minute, begins anew."""
    page = open_page(f"episode.html#t={moment}")
    _play(page)
    page.evaluate("document.getElementById('audio').pause()")
    _wait(page, "localStorage['podcast:position:guid-1'] === '0'")
    again = open_page("episode.html")
    _play(again)

    assert _time(again) < 2
    assert again.inner_text(".status") == ""


@pytest.mark.parametrize(
    ("seconds", "shown"), [(9, "0:09"), (75, "1:15"), (600, "10:00"), (3600, "1:00:00"), (45296, "12:34:56")]
)
def test_position_is_told_as_people_write_it(open_page: OpenPage, seconds: int, shown: str) -> None:
    """Minutes and seconds, hours only where there are any."""
    page = open_page("episode.html")
    page.evaluate(f"localStorage.setItem('podcast:position:guid-1', '{seconds}.4')")
    page.reload()
    page.evaluate("document.getElementById('audio').dispatchEvent(new Event('play'))")

    assert page.inner_text(".status") == f"Goes on at {shown}."


def test_transcript_follows_in_its_own_box(open_page: OpenPage) -> None:
    """The page stays where it is; so does the box where somebody scrolls it, or does not want it to follow."""
    page = open_page("episode.html", reduced_motion="reduce")
    top = "document.getElementById('transcript').scrollTop"
    visible = """(() => { const box = document.getElementById('transcript').getBoundingClientRect();
      const at = document.querySelector('#transcript [aria-current]').getBoundingClientRect();
      return at.top >= box.top && at.bottom <= box.bottom })()"""
    page.evaluate("location.hash = '#t=62'")
    _wait(page, f"{top} > 0 && {visible}")
    assert page.evaluate("scrollY") == 0

    page.hover("#transcript")
    page.mouse.wheel(0, -5000)
    _wait(page, f"{top} === 0")
    page.evaluate("location.hash = '#t=82'")
    page.wait_for_timeout(300)
    assert _current(page, "#transcript") == ["What is said at 80."]
    assert page.evaluate(top) == 0

    page.uncheck("[data-action=follow]")
    page.check("[data-action=follow]")
    _wait(page, visible)
    page.uncheck("[data-action=follow]")
    before = page.evaluate(top)
    page.evaluate("location.hash = '#t=5'")
    page.wait_for_timeout(300)
    assert page.evaluate(top) == before


@pytest.mark.parametrize("host", ["127.0.0.1", "podcast.test"])
def test_address_can_be_copied(open_page: OpenPage, site: tuple[Path, str], host: str) -> None:
    """Over plain http, too, where browsers have no clipboard for pages; and it is said that it is done."""
    origin = site[1].replace("127.0.0.1", host)
    page = open_page("episode.html", origin=origin, permissions=["clipboard-read", "clipboard-write"])
    assert page.evaluate("isSecureContext") == (host == "127.0.0.1")
    page.click("[data-action=copy]")
    expect(page.locator("[data-action=copy]")).to_have_text("Copied")
    expect(page.locator("[data-action=copy] b")).to_have_text("Copy", timeout=6000)
    page.evaluate("(document.body.insertAdjacentHTML('beforeend', '<textarea id=pasted></textarea>'))")
    page.focus("#pasted")
    page.keyboard.press("Control+v")

    assert page.input_value("#pasted") == "https://e.org/feed.xml"


def test_a_recording_that_is_not_there_throws_nothing(open_page: OpenPage) -> None:
    """The browser tells of the address itself, nothing else does."""
    page = open_page("missing.html", tolerated="Failed to load resource")
    page.click("text=Two")
    page.focus("[data-action=forward]")
    page.keyboard.press("k")
    page.keyboard.press("5")
    page.click("[data-action=forward]")
    _wait(page, "audio.error")


def test_a_browser_that_remembers_nothing_throws_nothing(open_page: OpenPage) -> None:
    """In embedded players of other sites, storage is often refused."""
    page = open_page("episode.html")
    denied = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page.context.add_init_script(denied)
    page.reload()
    page.click("text=Two")
    _wait(page, "!audio.paused && audio.currentTime > 20.5")
    page.evaluate("document.getElementById('audio').pause()")
    page.select_option("[data-action=rate]", "2")
    _wait(page, "audio.playbackRate === 2")


# -- the search -------------------------------------------------------------------------------------------------------

START = datetime(2018, 1, 17, 11, tzinfo=UTC)


def _write_search(folder: Path, name: str, texts: list[tuple[str, str]]) -> str:
    """A show's index page and its search; *texts* are title and notes, the oldest first."""
    listed = [
        (
            Listed(slug=f"e{number}", title=title, published_at=START + timedelta(days=number)),
            tuple(sorted({*split_words(title), *split_words(notes)})),
        )
        for number, (title, notes) in enumerate(texts)
    ]
    for path, raw in render_search(listed).items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_bytes(raw)
    page = INDEX.format(policy=POLICY, index=f"{name}/static/search/")
    (folder / f"{name}.html").write_text(page)
    return f"{name}.html"


def _search(page: Page, query: str) -> list[str]:
    """The titles found."""
    page.fill("[name=q]", "")
    page.press("[name=q]", "Enter")
    expect(page.locator(".search [role=status]")).to_have_text("")
    page.fill("[name=q]", query)
    page.press("[name=q]", "Enter")
    expect(page.locator(".search [role=status]")).not_to_have_text("")
    return page.locator(".results a").all_inner_texts()


def test_search_finds_words_by_their_beginnings(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """Every word has to be there; titles first, then the newest."""
    texts = [
        ("Barn owls", "hunting at dusk"),
        ("Bats", "not owls, but dusk as well"),
        ("Moths", "food of bats and owls"),
        ("Foxes", "red"),
    ]
    page = open_page(_write_search(site[0], "owls", texts))

    assert _search(page, "owl") == ["Barn owls", "Moths", "Bats"]
    assert page.inner_text(".search [role=status]") == "3 found."
    assert _search(page, "DUSK öwl") == ["Bats", "Barn owls"]
    assert _search(page, "owls xylophone") == []
    assert page.inner_text(".search [role=status]") == "Nothing."
    assert _search(page, "fox") == ["Foxes"]
    link, day = page.locator(".results a"), page.locator(".results time")
    assert link.get_attribute("href") == "e3/"
    assert (day.get_attribute("datetime"), day.inner_text()) == ("2018-01-20", "Jan 20, 2018")
    page.fill("[name=q]", "")
    expect(page.locator(".results")).to_be_hidden()


def test_search_asks_for_little(open_page: OpenPage, site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing before somebody wants to search; then the list and the files that the words need, each once."""
    monkeypatch.setattr(search, "MAX_SHARD_BYTES", 100)
    texts = [(f"Episode {number}", " ".join(f"{letter}ord{number}" for letter in "abcdefgh")) for number in range(20)]
    page = open_page(_write_search(site[0], "many", texts))
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.wait_for_timeout(300)
    assert "episodes.json" not in asked
    asked.clear()
    page.focus("[name=q]")
    page.wait_for_timeout(300)
    assert asked == ["episodes.json"]

    assert _search(page, "cord7") == ["Episode 7"]
    assert _search(page, "cord7 cord") == ["Episode 7"]
    assert len(asked) == len(set(asked)) < 20


def test_search_words_may_stand_in_the_address(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """`?q=` is searched for at once, so that a search can be linked to."""
    _write_search(site[0], "address", [("Owls", ""), ("Bats", "")])
    page = open_page("address.html?q=ow%6C")

    expect(page.locator(".results a")).to_have_text(["Owls"])
    assert page.input_value("[name=q]") == "owl"


def test_at_most_fifty_are_listed(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """The number of all is told."""
    page = open_page(_write_search(site[0], "fifty", [(f"Owl {number}", "") for number in range(120)]))

    assert _search(page, "owl") == [f"Owl {number}" for number in range(119, 69, -1)]
    assert page.inner_text(".search [role=status]") == "120 found."


def test_stale_answers_are_dropped(
    open_page: OpenPage, site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that comes after a later query's does not take its place."""
    monkeypatch.setattr(search, "MAX_SHARD_BYTES", 20)
    page = open_page(_write_search(site[0], "stale", [("Owls", ""), ("Bats", "")]))
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"stale/static/search/\d+(-.*)?\.json"), hold)
    page.fill("[name=q]", "owls")
    page.press("[name=q]", "Enter")
    page.wait_for_timeout(300)
    slow = list(held)
    held.clear()
    page.fill("[name=q]", "bats")
    page.press("[name=q]", "Enter")
    page.wait_for_timeout(300)
    for route in held:
        route.continue_()
    expect(page.locator(".results a")).to_have_text(["Bats"])
    for route in slow:
        route.continue_()
    page.wait_for_timeout(300)

    assert slow
    assert page.locator(".results a").all_inner_texts() == ["Bats"]


def test_search_without_its_index_says_so(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """No error but the browser's own; it is tried again with the next words."""
    (site[0] / "later.html").write_text(INDEX.format(policy=POLICY, index="later/static/search/"))
    page = open_page("later.html", tolerated="Failed to load resource")
    page.fill("[name=q]", "owls")
    page.press("[name=q]", "Enter")
    page.wait_for_timeout(300)
    assert page.inner_text(".search [role=status]") == "Later."

    _write_search(site[0], "later", [("Owls", "")])
    assert _search(page, "owl") == ["Owls"]


def test_hostile_titles_and_words_run_no_script(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """Titles are shown as they are; what is typed is only searched for. A dialog or an error would fail the test."""
    page = open_page(_write_search(site[0], "hostile", [(vector, "needle") for vector in XSS]))

    titles = page.evaluate(
        """async () => { const field = document.querySelector('[name=q]'); field.value = 'needle';
        field.form.requestSubmit(); await new Promise((done) => setTimeout(done, 500));
        return [...document.querySelectorAll('.results a')].map((link) => link.textContent) }"""
    )
    assert titles == XSS[::-1][:50]
    assert page.locator(".results :not(li, a, time)").count() == 0
    for vector in XSS:
        page.fill("[name=q]", vector)
        page.press("[name=q]", "Enter")
    page.wait_for_timeout(300)
    page.goto(f"{page.url}?q={escape(XSS[0])}")
    assert page.locator("script").count() == 2


# -- the same words in Python and in the browser ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def split_in_browser(browser: Browser) -> Iterator[Callable[[str, list[str]], list[Any]]]:
    """Calls `fold` or `splitWords` of search.js on texts."""
    source = (SCRIPTS / "search.js").read_text("utf-8").split("// -- words")[1].split("// -- the index")[0]
    page = browser.new_page()
    page.evaluate(f"(() => {{ {source} window.words = {{ fold: (text) => fold(text).split(' '), splitWords }} }})()")
    yield lambda name, texts: page.evaluate(f"(texts) => texts.map((text) => words.{name}(text))", texts)
    page.close()


def test_odd_words_are_the_same_in_the_browser(split_in_browser: Callable[[str, list[str]], list[Any]]) -> None:
    """Else what is in the index would never be asked for."""
    texts = [text for text, _ in ODD_WORDS]

    assert split_in_browser("splitWords", texts) == [words for _, words in ODD_WORDS]


def test_every_character_is_folded_as_in_the_browser(
    split_in_browser: Callable[[str, list[str]], list[Any]],
) -> None:
    """All of Unicode that this Python knows; by itself and inside a word."""
    points = [
        chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")
    ]
    text = " ".join(f"xa{letter}bx" for letter in points)
    for name, ours in (("fold", fold(text).split(" ")), ("splitWords", list(split_words(text)))):
        theirs = [word for words in split_in_browser(name, [text]) for word in words]
        assert [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]] == []


def test_odd_words_are_found_in_the_browser(
    open_page: OpenPage, site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through files of every name that such words give."""
    monkeypatch.setattr(search, "MAX_SHARD_BYTES", 30)
    texts = [(f"Title {number}", text) for number, (text, _) in enumerate(ODD_WORDS)]
    page = open_page(_write_search(site[0], "odd", texts))

    for number, (text, words) in enumerate(ODD_WORDS):
        if words:
            assert f"Title {number}" in _search(page, text)
            assert f"Title {number}" in _search(page, words[0])


# -- the feed ---------------------------------------------------------------------------------------------------------


def test_feed_looks_like_a_page(open_page: OpenPage, site: tuple[Path, str]) -> None:
    """Served as text/xml: title, description and episodes; what is for apps is not shown, and hostile text is text."""
    feed = (REPOSITORY / "feed" / "feed.xml").read_bytes()
    if b"<?xml-stylesheet" not in feed:
        feed = feed.replace(b"?>\n", b'?>\n<?xml-stylesheet type="text/css" href="feed.css"?>\n', 1)
    titles = "".join(f"<item><title>{escape(vector)}</title></item>" for vector in XSS)
    feed = feed.replace(b"</channel>", titles.encode() + b"</channel>")
    (site[0] / "feed.xml").write_bytes(feed)
    (site[0] / "feed.css").write_bytes(render_feed_css({"about": 'A feed: "\\</style>\n'}))
    page = open_page("feed.xml", viewport={"width": 320, "height": 600}, color_scheme="dark", tolerated="favicon|404")
    shown = page.evaluate(
        """[...document.querySelectorAll('*')].filter((element) => !element.children.length &&
        element.getClientRects().length).map((element) => element.nodeName)"""
    )

    assert set(shown) == {"title", "description", "link", "pubDate", "itunes:season", "itunes:episode"}
    assert page.locator("item > title").nth(0).text_content() == "What is the Future of Immunotherapy?"
    after = page.evaluate("getComputedStyle(document.querySelector('channel > description'), '::after').content")
    assert after.startswith(r'"A feed: \"\\</style> To subscribe')
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(22, 23, 24)"
