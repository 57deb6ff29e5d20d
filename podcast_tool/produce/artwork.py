"""Cover and artwork to publish: cleaned of metadata, mended if asked for, and small for the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from podcast_tool.audio.read import read_embedded_picture
from podcast_tool.model import ArtworkFit, Extent, Image, NotePicture, PublishedFile
from podcast_tool.picture.bare import PictureError
from podcast_tool.picture.embedded import find_embedded
from podcast_tool.produce.pictures import (
    clean_picture,
    fix_picture,
    make_note_picture,
    make_thumbnail,
    measure_picture,
)
from podcast_tool.produce.workshop import Workshop, digest_parts, stretch

_TYPES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}

# Of articles that may hold pictures; all other files that do are recordings.
_ARTICLE_ENDINGS = (".docx", ".html", ".htm")

# On a page a picture is 12 rem wide, on screens of up to three dots a pixel; in tags, as large as players show it.
THUMBNAIL_SIDE_PX = 600

# As iOS shows a page on the home screen, the largest of the sizes that are asked for.
ICON_SIDE_PX = 180

# On a page the notes are 45 rem wide at the most, on most screens of up to two dots a pixel.
NOTE_WIDTH_PX = 1280

# Changes when what is made of the same picture changes, so that it gets a new name.
_RECIPE = "1"


def produce_picture(image: Image, name: str, fit: ArtworkFit | None, workshop: Workshop) -> PublishedFile:
    """A picture under *name* (a path below feed/ without its ending).

    Args:
        fit: how it is made what directories want; None if it is that already.

    Raises:
        PictureError: it is no picture any more.
    """
    if fit:
        return _made_once(image, f"{name}.", f"{fit}", lambda raw: fix_picture(raw, fit), workshop)
    media_type, extension = _TYPES[image.format]
    raw = load_picture(image, workshop.show_dir)
    clean = clean_picture(raw)
    is_file = clean == raw and not image.is_embedded
    sha256 = hashlib.sha256(clean).hexdigest()
    return PublishedFile(
        path=f"{name}.{sha256[:8]}{extension}",
        media_type=media_type,
        size_bytes=len(clean),
        sha256=sha256,
        parts=(workshop.source(image.path, 0, len(raw)) if is_file else workshop.keep(clean),),
    )


def produce_thumbnail(image: Image, name: str, workshop: Workshop) -> PublishedFile:
    """A small version of a picture, a JPEG.

    Raises:
        PictureError: it is no picture any more.
    """
    return _made_once(image, f"{name}.small.", "small", lambda raw: make_thumbnail(raw, THUMBNAIL_SIDE_PX), workshop)


def produce_icon(image: Image, name: str, workshop: Workshop) -> PublishedFile:
    """The picture for a browser's tab, a JPEG.

    Raises:
        PictureError: it is no picture any more.
    """
    return _made_once(image, f"{name}.icon.", "icon", lambda raw: make_thumbnail(raw, ICON_SIDE_PX), workshop)


def produce_chapter_picture(image: Image, name: str, workshop: Workshop) -> PublishedFile:
    """The picture of a chapter: of any shape, as long as browsers and apps know its format.

    Raises:
        PictureError: it is no picture any more.
    """
    if image.format in _TYPES:
        return produce_picture(image, name, None, workshop)
    side = max(image.width_px, image.height_px)
    return _made_once(image, f"{name}.", "chapter", lambda raw: make_thumbnail(raw, min(side, 1400)), workshop)


def produce_note_picture(image: Image, name: str, workshop: Workshop) -> NotePicture:
    """A picture of an article, for the episode's page: a JPEG, or a PNG where that is smaller and loses nothing.

    Raises:
        PictureError: it is no picture any more.
    """
    mark = _mark(image, "note")
    present = [f"{name}.{mark}{ending}" for _, ending in _TYPES.values()]
    path = next((path for path in present if workshop.present_size(path) is not None), None)
    parts: tuple[Extent, ...] = ()
    if path:
        content = workshop.place(path).read_bytes()
    else:
        content = make_note_picture(load_picture(image, workshop.show_dir), NOTE_WIDTH_PX)
        parts = (workshop.keep(content),)
    format_name, width_px, height_px = measure_picture(content)
    media_type, ending = _TYPES[format_name]
    file = PublishedFile(
        path=path or f"{name}.{mark}{ending}",
        media_type=media_type,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        parts=parts,
    )
    return NotePicture(file=file, width_px=width_px, height_px=height_px)


def make_tag_picture(image: Image, workshop: Workshop) -> bytes | None:
    """A picture for the tags of a recording; None if there is none that can be read."""
    try:
        return _small(image, workshop.show_dir)
    except PictureError:
        return None


@lru_cache(maxsize=4)  # the show's cover goes into the tags of every episode that has no picture of its own
def _small(image: Image, show_dir: Path) -> bytes:
    return make_thumbnail(load_picture(image, show_dir), THUMBNAIL_SIDE_PX)


def load_picture(image: Image, show_dir: Path) -> bytes:
    """The bytes of a picture as they were found.

    Raises:
        PictureError: it is not there any more.
    """
    place = show_dir / image.path
    if not image.is_embedded:
        return place.read_bytes()
    if place.suffix.lower() in _ARTICLE_ENDINGS:
        raw = find_embedded(place.read_bytes(), image.path, image.size_bytes, image.sha256)
    else:
        raw = read_embedded_picture(show_dir, image)
    if raw is None:
        raise PictureError("changed while it was read; publish again")
    return raw


def _mark(image: Image, recipe: str) -> str:
    """Named by what it is made of: programs that make pictures differ by a bit, and no address is to change by that."""
    return hashlib.sha256(f"{image.sha256} {recipe} {_RECIPE}".encode()).hexdigest()[:8]


def _made_once(
    image: Image, name: str, recipe: str, make: Callable[[bytes], bytes], workshop: Workshop
) -> PublishedFile:
    path = f"{name}{_mark(image, recipe)}.jpg"
    parts: tuple[Extent, ...] = ()
    if workshop.present_size(path) is None:
        parts = (workshop.keep(make(load_picture(image, workshop.show_dir))),)
        size_bytes, sha256 = digest_parts(parts)
    else:
        size_bytes, sha256 = digest_parts((stretch(workshop.place(path)),))
    return PublishedFile(path=path, media_type="image/jpeg", size_bytes=size_bytes, sha256=sha256, parts=parts)
