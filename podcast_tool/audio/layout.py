"""Which kind of sound file the bytes are, whatever the name says, and what its layout tells of the sound."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import BinaryIO

from podcast_tool.audio import flac, iff, mp4, ogg
from podcast_tool.audio.adts import begins_adts, measure_adts
from podcast_tool.audio.mpeg import Tags, find_tags, measure_mp3
from podcast_tool.audio.sound import NO_SOUND, VIDEO, AudioError, Sound, read_at

_HEAD_BYTES = 4096

# How kinds begin of which podcast apps play none.
_FOREIGN = {
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "Windows Media",
    b"\x1a\x45\xdf\xa3": "Matroska or WebM",
    b"#!AMR": "AMR",
    b"caff": "Apple's Core Audio",
    b"MThd": "MIDI",
    b"wvpk": "WavPack",
    b"MAC ": "Monkey's Audio",
    b"MPCK": "Musepack",
    b"MP+\x07": "Musepack",
    b"TTA1": "True Audio",
    b".snd": "Sun audio",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"ADIF": "AAC of the old ADIF kind",
    b".RMF": "RealMedia",
    b"Creative Voice File": "Creative Voice",
}
# Too short to be sure before frames of other kinds were sought.
_FOREIGN_FRAMES = {b"\x0b\x77": "AC-3", b"\x7f\xfe\x80\x01": "DTS"}
# MPEG programme stream, Flash video.
_VIDEO_MAGICS = (b"\x00\x00\x01\xba", b"FLV\x01")
_TRANSPORT_PACKET_BYTES = 188


def measure_sound(file: BinaryIO) -> Sound:
    """What kind of sound *file* holds, how long, and where, by its headers and frames.

    Raises:
        AudioError: empty, torn, no audio, a video, without sound, or of a kind that podcast apps do not play.
        OSError: the disk refused.
    """
    if not file.seek(0, os.SEEK_END):
        raise AudioError("is empty (0 bytes); copy the recording again")
    tags = find_tags(file)
    sound = _measure(file, tags)
    if sound.duration_seconds <= 0:
        raise AudioError(NO_SOUND)
    return replace(sound, id3_extents=sound.id3_extents or tags.id3_extents)


def _measure(file: BinaryIO, tags: Tags) -> Sound:
    head = read_at(file, tags.start, _HEAD_BYTES)
    form = head[8:12]
    if (head.startswith(iff.RIFF_MAGICS) and form == b"WAVE") or head.startswith(iff.WAVE64_MAGIC):
        return iff.measure_wav(file, tags.start)
    if head.startswith(b"FORM") and form in iff.AIFF_KINDS:
        return iff.measure_aiff(file, tags.start)
    if head.startswith(flac.MAGIC):
        return flac.measure_flac(file, tags)
    if head.startswith(ogg.MAGIC):
        return ogg.measure_ogg(file, tags.start)
    if head[4:8] in mp4.KINDS:
        return mp4.measure_mp4(file, tags.start)
    _refuse_foreign(head)
    return _measure_frames(file, tags, head)


def _measure_frames(file: BinaryIO, tags: Tags, head: bytes) -> Sound:
    """Frames without a container, of AAC or of MP3; neither looks like the other."""
    sound = measure_adts(file, tags) if begins_adts(file, tags.start, tags.end) else None
    sound = sound or measure_mp3(file, tags) or measure_adts(file, tags)
    if sound is not None:
        return sound
    for magic, name in _FOREIGN_FRAMES.items():
        if head.startswith(magic):
            raise _foreign(name)
    if head[:1] == b"\x56" and head[1:2] >= b"\xe0":
        raise _foreign("AAC in a LATM stream")
    if head and not head.strip(b"\0"):
        raise AudioError("holds zeros where its sound should be; copy the recording again")
    raise AudioError("is no audio file; export or copy the recording again")


def _foreign(name: str) -> AudioError:
    return AudioError(f"is {name}, which podcast apps do not play; export the recording as MP3 or M4A")


def _refuse_foreign(head: bytes) -> None:
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise _foreign(name)
    is_transport = all(
        head[at : at + 1] == b"G" for at in range(0, 4 * _TRANSPORT_PACKET_BYTES, _TRANSPORT_PACKET_BYTES)
    )
    if head.startswith(_VIDEO_MAGICS) or is_transport or (head.startswith(b"RIFF") and head[8:12] == b"AVI "):
        raise AudioError(VIDEO)
    if head.startswith(b"version https://git-lfs"):
        raise AudioError("is a pointer of Git LFS, not the recording; fetch it with git lfs pull")
    if head[:64].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise AudioError("is a web page, not a recording; download the recording again")
