"""QR codes: an address for a phone's camera (ISO/IEC 18004)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import segno

from podcast_tool.text import clean_line

QUIET_ZONE_MODULES = 4  # ISO/IEC 18004, section 5.3.8

# White on black, whatever the terminal's colours are; where colours are taken away, on a dark terminal all the same.
_PAPER, _PLAIN = "\x1b[97;40m", "\x1b[0m"
_HALVES = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


class QrError(ValueError):
    """A text is too long for a QR code; the message goes behind its name."""


def qr_svg(text: str) -> bytes:
    """A picture of *text* to stand in a page, black on white in dark pages, too; screen readers read the text.

    Raises:
        QrError: too long.
    """
    rows = _modules(text)
    side = len(rows) + 2 * QUIET_ZONE_MODULES
    path = "".join(
        f"M{column + QUIET_ZONE_MODULES} {row + QUIET_ZONE_MODULES}h{width}v1h-{width}z"
        for row, modules in enumerate(rows)
        for column, width in _dark_runs(modules)
    )
    said = clean_line(text)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label={quoteattr(said)} '
        f'shape-rendering="crispEdges"><title>{escape(said)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{path}"/></svg>\n'
    ).encode()


def qr_terminal(text: str) -> str:
    """Lines for a terminal, two rows of modules to a line, each between the escapes that make it white on black.

    Raises:
        QrError: too long.
    """
    rows = _modules(text)
    width = len(rows) + 2 * QUIET_ZONE_MODULES
    light, edge = [False] * width, [False] * QUIET_ZONE_MODULES
    quiet = [light] * QUIET_ZONE_MODULES
    grid = [*quiet, *([*edge, *modules, *edge] for modules in rows), *quiet]
    # A code has an odd number of rows: below its last one half a line is black, as most terminals are.
    grid += [[True] * width] * (len(grid) % 2)
    lines = (
        "".join(_HALVES[upper, lower] for upper, lower in zip(grid[index], grid[index + 1], strict=True))
        for index in range(0, len(grid), 2)
    )
    return "".join(f"{_PAPER}{line}{_PLAIN}\n" for line in lines)


def _modules(text: str) -> list[list[bool]]:
    """Whether each module is dark, row by row, without the quiet zone."""
    try:
        code = segno.make_qr(text, error="m", encoding="utf-8" if not text.isascii() else None)
    except (segno.DataOverflowError, ValueError) as error:
        raise QrError("is too long for a QR code; give a shorter address") from error
    return [[bool(module) for module in row] for row in code.matrix]


def _dark_runs(modules: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The column and the width of each run of dark modules."""
    column = 0
    for is_dark, run in groupby(modules):
        width = len(list(run))
        if is_dark:
            yield column, width
        column += width
