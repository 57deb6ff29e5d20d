"""What listeners would miss, or never see, of an episode that is going out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podcast_tool.model import Description, EpisodeType, Identity, Item, Level, Problem, PublishedFile, State
from podcast_tool.vocabulary.limits import LOUDNESS_TOLERANCE_LU, MAX_ID3_CHAPTERS, TARGET_LUFS


def check_episode(description: Description, identity: Identity, items: Sequence[Item]) -> Iterator[Problem]:
    """Warnings about one episode, before it goes out.

    Args:
        items: the present feed's.
    """
    where = description.where
    newest = max((item.published_at for item in items), default=None)
    is_first = identity.state is State.READY and identity.record is None
    if is_first and newest and description.published_at and description.published_at < newest:
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
    yield from _check_soundbites(description)


def _check_chapters(description: Description) -> Iterator[Problem]:
    count = sum(not chapter.is_hidden for chapter in description.chapters)
    is_mp3 = description.recording is not None and description.recording.extension == ".mp3"
    if is_mp3 and description.write_tags and count > MAX_ID3_CHAPTERS:
        message = (
            f"has {count} chapters, and the tags of an MP3 hold {MAX_ID3_CHAPTERS}: apps that read only those miss the "
            "rest; join some of them"
        )
        yield Problem(rule="AP-CHAPTERS", level=Level.WARNING, where=description.where, message=message)


def _check_soundbites(description: Description) -> Iterator[Problem]:
    """P20-SOUNDBITE: inside the recording, and of a length that apps play."""
    length = description.recording.duration_seconds if description.recording else float("inf")
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
