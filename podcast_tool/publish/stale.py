"""Files of feed/ that nothing names any more; only those that are ours by the ledger or by a reserved name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from podcast_tool.model import Record
from podcast_tool.vocabulary.feed_names import (
    LIST_PATTERNS,
    PLAYER,
    SHARED_FILES,
    STYLE,
    THEME,
    embed_file,
    oembed_path,
    page_file,
)

# What is rendered for an episode below `feed/<slug>/`; other files there are not ours.
_RENDERED = re.compile(
    r"chapters\.json|transcript(?:\.[A-Za-z0-9-]+)?\.(?:vtt|srt|json|html)|note\.[0-9a-f]{8}\.(?:jpg|png)"
)
_EPISODE_FILE = re.compile(
    rf"index\.html|oembed\.json|{_RENDERED.pattern}|(?:art|chapter)\.(?:small\.)?[0-9a-f]{{8}}\.(?:jpg|png)"
)

_MAX_HEAD_BYTES = 16_384


def episode_files(feed_dir: Path, slug: str) -> set[str]:
    """The files that we wrote for an episode, audio apart, by their paths below feed/."""
    player = embed_file(slug)
    files = {player} if (feed_dir / player).is_file() else set()
    with suppress(OSError):
        files |= {f"{slug}/{path.name}" for path in (feed_dir / slug).iterdir() if _EPISODE_FILE.fullmatch(path.name)}
    return files


def ended_files(records: Iterable[Record], feed_dir: Path, ended_before: datetime, purged_guids: Set[str]) -> set[str]:
    """Of what the feed has not named for long, or what is to go at once, the files; some may still be in use.

    Args:
        ended_before: files that ended later are kept, since listeners and apps hold their addresses.
    """
    stale: set[str] = set()
    for record in records:
        is_purged = record.guid in purged_guids
        stale |= {a.path for a in record.addresses if a.until and (is_purged or a.until < ended_before)}
        if record.withdrawn_at and (is_purged or record.withdrawn_at < ended_before):
            stale |= episode_files(feed_dir, record.slug)
    return stale


def unmade_files(records: Iterable[Record], feed_dir: Path, made_paths: Set[str]) -> set[str]:
    """Chapters, transcripts and pictures of notes of episodes that have them no longer."""
    stale: set[str] = set()
    for record in records:
        with suppress(OSError):
            names = (path.name for path in (feed_dir / record.slug).iterdir() if _RENDERED.fullmatch(path.name))
            stale |= {f"{record.slug}/{name}" for name in names} - made_paths
    return stale


def list_files_in(feed_dir: Path) -> set[str]:
    """What pages of the whole show have, and may have less of: lists, search, sitemap and theme, as they lie there."""
    patterns = (*LIST_PATTERNS, THEME)
    return {path.relative_to(feed_dir).as_posix() for pattern in patterns for path in feed_dir.glob(pattern)}


def page_files_in(records: Iterable[Record], feed_dir: Path) -> set[str]:
    """All that the pages of a show have there, those of its episodes, too; pictures stay, since feeds name them.

    Nothing if there never were pages, and no page that loads another stylesheet: that one somebody else put there.
    """
    if not (feed_dir / PLAYER).is_file():
        return set()
    of_episodes = (path_of(r.slug) for r in records for path_of in (page_file, embed_file, oembed_path))
    found = list_files_in(feed_dir) | {path for path in (*SHARED_FILES, *of_episodes) if (feed_dir / path).is_file()}
    return {path for path in found if not path.endswith(".html") or _is_ours(feed_dir / path)}


def _is_ours(page: Path) -> bool:
    try:
        with page.open("rb") as file:
            return f"{STYLE}?v=".encode() in file.read(_MAX_HEAD_BYTES)
    except OSError:
        return False
