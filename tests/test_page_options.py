"""What show.toml and `episodes/templates/` say of the pages."""

from __future__ import annotations

import os
from pathlib import Path

import feedparser
import pytest

from .conftest import run_tool


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
    assert "url(" not in _page(show_dir)


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
