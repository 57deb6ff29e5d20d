"""The cover of a new show: the one that was given, the one that is there, or one that is made."""

from __future__ import annotations

from pathlib import Path

from podcast_tool.authoring.placing import Placement, copy_of, placement_of
from podcast_tool.errors import PodcastError
from podcast_tool.model import Image
from podcast_tool.picture.draw import draw_words
from podcast_tool.read.artwork import ImageError, read_image

COVER_SIDE_PX = 3000  # AP-COVER-SIZE, the most

_NAMES = ("cover.jpg", "cover.jpeg", "cover.png")
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png"}


def find_cover(episodes: Path) -> Path | None:
    """A cover that somebody has put into *episodes* already."""
    return next((episodes / name for name in _NAMES if (episodes / name).is_file()), None)


def look_at_cover(path: Path) -> Image:
    """The picture that is to be the cover.

    Raises:
        PodcastError: it is no picture.
    """
    try:
        return read_image(path.parent, path.name)
    except ImageError as error:
        raise PodcastError(path, str(error)) from error


def place_cover(path: Path, image: Image, *, is_there: bool) -> Placement:
    """Its copy in episodes/, with the ending that is true; the one that is there already keeps its name."""
    name = f"cover{_ENDINGS.get(image.format, path.suffix.lower())}"
    return copy_of(path.name if is_there else name, path, image.sha256)


def make_cover(title: str) -> Placement:
    """One with the show's title on it, which directories take; the same for the same title."""
    return placement_of(_NAMES[0], draw_words(title, COVER_SIDE_PX))
