"""Pictures drawn of words alone, for a show that has none yet."""

from __future__ import annotations

import colorsys
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

_INK = (255, 255, 255)
# So dark that white words have a contrast of at least 4.5 on each hue (WCAG 2.2, 1.4.3).
_LIGHTNESS, _SATURATION = 0.28, 0.55

# Parts of the picture's side. Below the least, words cannot be read on a phone, where it is as wide as a thumb.
_MARGIN = 0.1
_LARGEST, _LEAST, _STEP = 0.42, 0.085, 0.92
_LINE_HEIGHT = 1.25
_MAX_WORDS_CHARACTERS = 100
_MAX_INITIALS = 3

_Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class _Lines:
    texts: Sequence[str]
    font: _Font


def draw_words(words: str, side_px: int) -> bytes:
    """A square JPEG (RGB) with *words* on a plain ground, the colour their own; the same words give the same bytes.

    The font at hand knows ASCII and little more: of other words their initials are drawn, without accents, and where
    it has none of these either, rings.
    """
    image = Pictures.new("RGB", (side_px, side_px), _ground(words))
    draw = ImageDraw.Draw(image)
    fitting = _fit_words(words.split(), side_px) or _fit_words([_initials(words)], side_px)
    if fitting:
        _write(draw, fitting, side_px)
    else:
        _draw_rings(draw, side_px)
    out = BytesIO()
    image.save(out, "JPEG", quality=92, optimize=True)
    return out.getvalue()


def _ground(words: str) -> tuple[int, int, int]:
    hue = int.from_bytes(hashlib.sha256(words.encode("utf-8", "surrogateescape")).digest()[:2], "big") / 65536
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, _LIGHTNESS, _SATURATION))
    return red, green, blue


def _initials(words: str) -> str:
    """Of the first words that begin with a letter or digit of ASCII, accents taken off."""
    bare = (unicodedata.normalize("NFKD", word)[:1] for word in words.split()[:50])
    return "".join(letter.upper() for letter in bare if letter.isascii() and letter.isalnum())[:_MAX_INITIALS]


def _fit_words(words: Sequence[str], side_px: int) -> _Lines | None:
    """The words in lines, as large as they can be; None if they cannot be drawn so that one can read them."""
    text = " ".join(words)
    if not text or len(text) > _MAX_WORDS_CHARACTERS or not _is_drawable(text):
        return None
    room, size = side_px * (1 - 2 * _MARGIN), side_px * _LARGEST
    while size >= side_px * _LEAST:
        font = _font(size)
        lines = _wrap(words, font, room) if font else None
        if font and lines and len(lines) * size * _LINE_HEIGHT <= room:
            return _Lines(lines, font)
        size *= _STEP
    return None


def _is_drawable(text: str) -> bool:
    font = _font(32)
    if font is None:
        return False
    missing = bytes(font.getmask("\uffff"))  # what stands for every sign that the font does not have
    return all(sign == " " or bytes(font.getmask(sign)) != missing for sign in set(text))


def _font(size_px: float) -> _Font | None:
    """The one inside Pillow; a Pillow that was built without FreeType has none that can be scaled."""
    try:
        font = ImageFont.load_default(max(1, size_px))
    except ImportError:
        return None
    return font if isinstance(font, ImageFont.FreeTypeFont) else None


def _wrap(words: Sequence[str], font: _Font, room_px: float) -> list[str] | None:
    """Each line as full as it gets; None if a word is too wide."""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if font.getlength(longer) <= room_px:
            lines[-1:] = [longer]
        elif font.getlength(word) <= room_px:
            lines.append(word)
        else:
            return None
    return lines


def _write(draw: ImageDraw.ImageDraw, lines: _Lines, side_px: int) -> None:
    height = lines.font.size * _LINE_HEIGHT
    top = (side_px - (len(lines.texts) - 1) * height) / 2
    for number, text in enumerate(lines.texts):
        draw.text((side_px / 2, top + number * height), text, fill=_INK, font=lines.font, anchor="mm")


def _draw_rings(draw: ImageDraw.ImageDraw, side_px: int) -> None:
    centre = side_px / 2
    for part in (0.08, 0.2, 0.32):
        radius = side_px * part
        box = (centre - radius, centre - radius, centre + radius, centre + radius)
        draw.ellipse(box, outline=_INK, width=max(1, side_px // 40))
