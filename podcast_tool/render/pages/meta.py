"""What pages tell machines: Open Graph, Twitter's player card, JSON-LD of schema.org, oEmbed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from podcast_tool.model import Element, Episode, Show, ShowPictures
from podcast_tool.render.pages.words import Words
from podcast_tool.render.spelling import spell_iso_length
from podcast_tool.vocabulary.feed_names import embed_path, page_path

Properties = tuple[tuple[str, str], ...]

EMBED_WIDTH_PX, EMBED_HEIGHT_PX = 640, 250
MAX_DESCRIPTION_CHARACTERS = 300

# What would end the element, or begin another one, inside it (HTML Standard, section 4.12.1.3).
_ESCAPES = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"))


def shorten(text: str, limit: int = MAX_DESCRIPTION_CHARACTERS) -> str:
    """At most so many characters on one line, cut at a blank."""
    line = " ".join(text[: 2 * limit].split())
    if len(line) <= limit:
        return line
    start = line[: limit - 1]
    return (start.rpartition(" ")[0] or start).rstrip(",;:–— ") + "…"


def show_properties(show: Show, pictures: ShowPictures, words: Words) -> Properties:
    """Open Graph of the index."""
    return (
        ("og:type", "website"),
        ("og:site_name", show.title),
        ("og:title", show.title),
        ("og:description", shorten(show.description)),
        ("og:url", show.site_url),
        ("og:locale", words.social_locale),
        ("og:image", show.site_url + pictures.cover.path),
        ("og:image:type", pictures.cover.media_type),
    )


def episode_properties(
    episode: Episode, show: Show, pictures: ShowPictures, words: Words, summary: str, audio_url: str
) -> Properties:
    """Open Graph of an episode (ogp.me)."""
    picture = episode.artwork or pictures.cover
    return (
        ("og:type", "article"),
        ("og:site_name", show.title),
        ("og:title", episode.title),
        ("og:description", shorten(summary)),
        ("og:url", show.site_url + page_path(episode.slug)),
        ("og:locale", words.social_locale),
        ("og:image", show.site_url + picture.path),
        ("og:image:type", picture.media_type),
        ("og:audio", audio_url),
        ("og:audio:type", episode.audio.media_type),
        ("article:published_time", episode.published_at.isoformat()),
    )


def player_card(episode: Episode, show: Show, audio_url: str) -> Properties:
    """Twitter's player card (developer.x.com, "Player card"); title and picture are Open Graph's."""
    return (
        ("twitter:card", "player"),
        ("twitter:player", show.site_url + embed_path(episode.slug)),
        ("twitter:player:width", str(EMBED_WIDTH_PX)),
        ("twitter:player:height", str(EMBED_HEIGHT_PX)),
        ("twitter:player:stream", audio_url),
        ("twitter:player:stream:content_type", episode.audio.media_type),
    )


def show_data(show: Show, pictures: ShowPictures) -> Markup:
    """schema.org/PodcastSeries, as JSON that may stand in a `script`."""
    author = {"@type": "Organization", "name": show.author} if show.author else None
    return _spell(
        {
            "@context": "https://schema.org",
            **_series(show),
            "description": show.description,
            "image": show.site_url + pictures.cover.path,
            "inLanguage": show.language,
            "author": author,
            "isFamilyFriendly": not show.explicit,
        }
    )


def episode_data(
    episode: Episode, show: Show, pictures: ShowPictures, persons: Sequence[Element], summary: str, audio_url: str
) -> Markup:
    """schema.org/PodcastEpisode, as JSON that may stand in a `script`."""
    length = spell_iso_length(episode.audio.duration_seconds) if episode.audio.duration_seconds else None
    season = {"@type": "PodcastSeason", "seasonNumber": episode.season} if episode.season is not None else None
    return _spell(
        {
            "@context": "https://schema.org",
            "@type": "PodcastEpisode",
            "name": episode.title,
            "url": show.site_url + page_path(episode.slug),
            "description": shorten(summary),
            "datePublished": episode.published_at.isoformat(),
            "timeRequired": length,
            "episodeNumber": episode.episode,
            "partOfSeason": season,
            "partOfSeries": _series(show),
            "image": show.site_url + (episode.artwork or pictures.cover).path,
            "inLanguage": show.language,
            "isFamilyFriendly": not episode.explicit,
            "contributor": [_person(person) for person in persons] or None,
            "associatedMedia": {
                "@type": "AudioObject",
                "contentUrl": audio_url,
                "encodingFormat": episode.audio.media_type,
                "contentSize": str(episode.audio.size_bytes),
                "duration": length,
            },
        }
    )


def render_oembed(episode: Episode, show: Show) -> bytes:
    """oEmbed 1.0, type `rich` (oembed.com, section 2.3.4.4): a frame that holds the player."""
    # The slug is a-z, 0-9 and hyphens, the show's address was checked. A frame needs a name (WCAG 2.2, 4.1.2).
    frame = (
        f'<iframe src="{show.site_url}{embed_path(episode.slug)}" title="{escape(episode.title)}"'
        f' width="{EMBED_WIDTH_PX}" height="{EMBED_HEIGHT_PX}" frameborder="0" loading="lazy"></iframe>'
    )
    document = {
        "version": "1.0",
        "type": "rich",
        "title": episode.title,
        "author_name": show.author,
        "provider_name": show.title,
        "provider_url": show.site_url,
        "width": EMBED_WIDTH_PX,
        "height": EMBED_HEIGHT_PX,
        "html": frame,
    }
    return f"{json.dumps(_told(document), ensure_ascii=False, indent=1)}\n".encode()


def _series(show: Show) -> dict[str, object]:
    return {"@type": "PodcastSeries", "name": show.title, "url": show.site_url, "webFeed": show.feed_url}


def _person(person: Element) -> Mapping[str, object]:
    return _told({"@type": "Person", "name": person.text, "url": person.attribute("href")})


def _told(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _spell(values: Mapping[str, object]) -> Markup:
    document = {name: _told(value) if isinstance(value, dict) else value for name, value in _told(values).items()}
    spelt = json.dumps(document, ensure_ascii=False)
    for letter, escaped in _ESCAPES:
        spelt = spelt.replace(letter, escaped)
    return Markup(spelt)  # noqa: S704 - nothing in it can end a script
