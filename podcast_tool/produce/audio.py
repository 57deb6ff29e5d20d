"""The sound to publish: what went out before, as long as the recording is the same; else made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from podcast_tool.audio.encode import Loudness, can_encode, encode_mp3, measure_loudness, wrap_as_m4a
from podcast_tool.audio.label import Label, PictureOf, label_mp4, render_mp3_label
from podcast_tool.audio.sound import AudioError
from podcast_tool.model import Address, Extent, Making, PublishedFile, Record, Recording, RemoteRecording
from podcast_tool.produce.workshop import Workshop, digest_parts, stretch

# In the place of the digest of bytes that are not made yet.
UNKNOWN_DIGEST = "00000000"


# What encoded sound comes to about, as long as it is not known.
_ENCODED_BYTES_PER_SECOND = 16_000


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is wanted of one episode's sound."""

    slug: str
    recording: Recording
    record: Record | None
    label: Callable[[], Label] | None
    """What it says of itself, asked only when it is made anew; None: it goes out without tags of ours."""
    picture_of: PictureOf
    normalise: bool
    retag: bool = False
    is_adopted: bool = False
    """The record was made of an item of the feed."""

    @property
    def is_normalised(self) -> bool:
        """Only what is encoded in any case is: encoding twice harms the sound."""
        return self.normalise and self.recording.making is Making.ENCODE

    @property
    def duration_milliseconds(self) -> int:
        return round(self.recording.duration_seconds * 1000)


def produce_audio(order: Order, workshop: Workshop) -> PublishedFile:
    """The sound of an episode under its address.

    Raises:
        AudioError: it has to be encoded and cannot be.
        OSError: the disk refused.
    """
    last = _last(order, workshop)
    if last and not order.retag:
        return _kept(last, order, workshop)
    if order.recording.making is not Making.COPY:
        _require_encoder(order.recording)
        if workshop.is_dry:
            return _unmade(order)
    loudness = None
    if order.normalise and can_encode() and not workshop.is_dry:
        loudness = _measure(workshop.show_dir / order.recording.path, order, workshop)
    parts = _PARTS[order.recording.making](order, workshop, loudness)
    if loudness and order.is_normalised:
        loudness = _measure(Path(parts[-1].path), order, workshop)
    size_bytes, sha256 = digest_parts(parts)
    return PublishedFile(
        path=f"audio/{order.slug}.{sha256[:8]}{order.recording.extension}",
        media_type=order.recording.media_type,
        size_bytes=size_bytes,
        sha256=sha256,
        parts=parts,
        duration_seconds=round(order.recording.duration_seconds, 3),
        loudness_lufs=_spoken(loudness),
        is_normalised=order.is_normalised,
    )


def remote_audio(remote: RemoteRecording) -> PublishedFile:
    """A recording that lives elsewhere, under the address that it has there."""
    return PublishedFile(
        path=remote.url,
        media_type=remote.media_type,
        size_bytes=remote.size_bytes,
        sha256="",
        parts=(),
        duration_seconds=round(remote.duration_seconds, 3) if remote.duration_seconds else None,
    )


def standing_audio(record: Record, workshop: Workshop) -> PublishedFile:
    """What was published of a recording that has left; the copy may lie on another machine, or on the host alone.

    Raises:
        AudioError: it was withdrawn, and its copy has gone for good.
    """
    address = record.audio
    if address is None:
        raise AudioError("has no recording beside it, and nothing is published of it; put it there")
    is_there = address.is_remote or workshop.present_size(address.path) == address.size_bytes
    if record.withdrawn_at and not is_there:
        raise AudioError("was withdrawn, and its published copy is gone; put the recording beside it")
    return _as_published(address, address.loudness_lufs)


def _last(order: Order, workshop: Workshop) -> Address | None:
    """What went out before, if it is of the same sound and still there."""
    last = order.record.own_audio if order.record else None
    if order.record is None or last is None:
        return None
    # Of what was encoded, a rebuilt record knows only the digest of what came out.
    is_unknown = order.is_adopted and order.recording.making is not Making.COPY
    if order.record.sound_sha256 != order.recording.sound_sha256 and not is_unknown:
        return None
    is_there = workshop.present_size(last.path) == last.size_bytes
    return last if is_there and last.is_normalised == order.is_normalised else None


def _kept(last: Address, order: Order, workshop: Workshop) -> PublishedFile:
    loudness_lufs = last.loudness_lufs
    if loudness_lufs is None and order.normalise and can_encode() and not workshop.is_dry:
        loudness_lufs = _spoken(_measure(workshop.place(last.path), order, workshop))
    return _as_published(last, loudness_lufs)


def _as_published(address: Address, loudness_lufs: float | None) -> PublishedFile:
    return PublishedFile(
        path=address.path,
        media_type=address.media_type,
        size_bytes=address.size_bytes,
        sha256=address.sha256,
        parts=(),
        duration_seconds=address.duration_seconds,
        loudness_lufs=loudness_lufs,
        is_normalised=address.is_normalised,
    )


def _unmade(order: Order) -> PublishedFile:
    return PublishedFile(
        path=f"audio/{order.slug}.{UNKNOWN_DIGEST}{order.recording.extension}",
        media_type=order.recording.media_type,
        size_bytes=round(order.recording.duration_seconds * _ENCODED_BYTES_PER_SECOND),
        sha256="",
        parts=(),
        duration_seconds=round(order.recording.duration_seconds, 3),
        is_made=False,
    )


def _require_encoder(recording: Recording) -> None:
    if can_encode():
        return
    verb = "puts it into M4A" if recording.making is Making.WRAP else "encodes it"
    raise AudioError(
        f"is {recording.format}, which podcast apps do not play; export the recording as MP3 or M4A, "
        f"or install podcast_tool[audio], which {verb}"
    )


def _measure(path: Path, order: Order, workshop: Workshop) -> Loudness:
    return measure_loudness(path, _progress(f"measuring {order.slug}", order, workshop))


def _progress(what: str, order: Order, workshop: Workshop) -> Callable[[float], None]:
    return lambda seconds: workshop.tell_progress(what, seconds, order.recording.duration_seconds)


def _spoken(loudness: Loudness | None) -> float | None:
    """To a tenth of a LU, as meters show it; silence has none."""
    if loudness is None or loudness.integrated_lufs < -100:
        return None
    return round(loudness.integrated_lufs, 1)


# -- what it is made of -----------------------------------------------------------------------------------------------


def _copied(order: Order, workshop: Workshop, _: Loudness | None) -> tuple[Extent, ...]:
    recording = order.recording
    whole = workshop.source(recording.path, 0, recording.size_bytes)
    if order.label is None:
        return (whole,)
    if recording.extension == ".mp3":
        sound = tuple(workshop.source(recording.path, start, end) for start, end in recording.sound)
        return (_mp3_label(order, workshop), *sound)
    label = order.label()
    master, made = workshop.show_dir / recording.path, workshop.folder / f"{order.slug}.m4a"
    is_wrapped = bool(label.chapters or recording.chapters) and can_encode()
    if is_wrapped:
        wrap_as_m4a(master, made, label.chapters, order.duration_milliseconds)
    else:
        shutil.copyfile(master, made)
    label_mp4(made, label, master=master, keeps_chapters=is_wrapped or label.chapters == recording.chapters)
    return (stretch(made),)


def _wrapped(order: Order, workshop: Workshop, _: Loudness | None) -> tuple[Extent, ...]:
    label = order.label() if order.label else None
    made = workshop.folder / f"{order.slug}.m4a"
    chapters = label.chapters if label else ()
    wrap_as_m4a(workshop.show_dir / order.recording.path, made, chapters, order.duration_milliseconds)
    if label:
        label_mp4(made, label, master=None, keeps_chapters=True)
    return (stretch(made),)


def _encoded(order: Order, workshop: Workshop, loudness: Loudness | None) -> tuple[Extent, ...]:
    # Named by what it is made of, so that a publish that was killed behind it need not begin again.
    kind = "normalised" if order.is_normalised else "encoded"
    made = workshop.folder / f"{order.recording.sound_sha256[:32]}.{kind}.mp3"
    if not made.exists():
        unfinished = made.with_suffix(".unfinished")
        progress = _progress(f"encoding {order.slug}", order, workshop)
        source = workshop.show_dir / order.recording.path
        encode_mp3(source, unfinished, loudness if order.is_normalised else None, progress)
        unfinished.replace(made)
    sound = stretch(made)
    return (_mp3_label(order, workshop), sound) if order.label else (sound,)


def _mp3_label(order: Order, workshop: Workshop) -> Extent:
    if order.label is None:
        raise AssertionError(f"{order.slug} has no label")
    return workshop.keep(render_mp3_label(order.label(), order.duration_milliseconds, order.picture_of))


_PARTS = {Making.COPY: _copied, Making.WRAP: _wrapped, Making.ENCODE: _encoded}
