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
# What stands above is held down for milliseconds, and found between the samples, too.
_LIMITER = f"limit={10 ** (TARGET_TRUE_PEAK_DBTP / 20):.4f}:attack=5:release=50:level=0:latency=1"
_LIMITER_RATE_HZ = 192_000
# What is held down counts for less, so that the gain has to be tried.
_MAX_TRIALS = 4
_CLOSE_LU = 0.2

# AP-AUDIO-RATE: bit/s of one channel and of two, at full and at half sampling rates.
_BIT_RATES = {(1, True): 96_000, (2, True): 128_000, (1, False): 64_000, (2, False): 96_000}
_HALF_RATE_HZ = 24_000

# Given how far a long work has come: seconds of sound that are done.
Progress = Callable[[float], None]

Step = tuple[str, str]
"""A filter of FFmpeg and its options."""


@dataclass(frozen=True)
class Loudness:
    """EBU R128."""

    integrated_lufs: float
    """-inf for silence."""
    true_peak_dbtp: float


def can_encode() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("av") is not None


def wrap_as_m4a(source: Path, target: Path, chapters: Sequence[Chapter], duration_milliseconds: int) -> None:
    """Put the AAC packets of *source* into an M4A file as they are, with chapters as apps read them (QuickTime, Nero).

    Raises:
        AudioError: FFmpeg cannot do it.
    """
    import av

    with (
        _told(),
        av.open(str(source), metadata_errors="ignore") as read,
        _made(target, "ipod", movflags="+faststart") as made,
    ):
        if chapters:
            made.set_chapters(_spans(chapters, duration_milliseconds))
        stream = _stream(read)
        track = made.add_stream_from_template(stream)
        lead: int | None = None
        for packet in read.demux(stream):
            if packet.dts is not None:  # the last one of PyAV, which is empty
                lead = _lead(packet, stream) if lead is None else lead
                packet.pts = (packet.dts if packet.pts is None else packet.pts) - lead
                packet.dts, packet.stream = packet.dts - lead, track
                made.mux(packet)


def _lead(packet: Any, stream: Any) -> int:
    """By how much a first packet comes too late for what is skipped of it (iTunSMPB) to lie before the beginning."""
    if not packet.has_sidedata("skip_samples"):
        return 0
    samples = int.from_bytes(bytes(packet.get_sidedata("skip_samples"))[:4], "little")
    lead: int = packet.dts + round(Fraction(samples, stream.codec_context.sample_rate) / packet.time_base)
    return lead


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
    return _measure(source, (), progress)


def _measure(source: Path, steps: Sequence[Step], progress: Progress) -> Loudness:
    """The loudness behind these filters."""
    import av

    measured: dict[str, str] = {}
    with _told(), av.open(str(source), metadata_errors="ignore") as read:
        meter = ("ebur128", "peak=true:metadata=1:framelog=quiet")
        for frame in _filtered(read, [*_downmix(read), *steps, meter], progress):
            measured = dict(frame.metadata) or measured
    peak = float(measured.get("lavfi.r128.true_peak", 0))
    integrated = float(measured.get("lavfi.r128.I", -70))
    return Loudness(
        integrated_lufs=integrated if integrated > -70 else -math.inf,
        true_peak_dbtp=20 * math.log10(peak) if peak > 0 else -math.inf,
    )


def encode_mp3(source: Path, target: Path, loudness: Loudness | None, progress: Progress) -> None:
    """Encode the sound of *source* to MP3 without tags.

    Args:
        loudness: as measured; with it the sound is brought to `TARGET_LUFS`.

    Raises:
        AudioError: FFmpeg cannot decode it.
    """
    import av

    gain = _find_gain(source, loudness, progress) if loudness and math.isfinite(loudness.integrated_lufs) else ()
    with (
        _told(),
        av.open(str(source), metadata_errors="ignore") as read,
        _made(target, "mp3", id3v2_version="0", write_xing="1") as made,
    ):
        sound = _stream(read).codec_context
        channels, rate = min(sound.channels, 2), _sample_rate_hz(sound.sample_rate)
        track = made.add_stream("libmp3lame", rate=rate)
        track.bit_rate = _BIT_RATES[channels, rate > _HALF_RATE_HZ]
        track.layout = "mono" if channels == 1 else "stereo"
        shape = f"sample_rates={rate}:sample_fmts=s16p:channel_layouts={track.layout.name}"
        steps = [*_downmix(read), *gain, ("aresample", str(rate)), ("aformat", shape)]
        for frame in _filtered(read, steps, progress):
            frame.pts = None  # the encoder counts for itself; joined files begin anew in the middle
            made.mux(track.encode(frame))
        made.mux(track.encode(None))


_UNDECODABLE = "holds no sound that can be decoded; export the recording again"


def _stream(read: Any) -> Any:
    """The first sound track that FFmpeg has a decoder for."""
    stream = next((stream for stream in read.streams.audio if stream.codec_context is not None), None)
    if stream is None:
        raise AudioError(_UNDECODABLE)
    return stream


def _downmix(read: Any) -> list[Step]:
    """Before anything is measured: what is heard is two channels."""
    return [("aformat", "channel_layouts=stereo")] if _stream(read).codec_context.channels > 2 else []


def _sample_rate_hz(rate: int) -> int:
    """The nearest of the rates that Apple names (AP-AUDIO-RATE), of the same family."""
    if rate <= _HALF_RATE_HZ:
        return 22_050 if rate % 11_025 == 0 else 24_000
    return 44_100 if rate % 11_025 == 0 else 48_000


def _find_gain(source: Path, loudness: Loudness, progress: Progress) -> Sequence[Step]:
    """One gain for the whole recording; where peaks stand in its way, they alone are held down.

    loudnorm would change the gain all along there, and leaves a quiet recording with knocks in it 2 to 10 LU too low.
    """
    gain_db = TARGET_LUFS - loudness.integrated_lufs
    steps: Sequence[Step] = _gain(gain_db)
    if loudness.true_peak_dbtp + gain_db <= TARGET_TRUE_PEAK_DBTP:
        return steps
    for _ in range(_MAX_TRIALS):
        steps = [*_gain(gain_db), ("aresample", str(_LIMITER_RATE_HZ)), ("alimiter", _LIMITER)]
        missing_lu = TARGET_LUFS - _measure(source, steps, progress).integrated_lufs
        if abs(missing_lu) <= _CLOSE_LU or not math.isfinite(missing_lu):
            break
        gain_db += missing_lu
    return steps


def _gain(gain_db: float) -> list[Step]:
    return [("aformat", "sample_fmts=dblp"), ("volume", f"{gain_db:.2f}dB:precision=double")]


def _filtered(read: Any, steps: Sequence[Step], progress: Progress) -> Iterator[Any]:
    """The frames of the sound in *read* behind these filters."""
    import av
    from av.filter import Graph

    stream = _stream(read)
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
        raise AudioError(_UNDECODABLE)
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
