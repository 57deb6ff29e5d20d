"""Recordings read truly: real files made by real encoders, and odd ones made of them."""

from __future__ import annotations

import random
import struct
import subprocess
import wave
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podcast_tool.audio.mpeg import find_tags, walk_frames
from podcast_tool.audio.read import read_recording
from podcast_tool.audio.sound import AudioError
from podcast_tool.model import Making, Recording

from .conftest import need_command

SECONDS = 8


def _read(folder: Path, name: str) -> Recording:
    return read_recording(folder, name, lambda _: None)


NOISE = random.Random(7).randbytes(5000)
ID3 = b"ID3\x04\x00\x00" + bytes([0, 0, 10, 0]) + bytes(10 << 7)
ID3V1 = b"TAG" + b"x" * 125
APE = b"x" * 100 + b"APETAGEX" + struct.pack("<IIII", 2000, 132, 1, 0) + bytes(8)


@cache
def _source() -> bytes:
    """Speech-like sound: tones with noise and pauses, so that VBR varies."""
    ffmpeg = need_command("ffmpeg")
    tones = f"sine=440:d={SECONDS},volume='0.4*gt(mod(t,2),1)':eval=frame"
    sound = f"{tones}[a];anoisesrc=d={SECONDS}:a=0.05:seed=1[b];[a][b]amix=inputs=2"
    command = [ffmpeg, "-v", "error", "-f", "lavfi", "-i", sound, "-ar", "44100", "-ac", "2", "-f", "wav", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


@cache
def _lame(*options: str) -> bytes:
    lame = need_command("lame")
    with TemporaryDirectory() as folder:  # to a pipe it could not write the header, which it knows at the end only
        path = Path(folder) / "x.mp3"
        subprocess.run([lame, "--quiet", *options, "-", str(path)], input=_source(), check=True)
        return path.read_bytes()


def _xing(change: Callable[[bytearray, int], None]) -> bytes:
    changed = bytearray(_lame("-V", "5", "-m", "m"))
    change(changed, changed.index(b"Xing"))
    return bytes(changed)


def _frame_count(count: int) -> bytes:
    def change(mp3: bytearray, at: int) -> None:
        mp3[at + 8 : at + 12] = struct.pack(">I", count)

    return _xing(change)


def _files() -> dict[str, Callable[[], bytes]]:
    files: dict[str, Callable[[], bytes]] = {}
    for rate in ("8", "11.025", "16", "22.05", "24", "32", "44.1", "48"):
        for mode in ("m", "j"):
            size = ("--resample", rate, "-m", mode)
            files[f"cbr-{rate}-{mode}"] = lambda size=size: _lame("-b", "64", *size)  # type: ignore[misc]
            files[f"vbr-{rate}-{mode}"] = lambda size=size: _lame("-V", "5", *size)  # type: ignore[misc]
            files[f"vbr-no-header-{rate}-{mode}"] = lambda size=size: _lame("-V", "5", "-t", *size)  # type: ignore[misc]

    def bare() -> bytes:
        return _lame("-V", "5", "-t", "-m", "m")

    def headed() -> bytes:
        return _lame("-V", "5", "-m", "m")

    return files | {
        "wrong-count-high": lambda: _frame_count(99_999),
        "wrong-count-low": lambda: _frame_count(3),
        "junk-before": lambda: NOISE + bare(),
        "zeros-before": lambda: bytes(3000) + bare(),
        "tags-at-both-ends": lambda: ID3 + headed() + APE + ID3V1,
        "two-tags-in-front": lambda: ID3 + ID3 + headed(),
        "joined": lambda: headed() + headed(),
        "joined-with-tags": lambda: ID3 + bare() + ID3V1 + ID3 + bare() + ID3V1,
        "joined-rates": lambda: bare() + _lame("-V", "5", "-t", "-m", "m", "--resample", "22.05"),
        "last-frame-cut": lambda: bare()[:-100],
    }


FILES = _files()


@pytest.mark.parametrize("name", FILES)
def test_duration_is_what_a_decoder_finds(tmp_path: Path, name: str) -> None:
    """Within 0.1 s of ffmpeg's decoding, whatever the header says, and whatever stands around the frames."""
    (tmp_path / "x.mp3").write_bytes(FILES[name]())
    command = [need_command("ffmpeg"), "-v", "quiet", "-i", str(tmp_path / "x.mp3"), str(tmp_path / "x.wav")]
    subprocess.run(command, check=True)
    with wave.open(str(tmp_path / "x.wav")) as decoded:
        decoded_seconds = decoded.getnframes() / decoded.getframerate()

    assert _read(tmp_path, "x.mp3").duration_seconds == pytest.approx(decoded_seconds, abs=0.1)


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("x.mp3", lambda: _lame("-V", "5")[:20_000], "is cut off: it promises"),
        ("x.mp3", lambda: _lame("--freeformat", "-b", "192", "-t"), "is free-format MP3, which hardly any app plays"),
        ("x.mp3", lambda: b"", "is empty (0 bytes)"),
        ("x.mp3", lambda: NOISE, "export or copy the recording again"),
    ],
)
def test_what_apps_cannot_play_is_told(tmp_path: Path, name: str, make: Callable[[], bytes], sentence: str) -> None:
    """In a sentence that says what to do."""
    (tmp_path / name).write_bytes(make())

    with pytest.raises(AudioError) as told:
        _read(tmp_path, name)

    assert sentence in str(told.value)


@pytest.mark.parametrize("layout", [["-movflags", "faststart"], []])
def test_m4a_is_read_and_a_torn_one_is_told(tmp_path: Path, layout: list[str]) -> None:
    """Type and ending as Apple wants them; a file that was not copied to its end is held."""
    path = tmp_path / "x.m4a"
    command = [need_command("ffmpeg"), "-v", "error", "-i", "-", "-c:a", "aac", "-b:a", "64k", *layout, str(path)]
    subprocess.run(command, input=_source(), check=True)

    recording = _read(tmp_path, "x.m4a")

    assert (recording.media_type, recording.extension) == ("audio/x-m4a", ".m4a")
    assert recording.duration_seconds == pytest.approx(SECONDS, abs=0.1)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(AudioError):
        _read(tmp_path, "x.m4a")


@pytest.mark.parametrize(
    ("name", "options", "making", "is_lossless"),
    [
        ("x.mp3", ("-c:a", "libmp3lame"), Making.COPY, False),
        ("x.m4a", ("-c:a", "aac"), Making.COPY, False),
        ("x.m4b", ("-c:a", "aac", "-f", "ipod"), Making.COPY, False),
        ("x.mp4", ("-c:a", "aac"), Making.COPY, False),
        ("x.aac", ("-c:a", "aac", "-f", "adts"), Making.WRAP, False),
        ("x.wav", (), Making.ENCODE, True),
        ("x.aiff", (), Making.ENCODE, True),
        ("x.flac", (), Making.ENCODE, True),
        ("x.m4a", ("-c:a", "alac"), Making.ENCODE, True),
        ("x.ogg", ("-c:a", "libvorbis"), Making.ENCODE, False),
        ("x.opus", ("-c:a", "libopus"), Making.ENCODE, False),
    ],
)
def test_what_has_to_be_done_to_each_kind(
    tmp_path: Path, name: str, options: Sequence[str], making: Making, is_lossless: bool
) -> None:
    """Copied if apps play it, put into M4A if only its wrapping is wrong, encoded else; its duration is true."""
    path = tmp_path / name
    subprocess.run([need_command("ffmpeg"), "-v", "error", "-i", "-", *options, str(path)], input=_source(), check=True)

    recording = _read(tmp_path, name)

    assert (recording.making, recording.is_lossless) == (making, is_lossless)
    assert recording.duration_seconds == pytest.approx(SECONDS, abs=0.1)
    assert recording.channels == 2


def test_tags_do_not_change_what_a_recording_is(tmp_path: Path) -> None:
    """The digest is of the sound: tags in front, behind and in between formats leave it as it is."""
    digests = set()
    for number, raw in enumerate(
        [_lame("-V", "5"), ID3 + _lame("-V", "5") + ID3V1, ID3 + ID3 + _lame("-V", "5") + APE]
    ):
        (tmp_path / f"{number}.mp3").write_bytes(raw)
        digests.add(_read(tmp_path, f"{number}.mp3").sound_sha256)

    assert len(digests) == 1


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_bytes_end_in_a_recording_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Real files with bytes changed, cut out and put in: never another exception, never a length below nothing."""
    folder = tmp_path_factory.getbasetemp()
    raw = bytearray(data.draw(st.sampled_from([_lame("-V", "5")[:30_000], ID3 + _lame("-b", "64", "-t")[:9000] + APE])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    (folder / "fuzz.mp3").write_bytes(raw)
    with suppress(AudioError):
        assert _read(folder, "fuzz.mp3").duration_seconds > 0


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"\xff\xfb\x50\xc0", b"ID3", b"TAG", b"\xff", b"APETAGEX", b"LYRICS200", bytes(200)])
        | st.binary(max_size=50),
        max_size=60,
    ).map(b"".join)
)
def test_walking_any_bytes_ends(raw: bytes) -> None:
    """No walk without end, and no sound outside the file."""
    tags = find_tags(BytesIO(raw))
    start, end = tags.start, tags.end
    walk = walk_frames(BytesIO(raw), start, end)

    assert 0 <= start <= end <= len(raw)
    assert walk is None or (walk.frame_count > 0 and start <= walk.first_frame < end)
