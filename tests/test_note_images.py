"""The article's own pictures: found beside it or inside it, made for the page, told where they cannot be shown."""

from __future__ import annotations

import base64
import io
import os
import re
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from PIL import Image as Pictures
from PIL import ImageDraw

from podcast_tool.check.episodes import check_episode
from podcast_tool.check.rules import RULES
from podcast_tool.describe import describe
from podcast_tool.model import (
    Article,
    Block,
    EpisodeFiles,
    Extent,
    Figure,
    Identity,
    Image,
    Level,
    NotePicture,
    Paragraph,
    Problem,
    PublishedFile,
    Reading,
    State,
    Text,
    TimestampList,
)
from podcast_tool.picture.bare import PictureError
from podcast_tool.produce.artwork import load_picture, produce_note_picture
from podcast_tool.produce.workshop import Workshop
from podcast_tool.read.article.figures import Caption, Shown
from podcast_tool.read.article.pictures import MAX_PICTURES, ArticlePictures
from podcast_tool.read.article.read import ArticleError, parse_article, read_article
from podcast_tool.read.episode import read_episode
from podcast_tool.read.show import read_show
from podcast_tool.render.notes.html import render_description, render_notes, render_page_notes
from podcast_tool.render.notes.plain import render_plain_notes
from podcast_tool.render.notes.summary import summarise

from .conftest import REPOSITORY

WORDS = "Owls hear mice under two feet of snow, since their ears sit at different heights on the head."
MORE = "A barn owl needs no light at all to strike, as a man found who let it hunt in a dark room in 1962."
SECRET = b"51.5007 N, 0.1246 W, taken by Jane Doe"
RED, BLUE = (200, 30, 30), (40, 60, 200)

VECTORS = [
    line
    for line in (REPOSITORY / "tests" / "xss_vectors.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("# ")
]


def _picture(width: int = 320, height: int = 200, seed: int = 0) -> Pictures.Image:
    """Red on the left, blue on the right, a gradient between: a photograph as far as its bytes go."""
    picture = Pictures.radial_gradient("L").resize((width, height)).convert("RGB").rotate(seed)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 4, height), fill=RED)
    draw.rectangle((width - width // 4, 0, width, height), fill=BLUE)
    return picture


def _encode(picture: Pictures.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _jpeg(width: int = 320, height: int = 200, seed: int = 0) -> bytes:
    return _encode(_picture(width, height, seed))


def _put(show: Path, name: str, content: bytes | str) -> None:
    path = show / "episodes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _read(show: Path, name: str) -> tuple[Article, tuple[Problem, ...]]:
    pictures = ArticlePictures(show, f"episodes/{name}")
    return read_article(show, f"episodes/{name}", None, pictures), pictures.problems()


def _figures(article: Article) -> list[Figure]:
    return [block for block in article.blocks if isinstance(block, Figure)]


def _order(article: Article) -> list[str]:
    """The blocks in their order: a picture by its file's name, words by their first."""
    return [
        block.image.path.rpartition("/")[2] if isinstance(block, Figure) else render_plain_notes([block]).split()[0]
        for block in article.blocks
    ]


def _caption(figure: Figure) -> str:
    return render_plain_notes([Paragraph(figure.children)]).strip() if figure.children else ""


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """A show with three pictures beside its articles."""
    for number, name in enumerate(["owl.jpg", "wing.jpg", "pics/ear hole.jpg"]):
        _put(tmp_path, name, _jpeg(seed=number))
    return tmp_path


# -- Markdown ---------------------------------------------------------------------------------------------------------


def test_a_picture_of_its_own_becomes_a_figure(show: Path) -> None:
    """Where it stands; with its description, and with its title as its caption."""
    _put(show, "a.md", f'# Owls\n\n{WORDS}\n\n![An owl on a post](owl.jpg "Ann took it.")\n\n{MORE}\n')

    article, problems = _read(show, "a.md")

    assert article.title == "Owls"
    assert _order(article) == ["Owls", "owl.jpg", "A"]
    (figure,) = _figures(article)
    assert (figure.alt, _caption(figure), figure.link) == ("An owl on a post", "Ann took it.", None)
    assert (figure.image.path, figure.image.width_px, figure.image.height_px) == ("episodes/owl.jpg", 320, 200)
    assert not problems


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("{a} ![x](owl.jpg) and on.\n\n{b}", ["Owls", "owl.jpg", "A"]),
        ("![x](owl.jpg) {a}\n\n{b}", ["owl.jpg", "Owls", "A"]),
        ("- {a}\n- ![x](owl.jpg)\n- ![x](wing.jpg) more\n\n{b}", ["-", "owl.jpg", "wing.jpg", "A"]),
        ("> {a}\n>\n> ![x](owl.jpg)\n\n{b}", [">", "owl.jpg", "A"]),
        ("- ![x](owl.jpg)\n- ![x](wing.jpg)\n\n{a}", ["owl.jpg", "wing.jpg", "Owls"]),
        ("![x](owl.jpg)\n\n# Title\n\n{a}", ["owl.jpg", "Owls"]),
        ("[![x](owl.jpg)](https://example.org/owls)\n\n{a}", ["owl.jpg", "Owls"]),
        ("{a}\n\n![x](pics/ear%20hole.jpg)\n\n![x](<pics/ear hole.jpg>)", ["Owls", "ear hole.jpg"]),
        ("{a}\n\n![x](./pics/../owl.jpg#top)\n\n![x](wing.jpg?v=2)", ["Owls", "owl.jpg", "wing.jpg"]),
        ('{a}\n\n<img src="owl.jpg" alt="x">\n\n{b}', ["Owls", "owl.jpg", "A"]),
        ("| x | y |\n|---|---|\n| a | ![x](owl.jpg) |\n\n{a}", ["x", "a", "owl.jpg", "Owls"]),
    ],
)
def test_a_picture_stands_by_the_words_that_it_stood_in(show: Path, text: str, order: list[str]) -> None:
    """In running text behind its paragraph, in a list or a quotation behind that; at a paragraph's start before it."""
    _put(show, "a.md", text.format(a=WORDS, b=MORE))

    article, problems = _read(show, "a.md")

    assert _order(article) == order
    assert not problems


def test_timestamps_stay_one_list(show: Path) -> None:
    """A picture between two of them comes behind the list."""
    _put(show, "a.md", f"{WORDS}\n\n00:00 Ears\n\n![x](owl.jpg)\n\n01:13 Wings\n\n02:20 Claws\n")

    article, _ = _read(show, "a.md")

    assert [type(block) for block in article.blocks] == [Paragraph, TimestampList, Figure]


def test_a_picture_leads_where_its_link_led(show: Path) -> None:
    """But not to itself in another size, which another host would be asked for."""
    _put(
        show, "a.md", f"{WORDS}\n\n[![x](owl.jpg)](https://example.org/a)\n\n[![y](wing.jpg)](https://e.org/b.JPG?s=1)"
    )

    figures = _figures(_read(show, "a.md")[0])

    assert [figure.link for figure in figures] == ["https://example.org/a", None]


# -- pages ------------------------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html><head><title>Owls</title></head><body>
<header><img src="logo.jpg" alt="The Gazette"><nav><a href="/">Home</a></nav></header>
<article><header><h1>Owls</h1><p class="byline">By Ann Lee</p></header>
<figure class="lead"><img src="a_files/lead.jpg" alt="An owl"><figcaption>An owl at work.</figcaption></figure>
<div class="entry-content"><p>{words}</p>
<div class="wp-caption"><a href="https://example.org/w.jpg"><img src="a_files/wing%201.jpg" alt="A wing"></a>
<p class="wp-caption-text">The <em>fringe</em> of a wing.</p></div>
<p>{more} <img class="emoji" src="https://s.w.org/o.png" alt="x"><img src="a_files/pixel.gif" width="1" height="1"></p>
{extra}
<figure><img src="a_files/last.jpg" alt=""></figure>
</div>
<div class="sharedaddy"><img src="a_files/share.jpg" alt="Share"></div>
<div class="author-info"><img src="a_files/face.jpg" alt="Ann"><h3>About the author</h3><p>Ann writes.</p></div>
</article>
<aside class="related"><h2>Related</h2><a href="/x"><img src="a_files/other.jpg" alt="Bats"></a></aside>
<footer><img src="a_files/badge.jpg" alt="Badge"></footer></body></html>"""


@pytest.fixture
def page(show: Path) -> Callable[..., None]:
    """Writes the page that a browser saved, and the pictures of its folder."""
    names = ["lead", "wing 1", "last", "share", "face", "other", "badge"]
    for number, name in enumerate(names):
        _put(show, f"a_files/{name}.jpg", _jpeg(400, 300, seed=number))
    _put(show, "logo.jpg", _jpeg(500, 120))

    def write(extra: str = "") -> None:
        _put(show, "a.html", PAGE.format(words=WORDS, more=MORE, extra=extra))

    return write


def test_a_saved_page_gives_the_pictures_of_its_article(show: Path, page: Callable[..., None]) -> None:
    """With their captions; those of head, share bar, author's box and other articles are passed over in silence."""
    page()

    article, problems = _read(show, "a.html")

    assert _order(article) == ["lead.jpg", "Owls", "wing 1.jpg", "A", "last.jpg"]
    assert [(f.alt, _caption(f), f.link) for f in _figures(article)] == [
        ("An owl", "An owl at work.", None),
        ("A wing", "The fringe of a wing.", None),
        ("", "", None),
    ]
    assert not problems


_REMOTE_SRCSET = ", ".join(f"https://example.org/x-{width}.jpg {width}w" for width in range(100, 900, 100))


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ('<img src="https://e.org/x.jpg" srcset="owl.jpg 400w, wing.jpg 1200w" alt="x">', "wing.jpg"),
        ('<img src="owl.jpg" srcset="https://e.org/x.jpg 1200w" alt="x">', "owl.jpg"),
        (f'<img src="owl.jpg" srcset="{_REMOTE_SRCSET}" alt="x">', "owl.jpg"),
        ('<img srcset="owl.jpg, wing.jpg 2x" src="gone.jpg" alt="x">', "wing.jpg"),
        ('<picture><source srcset="wing.jpg"><img src="https://e.org/x.jpg" alt="x"></picture>', "wing.jpg"),
        (
            '<picture><source media="(width < 9em)" srcset="wing.jpg"><source srcset="x.avif, owl.jpg 2x">'
            '<img src="https://e.org/x.jpg" alt="x"></picture>',
            "owl.jpg",
        ),
        ('<img data-src="owl.jpg" src="data:image/svg+xml;base64,PHN2Zy8+" alt="x">', "owl.jpg"),
        ('<img src="https://e.org/x.jpg" data-src="https://e.org/x.jpg" data-srcset="owl.jpg 2x" alt="x">', "owl.jpg"),
        ('<img src="owl.jpg" alt="x"><noscript><img src="./owl.jpg" alt="x"></noscript>', "owl.jpg"),
        ("<img src='.\\pics\\ear hole.jpg' alt=x>", "ear hole.jpg"),
    ],
)
def test_the_best_address_that_is_here_is_taken(show: Path, html: str, name: str) -> None:
    """Of those that `srcset`, <picture>, scripts and their absence offer; once."""
    _put(show, "a.html", f"<p>{WORDS}</p>{html}<p>{MORE}</p>")

    article, problems = _read(show, "a.html")

    assert _order(article) == ["Owls", name, "A"]
    assert not problems


@pytest.mark.parametrize(
    ("size", "attributes"),
    [((99, 400), ""), ((400, 99), ""), ((400, 300), 'width="48"'), ((400, 300), 'class="avatar avatar-96"')],
)
def test_what_a_page_shows_small_is_no_picture_of_the_article(
    show: Path, size: tuple[int, int], attributes: str
) -> None:
    """Faces, marks, what counts readers: nothing is told of them. In Markdown somebody meant it."""
    _put(show, "small.jpg", _jpeg(*size))
    _put(show, "a.html", f'<p>{WORDS}</p><img src="small.jpg" {attributes}><p>{MORE}</p>')
    _put(show, "a.md", f"{WORDS}\n\n![x](small.jpg)\n")

    article, problems = _read(show, "a.html")

    assert not _figures(article)
    assert not problems
    assert len(_figures(_read(show, "a.md")[0])) == 1


def test_captions_find_their_pictures(show: Path) -> None:
    """Above or below, and of several the one beside them; of a picture that cannot be shown the words stay."""
    _put(
        show,
        "a.html",
        f"""<p>{WORDS}</p>
        <figure><figcaption>Above.</figcaption><img src="owl.jpg" alt="x"></figure>
        <figure><figure><img src="wing.jpg" alt="y"></figure><figcaption>All of them.</figcaption></figure>
        <figure><img src="https://example.org/x.jpg" alt="z"><figcaption>Gone.</figcaption></figure>""",
    )

    article, _ = _read(show, "a.html")

    assert [_caption(figure) for figure in _figures(article)] == ["Above.", ""]
    assert render_plain_notes(article.blocks[-2:]) == "All of them.\n\nGone.\n"
    assert not any(isinstance(block, Shown | Caption) for block in article.blocks)


# -- inside the article -----------------------------------------------------------------------------------------------

W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _said(words: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{words}</w:t></w:r></w:p>"


def _drawn(relation: str, alt: str | None = None, attribute: str = "embed") -> str:
    description = f' descr="{alt}"' if alt is not None else ""
    return (
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="Picture 1"{description}/><a:graphic><a:graphicData>'
        f'<pic:pic><pic:blipFill><a:blip r:{attribute}="{relation}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def _docx(body: str, media: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    relations = {name: f"media/{name}" for name in media} | (links or {})
    related = "".join(
        f'<Relationship Id="{name}" Type="{TYPES}/image" Target="{target}"/>' for name, target in relations.items()
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="jpg" ContentType="image/jpeg"/><Default Extension="xml" ContentType="application/xml"/>'
        "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{TYPES}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f'<w:styles {W}><w:style w:type="paragraph" w:styleId="Beschriftung">'
        '<w:name w:val="caption"/></w:style></w:styles>',
        **{f"word/media/{name}": content for name, content in media.items()},
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


def test_a_word_file_gives_its_pictures(show: Path) -> None:
    """With what Word knows of them; they are named by the file and their digest, never held."""
    body = (
        _said("Owls") + _said(WORDS) + _drawn("1.jpg", "An owl") + _said("Ann took it.", "Beschriftung")
        + _said(MORE) + _drawn("2.jpg") + _drawn("2.jpg", "A drawing Description automatically generated")
    )  # fmt: skip
    _put(show, "a.docx", _docx(body, {"1.jpg": _jpeg(), "2.jpg": _jpeg(seed=4)}))

    article, problems = _read(show, "a.docx")
    first, second = _figures(article)

    assert article.title == "Owls"
    assert (first.alt, _caption(first)) == ("An owl", "Ann took it.")
    assert second.alt is None
    assert first.image.is_embedded
    assert first.image.path == "episodes/a.docx"
    assert load_picture(first.image, show) == _jpeg()
    assert load_picture(second.image, show) == _jpeg(seed=4)
    assert not problems


def test_a_word_file_cannot_make_us_read_another(show: Path) -> None:
    """A picture that is only linked to is left out, be it on this machine or in the network."""
    (show / "secret.jpg").write_bytes(_jpeg())
    targets = {"far": "http://192.0.2.1/x.jpg", "near": (show / "secret.jpg").as_uri(), "up": "../../secret.jpg"}
    body = _said("Owls") + _said(WORDS) + _drawn("far", "x", "link") + _drawn("near", "x", "link") + _drawn("up", "x")
    _put(show, "a.docx", _docx(body, {}, targets))

    article, problems = _read(show, "a.docx")

    assert not _figures(article)
    assert [problem.message for problem in problems] == [
        "the picture 3 inside it is no picture that can be decoded; save it anew as JPEG or PNG (the show notes go out "
        "without it)",
        "shows 2 pictures that are left out of the show notes (2 on another host); put JPEG or PNG files beside the "
        "article, under the names by which it shows them",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_page_in_one_file_gives_its_pictures(show: Path, quote: str, encoding: str) -> None:
    """Pictures as `data:` addresses; however they are broken into lines, and however large the page is."""
    raw = _jpeg(1500, 1100)
    content = base64.encodebytes(raw).decode().replace("=", "%3D" if quote == "'" else "=")
    page = f"<p>Grüße. {WORDS}</p><img alt=Owl src={quote}data:image/jpeg;base64,{content}{quote}><p>{MORE}</p>"
    page += "<!-- x -->" * 60_000
    (show / "episodes" / "a.html").write_bytes(page.encode(encoding))

    article, problems = _read(show, "a.html")
    (figure,) = _figures(article)

    assert (figure.alt, figure.image.is_embedded, figure.image.width_px) == ("Owl", True, 1500)
    assert load_picture(figure.image, show) == raw
    assert "base64" not in render_plain_notes(article.blocks)
    assert not problems


def test_an_article_that_changed_gives_another_picture_up(show: Path) -> None:
    """Between reading and publishing: told, not guessed."""
    _put(show, "a.docx", _docx(_said("Owls") + _said(WORDS) + _drawn("1.jpg", "x"), {"1.jpg": _jpeg()}))
    image = _figures(_read(show, "a.docx")[0])[0].image
    for content in (b"", b"PK\x03\x04 broken", _docx(_said("Owls"), {"1.jpg": _jpeg(seed=8)})):
        _put(show, "a.docx", content)
        with pytest.raises(PictureError, match="changed while it was read"):
            load_picture(image, show)


# -- what is left out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("gone.jpg", "the picture 'gone.jpg' is not there; put it there, or mend its name"),
        ("note.txt", "the picture 'note.txt' is no picture that can be decoded; save it anew as JPEG or PNG"),
        ("torn.jpg", "the picture 'torn.jpg' is no picture that can be decoded; save it anew as JPEG or PNG"),
        ("x.tiff", "the picture 'x.tiff' is TIFF; save it as JPEG or PNG"),
        ("huge.jpg", "the picture 'huge.jpg' is larger than 20 MB; save it smaller"),
        ("pics", "the picture 'pics' is not there; put it there, or mend its name"),
        ("a%00b.jpg", "the picture 'ab.jpg' is not there; put it there, or mend its name"),
        ("x" * 5000, f"the picture {'x' * 200!r} is not there; put it there, or mend its name"),
        ("pipe.jpg", "the picture 'pipe.jpg' is not there; put it there, or mend its name"),
    ],
)
def test_a_broken_picture_is_told_by_its_name(show: Path, source: str, message: str) -> None:
    """One error for each file, and the rest of the article goes out."""
    _put(show, "note.txt", "no picture")
    _put(show, "torn.jpg", _jpeg()[:2000])
    _put(show, "x.tiff", _encode(_picture(), "TIFF"))
    with (show / "episodes" / "huge.jpg").open("wb") as file:
        file.truncate(20_000_001)
    if hasattr(os, "mkfifo"):
        os.mkfifo(show / "episodes" / "pipe.jpg")
    _put(show, "a.md", f"{WORDS}\n\n![x]({source})\n\n![y](owl.jpg)\n\n![x]({source})\n")

    article, problems = _read(show, "a.md")

    assert _order(article) == ["Owls", "owl.jpg"]
    assert problems == (
        Problem(
            rule="FILE-IMAGE",
            level=Level.ERROR,
            where="episodes/a.md",
            message=f"{message} (the show notes go out without it)",
        ),
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("https://example.org/x.jpg", "on another host"),
        ("//example.org/x.jpg", "on another host"),
        ("\\\\example.org\\x.jpg", "on another host"),
        ("drawing.svg", "SVG, which may hold a script"),
        ("really-svg.png", "SVG, which may hold a script"),
        ("/etc/passwd", "elsewhere on this disk, '/etc/passwd'"),
        ("%2Fetc%2Fpasswd", "elsewhere on this disk, '/etc/passwd'"),
        ("../secret.jpg", "elsewhere on this disk, '../secret.jpg'"),
        ("..%2f..%2fsecret.jpg", "elsewhere on this disk, '../../secret.jpg'"),
        ("..\\secret.jpg", "elsewhere on this disk, '..\\\\secret.jpg'"),
        ("leads-out.jpg", "elsewhere on this disk, 'leads-out.jpg'"),
        ("out/secret.jpg", "elsewhere on this disk, 'out/secret.jpg'"),
        ("file:///etc/passwd", "elsewhere on this disk, 'file:///etc/passwd'"),
        ("gone.jpg", "not there, 'gone.jpg'"),
    ],
)
def test_what_cannot_be_copied_is_left_out_and_told(show: Path, source: str, reason: str) -> None:
    """Nothing is fetched, no script goes out, nothing outside episodes/ is read, whatever leads there."""
    (show / "secret.jpg").write_bytes(_jpeg())
    (show / "episodes" / "leads-out.jpg").symlink_to(show / "secret.jpg")
    (show / "episodes" / "out").symlink_to(show)
    for name in ("drawing.svg", "really-svg.png"):
        _put(show, name, '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>')
    _put(show, "a.html", f'<p>{WORDS}</p><img src="{source}" alt="x">')

    article, problems = _read(show, "a.html")

    assert not _figures(article)
    assert [(problem.rule, problem.level, problem.message) for problem in problems] == [
        (
            "FILE-IMAGE",
            Level.WARNING,
            f"shows a picture that is left out of the show notes ({reason}); put JPEG or PNG files beside the article, "
            "under the names by which it shows them",
        )
    ]


def test_one_line_tells_of_all_that_is_left_out(show: Path) -> None:
    """With their numbers."""
    images = "".join(f'<img src="https://example.org/{number}.jpg" alt="x">' for number in range(300))
    _put(show, "a.html", f'<p>{WORDS}</p>{images}<img src="one.jpg"><img src="two.jpg"><p>{MORE}</p>')

    (problem,) = _read(show, "a.html")[1]

    assert "shows 302 pictures that are left out" in problem.message
    assert "(300 on another host; 2 not there, 'one.jpg')" in problem.message


@pytest.mark.parametrize(
    "html",
    [
        '<img src="x.jpg" srcset="a.jpg 1x, b.jpg 2x">' * 40_000,
        "".join(f'<img src="x{number}.jpg">' for number in range(40_000)),
        "<div>" * 450 + '<img src="owl.jpg">' * 40_000 + "</div>" * 450,
        '<figure><img src="owl.jpg">' * 480,
        '<img src="data:image/png;base64,' + "A" * 5_000_000,
        '<img src="data:image/png;base64,' * 20_000,
        '<img src="data:image/png;base64,AAAA">' * 40_000,
        f'<img src="owl.jpg" alt="{"Description automatically generated " * 50_000}" class="{"icon-x " * 50_000}">',
    ],
    ids="many different deep open torn starts data words".split(),
)
def test_a_page_made_to_cost_time_is_read_in_seconds(show: Path, html: str) -> None:
    """However many pictures it names, however it nests them, whatever it says of them."""
    _put(show, "a.html", f"<html><body><h1>T</h1><p>{WORDS}</p>{html}</body></html>")
    start = time.process_time()

    article, problems = _read(show, "a.html")

    assert time.process_time() - start < 10
    assert len(_figures(article)) <= MAX_PICTURES
    assert len(problems) <= 11


def test_an_article_has_at_most_fifty_pictures(show: Path) -> None:
    """The others are told; looking at them takes no time."""
    for number in range(MAX_PICTURES + 5):
        _put(show, f"p{number}.png", _encode(Pictures.new("L", (120, 120), number), "PNG"))
    text = "\n\n".join(f"![x](p{number}.png)" for number in range(MAX_PICTURES + 5))
    _put(show, "a.md", f"{WORDS}\n\n{text}\n")

    article, (problem,) = _read(show, "a.md")

    assert len(_figures(article)) == MAX_PICTURES
    assert "shows 5 pictures that are left out of the show notes (5 more than 50)" in problem.message


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "JPEG"])
def test_pictures_of_the_common_kinds_are_taken(show: Path, kind: str) -> None:
    """Of an animation the first picture; out goes JPEG or PNG."""
    frames = [_picture(seed=90)] if kind in ("GIF", "WEBP") else []
    _put(show, "x.bin", _encode(_picture(), kind, **({"save_all": True, "append_images": frames} if frames else {})))
    _put(show, "a.md", f"{WORDS}\n\n![x](x.bin)\n")

    (figure,) = _figures(_read(show, "a.md")[0])
    made, raw = _produce(figure.image, show)

    assert figure.image.format == kind
    assert made.file.media_type in ("image/jpeg", "image/png")
    with Pictures.open(io.BytesIO(raw)) as picture:
        assert getattr(picture, "n_frames", 1) == 1
        assert _is_like(picture.convert("RGB").getpixel((5, 5)), RED)
        assert picture.size == (made.width_px, made.height_px) == (320, 200)


# -- what is told of descriptions -------------------------------------------------------------------------------------


def test_pictures_without_a_description_are_a_warning(show_dir: Path) -> None:
    """Once for an article, with the files' names; an ornament is one that says so."""
    _put(show_dir, "owl.jpg", _jpeg())
    _put(show_dir, "wing.jpg", _jpeg(seed=2))
    text = f"{WORDS}\n\n![](owl.jpg)\n\n![A wing](wing.jpg)\n\n![](wing.jpg)\n\n<img src='owl.jpg' alt=''>\n"
    reading = _reading(show_dir, text)

    described = describe(reading, read_show(show_dir)[0])
    identity = Identity(key="x", state=State.READY, slug="x", guid="g", record=None)
    told = [problem for problem in check_episode(described, identity, ()) if problem.rule == "PAGE-ALT"]

    assert [figure.alt for figure in _figures(_notes(reading))] == [None, "A wing", ""]
    assert [(problem.level, problem.where, problem.message) for problem in told] == [
        (
            Level.WARNING,
            "episodes/immunotherapy.md",
            "shows a picture that nobody has described (owl.jpg); write what is to be seen into the alternative text, "
            "for those who cannot see it",
        )
    ]
    assert "PAGE-ALT" in RULES


def _reading(show_dir: Path, text: str) -> Reading:
    (show_dir / "episodes" / "immunotherapy.txt").unlink(missing_ok=True)
    _put(show_dir, "immunotherapy.md", text)
    files = EpisodeFiles(
        key="immunotherapy",
        recordings=("episodes/immunotherapy.mp3",),
        sidecars=("episodes/immunotherapy.toml",),
        articles=("episodes/immunotherapy.md",),
    )
    return read_episode(files, show_dir)


def _notes(reading: Reading) -> Article:
    assert reading.article
    return reading.article


def test_a_reading_knows_which_pictures_it_depends_on(show_dir: Path) -> None:
    """Also those that were not there: as soon as one is, the article is read again."""
    _put(show_dir, "pics/owl.jpg", _jpeg())

    reading = _reading(show_dir, f"{WORDS}\n\n![x](pics/owl.jpg)\n\n![y](gone.jpg)\n\n![z](../../etc/passwd)\n")

    assert {"episodes/pics/owl.jpg", "episodes/gone.jpg"} < set(reading.read_paths)
    assert not any("passwd" in path for path in reading.read_paths)
    assert [problem.level for problem in reading.problems] == [Level.ERROR, Level.WARNING]


# -- made -------------------------------------------------------------------------------------------------------------


def _workshop(show: Path, kept: list[bytes] | None = None) -> Workshop:
    def keep(content: bytes) -> Extent:
        path = show / f"kept-{len(list(show.glob('kept-*')))}"
        path.write_bytes(content)
        if kept is not None:
            kept.append(content)
        return Extent(path=str(path), offset=0, size_bytes=len(content))

    return Workshop(
        show_dir=show,
        feed_dir=show / "feed",
        folder=show,
        keep=keep,
        is_dry=False,
        tell_progress=lambda *_: None,
    )


def _image(show: Path, name: str) -> Image:
    _put(show, "made.md", f"{WORDS}\n\n![x](<{name}>)\n")
    return _figures(_read(show, "made.md")[0])[0].image


def _produce(image: Image, show: Path) -> tuple[NotePicture, bytes]:
    made = produce_note_picture(image, "owls/note", _workshop(show))
    return made, b"".join(Path(part.path).read_bytes() for part in made.file.parts)


def _is_like(pixel: object, colour: Sequence[int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(got - wanted) < 12 for got, wanted in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    ("size", "wanted"), [((3000, 1500), (1280, 640)), ((640, 4000), (640, 4000)), ((1281, 3), (1280, 3))]
)
def test_a_picture_is_at_most_1280_pixels_wide(show: Path, size: tuple[int, int], wanted: tuple[int, int]) -> None:
    """It is never enlarged, and keeps its shape."""
    _put(show, "x.jpg", _jpeg(*size))

    made, raw = _produce(_image(show, "x.jpg"), show)

    assert (made.width_px, made.height_px) == wanted
    assert Pictures.open(io.BytesIO(raw)).size == wanted
    assert re.fullmatch(r"owls/note\.[0-9a-f]{8}\.jpg", made.file.path)
    assert (made.file.media_type, made.file.size_bytes) == ("image/jpeg", len(raw))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_upright_and_says_nothing_of_its_maker(show: Path, orientation: int) -> None:
    """As EXIF says that it is to be turned; place, time and camera go."""
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what puts it into the file as a camera would
    upright = _picture(1600, 1200)
    stored = upright.transpose(Pictures.Transpose(turns[orientation])) if orientation in turns else upright
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET.decode()
    _put(show, "x.jpg", _encode(stored, exif=exif.tobytes(), comment=SECRET, quality=95))

    made, raw = _produce(_image(show, "x.jpg"), show)

    assert SECRET not in raw
    assert (made.width_px, made.height_px) == (1280, 960)
    with Pictures.open(io.BytesIO(raw)) as picture:
        assert not picture.getexif()
        assert _is_like(picture.getpixel((20, 20)), RED)
        assert _is_like(picture.getpixel((1260, 940)), BLUE)


def test_a_drawing_stays_a_png_to_the_bit(show: Path) -> None:
    """Where that is smaller than a JPEG of it; without its texts. A photograph does not."""
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Comment", SECRET.decode())
    drawing = Pictures.new("RGBA", (600, 400), (0, 0, 0, 0))
    ImageDraw.Draw(drawing).line((0, 0, 600, 400), fill=(200, 0, 0, 255), width=4)
    _put(show, "x.png", _encode(drawing, "PNG", pnginfo=said))
    _put(show, "photo.png", _encode(Pictures.effect_noise((600, 400), 90).convert("RGB"), "PNG"))

    made, raw = _produce(_image(show, "x.png"), show)

    assert (made.file.media_type, made.file.path[-4:]) == ("image/png", ".png")
    assert SECRET not in raw
    with Pictures.open(io.BytesIO(raw)) as picture:
        assert picture.convert("RGBA").tobytes() == drawing.tobytes()
    assert _produce(_image(show, "photo.png"), show)[0].file.media_type == "image/jpeg"


@pytest.mark.parametrize("name", ["owl.jpg", "x.png"])
def test_a_picture_is_made_once(show: Path, name: str) -> None:
    """What feed/ has is not made again; another picture gets another name."""
    _put(show, "x.png", _encode(Pictures.new("L", (200, 200)), "PNG"))
    made, raw = _produce(_image(show, name), show)
    (show / "feed" / "owls").mkdir(parents=True)
    (show / "feed" / made.file.path).write_bytes(raw)
    kept: list[bytes] = []

    again = produce_note_picture(_image(show, name), "owls/note", _workshop(show, kept))

    assert not kept
    assert again == replace(made, file=replace(made.file, parts=()))
    assert _produce(_image(show, "wing.jpg"), show)[0].file.path != made.file.path


def test_a_damaged_picture_of_ours_is_told(show: Path) -> None:
    """It is no traceback."""
    made, _ = _produce(_image(show, "owl.jpg"), show)
    (show / "feed" / "owls").mkdir(parents=True)
    (show / "feed" / made.file.path).write_bytes(b"")

    with pytest.raises(PictureError, match="damaged in feed/"):
        _produce(_image(show, "owl.jpg"), show)


# -- rendered ---------------------------------------------------------------------------------------------------------


def _image_value(sha256: str = "a" * 64) -> Image:
    return Image(
        path="episodes/x.jpg",
        format="JPEG",
        width_px=2000,
        height_px=1000,
        mode="RGB",
        size_bytes=1,
        sha256=sha256,
    )


def _note_picture() -> NotePicture:
    file = PublishedFile(
        path="owls/note.1a2b3c4d.jpg", media_type="image/jpeg", size_bytes=1, sha256="b" * 64, parts=()
    )
    return NotePicture(file=file, width_px=1280, height_px=640)


MADE = {"a" * 64: _note_picture()}


@pytest.mark.parametrize(
    ("figure", "prefix", "html"),
    [
        (Figure(_image_value(), "An owl"), "", "<figure>{}</figure>"),
        (Figure(_image_value(), "An owl"), "../owls/", "<figure>{}</figure>"),
        (
            Figure(_image_value(), "An owl", (Text("By A & B"),), "http://example.org/?a=1&b=2"),
            "",
            '<figure><a href="https://example.org/?a=1&amp;b=2">{}</a><figcaption>By A &amp; B</figcaption></figure>',
        ),
        (Figure(_image_value(), "", (), "https://example.org/"), "", "<figure>{}</figure>"),
        (Figure(_image_value(), None), "", "<figure>{}</figure>"),
        (Figure(_image_value("c" * 64), "An owl", (Text("By A"),)), "", "<p>By A</p>"),
        (Figure(_image_value("c" * 64), "An owl"), "", ""),
    ],
)
def test_a_page_shows_its_pictures(figure: Figure, prefix: str, html: str) -> None:
    """With size and description, loaded when they come into sight; of one that was not made the caption stays."""
    image = f'<img src="{prefix}note.1a2b3c4d.jpg" alt="{figure.alt or ""}" width="1280" height="640" loading="lazy">'

    rendered = render_page_notes([figure], MADE, prefix)

    assert _tree(rendered) == _tree(html.format(image))


def _tree(html: str) -> list[tuple[str, dict[str, str], str]]:
    root = lxml_html.fragment_fromstring(html or "<i/>", create_parent="div")
    return [(e.tag, dict(e.attrib), e.text or "") for e in root.iter()]


def test_apps_get_the_words_under_a_picture() -> None:
    """SN-TAGS: no picture in description and content:encoded, nor in plain text; and none in the summary."""
    blocks: list[Block] = [
        Figure(_image_value(), "An owl", (Text("It is Ann who took this fine picture of an owl in Salem."),)),
        Paragraph((Text(WORDS),)),
        Figure(_image_value(), "A wing"),
    ]
    caption = "It is Ann who took this fine picture of an owl in Salem."

    assert render_notes(blocks) == f"<p>{caption}</p>\n<p>{WORDS}</p>"
    assert render_description(blocks, None) == f"<p>{caption}</p>\n<p>{WORDS}</p>"
    assert render_plain_notes(blocks) == f"{caption}\n\n{WORDS}\n"
    assert summarise(blocks) == WORDS


@pytest.mark.parametrize("vector", VECTORS)
def test_no_script_comes_with_a_picture(show: Path, vector: str) -> None:
    """Vectors of a public list, as description, title, caption and address."""
    quoted = vector.replace('"', "&quot;")
    _put(
        show,
        "a.html",
        f'<p>{WORDS}</p><a href="{quoted}"><img src="owl.jpg" alt="{quoted}" title="{quoted}"></a>'
        f'<figure><img src="{quoted}" alt="x">{vector}<img src="wing.jpg" srcset="{quoted}" onerror="alert(1)"'
        f' alt="{vector}"><figcaption>{vector}</figcaption></figure><p>{MORE}</p>',
    )
    try:
        article, _ = _read(show, "a.html")
    except ArticleError:
        return

    made = {figure.image.sha256: _note_picture() for figure in _figures(article)}
    root = lxml_html.fragment_fromstring(render_page_notes(article.blocks, made), create_parent="div")

    known = "p a ul ol li br strong em blockquote h2 h3 h4 h5 h6 figure figcaption img div".split()
    for element in root.iter():
        assert element.tag in known
        assert set(element.attrib) <= {"href", "start", "src", "alt", "width", "height", "loading"}
        assert re.match(r"https?://|mailto:", element.get("href", "https://"))
        assert element.get("src", "note.1a2b3c4d.jpg") == "note.1a2b3c4d.jpg"


# -- any article ------------------------------------------------------------------------------------------------------


class _Lenient(ArticlePictures):
    """Finds a picture under every address."""

    def look(self, shown: Shown) -> Image | None:
        """A different one for each."""
        return _image_value(f"{hash(shown.sources):064d}")


_HTML = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.sampled_from(
            """<img src="a.jpg">|<img src=b.jpg alt="">|<img src=c.jpg alt="An owl" width=20>|<p>|</p>|<b>|</b>|<ul><li>
            |</ul>|<li>|<br>|<br><br>|<blockquote>|</blockquote>|<h1>Owls</h1>|<h2>Part</h2>|<div>|</div>|<article>
            |<figure>|</figure>|<figcaption>By Ann</figcaption>|<div class="wp-caption">
            |<p class="wp-caption-text">x</p>|<a href="/x">|<a href="https://example.org/">|</a>|<table><tr><td>|</table>
            |<picture>|<source srcset=d.jpg>|</picture>|Share this:|Related|By Ann Lee|<p>3 thoughts on “Owls”</p>
            |<p>Kim says:</p>|<p>Reply</p>|<nav>|</nav>|<!-- x -->
            |<p>Owls hear mice under snow, and they hear them in the dark, too, when nobody else does at all.</p>
            """.split("|")
        ),
    ),
    max_size=30,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(_HTML)
def test_pictures_change_no_word_of_what_apps_get(html: str) -> None:
    """What is cut, and what goes into the feed, is the same with them and without."""
    try:
        bare: Article | None = parse_article(html.encode("utf-8", "replace"), ".html", "x.html")
    except ArticleError:
        bare = None
    try:
        pictures = _Lenient(Path(), "x.html")
        shown: Article | None = parse_article(html.encode("utf-8", "replace"), ".html", "x.html", None, pictures)
    except ArticleError:
        shown = None

    assert (bare is None) == (shown is None)
    if bare and shown:
        assert render_notes(shown.blocks) == render_notes(bare.blocks)
        assert (shown.title, shown.cuts) == (bare.title, bare.cuts)
        assert not any(isinstance(block, Figure | Shown | Caption) for block in bare.blocks)
        assert not any(isinstance(block, Shown | Caption) for block in shown.blocks)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=20), st.sampled_from(["..", "/", "%2e", "%00", "owl.jpg", "episodes", "\\", ":"])),
        max_size=8,
    ).map("".join)
)
def test_no_address_leads_out_of_the_show(tmp_path_factory: pytest.TempPathFactory, source: str) -> None:
    """Whatever it is made of; and no address raises anything."""
    show = tmp_path_factory.getbasetemp() / "any-show"
    if not show.exists():
        _put(show, "owl.jpg", _jpeg())
        (show / "owl.jpg").write_bytes(_jpeg(seed=1))
    pictures = ArticlePictures(show, "episodes/a.html")
    shown = Shown((), sources=(source,), alt=None, title="", link=None, figure=0, is_ornament=False)

    image = pictures.look(shown)

    assert image is None or image.path == "episodes/owl.jpg"
    assert all(os.path.normpath(path).startswith("episodes") for path in pictures.read_paths)
    assert len(pictures.problems()) <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=4))
def test_a_damaged_word_file_raises_nothing_unknown(position: int, noise: bytes) -> None:
    """Its pictures may be gone; what is raised is what is documented."""
    raw = bytearray(_docx(_said("Owls") + _said(WORDS) + _drawn("1.jpg", "x"), {"1.jpg": _encode(_picture(8, 8))}))
    raw[position % len(raw) : position % len(raw) + len(noise)] = noise
    pictures = ArticlePictures(Path(), "x.docx")
    try:
        article = parse_article(bytes(raw), ".docx", "x.docx", None, pictures)
    except ArticleError:
        return
    assert len(_figures(article)) <= 1
    assert len(pictures.problems()) <= 1
