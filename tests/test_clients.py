"""Real podcast apps and parsers read the feed."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import REPOSITORY, edit, need_command, run_tool, serving

FEED = REPOSITORY / "feed" / "feed.xml"

# Newest first: title, guid, enclosure bytes, seconds as ffprobe decodes them.
EPISODES = [
    ("What is the Future of Immunotherapy?", "9e9c7412-19b0-5964-8984-3bf1a81439fb", 1000319, 118.94),
    ("How Does a Cancer Begin?", "deff7f8d-9fd0-5509-af79-2ac411988068", 577327, 66.11),
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_feedparser_reads_every_field() -> None:
    """The parser behind many readers finds titles, guids, enclosures, durations and the iTunes set."""
    import feedparser

    parsed: Any = feedparser.parse(FEED.read_bytes())

    assert not parsed.bozo
    assert parsed.feed.title == "The Science Behind Cancer"
    assert parsed.feed.author == "Example Cancer Institute"
    assert [tag.term for tag in parsed.feed.tags] == ["Health & Fitness", "Medicine", "Science", "Life Sciences"]
    assert parsed.feed.publisher_detail == {"name": "Example Cancer Institute", "email": "podcast@example.org"}
    assert parsed.feed.image.href.endswith(".jpg")
    for entry, (title, guid, size, seconds) in zip(parsed.entries, EPISODES, strict=True):
        enclosure = entry.enclosures[0]
        assert (entry.title, entry.id) == (title, guid)
        assert (int(enclosure.length), enclosure.type) == (size, "audio/mpeg")
        assert abs(int(entry.itunes_duration) - seconds) <= 1
        assert entry.content[0].value.startswith("<p>")
    assert [(entry.itunes_season, entry.itunes_episode) for entry in parsed.entries] == [("2", "1"), ("1", "1")]


def test_podcastparser_reads_every_field() -> None:
    """gPodder's own parser finds the same."""
    import podcastparser

    with FEED.open("rb") as stream:
        parsed = podcastparser.parse("https://podcast.example.org/science-behind-cancer/feed.xml", stream)

    assert (parsed["title"], parsed["type"]) == ("The Science Behind Cancer", "episodic")
    assert parsed["explicit"] is False
    for entry, (title, guid, size, seconds) in zip(parsed["episodes"], EPISODES, strict=True):
        enclosure = entry["enclosures"][0]
        assert (entry["title"], entry["guid"]) == (title, guid)
        assert (enclosure["file_size"], enclosure["mime_type"]) == (size, "audio/mpeg")
        assert abs(entry["total_time"] - seconds) <= 1
        assert "<p>" in entry["description_html"]


def test_gpodder_subscribes_and_downloads(show_dir: Path, tmp_path: Path) -> None:
    """A real app, over HTTP: subscribe, list, download; it has the very bytes of what was published."""
    gpo = need_command("gpo")
    (show_dir / "feed").mkdir()
    with serving(show_dir / "feed") as address:
        edit(show_dir / "episodes" / "show.toml", "https://podcast.example.org/science-behind-cancer/", address)
        assert run_tool("publish", show_dir).returncode == 0
        home = tmp_path / "gpodder"
        environment = {**os.environ, "GPODDER_HOME": str(home), "HOME": str(tmp_path), "no_proxy": "127.0.0.1"}

        def tell_gpodder(*words: str) -> str:
            return subprocess.run(
                [gpo, *words], env=environment, capture_output=True, text=True, timeout=120, check=True
            ).stdout

        tell_gpodder("subscribe", f"{address}feed.xml")
        tell_gpodder("download")

    database = sqlite3.connect(home / "Database")
    rows = database.execute(
        "SELECT title, guid, file_size, total_time, mime_type FROM episode ORDER BY published DESC"
    ).fetchall()
    database.close()
    published = {path.read_bytes() for path in (show_dir / "feed" / "audio").glob("*.mp3")}
    for (title, guid, size, seconds, mime_type), expected in zip(rows, EPISODES, strict=True):
        assert (title, guid, mime_type) == (*expected[:2], "audio/mpeg")
        assert size in map(len, published)
        assert abs(seconds - expected[3]) <= 1
    assert {path.read_bytes() for path in (home / "Downloads").rglob("*.mp3")} == published
