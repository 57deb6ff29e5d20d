"""Apple's categories: their names, their nesting, their number."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.model import Node, Problem
from podcast_tool.vocabulary.apple import APPLE_CATEGORIES

MAX_CATEGORIES = 2  # AP-CAT-COUNT

# Until 2019, and no longer Apple's (AP-CAT-OLD): category -> its subcategories of then.
_OLD_CATEGORIES: dict[str, tuple[str, ...]] = {
    "Arts": ("Fashion & Beauty", "Literature"),
    "Business": ("Business News", "Management & Marketing", "Shopping"),
    "Education": (
        "Educational Technology",
        "Education Technology",
        "Higher Education",
        "K-12",
        "Language Courses",
        "Training",
    ),
    "Games & Hobbies": ("Automotive", "Aviation", "Hobbies", "Other Games", "Video Games"),
    "Government & Organizations": ("Local", "National", "Non-Profit", "Regional"),
    "Health": ("Alternative Health", "Fitness & Nutrition", "Self-Help", "Sexuality"),
    "News & Politics": ("Conservative (Right)", "Liberal (Left)"),
    "Religion & Spirituality": ("Other",),
    "Science & Medicine": ("Medicine", "Natural Sciences", "Social Sciences"),
    "Society & Culture": ("History",),
    "Sports & Recreation": ("Amateur", "College & High School", "Outdoor", "Professional"),
    "Technology": ("Gadgets", "Podcasting", "Software How-To", "Tech News"),
}
_PARENTS = {child: parent for parent, children in APPLE_CATEGORIES.items() for child in children}
_ALL_NAMES = [*APPLE_CATEGORIES, *_PARENTS]


def check_categories(channel: Entry) -> Iterator[Problem]:
    """AP-CAT, AP-CAT-OLD and AP-CAT-COUNT, of a channel that has some."""
    nodes = channel.all("itunes:category")
    for node in nodes[:50]:
        yield from _check_top(channel, node)
    if len(nodes) > MAX_CATEGORIES:
        message = f"has {len(nodes)} categories, of which Apple uses the first or two; keep those"
        yield channel.warning("AP-CAT-COUNT", message, nodes[MAX_CATEGORIES])


def _check_top(channel: Entry, node: Node) -> Iterator[Problem]:
    name = node.attributes.get("text")
    if name is None:
        yield channel.error("AP-CAT", 'itunes:category has no text="..."; write the category\'s name there', node)
        return
    if name not in APPLE_CATEGORIES:
        yield _fault(channel, node, name)
    for child in list(node.all("itunes:category"))[:50]:
        yield from _check_sub(channel, child, name)


def _check_sub(channel: Entry, node: Node, parent: str) -> Iterator[Problem]:
    name = node.attributes.get("text")
    if name is None:
        yield channel.error("AP-CAT", 'itunes:category has no text="..."; write the category\'s name there', node)
    elif parent in APPLE_CATEGORIES and name not in APPLE_CATEGORIES[parent]:
        if name in _OLD_CATEGORIES.get(parent, ()):
            yield _old(channel, node, name)
        elif name in _PARENTS:
            message = f"category {shown(name)} belongs into {shown(_PARENTS[name])}; nest it there"
            yield channel.error("AP-CAT", message, node)
        elif name in APPLE_CATEGORIES:
            message = f"category {shown(name)} is no subcategory; put it beside {shown(parent)}, not into it"
            yield channel.error("AP-CAT", message, node)
        else:
            yield _unknown(channel, node, name, list(APPLE_CATEGORIES[parent]))
    if node.first("itunes:category"):
        message = "a subcategory holds another category, and Apple's list has two levels; take it out"
        yield channel.error("AP-CAT", message, node)


def _fault(channel: Entry, node: Node, name: str) -> Problem:
    """Of a category at the top that is none."""
    if name in _PARENTS:
        message = f"category {shown(name)} is a subcategory; nest it inside {shown(_PARENTS[name])}"
        return channel.error("AP-CAT", message, node)
    if name in _OLD_CATEGORIES or any(name in children for children in _OLD_CATEGORIES.values()):
        return _old(channel, node, name)
    return _unknown(channel, node, name, _ALL_NAMES)


def _old(channel: Entry, node: Node, name: str) -> Problem:
    message = (
        f"category {shown(name)} is from before 2019, and Apple no longer knows it; choose one of the present list"
    )
    return channel.error("AP-CAT-OLD", message, node)


def _unknown(channel: Entry, node: Node, name: str, known: list[str]) -> Problem:
    folded = {other.lower(): other for other in _ALL_NAMES}.get(name.lower().strip())
    close = [folded] if folded else get_close_matches(name[:60], known or _ALL_NAMES, n=1)
    hint = f'did you mean "{close[0]}"?' if close else "write a name of Apple's list"
    return channel.error("AP-CAT", f"category {shown(name)} is not one of Apple's; {hint}", node)
