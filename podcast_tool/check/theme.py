"""Whether words can be read in the colours that a show chose for its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from PIL import ImageColor

from podcast_tool.model import Level, Problem, Show
from podcast_tool.vocabulary.theme import OUR_COLOURS

# WCAG 2.2, 1.4.3: of words to what is behind them.
MIN_CONTRAST = 4.5

_WORDS = ("text", "muted", "accent")
_BEHIND = ("background", "surface")


def check_theme(show: Show) -> Iterator[Problem]:
    """PAGE-CONTRAST of `theme`, for light pages and for dark ones; what it does not set is ours.

    Colours that can be seen through, and those in a spelling that Pillow does not know, are not looked at.
    """
    theme = show.pages.theme
    colours = {**OUR_COLOURS, **theme}
    if "accent" in theme and "accent-dark" not in theme:
        del colours["accent-dark"]  # the pages mix it from the light one
    for suffix, words, behind in product(("", "-dark"), _WORDS, _BEHIND):
        pair = (words + suffix, behind + suffix)
        if theme.keys() & set(pair) and colours.keys() >= set(pair):
            contrast = contrast_of(*(colours[name] for name in pair))
            if contrast is not None and contrast < MIN_CONTRAST:
                yield _problem(pair, contrast, theme)


def contrast_of(one: str, other: str) -> float | None:
    """Of two colours of CSS, from 1 to 21 (WCAG 2.2, "contrast ratio"); None if one of them is not to be told."""
    luminances = [_luminance(colour) for colour in (one, other)]
    known = sorted(luminance for luminance in luminances if luminance is not None)
    return (known[1] + 0.05) / (known[0] + 0.05) if len(known) == len(luminances) else None


def _problem(pair: tuple[str, str], contrast: float, theme: Mapping[str, str]) -> Problem:
    words, behind = pair
    chosen = next(name for name in pair if name in theme)
    message = (
        f"theme.{chosen} leaves {words} on {behind} a contrast of {contrast:.1f} to 1, which many cannot read; "
        f"choose colours with at least {MIN_CONTRAST} to 1"
    )
    return Problem(rule="PAGE-CONTRAST", level=Level.WARNING, where="episodes/show.toml", message=message)


def _luminance(colour: str) -> float | None:
    """WCAG 2.2, "relative luminance": 0 to 1."""
    try:
        red, green, blue, *opacity = ImageColor.getrgb(colour)
    except ValueError:
        return None
    if opacity and opacity != [255]:
        return None
    parts = [part / 255 for part in (red, green, blue)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
