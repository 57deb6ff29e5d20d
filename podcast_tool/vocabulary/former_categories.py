"""Apple's categories of before 2019 and their successors (AP-CAT-OLD); only where one is obvious."""

from __future__ import annotations

from collections.abc import Mapping

from podcast_tool.vocabulary.apple import APPLE_CATEGORIES

_TOPS = {
    "Games & Hobbies": "Leisure",
    "Government & Organizations": "Government",
    "Health": "Health & Fitness",
    "News & Politics": "News",
    "Science & Medicine": "Science",
    "Sports & Recreation": "Sports",
}
_SUBCATEGORIES: Mapping[tuple[str, str], str] = {
    ("Arts", "Literature"): "Arts > Books",
    ("Business", "Business News"): "News > Business News",
    ("Business", "Management & Marketing"): "Business > Management",
    ("Education", "Language Courses"): "Education > Language Learning",
    ("Games & Hobbies", "Other Games"): "Leisure > Games",
    ("Government & Organizations", "Non-Profit"): "Business > Non-Profit",
    ("Health", "Fitness & Nutrition"): "Health & Fitness > Fitness",
    ("Health", "Self-Help"): "Education > Self-Improvement",
    ("News & Politics", "Conservative (Right)"): "News > Politics",
    ("News & Politics", "Liberal (Left)"): "News > Politics",
    ("Science & Medicine", "Medicine"): "Health & Fitness > Medicine",
    ("Society & Culture", "History"): "History",
    ("Technology", "Tech News"): "News > Tech News",
}
_PARENTS = {child: parent for parent, children in APPLE_CATEGORIES.items() for child in children}


def present_category(name: str, subcategory: str | None) -> str | None:
    """The category of today, as show.toml spells it; of one that is not Apple's, what is left of it, or None."""
    if subcategory:
        if successor := _SUBCATEGORIES.get((name, subcategory)):
            return successor
        top = _TOPS.get(name, name)
        if subcategory in APPLE_CATEGORIES.get(top, ()):
            return f"{top} > {subcategory}"
        return present_category(name, None) or present_category(subcategory, None)
    top = _TOPS.get(name, name)
    if top in APPLE_CATEGORIES:
        return top
    return f"{_PARENTS[name]} > {name}" if name in _PARENTS else None
