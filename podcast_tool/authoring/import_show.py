"""What another host's feed tells -> show.toml, sidecars, notes, and the files that were fetched."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from podcast_tool.audio.layout import measure_sound
from podcast_tool.audio.sound import AudioError
from podcast_tool.authoring.placing import Placement, placement_of
from podcast_tool.authoring.sidecars import FieldLine, edit_toml, render_toml
from podcast_tool.errors import WriteError
from podcast_tool.model import EpisodeType, ImportedItem, ImportedPart, ImportedShow, ShowType
from podcast_tool.read.article.read import WHOLE_MARK
from podcast_tool.read.chapters import MAX_CHAPTERS_BYTES
from podcast_tool.read.download import Downloaded
from podcast_tool.read.fields import DocumentError
from podcast_tool.read.find import SHOW_FILE
from podcast_tool.read.transcript import split_transcript_name
from podcast_tool.text import clean_line

_AWAITED = "import: its recording is not here yet; run the import again, or put it beside this file"
_MAX_CHAPTER_IMAGES = 300


# -- show.toml and sidecars -------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the show is published from now on."""

    site_url: str
    """With a slash at its end."""
    feed_path: str
    old_feed_url: str | None

    @property
    def feed_url(self) -> str:
        return self.site_url + self.feed_path


def render_imported_show(
    show: ImportedShow, address: Address, guid: str, *, cover: str | None, fix_artwork: bool
) -> Placement:
    """show.toml.

    Args:
        cover: its name in episodes/; None: there is none.
        fix_artwork: directories would refuse the cover as it is.
    """
    title = show.title or "Untitled"
    lines = [
        FieldLine(field="title", value=title),
        FieldLine(field="description", value=show.description or title),
        FieldLine(field="site_url", value=address.site_url),
        FieldLine(field="guid", value=guid, remark="by it directories know the show; never change it"),
        FieldLine(field="language", value=show.language or "en"),
        _categories(show),
        FieldLine(field="explicit", value=bool(show.explicit)),
        FieldLine(field="cover", value=cover or "cover.jpg", is_suggested=cover is None),
    ]
    if fix_artwork:
        lines.append(FieldLine(field="fix_artwork", value="pad", remark="directories would refuse the cover as it is"))
    if address.feed_path != "feed.xml":
        lines.append(FieldLine(field="feed_path", value=address.feed_path))
    said = {
        "author": show.author,
        "owner": {"name": show.owner.name, "email": show.owner.email} if show.owner else None,
        "type": str(show.type) if show.type is ShowType.SERIAL else None,
        "copyright": show.copyright,
        "link": show.link,
        "locked": show.locked,
        **show.fields,
    }
    lines += [FieldLine(field=name, value=value) for name, value in said.items() if value is not None]
    if address.old_feed_url != address.feed_url and address.feed_url.startswith("https://"):
        remark = "four weeks after the move this line may go (AP-NEWFEED)"
        lines.append(FieldLine(field="new_feed_url", value=address.feed_url, remark=remark))
    lines.append(
        FieldLine(
            field="timezone",
            value="Europe/Berlin",
            remark="of dates that you will write without an offset",
            is_suggested=True,
        )
    )
    return placement_of(SHOW_FILE, render_toml(lines))


def _categories(show: ImportedShow) -> FieldLine:
    if show.categories:
        return FieldLine(field="categories", value=list(show.categories))
    return FieldLine(field="categories", value=["Health & Fitness > Medicine"], remark="choose one", is_suggested=True)


def render_imported_sidecar(item: ImportedItem, guid: str, *, show_is_explicit: bool) -> bytes:
    """A sidecar of an episode whose recording is still to come: a draft, until `admit_recording`."""
    said: dict[str, Any] = {
        "title": item.title or _stand_in_title(item),
        "published": item.published_at,
        "season": item.season,
        "episode": item.episode,
        "type": str(item.type) if item.type not in (None, EpisodeType.FULL) else None,
        "explicit": item.explicit if item.explicit not in (None, show_is_explicit) else None,
        "guid": guid,
        "link": item.link,
        "summary": item.summary,
        **item.fields,
    }
    lines = [FieldLine(field=name, value=value) for name, value in said.items() if value is not None]
    if item.published_at is None:
        lines.append(FieldLine(field="published", value=datetime(2018, 1, 5).date(), is_suggested=True))  # noqa: DTZ001
    lines.append(FieldLine(field="draft", value=True, remark=_AWAITED))
    return render_toml(lines)


def _stand_in_title(item: ImportedItem) -> str:
    return f"Episode of {item.published_at:%Y-%m-%d}" if item.published_at else f"Episode {item.number}"


def render_imported_notes(item: ImportedItem) -> bytes | None:
    """The notes as a page of which nothing is cut; None if there are none."""
    return f"{WHOLE_MARK}\n{item.notes}\n".encode("utf-8", "replace") if item.notes else None


# Fields whose addresses are kept as they are: nothing of ours takes the place of such files.
_MEDIA_FIELDS = {
    "trailers": "trailer",
    "alternate_enclosures": "alternate enclosure",
    "images": "picture (podcast:image)",
}


def addresses_of_media(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What each file is that these fields name by its address, and that address."""
    for name, what in _MEDIA_FIELDS.items():
        yield from ((what, url) for url in _addresses_in(fields.get(name)) if host_of(url))


def _addresses_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (inner for key in ("url", "sources") for inner in _addresses_in(value.get(key)))
    elif isinstance(value, list | tuple):
        yield from (inner for entry in value for inner in _addresses_in(entry))


def host_of(url: str) -> str | None:
    """The host of a web address, in lower case; None of anything else."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


def admit_recording(path: Path) -> None:
    """Take the mark of a draft out of a sidecar, if `import` wrote it there and nobody has changed it.

    Raises:
        WriteError: the disk refused.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        if f"# {_AWAITED}" in text:
            replace_whole(path, edit_toml(text, {"draft": None}).encode("utf-8"))
    except OSError as error:
        raise WriteError(path, f"cannot be written ({error.strerror}); run the command again") from error
    except (UnicodeDecodeError, DocumentError):
        return  # a person's work by now


def replace_whole(path: Path, content: bytes) -> None:
    """A file's new content, or its old one: never half of either."""
    temporary = path.with_name(f".{path.name}.podcast_tool-tmp")
    temporary.write_bytes(content)
    temporary.replace(path)


# -- the files that were fetched --------------------------------------------------------------------------------------


class UnfitError(ValueError):
    """What came is not what it should be; the message goes behind its address."""


_PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
_TIMED_TYPES = {"text/vtt": ".vtt", "application/srt": ".srt", "application/x-subrip": ".srt", "text/srt": ".srt"}
_RECORDINGS = {b"ID3": ".mp3", b"OggS": ".ogg", b"fLaC": ".flac"}


def recording_ending(got: Downloaded, url: str) -> str:
    """The true ending of a recording, by its first bytes.

    Raises:
        UnfitError: it is none.
    """
    head = got.opening
    if got.is_web_page:
        raise UnfitError("is a web page, not a recording; ask its host for the file itself")
    if head[4:8] == b"ftyp":
        named = PurePosixPath(_path_of(url)).suffix.lower()
        return named if named in (".m4a", ".m4b", ".mp4") else ".m4a"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return ".wav"
    if head.startswith(b"FORM"):
        return ".aiff"
    for magic, ending in _RECORDINGS.items():
        if head.startswith(magic):
            return ".opus" if b"OpusHead" in head[:200] else ending
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return ".aac" if head[1] & 0xF6 == 0xF0 else ".mp3"
    try:
        with got.path.open("rb") as file:
            container = measure_sound(file).container
    except AudioError as error:
        raise UnfitError(str(error)) from error
    return f".{container.lower()}" if container.lower() in ("mp3", "wav", "flac", "ogg") else ".mp3"


def picture_ending(got: Downloaded) -> str:
    """Raises UnfitError for what is neither JPEG nor PNG."""
    for magic, ending in _PICTURES.items():
        if got.opening.startswith(magic):
            return ending
    raise UnfitError("is no JPEG or PNG; save it as one, beside the recording")


def transcript_name(stem: str, part: ImportedPart, got: Downloaded, show_language: str) -> str:
    """Under which a transcript is found again, with its language if that is not the show's.

    Raises:
        UnfitError: it is no transcript.
    """
    ending = _transcript_ending(part, got)
    language = part.language or ""
    same = not language or language.lower() == show_language.lower()
    wanted = f"{stem}.{language}{ending}" if ending.count(".") == 1 else f"{stem}.transcript.{language}.{ending[12:]}"
    if not same and split_transcript_name(wanted) not in (None, (stem, None)):
        return wanted
    return f"{stem}{ending}"


def _transcript_ending(part: ImportedPart, got: Downloaded) -> str:
    opening = got.opening.lstrip(b"\xef\xbb\xbf \t\r\n")
    media_type = part.media_type or ""
    if got.is_web_page and media_type != "text/html":
        raise UnfitError("is a web page, not a transcript; ask its host for the file itself")
    if opening.startswith(b"WEBVTT"):
        return ".vtt"
    if opening.startswith(b"{"):
        return ".transcript.json"
    named = PurePosixPath(_path_of(part.url)).suffix.lower()
    if media_type in _TIMED_TYPES or (not media_type and named in (".vtt", ".srt")):
        return _TIMED_TYPES.get(media_type, named)
    is_html = media_type == "text/html" or (not media_type and named in (".html", ".htm"))
    return ".transcript.html" if is_html else ".transcript.txt"


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def move_into(source: Path, target: Path, *, keeps_source: bool) -> None:
    """Put a fetched file under its name, unless a file has that already.

    Args:
        keeps_source: another episode wants it, too.

    Raises:
        WriteError: the disk refused.
    """
    try:
        if os.path.lexists(target):
            return
        if not keeps_source:
            source.rename(target)
            return
        temporary = target.with_name(f".{target.name}.podcast_tool-tmp")
        shutil.copyfile(source, temporary)
        temporary.rename(target)
    except OSError as error:
        raise WriteError(target, f"cannot be written ({error.strerror}); run the command again, it goes on") from error


# -- chapters ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ChaptersDocument:
    """Chapters in Podcasting 2.0 JSON whose pictures are still at their addresses."""

    document: Mapping[str, Any]

    @property
    def image_urls(self) -> tuple[str, ...]:
        """Each once."""
        urls = (chapter.get("img") for chapter in self._chapters())
        found = dict.fromkeys(url for url in urls if isinstance(url, str) and url.startswith(("http://", "https://")))
        return tuple(found)[:_MAX_CHAPTER_IMAGES]

    def _chapters(self) -> Iterator[dict[str, Any]]:
        yield from (chapter for chapter in self.document["chapters"] if isinstance(chapter, dict))

    def render(self, names: Mapping[str, str]) -> bytes:
        """As a file; each picture by the name that *names* gives its address, without those that it does not know."""
        chapters = []
        for chapter in self._chapters():
            changed = {key: value for key, value in chapter.items() if key != "img"}
            if name := names.get(str(chapter.get("img"))):
                changed["img"] = name
            chapters.append(changed)
        return (json.dumps({**self.document, "chapters": chapters}, indent=1, ensure_ascii=False) + "\n").encode(
            "utf-8", "replace"
        )


def read_chapters_document(got: Downloaded) -> ChaptersDocument:
    """Raises UnfitError."""
    with got.path.open("rb") as file:
        raw = file.read(MAX_CHAPTERS_BYTES + 1)
    with suppress(ValueError, RecursionError):
        document = json.loads(raw) if len(raw) <= MAX_CHAPTERS_BYTES else None
        if isinstance(document, dict) and isinstance(document.get("chapters"), list):
            return ChaptersDocument(document=document)
    raise UnfitError("is no Podcasting 2.0 chapters file (JSON); ask its host for it, or write the chapters anew")


def chapters_of_item(chapters: Sequence[Mapping[str, object]]) -> ChaptersDocument:
    """Those that stand in the feed itself."""
    return ChaptersDocument(document={"version": "1.2.0", "chapters": list(chapters)})


def spoken_size(size_bytes: int) -> str:
    """For people."""
    return f"{size_bytes / 1_000_000:.1f} MB" if size_bytes >= 100_000 else clean_line(f"{size_bytes:,} bytes")
