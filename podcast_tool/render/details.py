"""Each field of an episode with the place it came from, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podcast_tool.model import Chapter, Description, Detail, Element, Identity, PublishedFile, Recording, Show
from podcast_tool.render.chapters import spell_chapter_start
from podcast_tool.vocabulary.tags import Scope, tags_of

_LEDGER = "feed/ledger.json"
_UNTOLD = "untold"


def list_details(
    description: Description, identity: Identity, audio: PublishedFile | None, show: Show
) -> tuple[Detail, ...]:
    """What the episode says and is, in the order in which a person would ask."""
    return (
        *_spoken_fields(description, identity),
        *_media_fields(description),
        *_recording_fields(description, audio),
        *_published_fields(description, audio, show),
        *_tag_fields(description),
        *(_sound_fields(description.recording) if description.recording else ()),
    )


def _spoken_fields(description: Description, identity: Identity) -> Iterator[Detail]:
    def said(field: str, value: object) -> Detail:
        return Detail(field=field, value=value, source=description.sources.get(field, _UNTOLD))

    yield said("title", description.title)
    yield said("published", description.published_at.isoformat() if description.published_at else None)
    for field in ("season", "episode", "type", "summary", "explicit", "link", "draft"):
        yield said(field, getattr(description, field))
    minted = "made of the show's guid and the slug" if identity.guid else _UNTOLD
    given = description.sources.get("guid", minted)
    yield Detail(field="guid", value=identity.guid, source=_LEDGER if identity.record else given)
    slug_source = _LEDGER if identity.record else f"file name {description.stem}"
    yield Detail(field="slug", value=identity.slug, source=slug_source)


def _media_fields(description: Description) -> Iterator[Detail]:
    sources, notes = description.sources, description.notes
    yield Detail(field="notes", value=notes.path if notes else None, source=sources.get("notes", _UNTOLD))
    artwork = description.artwork
    spoken = f"{artwork.width_px} x {artwork.height_px} {artwork.format}" if artwork else None
    yield Detail(field="artwork", value=spoken, source=sources.get("artwork_image", _UNTOLD))
    chapters = [_spell_chapter(chapter) for chapter in description.chapters]
    yield Detail(field="chapters", value=chapters, source=sources.get("chapters", _UNTOLD))
    for file in description.transcripts:
        spoken = f"{file.format}, {file.language}" if file.language else str(file.format)
        yield Detail(field="transcript", value=spoken, source=file.path)
    for field in ("normalise", "write_tags"):
        yield Detail(field=field, value=getattr(description, field), source=sources.get(field, _UNTOLD))


def _spell_chapter(chapter: Chapter) -> str:
    words = chapter.title or ("(hidden)" if chapter.is_hidden else "(no title)")
    return " ".join(filter(None, (spell_chapter_start(chapter.start_milliseconds), words, chapter.url)))


def _recording_fields(description: Description, audio: PublishedFile | None) -> Iterator[Detail]:
    """Where a recording is that is not here."""
    if remote := description.remote:
        source = description.sources.get("audio", _UNTOLD)
        yield Detail(field="recording", value=f"lives elsewhere: {remote.url}", source=source)
        duration = remote.duration_seconds
        yield Detail(field="duration_seconds", value=duration, source=source if duration else _UNTOLD)
    elif description.lack and audio:
        yield Detail(field="recording", value="archived; the published copy stands for it", source=_LEDGER)
        yield Detail(field="duration_seconds", value=audio.duration_seconds, source=_LEDGER)


def _published_fields(description: Description, audio: PublishedFile | None, show: Show) -> Iterator[Detail]:
    if audio and audio.is_made:
        source = _LEDGER if not audio.parts else "made at the next publish"
        if description.remote:
            source = description.sources.get("audio", _UNTOLD)
        yield Detail(field="enclosure_url", value=show.audio_url(audio.path), source=source)
        yield Detail(field="enclosure_bytes", value=audio.size_bytes, source=source)
        if audio.loudness_lufs is not None:
            yield Detail(field="loudness_lufs", value=audio.loudness_lufs, source=source)


def _tag_fields(description: Description) -> Iterator[Detail]:
    for tag in tags_of(Scope.EPISODE):
        elements = [_spell_element(element) for element in description.tags if element.name == tag.name]
        if elements:
            yield Detail(field=tag.field, value=elements, source=description.sources.get(tag.field, _UNTOLD))


def _spell_element(element: Element) -> Mapping[str, str]:
    text = {"text": element.text} if element.text else {}
    return text | {name: str(value) for name, value in element.attributes}


def _sound_fields(recording: Recording) -> Iterator[Detail]:
    """What the recording is, and what its tags say that no field takes."""
    counted = "its frames, counted one by one" if recording.is_counted else "its header"
    yield Detail(field="duration_seconds", value=round(recording.duration_seconds, 3), source=counted)
    measured: tuple[tuple[str, object], ...] = (
        ("format", recording.format),
        ("making", recording.making),
        ("bit_rate_bps", recording.bit_rate_bps),
        ("sample_rate_hz", recording.sample_rate_hz),
        ("channels", recording.channels),
        ("size_bytes", recording.size_bytes),
    )
    for field, value in measured:
        yield Detail(field=field, value=value, source=recording.path)
    for field, value in vars(recording.tags).items():
        if value not in (None, False):
            yield Detail(field=f"tag {field}", value=value, source=f"tags of {recording.path}")
