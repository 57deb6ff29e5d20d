"""A transcript in the four forms that apps read (P20-TR-VTT, P20-TR-SRT, P20-TR-JSON, P20-TR-HTML)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import chain, pairwise

from podcast_tool.model import Cue, Transcript, TranscriptFormat
from podcast_tool.render.notes.html import render_page_notes
from podcast_tool.render.spelling import spell_length
from podcast_tool.text import clean_line

JSON_VERSION = "1.0.0"
# P20-TR-VTT, P20-TR-SRT. A word that is longer stands alone on its line.
VTT_LINE_CHARACTERS = 65
SRT_LINE_CHARACTERS = 32
SRT_LINES = 2

# A paragraph ends with the sentence after so much talk, or in the midst of one after twice as much.
PARAGRAPH_CHARACTERS = 600
PARAGRAPH_MILLISECONDS = 60_000

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»」』)\]]*$")

# Where a line may end, so that its reader (read/transcript.py) joins it as it was: between the letters of scripts that
# are written without blanks, and at a blank that neither stands between two such letters nor before what would look
# like another speaker on a new line.
_UNSPACED = "\u3001-\u30ff\u3400-\u9fff\uff01-\uff60"
_CLOSING = "、。〉》」』】〕〗〙〛ー！），．：；？］｝"
_BREAK = re.compile(
    rf"""(?<![{_UNSPACED}])[ ](?![-–—]|>>)
      | [ ](?![-–—{_UNSPACED}]|>>)
      | (?<=[{_UNSPACED}])(?=[{_UNSPACED}])(?![{_CLOSING}])
    """,
    re.VERBOSE,
)
_MARK = re.compile(r"[-–—]|>>")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]{{2}}").match


@dataclass(frozen=True, kw_only=True)
class TranscriptParagraph:
    """What one speaker says at a stretch, or a part of it if that is long."""

    speaker: str | None
    start_milliseconds: int
    text: str
    """Plain words; `\\n` where a line breaks."""


def render_vtt(transcript: Transcript) -> bytes:
    """WebVTT, with the speaker of each cue as a voice."""
    return "\n".join(["WEBVTT\n", *map(_vtt_cue, _said(transcript))]).encode()


def _vtt_cue(cue: Cue) -> str:
    voice = f"<v {_escape(clean_line(cue.speaker))}>" if cue.speaker else ""
    lines: list[str] = []
    for line in _lines(cue.text):
        pieces = ((joint, _escape(piece)) for joint, piece in _pieces(line))
        lines += _wrap(pieces, VTT_LINE_CHARACTERS, "" if lines else voice)
    times = f"{_spell(cue.start_milliseconds, '.')} --> {_spell(cue.end_milliseconds, '.')}"
    return "\n".join((times, *lines, ""))


def render_srt(transcript: Transcript) -> bytes:
    """SubRip, each cue parted into as many as hold its words, with a name where a speaker takes over."""
    captions: list[str] = []
    speaker = None
    for cue in _said(transcript):
        is_new = cue.speaker and cue.speaker != speaker
        speaker = cue.speaker
        for start, end, lines in _srt_parts(cue, f"{speaker}: " if is_new else ""):
            times = f"{_spell(start, ',')} --> {_spell(end, ',')}"
            captions.append("\n".join((str(len(captions) + 1), times, *lines, "")))
    return "\n".join(captions).encode()


def _srt_parts(cue: Cue, label: str) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Milliseconds and lines of each part; the time is shared by their characters."""
    lines = [
        part for line in _lines(_srt_words(label + cue.text)) for part in _wrap(_pieces(line), SRT_LINE_CHARACTERS)
    ]
    parts = [lines[at : at + SRT_LINES] for at in range(0, len(lines), SRT_LINES)]
    length = cue.end_milliseconds - cue.start_milliseconds
    whole, said = sum(map(len, lines)), 0
    for part in parts:
        start = cue.start_milliseconds + length * said // whole
        said += sum(map(len, part))
        # A cue of fewer milliseconds than parts cannot be shared, and no part may last for no time.
        yield start, max(cue.start_milliseconds + length * said // whole, start + 1), part


def _srt_words(words: str) -> str:
    """SubRip escapes nothing, so what would be read as a tag or as an arrow is spelt otherwise."""
    return re.sub(r"<(?=[A-Za-z/!?])|\{(?=\\)", r"\g<0> ", words.replace("-->", "→"))


def render_json(transcript: Transcript) -> bytes:
    """Podcasting 2.0 JSON, a segment to a line."""
    segments = ",\n".join(" " + json.dumps(_segment(cue), ensure_ascii=False) for cue in _said(transcript))
    return f'{{"version": "{JSON_VERSION}", "segments": [\n{segments}\n]}}\n'.encode()


def _segment(cue: Cue) -> dict[str, object]:
    speaker = {"speaker": clean_line(cue.speaker)} if cue.speaker else {}
    # A float of whole milliseconds is spelt with three decimals at most, as far as any recording lasts.
    times = {"startTime": cue.start_milliseconds / 1000, "endTime": cue.end_milliseconds / 1000}
    return {**speaker, **times, "body": "\n".join(_lines(cue.text))}


def render_html(transcript: Transcript) -> bytes:
    """A fragment of HTML: `cite` where a speaker takes over, `time`, `p`; an untimed transcript as it was written."""
    if transcript.blocks:
        return f"{render_page_notes(transcript.blocks)}\n".encode()
    spelt: list[str] = []
    speaker = None
    for paragraph in transcript_paragraphs(transcript):
        if paragraph.speaker and paragraph.speaker != speaker:
            spelt.append(f"<cite>{_escape(paragraph.speaker)}:</cite>\n")
        speaker = paragraph.speaker
        spelt.append(f"<time>{spell_length(paragraph.start_milliseconds // 1000)}</time>\n")
        spelt.append(f"<p>{_escape(paragraph.text)}</p>\n")
    return "".join(spelt).encode()


def transcript_paragraphs(transcript: Transcript) -> tuple[TranscriptParagraph, ...]:
    """The cues as people read them: by speaker, and in paragraphs that end with a sentence; none of an untimed one."""
    runs: list[list[Cue]] = []
    length = 0
    for cue in _with_speakers(_said(transcript)):
        if not runs or _takes_over(cue, runs[-1][-1]) or _is_full(runs[-1], length):
            runs.append([])
            length = 0
        runs[-1].append(cue)
        length += len(cue.text) + 1
    return tuple(map(_paragraph, runs))


def _with_speakers(cues: Iterable[Cue]) -> Iterator[Cue]:
    """A cue that does not say whose it is goes on with what was said before it."""
    speaker = None
    for cue in cues:
        speaker = cue.speaker or (None if _MARK.match(cue.text) else speaker)
        yield replace(cue, speaker=speaker)


def _takes_over(cue: Cue, before: Cue) -> bool:
    return cue.speaker != before.speaker or (not cue.speaker and bool(_MARK.match(cue.text)))


def _is_full(run: Sequence[Cue], length: int) -> bool:
    lasted = run[-1].end_milliseconds - run[0].start_milliseconds
    fullness = max(length / PARAGRAPH_CHARACTERS, lasted / PARAGRAPH_MILLISECONDS)
    return fullness >= 2 or (fullness >= 1 and bool(_SENTENCE_END.search(run[-1].text)))


def _paragraph(run: Sequence[Cue]) -> TranscriptParagraph:
    texts = ["\n".join(_lines(cue.text)) for cue in run]
    joints = ["" if _IS_UNSPACED(before[-1] + after[0]) else " " for before, after in pairwise(texts)]
    return TranscriptParagraph(
        speaker=clean_line(run[0].speaker) if run[0].speaker else None,
        start_milliseconds=run[0].start_milliseconds,
        text="".join(chain.from_iterable(zip(texts, [*joints, ""], strict=True))),
    )


# -- words and times --------------------------------------------------------------------------------------------------


def _said(transcript: Transcript) -> list[Cue]:
    return [cue for cue in transcript.cues if cue.text.strip()]


def _lines(text: str) -> list[str]:
    return [line for line in map(clean_line, text.split("\n")) if line]


def _pieces(line: str) -> Iterator[tuple[str, str]]:
    """What may not be parted, each with what stands before it unless a line begins there."""
    joint, position = "", 0
    for match in _BREAK.finditer(line):
        yield joint, line[position : match.start()]
        joint, position = match[0], match.end()
    yield joint, line[position:]


def _wrap(pieces: Iterable[tuple[str, str]], limit: int, prefix: str = "") -> list[str]:
    """Lines of at most *limit* characters, the prefix included, unless a piece alone is longer."""
    lines: list[str] = []
    for joint, piece in pieces:
        if not lines:
            lines.append(prefix + piece)
        elif len(lines[-1]) + len(joint) + len(piece) <= limit:
            lines[-1] += joint + piece
        else:
            lines.append(piece)
    return lines


def _escape(words: str) -> str:
    return escape(words, quote=False)


def _spell(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


TRANSCRIPT_FORMS: Mapping[TranscriptFormat, Callable[[Transcript], bytes]] = {
    TranscriptFormat.VTT: render_vtt,
    TranscriptFormat.SRT: render_srt,
    TranscriptFormat.JSON: render_json,
    TranscriptFormat.UNTIMED: render_html,
}
"""How each published form is written."""
