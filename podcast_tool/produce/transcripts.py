"""Which forms of an episode's transcripts are published, and what each is made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from podcast_tool.model import PublishedTranscript, TranscriptFile, TranscriptFormat

_MEDIA_TYPES = {
    TranscriptFormat.VTT: "text/vtt",
    TranscriptFormat.SRT: "application/x-subrip",
    TranscriptFormat.JSON: "application/json",
    TranscriptFormat.UNTIMED: "text/html",
}
_ENDINGS = {TranscriptFormat.UNTIMED: "html"}

# The one that the others are made of: WebVTT has speakers and escapes, SubRip has neither.
_BEST_FIRST = (TranscriptFormat.VTT, TranscriptFormat.JSON, TranscriptFormat.SRT)


@dataclass(frozen=True, kw_only=True)
class TranscriptOutput:
    """One form of a transcript, and the file that it is made of."""

    published: PublishedTranscript
    format: TranscriptFormat
    source: TranscriptFile


def choose_transcripts(files: Sequence[TranscriptFile], slug: str, show_language: str) -> tuple[TranscriptOutput, ...]:
    """VTT and JSON of each timed transcript, SRT as well where it was given, HTML of each untimed one.

    The show's own language comes first; a language is named only where it is another (P20-TRANSCRIPT).
    """
    by_language: dict[str, list[TranscriptFile]] = {}
    for file in files:
        by_language.setdefault((file.language or show_language).lower(), []).append(file)
    own = show_language.lower()
    outputs: list[TranscriptOutput] = []
    for language, of_language in sorted(by_language.items(), key=lambda entry: (entry[0] != own, entry[0])):
        given = {file.format: file for file in reversed(of_language)}
        named = None if language == own else next(file.language for file in of_language)
        for form, source in _forms(given):
            path = ".".join(filter(None, (f"{slug}/transcript", named, _ENDINGS.get(form, form))))
            published = PublishedTranscript(
                path=path,
                media_type=_MEDIA_TYPES[form],
                language=named,
                is_timed=form is not TranscriptFormat.UNTIMED,
            )
            outputs.append(TranscriptOutput(published=published, format=form, source=source))
    return tuple(outputs)


def _forms(given: dict[TranscriptFormat, TranscriptFile]) -> Iterator[tuple[TranscriptFormat, TranscriptFile]]:
    best = next((given[form] for form in _BEST_FIRST if form in given), None)
    if best:
        yield TranscriptFormat.VTT, best
        yield TranscriptFormat.JSON, given.get(TranscriptFormat.JSON, best)
    for form in (TranscriptFormat.SRT, TranscriptFormat.UNTIMED):
        if form in given:
            yield form, given[form]


def for_page(outputs: Iterable[TranscriptOutput]) -> TranscriptFile | None:
    """What the episode's page shows: the show's own language, timed if there is one."""
    return next((output.source for output in outputs if output.published.language is None), None)
