"""An article's file -> the article: one door for every kind of file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from podcast_tool.model import Article, Block, Heading
from podcast_tool.read.article.boundaries import Trimmed, trim
from podcast_tool.read.article.figures import Shown, settle_figures
from podcast_tool.read.article.html import parse_fragment, parse_page
from podcast_tool.read.article.inlines import is_all_links, lines_of
from podcast_tool.read.article.markdown import parse_markdown
from podcast_tool.read.article.page import find_article, is_around
from podcast_tool.read.article.pictures import ArticlePictures
from podcast_tool.read.article.text import parse_text
from podcast_tool.read.article.timestamps import gather_timestamps
from podcast_tool.read.article.walk import PageError
from podcast_tool.read.article.word import WordError, read_word
from podcast_tool.text import clean_line, clean_text, mend_entities

# Bounds of time and memory: the longest articles have a tenth of it.
MAX_TEXT_BYTES = 500_000
MAX_LINES = 20_000
# A page that a browser saved whole, with its pictures inside; a Word file with its pictures.
MAX_PAGE_BYTES = 20_000_000
MAX_WORD_BYTES = 50_000_000
MAX_ARTICLE_BYTES = max(MAX_TEXT_BYTES, MAX_PAGE_BYTES, MAX_WORD_BYTES)

# Files of another kind, by their first bytes, under the name of a text.
_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip or Word file",
    b"\xd0\xcf\x11\xe0": "an old Word file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "an RTF file",
    b"ID3": "a recording",
}
_LOOKED_AT_CHARACTERS = 20_000
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_HEAD_BYTES = 65_536

# What browsers read where a page names the smaller one (WHATWG Encoding Standard, section 4.2).
_REAL_ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "utf-8": "cp1252",  # it was tried already
}
# Letters and signs that stand outside ASCII in ordinary articles; so many of them for one bad byte make it UTF-8.
_COMMON_IN_UTF8 = "äöüßéèàáíóúñçâêîôœåøæłśćżěščřýžğış’‘“”„–—…еоанитاليوם的是在のはをに"
_GOOD_FOR_ONE_BAD = 5
_EMBEDDED = re.compile(r"data:[\w/+.;=-]{1,80},[^\"'\s)>]*")

WHOLE_MARK = "<!-- podcast_tool: all of this is the article -->"
"""Where a page begins with it, nothing is taken for what stands around an article."""

_MIN_PAGE_CHARACTERS = 80
_CJK_WORDS = r"[\u3040-\u30ff\u3400-\u9fff]{8}"


class ArticleError(ValueError):
    """A file is no article; the message goes behind its name."""


def read_article(
    show_dir: Path, path: str, title: str | None = None, pictures: ArticlePictures | None = None
) -> Article:
    """Read the article *path* (below *show_dir*), whatever its ending says it is.

    Args:
        title: the episode's, if the sidecar has it: what stands above it in the file is not the article.
        pictures: looks at those that the article shows; without, they are passed over.

    Raises:
        ArticleError: unreadable, too large, empty, without an article in it, or not what its ending says.
    """
    try:
        with (show_dir / path).open("rb") as file:
            raw = file.read(MAX_ARTICLE_BYTES + 1)
    except FileNotFoundError as error:
        raise ArticleError("is not there; put the article beside its sidecar") from error
    except OSError as error:
        raise ArticleError(f"cannot be read: {error.strerror}") from error
    return parse_article(raw, Path(path).suffix.lower(), path, title, pictures)


def parse_article(
    raw: bytes, ending: str, path: str, title: str | None = None, pictures: ArticlePictures | None = None
) -> Article:
    """As `read_article`, of bytes that are at hand.

    Args:
        ending: `.txt`, `.md`, `.html` or `.docx`; "" is told by the bytes.
        path: its name in the article and in messages.
    """
    if not raw.strip():
        raise ArticleError("is empty; write the article, or take the file away")
    if ending == ".docx":
        return _word_article(raw, path, title, pictures)
    limit = MAX_PAGE_BYTES if ending in (".html", ".htm") else MAX_TEXT_BYTES
    if len(raw) > limit:
        raise ArticleError(f"is larger than {limit // 1000} kB; that is no article")
    text = _decode(raw, is_page=ending not in (".txt", ".md"))
    if ending == "" and re.match(r"\s*<(?:!doctype|html|head|body|[a-z][a-z0-9]*[\s>])", text, re.IGNORECASE):
        ending = ".html"
    if ending in (".html", ".htm"):
        return _page_article(text, path, title, pictures)
    if text.count("\n") > MAX_LINES:
        raise ArticleError(f"has more than {MAX_LINES} lines; that is no article")
    if ending == ".md":
        front_matter, blocks = parse_markdown(mend_entities(text), with_pictures=pictures is not None)
        own_title = str(front_matter.get("title") or "") or None
        trimmed = _with_heading_title(trim(blocks, title or own_title, first_line_is_title=False), title or own_title)
        return _article(path, trimmed, pictures, front_matter=front_matter)
    return _article(path, trim(parse_text(mend_entities(text)), title, first_line_is_title=True), None)


def _article(path: str, trimmed: Trimmed, pictures: ArticlePictures | None, **more: object) -> Article:
    look, is_markdown = (pictures.look, pictures.is_markdown) if pictures else (None, False)
    blocks = gather_timestamps(settle_figures(trimmed.blocks, look, titles_are_captions=is_markdown))
    if not any(line for block in blocks for line in lines_of(block)):
        raise ArticleError("holds no article, only what stands around one; write the article into it")
    title = clean_line(trimmed.title) if trimmed.title else None
    return Article(path=path, title=title, blocks=blocks, cuts=trimmed.cuts, **more)  # type: ignore[arg-type]


def _with_heading_title(trimmed: Trimmed, title: str | None) -> Trimmed:
    """Markdown's and Word's title is the heading on top, unless another one is known."""
    first = next((block for block in trimmed.blocks if not isinstance(block, Shown)), None)
    if trimmed.title or title or not isinstance(first, Heading) or first.level != 1:
        return trimmed
    blocks = tuple(block for block in trimmed.blocks if block is not first)
    return Trimmed(title=" ".join(lines_of(first)), blocks=blocks, cuts=trimmed.cuts)


# -- pages ------------------------------------------------------------------------------------------------------------


def _page_article(html: str, path: str, title: str | None, pictures: ArticlePictures | None) -> Article:
    with_pictures = pictures is not None
    try:
        html = pictures.take_out_data(html) if pictures else html
        # Pictures inside a page are most of its bytes; in a small one they are left to the parser.
        html = _EMBEDDED.sub("", html) if len(html) > MAX_TEXT_BYTES else html
        if html.startswith(WHOLE_MARK):
            blocks = tuple(parse_fragment(html, with_pictures=with_pictures))
            return _article(path, Trimmed(title=None, blocks=blocks, cuts=()), pictures)
        page = parse_page(html, is_around, with_pictures=with_pictures)
        trimmed = find_article(page, title)
        if not page.is_fragment and not _has_words(trimmed.blocks):
            # Its marks say that all of it stands around an article: believe the words alone.
            is_form = lambda element: element.tag in ("nav", "form", "footer")  # noqa: E731
            page = parse_page(html, is_form, with_pictures=with_pictures)
            trimmed = find_article(page, title)
    except PageError as error:
        raise ArticleError(f"{error}; save its text as .txt or .md instead") from error
    if not page.is_fragment and not _has_words(trimmed.blocks):
        raise ArticleError("holds no article that can be found; save its text as .txt or .md instead")
    return _article(path, trimmed, pictures, suggested_date=_date(page.published), lead_image_url=page.lead_image_url)


def _has_words(blocks: Sequence[Block]) -> bool:
    """Whether anything is said outside links: one sentence is an article, a form or a menu is none."""
    lines = [line for block in blocks if not is_all_links(block) for line in lines_of(block)]
    has_sentence = any(len(line.split()) > 3 and line.endswith((".", "!", "?", "…", "”", '"')) for line in lines)
    return has_sentence or sum(map(len, lines)) >= _MIN_PAGE_CHARACTERS or bool(re.search(_CJK_WORDS, " ".join(lines)))


def _date(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text.strip()).date() if text else None
    except ValueError:
        return None


# -- Word -------------------------------------------------------------------------------------------------------------


def _word_article(raw: bytes, path: str, title: str | None, pictures: ArticlePictures | None) -> Article:
    if len(raw) > MAX_WORD_BYTES:
        raise ArticleError("is larger than 50 MB; take the pictures out of it")
    try:
        word = read_word(raw, pictures.embed if pictures else None)
    except WordError as error:
        raise ArticleError(str(error)) from error
    trimmed = trim(word.blocks, title, first_line_is_title=not title)
    return _article(
        path,
        _with_heading_title(trimmed, title),
        pictures,
        unaccepted_changes=word.unaccepted_changes,
        comment_count=word.comment_count,
    )


# -- characters -------------------------------------------------------------------------------------------------------


def _decode(raw: bytes, *, is_page: bool) -> str:
    """Text of UTF-8, or of what Windows writes instead: UTF-16, cp1252."""
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise ArticleError(f"is no text but {kind}; save the article as .txt, .md, .html or .docx")
    text = _decoded(raw, is_page=is_page)
    start = text[:_LOOKED_AT_CHARACTERS]
    if len(_CONTROLS.findall(start)) > len(start) / 100:
        raise ArticleError("is no text but a binary file; save the article as .txt, .md, .html or .docx")
    return clean_text(text)


def _decoded(raw: bytes, *, is_page: bool) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    head = raw[:400]
    if head.count(0) > len(head) / 3:  # ASCII in UTF-16 has a zero in each pair of bytes
        return raw.decode("utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text = raw.decode("utf-8", "replace")
    if text.count("\ufffd") * _GOOD_FOR_ONE_BAD < sum(map(text.count, _COMMON_IN_UTF8)):
        return text.replace("\ufffd", "")  # UTF-8 with a byte or two torn off, not another encoding
    declared = _CHARSET.search(raw[:_HEAD_BYTES]) if is_page else None
    name = declared[1].decode("ascii", "replace").lower() if declared else "cp1252"
    for encoding in (_REAL_ENCODINGS.get(name, name), "cp1252"):
        try:
            return codecs.decode(raw, encoding) if codecs.lookup(encoding)._is_text_encoding else ""
        except (UnicodeError, LookupError):
            continue
    return raw.decode("latin-1")
