"""An episode as its page and its player show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from podcast_tool.model import (
    Block,
    Episode,
    Heading,
    Inline,
    LineBreak,
    Link,
    Listed,
    Neighbours,
    NotePicture,
    Paragraph,
    PublishedFile,
    PublishedTranscript,
    Quote,
    Show,
    ShowPictures,
    Text,
    TimestampList,
    Transcript,
)
from podcast_tool.render.notes.html import render_page_notes, spell_timestamp
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages.words import Words
from podcast_tool.render.spelling import spell_iso_length, spell_length, spell_start
from podcast_tool.render.transcript import transcript_paragraphs

# Above every heading of an article stands one of ours, of the second level.
_OUR_LEVEL = 2
_MAX_LEVEL = 6

_NOTHING = Markup("")

_TRANSCRIPT_NAMES = {
    "text/vtt": "WebVTT",
    "application/x-subrip": "SubRip",
    "application/json": "JSON",
    "text/html": "HTML",
}


@dataclass(frozen=True, kw_only=True)
class Sound:
    """What the player plays."""

    url: str
    """As the page names it: relative where it lies beside the pages."""
    absolute_url: str
    media_type: str
    length: str
    length_iso: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ChapterRow:
    """A chapter of the table of contents."""

    start: str
    """In seconds."""
    time: str
    title: str
    url: str | None
    host: str | None
    """Where *url* leads."""
    image: str | None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A paragraph of a timed transcript."""

    speaker: str | None
    """Only where somebody else takes over."""
    start: str
    time: str
    text: str


@dataclass(frozen=True, kw_only=True)
class TranscriptLink:
    """One form of a transcript, as a file."""

    url: str
    label: str
    language: str | None
    media_type: str


@dataclass(frozen=True, kw_only=True)
class EpisodeView:
    """An episode in the words of its page; templates call it `episode`."""

    guid: str
    slug: str
    title: str
    day: str
    day_iso: str
    place: str
    """Season and number in words, or nothing."""
    type: str
    explicit: bool
    summary: str
    artwork: str
    """As the page shows it: small, below feed/."""
    sound: Sound
    season: int | None
    notes: Markup = _NOTHING
    chapters: tuple[ChapterRow, ...] = ()
    turns: tuple[Turn, ...] = ()
    words: Markup = _NOTHING
    """Of an untimed transcript."""
    transcripts: tuple[TranscriptLink, ...] = ()
    older: Listed | None = None
    newer: Listed | None = None


def view_player(episode: Episode, show: Show, pictures: ShowPictures, words: Words, *, root: str) -> EpisodeView:
    """What the embeddable player shows of an episode; *root* is its page's way back to feed/."""
    day = episode.published_at.astimezone(ZoneInfo(show.timezone)).date()
    blocks = episode.notes.blocks if episode.notes else ()
    return EpisodeView(
        guid=episode.guid,
        slug=episode.slug,
        title=episode.title,
        day=words.day(day),
        day_iso=day.isoformat(),
        place=words.place(episode.season, episode.episode),
        type=episode.type,
        explicit=episode.explicit,
        summary=episode.summary or summarise(blocks) or episode.title,
        artwork=(episode.thumbnail or pictures.thumbnail).path,
        sound=_sound(episode.audio, show, words, root),
        season=episode.season,
    )


def view_page(
    episode: Episode,
    show: Show,
    pictures: ShowPictures,
    words: Words,
    *,
    root: str,
    neighbours: Neighbours,
    transcript: Transcript | None,
) -> EpisodeView:
    """What an episode's own page shows of it."""
    view = view_player(episode, show, pictures, words, root=root)
    blocks = episode.notes.blocks if episode.notes else (Paragraph((Text(view.summary),)),)
    return replace(
        view,
        notes=_settled_html(blocks, view.sound.url, episode.note_images),
        chapters=tuple(_chapter_rows(episode, words)),
        turns=tuple(_turns(transcript)) if transcript else (),
        words=_settled_html(transcript.blocks, view.sound.url) if transcript and transcript.blocks else _NOTHING,
        transcripts=tuple(_transcript_link(published) for published in episode.transcripts),
        older=neighbours.older,
        newer=neighbours.newer,
    )


def _sound(audio: PublishedFile, show: Show, words: Words, root: str) -> Sound:
    seconds = audio.duration_seconds or 0
    address = show.audio_url(audio.path)  # not the feed's, which counts downloads on its way
    return Sound(
        url=root + address.removeprefix(show.site_url) if address.startswith(show.site_url) else address,
        absolute_url=address,
        media_type=audio.media_type,
        length=words.length(seconds) if seconds else "",
        length_iso=spell_iso_length(seconds),
        size=words.size(audio.size_bytes) if audio.size_bytes else "",
    )


def _chapter_rows(episode: Episode, words: Words) -> Iterator[ChapterRow]:
    visible = [chapter for chapter in episode.chapters if not chapter.is_hidden]
    for number, chapter in enumerate(visible, 1):
        image = episode.chapter_images.get(chapter.image.sha256) if chapter.image else None
        yield ChapterRow(
            start=spell_start(chapter.start_milliseconds),
            time=spell_length(chapter.start_milliseconds // 1000),
            title=chapter.title or words.chapter(number),
            url=chapter.url,
            host=_host(chapter.url) if chapter.url else None,
            image=image.path if image else None,
        )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or url).removeprefix("www.")
    except ValueError:
        return url


def _turns(transcript: Transcript) -> Iterator[Turn]:
    before = None
    for paragraph in transcript_paragraphs(transcript):
        yield Turn(
            speaker=paragraph.speaker if paragraph.speaker != before else None,
            start=spell_start(paragraph.start_milliseconds),
            time=spell_length(paragraph.start_milliseconds // 1000),
            text=paragraph.text,
        )
        before = paragraph.speaker


def _transcript_link(published: PublishedTranscript) -> TranscriptLink:
    return TranscriptLink(
        url=published.path,
        label=_TRANSCRIPT_NAMES.get(published.media_type, published.media_type),
        language=published.language,
        media_type=published.media_type,
    )


# -- notes ------------------------------------------------------------------------------------------------------------


def _settled_html(blocks: Sequence[Block], sound_url: str, pictures: Mapping[str, NotePicture] | None = None) -> Markup:
    html = render_page_notes(_settle(blocks, sound_url), pictures)
    return Markup(html)  # noqa: S704 - built of escaped text by render/notes


def _settle(blocks: Sequence[Block], sound_url: str, before: int = _OUR_LEVEL) -> list[Block]:
    """Moments as links, headings below ours and none more than one level under the one before it (WCAG 2.2, 1.3.1)."""
    highest = min((block.level for block in blocks if isinstance(block, Heading)), default=1)
    settled: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading):
            before = min(block.level - highest + _OUR_LEVEL + 1, before + 1, _MAX_LEVEL)
            settled.append(replace(block, level=before))
        elif isinstance(block, Quote):
            settled.append(Quote(tuple(_settle(block.blocks, sound_url, before))))
        elif isinstance(block, TimestampList):
            settled.append(_linked(block, sound_url))
        else:
            settled.append(block)
    return settled


def _linked(moments: TimestampList, sound_url: str) -> Paragraph:
    """A line for each moment, which begins with a link to it in the sound; the page's player follows it, too."""
    lines: list[Inline] = []
    for entry in moments.entries:
        time = Link(f"{sound_url}#t={entry.start_seconds}", (Text(spell_timestamp(entry.start_seconds)),))
        lines += [LineBreak(), time, Text(" "), *entry.children]
    return Paragraph(tuple(lines[1:]))
