"""What directories ask of a cover and of episode artwork."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from podcast_tool.model import Image, Level, Problem

MIN_SIDE_PX, MAX_SIDE_PX = 1400, 3000

_FORMAT_OF_ENDING = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_ENDING_OF_FORMAT = {"JPEG": ".jpg", "PNG": ".png"}

_OTHER_CURE = "or write fix_artwork = true into show.toml"


def check_image(image: Image) -> Iterator[Problem]:
    """AP-COVER-SIZE and AP-COVER-FORMAT: with an error, Apple refuses the picture."""
    width, height = image.width_px, image.height_px
    if width != height or not MIN_SIDE_PX <= width <= MAX_SIDE_PX:
        cure = f"make it square, from {MIN_SIDE_PX} to {MAX_SIDE_PX} pixels a side"
        yield _fault(image, "AP-COVER-SIZE", f"is {width} x {height} pixels; {cure}")
    if image.format not in _ENDING_OF_FORMAT:
        yield _fault(image, "AP-COVER-FORMAT", f"is {image.format}; save it as JPEG or PNG")
    elif image.mode != "RGB":
        fault = f"has the colour mode {image.mode}; save it as RGB without transparency"
        yield _fault(image, "AP-COVER-FORMAT", fault)
    yield from _check_ending(image)


def _fault(image: Image, rule: str, message: str) -> Problem:
    subject = "the picture in its tags " if image.is_embedded else ""
    return Problem(rule=rule, level=Level.ERROR, where=image.path, message=f"{subject}{message}, {_OTHER_CURE}")


def _check_ending(image: Image) -> Iterator[Problem]:
    """AP-COVER-FORMAT: its ending tells the truth. No error, since it is published under a true one."""
    ending = PurePosixPath(image.path).suffix.lower()
    true_ending = _ENDING_OF_FORMAT.get(image.format)
    if image.is_embedded or true_ending is None or _FORMAT_OF_ENDING.get(ending) == image.format:
        return
    named = f"named {ending}" if ending else "without an ending"
    message = f"is a {image.format} {named}; it goes out as {true_ending}"
    yield Problem(rule="AP-COVER-FORMAT", level=Level.WARNING, where=image.path, message=message)
