"""The tags that a published recording carries: its title, show, number, picture and chapters, and nothing else.

The sound is never touched: an MP3's tag is put before it, an M4A's index is written anew around it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mutagen import MutagenError, id3
from mutagen.mp4 import MP4, MP4Cover, MP4Tags

from podcast_tool.audio.chapters import chapter_frames, render_id3
from podcast_tool.audio.mp4_remarks import blank_remarks
from podcast_tool.audio.sound import AudioError
from podcast_tool.errors import WriteError
from podcast_tool.model import Chapter, Image

_UTF8 = id3.Encoding.UTF8
_PODCAST = 21  # stik, as iTunes numbers kinds of media

PictureOf = Callable[[Image], bytes | None]


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a published recording says of itself."""

    title: str
    show_title: str
    author: str | None
    published_at: datetime
    season: int | None
    episode: int | None
    summary: str | None
    copyright: str | None
    guid: str
    feed_url: str
    page_url: str
    picture: bytes | None
    """A JPEG."""
    chapters: tuple[Chapter, ...] = ()


def render_mp3_label(label: Label, duration_milliseconds: int, picture_of: PictureOf) -> bytes:
    """An ID3v2.4 tag, to be put before the sound.

    Args:
        picture_of: the JPEG of a chapter's picture; None if it has none that can be read.
    """
    published = label.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    texts: list[tuple[type[id3.TextFrame], str | None]] = [
        (id3.TIT2, label.title),
        (id3.TPE1, label.author),
        (id3.TALB, label.show_title),
        (id3.TRCK, str(label.episode) if label.episode else None),
        (id3.TPOS, str(label.season) if label.season else None),
        (id3.TCON, "Podcast"),
        (id3.TDRC, published),
        (id3.TDRL, published),
        (id3.TCOP, label.copyright),
        (id3.TDES, label.summary),
        (id3.TGID, label.guid),
    ]
    frames: list[id3.Frame] = [kind(encoding=_UTF8, text=[text]) for kind, text in texts if text]
    frames += [id3.PCST(value=1), id3.WFED(url=label.feed_url), id3.WOAF(url=label.page_url)]
    if label.summary:
        frames.append(id3.COMM(encoding=_UTF8, lang="und", desc="", text=[label.summary]))
    frames += chapter_frames(label.chapters, duration_milliseconds, picture_of)
    if label.picture:
        frames.append(id3.APIC(encoding=_UTF8, mime="image/jpeg", type=3, desc="", data=label.picture))
    return render_id3(frames)


# How many samples an encoder put before and behind the sound; players without an edit list know it from here.
_GAPLESS = "----:com.apple.iTunes:iTunSMPB"


def label_mp4(path: Path, label: Label, *, master: Path | None, keeps_chapters: bool) -> None:
    """Replace all that the M4A file *path* says of itself.

    Args:
        master: the M4A file that it was made of.
        keeps_chapters: its chapters stay as they are; else it has none any more.

    Raises:
        AudioError: nothing can be written into such a file.
        WriteError: the disk refused.
        OSError: *master* cannot be read; its file is named.
    """
    with _blaming_the_recording():
        said = _read_tags(master) if master else None
        gapless = said.get(_GAPLESS) if said else None
        try:
            MP4(path).delete()
            blank_remarks(path, keeps_chapters=keeps_chapters)
            tags = _mp4_tags(label)
            if gapless:
                tags[_GAPLESS] = gapless
            tags.save(path, padding=lambda _: 0)
        except (MutagenError, OSError, ValueError) as error:
            if (refused := _refusal_of_disk(error)) is None:
                raise
            message = f"cannot be written ({refused.strerror}); mend that and try again"
            raise WriteError(path, message) from error


@contextmanager
def _blaming_the_recording() -> Iterator[None]:
    try:
        yield
    except (MutagenError, ValueError, LookupError, OverflowError, struct.error) as error:
        raise AudioError(
            "takes no tags; export the recording again, or write write_tags = false into its sidecar"
        ) from error


def _read_tags(master: Path) -> MP4Tags | None:
    try:
        return MP4(master).tags
    except MutagenError as error:
        if refused := _refusal_of_disk(error):
            raise OSError(refused.errno, refused.strerror, str(master)) from error
        raise


def _refusal_of_disk(error: BaseException) -> OSError | None:
    """The fault of a disk that mutagen tells as one of the file."""
    fault: BaseException | None = error
    while fault and not isinstance(fault, OSError):
        fault = fault.__cause__ or fault.__context__
    return fault if isinstance(fault, OSError) else None


def _mp4_tags(label: Label) -> MP4Tags:
    tags = MP4Tags()
    texts = {
        "\xa9nam": label.title,
        "\xa9ART": label.author,
        "\xa9alb": label.show_title,
        "\xa9gen": "Podcast",
        "\xa9day": label.published_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "cprt": label.copyright,
        "desc": label.summary[:255] if label.summary else None,
        "ldes": label.summary,
        "\xa9cmt": label.summary,
        "purl": label.feed_url,
        "egid": label.guid,
    }
    for name, text in texts.items():
        if text:
            tags[name] = [text]
    tags["pcst"] = True
    tags["stik"] = [_PODCAST]
    if label.episode:
        tags["trkn"] = [(label.episode, 0)]
    if label.season:
        tags["disk"] = [(label.season, 0)]
    if label.picture:
        tags["covr"] = [MP4Cover(label.picture, imageformat=MP4Cover.FORMAT_JPEG)]
    return tags
