"""Chapters from every form in which people and programs write them, and out again in every form that apps read."""

from __future__ import annotations

import importlib
import json
import struct
import subprocess
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import APIC, CHAP, CTOC, ID3, TALB, TIT2, WOAS, WXXX, CTOCFlags, Frame
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus

from podcast_tool.audio.chapters import (
    MAX_PLAY_MILLISECONDS,
    chapter_frames,
    id3_chapters,
    imply_ends,
    parse_play_time,
    render_id3,
    vorbis_chapters,
)
from podcast_tool.audio.mp4_chapters import mp4_chapters
from podcast_tool.model import Chapter, ChapterPlace, Image, Link, Text, Timestamp, TimestampList
from podcast_tool.read.chapters import MAX_CHAPTERS_BYTES, ChaptersError, parse_chapters, read_chapters
from podcast_tool.render.chapters import chapter_list, render_chapters_json, spell_chapter_start
from podcast_tool.vocabulary.limits import MAX_ID3_CHAPTERS

from .conftest import need_command

ADDRESS = "https://example.com/harbour/tides/#springs"
CHAPTERS = (
    Chapter(start_milliseconds=0, title="Intro"),
    Chapter(start_milliseconds=130_000, title="Springs & neaps", url=ADDRESS),
    Chapter(start_milliseconds=570_002, title="Schluß"),
)
DURATION_MILLISECONDS = 751_000


def _image(name: str) -> Image:
    return Image(path=name, format="JPEG", width_px=9, height_px=9, mode="RGB", size_bytes=len(name), sha256=name)


def _unlinked(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    """For forms that hold no addresses."""
    return tuple(replace(chapter, url=None) for chapter in chapters)


def _parse(text: str) -> tuple[Chapter, ...]:
    return parse_chapters(text.encode(), _image)


# -- files beside the recording ---------------------------------------------------------------------------------------

PODLOVE = f"""<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">
  <psc:chapter start="00:00:00.000" title="Intro"/>
  <psc:chapter start="2:10" title=" Springs &amp;&#10;neaps" href="{ADDRESS}"/>
  <psc:chapter start="570.0015" title="Schluß"/>
</psc:chapters>"""

LINKED = {
    "json": f"""{{"version": "1.2.0", "author": "?", "chapters": [
        {{"startTime": 0, "title": "Intro", "mood": ["calm"]}},
        {{"startTime": 130.0, "title": "Springs & neaps", "url": "{ADDRESS}", "img": null}},
        {{"startTime": 570.0015, "title": "Schluß"}}]}}""",
    "podlove": PODLOVE,
    "podlove-declared": f'\n<?xml version="1.0" encoding="ISO-8859-1"?>\n<!-- ours -->\n{PODLOVE}',
    "podlove-in-an-item": f'<item><podcast:chapters url="x"/><itunes:title>x</itunes:title>{PODLOVE}</item>',
    "podlove-undeclared": PODLOVE.replace(' xmlns:psc="http://podlove.org/simple-chapters"', ""),
    "podlove-default-namespace": PODLOVE.replace("psc:", "").replace(":psc", ""),
    "ogm": f"""CHAPTER01=00:00:00.000
        CHAPTER01NAME=Intro
        CHAPTER02=00:02:10.000
        CHAPTER02NAME=Springs & neaps
        CHAPTER02URL={ADDRESS}

        chapter7=00:09:30.0015
        Chapter7Name=Schluß""",
    "mp4chaps": f"00:00:00.000 Intro\n00:02:10.000 Springs & neaps <{ADDRESS}>\n00:09:30.002 Schluß\n",
    "plain": f"\ufeff# Our chapters\r\n\r\n(0:00) Intro\r\n[2:10] – Springs  & neaps <{ADDRESS}>\r\n9:30,0015 - Schluß",
    "plain-with-ranges": f"0:00 - 2:10 Intro\n2:10–9:30.002: Springs & neaps <{ADDRESS}>\n09:30.002\tSchluß",
}
UNLINKED = {
    "audacity": "0.000000\t0.000000\tIntro\n130.0\t570.001500\tSprings & neaps\n\\\t20.0\t400.0\n570.0015\tSchluß\n",
    "audacity-comma": "0,000000\t130,000000\tIntro\n130,000000\t570,002\tSprings & neaps\n570,0015\t570,0015\tSchluß",
    "ffmetadata": """;FFMETADATA1
title=Tides \\= tables
[STREAM]
title=no chapter
[CHAPTER]
TIMEBASE=1/1000
START=0
END=130000
title=Intro
[CHAPTER]
START=130000000000
END=570002000000
title=Springs \\
& neaps
# the last
[CHAPTER]
TIMEBASE=1/44100
START=25137088
title=Schlu\\ß
""",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", LINKED | UNLINKED)
def test_every_form_says_the_same(form: str, encoding: str) -> None:
    """To the millisecond, rounded half up, told by the content alone."""
    text = (LINKED | UNLINKED)[form].removeprefix("\ufeff")

    assert parse_chapters(text.encode(encoding), _image) == (CHAPTERS if form in LINKED else _unlinked(CHAPTERS))


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("300.5", 300_500),
        ("0.0005", 1),
        ("0.0015", 2),
        ("0.00249999999999999999999999999999999999", 2),
        ("1.005", 1005),
        ("1e1", 10_000),
        ("-0", 0),
        ("5E-999999999", 0),
        ("3599999.999", MAX_PLAY_MILLISECONDS),
    ],
)
def test_times_are_decimals(text: str, milliseconds: int) -> None:
    """No binary float comes between what is written and what is meant."""
    chapters = f'{{"version": "1.2.0", "chapters": [{{"startTime": {text}}}]}}'

    assert [chapter.start_milliseconds for chapter in _parse(chapters)] == [milliseconds]


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("00:09:30.002", 570_002),
        ("1:02:03", 3_723_000),
        ("90:00", 5_400_000),
        ("130", 130_000),
        ("0,0005", 1),
        ("59.9994", 59_999),
        ("0:60", None),
        ("1:60:00", None),
        ("1:2:3:4", None),
        ("-1", None),
        ("1.", None),
        ("٣", None),
        ("1000:00:00", None),
        ("3600000", None),
        ("", None),
    ],
)
def test_play_times(text: str, milliseconds: int | None) -> None:
    """Normal play time, as people write it, or nothing."""
    assert parse_play_time(text) == milliseconds


def test_all_that_json_chapters_hold() -> None:
    """Hidden ones, pictures, places and ends come through; what no app could open does not."""
    geo = "geo:50.1544,-5.0600"
    raw = json.dumps(
        {
            "version": "1.2.0",
            "chapters": [
                {"startTime": 0, "title": "Intro", "url": "javascript:alert(1)", "endTime": 60},
                {"startTime": 100, "title": "\x1b[31mTide\ud800s\n", "url": "https://bücher.example/ä b"},
                {
                    "startTime": 100,
                    "toc": False,
                    "img": " media/table.jpg ",
                    "location": {"name": "Falmouth", "geo": geo},
                },
                {"startTime": 100.5, "toc": False, "endTime": 130},
                {"startTime": 130, "title": "", "toc": True, "endTime": 130},
            ],
        }
    )

    assert _parse(raw) == (
        Chapter(start_milliseconds=0, title="Intro", end_milliseconds=60_000),
        Chapter(start_milliseconds=100_000, title="[31mTides", url="https://xn--bcher-kva.example/%C3%A4b"),
        Chapter(
            start_milliseconds=100_000,
            title=None,
            is_hidden=True,
            image=_image("media/table.jpg"),
            place=ChapterPlace(name="Falmouth", geo=geo),
        ),
        Chapter(start_milliseconds=100_500, title=None, is_hidden=True),
        Chapter(start_milliseconds=130_000, title=None),
    )


def test_a_picture_that_is_none_is_left_out() -> None:
    """Whoever finds the pictures decides; the chapter stays."""
    text = PODLOVE.replace('title="Intro"', 'title="Intro" image="gone.jpg"')

    assert parse_chapters(text.encode(), lambda _: None) == CHAPTERS
    assert _parse(text)[0].image == _image("gone.jpg")


def _json(chapters: str, version: str = '"1.2.0"') -> str:
    return f'{{"version": {version}, "chapters": {chapters}}}'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"chapters": []}', 'has no version; add "version": "1.2.0"'),
        (_json("[]", "1.2"), 'version must be text in quotes, such as "1.2.0"'),
        (_json("[]", '"3.0"'), "version '3.0' is not known; write the chapters as \"1.2.0\""),
        (_json("{}"), 'chapters must be a list: "chapters": [ ... ]'),
        ('{"version": "1.2.0"}', 'chapters must be a list: "chapters": [ ... ]'),
        ('[{"startTime": 1}]', 'must begin with { "version": "1.2.0", "chapters": ['),
        (_json("[1]"), 'chapter 1 must be a table { "startTime": ..., "title": ... }'),
        (_json('[{"title": "x"}]'), "chapter 1 has no startTime; give it in seconds, such as 90.5"),
        (_json('[{"startTime": null}]'), "chapter 1 has no startTime; give it in seconds, such as 90.5"),
        *(
            (_json(f'[{{"startTime": {value}}}]'), "startTime of chapter 1 must be a number of seconds from 0 up")
            for value in ("-1", "-0.001", '"90"', "true", "[]", "NaN", "Infinity", "-Infinity", "1e9999999999999999999")
        ),
        *(
            (_json(f'[{{"startTime": {value}}}]'), "startTime of chapter 1 is more than 999 hours")
            for value in ("1e300", "9e999999", "3600000", "3599999.9995", "9" * 5000)
        ),
        (_json('[{"startTime": 9}, {"startTime": 8}]'), "chapter 2 begins before the chapter above it; put"),
        (_json('[{"startTime": 9}, {"startTime": 9}]'), "chapter 2 begins when the chapter above it does; give it"),
        (_json('[{"startTime": 9, "endTime": 8}]'), "chapter 1 ends before it begins; correct one of its times"),
        (_json('[{"startTime": 9, "title": 1984}]'), "title of chapter 1 must be text in quotes"),
        (_json('[{"startTime": 9, "toc": "no"}]'), "toc of chapter 1 must be true or false"),
        (_json('[{"startTime": 9, "location": "x"}]'), "location of chapter 1 must be a table"),
        (_json('[{"startTime": 9, "location": {"name": "x"}}]'), "the location of chapter 1 has no geo; add it"),
        (_json('[{"startTime": 9, "location": {"name": "x", "geo": "50,1"}}]'), "the location of chapter 1 has no geo"),
        (_json('[{"startTime": 9, "location": {"geo": "geo:50,1"}}]'), "the location of chapter 1 has no name; add it"),
        ('{"version": "1.2.0",\n}', "is not valid JSON: "),
        ("[[[\"", "line 1 does not begin with a time"),
        (_json("[" * 200_000), "is nested too deeply"),
        (_json(str([{"startTime": at} for at in range(10_001)]).replace("'", '"')), "holds more than 10000 chapters"),
        ("<rss></rss>", "holds no <psc:chapter>"),
        (f"<rss>{PODLOVE}{PODLOVE}</rss>", "holds the chapters of more than one episode; keep those of one"),
        ("<chapters><chapter", "is not well-formed XML (unclosed token: line 1, column 10)"),
        ('\n<chapters>\n<chapter start="?"/></chapters>', "the chapter in line 3 has no start that is a time; write"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><chapters/>', "it declares a document type; take that out"),
        ("0:00 Intro\n\nSprings 2:10", "line 3 does not begin with a time; write it as 00:01:30 Springs"),
        ("0:00 Intro\n0:61 Springs", "line 2 does not begin with a time; write it as 00:01:30 Springs"),
        ("2:10 Springs\n0:00 Intro", "line 2 begins before the chapter above it"),
        ("0.0\t1.0\tIntro\nSprings", "line 2 is no label of Audacity's; export the labels again"),
        ("CHAPTER01=0:00\nCHAPTER02NAME=x", "chapter 2 has no time; write it as CHAPTER02=00:01:30.000"),
        ("CHAPTER01=0:00\nSprings", "line 2 is none of CHAPTER01=, CHAPTER01NAME= and CHAPTER01URL="),
        ("CHAPTER01=0:00\nCHAPTER1=0:01", "line 2 gives CHAPTER1 again; take one of them out"),
        ("[CHAPTER]\nSTART=x", "chapter 1 has no START that is a time; write TIMEBASE=1/1000 and START=90000"),
        ("[CHAPTER]\nTIMEBASE=1/0\nSTART=1", "chapter 1 has no START that is a time"),
        ("[CHAPTER]\nTIMEBASE=1/1\nSTART=3600000", "START of chapter 1 is more than 999 hours; correct it"),
    ],
)  # fmt: skip
def test_faults_are_told_with_their_place(text: str, sentence: str) -> None:
    """In a sentence that goes behind the file's name."""
    with pytest.raises(ChaptersError) as told:
        _parse(text)

    assert sentence in str(told.value)


@pytest.mark.parametrize("text", [_json("[]"), _json("[]", '"1"'), "", "\n# nothing yet\n"])
def test_no_chapters_are_no_fault(text: str) -> None:
    """Useless, but there is nothing wrong in them."""
    assert _parse(text) == ()


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Missing, a folder, too large, of another encoding, or no text at all."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "large").write_bytes(b"#" * (MAX_CHAPTERS_BYTES + 1))
    (tmp_path / "ansi").write_bytes("0:00 Schluß".encode("cp1252"))
    (tmp_path / "sound").write_bytes(b"ID3\x04\0\0")
    (tmp_path / "good").write_text(LINKED["plain"], encoding="utf-8")
    told = {}
    for name in ("gone", "folder", "large", "ansi", "sound"):
        with pytest.raises(ChaptersError) as error:
            read_chapters(tmp_path, name, _image)
        told[name] = str(error.value)

    assert told["gone"] == "is not there"
    assert told["folder"].startswith("cannot be read: ")
    assert told["large"] == "is larger than 1 MB; that is no list of chapters"
    assert told["ansi"] == "is not UTF-8 text (byte 10); save it as UTF-8"
    assert told["sound"].startswith("is no text; ")
    assert read_chapters(tmp_path, "good", _image) == CHAPTERS


@pytest.mark.parametrize(
    "text",
    [
        "1:00" + " " * 900_000 + "\nx",
        "1:00." + "0" * 900_000,
        "0:00 - " * 140_000,
        "0:00 a " + "<" * 900_000 + ">",
        "[CHAPTER]\n" + "\\" * 900_000,
        "0\t" * 450_000,
        "<chapters>" + "<a>" * 300_000,
        "<" * 900_000,
        '{"version": "1.2.0", "chapters": [{"startTime": 0.' + "1" * 900_000 + "}]}",
        "CHAPTER1=0:00\n" + "CHAPTER1NAME=\n" * 60_000,
    ],
)
def test_the_worst_files_are_read_in_no_time(text: str) -> None:
    """Time grows with the size, whatever stands in it."""
    begun = time.perf_counter()
    with suppress(ChaptersError):
        _parse(text)

    assert time.perf_counter() - begun < 5


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            """{ } [ ] " : , < > / = \t \n \\ # 0:00 1:02:03.4 1.5 9,9 - 1e9 null true CHAPTER01 NAME [CHAPTER] START
            END TIMEBASE 1/1000 "version" "1.2.0" "chapters" "startTime" "endTime" <psc:chapters> </psc:chapters>
            <psc:chapter start="1" /> ;FFMETADATA1 <https://example.org>""".split(" ")
        )
        | st.text(max_size=5),
        max_size=40,
    ).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
    | st.binary(max_size=60)
)
def test_any_bytes_end_in_chapters_or_a_sentence(raw: bytes) -> None:
    """Never another exception, and never a list that does not ascend."""
    with suppress(ChaptersError):
        starts = [chapter.start_milliseconds for chapter in parse_chapters(raw, _image)]
        assert starts == sorted(starts)


# -- JSON and notes out -----------------------------------------------------------------------------------------------

TITLES = st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
TIMES = st.integers(0, MAX_PLAY_MILLISECONDS) | st.integers(0, 20)
PLACES = st.builds(
    ChapterPlace, name=st.just("Falmouth"), geo=st.just("geo:50.1544,-5.0600"), osm=st.none() | st.just("R113314")
)
IMAGES = st.none() | st.sampled_from(["a.jpg", "b.png"]).map(_image)
URLS = st.none() | st.sampled_from([ADDRESS, "http://example.org"])


@st.composite
def _chapter_lists(draw: st.DrawFn, are_hidden: st.SearchStrategy[bool], places: st.SearchStrategy[Any]) -> Any:
    chapters: list[Chapter] = []
    for start in sorted(draw(st.sets(TIMES, max_size=12))):
        chapter = Chapter(
            start_milliseconds=start,
            title=draw(TITLES),
            end_milliseconds=draw(st.none() | st.integers(start + 1, MAX_PLAY_MILLISECONDS + 1)),
            url=draw(URLS),
            image=draw(IMAGES),
            is_hidden=draw(are_hidden),
            place=draw(places),
        )
        if (chapter.end_milliseconds or 0) > MAX_PLAY_MILLISECONDS:
            chapter = replace(chapter, end_milliseconds=None)
        chapters.append(chapter)
    return imply_ends(chapters)


@settings(deadline=None)
@given(_chapter_lists(st.booleans(), st.none() | PLACES))
def test_json_says_all_of_any_chapters(chapters: tuple[Chapter, ...]) -> None:
    """Written and read again they are the same, and written again the same bytes."""
    raw = render_chapters_json(chapters, title="x", show_title="y", image_url=lambda image: image.path)

    assert parse_chapters(raw, _image) == chapters
    assert raw == render_chapters_json(chapters, title="x", show_title="y", image_url=lambda image: image.path)


def test_json_is_spelt_as_the_namespace_has_it() -> None:
    """Whole seconds as integers, others exactly; `toc` only where it is false."""
    place = ChapterPlace(name="Falmouth Harbour", geo="geo:50.1544,-5.0600")
    chapters = (
        CHAPTERS[0],
        replace(CHAPTERS[1], end_milliseconds=300_500),
        Chapter(start_milliseconds=300_500, title=None, image=_image("table.jpg"), is_hidden=True, place=place),
        replace(CHAPTERS[2], start_milliseconds=570_001, image=_image("lost.jpg")),
    )

    raw = render_chapters_json(
        chapters,
        title="Tides & tables",
        show_title="Harbour Notes",
        image_url=lambda image: None if image.path == "lost.jpg" else f"https://example.com/{image.path}",
    )

    assert raw.decode() == (
        """{
  "version": "1.2.0",
  "title": "Tides & tables",
  "podcastName": "Harbour Notes",
  "chapters": [
    {
      "startTime": 0,
      "title": "Intro"
    },
    {
      "startTime": 130,
      "endTime": 300.5,
      "title": "Springs & neaps",
      "url": "https://example.com/harbour/tides/#springs"
    },
    {
      "startTime": 300.5,
      "img": "https://example.com/table.jpg",
      "toc": false,
      "location": {
        "name": "Falmouth Harbour",
        "geo": "geo:50.1544,-5.0600"
      }
    },
    {
      "startTime": 570.001,
      "title": "Schluß"
    }
  ]
}
"""
    )


def test_notes_list_what_listeners_choose_from() -> None:
    """Visible chapters with a title, in whole seconds that ascend, linked where there is a link."""
    hidden = Chapter(start_milliseconds=200_000, title="Table", is_hidden=True)
    untitled = Chapter(start_milliseconds=300_000, title=None)
    close = Chapter(start_milliseconds=570_999, title="as close as that")

    assert chapter_list((*CHAPTERS[:2], hidden, untitled, CHAPTERS[2], close)) == TimestampList(
        (
            Timestamp(0, (Text("Intro"),)),
            Timestamp(130, (Link(ADDRESS, (Text("Springs & neaps"),)),)),
            Timestamp(570, (Text("Schluß"),)),
        )
    )
    assert chapter_list((CHAPTERS[0], hidden, untitled)) is None


@given(TIMES)
def test_starts_for_podlove_are_read_again(milliseconds: int) -> None:
    """HH:MM:SS.mmm, with more digits of hours where they are needed."""
    assert parse_play_time(spell_chapter_start(milliseconds)) == milliseconds


def test_starts_for_podlove_have_all_their_digits() -> None:
    """As the examples of Podlove have them."""
    assert spell_chapter_start(7_383_004) == "02:03:03.004"


# -- tags of an MP3 ---------------------------------------------------------------------------------------------------


def _jpeg(image: Image) -> bytes:
    return b"\xff\xd8" + image.path.encode()


def _look(raw: bytes) -> Image:
    return _image(raw[2:].decode())


def _tagged(chapters: tuple[Chapter, ...], duration_milliseconds: int = MAX_PLAY_MILLISECONDS) -> ID3:
    return ID3(BytesIO(render_id3([TIT2(text=["Tides"]), *chapter_frames(chapters, duration_milliseconds, _jpeg)])))


@settings(deadline=None)
@given(_chapter_lists(st.just(False), st.none()))
def test_id3_says_all_of_any_visible_chapters(chapters: tuple[Chapter, ...]) -> None:
    """Written and read again they are the same; the last one's end is told, if only as the recording's."""
    read = id3_chapters(_tagged(chapters), _look)

    ends = [
        MAX_PLAY_MILLISECONDS if chapter.end_milliseconds is None else chapter.end_milliseconds for chapter in chapters
    ]
    assert read == imply_ends([*chapters[:-1], *(replace(last, end_milliseconds=ends[-1]) for last in chapters[-1:])])


@cache
def _sound() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.mp3"
        silence = ["-f", "lavfi", "-i", f"anullsrc=r=16000:cl=mono:d={DURATION_MILLISECONDS // 1000}"]
        encode = ["-c:a", "libmp3lame", "-b:a", "16k", "-id3v2_version", "0"]
        subprocess.run([need_command("ffmpeg"), "-v", "error", *silence, *encode, str(path)], check=True)
        return path.read_bytes()


def _probe(path: Path) -> list[tuple[int, int, str | None]]:
    """Start, end (in milliseconds) and title, as ffprobe reads them."""
    command = [need_command("ffprobe"), "-v", "error", "-show_chapters", "-of", "json", str(path)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["chapters"]

    def milliseconds(chapter: Mapping[str, Any], key: str) -> int:
        return round(int(chapter[key]) * Fraction(chapter["time_base"]) * 1000)

    return [(milliseconds(c, "start"), milliseconds(c, "end"), c.get("tags", {}).get("title")) for c in found]


def test_a_tagged_mp3_is_read_alike_by_all(tmp_path: Path) -> None:
    """By mutagen, ffprobe and eyeD3, each chapter with its times, title, address and picture, and the table of them."""
    hidden = Chapter(start_milliseconds=300_500, title=None, is_hidden=True)
    chapters = (CHAPTERS[0], replace(CHAPTERS[1], image=_image("a.jpg")), CHAPTERS[2])
    frames: list[Frame] = [TIT2(text=["Tides"]), TALB(text=["Harbour"])]
    frames += chapter_frames((*chapters[:2], hidden, chapters[2]), DURATION_MILLISECONDS, _jpeg)
    path = tmp_path / "x.mp3"
    path.write_bytes(render_id3(frames) + _sound())
    expected = [(0, 130_000, "Intro"), (130_000, 570_002, "Springs & neaps"), (570_002, 751_000, "Schluß")]

    mp3 = MP3(path)
    assert mp3.tags is not None
    assert mp3.info.length == pytest.approx(751, abs=0.2)
    assert id3_chapters(mp3.tags, _look) == (*chapters[:2], replace(chapters[2], end_milliseconds=751_000))
    assert _probe(path) == expected

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own, on being imported
        tag = importlib.import_module("eyed3").load(str(path)).tag
    assert tag.title == "Tides"
    assert [(*chapter.times, chapter.title) for chapter in tag.chapters] == expected
    contents = next(iter(tag.table_of_contents))
    assert (contents.toplevel, contents.ordered) == (True, True)
    assert contents.child_ids == [b"chp0", b"chp1", b"chp2"]
    linked = tag.chapters.get(b"chp1")
    assert linked.user_url == ADDRESS or ADDRESS in str(linked.sub_frames[b"WXXX"][0].url)
    assert linked.sub_frames[b"APIC"][0].image_data == b"\xff\xd8a.jpg"


def test_frames_keep_the_order_in_which_they_are_given() -> None:
    """Players walk them; nothing is added that would differ from one day to the next."""
    titles = ("a long title, which would come last", "b", "c")
    chapters = tuple(Chapter(start_milliseconds=at * 1000, title=title) for at, title in enumerate(titles))
    frames = [TALB(text=["Harbour"]), *chapter_frames(chapters, 9000, _jpeg), TIT2(encoding=3, text=["Tides"])]

    raw = render_id3(frames)

    places = [raw.index(name) for name in (b"TALB", b"CTOC", b"CHAP", b"Tides")]
    assert places == sorted(places)
    starts = [raw.index(b"chp%d\0\0\0" % number, raw.index(b"CHAP")) for number in range(3)]
    assert starts == sorted(starts)
    assert raw[:6] == b"ID3\x04\0\0"
    assert len(raw) == 10 + (raw[6] << 21 | raw[7] << 14 | raw[8] << 7 | raw[9])
    assert raw == render_id3(frames)
    assert render_id3([]) == b""
    assert chapter_frames((), 9000, _jpeg) == []


def test_more_chapters_than_a_table_can_count(tmp_path: Path) -> None:
    """The first 255 are written, the last of them with its true end."""
    chapters = tuple(Chapter(start_milliseconds=at * 1000, title=f"{at}") for at in range(300))
    path = tmp_path / "x.mp3"
    path.write_bytes(render_id3(chapter_frames(chapters, 301_000, _jpeg)) + _sound())

    found = _probe(path)
    assert len(found) == MAX_ID3_CHAPTERS
    assert sorted(found)[-1] == (254_000, 255_000, "254")
    assert [c.title for c in id3_chapters(ID3(path), _look)] == [f"{at}" for at in range(255)]
    assert (
        len(json.loads(render_chapters_json(chapters, title="", show_title="", image_url=_jpeg_url))["chapters"]) == 300
    )


def _jpeg_url(image: Image) -> str:
    return image.path


def _chap(element: str, start: int, end: int = 0xFFFFFFFF, *inner: Frame) -> CHAP:
    return CHAP(element_id=element, start_time=start, end_time=end, sub_frames=[TIT2(text=[element]), *inner])


def _toc(element: str, children: list[str], flags: int = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED) -> CTOC:
    return CTOC(element_id=element, flags=flags, child_element_ids=children, sub_frames=[])


def _read_frames(*frames: Frame) -> list[tuple[str | None, int, int | None, bool]]:
    chapters = id3_chapters(ID3(BytesIO(render_id3(frames))), _look)
    return [(c.title, c.start_milliseconds, c.end_milliseconds, c.is_hidden) for c in chapters]


def test_tables_of_contents_as_they_come() -> None:
    """In tables, in circles, with children that are not there; what none of them lists is hidden."""
    a, b, c, d = _chap("a", 0, 5), _chap("b", 5, 8), _chap("c", 8, 20), _chap("d", 8, 20)
    nested = [_toc("toc", ["b", "part", "gone", "toc"]), _toc("part", ["part", "a", "toc"], 0)]

    assert _read_frames(c, b, a) == [("a", 0, None, False), ("b", 5, None, False), ("c", 8, 20, False)]
    assert _read_frames(c, *nested, b, a) == [("a", 0, None, False), ("b", 5, 8, False), ("c", 8, 20, True)]
    assert _read_frames(_toc("toc", ["d", "c"]), c, d) == [("d", 8, 20, False)]
    assert _read_frames(_toc("toc", ["gone"]), a) == [("a", 0, 5, False)]
    assert _read_frames(_toc("toc", ["a"], 0), a, b) == [("a", 0, 5, False), ("b", 5, 8, True)]
    assert _read_frames(_chap("late", 0xFFFFFFFF), _chap("last", 7)) == [("last", 7, None, False)]
    assert _read_frames(_chap("backwards", 9, 3)) == [("backwards", 9, None, False)]


def test_links_and_pictures_of_other_programs() -> None:
    """The first that is a web address; a picture that is only an address is none."""
    address = APIC(encoding=0, mime="-->", type=3, desc="", data=b"\xff\xd8https://example.org/x.jpg")
    picture = APIC(encoding=0, mime="image/png", type=0, desc="b", data=b"\xff\xd8b.png")
    inner = (WXXX(desc="x", url="ftp://example.org"), WOAS(url="http://example.org/a"), address, picture)

    assert id3_chapters(ID3(BytesIO(render_id3([_chap("a", 0, 1, *inner)]))), _look) == (
        Chapter(start_milliseconds=0, end_milliseconds=1, title="a", url="http://example.org/a", image=_image("b.png")),
    )


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_any_tag_gives_chapters(data: st.DataObject) -> None:
    """Real tags with bytes changed, cut out and put in: what mutagen can open has chapters that ascend."""
    chapters = (CHAPTERS[0], replace(CHAPTERS[1], image=_image("a.jpg")), CHAPTERS[2])
    raw = bytearray(
        render_id3([*chapter_frames(chapters, DURATION_MILLISECONDS, _jpeg), _toc("part", ["toc", "chp1"])])
    )
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(10, len(raw)))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    found = id3_chapters(ID3(BytesIO(bytes(raw) + bytes(2000))), lambda _: None)

    starts = [chapter.start_milliseconds for chapter in found]
    assert starts == sorted(starts)


# -- Vorbis comments --------------------------------------------------------------------------------------------------


def test_vorbis_comments_however_they_are_written() -> None:
    """In any case, with gaps and in disorder; what has no time is none."""
    comments = {
        "title": ["Tides"],
        "chapter007": ["00:09:30.002"],
        "Chapter007Name": ["Schluß", "again"],
        "CHAPTER000": ["00:00:00.000"],
        "CHAPTER000NAME": [" Intro\n"],
        "CHAPTER001NAME": ["no time"],
        "CHAPTER002": ["when?"],
        "CHAPTER003": [],
        "CHAPTER004": ["00:02:10"],
        "CHAPTER004NAME": ["Springs & neaps"],
        "CHAPTER004URL": [ADDRESS],
        "CHAPTER005": ["00:02:10"],
        "CHAPTERS": ["x"],
    }

    assert vorbis_chapters(comments) == CHAPTERS
    assert vorbis_chapters({}) == ()


@given(st.dictionaries(st.text(max_size=3).map(lambda end: f"CHAPTER{end}"), st.lists(st.text(max_size=9), max_size=2)))
def test_any_comments_give_chapters(comments: dict[str, list[str]]) -> None:
    """Broken ones give fewer."""
    assert len(vorbis_chapters(comments)) <= len(comments)


# -- MP4 --------------------------------------------------------------------------------------------------------------

FFMETADATA = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/1000
START=0
END=5000
title=Intro ü
[CHAPTER]
TIMEBASE=1/1000
START=5000
END=12345
title=Springs & neaps
[CHAPTER]
TIMEBASE=1/1000
START=12345
END=20000
title=漁港
"""
MP4_CHAPTERS = (
    Chapter(start_milliseconds=0, title="Intro ü"),
    Chapter(start_milliseconds=5000, title="Springs & neaps"),
    Chapter(start_milliseconds=12_345, title="漁港", end_milliseconds=20_000),
)


@cache
def _with_chapters(ending: str, *options: str) -> bytes:
    """A tone of 20 s with the chapters of `FFMETADATA`, written by ffmpeg."""
    with TemporaryDirectory() as folder:
        meta, path = Path(folder) / "x.ffmeta", Path(folder) / f"x{ending}"
        meta.write_text(FFMETADATA, encoding="utf-8")
        source = ["-f", "lavfi", "-i", "sine=440:d=20", "-i", str(meta), "-map_metadata", "1"]
        subprocess.run([need_command("ffmpeg"), "-v", "error", *source, *options, str(path)], check=True)
        return path.read_bytes()


def _m4a(*options: str) -> bytes:
    return _with_chapters(".m4a", "-c:a", "aac", "-b:a", "32k", *options, "-f", "ipod")


@pytest.mark.parametrize("version", ["3", "4"])
def test_chapters_that_ffmpeg_wrote_into_an_mp3(version: str) -> None:
    """Without a table of contents, in the older tag as in the newer."""
    raw = _with_chapters(".mp3", "-c:a", "libmp3lame", "-id3v2_version", version)

    assert id3_chapters(ID3(BytesIO(raw)), _look) == MP4_CHAPTERS


def test_chapters_that_ffmpeg_wrote_into_an_opus_file() -> None:
    """In Vorbis comments, which tell no ends."""
    tags: Any = OggOpus(BytesIO(_with_chapters(".opus", "-c:a", "libopus"))).tags

    assert vorbis_chapters(tags) == _without_ends(MP4_CHAPTERS)


def _without_ends(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    return tuple(replace(chapter, end_milliseconds=None) for chapter in chapters)


@pytest.mark.parametrize("options", [(), ("-movflags", "faststart"), ("-ar", "22050")])
def test_chapters_of_an_mp4_are_those_that_ffprobe_finds(tmp_path: Path, options: tuple[str, ...]) -> None:
    """To the millisecond, and the same as in the file that they were made of."""
    path = tmp_path / "x.m4a"
    path.write_bytes(_m4a(*options))

    with path.open("rb") as file:
        chapters = mp4_chapters(file)

    assert chapters == MP4_CHAPTERS == _parse(FFMETADATA)
    ends = [chapter.start_milliseconds for chapter in chapters[1:]] + [20_000]
    assert [(c.start_milliseconds, end, c.title) for c, end in zip(chapters, ends, strict=True)] == _probe(path)


def test_nero_chapters_where_there_is_no_track(tmp_path: Path) -> None:
    """As older programs wrote them: starts and titles, in both versions of the box."""
    raw = _m4a().replace(b"\0\0\0\x0cchap", b"\0\0\0\x0cfree")
    (tmp_path / "x.m4a").write_bytes(raw)
    starts = _without_ends(MP4_CHAPTERS)
    # Version 0 has its count where version 1 has a reserved byte; a free box takes up the four bytes that are left.
    at = raw.index(b"chpl") - 4
    size = int.from_bytes(raw[at : at + 4], "big")
    body = bytes(4) + raw[at + 16 : at + size]
    rest = struct.pack(">I4s", 8, b"free")
    older = bytearray(_box(b"moov", _box(b"udta", _box(b"chpl", body) + rest)))

    assert mp4_chapters(BytesIO(raw)) == starts
    assert [start for start, _, _ in _probe(tmp_path / "x.m4a")] == [c.start_milliseconds for c in starts]
    assert mp4_chapters(BytesIO(bytes(older))) == starts


def _box(kind: bytes, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def _sample(text: bytes, link: bytes = b"") -> bytes:
    href = _box(b"href", struct.pack(">HHB", 0, 5, len(link)), link, b"\0") if link else b""
    return struct.pack(">H", len(text)) + text + href


def _movie(samples: list[bytes], deltas: list[int], *, edits: list[tuple[int, int]], chunks: int = 1) -> bytes:
    """An MP4 with a chapter track of 600 ticks a second in a movie of 1000, in version 1 boxes with 64-bit offsets."""
    mdat = _box(b"mdat", *samples)
    at = len(mdat) - sum(map(len, samples))
    offsets = [at + sum(map(len, samples[:number])) for number in range(len(samples))]
    rows = [(1, 1, 1)] if chunks > 1 else [(1, len(samples), 1)]
    stbl = _box(
        b"stbl",
        _box(b"stts", struct.pack(">II", 0, len(deltas)), *(struct.pack(">II", 1, delta) for delta in deltas)),
        _box(b"stsc", struct.pack(">II", 0, len(rows)), *(struct.pack(">III", *row) for row in rows)),
        _box(b"stsz", struct.pack(">III", 0, 0, len(samples)), *(struct.pack(">I", len(s)) for s in samples)),
        _box(b"co64", struct.pack(">II", 0, chunks), *(struct.pack(">Q", offset) for offset in offsets[:chunks])),
    )
    elst = _box(b"elst", struct.pack(">II", 1 << 24, len(edits)), *(struct.pack(">QqI", *e, 1 << 16) for e in edits))
    text = _box(
        b"trak",
        _box(b"tkhd", struct.pack(">IQQI", 1 << 24, 0, 0, 7)),
        _box(b"edts", elst),
        _box(
            b"mdia",
            _box(b"mdhd", struct.pack(">IQQI", 1 << 24, 0, 0, 600)),
            _box(b"hdlr", bytes(8), b"text"),
            _box(b"minf", stbl),
        ),
    )
    sound = _box(
        b"trak",
        _box(b"tkhd", struct.pack(">IIII", 0, 0, 0, 1)),
        _box(b"tref", _box(b"chap", struct.pack(">II", 99, 7))),
    )
    return mdat + _box(b"moov", _box(b"mvhd", struct.pack(">IIII", 0, 0, 0, 1000)), sound, text)


SAMPLES = [
    _sample(b""),
    _sample("Intro".encode("utf-16"), b"https://example.com/"),
    _sample(b"\xfe\xff" + "漁港".encode("utf-16-be")),
    _sample(b""),
    _sample(b"Close \xff", b"file:///etc"),
]


@pytest.mark.parametrize("chunks", [1, 5])
def test_chapter_tracks_of_other_programs(chunks: int) -> None:
    """UTF-16 with either mark, links, silence between chapters, and time that an edit list moves."""
    raw = _movie(SAMPLES, [60, 600, 1, 599, 600], edits=[(500, -1), (9999, 60)], chunks=chunks)

    assert mp4_chapters(BytesIO(raw)) == (
        Chapter(start_milliseconds=500, title="Intro", url="https://example.com/"),
        Chapter(start_milliseconds=1500, title="漁港", end_milliseconds=1502),
        Chapter(start_milliseconds=2500, title="Close \ufffd", end_milliseconds=3500),
    )


@pytest.mark.parametrize("raw", [b"", b"x" * 9, _box(b"moov"), struct.pack(">I4sQ", 1, b"mdat", 1 << 63) + bytes(99)])
def test_what_is_no_mp4_has_no_chapters(raw: bytes) -> None:
    """No exception, either."""
    assert mp4_chapters(BytesIO(raw)) == ()


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_any_mp4_gives_chapters(data: st.DataObject) -> None:
    """Real files with bytes changed, cut out and put in: chapters that ascend, or none."""
    made = _movie(SAMPLES, [60, 600, 1, 599, 600], edits=[(500, -1)], chunks=5)
    raw = bytearray(data.draw(st.sampled_from([made, _m4a()[-2000:], _m4a("-movflags", "faststart")[:4000]])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8) | st.just(b"\xff\xff\xff\xff"))
    starts = [chapter.start_milliseconds for chapter in mp4_chapters(BytesIO(bytes(raw)))]

    assert starts == sorted(starts)


@pytest.mark.parametrize("kind", [b"trak", b"udta", b"free", b"mvhd"])
def test_an_mp4_of_countless_boxes_is_read_in_no_time(kind: bytes) -> None:
    """The number of boxes looked into is bounded."""
    raw = _box(b"moov", _box(kind, _box(b"chap", bytes(1 << 20)), struct.pack(">I4s", 8, kind) * 100_000) * 10)
    begun = time.perf_counter()

    assert mp4_chapters(BytesIO(raw)) == ()
    assert time.perf_counter() - begun < 5
