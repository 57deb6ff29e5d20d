"""Whatever titles, notes, names, links and files say, no page runs it: published, and opened in a real browser.

Each page is opened twice: as it is, where its policy may have nothing to complain of; and with the policy switched off,
so that whatever got through would really run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from podcast_tool.text import clean_line

from .big_show import SHOW, recording, write_big_show
from .browser import Visit, new_profile, open_browser, open_tab
from .conftest import REPOSITORY, run_tool, serving

RUN = "window.__xss=1"
# Beside those of the cheat sheet: what breaks out of attributes, JSON, comments and templates.
OWN = [
    f'"><svg/onload={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f'" autofocus onfocus={RUN} x="',
    f"</script><script>{RUN}</script>",
    f"</ScRiPt ><img src=x onerror={RUN}>",
    f"</title></textarea></style></noscript><script>{RUN}</script>",
    f"--><script>{RUN}</script><!--",
    f"]]><script>{RUN}</script>",
    f"\\u003cimg src=x onerror={RUN}\\u003e \\x3cscript\\x3e{RUN}\\x3c/script\\x3e",
    f"'-{RUN}-' \";{RUN};// `${{{RUN}}}` \u2028{RUN}",
    "{{7*7}} {% for x in site %}{{ x }}{% endfor %} <%= 7*7 %> #{7*7} ${7*7} %(title)s {time} {count}",
    f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;script&#62;{RUN}&#60;/script&#62; %3Cscript%3E{RUN}%3C/script%3E",
    f"＜script＞{RUN}＜/script＞ \u202egnp.exe",
    f"[x](javascript:{RUN}) ![x](javascript:{RUN}) <javascript:{RUN}>",
    f"[x](data:text/html,<script>{RUN}</script>) [y](vbscript:{RUN}) [z](&#106;avascript:{RUN})",
    f"[x][1] and [https://example.org/](javascript:{RUN}// )\n\n[1]: JaVaScRiPt:{RUN}",
    "</style><style>*{background:url(https://evil.example/x.png)}</style>",
    "red;}body{background:url(https://evil.example/x.png)}",
    '<a href="#t=1:30" onclick="window.__xss=1">1:30</a>',
    f'<p data-start="0" data-seek="javascript:{RUN}">x</p><form class="search" data-index="https://evil.example/">',
    f'<button data-action="copy" data-copies="audio">x</button><div id="audio" name="player" onclick={RUN}>x</div>',
    f'<picture><source srcset="x"><img src=x onerror={RUN}></picture><iframe src="javascript:{RUN}"></iframe>',
]
VECTORS = [
    line
    for line in (REPOSITORY / "tests" / "xss_vectors.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
] + OWN
LINKS = [
    f"javascript:{RUN}",
    f" JaVaScRiPt:{RUN}",
    f"java\tscript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN}",
    f'https://example.org/"onmouseover="{RUN}',
    f"https://example.org/'><img src=x onerror={RUN}>",
    f"//evil.example/<script>{RUN}</script>",
]
GROUP = 4
GROUPS = [VECTORS[start : start + GROUP] for start in range(0, len(VECTORS), GROUP)]

OURS_ON_PAGES = {
    "audio",
    "button",
    "img",
    "input",
    "label",
    "li",
    "link",
    "meta",
    "option",
    "script",
    "select",
    "title",
}
# What no page of ours has, and what would let a text act.
FORBIDDEN = "iframe, frame, object, embed, base, style, svg, math, template, noscript, video, source, picture, textarea"
FOUND = """
(() => {
  const all = [...document.querySelectorAll("*")];
  return {
    scripts: [...document.scripts].map(script => script.getAttribute("src") || script.type),
    forbidden: [...document.querySelectorAll(FORBIDDEN)].map(element => element.outerHTML),
    handlers: all
      .filter(element => [...element.attributes].some(({ name }) => /^(on|style$|srcdoc|formaction|ping)/.test(name)))
      .map(element => element.outerHTML),
    forms: [...document.forms].map(form => form.className),
    schemes: [...new Set([...document.querySelectorAll("a[href]")].map(link => link.protocol))],
    pictures: [...new Set([...document.images].map(image => new URL(image.src).origin))],
    sheets: [...document.querySelectorAll("link[rel=stylesheet]")].map(link => new URL(link.href).origin),
    refreshes: [...document.querySelectorAll("meta[http-equiv]")].map(meta => meta.httpEquiv),
    twice: all.map(element => element.id).filter((id, at, ids) => id && ids.indexOf(id) !== at),
  };
})()
""".replace("FORBIDDEN", json.dumps(FORBIDDEN))
# As if somebody moved over everything, and came to everything with the Tab key.
TOUCH = """
for (const element of document.querySelectorAll("body, body *")) {
  for (const name of ["mouseover", "mouseenter", "pointerover", "focus", "toggle", "animationend"])
    element.dispatchEvent(new Event(name, { bubbles: true }));
}
"""


def _stem(number: int, kind: str) -> str:
    return f"hostile-{kind}-{number:02d}"


def _write_episode(folder: Path, number: int, vectors: Sequence[str], kind: str) -> None:
    stem = folder / _stem(number, kind)
    links = [LINKS[(number + at) % len(LINKS)] for at in range(len(vectors))]
    sidecar = {
        "title": " ".join(vectors),
        "published": f"2017-{1 + number // 28:02d}-{1 + number % 28:02d}",
        "season": 1,
        "season_name": vectors[0][:100],
        "persons": [
            {"name": vector, "role": vector, "group": vector, "url": link, "image": link}
            for vector, link in zip(vectors, links, strict=True)
        ],
    }
    stem.with_suffix(".json").write_text(json.dumps(sidecar), "utf-8")
    whole = "<!-- podcast_tool: all of this is the article -->\n" if kind == "html" else ""
    stem.with_suffix(f".{kind}").write_text(whole + "\n\n".join(["What was said.", *vectors, *links]), "utf-8")
    stem.with_suffix(".chapters.json").write_text(
        json.dumps(
            {
                "version": "1.2.0",
                "chapters": [
                    {"startTime": at * 3, "title": vector, "url": link, "img": link}
                    for at, (vector, link) in enumerate(zip(vectors, links, strict=True))
                ],
            }
        ),
        "utf-8",
    )
    stem.with_suffix(".vtt").write_text(
        "WEBVTT\n\n"
        + "\n\n".join(
            f"00:{at * 3:02d}.000 --> 00:{at * 3 + 3:02d}.000\n<v {clean_line(vector)}>{clean_line(vector)}"
            for at, vector in enumerate(vectors)
        ),
        "utf-8",
    )
    stem.with_suffix(".mp3").write_bytes(recording(number + 1000 * (kind == "html"), 15))


@pytest.fixture(scope="module")
def hostile_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show in which everything that can be said is an attack, published."""
    show_dir = tmp_path_factory.mktemp("hostile")
    write_big_show(show_dir, 1)
    episodes = show_dir / "episodes"
    for path in episodes.glob("shore-*"):  # a file's name may be anything, too
        path.rename(path.with_name(path.name.replace("shore-00001", f'"><img src=x onerror={RUN}>')))
    words = "".join(OWN[:6]).replace("\\", "").replace('"', '\\"')
    (episodes / "show.toml").write_text(
        SHOW.replace("LANGUAGE", "en")
        .replace("Tides & Shores", words)
        .replace("What the sea leaves", words)
        .replace("Harbour Radio", words)
        .replace("CC-BY-4.0", words)
        .replace('"Imprint"', f'"{words}"')
        .replace("Siân Müller", words),
        "utf-8",
    )
    for number, vectors in enumerate(GROUPS):
        _write_episode(episodes, number, vectors, "md")
        _write_episode(episodes, number, vectors, "html")
    done = run_tool("publish", show_dir)
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert "[held back]" not in done.stderr
    return show_dir


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module", params=["with its policy", "without"])
def visit(request: pytest.FixtureRequest, browser: Browser, hostile_dir: Path) -> Iterator[tuple[Visit, str]]:
    """A tab, and where the show is served."""
    with (
        serving(hostile_dir / "feed") as address,
        new_profile(browser, bypass_csp=request.param == "without") as context,
    ):
        yield open_tab(context, address.split("/")[2]), address


def open_page(visit: Visit, address: str) -> Page:
    """Open it, and touch everything on it."""
    visit.faults.clear()
    visit.page.goto(address)
    visit.page.evaluate(TOUCH)
    return visit.page


def assert_nothing_ran(visit: Visit, scripts: Sequence[str]) -> None:
    """No script but ours, and nothing that is none of ours on the page."""
    found = visit.page.evaluate(FOUND)
    assert [name.partition("?")[0].rpartition("/")[2] for name in found["scripts"]] == list(scripts)
    assert found["forbidden"] == found["handlers"] == []
    assert set(found["forms"]) <= {"search"}
    assert set(found["schemes"]) <= {
        *("http:", "https:", "mailto:"),
        *("podcast:", "overcast:", "pktc:", "castro:"),
    }
    assert set(found["pictures"] + found["sheets"]) == {visit.page.evaluate("origin")}
    assert found["refreshes"] == ["Content-Security-Policy"]
    assert found["twice"] == []
    assert visit.page.evaluate("window.__xss") is None
    assert not visit.faults, "\n".join(visit.faults)


@pytest.mark.parametrize("kind", ["md", "html"])
def test_pages_of_episodes_run_nothing(visit: tuple[Visit, str], kind: str) -> None:
    """Titles, notes, persons, chapters, transcripts: shown as they were written, or left out."""
    tab, address = visit
    for number, vectors in enumerate(GROUPS):
        page = open_page(tab, f"{address}{_stem(number, kind)}/")
        assert_nothing_ran(tab, ["player.js", "ld+json"])
        title = clean_line(" ".join(vectors))
        assert page.evaluate("document.querySelector('h1').textContent") == title
        assert page.evaluate("JSON.parse(document.querySelector('script[type]').textContent).name") == title
        assert page.locator(".persons li").count() >= 2
        assert page.locator("#transcript p").count() >= 1


def test_players_in_frames_run_nothing(visit: tuple[Visit, str]) -> None:
    """The same for what other sites show."""
    tab, address = visit
    for number in range(len(GROUPS)):
        open_page(tab, f"{address}embed/{_stem(number, 'md')}/")
        assert_nothing_ran(tab, ["player.js"])


def test_lists_and_search_run_nothing(visit: tuple[Visit, str]) -> None:
    """Neither lists, nor what is searched for, nor what is found."""
    tab, address = visit
    for path in ("", "season-1.html"):
        page = open_page(tab, address + path)
        assert_nothing_ran(tab, ["player.js", "search.js", *(["ld+json"] if not path else [])])
        for words in ("script", "onerror img", "window xss", *OWN[:4], "constructor", "__proto__"):
            page.get_by_role("searchbox").fill(words)
            page.keyboard.press("Enter")
            expect(page.locator(".search [role=status]")).not_to_be_empty()
            names = page.evaluate("[...document.querySelectorAll('.results *')].map(element => element.localName)")
            assert set(names) <= {"li", "a", "time"}
        page.evaluate(TOUCH)
        assert_nothing_ran(tab, ["player.js", "search.js", *(["ld+json"] if not path else [])])
    page = open_page(tab, f"{address}?q=%22%3E%3Cimg%20src%3Dx%20onerror%3D{RUN}%3E")
    expect(page.locator(".search [role=status]")).not_to_be_empty()
    assert_nothing_ran(tab, ["player.js", "search.js", "ld+json"])


def test_names_of_files_run_nothing(visit: tuple[Visit, str], hostile_dir: Path) -> None:
    """An episode whose files are named so is published under a name of a to z, and its page does not hold theirs."""
    tab, address = visit
    (folder,) = (hostile_dir / "feed").glob("img-src-*")
    open_page(tab, f"{address}{folder.name}/")
    assert_nothing_ran(tab, ["player.js", "ld+json"])


@pytest.mark.parametrize(
    "fragment", ["#t=javascript:window.__xss=1", '#"><img src=x onerror=window.__xss=1>', "#t=1e999"]
)
def test_addresses_run_nothing(visit: tuple[Visit, str], fragment: str) -> None:
    """What stands behind the # is read by our script."""
    tab, address = visit
    open_page(tab, f"{address}{_stem(0, 'md')}/{fragment}")
    assert_nothing_ran(tab, ["player.js", "ld+json"])


def test_the_feed_in_a_browser_runs_nothing(visit: tuple[Visit, str]) -> None:
    """XML can hold scripts, too, and stylesheets other addresses."""
    tab, address = visit
    tab.faults.clear()
    tab.page.goto(f"{address}feed.xml")
    assert tab.page.evaluate("document.getElementsByTagNameNS('http://www.w3.org/1999/xhtml', '*').length") == 0
    assert tab.page.evaluate("window.__xss") is None
    assert not tab.faults, "\n".join(tab.faults)


def test_fields_that_could_act_are_refused(tmp_path: Path) -> None:
    """Colours, ids and addresses of the show go out only where they are wholly what they should be; else it is told."""
    write_big_show(tmp_path, 1)
    place = tmp_path / "episodes" / "show.toml"
    show = place.read_text("utf-8")
    for old, new in [
        ('"1234567890"', f"'javascript:{RUN}'"),
        ('"0123456789abcdefABCDEF"', "'https://evil.example/\"><script>'"),
        ('"#8a2a12"', "'red;}body{background:url(//evil.example/x.png)}'"),
        ("accent = ", "font = 'x;}@import url(//evil.example/x.css);a{b:'\naccent = "),
    ]:
        assert show.count(old) == 1
        show = show.replace(old, new)
    place.write_text(show, "utf-8")

    done = run_tool("publish", tmp_path)

    assert done.returncode == 3
    for field in ("directories.apple", "directories.spotify", "theme.accent", "theme.font"):
        assert f'{field} "' in done.stderr
    for path in (tmp_path / "feed").rglob("*.*"):
        if path.suffix in (".html", ".css", ".xml", ".json", ".js"):
            text = path.read_text("utf-8")
            assert "evil.example" not in text, path
            assert "javascript:" not in text, path
