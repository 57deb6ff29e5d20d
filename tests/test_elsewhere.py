"""Recordings that are not here: they live on another host, or have left after their publication."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.check.feed.items import MEDIA_TYPES
from podcast_tool.errors import LedgerError
from podcast_tool.model import RemoteRecording
from podcast_tool.read.fields import convert_fields
from podcast_tool.read.ledger import read_ledger
from podcast_tool.read.sidecar import FIELDS, REMOTE_TYPES

from .conftest import SAMPLE_EPOCH, edit, run_tool, tree

SITE = "https://podcast.example.org/science-behind-cancer/"
URL = "https://archive.example.net/talks/far.mp3"
FAR = {"url": URL, "size_bytes": 12_345_678, "duration_seconds": 90.25}
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
DAY_SECONDS = 86_400


def _audio(value: object) -> tuple[Any, list[str]]:
    """What a sidecar's `audio` is, and what is wrong with it."""
    fields, faults = convert_fields({"audio": value}, FIELDS)
    return fields.get("audio"), faults


def _write(show_dir: Path, stem: str, audio: object, **fields: object) -> None:
    document = {"title": stem.title(), "published": "2017-12-01", "audio": audio, **fields}
    (show_dir / "episodes" / f"{stem}.json").write_text(json.dumps(document), "utf-8")


def _publish(show_dir: Path, *, after_days: int = 0, code: int = 0) -> str:
    """Publish; gives what was complained of."""
    done = run_tool(
        "publish", show_dir, environment={"SOURCE_DATE_EPOCH": f"{int(SAMPLE_EPOCH) + after_days * 86_400}"}
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return "\n".join(line for line in done.stderr.splitlines() if not line.startswith("note: "))


def _items(show_dir: Path) -> dict[str, Any]:
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    return {str(item.findtext("title")): item for item in feed.iterfind("channel/item")}


def _enclosure(item: Any) -> tuple[str, int, str]:
    found = item.find("enclosure")
    return found.get("url"), int(found.get("length")), found.get("type")


def _state(show_dir: Path, slug: str) -> tuple[str, list[str]]:
    """An episode's state, and what is wrong with it, as `status` tells programs."""
    told = json.loads(run_tool("status", show_dir, "--json").stdout)
    (episode,) = [episode for episode in told["episodes"] if episode["slug"] == slug]
    return episode["state"], [problem["message"] for problem in episode["problems"] if problem["level"] != "note"]


def _without_recordings(show_dir: Path, *, and_published: bool = False) -> None:
    for path in (show_dir / "episodes").glob("*.mp3"):
        path.unlink()
    if and_published:
        shutil.rmtree(show_dir / "feed" / "audio")


# -- what a sidecar may say -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ending", "told", "written"),
    [
        (".mp3", None, "audio/mpeg"),
        (".MP3?key=1#t=2", None, "audio/mpeg"),
        (".m4a", None, "audio/x-m4a"),
        (".m4a", "audio/m4a", "audio/x-m4a"),
        (".mp4", None, "video/mp4"),
        (".mov", "video/quicktime", "video/quicktime"),
        ("", "audio/mpeg", "audio/mpeg"),
        (".php", "audio/x-m4a", "audio/x-m4a"),
    ],
)
def test_its_media_type_is_told_or_seen_by_its_ending(ending: str, told: str | None, written: str) -> None:
    """As Apple names it, whichever spelling staff use."""
    url = f"https://archive.example.net/far{ending}"
    recording, faults = _audio({"url": f" {url} ", "size_bytes": 5, **({"media_type": told} if told else {})})

    assert faults == []
    assert recording == RemoteRecording(url=url, size_bytes=5, media_type=written)


FAULTS: list[tuple[object, str]] = [
    (5, "audio must be a file's name in quotes, or a table { url = ..., size_bytes = ... }, not the number 5"),
    ({"url": URL}, "audio.size_bytes is missing; add it"),
    ({"size_bytes": 5}, "audio.url is missing; add it"),
    (FAR | {"duration": 5}, "unknown key 'audio.duration'; did you mean 'duration_seconds'?"),
    (FAR | {"size_bytes": 0}, "audio.size_bytes must be a whole number of bytes from 1 up, not the number 0"),
    (FAR | {"size_bytes": True}, "audio.size_bytes must be a whole number of bytes from 1 up, not true"),
    (FAR | {"size_bytes": "5"}, 'audio.size_bytes must be a whole number of bytes from 1 up, not "5"'),
    (FAR | {"size_bytes": 10**15}, "audio.size_bytes must be a whole number of bytes from 1 up, not so large a number"),
    (FAR | {"duration_seconds": 0}, "audio.duration_seconds must be a number of seconds above 0, not the number 0"),
    (
        FAR | {"duration_seconds": math.nan},
        "audio.duration_seconds must be a number of seconds above 0, not the number",
    ),
    (FAR | {"duration_seconds": math.inf}, "audio.duration_seconds must be a number of seconds above 0, not so large"),
    (FAR | {"url": "far.mp3"}, "audio.url must be an address that begins with https:// and holds no blank"),
    (FAR | {"url": "ftp://host.example/far.mp3"}, "audio.url must be an address that begins with https://"),
    (FAR | {"url": "https://host.example/fär.mp3"}, "audio.url must be an address that begins with https://"),
    (FAR | {"url": "https://me:pw@host.example/far.mp3"}, "audio.url holds a user name, which the feed would tell"),
    (FAR | {"url": "https://host.example/../far.mp3"}, 'audio.url has ".." in its path; write where it leads'),
    (FAR | {"url": "https://host.example/far"}, "audio.url has no ending, which tells apps nothing; add media_type"),
    (FAR | {"url": "https://host.example/far.php"}, "audio.url ends in .php, which tells apps nothing; add media_type"),
    (
        FAR | {"url": "https://host.example/far.ogg", "media_type": "audio/mpeg"},
        "audio.url ends in .ogg, which podcast apps do not play; convert the recording to MP3 or M4A",
    ),
    (FAR | {"media_type": "audio/mp3"}, 'audio.media_type is "audio/mp3", which is not .mp3\'s; write "audio/mpeg"'),
    (
        FAR | {"url": "https://host.example/far", "media_type": "audio/ogg"},
        'audio.media_type is "audio/ogg", which apps do not play; convert the recording to MP3 or M4A',
    ),
]


@pytest.mark.parametrize(("value", "sentence"), FAULTS)
def test_what_it_cannot_be_is_told_by_its_key(value: object, sentence: str) -> None:
    """The fault and the cure, in one sentence; nothing of it is taken."""
    recording, faults = _audio(value)

    assert recording is None
    assert len(faults) == 1
    assert faults[0].startswith(sentence)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(FAR)), inner),
    )
    | st.fixed_dictionaries(
        {"url": st.text().map(lambda path: f"https://host.example/{path}.mp3"), "size_bytes": st.integers()},
        optional={"media_type": st.text(), "duration_seconds": st.floats()},
    )
)
def test_any_value_is_a_recording_or_a_fault(value: object) -> None:
    """Never both, never a traceback; and what is taken can stand in a feed and in the ledger."""
    recording, faults = _audio(value)

    assert (recording is None) == bool(faults)
    if isinstance(recording, RemoteRecording):
        parts = urlsplit(recording.url)
        assert parts.scheme in ("http", "https")
        assert recording.url.isascii()
        assert 0 < recording.size_bytes < 10**15
        assert recording.duration_seconds is None or 0 < recording.duration_seconds <= 10**7


def test_what_is_taken_is_what_check_lets_pass() -> None:
    """AP-ENC-TYPE: the same table, but for the PDF."""
    assert {ending: types for ending, types in MEDIA_TYPES.items() if ending != ".pdf"} == REMOTE_TYPES


# -- on another host --------------------------------------------------------------------------------------------------


def test_a_sidecar_alone_is_an_episode(show_dir: Path) -> None:
    """It goes out with that enclosure, twice the same, without a file of ours; the ledger remembers the address."""
    _write(show_dir, "far", FAR)
    (show_dir / "episodes" / "far.vtt").write_text("WEBVTT\n\n00:01.000 --> 00:04.000\nListen.\n", "utf-8")
    (show_dir / "episodes" / "far.chapters.txt").write_text("0:00 One\n0:30 Two\n1:00 Three\n", "utf-8")

    complaints = _publish(show_dir)

    item = _items(show_dir)["Far"]
    assert _enclosure(item) == (URL, 12_345_678, "audio/mpeg")
    assert item.findtext(f"{ITUNES}duration") == "90"
    assert complaints == (
        "warning: episodes/far.json: has no article, so its show notes are only its summary or title; put the article "
        "beside it"
    )
    published = tree(show_dir / "feed")
    assert not [path for path in published if path.startswith("audio/far")]
    assert {"far/chapters.json", "far/transcript.vtt", "far/index.html"} <= set(published)
    assert f'"path": "{URL}"'.encode() in published["ledger.json"]
    assert f'src="{URL}"'.encode() in published["far/index.html"]
    assert run_tool("publish", show_dir).stdout.startswith("nothing to do")
    assert tree(show_dir / "feed") == published


def test_what_apps_would_lack_is_a_warning(show_dir: Path) -> None:
    """An address that is not encrypted, a length that nobody told: the latter stands nowhere, rather than as 0."""
    _write(show_dir, "far", {"url": URL.replace("https", "http"), "size_bytes": 12_345_678})

    complaints = _publish(show_dir)

    assert "warning: episodes/far.json: audio.url is not encrypted; use https://" in complaints
    assert (
        "warning: episodes/far.json: audio does not say how long the recording is; add duration_seconds" in complaints
    )
    assert _items(show_dir)["Far"].find(f"{ITUNES}duration") is None


def test_chapters_and_soundbites_lie_inside_what_was_told(show_dir: Path) -> None:
    """Its length is known from its sidecar alone."""
    _write(show_dir, "far", FAR, soundbites=[{"start": 80, "duration": 20}])
    (show_dir / "episodes" / "far.chapters.txt").write_text("0:00 One\n1:40 Two\n", "utf-8")

    complaints = _publish(show_dir, code=3)

    assert "far.chapters.txt: a chapter (Two) begins at 100 s, behind the recording's end" in complaints
    assert "the soundbite at 80 s ends behind the recording" in complaints


def test_statistics_count_it_too(show_dir: Path) -> None:
    """`enclosure_prefix` stands before it in the feed, once, and not on the page."""
    with (show_dir / "episodes" / "show.toml").open("a") as show:
        show.write('enclosure_prefix = "https://op3.example.org/e/"\n')
    _write(show_dir, "far", FAR)
    _write(show_dir, "near", FAR | {"url": "https://op3.example.org/e/archive.example.net/near.mp3"})

    _publish(show_dir)

    items = _items(show_dir)
    assert _enclosure(items["Far"])[0] == "https://op3.example.org/e/archive.example.net/talks/far.mp3"
    assert _enclosure(items["Near"])[0] == "https://op3.example.org/e/archive.example.net/near.mp3"
    assert f'src="{URL}"' in (show_dir / "feed" / "far" / "index.html").read_text("utf-8")


def test_a_scheduled_one_waits(show_dir: Path) -> None:
    """Before its moment nothing of it is in feed/."""
    _write(show_dir, "far", FAR, published="2018-02-01")

    _publish(show_dir)

    assert not [path for path, raw in tree(show_dir / "feed").items() if b"archive.example.net" in raw]
    assert _state(show_dir, "far")[0] == "scheduled"


def test_a_wrong_table_holds_it(show_dir: Path) -> None:
    """Told once: not also that there is no recording beside it."""
    _write(show_dir, "far", {"url": URL})

    assert _publish(show_dir, code=3) == ("error: episodes/far.json: audio.size_bytes is missing; add it [held back]")


def test_it_may_move_away_and_come_back(show_dir: Path) -> None:
    """The same guid and page all the time; the old file stays for keep_days, and is taken again within them."""
    _publish(show_dir)
    before = _items(show_dir)["How Does a Cancer Begin?"]
    own_url, guid = _enclosure(before)[0], before.findtext("guid")
    file = show_dir / "feed" / own_url.removeprefix(SITE)
    recording, sidecar = (show_dir / "episodes" / f"how-cancer-begins{ending}" for ending in (".mp3", ".toml"))
    recording.rename(show_dir / "kept.mp3")
    text = sidecar.read_text("utf-8")
    sidecar.write_text(f'{text}audio = {{ url = "{URL}", size_bytes = 577327, duration_seconds = 66.1 }}\n', "utf-8")

    assert _publish(show_dir, after_days=1) == ""

    away = _items(show_dir)["How Does a Cancer Begin?"]
    assert (_enclosure(away)[0], away.findtext("guid")) == (URL, guid)
    assert away.findtext("link") == before.findtext("link")
    assert file.exists()

    sidecar.write_text(text.replace("How Does", "How, then, Does"), "utf-8")
    (show_dir / "kept.mp3").rename(recording)
    assert _publish(show_dir, after_days=2) == ""
    back = _items(show_dir)["How, then, Does a Cancer Begin?"]
    assert (_enclosure(back)[0], back.findtext("guid")) == (own_url, guid)

    sidecar.write_text(f'{text}audio = {{ url = "{URL}", size_bytes = 577327, duration_seconds = 66.1 }}\n', "utf-8")
    _publish(show_dir, after_days=3)
    _publish(show_dir, after_days=400)
    assert not file.exists()
    assert _enclosure(_items(show_dir)["How Does a Cancer Begin?"])[0] == URL


def test_what_its_sidecar_says_anew_goes_out(show_dir: Path) -> None:
    """Another size under the same address, then another address: the same guid, and the ledger knows it."""
    _write(show_dir, "far", FAR)
    _publish(show_dir)
    guid = _items(show_dir)["Far"].findtext("guid")
    for changed in (FAR | {"size_bytes": 23_456_789}, FAR | {"url": "https://other.example.net/far.m4a"}):
        _write(show_dir, "far", changed)

        _publish(show_dir)

        item = _items(show_dir)["Far"]
        assert _enclosure(item)[:2] == (changed["url"], changed["size_bytes"])
        assert item.findtext("guid") == guid
        (record,) = [record for record in read_ledger(show_dir / "feed").records if record.guid == guid]
        assert record.audio
        assert (record.audio.path, record.audio.size_bytes) == (changed["url"], changed["size_bytes"])


def test_a_renamed_sidecar_is_known_by_the_address(show_dir: Path) -> None:
    """As a renamed recording is by its sound."""
    _write(show_dir, "far", FAR)
    _publish(show_dir)
    before = _items(show_dir)["Far"].findtext("guid")
    (show_dir / "episodes" / "far.json").rename(show_dir / "episodes" / "away.json")

    _publish(show_dir)

    assert _items(show_dir)["Far"].findtext("guid") == before
    assert len(_items(show_dir)) == 3


def test_two_with_one_address_are_two_and_a_warning(show_dir: Path) -> None:
    """The second is told; neither takes the other's guid, however often they are published."""
    _write(show_dir, "far", FAR)
    _publish(show_dir)
    guid = _items(show_dir)["Far"].findtext("guid")
    _write(show_dir, "a-copy", FAR)

    complaints = _publish(show_dir)

    assert "episodes/a-copy.json: has the same recording as episodes/far.json" in complaints
    _publish(show_dir, after_days=1)
    guids = {title: item.findtext("guid") for title, item in _items(show_dir).items()}
    assert guids["Far"] == guid
    assert len(set(guids.values())) == 4
    assert "RSS-ENC-URL-UNIQUE" in run_tool("check", show_dir).stdout


def test_a_withdrawn_one_comes_back_as_itself(show_dir: Path) -> None:
    """Known by its address, whatever became of its guid."""
    _write(show_dir, "far", FAR)
    _publish(show_dir)
    guid = _items(show_dir)["Far"].findtext("guid")
    _write(show_dir, "far", FAR, withdrawn=True)
    _publish(show_dir)
    assert "Far" not in _items(show_dir)
    _write(show_dir, "far", FAR)

    _publish(show_dir, after_days=500)

    assert _items(show_dir)["Far"].findtext("guid") == guid


def test_a_lost_ledger_is_made_anew(show_dir: Path) -> None:
    """The feed tells guid and page of what lives elsewhere, too."""
    _write(show_dir, "far", FAR)
    _write(show_dir, "near", FAR | {"url": "https://other.example.net/x/1.m4a"})
    _publish(show_dir)
    before = {
        title: (item.findtext("guid"), item.findtext("link"), _enclosure(item))
        for title, item in _items(show_dir).items()
    }
    (show_dir / "feed" / "ledger.json").unlink()

    _publish(show_dir)

    assert before == {
        title: (item.findtext("guid"), item.findtext("link"), _enclosure(item))
        for title, item in _items(show_dir).items()
    }


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("file:///etc/passwd", "audio/mpeg"),
        ("https://../../../outside.mp3", "audio/mpeg"),
        ("https://host.example/a/../../b.mp3", "audio/mpeg"),
        ("https://host.example/a\nb.mp3", "audio/mpeg"),
        ("https://host.example/art.jpg", "image/jpeg"),
        ("/etc/passwd", "audio/mpeg"),
    ],
)
def test_no_ledger_leads_out_of_the_folder(tmp_path: Path, path: str, media_type: str) -> None:
    """An address is a path that we wrote, or one of a sound on the web."""
    moment = "2018-01-17T11:00:00Z"
    address = {"path": path, "size_bytes": 5, "sha256": "", "media_type": media_type, "since": moment}
    record = {"guid": "g", "slug": "a", "sound_sha256": "", "first_published_at": moment, "addresses": [address]}
    (tmp_path / "ledger.json").write_text(json.dumps([{"ledger": 1}, record]), "utf-8")

    with pytest.raises(LedgerError, match="is no path below feed/"):
        read_ledger(tmp_path)


# -- archived ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("and_published", [False, True])
def test_a_recording_that_has_left_is_no_loss(show_dir: Path, and_published: bool) -> None:
    """Nothing changes, not even the chapters that stood in it; not a word of it, but in `show`."""
    _publish(show_dir)
    before = tree(show_dir / "feed")
    _without_recordings(show_dir, and_published=and_published)

    assert _publish(show_dir, after_days=1) == ""

    assert {path: raw for path, raw in before.items() if not and_published or not path.startswith("audio/")} == tree(
        show_dir / "feed"
    )
    assert _state(show_dir, "immunotherapy") == ("published", [])
    told = run_tool("show", "immunotherapy", cwd=show_dir).stdout
    assert "archived; the published copy stands for it" in told
    assert "[feed/immunotherapy/chapters.json]" in told


@pytest.mark.parametrize("and_published", [False, True])
def test_it_can_still_be_corrected(show_dir: Path, and_published: bool) -> None:
    """Title, notes and date go out; the enclosure stays what the ledger knows, to the byte."""
    _publish(show_dir)
    enclosure = _enclosure(_items(show_dir)["How Does a Cancer Begin?"])
    _without_recordings(show_dir, and_published=and_published)
    sidecar = show_dir / "episodes" / "how-cancer-begins.toml"
    edit(sidecar, "How Does a Cancer Begin?", "How Do Cancers Begin?")
    edit(sidecar, "2017-11-08", "2017-11-09")
    (show_dir / "episodes" / "how-cancer-begins.txt").write_text("Every cancer begins with one cell.\n", "utf-8")

    assert _publish(show_dir, after_days=1) == ""

    item = _items(show_dir)["How Do Cancers Begin?"]
    assert _enclosure(item) == enclosure
    assert item.findtext("pubDate") == "Thu, 09 Nov 2017 11:00:00 +0000"
    assert item.findtext(f"{ITUNES}duration") == "66"
    assert "Every cancer begins with one cell." in item.findtext("description")
    assert run_tool("publish", show_dir).stdout.startswith("nothing to do")


def test_one_that_is_named_and_gone_has_left_too(show_dir: Path) -> None:
    """Of another stem than its sidecar; published once, it stands."""
    episodes = show_dir / "episodes"
    (episodes / "how-cancer-begins.mp3").rename(episodes / "take 7.mp3")
    with (episodes / "how-cancer-begins.toml").open("a") as sidecar:
        sidecar.write('audio = "take 7.mp3"\n')
    _publish(show_dir)
    (episodes / "take 7.mp3").unlink()

    assert _publish(show_dir) == ""

    assert _state(show_dir, "how-cancer-begins") == ("published", [])


def test_a_broken_recording_has_not_left(show_dir: Path) -> None:
    """It is told, as its last item stays."""
    _publish(show_dir)
    (show_dir / "episodes" / "immunotherapy.mp3").write_bytes(b"")

    assert "episodes/immunotherapy.mp3: is empty (0 bytes)" in _publish(show_dir, code=3)


def test_a_new_one_without_recording_is_held(show_dir: Path) -> None:
    """Nothing stands for what was never published."""
    (show_dir / "episodes" / "immunotherapy.mp3").unlink()

    assert "episodes/immunotherapy.toml: has no recording beside it; put it there [held back]" in _publish(
        show_dir, code=3
    )


def test_an_article_stands_for_it_if_it_says_enough(show_dir: Path) -> None:
    """Where there never was a sidecar; and a text that never was an episode is nobody's business."""
    episodes = show_dir / "episodes"
    article = "---\ntitle: Talk\ndate: 2017-12-01\n---\n\nWe talked for a while, and then some more of it.\n"
    (episodes / "talk.md").write_text(article, "utf-8")
    shutil.copy(episodes / "how-cancer-begins.mp3", episodes / "talk.mp3")
    (episodes / "notes.md").write_text(article.replace("Talk", "Notes"), "utf-8")
    _publish(show_dir)
    enclosure = _enclosure(_items(show_dir)["Talk"])
    (episodes / "talk.mp3").unlink()
    (episodes / "talk.md").write_text(article.replace("Talk", "A Talk"), "utf-8")

    _publish(show_dir)

    assert _enclosure(_items(show_dir)["A Talk"]) == enclosure
    assert _state(show_dir, "talk")[0] == "published"
    assert "notes" not in run_tool("status", show_dir).stdout


def test_an_article_that_says_too_little_is_missed(show_dir: Path) -> None:
    """As when all of its files are gone: the cure is to put them back."""
    _publish(show_dir)
    for ending in ("mp3", "toml"):
        (show_dir / "episodes" / f"immunotherapy.{ending}").unlink()

    assert "immunotherapy: was published but is gone from episodes/" in _publish(show_dir, code=3)


def test_another_with_the_same_recording_takes_nothing(show_dir: Path) -> None:
    """A repeat of an archived episode is an episode of its own, and told."""
    _publish(show_dir)
    before = _items(show_dir)["How Does a Cancer Begin?"].findtext("guid")
    episodes = show_dir / "episodes"
    (episodes / "how-cancer-begins.mp3").rename(episodes / "again.mp3")
    (episodes / "again.toml").write_text('title = "Again"\npublished = 2018-01-17\n', "utf-8")

    complaints = _publish(show_dir)

    assert "has the same recording as episodes/how-cancer-begins.toml; it goes out as an episode" in complaints
    assert _items(show_dir)["How Does a Cancer Begin?"].findtext("guid") == before
    assert _items(show_dir)["Again"].findtext("guid") != before


def test_it_cannot_be_tagged_anew(show_dir: Path) -> None:
    """Said, and nothing else changes."""
    _publish(show_dir)
    before = tree(show_dir / "feed")
    _without_recordings(show_dir)

    done = run_tool("publish", show_dir, "--retag", "immunotherapy")

    assert "has no recording here from which its audio could be made anew" in done.stderr
    assert tree(show_dir / "feed") == before


def test_a_withdrawn_one_comes_back_as_long_as_its_copy_is_there(show_dir: Path) -> None:
    """Later it is held: its enclosure would lead nowhere."""
    _publish(show_dir)
    _without_recordings(show_dir)
    enclosure = _enclosure(_items(show_dir)["What is the Future of Immunotherapy?"])
    assert run_tool("withdraw", "immunotherapy", cwd=show_dir).returncode == 0
    assert run_tool("restore", "immunotherapy", cwd=show_dir).returncode == 0
    assert _enclosure(_items(show_dir)["What is the Future of Immunotherapy?"]) == enclosure

    assert run_tool("withdraw", "immunotherapy", "--now", cwd=show_dir).returncode == 0
    edit(show_dir / "episodes" / "immunotherapy.toml", "withdrawn = true", "")
    assert "was withdrawn, and its published copy is gone; put the recording beside it" in _publish(show_dir, code=3)


def test_its_pictures_stay(show_dir: Path) -> None:
    """The artwork that stood in the tags of the recording, and the pictures of its chapters beside it."""
    from io import BytesIO

    from mutagen.id3 import APIC, ID3
    from PIL import Image

    def picture(colour: str) -> bytes:
        file = BytesIO()
        Image.new("RGB", (1400, 1400), colour).save(file, "JPEG")
        return file.getvalue()

    episodes = show_dir / "episodes"
    tags = ID3(episodes / "how-cancer-begins.mp3")
    tags.add(APIC(encoding=3, mime="image/jpeg", type=3, desc="", data=picture("olive")))
    tags.save()
    chapters = {"version": "1.2.0", "chapters": [{"startTime": 0, "title": "One", "img": "echo.jpg"}]}
    (episodes / "how-cancer-begins.chapters.json").write_text(json.dumps(chapters), "utf-8")
    (episodes / "echo.jpg").write_bytes(picture("teal"))
    _publish(show_dir)
    before = tree(show_dir / "feed")
    assert [path for path in before if path.startswith("how-cancer-begins/art.")]
    for name in ("how-cancer-begins.chapters.json", "echo.jpg"):
        (episodes / name).unlink()
    _without_recordings(show_dir)

    assert _publish(show_dir) == ""

    assert tree(show_dir / "feed") == before


def test_a_draft_waits_for_its_recording(show_dir: Path) -> None:
    """Nothing is wrong with it yet; it is held once it is no draft any more."""
    sidecar = show_dir / "episodes" / "owls.toml"
    sidecar.write_text('title = "Owls"\npublished = 2018-01-01\ndraft = true\n', "utf-8")
    assert run_tool("publish", show_dir).returncode == 0
    assert "draft      2018-01-01" in run_tool("status", show_dir).stdout

    edit(sidecar, "draft = true\n", "")

    assert run_tool("publish", show_dir).returncode == 3
