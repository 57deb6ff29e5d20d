"""Articles in, show notes out: golden files for people, tables for the rest."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from podcast_tool.model import Article, Heading, TimestampList
from podcast_tool.read.article.read import ArticleError, parse_article
from podcast_tool.render.notes.html import MAX_DESCRIPTION_BYTES, render_description, render_notes
from podcast_tool.render.notes.plain import render_plain_notes
from podcast_tool.render.notes.summary import summarise

from .conftest import REPOSITORY, run_tool

ARTICLES = REPOSITORY / "tests" / "articles"


def _read(text: str, ending: str = ".txt", title: str | None = None) -> Article:
    return parse_article(text.encode(), ending, f"article{ending}", title)


@pytest.mark.parametrize(
    "path", sorted(path for path in ARTICLES.iterdir() if ".expected" not in path.name), ids=lambda path: path.name
)
def test_article_gives_the_notes_that_a_person_checked(path: Path) -> None:
    """Title, what was cut, and every word of the notes."""
    article = parse_article(path.read_bytes(), path.suffix, path.name)
    cuts = "".join(f"{cut}\n" for cut in article.cuts)

    notes = f"title: {article.title or 'none'}\n{cuts}\n{render_plain_notes(article.blocks)}"

    assert notes == (ARTICLES / f"{path.stem}.expected.txt").read_text("utf-8")


# -- what Windows writes ----------------------------------------------------------------------------------------------

GERMAN = "Titel\r\n\r\nEine Eule fliegt so leise, dass „eine Maus“ sie erst bemerkt, wenn es zu spät ist – für 5 €.\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_of_any_windows_program_keeps_its_characters(encoding: str) -> None:
    """UTF-8, UTF-16 with and without its mark, cp1252; CRLF."""
    article = parse_article(GERMAN.encode(encoding), ".txt", "x.txt")

    assert article.title == "Titel"
    assert "„eine Maus“ sie erst bemerkt, wenn es zu spät ist – für 5 €." in render_notes(article.blocks)


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("gb2312", "gb18030", "猫头鹰在夜里飞行，鎔鉄也不怕。"),
        ("shift_jis", "cp932", "フクロウは夜に飛びます。①"),
        ("utf-8", "utf-8", "Grüße, schöne Müller"),
    ],
)
def test_a_page_is_read_as_browsers_read_it(charset: str, encoding: str, text: str) -> None:
    """The encoding that is meant by the one that is named; UTF-8 with a torn byte stays UTF-8."""
    page = (
        f'<html><head><meta charset="{charset}"><title>x</title></head><body><h1>T</h1><p>{text * 5}</p></body></html>'
    )

    article = parse_article(page.encode(encoding) + (b"\xc3" if encoding == "utf-8" else b""), ".html", "x")

    assert text in render_notes(article.blocks)


def test_a_page_in_latin_1_keeps_its_characters() -> None:
    """The charset that the page declares is believed where UTF-8 cannot be."""
    page = (
        '<html><head><meta charset="iso-8859-1"><title>x</title></head><body><h1>Für Müller</h1><p>{}</p></body></html>'
    )

    article = parse_article(page.format("Schöne Grüße an alle, die dies hören. " * 5).encode("latin-1"), ".html", "x")

    assert "Schöne Grüße" in render_notes(article.blocks)


# -- structure --------------------------------------------------------------------------------------------------------


def test_markup_becomes_the_tags_that_apps_keep() -> None:
    """SN-TAGS, SN-HEAD: headings are strong paragraphs, quotations paragraphs, links https."""
    article = _read(
        "# Owls\n\n## Part *one*\n\n> Quoted.\n\n- a\n  - b\n\n2. two\n\n[x](http://example.org) **bold**\nnext", ".md"
    )

    assert article.title == "Owls"
    assert render_notes(article.blocks).splitlines() == [
        "<p><strong>Part <em>one</em></strong></p>",
        "<p>Quoted.</p>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
        '<ol start="2"><li>two</li></ol>',
        '<p><a href="https://example.org">x</a> <strong>bold</strong> next</p>',
    ]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("see www.example.org.", 'see <a href="https://www.example.org">www.example.org</a>.'),
        ("(https://example.org/a_(b))", '(<a href="https://example.org/a_(b)">https://example.org/a_(b)</a>)'),
        ("to Ann <ann@example.org>!", 'to Ann &lt;<a href="mailto:ann@example.org">ann@example.org</a>&gt;!'),
        ("https://müller.example/ü", '<a href="https://xn--mller-kva.example/%C3%BC">https://müller.example/ü</a>'),
        ("http://192.168.0.1/x", '<a href="http://192.168.0.1/x">http://192.168.0.1/x</a>'),
        ("http://example.org:8080/", '<a href="http://example.org:8080/">http://example.org:8080/</a>'),
        ("file.py and javascript:alert(1)", "file.py and javascript:alert(1)"),
        ("R&amp;D &percnt;", "R&amp;D %"),
    ],
)
def test_bare_addresses_become_links(text: str, html: str) -> None:
    """Web and e-mail addresses, in ASCII, without the punctuation around them."""
    assert f"<p>{html}</p>" in render_notes(_read(f"Title\n\n{text}").blocks)


def test_entries_without_a_list_are_one() -> None:
    """As browsers show them."""
    assert render_notes(_read("<p>Links</p><li>one</li><li>two</li>", ".html").blocks) == (
        "<p>Links</p>\n<ul><li>one</li><li>two</li></ul>"
    )


def test_wrapped_lines_are_joined_and_others_kept() -> None:
    """What an e-mail program wrapped reads on; an address in three lines stays in three."""
    wrapped = "An owl hears a mouse under two feet of snow, since its ears\nsit at different heights, so that a sound"
    wrapped += " reaches\none of them first."

    assert "its ears sit at" in render_notes(_read(f"T\n\n{wrapped}").blocks)
    assert "Field Notes<br/>1 Wood Lane<br/>Salem" in render_notes(_read("T\n\nField Notes\n1 Wood Lane\nSalem").blocks)


def test_timestamps_are_offered_as_chapters() -> None:
    """HH:MM:SS in notes, seconds in the value."""
    article = _read("T\n\nWords.\n\n00:00 Intro\n02:10 Springs\n1:09:30 Close")
    chapters = next(block for block in article.blocks if isinstance(block, TimestampList))

    assert [entry.start_seconds for entry in chapters.entries] == [0, 130, 4170]
    assert "<p>00:00:00 Intro<br/>00:02:10 Springs<br/>01:09:30 Close</p>" in render_notes(article.blocks)


@pytest.mark.parametrize(
    "text", ["10:30 Doors open", "09:00 Opening\n10:30 Coffee\n12:00 Lunch", "5:12 Romans\n3:1 Eph"]
)
def test_times_of_day_are_no_chapters(text: str) -> None:
    """A timetable stays as it was written."""
    article = _read(f"T\n\nWords.\n\n{text}")

    assert not any(isinstance(block, TimestampList) for block in article.blocks)
    assert text in render_plain_notes(article.blocks)


# -- title and surroundings -------------------------------------------------------------------------------------------


def test_what_stands_above_a_known_title_goes() -> None:
    """A text copied from the top of the page: menu and all."""
    article = _read("Home\n\nAbout us\n\nHow owls hunt\n\nOwls hear mice under snow.", title="How Owls Hunt")

    assert article.title == "How owls hunt"
    assert render_notes(article.blocks) == "<p>Owls hear mice under snow.</p>"
    assert [str(cut) for cut in article.cuts] == ["cut 2 lines before the article"]


@pytest.mark.parametrize(
    "heading",
    [
        "3 thoughts on “{}”",
        "One thought on “{}”",
        "11 Responses to {}",
        "2 Comments on {}",
        "3 Gedanken zu „{}“",
        "2 réflexions sur « {} »",
        "4 comentarios en «{}»",
        "2 pensieri su “{}”",
        "《{}》上有 3 条评论",
    ],
)
def test_comment_headings_of_the_common_systems(heading: str) -> None:
    """In the spellings of WordPress and its translations, with what follows."""
    text = f"Owls\n\nOwls hear mice under snow.\n\n{heading.format('Owls')}\n\n1. Kim: I knew it.\n\n2. Jo: So did I."

    assert render_plain_notes(_read(text).blocks) == "Owls hear mice under snow.\n"


def test_a_lone_sign_at_the_end_is_left() -> None:
    """Cutting too much is worse than leaving a line."""
    for line in ("Read more about owls.", "Related", "Next episode: bats", "Share this episode with a friend."):
        assert line in render_plain_notes(_read(f"T\n\nOwls hear mice under snow, and foxes do, too.\n\n{line}").blocks)


def test_front_matter_gives_sidecar_fields(show_dir: Path) -> None:
    """A Markdown article with front matter needs no sidecar; keys of other programs are passed over."""
    episodes = show_dir / "episodes"
    (episodes / "immunotherapy.toml").unlink()
    (episodes / "immunotherapy.txt").unlink()
    (episodes / "immunotherapy.md").write_text(
        "+++\ntitle = 'From the front matter'\ndate = 2018-01-16\nseason = 3\nlayout = 'post'\n+++\nThe *article*.\n"
    )

    assert run_tool("publish", show_dir).returncode == 0

    item = (show_dir / "feed" / "feed.xml").read_text("utf-8").split("<item>")[1]
    assert "<title>From the front matter</title>" in item
    assert "<pubDate>Tue, 16 Jan 2018 11:00:00 +0000</pubDate>" in item
    assert "<itunes:season>3</itunes:season>" in item
    assert "<p>The <em>article</em>.</p>" in item


def test_notes_header_and_footer_go_around_every_article(show_dir: Path) -> None:
    """Markdown of show.toml, in description and content:encoded."""
    with (show_dir / "episodes" / "show.toml").open("a") as show:
        show.write('notes_header = "From the [institute](https://www.example.org)."\nnotes_footer = "*Be well.*"\n')

    run_tool("publish", show_dir)

    feed = (show_dir / "feed" / "feed.xml").read_text("utf-8")
    assert feed.count('[CDATA[<p>From the <a href="https://www.example.org">institute</a>.</p>') == 4
    assert feed.count("<p><em>Be well.</em></p>]]>") == 4


BODY = ["Owls hear mice under snow, and they hear them in the dark.", "They come at dusk, when nobody sees them."]
COMMENTS = ["3 thoughts on “How Owls Hunt”", "1. I knew it, and my grandfather knew it, too.", "Comments are closed."]


@pytest.mark.parametrize(
    "page",
    [
        "<body><h1>{title}</h1><p>{a}</p><p>{b}</p><h3>{c}</h3><ol><li>{d}</li></ol><p>{e}</p></body>",
        "<body><div>{title}</div><div>{a}</div><div>{b}</div><div>{c}</div><div>{d}</div><div>{e}</div></body>",
        "<body><h2>{title}</h2><div>{a}<br><br>{b}<br> <br>{c}<br><br>{d}<br><br>{e}</div></body>",
        "<body><pre>{title}\n\n{a}\n\n{b}\n\n{c}\n\n{d}\n\n{e}</pre></body>",
        "<h1>{title}</h1><p>{a}</p><p>{b}</p><p>{c}</p><p>{d}</p><p>{e}</p>",
        "<body><p>Field Notes</p><table><tr><td><h1>{title}</h1><p>{a}<p>{b}<h3>{c}</h3><p>{d}<p>{e}</table></body>",
    ],
    ids=["headings", "divs", "breaks", "pre", "fragment", "table"],
)
def test_a_page_without_any_marks_gives_the_article(page: str) -> None:
    """However it is laid out: no title, no comments, both paragraphs."""
    a, b = BODY
    c, d, e = COMMENTS
    html = "<html><head><title>How Owls Hunt - Field Notes</title></head>" if "<body>" in page else ""

    article = _read(html + page.format(title="How Owls Hunt", a=a, b=b, c=c, d=d, e=e), ".html")

    assert article.title == "How Owls Hunt"
    assert render_plain_notes(article.blocks) == f"{a}\n\n{b}\n"


P1 = "The old bridge over the river was closed on Friday, and nobody in the town knows for how long it will stay so."
P2 = (
    "A spokesman of the city said that engineers had found cracks in two of the pillars during an inspection last week."
)
P3 = "Many people walk over the bridge to their work each day, and they will have to take the ferry, which is not free."

# What looks like a sign and is the article's own; each line has to stay.
KEPT = [
    ["By the time the bridge was closed, nobody used it.", P1],
    ["By 1931 it was built.", P1],
    ["Von Montag an ist die Brücke zu.", P1],
    ["When: Tuesday, March 3, 2020, 10:30", P1],
    ["LEEDS, March 3, 2020 - The bridge is closed for now", P1],
    ["March 3, 2020", P1, "March 4, 2020", P2, "March 5, 2020", P3],
    [P1, P2, "© Reuters/Jane Doe", "The mayor will speak on Friday."],
    [
        P1,
        P2,
        "Share",
        "Category: Dessert",
        "Ingredients",
        "* 3 apples\n* 2 eggs",
        "Peel the apples.",
        "Bake for an hour.",
    ],
    [P1, "Popular", "The first is cheap.", "Latest", "The second is new.", "Trending", "The third is for you."],
    [P1, "Related", "Relatives should visit.", "Search", "Look for it.", "Contact us", "Ring the bell."],
    [P1, "« Le pont est fermé »", "« Il est vieux »", "Voilà la fin."],
    [P1, "Categories: best film, best song", "The winners are told on Friday."],
    [P1, "Five responses to stress", "Get up at 6:30 every day.", P2, P3],
    [P1, "Comments", "Jane Doe, mayor, said:", P2, "Bob Roe, engineer, said:", P3],
    [P1, "3 comments on the budget", "Jane Doe says:", P2, P3],
    [P1, "Discussion", "It is so.", P2],
]


@pytest.mark.parametrize("chunks", KEPT, ids=range(len(KEPT)))
def test_what_only_looks_like_a_sign_stays(chunks: list[str]) -> None:
    """Cutting too much is worse than leaving a line."""
    notes = render_plain_notes(_read("Bridge closed\n\n" + "\n\n".join(chunks)).blocks)

    for line in "\n".join(chunks).splitlines():
        assert line.removeprefix("* ") in notes


# Furniture and comments as the common systems write them, in the languages of their translations.
CUT = [
    ["Leave a Reply", "Your email address will not be published.", "Name *"],
    [
        "Bob says:\nMarch 3, 2020 at 4:13 pm",
        P3,
        "Reply",
        "Jim says:\nMarch 4, 2020 at 4:13 pm",
        P3,
        "Reply",
        "Leave a Reply",
    ],
    ["Comments (2)", "Bob\nMarch 3, 2020", P3, "Jim\nMarch 5, 2020", P3],
    [
        "Facebook",
        "Twitter",
        "WhatsApp",
        "Related",
        "Other story",
        "3 Comments",
        "Bob says:\nMarch 3, 2020 at 4:13 pm",
        "Reply",
    ],
    ["About the author", "Jane Doe writes books.", "Tags: a, b", "Leave a Reply", "Name *"],
    ["3 komentarze do “X”", "Bob pisze:\n3 marca 2020 o 16:13", P3, "Odpowiedz", "Dodaj komentarz"],
    ["Поделиться ссылкой:", "3 комментария", "Bob:\n03.03.2020 в 16:13", P3, "Ответить", "Добавить комментарий"],
    [
        "Dit delen:",
        "* Twitter\n* Facebook",
        "2 gedachten over “X”",
        "Bob schreef:\n3 maart 2020 om 16:13",
        P3,
        "Beantwoorden",
    ],
    [
        "Compartilhe isso:",
        "* Twitter\n* Facebook",
        "2 comentários em “X”",
        "Bob disse:\n3 de março de 2020 às 16:13",
        P3,
    ],
    ["共有:", "2件のコメント", "Bob より:\n2020年3月3日 4:13 PM", P3, "返信", "コメントを残す"],
    ["Dela detta:", "* Twitter\n* Facebook", "2 svar på ”X”", "Bob skriver:\n3 mars, 2020 kl. 16:13", P3, "Svara"],
]


@pytest.mark.parametrize("chunks", CUT, ids=range(len(CUT)))
def test_furniture_and_comments_go(chunks: list[str]) -> None:
    """All of it, and no word of the article, be that short or long."""
    for article in ([P1, P2], ["The bridge is shut for the summer.", "Take the ferry."]):
        text = "\n\n".join(["Bridge closed", *article, *chunks])
        assert render_plain_notes(_read(text).blocks) == "\n\n".join(article) + "\n"


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


TEASERS = "".join(
    f"<div><h3><a href=/{n}>Story {n}</a></h3>{_paragraphs('A few words about it, and some more.')}</div>"
    for n in range(9)
)
COMMENT_BOX = "".join(
    f"<article class=comment><footer>Bob {n} says</footer>{_paragraphs('I think so.' * 9)}</article>" for n in range(9)
)
H1 = "<h1>Bridge closed</h1>"


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>My Blog</h1><div class='widget Blog'><div class='post hentry'><h3>Bridge closed</h3><div class=post-body>{P1}<br><br>{P2}<br><br>{P3}</div></div></div>",
        f"{H1}<div style='display:none'>{_paragraphs(P1, P2, P3)}</div>",
        f"{H1}<div class='wrapper sidebar'>{_paragraphs(P1, P2, P3)}</div>",
        f"<div class=post>{H1}{_paragraphs(P1, P2, P3)}</div><div class=grid>{TEASERS}</div>",
        f"<main><article>{H1}{_paragraphs(P1, P2, P3)}</article><div>{COMMENT_BOX}</div></main>",
        f"<main><div class=hero>{H1}<p class=lead>{P1}</p></div><div class=cols><div>{_paragraphs(P2, P3)}</div></div></main>",
        f"{H1}<div>{_paragraphs(P1, P2)}</div><div class=ad-slot>Advertisement</div><div>{_paragraphs(P3)}</div>",
        f"<script>{'for(i=0;i<n;i++){if(i>2)x()};' * 1500}</script>{H1}{'<div>x</div>' * 0}{_paragraphs(P1, P2, P3)}",
        f"<article>{H1}{_paragraphs(P1, P2, P3)}<div class='article__author-bio'><p>Jane is a reporter here.</p></div></article>",
    ],
    ids=["blogger", "hidden", "sidebar", "teasers", "comments", "lead", "parts", "scripts", "author"],
)  # fmt: skip
def test_a_page_gives_its_article_whatever_its_marks_say(body: str) -> None:
    """Every paragraph of it, and nothing of what stands around."""
    page = f"<html><head><title>Bridge closed - The Daily</title></head><body>{body}</body></html>"

    article = _read(page, ".html")

    assert render_plain_notes(article.blocks) == f"{P1}\n\n{P2}\n\n{P3}\n"


# -- Word -------------------------------------------------------------------------------------------------------------

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _docx(body: str, comments: str = "") -> bytes:
    """A Word file of the fewest parts that Word itself opens."""
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{word}.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
    }
    if comments:
        parts["word/comments.xml"] = f"<w:comments {W}>{comments}</w:comments>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)
    return stream.getvalue()


def _paragraph(words: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{words}</w:t></w:r></w:p>"


CHANGED = (
    '<w:p><w:r><w:t xml:space="preserve">Owls hear </w:t></w:r>'
    '<w:ins w:id="1" w:author="A"><w:r><w:t>mice</w:t></w:r></w:ins>'
    '<w:del w:id="2" w:author="A"><w:r><w:delText>cats</w:delText></w:r></w:del><w:r><w:t>.</w:t></w:r></w:p>'
)


def test_a_word_file_gives_its_text() -> None:
    """Title, headings and paragraphs."""
    article = parse_article(
        _docx(_paragraph("Owls") + _paragraph("Part one", "Heading1") + _paragraph("Owls hear mice.")),
        ".docx",
        "x.docx",
    )

    assert article.title == "Owls"
    assert isinstance(article.blocks[0], Heading)
    assert render_plain_notes(article.blocks) == "Part one\n\nOwls hear mice.\n"


def test_undecided_changes_hold_a_new_episode_until_they_are_accepted(show_dir: Path) -> None:
    """Told with their number; `accept_changes = true` lets it go."""
    episodes = show_dir / "episodes"
    (episodes / "immunotherapy.txt").unlink()
    comment = '<w:comment w:id="0" w:author="A"><w:p><w:r><w:t>Sure?</w:t></w:r></w:p></w:comment>'
    (episodes / "immunotherapy.docx").write_bytes(_docx(_paragraph("Owls") + CHANGED, comment))

    held = run_tool("publish", show_dir)
    with (episodes / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write("accept_changes = true\n")
    accepted = run_tool("publish", show_dir)

    assert held.returncode == 3
    assert (
        "episodes/immunotherapy.docx: holds 2 tracked changes and 1 comment that nobody has decided on" in held.stderr
    )
    assert accepted.returncode == 0
    assert "<p>Owls hear mice.</p>" in (show_dir / "feed" / "feed.xml").read_text("utf-8")


# -- spellings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("Dr. Lee met Mr. J. R. Fox of the U.S. team at 5 p.m. on Jan. 3. They spoke for an hour about owls, e.g. Barn Owls.",
         "Dr. Lee met Mr. J. R. Fox of the U.S. team at 5 p.m. on Jan. 3. They spoke for an hour about owls, e.g. Barn Owls."),
        ("Am 17. Dezember sprach Prof. Dr. Jäger z. B. über Eulen, Käuze und Uhus im Winter und über ihre Federn. Dann ging er.",
         "Am 17. Dezember sprach Prof. Dr. Jäger z. B. über Eulen, Käuze und Uhus im Winter und über ihre Federn."),
        ("¿Por qué vuelan las lechuzas sin hacer ruido? La Dra. Ruiz lo explica en este episodio.",
         "¿Por qué vuelan las lechuzas sin hacer ruido? La Dra. Ruiz lo explica en este episodio."),
        ("« Les chouettes volent sans bruit », dit M. Leroux, qui les étudie depuis vingt ans dans les Alpes françaises. Il sourit.",
         "« Les chouettes volent sans bruit », dit M. Leroux, qui les étudie depuis vingt ans dans les Alpes françaises."),
        ("猫头鹰为什么能够在夜里无声地飞行？研究人员在本期节目中解释了羽毛的结构。第三句话。",
         "猫头鹰为什么能够在夜里无声地飞行？研究人员在本期节目中解释了羽毛的结构。"),
        ("لماذا تطير البومة في الليل من دون صوت؟ يشرح لنا الباحثون في هذه الحلقة بنية الريش.",
         "لماذا تطير البومة في الليل من دون صوت؟ يشرح لنا الباحثون في هذه الحلقة بنية الريش."),
        ("מדוע ינשופים עפים בלילה בלי להשמיע קול? החוקרים מסבירים בפרק הזה את מבנה הנוצה.",
         "מדוע ינשופים עפים בלילה בלי להשמיע קול? החוקרים מסבירים בפרק הזה את מבנה הנוצה."),
    ],
    ids=["en", "de", "es", "fr", "zh", "ar", "he"],
)  # fmt: skip
def test_a_summary_is_a_whole_sentence_or_two(text: str, summary: str) -> None:
    """In any language, never cut behind an abbreviation; each character of the article is kept."""
    article = _read(f"T\n\n{text}")

    assert summarise(article.blocks) == summary
    assert text in render_plain_notes(article.blocks)


def test_a_long_description_is_cut_at_a_paragraph_and_links_to_the_page() -> None:
    """At most 4000 bytes, the contents kept whole, the link last."""
    paragraph = "Owls hear mice under two feet of snow, and they hear them in the dark. " * 8
    text = "T\n\n" + f"{paragraph}\n\n" * 9 + "0:00 Intro\n5:01 Ears\n9:30 Close"

    description = render_description(_read(text).blocks, "https://example.org/owls/")

    assert len(description.encode()) <= MAX_DESCRIPTION_BYTES
    assert description.count(paragraph.strip()) == 6
    assert "00:00:00 Intro<br/>00:05:01 Ears<br/>00:09:30 Close" in description
    assert description.endswith('<p><a href="https://example.org/owls/">https://example.org/owls/</a></p>')


@pytest.mark.parametrize(
    "text", ["Owls hear mice & more. " * 400, "猫头鹰" * 3000, "* one line of a list\n" * 400, "> Quoted words. " * 400]
)
def test_one_endless_block_still_gives_a_description(text: str) -> None:
    """Cut at a sentence or an entry, never empty."""
    description = render_description(_read(f"T\n\n{text}").blocks, "https://example.org/owls/")

    assert 3000 < len(description.encode()) <= MAX_DESCRIPTION_BYTES


def test_addresses_stand_behind_the_paragraph_in_plain_text() -> None:
    """Not inside it, and not where the words say them already."""
    article = _read("See [the museum](https://example.org/m) and https://example.org/x now.", ".md")

    assert (
        render_plain_notes(article.blocks) == "See the museum and https://example.org/x now.\nhttps://example.org/m\n"
    )


# -- bad input --------------------------------------------------------------------------------------------------------

BAD: list[tuple[str, bytes, str]] = [
    ("empty.txt", b" \n\n", "is empty; write the article, or take the file away"),
    ("only-comments.txt", b"3 thoughts on \xe2\x80\x9cX\xe2\x80\x9d\n\nKim says:\nMarch 5, 2019 at 9:12 am\n\nYes.", "holds no article"),
    ("login.html", b"<html><head><title>Log in</title></head><body><nav>a b</nav><form>Password</form></body></html>",
     "holds no article that can be found"),
    ("program.txt", bytes(range(256)) * 50, "is no text but a binary file"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(90), "is no text but a picture"),
    ("locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90) + "EncryptedPackage".encode("utf-16-le"),
     "is protected by a password; save it without one"),
    ("old.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90), "is in the old Word format; save it as .docx"),
    ("broken.docx", b"PK\x03\x04" + bytes(90), "is no Word file, or a broken one"),
    ("entities.docx", _docx("").replace(b"<w:document", b"<!DOCTYPE x>"), "is no Word file, or a broken one"),
    ("huge.txt", b"Words and words. " * 3_000_000, "that is no article"),
    ("deep.html", b"<div>" * 100_000 + b"words", "nests elements more than 500 deep"),
    ("nested.html", b"<div>" * 9_000 + b"words", "nests elements more than 500 deep"),
    ("quotes.html", b"<blockquote>" * 4_000 + b"words" * 30, "nests elements more than 500 deep"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "sentence"), BAD, ids=[row[0] for row in BAD])
def test_what_is_no_article_ends_in_a_sentence(tmp_path: Path, name: str, raw: bytes, sentence: str) -> None:
    """Exit code 1, one line with the file's name, no traceback."""
    (tmp_path / name).write_bytes(raw)

    result = run_tool("notes", tmp_path / name)

    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert name in result.stderr
    assert sentence in result.stderr


@pytest.mark.parametrize(
    "raw",
    [
        b"> " * 200_000,
        b"Comments\n\n" * 9_000,
        b"http://a.b/" * 40_000,
        b"&" + b"amp;" * 100_000,
        b"0:00 x\n" * 19_000,
        b"1. a\n\n" * 9_000,
        b"a@" * 200_000,
    ],
)
def test_monsters_come_to_an_end(raw: bytes) -> None:
    """The worst that fits into the bounds: work that grows with the square of it would not end before the CI does."""
    with suppress(ArticleError):
        article = parse_article(raw, ".txt", "x.txt")
        assert len(render_description(article.blocks, None).encode()) <= MAX_DESCRIPTION_BYTES


def test_notes_command_reads_standard_input_and_tells_what_it_cut() -> None:
    """Notes to standard output, the cut to standard error."""
    import subprocess
    import sys

    article = (ARTICLES / "wordpress-english.txt").read_bytes()
    result = subprocess.run(
        [sys.executable, "-m", "podcast_tool", "notes", "-", "--format", "summary"], input=article, capture_output=True
    )

    assert result.stdout.decode() == (
        "An owl hears a mouse under two feet of snow. "
        "Its ears sit at different heights, so that a sound reaches one of them a moment before the other.\n"
    )
    assert b"cut 25 lines after the article: comments, share buttons" in result.stderr
