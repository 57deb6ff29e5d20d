"""Which files are an episode, and when it is due."""

from __future__ import annotations

import json
import os
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from .conftest import SAMPLE_EPOCH, edit, run_tool


def _status(show_dir: Path, epoch: str = SAMPLE_EPOCH) -> dict[str, dict[str, Any]]:
    result = run_tool("status", show_dir, "--json", environment={"SOURCE_DATE_EPOCH": epoch})
    assert result.returncode in (0, 3), result.stderr
    return {episode["slug"]: episode for episode in json.loads(result.stdout)["episodes"]}


def _add(
    show_dir: Path, stem: str, sidecar: str = 'title = "A"\npublished = 2017-12-01', ending: str = ".toml"
) -> None:
    """Another episode; its recording differs from the sample's in its last byte, so it is another one."""
    recording = show_dir / "episodes" / f"{stem}.mp3"
    recording.parent.mkdir(parents=True, exist_ok=True)
    sound = (show_dir / "episodes" / "how-cancer-begins.mp3").read_bytes()
    recording.write_bytes(sound + bytes([len(list(recording.parent.iterdir())) % 256]))
    recording.with_name(recording.name.removesuffix(".mp3") + ending).write_text(sidecar, encoding="utf-8")


def test_stems_pair_in_nfc_and_in_folders(show_dir: Path) -> None:
    """macOS writes é as two characters, the sidecar's author as one: they are one episode, wherever it lies."""
    composed, decomposed = unicodedata.normalize("NFC", "2018/été"), unicodedata.normalize("NFD", "2018/été")
    _add(show_dir, composed)
    (show_dir / "episodes" / f"{composed}.mp3").rename(show_dir / "episodes" / f"{decomposed}.mp3")

    assert _status(show_dir)["ete"]["state"] == "ready"


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.mp3",
        "._talk.mp3",
        "~$talk.mp3",
        "talk.mp3.part",
        "talk.mp3.crdownload",
        "talk (Ann's conflicted copy 2018-01-05).mp3",
        "talk.sync-conflict-20180105-101500-ABCDEFG.mp3",
    ],
)
def test_what_other_programs_leave_is_passed_over(show_dir: Path, name: str) -> None:
    """Neither an episode nor worth a line."""
    shutil.copy(show_dir / "episodes" / "immunotherapy.mp3", show_dir / "episodes" / name)
    (show_dir / "episodes" / f"{Path(name).stem}.toml").write_text('title = "A"\npublished = 2018-01-01')

    result = run_tool("status", show_dir)

    assert not any("conflict" in line or name in line for line in (result.stdout + result.stderr).splitlines())


@pytest.mark.parametrize("name", ["immunotherapy_files/data.json", "templates/owls.html"])
def test_what_belongs_to_a_page_is_no_episode(show_dir: Path, name: str) -> None:
    """Neither the folder that a browser saves beside a page, nor templates, hold sidecars or articles."""
    (show_dir / "episodes" / "immunotherapy.html").write_text("<p>The whole page.</p>", "utf-8")
    (show_dir / "episodes" / "immunotherapy.txt").unlink()
    place = show_dir / "episodes" / name
    place.parent.mkdir()
    place.write_text("{}", "utf-8")

    told = json.loads(run_tool("status", show_dir, "--json").stdout)

    assert {episode["slug"] for episode in told["episodes"]} == {"immunotherapy", "how-cancer-begins"}


def test_links_out_of_the_folder_are_not_followed(show_dir: Path, tmp_path: Path) -> None:
    """A link to a file elsewhere, or to a folder above, brings nothing in."""
    (tmp_path / "secret.mp3").write_bytes((show_dir / "episodes" / "immunotherapy.mp3").read_bytes())
    os.symlink(tmp_path / "secret.mp3", show_dir / "episodes" / "secret.mp3")
    os.symlink(show_dir / "episodes", show_dir / "episodes" / "round")
    (show_dir / "episodes" / "secret.toml").write_text('title = "A"\npublished = 2018-01-01')

    result = run_tool("status", show_dir)

    assert "episodes/secret.toml: has no recording beside it" in result.stderr
    assert "2 published" not in result.stdout
    assert "3 episodes" in result.stdout


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        (".toml", 'title = "Owls"\npublished = 2017-12-01T08:00:00-05:00\nseason = 1\nexplicit = true'),
        (".yaml", "title: Owls\npublished: 2017-12-01 08:00:00-05:00\nseason: 1\nexplicit: yes"),
        (".yml", "title: Owls\npublished: '2017-12-01T08:00-05:00'\nseason: 1\nexplicit: 'yes'"),
        (".json", '{"title": "Owls", "published": "2017-12-01T13:00Z", "season": 1, "explicit": true}'),
        (".toml", '\ufefftitle = "Owls"\r\npublished = 2017-12-01T08:00:00\r\nseason = 1\r\nexplicit = true'),
    ],
)
def test_sidecars_say_the_same_in_each_language(show_dir: Path, ending: str, text: str) -> None:
    """TOML, YAML and JSON, also as Windows writes them."""
    _add(show_dir, "owls", text, ending)

    run_tool("publish", show_dir)

    owls = _status(show_dir)["owls"]
    assert (owls["title"], owls["published_at"], owls["state"]) == ("Owls", "2017-12-01T13:00:00+00:00", "published")
    item = (show_dir / "feed" / "feed.xml").read_text("utf-8").split("<title>Owls</title>")[1].split("</item>")[0]
    assert "<itunes:explicit>true</itunes:explicit>" in item
    assert "<itunes:season>1</itunes:season>" in item


def test_a_sidecar_names_one_of_two(show_dir: Path) -> None:
    """Two recordings of one stem are no fault if the sidecar says which."""
    _add(show_dir, "owls", 'title = "A"\npublished = 2017-12-01\naudio = "owls.mp3"')
    (show_dir / "episodes" / "owls.wav").write_bytes(b"RIFF")

    assert _status(show_dir)["owls"]["state"] == "ready"


def test_companions_are_no_sidecars(show_dir: Path) -> None:
    """Chapters and transcripts beside an episode are neither its sidecar nor an episode of their own."""
    (show_dir / "episodes" / "immunotherapy.chapters.txt").write_text("0:00 All of it")
    (show_dir / "episodes" / "immunotherapy.transcript.txt").write_text("Words.")

    assert run_tool("publish", show_dir).returncode == 0


@pytest.mark.parametrize(
    ("sidecar", "stem", "moment"),
    [
        ('title = "A"\npublished = 2017-12-01', "a", "2017-12-01T11:00:00+00:00"),
        ('title = "A"\npublished = 2017-07-01', "a", "2017-07-01T10:00:00+00:00"),
        ('title = "A"\npublished = 2017-12-01T20:30:00', "a", "2017-12-02T01:30:00+00:00"),
        ('title = "A"\npublished = 2017-12-01T20:30:00Z', "a", "2017-12-01T20:30:00+00:00"),
        ('title = "A"', "2017-12-01-owls", "2017-12-01T11:00:00+00:00"),
        ('title = "A"\npublished = 2017-11-30', "2017-12-01-owls", "2017-11-30T11:00:00+00:00"),
        ('title = "A"\npublished = 2017-11-05T01:30:00-04:00', "a", "2017-11-05T05:30:00+00:00"),
    ],
)
def test_dates_become_moments(show_dir: Path, sidecar: str, stem: str, moment: str) -> None:
    """Naive times are the show's (New York), a bare date is at publish_time (06:00), the sidecar comes first."""
    _add(show_dir, stem, sidecar)

    assert _status(show_dir)[stem]["published_at"] == moment


@pytest.mark.parametrize(
    ("published", "sentence"),
    [
        ("2017-03-12T02:30:00", "published 2017-03-12 02:30 does not exist in America/New_York"),
        ("2017-11-05T01:30:00", "published 2017-11-05 01:30 comes twice in America/New_York"),
        (
            '"2017-13-01"',
            'published must be a date (2018-01-05) or a date and time (2018-01-05T09:00), not "2017-13-01"',
        ),
        ("2017", "published must be a date (2018-01-05) or a date and time (2018-01-05T09:00), not the number 2017"),
    ],
)
def test_times_that_are_none_are_told(show_dir: Path, published: str, sentence: str) -> None:
    """Hours that daylight saving skips or doubles, and dates of no calendar."""
    _add(show_dir, "owls", f'title = "A"\npublished = {published}')

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert sentence in result.stderr


def test_release_time_tag_dates_an_episode_and_recording_date_never_does(show_dir: Path) -> None:
    """TDRL counts; TDRC, a bare year and the file's mtime do not."""
    from mutagen.id3 import ID3, TDRC, TDRL

    for stem, frame in (("released", TDRL), ("recorded", TDRC)):
        _add(show_dir, stem, 'title = "A"')
        tags = ID3(show_dir / "episodes" / f"{stem}.mp3")
        tags.delall("TDRC")
        tags.add(frame(encoding=3, text=["2017-12-24T18:00:00"]))
        tags.save()

    episodes = _status(show_dir)

    assert episodes["released"]["published_at"] == "2017-12-24T18:00:00+00:00"
    assert (episodes["recorded"]["state"], episodes["recorded"]["published_at"]) == ("held", None)


def test_drafts_and_scheduled_episodes_leave_no_trace(show_dir: Path) -> None:
    """Before its moment nothing of an episode is in feed/; after it, the next publish takes it in."""
    _add(show_dir, "owls", 'title = "Owls"\npublished = 2018-02-01')
    _add(show_dir, "bats", 'title = "Bats"\npublished = 2017-12-01\ndraft = true')

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    assert "scheduled: owls for 2018-02-01 11:00 UTC" in result.stdout
    assert "draft: bats" in result.stdout
    names = [path for path in (show_dir / "feed").rglob("*") if "owls" in path.name or "bats" in path.name]
    assert not names
    assert "Owls" not in (show_dir / "feed" / "feed.xml").read_text("utf-8")

    run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": "1517500000"})

    assert "<title>Owls</title>" in (show_dir / "feed" / "feed.xml").read_text("utf-8")


def test_a_back_dated_first_publication_is_a_warning(show_dir: Path) -> None:
    """Apps do not announce it; it goes out all the same."""
    run_tool("publish", show_dir)
    _add(show_dir, "owls", 'title = "Owls"\npublished = 2016-01-01')
    (show_dir / "episodes" / "owls.txt").write_text("Owls hunt by night. They hear a mouse under snow.")

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    assert (
        "warning: episodes/owls.mp3: is dated 2016-01-01 11:00 UTC, before the newest published episode"
        in result.stderr
    )


def test_newest_item_first(show_dir: Path) -> None:
    """Items stand in the order of their dates, whatever the files are called."""
    _add(show_dir, "zzz", 'title = "Middle"\npublished = 2017-12-01')
    edit(show_dir / "episodes" / "how-cancer-begins.toml", "2017-11-08", "2018-01-16")

    run_tool("publish", show_dir)

    feed = (show_dir / "feed" / "feed.xml").read_text("utf-8")
    assert feed.index("<title>What is the") < feed.index("<title>How Does") < feed.index("<title>Middle")
