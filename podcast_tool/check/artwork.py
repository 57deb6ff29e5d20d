"""What directories ask of a cover and of episode artwork."""

from __future__ import annotations

from collections.abc import Iterator

from podcast_tool.model import Image, Level, Problem

MIN_SIDE_PX, MAX_SIDE_PX = 1400, 3000


def check_image(image: Image) -> Iterator[Problem]:
    """AP-COVER-SIZE and AP-COVER-FORMAT: with an error, Apple refuses the picture."""

    def fault(rule: str, message: str) -> Problem:
        return Problem(rule=rule, level=Level.ERROR, where=image.path, message=message)

    width, height = image.width_px, image.height_px
    if width != height or not MIN_SIDE_PX <= width <= MAX_SIDE_PX:
        yield fault(
            "AP-COVER-SIZE",
            f"is {width} x {height} pixels; make it square, from {MIN_SIDE_PX} to {MAX_SIDE_PX} pixels a side",
        )
    if image.format not in ("JPEG", "PNG"):
        yield fault("AP-COVER-FORMAT", f"is {image.format}; save it as JPEG or PNG")
    elif image.mode != "RGB":
        yield fault("AP-COVER-FORMAT", f"has the colour mode {image.mode}; save it as RGB without transparency")
