"""Transcripts in every form that people have, and out in every form that apps read."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from time import perf_counter
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_tool.model import Cue, LineBreak, Paragraph, Strong, Text, Transcript, TranscriptFormat
from podcast_tool.read.transcript import (
    MAX_CUES,
    TranscriptError,
    parse_transcript,
    read_transcript,
    split_transcript_name,
    transcript_format,
    transcript_stems,
)
from podcast_tool.render.transcript import (
    SRT_LINE_CHARACTERS,
    SRT_LINES,
    VTT_LINE_CHARACTERS,
    render_html,
    render_json,
    render_srt,
    render_vtt,
    transcript_paragraphs,
)
from podcast_tool.text import clean_line

from .conftest import need_command, run_tool

# The same words in each timed form; facts of the formats: "&" is escaped in WebVTT alone, SRT has a decimal comma.
VTT = """WEBVTT

00:00:00.000 --> 00:00:02.500
<v Ann>Welcome to Harbour Notes.

00:00:02.500 --> 00:00:05.000
<v Ben>Tides &amp; tables today.
"""
SRT = """1
00:00:00,000 --> 00:00:02,500
Ann: Welcome to
Harbour Notes.

2
00:00:02,500 --> 00:00:05,000
Ben: Tides & tables today.
"""
JSON = """{"version":"1.0.0","segments":[
 {"speaker":"Ann","startTime":0.0,"endTime":2.5,"body":"Welcome to Harbour Notes."},
 {"speaker":"Ben","startTime":2.5,"endTime":5.0,"body":"Tides & tables today."}]}
"""
HTML = """<cite>Ann:</cite>
<time>0:00</time>
<p>Welcome to Harbour Notes.</p>
<cite>Ben:</cite>
<time>0:02</time>
<p>Tides &amp; tables today.</p>
"""


def _cue(start: int, end: int, text: str, speaker: str | None = None) -> Cue:
    return Cue(start_milliseconds=start, end_milliseconds=end, text=text, speaker=speaker)


HARBOUR = Transcript(
    cues=(_cue(0, 2500, "Welcome to Harbour Notes.", "Ann"), _cue(2500, 5000, "Tides & tables today.", "Ben"))
)
TIMED: dict[str, tuple[str, Callable[[Transcript], bytes]]] = {
    "vtt": (VTT, render_vtt),
    "srt": (SRT, render_srt),
    "json": (JSON, render_json),
}


def _parse(text: str | bytes, ending: str = ".vtt") -> tuple[Transcript, tuple[str, ...]]:
    raw = text.encode() if isinstance(text, str) else text
    return parse_transcript(raw, transcript_format(f"x{ending}"), ending)


def _vtt(words: str, times: str = "00:01.000 --> 00:02.000") -> tuple[Cue, ...]:
    return _parse(f"WEBVTT\n\n{times}\n{words}\n")[0].cues


def _srt(*captions: str) -> tuple[Cue, ...]:
    blocks = (f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{words}\n" for n, words in enumerate(captions, 1))
    return _parse("\n".join(blocks), ".srt")[0].cues


# -- in and out -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", TIMED)
def test_the_timed_forms_say_the_same(tmp_path: Path, form: str) -> None:
    """One transcript, whatever it was written as; nothing is told of a good one."""
    (tmp_path / f"x.{form}").write_text(TIMED[form][0], encoding="utf-8")

    assert read_transcript(tmp_path, f"x.{form}") == (HARBOUR, ())


@pytest.mark.parametrize("before", TIMED)
@pytest.mark.parametrize("after", TIMED)
def test_each_form_becomes_each_other(before: str, after: str) -> None:
    """And back again, equal."""
    transcript, _ = _parse(TIMED[before][0], f".{before}")
    rendered = TIMED[after][1](transcript)

    assert _parse(rendered, f".{after}") == (HARBOUR, ())


def test_rendered_forms_are_spelt_as_documented() -> None:
    """Byte for byte: WebVTT and HTML as the namespace's document has them, JSON with a segment to a line."""
    assert render_vtt(HARBOUR).decode() == VTT
    assert render_html(HARBOUR).decode() == HTML
    assert render_srt(HARBOUR).decode() == SRT.replace("to\nHarbour", "to Harbour")
    assert json.loads(render_json(HARBOUR)) == json.loads(JSON)
    assert [list(s) for s in json.loads(render_json(HARBOUR))["segments"]] == 2 * [
        ["speaker", "startTime", "endTime", "body"]
    ]
    assert len(render_json(HARBOUR).splitlines()) == 4


WORDS = st.text(st.sampled_from("abc &<>\"'.,-{}\\/漢字。é–0"), min_size=1, max_size=60).map(clean_line).filter(bool)
NAMES = st.sampled_from([None, "Ann", "Ben & Co <x>", "Dr. Müller"])


@st.composite
def _cues(draw: st.DrawFn, words: st.SearchStrategy[str]) -> Transcript:
    cues = []
    start = 0
    for _ in range(draw(st.integers(1, 8))):
        start += draw(st.integers(0, 4_000_000))
        cues.append(_cue(start, start + draw(st.integers(1, 500_000_000)), draw(words), draw(NAMES)))
    return Transcript(cues=tuple(cues))


@settings(max_examples=300, deadline=None)
@given(_cues(WORDS))
def test_cues_survive_webvtt(transcript: Transcript) -> None:
    """Times to the millisecond, speakers, words; no line too long that could be parted, no arrow among the words."""
    rendered = render_vtt(transcript).decode()

    assert _parse(rendered) == (transcript, ())
    for line in rendered.splitlines():
        assert len(line) <= VTT_LINE_CHARACTERS or not line.isascii() or " " not in line.partition(">")[2].strip()
    assert rendered.count("-->") == len(transcript.cues)


@settings(max_examples=300, deadline=None)
@given(_cues(st.tuples(WORDS, WORDS, WORDS).map(" and ".join).map(clean_line)))
def test_cues_survive_json(transcript: Transcript) -> None:
    """Times to the millisecond, speakers, words."""
    assert _parse(render_json(transcript), ".json") == (transcript, ())


@settings(max_examples=300, deadline=None)
@given(
    _cues(st.lists(st.sampled_from("tides and tables, lighthouses; the & fjord.".split()), max_size=40).map(" ".join))
)
def test_srt_has_short_lines_and_all_words(transcript: Transcript) -> None:
    """P20-TR-SRT, whatever the cues' length; no part lasts for no time, and each cue's time is all used."""
    blocks = render_srt(transcript).decode().rstrip("\n").split("\n\n")
    said = [cue for cue in transcript.cues if cue.text]
    captions = [block.split("\n") for block in blocks if block]

    assert [caption[0] for caption in captions] == [str(n) for n in range(1, len(captions) + 1)]
    assert all(1 <= len(caption) - 2 <= SRT_LINES for caption in captions)
    assert all(len(line) <= SRT_LINE_CHARACTERS for caption in captions for line in caption[2:])
    if said:
        cues, told = _parse("\n\n".join(blocks), ".srt")[0].cues, _parse("\n\n".join(blocks), ".srt")[1]
        assert not told
        words = " ".join(word for _, _, *lines in captions for word in " ".join(lines).split())
        for name in ("Ann", "Ben & Co < x>", "Dr. Müller"):
            words = words.replace(f"{name}: ", "")
        assert words == " ".join(cue.text for cue in said)
        assert {cue.start_milliseconds for cue in said} <= {cue.start_milliseconds for cue in cues}


@pytest.mark.parametrize(("form", "count"), [("vtt", 40), ("srt", 80)])
def test_another_program_reads_what_is_rendered(tmp_path: Path, form: str, count: int) -> None:
    """ffmpeg finds the same number of cues in both caption files, escapes and all."""
    text = "Tides & tables <today> and tomorrow, for all those who sail out of the harbour late at night."
    transcript = Transcript(cues=tuple(_cue(n * 5000, n * 5000 + 4000, text) for n in range(40)))
    path = tmp_path / f"x.{form}"
    path.write_bytes(TIMED[form][1](transcript))
    command = [need_command("ffmpeg"), "-v", "error", "-i", str(path), "-f", "srt", "-"]
    read = subprocess.run(command, capture_output=True, check=True)

    assert read.stderr == b""
    assert read.stdout.count(b" --> ") == count == path.read_bytes().count(b" --> ")


# -- WebVTT -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("<v.loud.first Ann Lee>Hello <i>there</i>", [("Ann Lee", "Hello there")]),
        ("<v Ann>Hi</v> <v Ben>Hello", [("Ann", "Hi"), ("Ben", "Hello")]),
        ("<v Ann>Hi</v> all", [("Ann", "Hi"), (None, "all")]),
        ("<v Ben &amp; Ann>Hi", [("Ben & Ann", "Hi")]),
        ("<v Ann> Hi", [("Ann", "Hi")]),
        (
            "<c.yellow>One</c> <b>two</b> <00:00:01.500><u>three</u> <lang de>vier</lang>",
            [(None, "One two three vier")],
        ),
        ("<ruby>漢字<rt>kanji</rt></ruby>", [(None, "漢字")]),
        ("&lt;b&gt; &amp;amp; a&nbsp;b &#228; &copy; 5 < 6", [(None, "<b> &amp; a b ä © 5 < 6")]),
        ("wrapped\nto fit", [(None, "wrapped to fit")]),
        ("潮の\n満ち引き", [(None, "潮の満ち引き")]),
        ("- One voice\n- Another", [(None, "- One voice\n- Another")]),
        ("- Ann: Hi\n- Ben: Hello", [("Ann", "Hi"), ("Ben", "Hello")]),
        ("control\x07 and &#7;bell", [(None, "control and bell")]),
    ],
)
def test_webvtt_words(words: str, said: list[tuple[str | None, str]]) -> None:
    """Voices are speakers, other tags go, escapes are undone, lines that were wrapped are one."""
    assert [(cue.speaker, cue.text) for cue in _vtt(words)] == said


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        ("00:01.000 --> 00:02.500", 1000, 2500),
        ("00:00:01.000 --> 00:00:02.500 align:start position:10%", 1000, 2500),
        ("123:00:00.000 --> 123:00:01.001", 442_800_000, 442_801_001),
        ("0:0:1,5 --> 0:0:2", 1500, 2000),
        ("75:10.000 --> 75:11.000", 4_510_000, 4_511_000),
        ("00:00:01.0005 --> 00:00:02.9994", 1001, 2999),
        ("00:00:01.000-->00:00:02.000", 1000, 2000),
    ],
)
def test_times_of_captions(times: str, start: int, end: int) -> None:
    """With and without hours, over 99 of them, with settings behind."""
    assert [(cue.start_milliseconds, cue.end_milliseconds) for cue in _vtt("x", times)] == [(start, end)]


def test_webvtt_blocks_that_are_no_cues() -> None:
    """Header text, notes, styles, regions and names of cues are no words; any line end, and a byte order mark."""
    text = """\ufeffWEBVTT - Harbour
Kind: captions

NOTE by the harbour
of two lines

STYLE
::cue { color: red }

REGION
id:fred

intro
00:01.000 --> 00:02.000
One

2
00:02.000 --> 00:03.000
Two"""
    for raw in (text.encode(), text.replace("\n", "\r\n").encode(), text.replace("\n", "\r").encode()):
        assert _parse(raw) == (Transcript(cues=(_cue(1000, 2000, "One"), _cue(2000, 3000, "Two"))), ())
    assert _parse(text.removeprefix("\ufeff").encode("utf-16"))[0].cues[1].text == "Two"


def test_broken_cues_are_left_out_and_told_by_line() -> None:
    """The rest is kept; cues come in the order of their starts, and those of one start as they stood."""
    text = """WEBVTT

00:09.000 --> 00:10.000
last

00:05.000 --> 00:02.000
backwards

00:05.000 --> 00:05.000
no time

00:05.000 --> 00:x7.000
no times

00:01.000 --> 00:10.000
first

and more

00:01.000 --> 00:02.000
second

00:03.000 --> 00:04.000
"""
    transcript, told = _parse(text)

    assert [cue.text for cue in transcript.cues] == ["first", "second", "last"]
    assert told == (
        "line 6: the end 00:00:02.000 comes before the start; this cue is left out",
        "line 9: begins and ends at 00:00:05.000; this cue is left out",
        "line 12: no times can be read from '00:05.000 --> 00:x7.000'; this cue is left out",
        "line 18: stands behind a blank line and so in no cue; take the blank line out",
    )


def test_captions_that_roll_up_are_read_once() -> None:
    """YouTube's own: words with times, each line shown again above the next; what is said twice is read twice."""
    youtube = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.500 align:start position:0%
~
well<00:00:00.400><c> well</c>

00:00:02.500 --> 00:00:02.510 align:start position:0%
well well
~

00:00:02.510 --> 00:00:05.000 align:start position:0%
well well
well<00:00:03.000><c> well</c>

00:00:05.000 --> 00:00:05.010 align:start position:0%
well well
~

00:00:05.010 --> 00:00:07.000 align:start position:0%
well well
[Music]
"""
    transcript, told = _parse(youtube.replace("~", " "))

    assert told == ()
    assert [(cue.start_milliseconds, cue.end_milliseconds, cue.text) for cue in transcript.cues] == [
        (0, 2500, "well well"),
        (2510, 5000, "well well"),
        (5010, 7000, "[Music]"),
    ]


def test_segments_of_whisper() -> None:
    """Its names of what Podcasting 2.0 calls startTime, endTime and body."""
    raw = (
        '{"text": " Hello.", "segments": [{"id": 0, "start": 0.0, "end": 4.5, "text": " Hello there.", "tokens": [1]}]}'
    )
    transcript, told = _parse(raw, ".json")

    assert told == ()
    assert transcript.cues == (Cue(start_milliseconds=0, end_milliseconds=4500, text="Hello there."),)


def test_many_broken_cues_are_told_in_few_words() -> None:
    """Five sentences, and the number of the others."""
    text = VTT + "".join(f"\n00:{n:02}.000 --> 00:01.000\nx\n" for n in range(3, 20))
    told = _parse(text)[1]

    assert len(told) == 6
    assert told[-1] == "and 12 more"


# -- SubRip and speakers by name --------------------------------------------------------------------------------------


def test_srt_oddities() -> None:
    """No numbers, a decimal point, tags, blank lines inside, a number as words; what looks escaped is not."""
    text = """00:00:01.000 --> 00:00:02,000
<b>Bold</b> <font color="red">red</font> {\\an8}top <laughs> &amp;

after a blank line

2
00:00:02,000 --> 00:00:03,000 X1:40 X2:600
In the year of
1984

3
00:00:03,000 --> 00:00:04,000
End"""
    cues = tuple(
        _cue(n * 1000, n * 1000 + 1000, words)
        for n, words in enumerate(["Bold red top <laughs> &amp; after a blank line", "In the year of 1984", "End"], 1)
    )
    assert _parse(text, ".srt") == (Transcript(cues=cues), ())
    assert _parse(text.replace("\n", "\r\r\n"), ".srt") == (Transcript(cues=cues), ())


@pytest.mark.parametrize(
    ("captions", "speakers"),
    [
        (["Ann: Hi.", "So.", "Ben: Yes.", "Well.", "Ann: No."], ["Ann", "Ann", "Ben", "Ben", "Ann"]),
        (["Hello.", "Note: take care.", "And so on.", "More."], [None, None, None, None]),
        (["Ann: Hi.", "So.", "Then.", "Remember: cats.", "Yes."], ["Ann"] * 5),
        (["Hi.", ">> ANN LEE: Yes.", "a", ">> ANN LEE: So.", ">> No.", "b"], [None, *["ANN LEE"] * 3, None, None]),
        (["- Ann: Hi.\n- Ben: Ho.", "- Ann: He."], ["Ann", "Ben", "Ann"]),
        (["Dr. Eva von Berg: Hi.", "SPEAKER_01: Ho."], ["Dr. Eva von Berg", "SPEAKER_01"]),
        (["At 10:30 we go.", "https://example.org: x", "It was: so", "this thing: so"], [None] * 4),
        (["李明：你好", "王芳：好"], ["李明", "王芳"]),
    ],
)
def test_speakers_by_name(captions: list[str], speakers: list[str | None]) -> None:
    """A name holds until the next one; what stands before a colon now and then is no name."""
    cues = _srt(*captions)

    assert [cue.speaker for cue in cues] == speakers
    assert not any(speaker and speaker in cue.text for cue, speaker in zip(cues, speakers, strict=True))


def test_names_in_webvtt_without_voices() -> None:
    """As meeting software writes them."""
    text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAnn Lee: Hi\n\n2\n00:02.000 --> 00:03.000\nBen Moe: Ho\n"

    assert [cue.speaker for cue in _parse(text)[0].cues] == ["Ann Lee", "Ben Moe"]


def test_srt_names_a_speaker_who_takes_over() -> None:
    """And no other; what would be a tag or an arrow to its reader is none."""
    cues = (_cue(0, 1000, "One", "Ann"), _cue(1000, 2000, "<b> {\\an8} -->", "Ann"), _cue(2000, 3000, "Two", "Ben"))
    rendered = render_srt(Transcript(cues=cues)).decode()

    assert [line for line in rendered.split("\n") if line and not line[0].isdigit()] == [
        "Ann: One",
        "< b> { \\an8} →",
        "Ben: Two",
    ]


def test_a_long_cue_is_parted_in_time() -> None:
    """In proportion to its characters."""
    cues = (_cue(0, 10_000, " ".join(["abcdefg"] * 16), "Ann"),)

    assert render_srt(Transcript(cues=cues)).decode() == (
        "1\n00:00:00,000 --> 00:00:04,609\nAnn: abcdefg abcdefg abcdefg\nabcdefg abcdefg abcdefg abcdefg\n\n"
        "2\n00:00:04,609 --> 00:00:09,453\nabcdefg abcdefg abcdefg abcdefg\nabcdefg abcdefg abcdefg abcdefg\n\n"
        "3\n00:00:09,453 --> 00:00:10,000\nabcdefg\n"
    )


# -- JSON -------------------------------------------------------------------------------------------------------------


def _json(*segments: object) -> tuple[Transcript, tuple[str, ...]]:
    return _parse(json.dumps({"version": "1.0.0", "segments": segments}), ".json")


def test_json_times_are_exact_and_may_be_missing() -> None:
    """Milliseconds from the decimal text; a missing end is the next one's start."""
    transcript, told = _parse(
        '{"segments":[{"startTime":1.001,"body":"One and"},{"startTime":"2.0005","endTime":3,"body":"two and"},'
        '{"startTime":1e1,"speaker":null,"body":"three and\\n"}]}',
        ".json",
    )

    assert transcript.cues == (
        _cue(1001, 2001, "One and"),
        _cue(2001, 3000, "two and"),
        _cue(10_000, 11_000, "three and"),
    )
    assert told == ()


def test_broken_segments_are_told_by_number() -> None:
    """The rest is kept."""
    transcript, told = _json(
        {"startTime": 5, "endTime": 4, "body": "x and y"},
        {"startTime": "soon", "body": "x"},
        {"startTime": 1},
        7,
        {"startTime": 1, "endTime": 1.5, "body": "  "},
        {"startTime": 1, "endTime": 2, "body": "good one"},
    )

    assert [cue.text for cue in transcript.cues] == ["good one"]
    assert sorted(told) == [
        "segment 1: the end 00:00:04.000 comes before the start; this cue is left out",
        "segment 2: startTime is no number of seconds; it is left out",
        "segment 3: has no body; it is left out",
        "segment 4: is no object with startTime and body; it is left out",
    ]


def test_segments_of_one_word_are_joined() -> None:
    """To captions by speaker, sentence and length, as people read them."""
    said = "Welcome to the harbour notes of today. We speak of tides , of tables and of all the ships that come in late"
    words = [
        {"speaker": "Ann", "startTime": n / 2, "endTime": n / 2 + 0.4, "body": word}
        for n, word in enumerate(said.split())
    ]
    cues = _json(*words, {"speaker": "Ben", "startTime": 40, "endTime": 40.5, "body": "Yes."})[0].cues

    assert [(cue.speaker, cue.text) for cue in cues] == [
        ("Ann", "Welcome to the harbour notes of today."),
        ("Ann", "We speak of tides, of tables and of all the ships that come"),
        ("Ann", "in late"),
        ("Ben", "Yes."),
    ]
    assert cues[0].end_milliseconds == 3400
    assert all(len(cue.text) <= 84 and cue.end_milliseconds - cue.start_milliseconds <= 7000 for cue in cues)


def test_parts_of_words_with_their_own_blanks_are_joined_as_they_are() -> None:
    """As speech recognisers write them."""
    bodies = [" Light", "house", " keep", "ers", " sleep", "."]
    segments = [{"startTime": n / 10, "endTime": n / 10 + 0.1, "body": body} for n, body in enumerate(bodies)]

    assert [cue.text for cue in _json(*segments)[0].cues] == ["Lighthouse keepers sleep."]


# -- without times ----------------------------------------------------------------------------------------------------


def _docx(*paragraphs: str) -> bytes:
    """The least that Word calls a document."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    raw = BytesIO()
    with ZipFile(raw, "w") as package:
        package.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        package.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        package.writestr("word/document.xml", f'<w:document xmlns:w="{word}"><w:body>{body}</w:body></w:document>')
    return raw.getvalue()


@pytest.mark.parametrize(
    ("ending", "raw"),
    [
        (".txt", b"Ann: Hello.\n\nBen: 3 comments\n"),
        (".md", b"---\ntitle: x\n---\nAnn: Hello.\n\nBen: 3 comments\n"),
        (".html", b"<html><body><nav></nav><p>Ann: Hello.</p><p class=comments>Ben: 3 comments</p></body></html>"),
        (".htm", b"<p>Ann: Hello.<p>Ben: 3 comments"),
        (".docx", _docx("Ann: Hello.", "Ben: 3 comments")),
    ],
)
def test_untimed_transcripts_are_kept_whole(ending: str, raw: bytes) -> None:
    """Whatever they came in as; nothing is cut as from an article; names have weight."""
    transcript, told = _parse(raw, ending)

    assert transcript.blocks == (
        Paragraph((Strong((Text("Ann:"),)), Text(" Hello."))),
        Paragraph((Strong((Text("Ben:"),)), Text(" 3 comments"))),
    )
    assert told == ()
    assert render_html(transcript) == (
        b"<p><strong>Ann:</strong> Hello.</p>\n<p><strong>Ben:</strong> 3 comments</p>\n"
    )


def test_lines_of_one_paragraph_keep_their_breaks() -> None:
    """With a name at the start of each line that has one; a text without names stays as it is."""
    (block,) = _parse("Ann: Hello.\nBen: Hi.\nand so on", ".txt")[0].blocks

    assert isinstance(block, Paragraph)
    assert block.children.count(LineBreak()) == 2
    assert _parse("So it was. Remember: a\n\nb\n\nc", ".txt")[0].blocks[0] == Paragraph(
        (Text("So it was. Remember: a"),)
    )


def test_a_transcript_as_html_can_be_read_again() -> None:
    """The marks of the speakers stay."""
    assert b"<strong>Ann:</strong>" in render_html(_parse(HTML, ".html")[0])


# -- paragraphs -------------------------------------------------------------------------------------------------------


def test_turns_become_paragraphs() -> None:
    """A cue without a speaker goes on with the last one; a long turn is parted at a sentence's end."""
    sentence = "All the ships of the harbour come in late at night. "
    cues = [_cue(n * 5000, n * 5000 + 4000, sentence.strip(), "Ann" if n == 0 else None) for n in range(20)]
    cues.append(_cue(200_000, 201_000, "Half a sentence", "Ben"))
    cues.append(_cue(201_000, 202_000, "is ended.", "Ben"))
    paragraphs = transcript_paragraphs(Transcript(cues=tuple(cues)))

    assert [(p.speaker, p.start_milliseconds, p.text.count(".")) for p in paragraphs] == [
        ("Ann", 0, 12),
        ("Ann", 60_000, 8),
        ("Ben", 200_000, 1),
    ]
    assert paragraphs[2].text == "Half a sentence is ended."
    html = render_html(Transcript(cues=tuple(cues))).decode()
    assert html.count("<cite>") == 2
    assert html.count("<time>") == 3
    assert "<time>3:20</time>" in html


def test_html_is_escaped() -> None:
    """Nothing of a transcript is ever a tag."""
    html = render_html(Transcript(cues=(_cue(0, 1000, "<script>alert(1)</script> & so", "<b>Ann"),))).decode()

    assert html == (
        "<cite>&lt;b&gt;Ann:</cite>\n<time>0:00</time>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; so</p>\n"
    )


# -- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("owls.vtt", ("owls", None)),
        ("owls.SRT", ("owls", None)),
        ("owls.de.vtt", ("owls", "de")),
        ("owls.pt-br.vtt", ("owls", "pt-BR")),
        ("owls.pt_BR.srt", ("owls", "pt-BR")),
        ("owls.zh-hans.vtt", ("owls", "zh-Hans")),
        ("owls.es-419.vtt", ("owls", "es-419")),
        ("my.talk.vtt", ("my.talk", None)),
        ("my.talk.fr.vtt", ("my.talk", "fr")),
        ("owls.xx.vtt", ("owls.xx", None)),
        ("de.vtt", ("de", None)),
        ("owls.transcript.json", ("owls", None)),
        ("owls.transcript.txt", ("owls", None)),
        ("owls.de.transcript.docx", ("owls", "de")),
        ("owls.transcript.de.html", ("owls", "de")),
        ("owls.transcript.vtt", ("owls", None)),
        ("owls.json", None),
        ("owls.de.txt", None),
        ("owls.chapters.json", None),
        ("transcript.txt", None),
        (".transcript.txt", None),
        (".vtt", None),
        ("vtt", None),
        ("owls.mp3", None),
    ],
)
def test_names_of_transcripts(name: str, expected: tuple[str, str | None] | None) -> None:
    """The stem may hold dots; a language is one only if ISO 639-1 knows it."""
    assert split_transcript_name(name) == expected


def test_a_name_that_may_be_read_in_two_ways() -> None:
    """Whoever knows the episodes decides."""
    assert transcript_stems("come.to.vtt") == (("come", "to"), ("come.to", None))
    assert transcript_stems("owls.vtt") == (("owls", None),)
    assert transcript_format("episodes/owls.transcript.JSON") is TranscriptFormat.JSON
    assert transcript_format("episodes/owls.transcript.md") is TranscriptFormat.UNTIMED


@pytest.mark.parametrize(
    ("ending", "raw", "sentence"),
    [
        (".vtt", b" \n", "is empty; write the transcript, or take the file away"),
        (".vtt", b"hello", "line 1: does not begin with WEBVTT; export the transcript again as WebVTT"),
        (".vtt", b"WEBVTT\n\n", "holds no cue; export the transcript again"),
        (".srt", b"hello", "holds no cue; export the transcript again"),
        (
            ".srt",
            b"1\n00:00:02,000 --> 00:00:01,000\nx",
            "line 2: the end 00:00:01.000 comes before the start; no cue is left, so export the transcript again",
        ),
        (".srt", bytes(500) + b"x", "is no text but a binary file; export the transcript again as .vtt or .txt"),
        (".txt", b"%PDF-1.7 ...", "is no text but a PDF; export the transcript again as .vtt or .txt"),
        (".json", b'{\n"segments": [}', "line 2: is no JSON (Expecting value); export the transcript again"),
        (".json", b"[" * 100_000, "is no JSON that can be read; export the transcript again"),
        (".json", b"[]", "has no list of segments; export the transcript again as Podcasting 2.0 JSON"),
        (".json", b'{"segments": []}', "holds no cue; export the transcript again"),
        (
            ".json",
            b'{"segments": [1e99999999999999999999]}',
            "is no JSON that can be read; export the transcript again",
        ),
        (".md", b"# \n", "holds no words; write the transcript into it"),
        (".docx", b"hello", "is no Word file, or a broken one; open it in Word and save it again"),
        (".html", b"<div>" * 5000, "nests elements more than 500 deep; save its text as .transcript.txt instead"),
    ],
)
def test_what_is_no_transcript_is_told(ending: str, raw: bytes, sentence: str) -> None:
    """With the line, and with what to do."""
    with pytest.raises(TranscriptError) as told:
        _parse(raw, ending)

    assert str(told.value) == sentence


def test_a_wrong_ending_is_told() -> None:
    """What it is counts; whoever named it learns of it."""
    assert _parse(SRT, ".vtt") == (HARBOUR, ("does not begin with WEBVTT and is read as SRT; rename it to .srt",))
    assert _parse(VTT, ".srt") == (HARBOUR, ("begins with WEBVTT and is read as that; rename it to .vtt",))


def test_letters_of_old_windows_programs_are_read_and_told() -> None:
    """SubRip files often are in no Unicode."""
    transcript, told = _parse(
        "1\n00:00:01,000 --> 00:00:02,000\nGezeiten für Anfänger – heute".encode("cp1252"), ".srt"
    )

    assert transcript.cues[0].text == "Gezeiten für Anfänger – heute"
    assert told == ("is not UTF-8 and is read as Windows-1252; if letters come out wrong, save it as UTF-8",)


def test_old_letters_are_a_warning_at_a_publish(show_dir: Path) -> None:
    """Nothing of the transcript is lost, so it is done, not done in part."""
    for path in (show_dir / "episodes").glob("immunotherapy.vtt"):
        path.unlink()
    words = "1\n00:00:01,000 --> 00:00:02,000\nGezeiten für Anfänger\n"
    (show_dir / "episodes" / "immunotherapy.srt").write_bytes(words.encode("cp1252"))

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    assert "warning: episodes/immunotherapy.srt: is not UTF-8 and is read as Windows-1252" in result.stderr
    assert "für Anfänger" in (show_dir / "feed" / "immunotherapy" / "transcript.vtt").read_text("utf-8")


def test_a_torn_letter_does_not_spoil_the_others() -> None:
    """UTF-8 with a byte lost stays UTF-8, and it is told."""
    transcript, told = _parse(b"1\n00:00:01,000 --> 00:00:02,000\n\xe6\xbd" + "潮の満ち引きについて".encode(), ".srt")

    assert transcript.cues[0].text == "潮の満ち引きについて"
    assert told == ("holds broken letters, which are left out; save it as UTF-8 again",)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Not as an exception of the system's."""
    with pytest.raises(TranscriptError, match="is not there"):
        read_transcript(tmp_path, "x.vtt")


SNIPPETS = st.sampled_from(
    [
        *("\n", "\n\n", "\r", " ", "Ann: ", "- ", "\ufeff", "00:01.000 --> 00:02.000\n", "<v Ann>"),
        *"""WEBVTT 00:00:01,500 --> 0:9 NOTE 12 </v> <v <rt> &amp; &#0; &#x110000; {\\an8} >> \u6f22 \ud7ff""".split(),
        *"""{"segments":[ ]} {"startTime": 1e9 1e-9 ,"body":" "} , [ <cite> <p> ---""".split(),
    ]
)


@settings(max_examples=500, deadline=None)
@given(
    st.lists(SNIPPETS.map(str.encode) | st.binary(max_size=20), max_size=30).map(b"".join),
    st.sampled_from([".vtt", ".srt", ".json", ".txt", ".md", ".html", ".docx"]),
    st.sampled_from([b"", b"WEBVTT\n\n", b"00:01.000 --> 00:02.000\n", b'{"segments":[{"startTime":1,"body":"']),
)
def test_any_bytes_end_in_a_transcript_or_a_sentence(raw: bytes, ending: str, head: bytes) -> None:
    """Never another exception; and what was read can be written, and read again."""
    try:
        transcript, _ = _parse(head + raw, ending)
    except TranscriptError:
        return
    assert bool(transcript.cues) != bool(transcript.blocks)
    assert all(cue.text.strip() and 0 <= cue.start_milliseconds < cue.end_milliseconds for cue in transcript.cues)
    assert render_html(transcript)
    for ending, (_, render) in TIMED.items() if transcript.cues else ():
        rendered = render(transcript)
        assert b"\n\n\n" not in rendered
        assert _parse(rendered, f".{ending}")[1] == ()


@pytest.mark.parametrize("form", TIMED)
def test_ten_thousand_cues_are_read_at_once(form: str) -> None:
    """A day of talk in about a second on a slow machine, and twice as much in about twice the time."""
    transcript = Transcript(
        cues=tuple(_cue(n * 2500, n * 2500 + 2400, "Tides & tables & a ship", "Ann") for n in range(10_000))
    )
    rendered = TIMED[form][1](transcript)
    start = perf_counter()

    assert len(_parse(rendered, f".{form}")[0].cues) == 10_000
    assert perf_counter() - start < 2


@pytest.mark.parametrize(
    ("ending", "raw"),
    [
        (".vtt", b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\nx\n\n" * (MAX_CUES + 1)),
        (".vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v A>x " * (MAX_CUES + 1)),
        (".srt", b"\n" * 3_000_000 + SRT.encode()),
        (".json", b'{"segments":[' + b"[]," * 4 * MAX_CUES + b"0]}"),
        (".txt", b"Ann: Hello.\n" * 25_000),
        (".md", b"x " * 600_000),
        (".vtt", b"x" * 20_000_001),
    ],
)
def test_files_beyond_all_measure_are_refused(ending: str, raw: bytes) -> None:
    """Before they take time or memory."""
    start = perf_counter()
    with pytest.raises(TranscriptError, match=r"no transcript|larger than"):
        _parse(raw, ending)

    assert perf_counter() - start < 5


@pytest.mark.parametrize("piece", ["<", "<v ", "<rt>", "&", "A: ", "- A: b\n", "{\\", "漢 ", ">> ", "-- ", "<00:"])
@pytest.mark.parametrize("ending", [".vtt", ".srt"])
def test_one_endless_cue_takes_linear_time(piece: str, ending: str) -> None:
    """A hundred kilobytes that are hard on patterns, read and written."""
    head = "WEBVTT\n\n" if ending == ".vtt" else ""
    start = perf_counter()
    transcript, _ = _parse(f"{head}00:01.000 --> 00:02.000\nx {piece * (100_000 // len(piece))}", ending)
    for render in (render_vtt, render_srt, render_json, render_html):
        render(transcript)

    assert perf_counter() - start < 5
