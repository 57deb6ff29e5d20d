"""Sound made into what apps play. All of it needs PyAV (FFmpeg's libraries), the extra `podcast_tool[audio]`."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from podcast_tool.audio.sound import AudioError
from podcast_tool.model import Chapter
from podcast_tool.vocabulary.limits import TARGET_LUFS

# Encoding to MP3 lifts peaks by up to a decibel: what it is given stays as much below -1 dBTP (AP-AUDIO-LOUD).
TARGET_TRUE_PEAK_DBTP = -2.0
# In one gain for the whole recording, whatever its range: only peaks in the way make loudnorm change gain as it goes.
_LOUDNESS_RANGE_LU = 20.0

# AP-AUDIO-RATE: bit/s of one channel and of two, at full and at half sampling rates.
_BIT_RATES = {(1, True): 96_000, (2, True): 128_000, (1, False): 64_000, (2, False): 96_000}
_HALF_RATE_HZ = 24_000

# Given how far a long work has come: seconds of sound that are done.
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Loudness:
    """EBU R128."""

    integrated_lufs: float
    """-inf for silence."""
    true_peak_dbtp: float
    range_lu: float


def can_encode() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("av") is not None


def wrap_as_m4a(source: Path, target: Path, chapters: Sequence[Chapter], duration_milliseconds: int) -> None:
    """Put the AAC packets of *source* into an M4A file as they are, with chapters as apps read them (QuickTime, Nero).

    Raises:
        AudioError: FFmpeg cannot do it.
    """
    import av

    with _told(), av.open(str(source)) as read, _made(target, "ipod", movflags="+faststart") as made:
        if chapters:
            made.set_chapters(_spans(chapters, duration_milliseconds))
        stream = read.streams.audio[0]
        track = made.add_stream_from_template(stream)
        for packet in read.demux(stream):
            if packet.dts is not None:  # the last one of PyAV, which is empty
                packet.stream = track
                made.mux(packet)


def _spans(chapters: Sequence[Chapter], duration_milliseconds: int) -> list[Any]:
    shown = [chapter for chapter in chapters if not chapter.is_hidden]
    ends = [*(chapter.start_milliseconds for chapter in shown[1:]), duration_milliseconds]
    return [
        {
            "id": number,
            "start": chapter.start_milliseconds,
            "end": chapter.end_milliseconds or end,
            "time_base": Fraction(1, 1000),
            "metadata": {"title": chapter.title or ""},
        }
        for number, (chapter, end) in enumerate(zip(shown, ends, strict=True))
    ]


def measure_loudness(source: Path, progress: Progress) -> Loudness:
    """Decode all of *source* and measure it.

    Raises:
        AudioError: FFmpeg cannot decode it.
    """
    import av

    measured: dict[str, str] = {}
    with _told(), av.open(str(source)) as read:
        steps = [*_downmix(read), ("ebur128", "peak=true:metadata=1:framelog=quiet")]
        for frame in _filtered(read, steps, progress):
            measured = dict(frame.metadata) or measured
    peak = float(measured.get("lavfi.r128.true_peak", 0))
    integrated = float(measured.get("lavfi.r128.I", -70))
    return Loudness(
        integrated_lufs=integrated if integrated > -70 else -math.inf,
        true_peak_dbtp=20 * math.log10(peak) if peak > 0 else -math.inf,
        range_lu=float(measured.get("lavfi.r128.LRA", 0)),
    )


def encode_mp3(source: Path, target: Path, loudness: Loudness | None, progress: Progress) -> None:
    """Encode the sound of *source* to MP3 without tags.

    Args:
        loudness: as measured; with it the sound is brought to `TARGET_LUFS` in the same pass.

    Raises:
        AudioError: FFmpeg cannot decode it.
    """
    import av

    with _told(), av.open(str(source)) as read, _made(target, "mp3", id3v2_version="0", write_xing="1") as made:
        sound = read.streams.audio[0].codec_context
        channels, rate = min(sound.channels, 2), _sample_rate_hz(sound.sample_rate)
        track = made.add_stream("libmp3lame", rate=rate)
        track.bit_rate = _BIT_RATES[channels, rate > _HALF_RATE_HZ]
        track.layout = "mono" if channels == 1 else "stereo"
        steps = _downmix(read)
        if loudness and math.isfinite(loudness.integrated_lufs):
            steps.append(("loudnorm", _normalising(loudness)))
        shape = f"sample_rates={rate}:sample_fmts=s16p:channel_layouts={track.layout.name}"
        for frame in _filtered(read, [*steps, ("aresample", str(rate)), ("aformat", shape)], progress):
            frame.pts = None  # the encoder counts for itself; joined files begin anew in the middle
            made.mux(track.encode(frame))
        made.mux(track.encode(None))


def _downmix(read: Any) -> list[tuple[str, str]]:
    """Before anything is measured: what is heard is two channels."""
    return [("aformat", "channel_layouts=stereo")] if read.streams.audio[0].codec_context.channels > 2 else []


def _sample_rate_hz(rate: int) -> int:
    """The nearest of the rates that Apple names (AP-AUDIO-RATE), of the same family."""
    if rate <= _HALF_RATE_HZ:
        return 22_050 if rate % 11_025 == 0 else 24_000
    return 44_100 if rate % 11_025 == 0 else 48_000


def _normalising(loudness: Loudness) -> str:
    options = {
        "I": TARGET_LUFS,
        "TP": TARGET_TRUE_PEAK_DBTP,
        "LRA": _LOUDNESS_RANGE_LU,
        "measured_I": max(loudness.integrated_lufs, -70),
        "measured_TP": max(loudness.true_peak_dbtp, -99),
        "measured_LRA": max(loudness.range_lu, 0.1),  # 0 means "not measured" to loudnorm
        "measured_thresh": max(loudness.integrated_lufs - 10, -69),
    }
    return ":".join(f"{name}={value:.2f}" for name, value in options.items()) + ":linear=true"


def _filtered(read: Any, steps: Sequence[tuple[str, str]], progress: Progress) -> Iterator[Any]:
    """The frames of the sound in *read* behind these filters."""
    import av
    from av.filter import Graph

    stream = read.streams.audio[0]
    graph: Any = None
    shape: Any = None
    seconds = 0.0

    def ready() -> Iterator[Any]:
        while graph is not None:
            try:
                yield graph.pull()
            except (BlockingIOError, av.EOFError):
                return

    for frame in read.decode(stream):
        if (frame.format.name, frame.layout.name, frame.sample_rate) != shape:  # a chained stream may change it
            if graph is not None:
                graph.push(None)
                yield from ready()
            shape = (frame.format.name, frame.layout.name, frame.sample_rate)
            graph = Graph()
            source = graph.add_abuffer(
                sample_rate=frame.sample_rate,
                format=frame.format,
                layout=frame.layout,
                time_base=Fraction(1, frame.sample_rate),
            )
            links = [source, *(graph.add(name, options) for name, options in steps), graph.add("abuffersink")]
            for one, other in pairwise(links):
                one.link_to(other)
            graph.configure()
        seconds += frame.samples / frame.sample_rate
        frame.pts = None
        graph.push(frame)
        yield from ready()
        progress(seconds)
    if graph is None:
        raise AudioError("holds no sound that can be decoded; export the recording again")
    graph.push(None)
    yield from ready()


@contextmanager
def _told() -> Iterator[None]:
    """FFmpeg's errors as ours; what it mutters on the way is not for the reader of one line."""
    import av
    import av.logging

    av.logging.set_level(None)
    try:
        yield
    except (av.FFmpegError, ValueError, OverflowError, IndexError) as error:
        if isinstance(error, AudioError):
            raise
        raise AudioError(
            f"cannot be decoded ({error.strerror if isinstance(error, av.FFmpegError) else error}); "
            "export the recording again"
        ) from error


@contextmanager
def _made(target: Path, kind: str, **options: str) -> Iterator[Any]:
    """A file that FFmpeg writes, without its name and the day in it."""
    import av

    with av.open(str(target), "w", format=kind, options={"fflags": "+bitexact", **options}) as made:
        yield made
