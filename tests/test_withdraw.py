"""An episode's end and its return, and what a publish asks about again: the commands as people run them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from lxml import etree

from .conftest import REPOSITORY, SAMPLE_EPOCH, edit, run_tool, tree

SITE = "https://podcast.example.org/science-behind-cancer/"
SLUG = "immunotherapy"
GUID = "9e9c7412-19b0-5964-8984-3bf1a81439fb"
AUDIO = "audio/immunotherapy.f97acf87.mp3"
FILES = {
    AUDIO,
    "embed/immunotherapy/index.html",
    "immunotherapy/chapters.json",
    "immunotherapy/index.html",
    "immunotherapy/oembed.json",
    "immunotherapy/transcript.json",
    "immunotherapy/transcript.vtt",
}
# The page of its season, in which there is no other, and what tells other sites of its player.
AT_ONCE = {"season-2.html", "immunotherapy/oembed.json"}

DAY = 86_400

# MPEG-1 layer III, 64 kbit/s, 44.1 kHz, mono, without padding: a header and 204 bytes.
FRAME = bytes.fromhex("fffb50c0") + bytes(204)


@pytest.fixture
def published_dir(show_dir: Path) -> Path:
    """The sample show with what is checked in as its feed."""
    shutil.copytree(REPOSITORY / "feed", show_dir / "feed")
    return show_dir


def _later(days: float) -> dict[str, str]:
    return {"SOURCE_DATE_EPOCH": str(int(SAMPLE_EPOCH) + round(days * DAY))}


def _items(show_dir: Path) -> dict[str, str]:
    """Guid -> enclosure address."""
    feed = etree.parse(show_dir / "feed" / "feed.xml")
    return {item.findtext("guid"): item.find("enclosure").get("url") for item in feed.iterfind("channel/item")}


def _paths(show_dir: Path) -> set[str]:
    return set(tree(show_dir / "feed"))


def _states(show_dir: Path) -> dict[str, str]:
    """As `status --json` has them, by slug."""
    told = json.loads(run_tool("status", show_dir, "--json").stdout)
    return {episode["slug"]: episode["state"] for episode in told["episodes"]}


def _add(show_dir: Path, stem: str, mark: str, fields: str = "published = 2017-12-01\n") -> None:
    """An episode of a fifth of a second."""
    path = show_dir / "episodes" / f"{stem}.mp3"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(FRAME * 8 + mark.encode())
    Path(f"{path.with_suffix('')}.toml").write_text(f'title = "{stem}"\n{fields}', "utf-8")


def _take_away(show_dir: Path, stem: str) -> Path:
    """Its files, moved out of the show; where they are now."""
    away = show_dir / "away"
    away.mkdir(exist_ok=True)
    for path in [*(show_dir / "episodes").glob(f"{stem}.*")]:
        path.rename(away / path.name)
    return away


# -- withdraw ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [SLUG, "episodes/immunotherapy.mp3", "episodes/immunotherapy.txt"])
def test_the_item_goes_at_once_and_the_files_stay(published_dir: Path, name: str) -> None:
    """Called by stem, slug or the path of any of its files; listeners may still hold the old address."""
    before = _paths(published_dir)

    result = run_tool("withdraw", name, cwd=published_dir)

    assert result.returncode == 0
    assert f"{SLUG} is withdrawn (episodes/immunotherapy.toml)" in result.stdout
    assert GUID not in _items(published_dir)
    assert len(_items(published_dir)) == 1
    assert _paths(published_dir) == before - AT_ONCE
    assert "Immunotherapy" not in (published_dir / "feed" / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "home"), [("immunotherapy/index.html", "../"), ("embed/immunotherapy/index.html", SITE)]
)
def test_its_page_says_that_it_is_withdrawn(published_dir: Path, path: str, home: str) -> None:
    """And its player, too: whoever comes by an old link reads nothing of it, and search engines forget it."""
    run_tool("withdraw", SLUG, published_dir)

    page = (published_dir / "feed" / path).read_text("utf-8")
    assert "<h1>This episode has been withdrawn</h1>" in page
    assert f'<a href="{home}"' in page
    assert '<meta name="robots" content="noindex">' in page
    assert "Immunotherapy" not in page
    assert "<audio" not in page
    assert run_tool("publish", published_dir).stdout.startswith("nothing to do")


def test_its_page_is_in_the_language_of_the_show(published_dir: Path) -> None:
    """It is rendered anew with all others."""
    run_tool("withdraw", SLUG, published_dir)
    edit(published_dir / "episodes" / "show.toml", 'language = "en-us"', 'language = "de"')

    assert run_tool("publish", published_dir).returncode == 0
    page = (published_dir / "feed" / SLUG / "index.html").read_text("utf-8")
    assert "<h1>Diese Folge wurde zurückgezogen</h1>" in page


def test_a_show_without_pages_gets_none_for_it(published_dir: Path) -> None:
    """What another site keeps at its place stays."""
    edit(published_dir / "episodes" / "show.toml", "language =", "pages = false\nlanguage =")
    page = published_dir / "feed" / SLUG / "index.html"
    page.write_text("the publisher's own", "utf-8")

    assert run_tool("withdraw", SLUG, published_dir).returncode == 0
    assert page.read_text("utf-8") == "the publisher's own"


def test_it_is_called_by_the_name_that_it_was_published_under(published_dir: Path) -> None:
    """A renamed episode answers to its slug and to its stem of today."""
    for path in [*(published_dir / "episodes").glob("immunotherapy.*")]:
        path.rename(path.with_stem("The Future"))

    assert run_tool("withdraw", "The Future", published_dir).returncode == 0
    assert GUID not in _items(published_dir)
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir)[GUID] == SITE + AUDIO


def test_a_stem_of_two_episodes_is_refused_and_a_slug_is_not(published_dir: Path) -> None:
    """Nothing is withdrawn that merely has the same name."""
    for folder in ("a", "b"):
        _add(published_dir, f"{folder}/Some Talk", folder)
    run_tool("publish", published_dir)
    (marked,) = (slug for slug in _states(published_dir) if slug.startswith("some-talk-"))
    before = tree(published_dir)

    result = run_tool("withdraw", "Some Talk", published_dir)

    assert result.returncode == 1
    assert f"Some Talk: is the name of several episodes; give the slug of the one you mean: some-talk, {marked}" in (
        result.stderr
    )
    assert tree(published_dir) == before
    assert run_tool("withdraw", marked, published_dir).returncode == 0
    states = _states(published_dir)
    assert (states["some-talk"], states[marked]) == ("published", "withdrawn")


def test_only_the_mark_and_the_guid_come_into_the_sidecar(published_dir: Path) -> None:
    """What staff wrote stays, comments too."""
    sidecar = published_dir / "episodes" / "immunotherapy.toml"
    edit(sidecar, "season = 2\n", "season = 2  # of three\n")
    before = sidecar.read_text("utf-8")

    run_tool("withdraw", SLUG, published_dir)

    assert sidecar.read_text("utf-8") == f'{before}withdrawn = true\nguid = "{GUID}"\n'
    run_tool("restore", SLUG, published_dir)
    assert sidecar.read_text("utf-8") == f'{before}guid = "{GUID}"\n'


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_byte_order_mark_stay(published_dir: Path, mark: bytes) -> None:
    """As Windows' editors write them: what is added is as all else, and a return gives the file back."""
    sidecar = published_dir / "episodes" / "immunotherapy.toml"
    written = mark + sidecar.read_bytes().replace(b"\n", b"\r\n")
    sidecar.write_bytes(written)

    assert run_tool("withdraw", SLUG, published_dir).returncode == 0
    marked = sidecar.read_bytes()
    assert marked.startswith(written)
    assert marked.removeprefix(written) == f'withdrawn = true\r\nguid = "{GUID}"\r\n'.encode()
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert sidecar.read_bytes() == marked.replace(b"withdrawn = true\r\n", b"")


def test_files_go_after_keep_days(published_dir: Path) -> None:
    """365 unless show.toml says otherwise; what is not this episode's stays."""
    run_tool("withdraw", SLUG, published_dir)
    before = _paths(published_dir)

    run_tool("publish", published_dir, environment=_later(364))
    assert _paths(published_dir) == before
    result = run_tool("publish", published_dir, environment=_later(366))

    assert result.returncode == 0
    assert f"deleted feed/{AUDIO}" in result.stdout
    assert _paths(published_dir) == before - FILES - AT_ONCE
    assert not (published_dir / "feed" / SLUG).exists()
    again = tree(published_dir / "feed")
    assert run_tool("publish", published_dir, environment=_later(700)).stdout.startswith("nothing to do")
    assert tree(published_dir / "feed") == again


def test_now_takes_every_file_at_once(published_dir: Path) -> None:
    """Audio, page, transcripts, chapters; and it says what is out of its reach. Files of others' making stay."""
    (published_dir / "feed" / SLUG / "press.pdf").write_bytes(b"%PDF")
    before = _paths(published_dir)

    result = run_tool("withdraw", SLUG, published_dir, "--now")

    assert result.returncode == 0
    deleted = {line.removeprefix("deleted feed/") for line in result.stdout.splitlines() if "deleted" in line}
    assert deleted == FILES | AT_ONCE
    assert "caches, git history and the apps of listeners" in result.stdout
    assert _paths(published_dir) == before - FILES - AT_ONCE


def test_now_takes_the_files_of_what_was_withdrawn_before(published_dir: Path) -> None:
    """The files can follow the item later."""
    run_tool("withdraw", SLUG, published_dir)

    assert run_tool("withdraw", SLUG, published_dir, "--now").returncode == 0
    assert not FILES & _paths(published_dir)
    assert run_tool("withdraw", SLUG, published_dir, "--now").returncode == 0


def test_withdrawing_twice_changes_nothing(published_dir: Path) -> None:
    """Nor does it move the day on which the files go."""
    run_tool("withdraw", SLUG, published_dir)
    before = tree(published_dir)

    result = run_tool("withdraw", SLUG, published_dir, environment=_later(100))

    assert (result.returncode, result.stdout) == (0, f"nothing to do: {SLUG} is withdrawn already\n")
    assert tree(published_dir) == before


def test_a_mark_made_by_hand_is_carried_out(published_dir: Path) -> None:
    """A sidecar that says it already, and was not published since, is not the same as done."""
    with (published_dir / "episodes" / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write("withdrawn = true\n")

    result = run_tool("withdraw", SLUG, published_dir)

    assert result.returncode == 0
    assert "is withdrawn (" in result.stdout
    assert GUID not in _items(published_dir)


@pytest.mark.parametrize("options", [(), ("--now",)])
def test_a_dry_withdrawal_writes_nothing(published_dir: Path, options: tuple[str, ...]) -> None:
    """Neither in episodes/ nor in feed/; with --now it tells each file that would go."""
    before = tree(published_dir)

    result = run_tool("withdraw", SLUG, published_dir, "--dry-run", *options)

    first, *others = result.stdout.splitlines()
    assert (result.returncode, first) == (0, f"{SLUG} would be withdrawn (episodes/immunotherapy.toml)")
    assert ([f"would delete feed/{path}" in others for path in (AUDIO, f"{SLUG}/index.html")]) == [bool(options)] * 2
    assert tree(published_dir) == before


def test_a_name_that_is_none_is_told(published_dir: Path) -> None:
    """With the nearest one; exit code 1, nothing written."""
    before = tree(published_dir)

    result = run_tool("withdraw", "imunotherapy", published_dir)

    assert result.returncode == 1
    assert "imunotherapy: is no episode of this show; did you mean 'immunotherapy'?" in result.stderr
    assert tree(published_dir) == before


def test_an_episode_whose_files_are_gone(published_dir: Path) -> None:
    """Only the ledger can remember that it was withdrawn, and does; its name is never given to another."""
    _take_away(published_dir, SLUG)

    result = run_tool("withdraw", SLUG, published_dir)

    assert result.returncode == 0
    assert f"{SLUG} is withdrawn\n" in result.stdout
    assert GUID not in _items(published_dir)
    assert _states(published_dir)[SLUG] == "withdrawn"
    assert run_tool("publish", published_dir).returncode == 0
    assert run_tool("withdraw", SLUG, published_dir).stdout == f"nothing to do: {SLUG} is withdrawn already\n"
    run_tool("publish", published_dir, environment=_later(366))
    assert not FILES & _paths(published_dir)


def test_many_episodes_whose_files_are_gone_can_be_withdrawn_one_by_one(published_dir: Path) -> None:
    """As the publish that stops for them says."""
    for number in range(4):
        _add(published_dir, f"talk{number}", str(number))
    run_tool("publish", published_dir)
    for number in range(4):
        _take_away(published_dir, f"talk{number}")
    assert run_tool("publish", published_dir).returncode == 1

    for number in range(4):
        assert run_tool("withdraw", f"talk{number}", published_dir).returncode == 0

    assert run_tool("publish", published_dir).returncode == 0
    assert len(_items(published_dir)) == 2


def test_an_episode_without_a_sidecar_gets_one(published_dir: Path) -> None:
    """What its article's front matter says goes on counting."""
    episodes = published_dir / "episodes"
    (episodes / "immunotherapy.toml").unlink()
    text = (episodes / "immunotherapy.txt").read_text("utf-8")
    (episodes / "immunotherapy.txt").unlink()
    front = "---\ntitle: What is the Future of Immunotherapy?\npublished: 2018-01-17\n---\n"
    (episodes / "immunotherapy.md").write_text(front + text, "utf-8")

    result = run_tool("withdraw", SLUG, published_dir)

    assert result.returncode == 0
    assert (episodes / "immunotherapy.toml").read_text("utf-8") == f'withdrawn = true\nguid = "{GUID}"\n'
    assert GUID not in _items(published_dir)
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir)[GUID] == SITE + AUDIO


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("immunotherapy.yaml", 'title: "The Future"\npublished: 2018-01-17\n', "withdrawn: true"),
        ("immunotherapy.json", '{"title": "The Future", "published": "2018-01-17"}', '"withdrawn": true'),
    ],
)
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_sidecars_that_are_not_toml_are_edited_by_hand(
    published_dir: Path, name: str, text: str, line: str, options: tuple[str, ...]
) -> None:
    """It is told what to write; a dry run says so, too. Nothing is written."""
    (published_dir / "episodes" / "immunotherapy.toml").unlink()
    (published_dir / "episodes" / name).write_text(text, "utf-8")
    before = tree(published_dir)

    result = run_tool("withdraw", SLUG, published_dir, *options)

    assert result.returncode == 1
    assert result.stderr == (
        f"Error: episodes/{name}: is not changed by podcast_tool, which edits TOML only; write {line} by hand\n"
    )
    assert tree(published_dir) == before


def test_a_mark_in_yaml_is_taken_away_by_hand(published_dir: Path) -> None:
    """The mark that staff wrote holds like that of a program."""
    (published_dir / "episodes" / "immunotherapy.toml").unlink()
    sidecar = published_dir / "episodes" / "immunotherapy.yaml"
    sidecar.write_text('title: "The Future"\npublished: 2018-01-17\nwithdrawn: true\n', "utf-8")
    assert run_tool("publish", published_dir).returncode == 0
    assert GUID not in _items(published_dir)

    result = run_tool("restore", SLUG, published_dir)

    assert result.returncode == 1
    assert "episodes/immunotherapy.yaml: is not changed by podcast_tool" in result.stderr
    assert "take away withdrawn: true by hand" in result.stderr
    edit(sidecar, "withdrawn: true\n", "")
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir)[GUID] == SITE + AUDIO


def test_a_mark_in_front_matter_is_taken_away_there(published_dir: Path) -> None:
    """It is told where it stands."""
    episodes = published_dir / "episodes"
    (episodes / "immunotherapy.txt").unlink()
    (episodes / "immunotherapy.md").write_text("---\nwithdrawn: true\n---\n\nWords.\n", "utf-8")
    run_tool("publish", published_dir)
    assert GUID not in _items(published_dir)

    result = run_tool("restore", SLUG, published_dir)

    assert result.returncode == 1
    assert "Error: episodes/immunotherapy.md: is not changed by podcast_tool" in result.stderr


@pytest.mark.parametrize("raw", [b'title = "cut o', b"\xff\xfe broken"])
def test_a_broken_sidecar_is_told_and_kept(published_dir: Path, raw: bytes) -> None:
    """Nothing is written into a file that cannot be understood."""
    sidecar = published_dir / "episodes" / "immunotherapy.toml"
    sidecar.write_bytes(raw)

    result = run_tool("withdraw", SLUG, published_dir)

    assert result.returncode == 1
    assert result.stderr.startswith("Error: episodes/immunotherapy.toml: ")
    assert "Traceback" not in result.stderr
    assert sidecar.read_bytes() == raw
    assert GUID in _items(published_dir)


def test_the_only_episode_of_a_show(published_dir: Path) -> None:
    """The feed is there still, without an item, and takes it back."""
    run_tool("withdraw", "how-cancer-begins", published_dir)
    assert run_tool("withdraw", SLUG, published_dir).returncode == 0

    assert _items(published_dir) == {}
    before = tree(published_dir / "feed")
    result = run_tool("publish", published_dir)
    assert "Traceback" not in result.stderr
    assert tree(published_dir / "feed") == before
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir) == {GUID: SITE + AUDIO}


def test_an_episode_that_never_went_out(published_dir: Path) -> None:
    """It can be withdrawn before its day, and is not published then."""
    _add(published_dir, "later", "1", "published = 2018-02-01\n")

    assert run_tool("withdraw", "later", published_dir).returncode == 0
    assert _states(published_dir)["later"] == "withdrawn"
    run_tool("publish", published_dir, environment=_later(30))
    assert len(_items(published_dir)) == 2


def test_status_says_withdrawn(published_dir: Path) -> None:
    """In words and as JSON; it is no fault."""
    run_tool("withdraw", SLUG, published_dir)

    result = run_tool("status", published_dir)

    assert result.returncode == 0
    assert "withdrawn  2018-01-17 11:00 UTC  immunotherapy  What is the Future of Immunotherapy?" in result.stdout
    assert "2 episodes: 1 published, 1 withdrawn" in result.stdout
    (told,) = (
        episode
        for episode in json.loads(run_tool("status", published_dir, "--json").stdout)["episodes"]
        if episode["slug"] == SLUG
    )
    assert (told["state"], told["guid"], told["enclosure_url"], told["problems"]) == ("withdrawn", GUID, None, [])


# -- restore ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--now",)])
def test_restored_with_its_guid_and_its_address(published_dir: Path, options: tuple[str, ...]) -> None:
    """As long as its files are there, and when they have to be made again."""
    before = tree(published_dir / "feed")
    run_tool("withdraw", SLUG, published_dir, *options)

    result = run_tool("restore", SLUG, published_dir)

    assert result.returncode == 0
    assert f"{SLUG} is restored (episodes/immunotherapy.toml)" in result.stdout
    after = tree(published_dir / "feed")
    assert {path: raw for path, raw in after.items() if path != "ledger.json"} == {
        path: raw for path, raw in before.items() if path != "ledger.json"
    }
    assert run_tool("publish", published_dir).stdout.startswith("nothing to do")


def test_restored_after_its_files_were_deleted(published_dir: Path) -> None:
    """And they stay then: the day of its end is forgotten."""
    run_tool("withdraw", SLUG, published_dir)
    run_tool("publish", published_dir, environment=_later(366))
    assert not FILES & _paths(published_dir)

    run_tool("restore", SLUG, published_dir, environment=_later(367))
    assert _items(published_dir)[GUID] == SITE + AUDIO
    run_tool("publish", published_dir, environment=_later(800))
    assert _paths(published_dir) >= FILES


def test_restored_with_another_recording_it_is_the_same_episode(published_dir: Path) -> None:
    """Withdrawn for a fault in its sound, which was mended meanwhile: same guid, new address."""
    run_tool("withdraw", SLUG, published_dir)
    (published_dir / "episodes" / "immunotherapy.mp3").write_bytes(FRAME * 50)

    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir)[GUID] not in (None, SITE + AUDIO)
    assert len(_items(published_dir)) == 2


def test_restored_after_the_ledger_was_lost(published_dir: Path) -> None:
    """The guid stands in its sidecar since it was withdrawn."""
    for path in [*(published_dir / "episodes").glob("immunotherapy.*")]:
        path.rename(path.with_stem("renamed"))
    run_tool("withdraw", SLUG, published_dir)
    (published_dir / "feed" / "ledger.json").unlink()

    assert run_tool("restore", "renamed", published_dir).returncode == 0
    assert GUID in _items(published_dir)


def test_restoring_twice_changes_nothing(published_dir: Path) -> None:
    """Nor does restoring what was never withdrawn."""
    before = tree(published_dir)

    result = run_tool("restore", SLUG, published_dir)

    assert (result.returncode, result.stdout) == (0, f"nothing to do: {SLUG} is not withdrawn\n")
    assert tree(published_dir) == before


def test_a_dry_return_writes_nothing(published_dir: Path) -> None:
    """It says what would be done."""
    run_tool("withdraw", SLUG, published_dir)
    before = tree(published_dir)

    result = run_tool("restore", SLUG, published_dir, "--dry-run")

    assert (result.returncode, result.stdout) == (0, f"{SLUG} would be restored (episodes/immunotherapy.toml)\n")
    assert tree(published_dir) == before


def test_what_has_no_files_cannot_be_restored_before_they_are_back(published_dir: Path) -> None:
    """It is told what to do; then it comes back as it was."""
    away = _take_away(published_dir, SLUG)
    run_tool("withdraw", SLUG, published_dir)

    result = run_tool("restore", SLUG, published_dir)

    assert result.returncode == 1
    assert f"{SLUG}: has no files any more; put them back into episodes/ first" in result.stderr
    for path in [*away.iterdir()]:
        path.rename(published_dir / "episodes" / path.name)
    assert run_tool("restore", SLUG, published_dir).returncode == 0
    assert _items(published_dir)[GUID] == SITE + AUDIO


def test_another_recording_under_the_name_of_a_withdrawn_episode_is_asked_about(published_dir: Path) -> None:
    """Its guid is not given to another by a mere name: it waits until somebody says which it is."""
    run_tool("withdraw", SLUG, published_dir)
    _take_away(published_dir, SLUG)
    _add(published_dir, SLUG, "another", "published = 2018-01-16\n")

    result = run_tool("publish", published_dir)

    assert result.returncode == 3
    assert f'has the name of {SLUG}, which was withdrawn, and another recording; if it is that one, write guid = "' in (
        result.stderr
    )
    assert len(_items(published_dir)) == 1
    with (published_dir / "episodes" / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write('guid = "tag:example.org,2018:another"\n')
    assert run_tool("publish", published_dir).returncode == 0
    assert set(_items(published_dir)) >= {"tag:example.org,2018:another"}
    assert GUID not in _items(published_dir)


# -- what a publish shows, and asks about again -----------------------------------------------------------------------


def test_a_dry_publish_shows_each_changed_field(published_dir: Path) -> None:
    """Before and after. Nothing is written."""
    edit(published_dir / "episodes" / "immunotherapy.toml", "season = 2", "season = 3")
    edit(published_dir / "episodes" / "immunotherapy.toml", "What is the Future of", "A New Look at")
    edit(published_dir / "episodes" / "immunotherapy.txt", "Comments are closed.", "Comments are closed now.")
    before = tree(published_dir)

    result = run_tool("publish", published_dir, "--dry-run")

    told = [line for line in result.stdout.splitlines() if line.startswith(f"{SLUG}: ")]
    assert result.returncode == 0
    assert told[0] == f"{SLUG}: title: What is the Future of Immunotherapy? -> A New Look at Immunotherapy?"
    assert f"{SLUG}: itunes:season: 2 -> 3" in told
    assert not [line for line in told if "pubDate" in line or "enclosure" in line or " guid" in line]
    assert "how-cancer-begins: " not in result.stdout
    assert tree(published_dir) == before
    assert _states(published_dir) == {SLUG: "changed", "how-cancer-begins": "published"}
    run_tool("publish", published_dir)
    assert _states(published_dir) == {SLUG: "published", "how-cancer-begins": "published"}


def test_a_dry_publish_shows_what_comes_and_what_goes(published_dir: Path) -> None:
    """A field that was not there is (nothing) before."""
    edit(published_dir / "episodes" / "immunotherapy.toml", "season = 2\n", "")
    edit(published_dir / "episodes" / "how-cancer-begins.toml", "episode = 1\n", 'episode = 1\ntype = "bonus"\n')

    result = run_tool("publish", published_dir, "--dry-run")

    assert f"{SLUG}: itunes:season: 2 -> (nothing)" in result.stdout
    assert "how-cancer-begins: itunes:episodeType: full -> bonus" in result.stdout


def test_a_dry_publish_shows_where_a_long_text_differs(published_dir: Path) -> None:
    """Of before and after a line each, which begins a little before the difference."""
    edit(published_dir / "episodes" / "immunotherapy.txt", "changed everything", "altered everything")

    result = run_tool("publish", published_dir, "--dry-run")

    told = next(line for line in result.stdout.splitlines() if line.startswith(f"{SLUG}: description: …"))
    before, after = told.removeprefix(f"{SLUG}: description: ").split(" -> ")
    assert "has changed everything" in before
    assert "has altered everything" in after
    assert max(len(before), len(after)) <= 80


def _many(show_dir: Path, count: int) -> Path:
    for number in range(count):
        _add(show_dir, f"talk{number:02d}", str(number), f"published = 2017-11-{number + 10}\n")
    assert run_tool("publish", show_dir).returncode == 0
    return show_dir


def test_a_third_of_the_episodes_gone_stops_the_publish(published_dir: Path) -> None:
    """The disk is probably not mounted: exit code 1, nothing written; --yes publishes, and all of them stay."""
    _many(published_dir, 7)
    for number in range(3):
        _take_away(published_dir, f"talk{number:02d}")
    (published_dir / "episodes" / "cover.jpg").touch()
    edit(published_dir / "episodes" / "immunotherapy.toml", "season = 2", "season = 3")
    before, items = tree(published_dir / "feed"), _items(published_dir)

    result = run_tool("publish", published_dir)

    assert result.returncode == 1
    assert "episodes/: 3 of 9 published episodes are gone; mount the disk that they are on, or withdraw each" in (
        result.stderr
    )
    assert tree(published_dir / "feed") == before
    dry = run_tool("publish", published_dir, "--dry-run")
    assert (dry.returncode, "3 of 9 published episodes are gone" in dry.stderr) == (1, True)
    sure = run_tool("publish", published_dir, "--yes")
    assert sure.returncode == 3
    assert _items(published_dir) == items
    assert "<itunes:season>3</itunes:season>" in (published_dir / "feed" / "feed.xml").read_text("utf-8")


def test_less_than_a_third_or_than_three_gone_does_not_stop(published_dir: Path) -> None:
    """Each is told, and its last item stays."""
    _many(published_dir, 8)
    items = _items(published_dir)
    for number in range(3):
        _take_away(published_dir, f"talk{number:02d}")

    result = run_tool("publish", published_dir)

    assert result.returncode == 3
    assert result.stderr.count("was published but is gone from episodes/, and its last published item stays") == 3
    assert _items(published_dir) == items


def test_both_of_two_episodes_gone_does_not_stop(published_dir: Path) -> None:
    """Two may well have been archived."""
    items = _items(published_dir)
    _take_away(published_dir, SLUG)
    _take_away(published_dir, "how-cancer-begins")

    assert run_tool("publish", published_dir).returncode == 3
    assert _items(published_dir) == items


def test_the_dates_of_eleven_episodes_are_asked_about(published_dir: Path) -> None:
    """As a wrong time zone would change them: exit code 1, nothing written, unless --yes. Ten are not asked about."""
    _many(published_dir, 9)
    zone = published_dir / "episodes" / "show.toml"
    edit(zone, "America/New_York", "Europe/Berlin")
    before = tree(published_dir / "feed")

    stopped = run_tool("publish", published_dir)

    assert stopped.returncode == 1
    assert "the dates of 11 published episodes would change; say --yes if they are to" in stopped.stderr
    assert tree(published_dir / "feed") == before
    assert run_tool("publish", published_dir, "--yes").returncode == 0
    assert "Wed, 17 Jan 2018 05:00:00 +0000" in (published_dir / "feed" / "feed.xml").read_text("utf-8")
    with (published_dir / "episodes" / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write("withdrawn = true\n")
    run_tool("publish", published_dir)
    edit(zone, "Europe/Berlin", "America/New_York")
    assert run_tool("publish", published_dir).returncode == 0


@pytest.mark.parametrize(
    "line",
    [
        'site_url = "https://podcast.example.com/science-behind-cancer/"',
        'media_url = "https://cdn.example.org/"',
        'enclosure_prefix = "https://op3.dev/e/"',
    ],
)
def test_the_addresses_of_eleven_episodes_are_asked_about(published_dir: Path, line: str) -> None:
    """Apps may load each of them again: exit code 1, nothing written, unless --yes. Asked once, and not of ten."""
    _many(published_dir, 9)
    toml = published_dir / "episodes" / "show.toml"
    field = line.partition(" ")[0]
    kept = [written for written in toml.read_text("utf-8").splitlines() if not written.startswith(field)]
    before = toml.read_bytes(), tree(published_dir / "feed")
    toml.write_text("\n".join([*kept, line]), "utf-8")

    stopped = run_tool("publish", published_dir)

    assert stopped.returncode == 1
    assert "the audio of 11 episodes would move although it is the same; say --yes if it is to" in stopped.stderr
    assert tree(published_dir / "feed") == before[1]
    assert run_tool("publish", published_dir, "--yes").returncode == 0
    assert run_tool("publish", published_dir).returncode == 0
    with (published_dir / "episodes" / "immunotherapy.toml").open("a") as sidecar:
        sidecar.write("withdrawn = true\n")
    run_tool("publish", published_dir)
    toml.write_bytes(before[0])
    assert run_tool("publish", published_dir).returncode == 0
