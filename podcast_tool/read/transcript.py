"""What is said in a recording: WebVTT, SubRip, Podcasting 2.0 JSON, or words without times; one value out.

Files from everywhere are read more kindly than their formats ask: what goes out is written anew (P20-TR-*).
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from itertools import chain, groupby, pairwise, takewhile
from pathlib import Path, PurePosixPath

from podcast_tool.model import Block, Cue, Inline, LineBreak, Paragraph, Strong, Text, Transcript, TranscriptFormat
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.inlines import lines_of, split_lines
from podcast_tool.read.article.markdown import parse_markdown
from podcast_tool.read.article.text import parse_text
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.article.word import WordError, read_word
from podcast_tool.text import clean_line, clean_text, mend_entities

# Bounds of time and memory: ten hours of talk are 1 MB, and 10,000 cues.
MAX_TRANSCRIPT_BYTES = 5_000_000
MAX_CUES = 50_000
MAX_LINES = 2_000_000
# What is not timed goes through the articles' parsers, and these bounds are near theirs: 15 hours of talk.
MAX_UNTIMED_BYTES = 1_000_000
MAX_UNTIMED_LINES = 20_000
# Brackets without end take its parser time that grows with the square of their number.
MAX_MARKDOWN_BYTES = 300_000

_MAX_TOLD = 5
_MAX_HOURS = 10_000
_SHOWN_CHARACTERS = 40


class TranscriptError(ValueError):
    """A file is no transcript that can be published; the message goes behind its name."""


# -- names ------------------------------------------------------------------------------------------------------------

_FORMATS = {".vtt": TranscriptFormat.VTT, ".srt": TranscriptFormat.SRT, ".json": TranscriptFormat.JSON}
_UNTIMED_ENDINGS = {".txt", ".md", ".html", ".htm", ".docx"}
_WORD_IN_NAME = "transcript"

# ISO 639-1, all 183: longer codes are not looked for, since half of all short words are one.
_LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
    ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
    no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
# BCP 47, as far as it is used for languages that are read: language, script, region.
_TAG_OF_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?", re.IGNORECASE)


def transcript_format(path: str) -> TranscriptFormat:
    """What a transcript's ending says that it is."""
    return _FORMATS.get(PurePosixPath(path).suffix.lower(), TranscriptFormat.UNTIMED)


def split_transcript_name(name: str) -> tuple[str, str | None] | None:
    """The stem and the language (BCP 47) of `stem.de.vtt` and its like; None if it is no transcript's name."""
    return next(iter(transcript_stems(name)), None)


def transcript_stems(name: str) -> tuple[tuple[str, str | None], ...]:
    """Every stem and language that a transcript's name may mean: `come.to.vtt` is in Tongan, or of "come.to"."""
    stem, _, ending = name.rpartition(".")
    ending = f".{ending.lower()}"
    if ending not in _FORMATS and ending not in _UNTIMED_ENDINGS:
        return ()
    below, language = _split_language(stem)
    readings: list[tuple[str, str | None]]
    if stem.lower().endswith(f".{_WORD_IN_NAME}"):
        stem = stem[: -len(_WORD_IN_NAME) - 1]
        readings = [_split_language(stem), (stem, None)]
    elif language and below.lower().endswith(f".{_WORD_IN_NAME}"):
        readings = [(below[: -len(_WORD_IN_NAME) - 1], language)]
    else:
        readings = [(below, language), (stem, None)] if ending in (".vtt", ".srt") else []
    return tuple(dict.fromkeys(reading for reading in readings if reading[0]))


def _split_language(stem: str) -> tuple[str, str | None]:
    below, _, last = stem.rpartition(".")
    tag = _TAG_OF_LANGUAGE.fullmatch(last)
    if not below or not tag or tag[1].lower() not in _LANGUAGES:
        return stem, None
    return below, "-".join(filter(None, (tag[1].lower(), (tag[2] or "").title(), (tag[3] or "").upper())))


# -- files ------------------------------------------------------------------------------------------------------------


def read_transcript(show_dir: Path, path: str) -> tuple[Transcript, tuple[str, ...]]:
    """Read the transcript *path* (below *show_dir*).

    Returns:
        The transcript, and what was left out or guessed, a sentence each, to go behind the file's name.

    Raises:
        TranscriptError: unreadable, too large, empty, without a word in it, or not what its ending says.
    """
    try:
        with (show_dir / path).open("rb") as file:
            raw = file.read(MAX_TRANSCRIPT_BYTES + 1)
    except FileNotFoundError as error:
        raise TranscriptError("is not there; put the transcript beside the recording") from error
    except OSError as error:
        raise TranscriptError(f"cannot be read ({error.strerror}); make it readable") from error
    return parse_transcript(raw, transcript_format(path), PurePosixPath(path).suffix.lower())


def parse_transcript(raw: bytes, form: TranscriptFormat, ending: str) -> tuple[Transcript, tuple[str, ...]]:
    """As `read_transcript`, of bytes that are at hand.

    Args:
        ending: of the file's name, in lower case; it tells the kinds of untimed ones apart.
    """
    if not raw.strip():
        raise TranscriptError("is empty; write the transcript, or take the file away")
    if len(raw) > MAX_TRANSCRIPT_BYTES:
        raise TranscriptError("is larger than 5 MB; that is no transcript")
    if form is TranscriptFormat.UNTIMED:
        return _parse_untimed(raw, ending)
    text, told = _decode(raw)
    cues, problems = _parse_json(text) if form is TranscriptFormat.JSON else _parse_captions(text, form)
    _refuse_more_than_cues(len(cues))
    cues.sort(key=lambda cue: cue.start_milliseconds)
    if form is not TranscriptFormat.JSON:
        cues = _name_speakers(cues)
    if not cues:
        raise TranscriptError(_no_cue(problems))
    return Transcript(cues=tuple(cues)), (*told, *_sum_up(problems))


def _no_cue(problems: Sequence[str]) -> str:
    broken = next((problem for problem in problems if problem.endswith("left out")), None)
    if not broken:
        return "holds no cue; export the transcript again"
    return f"{broken.rpartition(';')[0]}; no cue is left, so export the transcript again"


def _sum_up(problems: Sequence[str]) -> tuple[str, ...]:
    more = len(problems) - _MAX_TOLD
    return (*problems[:_MAX_TOLD], f"and {more} more") if more > 0 else tuple(problems)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_LOOKED_AT_CHARACTERS = 20_000
_STRAY_CONTROLS = 5
# So many letters outside ASCII for each broken one make it UTF-8 with a byte torn off, not another encoding.
_GOOD_FOR_ONE_BAD = 5
_NO_TEXTS = {"%PDF": "a PDF", "{\\rtf": "an RTF file", "PK\x03\x04": "a zip or Word file"}


# Nothing is lost by it, most likely.
GUESSED_ENCODING = "is not UTF-8 and is read as Windows-1252; if letters come out wrong, save it as UTF-8"


def _decode(raw: bytes) -> tuple[str, list[str]]:
    """Text, and what had to be guessed about its letters."""
    told = []
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", "replace")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text, sentence = _guess(raw)
            told.append(sentence)
    start = text[:_LOOKED_AT_CHARACTERS]
    kind = next((kind for magic, kind in _NO_TEXTS.items() if start.startswith(magic)), None)
    if kind or len(_CONTROLS.findall(start)) > max(_STRAY_CONTROLS, len(start) / 100):
        raise TranscriptError(f"is no text but {kind or 'a binary file'}; export the transcript again as .vtt or .txt")
    # What becomes of Windows' line ends when they are written as text a second time.
    return text.replace("\r\r\n", "\n"), told


def _guess(raw: bytes) -> tuple[str, str]:
    """Text that is not wholly UTF-8, and how it was read."""
    text = raw.decode("utf-8-sig", "replace")
    bad, whole = text.count("\ufffd"), text.replace("\ufffd", "")
    if len(whole) - len(whole.encode("ascii", "ignore")) > _GOOD_FOR_ONE_BAD * bad:
        return whole, "holds broken letters, which are left out; save it as UTF-8 again"
    return raw.decode("cp1252", "replace"), GUESSED_ENCODING


# -- cues -------------------------------------------------------------------------------------------------------------

_LEFT_OUT = "; this cue is left out"


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """A cue as it stands in the file, its words not yet unwrapped."""

    where: str
    start: int
    """Milliseconds, as *end*."""
    end: int
    words: str
    speaker: str | None = None


def _cue(draft: _Draft) -> Cue:
    return Cue(
        start_milliseconds=draft.start,
        end_milliseconds=draft.end,
        text=_unwrap(draft.words),
        speaker=clean_line(draft.speaker or "") or None,
    )


def _fault(draft: _Draft) -> str | None:
    """What is wrong with its times, as a sentence."""
    if draft.end > draft.start:
        return None
    if draft.end == draft.start:
        return f"{draft.where}: begins and ends at {_spell(draft.start)}{_LEFT_OUT}"
    return f"{draft.where}: the end {_spell(draft.end)} comes before the start{_LEFT_OUT}"


def _spell(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


# Scripts that are written without blanks; render/transcript.py breaks lines between their letters.
_UNSPACED = re.compile("[\u3001-\u30ff\u3400-\u9fff\uff01-\uff60]")
# Another speaker on a new line, in subtitles and in American captions.
_MARK = re.compile(r"[-–—]|>>")


def _unwrap(words: str) -> str:
    """Lines joined as one, since they are only wrapped to fit a screen; `\\n` before another speaker's."""
    parts: list[str] = []
    for line in filter(None, map(clean_line, clean_text(words).split("\n"))):
        if parts:
            is_unspaced = _UNSPACED.match(parts[-1][-1]) and _UNSPACED.match(line)
            parts.append("\n" if _MARK.match(line) else "" if is_unspaced else " ")
        parts.append(line)
    return "".join(parts)


# -- WebVTT and SubRip ------------------------------------------------------------------------------------------------

_TIME = r"(?:([0-9]{1,6}):)?([0-9]{1,3}):([0-9]{1,2})(?:[.,]([0-9]{1,9}))?"
# Behind the times stand settings (VTT) or coordinates (SRT).
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_MAYBE_TIMES = re.compile(r"\s*[0-9][^>]*-->|[^>]*-->\s*[0-9]")
_SIGNATURE = re.compile(r"WEBVTT(?=\s|$)")
# Blocks of a WebVTT file that are no cues (W3C WebVTT, section 4.1).
_NO_CUES = ("NOTE", "STYLE", "REGION")

_RUBY_READING = re.compile(r"<rt\b[^<>]*>[^<]*", re.IGNORECASE)
_VOICE = re.compile(r"</v>|<v(?:\.[^\s<>]*)?(?:\s+([^<>]*))?>", re.IGNORECASE)
_VTT_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<[0-9][0-9:.]*>")
# YouTube's own captions tell the time of each word, and roll up line by line.
_WORD_TIME = re.compile(r"<[0-9][0-9:.]*><c>")
# Not any tag: "<laughs>" is a word where nothing is escaped.
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|em|strong|font|span|c)(?:[\s.][^<>]*)?>|<br\s*/?>|\{\\[^{}\n]*\}", re.IGNORECASE)


def _parse_captions(text: str, form: TranscriptFormat) -> tuple[list[Cue], list[str]]:
    """All good cues in the order of the file, and a sentence for each other one."""
    lines = _split_lines(text, MAX_LINES)
    is_vtt, problems = _judge_signature(lines, form)
    times = [index for index, line in enumerate(lines) if "-->" in line and _MAYBE_TIMES.match(line)]
    _refuse_more_than_cues(max(len(times), text.count("<v ") if is_vtt else 0))
    if is_vtt:
        problems += _strays(lines, 0, times[0] if times else len(lines))
    cues: list[Cue] = []
    is_rolling, shown = is_vtt and bool(_WORD_TIME.search(text)), ""
    for index, following in pairwise([*times, len(lines)]):
        below = _words_below(lines, index, following)
        words = _vtt_words(below) if is_vtt else below
        said = _new_lines(words, shown) if is_rolling else words
        shown = _plain(words[-1]) if words else shown
        draft = _draft(lines[index], index + 1, "\n".join(said))
        if isinstance(draft, _Draft):
            cues += map(_cue, _voices(draft) if is_vtt else [replace(draft, words=_SRT_TAG.sub("", draft.words))])
        elif words:
            problems.append(draft)
        if is_vtt:
            problems += _strays(lines, index + 1 + len(words), following)
    return cues, problems


def _split_lines(text: str, limit: int) -> list[str]:
    text = clean_text(text)
    if text.count("\n") > limit:
        raise TranscriptError(f"has more than {limit} lines; that is no transcript")
    return text.split("\n")


def _refuse_more_than_cues(count: int) -> None:
    if count > MAX_CUES:
        raise TranscriptError(f"has more than {MAX_CUES} cues; that is no transcript")


def _judge_signature(lines: Sequence[str], form: TranscriptFormat) -> tuple[bool, list[str]]:
    """Whether it is WebVTT, whatever its name says, and a sentence if that is wrong."""
    is_vtt = bool(_SIGNATURE.match(next(filter(str.strip, lines), "")))
    if is_vtt == (form is TranscriptFormat.VTT):
        return is_vtt, []
    if is_vtt:
        return True, ["begins with WEBVTT and is read as that; rename it to .vtt"]
    if not any("-->" in line and _TIMES.fullmatch(line) for line in lines):
        raise TranscriptError("line 1: does not begin with WEBVTT; export the transcript again as WebVTT")
    return False, ["does not begin with WEBVTT and is read as SRT; rename it to .srt"]


def _words_below(lines: Sequence[str], index: int, following: int) -> list[str]:
    """The lines between two lines of times, without the number of the second cue."""
    has_number = following < len(lines) and following - 1 > index and lines[following - 1].strip().isdigit()
    return list(lines[index + 1 : following - has_number])


def _vtt_words(below: Sequence[str]) -> list[str]:
    """Up to a blank line; but one with a blank in it ends nothing, and YouTube begins cues with one."""
    first = 1 if below and below[0].isspace() else 0
    return [*below[:first], *takewhile(str.strip, below[first:])]


def _new_lines(words: Sequence[str], shown: str) -> list[str]:
    """Without the line of the cue before that captions which roll up show once more."""
    lines = [line for line in words if line.strip()]
    is_repeated = bool(lines) and _plain(lines[0]) == shown and not _WORD_TIME.search(lines[0])
    return lines[is_repeated:]


def _plain(line: str) -> str:
    return clean_line(_VTT_TAG.sub("", line))


def _draft(times: str, line: int, words: str) -> _Draft | str:
    """A cue, or what is wrong with its times."""
    match = _TIMES.fullmatch(times)
    start, end = (_milliseconds(*match.groups()[at : at + 4]) for at in (0, 4)) if match else (None, None)
    if start is None or end is None:
        return f"line {line}: no times can be read from {clean_line(times)[:_SHOWN_CHARACTERS]!r}{_LEFT_OUT}"
    draft = _Draft(where=f"line {line}", start=start, end=end, words=words)
    return _fault(draft) or draft


def _milliseconds(hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int | None:
    if int(seconds) > 59 or (hours and int(minutes) > 59) or int(hours or 0) > _MAX_HOURS:
        return None
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return _round_to_milliseconds(Decimal(f"{whole}.{fraction or 0}"))


def _round_to_milliseconds(seconds: Decimal) -> int:
    return int((seconds * 1000).to_integral_value(ROUND_HALF_UP))


def _voices(draft: _Draft) -> Iterator[_Draft]:
    """A WebVTT cue for each voice in it, the tags taken out and the escapes undone (W3C WebVTT, section 6.4)."""
    words = _RUBY_READING.sub("", draft.words)
    speaker, position = None, 0
    for tag in [*_VOICE.finditer(words), None]:
        said = _VTT_TAG.sub("", words[position : tag.start() if tag else len(words)])
        yield replace(draft, words=unescape(said), speaker=speaker)
        if tag:
            speaker, position = unescape(tag[1] or ""), tag.end()


def _strays(lines: Sequence[str], start: int, end: int) -> Iterator[str]:
    """A sentence for each block of a WebVTT file that stands in no cue although it should."""
    for has_words, run in groupby(range(start, end), key=lambda index: bool(lines[index].strip())):
        first, *others = run
        is_name_of_cue = not others and first == end - 1 < len(lines) - 1
        if has_words and not is_name_of_cue and not lines[first].startswith(("WEBVTT", *_NO_CUES)):
            yield f"line {first + 1}: stands behind a blank line and so in no cue; take the blank line out"


# -- speakers by name -------------------------------------------------------------------------------------------------

# "Ann: ", "- Ann: ", ">> ANN: "; a fullwidth colon needs no blank behind it.
_LABEL = re.compile(r"(?P<mark>(?:[-–—]|>>+)\s*)?(?P<name>[^\W\d_][^:：,;!?\n]{0,39})(?::(?=\s|$)|：)\s*")
_MAX_NAME_WORDS = 4
_PARTICLES = frozenset(
    "von van vom zu zur de del della der den des di da do dos du la le el al bin ibn y e und & and".split()
)
# What stands before a colon, too, and speaks not.
_NO_NAMES = frozenset(
    """note notes nb ps warning music transcript episode chapter part remember example update hinweis achtung musik
    transkript folge kapitel teil beispiel remarque attention musique exemple nota ejemplo http https""".split()
)


def _name_speakers(cues: Sequence[Cue]) -> list[Cue]:
    """Cues whose words begin with a speaker's name ("Ann: ..."), with the speaker where speakers belong.

    A name is written only where somebody takes over (P20-TR-SRT), so it holds until the next one; not in a file with
    voices, which says for each cue whose it is.
    """
    voices = {cue.speaker for cue in cues if cue.speaker}
    names = _find_names([cue.text.split("\n") for cue in cues if not cue.speaker], voices)
    named: list[Cue] = []
    current: str | None = None
    for cue in cues:
        for speaker, words in [(cue.speaker, cue.text)] if cue.speaker else _turns(cue.text, names):
            current = speaker or (None if voices or _MARK.match(words) else current)
            named.append(replace(cue, text=words, speaker=current))
    return [cue for cue in named if cue.text]


def _turns(words: str, names: Collection[str]) -> list[tuple[str | None, str]]:
    """What each speaker says in one cue; None for one without a name."""
    turns: list[tuple[str | None, list[str]]] = []
    for line in words.split("\n"):
        name = _name_of(line)
        if name in names:
            turns.append((name, [_LABEL.sub("", line, count=1)]))
        elif not turns or turns[-1][0]:
            turns.append((None, [line]))
        else:
            turns[-1][1].append(line)
    return [(name, "\n".join(lines)) for name, lines in turns]


def _find_names(cues: Sequence[Sequence[str]], voices: Collection[str] = ()) -> frozenset[str]:
    """The speakers among what stands before colons ("Remember: ..." does, too).

    A name stands in two cues, or before the first word of all; or most cues begin with one, and then all are.
    """
    found = [{name for line in lines if (name := _name_of(line))} for lines in cues]
    counts = Counter(chain.from_iterable(found))
    is_dense = 2 * sum(map(bool, found)) >= len(found)
    sure = {*voices, *(found[0] if found else ())}
    return frozenset(name for name, count in counts.items() if is_dense or count > 1 or name in sure)


def _name_of(line: str) -> str | None:
    """What looks like a speaker's name at a line's start."""
    match = _LABEL.match(line)
    if not match:
        return None
    words = match["name"].split()
    if len(words) > _MAX_NAME_WORDS or words[0].casefold() in _NO_NAMES:
        return None
    is_announced = (match["mark"] or "").startswith(">>")
    is_name = _is_capital(words[0]) and all(_is_capital(word) or word in _PARTICLES for word in words)
    return " ".join(words) if is_announced or is_name else None


def _is_capital(word: str) -> bool:
    first = word.lstrip("(\"'“‘")[:1]
    return first.isupper() or first.isdigit() or (first.isalpha() and first.lower() == first.upper())


# -- Podcasting 2.0 JSON ----------------------------------------------------------------------------------------------

# Some tools write a segment for each word; joined, they are read as captions are: two lines of 42 letters.
_JOINED_CHARACTERS = 84
_JOINED_MILLISECONDS = 7_000
_PAUSE_MILLISECONDS = 1_500
_SENTENCE_CHARACTERS = 25
_SENTENCE_END = tuple(".!?…。！？")
_WORD_CHARACTERS, _UNSPACED_WORD_CHARACTERS = 30, 4
_BY_WORD_SHARE = 0.9
_LONE_STOP = re.compile(r" ([,.;:!?…]+)(?= |$)")
# Of a segment without an end that nothing follows.
_MILLISECONDS_PER_CHARACTER = 70


def _parse_json(text: str) -> tuple[list[Cue], list[str]]:
    """All good cues in the order of the file, and a sentence for each other one."""
    drafts: list[_Draft] = []
    problems: list[str] = []
    for number, segment in enumerate(_segments(text), 1):
        draft = _segment_draft(segment, f"segment {number}")
        if isinstance(draft, _Draft):
            drafts.append(draft)
        elif draft:
            problems.append(draft)
    drafts = _with_ends(drafts)
    if _is_by_word(drafts):
        drafts = _join_words(drafts)
    faults = [_fault(draft) for draft in drafts]
    problems += filter(None, faults)
    cues = [_cue(draft) for draft, fault in zip(drafts, faults, strict=True) if not fault]
    return [cue for cue in cues if cue.text], problems


def _segments(text: str) -> list[object]:
    _refuse_more_than_cues((text.count("{") + text.count("[")) // 3)
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=lambda _: None, strict=False)
    except json.JSONDecodeError as error:
        message = f"line {error.lineno}: is no JSON ({error.msg}); export the transcript again"
        raise TranscriptError(message) from error
    except (ValueError, ArithmeticError, RecursionError) as error:  # numbers and depths beyond all measure
        raise TranscriptError("is no JSON that can be read; export the transcript again") from error
    segments = document.get("segments") if isinstance(document, dict) else None
    if not isinstance(segments, list):
        raise TranscriptError("has no list of segments; export the transcript again as Podcasting 2.0 JSON")
    _refuse_more_than_cues(len(segments))
    return segments


_UNKNOWN_END = -1
# As Whisper writes its segments.
_WHISPER_KEYS = {"start": "startTime", "end": "endTime", "text": "body"}


def _segment_draft(segment: object, where: str) -> _Draft | str | None:
    """A segment as a cue, or what is wrong with it; None if nothing is said in it."""
    if not isinstance(segment, dict):
        return f"{where}: is no object with startTime and body; it is left out"
    segment = {_WHISPER_KEYS.get(key, key): value for key, value in segment.items()}
    body, speaker = segment.get("body"), segment.get("speaker")
    if not isinstance(body, str):
        return f"{where}: has no body; it is left out"
    if not body.strip():
        return None
    start, end = _json_milliseconds(segment.get("startTime")), _json_milliseconds(segment.get("endTime"))
    if start is None:
        return f"{where}: startTime is no number of seconds; it is left out"
    return _Draft(
        where=where,
        start=start,
        end=_UNKNOWN_END if end is None else end,
        words=clean_text(body),
        speaker=clean_line(speaker) if isinstance(speaker, str) else None,
    )


def _json_milliseconds(value: object) -> int | None:
    """Seconds as JSON gives them, as a number or in quotes; None for what is none."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= _MAX_HOURS * 3600:
        return None
    return _round_to_milliseconds(Decimal(value))


def _with_ends(drafts: Sequence[_Draft]) -> list[_Draft]:
    """A missing end is where the next one starts, or when its words are said."""
    ended = []
    for draft, following in zip(drafts, [*drafts, None][1:], strict=True):
        if draft.end == _UNKNOWN_END:
            said = draft.start + max(1000, len(draft.words) * _MILLISECONDS_PER_CHARACTER)
            draft = replace(draft, end=following.start if following and following.start > draft.start else said)
        ended.append(draft)
    return ended


def _is_by_word(drafts: Sequence[_Draft]) -> bool:
    count = sum(_is_word(draft.words.strip()) for draft in drafts)
    return len(drafts) > 1 and count >= _BY_WORD_SHARE * len(drafts)


def _is_word(words: str) -> bool:
    limit = _UNSPACED_WORD_CHARACTERS if _UNSPACED.match(words) else _WORD_CHARACTERS
    return len(words) <= limit and len(words.split()) == 1


def _join_words(drafts: Sequence[_Draft]) -> list[_Draft]:
    """Words of one speaker as captions that end with a sentence, a pause, or when they are long enough."""
    joined: list[list[_Draft]] = []
    length = 0
    # Where blanks are given, a body without one is a part of a word, or a full stop.
    has_blanks = 2 * sum(draft.words != draft.words.strip() for draft in drafts) >= len(drafts)
    for draft in drafts:
        length += len(draft.words) + 1
        if not joined or length > _JOINED_CHARACTERS + 1 or _is_new(joined[-1], draft, length):
            joined.append([])
            length = len(draft.words) + 1
        joined[-1].append(draft)
    return [_joined(run, "" if has_blanks or _UNSPACED.match(run[0].words) else " ") for run in joined]


def _is_new(run: Sequence[_Draft], draft: _Draft, length: int) -> bool:
    """Whether a word begins another caption."""
    is_sentence_over = length > _SENTENCE_CHARACTERS and run[-1].words.rstrip().endswith(_SENTENCE_END)
    is_long = max(draft.end, draft.start) - run[0].start > _JOINED_MILLISECONDS
    has_paused = draft.start - run[-1].end > _PAUSE_MILLISECONDS or draft.start < run[0].start
    return draft.speaker != run[0].speaker or is_sentence_over or is_long or has_paused


def _joined(run: Sequence[_Draft], joint: str) -> _Draft:
    words = joint.join(draft.words for draft in run)
    return replace(run[0], end=max(draft.end for draft in run), words=_LONE_STOP.sub(r"\1", words))


# -- without times ----------------------------------------------------------------------------------------------------

# The Podcasting 2.0 transcript's mark for a speaker (P20-TR-HTML).
_CITE = re.compile(r"<(/?)cite\b", re.IGNORECASE)


def _parse_untimed(raw: bytes, ending: str) -> tuple[Transcript, tuple[str, ...]]:
    """All that the file says: nothing is cut, as it would be from an article."""
    try:
        blocks, told = _word_blocks(raw) if ending == ".docx" else _text_blocks(raw, ending)
    except PageError as error:
        raise TranscriptError(f"{error}; save its text as .transcript.txt instead") from error
    except WordError as error:
        raise TranscriptError(str(error)) from error
    if not any(line for block in blocks for line in lines_of(block)):
        raise TranscriptError("holds no words; write the transcript into it")
    return Transcript(blocks=_with_strong_names(blocks)), tuple(told)


def _word_blocks(raw: bytes) -> tuple[list[Block], list[str]]:
    word = read_word(raw)
    count = word.unaccepted_changes
    return word.blocks, [f"has changes nobody has accepted yet ({count}); all are read as accepted"] if count else []


def _text_blocks(raw: bytes, ending: str) -> tuple[list[Block], list[str]]:
    limit = MAX_MARKDOWN_BYTES if ending == ".md" else MAX_UNTIMED_BYTES
    if len(raw) > limit:
        raise TranscriptError(f"is larger than {limit // 1000} kB; take out all but the words")
    text, told = _decode(raw)
    text = "\n".join(_split_lines(text, MAX_UNTIMED_LINES))
    if ending in (".html", ".htm"):
        return parse_fragment(_CITE.sub(r"<\1strong", text)), told
    if ending == ".md":
        return parse_markdown(mend_entities(text))[1], told
    return parse_text(mend_entities(text)), told


def _with_strong_names(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Paragraphs whose lines begin with a speaker's name, that name with weight."""
    blocks = list(blocks)
    paragraphs = [split_lines(block.children) for block in blocks if isinstance(block, Paragraph)]
    names = _find_names([[_first_words(line) for line in lines] for lines in paragraphs])
    if not names:
        return tuple(blocks)
    return tuple(_strengthen(block, names) if isinstance(block, Paragraph) else block for block in blocks)


def _first_words(line: Sequence[Inline]) -> str:
    return line[0].text if isinstance(line[0], Text) else ""


def _strengthen(paragraph: Paragraph, names: Collection[str]) -> Paragraph:
    children: list[Inline] = []
    for line in split_lines(paragraph.children):
        words = _first_words(line)
        if _name_of(words) in names:
            label, said = _split_label(words)
            children += [LineBreak(), Strong((Text(label),)), *([Text(said)] if said else []), *line[1:]]
        else:
            children += [LineBreak(), *line]
    return Paragraph(tuple(children[1:]))


def _split_label(words: str) -> tuple[str, str]:
    """The name with its colon, and all behind it."""
    match = _LABEL.match(words)
    label = words[: match.end()].rstrip() if match else ""
    return label, words[len(label) :]
