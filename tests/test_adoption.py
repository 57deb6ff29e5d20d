"""A lost ledger, and feeds that another program made: nothing published is told from anew."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

from .conftest import REPOSITORY, edit, run_tool, tree

SITE = "https://podcast.example.org/science-behind-cancer/"


def _items(show_dir: Path) -> dict[str, tuple[str, str, str]]:
    """Title -> guid, enclosure address, date."""
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    return {
        item.findtext("title"): (item.findtext("guid"), item.find("enclosure").get("url"), item.findtext("pubDate"))
        for item in feed.iterfind("channel/item")
    }


@pytest.fixture
def published_dir(show_dir: Path) -> Path:
    """The sample show with what is checked in as its feed."""
    shutil.copytree(REPOSITORY / "feed", show_dir / "feed")
    return show_dir


def test_a_lost_ledger_is_rebuilt_from_the_feed(published_dir: Path) -> None:
    """Guids, addresses and every byte of the audio stay; it is told once."""
    before = _items(published_dir)
    audio = tree(published_dir / "feed" / "audio")
    (published_dir / "feed" / "ledger.json").unlink()

    result = run_tool("publish", published_dir)

    assert result.returncode == 0
    assert "feed/feed.xml: names episodes that ledger.json does not know (2)" in result.stderr
    assert _items(published_dir) == before
    assert tree(published_dir / "feed" / "audio") == audio
    again = run_tool("publish", published_dir)
    assert again.stdout.startswith("nothing to do")
    assert "does not know" not in again.stderr


def test_a_lost_ledger_and_renamed_files(published_dir: Path) -> None:
    """The published sound tells which episode it is, whatever its files are called now."""
    before = _items(published_dir)
    (published_dir / "feed" / "ledger.json").unlink()
    for path in (published_dir / "episodes").glob("immunotherapy.*"):
        path.rename(path.with_stem("012-the-future"))

    assert run_tool("publish", published_dir).returncode == 0
    assert _items(published_dir) == before


def test_a_lost_feed_folder_gives_the_same_names(published_dir: Path) -> None:
    """Two machines make the same guids and addresses of the same show."""
    before = _items(published_dir)
    shutil.rmtree(published_dir / "feed")

    assert run_tool("publish", published_dir).returncode == 0
    assert _items(published_dir) == before


def _foreign_feed(show_dir: Path, *, encoding: str = "UTF-8") -> None:
    """As a program of another kind writes it: guids of its own, media on its own host, a namespace that we lack."""
    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.title("The Science Behind Cancer")
    feed.link(href="https://old.example.net/")
    feed.description("As it was.")
    for number, (title, name, day) in enumerate(
        [
            ("How Does a Cancer Begin?", "ep1-final", "2017-11-08T11:00:00+00:00"),
            ("What is the Future of Immunotherapy?", "immunotherapy", "2018-01-17T11:00:00+00:00"),
            ("An episode whose files are löst", "lost", "2017-10-01T11:00:00+00:00"),
        ]
    ):
        entry: Any = feed.add_entry(order="append")
        entry.title(title)
        entry.guid(f"  https://old.example.net/?p={number}", permalink=False)
        entry.enclosure(f"https://cdn.example.net/x/{name}.mp3", "1234567", "audio/mpeg")
        entry.published(day)
        entry.description("Words.")
    raw: bytes = feed.rss_str(pretty=True)
    text = raw.decode().replace("<rss ", '<rss xmlns:old="https://old.example.net/ns" ', 1)
    text = text.replace("<description>Words.</description>", "<description>Words.</description><old:mark>1</old:mark>")
    (show_dir / "feed").mkdir()
    (show_dir / "feed" / "feed.xml").write_bytes(text.replace("UTF-8", encoding, 1).encode(encoding))


@pytest.mark.parametrize("encoding", ["UTF-8", "iso-8859-1"])
def test_a_feed_of_another_tool_is_taken_over(show_dir: Path, encoding: str) -> None:
    """Guids byte by byte; matched by the enclosure's file name, else by title and date; others stay as they are."""
    _foreign_feed(show_dir, encoding=encoding)

    result = run_tool("publish", show_dir)

    assert result.returncode == 3  # one episode has no files
    items = _items(show_dir)
    assert items["How Does a Cancer Begin?"][0] == "  https://old.example.net/?p=0"
    assert items["What is the Future of Immunotherapy?"][0] == "  https://old.example.net/?p=1"
    assert items["What is the Future of Immunotherapy?"][1].startswith(f"{SITE}audio/immunotherapy.")
    assert items["An episode whose files are löst"][1] == "https://cdn.example.net/x/lost.mp3"
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    assert feed.findtext(".//{https://old.example.net/ns}mark") == "1"
    before = tree(show_dir / "feed")
    assert run_tool("publish", show_dir).returncode == 3
    assert tree(show_dir / "feed") == before


def test_a_title_that_changed_on_the_way_is_found_by_its_file(show_dir: Path) -> None:
    """The file name alone is enough."""
    _foreign_feed(show_dir)
    edit(show_dir / "episodes" / "immunotherapy.toml", "What is the Future of", "A New Look at")

    run_tool("publish", show_dir)

    assert _items(show_dir)["A New Look at Immunotherapy?"][0] == "  https://old.example.net/?p=1"


def test_notes_like_no_page_are_kept_and_not_listed(show_dir: Path) -> None:
    """An item of another program's feed whose notes are beyond all bounds stays as it is, and harms nothing."""
    run_tool("publish", show_dir)
    feed = show_dir / "feed" / "feed.xml"
    head, _, rest = feed.read_text("utf-8").partition("<content:encoded><![CDATA[")
    feed.write_text(f"{head}<content:encoded><![CDATA[{'<b>' * 120_000}{rest}", "utf-8")
    for path in (show_dir / "episodes").glob("immunotherapy.*"):
        path.unlink()

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "Traceback" not in result.stderr
    assert "What is the Future of Immunotherapy?" in (show_dir / "feed" / "index.html").read_text("utf-8")
