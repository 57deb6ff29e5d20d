"""Markdown (CommonMark) with front matter."""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from podcast_tool.model import Block
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.fields import DocumentError, parse_document

# Jekyll's, Hugo's and everybody's since: `---` holds YAML, `+++` TOML.
_FRONT_MATTER = re.compile(r"\A(?P<fence>---|\+\+\+)[ \t]*\n(?P<text>.*?)\n(?P=fence)[ \t]*(?:\n|\Z)", re.DOTALL)

# Lines that begin with a timestamp, which CommonMark would run together: two blanks at its end keep a line.
_STAMPED_LINE = re.compile(r"^([ \t]*[(\[]?\d{1,3}:\d\d\b[^\n]*?)[ \t]*\n(?=[ \t]*[(\[]?\d{1,3}:\d\d\b)", re.MULTILINE)

MAX_NESTING = 20


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _render_image)
    return parser


def _render_image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: MutableMapping[str, Any]
) -> str:
    """`![](owl.jpg)` says nothing of what it shows; an ornament is one that HTML says is (`alt=""`)."""
    return renderer.image(tokens, index, options, env).replace(' alt=""', "", 1)


def parse_markdown(text: str, *, with_pictures: bool = False) -> tuple[dict[str, object], list[Block]]:
    """The fields of the front matter (none if it cannot be parsed: then it is text), and the blocks below it.

    Args:
        with_pictures: as for `parse_page`.
    """
    fields: dict[str, object] = {}
    match = _FRONT_MATTER.match(text)
    if match:
        try:
            fields = parse_document(match["text"], ".toml" if match["fence"] == "+++" else ".yaml")
            text = text[match.end() :]
        except DocumentError:
            pass
    html = _parser().render(_STAMPED_LINE.sub(r"\1  \n", text))
    return fields, parse_fragment(html, with_pictures=with_pictures)
