"""Makes a show of many episodes in a second: what a library looks like after years.

The recordings are real, each with a sound of its own, and so small that hundreds of them are no matter. Seasons, years,
chapters, transcripts, persons, a theme and the publisher's own links are all in it. The same arguments give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

SEASON_EPISODES = 50
# Every so many episodes has one.
TRANSCRIPT_EVERY, CHAPTERS_EVERY = 20, 10
SECONDS, LONG_SECONDS = 4, 150
"""How long a recording is, and one with chapters or a transcript."""

SHOW = """\
title = "Tides & Shores"
description = "What the sea leaves on the beach, and who finds it: one stretch of coast each week."
site_url = "https://tides.example.org/show/"
guid = "0f5a3b52-6d1f-5f59-9c1e-5a8c3f0a7d10"
language = "LANGUAGE"
author = "Harbour Radio"
owner = { name = "Harbour Radio", email = "radio@tides.example.org" }
categories = ["Science > Nature"]
explicit = false
type = "episodic"
cover = "cover.jpg"
copyright = "2017 Harbour Radio"
license = { name = "CC-BY-4.0" }
timezone = "Europe/London"
publish_time = "06:00"
page_links = [
  { title = "Imprint", url = "https://tides.example.org/imprint" },
  { title = "Privacy", url = "https://tides.example.org/privacy" },
]

[directories]
apple = "1234567890"
spotify = "0123456789abcdefABCDEF"

[theme]
accent = "#8a2a12"

[[persons]]
name = "Siân Müller"
role = "host"
url = "https://tides.example.org/sian"
"""

FIRST_DAY = datetime(2012, 1, 4)  # noqa: DTZ001 - the show's own timezone makes a moment of it
SHORES = ("Sandbank", "Estuary", "Rock pool", "Mudflat", "Dune", "Kelp forest", "Harbour wall", "Salt marsh")
FINDS = ("a mermaid's purse", "an eider's nest", "a message in a bottle", "a seal pup", "driftwood from Québec")

# MPEG-1 layer III, 64 kbit/s, 44.1 kHz, mono: 208 bytes, 1152 samples of silence.
_FRAME_HEADER, _FRAME_BYTES, _FRAMES_A_SECOND = bytes.fromhex("fffb50c0"), 208, 44100 / 1152


def recording(number: int, seconds: float) -> bytes:
    """Silence that is like no other's: the number stands where a frame keeps what no decoder plays."""
    silence = bytes(_FRAME_BYTES - len(_FRAME_HEADER))
    first = silence[:-4] + number.to_bytes(4, "big")
    return _FRAME_HEADER + first + (_FRAME_HEADER + silence) * (round(seconds * _FRAMES_A_SECOND) - 1)


def title(number: int) -> str:
    """Of an episode; only one has it."""
    return f"{SHORES[number % len(SHORES)]} {number}: {FINDS[number % len(FINDS)]}"


def stem(number: int) -> str:
    """Of an episode's files, and its slug."""
    return f"shore-{number:05d}"


def article(number: int) -> str:
    """About 2 kB, with a word that stands nowhere else (`finding7x`), and some with accents in every ninth."""
    walk = (
        f"On walk {number} the tide was out for {number % 5 + 2} hours, and the wardens counted what lay between the "
        f"groynes: {number % 37 + 3} shells of the common whelk, some of them with crabs in, and much kelp. "
    )
    heard = "\n\n00:00:00 Low water\n00:00:31 Oystercatchers\n00:01:02 A curlew\n\n" * (number % CHAPTERS_EVERY == 0)
    café = "We ended in the Café Überfahrt, where the façade still shows how high the water stood. " * (number % 9 == 0)
    return (
        f"# {title(number)}\n\n{walk * 2}\n\n## What lay there\n\n- a razor clam, **empty**\n- finding{number}x\n"
        f"- [a field guide](https://tides.example.org/guide/{number})\n\n{walk * 3}{heard}{café}\n\n"
        "> The sea keeps nothing for itself.\n\n1. Look under stones.\n2. Put them back.\n\n"
        f"{walk * 2}\n"
    )


def chapters(seconds: int = LONG_SECONDS) -> str:
    """Five of them, in Podlove's simple form."""
    names = ("Low water", "Under the stones", "The wrack line", "Letters", "High water")
    starts = [seconds * part // len(names) for part in range(len(names))]
    return "".join(
        f"00:{start // 60:02d}:{start % 60:02d}.000 {name}\n" for start, name in zip(starts, names, strict=True)
    )


def transcript(seconds: int = LONG_SECONDS, *, speakers: tuple[str, ...] = ("Siân", "Tom")) -> str:
    """A sentence each five seconds, in WebVTT; who speaks changes each half minute."""

    def cues() -> Iterator[str]:
        for start in range(0, seconds, 5):
            begin, end = (
                f"{moment // 3600:02d}:{moment // 60 % 60:02d}:{moment % 60:02d}" for moment in (start, start + 5)
            )
            speaker = speakers[start // 30 % len(speakers)]
            yield f"{begin}.000 --> {end}.000\n<v {speaker}>At {start} seconds we hear the tide come in over shingle.\n"

    return "WEBVTT\n\n" + "\n".join(cues())


def write_big_show(show_dir: Path, count: int, *, language: str = "en-gb") -> None:
    """Write its `episodes/`: one each week, the last of them the newest."""
    episodes = show_dir / "episodes"
    episodes.mkdir(parents=True)
    (episodes / "show.toml").write_text(SHOW.replace("LANGUAGE", language), "utf-8")
    _cover().save(episodes / "cover.jpg", quality=80)
    for number in range(1, count + 1):
        _write_episode(episodes / stem(number), number)


def _write_episode(place: Path, number: int) -> None:
    has_chapters, has_transcript = number % CHAPTERS_EVERY == 0, number % TRANSCRIPT_EVERY == 0
    season, episode = divmod(number - 1, SEASON_EPISODES)
    published = FIRST_DAY + timedelta(weeks=number)
    place.with_suffix(".mp3").write_bytes(recording(number, LONG_SECONDS if has_chapters else SECONDS))
    place.with_suffix(".toml").write_text(
        f'title = "{title(number)}"\npublished = {published:%Y-%m-%d}\n'
        f"season = {season + 1}\nepisode = {episode + 1}\n",
        "utf-8",
    )
    place.with_suffix(".md").write_text(article(number), "utf-8")
    if has_chapters:
        place.with_suffix(".chapters.txt").write_text(chapters(), "utf-8")
    if has_transcript:
        place.with_suffix(".vtt").write_text(transcript(), "utf-8")


def _cover() -> Image.Image:
    picture = Image.new("RGB", (1400, 1400), "#123f5a")
    draw = ImageDraw.Draw(picture)
    for row in range(9):
        top = 500 + row * 100
        draw.ellipse((-300 + row * 60, top, 1900 - row * 40, top + 700), fill=(30 + row * 18, 90 + row * 14, 120))
    draw.ellipse((930, 160, 1180, 410), fill="#f2d9a0")
    return picture
