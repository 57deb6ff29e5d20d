"""How long the packets of Opus and of Vorbis last, by their first bytes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# RFC 6716, table 2: samples at 48 kHz in one frame, by the upper five bits of a packet's first byte.
_OPUS_FRAME_SAMPLES = (480, 960, 1920, 2880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4

# Vorbis I, section 4.2.4: each mode has 41 bits, there are at most 64, and behind them stand a bit and padding.
_MODE_BITS, _MAX_MODES = 41, 64
_COUNT_BITS = 6
MAX_MODES_BYTES = (_COUNT_BITS + _MODE_BITS * _MAX_MODES) // 8 + 2


def opus_samples(packet: bytes) -> int:
    """RFC 6716, section 3.1 and 3.2."""
    if not packet:
        return 0
    frames = (1, 2, 2, packet[1] & 0x3F if len(packet) > 1 else 0)[packet[0] & 3]
    return frames * _OPUS_FRAME_SAMPLES[packet[0] >> 3]


def parse_modes(raw: bytes) -> tuple[bool, ...]:
    """Whether each mode is of long blocks, from *raw*, the end of the setup header; empty if no modes end there."""
    bits = int.from_bytes(raw, "little")
    at, count = bits.bit_length() - 1, 0  # behind the framing bit there is only padding
    modes: list[bool] = []
    while at >= _MODE_BITS + _COUNT_BITS and len(modes) < _MAX_MODES:
        at -= _MODE_BITS
        mode = bits >> at & (1 << _MODE_BITS) - 1
        # Its types of window and of transform are 0, and there are at most 64 mappings.
        if mode >> 1 & 0xFFFFFFFF or mode >> 33 > 63:
            break
        modes.insert(0, bool(mode & 1))
        if (bits >> at - _COUNT_BITS & 63) + 1 == len(modes):
            count = len(modes)
    return tuple(modes[len(modes) - count :])


def vorbis_samples(packets: Sequence[bytes], modes: Sequence[bool], short: int, long: int) -> int:
    """Of *packets* from the first one of a stream on, with blocks of *short* and *long* (sections 4.3.1 and 4.3.8).

    Blocks overlap: the first one gives nothing, each other a fourth of itself and a fourth of the one before.
    """
    mask = (1 << (len(modes) - 1).bit_length()) - 1
    numbers = [packet[0] >> 1 & mask for packet in packets if packet and not packet[0] & 1]
    blocks = [long if number < len(modes) and modes[number] else short for number in numbers]
    return sum((one + other) // 4 for one, other in pairwise(blocks))
