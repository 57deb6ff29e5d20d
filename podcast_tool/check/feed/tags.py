"""Tags of the Podcasting 2.0 namespace in anybody's feed, held against the table of tags. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from podcast_tool.model import Level, Node, Problem
from podcast_tool.text import clean_line
from podcast_tool.vocabulary.services import DISABLED
from podcast_tool.vocabulary.shape import ITEM, LIVE_ITEM, Child, Part, Tag
from podcast_tool.vocabulary.spellings import HTTPS, is_insecure
from podcast_tool.vocabulary.tags import find_tag, known_names

_PREFIX = "podcast:"
_OWNER = "itunes:owner"
_MAX_SHOWN = 60
_TELLING = 4  # letters by which one name is told from another
_OUR_NAMES = sorted(name for name in known_names() if name.startswith(_PREFIX))


def check_element(node: Node, parent: str, where: str) -> Iterator[Problem]:
    """One podcast:* element with all that stands in it, or the structure of itunes:owner; nothing of any other.

    Args:
        parent: the name of the element that it stands in, such as `item`.
        where: what each problem is told of.
    """
    if not node.name.startswith(_PREFIX) and node.name != _OWNER:
        return
    tag = find_tag(node.name, parent)
    if tag is None:
        yield _unknown(node.name, where)
        return
    if tag.is_deprecated:
        message = f"{tag.name} is deprecated; write {tag.instead}"
        yield Problem(rule=tag.rule, level=Level.NOTE, where=where, message=message)
    if not _may_stand_in(tag, parent):
        places = " or ".join(tag.parents)
        message = f"{tag.name} stands in {_shown(parent)}, where apps do not look for it; move it into {places}"
        yield Problem(rule="P20-PARENT", level=Level.ERROR, where=where, message=message)
    yield from _check_parts(node, tag, where)
    yield from _check_attribute_names(node, tag, where)
    yield from _check_inside(node, tag, where)


def check_counts(parent: Node, where: str) -> Iterator[Problem]:
    """What only the podcast:* elements of one channel or item together show: P20-COUNT, and how they agree."""
    found: dict[str, list[Node]] = {}
    for node in parent.children:
        if node.name.startswith(_PREFIX):
            found.setdefault(node.name, []).append(node)
    for name, nodes in found.items():
        tag = find_tag(name, parent.name)
        if tag and not tag.is_list and len(nodes) > 1:
            yield _too_many(name, len(nodes), where)
    for name, check in _TOGETHER.items():
        if name in found:
            yield from check(found[name], parent, where)


def _unknown(name: str, where: str) -> Problem:
    rightful = next((word for word in _OUR_NAMES if word.lower() == name.lower()), None)
    if rightful:
        message = f"{_shown(name)} is not seen by apps; write {rightful}"
        return Problem(rule="RSS-CASE", level=Level.ERROR, where=where, message=message)
    local = [word.removeprefix(_PREFIX) for word in _OUR_NAMES]
    hint = _hint(name.removeprefix(_PREFIX), local)
    message = f"{_shown(name)} is no tag of the namespace; {hint}"
    return Problem(rule="P20-PARENT", level=Level.NOTE, where=where, message=message)


def _may_stand_in(tag: Tag, parent: str) -> bool:
    # docs/tags/live-item.md: all that an item may hold.
    return parent in tag.parents or (parent == LIVE_ITEM and ITEM in tag.parents)


def _too_many(name: str, count: int, where: str) -> Problem:
    message = f"{name} stands {count} times, and apps choose different ones; keep one"
    return Problem(rule="P20-COUNT", level=Level.ERROR, where=where, message=message)


def _shown(text: str) -> str:
    return clean_line(text[: 2 * _MAX_SHOWN])[:_MAX_SHOWN]


def _hint(word: str, known: Iterable[str]) -> str:
    """What was meant, perhaps: a known word with the same beginning. Cheap, since a feed may hold a million of them."""
    close = next((name for name in known if name[:_TELLING] == word[:_TELLING]), None)
    return f"did you mean {close}?" if close else "apps will pass it over; take it out if it is a mistake"


# -- parts ------------------------------------------------------------------------------------------------------------


def _check_parts(node: Node, tag: Tag, where: str) -> Iterator[Problem]:
    spoken: dict[str, str] = {}
    is_fit = True
    for part in tag.parts:
        name = part.attribute or "text"
        value = (node.attributes.get(part.attribute, "") if part.attribute else node.text).strip()
        rule = part.rule or (tag.attribute_rule if part.attribute else tag.rule)
        if value:
            problem = _check_value(value, part, tag, rule, where)
            spoken[part.key] = value
            is_fit = is_fit and not (problem and problem.rule != "P20-TEXT-128")
            if problem:
                yield problem
        elif part.is_required:
            is_fit = False
            rule = tag.attribute_rule if part.attribute else tag.rule
            message = f"{tag.name} has no {name}; add it, {part.spelling.name}"
            yield Problem(rule=rule, level=Level.ERROR, where=where, message=message)
    if is_fit:
        yield from _check_conditions(spoken, tag, where)


def _check_value(value: str, part: Part, tag: Tag, rule: str, where: str) -> Problem | None:
    """What is wrong with a text or an attribute that is there."""
    name = f"{part.attribute} of {tag.name}" if part.attribute else tag.name
    spelling = part.spelling
    if spelling is HTTPS and is_insecure(value):
        message = f"{name} is not encrypted ({_shown(value)}); give the https:// address"
        return Problem(rule="P20-HTTPS", level=Level.ERROR, where=where, message=message)
    if not spelling.fits(value):
        if spelling.fits(value.lower()):
            message = f'{name} is "{_shown(value)}"; write it in lower case'
            return Problem(rule=rule, level=Level.WARNING, where=where, message=message)
        level = Level.WARNING if spelling.is_open else Level.ERROR
        message = f'{name} must be {spelling.name}, not "{_shown(value)}"'
        return Problem(rule=rule, level=level, where=where, message=message)
    if part.max_characters and len(value) > part.max_characters:
        message = f"{name} has {len(value)} characters, and apps cut it at {part.max_characters}; shorten it"
        return Problem(rule="P20-TEXT-128", level=Level.WARNING, where=where, message=message)
    return None


def _check_conditions(spoken: dict[str, str], tag: Tag, where: str) -> Iterator[Problem]:
    for condition in tag.conditions:
        for fault in condition(spoken):
            if fault.level:
                level, rule = Level(fault.level), fault.rule or tag.rule
                yield Problem(rule=rule, level=level, where=where, message=clean_line(f"{tag.name}: {fault.message}"))


def _check_attribute_names(node: Node, tag: Tag, where: str) -> Iterator[Problem]:
    known = [part.attribute for part in tag.parts if part.attribute]
    for name in node.attributes:
        if name in known or ":" in name or name.startswith("{"):
            continue
        rightful = next((word for word in known if word.lower() == name.lower()), None)
        if rightful:
            message = f"{_shown(name)} of {tag.name} is not seen by apps; write {rightful}"
            yield Problem(rule="RSS-CASE", level=Level.ERROR, where=where, message=message)
        else:
            message = f"{tag.name} has no attribute {_shown(name)}; {_hint(name, known)}"
            yield Problem(rule="P20-ATTR", level=Level.NOTE, where=where, message=message)


# -- tags inside the tag ----------------------------------------------------------------------------------------------


def _check_inside(node: Node, tag: Tag, where: str) -> Iterator[Problem]:
    counts = Counter(child.name for child in node.children)
    if tag.needs_one_of and not any(counts[name] for name in tag.needs_one_of):
        message = f"{tag.name} holds no {' or '.join(tag.needs_one_of)}; add one"
        level = Level.NOTE if tag.name == _OWNER else Level.ERROR  # AP-OWNER: Apple reads it no more
        yield Problem(rule=tag.rule, level=level, where=where, message=message)
    for child in tag.children:
        if not child.is_list and counts[child.name] > 1:
            yield _too_many(child.name, counts[child.name], where)
        yield from _check_fixed(node, tag, child, where)
    for inner in node.children:
        yield from check_element(inner, node.name, where)
    if node.name == LIVE_ITEM:
        yield from check_counts(node, where)


def _check_fixed(node: Node, tag: Tag, child: Child, where: str) -> Iterator[Problem]:
    for name, value in child.fixed:
        if any(inner.name == child.name and inner.attributes.get(name) != value for inner in node.children):
            message = f'the {child.name} in {tag.name} wants {name}="{value}"; add it'
            yield Problem(rule=tag.rule, level=Level.ERROR, where=where, message=message)


# -- what elements of one name show together --------------------------------------------------------------------------


def _check_social(nodes: Iterable[Node], _: Node, where: str) -> Iterator[Problem]:
    """P20-SOCIAL."""
    found = list(nodes)
    if len(found) > 1 and any(node.attributes.get("protocol") == DISABLED for node in found):
        message = f'podcast:socialInteract asks for no comments ("{DISABLED}") and names a post; keep one of the two'
        yield Problem(rule="P20-SOCIAL", level=Level.WARNING, where=where, message=message)
    elif len(found) > 1 and not all(node.attributes.get("priority") for node in found):
        message = f"podcast:socialInteract stands {len(found)} times; tell by priority which comes first"
        yield Problem(rule="P20-SOCIAL", level=Level.WARNING, where=where, message=message)


def _check_blocks(nodes: Iterable[Node], _: Node, where: str) -> Iterator[Problem]:
    """P20-BLOCK."""
    said: dict[str, str] = {}
    for node in nodes:
        service, answer = node.attributes.get("id", "").strip(), node.text.strip()
        if said.setdefault(service, answer) != answer:
            message = f"podcast:block says yes and no to {_shown(service) or 'all services'}; keep one"
            yield Problem(rule="P20-BLOCK", level=Level.ERROR, where=where, message=message)


def _check_soundbites(nodes: Iterable[Node], item: Node, where: str) -> Iterator[Problem]:
    """P20-SOUNDBITE: inside the episode, as far as its duration tells."""
    durations = [child.text.strip() for child in item.children if child.name == "itunes:duration"]
    length = _seconds(durations[0]) if durations else None
    for node in nodes:
        start, duration = (_seconds(node.attributes.get(name, "")) for name in ("startTime", "duration"))
        # A second more, since itunes:duration is rounded.
        if length and start is not None and duration is not None and start + duration > length + 1:
            message = f"the podcast:soundbite at {start:g} s ends behind the episode; mend its startTime or duration"
            yield Problem(rule="P20-SOUNDBITE", level=Level.WARNING, where=where, message=message)


def _seconds(text: str) -> float | None:
    """Of digits, or of H:MM:SS."""
    seconds = 0.0
    with suppress(ValueError, OverflowError):
        for part in text.strip()[:_MAX_SHOWN].split(":"):
            seconds = seconds * 60 + float(part)
        return seconds
    return None


_TOGETHER: dict[str, Callable[[Iterable[Node], Node, str], Iterator[Problem]]] = {
    "podcast:socialInteract": _check_social,
    "podcast:block": _check_blocks,
    "podcast:soundbite": _check_soundbites,
}
