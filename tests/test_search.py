"""The search index: every word leads to its episodes, in files that stay small."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_tool.model import (
    Article,
    BlockList,
    Episode,
    EpisodeType,
    Heading,
    Link,
    Listed,
    Paragraph,
    PublishedFile,
    Quote,
    Text,
    Timestamp,
    TimestampList,
)
from podcast_tool.render import search
from podcast_tool.render.search import (
    MAX_SHARD_BYTES,
    MAX_WORDS,
    fold,
    render_search,
    search_words,
    shard_name,
    shard_of,
    split_words,
)
from podcast_tool.vocabulary.feed_names import SEARCH_FOLDER

XSS = (Path(__file__).parent / "xss_vectors.txt").read_text("utf-8").splitlines()[1:]
START = datetime(2018, 1, 17, 11, tzinfo=UTC)

# What people write -> what they are found by; tests/test_page_scripts.py asks the browser for the same.
ODD_WORDS = [
    ("Immunotherapy, CAR T-cell", ["immunotherapy", "car", "cell"]),
    ("Über Größe & STRASSE", ["uber", "grosse", "strasse"]),
    ("GROẞ", ["gross"]),
    ("ÉTÉ à la crème", ["ete", "la", "creme"]),
    ("e\u0301te\u0301", ["ete"]),
    ("İstanbul ılık", ["istanbul", "ilik"]),
    ("ΟΔΟΣ οδός", ["οδοσ", "οδοσ"]),
    ("ﬁnden ①② x² ½", ["finden", "12", "x2"]),
    ("Привет, ЁЖ", ["привет", "еж"]),
    ("한국어 팟캐스트", ["한국어", "팟캐스트"]),
    ("北京", ["北京", "京"]),
    ("ｶﾀｶﾅ と", ["カタ", "タカ", "カナ", "ナ", "と"]),
    ("がん", ["かん", "ん"]),
    ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย", "ย"]),
    ("हिन्दी में", ["हनद"]),
    ("مَرْحَبًا", ["مرحبا"]),
    ("\U00020bb7野家", ["\U00020bb7野", "野家", "家"]),
    ("\U00010400\U00010428 ok", ["\U00010428\U00010428", "ok"]),
    ("COVID-19 20mg a b c", ["covid", "19", "20mg"]),
    ("AI全球", ["ai", "全球", "球"]),
    ("don't snake_case", ["don", "snake", "case"]),
    ("constructor __proto__ toString", ["constructor", "proto", "tostring"]),
    ("<b>bold</b>&amp;", ["bold", "amp"]),
    ("w" * 50, ["w" * 32]),
    ("🎙️ 👩‍🔬", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "words"), ODD_WORDS)
def test_words_are_folded(text: str, words: list[str]) -> None:
    """Case, accents and ligatures do not matter; scripts without blanks are found by any two neighbours."""
    assert list(split_words(text)) == words


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """Else a word of the index could not be found by itself."""
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_every_word_is_letters_and_numbers(text: str) -> None:
    """So nothing in the index has to be escaped, and words are as short as promised."""
    for word in split_words(text):
        assert all(letter.isalnum() for letter in word)
        assert len(word) <= search.MAX_WORD_CHARACTERS


def _episode(title: str, *, summary: str | None = None, notes: Article | None = None) -> Episode:
    audio = PublishedFile(path="audio/a.mp3", media_type="audio/mpeg", size_bytes=1, sha256="0", parts=())
    return Episode(
        guid="g",
        slug="s",
        title=title,
        published_at=START,
        season=None,
        episode=None,
        type=EpisodeType.FULL,
        summary=summary,
        explicit=False,
        link=None,
        notes=notes,
        carries_full_notes=True,
        carries_short_notes=False,
        sound_sha256="0",
        audio=audio,
        artwork=None,
        thumbnail=None,
    )


def test_words_of_all_an_episode_says() -> None:
    """Title, summary, every kind of block; not the addresses behind links."""
    stamps = TimestampList((Timestamp(0, (Text("overture"),)),))
    blocks = (
        Heading(2, (Text("heading"),)),
        Paragraph((Link("https://address.example.org/", (Text("linked"),)),)),
        BlockList(((Paragraph((Text("entry"),)), Quote((Paragraph((Text("quoted"),)),))),)),
        stamps,
    )
    episode = _episode("title", summary="summary", notes=Article(path="a.txt", title=None, blocks=blocks))

    assert search_words(episode) == tuple(
        sorted(["title", "summary", "heading", "linked", "entry", "quoted", "overture"])
    )


def test_words_of_an_episode_are_bounded() -> None:
    """A hostile article does not grow the index without end; the title's words are kept first."""
    endless = " ".join(f"word{number}" for number in range(3 * MAX_WORDS))
    words = search_words(_episode("zebra", summary=endless))

    assert len(words) == MAX_WORDS
    assert "zebra" in words


# -- the index --------------------------------------------------------------------------------------------------------


def _listed(number: int, title: str = "") -> Listed:
    return Listed(slug=f"e{number}", title=title or f"Title {number}", published_at=START + timedelta(days=number))


def _find(files: dict[str, bytes], word: str) -> list[str]:
    """The slugs of the episodes that hold words beginning with *word*, as search.js finds them."""
    listing = json.loads(files[f"{SEARCH_FOLDER}episodes.json"])
    nodes: dict[str, int] = listing["nodes"]
    if word in nodes:
        shards = [(node, number) for node in nodes if node.startswith(word) for number in range(nodes[node])]
    else:
        node = max((node for node in nodes if word.startswith(node)), key=len)
        shards = [(node, shard_of(word, node, nodes[node]))] if nodes[node] else []
    found: set[int] = set()
    for node, number in shards:
        for entry, distances in json.loads(files[SEARCH_FOLDER + shard_name(node, number)]).items():
            if entry.startswith(word):
                found |= {sum(distances[: at + 1]) for at in range(len(distances))}
    return [listing["episodes"][number][0] for number in sorted(found)]


WORDS = st.text(st.sampled_from("aábc1中国語ก\U00020bb7"), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=12), max_size=12), st.sampled_from([12, 40, 200, MAX_SHARD_BYTES]))
def test_every_beginning_of_a_word_finds_its_episodes(texts: list[list[str]], max_bytes: int) -> None:
    """Whatever the words and however many files they are spread over: all episodes that hold it, and no others."""
    episodes = [(_listed(number), tuple(split_words(" ".join(words)))) for number, words in enumerate(texts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "MAX_SHARD_BYTES", max_bytes)
        files = render_search(episodes)
    beginnings = {word[:length] for _, words in episodes for word in words for length in range(1, len(word) + 1)}

    for beginning in beginnings:
        holders = [one.slug for one, words in episodes if any(word.startswith(beginning) for word in words)]
        assert _find(files, beginning) == holders


def _many(count: int) -> list[tuple[Listed, Sequence[str]]]:
    """Episodes with words of which a few are frequent and most are rare, 350 different ones in each."""
    chance = random.Random(count)
    syllables = [first + second for first in "bcdfghklmnprstvw" for second in ("a", "en", "i", "or", "u")]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(30_000)]
    weights = [1 / (rank + 3) for rank in range(len(vocabulary))]
    return [
        (_listed(number), tuple(sorted(set(chance.choices(vocabulary, weights, k=480))))) for number in range(count)
    ]


@pytest.mark.parametrize(("count", "max_total_bytes", "max_files"), [(30, 150_000, 8), (300, 1_000_000, 64)])
def test_each_fetch_stays_small(count: int, max_total_bytes: int, max_files: int) -> None:
    """No file but the list grows with the show: there are more of them instead."""
    files = render_search(_many(count))
    shards = {path: raw for path, raw in files.items() if not path.endswith("episodes.json")}

    assert max(map(len, shards.values())) <= 1.5 * MAX_SHARD_BYTES
    assert sum(map(len, shards.values())) <= max_total_bytes
    assert len(shards) <= max_files


def test_a_new_episode_changes_only_the_files_of_its_words() -> None:
    """Numbers count from the oldest, so that nothing else moves."""
    episodes = _many(300)
    before = render_search(episodes)
    new = Listed(slug="new", title="New", published_at=START + timedelta(days=1000))
    after = render_search([(new, ("ba", "zz")), *episodes])

    assert set(before) <= set(after)
    assert len([path for path, raw in after.items() if before.get(path) != raw]) <= 3


def test_the_order_given_does_not_matter() -> None:
    """Newest first or oldest first: the same bytes; of one moment, by slug."""
    episodes = _many(20)
    same_moment = [(Listed(slug=slug, title=slug, published_at=START), ("same",)) for slug in ("b", "a")]

    assert render_search([*episodes, *same_moment]) == render_search([*same_moment[::-1], *episodes[::-1]])


def test_days_are_those_of_the_show() -> None:
    """An hour before midnight in UTC is the next day in Berlin."""
    late = Listed(slug="late", title="Late", published_at=datetime(2018, 1, 17, 23, 30, tzinfo=UTC))
    files = render_search([(late, ("late",))], timezone="Europe/Berlin")

    assert json.loads(files[f"{SEARCH_FOLDER}episodes.json"])["episodes"] == [["late", "Late", "2018-01-18"]]


def test_no_episodes_no_index() -> None:
    """Nothing is published of what is not there."""
    assert render_search([]) == {}


@pytest.mark.parametrize(
    ("node", "number", "name"),
    [
        ("", 0, "0.json"),
        ("con", 3, "3-con.json"),
        ("é", 0, "0-_e9.json"),
        ("中国", 1, "1-_4e2d_56fd.json"),
        ("\U00020bb7", 0, "0-_20bb7.json"),
    ],
)
def test_names_are_legal_everywhere(node: str, number: int, name: str) -> None:
    """ASCII, lower case, and no name that Windows keeps for itself."""
    assert shard_name(node, number) == name


@pytest.mark.parametrize("vector", XSS)
def test_hostile_titles_make_no_tags(vector: str) -> None:
    """Not even where a host calls the index HTML."""
    episode = _listed(0, vector)
    files = render_search([(episode, tuple(split_words(vector)))])
    listing: Any = json.loads(files[f"{SEARCH_FOLDER}episodes.json"])

    assert not any(b"<" in raw for raw in files.values())
    assert listing["episodes"][0][1] == vector
