"""`publish --watch`: a real process, which waits for the real clock."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from lxml import etree

from .conftest import edit, run_tool, tree

# MPEG-1 layer III, 64 kbit/s, 44.1 kHz, mono, without padding: a header and 204 bytes.
FRAME = bytes.fromhex("fffb50c0") + bytes(204)
PATIENCE_SECONDS = 30.0

# A publish by hand that knows the time of day, too.
NOW = {"SOURCE_DATE_EPOCH": ""}


class Watch:
    """`podcast_tool publish --watch` of these shows."""

    def __init__(self, folder: Path, *show_dirs: Path) -> None:
        self._out, self._err = folder / "stdout", folder / "stderr"
        environment = {key: value for key, value in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "podcast_tool", "publish", "--watch", *map(str, show_dirs)],
                stdout=out,
                stderr=err,
                env={**environment, "PYTHONUTF8": "1"},
            )

    @property
    def stdout(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def stderr(self) -> str:
        return self._err.read_text("utf-8")

    def wait_for(self, words: str, *, count: int = 1) -> None:
        """Until they were said so many times."""
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while (self.stdout + self.stderr).count(words) < count:
            assert self.process.poll() is None, self.stdout + self.stderr
            assert time.monotonic() < ends_at, f"{words!r} was not said in {self.stdout}{self.stderr}"
            time.sleep(0.05)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


Start = Callable[..., Watch]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Start]:
    """Starts one; none is left behind."""
    started: list[Watch] = []

    def start(*show_dirs: Path) -> Watch:
        started.append(Watch(tmp_path, *show_dirs))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


def _schedule(show_dir: Path, stem: str, seconds: float) -> Path:
    """An episode that is due in so many seconds; its recording."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    path = show_dir / "episodes" / f"{stem}.mp3"
    path.write_bytes(FRAME * 8 + stem.encode())
    path.with_suffix(".toml").write_text(f'title = "The {stem}"\npublished = {moment:%Y-%m-%dT%H:%M:%SZ}\n', "utf-8")
    return path


def _start_waiting(watch: Start, show_dir: Path, *stems: str) -> Watch:
    """A watch that waits for new episodes of these names, which are due in a second or two."""
    for seconds in (4, 12, 40):  # on a machine that has much to do, a start takes long
        for stem in stems:
            _schedule(show_dir, stem, seconds)
        due_at = time.time() + seconds
        one = watch(show_dir)
        one.wait_for("next: ")
        if f"next: {min(stems)} at " in one.stdout and time.time() + 1.5 < due_at:
            return one
        assert one.end() == 0
        for name in ("feed", ".podcast_tool"):
            shutil.rmtree(show_dir / name)
    raise AssertionError("a start takes more than half a minute")


def _titles(show_dir: Path) -> list[str]:
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    return [title.text for title in feed.iterfind("channel/item/title")]


SAMPLE = ["What is the Future of Immunotherapy?", "How Does a Cancer Begin?"]


def test_what_is_due_goes_out_as_it_was_when_it_was_read(show_dir: Path, watch: Start) -> None:
    """Files that are half written by then change nothing, neither of it nor of others, until the next publish."""
    one = _start_waiting(watch, show_dir, "owl")
    episodes = show_dir / "episodes"
    (episodes / "owl.toml").write_text('title = "Half wri')
    (episodes / "how-cancer-begins.toml").write_text("")
    (episodes / "immunotherapy.vtt").write_bytes(b"WEBV")
    (episodes / "show.toml").write_text("title = ")
    (episodes / "cover.jpg").write_bytes((episodes / "cover.jpg").read_bytes()[:5000])
    one.wait_for("published owl at ")
    one.wait_for("next: nothing is scheduled")

    assert one.end() == 0
    assert _titles(show_dir) == ["The owl", *SAMPLE]
    assert one.stdout.endswith("\nended: nothing goes out any more until the next publish\n")
    assert one.stdout.count("next: owl") == 1
    assert "immunotherapy.vtt: has changed since it was read; podcast_tool publish takes it in" in one.stderr
    assert sorted(path.name for path in (show_dir / ".podcast_tool").iterdir()) == [
        ".gitignore",
        "lock",
        "memory.sqlite",
        "published",
    ]


def test_a_recording_that_changed_holds_its_episode(show_dir: Path, watch: Start) -> None:
    """It may be half copied; a publish by hand takes it in, and the watch goes on."""
    one = _start_waiting(watch, show_dir, "crane", "owl")
    (show_dir / "episodes" / "owl.mp3").write_bytes(FRAME * 20)
    one.wait_for("published crane at ")

    assert "owl.mp3: has changed since it was read; podcast_tool publish takes it in [held back]" in one.stderr
    assert _titles(show_dir) == ["The crane", *SAMPLE]
    assert run_tool("publish", show_dir, environment=NOW).returncode == 0
    assert sorted(_titles(show_dir)) == sorted(["The crane", "The owl", *SAMPLE])
    assert one.end(signal.SIGINT) == 0


def test_a_publish_by_hand_takes_changes_in(show_dir: Path, watch: Start) -> None:
    """The watch then waits for what is scheduled now, although a publish that schedules changes nothing in feed/."""
    one = watch(show_dir)
    one.wait_for("next: nothing is scheduled")
    before = tree(show_dir / "feed")
    _schedule(show_dir, "owl", 9)
    assert run_tool("publish", show_dir, environment=NOW).returncode == 0
    assert tree(show_dir / "feed") == before
    one.wait_for("next: owl at ")
    one.wait_for("published owl at ")

    assert _titles(show_dir) == ["The owl", *SAMPLE]
    assert one.end() == 0


def test_what_is_added_waits_for_a_publish(show_dir: Path, watch: Start) -> None:
    """An episode that was not there at the last publish may be half copied, however due it is."""
    one = watch(show_dir)
    one.wait_for("next: nothing is scheduled")
    _schedule(show_dir, "owl", 0)
    time.sleep(3)

    assert _titles(show_dir) == SAMPLE
    assert one.end() == 0


def test_a_lock_that_is_taken_is_waited_for(show_dir: Path, watch: Start) -> None:
    """Told once; it holds none itself as long as it waits."""
    one = _start_waiting(watch, show_dir, "owl")
    with FileLock(show_dir / ".podcast_tool" / "lock", timeout=0):
        one.wait_for("is being published already; wait until that has ended (at 20")
        time.sleep(2)
    one.wait_for("published owl at ")

    assert one.stderr.count("is being published already") == 1
    assert one.end() == 0


def test_a_publish_that_fails_is_tried_again(show_dir: Path, watch: Start) -> None:
    """The disk's fault is told once, and does not end the watch."""
    one = _start_waiting(watch, show_dir, "owl")
    obstacle = show_dir / "feed" / "owl"
    obstacle.write_bytes(b"")
    one.wait_for("cannot be written (")
    assert _titles(show_dir) == SAMPLE
    obstacle.unlink()
    one.wait_for("published owl at ")

    assert _titles(show_dir) == ["The owl", *SAMPLE]
    assert one.stderr.count("it will be tried again") == 1
    assert one.end() == 0


def test_several_shows(show_dir: Path, tmp_path: Path, watch: Start) -> None:
    """Each at its time; one that cannot be published does not stop the other, and is taken up once it is mended."""
    other = shutil.copytree(show_dir, tmp_path / "other")
    _schedule(show_dir, "owl", 8)
    _schedule(other, "crane", 0)
    edit(other / "episodes" / "show.toml", "title =", "titel =")
    one = watch(show_dir, other)
    one.wait_for(f"Error: {other}: episodes/show.toml: ")
    one.wait_for(f"next: {show_dir}: owl at ")
    edit(other / "episodes" / "show.toml", "titel =", "title =")
    one.wait_for(f"{show_dir}: published owl at ")
    one.wait_for("wrote feed/feed.xml", count=2)
    one.wait_for("next: nothing is scheduled")

    assert _titles(show_dir) == ["The owl", *SAMPLE]
    assert _titles(other) == ["The crane", *SAMPLE]
    assert one.end() == 0


@pytest.mark.parametrize(
    ("options", "environment", "fault"),
    [
        (("--dry-run",), NOW, "--watch and --dry-run do not go together"),
        (("--retag", "immunotherapy"), NOW, "--watch and --retag do not go together"),
        ((), {}, "SOURCE_DATE_EPOCH makes the clock stand still, so nothing would ever be due; unset it"),
    ],
)
def test_what_cannot_be_is_a_fault_of_the_command_line(
    show_dir: Path, options: tuple[str, ...], environment: dict[str, str], fault: str
) -> None:
    """Told in one sentence, and nothing is published."""
    result = run_tool("publish", "--watch", show_dir, *options, environment=environment)

    assert result.returncode == 2
    assert fault in result.stderr
    assert not (show_dir / "feed").exists()


def test_a_folder_that_is_no_show_is_told_at_once(tmp_path: Path) -> None:
    """There would be nothing to wait for."""
    result = run_tool("publish", "--watch", tmp_path, environment=NOW)

    assert result.returncode == 1
    assert "episodes/show.toml: is not there" in result.stderr
