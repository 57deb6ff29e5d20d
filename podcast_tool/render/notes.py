"""An article -> the show notes, as safe HTML made of SN-TAGS."""

from __future__ import annotations

from html import escape

from podcast_tool.model import Article, Link, Paragraph, Text

# PSP-IT-DESC, SN-LEN: bytes of UTF-8, tags included.
MAX_DESCRIPTION_BYTES = 4000


def render_notes(notes: Article) -> str:
    """The whole article (`content:encoded`)."""
    return "\n".join(_paragraph(block) for block in notes.blocks)


def render_description(notes: Article, page_url: str) -> str:
    """The article in at most `MAX_DESCRIPTION_BYTES`, cut at a paragraph; if cut, it ends in a link to the page."""
    paragraphs = [_paragraph(block) for block in notes.blocks]
    whole = "\n".join(paragraphs)
    if len(whole.encode()) <= MAX_DESCRIPTION_BYTES:
        return whole
    more = f'<p><a href="{escape(page_url)}">{escape(page_url)}</a></p>'
    left = MAX_DESCRIPTION_BYTES - len(more.encode())
    kept = []
    for paragraph in paragraphs:
        left -= len(paragraph.encode()) + 1
        if left < 0:
            break
        kept.append(paragraph)
    return "\n".join([*kept, more])


def render_plain(text: str) -> str:
    """Words without structure as notes."""
    return f"<p>{escape(text, quote=False)}</p>"


def _paragraph(paragraph: Paragraph) -> str:
    return "<p>" + "".join(_inline(child) for child in paragraph.children) + "</p>"


def _inline(inline: Text | Link) -> str:
    if isinstance(inline, Text):
        return escape(inline.text, quote=False)
    words = "".join(_inline(child) for child in inline.children)
    return f'<a href="{escape(inline.href)}">{words}</a>'
