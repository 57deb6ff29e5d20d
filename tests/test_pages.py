"""The pages as HTML: what they hold, in which words, and that nobody's words become markup."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_tool.check.theme import contrast_of
from podcast_tool.model import (
    Article,
    Chapter,
    Cue,
    Element,
    Episode,
    EpisodeType,
    Figure,
    Heading,
    Image,
    Level,
    Link,
    Listed,
    Neighbours,
    NotePicture,
    PageLink,
    PageOptions,
    Paragraph,
    PublishedFile,
    PublishedTranscript,
    Quote,
    Show,
    ShowPictures,
    ShowType,
    Strong,
    Text,
    Timestamp,
    TimestampList,
    Transcript,
)
from podcast_tool.render.pages.assets import render_theme
from podcast_tool.render.pages.frame import Frame
from podcast_tool.render.pages.site import Pages, open_pages
from podcast_tool.render.pages.templates import template_names
from podcast_tool.render.pages.words import LANGUAGES, find_words
from podcast_tool.vocabulary.directories import DIRECTORIES, directory_url
from podcast_tool.vocabulary.persons import PERSON_ROLES
from podcast_tool.vocabulary.theme import OUR_COLOURS, THEME_VARIABLES, is_theme_value

from .conftest import REPOSITORY

PACKAGE = REPOSITORY / "podcast_tool"
XSS_VECTORS = [
    line
    for line in (REPOSITORY / "tests" / "xss_vectors.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def _file(path: str, media_type: str = "image/jpeg", **more: Any) -> PublishedFile:
    return PublishedFile(path=path, media_type=media_type, size_bytes=42_300_000, sha256="0" * 64, parts=(), **more)


COVER = Image(
    path="episodes/cover.jpg", format="JPEG", width_px=3000, height_px=3000, mode="RGB", size_bytes=1, sha256="c" * 64
)
PICTURES = ShowPictures(
    cover=_file("cover.11111111.jpg"),
    thumbnail=_file("cover.small.22222222.jpg"),
    icon=_file("cover.icon.33333333.jpg"),
)
SHOW = Show(
    title="Night Voices",
    description="What calls after dark.",
    site_url="https://owls.example.org/pod/",
    language="en-gb",
    author="Fenland Trust",
    owner=None,
    categories=(),
    explicit=False,
    type=ShowType.EPISODIC,
    cover=COVER,
    copyright="2018 Fenland Trust",
    timezone="Europe/Berlin",
    publish_time=time(6),
    guid="8f6a2c1e-52b0-5f0c-9d7f-3a41f5f7c001",
    link=None,
    locked=True,
)
EPISODE = Episode(
    guid="guid-of-owls",
    slug="owls",
    title="Owls",
    published_at=datetime(2018, 1, 5, 11, tzinfo=UTC),
    season=2,
    episode=4,
    type=EpisodeType.FULL,
    summary=None,
    explicit=False,
    link=None,
    notes=Article(
        path="owls.md", title=None, blocks=(Paragraph((Text("Who calls in the reeds at night, and why?"),)),)
    ),
    carries_full_notes=True,
    carries_short_notes=False,
    sound_sha256="0" * 64,
    audio=_file("audio/owls.44444444.mp3", "audio/mpeg", duration_seconds=2806.0),
    artwork=None,
    thumbnail=None,
)
TRANSCRIPT = Transcript(
    cues=(
        Cue(start_milliseconds=0, end_milliseconds=4000, text="Good evening.", speaker="Mary"),
        Cue(start_milliseconds=4210, end_milliseconds=9000, text="Listen.", speaker="Jörg"),
    )
)
ALONE = Neighbours()


def _listed(number: int, **changes: Any) -> Listed:
    """One of a weekly show, 0 being the newest."""
    ordinary = Listed(
        slug=f"episode-{number}",
        title=f"Episode {number}",
        published_at=datetime(2018, 1, 5, 11, tzinfo=UTC) - timedelta(days=7 * number),
        duration_seconds=1500.0,
        summary="What calls after dark.",
    )
    return replace(ordinary, **changes)


def _pages(*, is_preview: bool = False, **changes: Any) -> Pages:
    """Of an ordinary show but for the fields named."""
    return open_pages(replace(SHOW, **changes), PICTURES, is_preview=is_preview)


def _page(pages: Pages | None = None, *, transcript: Transcript | None = None, **changes: Any) -> str:
    """An ordinary episode's page but for the fields named."""
    return (pages or _pages()).episode(replace(EPISODE, **changes), ALONE, transcript, None).decode()


class _Skeleton(HTMLParser):
    """The tags of a page with their attributes, and the words between them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]

    def values(self, tag: str, attribute: str, **having: str) -> list[str]:
        return [
            attributes[attribute]
            for name, attributes in self.tags
            if name == tag and attribute in attributes and having.items() <= attributes.items()
        ]


def _data(page: str) -> Any:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert len(found) == 1
    assert not set(found[0]) & set("<>&")
    return json.loads(found[0])


@cache
def _every_page() -> Mapping[str, str]:
    """A page of each kind, with everything on it that can be."""
    tags = {
        "license": (Element(name="podcast:license", text="CC-BY-4.0", attributes=(("url", "https://cc.example/by"),)),),
        "persons": (Element(name="podcast:person", text="Mary"),),
    }
    options = PageOptions(
        links=(PageLink(title="Imprint", url="https://owls.example.org/imprint"),),
        directories={"apple": "1234567890"},
        theme={"accent": "#7a1f3d"},
    )
    pages = _pages(tags=tags, pages=options)
    listed = [_listed(number, season=1 + number % 2, thumbnail_path="a.jpg") for number in range(60)]
    episode = _full_episode("Words")
    neighbours = Neighbours(older=listed[1], newer=listed[0])
    rendered = {
        **pages.lists(listed),
        "owls/index.html": pages.episode(episode, neighbours, TRANSCRIPT, "draft"),
        "untimed/index.html": pages.episode(episode, ALONE, Transcript(blocks=_blocks("Words")), None),
        "embed/owls/index.html": pages.embed(episode, mark=None),
    }
    return {path: content.decode() for path, content in rendered.items()}


def _blocks(words: str) -> tuple[Any, ...]:
    link = Link("https://other.example/?a=1&b=2", (Text(words),))
    return (
        Heading(1, (Text(words),)),
        Paragraph((Text(words), Strong((Text(words),)), link)),
        Heading(4, (Text(words),)),
        Quote((Heading(2, (Text(words),)), Paragraph((Text(words),)))),
    )


def _full_episode(words: str) -> Episode:
    """An episode in which every text that people write is *words*."""
    person = Element(name="podcast:person", text=words, attributes=(("role", words), ("href", "https://p.example/")))
    return replace(
        EPISODE,
        guid=words,
        title=words,
        summary=words,
        notes=Article(path="owls.md", title=None, blocks=_blocks(words)),
        explicit=True,
        type=EpisodeType.BONUS,
        tags=(person,),
        chapters=(
            Chapter(start_milliseconds=0, title=words, url="https://c.example/", image=COVER),
            Chapter(start_milliseconds=49_710, title=None),
            Chapter(start_milliseconds=60_000, title=words, is_hidden=True),
        ),
        chapter_images={COVER.sha256: _file("owls/chapter.55555555.jpg")},
        transcripts=(
            PublishedTranscript(path="owls/transcript.vtt", media_type="text/vtt", language=None, is_timed=True),
            PublishedTranscript(path="owls/transcript.de.vtt", media_type="text/vtt", language="de", is_timed=True),
        ),
    )


# -- nobody's words become markup -------------------------------------------------------------------------------------


def _all_words(words: str) -> list[str]:
    """Each kind of page, every text on it being *words*."""
    tags = {"license": (Element(name="podcast:license", text=words),)}
    options = PageOptions(links=(PageLink(title=words, url="https://owls.example.org/imprint"),))
    pages = _pages(title=words, description=words, author=words, copyright=f"© {words}", tags=tags, pages=options)
    listed = [_listed(number, title=words, summary=words, mark=words) for number in range(2)]
    transcript = Transcript(cues=(Cue(start_milliseconds=0, end_milliseconds=1, text=f".{words}", speaker=words),))
    neighbours = Neighbours(older=listed[1], newer=listed[0])
    episode = _full_episode(words)
    rendered = [
        *pages.lists(listed).values(),
        pages.episode(episode, neighbours, transcript, words),
        pages.episode(episode, ALONE, Transcript(blocks=_blocks(words)), words),
        pages.embed(episode, mark=None),
    ]
    return [page.decode() for page in rendered]


@cache
def _harmless() -> list[list[tuple[str, tuple[str, ...]]]]:
    return [_Skeleton(page).shape for page in _all_words("words")]


def _check_shapes(words: str) -> None:
    pages = _all_words(words)
    assert [_Skeleton(page).shape for page in pages] == _harmless()
    for page in pages:
        if "ld+json" in page:
            assert _data(page)["name"] == words


@pytest.mark.parametrize("vector", XSS_VECTORS)
def test_hostile_words_give_no_tag_and_no_attribute(vector: str) -> None:
    """In titles, names, chapters, notes, transcripts, marks, licences, footers: the page's shape stays the same."""
    _check_shapes(vector)


_LETTERS = st.one_of(
    st.sampled_from(["<", ">", "&", '"', "'", "\\", "</script>", "<!--", "-->", "]]>", "{{", "%}", "%(x)s", "{", "="]),
    st.characters(exclude_categories=("Cs", "Cc")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_LETTERS, min_size=1, max_size=12).map("".join))
def test_no_words_at_all_change_a_page_s_shape(words: str) -> None:
    """Whatever the words."""
    _check_shapes(f"w{words}w")


def test_no_page_holds_inline_script_or_style() -> None:
    """The policy would refuse them: scripts and styles are files, data blocks hold no script."""
    for path, page in _every_page().items():
        skeleton = _Skeleton(page)
        for tag, attributes in skeleton.tags:
            assert tag != "style", path
            assert not [name for name in attributes if name.startswith("on") or name == "style"], path
            if tag == "script":
                assert "src" in attributes or attributes["type"] == "application/ld+json", path


def test_the_policy_comes_first_and_allows_nothing_inline() -> None:
    """Before anything that it could govern; the recording's host is the only one besides the pages' own."""
    for page in _every_page().values():
        tag, attributes = _Skeleton(page).tags[2]
        assert tag == "meta"
        assert attributes["http-equiv"] == "Content-Security-Policy"
        assert "unsafe" not in attributes["content"]
        assert attributes["content"].startswith("default-src 'none'; ")
        assert "https:" not in attributes["content"]


@pytest.mark.parametrize(
    ("media_url", "path", "sources"),
    [
        (None, "audio/owls.mp3", "'self';"),
        ("https://media.example.org/owls/", "audio/owls.mp3", "'self' https:;"),
        (None, "https://archive.example:8443/1.mp3?x=1", "'self' https:;"),
        (None, "HTTP://archive.example/1.mp3", "'self' http:;"),
        ("https://a;script-src.example/", "audio/owls.mp3", "'self' https:;"),
        ("javascript://a/", "audio/owls.mp3", "'self';"),
    ],
)
def test_the_policy_lets_sound_in_from_where_it_is(media_url: str | None, path: str, sources: str) -> None:
    """Beside the pages alone, or also from other hosts, which may lead on to others; never a second directive."""
    page = _page(_pages(media_url=media_url), audio=_file(path, "audio/mpeg"))

    policy = _Skeleton(page).values("meta", "content", **{"http-equiv": "Content-Security-Policy"})[0]
    assert f"media-src {sources}" in policy
    assert policy.count(";") == 8


_LOADING = {"img": "src", "script": "src", "audio": "src", "source": "src", "iframe": "src", "input": "src"}
_LOADING_RELATIONS = {"stylesheet", "icon", "apple-touch-icon", "preload", "manifest"}


def test_no_page_asks_another_host() -> None:
    """All that a page loads by itself lies beside it; addresses of others stand only in links that people follow."""
    for path, page in _every_page().items():
        for tag, attributes in _Skeleton(page).tags:
            loaded = attributes.get(_LOADING.get(tag, ""))
            if tag == "link" and set(attributes["rel"].split()) & _LOADING_RELATIONS:
                loaded = attributes["href"]
            assert not urlsplit(loaded or "").netloc, f"{path}: {loaded}"
            assert "srcset" not in attributes


def test_pictures_of_persons_are_shown_only_if_they_are_ours() -> None:
    """A picture elsewhere would tell its host who reads the page."""

    def person(image: str) -> Element:
        return Element(name="podcast:person", text="Mary", attributes=(("img", image),))

    page = _page(tags=(person("https://people.example/mary.jpg"), person("https://owls.example.org/pod/mary.jpg")))

    assert _Skeleton(page).values("img", "src", width="48") == ["../mary.jpg"]


def test_an_episode_s_persons_take_the_place_of_the_show_s() -> None:
    """P20-PERSON; the index shows the show's."""
    show_has = {"persons": (Element(name="podcast:person", text="Mary", attributes=(("role", "host"),)),)}
    pages = _pages(tags=show_has)
    own = Element(name="podcast:person", text="Jörg", attributes=(("href", "https://people.example/j"),))

    mary = '<span>Mary <span class="role">host</span></span>'
    assert mary in pages.lists([])["index.html"].decode()
    assert mary in _page(pages)
    assert mary not in _page(pages, tags=(own,))
    assert '<a href="https://people.example/j">Jörg</a>' in _page(pages, tags=(own,))


def test_the_same_values_give_the_same_bytes() -> None:
    """Whoever renders them, and however often."""
    first, second = _all_words("words"), _all_words("words")

    assert first == second
    assert _pages().static() == _pages().static()


# -- what stands on a page --------------------------------------------------------------------------------------------


def test_every_page_has_one_heading_and_no_gaps_below_it() -> None:
    """WCAG 2.2, 1.3.1: also where an article begins with its third level, or jumps."""
    for path, page in _every_page().items():
        headings = _Skeleton(page).headings
        assert headings.count(1) == 1, path
        assert all(after <= before + 1 for before, after in pairwise(headings)), path


def test_every_control_has_a_name_and_every_picture_an_alternative() -> None:
    """Labels lead to fields that exist, no id stands twice, no picture is without `alt`, width and height."""
    for path, page in _every_page().items():
        skeleton = _Skeleton(page)
        ids = [attributes["id"] for _, attributes in skeleton.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), path
        named = {name for _, attributes in skeleton.tags for name in attributes.get("aria-labelledby", "").split()}
        targets = {href[1:] for href in skeleton.values("a", "href") if href.startswith("#")}
        assert named | targets | set(skeleton.values("label", "for")) <= set(ids), path
        for tag, attributes in skeleton.tags:
            assert tag != "img" or {"alt", "width", "height"} <= attributes.keys(), path


def test_controls_that_need_the_script_are_hidden_until_it_runs() -> None:
    """Without JavaScript nothing on the page is dead."""
    skeleton = _Skeleton(_every_page()["owls/index.html"])

    for attributes in (attributes for tag, attributes in skeleton.tags if tag == "button"):
        assert "hidden" in attributes or attributes["data-action"] in ("back", "forward")
    assert all("hidden" in attributes for _, attributes in skeleton.tags if attributes.get("class") == "controls")
    assert all("hidden" in attributes for tag, attributes in skeleton.tags if tag == "form")


def test_a_page_loads_nothing_that_is_not_there() -> None:
    """Each file is named with a piece of its digest, so that no cache gives an old one to a new page."""
    for theme in ({}, {"accent": "#7a1f3d"}):
        pages = _pages(pages=PageOptions(theme=theme))
        static = pages.static()
        page = pages.lists([_listed(number) for number in range(20)])["index.html"].decode()
        named = re.findall(r'(?:href|src)="(static/[^"?]+)\?v=([0-9a-f]{8})"', page)
        assert dict(named).keys() == {path for path in static if path.startswith("static/")}
        assert all(hashlib.sha256(static[path]).hexdigest().startswith(version) for path, version in named)
        assert "feed.css" in static


def test_the_player_follows_the_contract_with_the_script() -> None:
    """The ids, classes and data- attributes that player.js looks for."""
    skeleton = _Skeleton(_every_page()["owls/index.html"])

    assert skeleton.values("html", "data-root") == ["../"]
    assert skeleton.values("section", "data-guid", id="player") == ["Words"]
    assert skeleton.values("audio", "src", id="audio", preload="none") == ["../audio/owls.44444444.mp3"]
    assert skeleton.values("button", "data-seconds") == ["15", "30"]
    assert skeleton.values("option", "value") == ["0.75", "1", "1.25", "1.5", "1.75", "2"]
    assert skeleton.values("input", "data-action", type="checkbox") == ["follow"]
    assert "{time}" in skeleton.values("p", "data-resumed")[0]
    assert skeleton.values("button", "data-copies") == ["feed-address"]
    assert skeleton.values("li", "data-start") == ["0", "49.71"]
    assert skeleton.values("a", "href", **{"class": "seek"})[1] == "../audio/owls.44444444.mp3#t=49.71"
    assert skeleton.values("a", "href", **{"class": "time"})[1] == "../audio/owls.44444444.mp3#t=4.21"
    assert skeleton.values("p", "data-start") == ["0", "4.21"]
    assert skeleton.values("div", "class", id="transcript") == ["transcript"]


def test_chapters_are_those_of_the_table_of_contents() -> None:
    """One without a title is numbered, one that is hidden is left out, pictures come when they are seen."""
    page = _every_page()["owls/index.html"]

    assert re.findall(r'<span class="time">[\d:]+</span> <span>(.*?)</span>', page) == ["Words", "Chapter 2"]
    assert _Skeleton(page).values("img", "src", loading="lazy", width="64") == ["../owls/chapter.55555555.jpg"]
    assert '<a class="beside" href="https://c.example/">c.example</a>' in page


def test_a_transcript_stands_on_the_page_whole() -> None:
    """Timed with links to each moment and a name where somebody else speaks; untimed as it was written."""
    timed, untimed = _page(transcript=TRANSCRIPT), _page(transcript=Transcript(blocks=(Paragraph((Text("Hush."),)),)))

    assert re.findall(r"<b>(.*?):</b> (.*?)</p>", timed) == [("Mary", "Good evening."), ("Jörg", "Listen.")]
    assert "<p>Hush.</p>" in untimed
    assert 'data-action="follow"' not in untimed


def test_moments_in_the_notes_are_links() -> None:
    """Into the sound, also without a script; a moment's own words keep their links."""
    words = (Link("https://other.example/", (Text("Reeds"),)),)
    moments = TimestampList((Timestamp(0, (Text("Hush"),)), Timestamp(3661, words)))
    page = _page(notes=Article(path="owls.md", title=None, blocks=(moments, Quote((moments,)))))

    reeds = '<a href="https://other.example/">Reeds</a>'
    sound = "../audio/owls.44444444.mp3"
    lines = f'<p><a href="{sound}#t=0">00:00:00</a> Hush<br/><a href="{sound}#t=3661">01:01:01</a> {reeds}</p>'
    assert page.count(lines) == 2


def test_pictures_of_the_article_stand_in_the_notes() -> None:
    """With what they show in words, their size, and the words under them."""
    figure = Figure(image=COVER, alt="An owl", children=(Text("By night"),))
    picture = NotePicture(file=_file("owls/note.77777777.jpg"), width_px=640, height_px=480)
    page = _page(notes=Article(path="owls.md", title=None, blocks=(figure,)), note_images={COVER.sha256: picture})

    [shown] = [given for tag, given in _Skeleton(page).tags if tag == "img" and given["alt"] == "An owl"]
    assert (shown["src"], shown["width"], shown["height"]) == ("note.77777777.jpg", "640", "480")
    assert "<figcaption>By night</figcaption>" in page


def test_an_episode_leads_to_its_neighbours_and_its_season() -> None:
    """Previous and next, by their titles."""
    page = _every_page()["owls/index.html"]

    assert _Skeleton(page).values("a", "href", rel="prev") == ["../episode-1/"]
    assert _Skeleton(page).values("a", "href", rel="next") == ["../episode-0/"]
    assert '<a href="../season-2.html">Season 2, episode 4</a>' in page


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        (None, "https://owls.example.org/pod/owls/"),
        ("https://www.example.org/owls?a=1", "https://www.example.org/owls?a=1"),
    ],
)
def test_the_article_s_own_page_is_canonical(link: str | None, canonical: str) -> None:
    """Search engines are to show that one, and not ours beside it."""
    assert _Skeleton(_page(link=link)).values("link", "href", rel="canonical") == [canonical]


def test_lists_are_canonical_themselves() -> None:
    """Each under its own address."""
    for path in ("index.html", "season-1.html", "episodes-2017.html"):
        canonical = _Skeleton(_every_page()[path]).values("link", "href", rel="canonical")
        assert canonical == [SHOW.site_url + path.removesuffix("index.html")]


def test_every_page_names_the_feed() -> None:
    """So that apps and browsers find it from any address."""
    for page in _every_page().values():
        feeds = _Skeleton(page).values("link", "href", type="application/rss+xml", rel="alternate")
        assert feeds == [SHOW.feed_url]


def test_a_preview_is_marked_and_kept_from_search_engines() -> None:
    """All of its pages; those of public episodes without a reason."""
    pages = _pages(is_preview=True)
    marked = pages.episode(EPISODE, ALONE, None, "scheduled for 6 May").decode()
    listed = [_listed(0, mark="draft"), _listed(1, season=1)]
    others = [pages.embed(EPISODE, mark=None).decode(), *(page.decode() for page in pages.lists(listed).values())]

    assert ">Preview: scheduled for 6 May</p>" in marked
    assert '<p class="preview-mark">Preview: draft</p>' in others[1]
    assert all('<meta name="robots" content="noindex">' in page for page in [marked, *others])
    assert "noindex" not in _page()


def test_marks_speak_the_shows_language() -> None:
    """Of an episode's page and of the lists; people who sign off in German need not know our words."""
    pages = _pages(language="de", is_preview=True)
    index = pages.lists([_listed(0, mark="scheduled")])["index.html"].decode()

    assert ">Vorschau: Entwurf</p>" in pages.episode(EPISODE, ALONE, None, "draft").decode()
    assert ">Vorschau: geplant</p>" in index


def test_an_episode_page_is_light() -> None:
    """At most 60 kB with its styles and scripts, without images, sound, notes and transcript; the style below 14 kB."""
    static = _pages().static()
    page = _pages().episode(_full_episode("W" * 60), Neighbours(older=_listed(1), newer=_listed(0)), None, None)
    scripts = [
        content for path, content in static.items() if path.startswith("static/") and path.endswith((".js", ".css"))
    ]

    assert len(static["static/style.css"]) < 14_000
    assert len(page) + sum(map(len, scripts)) < 60_000


# -- what pages tell machines -----------------------------------------------------------------------------------------


def test_schema_org_of_an_episode() -> None:
    """A PodcastEpisode with its sound, its place in season and series, and its length as ISO 8601."""
    host = Element(
        name="podcast:person", text="Mary", attributes=(("role", "host"), ("href", "https://p.example/mary"))
    )
    data = _data(_page(tags=(host,)))

    assert (data["@context"], data["@type"], data["name"]) == ("https://schema.org", "PodcastEpisode", "Owls")
    assert data["datePublished"] == "2018-01-05T11:00:00+00:00"
    assert data["timeRequired"] == "PT46M46S"
    assert data["episodeNumber"] == 4
    assert data["partOfSeason"] == {"@type": "PodcastSeason", "seasonNumber": 2}
    assert data["partOfSeries"]["webFeed"] == SHOW.feed_url
    assert data["associatedMedia"]["contentUrl"] == "https://owls.example.org/pod/audio/owls.44444444.mp3"
    assert data["contributor"] == [{"@type": "Person", "name": "Mary", "url": "https://p.example/mary"}]


def test_schema_org_of_the_show() -> None:
    """A PodcastSeries that names the feed."""
    data = _data(_every_page()["index.html"])

    assert (data["@type"], data["name"], data["webFeed"]) == ("PodcastSeries", "Night Voices", SHOW.feed_url)
    assert data["inLanguage"] == "en-gb"


def test_open_graph_and_the_player_card() -> None:
    """Absolute addresses throughout; the card is the embeddable player."""
    skeleton = _Skeleton(_page(artwork=_file("owls/art.66666666.png", "image/png")))
    graph = {p: skeleton.values("meta", "content", property=p)[0] for p in skeleton.values("meta", "property")}
    card = {n: skeleton.values("meta", "content", name=n)[0] for n in skeleton.values("meta", "name")}

    assert graph["og:title"] == "Owls"
    assert graph["og:site_name"] == "Night Voices"
    assert graph["og:locale"] == "en_GB"
    assert graph["og:image"] == "https://owls.example.org/pod/owls/art.66666666.png"
    assert graph["og:audio"] == "https://owls.example.org/pod/audio/owls.44444444.mp3"
    assert graph["og:description"] == "Who calls in the reeds at night, and why?"
    assert card["twitter:card"] == "player"
    assert card["twitter:player"] == "https://owls.example.org/pod/embed/owls/"


def test_oembed_shows_the_player() -> None:
    """oembed.com, section 2.3.4.4: a rich document whose frame is ours, found by the link on the page."""
    document = json.loads(_pages().oembed(replace(EPISODE, title="Owls & <others>")))
    frames = _Skeleton(document["html"]).tags

    assert (document["version"], document["type"], document["title"]) == ("1.0", "rich", "Owls & <others>")
    assert [(tag, attributes["src"], attributes["title"]) for tag, attributes in frames] == [
        ("iframe", "https://owls.example.org/pod/embed/owls/", "Owls & <others>")
    ]
    assert int(frames[0][1]["height"]) == document["height"]
    found = _Skeleton(_page()).values("link", "href", type="application/json+oembed")
    assert found == ["https://owls.example.org/pod/owls/oembed.json"]


# -- lists ------------------------------------------------------------------------------------------------------------


def _slugs(page: bytes) -> list[str]:
    return re.findall(r'<h3><a href="([a-z0-9-]+)/">', page.decode())


def test_the_index_shows_the_newest_and_leads_to_the_others() -> None:
    """Fifty of them; older ones by year, in the show's timezone."""
    listed = [_listed(number) for number in range(60)]
    listed[1] = replace(listed[1], published_at=datetime(2017, 12, 31, 23, 30, tzinfo=UTC))
    lists = _pages().lists(listed)

    assert _slugs(lists["index.html"]) == [episode.slug for episode in listed[:50]]
    assert b'href="episodes-2017.html">More episodes</a>' in lists["index.html"]
    assert lists.keys() == {"index.html", "episodes-2018.html", "episodes-2017.html", "episodes-2016.html"}
    assert _slugs(lists["episodes-2018.html"]) == ["episode-0", "episode-1"]
    assert sum(len(_slugs(lists[path])) for path in lists if path != "index.html") == 60


def test_few_episodes_need_no_years_and_no_search() -> None:
    """The index is enough."""
    lists = _pages().lists([_listed(number) for number in range(3)])

    assert lists.keys() == {"index.html"}
    assert b'role="search"' not in lists["index.html"]
    assert b"More episodes" not in lists["index.html"]
    assert _pages().lists([]).keys() == {"index.html"}


@pytest.mark.parametrize(
    ("type_", "order"), [(ShowType.EPISODIC, ["episode-0", "episode-2"]), (ShowType.SERIAL, ["episode-2", "episode-0"])]
)
def test_a_season_is_in_the_order_in_which_it_is_heard(type_: ShowType, order: Sequence[str]) -> None:
    """A serial from its beginning, others from the newest."""
    listed = [_listed(0, season=2), _listed(1, season=None), _listed(2, season=2), _listed(3, season=1)]
    lists = _pages(type=type_).lists(listed)

    assert lists.keys() == {"index.html", "season-2.html", "season-1.html"}
    assert _slugs(lists["season-2.html"]) == order


def test_a_new_episode_rewrites_one_year_only() -> None:
    """Besides the index: a show of twenty years is not copied to the host each week."""
    old = [_listed(number) for number in range(1, 200)]
    before, after = (
        _pages().lists(old),
        _pages().lists([_listed(0, published_at=datetime(2017, 12, 30, tzinfo=UTC)), *old]),
    )

    assert {path for path in after if before.get(path) != after[path]} == {"index.html", "episodes-2017.html"}


def test_pictures_stand_in_all_rows_or_in_none() -> None:
    """The cover for those without one of their own."""
    pages = _pages()
    plain = pages.lists([_listed(0), _listed(1)])["index.html"].decode()
    pictured = pages.lists([_listed(0, thumbnail_path="episode-0/art.small.jpg"), _listed(1)])["index.html"].decode()

    assert _Skeleton(plain).values("img", "src", width="96") == []
    assert _Skeleton(pictured).values("img", "src", width="96") == ["episode-0/art.small.jpg", PICTURES.thumbnail.path]


# -- subscribing ------------------------------------------------------------------------------------------------------


def _buttons(page: str) -> dict[str, str]:
    return {
        label: url
        for url, label in re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page.split('class="apps"')[1])
    }


def test_apps_are_given_the_feed_s_address() -> None:
    """In the forms that they document; the plain address can be copied, and read by a phone."""
    page = _page(_pages(title="Owls & Bats"))
    buttons = _buttons(page)

    feed = "https%3A%2F%2Fowls.example.org%2Fpod%2Ffeed.xml"
    assert buttons["AntennaPod"] == (
        f"https://antennapod.org/deeplink/subscribe?url={feed}&amp;title=Owls%20%26%20Bats"
    )
    assert buttons["Apple Podcasts"] == "podcast://owls.example.org/pod/feed.xml"
    assert buttons["Overcast"] == f"overcast://x-callback-url/add?url={feed}"
    assert _Skeleton(page).values("input", "value", id="feed-address") == [SHOW.feed_url]
    assert "../static/feed-qr.svg" in page
    assert _pages().static()["static/feed-qr.svg"].startswith(b"<")


def test_directories_that_know_the_show_come_first() -> None:
    """Their own pages of it; with Apple's number, other apps have links that work without the app, too."""
    options = PageOptions(directories={"spotify": "4rOoJ6Egrf8K2IrywzwOMk", "apple": "1234567890", "none": "x"})
    buttons = _buttons(_page(_pages(pages=options)))

    assert list(buttons)[:2] == ["Spotify", "Apple Podcasts"]
    assert buttons["Spotify"] == "https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk"
    assert buttons["Apple Podcasts"] == "https://podcasts.apple.com/podcast/id1234567890"
    assert buttons["Overcast"] == "https://overcast.fm/itunes1234567890"


@pytest.mark.parametrize(
    ("name", "given_id", "url"),
    [
        ("apple", "1234567890", "https://podcasts.apple.com/podcast/id1234567890"),
        (
            "apple",
            "https://podcasts.apple.com/de/podcast/owls/id1234567890",
            "https://podcasts.apple.com/de/podcast/owls/id1234567890",
        ),
        ("apple", "id1234567890", None),
        ("apple", "١٢٣٤٥٦٧", None),
        ("spotify", "4rOoJ6Egrf8K2IrywzwOM", None),
        ("spotify", "http://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk", None),
        ("spotify", "javascript:alert(1)", None),
        ("youtube", "PLabc-_DEF123456", "https://www.youtube.com/playlist?list=PLabc-_DEF123456"),
        ("audible", "B08K56R6DH", None),
        ("audible", "https://www.audible.com/podcast/B08K56R6DH", "https://www.audible.com/podcast/B08K56R6DH"),
        ("nowhere", "https://nowhere.example/", None),
        ("apple", 'https://a.example/"><script>', None),
        ("apple", "https://a.example/" + "a" * 3000, None),
    ],
)
def test_where_a_directory_shows_the_show(name: str, given_id: str, url: str | None) -> None:
    """By its id there, or by an https address; nothing else."""
    assert directory_url(name, given_id) == url


def test_every_directory_has_a_name_and_a_secure_address() -> None:
    """Patterns with exactly one place for the id."""
    for name, directory in DIRECTORIES.items():
        assert re.fullmatch("[a-z]+", name)
        assert directory.label
        assert directory.pattern is None or (
            directory.pattern.startswith("https://") and directory.pattern.count("{") == 1
        )


# -- words ------------------------------------------------------------------------------------------------------------


@cache
def _messages() -> Mapping[str | tuple[str, ...], str]:
    """All words that templates and code hold, and where."""
    methods = [("render/templates/**.html", "jinja2"), ("render/pages/**.py", "python")]
    found = extract_from_dir(str(PACKAGE), method_map=methods)
    roles = {role: "vocabulary/persons.py" for group in PERSON_ROLES.values() for role in group}
    return roles | {message: file for file, _, message, _, _ in found}


def _catalogue(language: str) -> Catalog:
    with (PACKAGE / "render" / "locale" / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language, abort_invalid=True)


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_are_missing_in_any_language(language: str) -> None:
    """Each is translated, none is in doubt, none is left over."""
    catalogue = _catalogue(language)
    known = {message.id: message for message in catalogue if message.id}

    assert known.keys() == _messages().keys()
    assert not catalogue.obsolete
    for message in known.values():
        assert not message.fuzzy, message.id
        forms = [str(form) for form in (message.string or () if message.pluralizable else [message.string])]
        assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1)
        for form in forms:
            assert form.strip(), message.id
            assert _placeholders(form) == _placeholders(
                message.id if isinstance(message.id, str) else message.id[-1]
            ), message.id
            assert not set(form) & set('<>"&'), message.id


# On a page in another language our English says that it is English (WCAG 3.1.2).
ENGLISH_TRANSCRIPT = '<span lang="en" dir="ltr">Transcript</span>'


@pytest.mark.parametrize(
    ("language", "lang", "direction", "transcript", "day"),
    [
        ("en-us", "en-us", "ltr", "Transcript", "January 5, 2018"),
        ("en-gb", "en-gb", "ltr", "Transcript", "5 January 2018"),
        ("de", "de", "ltr", "Transkript", "5. Januar 2018"),
        ("de-AT", "de-AT", "ltr", "Transkript", "5. Jänner 2018"),
        ("fr-ca", "fr-ca", "ltr", "Transcription", "5 janvier 2018"),
        ("es", "es", "ltr", "Transcripción", "5 de enero de 2018"),
        ("fi", "fi", "ltr", ENGLISH_TRANSCRIPT, "5. tammikuuta 2018"),
        ("he", "he", "rtl", ENGLISH_TRANSCRIPT, "5 בינואר 2018"),
        ("az-Arab", "az-Arab", "rtl", ENGLISH_TRANSCRIPT, None),
        ("x-klingon", "x-klingon", "ltr", ENGLISH_TRANSCRIPT, "January 5, 2018"),
    ],
)
def test_pages_speak_the_language_of_the_show(
    language: str, lang: str, direction: str, transcript: str, day: str | None
) -> None:
    """Its words where there is a catalogue, else English; days, and the way that it is written, as Babel knows them."""
    page = _page(_pages(language=language), transcript=TRANSCRIPT)

    html = _Skeleton(page).tags[0]
    assert (html[1]["lang"], html[1]["dir"]) == (lang, direction)
    assert f'<h2 id="transcript-title">{transcript}</h2>' in page
    assert day is None or f">{day}</time>" in page


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [(20, "20 s", "20 s"), (59.6, "60 s", "60 s"), (2806, "47 min", "47 Min."), (6360, "1 h 46 min", "1 Std. 46 Min.")],
)
def test_lengths_are_told_in_words(seconds: float, english: str, german: str) -> None:
    """To the minute, as people tell them, and on one line."""
    assert find_words("en").length(seconds) == english.replace(" ", "\xa0")
    assert find_words("de").length(seconds) == german.replace(" ", "\xa0")


@pytest.mark.parametrize(
    ("language", "role", "shown"),
    [
        ("en", "Co-Host", ">Co-Host</span>"),
        ("de", "Co-Host", ">Co-Moderation</span>"),
        ("de", "Zuhörerin", ">Zuhörerin</span>"),
        ("fi", "co-host", ' lang="en" dir="ltr">co-host</span>'),
        ("fi", "vieras", ">vieras</span>"),
    ],
)
def test_roles_are_told_in_the_words_of_the_page(language: str, role: str, shown: str) -> None:
    """Those of the taxonomy; where there is no catalogue they say that they are English (WCAG 3.1.2)."""
    person = Element(name="podcast:person", text="Mary", attributes=(("role", role),))

    page = _page(_pages(language=language), tags=(person,))

    assert f'<span class="role"{shown}' in page


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[A-Za-z0-9-]{1,30}", fullmatch=True))
def test_no_language_is_too_odd(tag: str) -> None:
    """What show.toml may name as a language never stops a page."""
    words = find_words(tag)

    assert words.direction in ("ltr", "rtl")
    assert re.fullmatch("[a-z]+_[A-Z0-9]+", words.social_locale)
    assert words.day(datetime(2018, 1, 5, tzinfo=UTC).date())


# -- a show's own templates -------------------------------------------------------------------------------------------


def _with_template(name: str, source: str) -> Pages:
    return _pages(pages=PageOptions(templates={name: source}))


def test_a_show_changes_one_block() -> None:
    """The rest stays ours."""
    pages = _with_template(
        "episode.html", '{% extends "default/episode.html" %}{% block notes %}<p>{{ episode.title }}!</p>{% endblock %}'
    )
    page = _page(pages, title="Owls & Bats")

    assert "<p>Owls &amp; Bats!</p>" in page
    assert "About this episode" not in page
    assert 'id="player"' in page
    assert pages.faults == ()


def test_a_changed_frame_goes_around_every_page() -> None:
    """Our templates extend the show's base where it has one."""
    pages = _with_template(
        "base.html", '{% extends "default/base.html" %}{% block footer %}<footer>Ours</footer>{% endblock %}'
    )

    assert "<footer>Ours</footer>" in _page(pages)
    assert b"<footer>Ours</footer>" in pages.lists([_listed(0)])["index.html"]


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("episode.html", "{% if %}", "line 1: "),
        ("episode.html", "a\nb {{ epsiode.title }}", "line 2: 'epsiode' is undefined"),
        ("episode.html", "{{ episode.nothing }}", "line 1: "),
        ("episode.html", "{{ 1 / 0 }}", "line 1: division by zero"),
        ("episode.html", '{% extends "default/elsewhere.html" %}', "elsewhere.html"),
        ("episode.html", '{% include "../../show.toml" %}', "show.toml"),
        ("episode.html", "{{ ''.__class__.__mro__ }}", "line 1: "),
        ("episode.html", "{{ '\\ud800' }}", "surrogates not allowed"),
        ("episode.html", '{% extends "episode.html" %}', "maximum recursion depth"),
        ("player.html", "{{ nobody }}", "line 1: 'nobody' is undefined"),
        ("base.html", "{% block", "line 1: "),
        ("episodes.html", "x", "is no template of ours; known: base.html, "),
    ],
)
def test_a_broken_template_is_told_and_ours_stands_in(name: str, source: str, words: str) -> None:
    """By its file, with the line; every page is there all the same."""
    pages = _with_template(name, source)
    page = _page(pages)

    assert page == _page()
    [fault] = pages.faults
    assert (fault.rule, fault.level, fault.where) == ("FILE-SHOW", Level.ERROR, f"episodes/templates/{name}")
    assert words in fault.message
    assert fault.message.endswith("; our own template stands in for it until that is mended")


def test_a_template_that_fails_for_one_episode_serves_the_others() -> None:
    """What a page is depends on nothing but its own episode, so the order of rendering changes nothing."""
    pages = _with_template("episode.html", "{{ episode.chapters[0].title }}")
    reeds = (Chapter(start_milliseconds=0, title="Reeds"),)

    assert [_page(pages, chapters=reeds), _page(pages), _page(pages, chapters=reeds)] == ["Reeds", _page(), "Reeds"]
    assert len(pages.faults) == 1


def test_the_documentation_names_every_template() -> None:
    """And every block of them, and every value of the show that they are given."""
    text = (REPOSITORY / "docs" / "pages.md").read_text("utf-8")
    sources = [(PACKAGE / "render" / "templates" / name).read_text("utf-8") for name in template_names()]

    assert not [name for name in template_names() if f"`{name}`" not in text]
    assert not [name for source in sources for name in re.findall(r"{% block (\w+)", source) if f"`{name}`" not in text]
    assert not [field.name for field in fields(Frame) if f"`{field.name}`" not in text]
    assert not [name for name in THEME_VARIABLES if f"`{name}`" not in text and not name.endswith("-dark")]
    assert not [name for name in DIRECTORIES if f"`{name}`" not in text]


# -- the theme --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accent", "#7a1f3d"),
        ("accent", "#FFF"),
        ("background-dark", "rgb(10, 20, 30)"),
        ("text", "rgb(10 20 30 / 50%)"),
        ("muted", "hsl(210deg 40% 30%)"),
        ("border", "rebeccapurple"),
        ("font", 'Georgia, "Times New Roman", serif'),
        ("heading-font", "system-ui"),
        ("radius", "0"),
        ("radius", "0.5rem"),
        ("width", "60rem"),
    ],
)
def test_a_theme_may_say(name: str, value: str) -> None:
    """Colours, lengths and fonts."""
    assert is_theme_value(name, value)
    assert f"--{name.removesuffix('-dark')}:{value};".encode() in render_theme({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accent", "bleu"),
        ("accent", "#12345"),
        ("accent", "red;} body{display:none"),
        ("accent", "url(https://evil.example/)"),
        ("accent", "var(--text)"),
        ("accent", "expression(alert(1))"),
        ("accent", "red\n"),
        ("accent", ""),
        ("radius", "calc(1px)"),
        ("radius", "10"),
        ("width", "-1rem"),
        ("font", "</style><script>"),
        ("font", '"a\\22 ;'),
        ("font", "a;b"),
        ("font", "x" * 300),
        ("colour", "red"),
        ("radius-dark", "1px"),
    ],
)
def test_a_theme_may_not_say(name: str, value: str) -> None:
    """Nothing else gets into the stylesheet."""
    assert not is_theme_value(name, value)
    assert render_theme({name: value}) == b""


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(THEME_VARIABLES)), st.text(alphabet="aefr#0129.,()%/ ;:{}<>\"'\\-\n*@!", max_size=40))
def test_no_theme_value_leaves_its_declaration(name: str, value: str) -> None:
    """Whatever passes holds nothing that could end it."""
    if is_theme_value(name, value):
        assert not set(value) & set(";:{}<>\\\n*@!")
        assert value.count('"') % 2 == value.count("'") % 2 == 0


def _palette(css: str) -> Iterator[dict[str, str]]:
    """The light colours, then the dark ones."""
    for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]:
        yield dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [
        ("#000000", "white", 21.0),
        ("#777", "#fff", 4.48),
        ("rgb(118, 118, 118)", "hsl(0, 0%, 100%)", 4.54),
        ("gold", "gold", 1.0),
        ("#00000080", "white", None),
        ("rgb(0 0 0)", "white", None),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, contrast: float | None) -> None:
    """Either way round; #777 on white is the grey that just fails, #767676 the one that just passes."""
    assert contrast_of(one, other) == contrast_of(other, one) == (contrast and pytest.approx(contrast, abs=0.005))


def _contrast(one: str, other: str) -> float:
    contrast = contrast_of(one, other)
    assert contrast is not None
    return contrast


def test_words_stand_out_in_light_and_in_dark() -> None:
    """In the colours that themes are held against.

    WCAG 2.2, 1.4.3: 4.5 to 1 for every colour of words on every colour behind them; 1.4.11: 3 to 1 for controls.
    """
    css = files("podcast_tool.render").joinpath("static", "style.css").read_text("utf-8")
    palettes = list(_palette(css))

    assert len(palettes) == 2
    spelt = (
        (name + suffix, colour)
        for suffix, own in zip(("", "-dark"), palettes, strict=True)
        for name, colour in own.items()
    )
    assert dict(spelt) == OUR_COLOURS
    for colours in palettes:
        for words in ("text", "muted", "accent"):
            assert min(_contrast(colours[words], colours[behind]) for behind in ("background", "surface")) >= 4.5, words


def _oklab_lightened(colour: str) -> str:
    """`color-mix(in oklab, colour 35%, white)`, after CSS Color Module Level 4, section 9.3."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    light = 0.35 * (0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_) + 0.65
    red = 0.35 * (1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_)
    blue = 0.35 * (0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_)
    l3 = (light + 0.3963377774 * red + 0.2158037573 * blue) ** 3
    m3 = (light - 0.1055613458 * red - 0.0638541728 * blue) ** 3
    s3 = (light - 0.0894841775 * red - 1.2914855480 * blue) ** 3
    mixed = (
        4.0767416621 * l3 - 3.3077115913 * m3 + 0.2309699292 * s3,
        -1.2684380046 * l3 + 2.6097574011 * m3 - 0.3413193965 * s3,
        -0.0041960863 * l3 - 0.7034186147 * m3 + 1.7076147010 * s3,
    )
    spelt = (min(1.0, max(0.0, part)) for part in mixed)
    return "#" + "".join(
        f"{round(255 * (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055)):02x}"
        for part in spelt
    )


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_any_accent_is_readable_on_the_dark_page(accent: str) -> None:
    """It was chosen for a light one: it is mixed with white until it has 4.5 to 1."""
    css = files("podcast_tool.render").joinpath("static", "style.css").read_text("utf-8")
    dark = list(_palette(css))[1]

    assert f"--accent:color-mix(in oklab, {accent} 35%, white);".encode() in render_theme({"accent": accent})
    assert _contrast(_oklab_lightened(accent), dark["background"]) >= 4.5
