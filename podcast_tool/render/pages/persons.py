"""Who takes part, as pages show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podcast_tool.model import Element, Episode, Show


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """Somebody who takes part."""

    name: str
    role: str | None
    url: str | None
    image: str | None
    """Below feed/; pictures that lie elsewhere are not shown, as they would tell another host who reads the page."""


def persons_of(episode: Episode | None, show: Show) -> Sequence[Element]:
    """Those of the show; those of an episode, where it has some, take their place (P20-PERSON)."""
    own = tuple(element for element in (episode.tags if episode else ()) if element.name == "podcast:person")
    return own or show.tags.get("persons", ())


def make_person_row(person: Element, show: Show) -> PersonRow:
    """A person as a page shows them."""
    image, role, url = (person.attribute(name) for name in ("img", "role", "href"))
    is_ours = isinstance(image, str) and image.startswith(show.site_url)
    return PersonRow(
        name=person.text or "",
        role=str(role) if role else None,
        url=str(url) if url else None,
        image=str(image).removeprefix(show.site_url) if is_ours else None,
    )
