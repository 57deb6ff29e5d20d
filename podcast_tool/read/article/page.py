"""Where the article stands on a web page.

The page's own marks are asked first (class names of comments, share bars, side bars, as the common systems write them);
then the words, as in a plain text (boundaries.py); then the element that holds most of the prose in between.
Measured against trafilatura on pages of its own evaluation set, this keeps more articles whole (bench/notes.py).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from podcast_tool.model import BlockList, Cut, Heading, Paragraph
from podcast_tool.read.article.boundaries import Trimmed, explode, trim
from podcast_tool.read.article.html import Page
from podcast_tool.read.article.inlines import lines_of
from podcast_tool.read.article.walk import Placed, ancestors

_AROUND_TAGS = {"nav", "footer", "aside", "dialog", "menu"}
_AROUND_ROLES = {"navigation", "complementary", "contentinfo", "banner", "search", "dialog"}

# Class names and ids that stand for one thing only, each compared whole.
_AROUND_NAMES = frozenset(
    """comments comment-list commentlist comments-area comment-respond respond disqus_thread comments-wrapper
    comment-form comments-section comment-section post-comments entry-comments fb-comments livefyre commentform
    sharedaddy jp-relatedposts sd-sharing share-buttons share-bar social-share social-sharing sharing post-share
    addtoany_share_save_container a2a_kit ssba shareaholic-canvas entry-share share-links addthis_toolbox article-share
    related related-posts related-articles relatedposts yarpp yarpp-related crp_related post-related related-post
    recommended-posts more-stories read-next recirc recommended
    newsletter newsletter-signup newsletter-form mailchimp mc4wp-form subscribe-form email-signup newsletter-box
    signup-form sidebar widget-area widget widgets secondary site-footer site-header footer breadcrumb breadcrumbs
    cookie-notice cookie-banner post-navigation nav-links posts-navigation pagination nav-previous nav-next
    site-navigation nav-single post-nav author-bio author-box about-author author-info entry-author post-author-box
    authorbox bio-box tags-links cat-links entry-tags post-tags tag-links post-categories entry-utility entry-meta
    post-meta postmetadata entry-footer post-footer entry-info byline post-info article-meta meta-info postmeta
    advertisement ad-container adsbygoogle ad-slot promo sponsored modal popup gdpr wpcnt wp-polls
    jp-post-flair""".split()
)

_PROSE_CHARACTERS = 80
_CONTAINER_SHARE = 0.8
_CONTAINER_TAGS = {"div", "section", "article", "main", "td", "body", "center", "form"}
_CONTAINER_HINT = re.compile(r"\b(?:article|entry|post|story|content|text|body|main)\b", re.IGNORECASE)
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
        return trim([p.block for p in page.placed], title, first_line_is_title=False)
    placed = [Placed(part, p.element) for p in page.placed for part in explode(p.block)]
    start, found = _find_title(placed, page.titles, title)
    body = placed[start:]
    trimmed = trim([p.block for p in body], found, first_line_is_title=False)
    kept_blocks = {id(block) for block in trimmed.blocks}
    kept = [p for p in body if id(p.block) in kept_blocks]
    inside = _in_container(kept)
    left_out = page.passed_over + _count_lines(placed) - _count_lines(inside) - (1 if start else 0)
    kinds = tuple(dict.fromkeys(kind for cut in trimmed.cuts for kind in cut.kinds))
    cuts = (Cut(line_count=left_out, place="around", kinds=kinds),) if left_out > 0 else ()
    return Trimmed(title=found, blocks=tuple(p.block for p in inside), cuts=cuts)


def _count_lines(placed: Sequence[Placed]) -> int:
    return sum(1 for p in placed for _ in lines_of(p.block))


def _normal(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def is_around(element: Any) -> bool:
    """Whether the page itself marks this element as no part of the article."""
    tag = element.tag
    if tag in ("html", "body", "main", "article") or element.get("itemprop") == "articleBody":
        return False
    if not (tag in _AROUND_TAGS or element.get("role") in _AROUND_ROLES):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower().split()
        if _AROUND_NAMES.isdisjoint(names):
            return False
    # A mark on what holds the page's main heading, or an article, is a style's whim.
    return element.find(".//h1") is None and element.find(".//article") is None


def _find_title(placed: Sequence[Placed], titles: Sequence[str], title: str | None) -> tuple[int, str | None]:
    """The index of the first block behind the title, and the title."""
    wanted = [_normal(text) for text in ([title] if title else []) + list(titles)]
    wanted = [text for text in wanted if text]
    best: tuple[float, int] | None = None
    for index, p in enumerate(placed):
        level = p.block.level if isinstance(p.block, Heading) else None
        if level is None and (index >= _TITLE_BLOCKS or not isinstance(p.block, Paragraph)):
            continue
        words = _normal(" ".join(lines_of(p.block)))
        likeness = max((_likeness(words, text) for text in wanted), default=0.0)
        needed = _LIKENESS_WITH_SITE if level is None else _TITLE_LIKENESS
        score = likeness if wanted else (1.0 if level == 1 else 0.0)
        if (level is None or level <= 3) and score >= needed and (best is None or score > best[0]):
            best = (score, index)
    if best is None:
        first = next((i for i, p in enumerate(placed) if isinstance(p.block, Heading) and p.block.level == 1), None)
        if first is None:
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


def _in_container(placed: Sequence[Placed]) -> list[Placed]:
    """Those in the innermost element that holds nearly all the prose."""
    weights: dict[Any, int] = {}
    total = 0
    for p in placed:
        weight = sum(len(line) for line in lines_of(p.block) if len(line) >= _PROSE_CHARACTERS)
        if isinstance(p.block, BlockList):
            weight //= 2
        total += weight
        for element in ancestors(p.element):
            weights[element] = weights.get(element, 0) + weight
    if not total:
        return list(placed)
    holders = [
        element
        for element, weight in weights.items()
        if weight >= _CONTAINER_SHARE * total and element.tag in _CONTAINER_TAGS
    ]
    if not holders:
        return list(placed)
    container = max(holders, key=lambda element: sum(1 for _ in ancestors(element)))
    # An element around a single paragraph is a wrapper, not the article.
    while sum(1 for p in placed if container in ancestors(p.element)) < 2 and container.getparent() is not None:
        container = container.getparent()
    for element in ancestors(container):
        names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('itemprop') or ''}"
        if element.tag == "article" or _CONTAINER_HINT.search(names):
            if weights.get(element, 0) <= 1.3 * weights[container]:
                container = element
            break
    return [p for p in placed if container in ancestors(p.element)]
