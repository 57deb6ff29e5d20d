"""What listeners would miss, or never see, of an episode that is going out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podcast_tool.model import (
    Description,
    EpisodeType,
    Figure,
    Identity,
    Item,
    Level,
    Problem,
    PublishedFile,
    RemoteRecording,
    State,
)
from podcast_tool.vocabulary.limits import LOUDNESS_TOLERANCE_LU, MAX_ID3_CHAPTERS, TARGET_LUFS

_MAX_NAMED = 5


def check_episode(description: Description, identity: Identity, items: Sequence[Item]) -> Iterator[Problem]:
    """Warnings about one episode, before it goes out.

    Args:
        items: the present feed's.
    """
    where = description.where
    is_first = identity.state is State.READY and identity.record is None
    newest = max((item.published_at for item in items), default=None) if is_first else None
    if newest and description.published_at and description.published_at < newest:
        yield Problem(
            rule="RSS-IT-DATE-SANE",
            level=Level.WARNING,
            where=where,
            message=f"is dated {description.published_at:%Y-%m-%d %H:%M} UTC, before the newest published episode, so "
            "apps will not announce it; date it now if listeners should be told",
        )
    if not description.has_article:
        yield Problem(
            rule="AP-IT-REC",
            level=Level.WARNING,
            where=where,
            message="has no article, so its show notes are only its summary or title; put the article beside it",
        )
    if is_first and description.type is EpisodeType.FULL and not description.transcripts:
        message = f"has no transcript; put {description.stem}.vtt beside it"
        yield Problem(rule="PSP-IT-REC", level=Level.WARNING, where=where, message=message)
    yield from _check_chapters(description)
    yield from _check_soundbites(description, identity)
    if description.remote:
        yield from _check_remote(description.remote, description.where)
    yield from _check_figures(description)


def _check_figures(description: Description) -> Iterator[Problem]:
    """PAGE-ALT, once for each article."""
    blocks = description.notes.blocks if description.notes else ()
    figures = [block for block in blocks if isinstance(block, Figure)]
    mute = [(number, figure.image) for number, figure in enumerate(figures, 1) if figure.alt is None]
    if description.notes and mute:
        names = [f"number {n}" if image.is_embedded else image.path.rpartition("/")[2] for n, image in mute]
        listed = ", ".join(names[:_MAX_NAMED]) + (", ..." if len(names) > _MAX_NAMED else "")
        pictures = "a picture that nobody" if len(mute) == 1 else f"{len(mute)} pictures that nobody"
        message = (
            f"shows {pictures} has described ({listed}); write what is to be seen into the alternative text, for "
            "those who cannot see it"
        )
        yield Problem(rule="PAGE-ALT", level=Level.WARNING, where=description.notes.path, message=message)


def _check_chapters(description: Description) -> Iterator[Problem]:
    count = sum(not chapter.is_hidden for chapter in description.chapters)
    is_mp3 = description.recording is not None and description.recording.extension == ".mp3"
    if is_mp3 and description.write_tags and count > MAX_ID3_CHAPTERS:
        message = (
            f"has {count} chapters, and the tags of an MP3 hold {MAX_ID3_CHAPTERS}: apps that read only those miss the "
            "rest; join some of them"
        )
        yield Problem(rule="AP-CHAPTERS", level=Level.WARNING, where=description.where, message=message)


def _check_remote(remote: RemoteRecording, where: str) -> Iterator[Problem]:
    """What apps lack of a recording that lives elsewhere; what its address is itself is told with the feed's items."""
    if remote.url[:5].lower() == "http:":
        message = "audio.url is not encrypted; use https://, which directories and apps ask for"
        yield Problem(rule="HTTP-TLS", level=Level.WARNING, where=where, message=message)
    if remote.duration_seconds is None:
        message = "audio does not say how long the recording is; add duration_seconds, which apps show"
        yield Problem(rule="AP-IT-DUR", level=Level.WARNING, where=where, message=message)


def _length_seconds(description: Description, identity: Identity) -> float:
    """Of the recording, wherever it is; infinite if nobody knows it."""
    last = identity.record.audio if identity.record else None
    sound = description.recording or description.remote or last
    return (sound.duration_seconds if sound else None) or float("inf")


def _check_soundbites(description: Description, identity: Identity) -> Iterator[Problem]:
    """P20-SOUNDBITE: inside the recording, and of a length that apps play."""
    length = _length_seconds(description, identity)
    for element in description.tags:
        if element.name == "podcast:soundbite":
            start, duration = (float(str(element.attribute(name))) for name in ("startTime", "duration"))
            if not 15 <= duration <= 120:
                message = f"the soundbite at {start:g} s lasts {duration:g} s; apps want 15 to 120"
                yield Problem(rule="P20-SOUNDBITE", level=Level.WARNING, where=description.where, message=message)
            if start + duration > length:
                message = f"the soundbite at {start:g} s ends behind the recording; mend its start or duration"
                yield Problem(rule="P20-SOUNDBITE", level=Level.WARNING, where=description.where, message=message)


def check_audio(audio: PublishedFile, description: Description, identity: Identity) -> Iterator[Problem]:
    """What listeners and apps notice of the sound that goes out."""
    where, loudness = description.where, audio.loudness_lufs
    # AP-AUDIO-LOUD: a lossy recording is told, not encoded again.
    if loudness is not None and not audio.is_normalised and abs(loudness - TARGET_LUFS) > LOUDNESS_TOLERANCE_LU:
        message = (
            f"is at {loudness:.1f} LUFS, and apps expect {TARGET_LUFS:g}; export the recording at that loudness, "
            "or lossless (WAV, FLAC), which is then normalised"
        )
        yield Problem(rule="AP-AUDIO-LOUD", level=Level.WARNING, where=where, message=message)
    last = identity.record.audio if identity.record else None
    if last and audio.is_made and audio.path != last.path and identity.state is State.PUBLISHED:
        message = f"has a new address, {audio.path} instead of {last.path}: apps may load it again"
        yield Problem(rule="SP-CACHE", level=Level.NOTE, where=where, message=message)
