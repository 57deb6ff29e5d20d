"""A new show and a new episode, written by the command as people run it, and then published."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from podcast_tool.authoring.add import Sources, name_targets
from podcast_tool.authoring.cover import make_cover
from podcast_tool.authoring.init import ShowAnswers, find_fault, render_show
from podcast_tool.authoring.placing import copy_of, place, placement_of
from podcast_tool.authoring.sidecars import FieldLine, edit_toml, render_toml
from podcast_tool.errors import PodcastError, WriteError
from podcast_tool.picture.draw import draw_words
from podcast_tool.read.fields import parse_document
from podcast_tool.read.show import podcast_guid
from podcast_tool.read.transcript import split_transcript_name
from podcast_tool.text import clean_text

from .conftest import REPOSITORY, SAMPLE_EPOCH, edit, run_tool, tree

SAMPLE = REPOSITORY / "episodes"
TALK = SAMPLE / "immunotherapy.mp3"
Make = Callable[[Path], Any]
OWLS = {
    "--title": "Night Owls",
    "--description": 'What owls do at night,\nand "why".',
    "--site-url": "https://podcast.example.org/owls",
    "--language": "en-gb",
    "--category": "Science > Nature",
    "--author": "Example Institute",
    "--email": "podcast@example.org",
    "--timezone": "America/New_York",
}
ANSWERS: dict[str, Any] = {
    "title": "Owls",
    "description": "About owls",
    "site_url": "https://podcast.example.org/",
    "language": "en",
    "categories": ("Science",),
    "explicit": False,
}


def _options(**changes: str | None) -> list[str]:
    wanted = OWLS | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [part for name, value in wanted.items() if value is not None for part in (name, value)] + ["--clean"]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A show that `init` has just begun, to be copied."""
    folder = tmp_path_factory.mktemp("begun") / "owls"
    result = run_tool("init", folder, *_options())
    assert (result.returncode, result.stderr) == (0, "")
    return folder


@pytest.fixture
def owls(begun: Path, tmp_path: Path) -> Path:
    """A show that `init` has just begun."""
    shutil.copytree(begun, tmp_path / "owls")
    return tmp_path / "owls"


def _guids(show_dir: Path) -> list[str]:
    return re.findall(r"<guid[^>]*>([^<]+)</guid>", (show_dir / "feed" / "feed.xml").read_text("utf-8"))


def _sidecar(show_dir: Path, stem: str) -> dict[str, object]:
    return tomllib.loads((show_dir / "episodes" / f"{stem}.toml").read_text("utf-8"))


# -- init -------------------------------------------------------------------------------------------------------------


def test_a_begun_show_and_an_added_episode_publish_without_a_complaint(owls: Path) -> None:
    """init, add, publish: every address, guid and field in place; what is told is true."""
    files = [SAMPLE / f"how-cancer-begins{ending}" for ending in (".mp3", ".txt", ".vtt")]

    added = run_tool(
        "add", files[0], "--show", owls, "--article", files[1], "--transcript", files[2], "--date", "2017-11-08"
    )
    published = run_tool("publish", owls)

    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout.splitlines()[-1] == f"next: podcast_tool publish {owls}"
    assert published.returncode == 0
    assert published.stderr == "note: episodes/how-cancer-begins.txt: cut 4 lines after the article: comments\n"
    assert _guids(owls) == [_sidecar(owls, "how-cancer-begins")["guid"]]
    assert run_tool("check", owls).returncode == 0


def test_show_toml_says_what_was_said(owls: Path) -> None:
    """Each answer, the address as a folder, the guid of its feed's address; comments only beside."""
    assert tomllib.loads((owls / "episodes" / "show.toml").read_text("utf-8")) == {
        "title": "Night Owls",
        "description": 'What owls do at night,\nand "why".',
        "site_url": "https://podcast.example.org/owls/",
        "guid": podcast_guid("https://podcast.example.org/owls/feed.xml"),
        "language": "en-gb",
        "categories": ["Science > Nature"],
        "explicit": False,
        "cover": "cover.jpg",
        "author": "Example Institute",
        "owner": {"name": "Example Institute", "email": "podcast@example.org"},
        "timezone": "America/New_York",
    }


def test_what_is_suggested_in_show_toml_can_be_taken(owls: Path) -> None:
    """Each commented line of a show that said little is a line that publishes once its `#` is gone."""
    show_file = owls / "episodes" / "show.toml"
    show_file.unlink()
    run_tool("init", owls, *_options(author=None, email=None, timezone=None))
    text = show_file.read_text("utf-8")
    show_file.write_text(re.sub(r"^# (?=\w+ = )", "", text, flags=re.MULTILINE), "utf-8")

    result = run_tool("status", owls)

    assert "# owner = " in text
    assert "# author = " in text
    assert (result.returncode, result.stderr, result.stdout) == (0, "", "no episodes\n")


def test_what_a_script_leaves_out_is_named(tmp_path: Path) -> None:
    """Without a terminal nobody can be asked: exit code 2, and each option that is lacking."""
    result = run_tool("init", tmp_path / "new", "--title", "Owls")

    assert result.returncode == 2
    assert "Missing option --description, --site-url, --language, --category, --explicit/--clean." in result.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("title", " ", "title is empty; write something"),
        ("language", "english", "language 'english' is no language code (RSS-CH-LANG), such as \"en-gb\""),
        ("category", "Helth", "'Helth' is not one of Apple's (AP-CAT); did you mean 'Health & Fitness'?"),
        ("site_url", "podcast.example.org", "site_url must be an address that begins with https://"),
        ("site_url", "https://example.org/feed.xml", "site_url must be the folder in which feed/ is served"),
        ("site_url", "https://[", "site_url must be an address that begins with https://"),
        ("timezone", "Europe/Berln", "timezone 'Europe/Berln' is unknown; did you mean 'Europe/Berlin'?"),
        ("timezone", "../../etc/passwd", "timezone '../../etc/passwd' is unknown"),
        ("email", "podcast at example.org", "is no mail address (AP-OWNER)"),
    ],
)
def test_a_wrong_answer_is_told_at_once(tmp_path: Path, option: str, value: str, sentence: str) -> None:
    """By the option's name, in the very sentence that `publish` would have, and nothing is written."""
    result = run_tool("init", tmp_path / "new", *_options(**{option: value}))

    assert result.returncode == 2
    assert f"Error: --{option.replace('_', '-')}: " in result.stderr
    assert sentence in result.stderr
    assert not (tmp_path / "new").exists()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["title", "description", "site_url", "language", "author", "email", "timezone"]),
    st.one_of(st.text(max_size=40), st.text("https:/.?#[]@a\n-", max_size=30)),
)
def test_any_answer_is_one_or_gets_a_sentence(field: str, value: str) -> None:
    """Never an exception; and what is found to be an answer makes a show.toml that is read back."""
    if find_fault(field, value) is None:
        answers = {**ANSWERS, field: value}
        said = tomllib.loads(render_show(ShowAnswers(**answers), "cover.jpg").decode("utf-8"))
        assert said["guid"] == podcast_guid(f"{said['site_url']}feed.xml")


def test_an_address_that_is_not_public_is_a_warning(tmp_path: Path) -> None:
    """Somebody chose it, to try things out; it is said once, as `publish` says it."""
    result = run_tool("init", tmp_path / "new", *_options(site_url="http://localhost:8000/"))

    assert result.returncode == 0
    assert "warning: episodes/show.toml: site_url is an address that only this machine" in result.stderr


def test_beginning_twice_changes_nothing(owls: Path) -> None:
    """The same answers: it is there already, exit code 0. Others, or none: exit code 1. No byte changes."""
    before = tree(owls)

    same = run_tool("init", owls, *_options())
    other = run_tool("init", owls, *_options(title="Day Owls"))
    bare = run_tool("init", owls)

    assert (same.returncode, same.stdout) == (0, f"{owls} is begun already: show.toml and the cover are there\n")
    assert (other.returncode, bare.returncode) == (1, 1)
    assert "episodes/show.toml: is there already and says something else; edit it by hand" in other.stderr
    assert "episodes/show.toml: is there already; edit it by hand" in bare.stderr
    assert tree(owls) == before


def test_a_rehearsal_writes_nothing(tmp_path: Path) -> None:
    """--dry-run names the files."""
    result = run_tool("init", tmp_path / "new", *_options(), "--dry-run")

    assert result.stdout.splitlines() == [
        f"would write {tmp_path}/new/episodes/cover.jpg",
        f"would write {tmp_path}/new/episodes/show.toml",
        "dry run: nothing was written",
    ]
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_is_asked_until_the_answers_are_right(tmp_path: Path) -> None:
    """Only what no option says; a wrong answer gets its sentence and is asked for again; Enter takes what is usual."""
    import pty

    answers = [
        *("About owls", "example.org", "https://example.org/owls", "english", ""),
        *("Helth", "Science", "maybe", "no", "", "me", "me@example.org", "Berlin", "Europe/Berlin"),
    ]
    ours, theirs = pty.openpty()
    command: list[str | Path] = [sys.executable, "-m", "podcast_tool", "init", str(tmp_path / "new"), "--title", "Owls"]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())
    shown = b""
    while True:
        try:
            shown += os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
    os.close(ours)

    assert process.wait(60) == 0, shown.decode()
    assert b"Name of the show" not in shown
    assert b"did you mean 'Health & Fitness'?" in shown
    assert b"answer yes or no" in shown
    show = tomllib.loads((tmp_path / "new" / "episodes" / "show.toml").read_text("utf-8"))
    assert (show["language"], show["timezone"], show["explicit"]) == ("en", "Europe/Berlin", False)
    assert (show["categories"], show["owner"]["email"]) == (["Science"], "me@example.org")
    assert "author" not in show


# -- the cover --------------------------------------------------------------------------------------------------------


def _picture(path: Path, side_px: int = 1500, mode: str = "RGB", form: str = "JPEG") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (side_px, side_px), 0).save(path, form)
    return path


@pytest.mark.parametrize("title", ["Night Owls", "Für Élise", "聴く", "Rindfleischetikettierung" * 5, "w " * 500, ""])
def test_a_made_cover_is_one_that_directories_take(title: str) -> None:
    """AP-COVER-SIZE and AP-COVER-FORMAT; the same title gives the same bytes; something stands on it."""
    cover = make_cover(title)
    image = Image.open(BytesIO(cover.content))

    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (3000, 3000))
    assert cover.content == make_cover(title).content
    darkest, lightest = image.convert("L").getextrema()
    assert int(lightest) - int(darkest) > 100  # type: ignore[arg-type]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_words_can_be_drawn(words: str) -> None:
    """Never an exception, and always a picture."""
    assert Image.open(BytesIO(draw_words(words, 50))).size == (50, 50)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: _picture(path, 300), "is 300 x 300 pixels; make it square, from 1400 to 3000 pixels a side"),
        (lambda path: _picture(path, mode="L"), "has the colour mode L; save it as RGB without transparency"),
        (lambda path: _picture(path, form="GIF", mode="P"), "is GIF; save it as JPEG or PNG"),
        (lambda path: path.write_bytes(b"no picture"), "is no picture that can be decoded; save it anew"),
    ],
)
def test_a_cover_that_directories_refuse_is_refused(tmp_path: Path, make: Make, sentence: str) -> None:
    """With the sentence of `check`, and nothing is written."""
    make(tmp_path / "mine.jpg")

    result = run_tool("init", tmp_path / "new", *_options(), "--cover", tmp_path / "mine.jpg")

    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: {tmp_path}/mine.jpg: {sentence}")
    assert "fix_artwork" not in result.stderr
    assert not (tmp_path / "new").exists()


def test_a_given_cover_gets_its_true_ending(tmp_path: Path) -> None:
    """A PNG named .jpg becomes cover.png, its bytes as they were."""
    given_cover = _picture(tmp_path / "mine.jpg", form="PNG")

    result = run_tool("init", tmp_path / "new", *_options(), "--cover", given_cover)

    assert result.returncode == 0, result.stderr
    assert (tmp_path / "new" / "episodes" / "cover.png").read_bytes() == given_cover.read_bytes()
    assert 'cover = "cover.png"' in (tmp_path / "new" / "episodes" / "show.toml").read_text("utf-8")


def test_a_cover_that_is_there_is_taken_and_never_overwritten(tmp_path: Path) -> None:
    """Unless another one is given: then nothing is written."""
    there = _picture(tmp_path / "new" / "episodes" / "cover.jpg")
    before = tree(tmp_path / "new")

    other = run_tool("init", tmp_path / "new", *_options(), "--cover", _picture(tmp_path / "other.jpg", 1600))
    untold = run_tool("init", tmp_path / "new", *_options())

    assert other.returncode == 1
    assert "episodes/cover.jpg: is there already, and is another file" in other.stderr
    assert untold.returncode == 0, untold.stderr
    assert there.read_bytes() == before["episodes/cover.jpg"]


# -- add --------------------------------------------------------------------------------------------------------------


def test_the_guid_is_the_one_that_a_first_publish_gives(owls: Path, show_dir: Path) -> None:
    """So that it does not matter whether an episode was added by the command or by hand."""
    run_tool("publish", show_dir)
    shutil.copy(show_dir / "episodes" / "show.toml", owls / "episodes" / "show.toml")
    for stem in ("immunotherapy", "how-cancer-begins"):
        run_tool("add", SAMPLE / f"{stem}.mp3", "--show", owls, "--date", "2017-11-08")

    assert {_sidecar(owls, stem)["guid"] for stem in ("immunotherapy", "how-cancer-begins")} == set(_guids(show_dir))


def test_a_guid_that_was_ever_used_is_counted_on(owls: Path) -> None:
    """Two stems of one slug: each its own guid, and both go out."""
    for stem, recording in (("owls-2", "immunotherapy"), ("Owls 2", "how-cancer-begins")):
        result = run_tool(
            "add", SAMPLE / f"{recording}.mp3", "--show", owls, "--stem", stem, "--date", "2017-11-08", "--title", stem
        )
        assert result.returncode == 0, result.stderr

    run_tool("publish", owls)

    assert sorted(_guids(owls)) == sorted(str(_sidecar(owls, stem)["guid"]) for stem in ("owls-2", "Owls 2"))
    assert len(set(_guids(owls))) == 2


def test_what_is_missing_can_be_filled_in(owls: Path) -> None:
    """A line for each field, as a comment; once the date is in, the episode goes out with the same guid."""
    result = run_tool("add", TALK, "--show", owls)
    sidecar = owls / "episodes" / "immunotherapy.toml"
    text = sidecar.read_text("utf-8")

    assert result.returncode == 0
    assert "has no date; add a line such as published = " in result.stderr
    assert result.stdout.endswith(f"next: complete episodes/immunotherapy.toml, then run podcast_tool publish {owls}\n")
    assert 'title = "What is the Future of Immunotherapy?" # from the recording\'s tags' in text
    assert re.search(r"^# published = \d{4}-\d\d-\d\d  # still missing; this is the day when", text, re.MULTILINE)
    assert '# summary = "..."  # a sentence or two' in text
    edit(sidecar, re.findall(r"^# published = .*$", text, re.MULTILINE)[0], "published = 2018-01-05")
    assert run_tool("publish", owls).returncode == 0
    assert _guids(owls) == [_sidecar(owls, "immunotherapy")["guid"]]


def test_a_recording_without_any_title_says_so(owls: Path, tmp_path: Path) -> None:
    """The sidecar has a place for it."""
    raw = (TALK).read_bytes()
    tag_bytes = 10 + sum(byte << shift for byte, shift in zip(raw[6:10], (21, 14, 7, 0), strict=True))
    (tmp_path / "Talk One.MP3").write_bytes(raw[tag_bytes:])

    result = run_tool("add", tmp_path / "Talk One.MP3", "--show", owls, "--date", "2018-01-05")

    assert result.returncode == 0
    assert 'has no title; add title = "..." to the sidecar' in result.stderr
    assert '# title = "..."  # still missing' in (owls / "episodes" / "talk-one.toml").read_text("utf-8")
    assert (owls / "episodes" / "talk-one.mp3").is_file()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("2018-01-05-owls.mp3", "published = 2018-01-05 # from the file's name"),
        ("owls.mp3", "# published = 2018-01-06  # as the article's front matter says"),
    ],
)
def test_a_date_that_is_found_is_written_down(owls: Path, tmp_path: Path, name: str, line: str) -> None:
    """With the place that it came from; what the article says itself stays a comment."""
    shutil.copy(TALK, tmp_path / name)
    front_matter = "" if "2018" in name else "---\ndate: 2018-01-06\nguid: of-old\n---\n"
    (tmp_path / "owls.md").write_text(f"{front_matter}# Owls\n\nThey are awake at night, and they see very well.\n")

    result = run_tool("add", tmp_path / name, "--show", owls, "--article", tmp_path / "owls.md")

    assert (result.returncode, "has no date" in result.stderr) == (0, False)
    text = (owls / "episodes" / name).with_suffix(".toml").read_text("utf-8")
    assert line in text
    assert ("guid = " in text) is not bool(front_matter)
    assert run_tool("publish", owls).returncode == 0


def test_what_people_say_comes_first(owls: Path) -> None:
    """Title, date with a time, season and episode as the options have them, whatever the tags say."""
    wishes = ["--title", 'A "B" # C', "--date", "2018-03-11T03:30", "--season", "2", "--episode", "7"]

    run_tool("add", TALK, "--show", owls, *wishes)

    said = _sidecar(owls, "immunotherapy")
    assert (said["title"], said["season"], said["episode"]) == ('A "B" # C', 2, 7)
    assert str(said["published"]) == "2018-03-11 03:30:00"


def test_adding_again_changes_nothing(owls: Path) -> None:
    """Exit code 0, and what staff have written into the sidecar since stays; another wish is told, not obeyed."""
    command: list[str | Path] = ["add", TALK, "--show", owls, "--article", SAMPLE / "immunotherapy.txt"]
    run_tool(*command)
    sidecar = owls / "episodes" / "immunotherapy.toml"
    sidecar.write_text('title = "Mine"  # really\n', "utf-8")
    before = tree(owls / "episodes")

    again, other = run_tool(*command), run_tool(*command, "--title", "Theirs")

    assert (again.returncode, again.stdout) == (0, "nothing to do: immunotherapy is there already\n")
    assert other.returncode == 1
    assert "immunotherapy.toml: is there already and does not say title = Theirs; write that into it" in other.stderr
    assert tree(owls / "episodes") == before


def test_more_files_may_come_later(owls: Path, tmp_path: Path) -> None:
    """A transcript in a second language is put beside what is there, under its language's name."""
    run_tool("add", TALK, "--show", owls, "--transcript", SAMPLE / "immunotherapy.vtt")
    before = tree(owls / "episodes")
    shutil.copy(SAMPLE / "immunotherapy.vtt", tmp_path / "final.de.vtt")

    result = run_tool("add", TALK, "--show", owls, "--transcript", tmp_path / "final.de.vtt")

    assert result.stdout.splitlines()[0] == f"wrote {owls}/episodes/immunotherapy.de.vtt"
    assert tree(owls / "episodes").keys() - before.keys() == {"immunotherapy.de.vtt"}
    assert before.items() <= tree(owls / "episodes").items()


def test_a_recording_that_somebody_put_there_gets_its_sidecar(owls: Path) -> None:
    """Nothing is copied; the article beside it counts; with --dry-run not even the sidecar is written."""
    for ending in (".mp3", ".txt"):
        shutil.copy(SAMPLE / f"immunotherapy{ending}", owls / "episodes" / f"Owls by night{ending}")
    command: list[str | Path] = ["add", "episodes/Owls by night.mp3", "--date", "2018-01-05"]

    rehearsed = run_tool(*command, "--dry-run", cwd=owls)
    real = run_tool(*command, cwd=owls)

    assert rehearsed.stdout == "would write episodes/Owls by night.toml\ndry run: nothing was written\n"
    assert real.stdout == "wrote episodes/Owls by night.toml\nnext: podcast_tool publish\n"
    assert "has no article" not in real.stderr
    assert run_tool("publish", owls).returncode == 0


WORDS = "Owls hear mice under two feet of snow, and the researchers explain how they do it, and why. " * 4
CHAPTERS_WITH_PICTURE = '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Dusk", "img": "art/dusk.jpg"}]}'


@pytest.mark.parametrize(
    ("option", "name", "content", "picture"),
    [
        ("--article", "Owls at night.md", f"{WORDS}\n\n![An owl](photos/An%20owl.jpg)\n\n{WORDS}", "photos/An owl.jpg"),
        (
            "--article",
            "Owls.html",
            f"<!-- podcast_tool: all of this is the article --><h1>Owls</h1><p>{WORDS}</p>"
            f'<img src="./Owls_files/owl.jpg" alt="An owl"><p>{WORDS}</p>',
            "Owls_files/owl.jpg",
        ),
        ("--chapters", "marks.json", CHAPTERS_WITH_PICTURE, "art/dusk.jpg"),
    ],
)
def test_pictures_come_with_what_shows_them(
    owls: Path, tmp_path: Path, option: str, name: str, content: str, picture: str
) -> None:
    """As they lie beside an article or chapters, so that these find them again; and they are published."""
    (tmp_path / "source" / picture).parent.mkdir(parents=True)
    _picture(tmp_path / "source" / picture, 300)
    (tmp_path / "source" / name).write_text(content, "utf-8")
    command: list[str | Path] = [
        "add",
        TALK,
        "--show",
        owls,
        option,
        tmp_path / "source" / name,
        "--date",
        "2018-01-05",
    ]

    result = run_tool(*command)

    assert result.stdout.splitlines()[0] == f"wrote {owls}/episodes/{picture}"
    assert "picture" not in result.stderr
    assert run_tool(*command).stdout == "nothing to do: immunotherapy is there already\n"
    published = run_tool("publish", owls)
    assert "picture" not in published.stderr
    assert [path for path in tree(owls / "feed" / "immunotherapy") if path.startswith(("note.", "chapter."))]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("cover.jpg", "would be episodes/cover.jpg, where another file is; give it another name, in owls.md, too"),
        ("../secret.jpg", "(elsewhere on this disk, '../secret.jpg')"),
    ],
)
def test_a_picture_that_cannot_come_is_told(owls: Path, tmp_path: Path, source: str, sentence: str) -> None:
    """None takes the place of another, and none is fetched from outside of the article's folder."""
    article = tmp_path / "source" / "owls.md"
    article.parent.mkdir()
    _picture(article.parent / source, 300)
    article.write_text(f"{WORDS}\n\n![An owl]({source})\n\n{WORDS}", "utf-8")
    before = tree(owls / "episodes")

    result = run_tool("add", TALK, "--show", owls, "--article", article)

    assert sentence in result.stderr
    after = tree(owls / "episodes")
    assert [path for path in after if path.endswith(".jpg")] == [path for path in before if path.endswith(".jpg")]
    assert before.items() <= after.items()


def test_a_folder_that_leads_elsewhere_takes_no_picture(owls: Path, tmp_path: Path) -> None:
    """It would be written outside of the show."""
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", owls / "episodes" / "photos")
    (tmp_path / "source" / "photos").mkdir(parents=True)
    _picture(tmp_path / "source" / "photos" / "owl.jpg", 300)
    article = tmp_path / "source" / "owls.md"
    article.write_text(f"{WORDS}\n\n![An owl](photos/owl.jpg)", "utf-8")

    result = run_tool("add", TALK, "--show", owls, "--article", article)

    assert result.returncode == 1
    assert "episodes/photos/owl.jpg: would lie behind a link that leads out of episodes/" in result.stderr
    assert not [*(tmp_path / "elsewhere").iterdir()]


def _torn(folder: Path) -> list[str | Path]:
    (folder / "x.mp3").write_bytes((TALK).read_bytes()[:20_000])
    return [folder / "x.mp3"]


def _with(folder: Path, option: str, name: str, content: bytes) -> list[str | Path]:
    (folder / name).write_bytes(content)
    return [TALK, option, folder / name]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_torn, "x.mp3: is cut off: it promises"),
        (lambda f: _with(f, "--article", "a.txt", b""), "a.txt: is empty; write the article"),
        (lambda f: _with(f, "--article", "a.pdf", b"%PDF"), "a.pdf: has not the ending of an article"),
        (lambda f: _with(f, "--article", "a.md", b"x" * 600_000), "a.md: is larger than 500 kB"),
        (lambda f: _with(f, "--transcript", "a.vtt", b"WEBVTT"), "a.vtt: "),
        (lambda f: _with(f, "--chapters", "a.json", b"{}"), "a.json: "),
        (lambda f: _with(f, "--artwork", "a.png", b"no picture"), "a.png: is no picture that can be decoded"),
        (lambda f: [TALK, "--artwork", _picture(f / "a.jpg", 300)], "a.jpg: is 300 x 300"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_nothing_copied(
    owls: Path, tmp_path: Path, make: Make, sentence: str
) -> None:
    """One sentence with the file's name first, exit code 1, and episodes/ as it was."""
    _assert_refused(owls, make(tmp_path), sentence)


@pytest.mark.parametrize(
    ("audio", "options", "sentence"),
    [
        ("/dev/null", (), "/dev/null: has not the ending of a recording; one of .aac"),
        (SAMPLE / "immunotherapy.txt", (), "immunotherapy.txt: has not the ending of a recording"),
        (TALK, ("--date", "2018-03-11T02:30"), "does not exist in America/New_York"),
        (TALK, ("--date", "2018-11-04T01:30"), "comes twice in America/New_York"),
        (TALK, ("--stem", "../x"), "../x: is no name for files without their endings"),
        (TALK, ("--stem", "a.de"), "a.de: is no name for files without their endings"),
        (TALK, ("--stem", "x" * 200), "is no name for files without their endings"),
        (TALK, ("--stem", "show"), "show: is a name with a meaning of its own"),
        (TALK, ("--stem", "CON"), "CON: is a name with a meaning of its own"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(owls: Path, audio: Path, options: tuple[str, ...], sentence: str) -> None:
    """In the same way."""
    _assert_refused(owls, [audio, *options], sentence)


def _assert_refused(show_dir: Path, arguments: Sequence[str | Path], sentence: str) -> None:
    before = tree(show_dir / "episodes")

    result = run_tool("add", "--show", show_dir, *arguments)

    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert tree(show_dir / "episodes") == before


def test_a_date_that_is_none_is_a_wrong_command_line(owls: Path) -> None:
    """Exit code 2, and the form that a date has."""
    result = run_tool("add", TALK, "--show", owls, "--date", "tomorrow")

    assert result.returncode == 2
    assert '--date must be a date (2018-01-05) or a date and time (2018-01-05T09:00), not "tomorrow"' in result.stderr


@pytest.mark.parametrize("name", ["immunotherapy.mp3", "immunotherapy.wav", "immunotherapy.toml"])
def test_nothing_is_overwritten_or_doubled(owls: Path, name: str) -> None:
    """Another file of that name, or another recording of that stem, stays as it is and is told."""
    (owls / "episodes" / name).write_bytes(b'title = "Other"')
    before = tree(owls / "episodes")

    result = run_tool("add", TALK, "--show", owls, "--title", "Mine")

    assert result.returncode == 1
    assert f"Error: episodes/{name}: is there already" in result.stderr
    assert tree(owls / "episodes") == before


def test_a_link_out_of_the_folder_is_no_target(owls: Path, tmp_path: Path) -> None:
    """What it leads to stays as it is, be it there or not."""
    os.symlink(tmp_path / "elsewhere.mp3", owls / "episodes" / "immunotherapy.mp3")

    result = run_tool("add", TALK, "--show", owls)

    assert result.returncode == 1
    assert "immunotherapy.mp3: is there already" in result.stderr
    assert not (tmp_path / "elsewhere.mp3").exists()


def test_a_name_that_was_published_with_another_recording_is_not_given_again(owls: Path) -> None:
    """Or the new episode would take the old one's place in apps; the same recording comes back as what it was."""
    add: list[str | Path] = ["add", "--show", owls, "--date", "2017-11-08", "--stem", "owls"]
    run_tool(*add, TALK)
    run_tool("publish", owls)
    published = _guids(owls)
    for path in (owls / "episodes").glob("owls.*"):
        path.unlink()

    other = run_tool(*add, SAMPLE / "how-cancer-begins.mp3", "--title", "Other")
    same = run_tool(*add[:-1], "returned", TALK)

    assert other.returncode == 1
    assert "was the name owls of an episode with another recording; choose another with --stem" in other.stderr
    assert same.returncode == 0, same.stderr
    assert [_sidecar(owls, "returned")["guid"]] == published


@pytest.mark.parametrize("name", ["audio.mp3", "show.mp3", "con.mp3", "聴.mp3"])
def test_any_name_of_a_recording_gives_a_stem(owls: Path, tmp_path: Path, name: str) -> None:
    """Names with a meaning of their own get a word in front, those of which nothing is left a mark."""
    shutil.copy(TALK, tmp_path / name)

    result = run_tool("add", tmp_path / name, "--show", owls, "--date", "2017-11-08")

    assert result.returncode == 0, result.stderr
    assert len(list((owls / "episodes").glob("episode-*.mp3"))) == 1
    assert run_tool("publish", owls).returncode == 0


def test_while_a_publish_is_at_work_nothing_is_added(owls: Path) -> None:
    """The show's lock is the same."""
    (owls / ".podcast_tool").mkdir()
    with FileLock(owls / ".podcast_tool" / "lock"):
        result = run_tool("add", TALK, "--show", owls)

    assert result.returncode == 1
    assert "is being published already; wait until that has ended" in result.stderr


def test_a_folder_that_is_no_show_is_told(tmp_path: Path) -> None:
    """Before any file is looked at, and without leaving anything behind."""
    result = run_tool("add", TALK, "--show", tmp_path)

    assert result.returncode == 1
    assert "episodes/show.toml: is not there; give the folder that holds episodes/" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("a.vtt", "owls.vtt"),
        ("a.SRT", "owls.srt"),
        ("a.de.vtt", "owls.de.vtt"),
        ("a.pt_br.srt", "owls.pt-BR.srt"),
        ("a.json", "owls.transcript.json"),
        ("a.transcript.json", "owls.transcript.json"),
        ("a.docx", "owls.transcript.docx"),
        ("a.transcript.de.txt", "owls.transcript.de.txt"),
        ("a.de.transcript.md", "owls.transcript.de.md"),
    ],
)
def test_transcripts_are_named_as_they_are_found(source: str, name: str) -> None:
    """With the language that their own names tell."""
    targets = name_targets(Sources(audio=Path("a.mp3"), transcripts=(Path(source),)), "owls")

    assert list(targets) == [name, "owls.mp3"]
    found = split_transcript_name(name)
    assert found is not None
    assert found[0] == "owls"


# -- writing ----------------------------------------------------------------------------------------------------------


def test_a_set_of_files_is_placed_whole_or_not_at_all(tmp_path: Path) -> None:
    """Where one of them cannot be, none is, and nothing of another's is touched or left over."""
    (tmp_path / "b").write_bytes(b"theirs")

    with pytest.raises(PodcastError):
        place([placement_of("a", b"1"), placement_of("d/e", b"4"), placement_of("b", b"2")], tmp_path)

    assert tree(tmp_path) == {"b": b"theirs"}


def test_a_source_that_changes_is_not_placed(tmp_path: Path) -> None:
    """A half-uploaded file would be published as it was for a moment."""
    (tmp_path / "source").write_bytes(b"half")
    placement = copy_of("a", tmp_path / "source")
    (tmp_path / "source").write_bytes(b"whole")

    with pytest.raises(PodcastError, match="changed while it was read; wait until it is whole"):
        place([placement], tmp_path / "episodes")

    assert tree(tmp_path) == {"source": b"whole"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path) -> None:
    """All are written before the first gets its name."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(WriteError, match=r"cannot be written \(File too large\); nothing was added"):
            place([placement_of("a", b"small"), placement_of("b", bytes(2000))], tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert tree(tmp_path) == {}


def test_what_was_broken_off_is_completed(owls: Path) -> None:
    """The article and the sidecar came, the recording did not: the same command brings it."""
    command: list[str | Path] = ["add", TALK, "--show", owls, "--article", SAMPLE / "immunotherapy.txt"]
    run_tool(*command)
    whole = tree(owls / "episodes")
    (owls / "episodes" / "immunotherapy.mp3").unlink()

    assert run_tool(*command).returncode == 0
    assert tree(owls / "episodes") == whole


def test_what_a_killed_run_left_goes(owls: Path) -> None:
    """Only what bears the mark."""
    for name in (".immunotherapy.mp3.podcast_tool-tmp", ".other.mp3.podcast_tool-tmp", ".keep"):
        (owls / "episodes" / name).write_bytes(b"half")

    run_tool("add", TALK, "--show", owls)

    assert {path.name for path in (owls / "episodes").glob(".*")} == {".keep"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('# A\ntitle = "B"  # C\n\n[location]\nname = "D"  # E\n', "draft = true\n"),
        ('title = "B"\r\n# last', "draft = true"),
        ("", "draft = true\n"),
        ("published = 2018-01-05T09:00  # short\n", "draft = true\n"),
        ("draft = false # not yet\n", "draft = true"),
        ('[[persons]]\nname = "Ann"\n', "draft = true\n"),
    ],
)
def test_an_edit_keeps_every_comment(before: str, after: str) -> None:
    """One field is set, and taken away again; all else stays, its comments among it."""
    edited = edit_toml(before, {"draft": True})
    removed = edit_toml(edited, {"draft": None})

    assert after in edited
    assert parse_document(edited, ".toml") == {**parse_document(before, ".toml"), "draft": True}
    assert "draft" not in parse_document(removed, ".toml")
    kept = [line.strip() for line in before.splitlines() if "#" in line and not line.startswith("draft")]
    assert all(line in edited and line in removed for line in kept)


_VALUES = st.one_of(
    st.text(max_size=60).map(clean_text), st.integers(1, 10**6), st.booleans(), st.dates(), st.lists(st.just("a"))
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(_VALUES, st.text(max_size=40), st.booleans()), max_size=8))
def test_what_is_rendered_is_read_back(fields: list[tuple[object, str, bool]]) -> None:
    """Any value and any remark: what is said is said, and what is suggested says nothing."""
    lines = [
        FieldLine(field=f"f{number}", value=value, remark=remark, above=remark, is_suggested=is_suggested)
        for number, (value, remark, is_suggested) in enumerate(fields)
    ]

    document = parse_document(render_toml(lines).decode("utf-8"), ".toml")

    assert document == {line.field: line.value for line in lines if not line.is_suggested}


def test_guids_are_uuids_of_version_5(owls: Path) -> None:
    """Made of the show's guid and the slug (P20-GUID-ALGO's way)."""
    run_tool("add", TALK, "--show", owls, environment={"SOURCE_DATE_EPOCH": SAMPLE_EPOCH})

    show = tomllib.loads((owls / "episodes" / "show.toml").read_text("utf-8"))
    assert _sidecar(owls, "immunotherapy")["guid"] == str(uuid.uuid5(uuid.UUID(show["guid"]), "immunotherapy"))
