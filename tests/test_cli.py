"""How the command behaves on a terminal and in a pipe."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from podcast_tool import __version__
from podcast_tool.cli import cli

from .conftest import REPOSITORY, run_tool

COMMANDS = sorted(cli.commands)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_no_library_but_click(option: str) -> None:
    """They answer at once: what is heavy is imported by the command that needs it."""
    heavy = "feedgen mutagen lxml msgspec yaml nh3 markdown_it linkify_it trafilatura mammoth jinja2 PIL rich fsspec"
    program = (
        "import sys\nfrom podcast_tool.cli import cli\n"
        f"try: cli([{option!r}])\nexcept SystemExit: pass\n"
        f"print(sorted(set({heavy.split()!r}) & set(sys.modules)), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stderr.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example_and_stands_in_the_readme(name: str) -> None:
    """`--help` ends in a line that can be pasted; the README tells the job."""
    command = cli.commands[name]

    assert command.epilog
    assert command.epilog.startswith(f"Example: podcast_tool {name}")
    assert f"podcast_tool {name}" in (REPOSITORY / "README.md").read_text("utf-8")


def test_python_m_is_the_same_command() -> None:
    """`python -m podcast_tool --version` names program and version."""
    assert run_tool("--version").stdout == f"podcast_tool, version {__version__}\n"


def test_status_lists_each_episode(show_dir: Path) -> None:
    """State, moment, slug and title in a line, newest first; the sum on the last."""
    run_tool("publish", show_dir)

    assert run_tool("status", show_dir).stdout.splitlines() == [
        "published  2018-01-17 11:00 UTC  immunotherapy  What is the Future of Immunotherapy?",
        "           episodes/immunotherapy.txt: cut 5 lines after the article: comments",
        "published  2017-11-08 11:00 UTC  how-cancer-begins  How Does a Cancer Begin?",
        "           episodes/how-cancer-begins.txt: cut 4 lines after the article: comments",
        "2 episodes: 2 published",
    ]


def test_status_json_has_the_promised_shape(show_dir: Path) -> None:
    """Stable keys; what is not known is null; problems have rule, level, where and message."""
    (show_dir / "episodes" / "immunotherapy.toml").write_text("publised = 2018-01-17")

    result = run_tool("status", show_dir, "--json")

    document = json.loads(result.stdout)
    assert result.returncode == 3
    assert document["show"]["feed_url"] == "https://podcast.example.org/science-behind-cancer/feed.xml"
    good, held = sorted(document["episodes"], key=lambda episode: episode["slug"])
    assert good == {
        "slug": "how-cancer-begins",
        "state": "ready",
        "title": "How Does a Cancer Begin?",
        "guid": "deff7f8d-9fd0-5509-af79-2ac411988068",
        "published_at": "2017-11-08T11:00:00+00:00",
        "duration_seconds": 66.11,
        "enclosure_url": "https://podcast.example.org/science-behind-cancer/audio/how-cancer-begins.9f24b27a.mp3",
        "problems": [],
        "cuts": ["episodes/how-cancer-begins.txt: cut 4 lines after the article: comments"],
        "loudness_lufs": None,
    }
    assert (held["state"], held["guid"], held["published_at"], held["enclosure_url"]) == ("held", None, None, None)
    assert held["problems"] == [
        {
            "rule": "FILE-SIDECAR",
            "level": "error",
            "where": "episodes/immunotherapy.toml",
            "message": "unknown key 'publised'; did you mean 'published'?",
        }
    ]


def test_results_and_complaints_go_their_own_ways(show_dir: Path) -> None:
    """Results to standard output, complaints to standard error, no colour in a pipe."""
    (show_dir / "episodes" / "immunotherapy.toml").write_text("title =")

    result = run_tool("publish", show_dir)

    assert "error: episodes/immunotherapy.toml" in result.stderr
    assert "error" not in result.stdout
    assert "\x1b[" not in result.stdout + result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("no_color", "has_colour"), [(None, True), ("1", False)])
def test_colour_on_a_terminal_unless_it_is_declined(show_dir: Path, no_color: str | None, has_colour: bool) -> None:
    """NO_COLOR is honoured (no-color.org)."""
    import pty

    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    if no_color:
        environment["NO_COLOR"] = no_color
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "podcast_tool", "status", str(show_dir)]
    subprocess.run(command, stdout=theirs, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    shown = os.read(ours, 65536)
    os.close(ours)

    assert (b"\x1b[" in shown) is has_colour


def test_a_terminal_that_knows_no_umlaut_gets_an_escape(show_dir: Path) -> None:
    """No traceback for a title that the terminal cannot show; nor does a title command the terminal."""
    sidecar = show_dir / "episodes" / "immunotherapy.toml"
    sidecar.write_text('title = "聴\\u001b[31m"\npublished = 2018-01-17', encoding="utf-8")

    result = run_tool("status", show_dir, environment={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"})

    assert result.returncode == 0, result.stderr
    assert "\\u8074[31m" in result.stdout


def test_wrong_command_lines_have_exit_code_2(show_dir: Path) -> None:
    """As click has it."""
    assert run_tool("publish", show_dir, "--no-such-option").returncode == 2
    assert run_tool("publish", show_dir / "nowhere").returncode == 2


def test_a_clock_that_is_none_is_told(show_dir: Path) -> None:
    """SOURCE_DATE_EPOCH has to be a number of seconds."""
    result = run_tool("publish", show_dir, environment={"SOURCE_DATE_EPOCH": "yesterday"})

    assert result.returncode == 1
    assert "SOURCE_DATE_EPOCH: 'yesterday' is no moment" in result.stderr
