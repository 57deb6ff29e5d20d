"""An app that is subscribed all the while: of whatever staff do to a show, it calls only new episodes new."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree
from mutagen.id3 import ID3, TIT2

from podcast_tool import pipeline

from .conftest import edit, need_command, serving
from .test_life import BIRTH, DAY, SHOW, SITE, cover, sounds


@dataclass
class Staff:
    """Who work on the show; a day lies between two publishes."""

    show_dir: Path
    monkeypatch: pytest.MonkeyPatch
    day: int = 2

    @property
    def episodes(self) -> Path:
        return self.show_dir / "episodes"

    @property
    def feed_file(self) -> Path:
        return self.show_dir / "feed" / "feed.xml"

    def add(self, stem: str, sound: int, *, in_days: int = 0) -> None:
        path = self.episodes / f"{stem}.mp3"
        path.write_bytes(sounds()[sound])
        published = f"{self.date(in_days)}T00:00:00Z"
        path.with_suffix(".toml").write_text(f'title = "About {stem}"\npublished = {published}\n', "utf-8")
        path.with_suffix(".md").write_text(f"All that is known about {stem}.\n", "utf-8")

    def date(self, in_days: int = 0) -> str:
        """Today's, that is; the clock stands in the middle of the day."""
        days = self.day + in_days
        assert days < 30
        return f"2020-09-{days + 1:02d}"

    def move(self, stem: str, to: str) -> None:
        for path in [*self.episodes.glob(f"{stem}.*")]:
            goal = self.show_dir / f"{to}{path.suffix}"
            goal.parent.mkdir(exist_ok=True)
            path.rename(goal)

    def replace(self, stem: str, sound: int) -> None:
        (self.episodes / f"{stem}.mp3").write_bytes(sounds()[sound])

    def say(self, stem: str, line: str) -> None:
        with (self.episodes / f"{stem}.toml").open("a", encoding="utf-8") as sidecar:
            sidecar.write(f"{line}\n")

    def publish(self) -> None:
        """And the host gives the feed the time of its day: within a second it would tell apps of no change."""
        moment = self.wait()
        pipeline.publish(self.show_dir, lambda _: None, is_sure=True)
        os.utime(self.feed_file, (moment, moment))

    def wait(self) -> int:
        moment = BIRTH - BIRTH % DAY - 12 * DAY + self.day * DAY + DAY // 2
        self.monkeypatch.setenv("SOURCE_DATE_EPOCH", str(moment))
        return moment

    def guid(self, title: str) -> str:
        feed = etree.parse(self.feed_file)
        (guid,) = [i.findtext("guid") for i in feed.iterfind("channel/item") if i.findtext("title") == title]
        return str(guid)

    def withdraw(self, name: str) -> None:
        self.wait()
        pipeline.withdraw(self.show_dir, name, lambda _: None, at_once=False, is_dry=False)

    def restore(self, name: str) -> None:
        self.wait()
        pipeline.restore(self.show_dir, name, lambda _: None, is_dry=False)

    def retag(self, stem: str) -> None:
        tags = ID3()
        tags.add(TIT2(encoding=3, text="Master 2"))
        tags.save(self.episodes / f"{stem}.mp3")

    def join_the_sidecar(self, stem: str) -> None:
        """What it says comes into the article."""
        sidecar, article = self.episodes / f"{stem}.toml", self.episodes / f"{stem}.md"
        fields = sidecar.read_text("utf-8").replace(" = ", ": ")
        article.write_text(f"---\n{fields}---\n\n{article.read_text('utf-8')}", "utf-8")
        sidecar.unlink()

    def rework(self, stem: str, to: str, sound: int) -> None:
        """All at once: guid written down, another name, title, date and recording."""
        guid = self.guid(f"About {stem}")
        self.move(stem, f"episodes/{to}")
        (self.episodes / f"{to}.toml").write_text(
            f'title = "All of {to}"\npublished = {self.date()}\nguid = "{guid}"\n', "utf-8"
        )
        self.replace(to, sound)


# What is done on each day before the publish, and the titles that are news of that day.
DAYS: list[tuple[Callable[[Staff], object], set[str]]] = [
    (lambda _: None, set()),
    (lambda staff: edit(staff.episodes / "owls.toml", "About owls", "About old owls"), set()),
    (lambda staff: staff.add("zebras", 2), {"About zebras"}),
    (lambda staff: staff.move("owls", "episodes/001 night birds"), set()),
    (lambda staff: staff.retag("zebras"), set()),
    (lambda staff: staff.replace("larks", 3), set()),
    (lambda staff: staff.move("larks", "episodes/birds/larks"), set()),
    (lambda staff: edit(staff.episodes / "show.toml", "A Life", "A Long Life"), set()),
    (lambda staff: staff.add("wolves", 4, in_days=1), set()),
    (lambda _: None, {"About wolves"}),
    (lambda staff: edit(staff.episodes / "wolves.toml", "T00:00:00Z", "T06:00:00Z"), set()),
    (lambda staff: staff.withdraw("zebras"), set()),
    (lambda staff: shutil.copy(staff.episodes / "wolves.mp3", staff.episodes / "dogs.mp3"), set()),
    (lambda staff: staff.add("dogs", 4), {"About dogs"}),
    (lambda staff: staff.move("wolves", "archive/wolves"), set()),
    (lambda staff: (staff.show_dir / "feed" / "ledger.json").unlink(), set()),
    (lambda staff: staff.restore("zebras"), set()),
    (lambda staff: staff.move("../archive/wolves", "episodes/birds/wolves"), set()),
    (lambda staff: staff.say("dogs", 'title = "twice"'), set()),  # cannot be read
    (lambda staff: edit(staff.episodes / "dogs.toml", 'title = "twice"\n', ""), set()),
    (lambda staff: staff.join_the_sidecar("dogs"), set()),
    (lambda staff: staff.rework("zebras", "horses", 5), set()),
    (lambda staff: shutil.rmtree(staff.show_dir / ".podcast_tool"), set()),
    (lambda staff: staff.add("cats", 6), {"About cats"}),
]


@dataclass
class App:
    """gPodder with a home of its own."""

    home: Path
    command: str

    def tell(self, *words: str) -> str:
        home = str(self.home)
        environment = {**os.environ, "GPODDER_HOME": home, "HOME": home, "no_proxy": "127.0.0.1", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [self.command, *words], env=environment, capture_output=True, text=True, timeout=60, check=True
        ).stdout

    def episodes(self, *, only_new: bool = False) -> list[tuple[str, str]]:
        """Title and guid of each; new is what `gpo pending` lists."""
        query = "SELECT title, guid FROM episode" + (" WHERE is_new AND state = 0" if only_new else "")
        with closing(sqlite3.connect(self.home / "Database")) as database:
            return database.execute(query).fetchall()


def test_gpodder_calls_only_new_episodes_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than twenty publishes with edits, other names, other recordings, ends and losses; it downloads each day."""
    staff = Staff(tmp_path / "show", monkeypatch)
    (staff.show_dir / "feed").mkdir(parents=True)
    staff.episodes.mkdir()
    (staff.episodes / "cover.jpg").write_bytes(cover())
    app = App(tmp_path / "gpodder", need_command("gpo"))
    app.home.mkdir()
    with serving(staff.show_dir / "feed") as address:
        (staff.episodes / "show.toml").write_text(SHOW.replace(SITE, address), "utf-8")
        staff.add("owls", 0, in_days=-2)
        staff.add("larks", 1, in_days=-1)
        staff.publish()
        app.tell("subscribe", f"{address}feed.xml")
        app.tell("download")
        seen = app.episodes()
        assert {title for title, _ in seen} == {"About owls", "About larks"}
        for staff.day, (work, news) in enumerate(DAYS, 3):
            work(staff)
            staff.publish()
            app.tell("update")
            new = app.episodes(only_new=True)
            assert {title for title, _ in new} == news, f"day {staff.day}"
            if news:
                listed = app.tell("pending")
                assert all(title in listed for title in news)
                app.tell("download")
            seen += new

    feed = etree.parse(staff.feed_file)
    shown = {(item.findtext("title"), item.findtext("guid")) for item in feed.iterfind("channel/item")}
    assert set(app.episodes()) == shown, "it has every episode once, as it is called now"
    assert {guid for _, guid in shown} == {guid for _, guid in seen}
    assert {"About old owls", "All of horses", "About cats"} <= {title for title, _ in shown}
