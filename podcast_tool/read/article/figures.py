"""Where the pictures of an article stand: met on the way through its elements, settled once it is cut out.

Until then a picture is a paragraph without words, so that whatever looks for words passes over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from podcast_tool.model import Block, Figure, Image, Inline, Paragraph, Text
from podcast_tool.text import clean_line

# No page of a person shows more; what stands behind them is passed over.
MAX_MET = 1000
_MAX_ALT_CHARACTERS = 2000
_MAX_CLASS_CHARACTERS = 1000
_MAX_SRCSET_CHARACTERS, _MAX_SRCSET_ENTRIES = 20_000, 20

SOURCE_MARK = "data-source"

# Smaller than that, a picture of a page is a mark, a face beside a name, or counts its readers.
LEAST_SIDE_PX = 100

# Where pages put the address until a script moves it into `src`.
_LAZY = ("data-src", "data-lazy-src", "data-original")
_PIXELS = re.compile(r"\s*(\d{1,6})(?:px)?\s*")
_ORNAMENT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:avatar|gravatar|emoji|smiley|smilies|wp-smiley|spinner|icons?|tracking|pixel)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ORNAMENT_HOST = re.compile(r"(?:https?:)?//[^/]*\b(?:gravatar\.com|s\.w\.org)/", re.IGNORECASE)
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|tiff?|bmp)(?:[?#]|$)", re.IGNORECASE)
# What Word writes where nobody else did.
_MACHINE_MADE = re.compile(
    r"\s*(?:(?:Description|Beschreibung) automati(?:cally|sch) (?:generated|generiert)(?: [^.]{0,40})?"
    r"|AI-generated content may be incorrect\.?)\s*$"
)


@dataclass(frozen=True)
class Shown(Paragraph):
    """Where a picture stands, and what the article says of it."""

    sources: tuple[str, ...]
    """Its addresses as they were written, the best first."""
    alt: str | None
    title: str
    link: str | None
    figure: int
    """Which of the article's figures it stands in; 0: in none."""
    is_ornament: bool
    """By its names, or by the size in which its page shows it."""


@dataclass(frozen=True)
class Caption(Paragraph):
    """The words under a picture."""

    figure: int
    """0: of the picture above it, whichever that is."""


Look = Callable[[Shown], Image | None]
"""Gives what a picture is; None for one that cannot be shown, or is not worth it."""


def is_figure(element: Any) -> bool:
    """Whether an element holds a picture and its words together."""
    return element.tag == "figure" or (element.tag in ("div", "dl") and _has_class(element, "wp-caption"))


def is_source(img: Any) -> bool:
    """Whether this was the <source> of a <picture>: no picture, but a further address of one."""
    return img.get(SOURCE_MARK) is not None


def is_caption(element: Any) -> bool:
    """Whether an element holds the words of a picture."""
    return element.tag == "figcaption" or (element.tag in ("p", "dd") and _has_class(element, "wp-caption-text"))


def _has_class(element: Any, name: str) -> bool:
    return name in (element.get("class") or "").split()


def show_element(img: Any, link: str | None, figure: int) -> Shown:
    """What an <img> says.

    Args:
        link: where the link leads that it stands in.
    """
    return Shown(
        (),
        sources=_sources(img),
        alt=_alt(img),
        title=clean_line(img.get("title") or "")[:_MAX_ALT_CHARACTERS],
        link=link if link and not _PICTURE_FILE.search(link) else None,  # its own page, not itself larger
        figure=figure,
        is_ornament=_is_ornament(img),
    )


def _alt(img: Any) -> str | None:
    alt = img.get("alt")
    if alt is None:
        return "" if img.get("role") in ("presentation", "none") else None
    said = clean_line(alt)[:_MAX_ALT_CHARACTERS]
    # An empty one marks an ornament; one that only a machine wrote says nothing.
    return (_MACHINE_MADE.sub("", said) or None) if said else ""


def _is_ornament(img: Any) -> bool:
    for side in ("width", "height"):
        given = _PIXELS.fullmatch(img.get(side) or "")
        if given and int(given[1]) < LEAST_SIDE_PX:
            return True
    names = _ORNAMENT_NAMES.search((img.get("class") or "")[:_MAX_CLASS_CHARACTERS])
    return bool(names) or bool(_ORNAMENT_HOST.match(img.get("src") or ""))


def _sources(img: Any) -> tuple[str, ...]:
    """The largest first, then what stands in for it; those of a <picture> for other screens or colours not."""
    addresses = [*_largest_first(img.get("srcset")), img.get("src")]
    addresses += [img.get(name) for name in _LAZY]
    addresses += _largest_first(img.get("data-srcset"))
    holder = img.getparent()
    if holder is not None and holder.tag == "picture":
        for source in holder.iterchildren("img"):
            if is_source(source) and not source.get("media"):
                addresses += _largest_first(source.get("srcset"))
    given = (address.strip() for address in addresses if address)
    return tuple(address for address in dict.fromkeys(given) if address)


def _largest_first(srcset: str | None) -> list[str]:
    """Addresses of a `srcset` by the width or density that stands behind each."""
    if not srcset or len(srcset) > _MAX_SRCSET_CHARACTERS:
        return []
    sized: list[tuple[float, str]] = []
    for entry in re.split(r",\s", srcset)[:_MAX_SRCSET_ENTRIES]:
        words = entry.split()
        size = re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)[wx],?", words[1]) if len(words) > 1 else None
        if words and not words[0].startswith("data:"):
            sized.append((float(size[1]) if size else 1.0, words[0].rstrip(",")))
    sized.sort(key=lambda entry: entry[0], reverse=True)
    return [address for _, address in sized]


# -- settled ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Settled:
    block: Block
    figure: int = -1
    """-1: no part of any."""


def settle_figures(blocks: Sequence[Block], look: Look | None, *, titles_are_captions: bool = False) -> list[Block]:
    """Each picture that can be shown as a `Figure` with its caption; words of one that cannot as a paragraph.

    Args:
        titles_are_captions: what stands in quotes behind a picture of a Markdown article.
    """
    settled: list[_Settled] = []
    for block in blocks:
        last = settled[-1] if settled else None
        if isinstance(block, Shown):
            image = look(block) if look else None
            if image is None or (last and _shows(last.block, image)):  # again, for browsers without scripts
                continue
            caption: tuple[Inline, ...] = (Text(block.title),) if titles_are_captions and block.title else ()
            figure = Figure(image, block.alt, caption, block.link)
            if last and isinstance(last.block, Paragraph) and last.figure == block.figure > 0:
                figure = replace(figure, children=last.block.children)
                settled.pop()
            settled.append(_Settled(figure, block.figure))
        elif isinstance(block, Caption):
            is_under = last is not None and block.figure in (0, last.figure)
            if last and is_under and isinstance(last.block, Figure) and not last.block.children:
                settled[-1] = _Settled(replace(last.block, children=block.children), last.figure)
            else:
                settled.append(_Settled(Paragraph(block.children), block.figure))
        else:
            settled.append(_Settled(block))
    return [entry.block for entry in settled]


def _shows(block: Block, image: Image) -> bool:
    return isinstance(block, Figure) and block.image.sha256 == image.sha256
