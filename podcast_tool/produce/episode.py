"""An episode with all the media that are made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from podcast_tool.audio.label import Label
from podcast_tool.model import (
    ArtworkFit,
    Description,
    Episode,
    Figure,
    Identity,
    Image,
    Level,
    Problem,
    PublishedFile,
    Show,
)
from podcast_tool.picture.bare import PictureError
from podcast_tool.produce.artwork import (
    make_tag_picture,
    produce_chapter_picture,
    produce_note_picture,
    produce_picture,
    produce_thumbnail,
)
from podcast_tool.produce.audio import Order, produce_audio, remote_audio, standing_audio
from podcast_tool.produce.transcripts import choose_transcripts
from podcast_tool.produce.workshop import Workshop

_Made = TypeVar("_Made")

# Below the show folder, where pictures are found that were published.
FEED_FOLDER = "feed/"


@dataclass(frozen=True, kw_only=True)
class Request:
    """An episode that goes out, and what is asked for it."""

    description: Description
    identity: Identity
    show: Show
    summarise: Callable[[], str | None]
    """For the tags of its recording, when they are written."""
    artwork_fit: ArtworkFit | None
    """How its picture has to be mended; None if it is as directories want it."""
    retag: bool
    """Make its published audio anew."""


def produce_episode(request: Request, workshop: Workshop) -> tuple[Episode, tuple[Problem, ...]]:
    """Make what is not made yet.

    Returns:
        The episode, complete, and what had to be left out of it.

    Raises:
        AudioError: its sound cannot be made.
    """
    description, identity = request.description, request.identity
    if not (description.title and description.published_at and identity.guid):
        raise AssertionError(f"{description.key} goes out but is not complete")
    audio = _sound(request, workshop)
    pictures = _Pictures(workshop)
    slug, artwork = identity.slug, description.artwork
    chapter_images = {chapter.image.sha256: chapter.image for chapter in description.chapters if chapter.image}
    made = {
        sha256: pictures.make(
            image, lambda image: _published(image) or produce_chapter_picture(image, f"{slug}/chapter", workshop)
        )
        for sha256, image in chapter_images.items()
    }
    figures = [block for block in description.notes.blocks if isinstance(block, Figure)] if description.notes else []
    shown = {
        sha256: pictures.make(image, lambda image: produce_note_picture(image, f"{slug}/note", workshop))
        for sha256, image in {figure.image.sha256: figure.image for figure in figures}.items()
    }
    outputs = choose_transcripts(description.transcripts, slug, request.show.language)
    fit = request.artwork_fit
    episode = Episode(
        guid=identity.guid,
        slug=slug,
        title=description.title,
        published_at=description.published_at,
        season=description.season,
        episode=description.episode,
        type=description.type,
        summary=description.summary,
        explicit=description.explicit,
        link=description.link,
        notes=description.notes,
        carries_full_notes=identity.carries_full_notes,
        carries_short_notes=identity.carries_short_notes,
        sound_sha256=_sound_sha256(request),
        audio=audio,
        artwork=pictures.make(
            artwork, lambda image: _published(image) or produce_picture(image, f"{slug}/art", fit, workshop)
        ),
        thumbnail=pictures.make(artwork, lambda image: produce_thumbnail(image, f"{slug}/art", workshop)),
        chapters=description.chapters,
        chapter_images={sha256: file for sha256, file in made.items() if file},
        note_images={sha256: picture for sha256, picture in shown.items() if picture},
        transcripts=tuple(output.published for output in outputs),
        tags=description.tags,
    )
    return episode, (*dict.fromkeys(pictures.problems), *_refused(request))


def _published(image: Image) -> PublishedFile | None:
    """A picture that stands for one in a recording that has left: it is published, and keeps its address."""
    if not image.path.startswith(FEED_FOLDER):
        return None
    return PublishedFile(
        path=image.path.removeprefix(FEED_FOLDER),
        media_type=f"image/{image.format.lower()}",
        size_bytes=image.size_bytes,
        sha256=image.sha256,
        parts=(),
    )


def _sound(request: Request, workshop: Workshop) -> PublishedFile:
    """Its recording, as it lies here, as it lives elsewhere, or as it was published before it left."""
    description, record = request.description, request.identity.record
    if description.remote:
        return remote_audio(description.remote)
    if description.recording is None and record:
        return standing_audio(record, workshop)
    return produce_audio(_order(request, workshop), workshop)


def _sound_sha256(request: Request) -> str:
    description, record = request.description, request.identity.record
    if description.recording:
        return description.recording.sound_sha256
    return record.sound_sha256 if record else ""


def _refused(request: Request) -> Iterator[Problem]:
    """What cannot be done because the recording is not here."""
    description = request.description
    if request.retag and description.recording is None:
        message = "has no recording here from which its audio could be made anew; put it beside, or leave out --retag"
        yield Problem(rule="FILE-AUDIO", level=Level.WARNING, where=description.where, message=message)


def _order(request: Request, workshop: Workshop) -> Order:
    description, identity = request.description, request.identity
    if not description.recording:
        raise AssertionError(f"{description.key} has no recording")
    return Order(
        slug=identity.slug,
        recording=description.recording,
        record=identity.record,
        label=(lambda: _label(request, workshop)) if description.write_tags else None,
        picture_of=lambda image: make_tag_picture(image, workshop),
        normalise=description.normalise,
        retag=request.retag,
        is_adopted=identity.is_adopted,
    )


def _label(request: Request, workshop: Workshop) -> Label:
    description, identity, show = request.description, request.identity, request.show
    if not (description.title and description.published_at and identity.guid):
        raise AssertionError(f"{description.key} goes out but is not complete")
    return Label(
        title=description.title,
        show_title=show.title,
        author=show.author,
        published_at=description.published_at,
        season=description.season,
        episode=description.episode,
        summary=request.summarise(),
        copyright=show.copyright,
        guid=identity.guid,
        feed_url=show.feed_url,
        page_url=f"{show.site_url}{identity.slug}/",
        picture=make_tag_picture(description.artwork or show.cover, workshop),
        chapters=description.chapters,
    )


@dataclass
class _Pictures:
    """Makes pictures; one that cannot be made is left out and told."""

    workshop: Workshop
    problems: list[Problem] = field(default_factory=list)

    def make(self, image: Image | None, produce: Callable[[Image], _Made]) -> _Made | None:
        if image is None:
            return None
        try:
            return produce(image)
        except PictureError as error:
            message = f"{error} (the episode goes out without it)"
            self.problems.append(Problem(rule="FILE-IMAGE", level=Level.ERROR, where=image.path, message=message))
            return None
