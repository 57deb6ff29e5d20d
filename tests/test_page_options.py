"""What show.toml and `episodes/templates/` say of the pages."""

from __future__ import annotations

import os
import re
from pathlib import Path

import feedparser
import pytest
from PIL import Image

from .conftest import edit, run_tool, tree


def _say(show_dir: Path, line: str) -> None:
    path = show_dir / "episodes" / "show.toml"
    text = path.read_text("utf-8")
    at = text.index("[") if "\n[" in text and text.startswith("[") else 0
    path.write_text(f"{text[:at]}{line}\n{text[at:]}", "utf-8")


def _page(show_dir: Path, path: str = "immunotherapy/index.html") -> str:
    return (show_dir / "feed" / path).read_text("utf-8")


def test_without_pages_there_is_the_feed_alone(show_dir: Path) -> None:
    """`pages = false`: no HTML, script or sitemap, and no item leads to a page that is not there."""
    _say(show_dir, "pages = false")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0, result.stderr
    names = {path.relative_to(show_dir / "feed").as_posix() for path in (show_dir / "feed").rglob("*.*")}
    assert not {name for name in names if name.endswith((".html", ".js", ".css", ".svg")) or "sitemap" in name}
    assert "immunotherapy/transcript.vtt" in names
    feed = feedparser.parse((show_dir / "feed" / "feed.xml").read_bytes())
    assert {entry.link for entry in feed.entries} == {"https://podcast.example.org/science-behind-cancer/"}
    assert b"xml-stylesheet" not in (show_dir / "feed" / "feed.xml").read_bytes()
    assert "nothing to do" in run_tool("publish", show_dir).stdout


def test_pages_that_are_not_wanted_any_more_go(show_dir: Path) -> None:
    """From feed/ and all that led to them; what listeners hold, and a page that somebody else put there, stays."""
    run_tool("publish", show_dir)
    (show_dir / "feed" / "season-9.html").write_text("the publisher's own", "utf-8")
    before = tree(show_dir / "feed")
    _say(show_dir, "pages = false")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0, result.stderr
    after = tree(show_dir / "feed")
    gone = before.keys() - after.keys()
    assert {"index.html", "sitemap.xml", "feed.css", "season-2.html", "static/search/0.json"} <= gone
    assert {"immunotherapy/index.html", "embed/immunotherapy/index.html", "immunotherapy/oembed.json"} <= gone
    assert not {path for path in gone if path.endswith((".mp3", ".jpg", ".vtt", "chapters.json"))}
    assert {path for path in after if path.endswith((".html", ".js", ".css", ".svg"))} == {"season-9.html"}
    assert "nothing to do" in run_tool("publish", show_dir).stdout


def test_no_list_leads_to_an_episode_without_a_page(show_dir: Path) -> None:
    """One that was published while there were no pages, and whose files are gone: only its item stays."""
    _say(show_dir, "pages = false")
    run_tool("publish", show_dir)
    for path in (show_dir / "episodes").glob("immunotherapy.*"):
        path.unlink()
    edit(show_dir / "episodes" / "show.toml", "pages = false", "pages = true")

    run_tool("publish", show_dir)

    assert len(feedparser.parse((show_dir / "feed" / "feed.xml").read_bytes()).entries) == 2
    for page in ("index.html", "sitemap.xml", "how-cancer-begins/index.html", "static/search/episodes.json"):
        assert "immunotherapy" not in _page(show_dir, page), page


def test_each_list_shows_the_present_picture(show_dir: Path) -> None:
    """Also of an episode whose files are gone; pictures that were replaced go when their days are over."""
    artwork = show_dir / "episodes" / "immunotherapy.jpg"
    for colour in ("red", "blue", "green", "black"):
        Image.new("RGB", (1400, 1400), colour).save(artwork)
        run_tool("publish", show_dir)
    shown = re.findall(r"immunotherapy/art\.small\.\w+\.jpg", _page(show_dir, "index.html"))
    assert len(list((show_dir / "feed").glob("immunotherapy/art.small.*"))) == 4

    for path in (show_dir / "episodes").glob("immunotherapy.*"):
        path.unlink()
    run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": "1900000000"})

    assert re.findall(r"immunotherapy/art\.small\.\w+\.jpg", _page(show_dir, "index.html")) == shown
    left = [path.relative_to(show_dir / "feed").as_posix() for path in (show_dir / "feed").glob("immunotherapy/art.s*")]
    assert left == shown


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("feed_path", "sitemap.xml", "and none that the sitemap or a device of Windows has"),
        ("feed_path", "Sitemap-1.xml", "and none that the sitemap or a device of Windows has"),
        ("feed_path", "nul/feed.xml", "and none that the sitemap or a device of Windows has"),
        ("feed_path", "a" * 2400 + ".xml", 'must be the name of a file such as "podcast.xml"'),
        ("media_url", "https://example.org/" + "a" * 3000, "media_url is longer than 500 characters"),
    ],
)
def test_addresses_that_files_or_codes_cannot_have(show_dir: Path, key: str, value: str, sentence: str) -> None:
    """One sentence, and nothing is written."""
    run_tool("publish", show_dir)
    before = tree(show_dir / "feed")
    _say(show_dir, f'{key} = "{value}"')

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert tree(show_dir / "feed") == before


def test_search_engines_are_told_of_canonical_pages_only(show_dir: Path) -> None:
    """An episode whose `link` is its page stays out of sitemap.xml, also while a fault of it keeps its last item."""
    sidecar = show_dir / "episodes" / "immunotherapy.toml"
    good = 'link = "https://example.org/article"\n' + sidecar.read_text("utf-8")
    for text in (good, "oops\n" + good):
        sidecar.write_text(text, "utf-8")

        run_tool("publish", show_dir)

        assert '<link rel="canonical" href="https://example.org/article">' in _page(show_dir)
        sitemap = _page(show_dir, "sitemap.xml")
        assert "/how-cancer-begins/<" in sitemap
        assert "/immunotherapy/<" not in sitemap


def test_links_directories_and_theme_reach_the_pages(show_dir: Path) -> None:
    """Each stands on every page; a theme stands in a stylesheet of its own."""
    _say(
        show_dir,
        'page_links = [{ title = "Imprint & more", url = "https://example.org/imprint" }]\n'
        'directories = { apple = "1234567890" }\ntheme = { accent = "#a1005c" }',
    )

    assert run_tool("publish", show_dir).returncode == 0

    for path in ("index.html", "immunotherapy/index.html", "season-2.html"):
        page = _page(show_dir, path)
        assert '<a href="https://example.org/imprint">Imprint &amp; more</a>' in page
        assert "https://podcasts.apple.com/podcast/id1234567890" in page
        assert "theme.css?v=" in page
    assert "--accent: #a1005c" in _page(show_dir, "static/theme.css").replace("--accent:#", "--accent: #")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('directories = { appel = "1" }', "directories.appel is unknown; known: amazon, apple,"),
        (
            'directories = { apple = "x" }',
            'directories.apple "x" is no id of a show there; give that, or its whole https:// address',
        ),
        ('theme = { colour = "red" }', "theme.colour is unknown; known: accent,"),
        (
            'theme = { accent = "url(//x)" }',
            'theme.accent "url(//x)" is no value for it; write a colour, such as "#0a5c8a"',
        ),
        ('page_links = [{ title = "Imprint" }]', "page_links.url is missing; add it"),
        ('pages = "no"', 'pages must be true or false, not "no"'),
    ],
)
def test_what_is_wrong_is_left_out_and_told(show_dir: Path, line: str, sentence: str) -> None:
    """Nobody's feed waits for the colour of a page: it goes out, and the exit code says so."""
    _say(show_dir, line)

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert f"error: episodes/show.toml: {sentence}" in result.stderr
    assert (show_dir / "feed" / "feed.xml").exists()
    assert not (show_dir / "feed" / "static" / "theme.css").exists()
    assert b"url(//x)" not in (show_dir / "feed" / "feed.css").read_bytes()


def _template(show_dir: Path, name: str, source: str) -> None:
    folder = show_dir / "episodes" / "templates"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(source, "utf-8")


@pytest.mark.parametrize(
    ("theme", "told"),
    [
        ('accent = "#a1005c"', []),
        ('accent = "yellow"', ["theme.accent leaves accent on background a contrast of 1.0 to 1,"]),
        ('accent = "white", background = "black", surface = "#222"', ["text on background", "muted on background"]),
        ('text-dark = "#333"', ["theme.text-dark leaves text-dark on background-dark a contrast of 1.4 to 1,"]),
        ('radius = "0"', []),
    ],
)
def test_colours_that_cannot_be_read_are_told(show_dir: Path, theme: str, told: list[str]) -> None:
    """PAGE-CONTRAST: a warning, as it is the show's choice; the accent of dark pages is mixed until it can be read."""
    _say(show_dir, f"theme = {{ {theme} }}")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    warnings = [line for line in result.stderr.splitlines() if "a contrast of" in line]
    assert bool(warnings) == bool(told)
    for words in told:
        assert any(words in line for line in warnings), warnings


def test_a_template_of_the_show_builds_on_ours(show_dir: Path) -> None:
    """One block is another, the rest stays; and each page is written anew when the template changes."""
    _template(
        show_dir, "list.html", '{% extends "default/list.html" %}{% block title %}<b>{{ title }}</b>{% endblock %}'
    )
    _template(show_dir, "episode.html", "<!DOCTYPE html><title>{{ episode.title }}</title>")

    assert run_tool("publish", show_dir).returncode == 0
    assert _page(show_dir) == "<!DOCTYPE html><title>What is the Future of Immunotherapy?</title>"
    _template(show_dir, "episode.html", "<!DOCTYPE html><p>{{ episode.title }}</p>")
    assert "wrote feed/immunotherapy/index.html" in run_tool("publish", show_dir).stdout


@pytest.mark.parametrize(
    "source",
    ["{% if %}", "{{ nothing.at.all }}", "{{ ''.__class__.__mro__ }}", "{% include '/etc/passwd' %}"],
    ids=["syntax", "unknown", "escape", "file"],
)
def test_a_broken_template_is_told_and_ours_is_taken(show_dir: Path, source: str) -> None:
    """Each time until it is mended, with its name; a template reaches nothing but what it is given."""
    _template(show_dir, "episode.html", source)

    for _ in range(2):
        result = run_tool("publish", show_dir)
        assert result.returncode == 3
        assert "error: episodes/templates/episode.html: " in result.stderr
        assert "Traceback" not in result.stderr
        assert 'id="player"' in _page(show_dir)
        assert "root:" not in _page(show_dir)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes that lie in folders")
def test_no_template_can_make_each_publish_another(show_dir: Path) -> None:
    """What Jinja2 has for chance is not there; whatever else a template does, the same show gives the same bytes."""
    _template(
        show_dir, "index.html", "{% extends 'default/index.html' %}{% block list %}{{ [1, 2]|random }}{% endblock %}"
    )

    result = run_tool("publish", show_dir)

    assert "No filter named 'random'" in result.stderr
    assert "nothing to do" in run_tool("publish", show_dir).stdout


def test_a_template_that_is_no_file_is_told(show_dir: Path) -> None:
    """A pipe, from which reading would never end, and a folder: ours is taken."""
    _template(show_dir, "list.html", "")
    os.mkfifo(show_dir / "episodes" / "templates" / "episode.html")
    (show_dir / "episodes" / "templates" / "index.html").mkdir()

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "templates/episode.html is no file; ours is taken" in result.stderr
    assert "templates/index.html is no file; ours is taken" in result.stderr
    assert 'id="player"' in _page(show_dir)
