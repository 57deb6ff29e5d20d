"""Where the article stands on a web page.

The page's own marks are asked first (class names of comments, share bars, side bars, as the common systems write them);
then the words, as in a plain text (boundaries.py); then the element that holds most of the prose in between.
Measured against trafilatura on pages of its own evaluation set, this keeps more articles whole (bench/notes.py).
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import takewhile
from typing import Any

from lxml import etree

from podcast_tool.model import BlockList, Cut, Heading, Paragraph
from podcast_tool.read.article.boundaries import Trimmed, trim
from podcast_tool.read.article.figures import Shown
from podcast_tool.read.article.html import Page
from podcast_tool.read.article.inlines import is_all_links, lines_of, unlink
from podcast_tool.read.article.lines import explode
from podcast_tool.read.article.walk import UNKNOWN_BASE, Placed, ancestors, count_words, share_of_words

_AROUND_TAGS = {"nav", "footer", "aside", "dialog"}
_AROUND_ROLES = {"navigation", "complementary", "contentinfo", "banner", "search", "dialog"}

# Words of class names and ids, in the order in which they stand there, whatever joins them.
_SURELY_AROUND = re.compile(
    r"""[ ](?:
      comments?(?:[ ](?:list|area|section|wrapper|form|thread|box|respond|container))? | commentlist | respond
    | cmt[ ]box
    | disqus(?:[ ]thread)? | livefyre
    | sharedaddy | sd[ ]sharing | addtoany(?:[ ]\w+)* | a2a[ ]kit | ssba | shareaholic[ ]canvas | addthis(?:[ ]\w+)*
    | (?:social|post|entry|article|share)[ ](?:share|sharing|links|buttons|bar|icons) | sharing
    | jp[ ]relatedposts | related(?:[ ](?:posts?|articles?|content|stories))? | relatedposts | yarpp(?:[ ]related)?
    | recommended(?:[ ]posts)? | recirc | more[ ]stories | read[ ]next | teasers?
    | newsletter(?:[ ]\w+)* | mailchimp | mc4wp[ ]form | (?:subscribe|signup|sign[ ]up)[ ](?:form|box)
    | breadcrumbs? | (?:post|posts|site|nav|comment)[ ]navigation | nav[ ](?:links|previous|next|single|below|above)
    | pagination | post[ ]nav | cookie[ ](?:notice|banner) | gdpr
    | (?:author|post[ ]author|entry[ ]author)[ ](?:bio|box|info) | about[ ](?:the[ ])?author | authorbox
    | (?:tags?|cat|category|entry|post|article)[ ](?:links|tags|categories)
    | advertisement | adsbygoogle | ad[ ](?:container|slot) | jp[ ]post[ ]flair | wpcnt | wp[ ]polls | widget[ ]area
    )[ ]""",
    re.VERBOSE,
)
# Words that stand for what is around articles in one theme, and around the article itself in another.
_MAYBE_AROUND = re.compile(
    r"""[ ](?:
      widgets? | sidebar | secondary | site[ ](?:footer|header) | footer | entry[ ](?:meta|footer|utility|info) | byline
    | meta[ ]info | (?:post|article)[ ](?:meta|footer|info) | postmeta(?:data)? | promo | sponsored | modal | popup
    | tags | share
    )[ ]""",
    re.VERBOSE,
)
# What content management systems write around the article's own words.
_SURELY_ARTICLE = etree.XPath(
    "descendant-or-self::*[self::h1 or @itemprop='articleBody' or contains(concat(' ', @class, ' '), ' entry-content ')"
    " or contains(concat(' ', @class, ' '), ' post-body ') or contains(concat(' ', @class, ' '), ' hentry ')]"
)
_MAX_AROUND_SHARE = 0.3
_MIN_SAID_CHARACTERS = 25

_PROSE_CHARACTERS = 80
_MAX_ABOVE_TITLE = 0.1
_MAX_GROWTH = 1.5
_HOLDER_SHARE = 0.8
_TEASER_CHARACTERS = 300
_CONTAINER_TAGS = {"div", "section", "article", "main", "td", "body", "center", "form"}
_TITLE_LIKENESS = 0.8
_LIKENESS_WITH_SITE = 0.95
# A title that is no heading stands near the top.
_TITLE_BLOCKS = 10


def find_article(page: Page, title: str | None) -> Trimmed:
    """The article of a page, its title, and what was cut.

    Args:
        title: the episode's, if it is known.
    """
    if page.is_fragment:
        blocks = unlink([p.block for p in page.placed], UNKNOWN_BASE)
        first = next((block for block in blocks if not isinstance(block, Shown)), None)
        if not title and isinstance(first, Heading) and first.level == 1:
            title = " ".join(lines_of(first))
        return trim(blocks, title, first_line_is_title=False)
    whole = [Placed(part, p.element) for p in page.placed for part in explode(p.block)]
    placed = [p for p in whole if not isinstance(p.block, Shown)]
    start, found = _find_title(placed, page.titles, title)
    body = placed[start:]
    trimmed = trim([p.block for p in body], found, first_line_is_title=False)
    kept_blocks = {id(block) for block in trimmed.blocks}
    kept = [p for p in body if id(p.block) in kept_blocks]
    inside = _in_container(kept)
    left_out = page.passed_over + _count_lines(placed) - _count_lines(inside) - (1 if start else 0)
    kinds = tuple(dict.fromkeys(kind for cut in trimmed.cuts for kind in cut.kinds))
    cuts = (Cut(line_count=left_out, place="around", kinds=kinds),) if left_out > 0 else ()
    title_line = placed[start - 1] if start else None
    shown = inside if len(whole) == len(placed) else _with_pictures(whole, inside, title_line)
    return Trimmed(title=found, blocks=tuple(unlink([p.block for p in shown], UNKNOWN_BASE)), cuts=cuts)


def _with_pictures(whole: Sequence[Placed], kept: Sequence[Placed], title: Placed | None) -> list[Placed]:
    """What is kept of a page, and the pictures that stand there: between its words, or next to them in its element."""
    kept_ids = {id(p) for p in kept}
    body = _common_element([p.element for p in kept])
    opening = _common_element([p.element for p in (*kept, title)]) if title else body
    pictures = [p for p in whole if isinstance(p.block, Shown)]
    in_body, in_opening = ({id(p) for p in _inside(element, pictures)} for element in (body, opening))
    following = _words_behind(whole)
    shown: list[Placed] = []
    before, has_begun = False, title is None
    for p, behind in zip(whole, following, strict=True):
        if not isinstance(p.block, Shown):
            before = id(p) in kept_ids
            has_begun = has_begun or p is title
            shown += [p] if before else []
        elif before:
            after = behind is not None and id(behind) in kept_ids
            shown += [p] if after or id(p) in in_body else []
        elif has_begun and behind is not None and id(behind) in kept_ids and id(p) in in_opening:
            shown.append(p)
    return shown


def _words_behind(whole: Sequence[Placed]) -> list[Placed | None]:
    """For each, what is next to come that is no picture."""
    behind: list[Placed | None] = []
    last: Placed | None = None
    for p in reversed(whole):
        behind.append(last)
        last = last if isinstance(p.block, Shown) else p
    return behind[::-1]


def _common_element(elements: Sequence[Any]) -> Any:
    """The innermost element that holds them all; None of none."""
    line: list[Any] = []
    places: dict[Any, int] = {}
    highest = 0
    for element in elements:
        inner = element if element.tag in _CONTAINER_TAGS or element.getparent() is None else element.getparent()
        if not line:
            line = list(ancestors(inner))
            places = {outer: place for place, outer in enumerate(line)}
        path = _path_to(inner, places)
        met = path[-1].getparent() if path else inner
        places.update(dict.fromkeys(path, places[met]))
        highest = max(highest, places[met])
    return line[highest] if line else None


def _path_to(element: Any, known: Container[Any]) -> list[Any]:
    """The element and what it stands in, up to the first that is known."""
    return list(takewhile(lambda outer: outer not in known, ancestors(element)))


def _count_lines(placed: Sequence[Placed]) -> int:
    return sum(1 for p in placed for _ in lines_of(p.block))


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def is_around(element: Any) -> bool:
    """Whether the page itself marks this element as no part of the article."""
    tag = element.tag
    if tag in ("html", "body", "main", "h1", "p", "a", "span", "b", "strong", "em", "i", "li", "td", "tr"):
        return False
    surely, maybe, is_comment = _judge_names(f"{element.get('class') or ''} {element.get('id') or ''}")
    if tag == "article":
        return is_comment
    by_tag = tag in _AROUND_TAGS or element.get("role") in _AROUND_ROLES
    if not (by_tag or surely or maybe) or _SURELY_ARTICLE(element):
        return False
    if surely:
        return True
    said, linked = count_words(element)
    if by_tag and tag in ("aside", "footer") and _is_inside_article(element) and not maybe:
        # Key facts, a quotation's source: words of the article. A menu or a form says nothing.
        return said < _MIN_SAID_CHARACTERS if tag == "aside" else said < 1 or linked > said
    return share_of_words(element) <= _MAX_AROUND_SHARE


@lru_cache(maxsize=4096)
def _judge_names(names: str) -> tuple[bool, bool, bool]:
    """Of class names and ids: whether they surely, or maybe, stand for what is around articles, or for a comment."""
    own = " ".join(name for name in names.split() if not _STATE.match(name))
    words = f" {' '.join(_NAME_WORDS.findall(own))} ".lower()
    return bool(_SURELY_AROUND.search(words)), bool(_MAYBE_AROUND.search(words)), " comment " in words


_NAME_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

# Not what an element is, but what the article in it is about, or what else stands on the page.
_STATE = re.compile(
    r"(?:tag|category|has|no|is|with|without)-(?!links)|comments?-(?:open|closed|off|on)$|post-\d", re.IGNORECASE
)


def _is_inside_article(element: Any) -> bool:
    inside = element.getparent()
    while inside is not None:
        if inside.tag in ("article", "blockquote", "main"):
            return True
        inside = inside.getparent()
    return False


def _find_title(placed: Sequence[Placed], titles: Sequence[str], title: str | None) -> tuple[int, str | None]:
    """The index of the first block behind the title, and the title."""
    wanted = [_normal(text) for text in ([title] if title else []) + list(titles)]
    wanted = [text for text in wanted if text]
    best: tuple[float, int] | None = None
    weights = [_weight(p) for p in placed]
    total, above = sum(weights), 0
    for index, p in enumerate(placed):
        above += weights[index]
        level = p.block.level if isinstance(p.block, Heading) else None
        if level is None and (index >= _TITLE_BLOCKS or not isinstance(p.block, Paragraph)):
            continue
        words = _normal(" ".join(lines_of(p.block)))
        likeness = max((_likeness(words, text) for text in wanted), default=0.0)
        needed = _LIKENESS_WITH_SITE if level is None else _TITLE_LIKENESS
        score = likeness if wanted else (1.0 if level == 1 else 0.0)
        if (level is None or level <= 3) and score >= needed and (best is None or score > best[0]):
            best = (score, index)
        if above > max(_MAX_ABOVE_TITLE * total, _PROSE_CHARACTERS):
            break
    if best is None:
        first = next((i for i, p in enumerate(placed) if isinstance(p.block, Heading) and p.block.level == 1), None)
        if first is None or sum(weights[:first]) > max(_MAX_ABOVE_TITLE * total, _PROSE_CHARACTERS):
            return 0, titles[0] if titles else None
        best = (0.0, first)
    return best[1] + 1, " ".join(lines_of(placed[best[1]].block))


def _likeness(words: str, wanted: str) -> float:
    """1 for the same words; nearly 1 where the page's head adds the site's name to them."""
    if not words:
        return 0.0
    if words == wanted:
        return 1.0
    # The article's part of "Article - Site" is the longer one; the site's own name alone is no title.
    if len(words) > 8 and 2 * len(words) >= len(wanted) and (wanted.startswith(words) or wanted.endswith(words)):
        return _LIKENESS_WITH_SITE
    return SequenceMatcher(None, words, wanted).quick_ratio() if abs(len(words) - len(wanted)) < 40 else 0.0


def _weight(p: Placed) -> int:
    """Characters of prose; a list's count half, links' not at all."""
    if isinstance(p.block, Heading) or is_all_links(p.block):
        return 0
    weight = sum(len(line) for line in lines_of(p.block) if len(line) >= _PROSE_CHARACTERS)
    return weight // 2 if isinstance(p.block, BlockList) else weight


def _in_container(placed: Sequence[Placed]) -> list[Placed]:
    """Those in the innermost element that holds nearly all the prose, and those that stand close around it."""
    first = next((p for p in placed if _weight(p)), None)
    if first is None:
        return list(placed)
    weights = _weights(placed)
    total = max(weights.values())
    holders = [e for e, weight in weights.items() if weight >= _HOLDER_SHARE * total and e.tag in _CONTAINER_TAGS]
    container = max(holders, key=lambda element: sum(1 for _ in ancestors(element)), default=first.element)
    if _is_row_of_teasers(_inside(container, placed)):
        container = next((e for e in ancestors(first.element) if e.tag in _CONTAINER_TAGS), container)
    inside = _inside(container, placed)
    for outer in list(ancestors(container))[1:]:
        wider = _inside(outer, placed)
        if len(wider) > len(inside) and not _is_more_of_it(inside, wider, outer.tag):
            break
        inside = wider
    return inside


def _weights(placed: Sequence[Placed]) -> dict[Any, int]:
    """How much prose each element holds; of all siblings together, what stands above them is gone through once."""
    own: dict[Any, int] = {}
    above: dict[Any, int] = {}
    for p in placed:
        own[p.element] = own.get(p.element, 0) + _weight(p)
        above[p.element.getparent()] = above.get(p.element.getparent(), 0) + _weight(p)
    weights = dict(own)
    for parent, weight in above.items():
        for element in ancestors(parent):
            weights[element] = weights.get(element, 0) + weight
    return weights


def _inside(container: Any, placed: Sequence[Placed]) -> list[Placed]:
    known: dict[Any, bool] = {container: True}

    def is_inside(element: Any) -> bool:
        path = []
        while element is not None and element not in known:
            path.append(element)
            element = element.getparent()
        found = element is not None and known[element]
        known.update(dict.fromkeys(path, found))
        return found

    return [p for p in placed if is_inside(p.element)]


def _is_more_of_it(inside: Sequence[Placed], wider: Sequence[Placed], tag: str) -> bool:
    """Whether what the wider element adds is the article, too: a lead, a last part; no menu, no teasers."""
    already = {id(p) for p in inside}
    added = [p for p in wider if id(p) not in already]
    linked = sum(is_all_links(p.block) for p in added)
    if tag == "body" and not any(_weight(p) or isinstance(p.block, BlockList) for p in added):
        return False  # a line at the page's edge
    grown, before = sum(map(_weight, wider)), sum(map(_weight, inside))
    return grown <= _MAX_GROWTH * before and 2 * linked <= len(added) and not _is_row_of_teasers(added)


def _is_row_of_teasers(placed: Sequence[Placed]) -> bool:
    """Headings that are links, with a few words below each."""
    linked = sum(1 for p in placed if isinstance(p.block, Heading) and is_all_links(p.block))
    return linked > 2 and sum(_weight(p) for p in placed) < _TEASER_CHARACTERS * linked
