"""The reference page of the tags, made of their table."""

from __future__ import annotations

from collections.abc import Iterable

from podcast_tool.vocabulary.shape import CHANNEL, ITEM, Need, Part, Tag, Writer
from podcast_tool.vocabulary.syndication import EXTRA_TAG
from podcast_tool.vocabulary.tags import TAGS, find_tag

_HEAD = """# The tags of the feed

Made of the table in `podcast_tool/vocabulary/` by `python docs/make.py`; do not edit it by hand.

Every tag that the feed can hold, the field of `episodes/show.toml` (show) or of a sidecar (episode) that fills it, and
what the field holds. A field of a list takes one value or a list: `persons = ["Ann Lee"]` or
`persons = [{ name = "Ann Lee", role = "guest" }]`. Where a value may stand without a table, its key is marked with *.
A value that does not fit is told and left out; the rest goes out. "by podcast_tool": there is nothing to write. A field
for which nothing is said here is told in the README.

Sources: `docs/tags/...` is a page of the Podcasting 2.0 namespace
(<https://github.com/Podcastindex-org/podcast-namespace>, commit c0ff5caa); anything else is a rule, which
`podcast_tool check --explain RULE` tells.

Any other namespaced element goes into `extra`, in show.toml or in a sidecar:

```toml
[[extra]]
element = "spotify:countryOfOrigin"
namespace = "http://www.spotify.com/ns/rss"
text = "de"
attributes = { certainty = "high" }
```

`children` is a list of such tables. Elements of the feed's own namespaces (itunes, podcast, atom, content, psc) are
written with their fields instead.

| tag | field | where | what it holds | what it is for | source |
|---|---|---|---|---|---|
"""

_PLACES = {CHANNEL: "show", ITEM: "episode"}


def render_tags_page() -> str:
    """`docs/tags.md`, in Markdown."""
    return _HEAD + "".join(_row(tag) for tag in TAGS)


def _row(tag: Tag) -> str:
    cells = (_name(tag), _field(tag), _where(tag), "; ".join(_contents(tag)) or "", tag.about, tag.source)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


def _name(tag: Tag) -> str:
    return f"`{tag.name}`" if tag.name else "any other"


def _field(tag: Tag) -> str:
    if tag.is_deprecated:
        return f"not written: deprecated, `{tag.instead}` took its place"
    if tag.writer is Writer.NOBODY:
        return "not written, only checked"
    if tag.field:
        return f"`{tag.field}`"
    return "by podcast_tool" if tag.writer is Writer.CODE else "inside its parent's field"


def _where(tag: Tag) -> str:
    return ", ".join(_PLACES.get(parent, f"`{parent}`") for parent in tag.parents)


def _contents(tag: Tag) -> Iterable[str]:
    if tag is EXTRA_TAG:
        yield "`element`, `namespace`, `text`, `attributes`, `children`: see above"
        return
    for part in tag.parts:
        yield _part(tag, part)
    for child in tag.children:
        inner = find_tag(child.name, tag.name)
        many = "one or more" if child.is_list else "one"
        name = f"`{child.key}`: " if child.key else ""
        if inner:
            needed = "" if child.is_required else " (may be missing)"
            yield f"{name}{many} `{child.name}`{needed}"


def _part(tag: Tag, part: Part) -> str:
    target = f"@{part.attribute}" if part.attribute else "text"
    if tag.text_field and part.attribute is None:
        return f"{target}: the number of `{tag.text_field}`, which stands beside it"
    facts = ", ".join(_facts(tag, part))
    if tag.writer is not Writer.TABLE:
        return f"{target}: {facts}"
    if len(tag.own_parts) == 1:
        return f"{facts} ({target})"
    mark = "*" if tag.short_part is part else ""
    return f"`{part.key}`{mark} ({target}): {facts}"


def _facts(tag: Tag, part: Part) -> Iterable[str]:
    yield f"`true` or `false`; if true, {part.spelling.name}" if part.spelling.is_flag else part.spelling.name
    if part.max_characters:
        yield f"at most {part.max_characters} characters"
    if part.default:
        yield f'"{part.default}" if untold'
    elif part.need is Need.RECOMMENDED or (part.is_required and len(tag.own_parts) > 1):
        yield "needed" if part.is_required else "recommended"
