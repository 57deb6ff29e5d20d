"""`podcast_tool preview`: what waits, as it will appear, for people who do not run this tool."""

from __future__ import annotations

import shutil
from pathlib import Path

import feedparser
import pytest

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
    assert "preview-mark" in (waiting_dir / "out" / "owls" / "index.html").read_text("utf-8")
    assert not (waiting_dir / "out" / "sitemap.xml").exists()


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
    """What is not a preview's is never written over or deleted, feed/ least of all."""
    before = tree(waiting_dir / "feed")

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "feed")

    assert result.returncode == 1
    assert "feed: holds other files, which a preview would delete; give a new or empty folder" in result.stderr
    assert tree(waiting_dir / "feed") == before


def test_a_show_that_was_never_published_can_be_seen(show_dir: Path) -> None:
    """Sign-off comes before the first publish."""
    result = run_tool("preview", show_dir, "--to", show_dir / "out")

    assert result.returncode == 0, result.stderr
    assert "ready      immunotherapy" in result.stdout
    assert not (show_dir / "feed").exists()


def test_held_episodes_are_told_and_left_out(waiting_dir: Path) -> None:
    """What cannot go out cannot be shown, and is named; exit code 3."""
    edit(waiting_dir / "episodes" / "owls.toml", "draft = true", "drafty = true")

    result = run_tool("preview", waiting_dir, "--to", waiting_dir / "out")

    assert result.returncode == 3
    assert "unknown key 'drafty'; did you mean 'draft'? [held back]" in result.stderr
    assert not (waiting_dir / "out" / "owls").exists()
