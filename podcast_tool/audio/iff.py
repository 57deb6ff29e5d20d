"""The layout of WAV and AIFF files: chunks, each with its name and its size.

RIFF is of Microsoft (with the 64-bit sizes of EBU Tech 3306), AIFF and AIFF-C of Apple, Wave64 of Sony.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from podcast_tool.audio.mpeg import Tags, id3_bytes, measure_mp3
from podcast_tool.audio.sound import (
    LOSSLESS_CODECS,
    NO_SOUND,
    AudioError,
    Container,
    Extent,
    Sound,
    bit_rate,
    read_at,
)

Order = Literal["little", "big"]

RIFF_MAGICS = (b"RIFF", b"RIFX", b"RF64", b"BW64")
AIFF_KINDS = (b"AIFF", b"AIFC")
# The identifiers of Wave64 begin with the names of RIFF; these bytes follow that of the file itself.
WAVE64_MAGIC = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"

MAX_CHUNKS = 10_000
# What follows a data chunk that is empty indeed.
_SIBLINGS = frozenset({b"LIST", b"id3 ", b"ID3 ", b"bext", b"cue ", b"iXML", b"fmt ", b"JUNK", b"COMM"})
_WAVE64_HEADER_BYTES = 24

# mmreg.h; where a name is missing the tag's number is named.
_PCM, _FLOAT, _MP3, _EXTENSIBLE = 1, 3, 0x55, 0xFFFE
_CODECS = {
    _PCM: "pcm",
    0x02: "adpcm",
    _FLOAT: "pcm",
    0x06: "alaw",
    0x07: "mulaw",
    0x11: "adpcm",
    0x31: "gsm",
    0x45: "g726",
    0x50: "mp2",
    _MP3: "mp3",
    0xFF: "aac",
    0x160: "wma",
    0x161: "wma",
    0x1610: "aac",
    0x2000: "ac-3",
    0x2001: "dts",
    0x566F: "vorbis",
    0xF1AC: "flac",
}
# Codecs of which each sample of a channel has as many bits as the header says.
_PLAIN = frozenset({_PCM, _FLOAT, 0x06, 0x07})
# Of which a block holds as many samples as the header says.
_BLOCKED = frozenset({0x02, 0x11, 0x31})

# AIFF-C's names of compressions, with the bits of a sample where they do not stand in COMM; others keep their names.
_COMPRESSIONS = {
    b"NONE": ("pcm", 0),
    b"sowt": ("pcm", 0),
    b"twos": ("pcm", 0),
    b"raw ": ("pcm", 0),
    b"in24": ("pcm", 24),
    b"42ni": ("pcm", 24),
    b"in32": ("pcm", 32),
    b"23ni": ("pcm", 32),
    b"fl32": ("pcm", 32),
    b"FL32": ("pcm", 32),
    b"fl64": ("pcm", 64),
    b"FL64": ("pcm", 64),
    b"alaw": ("alaw", 8),
    b"ALAW": ("alaw", 8),
    b"ulaw": ("mulaw", 8),
    b"ULAW": ("mulaw", 8),
    b"ima4": ("adpcm", 0),
    b".mp3": ("mp3", 0),
}
# QuickTime's IMA 4:1: 34 bytes of a channel hold 64 samples.
_IMA4_BYTES, _IMA4_SAMPLES = 34, 64


# No codec for speech has less.
_MIN_BIT_RATE_BPS = 500


@dataclass(frozen=True)
class Chunk:
    """One chunk; `end` may lie behind the end of a torn file."""

    kind: bytes
    payload: int
    end: int


@dataclass(frozen=True)
class _Format:
    """What the header tells of the coding; each number is 0 where it does not hold of it."""

    codec: str
    channels: int
    sample_rate_hz: int
    frame_bytes: int = 0
    """Of one sample of every channel."""
    block_bytes: int = 0
    block_samples: int = 0
    bytes_per_second: int = 0
    promised_samples: int = 0


def measure_wav(file: BinaryIO, start: int) -> Sound:
    """A RIFF, RF64 or Wave64 file that begins at *start*.

    Raises:
        AudioError: no sound, or a chunk promises more than there is.
    """
    order: Order = "big" if read_at(file, start, 4) == b"RIFX" else "little"
    is_wave64 = read_at(file, start, len(WAVE64_MAGIC)) == WAVE64_MAGIC
    chunks = list_wave64_chunks(file, start) if is_wave64 else list_chunks(file, start, order, b"data")
    extent = _sound_extent(file, chunks, b"data")
    raw = _content(file, chunks, b"fmt ", 64)
    if not raw:
        raise AudioError("does not say how its sound is coded (no fmt chunk); export the recording again")
    told = _parse_format(raw, _content(file, chunks, b"fact", 4), order)
    if told.codec == "mp3":
        mp3 = measure_mp3(file, Tags(*extent, ()))
        if mp3 is None:
            raise AudioError(NO_SOUND)
        return replace(mp3, container=Container.WAV, id3_extents=_id3_extents(file, chunks))
    return _sound(Container.WAV, told, extent, _id3_extents(file, chunks))


def _sound(container: Container, told: _Format, extent: Extent, id3_extents: tuple[Extent, ...]) -> Sound:
    if not told.channels or not told.sample_rate_hz:
        raise AudioError(NO_SOUND)
    seconds = _seconds(told, extent[1] - extent[0])
    return Sound(
        container=container,
        codec=told.codec,
        is_lossless=told.codec in LOSSLESS_CODECS,
        duration_seconds=seconds,
        is_counted=False,
        sample_rate_hz=told.sample_rate_hz,
        channels=told.channels,
        bit_rate_bps=bit_rate(extent[1] - extent[0], seconds),
        extents=(extent,),
        id3_extents=id3_extents,
    )


def _seconds(told: _Format, size_bytes: int) -> float:
    """How long so many bytes last; the number of samples that the header promises is believed if it can be true."""
    if told.frame_bytes:
        return size_bytes // told.frame_bytes / told.sample_rate_hz
    if told.block_bytes and told.block_samples:
        return size_bytes // told.block_bytes * told.block_samples / told.sample_rate_hz
    promised = told.promised_samples / told.sample_rate_hz
    if promised and bit_rate(size_bytes, promised) >= _MIN_BIT_RATE_BPS:
        return promised
    return size_bytes / told.bytes_per_second if told.bytes_per_second else 0.0


def _parse_format(raw: bytes, fact: bytes, order: Order) -> _Format:
    """WAVEFORMATEX, and the number of samples from the `fact` chunk if there is one."""

    def number(at: int, size: int) -> int:
        return int.from_bytes(raw[at : at + size], order)

    tag, channels, block_bytes = number(0, 2), number(2, 2), number(12, 2)
    if tag == _EXTENSIBLE and len(raw) >= 26:  # the sub-format's GUID begins with an ordinary tag
        tag = number(24, 2)
    return _Format(
        codec=_CODECS.get(tag, f"wav-{tag:04x}"),
        channels=channels,
        sample_rate_hz=number(4, 4),
        frame_bytes=_frame_bytes(channels, number(14, 2), block_bytes) if tag in _PLAIN else 0,
        block_bytes=block_bytes,
        block_samples=number(18, 2) if tag in _BLOCKED else 0,
        bytes_per_second=number(8, 4),
        promised_samples=int.from_bytes(fact, order),
    )


def _frame_bytes(channels: int, sample_bits: int, block_bytes: int) -> int:
    """Not *block_bytes*, which some programs leave wrong and decoders pass over."""
    sample_bytes = (sample_bits + 7) // 8 or max(1, block_bytes // max(1, channels))
    if sample_bytes == 3 and block_bytes == 4 * channels:  # 24 bits in words of 32
        sample_bytes = 4
    return sample_bytes * channels


# -- chunks -----------------------------------------------------------------------------------------------------------


def list_chunks(file: BinaryIO, start: int, order: Order, sound: bytes) -> list[Chunk]:
    """The chunks of the form that begins at *start*; of *sound*, if its length is untold, to the end."""
    chunks: list[Chunk] = []
    file_end, position, long_bytes = file.seek(0, os.SEEK_END), start + 12, 0
    while position + 8 <= file_end and len(chunks) < MAX_CHUNKS:
        head = read_at(file, position, 8)
        kind, size = head[:4], int.from_bytes(head[4:], order)
        if kind == b"ds64":
            long_bytes = int.from_bytes(read_at(file, position + 16, 8), "little")
        if kind == sound:
            size = _sound_bytes(file, size, position, file_end, long_bytes)
        chunks.append(Chunk(kind, position + 8, position + 8 + size))
        position = _behind(file, position + 8 + size)
    return chunks


def _sound_bytes(file: BinaryIO, size: int, position: int, file_end: int, long_bytes: int) -> int:
    """The size of a chunk of sound; programs that write into a pipe leave 0 there, or the largest number they know."""
    rest = file_end - position - 8
    if size == 0xFFFFFFFF and 0 < long_bytes < 1 << 62:
        return long_bytes
    is_empty = size == 0 and read_at(file, position + 8, 4) in _SIBLINGS
    if (size == 0 and not is_empty) or (size > rest and (size >= 0xFFFF0000 or 0x7FFF0000 <= size <= 0x80000000)):
        return rest
    return size


def _behind(file: BinaryIO, end: int) -> int:
    """Where the chunk behind *end* begins: on an even byte, but some programs forget the one between."""
    if end % 2 == 0:
        return end
    name = read_at(file, end, 5)
    return end if name[0:1].isalpha() and name[:4].isascii() and name[:4].isalnum() else end + 1


def list_wave64_chunks(file: BinaryIO, start: int) -> list[Chunk]:
    """The chunks of the Wave64 file that begins at *start*, by the names that their identifiers begin with."""
    chunks: list[Chunk] = []
    file_end, position = file.seek(0, os.SEEK_END), start + 40
    while position + _WAVE64_HEADER_BYTES <= file_end and len(chunks) < MAX_CHUNKS:
        head = read_at(file, position, _WAVE64_HEADER_BYTES)
        size = int.from_bytes(head[16:], "little")
        if head[:4] == b"data" and (size <= _WAVE64_HEADER_BYTES or size >= 1 << 62):
            size = file_end - position
        if size < _WAVE64_HEADER_BYTES:
            break
        chunks.append(Chunk(head[:4], position + _WAVE64_HEADER_BYTES, position + size))
        position += size + -size % 8
    return chunks


def _sound_extent(file: BinaryIO, chunks: list[Chunk], kind: bytes) -> Extent:
    """Where the first chunk of *kind* lies; decoders pass over a second.

    Raises:
        AudioError: there is none, or it is cut off.
    """
    file_end = file.seek(0, os.SEEK_END)
    found = next((chunk for chunk in chunks if chunk.kind == kind), None)
    last = found or (chunks[-1] if chunks else None)
    if last and last.end > file_end:
        raise AudioError.torn(last.end, file_end)
    if found is None:
        raise AudioError(NO_SOUND)
    return found.payload, found.end


def _content(file: BinaryIO, chunks: list[Chunk], kind: bytes, size_bytes: int) -> bytes:
    """What the first chunk of *kind* begins with; nothing if there is none."""
    chunk = next((chunk for chunk in chunks if chunk.kind == kind), None)
    return read_at(file, chunk.payload, min(size_bytes, chunk.end - chunk.payload)) if chunk else b""


def _id3_extents(file: BinaryIO, chunks: list[Chunk]) -> tuple[Extent, ...]:
    file_end = file.seek(0, os.SEEK_END)
    return tuple(
        (chunk.payload, chunk.end)
        for chunk in chunks
        if chunk.kind in (b"id3 ", b"ID3 ") and chunk.end <= file_end and id3_bytes(read_at(file, chunk.payload, 10))
    )


# -- AIFF -------------------------------------------------------------------------------------------------------------


def measure_aiff(file: BinaryIO, start: int) -> Sound:
    """An AIFF or AIFF-C file that begins at *start*.

    Raises:
        AudioError: no sound, or a chunk promises more than there is.
    """
    chunks = list_chunks(file, start, "big", b"SSND")
    begin, end = _sound_extent(file, chunks, b"SSND")
    # Two numbers stand before the samples, the first of which may shift them.
    shift = int.from_bytes(_content(file, chunks, b"SSND", 4), "big")
    extent = min(begin + 8 + (shift if shift < end - begin - 8 else 0), end), end
    is_compressed = read_at(file, start + 8, 4) == b"AIFC"
    told = _parse_common(_content(file, chunks, b"COMM", 22), is_compressed=is_compressed)
    return _sound(Container.AIFF, told, extent, _id3_extents(file, chunks))


def _parse_common(raw: bytes, *, is_compressed: bool) -> _Format:
    """The COMM chunk."""
    channels, compression = int.from_bytes(raw[:2], "big"), raw[18:22] if is_compressed else b"NONE"
    codec, sample_bits = _COMPRESSIONS.get(compression, (_spell(compression), 0))
    sample_bits = sample_bits or int.from_bytes(raw[6:8], "big")
    is_ima4, is_plain = compression == b"ima4", codec in ("pcm", "alaw", "mulaw")
    return _Format(
        codec=codec,
        channels=channels,
        sample_rate_hz=round(_parse_extended(raw[8:18])),
        frame_bytes=_frame_bytes(channels, sample_bits, 0) if is_plain else 0,
        block_bytes=_IMA4_BYTES * channels if is_ima4 else 0,
        block_samples=_IMA4_SAMPLES if is_ima4 else 0,
        promised_samples=int.from_bytes(raw[2:6], "big"),
    )


def _parse_extended(raw: bytes) -> float:
    """An 80-bit number of IEEE 754, as sample rates are written; 0 of what is no sensible rate."""
    if len(raw) < 10:
        return 0.0
    exponent, mantissa = int.from_bytes(raw[:2], "big") - 16383 - 63, int.from_bytes(raw[2:], "big")
    if not -64 < exponent <= -32:
        return 0.0
    return mantissa / (1 << -exponent)


def _spell(name: bytes) -> str:
    return "".join(char for char in name.decode("ascii", "ignore").lower() if char.isalnum()) or "unknown"
