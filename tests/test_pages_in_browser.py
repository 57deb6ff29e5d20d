"""The pages as people meet them: opened in a real browser, from `podcast_tool serve` and from a plain web host.

Pictures of the pages are left in `build/screenshots/`. The README's own, in `docs/pictures/`, are made anew when
`PODCAST_TOOL_PICTURES` is set: `PODCAST_TOOL_PICTURES=1 pytest tests/test_pages_in_browser.py -k pictures`.
"""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from podcast_tool.render.pages.meta import EMBED_HEIGHT_PX, EMBED_WIDTH_PX

from .big_show import chapters, recording, stem, title, transcript, write_big_show
from .browser import (
    SCREENSHOTS,
    axe_findings,
    new_profile,
    open_browser,
    open_tab,
    overhang_px,
    take_screenshot,
    visiting,
    wait_until,
)
from .conftest import REPOSITORY, edit, run_tool, serving
from .test_serve import running_serve

PICTURES = REPOSITORY / "docs" / "pictures"
BIG = 300
PHONE: ViewportSize = {"width": 320, "height": 640}

# Each kind of page there is: show, path below feed/.
PAGES = {
    "sample-index": ("sample", ""),
    "sample-season": ("sample", "season-2.html"),
    "sample-episode": ("sample", "immunotherapy/"),
    "sample-embed": ("sample", "embed/immunotherapy/"),
    "big-index": ("big", ""),
    "big-season": ("big", "season-3.html"),
    "big-year": ("big", "episodes-2014.html"),
    "big-episode": ("big", f"{stem(240)}/"),
    "big-episode-without-all": ("big", f"{stem(241)}/"),
    "big-embed": ("big", f"embed/{stem(240)}/"),
}
TIME = "document.getElementById('audio').currentTime"
PAUSED = "document.getElementById('audio').paused"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two shows: the sample, and one of 300 episodes."""
    folder = tmp_path_factory.mktemp("pages")
    shows = {name: folder / name for name in ("sample", "big")}
    shutil.copytree(REPOSITORY / "episodes", shows["sample"] / "episodes")
    write_big_show(shows["big"], BIG)
    for show_dir in shows.values():
        done = run_tool("publish", show_dir)
        assert done.returncode == 0, done.stderr
    return shows


@pytest.fixture(scope="module")
def site(published: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Where `serve` shows them, with a slash at the end."""
    with (
        running_serve(published["sample"], "--host", "127.0.0.1") as (_, sample_port),
        running_serve(published["big"], "--host", "127.0.0.1") as (_, big_port),
    ):
        yield {"sample": f"http://127.0.0.1:{sample_port}/", "big": f"http://127.0.0.1:{big_port}/"}


@pytest.fixture
def episode(browser: Browser, site: dict[str, str]) -> Iterator[Page]:
    """The sample's page with chapters and a transcript."""
    with visiting(browser, site["sample"] + "immunotherapy/") as visit:
        yield visit.page


def in_player(page: Page, *keys: str) -> None:
    """Press keys with the focus on one of the player's buttons."""
    page.locator("#player [data-action=forward]").focus()
    for key in keys:
        page.keyboard.press(key)


def play(page: Page) -> None:
    """By key, and until there is sound."""
    in_player(page, "k")
    wait_until(page, f"!{PAUSED} && document.getElementById('audio').readyState > 2")


def seconds(page: Page) -> float:
    found: float = page.evaluate(TIME)
    return found


# -- every kind of page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_everybody(browser: Browser, site: dict[str, str], name: str) -> None:
    """By light and in the dark, on a screen and on the smallest phone: axe finds nothing, nothing hangs over."""
    show, path = PAGES[name]
    is_list = show == "big" and not path.endswith("/")
    with visiting(browser, site[show] + path) as visit:
        page = visit.page
        assert axe_findings(page) == []
        take_screenshot(page, f"{name}-light", is_whole=not is_list)

        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        assert axe_findings(page) == []
        assert overhang_px(page) <= 0
        take_screenshot(page, f"{name}-dark-320px", is_whole=not is_list)
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(22, 23, 24)"

        assert page.locator("h1").count() == 1
        assert page.evaluate("[...document.images].every(image => image.alt !== null)")
        page.evaluate("for (const image of document.images) image.loading = 'eager'")
        wait_until(page, "[...document.images].every(image => image.naturalWidth > 0)")


def test_any_host_will_do(browser: Browser, published: dict[str, Path]) -> None:
    """From a plain web server under another address, in a folder below its top, every page is whole."""
    for show, show_dir in published.items():
        root = show_dir / "root"
        shutil.copytree(show_dir / "feed", root / "deep" / "down", ignore=shutil.ignore_patterns("*.mp3"))
        with serving(root) as address, visiting(browser, address + "deep/down/") as visit:
            for path in [path for name, path in PAGES.values() if name == show]:
                visit.page.goto(f"{address}deep/down/{path}")
                assert visit.page.locator("[data-action=copy]").is_visible() or "embed/" in path
                assert visit.page.evaluate("document.styleSheets.length") > 0


def test_what_is_withdrawn_says_so_to_everybody(browser: Browser, published: dict[str, Path], tmp_path: Path) -> None:
    """In the place of its page and in frames of other sites; and both lead on."""
    show_dir = tmp_path / "show"
    shutil.copytree(published["sample"], show_dir, ignore=shutil.ignore_patterns("root"))
    assert run_tool("withdraw", "immunotherapy", show_dir).returncode == 0
    with running_serve(show_dir, "--host", "127.0.0.1") as (_, port):
        address = f"http://127.0.0.1:{port}/"
        for path in ("immunotherapy/", "embed/immunotherapy/"):
            with visiting(browser, address + path) as visit:
                expect(visit.page.locator("h1")).to_have_text("This episode has been withdrawn")
                assert axe_findings(visit.page) == []
                visit.page.locator(".facts a").click()
                expect(visit.page.locator("h1")).to_have_text("The Science Behind Cancer")


def test_pages_on_paper(episode: Page) -> None:
    """What can be read is printed, whole and dark on white; what can only be clicked is not."""
    episode.emulate_media(media="print", color_scheme="dark")

    for place in ("#player", ".masthead nav", ".apps", ".skip"):
        expect(episode.locator(place).first).to_be_hidden()
    for place in (".notes", "#chapters", "#transcript p >> nth=-1", ".qr"):
        expect(episode.locator(place)).to_be_visible()
    assert episode.evaluate("document.getElementById('transcript').scrollHeight <= transcript.clientHeight + 1")
    assert episode.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(253, 252, 250)"
    take_screenshot(episode, "sample-episode-print")


# -- playing ----------------------------------------------------------------------------------------------------------


def test_sound_plays(episode: Page) -> None:
    """K plays and stops."""
    play(episode)
    wait_until(episode, f"{TIME} > 0.2")

    in_player(episode, "k")

    assert episode.evaluate(PAUSED)


def test_chapters_lead_to_their_moment(episode: Page) -> None:
    """A click on a chapter plays from there, and the address can be copied; the page stays where it is."""
    chapter = episode.locator("#chapters a.seek").nth(1)
    chapter.scroll_into_view_if_needed()
    before = episode.evaluate("scrollY")

    chapter.click()

    wait_until(episode, f"!{PAUSED} && {TIME} > 49.7")
    assert episode.url.endswith("#t=49")
    expect(episode.locator("#chapters li").nth(1)).to_have_attribute("aria-current", "true")
    expect(episode.locator("#transcript p").nth(1)).to_have_attribute("aria-current", "true")
    assert episode.locator("[aria-current]").count() == 2
    assert episode.evaluate("scrollY") == before


def test_transcript_follows_the_sound(browser: Browser, site: dict[str, str]) -> None:
    """While it plays, what is said is marked and scrolled to in its own box; not once the reader says no."""
    with visiting(browser, site["big"] + f"{stem(240)}/#t=119.4", reduced_motion="reduce") as visit:
        page = visit.page
        paragraph = page.locator("#transcript p")
        expect(paragraph.nth(3)).to_have_attribute("aria-current", "true")
        before = page.evaluate("scrollY")

        play(page)

        expect(paragraph.nth(4)).to_have_attribute("aria-current", "true")
        assert page.evaluate("document.getElementById('transcript').scrollTop") > 0
        assert page.evaluate("scrollY") == before
        is_seen = "document.querySelector('#transcript [aria-current]').offsetTop - transcript.offsetTop"
        assert 0 <= page.evaluate(f"{is_seen} - transcript.scrollTop") < page.evaluate("transcript.clientHeight")

        page.get_by_label("Follow the sound").uncheck()
        page.evaluate("transcript.scrollTop = 0")
        page.locator("#chapters a.seek").nth(4).click()

        expect(paragraph.nth(4)).to_have_attribute("aria-current", "true")
        assert page.evaluate("document.getElementById('transcript').scrollTop") == 0


@pytest.mark.parametrize(
    ("fragment", "moment"), [("#t=90", 90), ("#t=1:30", 90), ("#t=0:01:30.5", 90.5), ("#t=5,9", 5), ("#notes-title", 0)]
)
def test_addresses_lead_to_a_moment(browser: Browser, site: dict[str, str], fragment: str, moment: float) -> None:
    """`#t=` in seconds or as a clock shows it (W3C Media Fragments)."""
    with visiting(browser, site["sample"] + "immunotherapy/" + fragment) as visit:
        assert seconds(visit.page) == moment
        play(visit.page)
        wait_until(visit.page, f"{TIME} >= {moment}")
        assert seconds(visit.page) < moment + 5


def test_times_in_notes_are_links(browser: Browser, site: dict[str, str]) -> None:
    """A time of the article leads to that moment of the sound."""
    with visiting(browser, site["big"] + f"{stem(240)}/") as visit:
        visit.page.locator('.notes a[href$="#t=62"]').click()
        wait_until(visit.page, f"!{PAUSED} && {TIME} >= 62")


def test_buttons_skip(episode: Page) -> None:
    """Half a minute on, a quarter back; J, L and the arrows do the same."""
    for action, moment in (("forward", 30), ("forward", 60), ("back", 45)):
        episode.locator(f"[data-action={action}]").click()
        assert seconds(episode) == moment
    for key, moment in (("l", 75), ("j", 60), ("ArrowRight", 90), ("ArrowLeft", 75)):
        in_player(episode, key)
        assert seconds(episode) == moment


def test_speed_is_kept(browser: Browser, site: dict[str, str]) -> None:
    """By menu or by < and >; the next page plays as fast."""
    with visiting(browser, site["sample"] + "immunotherapy/") as visit:
        page, rate = visit.page, "document.getElementById('audio').playbackRate"
        page.get_by_label("Speed").select_option("1.5×")
        assert page.evaluate(rate) == 1.5
        in_player(page, ">", ">", ">", ">")
        assert page.evaluate(rate) == 2
        in_player(page, "<")
        expect(page.get_by_label("Speed")).to_have_value("1.75")

        page.goto(site["sample"] + "how-cancer-begins/")

        expect(page.get_by_label("Speed")).to_have_value("1.75")
        play(page)
        assert page.evaluate(rate) == 1.75


def test_position_is_remembered(browser: Browser, site: dict[str, str]) -> None:
    """Who comes back goes on where they stopped, and is told; another episode, and one heard, begin at 0."""
    with visiting(browser, site["sample"] + "immunotherapy/#t=60") as visit:
        page = visit.page
        play(page)
        in_player(page, "k")

        page.goto(site["sample"])
        page.goto(site["sample"] + "immunotherapy/")
        assert seconds(page) == 0
        play(page)

        wait_until(page, f"{TIME} >= 60")
        expect(page.locator("#player [role=status]")).to_have_text("Goes on where you stopped, at 1:00.")

        page.goto(site["sample"] + "how-cancer-begins/")
        play(page)
        assert seconds(page) < 5

        page.goto(site["sample"] + "immunotherapy/#t=100")  # less than half a minute before its end
        play(page)
        in_player(page, "k")
        page.goto(site["sample"])
        page.goto(site["sample"] + "immunotherapy/")
        play(page)
        assert seconds(page) < 5


def test_sound_may_lie_elsewhere(browser: Browser, tmp_path: Path) -> None:
    """With `media_url` the page plays from there, and from nowhere else; its policy says so."""
    shutil.copytree(REPOSITORY / "episodes", tmp_path / "episodes")
    edit(tmp_path / "episodes" / "show.toml", 'type = "episodic"', 'media_url = "https://media.example.org/a/"')
    assert run_tool("publish", tmp_path).returncode == 0
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        path = route.request.url.removeprefix("https://media.example.org/a/")
        route.fulfill(path=tmp_path / "feed" / path, content_type="audio/mpeg")

    with serving(tmp_path / "feed") as address, new_profile(browser) as context:
        visit = open_tab(context, "media.example.org")
        context.route("https://media.example.org/**", answer)
        visit.page.goto(address + "immunotherapy/")
        play(visit.page)

    assert asked
    assert not [fault for fault in visit.faults if address not in fault]


def test_player_in_a_frame_of_another_site(browser: Browser, site: dict[str, str], tmp_path: Path) -> None:
    """What oEmbed gives to other sites plays there, from its own host only."""
    with new_profile(browser) as context:
        oembed = context.request.get(site["sample"] + "immunotherapy/oembed.json").json()
    (tmp_path / "index.html").write_text(f"<!DOCTYPE html><title>Blog</title><p>Listen:</p>{oembed['html']}", "utf-8")
    (tmp_path / "favicon.ico").write_bytes(b"")

    with serving(tmp_path) as blog, new_profile(browser) as context:
        visit = open_tab(context, site["sample"].split("/")[2])
        visit.page.goto(blog)
        inner = visit.page.frame_locator("iframe")
        inner.locator("[data-action=forward]").click()
        inner.locator("[data-action=forward]").press("k")
        frame = visit.page.frames[1]
        deadline = 300
        while not frame.evaluate(f"!{PAUSED} && {TIME} > 30.1") and deadline:
            visit.page.wait_for_timeout(20)
            deadline -= 1
        assert deadline
        assert frame.evaluate("document.scrollingElement.scrollHeight <= innerHeight")
        assert frame.locator("h1 a").get_attribute("target") == "_top"
        take_screenshot(visit.page, "embed-in-a-blog")

    assert not [fault for fault in visit.faults if blog not in fault]


@pytest.mark.parametrize("width_px", [EMBED_WIDTH_PX, 320])
def test_player_fits_the_frame_that_is_announced(browser: Browser, show_dir: Path, width_px: int) -> None:
    """Whatever titles are like, and also while it says where it goes on."""
    episodes = show_dir / "episodes"
    edit(episodes / "show.toml", "The Science Behind Cancer", "Sciences and everything behind them, " * 4)
    edit(episodes / "show.toml", 'language = "en-us"', 'language = "de"')
    edit(episodes / "immunotherapy.toml", "What is the Future of Immunotherapy?", "A long conversation about it " * 5)
    assert run_tool("publish", show_dir).returncode == 0

    with serving(show_dir / "feed") as address:
        size = {"width": width_px, "height": EMBED_HEIGHT_PX}
        with visiting(browser, address + "embed/immunotherapy/", viewport=size) as visit:
            visit.page.evaluate("localStorage['podcast:position:' + player.dataset.guid] = 50")
            visit.page.reload()
            play(visit.page)
            expect(visit.page.locator("[role=status]")).to_contain_text("0:50")
            assert visit.page.evaluate("document.scrollingElement.scrollHeight") <= EMBED_HEIGHT_PX
            assert overhang_px(visit.page) <= 0


# -- keyboard only ----------------------------------------------------------------------------------------------------

REACHABLE = """
[...document.querySelectorAll("a[href], button, input, select, audio, [tabindex='0']")]
    .filter(element => element.checkVisibility())
    .map(element => element.outerHTML)
"""
FOCUSED = """
(() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
  return {
    html: element.outerHTML,
    isMarked: element.localName === "audio" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    isSeen: box.bottom > 0 && box.top < innerHeight && box.width > 0,
  };
})()
"""


@pytest.mark.parametrize("name", ["sample-episode", "sample-index", "big-embed"])
def test_tab_reaches_everything_in_order(browser: Browser, site: dict[str, str], name: str) -> None:
    """Nothing is left out, nothing holds the focus, and where it is can be seen (WCAG 2.2, 2.1.2, 2.4.3, 2.4.7)."""
    show, path = PAGES[name]
    with visiting(browser, site[show] + path, reduced_motion="reduce") as visit:
        page = visit.page
        wanted = page.evaluate(REACHABLE)
        reached: list[str] = []
        for _ in range(3 * len(wanted) + 20):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if found["html"].startswith("<body"):
                break
            if not reached or reached[-1] != found["html"]:  # the browser's own controls are many in one
                reached.append(found["html"])
            assert found["isMarked"], found["html"]
            assert found["isSeen"], found["html"]
        assert reached == wanted


def test_skip_link_leads_to_the_content(episode: Page) -> None:
    """First of all, seen once it has the focus."""
    episode.keyboard.press("Tab")
    expect(episode.locator(".skip").first).to_be_focused()
    expect(episode.locator(".skip").first).to_be_in_viewport()

    episode.keyboard.press("Enter")
    episode.keyboard.press("Tab")

    assert episode.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_a_link_leads_past_the_transcript(episode: Page) -> None:
    """An hour of it has a hundred links: nobody who has no mouse has to go through them."""
    skip = episode.get_by_role("link", name="Skip the transcript")
    skip.focus()
    expect(skip).to_be_in_viewport()

    episode.keyboard.press("Enter")
    episode.keyboard.press("Tab")

    assert not episode.evaluate("document.getElementById('transcript').contains(document.activeElement)")
    assert episode.evaluate("Boolean(document.activeElement.closest('.forms'))")


def test_keys_are_the_players_only_inside_it(episode: Page) -> None:
    """Single keys do nothing elsewhere (WCAG 2.2, 2.1.4), and a control keeps those that it needs itself."""
    for key in ("k", "l", "j", "5", " "):
        episode.keyboard.press(key)
    assert episode.evaluate(PAUSED)
    assert seconds(episode) == 0

    episode.locator("[data-action=forward]").press(" ")  # the button's own
    assert (episode.evaluate(PAUSED), seconds(episode)) == (True, 30)
    episode.get_by_label("Speed").press("1")
    assert seconds(episode) == 30
    in_player(episode, "Control+l")
    assert seconds(episode) == 30

    play(episode)
    in_player(episode, "5")
    wait_until(episode, f"Math.abs({TIME} - document.getElementById('audio').duration / 2) < 2")


def test_chapters_by_keyboard(episode: Page) -> None:
    """Enter on a chapter or on a time of the transcript plays from there."""
    episode.locator("#chapters a.seek").nth(2).press("Enter")
    wait_until(episode, f"!{PAUSED} && {TIME} >= 94.4")
    episode.locator("#transcript a.time").nth(1).press("Enter")
    wait_until(episode, f"{TIME} < 60 && {TIME} >= 49.7")


# -- without JavaScript -----------------------------------------------------------------------------------------------


def test_everything_is_there_without_javascript(browser: Browser, site: dict[str, str]) -> None:
    """Notes, player, chapters as links into the sound, transcript, subscribing; no control that would do nothing."""
    with visiting(browser, site["sample"] + "immunotherapy/", java_script_enabled=False) as visit:
        page = visit.page
        expect(page.locator(".notes p").first).to_contain_text("immunotherapy has changed everything")
        expect(page.locator("audio[controls]")).to_be_visible()
        expect(page.locator("#transcript p").last).to_contain_text("CAR T-cell therapy")
        expect(page.locator("#feed-address")).to_have_value(site["sample"] + "feed.xml")
        expect(page.locator(".qr")).to_be_visible()
        for control in page.locator("[data-action]").all():
            expect(control).to_be_hidden()
        take_screenshot(page, "sample-episode-without-javascript")

        link = page.locator("#chapters a.seek").nth(1)
        assert re.fullmatch(r"\.\./audio/immunotherapy\.[0-9a-f]{8}\.mp3#t=49\.71", link.get_attribute("href") or "")
        with page.expect_response(lambda response: ".mp3" in response.url) as answer:
            link.click()
        assert answer.value.headers["content-type"] == "audio/mpeg"


def test_lists_lead_everywhere_without_javascript(browser: Browser, site: dict[str, str]) -> None:
    """From the first page by years and seasons to any episode, and from one to the next."""
    with visiting(browser, site["big"], java_script_enabled=False) as visit:
        page = visit.page
        expect(page.locator("form.search")).to_be_hidden()
        expect(page.locator(".episodes > li")).to_have_count(50)
        page.get_by_role("link", name="2013", exact=True).click()
        expect(page.locator("h1")).to_have_text("Episodes of 2013")
        page.get_by_role("link", name=title(60), exact=True).click()
        expect(page.locator("h1")).to_have_text(title(60))
        page.get_by_role("link", name="Next episode").click()
        expect(page.locator("h1")).to_have_text(title(61))
        page.get_by_role("link", name="Season 2").click()
        expect(page.locator(".episodes > li")).to_have_count(50)


# -- search -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "season-1.html"])
def test_search_finds_titles_and_notes(browser: Browser, site: dict[str, str], path: str) -> None:
    """Words of titles and of notes, beginnings of words, with accents or without; and says when there is nothing."""
    with visiting(browser, site["big"] + path) as visit:
        page = visit.page
        field, status, results = page.get_by_role("searchbox"), page.locator(".search [role=status]"), ".results li a"
        for words, first, count in [
            ("finding77x", title(77), 1),
            ("FINDING77", title(77), 1),
            ("cafe uberfahrt", title(297), 33),
            ("Überfahrt  café", title(297), 33),
            ("Québec 299", title(299), 1),
            ("salt mar", title(295), 37),
        ]:
            field.fill(words)
            expect(status).to_have_text(f"{count} found.")
            expect(page.locator(results).first).to_have_text(first)
        assert axe_findings(page) == []
        take_screenshot(page, "big-search", is_whole=False)

        field.fill("zeppelin")
        expect(status).to_have_text("Nothing found.")
        expect(page.locator(".results")).to_be_hidden()


def test_search_by_keyboard(browser: Browser, site: dict[str, str]) -> None:
    """Type, Enter, Tab, Enter: the episode is open."""
    with visiting(browser, site["big"]) as visit:
        visit.page.get_by_role("searchbox").focus()
        visit.page.keyboard.type("finding123x")
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator(".results li")).to_have_count(1)
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator("h1")).to_have_text(title(123))


# -- subscribing ------------------------------------------------------------------------------------------------------


def test_feed_address_can_be_copied(browser: Browser, site: dict[str, str]) -> None:
    """One click, and the button says that it is done."""
    permissions = ["clipboard-read", "clipboard-write"]
    with visiting(browser, site["sample"], permissions=permissions) as visit:
        visit.page.locator("[data-action=copy]").click()

        expect(visit.page.locator("[data-action=copy]")).to_have_text("Copied")
        assert visit.page.evaluate("navigator.clipboard.readText()") == site["sample"] + "feed.xml"


def test_feed_looks_like_a_page(browser: Browser, site: dict[str, str]) -> None:
    """Who opens the feed's own address sees what it is and what is in it, not XML; on a phone and in the dark, too."""
    for show in site:
        with visiting(browser, site[show] + "feed.xml") as visit:
            page = visit.page
            assert page.evaluate("getComputedStyle(document.querySelector('channel > title')).fontSize") >= "28px"
            items = "[...document.querySelectorAll('item > *')]"
            seen = page.evaluate(
                f"{items}.filter(element => element.checkVisibility()).map(element => element.nodeName)"
            )
            assert set(seen) <= {"title", "pubDate", "itunes:season", "itunes:episode"}
            assert "title" in seen
            take_screenshot(page, f"{show}-feed-light", is_whole=False)
            page.set_viewport_size(PHONE)
            page.emulate_media(color_scheme="dark")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
            take_screenshot(page, f"{show}-feed-dark-320px", is_whole=False)


# -- other languages, and what is not public yet ----------------------------------------------------------------------


def test_right_to_left(browser: Browser, tmp_path: Path) -> None:
    """A show in Arabic is set from right to left, and is as accessible."""
    write_big_show(tmp_path, 20, language="ar")
    edit(tmp_path / "episodes" / "show.toml", 'title = "Tides & Shores"', 'title = "المد والجزر"')
    edit(tmp_path / "episodes" / f"{stem(20)}.toml", title(20), "ما يتركه البحر على الشاطئ")
    assert run_tool("publish", tmp_path).returncode == 0

    with running_serve(tmp_path, "--host", "127.0.0.1") as (_, port):
        for path in ("", f"{stem(20)}/", f"embed/{stem(20)}/"):
            with visiting(browser, f"http://127.0.0.1:{port}/{path}") as visit:
                page = visit.page
                assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
                if "embed" not in path:
                    boxes = [page.locator(place).bounding_box() for place in ("main", "aside")]
                    assert boxes[0]
                    assert boxes[1]
                    assert boxes[0]["x"] > boxes[1]["x"]
                assert axe_findings(page) == []
                take_screenshot(page, f"arabic-{path.replace('/', '-') or 'index'}")
                page.set_viewport_size(PHONE)
                assert overhang_px(page) <= 0


def test_preview_bears_its_mark(browser: Browser, show_dir: Path, tmp_path: Path) -> None:
    """Whoever is asked to sign off sees on every page that it is not public, and search engines pass it over."""
    shutil.copy(REPOSITORY / "episodes" / "how-cancer-begins.mp3", show_dir / "episodes" / "owls.mp3")
    draft = 'title = "Owls"\npublished = 2017-12-01\ndraft = true\nsummary = "At night."\n'
    (show_dir / "episodes" / "owls.toml").write_text(draft, "utf-8")
    assert run_tool("preview", show_dir, "--to", tmp_path / "out").returncode == 0

    with serving(tmp_path / "out") as address, visiting(browser, address) as visit:
        page = visit.page
        for path in ("", "owls/", "embed/owls/", "immunotherapy/", "season-1.html"):
            page.goto(address + path)
            expect(page.locator(".preview-mark").first).to_be_visible()
            assert page.locator("meta[name=robots]").get_attribute("content") == "noindex"
            assert axe_findings(page) == []
        page.goto(address + "owls/")
        expect(page.locator(".preview-mark")).to_have_text("Preview: draft")
        take_screenshot(page, "preview-draft")


# -- weight -----------------------------------------------------------------------------------------------------------

MAX_PAGE_BYTES, MAX_PICTURE_BYTES = 60_000, 150_000


@pytest.mark.parametrize("has_long_transcript", [False, True])
def test_page_of_an_episode_is_light(show_dir: Path, *, has_long_transcript: bool) -> None:
    """HTML, style and scripts are at most 60 kB without notes and transcript; all of that stands on the page."""
    if has_long_transcript:
        episodes = show_dir / "episodes"
        (episodes / "immunotherapy.mp3").write_bytes(recording(1, 3600))
        (episodes / "immunotherapy.vtt").write_text(transcript(3600), "utf-8")
        (episodes / "immunotherapy.chapters.txt").write_text(chapters(3600), "utf-8")
    done = run_tool("publish", show_dir)
    assert done.returncode == 0, done.stderr
    feed = show_dir / "feed"
    page = (feed / "immunotherapy" / "index.html").read_text("utf-8")
    named = re.findall(r'(?:src|href)="\.\./(static/[^"?]+\.(?:css|js))\?', page)
    assert len(named) >= 2

    lean = _without(page, '<section class="notes"', "</section>")
    lean = _without(lean, '<div class="transcript"', "</div>")
    weight = len(lean.encode()) + sum((feed / path).stat().st_size for path in named)

    assert weight <= MAX_PAGE_BYTES
    if has_long_transcript:
        assert "At 3595 seconds we hear" in html.unescape(page)


def _without(text: str, start: str, end: str) -> str:
    before, _, after = text.partition(start)
    assert after
    return before + after.partition(end)[2]


# -- the README's pictures --------------------------------------------------------------------------------------------


def test_pictures_of_the_readme(browser: Browser, published: dict[str, Path]) -> None:
    """Made of the pages as a host has them, each below 150 kB; laid into docs/ only where they are asked for."""
    folder = PICTURES if os.environ.get("PODCAST_TOOL_PICTURES") else SCREENSHOTS / "readme"
    folder.mkdir(parents=True, exist_ok=True)
    for name, show, path, size, scheme in [
        ("episode", "sample", "immunotherapy/", (1180, 860), "light"),
        ("phone", "sample", "immunotherapy/", (400, 860), "dark"),
        ("index", "big", "", (1180, 860), "light"),
    ]:
        options: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
        with serving(published[show] / "feed") as address, visiting(browser, address + path, **options) as visit:
            with Image.open(BytesIO(visit.page.screenshot(animations="disabled"))) as picture:
                few_colours = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            few_colours.save(folder / f"{name}.png", optimize=True)
        assert (folder / f"{name}.png").stat().st_size <= MAX_PICTURE_BYTES
