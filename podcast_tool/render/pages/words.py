"""The pages' own words in the language of the show, and how that language writes days, lengths and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from math import floor

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.units import format_unit

# Where the words are kept, one file for each language but English, in which the templates are written.
LANGUAGES = ("de", "es", "fr")
SOURCE_LANGUAGE = "en"

# Of scripts written from right to left (Unicode CLDR, scriptMetadata), for languages that Babel does not know.
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"adlm", "arab", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"})

_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Words:
    """How pages of a show speak."""

    tag: str
    """The show's language as the feed has it (BCP 47)."""
    locale: Locale
    """Of days and numbers: the show's, or English where Babel does not know it."""
    translations: NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the attribute `dir`."""
        is_right_to_left = not _RIGHT_TO_LEFT_SCRIPTS.isdisjoint(self.tag.lower().split("-")[1:])
        return "rtl" if is_right_to_left or self.locale.character_order == "right-to-left" else "ltr"

    @property
    def social_locale(self) -> str:
        """As Open Graph wants it (ogp.me, `og:locale`): language and land, such as `en_GB`."""
        likely = get_global("likely_subtags").get(self.locale.language, "")
        land = self.locale.territory or likely.rpartition("_")[2] or "US"
        return f"{self.locale.language}_{land}"

    def day(self, day: date) -> str:
        """A day in words, such as `5 January 2018`."""
        return _day(day, self.locale)

    def length(self, seconds: float) -> str:
        """Playing time to the minute, such as `1 h 46 min`, on one line; below one minute in seconds."""
        gettext = self.translations.gettext  # not Babel's: in Spanish it writes "1 horas"
        hours, minutes = divmod(floor(seconds / 60 + 0.5), 60)
        if seconds < 60:
            told = gettext("%(seconds)d s") % {"seconds": max(1, floor(seconds + 0.5))}
        elif not hours:
            told = gettext("%(minutes)d min") % {"minutes": minutes}
        else:
            told = gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
        return told.replace(" ", _NO_BREAK_SPACE)

    def size(self, size_bytes: int) -> str:
        """A file's size in megabytes, such as `42 MB`, on one line."""
        return _megabytes(max(1, round(size_bytes / 1_000_000)), self.locale).replace(" ", _NO_BREAK_SPACE)

    def rate(self, rate: float) -> str:
        """A playing speed, such as `1.25×`."""
        return f"{format_decimal(rate, locale=self.locale)}×"

    def place(self, season: int | None, episode: int | None) -> str:
        """Where an episode stands in its show; empty if it has no number."""
        gettext = self.translations.gettext
        if season is not None and episode is not None:
            return gettext("Season %(season)d, episode %(episode)d") % {"season": season, "episode": episode}
        if episode is not None:
            return gettext("Episode %(episode)d") % {"episode": episode}
        return gettext("Season %(season)d") % {"season": season} if season is not None else ""

    def mark(self, mark: str | None) -> str | None:
        """Why an episode is not public yet, such as `draft`, in words."""
        gettext = self.translations.gettext
        known = {
            "draft": gettext("draft"),
            "scheduled": gettext("scheduled"),
            "changed": gettext("changed"),
            "ready": gettext("ready"),
        }
        return known.get(mark, mark) if mark else None

    def role(self, role: str) -> str:
        """What somebody does in an episode (`vocabulary.persons`); a role that has no translation as it is."""
        known = role.lower()
        translated = self.translations.gettext(known)
        return role if translated == known else translated

    def feed(self) -> dict[str, str]:
        """What the feed itself says, opened in a browser (`feed_stylesheet.FEED_WORDS`)."""
        gettext = self.translations.gettext
        return {
            "about": gettext("This is the feed of a podcast, which apps read to tell you of new episodes."),
            "subscribe": gettext("To subscribe, copy the address of this page into your podcast app."),
            "website": gettext("Website:"),
            "season": gettext("Season"),
            "episode": gettext("Episode"),
        }

    def withdrawn(self) -> str:
        """What is left to say of an episode that was taken out of the show."""
        return self.translations.gettext("This episode has been withdrawn")

    def chapter(self, number: int) -> str:
        """The name of a chapter that has none."""
        return self.translations.gettext("Chapter %(number)d") % {"number": number}


@cache
def find_words(tag: str) -> Words:
    """The words for a show's language: its own if there is a catalogue, else English."""
    locale = _find_locale(tag)
    return Words(tag=tag, locale=locale, translations=load_translations(words_language(tag)))


def words_language(tag: str) -> str:
    """The language that the words of a show's pages are in."""
    language = tag.lower().partition("-")[0]
    return language if language in LANGUAGES else SOURCE_LANGUAGE


@cache
def load_translations(language: str) -> NullTranslations:
    """The catalogue of one of `LANGUAGES`, or the words as they stand in the templates."""
    if language not in LANGUAGES:
        return NullTranslations()
    compiled = BytesIO()
    with (files("podcast_tool.render") / "locale" / f"{language}.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, abort_invalid=True))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _find_locale(tag: str) -> Locale:
    for name in (tag, tag.partition("-")[0], SOURCE_LANGUAGE):
        try:
            found = Locale.parse(name, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
        return found
    raise AssertionError("Babel always knows English")


@lru_cache(maxsize=2**16)
def _day(day: date, locale: Locale) -> str:
    return format_date(day, format="long", locale=locale)


@lru_cache(maxsize=4096)
def _megabytes(count: int, locale: Locale) -> str:
    return format_unit(count, "digital-megabyte", length="short", locale=locale)
