"""`podcast_tool check` as people run it: on a show, on files and addresses, and for some rules only."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image as Picture

from .conftest import edit, run_tool, serving
from .full_show import publish_full_show, write_full_show

GUID = "296f32a7-c7d6-5cf6-ab62-21eac212b016"
# Of an older fashion: faults of several rules.
OLD_FEED = (
    (Path(__file__).parent / "feeds" / "golden.xml")
    .read_text("utf-8")
    .replace("<itunes:explicit>false", "<itunes:explicit>no")
    .replace("<itunes:type>", "<itunes:keywords>boats</itunes:keywords><itunes:type>")
)


# After every date in the feeds that are checked.
NOW_EPOCH = "1800000000"


def check(*arguments: str | Path) -> tuple[int, list[tuple[str, str, str]]]:
    """The exit code, and rule, level and place of each problem of the one thing that is checked."""
    result = run_tool("check", "--json", *arguments, environment={"SOURCE_DATE_EPOCH": NOW_EPOCH})
    assert "Traceback" not in result.stderr, result.stderr
    problems = json.loads(result.stdout)["problems"]
    return result.returncode, [(problem["rule"], problem["level"], problem["where"]) for problem in problems]


def serve_at(show_dir: Path, address: str) -> None:
    """Let *address* be where the show is served."""
    file = show_dir / "episodes" / "show.toml"
    file.write_text(re.sub(r'(?<=site_url = ").*?(?=")', address, file.read_text("utf-8")), "utf-8")


# -- a show -----------------------------------------------------------------------------------------------------------


def test_a_show_of_every_field_has_no_fault(tmp_path: Path) -> None:
    """Not even a note; and its feed has none, as it is published."""
    write_full_show(tmp_path / "new")
    published = publish_full_show(tmp_path / "published")

    assert check("--strict", tmp_path / "new") == (0, [])
    assert check("--strict", published.show_dir) == (0, [])
    assert check("--strict", published.show_dir / "feed" / "podcast.xml") == (0, [])


def test_a_wrong_cover_is_told_by_its_rule(show_dir: Path) -> None:
    """AP-COVER-SIZE, with its file, although nothing could be published."""
    Picture.new("RGB", (800, 600), "navy").save(show_dir / "episodes" / "cover.jpg")

    assert check(show_dir) == (1, [("AP-COVER-SIZE", "error", "episodes/cover.jpg")])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"en-us"', '"en_US"', "RSS-CH-LANG"),
        ('"Science > Life Sciences"', '"Science > Biology"', "AP-CAT"),
        (f'"{GUID}"', '"y0ur-gu1d-g035-h3r3"', "P20-GUID-FORM"),
        ("explicit = false", 'explicit = "perhaps"', "FILE-SHOW"),
    ],
)
def test_a_fault_of_show_toml_is_told_by_its_rule(show_dir: Path, old: str, new: str, rule: str) -> None:
    """That of feeds if it breaks one, whether it stops the publish or not."""
    edit(show_dir / "episodes" / "show.toml", old, new)

    assert check(show_dir) == (1, [(rule, "error", "episodes/show.toml")])


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("http://podcast.example.org/", "HTTP-TLS"),
        ("http://127.0.0.1:8000/", "X-LOCALHOST"),
        ("https://192.168.1.20/show/", "X-LOCALHOST"),
        ("https://intranet/", "X-LOCALHOST"),
    ],
)
def test_where_a_show_is_served_is_told_once(show_dir: Path, address: str, rule: str) -> None:
    """Not for each address in the feed; somebody chose it, so it is no error."""
    serve_at(show_dir, address)

    assert check(show_dir) == (0, [(rule, "warning", "episodes/show.toml")])


def test_a_changed_podcast_guid_is_told(show_dir: Path) -> None:
    """X-PGUID-HISTORY: by the published one the show is known."""
    run_tool("publish", show_dir)
    assert check(show_dir) == (0, [])
    edit(show_dir / "episodes" / "show.toml", GUID, "a68b317b-6172-59a5-a9a7-6cc81c9161cd")

    assert check(show_dir) == (1, [("X-PGUID-HISTORY", "error", "episodes/show.toml")])


def test_a_host_that_does_not_answer_hides_nothing(show_dir: Path) -> None:
    """What is wrong with the files is told all the same."""
    with serving(show_dir) as address:
        serve_at(show_dir, f"{address}nothing/")
        (show_dir / "episodes" / "immunotherapy.txt").unlink()
        code, problems = check("--net", show_dir)

    assert (code, [rule for rule, _, _ in problems]) == (1, ["X-LOCALHOST", "AP-IT-REC", "HTTP-GET"])


# -- some rules only --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (["--select", "AP-EXPLICIT"], {"AP-EXPLICIT"}),
        (["--select", "ap-explicit"], {"AP-EXPLICIT"}),
        (["--select", "AP-EXPLICIT,AP-DEPR-TAGS"], {"AP-EXPLICIT", "AP-DEPR-TAGS"}),
        (["--select", "AP", "--ignore", "AP-IT"], {"AP-EXPLICIT", "AP-DEPR-TAGS"}),
        (["--ignore", "AP-*"], set()),
        (["--ignore", "AP-EXPLICIT", "--ignore", "AP-IT-EXPL"], {"AP-DEPR-TAGS"}),
    ],
)
def test_rules_are_chosen(tmp_path: Path, options: list[str], rules: set[str]) -> None:
    """By their ids, or by what those begin with, in any case; the exit code goes by what is left."""
    feed = tmp_path / "feed.xml"
    feed.write_text(OLD_FEED, "utf-8")

    code, problems = check(*options, feed)

    assert {rule for rule, _, _ in problems} == rules
    assert code == int(any(level == "error" for _, level, _ in problems))


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("name", ["AP-EXPLICITT", "NOPE", "AP,NOPE", ""])
def test_an_unknown_rule_is_a_wrong_command_line(option: str, name: str) -> None:
    """A slip would otherwise let every feed pass."""
    result = run_tool("check", option, name, "feed.xml")

    assert result.returncode == 2
    assert "is no rule of check" in result.stderr


def test_what_cannot_be_checked_is_told_whatever_was_selected(tmp_path: Path) -> None:
    """Nobody shall take it for checked."""
    assert check("--select", "AP", tmp_path / "none.xml") == (1, [("FILE-READ", "error", str(tmp_path / "none.xml"))])


# -- an address -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["HTTP", "feed", "ftp"])
def test_an_address_is_no_file(tmp_path: Path, scheme: str) -> None:
    """In whatever case its scheme is written, and if it is none that can be asked."""
    with serving(tmp_path) as address:
        place = scheme + address.removeprefix("http") + "none.xml"
        assert check(place) == (1, [("HTTP-GET", "error", place)])
