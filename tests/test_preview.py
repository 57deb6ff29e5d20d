"""`podcast_tool preview`: what waits, as it will appear, for people who do not run this tool."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import feedparser
import pytest
from PIL import Image

from podcast_tool.pipeline.serving import watching_folders

from .conftest import REPOSITORY, edit, run_tool, tree


@pytest.fixture
def waiting_dir(tmp_path: Path) -> Path:
    """The published sample show, with a draft, a scheduled episode and an edited title."""
    for name in ("episodes", "feed"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    episodes = tmp_path / "episodes"
    for stem, fields in (("owls", "published = 2017-12-01\ndraft = true"), ("tides", "published = 2031-01-01")):
        shutil.copy(episodes / "how-cancer-begins.mp3", episodes / f"{stem}.mp3")
        (episodes / f"{stem}.toml").write_text(f'title = "{stem.title()}"\n{fields}\n', "utf-8")
        (episodes / f"{stem}.txt").write_text(f"{stem.title()}\n\nAll about {stem}, told at length.\n", "utf-8")
    edit(episodes / "immunotherapy.toml", "What is the Future of Immunotherapy?", "The Future of Immunotherapy")
    return tmp_path


def test_what_waits_is_shown_and_marked(waiting_dir: Path) -> None:
    """Drafts, scheduled and changed episodes are in feed and pages, each says what it is; no engine may index them."""
    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 0, result.stderr
    assert "draft      owls  Owls\n" in result.stdout
    assert "scheduled  tides  Tides\n" in result.stdout
    assert "changed    immunotherapy  The Future of Immunotherapy\n" in result.stdout
    feed = feedparser.parse((waiting_dir / "out" / "feed.xml").read_bytes())
    assert [entry.title for entry in feed.entries] == [
        "[scheduled] Tides",
        "[changed] The Future of Immunotherapy",
        "[draft] Owls",
        "How Does a Cancer Begin?",
    ]
    assert feed.feed.itunes_block
    for path in (waiting_dir / "out").rglob("index.html"):
        assert 'name="robots" content="noindex' in path.read_text("utf-8"), path
    for page in ("owls", "embed/owls"):
        words = (waiting_dir / "out" / page / "index.html").read_text("utf-8")
        assert '<p class="preview-mark" role="status">Preview: draft</p>' in words
    assert not (waiting_dir / "out" / "sitemap.xml").exists()


def test_no_template_takes_the_mark_for_engines_away(waiting_dir: Path) -> None:
    """Neither one that replaces what stands in the head, nor one that has none."""
    templates = waiting_dir / "episodes" / "templates"
    templates.mkdir()
    (templates / "base.html").write_text("{% extends 'default/base.html' %}{% block meta %}{% endblock %}", "utf-8")
    (templates / "embed.html").write_text("<!DOCTYPE html><title>Player</title>", "utf-8")

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    pages = list((waiting_dir / "out").rglob("*.html"))
    assert len(pages) > 8
    for page in pages:
        assert page.read_text("utf-8").count('<meta name="robots" content="noindex">') == 1, page


def test_what_is_withdrawn_next_is_seen(waiting_dir: Path) -> None:
    """Its page says so in the preview, as it will once that is published."""
    with (waiting_dir / "episodes" / "how-cancer-begins.toml").open("a", encoding="utf-8") as sidecar:
        sidecar.write("\nwithdrawn = true\n")

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    page = (waiting_dir / "out" / "how-cancer-begins" / "index.html").read_text("utf-8")
    assert "This episode has been withdrawn" in page
    assert "how-cancer-begins/" not in (waiting_dir / "out" / "index.html").read_text("utf-8")


def test_everything_lies_under_the_address_of_the_preview(waiting_dir: Path) -> None:
    """Also what stays as it was published; only sound that is nowhere here is heard at its public address."""
    show = waiting_dir / "episodes" / "show.toml"
    edit(
        show,
        "language =",
        'media_url = "https://media.example.org/"\nenclosure_prefix = "https://stats.example.net/r/"\nlanguage =',
    )
    (waiting_dir / "episodes" / "how-cancer-begins.txt").unlink()
    run_tool("publish", waiting_dir)
    (waiting_dir / "episodes" / "immunotherapy.toml").write_text("title = ", "utf-8")
    (waiting_dir / "episodes" / "how-cancer-begins.mp3").unlink()
    for path in (waiting_dir / "feed" / "audio").glob("how-cancer-begins.*"):
        path.unlink()

    result = run_tool(
        "preview", waiting_dir, "--to", waiting_dir / "out", "--site-url", "https://staging.example.org/x"
    )

    assert result.returncode == 3, result.stderr
    feed = feedparser.parse((waiting_dir / "out" / "feed.xml").read_bytes())
    sounds = {entry.id: entry.enclosures[0].href for entry in feed.entries}
    elsewhere = [sound for sound in sounds.values() if sound.startswith("https://media.example.org/audio/how-cancer-")]
    here = [sound for sound in sounds.values() if sound.startswith("https://staging.example.org/x/audio/")]
    assert len(elsewhere) == 1
    assert len(elsewhere) + len(here) == len(sounds)
    for sound in here:
        assert (waiting_dir / "out" / sound.removeprefix("https://staging.example.org/x/")).is_file()
    for path in (waiting_dir / "out").rglob("*.*"):
        if path.suffix in (".html", ".json", ".xml"):
            assert b"podcast.example.org/science" not in path.read_bytes(), path
            assert b"stats.example.net" not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("site_url", "sentence"),
    [
        ("https://example.org/?a=b", "must be the folder in which feed/ is served"),
        ("https://example.org/feed.xml", "must be the folder in which feed/ is served"),
        ("ftp://example.org/", "must be the folder in which feed/ is served"),
        ("https://[", "must be the folder in which feed/ is served"),
        ("https://example.org/" + "a" * 3000, "is longer than 500 characters"),
    ],
)
def test_an_address_that_is_no_folder_is_refused(waiting_dir: Path, site_url: str, sentence: str) -> None:
    """As in show.toml."""
    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out", "--site-url", site_url)

    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: --site-url: {sentence}")
    assert not (waiting_dir / "out").exists()


def test_a_show_with_nothing_to_see_is_told(waiting_dir: Path) -> None:
    """No episode at all, or only such as are held back; what a preview showed before stays."""
    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")
    before = tree(waiting_dir / "out")
    shutil.rmtree(waiting_dir / "feed")
    for path in (waiting_dir / "episodes").iterdir():
        if path.name not in ("show.toml", "cover.jpg", "immunotherapy.toml", "immunotherapy.mp3"):
            path.unlink()
    (waiting_dir / "episodes" / "immunotherapy.toml").write_text("title = ", "utf-8")

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 1
    assert "episodes/: there is nothing to show: every episode is held back" in result.stderr
    assert tree(waiting_dir / "out") == before
    for path in (waiting_dir / "episodes").glob("immunotherapy.*"):
        path.unlink()
    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")
    assert result.returncode == 1
    assert "episodes/: holds no episode; put a recording there" in result.stderr


def test_a_preview_leads_no_app_to_the_public_feed(waiting_dir: Path) -> None:
    """Of a show that moves, too: who signs off in an app stays with the preview."""
    new_address = 'new_feed_url = "https://moved.example.org/feed.xml"\n'
    edit(waiting_dir / "episodes" / "show.toml", 'type = "episodic"\n', f'type = "episodic"\n{new_address}')

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert b"[preview]" in (waiting_dir / "out" / "feed.xml").read_bytes()
    assert b"moved.example.org" not in (waiting_dir / "out" / "feed.xml").read_bytes()


def test_nobody_is_told_to_copy_a_preview_over_the_show(waiting_dir: Path) -> None:
    """It has drafts in it, and a feed that hides the show from Apple; elsewhere, it needs the address there."""
    site_url = "https://podcast.example.org/science-behind-cancer/"
    staging = "https://staging.example.org/show/"

    told = run_tool("preview", waiting_dir, "--to", waiting_dir / "out").stdout
    assert f"never copy it to {site_url}" in told
    assert "give the address there with --site-url" in told

    told = run_tool("preview", waiting_dir, "--to", waiting_dir / "out", "--site-url", staging).stdout
    assert told.endswith(f"out; copy it to {staging}\n")
    page = (waiting_dir / "out" / "owls" / "index.html").read_text("utf-8")
    assert f'<link rel="canonical" href="{staging}owls/">' in page
    assert site_url not in page


def test_feed_and_ledger_stay_as_they_are(waiting_dir: Path) -> None:
    """A preview gives nothing away: no byte of feed/ changes, and the next publish does what it would have done."""
    before = tree(waiting_dir / "feed")
    told = run_tool("publish", waiting_dir, "--dry-run").stdout

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert tree(waiting_dir / "feed") == before
    assert not (waiting_dir / "out" / "ledger.json").exists()
    assert run_tool("publish", waiting_dir, "--dry-run").stdout == told


def test_everything_named_is_there(waiting_dir: Path) -> None:
    """The folder is whole: each enclosure, transcript and picture that its feed names lies in it."""
    run_tool("preview", waiting_dir, "--to", waiting_dir / "out", "--site-url", "https://staging.example.org/x")

    feed = (waiting_dir / "out" / "feed.xml").read_text("utf-8")
    named = {part.split('"')[0].split("<")[0] for part in feed.split("https://staging.example.org/x/")[1:]}
    assert len(named) > 10
    for path in named:
        place = waiting_dir / "out" / path
        assert place.is_file() or (place / "index.html").is_file(), path
    assert "podcast.example.org" not in feed


def test_what_waits_no_longer_leaves_the_folder(waiting_dir: Path) -> None:
    """A second preview into the same folder takes away what the show no longer has, and keeps the rest."""
    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")
    audio = next((waiting_dir / "out" / "audio").glob("immunotherapy.*.mp3"))
    was = audio.stat().st_mtime_ns
    for path in (waiting_dir / "episodes").glob("owls.*"):
        path.unlink()

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert not (waiting_dir / "out" / "owls").exists()
    assert not list((waiting_dir / "out" / "audio").glob("owls.*"))
    assert audio.stat().st_mtime_ns == was


def test_a_folder_with_other_files_is_refused(waiting_dir: Path) -> None:
    """What is not a preview's is never written over or deleted."""
    (waiting_dir / "out").mkdir()
    (waiting_dir / "out" / "mine.txt").write_text("mine", "utf-8")

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 1
    assert "out: holds other files, which a preview would delete; give a new or empty folder" in result.stderr
    assert [path.name for path in (waiting_dir / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("to_dir", "part"), [("feed", "feed"), ("feed/new", "feed"), ("episodes/new", "episodes"), (".", "episodes")]
)
@pytest.mark.parametrize("is_published", [True, False])
def test_a_folder_of_the_show_itself_is_refused(waiting_dir: Path, to_dir: str, part: str, is_published: bool) -> None:
    """No draft comes into feed/, be it that nothing is published yet; and no page is taken for an episode's file."""
    if not is_published:
        shutil.rmtree(waiting_dir / "feed")
    before = tree(waiting_dir)

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / to_dir)

    assert result.returncode == 1
    assert f"is where the show has its {part}/; give a folder that is no part of it" in result.stderr
    assert {path: raw for path, raw in tree(waiting_dir).items() if ".podcast_tool" not in str(path)} == before
    assert (waiting_dir / "feed").exists() == is_published


def test_dotfiles_and_what_a_link_leads_to_stay(waiting_dir: Path, tmp_path: Path) -> None:
    """A host's password file, or git's own, is not deleted from a preview's folder; nor is anything outside it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine", "utf-8")
    out = waiting_dir / "out"
    run_tool("preview", waiting_dir, "--to", out)
    (out / ".htaccess").write_text("Require valid-user", "utf-8")
    (out / ".git").mkdir()
    (out / ".git" / "HEAD").write_text("ref: refs/heads/main", "utf-8")
    (out / "link").symlink_to(elsewhere)

    run_tool("preview", waiting_dir, "--to", out)

    assert (out / ".htaccess").is_file()
    assert (out / ".git" / "HEAD").is_file()
    assert not (out / "link").exists()
    assert (elsewhere / "mine.txt").read_text("utf-8") == "mine"


def test_a_show_that_was_never_published_can_be_seen(show_dir: Path) -> None:
    """Sign-off comes before the first publish."""
    result = run_tool("preview", show_dir, "--to", show_dir / "out")

    assert result.returncode == 0, result.stderr
    assert "ready      immunotherapy" in result.stdout
    assert not (show_dir / "feed").exists()


def test_the_page_of_a_held_episode_is_kept_from_engines(waiting_dir: Path) -> None:
    """It is the public one, whole with the cover of its time; a preview never has a second one found."""
    edit(waiting_dir / "episodes" / "how-cancer-begins.toml", "title", "titel")
    Image.new("RGB", (1400, 1400), "navy").save(waiting_dir / "episodes" / "cover.jpg")

    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    page = waiting_dir / "out" / "how-cancer-begins" / "index.html"
    pictures = re.findall(r'"\.\./(cover\.[^"]+)"', page.read_text("utf-8"))
    assert 'name="robots" content="noindex"' in page.read_text("utf-8")
    assert pictures
    assert all((waiting_dir / "out" / path).is_file() for path in pictures)


def test_held_episodes_are_told_and_left_out(waiting_dir: Path) -> None:
    """What cannot go out cannot be shown, and is named; exit code 3."""
    edit(waiting_dir / "episodes" / "owls.toml", "draft = true", "drafty = true")

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 3
    assert "unknown key 'drafty'; did you mean 'draft'? [held back]" in result.stderr
    assert not (waiting_dir / "out" / "owls").exists()


def test_the_folder_of_another_show_is_refused(waiting_dir: Path) -> None:
    """Two shows never write over each other's previews."""
    run_tool("preview", waiting_dir, "--to", waiting_dir / "out")
    edit(waiting_dir / "episodes" / "show.toml", 'guid = "296f32a7', 'guid = "396f32a7')

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 1
    assert "out: holds other files, which a preview would delete" in result.stderr


# -- while somebody looks on ------------------------------------------------------------------------------------------


@contextmanager
def _looking_on(command: str, show_dir: Path) -> Iterator[HTTPConnection]:
    """A connection to what `podcast_tool COMMAND` serves; what it complains of goes to `complaints` beside the show."""
    with (
        (show_dir / "complaints").open("w") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", "podcast_tool", command, str(show_dir), "--port", "0", "--host", "127.0.0.1"],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env={**os.environ, "PYTHONUTF8": "1"},
        ) as process,
    ):
        try:
            assert process.stdout
            lines = iter(process.stdout.readline, "")
            port = next(int(found[1]) for line in lines if (found := re.match(r"feed .*:(\d+)/", line)))
            with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                yield connection
        finally:
            process.kill()


def _get(connection: HTTPConnection, path: str) -> tuple[dict[str, str], str]:
    # Over a new connection each time: between two requests a test may take longer than the server keeps one open.
    connection.request("GET", path, headers={"Origin": "https://player.example", "Connection": "close"})
    answer = connection.getresponse()
    return {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode("utf-8")


def _wait_for(connection: HTTPConnection, path: str, words: str) -> None:
    ends_at = time.monotonic() + 60
    while words not in _get(connection, path)[1]:
        assert time.monotonic() < ends_at, f"{words!r} never came"
        time.sleep(0.3)


def test_a_served_preview_follows_the_show(waiting_dir: Path) -> None:
    """What is written appears; and no page of another host may read what is not public yet."""
    with _looking_on("preview", waiting_dir) as connection:
        headers, page = _get(connection, "/owls/")
        assert "preview-mark" in page
        assert "access-control-allow-origin" not in headers
        edit(waiting_dir / "episodes" / "owls.toml", 'title = "Owls"', 'title = "Where Owls Sleep"')
        _wait_for(connection, "/owls/", "Where Owls Sleep")


def test_serve_shows_what_the_next_publish_will_give(waiting_dir: Path) -> None:
    """At first what is published; when episodes/ changes, that, but no draft; after a publish, what is published."""
    with _looking_on("serve", waiting_dir) as connection:
        headers, page = _get(connection, "/immunotherapy/")
        assert "What is the Future of Immunotherapy?" in page
        assert headers["access-control-allow-origin"] == "*"
        edit(waiting_dir / "episodes" / "immunotherapy.toml", "The Future of", "The Days of")
        _wait_for(connection, "/immunotherapy/", "The Days of Immunotherapy")
        assert "preview-mark" not in _get(connection, "/immunotherapy/")[1]
        assert "nothing is published here" in _get(connection, "/owls/")[1]
        assert "error" not in (waiting_dir / "complaints").read_text("utf-8")
        before = (waiting_dir / "feed" / "feed.xml").read_bytes()
        assert b"The Days of" not in before
        run_tool("publish", waiting_dir)
        ends_at = time.monotonic() + 60
        while "access-control-allow-origin" not in _get(connection, "/feed.xml")[0]:
            assert time.monotonic() < ends_at
            time.sleep(0.3)
        assert "The Days of Immunotherapy" in _get(connection, "/feed.xml")[1]


def test_serve_tells_why_something_will_not_be_published(waiting_dir: Path) -> None:
    """Who mends a file looks at the page and at the terminal: one of them has to say what is wrong."""
    with _looking_on("serve", waiting_dir):
        (waiting_dir / "episodes" / "immunotherapy.toml").write_text('title = "broken\n', "utf-8")
        ends_at = time.monotonic() + 60
        while "[held back]" not in (told := (waiting_dir / "complaints").read_text("utf-8")):
            assert time.monotonic() < ends_at, told
            time.sleep(0.3)

    assert "error: episodes/immunotherapy.toml: is not valid TOML" in told


def test_nothing_ends_the_watch(tmp_path: Path) -> None:
    """Whatever goes wrong is told, and the next change is seen; two folders never have their turn at once."""
    for name in ("episodes", "feed"):
        (tmp_path / name).mkdir()
    told: list[str] = []
    at_work: list[str] = []
    overlaps: list[str] = []

    def do(name: str) -> None:
        overlaps.extend(at_work)
        at_work.append(name)
        time.sleep(0.5)
        at_work.remove(name)
        raise ValueError(f"no {name}")

    names = ("episodes", "feed")
    with watching_folders(tmp_path, {name: partial(do, name) for name in names}, told.append):
        time.sleep(1)  # until it has seen what was there before
        for count in (1, 2):
            for name in names:
                (tmp_path / name / f"{count}.txt").touch()
            ends_at = time.monotonic() + 60
            while sorted(told) != [
                f"what is served stays as it was: no {name}" for name in names for _ in range(count)
            ]:
                assert time.monotonic() < ends_at, told
                time.sleep(0.1)
    assert not overlaps
