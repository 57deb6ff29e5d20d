"""One line of an article's text, and what it looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from podcast_tool.model import Block, Inline, LineBreak, Paragraph
from podcast_tool.read.article.inlines import plain, split_lines
from podcast_tool.read.article.signs import (
    BESIDE_DATE,
    BYLINE,
    COMMENTS,
    DATE,
    END_SIGNS,
    FORM_EVIDENCE,
    MAX_SIGN_CHARACTERS,
    Sign,
    is_comment_evidence,
)

*_, _COMMENTS_STRONG = COMMENTS

# A line of so many characters that ends as a sentence does is prose; Chinese and Japanese say as much in fewer.
_PROSE_CHARACTERS, _PROSE_CJK_CHARACTERS = 80, 30
_UNENDED_PROSE_CHARACTERS = 200
_SENTENCE_WORDS = 3
_HEADER_WORDS = 14
_WORDS_BESIDE_DATE = 3
_APPOINTMENT = re.compile(r"(?:when|wann|quand|cuándo|where|wo|où)\b", re.IGNORECASE)
_EXCERPT_ENDS = ("…", "...", "[…]", "[...]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SENTENCE_END = re.compile(r"[.!?。！？؟۔:]['\"”’»)\]]*(?:\s*[\U0001f300-\U0001faff☺🙂😉]+)?$")


# Cached, since the same lines are looked at in each pass.
@lru_cache(maxsize=4096)
def _sign_of(text: str) -> Sign | None:
    bare = text.strip(" *|·•–—-")
    if not bare or len(bare) > MAX_SIGN_CHARACTERS:
        return None
    return next((sign for sign in END_SIGNS if sign.pattern.fullmatch(bare)), None)


@lru_cache(maxsize=4096)
def _is_evidence(text: str) -> bool:
    """Only comments and the form below them have such lines."""
    bare = text.strip()
    return len(bare) <= MAX_SIGN_CHARACTERS and bool(
        is_comment_evidence(bare) or FORM_EVIDENCE.match(bare) or _COMMENTS_STRONG.pattern.fullmatch(bare)
    )


@dataclass(frozen=True)
class Line:
    """A line, the block that it stands in, and its shape."""

    text: str
    block: int
    may_be_prose: bool = True
    """Not of a heading, nor of a block that is nothing but links."""

    @property
    def sign(self) -> Sign | None:
        return _sign_of(self.text)

    @property
    def is_evidence(self) -> bool:
        return _is_evidence(self.text)

    @cached_property
    def is_sentence(self) -> bool:
        """Said by somebody: a few words that end as a sentence does."""
        if not self.may_be_prose or self.text.endswith(_EXCERPT_ENDS):
            return False
        has_words = len(self.text.split()) >= _SENTENCE_WORDS or len(_CJK.findall(self.text)) >= 4
        return has_words and bool(SENTENCE_END.search(self.text)) and not self.sign and not self.is_evidence

    @cached_property
    def is_prose(self) -> bool:
        if not self.may_be_prose:
            return False
        length = len(self.text)
        enough = _PROSE_CJK_CHARACTERS if _CJK.search(self.text) else _PROSE_CHARACTERS
        is_sentence = length >= _UNENDED_PROSE_CHARACTERS or bool(SENTENCE_END.search(self.text))
        return length >= enough and is_sentence and not self.text.endswith(_EXCERPT_ENDS) and self.sign is None

    @property
    def is_header_mark(self) -> bool:
        """Whether this line is a byline or a date, and nothing else."""
        if len(self.text.split()) > _HEADER_WORDS or SENTENCE_END.search(self.text):
            return False
        return bool(BYLINE.match(self.text)) or self.is_date_alone

    @property
    def is_date_alone(self) -> bool:
        """A date, with a name, a place or a section beside it at the most."""
        if len(self.text.split()) > _HEADER_WORDS or not DATE.search(self.text) or SENTENCE_END.search(self.text):
            return False
        rest = re.findall(r"[^\W\d_]{2,}", BESIDE_DATE.sub(" ", DATE.sub(" ", self.text)))
        return len(rest) <= _WORDS_BESIDE_DATE and not _APPOINTMENT.match(self.text)


def explode(block: Block) -> Iterator[Block]:
    """A paragraph in which a line is a sign or a byline: one for each such line, one for what is between."""
    if not isinstance(block, Paragraph) or LineBreak() not in block.children:
        yield block
        return
    parts: list[list[Inline]] = []
    was_marked = True
    for children in split_lines(block.children):
        line = Line(plain(children).strip(), 0)
        is_marked = bool(line.sign) or line.is_evidence or line.is_header_mark
        if is_marked or was_marked:
            parts.append(list(children))
        else:
            parts[-1] += [LineBreak(), *children]
        was_marked = is_marked
    # The very block where nothing parts it: its place on a page is known by it.
    yield from (Paragraph(tuple(part)) for part in parts) if len(parts) > 1 else (block,)
