"""The stylesheet of the feed: opened in a browser, the feed is a page; apps get the very same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from podcast_tool.text import clean_line
from podcast_tool.vocabulary.feed_names import FEED_STYLESHEET

# What the page says besides the feed's own texts, by the variables of static/feed.css that hold it.
FEED_WORDS: Mapping[str, str] = {
    "about": "This is the feed of a podcast, which apps read to tell you of new episodes.",
    "subscribe": "To subscribe, copy the address of this page into your podcast app.",
    "website": "Website:",
    "season": "Season",
    "episode": "Episode",
}


def render_feed_css(
    words: Mapping[str, str] = FEED_WORDS, *, picture_path: str | None = None, theme: bytes = b""
) -> bytes:
    """The bytes of feed.css.

    Args:
        words: those of `FEED_WORDS` in the show's language; one that is missing is said in English.
        picture_path: of the cover, below feed/.
        theme: a stylesheet that sets variables of ours; the pages' own has the same ones.
    """
    spoken = {name: _quote(words.get(name, english)) for name, english in FEED_WORDS.items()}
    picture = {"picture": f"url({_quote(picture_path)})", "picture-size": "9rem"} if picture_path else {}
    rules = "".join(f"  --{name}: {value};\n" for name, value in {**spoken, **picture}.items())
    return f"{_stylesheet()}\n:root {{\n{rules}}}\n".encode() + theme


@cache
def _stylesheet() -> str:
    return files("podcast_tool.render").joinpath("static", "feed.css").read_text(encoding="utf-8")


def _quote(text: str) -> str:
    """A CSS string (CSS Syntax Level 3, section 4.3.5); whatever could end it is escaped."""
    return '"' + "".join(_escape(letter) for letter in clean_line(text)) + '"'


def _escape(letter: str) -> str:
    is_plain = letter.isalnum() or letter in " .,:;!?-_/'()&+%" or letter > "\xa0"
    return letter if is_plain else f"\\{ord(letter):x} "


def feed_stylesheet_instruction(feed_path: str) -> bytes:
    """The line behind the feed's XML declaration that names the stylesheet (xml-stylesheet, W3C, second edition).

    Args:
        feed_path: the feed's own, below `site_url`: the address is relative, so that it holds wherever feed/ is served.
    """
    way_up = "../" * feed_path.count("/")
    return f'<?xml-stylesheet type="text/css" href="{way_up}{FEED_STYLESHEET}"?>\n'.encode()
