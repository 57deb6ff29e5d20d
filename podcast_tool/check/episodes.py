"""What listeners would miss, or never see, of an episode that is going out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from podcast_tool.model import Description, Identity, Item, Level, Problem, State


def check_episode(description: Description, identity: Identity, items: Sequence[Item]) -> Iterator[Problem]:
    """Warnings about one episode, before it goes out.

    Args:
        items: the present feed's.
    """
    where = description.where
    newest = max((item.published_at for item in items), default=None)
    is_first = identity.state is State.READY and identity.record is None
    if is_first and newest and description.published_at and description.published_at < newest:
        yield Problem(
            rule="RSS-IT-DATE-SANE",
            level=Level.WARNING,
            where=where,
            message=f"is dated {description.published_at:%Y-%m-%d %H:%M} UTC, before the newest published episode, so "
            "apps will not announce it; date it now if listeners should be told",
        )
    if not description.has_article:
        yield Problem(
            rule="AP-IT-REC",
            level=Level.WARNING,
            where=where,
            message="has no article, so its show notes are only its summary or title; put the article beside it",
        )
