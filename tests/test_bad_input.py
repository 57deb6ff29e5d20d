"""What staff read when something is wrong: one sentence with the file, the fault and the cure."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import edit, run_tool, tree

Break = Callable[[Path], object]


def _sidecar(text: str) -> Break:
    return lambda episodes: (episodes / "immunotherapy.toml").write_text(text, encoding="utf-8")


def _file(name: str, content: bytes) -> Break:
    return lambda episodes: (episodes / name).write_bytes(content)


def _cut(episodes: Path) -> None:
    recording = episodes / "immunotherapy.mp3"
    recording.write_bytes(recording.read_bytes()[:400_000])


def _empty(episodes: Path) -> None:
    for path in episodes.iterdir():
        if path.stem not in ("show", "cover"):
            path.unlink()


def _untag(episodes: Path) -> None:
    """Without tags and article there is no title but the sidecar's."""
    from mutagen.id3 import ID3

    ID3(episodes / "immunotherapy.mp3").delete()
    (episodes / "immunotherapy.txt").unlink()
    _sidecar("published = 2018-01-17")(episodes)


HELD: list[tuple[str, Break, str]] = [
    (
        "bad-toml",
        _sidecar("title = "),
        "episodes/immunotherapy.toml: is not valid TOML: Invalid value (at end of document)",
    ),
    (
        "unknown-key",
        _sidecar('title = "A"\npublised = 2018-01-17'),
        "episodes/immunotherapy.toml: unknown key 'publised'; did you mean 'published'?",
    ),
    (
        "wrong-type",
        _sidecar('title = "A"\npublished = 2018-01-17\nseason = "two"'),
        'episodes/immunotherapy.toml: season must be a whole number from 1 up, not "two"',
    ),
    (
        "number-for-title",
        _sidecar("title = 1984\npublished = 2018-01-17"),
        "episodes/immunotherapy.toml: title must be text in quotes, not the number 1984",
    ),
    (
        "unknown-word",
        _sidecar('title = "A"\npublished = 2018-01-17\ntype = "Full"'),
        'episodes/immunotherapy.toml: type must be "full" or "trailer" or "bonus", not "Full"',
    ),
    (
        "no-date",
        _sidecar('title = "A"'),
        "episodes/immunotherapy.toml: has no date; add a line such as published = 2018-01-05 to the sidecar",
    ),
    ("no-title", _untag, 'episodes/immunotherapy.toml: has no title; add title = "..." to the sidecar'),
    ("latin-1-sidecar", _file("immunotherapy.toml", 'title = "é"'.encode("latin-1")), "is not UTF-8 text (byte 9)"),
    ("empty-audio", _file("immunotherapy.mp3", b""), "episodes/immunotherapy.mp3: is empty (0 bytes)"),
    ("no-audio", _file("immunotherapy.mp3", b"MZ" * 9000), "episodes/immunotherapy.mp3: is no audio file"),
    (
        "truncated-audio",
        _cut,
        "episodes/immunotherapy.mp3: is cut off: it promises 952110 bytes of sound and has 399410; copy",
    ),
    (
        "ogg",
        _file("immunotherapy.mp3", b"OggS\0\x02" + bytes(22) + b"\x01\x1e\x01vorbis" + bytes(60)),
        "episodes/immunotherapy.mp3: ",
    ),
    (
        "two-sidecars",
        _file("immunotherapy.yaml", b"title: A"),
        "several files for the sidecar of one episode (immunotherapy.toml, immunotherapy.yaml); take one away",
    ),
    (
        "two-recordings",
        _file("immunotherapy.m4a", b"x"),
        '(immunotherapy.m4a, immunotherapy.mp3); name one in the sidecar, as in audio = "immunotherapy.m4a"',
    ),
    (
        "recording-outside",
        _sidecar('title = "A"\npublished = 2018-01-17\naudio = "../../outside.mp3"'),
        "episodes/immunotherapy.toml: audio '../../outside.mp3' lies outside episodes/; move it there",
    ),
    (
        "recording-named-but-missing",
        _sidecar('title = "A"\npublished = 2018-01-17\naudio = "gone.mp3"'),
        "episodes/gone.mp3: is not there; put the recording beside its sidecar",
    ),
    (
        "recording-gone",
        lambda episodes: (episodes / "immunotherapy.mp3").unlink(),
        "episodes/immunotherapy.toml: has no recording beside it; put it there",
    ),
]


@pytest.mark.parametrize(("break_it", "sentence"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
def test_a_broken_episode_is_held_and_the_others_go_out(show_dir: Path, break_it: Break, sentence: str) -> None:
    """Exit code 3, the sentence on standard error, the good episode in the feed, nothing of the held one in feed/."""
    break_it(show_dir / "episodes")

    result = run_tool("publish", show_dir)

    assert result.returncode == 3, result.stderr
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    published = tree(show_dir / "feed")
    assert b"How Does a Cancer Begin?" in published["feed.xml"]
    assert not [path for path in published if "immunotherapy" in path]
    assert b"immunotherapy" not in published["ledger.json"]


LEFT_OUT: list[tuple[str, Break, str]] = [
    (
        "image-that-is-none",
        _file("immunotherapy.jpg", b"<html>not found</html>"),
        "episodes/immunotherapy.jpg: is no picture that can be decoded; save it anew as JPEG or PNG",
    ),
    (
        "article-that-is-no-text",
        _file("immunotherapy.txt", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        "episodes/immunotherapy.txt: is no text",
    ),
    ("empty-article", _file("immunotherapy.txt", b" \n"), "episodes/immunotherapy.txt: is empty; write the article"),
]


@pytest.mark.parametrize(("break_it", "sentence"), [row[1:] for row in LEFT_OUT], ids=[row[0] for row in LEFT_OUT])
def test_a_broken_part_is_left_out_and_the_episode_goes_out(show_dir: Path, break_it: Break, sentence: str) -> None:
    """Exit code 3, and both episodes in the feed."""
    break_it(show_dir / "episodes")

    result = run_tool("publish", show_dir)

    assert result.returncode == 3, result.stderr
    assert sentence in result.stderr
    assert (show_dir / "feed" / "feed.xml").read_text("utf-8").count("<item>") == 2


NOT_DONE: list[tuple[str, Break, str]] = [
    ("no-show-toml", lambda episodes: (episodes / "show.toml").unlink(), "episodes/show.toml: is not there"),
    ("bad-show-toml", _file("show.toml", b"title ="), "episodes/show.toml: is not valid TOML"),
    ("no-title", lambda e: edit(e / "show.toml", 'title = "The Science Behind Cancer"', ""), "title is missing; add"),
    (
        "no-guid",
        lambda e: edit(e / "show.toml", 'guid = "296f32a7-c7d6-5cf6-ab62-21eac212b016"', ""),
        'add this line: guid = "296f32a7-c7d6-5cf6-ab62-21eac212b016"',
    ),
    (
        "unknown-key",
        lambda e: edit(e / "show.toml", "language =", "langauge ="),
        "episodes/show.toml: unknown key 'langauge'; did you mean 'language'?",
    ),
    ("language", lambda e: edit(e / "show.toml", '"en-us"', '"english"'), "language 'english' is no language code"),
    (
        "timezone",
        lambda e: edit(e / "show.toml", "America/New_York", "America/NewYork"),
        "timezone 'America/NewYork' is unknown; did you mean 'America/New_York'?",
    ),
    (
        "categories",
        lambda e: edit(
            e / "show.toml", '["Health & Fitness > Medicine", "Science > Life Sciences"]', '["Health and Fitness"]'
        ),
        "'Health and Fitness' is not one of Apple's (AP-CAT); did you mean 'Health & Fitness'?",
    ),
    ("no-cover", lambda e: (e / "cover.jpg").unlink(), "episodes/cover.jpg: is not there; the show needs a cover"),
    ("cover-is-text", _file("cover.jpg", b"text"), "episodes/cover.jpg: is no picture that can be decoded"),
    (
        "cover-outside",
        lambda e: edit(e / "show.toml", '"cover.jpg"', '"../../../etc/passwd"'),
        "cover '../../../etc/passwd' lies outside the show's folder; put it into episodes/",
    ),
    (
        "nothing-but-held",
        lambda e: [path.write_text("title =") for path in e.glob("*[!w].toml")],
        "nothing was published: every episode that is due is held back",
    ),
    (
        "no-episode",
        _empty,
        "holds no episode; put a recording there with a sidecar or an article",
    ),
]


@pytest.mark.parametrize(("break_it", "sentence"), [row[1:] for row in NOT_DONE], ids=[row[0] for row in NOT_DONE])
def test_a_show_that_cannot_be_published_is_told_so(show_dir: Path, break_it: Break, sentence: str) -> None:
    """Exit code 1, the sentence, and no file of feed/ written."""
    break_it(show_dir / "episodes")

    result = run_tool("publish", show_dir)

    assert result.returncode == 1, result.stdout
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert not (show_dir / "feed").exists()


def test_a_bad_show_leaves_what_was_published(show_dir: Path) -> None:
    """The last feed stays, byte for byte."""
    run_tool("publish", show_dir)
    before = tree(show_dir / "feed")
    (show_dir / "episodes" / "show.toml").write_text("")

    assert run_tool("publish", show_dir).returncode == 1
    assert tree(show_dir / "feed") == before


def test_a_part_that_the_show_can_do_without_is_left_out(show_dir: Path) -> None:
    """A wrong second category and a half owner are told; the feed goes out, exit code 3."""
    show = show_dir / "episodes" / "show.toml"
    edit(show, "Science > Life Sciences", "Science > Living Sciences")
    edit(show, ', email = "podcast@example.org"', "")

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "did you mean 'Science > Life Sciences'?" in result.stderr
    assert "owner.email is missing; add it" in result.stderr
    feed = (show_dir / "feed" / "feed.xml").read_text("utf-8")
    assert "Medicine" in feed
    assert "itunes:owner" not in feed


def test_audio_alone_is_named_and_changes_no_exit_code(show_dir: Path) -> None:
    """A recording with neither sidecar nor article is not an episode yet."""
    (show_dir / "episodes" / "jingle.mp3").write_bytes((show_dir / "episodes" / "immunotherapy.mp3").read_bytes())

    result = run_tool("publish", show_dir)

    assert result.returncode == 0
    assert "not published: episodes/jingle.mp3: has neither a sidecar nor an article beside it" in result.stderr


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "x.yaml",
            "title: &a [x]\nsummary: *a",
            "is not valid YAML: aliases (*name) are not read here; write the value out",
        ),
        ("x.yaml", "title: A\ntitle: B", "is not valid YAML: the key 'title' stands twice (at line 2)"),
        ("x.json", '{"title": "A", "title": "B"}', "is not valid JSON: the key 'title' stands twice"),
        ("x.json", '{"title": ', "is not valid JSON"),
        ("x.json", "[" * 100_000, "is nested too deeply"),
        ("x.yaml", "[" * 100_000, "is nested too deeply"),
        ("x.yaml", "- a\n- b", "must be a list of fields"),
        ("x.toml", 'title = "' + "A" * 1_100_000 + '"', "is larger than 1 MB"),
    ],
)
def test_hostile_sidecars_end_in_a_sentence(show_dir: Path, name: str, content: str, sentence: str) -> None:
    """No swelling, no endless nesting, no traceback."""
    (show_dir / "episodes" / name).write_text(content, encoding="utf-8")
    (show_dir / "episodes" / "x.mp3").write_bytes((show_dir / "episodes" / "immunotherapy.mp3").read_bytes())

    result = run_tool("publish", show_dir)

    assert result.returncode == 3, result.stderr
    assert f"episodes/{name}: {sentence}" in result.stderr


@pytest.mark.parametrize("name", ["feed", ".podcast_tool"])
def test_a_folder_that_cannot_be_made_is_told(show_dir: Path, name: str) -> None:
    """A file stands where a folder has to be: one sentence, exit code 1."""
    (show_dir / name).write_text("")

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert name in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_ledger_that_git_could_not_merge_is_told(show_dir: Path) -> None:
    """With the cure: there is a record to a line, so that both sides' lines can stay."""
    run_tool("publish", show_dir)
    ledger = show_dir / "feed" / "ledger.json"
    first, rest = ledger.read_text("utf-8").split("\n", 1)
    ledger.write_text(f"{first}\n<<<<<<< HEAD\n{rest}", "utf-8")

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert "ledger.json: holds a merge conflict of git; keep the lines of both sides" in result.stderr


def test_a_damaged_ledger_stops_the_publish(show_dir: Path) -> None:
    """Without the ledger old episodes could get new guids, so nothing is guessed."""
    run_tool("publish", show_dir)
    (show_dir / "feed" / "ledger.json").write_text('[{"ledger": 1}, {"guid": 5}]')

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert "ledger.json: is damaged" in result.stderr


def test_a_second_publish_at_the_same_time_says_so(show_dir: Path) -> None:
    """The lock is the operating system's; whoever comes second stops."""
    from filelock import FileLock

    (show_dir / ".podcast_tool").mkdir()
    with FileLock(show_dir / ".podcast_tool" / "lock"):
        result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert "is being published already; wait until that has ended" in result.stderr


@pytest.mark.parametrize(
    "ledger",
    [
        "{}",
        "[]",
        '[{"ledger": 99}]',
        '[{"ledger": 1, "feed_changed_at": "2018-01-17T11:00:00"}]',
        '[{"ledger": 1}, {"guid": "g", "slug": "../../evil", "sound_sha256": "", "first_published_at": '
        '"2018-01-17T11:00:00Z", "addresses": []}]',
        '[{"ledger": 1}, {"guid": "g", "slug": "a", "sound_sha256": "", "first_published_at": "2018-01-17T11:00:00Z", '
        '"addresses": [{"path": "/etc/x", "size_bytes": 1, "sha256": "", "media_type": "audio/mpeg", '
        '"duration_seconds": 1, "since": "2018-01-17T11:00:00Z"}]}]',
    ],
)
def test_a_ledger_that_we_never_wrote_is_refused(show_dir: Path, ledger: str) -> None:
    """No traceback, no path out of feed/."""
    (show_dir / "feed").mkdir()
    (show_dir / "feed" / "ledger.json").write_text(ledger)

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert "ledger.json: " in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("line", "sentence"), [
    ('publish_time = "6:00"', 'publish_time must be a time of day, such as "06:00", not "6:00"'),
    ("timezone = 5", "timezone must be text in quotes, not the number 5"),
])  # fmt: skip
def test_what_would_move_every_moment_stops_the_publish(show_dir: Path, line: str, sentence: str) -> None:
    """A mistyped timezone or publish_time is not merely left out."""
    show = show_dir / "episodes" / "show.toml"
    kept = [old for old in show.read_text().splitlines() if not old.startswith(line.split()[0])]
    show.write_text("\n".join([*kept, line]))

    result = run_tool("publish", show_dir)

    assert result.returncode == 1
    assert sentence in result.stderr


def test_a_folder_that_is_no_show_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is made where there is nothing to publish."""
    assert run_tool("publish", tmp_path).returncode == 1
    assert not list(tmp_path.iterdir())


def test_a_closed_pipe_does_not_stop_a_publish_half_way(show_dir: Path) -> None:
    """`podcast_tool publish | true`: the feed is there."""
    import subprocess

    command = f"{sys.executable} -m podcast_tool publish {show_dir} | true"
    subprocess.run(command, shell=True, check=True, capture_output=True)

    assert (show_dir / "feed" / "feed.xml").exists()


def test_one_folder_or_link_that_leads_nowhere_stops_nothing(show_dir: Path) -> None:
    """A link to itself is passed over."""
    (show_dir / "episodes" / "loop").symlink_to("loop")

    assert run_tool("publish", show_dir).returncode == 0


@pytest.mark.parametrize("value", ["!!timestamp foo", "!!set [a]", "!!int ''", "!!python/object:os.system x"])
def test_yaml_tags_that_lie_end_in_a_sentence(show_dir: Path, value: str) -> None:
    """PyYAML's constructors raise errors of many kinds."""
    (show_dir / "episodes" / "immunotherapy.toml").unlink()
    (show_dir / "episodes" / "immunotherapy.yaml").write_text(f"title: A\npublished: 2018-01-17\nseason: {value}\n")

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "episodes/immunotherapy.yaml: is not valid YAML" in result.stderr


def test_a_file_that_is_no_sidecar_is_told_in_few_lines(show_dir: Path) -> None:
    """Some other program's JSON beside a recording holds hundreds of keys that are none of ours."""
    (show_dir / "episodes" / "immunotherapy.toml").rename(show_dir / "aside.toml")
    keys = ", ".join(f'"key{number}": {number}' for number in range(300))
    (show_dir / "episodes" / "immunotherapy.json").write_text(f"{{{keys}}}", "utf-8")

    result = run_tool("publish", show_dir)

    lines = [line for line in result.stderr.splitlines() if "immunotherapy.json" in line]
    assert (result.returncode, len(lines)) == (3, 11)
    assert lines[-1].endswith("has 290 more faults like these [held back]")
