"""Every page of a show, and what stands beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from podcast_tool.model import Episode, Listed, Neighbours, Problem, Show, ShowPictures, Transcript
from podcast_tool.render.pages.assets import static_files
from podcast_tool.render.pages.episode import view_page, view_player
from podcast_tool.render.pages.frame import content_policy, make_frame
from podcast_tool.render.pages.listing import INDEX_EPISODES, Lists, find_lists, make_row, of_season, year_of
from podcast_tool.render.pages.meta import (
    episode_data,
    episode_properties,
    player_card,
    render_oembed,
    shorten,
    show_data,
    show_properties,
)
from podcast_tool.render.pages.persons import make_person_row, persons_of
from podcast_tool.render.pages.templates import Templates
from podcast_tool.render.pages.words import find_words, words_language
from podcast_tool.vocabulary.feed_names import INDEX, embed_path, oembed_path, page_path, season_path, year_path


class Pages:
    """The pages of one show; they are bytes, and the same values always give the same."""

    def __init__(self, show: Show, pictures: ShowPictures, *, is_preview: bool) -> None:
        self._show = show
        self._pictures = pictures
        self._words = find_words(show.language)
        self._static = static_files(show, pictures, self._words)
        self._frame = make_frame(show, pictures, self._words, self._static, is_preview=is_preview)
        self._templates = Templates(show.pages.templates, words_language(show.language), show.language)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """What is wrong with the show's own templates, as far as pages were rendered."""
        return self._templates.faults

    def episode(
        self, episode: Episode, neighbours: Neighbours, transcript: Transcript | None, mark: str | None
    ) -> bytes:
        """`<slug>/index.html`: an episode's sound, notes, chapters, persons, and what is said in it.

        Args:
            transcript: the one of the show's language, timed or not.
            mark: why the episode is not public yet, such as `draft`; only in a preview.
        """
        show, pictures = self._show, self._pictures
        root = "../"
        view = view_page(episode, show, pictures, self._words, root=root, neighbours=neighbours, transcript=transcript)
        audio_url, own_url = view.sound.absolute_url, show.site_url + page_path(episode.slug)
        persons = persons_of(episode, show)
        values = {
            "site": self._frame,
            "root": root,
            "mark": self._words.mark(mark),
            "policy": self._policy(audio_url),
            "title": f"{episode.title} – {show.title}",
            "description": shorten(view.summary),
            "canonical": episode.link or own_url,
            "properties": episode_properties(episode, show, pictures, self._words, view.summary, audio_url),
            "card": player_card(episode, show, audio_url),
            "data": episode_data(episode, show, pictures, persons, view.summary, audio_url),
            "oembed_url": show.site_url + oembed_path(episode.slug),
            "embed_url": show.site_url + embed_path(episode.slug),
            "season_path": None if episode.season is None else season_path(episode.season),
            "episode": view,
            "persons": [make_person_row(person, show, self._words) for person in persons],
        }
        return self._render("episode.html", values)

    def embed(self, episode: Episode, mark: str | None) -> bytes:
        """`embed/<slug>/index.html`: the player alone, for other pages to show in a frame.

        Args:
            mark: as of `episode`.
        """
        root = "../../"
        view = view_player(episode, self._show, self._pictures, self._words, root=root)
        values = {
            "site": self._frame,
            "root": root,
            "mark": self._words.mark(mark),
            "policy": self._policy(view.sound.absolute_url),
            "title": f"{episode.title} – {self._show.title}",
            "description": shorten(view.summary),
            "canonical": episode.link or self._show.site_url + page_path(episode.slug),
            "page_url": self._show.site_url + page_path(episode.slug),
            "episode": view,
        }
        return self._render("embed.html", values)

    def oembed(self, episode: Episode) -> bytes:
        """`<slug>/oembed.json`: how other sites show the player."""
        return render_oembed(episode, self._show)

    def withdrawn(self, *, is_embedded: bool) -> bytes:
        """What stands where the page of an episode was, or its player, while its files are kept."""
        title = self._words.withdrawn()
        values = {
            "site": self._frame,
            "root": "../../" if is_embedded else "../",
            "mark": None,
            "policy": self._frame.policy,
            "title": f"{title} – {self._show.title}",
            "description": title,
            "canonical": self._show.site_url,
            "is_embedded": is_embedded,
        }
        return self._render("withdrawn.html", values)

    def lists(self, listed: Sequence[Listed]) -> dict[str, bytes]:
        """The index, and a page for each season and, of many episodes, each year: path below feed/ -> bytes.

        Args:
            listed: every episode, newest first.
        """
        lists = find_lists(listed, self._show)
        pages = {INDEX: self._index(listed[:INDEX_EPISODES], lists, len(listed))}
        for season in lists.seasons:
            episodes = of_season(listed, season.number, self._show)
            pages[season.path] = self._list(season.path, episodes, lists, season=season.number)
        by_year: dict[int, list[Listed]] = {}
        for episode in listed:
            by_year.setdefault(year_of(episode, self._show), []).append(episode)
        for year in lists.years:
            pages[year.path] = self._list(year.path, by_year[year.number], lists, year=year.number)
        return pages

    def static(self) -> dict[str, bytes]:
        """What pages load, and the stylesheet of the feed: path below feed/ -> bytes."""
        return dict(self._static)

    def _index(self, newest: Sequence[Listed], lists: Lists, count: int) -> bytes:
        show, pictures = self._show, self._pictures
        values = {
            **self._list_values(newest, lists),
            "title": show.title,
            "description": shorten(show.description),
            "canonical": show.site_url,
            "properties": show_properties(show, pictures, self._words),
            "data": show_data(show, pictures),
            "count": count,
            "more_path": year_path(year_of(newest[-1], show)) if len(newest) < count else None,
            "persons": [make_person_row(person, show, self._words) for person in persons_of(None, show)],
        }
        return self._render("index.html", values)

    def _list(
        self,
        path: str,
        episodes: Sequence[Listed],
        lists: Lists,
        *,
        season: int | None = None,
        year: int | None = None,
    ) -> bytes:
        place = self._words.place(season, None) if season is not None else str(year)
        values = {
            **self._list_values(episodes, lists),
            "title": f"{place} – {self._show.title}",
            "description": shorten(self._show.description),
            "canonical": self._show.site_url + path,
            "path": path,
            "season": season,
            "year": year,
        }
        return self._render("list.html", values)

    def _list_values(self, episodes: Sequence[Listed], lists: Lists) -> dict[str, object]:
        return {
            "site": self._frame,
            "root": "",
            "mark": None,
            "policy": self._frame.policy,
            "lists": lists,
            "has_images": any(episode.thumbnail_path for episode in episodes),
            "rows": [make_row(episode, self._show, self._words) for episode in episodes],
        }

    def _render(self, template: str, values: Mapping[str, object]) -> bytes:
        page = self._templates.render(template, values)
        return keep_from_engines(page) if self._frame.is_preview else page

    def _policy(self, audio_url: str) -> str:
        """Of a page with a player: its sound may lie elsewhere."""
        return content_policy(None if audio_url.startswith(self._show.site_url) else audio_url)


_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
_DOCTYPE = re.compile(rb"\s*<!doctype[^>]*>", re.IGNORECASE)
_NO_INDEX = b'<meta name="robots" content="noindex">'


def keep_from_engines(page: bytes) -> bytes:
    """A page that search engines pass over, whatever a show's template makes of its head."""
    head = _HEAD.search(page) or _DOCTYPE.match(page)
    at = head.end() if head else 0
    return b"%s\n%s%s" % (page[:at], _NO_INDEX, page[at:])


def open_pages(show: Show, pictures: ShowPictures, *, is_preview: bool = False) -> Pages:
    """Prepare a show's pages.

    Args:
        pictures: the cover in the sizes that pages need.
        is_preview: every page asks search engines to pass it over.
    """
    return Pages(show, pictures, is_preview=is_preview)
