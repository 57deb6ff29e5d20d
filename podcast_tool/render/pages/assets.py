"""What stands beside the pages: stylesheets, scripts, the code that a phone can read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from podcast_tool.model import Show, ShowPictures
from podcast_tool.render.feed_stylesheet import render_feed_css
from podcast_tool.render.pages.words import Words
from podcast_tool.render.qr import qr_svg
from podcast_tool.vocabulary.feed_names import FEED_STYLESHEET, PLAYER, QR, SEARCH, STYLE, THEME
from podcast_tool.vocabulary.theme import OUR_COLOURS, is_theme_value

_OURS = (STYLE, PLAYER, SEARCH)

# An accent that was chosen for a light page, made readable on a dark one: 35 % of any colour and 65 % of white have at
# least 4.5 to 1 to the dark background of static/style.css.
_LIGHTENED = "color-mix(in oklab, {} 35%, white)"


def static_files(show: Show, pictures: ShowPictures, words: Words) -> dict[str, bytes]:
    """Path below feed/ -> bytes; the theme only if there is one."""
    theme = render_theme(show.pages.theme)
    feed_style = render_feed_css(words.feed(), picture_path=pictures.thumbnail.path, theme=theme)
    made = {QR: qr_svg(show.feed_url), FEED_STYLESHEET: feed_style} | ({THEME: theme} if theme else {})
    return {path: _read(path) for path in _OURS} | made


def with_version(path: str, content: bytes) -> str:
    """The path as pages name it: another one for other bytes, so that no cache gives an old file to a new page."""
    return f"{path}?v={hashlib.sha256(content).hexdigest()[:8]}"


def render_theme(theme: Mapping[str, str]) -> bytes:
    """The variables that a show sets, as a stylesheet after ours; empty if it sets none.

    Colours hold for light pages; dark ones keep ours but for those with `-dark`, as half a palette is readable nowhere.
    """
    checked = {name: value for name, value in sorted(theme.items()) if is_theme_value(name, value)}
    light = {name: value for name, value in checked.items() if not name.endswith("-dark")}
    dark = {name.removesuffix("-dark"): value for name, value in checked.items() if name.endswith("-dark")}
    if "accent" in light:
        dark.setdefault("accent", _LIGHTENED.format(light["accent"]))
    return "".join(_rules(light, dark)).encode()


def _rules(light: Mapping[str, str], dark: Mapping[str, str]) -> Iterator[str]:
    colours = {name: value for name, value in light.items() if name in OUR_COLOURS}
    others = {name: value for name, value in light.items() if name not in OUR_COLOURS}
    if others:
        yield f":root{{{_spell(others)}}}\n"
    if colours:
        yield f"@media print,(prefers-color-scheme:light){{:root{{{_spell(colours)}}}}}\n"
    if dark:
        yield f"@media screen and (prefers-color-scheme:dark){{:root{{{_spell(dark)}}}}}\n"


def _spell(variables: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in variables.items())


@cache
def _read(path: str) -> bytes:
    return (files("podcast_tool.render") / path).read_bytes()
