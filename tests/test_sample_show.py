"""This repository's own show: the first thing a newcomer publishes, and the golden master."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree

from .conftest import REPOSITORY, SAMPLE_EPOCH, edit, need_command, run_tool, tree

SITE = "https://podcast.example.org/science-behind-cancer/"


def test_feed_is_the_one_that_is_checked_in(show_dir: Path) -> None:
    """Publishing episodes/ gives feed/, byte for byte."""
    result = run_tool("publish", show_dir)

    assert result.returncode == 0, result.stderr
    assert tree(show_dir / "feed") == tree(REPOSITORY / "feed")


def test_publishing_twice_changes_no_byte(show_dir: Path) -> None:
    """Not even a year later: lastBuildDate moves only with the content."""
    run_tool("publish", show_dir)
    before = tree(show_dir / "feed")

    later = run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": str(int(SAMPLE_EPOCH) + 31_000_000)})

    assert tree(show_dir / "feed") == before
    assert later.stdout.startswith("nothing to do: feed/ is up to date\n")


def test_same_bytes_in_another_locale_timezone_and_folder(show_dir: Path, tmp_path: Path) -> None:
    """What the process is set to leaves no trace in what is published."""
    if "de_DE.utf8" not in subprocess.run([need_command("locale"), "-a"], capture_output=True, text=True).stdout:
        need_command("the locale de_DE.utf8")
    program = (
        "import locale; locale.setlocale(locale.LC_ALL, 'de_DE.UTF-8');"
        "from podcast_tool.cli import main; import sys; sys.argv = ['podcast_tool', 'publish', sys.argv[1]]; main()"
    )
    environment = {"TZ": "Pacific/Apia", "SOURCE_DATE_EPOCH": SAMPLE_EPOCH, "PYTHONPATH": str(REPOSITORY)}
    (tmp_path / "elsewhere").mkdir()
    subprocess.run(
        [sys.executable, "-c", program, "../show"], check=True, cwd=tmp_path / "elsewhere", env=environment, text=True
    )

    assert tree(show_dir / "feed") == tree(REPOSITORY / "feed")


@pytest.mark.parametrize("stem", ["immunotherapy", "how-cancer-begins"])
def test_every_link_of_the_feed_leads_somewhere(stem: str) -> None:
    """Each address under site_url that the feed or a page names is a file of feed/."""
    feed = etree.parse(REPOSITORY / "feed" / "feed.xml")
    addresses = {
        text for text in feed.xpath("//link/text() | //url/text() | //@url | //@href") if text.startswith(SITE)
    }
    for page in ("index.html", f"{stem}/index.html"):
        base = urljoin(SITE, page.removesuffix("index.html"))
        addresses |= {urljoin(base, link) for link in _links((REPOSITORY / "feed" / page).read_text("utf-8"))}

    inside = {address.removeprefix(SITE) for address in addresses if address.startswith(SITE)}
    missing = [path for path in inside if not (REPOSITORY / "feed" / urlsplit(path).path).exists()]
    assert f"{stem}/" in inside
    assert not missing


class _LinkParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.links += [value for name, value in attrs if name in ("href", "src") and value]


def _links(html: str) -> list[str]:
    parser = _LinkParser()
    parser.feed(html)
    return parser.links


def test_notes_hold_the_article_and_no_comment() -> None:
    """Each paragraph of the article is in description and content:encoded; no word of the comments is."""
    article = (REPOSITORY / "episodes" / "immunotherapy.txt").read_text("utf-8")
    body, _, comments = article.partition("3 thoughts on")
    feed = etree.parse(REPOSITORY / "feed" / "feed.xml")
    item = feed.find("channel/item")
    for notes in (item.findtext("description"), item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")):
        text = "".join(etree.fromstring(f"<notes>{notes}</notes>").itertext())
        for paragraph in body.split("\n\n")[1:]:
            assert paragraph.strip() in text
        for comment in comments.split("\n\n")[1:]:
            assert comment.strip(" 123.\n") not in text
        assert "thoughts on" not in text


def test_recordings_and_cover_are_published_under_their_digests(show_dir: Path) -> None:
    """A changed title moves no audio; only what shows the title is written again."""
    run_tool("publish", show_dir)
    edit(show_dir / "episodes" / "immunotherapy.toml", "Future of Immunotherapy", "Next Step of Immunotherapy")

    result = run_tool("publish", show_dir)

    assert [line for line in result.stdout.splitlines() if line.startswith("wrote")] == [
        "wrote feed/immunotherapy/chapters.json",
        "wrote feed/immunotherapy/oembed.json",
        "wrote feed/static/search/0.json",
        "wrote feed/static/search/episodes.json",
        "wrote feed/embed/immunotherapy/index.html",
        "wrote feed/how-cancer-begins/index.html",
        "wrote feed/immunotherapy/index.html",
        "wrote feed/index.html",
        "wrote feed/season-2.html",
        "wrote feed/ledger.json",
        "wrote feed/feed.xml",
    ]


def test_dry_run_tells_and_writes_nothing(show_dir: Path) -> None:
    """`--dry-run` leaves the show's folder as it was."""
    before = tree(show_dir)

    result = run_tool("publish", show_dir, "--dry-run")

    assert "would write feed/feed.xml" in result.stdout
    assert tree(show_dir) == before


def test_a_held_episode_keeps_its_last_good_item(show_dir: Path) -> None:
    """A broken sidecar of a published episode changes no byte, in lists neither, and the exit code says so."""
    run_tool("publish", show_dir)
    before = tree(show_dir / "feed")
    (show_dir / "episodes" / "immunotherapy.toml").write_text("title = ")

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert tree(show_dir / "feed") == before


def test_an_episode_that_left_stays_in_the_feed(show_dir: Path) -> None:
    """Files that are gone are told; what was published of them stays."""
    run_tool("publish", show_dir)
    before = tree(show_dir / "feed")
    for path in (show_dir / "episodes").glob("immunotherapy.*"):
        path.unlink()

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "immunotherapy: was published but is gone from episodes/" in result.stderr
    assert tree(show_dir / "feed") == before


def test_a_renamed_episode_is_the_same_episode(show_dir: Path) -> None:
    """Same sound, new stem: guid, slug and addresses stay, so no app shows it twice."""
    run_tool("publish", show_dir)
    before = (show_dir / "feed" / "feed.xml").read_bytes()
    for path in (show_dir / "episodes").glob("immunotherapy.*"):
        path.rename(path.with_stem("012-the-future"))

    run_tool("publish", show_dir)

    assert (show_dir / "feed" / "feed.xml").read_bytes() == before


def test_a_replaced_recording_gets_a_new_address_and_keeps_its_guid(show_dir: Path) -> None:
    """New bytes, new name; the old name stays where listeners hold it."""
    run_tool("publish", show_dir)
    old = set((show_dir / "feed" / "audio").iterdir())
    shutil.copy(show_dir / "episodes" / "how-cancer-begins.mp3", show_dir / "episodes" / "spare.mp3")
    with (show_dir / "episodes" / "immunotherapy.mp3").open("ab") as recording:
        recording.write((show_dir / "episodes" / "spare.mp3").read_bytes()[-50_000:])

    run_tool("publish", show_dir)

    feed = (show_dir / "feed" / "feed.xml").read_text("utf-8")
    new = set((show_dir / "feed" / "audio").iterdir())
    assert old < new
    assert len(new) == 3
    assert "9e9c7412-19b0-5964-8984-3bf1a81439fb" in feed
    assert next(iter(new - old)).name in feed
