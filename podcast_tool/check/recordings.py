"""What Apple advises of a recording that is published as it is."""

from __future__ import annotations

from collections.abc import Iterator

from podcast_tool.model import Level, Making, Problem, Recording

# AP-AUDIO-RATE: kbit/s of one channel and of two, by sampling rate.
_BIT_RATES_KBPS = {
    (44_100, 1): (64, 128),
    (44_100, 2): (128, 256),
    (48_000, 1): (64, 128),
    (48_000, 2): (128, 256),
    (22_050, 1): (40, 80),
    (22_050, 2): (80, 160),
    (24_000, 1): (40, 80),
    (24_000, 2): (80, 160),
}
# Encoders that vary their rate come out a little beside what they were told.
_TOLERANCE = 0.1


def check_recording(recording: Recording) -> Iterator[Problem]:
    """AP-AUDIO-RATE; what is encoded here has the right rates in any case."""
    if recording.making is Making.ENCODE:
        return
    channels = "mono" if recording.channels == 1 else "stereo"
    advised = _BIT_RATES_KBPS.get((recording.sample_rate_hz, recording.channels))
    if advised is None:
        message = (
            f"has {recording.channels} channels at {recording.sample_rate_hz} Hz; "
            "export it in mono or stereo at 44100 or 48000 Hz"
        )
    else:
        low, high = advised
        rate_kbps = recording.bit_rate_bps / 1000
        if low * (1 - _TOLERANCE) <= rate_kbps <= high * (1 + _TOLERANCE):
            return
        message = f"has {rate_kbps:.0f} kbit/s in {channels}; Apple advises {low} to {high}, so export it anew"
    yield Problem(rule="AP-AUDIO-RATE", level=Level.WARNING, where=recording.path, message=message)
