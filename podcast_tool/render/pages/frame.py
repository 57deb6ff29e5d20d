"""What all pages of a show have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from podcast_tool.model import PageLink, Show, ShowPictures
from podcast_tool.render.pages.assets import with_version
from podcast_tool.render.pages.subscribe import Button, subscribe_buttons
from podcast_tool.render.pages.words import Words
from podcast_tool.vocabulary.feed_names import PLAYER, QR, SEARCH, STYLE, THEME

RATES = (0.75, 1, 1.25, 1.5, 1.75, 2)

# The W3C's Content Security Policy Level 3. Nothing is loaded from elsewhere but the sound.
_POLICY = (
    "default-src 'none'; img-src 'self'; media-src {media}; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "frame-src 'none'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, kw_only=True)
class Frame:
    """The show as its pages show it; templates call it `site`."""

    title: str
    description: str
    author: str | None
    language: str
    direction: str
    """`ltr` or `rtl`."""
    url: str
    feed_url: str
    policy: Markup
    """The Content-Security-Policy of pages whose sound lies where the show's does."""
    cover: str
    """As all paths here, below feed/."""
    thumbnail: str
    icon: str
    icon_type: str
    qr: str
    style: str
    player: str
    search: str
    theme: str | None
    buttons: tuple[Button, ...]
    links: tuple[PageLink, ...]
    copyright: str | None
    license: Button | None
    rates: tuple[tuple[float, str], ...]
    """Playing speeds and how they are written."""
    is_preview: bool


def make_frame(
    show: Show, pictures: ShowPictures, words: Words, static: Mapping[str, bytes], *, is_preview: bool
) -> Frame:
    """Everything that is prepared once for a show."""
    paths = {path: with_version(path, content) for path, content in static.items()}
    return Frame(
        title=show.title,
        description=show.description,
        author=show.author,
        language=show.language,
        direction=words.direction,
        url=show.site_url,
        feed_url=show.feed_url,
        policy=content_policy(show.media_url),
        cover=pictures.cover.path,
        thumbnail=pictures.thumbnail.path,
        icon=pictures.icon.path,
        icon_type=pictures.icon.media_type,
        qr=paths[QR],
        style=paths[STYLE],
        player=paths[PLAYER],
        search=paths[SEARCH],
        theme=paths.get(THEME),
        buttons=subscribe_buttons(show),
        links=show.pages.links,
        copyright=_copyright(show.copyright),
        license=_license(show),
        rates=tuple((rate, words.rate(rate)) for rate in RATES),
        is_preview=is_preview,
    )


def content_policy(media_url: str | None) -> Markup:
    """The policy of a page whose sound lies beside it, or at *media_url*, an absolute address."""
    scheme = (media_url or "").partition("://")[0].lower()
    # Not that host alone: most lead on to another one, and the policy holds for each step (Fetch, "main fetch").
    media = f"'self' {scheme}:" if scheme in ("http", "https") else "'self'"
    return Markup(_POLICY.format(media=media))  # noqa: S704 - nothing in it could end an attribute


def _copyright(holder: str | None) -> str | None:
    if holder is None or holder.lower().startswith(("©", "(c)", "copyright")):
        return holder
    return f"© {holder}"


def _license(show: Show) -> Button | None:
    element = next(iter(show.tags.get("license", ())), None)
    return Button(element.text or "", str(element.attribute("url") or "")) if element else None
