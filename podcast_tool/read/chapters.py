"""Chapters written in a file beside the recording: in any of the forms that programs and people write.

    Podcasting 2.0 JSON         {"version": "1.2.0", "chapters": [{"startTime": 90, "title": "Springs"}]}
    Podlove Simple Chapters     <psc:chapter start="00:01:30.000" title="Springs"/>, whatever stands around it
    Audacity labels             90.000000<TAB>130.000000<TAB>Springs
    OGM                         CHAPTER01=00:01:30.000 and CHAPTER01NAME=Springs
    ffmetadata                  [CHAPTER] with TIMEBASE, START, END and title
    plain lines, mp4chaps'      00:01:30.000 Springs <https://example.org/>

The content tells which, not the name's ending. People write these files and can mend them: a fault is told with its
place, and nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from xml.parsers import expat

from podcast_tool.audio.chapters import MAX_CHAPTERS, MAX_PLAY_MILLISECONDS, imply_ends, parse_play_time
from podcast_tool.model import Chapter, ChapterPlace, Image
from podcast_tool.read.article.linkify import safe_address
from podcast_tool.text import clean_line, clean_text, is_web_address

MAX_CHAPTERS_BYTES = 1_000_000

FindImage = Callable[[str], Image | None]
"""Takes a picture's address or name as it is written, gives the decoded picture."""


class ChaptersError(ValueError):
    """A file holds no chapters that can be published; the message goes behind its name."""


@dataclass(frozen=True)
class _Entry:
    """A chapter and what its writer would call it: "chapter 3" or "line 3"."""

    name: str
    chapter: Chapter


def read_chapters(show_dir: Path, path: str, find_image: FindImage) -> tuple[Chapter, ...]:
    """Read the chapters in the file *path* (below *show_dir*).

    Raises:
        ChaptersError: unreadable, too large, of no known form, or with a fault in it.
    """
    try:
        with (show_dir / path).open("rb") as file:
            raw = file.read(MAX_CHAPTERS_BYTES + 1)
    except FileNotFoundError as error:
        raise ChaptersError("is not there") from error
    except OSError as error:
        raise ChaptersError(f"cannot be read: {error.strerror}") from error
    return parse_chapters(raw, find_image)


def parse_chapters(raw: bytes, find_image: FindImage) -> tuple[Chapter, ...]:
    """As `read_chapters`, of bytes that are at hand; times are rounded half up to milliseconds."""
    if len(raw) > MAX_CHAPTERS_BYTES:
        raise ChaptersError("is larger than 1 MB; that is no list of chapters")
    text = _decode(raw)
    return imply_ends(_in_order(_parser(text)(text, find_image)))


def _decode(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise ChaptersError(f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if "\0" in text:
        raise ChaptersError("is no text; write one chapter to a line, such as 00:01:30 Springs")
    return text


def _parser(text: str) -> Callable[[str, FindImage], Iterable[_Entry]]:
    """What parses the form that *text* is in."""
    if re.match(r'\s*(?:\{|\[\s*[\]{"])', text):
        return _parse_json
    first = next((line for _, line in _lines(text)), "")
    if first.startswith("<"):
        return _parse_podlove
    if first.startswith(";FFMETADATA") or first == "[CHAPTER]":
        return _parse_ffmetadata
    if _OGM.fullmatch(first):
        return _parse_ogm
    return _parse_labels if _LABEL.fullmatch(first) else _parse_plain


def _in_order(entries: Iterable[_Entry]) -> list[Chapter]:
    """The chapters, if they ascend; at one moment there is at most one that is not hidden."""
    chapters: list[Chapter] = []
    visible_start: int | None = None
    for entry in entries:
        start = entry.chapter.start_milliseconds
        if len(chapters) == MAX_CHAPTERS:
            raise ChaptersError(f"holds more than {MAX_CHAPTERS} chapters")
        if chapters and start < chapters[-1].start_milliseconds:
            raise ChaptersError(f"{entry.name} begins before the chapter above it; put them in order of their times")
        if not entry.chapter.is_hidden:
            if start == visible_start:
                raise ChaptersError(f"{entry.name} begins when the chapter above it does; give it another time")
            visible_start = start
        chapters.append(entry.chapter)
    return chapters


def _entry(
    name: str,
    start: int,
    end: int | None,
    title: str,
    *,
    url: str = "",
    image: Image | None = None,
    is_hidden: bool = False,
    place: ChapterPlace | None = None,
) -> _Entry:
    if end is not None and end < start:
        raise ChaptersError(f"{name} ends before it begins; correct one of its times")
    return _Entry(
        name,
        Chapter(
            start_milliseconds=start,
            end_milliseconds=end,
            title=clean_line(title) or None,
            url=_web_address(url),
            image=image,
            is_hidden=is_hidden,
            place=place,
        ),
    )


def _web_address(text: str) -> str | None:
    address = safe_address(clean_line(text))
    return address if address and is_web_address(address) else None


# -- Podcasting 2.0 JSON (P20-CHAP-JSON, P20-CHAP-OPT) ----------------------------------------------------------------


def _parse_json(text: str, find_image: FindImage) -> Iterator[_Entry]:
    document = _load(text)
    if not isinstance(document, dict):
        raise ChaptersError('must begin with { "version": "1.2.0", "chapters": [')
    version = document.get("version")
    if version is None:
        raise ChaptersError('has no version; add "version": "1.2.0"')
    if not isinstance(version, str):
        raise ChaptersError('version must be text in quotes, such as "1.2.0"')
    if not re.match(r"1(\.|$)", version):
        raise ChaptersError(f'version {clean_line(version)[:20]!r} is not known; write the chapters as "1.2.0"')
    if not isinstance(document.get("chapters"), list):
        raise ChaptersError('chapters must be a list: "chapters": [ ... ]')
    for number, fields in enumerate(document["chapters"], 1):
        yield _json_entry(f"chapter {number}", fields, find_image)


def _load(text: str) -> object:
    """Numbers as decimals, since 0.0015 is no binary float."""
    try:
        return json.loads(text, parse_int=_decimal, parse_float=_decimal, parse_constant=_decimal)
    except json.JSONDecodeError as error:
        raise ChaptersError(f"is not valid JSON: {error.msg} (at line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise ChaptersError("is nested too deeply; that is no list of chapters") from error


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent of twenty digits
        return Decimal("NaN")


def _json_entry(name: str, fields: object, find_image: FindImage) -> _Entry:
    if not isinstance(fields, dict):
        raise ChaptersError(f'{name} must be a table {{ "startTime": ..., "title": ... }}')
    start, end = _seconds(name, fields, "startTime"), _seconds(name, fields, "endTime")
    if start is None:
        raise ChaptersError(f"{name} has no startTime; give it in seconds, such as 90.5")
    toc = fields.get("toc")
    if not isinstance(toc, bool | None):
        raise ChaptersError(f"toc of {name} must be true or false")
    img = _text(name, fields, "img").strip()
    return _entry(
        name,
        start,
        end,
        _text(name, fields, "title"),
        url=_text(name, fields, "url"),
        image=find_image(img) if img else None,
        is_hidden=toc is False,
        place=_place(name, fields.get("location")),
    )


_MAX_PLAY_SECONDS = Decimal(MAX_PLAY_MILLISECONDS) / 1000


def _seconds(name: str, fields: Mapping[str, object], key: str) -> int | None:
    """Milliseconds; None where there is nothing."""
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise ChaptersError(f"{key} of {name} must be a number of seconds from 0 up, such as 90.5")
    if value > _MAX_PLAY_SECONDS:
        raise ChaptersError(f"{key} of {name} is more than 999 hours; give it in seconds, such as 90.5")
    return int(value.quantize(Decimal("0.001"), ROUND_HALF_UP) * 1000)


def _text(name: str, fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str | None):
        raise ChaptersError(f"{key} of {name} must be text in quotes")
    return value or ""


# RFC 5870, section 3.3; what stands behind the numbers names no other place.
_GEO = re.compile(r"geo:-?\d{1,3}(\.\d+)?,-?\d{1,3}(\.\d+)?(,-?\d+(\.\d+)?)?(;[\w.~%=;-]*)?", re.ASCII)


def _place(name: str, fields: object) -> ChapterPlace | None:
    if fields is None:
        return None
    if not isinstance(fields, dict):
        raise ChaptersError(f'location of {name} must be a table {{ "name": ..., "geo": ... }}')
    place, geo, osm = (clean_line(_text(f"the location of {name}", fields, key)) for key in ("name", "geo", "osm"))
    if not place:
        raise ChaptersError(f"the location of {name} has no name; add it")
    if not _GEO.fullmatch(geo):
        raise ChaptersError(f'the location of {name} has no geo; add it, such as "geo:50.1544,-5.0600"')
    return ChapterPlace(name=place, geo=geo, osm=osm or None)


# -- Podlove Simple Chapters ------------------------------------------------------------------------------------------


def _parse_podlove(text: str, find_image: FindImage) -> Iterator[_Entry]:
    scan = _PodloveScan()
    document = text.lstrip()
    lines_before = text[: len(text) - len(document)].count("\n")
    try:
        scan.parser.Parse(document.encode(), True)
    except (expat.ExpatError, ValueError) as error:
        raise ChaptersError(f"is not well-formed XML ({error})") from error
    if scan.list_count != 1:
        found = "the chapters of more than one episode; keep those of one" if scan.list_count else "no <psc:chapter>"
        raise ChaptersError(f"holds {found}")
    for line, fields in scan.chapters:
        name = f"the chapter in line {lines_before + line}"
        start = parse_play_time(fields.get("start", ""))
        if start is None:
            raise ChaptersError(f'{name} has no start that is a time; write start="00:01:30.000"')
        image = fields.get("image", "").strip()
        yield _entry(
            name,
            start,
            None,
            fields.get("title", ""),
            url=fields.get("href", ""),
            image=find_image(image) if image else None,
        )


class _PodloveScan:
    """Follows the elements by their names as written.

    What people copy out of a feed has lost the declarations of its prefixes, so namespaces are not looked at.
    """

    def __init__(self) -> None:
        self.chapters: list[tuple[int, dict[str, str]]] = []
        self.list_count = 0
        """Of lists with chapters in them; an empty <podcast:chapters url=""/> may stand beside."""
        self.is_inside = False
        self.is_first = False
        self.parser = expat.ParserCreate("utf-8")  # as it was encoded here, whatever it declares
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise ValueError("it declares a document type; take that out")

    def _open(self, name: str, fields: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "chapters":
            self.is_inside = self.is_first = True
        elif local == "chapter" and self.is_inside:
            self.list_count += self.is_first
            self.is_first = False
            self.chapters.append((self.parser.CurrentLineNumber, fields))

    def _close(self, name: str) -> None:
        if name.rpartition(":")[2] == "chapters":
            self.is_inside = False


# -- lines ------------------------------------------------------------------------------------------------------------


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers."""
    for number, line in enumerate(clean_text(text).split("\n"), 1):
        stripped = line.strip(" ")
        if stripped.strip() and not stripped.startswith("#"):
            yield number, stripped


def _split_link(title: str) -> tuple[str, str]:
    """A title and the address in angle brackets at its end, as Auphonic writes it."""
    if title.endswith(">"):
        words, bracket, address = title[:-1].rpartition("<")
        if bracket and _web_address(address):
            return words, address
    return title, ""


# A time; ")" or "]" behind it; perhaps the time of the end; what parts it from the title. Each \s is one blank, as
# runs of them are gone.
_TIME = r"\d{1,5}(?::\d{1,2}){1,2}(?:[.,]\d+)?"
_PLAIN = re.compile(
    rf"[(\[]?\s?(?P<start>{_TIME})(?:\s?[-–—]\s?(?P<end>{_TIME}))?\s?[)\]]?(?:\s?[-–—:|•]\s?|\s|$)(?P<title>.*)",
    re.ASCII,
)


def _parse_plain(text: str, _: FindImage) -> Iterator[_Entry]:
    for number, raw in _lines(text):
        name = f"line {number}"
        match = _PLAIN.fullmatch(clean_line(raw))
        start = parse_play_time(match["start"]) if match else None
        if match is None or start is None:
            raise ChaptersError(f"{name} does not begin with a time; write it as 00:01:30 Springs")
        end = parse_play_time(match["end"]) if match["end"] else None
        title, url = _split_link(match["title"])
        yield _entry(name, start, end, title, url=url)


# https://manual.audacityteam.org/man/importing_and_exporting_labels.html
_LABEL_TIME = r"\d{1,7}(?:[.,]\d+)?"
_LABEL = re.compile(rf"(?P<start>{_LABEL_TIME})\t(?:(?P<end>{_LABEL_TIME})(?:\t|$))?(?P<title>.*)", re.ASCII)


def _parse_labels(text: str, _: FindImage) -> Iterator[_Entry]:
    for number, line in _lines(text):
        if line.startswith("\\"):  # the range of frequencies of the label above
            continue
        name = f"line {number}"
        match = _LABEL.fullmatch(line)
        start = parse_play_time(match["start"]) if match else None
        if match is None or start is None:
            raise ChaptersError(f"{name} is no label of Audacity's; export the labels again")
        title, url = _split_link(clean_line(match["title"]))
        yield _entry(name, start, parse_play_time(match["end"]) if match["end"] else None, title, url=url)


# -- OGM --------------------------------------------------------------------------------------------------------------

_OGM = re.compile(r"CHAPTER(?P<number>\d{1,6})(?P<field>NAME|URL)?\s?=(?P<value>.*)", re.ASCII | re.IGNORECASE)


def _parse_ogm(text: str, _: FindImage) -> Iterator[_Entry]:
    numbered: dict[int, dict[str, str]] = {}
    for line_number, line in _lines(text):
        match = _OGM.fullmatch(line)
        if match is None:
            raise ChaptersError(f"line {line_number} is none of CHAPTER01=, CHAPTER01NAME= and CHAPTER01URL=")
        fields, field = numbered.setdefault(int(match["number"]), {}), (match["field"] or "").upper()
        if field in fields:
            raise ChaptersError(f"line {line_number} gives CHAPTER{match['number']}{field} again; take one of them out")
        fields[field] = match["value"]
    for number, fields in numbered.items():
        name = f"chapter {number}"
        start = parse_play_time(fields.get("", ""))
        if start is None:
            raise ChaptersError(f"{name} has no time; write it as CHAPTER{number:02}=00:01:30.000")
        yield _entry(name, start, None, fields.get("NAME", ""), url=fields.get("URL", ""))


# -- ffmetadata -------------------------------------------------------------------------------------------------------

# https://ffmpeg.org/ffmpeg-formats.html#Metadata-2
# A backslash takes its meaning from what follows it, a line's end included.
_FFMETADATA_LINE = re.compile(r"(?:[^\\\n]|\\.)+", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TIMEBASE = re.compile(r"(\d{1,18})/(\d{1,18})", re.ASCII)
_TICKS = re.compile(r"\d{1,18}", re.ASCII)


def _parse_ffmetadata(text: str, _: FindImage) -> Iterator[_Entry]:
    sections: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    for line in _FFMETADATA_LINE.findall(clean_text(text)):
        if line.startswith("["):
            fields = {}
            if line.strip() == "[CHAPTER]":
                sections.append(fields)
        elif not line.startswith((";", "#")):
            key, _equals, value = line.partition("=")
            fields[key.strip().lower()] = _ESCAPED.sub(r"\1", value)
    for number, section in enumerate(sections, 1):
        name = f"chapter {number}"
        start = _ticks(name, section, "START")
        end = _ticks(name, section, "END") if "end" in section else None
        yield _entry(name, start, end, section.get("title", ""))


def _ticks(name: str, section: Mapping[str, str], key: str) -> int:
    """Milliseconds of a number of ticks; a tick is a nanosecond unless TIMEBASE says otherwise."""
    timebase = _TIMEBASE.fullmatch(section.get("timebase", "1/1000000000").strip())
    ticks = _TICKS.fullmatch(section.get(key.lower(), "").strip())
    if timebase is None or ticks is None or not int(timebase[2]):
        raise ChaptersError(f"{name} has no {key} that is a time; write TIMEBASE=1/1000 and {key}=90000")
    numerator, denominator = int(ticks[0]) * int(timebase[1]) * 1000, int(timebase[2])
    milliseconds = (2 * numerator + denominator) // (2 * denominator)
    if milliseconds > MAX_PLAY_MILLISECONDS:
        raise ChaptersError(f"{key} of {name} is more than 999 hours; correct it or its TIMEBASE")
    return milliseconds
