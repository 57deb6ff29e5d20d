"""Several shows at once, what they have in common, and when to publish again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from .conftest import REPOSITORY, edit, run_tool


def _two_shows(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("one", "two"):
        shutil.copytree(REPOSITORY / "episodes", tmp_path / name / "episodes")
    return tmp_path / "one", tmp_path / "two"


def test_each_show_has_its_own_result(tmp_path: Path) -> None:
    """A show that cannot be published stops no other; the code is the shared one, else 3."""
    one, two = _two_shows(tmp_path)

    assert run_tool("publish", one, two).returncode == 0
    (two / "episodes" / "show.toml").unlink()
    shutil.rmtree(one / "feed")
    result = run_tool("publish", two, one)

    assert result.returncode == 3
    assert result.stderr.count("Error:") == 1
    assert (one / "feed" / "feed.xml").exists()


def test_status_gives_an_object_to_a_line(tmp_path: Path) -> None:
    """In the order given."""
    one, two = _two_shows(tmp_path)
    edit(two / "episodes" / "show.toml", "The Science Behind Cancer", "Another")

    lines = run_tool("status", "--json", one, two).stdout.splitlines()

    assert [json.loads(line)["show"]["title"] for line in lines] == ["The Science Behind Cancer", "Another"]


def test_status_gives_a_line_for_a_show_that_cannot_be_read(tmp_path: Path) -> None:
    """An empty one, so that programs can tell which line is whose; the reason stands on standard error."""
    one, two = _two_shows(tmp_path)
    (one / "episodes" / "show.toml").write_text("title = ")

    result = run_tool("status", "--json", one, two)

    first, second = map(json.loads, result.stdout.splitlines())
    assert (first["show"]["title"], first["episodes"]) == (None, [])
    assert second["show"]["title"] == "The Science Behind Cancer"
    assert second["show"].keys() == first["show"].keys()
    assert (result.returncode, result.stderr.count("Error:")) == (3, 1)


def test_check_takes_shows_and_feeds(tmp_path: Path) -> None:
    """Each with its own line."""
    one, _ = _two_shows(tmp_path)

    result = run_tool("check", one, REPOSITORY / "feed" / "feed.xml")

    assert result.returncode == 0, result.stdout
    assert [line.rpartition(": ")[2] for line in result.stdout.splitlines()] == ["nothing is wrong"] * 2


def test_defaults_are_inherited(tmp_path: Path) -> None:
    """What show.toml does not say is taken from defaults.toml beside the shows; a fault in it is told with its name."""
    one, two = _two_shows(tmp_path)
    for show in (one, two):
        edit(show / "episodes" / "show.toml", 'author = "Example Cancer Institute"\n', "")
    edit(two / "episodes" / "show.toml", "explicit = false", 'explicit = false\nauthor = "Another"')
    (tmp_path / "defaults.toml").write_text('author = "The Press Office"')

    run_tool("publish", one, two)

    assert "<itunes:author>The Press Office<" in (one / "feed" / "feed.xml").read_text("utf-8")
    assert "<itunes:author>Another<" in (two / "feed" / "feed.xml").read_text("utf-8")
    (tmp_path / "defaults.toml").write_text("author = ")
    assert "defaults.toml: is not valid TOML" in run_tool("publish", one).stderr
    (tmp_path / "defaults.toml").write_text('autor = "The Press Office"')
    assert "defaults.toml: unknown key 'autor'; did you mean 'author'?" in run_tool("publish", one).stderr
    (tmp_path / "defaults.toml").write_text('author = 1\ntimezone = "Europe/Rom"')
    assert "defaults.toml: author must be " in run_tool("publish", one).stderr
    edit(one / "episodes" / "show.toml", 'timezone = "America/New_York"\n', "")
    assert "defaults.toml: timezone 'Europe/Rom' is unknown" in run_tool("publish", one).stderr


def test_what_shows_have_in_common_is_no_show(tmp_path: Path) -> None:
    """A shell gives its name among theirs for `shows/*`: it is passed over. Alone it is a wrong command line."""
    _two_shows(tmp_path)
    defaults = tmp_path / "defaults.toml"
    defaults.write_text('author = "The Press Office"')
    everything = sorted(tmp_path.iterdir())

    for command in ("publish", "status", "check"):
        assert run_tool(command, *everything).returncode == 0, command

    assert (tmp_path / "two" / "feed" / "feed.xml").exists()
    assert run_tool("publish", defaults).returncode == 2


def test_a_scheduled_episode_is_told_with_both_times(show_dir: Path) -> None:
    """In UTC, where the show is made, and how long until then; and when to publish again."""
    edit(show_dir / "episodes" / "immunotherapy.toml", "2018-01-17", "2018-02-01")

    published, status = run_tool("publish", show_dir), run_tool("status", show_dir)

    spoken = "2018-02-01 11:00 UTC (06:00 America/New_York), in 15 days"
    assert f"publish again at {spoken}: immunotherapy is due then" in published.stdout
    assert spoken in status.stdout
