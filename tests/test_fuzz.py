"""No file, whatever its bytes, ends in anything but a value or a sentence: real files of every kind, mutated.

`python -m tests.test_fuzz RUNS [SEED]` runs for longer and tells what it finds.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from podcast_tool.audio.read import read_recording
from podcast_tool.audio.sound import AudioError
from podcast_tool.model import Image
from podcast_tool.picture.bare import PictureError
from podcast_tool.produce.pictures import clean_picture
from podcast_tool.read.artwork import ImageError, look_at_image
from podcast_tool.read.chapters import ChaptersError, parse_chapters
from podcast_tool.read.transcript import TranscriptError, parse_transcript, transcript_format

from .conftest import need_command

MAX_SECONDS = 2.0
MAX_GROWTH_BYTES = 200_000_000

AUDIO = {
    "x.mp3": ("-c:a", "libmp3lame"),
    "cbr.mp3": ("-c:a", "libmp3lame", "-b:a", "64k", "-write_xing", "0"),
    "x.m4a": ("-c:a", "aac"),
    "fast.m4a": ("-c:a", "aac", "-movflags", "+faststart"),
    "fragmented.mp4": ("-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"),
    "alac.m4a": ("-c:a", "alac"),
    "x.aac": ("-c:a", "aac", "-f", "adts"),
    "x.ogg": ("-c:a", "libvorbis"),
    "x.opus": ("-c:a", "libopus"),
    "x.flac": (),
    "x.wav": (),
    "x.aiff": ("-write_id3v2", "1"),
}
META = b""";FFMETADATA1
title=A title
artist=Somebody
comment=Words
[CHAPTER]
TIMEBASE=1/1000
START=0
END=500
title=One
[CHAPTER]
TIMEBASE=1/1000
START=500
END=900
title=Two
"""
TEXTS = {
    "x.vtt": b"WEBVTT\n\n00:00:00.000 --> 00:00:02.500\n<v Ann>Welcome &amp; so on.\n\n00:02.5 --> 00:05.000\n- No.\n",
    "x.srt": b"1\n00:00:00,000 --> 00:00:02,500\nAnn: Welcome to\nit.\n\n2\n00:00:02,500 --> 00:00:05,000\nBen: Yes.\n",
    "x.transcript.json": b'{"version":"1.0.0","segments":[{"speaker":"A","startTime":0.5,"endTime":2,"body":"Hello"}]}',
    "x.transcript.html": b"<cite>Ann:</cite><time>0:00</time><p>Welcome</p>",
    "x.chapters.json": b'{"version":"1.2.0","chapters":[{"startTime":0,"title":"A"},{"startTime":1.5,"toc":false}]}',
    "x.chapters.txt": b"0:00 Intro\n0:01:30.5 Middle <https://example.org/>\n",
    "x.chapters.xml": b'<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">'
    b'<psc:chapter start="00:00:00.000" title="A"/></psc:chapters>',
}


def _make_files(folder: Path) -> dict[str, bytes]:
    """A file of each kind, small, with tags, chapters and a picture where it can have them."""
    files = dict(TEXTS)
    (folder / "meta").write_bytes(META)
    for name, options in AUDIO.items():
        command = [need_command("ffmpeg"), "-v", "error", "-y", "-f", "lavfi", "-i", "sine=440:d=1", "-i", "meta"]
        subprocess.run([*command, "-map_metadata", "1", *options, name], check=True, cwd=folder)
        files[name] = (folder / name).read_bytes()
    from PIL import Image as Pictures

    picture = Pictures.effect_noise((40, 40), 60)
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        out = BytesIO()
        picture.convert("RGB").save(out, kind, **({"exif": _exif()} if kind in ("JPEG", "PNG") else {}))
        files[f"x.{kind.lower()}"] = out.getvalue()
    return files


def _exif() -> bytes:
    from PIL.Image import Exif

    exif = Exif()
    exif[0x0112] = 6
    return exif.tobytes()


def _mutate(raw: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled, or sizes blown up."""
    changed = bytearray(raw[: chance.randrange(1, len(raw))] if chance.random() < 0.2 else raw)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed) + 1)
        # Headers and tables stand at both ends: most changes are made there.
        if chance.random() < 0.6:
            at = (
                min(at, chance.randrange(600))
                if chance.random() < 0.7
                else max(0, len(changed) - chance.randrange(600))
            )
        span = chance.choice([0, 1, 1, 2, 4, 4, 8, 40, 400])
        new = chance.choice(
            [chance.randbytes(span), b"\xff" * span, bytes(span), bytes(changed[:span]), b"\x7f\xff\xff\xff"]
        )
        changed[at : at + chance.choice([0, span, span, len(new)])] = new
    return bytes(changed)


def _look(path: str) -> Callable[[bytes], Image | None]:
    def look(raw: bytes) -> Image | None:
        with suppress(ImageError):
            return look_at_image(raw, path, is_embedded=True)
        return None

    return look


def _read(folder: Path, name: str, raw: bytes) -> None:
    """As `publish` would; raises for anything but the errors that are told."""
    kind = name.rpartition(".")[2]
    if name in AUDIO:
        (folder / name).write_bytes(raw)
        with suppress(AudioError):
            assert read_recording(folder, name, _look(name)).duration_seconds > 0
    elif ".chapters." in name:
        with suppress(ChaptersError):
            parse_chapters(raw, lambda _: None)
    elif kind in ("jpeg", "png", "gif", "webp"):
        with suppress(ImageError):
            look_at_image(raw, name)
        with suppress(PictureError):
            clean_picture(raw)
    else:
        with suppress(TranscriptError):
            parse_transcript(raw, transcript_format(name), f".{kind}")


def find_faults(runs: int, seed: int) -> Iterator[str]:
    """A line for each run that raised, hung or grew; the file that did it is kept beside the working folder."""
    chance = random.Random(seed)
    with TemporaryDirectory() as name:
        folder = Path(name)
        files = _make_files(folder)
        names: Sequence[str] = sorted(files)
        before = _peak_bytes()
        for number in range(runs):
            kind = names[number % len(names)]
            raw = _mutate(files[kind], chance)
            began = time.perf_counter()
            try:
                _read(folder, kind, raw)
                fault = ""
            except Exception as error:
                fault = f"{type(error).__name__}: {error}"
            seconds = time.perf_counter() - began
            if seconds > MAX_SECONDS:
                fault += f" took {seconds:.1f} s"
            if _peak_bytes() - before > MAX_GROWTH_BYTES:
                fault += f" grew to {_peak_bytes() / 1e6:.0f} MB"
                before = _peak_bytes()
            if fault:
                yield f"run {number} of seed {seed}, {kind}: {fault}"


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.filterwarnings("ignore")
def test_no_bytes_do_harm() -> None:
    """Neither a traceback nor two seconds nor 200 MB: twenty thousand files."""
    assert not list(find_faults(20_000, seed=11))


if __name__ == "__main__":
    count = 0
    for line in find_faults(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1):
        print(line)  # noqa: T201 - a program of its own
        count += 1
    sys.exit(1 if count else 0)
