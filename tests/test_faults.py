"""A publish that cannot be broken: killed, interrupted or refused at each call that changes the disk."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Event, Thread

import pytest
from lxml import etree
from PIL import Image as Pictures

from podcast_tool.read.ledger import read_ledger

from .conftest import REPOSITORY, edit, need_command, run_tool, tree
from .faults.injection import Fault

SITE = "https://podcast.example.org/owls/"
DAY_SECONDS = 86_400
FIRST_EPOCH = 1_516_186_800
SECOND_EPOCH = FIRST_EPOCH + DAY_SECONDS
SHOW = f"""
title = "Night Owls"
description = "What owls do at night."
site_url = "{SITE}"
guid = "296f32a7-c7d6-5cf6-ab62-21eac212b016"
language = "en"
author = "Example Observatory"
owner = {{ name = "Example Observatory", email = "podcast@example.org" }}
categories = ["Science > Nature"]
explicit = false
cover = "cover.jpg"
"""
CHAPTERS = {"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Dusk"}, {"startTime": 0.5, "title": "Dawn"}]}
TRANSCRIPT = "WEBVTT\n\n00:00.000 --> 00:00.900\nHoo.\n"


# -- running ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    code: int
    """Negative: the number of the signal that killed it."""
    stdout: str
    stderr: str
    calls: Sequence[Sequence[str]]
    """Those that changed the disk, where no fault was put in their way: name, and file below the show folder."""


class Runner:
    """Commands in processes of their own, forked of one that has everything imported."""

    def __init__(self, show_dir: Path) -> None:
        command = [sys.executable, "-m", "tests.faults"]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._send(str(show_dir))

    def run(self, jobs: Sequence[tuple[Path, Fault | None]], *, epoch: int = SECOND_EPOCH) -> list[Ended]:
        """`podcast_tool publish` of each show, with the fault of each; two at the same time."""
        self.start(jobs, epoch=epoch)
        return self.results()

    def start(
        self,
        jobs: Sequence[tuple[Path, Fault | None]],
        *,
        epoch: int | None = SECOND_EPOCH,
        options: Sequence[str] = (),
    ) -> None:
        """As `run`, without waiting for the results; without *epoch* the clock goes."""
        lot = [
            {
                "show_dir": str(show_dir),
                "fault": asdict(fault) if fault else None,
                "arguments": ["publish", *options, str(show_dir)],
                "environment": {"SOURCE_DATE_EPOCH": str(epoch) if epoch else ""},
            }
            for show_dir, fault in jobs
        ]
        self._send(json.dumps(lot))

    def _send(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def results(self) -> list[Ended]:
        """Of the jobs that were started."""
        assert self._process.stdout
        return [Ended(**result) for result in json.loads(self._process.stdout.readline())]

    def end(self) -> None:
        """No more jobs."""
        self._process.communicate()


# -- a show -----------------------------------------------------------------------------------------------------------


def _sound(name: str, pitch_hz: int) -> bytes:
    """A second of a tone in a file of that name."""
    source = ("-f", "lavfi", "-i", f"sine={pitch_hz}:d=1:r=22050", "-ac", "1", "-b:a", "32k")
    is_mp4 = name.endswith(".m4a")
    form = ("-movflags", "frag_keyframe+empty_moov", "-f", "mp4") if is_mp4 else ("-f", "mp3")
    command = [need_command("ffmpeg"), "-v", "error", "-nostdin", *source, *form, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _add(show_dir: Path, name: str, pitch_hz: int) -> None:
    path = show_dir / "episodes" / name
    path.write_bytes(_sound(name, pitch_hz))
    path.with_suffix(".toml").write_text(f'title = "{path.stem}"\npublished = 2018-01-0{pitch_hz // 100}\n', "utf-8")
    path.with_suffix(".txt").write_text(f"About the {path.stem}.\n\nIt is an owl.\n", "utf-8")
    path.with_suffix(".vtt").write_text(TRANSCRIPT, "utf-8")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A show that was published, changed since, and is to be published again; and what that comes to."""

    show_dir: Path
    old: dict[str, bytes]
    """feed/ as it was."""
    new: dict[str, bytes]
    """feed/ as it shall be."""
    work_names: set[str]
    """What stays in .podcast_tool/."""
    calls: Sequence[Sequence[str]]

    def copies(self, folder: Path, count: int) -> list[Path]:
        """The show as it was before the second publish, once for each fault."""
        return [shutil.copytree(self.show_dir, folder / str(number)) for number in range(count)]


def _work_names(show_dir: Path) -> set[str]:
    return {path.name for path in (show_dir / ".podcast_tool").iterdir()}


@pytest.fixture(scope="module")
def first_show(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two episodes, not yet published."""
    show_dir = tmp_path_factory.mktemp("faults") / "show"
    (show_dir / "episodes").mkdir(parents=True)
    (show_dir / "episodes" / "show.toml").write_text(SHOW, "utf-8")
    Pictures.new("RGB", (1400, 1400), "navy").save(show_dir / "episodes" / "cover.jpg")
    _add(show_dir, "barn-owl.mp3", 200)
    _add(show_dir, "eagle-owl.mp3", 300)
    return show_dir


@pytest.fixture(scope="module")
def runner(first_show: Path) -> Iterator[Runner]:
    """The process of which all others are forked."""
    runner = Runner(first_show)
    yield runner
    runner.end()


@pytest.fixture(scope="module")
def stage(first_show: Path, runner: Runner) -> Stage:
    """Of three episodes one is changed, one has another recording and no transcript any more, and one is new."""
    show_dir = first_show
    assert runner.run([(show_dir, None)], epoch=FIRST_EPOCH)[0].code == 0

    episodes = show_dir / "episodes"
    edit(episodes / "barn-owl.toml", '"barn-owl"', '"The Barn Owl"')
    (episodes / "barn-owl.chapters.json").write_text(json.dumps(CHAPTERS), "utf-8")
    (episodes / "eagle-owl.mp3").write_bytes(_sound("x.mp3", 350))
    (episodes / "eagle-owl.vtt").unlink()
    _add(show_dir, "tawny-owl.m4a", 400)
    undisturbed = shutil.copytree(show_dir, show_dir.with_name("undisturbed"))
    ended = runner.run([(undisturbed, None)])[0]
    assert ended.code == 0, ended.stderr
    return Stage(
        show_dir=show_dir,
        old=tree(show_dir / "feed"),
        new=tree(undisturbed / "feed"),
        work_names=_work_names(undisturbed),
        calls=ended.calls,
    )


# -- what has to hold -------------------------------------------------------------------------------------------------


def _assert_whole(stage: Stage, show_dir: Path) -> None:
    """The feed is the old or the new one, and whatever it names is there, with the size that it says."""
    assert (show_dir / "feed" / "feed.xml").read_bytes() in (stage.old["feed.xml"], stage.new["feed.xml"])
    _assert_complete(show_dir)


def _assert_complete(show_dir: Path) -> None:
    """Whatever the feed names is there, with the size that it says."""
    document = etree.fromstring((show_dir / "feed" / "feed.xml").read_bytes())
    addresses = {str(value) for value in document.xpath("//@url | //@href | //channel/image/url/text()")}
    named = {address.removeprefix(SITE) for address in addresses if address.startswith(SITE)}
    assert len(named) > 5
    assert all((show_dir / "feed" / name).exists() for name in named)
    for enclosure in document.iterfind("channel/item/enclosure"):
        path = show_dir / "feed" / enclosure.get("url").removeprefix(SITE)
        assert path.stat().st_size == int(enclosure.get("length"))
    read_ledger(show_dir / "feed")


def _assert_told(ended: Ended) -> None:
    """Exit code 1 and one sentence."""
    assert ended.code == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("Error: ")
    assert "Traceback" not in ended.stderr


def _temporaries(show_dir: Path) -> list[str]:
    return [path.name for path in (show_dir / "feed").rglob("*.podcast_tool-tmp")]


def _one_of_each(show_dirs: Sequence[Path]) -> list[Path]:
    """Of shows that came to the same state, one. What is begun anew in any case does not count."""
    passed_over = {".podcast_tool/spool", ".podcast_tool/memory.sqlite"}
    states: dict[str, Path] = {}
    for show_dir in show_dirs:
        files = {path: content for path, content in tree(show_dir).items() if path not in passed_over}
        folders = sorted(str(path.relative_to(show_dir)) for path in show_dir.rglob("*") if path.is_dir())
        states.setdefault(repr((sorted(files.items()), folders)), show_dir)
    return list(states.values())


def _assert_repaired(stage: Stage, show_dirs: Sequence[Path], runner: Runner) -> None:
    """The next publish gives what an undisturbed one gives, and nothing else lies about."""
    states = _one_of_each(show_dirs)
    for show_dir, ended in zip(states, runner.run([(path, None) for path in states]), strict=True):
        assert ended.code == 0, ended.stderr
        assert tree(show_dir / "feed") == stage.new
        assert _work_names(show_dir) == stage.work_names
        assert (show_dir / ".podcast_tool" / ".gitignore").read_bytes() == b"*\n"


def _points(stage: Stage, names: str = "") -> list[int]:
    """The calls of those names, else all; of many writes into one file in a row, the first and the last."""
    calls = [("", ""), *map(tuple, stage.calls), ("", "")]
    inner = {at - 1 for at in range(1, len(calls) - 1) if calls[at - 1] == calls[at] == calls[at + 1]}
    wanted = names.split() or {name for name, _ in stage.calls}
    return [at for at, (name, _) in enumerate(stage.calls) if name in wanted and at not in inner]


def _strike(stage: Stage, runner: Runner, folder: Path, faults: Sequence[Fault]) -> list[tuple[Path, Ended]]:
    """A copy of the show for each fault, and how its publish ended; the feed is whole in every one."""
    show_dirs = stage.copies(folder, len(faults))
    struck = list(zip(show_dirs, runner.run(list(zip(show_dirs, faults, strict=True))), strict=True))
    for show_dir, _ in struck:
        _assert_whole(stage, show_dir)
    return struck


# -- killed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "names"), [("kill", ""), ("tear", "write sendfile mkdir replace unlink rmdir")])
def test_killed_at_any_call(stage: Stage, runner: Runner, tmp_path: Path, kind: str, names: str) -> None:
    """Before each call, behind it, and half way through each write: the next publish repairs all."""
    struck = _strike(stage, runner, tmp_path, [Fault(kind=kind, at=at) for at in _points(stage, names)])

    assert {ended.code for _, ended in struck} == {-signal.SIGKILL}
    feeds = {(show_dir / "feed" / "feed.xml").read_bytes() for show_dir, _ in struck}
    assert feeds == {stage.old["feed.xml"], stage.new["feed.xml"]}
    _assert_repaired(stage, [show_dir for show_dir, _ in struck], runner)


def test_ctrl_c_at_any_call(stage: Stage, runner: Runner, tmp_path: Path) -> None:
    """No traceback; nothing half written is left in feed/, and the lock is free."""
    struck = _strike(stage, runner, tmp_path, [Fault(kind="SIGINT", at=at) for at in _points(stage)])

    for show_dir, ended in struck:
        assert (ended.code, ended.stderr.strip()) == (1, "Aborted!")
        assert _temporaries(show_dir) == []
    _assert_repaired(stage, [show_dir for show_dir, _ in struck], runner)


def test_sigterm(stage: Stage, runner: Runner, tmp_path: Path) -> None:
    """It ends at once, without a word; to the disk it is the same as a kill."""
    struck = _strike(stage, runner, tmp_path, [Fault(kind="SIGTERM", at=at) for at in _points(stage)[::10]])

    assert {(ended.code, ended.stderr) for _, ended in struck} == {(-signal.SIGTERM, "")}
    _assert_repaired(stage, [show_dir for show_dir, _ in struck], runner)


# -- refused ----------------------------------------------------------------------------------------------------------


def _assert_refused(stage: Stage, struck: Sequence[tuple[Path, Ended]]) -> None:
    """One sentence and exit code 1, or done all the same."""
    for show_dir, ended in struck:
        assert _temporaries(show_dir) == []
        assert "Traceback" not in ended.stderr
        if ended.code == 1:
            _assert_told(ended)
            continue
        feed = tree(show_dir / "feed")
        left = {name: content for name, content in feed.items() if name not in stage.new}
        assert feed == stage.new | left
        assert left.items() <= stage.old.items()  # what was to be deleted waits for the next publish
        assert ended.code == (3 if left else 0)
        for name in left:
            assert f"error: feed/{name}: could not be deleted (" in ended.stderr
            assert f"deleted feed/{name}" not in ended.stdout


def _is_of_media(stage: Stage, at: int) -> bool:
    """Whether a call is of the making of a recording: what fails there may hold that one episode back."""
    return stage.calls[at][1].startswith(".podcast_tool/made/")


@pytest.mark.parametrize("kind", ["ENOSPC", "EIO", "EACCES"])
def test_refused_at_any_call(stage: Stage, runner: Runner, tmp_path: Path, kind: str) -> None:
    """Told in one sentence; before all is durable, feed/ has not changed by a byte."""
    points = [at for at in _points(stage) if not _is_of_media(stage, at)]
    struck = _strike(stage, runner, tmp_path, [Fault(kind=kind, at=at) for at in points])

    _assert_refused(stage, struck)
    first_rename = next(at for at, (name, _) in enumerate(stage.calls) if name == "replace")
    for at, (show_dir, ended) in zip(points, struck, strict=True):
        if ended.code and at < first_rename:
            assert tree(show_dir / "feed") == stage.old
    _assert_repaired(stage, [show_dir for show_dir, _ in struck], runner)


@pytest.mark.parametrize("kind", ["ENOSPC", "EIO"])
def test_refused_while_a_recording_is_made(stage: Stage, runner: Runner, tmp_path: Path, kind: str) -> None:
    """Nothing goes out, or all but that one episode."""
    points = [at for at in _points(stage) if _is_of_media(stage, at)]
    show_dirs = stage.copies(tmp_path, len(points))
    faults = [Fault(kind=kind, at=at) for at in points]

    for show_dir, ended in zip(show_dirs, runner.run(list(zip(show_dirs, faults, strict=True))), strict=True):
        feed = (show_dir / "feed" / "feed.xml").read_bytes()
        assert "Traceback" not in ended.stderr
        # A full disk is no fault of the recording's.
        assert ended.code in ((0, 1) if kind == "ENOSPC" else (0, 1, 3)), ended.stderr
        if ended.code == 3:
            assert "tawny-owl.m4a" in ended.stderr
            assert b"tawny-owl" not in feed
            assert etree.fromstring(feed).findtext("channel/item/title") == "eagle-owl"
        else:
            _assert_whole(stage, show_dir)
    _assert_repaired(stage, show_dirs, runner)


def test_a_disk_that_is_full_from_some_call_on(stage: Stage, runner: Runner, tmp_path: Path) -> None:
    """The way out needs no room either."""
    points = [at for at in _points(stage)[::3] if not _is_of_media(stage, at)]
    struck = _strike(stage, runner, tmp_path, [Fault(kind="ENOSPC", at=at, lasts=True) for at in points])

    _assert_refused(stage, struck)
    _assert_repaired(stage, [show_dir for show_dir, _ in struck], runner)


@pytest.mark.parametrize(("kind", "reason"), [("EROFS", "Read-only file system"), ("EACCES", "Permission denied")])
@pytest.mark.parametrize(("below", "named"), [("feed", "/feed/"), (".podcast_tool", "/.podcast_tool/lock")])
def test_a_folder_that_nobody_may_write_to(
    stage: Stage, runner: Runner, tmp_path: Path, kind: str, reason: str, below: str, named: str
) -> None:
    """The sentence names it, and feed/ stays as it is."""
    fault = Fault(kind=kind, at=0, lasts=True, below=below)
    [(show_dir, ended)] = _strike(stage, runner, tmp_path, [fault])

    _assert_told(ended)
    assert named in ended.stderr
    assert f"({reason})" in ended.stderr
    assert tree(show_dir / "feed") == stage.old
    _assert_repaired(stage, [show_dir], runner)


def test_a_file_is_named_also_where_the_system_does_not(stage: Stage, runner: Runner, tmp_path: Path) -> None:
    """A write has no file name in its error."""
    at = next(at for at, call in enumerate(stage.calls) if call[0] == "write" and "barn-owl/.index" in call[1])
    [(show_dir, ended)] = _strike(stage, runner, tmp_path, [Fault(kind="ENOSPC", at=at)])

    assert ended.stderr == (
        f"Error: {show_dir}/feed/barn-owl/index.html: cannot be written (No space left on device); "
        "what was published stays: mend that and try again\n"
    )


# -- what lies beside the show ----------------------------------------------------------------------------------------


def _unwritable(work_folder: Path) -> None:
    memory = work_folder / "memory.sqlite"
    if memory.is_file():
        memory.unlink()
        (memory / "x").mkdir(parents=True)


def _torn(work_folder: Path) -> None:
    with sqlite3.connect(work_folder / "memory.sqlite") as database:
        database.execute("update rendered set render = cast(replace(render, 'owl', x'00') as blob)")
    database.close()


def _ignoring_nothing(work_folder: Path) -> None:
    (work_folder / ".gitignore").write_bytes(b"")


@pytest.mark.parametrize("harm", [_unwritable, _torn, _ignoring_nothing])
def test_harm_in_the_work_folder_changes_nothing(
    stage: Stage, runner: Runner, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    """What is remembered is believed only as it was written, and what a killed run left there is put right."""
    [show_dir] = stage.copies(tmp_path, 1)
    for _ in range(2):
        harm(show_dir / ".podcast_tool")
        [ended] = runner.run([(show_dir, None)])
        assert ended.code == 0, ended.stderr
        assert tree(show_dir / "feed") == stage.new
        assert (show_dir / ".podcast_tool" / ".gitignore").read_bytes() == b"*\n"


# -- others at work ---------------------------------------------------------------------------------------------------


def _wait_for(path: Path) -> None:
    ends_at = time.monotonic() + 30
    while not (path.exists() and path.read_bytes()):
        assert time.monotonic() < ends_at, f"{path.name} never came"
        time.sleep(0.01)


def _pause(runner: Runner, show_dir: Path) -> Path:
    """Start a publish that waits where it is about to write into feed/; gives the file with its number."""
    marker = show_dir.with_name("paused")
    runner.start([(show_dir, Fault(kind="pause", at=0, below="feed", marker=str(marker)))])
    _wait_for(marker)
    return marker


def test_the_second_of_two_publishes_says_so_and_a_kill_frees_the_lock(
    stage: Stage, runner: Runner, tmp_path: Path
) -> None:
    """The lock is the operating system's."""
    [show_dir] = stage.copies(tmp_path, 1)
    marker = _pause(runner, show_dir)
    second = run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": str(SECOND_EPOCH)})
    os.kill(int(marker.read_text("ascii")), signal.SIGKILL)

    assert runner.results()[0].code == -signal.SIGKILL
    assert second.returncode == 1
    assert second.stderr.endswith("is being published already; wait until that has ended\n")
    assert tree(show_dir / "feed") == stage.old
    _assert_repaired(stage, [show_dir], runner)


def _shorten(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwrite(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2000] + bytes(2000))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (Path.unlink, "went while it was being published; put it back and publish again"),
        (_shorten, "is still being copied; publish again once it is whole"),
        (_overwrite, "is still being copied; publish again once it is whole"),
    ],
    ids=["gone", "shorter", "overwritten"],
)
def test_a_recording_that_changes_under_way(
    stage: Stage, runner: Runner, tmp_path: Path, change: Callable[[Path], None], fault: str
) -> None:
    """Its episode stays as it was published, in its very bytes, and all others go out."""
    [show_dir] = stage.copies(tmp_path, 1)
    recording = show_dir / "episodes" / "eagle-owl.mp3"
    marker, before = _pause(runner, show_dir), recording.read_bytes()
    change(recording)
    marker.with_name("paused.go").touch()

    [ended] = runner.results()
    assert ended.code == 3
    assert f"error: episodes/eagle-owl.mp3: {fault} [held back]" in ended.stderr
    feed = tree(show_dir / "feed")
    old, new = (_items(feed["feed.xml"]) for feed in (stage.old, feed))
    assert set(new) == {"The Barn Owl", "eagle-owl", "tawny-owl"}
    assert new["eagle-owl"] == old["eagle-owl"]
    assert {name for name in feed if name.startswith("audio/eagle-owl.")} == {
        name for name in stage.old if name.startswith("audio/eagle-owl.")
    }
    recording.write_bytes(before)
    _assert_repaired(stage, [show_dir], runner)


def test_a_recording_that_grows_is_held(stage: Stage, tmp_path: Path) -> None:
    """As long as somebody copies it; the others go out, and it follows when it is whole."""
    [show_dir] = stage.copies(tmp_path, 1)
    path, is_over = show_dir / "episodes" / "eagle-owl.mp3", Event()
    sound = path.read_bytes()

    def copy() -> None:
        with path.open("wb", buffering=0) as file:
            while not is_over.wait(0.005):
                file.write(sound[: 1 << 14])

    copying = Thread(target=copy)
    copying.start()
    try:
        result = run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": str(SECOND_EPOCH)})
    finally:
        is_over.set()
        copying.join()

    assert result.returncode == 3
    assert "episodes/eagle-owl.mp3: is still being copied; publish again once it is whole [held back]" in result.stderr
    old, new = (_items(feed) for feed in (stage.old["feed.xml"], (show_dir / "feed" / "feed.xml").read_bytes()))
    assert set(new) == {"The Barn Owl", "eagle-owl", "tawny-owl"}
    assert new["eagle-owl"] == old["eagle-owl"]


def _items(feed: bytes) -> dict[str, bytes]:
    """Title -> the item in its bytes."""
    parts = re.findall(rb"<item>.*?</item>", feed, re.DOTALL)
    return {etree.fromstring(re.sub(rb"(</?)\w+:", rb"\1", part)).findtext("title"): part for part in parts}


def test_a_recording_that_goes_while_others_are_read(stage: Stage, runner: Runner, tmp_path: Path) -> None:
    """A new episode is held, too, and a second publish under way finds the others as they were."""
    [show_dir] = stage.copies(tmp_path, 1)
    marker = _pause(runner, show_dir)
    for name in ("tawny-owl.m4a", "eagle-owl.mp3"):
        (show_dir / "episodes" / name).unlink()
    marker.with_name("paused.go").touch()

    [ended] = runner.results()
    assert ended.code == 3
    assert "episodes/eagle-owl.mp3: went while" in ended.stderr
    assert set(_items((show_dir / "feed" / "feed.xml").read_bytes())) >= {"The Barn Owl", "eagle-owl"}


@pytest.mark.parametrize("kind", ["SIGTERM", "SIGINT"])
def test_a_watch_is_ended_at_any_call(stage: Stage, runner: Runner, tmp_path: Path, kind: str) -> None:
    """Exit code 0 and one line; a publish under way is undone, or done but for its lines."""
    points = _points(stage)[:: 7 if kind == "SIGTERM" else 13]
    show_dirs = stage.copies(tmp_path, len(points))
    runner.start(
        [(show_dir, Fault(kind=kind, at=at)) for show_dir, at in zip(show_dirs, points, strict=True)],
        epoch=None,
        options=("--watch",),
    )

    for show_dir, ended in zip(show_dirs, runner.results(), strict=True):
        assert (ended.code, ended.stderr) == (0, "")
        assert ended.stdout.endswith("ended: nothing goes out any more until the next publish\n")
        assert _temporaries(show_dir) == []
        _assert_complete(show_dir)


# -- what is deleted --------------------------------------------------------------------------------------------------

FOREIGN = [
    ".htaccess",
    "notes.txt",
    "audio/jingle.mp3",
    "audio/eagle-owl.mp3",
    "audio/.hidden",
    "barn-owl/photo.jpg",
    "barn-owl/slides.pdf",
    "barn-owl/transcript.pdf",
    "eagle-owl/extra/index.html",
    "other/index.html",
    ".folder.podcast_tool-tmp/x",
    "podcast_tool-tmp",
]


def test_only_files_of_ours_are_deleted(stage: Stage, tmp_path: Path) -> None:
    """Files that others put into feed/ stay, whatever goes: withdrawn episodes, replaced recordings, what was left."""
    [show_dir] = stage.copies(tmp_path, 1)
    feed_dir = show_dir / "feed"
    for name in FOREIGN:
        (feed_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (feed_dir / name).write_bytes(b"foreign")
    (feed_dir / "audio" / ".x.mp3.podcast_tool-tmp").write_bytes(b"left by a killed run")

    def run(*arguments: str, days: int) -> None:
        epoch = str(SECOND_EPOCH + days * DAY_SECONDS)
        result = run_tool(*arguments, show_dir, environment={"SOURCE_DATE_EPOCH": epoch})
        assert result.returncode == 0, result.stderr
        assert {name for name in FOREIGN if (feed_dir / name).is_file()} == set(FOREIGN)

    def ours() -> set[str]:
        return set(tree(feed_dir)) - set(FOREIGN)

    run("publish", days=0)
    assert ours() == set(stage.new)
    run("withdraw", "barn-owl", "--now", days=1)
    assert ours() == {name for name in stage.new if "barn-owl" not in name}
    [replaced] = {name for name in stage.old if name.startswith("audio/eagle-owl.")}
    run("publish", days=730)
    assert ours() == {name for name in stage.new if "barn-owl" not in name} - {replaced}
