"""Markdown (CommonMark) with front matter."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt

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
    return MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])


def parse_markdown(text: str) -> tuple[dict[str, object], list[Block]]:
    """The fields of the front matter (none if it cannot be parsed: then it is text), and the blocks below it."""
    fields: dict[str, object] = {}
    match = _FRONT_MATTER.match(text)
    if match:
        try:
            fields = parse_document(match["text"], ".toml" if match["fence"] == "+++" else ".yaml")
            text = text[match.end() :]
        except DocumentError:
            pass
    return fields, parse_fragment(_parser().render(_STAMPED_LINE.sub(r"\1  \n", text)))
