"""The article, as blocks of inlines: whatever it came in as, and whatever it goes out as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from podcast_tool.model.image import Image


@dataclass(frozen=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead somewhere; `href` is an absolute http, https or mailto address in ASCII."""

    href: str
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Strong:
    """Words of weight."""

    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Emphasis:
    """Words that are stressed."""

    children: tuple[Inline, ...]


@dataclass(frozen=True)
class LineBreak:
    """A line's end inside a paragraph."""


Inline = Text | Link | Strong | Emphasis | LineBreak


@dataclass(frozen=True)
class Paragraph:
    """Words that belong together."""

    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """The title of what follows."""

    level: int
    """1 to 6."""
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class BlockList:
    """A list; each entry holds blocks, lists among them."""

    entries: tuple[tuple[Block, ...], ...]
    is_ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Quote:
    """Words of somebody else."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Timestamp:
    """A moment of the recording and what happens there."""

    start_seconds: int
    children: tuple[Inline, ...]


@dataclass(frozen=True)
class TimestampList:
    """Moments of the recording, in the order in which the article gives them; offered as chapters."""

    entries: tuple[Timestamp, ...]


@dataclass(frozen=True)
class Figure:
    """A picture of the article's own; stands between its blocks, never in a list or a quotation."""

    image: Image
    """As it was found: a file beside the article, or one that is embedded in it."""
    alt: str | None
    """What it shows, for those who cannot see it; "" for a mere ornament, None where nobody has said."""
    children: tuple[Inline, ...] = ()
    """Its caption: the words under it, which stay where pictures cannot be shown."""
    link: str | None = None
    """Where it leads: an address like that of a `Link`."""


Block = Paragraph | Heading | BlockList | Quote | TimestampList | Figure


@dataclass(frozen=True, kw_only=True)
class Cut:
    """What stood around the article and was left out."""

    line_count: int
    place: str
    """`before` or `after`."""
    kinds: tuple[str, ...]
    """What it was, in words, such as `comments`."""

    def __str__(self) -> str:
        lines = "1 line" if self.line_count == 1 else f"{self.line_count} lines"
        kinds = f": {', '.join(self.kinds)}" if self.kinds else ""
        return f"cut {lines} {self.place} the article{kinds}"


@dataclass(frozen=True, kw_only=True)
class Article:
    """The text written for an episode, without what stood around it."""

    path: str
    title: str | None
    blocks: tuple[Block, ...]
    cuts: tuple[Cut, ...] = ()
    front_matter: Mapping[str, object] = field(default_factory=dict)
    """Of a Markdown file, as it stands there."""
    suggested_date: date | None = None
    """Of a web page: only suggested where an episode has none."""
    lead_image_url: str | None = None
    unaccepted_changes: int = 0
    """Insertions and deletions that nobody has decided on (Word)."""
    comment_count: int = 0
    """Of reviewers, in the margin (Word)."""
