"""The layout of an Ogg file (RFC 3533): its pages, and how long each stream of sound in it lasts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from podcast_tool.audio.flac import MAGIC as FLAC_MAGIC
from podcast_tool.audio.flac import STREAMINFO_BYTES, parse_stream_info
from podcast_tool.audio.ogg_packets import MAX_MODES_BYTES, opus_samples, parse_modes, vorbis_samples
from podcast_tool.audio.sound import NO_SOUND, VIDEO, AudioError, Container, Sound, bit_rate, read_at

MAGIC = b"OggS"
MAX_STREAMS = 100

# Three hours in pages of 20 ms, a fiftieth of what encoders write; empty pages take time and hold nothing.
MAX_PAGES = 600_000

_HEADER_BYTES = 27
_MAX_HEADER_BYTES = _HEADER_BYTES + 255
_CHUNK_BYTES = 1 << 16
_IS_CONTINUED, _BEGINS_STREAM, _ENDS_STREAM = 1, 2, 4
# Of a page on which no packet ends.
_NO_GRANULE = -1

# Theora, OGM's video, Dirac, VP8.
_VIDEOS = (b"\x80theora", b"\x01video", b"BBCD", b"OVP80")

_OPUS_RATE_HZ = 48_000
# RFC 6716, section 2: a packet has at most 120 ms, mostly 20.
_OPUS_MAX_SAMPLES, _OPUS_USUAL_SAMPLES = 5760, 960


@dataclass(frozen=True)
class Page:
    """One page; its body's bytes are not read."""

    flags: int
    granule: int
    serial: int
    sequence: int
    packets: int
    """Those that end on it."""
    start: int
    body: int
    end: int


@dataclass(frozen=True)
class _Coding:
    """What a stream's first packet tells."""

    codec: str
    sample_rate_hz: int
    channels: int
    max_packet_samples: int
    usual_packet_samples: int
    skipped_samples: int = 0
    """At the start; counted by granules but not played (RFC 7845, section 4.2)."""
    short_block_samples: int = 0
    """Of Vorbis, whose long blocks are of `max_packet_samples`."""


@dataclass
class _Stream:
    """A stream of sound, as far as its pages were seen."""

    coding: _Coding
    granule: int = 0
    sequence: int = 0
    waiting_packets: int = 0
    """Ended since the last granule that tells samples."""
    samples: int = 0
    packets: int = 0
    """Those that `samples` are of."""
    untold_packets: int = 0
    """Those for which the granules tell nothing, since pages are missing before them."""
    body_bytes: int = 0
    headers_end: int = 0
    """Where the last page of headers ends."""


def measure_ogg(file: BinaryIO, start: int) -> Sound:
    """An Ogg file whose first page stands at *start*; the links of a chain add up.

    Raises:
        AudioError: no sound, a video, or cut off in the middle of a page.
    """
    first: _Coding | None = None
    seconds, sound_bytes, is_guessed = 0.0, 0, False
    for played in _played_streams(file, start):
        first = first or played.coding
        seconds += _played_samples(played) / played.coding.sample_rate_hz
        sound_bytes += played.body_bytes
        is_guessed = is_guessed or played.untold_packets > 0
    if first is None:
        raise AudioError(NO_SOUND)
    return Sound(
        container=Container.OGG,
        codec=first.codec,
        is_lossless=first.codec == "flac",
        duration_seconds=seconds,
        is_counted=is_guessed,
        sample_rate_hz=first.sample_rate_hz,
        channels=first.channels,
        bit_rate_bps=bit_rate(sound_bytes, seconds),
        extents=((0, file.seek(0, os.SEEK_END)),),
    )


def _played_streams(file: BinaryIO, start: int) -> Iterator[_Stream]:
    """The stream of sound that is played of each link of the chain (RFC 3533, section 4): the first."""
    streams: dict[int, _Stream] = {}
    has_begun = False
    for page in list_pages(file, start):
        if page.flags & _BEGINS_STREAM:
            if has_begun:
                yield from list(streams.values())[:1]
                streams, has_begun = {}, False
            coding = _read_coding(file, page)
            if coding and len(streams) < MAX_STREAMS:
                streams[page.serial] = _Stream(coding, sequence=page.sequence)
            continue
        has_begun = True
        if page.serial in streams:
            _add_page(file, streams[page.serial], page)
    yield from list(streams.values())[:1]


def list_pages(file: BinaryIO, start: int) -> Iterator[Page]:
    """The pages from *start* on; what stands between them is passed over.

    Raises:
        AudioError: the last one is not whole, or there are too many.
    """
    file_end = file.seek(0, os.SEEK_END)
    position, count = start, 0
    while position < file_end:
        count += 1
        if count > MAX_PAGES:
            raise AudioError("is cut into too many pages to be read; export the recording again")
        head = read_at(file, position, _MAX_HEADER_BYTES)
        if head[:4] != MAGIC or (len(head) > 4 and head[4]):
            position = _find_page(file, position + 1, file_end)
            continue
        lacing = head[_HEADER_BYTES : _HEADER_BYTES + head[26]] if len(head) >= _HEADER_BYTES else b""
        body = position + _HEADER_BYTES + len(lacing)
        if len(head) < _HEADER_BYTES or len(lacing) < head[26] or body + sum(lacing) > file_end:
            raise AudioError.torn(body + sum(lacing), file_end)
        yield Page(
            flags=head[5],
            granule=int.from_bytes(head[6:14], "little", signed=True),
            serial=int.from_bytes(head[14:18], "little"),
            sequence=int.from_bytes(head[18:22], "little"),
            packets=len(lacing) - lacing.count(255),
            start=position,
            body=body,
            end=body + sum(lacing),
        )
        position = body + sum(lacing)


def _find_page(file: BinaryIO, position: int, file_end: int) -> int:
    """Where the next page may begin; the end of the file if nowhere."""
    while position < file_end:
        buffer = read_at(file, position, _CHUNK_BYTES)
        at = buffer.find(MAGIC)
        if at >= 0:
            return position + at
        if len(buffer) < _CHUNK_BYTES:
            break
        position += len(buffer) - len(MAGIC) + 1
    return file_end


def _read_coding(file: BinaryIO, page: Page) -> _Coding | None:
    """What the first packet on a stream's first page says it holds; None for what is no sound."""
    packet = read_at(file, page.body, min(page.end - page.body, 256))
    if packet.startswith(_VIDEOS):
        raise AudioError(VIDEO)
    coding = None
    if packet.startswith(b"\x01vorbis"):
        shortest, longest = (1 << (packet[28] & 15), 1 << (packet[28] >> 4)) if len(packet) > 28 else (1, 1)
        channels = packet[11] if len(packet) > 11 else 0
        coding = _Coding("vorbis", _little(packet, 12), channels, longest, longest // 2, 0, shortest)
    elif packet.startswith(b"OpusHead"):
        skipped, channels = _little(packet[:12], 10), packet[9] if len(packet) > 9 else 0
        coding = _Coding("opus", _OPUS_RATE_HZ, channels, _OPUS_MAX_SAMPLES, _OPUS_USUAL_SAMPLES, skipped)
    elif packet.startswith(b"Speex   "):
        samples = _little(packet, 56) * max(1, _little(packet, 64))
        coding = _Coding("speex", _little(packet, 36), _little(packet, 48), samples, samples)
    elif packet.startswith((b"\x7fFLAC", FLAC_MAGIC)):
        at = packet.find(FLAC_MAGIC) + 8
        info = parse_stream_info(packet[at : at + STREAMINFO_BYTES])
        if info:
            block = info.max_block_samples
            coding = _Coding("flac", info.sample_rate_hz, info.channels, block, block)
    return coding if coding and coding.sample_rate_hz and coding.channels else None


def _little(raw: bytes, at: int) -> int:
    return int.from_bytes(raw[at : at + 4], "little")


def _add_page(file: BinaryIO, stream: _Stream, page: Page) -> None:
    is_next = page.sequence == stream.sequence + 1
    stream.sequence = page.sequence
    if is_next:
        stream.waiting_packets += page.packets
    else:  # a packet that began on a page that is missing is lost, too
        stream.waiting_packets = max(0, page.packets - (page.flags & _IS_CONTINUED))
    if page.granule == _NO_GRANULE:
        return
    packets, stream.waiting_packets = stream.waiting_packets, 0
    if page.granule == 0 and not stream.packets:  # pages of headers
        stream.headers_end = page.end
        return
    told = None if stream.body_bytes or packets != page.packets else _first_samples(file, stream, page)
    stream.body_bytes += page.end - page.body
    samples, stream.granule = page.granule - stream.granule, page.granule
    if told is not None:
        # The last page's granule cuts off what is not to be played (RFC 7845, section 4.4).
        samples, is_next = min(told, page.granule) if page.flags & _ENDS_STREAM else told, True
    if is_next and 0 <= samples <= packets * stream.coding.max_packet_samples:
        stream.samples += samples
        stream.packets += packets
    else:
        stream.untold_packets += packets


def _first_samples(file: BinaryIO, stream: _Stream, page: Page) -> int | None:
    """How many samples the packets of the first page of sound come to; None if they do not tell.

    Of a recording cut out of another its granule counts from elsewhere, and decoders play these packets whole.
    """
    if page.flags & _IS_CONTINUED:
        return None
    coding, packets = stream.coding, list(_whole_packets(file, page))
    if coding.codec == "opus":
        return sum(map(opus_samples, packets))
    if coding.codec != "vorbis":
        return None
    start = max(0, stream.headers_end - MAX_MODES_BYTES)
    modes = parse_modes(read_at(file, start, stream.headers_end - start))
    return vorbis_samples(packets, modes, coding.short_block_samples, coding.max_packet_samples) if modes else None


def _whole_packets(file: BinaryIO, page: Page) -> Iterator[bytes]:
    """The packets that end on a page on which the first one begins."""
    raw = read_at(file, page.start, page.end - page.start)
    begin = end = page.body - page.start
    for size in raw[_HEADER_BYTES:begin]:
        end += size
        if size < 255:
            yield raw[begin:end]
            begin = end


def _played_samples(stream: _Stream) -> int:
    """With those of pages behind a gap, or of a first page from the middle of a stream, at the mean of the others."""
    usual = stream.samples / stream.packets if stream.packets else stream.coding.usual_packet_samples
    samples = stream.samples + round(stream.untold_packets * usual)
    return max(0, samples - stream.coding.skipped_samples)
