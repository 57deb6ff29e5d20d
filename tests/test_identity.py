"""Names that are given once: slugs, guids, addresses."""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.identify.names import MAX_SLUG_CHARACTERS, slugify
from podcast_tool.read.show import podcast_guid

from .conftest import run_tool

SHOW_GUID = uuid.UUID("296f32a7-c7d6-5cf6-ab62-21eac212b016")


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("immunotherapy", "immunotherapy"),
        ('Ünï #1 100% & "co"?', "uni-1-100-co"),
        ("2018-01-05 What_Now", "2018-01-05-what-now"),
        ("ﬁne", "fine"),
        ("--a--", "a"),
        ("聴く", ""),
        ("x" * 200, "x" * 80),
        ("a" * 79 + "-b", "a" * 79),
    ],
)
def test_slugs(stem: str, slug: str) -> None:
    """The stem in lower-case ASCII, each run of anything else one hyphen, at most 80 characters."""
    assert slugify(stem) == slug


@given(st.text())
def test_any_stem_gives_a_slug_that_addresses_can_hold(stem: str) -> None:
    """Nothing has to be escaped in it, on any host or disk."""
    slug = slugify(stem)

    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)
    assert len(slug) <= MAX_SLUG_CHARACTERS
    assert quote(slug) == slug


@pytest.mark.parametrize(
    ("feed_url", "guid"),
    [
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("http://mp3s.nashownotes.com/pc20rss.xml/", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("https://example.com/feed//", "4136005d-a5b9-534d-b32a-e88894e1ae4a"),
        ("https://example.com/feed?x=1", "c6f9ce5e-3961-505b-9779-81394cc689d1"),
    ],
)
def test_podcast_guid_is_the_namespaces_own(feed_url: str, guid: str) -> None:
    """P20-GUID-ALGO; the first two values are printed on the namespace's page."""
    assert podcast_guid(feed_url) == guid


def _episodes(show_dir: Path) -> dict[str, tuple[str, str]]:
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    return {
        item.findtext("title"): (item.findtext("guid"), item.find("enclosure").get("url"))
        for item in feed.iterfind("channel/item")
    }


def _add(show_dir: Path, stem: str, mark: bytes, fields: str = "") -> None:
    sound = (show_dir / "episodes" / "how-cancer-begins.mp3").read_bytes()
    path = show_dir / "episodes" / f"{stem}.mp3"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sound + mark)
    (path.parent / f"{path.name[:-4]}.toml").write_text(f"title = '{stem}'\npublished = 2017-12-01\n{fields}", "utf-8")


def test_addresses_of_odd_stems_need_no_escape(show_dir: Path) -> None:
    """Enclosure length is the published file's size; the address is ASCII and leads to it."""
    stem = 'Ünï #1 100% & "co"?'
    _add(show_dir, stem, b"1")

    assert run_tool("publish", show_dir).returncode == 0

    guid, url = _episodes(show_dir)[stem]
    published = show_dir / "feed" / url.removeprefix("https://podcast.example.org/science-behind-cancer/")
    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    assert url == f"https://podcast.example.org/science-behind-cancer/audio/uni-1-100-co.{digest[:8]}.mp3"
    assert guid == str(uuid.uuid5(SHOW_GUID, "uni-1-100-co"))
    length = etree.parse(show_dir / "feed" / "feed.xml").xpath("//enclosure[contains(@url, 'uni-1')]/@length")
    assert length == [str(published.stat().st_size)]


def test_a_taken_reserved_or_empty_slug_is_marked_with_the_path(show_dir: Path) -> None:
    """`-` and six hex of the path's SHA-256, so that two machines give the same name."""
    for mark, stem in enumerate(["a/talk", "b/talk", "audio", "聴く"]):
        _add(show_dir, stem, bytes([mark]))

    run_tool("publish", show_dir)

    def name(stem: str, slug: str) -> str:
        return f"{slug}-{hashlib.sha256(f'{stem}.mp3'.encode()).hexdigest()[:6]}"

    slugs = {title: url.rpartition("/")[2].split(".")[0] for title, (_, url) in _episodes(show_dir).items()}
    assert slugs["a/talk"] == "talk"
    assert slugs["b/talk"] == name("b/talk", "talk")
    assert slugs["audio"] == name("audio", "audio")
    assert slugs["聴く"] == name("聴く", "episode")


def test_one_guid_for_two_holds_the_second(show_dir: Path) -> None:
    """A sidecar copied with its guid: the first path has it, the other waits and is told."""
    for mark, stem in enumerate(["first", "second"]):
        _add(show_dir, stem, bytes([mark]), 'guid = "tag:example.org,2017:1"')

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "episodes/second.mp3: has the guid of episodes/first.mp3; each episode needs its own" in result.stderr
    assert _episodes(show_dir)["first"][0] == "tag:example.org,2017:1"
    assert "second" not in _episodes(show_dir)


def test_a_guid_that_comes_too_late_changes_nothing(show_dir: Path) -> None:
    """What was published keeps its guid, whatever the sidecar says later."""
    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    with (show_dir / "episodes" / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write('guid = "another"\n')

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "was published with the guid 9e9c7412-19b0-5964-8984-3bf1a81439fb, which stays" in result.stderr
    assert _episodes(show_dir) == before


def test_the_same_recording_twice_is_two_episodes_and_a_warning(show_dir: Path) -> None:
    """Both go out, the copy under a name of its own."""
    for stem in ("first", "second"):
        _add(show_dir, stem, b"1")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    assert "warning: episodes/second.mp3: has the same recording as episodes/first.mp3" in result.stderr
    assert _episodes(show_dir)["first"][0] != _episodes(show_dir)["second"][0]


def test_a_renamed_sidecar_that_names_its_recording_is_the_same_episode(show_dir: Path) -> None:
    """What lies beside the recording, and has no date, makes no second episode of it."""
    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    sidecar = show_dir / "episodes" / "immunotherapy.toml"
    named = sidecar.read_text("utf-8") + 'audio = "immunotherapy.mp3"\narticle = "immunotherapy.txt"\n'
    sidecar.rename(sidecar.with_stem("s2e1")).write_text(named, "utf-8")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0, result.stderr
    assert "same recording" not in result.stderr
    assert "warning: episodes/immunotherapy.vtt: is of no episode, since the sidecar of s2e1 names its" in result.stderr
    assert "immunotherapy.txt: is of no" not in result.stderr
    assert _episodes(show_dir) == before
    assert run_tool("status", show_dir).stdout.endswith("2 episodes: 2 published\n")


def test_a_repeat_takes_nothing_from_the_dated_file_that_it_names(show_dir: Path) -> None:
    """An episode without a sidecar, dated by its name, stays itself when another names its recording."""
    for ending in ("mp3", "txt"):
        path = show_dir / "episodes" / f"immunotherapy.{ending}"
        path.rename(path.with_stem("2018-01-17-immunotherapy"))
    (show_dir / "episodes" / "immunotherapy.toml").unlink()
    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    (show_dir / "episodes" / "again.toml").write_text(
        'title = "Again"\npublished = 2018-01-16\naudio = "2018-01-17-immunotherapy.mp3"\n', "utf-8"
    )

    run_tool("publish", show_dir)

    after = _episodes(show_dir)
    assert after.pop("Again")[0] not in {guid for guid, _ in before.values()}
    assert after == before


def test_a_retagged_recording_moves_nothing(show_dir: Path) -> None:
    """New tags in the master are no new recording: same address, same bytes."""
    from mutagen.id3 import ID3, TIT2, TXXX

    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    tags = ID3(show_dir / "episodes" / "immunotherapy.mp3")
    tags.add(TIT2(encoding=3, text="Another title"))
    tags.add(TXXX(encoding=3, desc="note", text="x" * 5000))
    tags.save()

    result = run_tool("publish", show_dir)

    assert result.stdout.startswith("nothing to do")
    assert _episodes(show_dir) == before


def test_marked_slugs_are_found_again(show_dir: Path) -> None:
    """A replaced recording keeps guid and slug, also where the slug bears the mark of its path."""
    for mark, stem in enumerate(["a/talk", "b/talk", "聴く"]):
        _add(show_dir, stem, bytes([mark]))
    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    for mark, stem in enumerate(["a/talk", "b/talk", "聴く"]):
        _add(show_dir, stem, bytes([mark + 10]))

    run_tool("publish", show_dir)

    after = _episodes(show_dir)
    assert {title: guid for title, (guid, _) in after.items()} == {title: guid for title, (guid, _) in before.items()}
    assert after["b/talk"][1].rpartition("/")[2][:11] == before["b/talk"][1].rpartition("/")[2][:11]


def test_three_episodes_of_one_recording_stay_three(show_dir: Path) -> None:
    """However often they are published."""
    for stem in ("a/talk", "b/talk", "c"):
        _add(show_dir, stem, b"1")
    run_tool("publish", show_dir)
    before = _episodes(show_dir)

    for _ in range(2):
        run_tool("publish", show_dir)

    assert len(before) == 5
    assert _episodes(show_dir) == before


def test_a_copied_guid_takes_nothing_from_the_published_episode(show_dir: Path) -> None:
    """A new sidecar with the guid of another: the new episode waits, the old one stays what it is."""
    run_tool("publish", show_dir)
    before = _episodes(show_dir)
    _add(show_dir, "aaa", b"1", 'guid = "9e9c7412-19b0-5964-8984-3bf1a81439fb"')

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "episodes/aaa.mp3: has the guid of episodes/immunotherapy.mp3" in result.stderr
    assert _episodes(show_dir) == before


def test_a_guid_that_would_be_minted_and_is_given_goes_to_one(show_dir: Path) -> None:
    """No two items ever have the same guid."""
    with (show_dir / "episodes" / "how-cancer-begins.toml").open("a") as sidecar:
        sidecar.write('guid = "9e9c7412-19b0-5964-8984-3bf1a81439fb"\n')

    run_tool("publish", show_dir)

    guids = [guid for guid, _ in _episodes(show_dir).values()]
    assert len(set(guids)) == len(guids) == 2
