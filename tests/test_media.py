"""Published media as listeners' programs meet them: the command is run, and feed/ is read as a client reads it."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from lxml import etree
from mutagen.flac import FLAC, Picture
from mutagen.id3 import APIC, CHAP, COMM, CTOC, PRIV, TGID, TIT2, TXXX, Encoding
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4Cover, MP4FreeForm
from PIL import Image as Pictures

from .conftest import REPOSITORY, SAMPLE_EPOCH, edit, need_command, run_tool, tree

SITE = "https://podcast.example.org/science-behind-cancer/"
NAMESPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "psc": "http://podlove.org/simple-chapters",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
SECRET = "noted in the studio and meant for nobody"
SECONDS = 4


# -- recordings -------------------------------------------------------------------------------------------------------


def _ffmpeg(*arguments: str | Path, source: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    command = [need_command("ffmpeg"), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    if source is not None:
        command.remove("-nostdin")
    return subprocess.run(command, input=source, capture_output=True, check=True)


@cache
def _wav(seconds: float = SECONDS, channels: int = 2, pitch_hz: int = 440) -> bytes:
    """Tones with pauses and a little noise."""
    tones = f"sine={pitch_hz}:d={seconds},volume='0.4*gt(mod(t,2),0.5)':eval=frame"
    sound = f"{tones}[a];anoisesrc=d={seconds}:a=0.02:seed=1[b];[a][b]amix=inputs=2"
    shape = ("-ar", "44100", "-ac", str(channels), "-flags", "+bitexact", "-fflags", "+bitexact")
    with TemporaryDirectory() as folder:  # to a pipe its length could not be written
        _ffmpeg("-f", "lavfi", "-i", sound, *shape, Path(folder) / "x.wav")
        return (Path(folder) / "x.wav").read_bytes()


@cache
def _encoded(name: str, *options: str, pitch_hz: int = 440) -> bytes:
    """The same sound in a file of that name, with a remark in its tags."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / name
        remark = ("-metadata", f"comment={SECRET}", "-metadata", "title=As it was called in the studio")
        _ffmpeg("-f", "wav", "-i", "-", *options, *remark, made, source=_wav(pitch_hz=pitch_hz))
        return made.read_bytes()


def _mp3(*options: str, pitch_hz: int = 440) -> bytes:
    return _encoded("x.mp3", "-c:a", "libmp3lame", *options, pitch_hz=pitch_hz)


def _m4a(*options: str, pitch_hz: int = 440) -> bytes:
    return _encoded("x.m4a", "-c:a", "aac", *options, pitch_hz=pitch_hz)


def _flac(pitch_hz: int = 440) -> bytes:
    return _encoded("x.flac", pitch_hz=pitch_hz)


KINDS: dict[str, Callable[..., bytes]] = {"mp3": _mp3, "m4a": _m4a, "flac": _flac}


def _id3(path: Path) -> Any:
    return MP3(path).tags


def _mutagen_seconds(path: Path) -> float:
    info: Any = MP3(path).info
    return float(info.length)


def _sound_md5(path: Path) -> str:
    """Of the sound as a player hears it."""
    return _ffmpeg("-i", path, "-map", "0:a", "-f", "md5", "-").stdout.decode().strip()


def _probe(path: Path, *what: str) -> dict[str, Any]:
    command = [need_command("ffprobe"), "-v", "error", "-of", "json", *what, str(path)]
    probed: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return probed


def _heard_seconds(path: Path) -> float:
    """How much sound comes out of a decoder."""
    sound = _ffmpeg("-i", path, "-map", "0:a", "-ac", "1", "-ar", "8000", "-f", "s16le", "-").stdout
    return len(sound) / 2 / 8000


# -- pictures ---------------------------------------------------------------------------------------------------------


@cache
def _picture(
    kind: str = "JPEG", side_px: int = 1400, mode: str = "RGB", colour: str = "navy", gps: bool = False
) -> bytes:
    options: dict[str, Any] = {}
    if gps:
        exif = Pictures.Exif()
        exif[0x010E] = SECRET
        exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 2.5), 3: "W", 4: (0.0, 7.0, 28.0)})
        options["exif"] = exif
    file = BytesIO()
    Pictures.new(mode, (side_px, side_px), colour).save(file, kind, **options)
    return file.getvalue()


def _open(raw: bytes | Path | None) -> Pictures.Image:
    assert raw is not None
    picture = Pictures.open(BytesIO(raw if isinstance(raw, bytes) else raw.read_bytes()))
    picture.load()
    return picture


# -- shows and feeds --------------------------------------------------------------------------------------------------


def _bare_show(folder: Path) -> Path:
    (folder / "episodes").mkdir()
    for name in ("show.toml", "cover.jpg"):
        shutil.copy(REPOSITORY / "episodes" / name, folder / "episodes" / name)
    return folder


@pytest.fixture
def bare_show(tmp_path: Path) -> Path:
    """The sample show without its episodes."""
    return _bare_show(tmp_path)


def _add(show_dir: Path, name: str, recording: bytes, fields: str = "", article: str = "About owls.\n") -> Path:
    """An episode: a recording of that file name, its sidecar, its article."""
    path = show_dir / "episodes" / name
    path.write_bytes(recording)
    path.with_suffix(".toml").write_text(f'title = "{path.stem}"\npublished = 2017-12-01\n{fields}', "utf-8")
    if article:
        path.with_suffix(".txt").write_text(article, "utf-8")
    return path


def _set(show_dir: Path, fields: str) -> None:
    """Write *fields* into show.toml."""
    with (show_dir / "episodes" / "show.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{fields}\n")


def _publish(show_dir: Path, *options: str, code: int = 0, **more: Any) -> subprocess.CompletedProcess[str]:
    result = run_tool("publish", show_dir, *options, **more)
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr
    return result


def _channel(show_dir: Path) -> Any:
    return etree.parse(show_dir / "feed" / "feed.xml").find("channel")


def _item(show_dir: Path, title: str) -> Any:
    return next(item for item in _channel(show_dir).iterfind("item") if item.findtext("title") == title)


def _enclosures(show_dir: Path) -> dict[str, str]:
    """Guid -> address of its sound."""
    return {item.findtext("guid"): item.find("enclosure").get("url") for item in _channel(show_dir).iterfind("item")}


def _below_feed(show_dir: Path, address: str) -> Path:
    assert address.startswith(SITE)
    return show_dir / "feed" / address.removeprefix(SITE)


def _media(show_dir: Path, title: str) -> Path:
    """The file that the enclosure leads to; its length and name are true."""
    enclosure = _item(show_dir, title).find("enclosure")
    path = _below_feed(show_dir, enclosure.get("url"))
    content = path.read_bytes()
    assert enclosure.get("length") == str(len(content))
    assert path.name.split(".")[-2] == hashlib.sha256(content).hexdigest()[:8]
    assert (enclosure.get("type"), path.suffix) in [("audio/mpeg", ".mp3"), ("audio/x-m4a", ".m4a")]
    return path


def _audio(show_dir: Path) -> dict[str, bytes]:
    return tree(show_dir / "feed" / "audio")


def _status(show_dir: Path, slug: str, **more: Any) -> dict[str, Any]:
    result = run_tool("status", show_dir, "--json", **more)
    assert "Traceback" not in result.stderr
    episodes: list[dict[str, Any]] = json.loads(result.stdout)["episodes"]
    return next(episode for episode in episodes if episode["slug"] == slug)


def _told(episode: Mapping[str, Any], level: str) -> list[str]:
    return [problem["message"] for problem in episode["problems"] if problem["level"] == level]


# -- what moves an address, and what does not -------------------------------------------------------------------------


def _retag(path: Path) -> None:
    """What a producer's tag editor does: another title, a picture."""
    picture = _picture(side_px=300)
    if path.suffix == ".mp3":
        mp3: Any = MP3(path)
        mp3.tags.add(TIT2(encoding=Encoding.UTF8, text=["Renamed in the tags"]))
        mp3.tags.add(APIC(encoding=Encoding.UTF8, mime="image/jpeg", type=3, desc="", data=picture))
        mp3.save()
    elif path.suffix == ".m4a":
        m4a = MP4(path)
        m4a["\xa9nam"] = ["Renamed in the tags"]
        m4a["covr"] = [MP4Cover(picture, imageformat=MP4Cover.FORMAT_JPEG)]
        m4a.save()
    else:
        flac = FLAC(path)
        flac["title"] = ["Renamed in the tags"]
        embedded = Picture()
        embedded.data, embedded.type, embedded.mime = picture, 3, "image/jpeg"
        flac.add_picture(embedded)
        flac.save()


@pytest.fixture(scope="module")
def published_kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published show with an MP3, an M4A and a FLAC."""
    show_dir = _bare_show(tmp_path_factory.mktemp("kinds"))
    for number, (kind, make) in enumerate(KINDS.items()):
        _add(show_dir, f"{kind}-owls.{kind}", make(pitch_hz=300 + 100 * number))
    _publish(show_dir)
    return show_dir


@pytest.fixture
def three_kinds(published_kinds: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(published_kinds, tmp_path / "kinds")


def _correct_titles(show_dir: Path) -> None:
    for kind in KINDS:
        edit(show_dir / "episodes" / f"{kind}-owls.toml", f'"{kind}-owls"', f'"Corrected {kind}"')


def _rename_show(show_dir: Path) -> None:
    edit(show_dir / "episodes" / "show.toml", "The Science Behind Cancer", "A New Name")


def _change_cover(show_dir: Path) -> None:
    (show_dir / "episodes" / "cover.jpg").write_bytes(_picture(colour="green"))


def _change_articles(show_dir: Path) -> None:
    for kind in KINDS:
        (show_dir / "episodes" / f"{kind}-owls.txt").write_text("Everything about owls is new.\n", "utf-8")


def _retag_masters(show_dir: Path) -> None:
    for kind in KINDS:
        path = show_dir / "episodes" / f"{kind}-owls.{kind}"
        before = path.read_bytes()
        _retag(path)
        assert path.read_bytes() != before


CHANGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "titles": (_correct_titles, "Corrected m4a"),
    "show": (_rename_show, "A New Name"),
    "cover": (_change_cover, "cover."),
    "articles": (_change_articles, "Everything about owls is new."),
    "masters": (_retag_masters, "mp3-owls"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_correction_moves_an_enclosure(three_kinds: Path, change: str) -> None:
    """DESIGN 5: apps may load a new address again, so only a new recording gets one; the feed says what is new."""
    make, expected = CHANGES[change]
    enclosures, audio = _enclosures(three_kinds), _audio(three_kinds)
    make(three_kinds)

    result = _publish(three_kinds)

    assert _enclosures(three_kinds) == enclosures
    assert _audio(three_kinds) == audio
    assert expected in (three_kinds / "feed" / "feed.xml").read_text("utf-8")
    assert "feed/audio/" not in result.stdout


def test_all_corrections_at_once_move_no_enclosure(three_kinds: Path) -> None:
    """Nor do they one after the other, on a machine that has neither cache nor PyAV."""
    enclosures, audio = _enclosures(three_kinds), _audio(three_kinds)
    for make, _ in CHANGES.values():
        make(three_kinds)

    _publish(three_kinds)

    assert _enclosures(three_kinds) == enclosures
    assert _audio(three_kinds) == audio


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_recording_gets_a_new_address_and_keeps_its_guid(bare_show: Path, kind: str) -> None:
    """The old file stays, since listeners hold its address; the new address is told."""
    path = _add(bare_show, f"owls.{kind}", KINDS[kind]())
    _publish(bare_show)
    before, old = _enclosures(bare_show), _media(bare_show, "owls")
    content = old.read_bytes()
    path.write_bytes(KINDS[kind](pitch_hz=880))

    result = _publish(bare_show)

    after, new = _enclosures(bare_show), _media(bare_show, "owls")
    assert after.keys() == before.keys()
    assert new != old
    assert old.read_bytes() == content
    assert f"has a new address, audio/{new.name} instead of audio/{old.name}" in result.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_renamed_file_keeps_guid_and_address(bare_show: Path, kind: str) -> None:
    """The sound tells which episode it is."""
    path = _add(bare_show, f"owls.{kind}", KINDS[kind]())
    _publish(bare_show)
    before, audio = _enclosures(bare_show), _audio(bare_show)
    for file in (path, path.with_suffix(".toml"), path.with_suffix(".txt")):
        file.rename(file.with_stem("all-about-owls"))

    _publish(bare_show)

    assert _enclosures(bare_show) == before
    assert _audio(bare_show) == audio


def test_a_recording_in_another_format_is_a_new_recording_of_the_episode(bare_show: Path) -> None:
    """A WAV in the MP3's place: same guid, new address, the ending true."""
    path = _add(bare_show, "owls.m4a", _m4a())
    _publish(bare_show)
    before, old = _enclosures(bare_show), _media(bare_show, "owls")
    path.unlink()
    path.with_suffix(".wav").write_bytes(_wav())

    _publish(bare_show)

    assert _enclosures(bare_show).keys() == before.keys()
    assert _media(bare_show, "owls").suffix == ".mp3"
    assert old.exists()


def test_a_corrected_wav_header_is_a_new_recording(bare_show: Path) -> None:
    """The sampling rate was wrong: the samples are the same, the sound is not."""
    path = _add(bare_show, "owls.wav", _wav())
    _publish(bare_show)
    before, old = _enclosures(bare_show), _media(bare_show, "owls")
    slow = bytearray(_wav())
    slow[24:32] = (22_050).to_bytes(4, "little") + (22_050 * 4).to_bytes(4, "little")
    path.write_bytes(slow)

    _publish(bare_show)

    assert _enclosures(bare_show).keys() == before.keys()
    assert _media(bare_show, "owls") != old
    assert abs(_heard_seconds(_media(bare_show, "owls")) - 2 * SECONDS) < 0.1


# -- retagging on purpose ---------------------------------------------------------------------------------------------


def test_retag_makes_a_new_address_with_todays_title_and_the_same_sound(show_dir: Path) -> None:
    """Only that episode's, and the new address is told in one line."""
    _publish(show_dir)
    before, old = _enclosures(show_dir), _media(show_dir, "What is the Future of Immunotherapy?")
    edit(show_dir / "episodes" / "immunotherapy.toml", "What is the Future of", "Whither")
    _publish(show_dir)

    result = _publish(show_dir, "--retag", "immunotherapy")

    new = _media(show_dir, "Whither Immunotherapy?")
    after = _enclosures(show_dir)
    assert [guid for guid in after if after[guid] != before[guid]] == [
        _item(show_dir, "Whither Immunotherapy?").findtext("guid")
    ]
    assert (_id3(old)["TIT2"].text, _id3(new)["TIT2"].text) == (
        ["What is the Future of Immunotherapy?"],
        ["Whither Immunotherapy?"],
    )
    assert _sound_md5(new) == _sound_md5(old)
    told = [line for line in result.stderr.splitlines() if old.name in line]
    assert told == [
        f"note: episodes/immunotherapy.mp3: has a new address, audio/{new.name} instead of audio/{old.name}: "
        "apps may load it again"
    ]


@pytest.mark.parametrize("name", ["immunotherapy", "episodes/immunotherapy.txt"])
def test_retag_without_anything_new_changes_nothing(show_dir: Path, name: str) -> None:
    """Same input, same bytes, same address."""
    _publish(show_dir)
    before = tree(show_dir / "feed")

    result = _publish(show_dir, "--retag", name)

    assert tree(show_dir / "feed") == before
    assert "nothing to do" in result.stdout


def test_retag_of_nothing_that_is_here_is_told(show_dir: Path) -> None:
    """Exit code 1, the nearest name, and nothing is written."""
    result = _publish(show_dir, "--retag", "imunotherapy", code=1)

    assert "Error: imunotherapy: is no episode of this show; did you mean 'immunotherapy'?" in result.stderr
    assert not (show_dir / "feed").exists()


def test_retag_can_be_tried_first(show_dir: Path) -> None:
    """`--dry-run --retag` names the new address and writes nothing."""
    _publish(show_dir)
    edit(show_dir / "episodes" / "immunotherapy.toml", "What is the Future of", "Whither")
    before = tree(show_dir)

    result = _publish(show_dir, "--dry-run", "--retag", "immunotherapy")

    assert tree(show_dir) == before
    assert re.search(r"^would write feed/audio/immunotherapy\.[0-9a-f]{8}\.mp3$", result.stdout, re.MULTILINE)
    assert "has a new address" in result.stderr


def test_retag_of_an_encoded_recording_keeps_its_sound(bare_show: Path) -> None:
    """A FLAC is encoded once more, which gives the same sound, and gets today's title."""
    _add(bare_show, "owls.flac", _flac())
    _publish(bare_show)
    old = _media(bare_show, "owls")
    edit(bare_show / "episodes" / "owls.toml", '"owls"', '"All about owls"')

    _publish(bare_show, "--retag", "owls")

    new = _media(bare_show, "All about owls")
    assert new != old
    assert _sound_md5(new) == _sound_md5(old)
    assert _id3(new)["TIT2"].text == ["All about owls"]


# -- the tags of published sound --------------------------------------------------------------------------------------

FULL_FIELDS = 'season = 2\nepisode = 7\nsummary = "Who hunts at night."\n'
CHAPTER_LINES = "00:00:00.000 Dusk\n00:00:01.234 Nests & eggs <https://example.org/nests>\n00:00:02.999 Schluß\n"
CHAPTERS = [(0, "Dusk"), (1234, "Nests & eggs"), (2999, "Schluß")]


def _with_chapters(path: Path) -> Path:
    path.with_name(f"{path.stem}.chapters.txt").write_text(CHAPTER_LINES, "utf-8")
    return path


def _probed_chapters(path: Path) -> list[tuple[int, str]]:
    chapters = _probe(path, "-show_chapters")["chapters"]
    return [(round(float(chapter["start_time"]) * 1000), chapter["tags"]["title"]) for chapter in chapters]


def _assert_small_jpeg(raw: bytes) -> None:
    picture = _open(raw)
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    assert max(picture.size) <= 600


def test_a_published_mp3_says_what_it_is(bare_show: Path) -> None:
    """Title, show, number, date, picture and chapters; read by mutagen, ffprobe and eyeD3."""
    _with_chapters(_add(bare_show, "owls.mp3", _mp3(), FULL_FIELDS))
    _publish(bare_show)
    path = _media(bare_show, "owls")

    tags = _id3(path)
    assert {name: str(tags[name]) for name in ("TIT2", "TALB", "TPE1", "TRCK", "TPOS", "TDRL", "TGID", "TDES")} == {
        "TIT2": "owls",
        "TALB": "The Science Behind Cancer",
        "TPE1": "Example Cancer Institute",
        "TRCK": "7",
        "TPOS": "2",
        "TDRL": "2017-12-01 11:00:00",
        "TGID": _item(bare_show, "owls").findtext("guid"),
        "TDES": "Who hunts at night.",
    }
    _assert_small_jpeg(tags.getall("APIC")[0].data)
    frames = [(frame.start_time, str(frame.sub_frames["TIT2"])) for frame in tags.getall("CHAP")]
    assert sorted(frames) == CHAPTERS
    assert tags["CTOC:toc"].child_element_ids == ["chp0", "chp1", "chp2"]
    assert tags["CHAP:chp1"].sub_frames.getall("WXXX")[0].url == "https://example.org/nests"

    assert _probed_chapters(path) == CHAPTERS
    probed = _probe(path, "-show_format", "-show_streams")
    assert probed["format"]["tags"]["title"] == "owls"
    assert [stream["codec_type"] for stream in probed["streams"]] == ["audio", "video"]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own, on being imported
        tag = importlib.import_module("eyed3").load(str(path)).tag
    assert (tag.title, tag.album, tag.track_num.count, tag.disc_num.count) == (
        "owls",
        "The Science Behind Cancer",
        7,
        2,
    )
    assert [(chapter.times[0], chapter.title) for chapter in tag.chapters] == CHAPTERS


def test_a_published_m4a_says_what_it_is(bare_show: Path) -> None:
    """The same in an M4A, its chapters for players of either kind."""
    _with_chapters(_add(bare_show, "owls.m4a", _m4a(), FULL_FIELDS))
    _publish(bare_show)
    path = _media(bare_show, "owls")

    tags: Any = MP4(path)
    assert {name: tags[name][0] for name in ("\xa9nam", "\xa9alb", "\xa9ART", "trkn", "disk", "\xa9day", "ldes")} == {
        "\xa9nam": "owls",
        "\xa9alb": "The Science Behind Cancer",
        "\xa9ART": "Example Cancer Institute",
        "trkn": (7, 0),
        "disk": (2, 0),
        "\xa9day": "2017-12-01T11:00:00Z",
        "ldes": "Who hunts at night.",
    }
    assert tags["pcst"] is True
    _assert_small_jpeg(bytes(tags["covr"][0]))
    assert _probed_chapters(path) == CHAPTERS
    assert [(round(chapter.start * 1000), chapter.title) for chapter in tags.chapters] == CHAPTERS


def _privately_tagged(kind: str) -> bytes:
    """A recording with every kind of remark that a studio leaves in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"x.{kind}"
        path.write_bytes(KINDS[kind]())
        if kind == "mp3":
            mp3: Any = MP3(path)
            mp3.tags.add(PRIV(owner="studio", data=SECRET.encode()))
            mp3.tags.add(TXXX(encoding=Encoding.UTF16, desc="remark", text=[SECRET]))
            mp3.tags.add(COMM(encoding=Encoding.LATIN1, lang="eng", desc="", text=[SECRET]))
            mp3.tags.add(CTOC(element_id="x", flags=3, child_element_ids=["y"], sub_frames=[]))
            mp3.tags.add(CHAP(element_id="y", start_time=0, end_time=1, sub_frames=[TIT2(encoding=3, text=["Dusk"])]))
            mp3.save(v1=2)
            path.write_bytes(path.read_bytes()[:-128] + b"TAG" + SECRET[:30].encode().ljust(125, b"\0"))
        elif kind == "m4a":
            m4a = MP4(path)
            m4a["----:com.apple.iTunes:remark"] = [MP4FreeForm(SECRET.encode())]
            m4a["\xa9lyr"] = [SECRET * 20]
            m4a.save()
        return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_no_tag_of_the_master_goes_out_and_the_master_stays_as_it_is(bare_show: Path, kind: str) -> None:
    """What the studio noted is for the studio; podcast_tool writes no recording."""
    master = _privately_tagged(kind)
    path = _add(bare_show, f"owls.{kind}", master, "write_tags = true\nsummary = 'Hoot.'")

    _publish(bare_show)

    assert path.read_bytes() == master
    published = _media(bare_show, "owls").read_bytes()
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert SECRET[:20].encode(encoding) not in published


def test_remarks_beside_an_m4as_tags_do_not_go_out_either(bare_show: Path) -> None:
    """XMP and free room, in which editors leave what they wrote before."""
    uuid_box = bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + SECRET.encode()
    boxes = b"".join(
        (8 + len(body)).to_bytes(4, "big") + kind + body
        for kind, body in ((b"uuid", uuid_box), (b"free", SECRET.encode()))
    )
    _add(bare_show, "owls.m4a", _m4a() + boxes, "summary = 'Hoot.'")

    _publish(bare_show)

    assert SECRET.encode() not in _media(bare_show, "owls").read_bytes()


def test_same_input_same_bytes(bare_show: Path) -> None:
    """Published twice into empty folders, the files of feed/ are equal."""
    for kind in KINDS:
        _with_chapters(_add(bare_show, f"{kind}-owls.{kind}", KINDS[kind](), FULL_FIELDS))
    _publish(bare_show)
    first = tree(bare_show / "feed")
    shutil.rmtree(bare_show / "feed")
    time.sleep(1.1)  # a moment of its own in a file's header would differ now

    _publish(bare_show)

    assert tree(bare_show / "feed") == first


def _itunes(*options: str) -> bytes:
    """As iTunes writes it: a tag says how many samples at its start are silence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.m4a"
        path.write_bytes(_m4a(*options))
        m4a = MP4(path)
        smpb = " 00000000 00000840 00000144 000000000002B000 " + "00000000 " * 8
        m4a["----:com.apple.iTunes:iTunSMPB"] = [MP4FreeForm(smpb.encode())]
        m4a.save()
        return path.read_bytes()


def _cut_m4a() -> bytes:
    """Its beginning cut off without encoding: an edit list tells where it starts now."""
    with TemporaryDirectory() as folder:
        whole, cut = Path(folder) / "whole.m4a", Path(folder) / "cut.m4a"
        whole.write_bytes(_m4a())
        _ffmpeg("-ss", "0.513", "-i", whole, "-c", "copy", cut)
        return cut.read_bytes()


MASTERS: dict[str, Callable[[], bytes]] = {
    "cbr.mp3": lambda: _mp3("-b:a", "96k"),
    "vbr.mp3": lambda: _mp3("-q:a", "5"),
    "no-header.mp3": lambda: _mp3("-q:a", "5", "-write_xing", "0"),
    "mono.mp3": lambda: _mp3("-ac", "1", "-ar", "22050"),
    "plain.m4a": lambda: _m4a(),
    "faststart.m4a": lambda: _m4a("-movflags", "+faststart"),
    "no-edit-list.m4a": lambda: _m4a("-use_editlist", "0"),
    "itunes.m4a": _itunes,
    "old-itunes.m4a": lambda: _itunes("-use_editlist", "0"),
    "cut.m4a": _cut_m4a,
    "fragmented.m4a": lambda: _m4a("-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
    "book.m4b": lambda: _encoded("x.m4b", "-c:a", "aac", "-f", "ipod"),
    "sound-only.mp4": lambda: _encoded("x.mp4", "-c:a", "aac"),
    "bare.aac": lambda: _encoded("x.aac", "-c:a", "aac"),
}


@pytest.fixture(scope="module", params=["", "chapters"])
def published_masters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published show of all these recordings, without chapters or with them."""
    show_dir = _bare_show(tmp_path_factory.mktemp("masters"))
    for name, make in MASTERS.items():
        path = _add(show_dir, name, make())
        if request.param:
            _with_chapters(path)
    _publish(show_dir)
    return show_dir


@pytest.mark.parametrize("name", MASTERS)
def test_sound_that_apps_play_goes_out_bit_for_bit(published_masters: Path, name: str) -> None:
    """Both decoded, master and published file are the same samples, with chapters or without."""
    path = published_masters / "episodes" / name

    published = _media(published_masters, path.stem)

    assert published.suffix == (".mp3" if path.suffix == ".mp3" else ".m4a")
    assert _sound_md5(published) == _sound_md5(path)
    has_chapters = path.with_name(f"{path.stem}.chapters.txt").exists()
    assert _probed_chapters(published) == (CHAPTERS if has_chapters else [])


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
@pytest.mark.parametrize("place", ["show", "episode"])
def test_without_write_tags_the_master_goes_out_as_it_is(bare_show: Path, kind: str, place: str) -> None:
    """Byte for byte, whatever stands in it."""
    path = _add(bare_show, f"owls.{kind}", KINDS[kind](), "write_tags = false" if place == "episode" else "")
    if place == "show":
        _set(bare_show, "write_tags = false")

    _publish(bare_show)

    assert _media(bare_show, "owls").read_bytes() == path.read_bytes()


# -- what has to be encoded -------------------------------------------------------------------------------------------

ENCODED: dict[str, tuple[str, ...]] = {
    "wave.wav": (),
    "free.flac": (),
    "apple.aiff": (),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "opus.opus": ("-c:a", "libopus"),
    "alac.m4a": ("-c:a", "alac"),
}


def _environment(folder: Path, program: str) -> dict[str, str]:
    """A Python that runs *program* before all else."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(program, "utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


@pytest.fixture
def without_pyav(tmp_path: Path) -> dict[str, str]:
    """As if podcast_tool had been installed without its extra."""
    program = """
import sys
from importlib.machinery import PathFinder

class WithoutPyAV(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] == "av" else super().find_spec(name, path, target)

sys.meta_path[:] = [WithoutPyAV if finder is PathFinder else finder for finder in sys.meta_path]
"""
    return _environment(tmp_path / "without", program)


@pytest.fixture
def with_broken_pyav(tmp_path: Path) -> dict[str, str]:
    """It is installed, and whoever uses it has an accident: so nobody did, if all went well."""
    return _environment(
        tmp_path / "broken",
        """
import sys
from importlib.machinery import ModuleSpec

class Trap:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return ModuleSpec(name, cls()) if name == "av" else None
    def create_module(self, spec):
        raise SystemExit("PyAV was used")

sys.meta_path.insert(0, Trap)
""",
    )


@pytest.fixture(scope="module")
def encoded_kinds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published show with a recording of each kind."""
    show_dir = _bare_show(tmp_path_factory.mktemp("encoded"))
    for name, options in ENCODED.items():
        _add(show_dir, name, _encoded(name, *options))
    _publish(show_dir)
    return show_dir


@pytest.mark.parametrize("name", ENCODED)
def test_what_apps_refuse_is_encoded(encoded_kinds: Path, name: str) -> None:
    """An MP3 as long as the recording; every player agrees."""
    path = encoded_kinds / "episodes" / name

    published = _media(encoded_kinds, path.stem)

    assert published.suffix == ".mp3"
    stream = next(s for s in _probe(published, "-show_streams")["streams"] if s["codec_type"] == "audio")
    assert (stream["codec_name"], stream["channels"]) == ("mp3", 2)
    for seconds in (
        _heard_seconds(path),
        _heard_seconds(published),
        float(_probe(published, "-show_format")["format"]["duration"]),
        _mutagen_seconds(published),
        _status(encoded_kinds, path.stem)["duration_seconds"],
    ):
        assert abs(seconds - SECONDS) < 0.1


def test_nothing_is_encoded_twice(encoded_kinds: Path, with_broken_pyav: dict[str, str]) -> None:
    """Later publishes leave it, also where the work folder is gone."""
    before = tree(encoded_kinds / "feed")
    assert not (encoded_kinds / ".podcast_tool" / "made").exists()
    shutil.rmtree(encoded_kinds / ".podcast_tool")

    result = _publish(encoded_kinds, environment=with_broken_pyav)

    assert "nothing to do" in result.stdout
    assert tree(encoded_kinds / "feed") == before


def test_looking_encodes_nothing(bare_show: Path, with_broken_pyav: dict[str, str]) -> None:
    """status, show and --dry-run tell what would be, as far as that is known: not yet the address."""
    _add(bare_show, "owls.flac", _flac())
    _set(bare_show, "normalise = true")
    before = tree(bare_show)

    episode = _status(bare_show, "owls", environment=with_broken_pyav)
    shown = run_tool("show", "owls", bare_show, environment=with_broken_pyav)
    tried = _publish(bare_show, "--dry-run", environment=with_broken_pyav)

    assert (episode["state"], episode["enclosure_url"], episode["loudness_lufs"]) == ("ready", None, None)
    assert abs(episode["duration_seconds"] - SECONDS) < 0.1
    assert shown.returncode == 0
    assert "encoded to MP3" in shown.stdout
    assert "would write feed/audio/owls.????????.mp3\n" in tried.stdout
    assert tree(bare_show) == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "owls.flac",
            "is FLAC, which podcast apps do not play; export the recording as MP3 or M4A, or install "
            "podcast_tool[audio], which encodes it",
        ),
        (
            "owls.opus",
            "is Ogg (Opus), which podcast apps do not play; export the recording as MP3 or M4A, or install "
            "podcast_tool[audio], which encodes it",
        ),
        (
            "owls.aac",
            "is AAC, which podcast apps do not play; export the recording as MP3 or M4A, or install "
            "podcast_tool[audio], which puts it into M4A",
        ),
    ],
)
def test_without_the_extra_a_sentence_says_so(
    bare_show: Path, without_pyav: dict[str, str], name: str, sentence: str
) -> None:
    """The episode waits, the others go out; so says status, too."""
    _add(bare_show, name, _encoded(name))
    _add(bare_show, "bats.mp3", _mp3())

    result = _publish(bare_show, code=3, environment=without_pyav)

    assert f"error: episodes/{name}: {sentence} [held back]" in result.stderr
    assert [item.findtext("title") for item in _channel(bare_show).iterfind("item")] == ["bats"]
    episode = _status(bare_show, "owls", environment=without_pyav)
    assert (episode["state"], _told(episode, "error")) == ("held", [sentence])


def test_what_was_encoded_stays_published_where_nothing_can_encode(
    bare_show: Path, without_pyav: dict[str, str]
) -> None:
    """Another machine publishes next: no message, and a corrected title goes out."""
    _add(bare_show, "owls.flac", _flac())
    _add(bare_show, "bats.m4a", _m4a())
    _set(bare_show, "normalise = true")
    _publish(bare_show)
    audio = _audio(bare_show)
    edit(bare_show / "episodes" / "owls.toml", '"owls"', '"All about owls"')

    result = _publish(bare_show, environment=without_pyav)

    assert "error" not in result.stderr
    assert _audio(bare_show) == audio
    assert _media(bare_show, "All about owls").exists()


def test_without_the_extra_mp3_and_m4a_go_out_as_with_it(bare_show: Path, without_pyav: dict[str, str]) -> None:
    """Tags and all; a master's chapters do not contradict those that are published."""
    for kind in ("mp3", "m4a"):
        _with_chapters(_add(bare_show, f"{kind}-owls.{kind}", KINDS[kind](), FULL_FIELDS))
    _publish(bare_show)
    with_chapters = _media(bare_show, "m4a-owls").read_bytes()
    old = tree(bare_show / "feed")
    shutil.rmtree(bare_show / "feed")

    (bare_show / "episodes" / "m4a-owls.m4a").write_bytes(with_chapters)
    (bare_show / "episodes" / "m4a-owls.chapters.txt").write_text("00:00:00 One\n00:00:02 Two\n", "utf-8")
    _publish(bare_show, environment=without_pyav)

    assert _media(bare_show, "mp3-owls").read_bytes() in old.values()
    published = _media(bare_show, "m4a-owls")
    assert _probed_chapters(published) in ([], [(0, "One"), (2000, "Two")])
    assert _sound_md5(published) == _sound_md5(bare_show / "episodes" / "m4a-owls.m4a")


# -- loudness ---------------------------------------------------------------------------------------------------------


def _loudness(path: Path) -> tuple[float, float]:
    """LUFS and dBTP, as ffmpeg measures them."""
    command = [
        need_command("ffmpeg"),
        "-nostdin",
        "-i",
        str(path),
        "-map",
        "0:a",
        "-af",
        "ebur128=peak=true",
        "-f",
        "null",
        "-",
    ]
    summary = subprocess.run(command, capture_output=True, text=True, check=True).stderr.rpartition("Summary:")[2]
    integrated, peak = re.search(r"I:\s+(\S+) LUFS", summary), re.search(r"Peak:\s+(\S+) dBFS", summary)
    assert integrated
    assert peak
    return float(integrated[1]), float(peak[1])


@cache
def _speech(gain_db: float, kind: str = "wav", seconds: int = 10) -> bytes:
    """Of the sample show's recording."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / f"x.{kind}"
        source = REPOSITORY / "episodes" / "immunotherapy.mp3"
        _ffmpeg("-t", str(seconds), "-i", source, "-map", "0:a", "-af", f"volume={gain_db}dB", made)
        return made.read_bytes()


@pytest.mark.parametrize(("kind", "gain_db"), [("wav", -12), ("flac", -25), ("aiff", 0)])
def test_lossless_recordings_are_brought_to_podcast_loudness(bare_show: Path, kind: str, gain_db: int) -> None:
    """AP-AUDIO-LOUD: -16 LUFS within one, peaks at -1 dBTP at most; status and show give what was measured."""
    path = _add(bare_show, f"owls.{kind}", _speech(gain_db, kind), "normalise = true")
    master = path.read_bytes()
    result = _publish(bare_show)

    integrated, peak = _loudness(_media(bare_show, "owls"))
    assert abs(integrated + 16) <= 1
    assert peak <= -1
    assert path.read_bytes() == master
    assert "LUFS" not in result.stderr
    episode = _status(bare_show, "owls")
    assert abs(episode["loudness_lufs"] - integrated) <= 0.2
    assert f"{episode['loudness_lufs']:.1f} LUFS" in run_tool("status", bare_show).stdout
    assert re.search(r"^loudness_lufs +-1[5-7]", run_tool("show", "owls", bare_show).stdout, re.MULTILINE)
    ledger = (bare_show / "feed" / "ledger.json").read_text("utf-8")
    assert f'"loudness_lufs": {episode["loudness_lufs"]}, "is_normalised": true' in ledger


def test_peaks_stay_below_the_limit_where_the_recording_has_high_ones(bare_show: Path) -> None:
    """Quiet speech with a bang in it, which one gain for all would drive over."""
    with TemporaryDirectory() as folder:
        source, made = Path(folder) / "x.wav", Path(folder) / "y.wav"
        source.write_bytes(_speech(-20))
        bang = "volume='if(between(t,5,5.02),30,1)':eval=frame"
        _ffmpeg("-i", source, "-af", bang, made)
        _add(bare_show, "owls.wav", made.read_bytes(), "normalise = true")

    _publish(bare_show)

    integrated, peak = _loudness(_media(bare_show, "owls"))
    assert abs(integrated + 16) <= 1
    assert peak <= -1


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_a_lossy_recording_is_told_and_not_encoded_again(bare_show: Path, kind: str) -> None:
    """With what was measured; its sound goes out as it is."""
    path = _add(bare_show, f"owls.{kind}", _speech(-12, kind), "normalise = true")

    result = _publish(bare_show)

    published = _media(bare_show, "owls")
    assert _sound_md5(published) == _sound_md5(path)
    measured = _loudness(path)[0]
    told = re.search(r"warning: episodes/owls\.\w+: is at (\S+) LUFS, and apps expect -16;", result.stderr)
    assert told
    assert abs(float(told[1]) - measured) <= 0.2
    assert _status(bare_show, "owls")["loudness_lufs"] == float(told[1])


def test_silence_is_published_without_a_loudness(bare_show: Path) -> None:
    """It has none, and no gain makes it one."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "x.wav"
        _ffmpeg("-f", "lavfi", "-i", "anullsrc=d=3", made)
        _add(bare_show, "owls.wav", made.read_bytes(), "normalise = true")

    _publish(bare_show)

    assert _status(bare_show, "owls")["loudness_lufs"] is None
    assert abs(_heard_seconds(_media(bare_show, "owls")) - 3) < 0.1


def test_normalise_later_makes_one_new_address(bare_show: Path) -> None:
    """Once: the next publish leaves it, and a lossy recording keeps its address and gets a loudness."""
    _add(bare_show, "owls.flac", _speech(-12, "flac"))
    _add(bare_show, "bats.mp3", _speech(-12, "mp3"))
    _publish(bare_show)
    owls, bats = _media(bare_show, "owls"), _media(bare_show, "bats")
    _set(bare_show, "normalise = true")

    result = _publish(bare_show)

    louder = _media(bare_show, "owls")
    assert louder != owls
    assert owls.exists()
    assert _media(bare_show, "bats") == bats
    assert "has a new address" in result.stderr
    assert abs(_loudness(louder)[0] + 16) <= 1
    assert _status(bare_show, "bats")["loudness_lufs"] is not None
    before = tree(bare_show / "feed")
    assert "nothing to do" in _publish(bare_show).stdout
    assert tree(bare_show / "feed") == before


# -- chapters ---------------------------------------------------------------------------------------------------------


def _tag_chapters(path: Path, *chapters: tuple[int, str]) -> None:
    mp3: Any = MP3(path)
    for number, (start, title) in enumerate(chapters):
        title_frame = TIT2(encoding=Encoding.UTF8, text=[title])
        mp3.tags.add(CHAP(element_id=f"c{number}", start_time=start, end_time=start + 1, sub_frames=[title_frame]))
    mp3.save()


ARTICLE_WITH_TIMES = "About owls.\n\n00:00:00 Article: dusk\n00:00:02 Article: dawn\n\nThat is all.\n"
FROM_TAGS = [(0, "Tags: dusk"), (1500, "Tags: dawn")]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"file", "tags", "article"}, CHAPTERS),
        ({"tags", "article"}, FROM_TAGS),
        ({"article"}, [(0, "Article: dusk"), (2000, "Article: dawn")]),
        ({"file"}, CHAPTERS),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else "",
)
def test_one_list_of_chapters_in_every_form(
    bare_show: Path, sources: set[str], expected: Sequence[tuple[int, str]]
) -> None:
    """From the file, else the recording, else the article; each output equal to the millisecond."""
    path = _add(bare_show, "owls.mp3", _mp3(), article=ARTICLE_WITH_TIMES if "article" in sources else "About owls.\n")
    if "tags" in sources:
        _tag_chapters(path, *FROM_TAGS)
    if "file" in sources:
        _with_chapters(path)

    _publish(bare_show)

    item = _item(bare_show, "owls")
    reference = item.find("podcast:chapters", NAMESPACES)
    assert reference.get("type") == "application/json+chapters"
    document = json.loads(_below_feed(bare_show, reference.get("url")).read_bytes())
    assert document["version"] == "1.2.0"
    assert [(round(c["startTime"] * 1000), c["title"]) for c in document["chapters"]] == expected
    simple = item.findall("psc:chapters/psc:chapter", NAMESPACES)
    assert [(_milliseconds(c.get("start")), c.get("title")) for c in simple] == expected
    assert [(frame.start_time, str(frame.sub_frames["TIT2"])) for frame in _chap_frames(bare_show)] == expected
    assert _probed_chapters(_media(bare_show, "owls")) == expected
    lines = [f"00:00:{start // 1000:02} {title}" for start, title in expected]
    for notes in (item.findtext("description"), item.findtext("content:encoded", namespaces=NAMESPACES)):
        words = etree.fromstring(f"<div>{notes}</div>".replace("<br/>", "\n"))
        assert "\n".join(lines) in "".join(words.itertext())
    page = (bare_show / "feed" / "owls" / "index.html").read_text("utf-8")
    assert page.count('<li data-start="') == len(expected)


def _milliseconds(start: str) -> int:
    hours, minutes, seconds = start.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


def _chap_frames(show_dir: Path) -> list[Any]:
    return sorted(_id3(_media(show_dir, "owls")).getall("CHAP"), key=lambda frame: frame.start_time)


def test_a_chapters_picture_is_copied_and_none_is_loaded_from_elsewhere(bare_show: Path) -> None:
    """The one beside the file stands in chapters.json, psc and tags; the one on another host is left out and told."""
    path = _add(bare_show, "owls.mp3", _mp3())
    (bare_show / "episodes" / "pictures").mkdir()
    (bare_show / "episodes" / "pictures" / "nest.jpg").write_bytes(_picture(side_px=900, gps=True))
    chapters = [
        {"startTime": 0, "title": "Dusk", "img": "pictures/nest.jpg"},
        {"startTime": 1.5, "title": "Nests", "img": "https://images.example.com/nest.jpg"},
        {"startTime": 2.5, "title": "Dawn", "img": "../../../etc/nest.jpg"},
    ]
    path.with_name("owls.chapters.json").write_text(json.dumps({"version": "1.2.0", "chapters": chapters}), "utf-8")

    result = _publish(bare_show, code=3)

    published = sorted((bare_show / "feed" / "owls").glob("chapter.*.jpg"))
    assert len(published) == 1
    assert SECRET.encode() not in published[0].read_bytes()
    address = f"{SITE}owls/{published[0].name}"
    document = json.loads((bare_show / "feed" / "owls" / "chapters.json").read_bytes())
    assert [chapter.get("img") for chapter in document["chapters"]] == [address, None, None]
    simple = _item(bare_show, "owls").findall("psc:chapters/psc:chapter", NAMESPACES)
    assert [chapter.get("image") for chapter in simple] == [address, None, None]
    frames = _chap_frames(bare_show)
    _assert_small_jpeg(frames[0].sub_frames.getall("APIC")[0].data)
    assert not any(frame.sub_frames.getall("APIC") for frame in frames[1:])
    assert (
        "'https://images.example.com/nest.jpg' is on another host; put the picture beside the chapters" in result.stderr
    )
    assert "'../../../etc/nest.jpg' lies outside episodes/" in result.stderr
    assert "images.example.com" not in (bare_show / "feed" / "feed.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("00:00:00 Dusk\n01:00:00 Dawn\n", "a chapter (Dawn) begins at 3600 s, behind the recording's end"),
        ("00:00:02 Dusk\n00:00:01 Dawn\n", "line 2 begins before the chapter above it"),
    ],
)
def test_chapters_that_cannot_be_are_told_and_left_out(bare_show: Path, lines: str, sentence: str) -> None:
    """The episode goes out without them, in every form."""
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_name("owls.chapters.txt").write_text(lines, "utf-8")

    result = _publish(bare_show, code=3)

    assert f"error: episodes/owls.chapters.txt: {sentence}" in result.stderr
    item = _item(bare_show, "owls")
    assert item.find("podcast:chapters", NAMESPACES) is None
    assert item.find("psc:chapters", NAMESPACES) is None
    assert not _chap_frames(bare_show)
    assert "Dawn" not in item.findtext("description")


def test_chapters_that_come_later_move_no_enclosure(bare_show: Path) -> None:
    """They go into the feed at once, into the recording's tags at its next retag."""
    path = _add(bare_show, "owls.m4a", _m4a())
    _publish(bare_show)
    before, audio = _enclosures(bare_show), _audio(bare_show)
    _with_chapters(path)

    _publish(bare_show)
    assert (_enclosures(bare_show), _audio(bare_show)) == (before, audio)
    assert _item(bare_show, "owls").find("podcast:chapters", NAMESPACES) is not None

    _publish(bare_show, "--retag", "owls")
    assert _probed_chapters(_media(bare_show, "owls")) == CHAPTERS
    assert _sound_md5(_media(bare_show, "owls")) == _sound_md5(path)


# -- transcripts ------------------------------------------------------------------------------------------------------

VTT = """WEBVTT

00:00:00.000 --> 00:00:01.500
<v Anna>Owls hunt at night.

00:00:01.500 --> 00:00:03.000
<v Ben>Why?
"""
SRT = "1\n00:00:00,000 --> 00:00:01,500\nAnna: Eulen jagen nachts.\n\n2\n00:00:01,500 --> 00:00:03,000\nBen: Warum?\n"
JSON_TRANSCRIPT = json.dumps(
    {"version": "1.0.0", "segments": [{"speaker": "Anna", "startTime": 0, "endTime": 1.5, "body": "Les chouettes."}]}
)


def _transcripts(show_dir: Path) -> dict[str, tuple[str, str | None, str | None]]:
    """Path below feed/ -> type, language, rel; each of them is served."""
    found = {}
    for tag in _item(show_dir, "owls").findall("podcast:transcript", NAMESPACES):
        assert _below_feed(show_dir, tag.get("url")).stat().st_size
        found[tag.get("url").removeprefix(SITE)] = (tag.get("type"), tag.get("language"), tag.get("rel"))
    return found


def test_transcripts_of_every_form_and_language(bare_show: Path) -> None:
    """VTT and JSON of each, SRT where it was given, HTML of the untimed one; the show's own language on the page."""
    _add(bare_show, "owls.mp3", _mp3())
    for name, text in {
        "owls.vtt": VTT,
        "owls.de.srt": SRT,
        "owls.fr.transcript.json": JSON_TRANSCRIPT,
        "owls.transcript.md": "**Anna:** Owls hunt *at night*.\n\n<script>alert(1)</script>\n",
    }.items():
        (bare_show / "episodes" / name).write_text(text, "utf-8")

    result = _publish(bare_show)

    assert "transcript" not in result.stderr
    assert _transcripts(bare_show) == {
        "owls/transcript.vtt": ("text/vtt", None, "captions"),
        "owls/transcript.json": ("application/json", None, "captions"),
        "owls/transcript.html": ("text/html", None, None),
        "owls/transcript.de.vtt": ("text/vtt", "de", "captions"),
        "owls/transcript.de.json": ("application/json", "de", "captions"),
        "owls/transcript.de.srt": ("application/x-subrip", "de", "captions"),
        "owls/transcript.fr.vtt": ("text/vtt", "fr", "captions"),
        "owls/transcript.fr.json": ("application/json", "fr", "captions"),
    }
    folder = bare_show / "feed" / "owls"
    assert "<v Anna>Owls hunt at night." in (folder / "transcript.vtt").read_text("utf-8")
    segments = json.loads((folder / "transcript.json").read_bytes())["segments"]
    assert [(s["speaker"], s["startTime"], s["endTime"], s["body"]) for s in segments] == [
        ("Anna", 0, 1.5, "Owls hunt at night."),
        ("Ben", 1.5, 3, "Why?"),
    ]
    assert "Eulen jagen nachts." in (folder / "transcript.de.srt").read_text("utf-8")
    untimed = (folder / "transcript.html").read_text("utf-8")
    assert "<script" not in untimed
    assert "Owls hunt" in untimed
    page = (folder / "index.html").read_text("utf-8")
    assert "Owls hunt at night." in page
    assert "<b>Anna:</b>" in page
    assert "Eulen" not in page


def test_only_an_untimed_transcript(bare_show: Path) -> None:
    """Published as HTML, shown on the page, and no caption."""
    _add(bare_show, "owls.mp3", _mp3())
    (bare_show / "episodes" / "owls.transcript.txt").write_text("Owls hunt at night.\n", "utf-8")

    result = _publish(bare_show)

    assert "has no transcript" not in result.stderr
    assert _transcripts(bare_show) == {"owls/transcript.html": ("text/html", None, None)}
    assert "Owls hunt at night." in (bare_show / "feed" / "owls" / "index.html").read_text("utf-8")


def test_an_episode_waits_for_its_transcript_where_that_is_asked(bare_show: Path) -> None:
    """A new one; what is published already stays, and is told of it as a warning."""
    _add(bare_show, "bats.mp3", _mp3())
    _publish(bare_show)
    _add(bare_show, "owls.mp3", _mp3(pitch_hz=500))
    _set(bare_show, "require_transcript = true")

    held = _publish(bare_show, code=3)

    assert (
        "error: episodes/owls.toml: has no transcript, and is to wait for one; put owls.vtt beside it [held back]"
        in held.stderr
    )
    assert "warning: episodes/bats.toml: has no transcript" in held.stderr
    assert [item.findtext("title") for item in _channel(bare_show).iterfind("item")] == ["bats"]
    assert _status(bare_show, "owls")["state"] == "held"
    assert not (bare_show / "feed" / "owls").exists()
    (bare_show / "episodes" / "owls.vtt").write_text(VTT, "utf-8")
    _publish(bare_show)
    assert _item(bare_show, "owls") is not None


def test_a_broken_cue_is_told_by_its_line(bare_show: Path) -> None:
    """The rest of the transcript goes out."""
    _add(bare_show, "owls.mp3", _mp3())
    (bare_show / "episodes" / "owls.vtt").write_text(f"{VTT}\n00:00:99.000 --> what\nHoot.\n", "utf-8")

    result = _publish(bare_show, code=3)

    assert "error: episodes/owls.vtt: line 9: no times can be read from '00:00:99.000 --> what'" in result.stderr
    assert "Why?" in (bare_show / "feed" / "owls" / "transcript.vtt").read_text("utf-8")


@pytest.mark.parametrize(("kind", "is_warned"), [("full", True), ("trailer", False), ("bonus", False)])
def test_a_new_full_episode_without_transcript_is_warned(bare_show: Path, kind: str, is_warned: bool) -> None:
    """Once, when it goes out; a trailer needs none."""
    _add(bare_show, "owls.mp3", _mp3(), f'type = "{kind}"')

    assert ("has no transcript; put owls.vtt beside it" in _publish(bare_show).stderr) is is_warned
    assert "has no transcript" not in _publish(bare_show).stderr


# -- artwork ----------------------------------------------------------------------------------------------------------


def _art(show_dir: Path) -> Path | None:
    image = _item(show_dir, "owls").find("itunes:image", NAMESPACES)
    return None if image is None else _below_feed(show_dir, image.get("href"))


def test_no_place_and_no_remark_of_a_picture_goes_out(bare_show: Path) -> None:
    """EXIF and GPS of cover, episode art and the picture in the tags: in no file of feed/."""
    (bare_show / "episodes" / "cover.jpg").write_bytes(_picture(gps=True))
    art = _picture(colour="green", gps=True)
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_suffix(".jpg").write_bytes(art)

    _publish(bare_show)

    for name, content in tree(bare_show / "feed").items():
        assert SECRET.encode() not in content, name
        assert b"Exif\0\0" not in content, name
    published = _open(_art(bare_show))
    assert not published.getexif()
    assert published.tobytes() == _open(art).tobytes()


def test_art_that_directories_refuse_is_told_and_left_out(bare_show: Path) -> None:
    """A PNG with transparency; the episode goes out without it, and its page shows the cover."""
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_suffix(".png").write_bytes(_picture("PNG", 1500, "RGBA"))

    result = _publish(bare_show, code=3)

    assert "error: episodes/owls.png: has the colour mode RGBA" in result.stderr
    assert "fix_artwork = true" in result.stderr
    assert _art(bare_show) is None
    assert '<img src="../cover.small.' in (bare_show / "feed" / "owls" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("fit", ["true", '"crop"', '"pad"'])
def test_art_is_mended_where_that_is_asked(bare_show: Path, fit: str) -> None:
    """Square, RGB, JPEG, 1400 to 3000 pixels; so is the cover."""
    with BytesIO() as file:
        Pictures.new("RGBA", (900, 1200), (200, 0, 0, 128)).save(file, "PNG")
        oblong = file.getvalue()
    _set(bare_show, f"fix_artwork = {fit}")
    (bare_show / "episodes" / "cover.jpg").write_bytes(_picture(side_px=800))
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_suffix(".png").write_bytes(oblong)

    _publish(bare_show)

    cover = _below_feed(bare_show, _channel(bare_show).find("itunes:image", NAMESPACES).get("href"))
    for published in (_art(bare_show), cover):
        picture = _open(published)
        assert (picture.format, picture.mode) == ("JPEG", "RGB")
        assert published
        assert published.suffix == ".jpg"
        assert picture.width == picture.height
        assert 1400 <= picture.width <= 3000
    assert "nothing to do" in _publish(bare_show).stdout


def test_the_picture_in_the_tags_is_used_where_there_is_no_other(bare_show: Path) -> None:
    """If directories take it; else that is only a note, since nobody laid it there for this feed."""
    path = _add(bare_show, "owls.mp3", _mp3())
    mp3: Any = MP3(path)
    mp3.tags.add(APIC(encoding=Encoding.UTF8, mime="image/jpeg", type=3, desc="", data=_picture(colour="teal")))
    mp3.save()
    small = _add(bare_show, "bats.mp3", _mp3(pitch_hz=500))
    _retag(small)

    result = _publish(bare_show)

    assert _open(_art(bare_show)).size == (1400, 1400)
    assert _item(bare_show, "bats").find("itunes:image", NAMESPACES) is None
    assert "note: episodes/bats.mp3: the picture in its tags is 300 x 300 pixels" in result.stderr
    beside = path.with_suffix(".jpg")
    beside.write_bytes(_picture(colour="olive"))
    _publish(bare_show)
    assert _open(_art(bare_show)).tobytes() == _open(beside.read_bytes()).tobytes()


def test_a_decompression_bomb_is_refused(bare_show: Path) -> None:
    """A few kB that would take gigabytes: told, left out, at once; as a cover it stops the publish."""
    header = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    bomb = _picture("PNG", 1500)
    start = bomb.index(b"IHDR")
    crc = zlib.crc32(b"IHDR" + header).to_bytes(4, "big")
    bomb = bomb[:start] + b"IHDR" + header + crc + bomb[start + 21 :]
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_suffix(".png").write_bytes(bomb)

    started = time.monotonic()
    result = _publish(bare_show, code=3)
    assert time.monotonic() - started < 5

    assert "error: episodes/owls.png: " in result.stderr
    assert _art(bare_show) is None
    edit(bare_show / "episodes" / "show.toml", "cover.jpg", "owls.png")
    before = tree(bare_show / "feed")
    assert "Error: episodes/owls.png: " in _publish(bare_show, code=1).stderr
    assert tree(bare_show / "feed") == before


def test_pages_load_small_pictures(bare_show: Path) -> None:
    """Of the cover and of episode art, JPEGs of at most 600 pixels."""
    path = _add(bare_show, "owls.mp3", _mp3())
    path.with_suffix(".jpg").write_bytes(_picture(colour="green"))

    _publish(bare_show)

    for page, folder in (("index.html", ""), ("owls/index.html", "owls/")):
        html = (bare_show / "feed" / page).read_text("utf-8")
        source = re.search(r'<img src="([^"]+)"', html)
        assert source
        picture = (bare_show / "feed" / folder / source[1]).resolve()
        assert ".small." in picture.name
        _assert_small_jpeg(picture.read_bytes())


# -- further elements -------------------------------------------------------------------------------------------------

EPISODE_TAGS = """
location = [{ name = "Falmouth", geo = "geo:50.15,-5.06", osm = "R113314", country = "GB", rel = "subject" }]
license = "CC-BY-4.0"
persons = [
  { name = "Anna Owl", role = "Host", url = "https://example.org/anna", image = "https://example.org/anna.jpg" },
  "Ben Bat",
]
soundbites = [{ start = "0:00:01.5", duration = 15, title = "Who hunts" }]
"""
SHOW_TAGS = """
funding = [{ text = "Help us", url = "https://example.org/give" }]

[[trailers]]
title = "Coming soon"
url = "https://example.org/t.mp3"
published = 2017-10-01
size_bytes = 12
media_type = "audio/mpeg"
season = 2
"""


def _elements(parent: Any, name: str) -> list[tuple[str | None, dict[str, str]]]:
    return [(element.text, dict(element.attrib)) for element in parent.findall(f"podcast:{name}", NAMESPACES)]


def test_elements_have_the_names_of_the_namespace(bare_show: Path) -> None:
    """Attributes as its documents spell them, not as our fields do."""
    _add(bare_show, "owls.mp3", _speech(0, "mp3", seconds=20), EPISODE_TAGS)
    _set(bare_show, SHOW_TAGS)

    _publish(bare_show)

    item, channel = _item(bare_show, "owls"), _channel(bare_show)
    assert _elements(item, "person") == [
        (
            "Anna Owl",
            {"role": "host", "href": "https://example.org/anna", "img": "https://example.org/anna.jpg"},
        ),
        ("Ben Bat", {}),
    ]
    place = {"geo": "geo:50.15,-5.06", "osm": "R113314", "country": "GB", "rel": "subject"}
    assert _elements(item, "location") == [("Falmouth", place)]
    assert _elements(item, "license") == [("CC-BY-4.0", {})]
    assert _elements(item, "soundbite") == [("Who hunts", {"startTime": "1.5", "duration": "15"})]
    assert _elements(channel, "funding") == [("Help us", {"url": "https://example.org/give"})]
    assert _elements(channel, "trailer") == [
        (
            "Coming soon",
            {
                "url": "https://example.org/t.mp3",
                "pubdate": "Sun, 01 Oct 2017 10:00:00 +0000",
                "length": "12",
                "type": "audio/mpeg",
                "season": "2",
            },
        )
    ]
    assert "Anna Owl" in (bare_show / "feed" / "owls" / "index.html").read_text("utf-8")


def test_a_bad_part_of_a_person_is_left_out_and_told(bare_show: Path) -> None:
    """Exit code 3; the episode and the person go out."""
    persons = 'persons = [{ name = "Anna Owl", role = "host", url = "javascript:alert(1)" }, { role = "guest" }]'
    _add(bare_show, "owls.mp3", _mp3(), persons)

    result = _publish(bare_show, code=3)

    assert "episodes/owls.toml: persons: url must be an address that begins with https://" in result.stderr
    assert "episodes/owls.toml: persons: name is missing; add it (left out)" in result.stderr
    assert _elements(_item(bare_show, "owls"), "person") == [("Anna Owl", {"role": "host"})]
    assert "javascript:" not in (bare_show / "feed" / "owls" / "index.html").read_text("utf-8")


def test_a_soundbite_outside_the_recording_is_warned(bare_show: Path) -> None:
    """It goes out, and so does the episode."""
    _add(bare_show, "owls.mp3", _mp3(), "soundbites = [{ start = 3, duration = 20 }]")

    result = _publish(bare_show)

    assert "warning: episodes/owls.mp3: the soundbite at 3 s ends behind the recording" in result.stderr


# -- looking at one episode -------------------------------------------------------------------------------------------


def test_show_tells_each_field_and_its_place(bare_show: Path) -> None:
    """For people and as JSON; a guid in the tags (TGID) is told and never taken."""
    path = bare_show / "episodes" / "Owls & Bats.mp3"
    path.write_bytes(_mp3())
    path.with_suffix(".toml").write_text("published = 2017-12-01\n", "utf-8")
    path.with_suffix(".txt").write_text(ARTICLE_WITH_TIMES, "utf-8")
    mp3: Any = MP3(path)
    mp3.tags.add(TGID(encoding=Encoding.UTF8, text=["a-guid-of-another-program"]))
    mp3.save()
    _publish(bare_show)

    shown = run_tool("show", "Owls & Bats", bare_show)
    as_json = run_tool("show", "Owls & Bats", bare_show, "--json")

    assert shown.returncode == as_json.returncode == 0
    view = json.loads(as_json.stdout)
    fields = {field["field"]: (field["value"], field["source"]) for field in view["fields"]}
    guid = _item(bare_show, "As it was called in the studio").findtext("guid")
    assert fields["title"] == ("As it was called in the studio", "tags of episodes/Owls & Bats.mp3")
    assert fields["published"] == ("2017-12-01T11:00:00+00:00", "episodes/Owls & Bats.toml")
    assert fields["guid"] == (guid, "feed/ledger.json")
    assert fields["tag podcast_guid"] == ("a-guid-of-another-program", "tags of episodes/Owls & Bats.mp3")
    assert fields["explicit"] == (False, "show")
    assert fields["slug"][0] == "owls-bats"
    assert fields["notes"] == ("episodes/Owls & Bats.txt", "episodes/Owls & Bats.txt")
    assert fields["chapters"] == (
        ["00:00:00.000 Article: dusk", "00:00:02.000 Article: dawn"],
        "episodes/Owls & Bats.txt",
    )
    assert fields["duration_seconds"][1] == "its frames, counted one by one"
    assert view["episode"]["state"] == "published"
    assert "<p>About owls.</p>" in view["notes"]
    for field, (_, source) in fields.items():
        assert re.search(rf"^{field} .*\[{re.escape(source)}\]$", shown.stdout, re.MULTILINE), field
    for name in ("owls-bats", "episodes/Owls & Bats.txt", path, path.with_suffix(".toml")):
        assert run_tool("show", name, bare_show, "--json").stdout == as_json.stdout


def test_show_of_nothing_that_is_here_is_told(bare_show: Path) -> None:
    """Exit code 1 and the nearest name."""
    _add(bare_show, "owls.mp3", _mp3())

    result = run_tool("show", "owl", bare_show)

    assert result.returncode == 1
    assert "Error: owl: is no episode of this show; did you mean 'owls'?" in result.stderr


# -- broken off -------------------------------------------------------------------------------------------------------


def test_killed_while_it_encodes(bare_show: Path) -> None:
    """Subscribers have what they had; the next publish succeeds and leaves nothing behind."""
    _add(bare_show, "bats.mp3", _mp3())
    _publish(bare_show)
    before = tree(bare_show / "feed")
    _add(bare_show, "owls.wav", _wav(seconds=120, channels=1))
    command = [sys.executable, "-m", "podcast_tool", "publish", str(bare_show)]
    with subprocess.Popen(
        command, env={**os.environ, "SOURCE_DATE_EPOCH": SAMPLE_EPOCH}, stdout=subprocess.DEVNULL
    ) as process:
        made = bare_show / ".podcast_tool" / "made"
        while not any(path.stat().st_size for path in made.glob("*.unfinished")):
            assert process.poll() is None, "it was done before it could be killed"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert tree(bare_show / "feed") == before

    _publish(bare_show)

    assert abs(_heard_seconds(_media(bare_show, "owls")) - 120) < 0.1
    assert not list((bare_show / ".podcast_tool").glob("made*"))
    assert not list((bare_show / "feed").rglob(".*"))
