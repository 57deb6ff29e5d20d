"""Who takes part, as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podcast_tool.model import Element, Episode, Show
from podcast_tool.render.pages.words import Words
from podcast_tool.vocabulary.persons import PERSON_ROLES

_ROLES = frozenset[str]().union(*PERSON_ROLES.values())


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """Somebody who takes part."""

    name: str
    role: str | None
    """In the language of our words, if it is of the podcast taxonomy."""
    role_is_ours: bool
    """It is, so that on a page in another language it says which it is in."""
    url: str | None
    image: str | None
    """Below feed/; pictures that lie elsewhere are not shown, as they would tell another host who reads the page."""


def persons_of(episode: Episode | None, show: Show) -> Sequence[Element]:
    """Those of the show; those of an episode, where it has some, take their place (P20-PERSON)."""
    own = tuple(element for element in (episode.tags if episode else ()) if element.name == "podcast:person")
    return own or show.tags.get("persons", ())


def make_person_row(person: Element, show: Show, words: Words) -> PersonRow:
    """A person as a page shows them."""
    image, role, url = (person.attribute(name) for name in ("img", "role", "href"))
    role = str(role) if role else None
    is_ours = isinstance(image, str) and image.startswith(show.site_url)
    return PersonRow(
        name=person.text or "",
        role=words.role(role) if role else None,
        role_is_ours=role is not None and role.lower() in _ROLES,
        url=str(url) if url else None,
        image=str(image).removeprefix(show.site_url) if is_ours else None,
    )
