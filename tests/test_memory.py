"""What is remembered beside the show: believed only of files that have not changed, and never a danger."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import sqlite3
import time
from io import BytesIO
from pathlib import Path

import pytest

from podcast_tool.model import EpisodeFiles, Reading
from podcast_tool.publish.memory import MEMORY_FILE, _Careful, open_memory
from podcast_tool.read.episode import read_episode
from podcast_tool.read.find import find_episodes

from .conftest import edit, run_tool, tree

SETTLED_SECONDS = 2.2


@pytest.fixture
def settled_show_dir(show_dir: Path) -> Path:
    """A show whose files are no longer so new that they may still be being written."""
    (show_dir / ".podcast_tool").mkdir()
    time.sleep(SETTLED_SECONDS)
    return show_dir


def _first(show_dir: Path) -> tuple[EpisodeFiles, Reading]:
    files = find_episodes(show_dir).episodes[0]
    return files, read_episode(files, show_dir)


def _keep(show_dir: Path) -> EpisodeFiles:
    files, reading = _first(show_dir)
    with open_memory(show_dir / ".podcast_tool", is_writable=True) as memory:
        memory.keep_reading(files, reading, show_dir)
    return files


def _recall(show_dir: Path, files: EpisodeFiles) -> Reading | None:
    with open_memory(show_dir / ".podcast_tool", is_writable=False) as memory:
        return memory.recall_reading(files, show_dir)


def test_what_unchanged_files_said_is_remembered(settled_show_dir: Path) -> None:
    """The very value that reading them again would give."""
    files = _keep(settled_show_dir)

    assert _recall(settled_show_dir, files) == _first(settled_show_dir)[1]


def test_a_changed_file_is_read_again(settled_show_dir: Path) -> None:
    """Also one of the same size and with its old time put back."""
    files = _keep(settled_show_dir)
    path = settled_show_dir / files.articles[0]
    times = path.stat()
    edit(path, "Every cancer", "Every Cancer")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert _recall(settled_show_dir, files) is None


def test_a_new_file_beside_the_others_is_noticed(settled_show_dir: Path) -> None:
    """What belongs to an episode is a part of what is remembered of it."""
    _keep(settled_show_dir)
    shutil.copy(
        settled_show_dir / "episodes/how-cancer-begins.vtt", settled_show_dir / "episodes/how-cancer-begins.de.vtt"
    )

    assert _recall(settled_show_dir, find_episodes(settled_show_dir).episodes[0]) is None


def test_a_file_that_was_just_written_is_not_remembered(show_dir: Path) -> None:
    """It may change again within the same tick of its folder's clock."""
    (show_dir / ".podcast_tool").mkdir()
    (show_dir / "episodes" / "how-cancer-begins.toml").touch()

    assert _recall(show_dir, _keep(show_dir)) is None


@pytest.mark.parametrize("raw", [b"", b"no database", os.urandom(5000)])
def test_a_damaged_memory_changes_nothing(settled_show_dir: Path, raw: bytes) -> None:
    """Publishing gives the same bytes with it, without it, and with noise in its place."""
    run_tool("publish", settled_show_dir)
    before = tree(settled_show_dir / "feed")
    (settled_show_dir / ".podcast_tool" / MEMORY_FILE).write_bytes(raw)
    shutil.rmtree(settled_show_dir / "feed")

    assert run_tool("publish", settled_show_dir).returncode == 0
    assert tree(settled_show_dir / "feed") == before
    assert run_tool("publish", settled_show_dir).stdout.startswith("nothing to do")


class _Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("harmed",)


def test_a_hostile_memory_runs_nothing(settled_show_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A show may come from anywhere, its memory with it: no value in it is more than a value."""
    monkeypatch.chdir(tmp_path)
    files = _keep(settled_show_dir)
    raw = pickle.dumps(_Harmful())
    with sqlite3.connect(settled_show_dir / ".podcast_tool" / MEMORY_FILE) as database:
        database.execute("update readings set reading = ?", (hashlib.sha256(raw).digest() + raw,))
    database.close()

    assert _recall(settled_show_dir, files) is None
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("podcast_tool.model.show", "dataclass"),
        ("podcast_tool.model.show", "__builtins__"),
        ("podcast_tool.model.show", "__loader__"),
        ("podcast_tool.model.ledger", "is_whole_address"),
        ("podcast_tool.model.reading", "Article"),
        ("podcast_tool.errors", "PodcastError"),
    ],
)
def test_a_hostile_memory_names_only_classes_of_values(module: str, name: str) -> None:
    """What a module of values holds besides them, such as what it imports, is out of reach."""
    named = f"c{module}\n{name}\n.".encode()

    with pytest.raises(pickle.UnpicklingError, match="is no value of ours"):
        _Careful(BytesIO(named)).load()


def test_what_is_being_made_is_never_written_through_a_link(show_dir: Path, tmp_path: Path) -> None:
    """A show may come from anywhere, and its work folder with it."""
    (show_dir / ".podcast_tool").mkdir()
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("mine", "utf-8")
    (show_dir / ".podcast_tool" / "spool").symlink_to(elsewhere)

    assert run_tool("publish", show_dir).returncode == 0
    assert elsewhere.read_text("utf-8") == "mine"


def test_files_of_feed_that_were_changed_by_hand_are_made_again(settled_show_dir: Path) -> None:
    """What is remembered is no reason to leave a page as somebody broke it."""
    run_tool("publish", settled_show_dir)
    run_tool("publish", settled_show_dir)
    page = settled_show_dir / "feed" / "immunotherapy" / "index.html"
    before = page.read_bytes()
    page.write_bytes(b"broken")

    assert "wrote feed/immunotherapy/index.html" in run_tool("publish", settled_show_dir).stdout
    assert page.read_bytes() == before
