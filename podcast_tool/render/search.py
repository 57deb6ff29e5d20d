"""The search index: which episodes hold which words, in files so small that a browser fetches what a query needs.

    static/search/episodes.json   {"nodes": {"": 4, "co": 2}, "episodes": [["slug", "Title", "2018-01-17"], ...]}
    static/search/3.json          {"cell": [0, 4, 1], ...}    words in none of the other nodes; bucket 3 of the 4
    static/search/1-co.json       {"code": [7], ...}          words that begin with "co"; bucket 1 of the 2

An episode's number is its place in the list, the oldest being 0, so that a new one moves no other. A word's numbers are
the first, then each one's distance from the one before it. A node is a beginning that so many words share that they
have files of their own; among these a word is in the one that the code point behind the beginning gives, modulo their
number (`shard_of`, which search.js does likewise).
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby, islice
from operator import sub
from zoneinfo import ZoneInfo

from podcast_tool.model import Block, BlockList, Episode, Listed, Quote, TimestampList
from podcast_tool.render.notes.contents import with_chapter_list
from podcast_tool.render.notes.plain import plain_words
from podcast_tool.vocabulary.feed_names import SEARCH_FOLDER

# Of one episode.
MAX_WORDS = 4000
MIN_WORD_CHARACTERS = 2
MAX_WORD_CHARACTERS = 32
# Not of a single word that is in nearly every one of very many episodes.
MAX_SHARD_BYTES = 48_000

# -- words ------------------------------------------------------------------------------------------------------------

# Scripts that are written without blanks: Thai, Lao, Burmese, Khmer, kana, bopomofo, Han. As in search.js.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u31ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
)
_RUN = re.compile(r"[^\W_]+")
_PART = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")


@cache
def _marks() -> re.Pattern[str]:
    """Everything of the general category M, which `re` has no name for."""
    marks = (chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point))[0] == "M")
    return re.compile(f"[{''.join(marks)}]+")


def fold(text: str) -> str:
    """Text as the index has it: no marks, no upper case, no ligatures; the very same in search.js.

    Twice lower case, since only the way over upper case makes `ss` of a sharp s, and `i` of one without its dot.
    """
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFC", _marks().sub("", unicodedata.normalize("NFKD", text)))
    return bare.lower().upper().lower().replace("ς", "σ")


def split_words(text: str) -> Iterator[str]:
    """The folded words of two characters and more; of scripts without blanks, each two neighbours and each last one."""
    for run in _RUN.findall(fold(text)):
        for part in (run,) if run.isascii() else _PART.findall(run):
            if not run.isascii() and _is_unspaced(part[0]):
                yield from (part[at : at + 2] for at in range(len(part)))
            elif len(part) >= MIN_WORD_CHARACTERS:
                yield part[:MAX_WORD_CHARACTERS]


_is_unspaced = re.compile(f"[{_UNSPACED}]").match


def search_words(episode: Episode) -> tuple[str, ...]:
    """The words by which an episode is found: of its title, summary and notes, chapters among them; sorted."""
    blocks = with_chapter_list(episode.notes.blocks if episode.notes else (), episode.chapters)
    return words_of(episode.title, episode.summary, blocks)


def words_of(title: str, summary: str | None, blocks: Iterable[Block]) -> tuple[str, ...]:
    """The words of these texts, sorted."""
    texts = chain((title, summary or ""), _texts(blocks))
    words = dict.fromkeys(word for text in texts for word in split_words(text))
    return tuple(sorted(islice(words, MAX_WORDS)))


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, BlockList):
            for entry in block.entries:
                yield from _texts(entry)
        elif isinstance(block, Quote):
            yield from _texts(block.blocks)
        elif isinstance(block, TimestampList):
            yield from (plain_words(stamp.children) for stamp in block.entries)
        else:
            yield plain_words(block.children)


# -- the index --------------------------------------------------------------------------------------------------------


def render_search(listed: Sequence[tuple[Listed, Sequence[str]]], *, timezone: str = "UTC") -> dict[str, bytes]:
    """The files of the index by their paths below feed/; nothing where there are no episodes.

    Args:
        listed: each episode with its `search_words`, in any order.
        timezone: the show's, an IANA name; episodes are listed under their days in it.
    """
    if not listed:
        return {}
    oldest_first = sorted(listed, key=lambda one: (one[0].published_at, one[0].slug))
    numbers: defaultdict[str, array[int]] = defaultdict(lambda: array("L"))
    for number, (_, words) in enumerate(oldest_first):
        for word in words:
            numbers[word].append(number)
    nodes, shards = _shard({word: _spell_entry(word, numbers[word]) for word in sorted(numbers)})
    zone = ZoneInfo(timezone)
    days = (one.published_at.astimezone(zone).date().isoformat() for one, _ in oldest_first)
    episodes = [_spell([one.slug, one.title, day]) for (one, _), day in zip(oldest_first, days, strict=True)]
    listing = b'{"nodes":' + _spell(nodes) + b',"episodes":[\n' + _LINE_GAP.join(episodes) + b"\n]}\n"
    return {f"{SEARCH_FOLDER}episodes.json": listing, **{SEARCH_FOLDER + name: raw for name, raw in shards.items()}}


# A line to each entry, so that what is compared or kept in git shows what changed.
_LINE_GAP = b",\n"


def _spell(value: object) -> bytes:
    # "<" escaped: a host that calls it HTML, or does not say what it is, must not make tags of a title.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).replace("<", "\\u003c").encode()


def _spell_entry(word: str, numbers: array[int]) -> bytes:
    """Words are letters and numbers, so that nothing of them has to be escaped."""
    distances = map(str, chain(numbers[:1], map(sub, numbers[1:], numbers)))
    return f'"{word}":[{",".join(distances)}]'.encode()


def _shard(entries: Mapping[str, bytes]) -> tuple[dict[str, int], dict[str, bytes]]:
    """The nodes with how many files each has, and these files by their names."""
    nodes: dict[str, int] = {}
    files: dict[str, bytes] = {}
    pending = [("", list(entries))]
    while pending:
        node, words = pending.pop()
        heavy, light = _part_heavy(node, words, entries)
        pending += heavy
        nodes[node] = _count_shards(light, entries)
        shards: list[list[bytes]] = [[] for _ in range(nodes[node])]
        for word in light:
            shards[shard_of(word, node, nodes[node])].append(entries[word])
        for number, shard in enumerate(shards):
            # Also where it is empty: a browser tells of each file that is not there.
            files[shard_name(node, number)] = b"{\n" + _LINE_GAP.join(shard) + b"\n}\n"
    return nodes, files


def _part_heavy(
    node: str, words: Sequence[str], entries: Mapping[str, bytes]
) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The beginnings that get a node of their own, each with its words; and the words that stay in this one."""
    if _size(words, entries) <= MAX_SHARD_BYTES:
        return [], list(words)
    heavy: list[tuple[str, list[str]]] = []
    light: list[str] = []
    for longer, group in groupby(words, key=lambda word: word[: len(node) + 1]):
        alike = list(group)
        if longer != node and len(alike) > 1 and _size(alike, entries) > MAX_SHARD_BYTES // 2:
            heavy.append((longer, alike))
        else:
            light += alike
    return heavy, light


def _count_shards(words: Sequence[str], entries: Mapping[str, bytes]) -> int:
    """A power of two, at which all of them change; twice as many as the size asks for, as they are never equal."""
    size = _size(words, entries)
    if size <= MAX_SHARD_BYTES:
        return 1 if words else 0
    return 1 << (2 * size // MAX_SHARD_BYTES).bit_length()


def _size(words: Iterable[str], entries: Mapping[str, bytes]) -> int:
    return sum(len(entries[word]) + len(_LINE_GAP) for word in words)


def shard_of(word: str, node: str, count: int) -> int:
    """In which of a node's files a word stands; *word* begins with *node*."""
    following = word[len(node) : len(node) + 1]
    return ord(following) % count if following else 0


def shard_name(node: str, number: int) -> str:
    """Legal on every file system, also that of `con`: in front there is a number."""
    spelt = "".join(letter if letter.isascii() and letter.isalnum() else f"_{ord(letter):x}" for letter in node)
    return f"{number}-{spelt}.json" if node else f"{number}.json"
