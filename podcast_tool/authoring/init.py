"""A new show: the answers of its people -> episodes/show.toml."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from podcast_tool.authoring.sidecars import FieldLine, render_toml
from podcast_tool.errors import ShowError
from podcast_tool.picture.draw import draw_words
from podcast_tool.read.find import SHOW_FILE
from podcast_tool.read.show import DEFAULT_FEED_PATH, folder_address, podcast_guid, read_show
from podcast_tool.text import clean_line, clean_text

DEFAULT_TIMEZONE = "UTC"

# AP-OWNER: only what is certainly none is refused.
_MAIL = re.compile(r"[^@\s()<>,;]{1,64}@[^@\s()<>,;.]{1,63}(?:\.[^@\s()<>,;.]{1,63}){1,8}")


@dataclass(frozen=True, kw_only=True)
class ShowAnswers:
    """What people say of a new show; each as it stands in show.toml."""

    title: str
    description: str
    site_url: str
    language: str
    categories: tuple[str, ...]
    explicit: bool
    author: str | None = None
    email: str | None = None
    """Whom directories write to."""
    timezone: str = DEFAULT_TIMEZONE


# What the other answers are while one of them is judged alone.
_OTHERS = ShowAnswers(
    title="-",
    description="-",
    site_url="https://podcast.example.org/",
    language="en",
    categories=("News",),
    explicit=False,
)


def find_fault(field: str, value: object) -> str | None:
    """Why *value* is no answer for *field*, in the words that `publish` would have for it; None if it is one."""
    if isinstance(value, str) and not clean_line(value):
        return f"{field} is empty; write something"
    if field == "email" and not _MAIL.fullmatch(str(value)):
        return f'email "{clean_line(str(value))[:60]}" is no mail address (AP-OWNER), such as "podcast@example.org"'
    return find_fault_of_show(replace(_OTHERS, **{field: value}))  # type: ignore[arg-type]


def find_fault_of_show(answers: ShowAnswers) -> str | None:
    """As `find_fault`, of all of them: the judge is the one reader of show.toml."""
    with tempfile.TemporaryDirectory(prefix="podcast_tool-") as folder:
        episodes = Path(folder) / "above" / "show" / "episodes"
        episodes.mkdir(parents=True)
        (episodes / SHOW_FILE).write_bytes(render_show(answers, "cover.jpg"))
        (episodes / "cover.jpg").write_bytes(draw_words("", 8))
        try:
            _, problems = read_show(episodes.parent)
        except ShowError as error:
            return str(error.args[1])
    return problems[0].message if problems else None


def render_show(answers: ShowAnswers, cover: str) -> bytes:
    """show.toml, with a comment at what cannot be guessed and a line for what may be added.

    Args:
        cover: its name in episodes/.
    """
    return render_toml(_lines(answers, cover))


def _lines(answers: ShowAnswers, cover: str) -> Iterator[FieldLine]:
    site_url = _folder(answers.site_url)
    yield FieldLine(field="title", value=clean_line(answers.title))
    yield FieldLine(field="description", value=clean_text(answers.description).strip())
    where = "The address of the folder where feed/ will be served; the feed is feed.xml in it."
    yield FieldLine(field="site_url", value=site_url, above=where)
    for_ever = "By this directories know the show; never change it."
    yield FieldLine(field="guid", value=podcast_guid(site_url + DEFAULT_FEED_PATH), above=for_ever)
    yield FieldLine(field="language", value=answers.language)
    yield FieldLine(field="categories", value=answers.categories, above="Apple's, the main one first.")
    yield FieldLine(field="explicit", value=answers.explicit)
    yield FieldLine(field="cover", value=cover, above="In episodes/: square, 1400 to 3000 pixels a side, JPEG or PNG.")
    yield from _people(answers)
    yield FieldLine(field="timezone", value=answers.timezone, above="Of dates and times without an offset.")
    remark = "of a date without a time; untold, 00:00"
    yield FieldLine(field="publish_time", value="06:00", remark=remark, is_suggested=True)
    remark = 'seasons that are heard in order; untold, "episodic"'
    yield FieldLine(field="type", value="serial", remark=remark, is_suggested=True)
    remark = "year and holder, without the word"
    yield FieldLine(field="copyright", value="2018 Example Institute", remark=remark, is_suggested=True)
    remark = "the show's own page, if it has one"
    yield FieldLine(field="link", value="https://www.example.org/podcast", remark=remark, is_suggested=True)


def _people(answers: ShowAnswers) -> Iterator[FieldLine]:
    author = clean_line(answers.author or "")
    remark = "" if author else "who makes it, as apps show it"
    yield FieldLine(field="author", value=author or "Example Institute", remark=remark, is_suggested=not author)
    owner = {
        "name": author or clean_line(answers.title),
        "email": clean_line(answers.email or "") or "podcast@example.org",
    }
    above = "Whom directories write to when the show is claimed; the address is public."
    yield FieldLine(field="owner", value=owner, above=above, is_suggested=not answers.email)


def _folder(address: str) -> str:
    """With its slash, as `read_show` has it, since the guid is made of it; what is no folder stays, and is told."""
    try:
        return folder_address(address)
    except ValueError:
        return address
