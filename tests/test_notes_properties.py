"""What holds for any article whatever: safe, bounded, stable, and nothing lost."""

from __future__ import annotations

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.model import Article, Block, BlockList, Quote, TimestampList
from podcast_tool.read.article.html import parse_fragment
from podcast_tool.read.article.inlines import lines_of, plain
from podcast_tool.read.article.read import ArticleError, parse_article
from podcast_tool.read.article.text import parse_text
from podcast_tool.render.notes.html import (
    MAX_DESCRIPTION_BYTES,
    render_description,
    render_notes,
    render_page_notes,
)
from podcast_tool.render.notes.summary import split_sentences
from podcast_tool.text import clean_text, mend_entities

from .conftest import REPOSITORY

VECTORS = [
    line
    for line in (REPOSITORY / "tests" / "xss_vectors.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("# ")
]

SAFE_TAGS = {"p", "a", "ul", "ol", "li", "br", "strong", "em"}
PAGE_TAGS = SAFE_TAGS | {"blockquote", "h2", "h3", "h4", "h5", "h6"}

# Text as articles have it: words, marks of lists and quotations, signs, addresses, markup, and any character at all.
_PIECES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        """Comments|Related|3 thoughts on “X”|Leave a Reply|Share this:|1. |* |  - |> |00:00 |10:20 Intro|\n|\n\n|\t|
        |https://example.org/a?b=c&d|www.example.org|a@example.org|<p>|</p>|<b>|</i>|<a href="/x">|<ul><li>|<h2>|</h2>
        |<blockquote>|<br>|<pre>|&amp;|&lt;|&amp;amp;|&#38;lt;|]]>|<script>|Posted on March 4, 2019|says:|Reply
        |Owls hear mice under snow, and they hear them in the dark, too, when nobody else does.
        |猫头鹰|بومة|© 2019 X""".split("|")
    ),
    st.sampled_from(VECTORS),
)
articles = st.lists(_PIECES, max_size=25).map("".join)
endings = st.sampled_from([".txt", ".md", ".html"])


def _article(text: str, ending: str) -> Article | None:
    try:
        return parse_article(text.encode("utf-8", "replace"), ending, "x")
    except ArticleError:
        return None


def _check_safe(html: str, tags: set[str]) -> None:
    root = etree.fromstring(f"<notes>{html}</notes>")  # well-formed: every tag is closed, every entity known to XML
    for element in root.iterdescendants():
        assert element.tag in tags
        for name, value in element.attrib.items():
            assert (element.tag, name) in {("a", "href"), ("ol", "start")}
            if name == "href":
                assert re.match(r"https?://[^/\s]|mailto:", value)
                assert value.isascii()


@settings(max_examples=400, deadline=None)
@given(articles, endings)
def test_any_article_gives_safe_well_formed_notes(text: str, ending: str) -> None:
    """Only the tags that apps keep, only absolute links, only characters that XML can hold."""
    if article := _article(text, ending):
        _check_safe(render_notes(article.blocks), SAFE_TAGS)
        _check_safe(render_page_notes(article.blocks), PAGE_TAGS)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
def test_no_script_survives(vector: str, ending: str) -> None:
    """Vectors of a public list, in each kind of article and in both spellings of its notes."""
    words = "Words that make it an article, and more of them, so that it has a sentence."
    if article := _article(f"{words}\n\n{vector}\n\n{words}", ending):
        _check_safe(render_notes(article.blocks), SAFE_TAGS)
        _check_safe(render_page_notes(article.blocks), PAGE_TAGS)


@settings(max_examples=200, deadline=None)
@given(articles, endings, st.integers(1, 60))
def test_description_is_bounded_and_balanced(text: str, ending: str, repeated: int) -> None:
    """Never over 4000 bytes, always well-formed; cut, it ends in the link."""
    if article := _article((text + "\n\n") * repeated, ending):
        page_url = "https://example.org/x/?a=1&b=2"
        description = render_description(
            article.blocks, page_url, header=article.blocks[:1], footer=article.blocks[-1:]
        )
        _check_safe(description, SAFE_TAGS)
        assert len(description.encode()) <= MAX_DESCRIPTION_BYTES


@settings(max_examples=300, deadline=None)
@given(articles, endings)
def test_notes_made_of_notes_are_the_same(text: str, ending: str) -> None:
    """Cleaning the output again changes nothing."""
    if article := _article(text, ending):
        notes = render_notes(article.blocks)
        again = _article(notes, ".html")
        assert render_notes(again.blocks if again else ()) == notes
        assert nh3.clean(notes, tags=SAFE_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, link_rel=None) == (
            notes.replace("<br/>", "<br>")
        )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _said(blocks: tuple[Block, ...] | list[Block]) -> list[str]:
    """Each word of the blocks, numbers of lists and timestamps put in their places."""
    said: list[str] = []
    for block in blocks:
        if isinstance(block, TimestampList):
            for entry in block.entries:
                said += _words(plain(entry.children))
        elif isinstance(block, BlockList):
            for inner in block.entries:
                said += _said(inner)
        elif isinstance(block, Quote):
            said += _said(block.blocks)
        else:
            said += [word for line in lines_of(block) for word in _words(line)]
    return said


_PLAIN = st.lists(
    st.text(st.characters(categories=["Ll", "Lu", "Lo"]), min_size=1, max_size=9), min_size=1, max_size=12
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["\n\n", "\n", " ", "\n\n* ", "\n  - ", "\n> "]), _PLAIN), max_size=12))
def test_no_word_of_a_text_is_lost_or_moved(pieces: list[tuple[str, list[str]]]) -> None:
    """Blocks hold the words of the text, each once and in their order."""
    text = mend_entities(clean_text("".join(mark + " ".join(words) for mark, words in pieces)))

    assert _said(parse_text(text)) == _words(text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["p", "div", "li", "h2", "blockquote", "b", "span", "td", "section", "a"]), _PLAIN),
        max_size=12,
    ),
    st.randoms(use_true_random=False),
)
def test_no_word_of_html_is_lost_or_moved(pieces: list[tuple[str, list[str]]], random: object) -> None:
    """However the elements nest, and whether or not they are closed."""
    del random
    html = "".join(f" <{tag}> {' '.join(words)} " + (f"</{tag}>" if len(words) % 2 else "") for tag, words in pieces)
    expected = [word for _, words in pieces for said in words for word in _words(said)]

    found = _said(parse_fragment(clean_text(html)))

    # HTML5 moves what stands in a table but in no cell to before it; no word is lost by that.
    assert sorted(found) == sorted(expected)


@given(st.text(max_size=300))
def test_sentences_joined_are_the_paragraph(text: str) -> None:
    """Splitting loses nothing but the blanks between."""
    words = " ".join(text.split())

    assert "".join("".join(split_sentences(words)).split()) == "".join(words.split())
