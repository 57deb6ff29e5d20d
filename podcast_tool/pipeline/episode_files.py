"""The files of one episode: its item of the feed, its page and player, its chapters and transcripts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from podcast_tool.model import Description, Episode, Image, Neighbours, PlannedFile, Show, Transcript
from podcast_tool.pipeline.site_files import known_file
from podcast_tool.produce.transcripts import choose_transcripts, for_page
from podcast_tool.produce.workshop import Workshop
from podcast_tool.publish.memory import Memory, Render
from podcast_tool.publish.spool import Spool
from podcast_tool.read.transcript import read_transcript
from podcast_tool.render.chapters import render_chapters_json
from podcast_tool.render.feed import render_item
from podcast_tool.render.notes.summary import summarise
from podcast_tool.render.pages.site import Pages
from podcast_tool.render.search import search_words
from podcast_tool.render.transcript import TRANSCRIPT_FORMS
from podcast_tool.vocabulary.feed_names import embed_file, oembed_path, page_file


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What was made of one episode."""

    item: bytes
    files: Mapping[str, PlannedFile]
    """Those that feed/ does not have yet."""
    paths: frozenset[str]
    """Of all of them, below feed/."""
    summary: str | None
    words: tuple[str, ...]
    """For the search."""


@dataclass(frozen=True, kw_only=True)
class EpisodeRenderer:
    """Renders the files of episodes, or recalls what the same episode gave before."""

    show: Show
    pages: Pages | None
    pages_sha256: str
    """Of all that every page holds besides its episode."""
    spool: Spool
    workshop: Workshop
    memory: Memory
    has: Callable[[str, PlannedFile], bool]
    """Whether feed/ has this very file at that path."""

    def render(self, episode: Episode, description: Description, neighbours: Neighbours, mark: str | None) -> Rendered:
        """Those of one episode.

        Args:
            mark: why it is not public yet; None: it is, or will be at the end of this publish.
        """
        known = (self.pages_sha256, episode, description.transcripts, neighbours, mark)
        inputs = hashlib.sha256(repr(known).encode("utf-8", "surrogateescape")).hexdigest()
        render = self.memory.recall_render(episode.guid, inputs)
        files: dict[str, PlannedFile] = {}
        if render is None or not all(self.has(path, known_file(*known)) for path, known in render.outputs.items()):
            files = self._files(episode, description, neighbours, mark)
            render = Render(
                item=render_item(replace(episode, title=f"[{mark}] {episode.title}") if mark else episode, self.show),
                outputs={path: (file.size_bytes, file.sha256) for path, file in files.items()},
                summary=episode.summary or (summarise(episode.notes.blocks) if episode.notes else None),
                words=search_words(episode) if self.pages else (),
            )
            if not (self.pages and self.pages.faults):  # a page of a broken template tells that each time
                self.memory.keep_render(episode.guid, inputs, render)
        return Rendered(
            item=render.item,
            files=files,
            paths=frozenset(render.outputs),
            summary=render.summary,
            words=render.words,
        )

    def _files(
        self, episode: Episode, description: Description, neighbours: Neighbours, mark: str | None
    ) -> dict[str, PlannedFile]:
        files, transcript = self._transcripts(description, episode)
        if episode.chapters_path:
            files[episode.chapters_path] = self.spool.add_file(self._chapters(episode))
        if self.pages:
            page = self.pages.episode(episode, neighbours, transcript, mark)
            files[page_file(episode.slug)] = self.spool.add_file(page)
            files[embed_file(episode.slug)] = self.spool.add_file(self.pages.embed(episode, mark))
            files[oembed_path(episode.slug)] = self.spool.add_file(self.pages.oembed(episode))
        return files

    def _chapters(self, episode: Episode) -> bytes:
        def address(image: Image) -> str | None:
            file = episode.chapter_images.get(image.sha256)
            return self.show.site_url + file.path if file else None

        return render_chapters_json(
            episode.chapters, title=episode.title, show_title=self.show.title, image_url=address
        )

    def _transcripts(
        self, description: Description, episode: Episode
    ) -> tuple[dict[str, PlannedFile], Transcript | None]:
        """Each form of each language, and what the page shows of them."""
        files: dict[str, PlannedFile] = {}
        outputs = choose_transcripts(description.transcripts, episode.slug, self.show.language)
        shown = for_page(outputs)
        read: dict[str, Transcript] = {}
        for output in outputs:
            path = output.source.path
            if path not in read:
                read[path] = read_transcript(self.workshop.show_dir, path)[0]
            files[output.published.path] = self.spool.add_file(TRANSCRIPT_FORMS[output.format](read[path]))
        return files, read[shown.path] if shown else None


def digest_of(values: Sequence[object]) -> str:
    """Changes when any of these values does."""
    return hashlib.sha256(repr(values).encode("utf-8", "surrogateescape")).hexdigest()
