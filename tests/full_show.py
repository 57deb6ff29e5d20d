"""A show that uses every field of show.toml and sidecars, as staff would write it.

Its texts hold what is easily lost on the way (&, quotes, letters of other languages, addresses with two parameters),
and hardly any two of them are alike, so that a value found in a reading can only be its own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PIL import Image as Pictures

from .conftest import REPOSITORY, run_tool

SHOW = """\
title = "Sounds of the Marsh & Moor"
description = "What calls at night between Fenland and “Wümme”: recordists & wardens explain, one voice at a time."
site_url = "https://marsh.example.org/sounds/"
media_url = "https://media.example.org/marsh/"
feed_path = "podcast.xml"
enclosure_prefix = "https://op3.example.org/e/"
short_notes_after = 1
guid = "8f6a2c1e-52b0-5f0c-9d7f-3a41f5f7c001"
language = "en-gb"
author = "Fenland Trust & Friends"
owner = { name = "Zoë O'Hara", email = "office@marsh.example.org" }
categories = ["Society & Culture > Places & Travel", "Government"]
explicit = false
type = "serial"
cover = "cover.jpg"
copyright = "2017 Fenland Trust"
timezone = "Europe/Berlin"
publish_time = "05:30"
link = "https://www.example.org/marsh?lang=en&from=feed"
notes_header = "*Recorded after dark.*"
notes_footer = "[All recordings](https://www.example.org/archive)"
locked = false
keep_days = 30
pages = true
page_links = [{ title = "Imprint", url = "https://podcast.example.org/imprint" }]
directories = { apple = "1234567890", spotify = "4rOoJ6Egrf8K2IrywzwOMk" }
theme = { accent = "#0a5c8a", font = "Georgia, serif" }
accept_changes = false
require_transcript = false
normalise = false
write_tags = true
fix_artwork = "crop"

managing_editor = "editor@marsh.example.org (Ruth Vole)"
web_master = "web@marsh.example.org (Ned Pike)"
ttl_minutes = 360
skip_hours = [2, 3]
skip_days = ["Sunday"]
hub = "https://hub.example.org/marsh"
itunes_title = "Marsh & Moor at Night"
block = true
complete = true
new_feed_url = "https://moved.example.org/podcast.xml"
apple_verify = "b7c1d0e2f3"

medium = "audiobook"
location = { name = "Wicken Fen", rel = "creator", geo = "geo:52.31,0.29", osm = "R1234567", country = "GB" }
license = { name = "Fenland Terms", url = "https://www.example.org/terms" }
social_interact = [{ protocol = "activitypub", uri = "https://social.example.org/@marsh/1", priority = 1 }]
chat = { server = "chat.example.org", protocol = "matrix", account_id = "@fen:example.org", space = "#marsh" }
podroll = ["d4d5fc0f-46f8-588c-aa6a-6dcb1e0e5001"]
publisher = { feed_guid = "29cdca4a-32d8-56ba-b48b-09a011c5d002", feed_url = "https://www.example.org/all.xml" }
remote_items = [{ feed_guid = "917393e3-1b1e-5cef-ace4-edaa54e1f003", item_guid = "dawn-1", medium = "music" }]
block_services = ["tiktok", { id = "spotify", block = false }]
podping = true

[update_frequency]
text = "Every second Friday"
rrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"
dtstart = 2017-12-01
complete = false

[[rss_categories]]
text = "Wading birds"
domain = "https://keywords.example.org/"

[[feed_links]]
rel = "prev-archive"
url = "https://archive.example.org/2016.xml"

[[funding]]
text = "Adopt a reed bed"
url = "https://give.example.org/reed?amount=5&per=month"

[[funding]]
text = "Buy the warden's tea"
url = "https://give.example.org/tea"

[[persons]]
name = "Jörg Weiß"
role = "host"
url = "https://people.example.org/weiss"
image = "https://people.example.org/weiss.jpg"

[[persons]]
name = "Mary Akande"
group = "writing"
role = "editor"

[[trailers]]
title = "Hear the Fen"
url = "https://media.example.org/hear.mp3"
published = 2017-06-01
size_bytes = 123456
media_type = "audio/mpeg"
season = 3

[[images]]
url = "https://pictures.example.org/wide.jpg"
alt = "Reeds at dusk"
aspect_ratio = "16/9"
width_px = 1920
height_px = 1080
media_type = "image/jpeg"
purpose = "banner"

[[txt]]
purpose = "verify"
text = "S6lpp-7ZCn8-dZfGc-OoyaG"

[[value]]
type = "lightning"
method = "keysend"
suggested = 0.0000005

[[value.recipients]]
name = "The Trust"
type = "node"
address = "02d5c1bf8b940dc9cadca86d1b0a3c37fbe39cee4c7e839e33bef9174531d27f52"
split = 95
custom_key = "7629169"
custom_value = "fen"
fee = false

[[extra]]
element = "spotify:countryOfOrigin"
namespace = "http://www.spotify.com/ns/rss"
text = "gb de"
"""

BITTERN = """\
title = "Bitterns & Reeds: Who’s Booming?"
published = 2018-01-05T19:45:00
season = 4
season_name = "Winter on the Levels"
episode = 7
episode_display = "Ch. VII"
type = "full"
summary = "A warden counts the calls."
explicit = true
guid = "marsh:0007"
link = "https://www.example.org/articles/bittern?a=1&b=2"
draft = false
accept_changes = false
withdrawn = false
require_transcript = true
normalise = false
write_tags = true
audio = "bittern.mp3"
article = "bittern.md"
artwork = "bittern.jpg"
chapters = "bittern.chapters.json"

block = true
location = { name = "Ham Wall & Meare", rel = "subject", geo = "geo:51.15,-2.79", osm = "W7654321", country = "IE" }
license = "cc-by-4.0"
images = ["https://pictures.example.org/bittern-square.jpg"]
chat = { server = "irc.example.org", protocol = "irc", account_id = "bittern", space = "#boom" }
txt = [{ text = "Recorded at 4 a.m.", purpose = "release" }]
rss_categories = ["Botaurus stellaris"]

[[persons]]
name = "Åsa Lindqvist"
role = "guest"
url = "https://people.example.org/lindqvist"

[[persons]]
name = "Tom Reed"
group = "audio post-production"
role = "sound designer"
image = "https://people.example.org/reed.png"

[[funding]]
text = "Save the bittern"
url = "https://give.example.org/bittern"

[[soundbites]]
title = "The boom itself"
start = "0:31.5"
duration = 20

[[soundbites]]
title = "Why it carries"
start = 75
duration = 30.25

[[alternate_enclosures]]
media_type = "video/mp4"
size_bytes = 7924786
bit_rate_bps = 511276.5
height_px = 720
language = "en"
title = "Film of the dawn"
rel = "film"
codecs = "avc1"
default = false
sources = ["https://media.example.org/bittern.mp4", { url = "ipfs://bittern-dawn", media_type = "video/webm" }]
integrity = { type = "sri", value = "sha384-ExVqijgYHm15PqQqdXfW95x+Rs6C+d6E/ICxyQOeFevnxNLR/wtJNrNYTjIysUBo" }

[[social_interact]]
protocol = "activitypub"
uri = "https://social.example.org/@marsh/7"
account_id = "@marsh"
account_url = "https://social.example.org/@marsh"
priority = 2

[[value]]
type = "lightning"
method = "keysend"

[[value.recipients]]
name = "Åsa's net"
type = "node"
address = "03ae9f91a0cb8ff43840e3c322c4c61f019d8c1c3cea15a25cfc425ac605e61a4a"
split = 100

[[value.time_splits]]
start = 60
duration = 30
remote_percentage = 90
remote_item = { feed_guid = "917393e3-1b1e-5cef-ace4-edaa54e1f004", item_guid = "song-9" }

[[extra]]
element = "marsh:tide"
namespace = "https://ns.example.org/marsh"
text = "ebb"
attributes = { metres = 0.4 }
"""

# Only what an episode needs; for the rest it has the show's word.
WELCOME = """\
title = "Welcome to the Marsh"
published = 2017-12-01
type = "trailer"
summary = "What you will hear this winter."
"""

ARTICLE = """\
The bittern booms before dawn. [Hear the archive](https://sounds.example.org/bittern) & count along.
"""

CHAPTERS: Mapping[str, Any] = {
    "version": "1.2.0",
    "chapters": [
        {"startTime": 0, "title": "Before dawn"},
        {
            "startTime": 30.5,
            "title": "The boom & its echo",
            "url": "https://sounds.example.org/boom",
            "img": "echo.jpg",
        },
        {"startTime": 90, "title": "The count"},
    ],
}

CAPTIONS = """\
WEBVTT

00:00:00.500 --> 00:00:04.000
<v Åsa>Listen: it begins.
"""
CAPTIONS_IN_GERMAN = """\
1
00:00:00,500 --> 00:00:04,000
Hören Sie: Es beginnt.
"""


@dataclass(frozen=True)
class FullShow:
    """The show as it was written, and where it was published."""

    show_dir: Path

    @cached_property
    def show(self) -> dict[str, Any]:
        """show.toml, key -> value."""
        return tomllib.loads(SHOW)

    @cached_property
    def episode(self) -> dict[str, Any]:
        """The sidecar of the newest episode, which says everything."""
        return tomllib.loads(BITTERN)

    @cached_property
    def trailer(self) -> dict[str, Any]:
        """The sidecar of the older one, which says little."""
        return tomllib.loads(WELCOME)

    @property
    def site_url(self) -> str:
        """Where feed/ is served."""
        return str(self.show["site_url"])

    def moment(self, said: date) -> datetime:
        """A date or a naive moment, as it was written, in UTC."""
        if not isinstance(said, datetime):
            said = datetime.combine(said, time.fromisoformat(self.show["publish_time"]))
        return said.replace(tzinfo=ZoneInfo(self.show["timezone"])).astimezone(UTC)

    @property
    def feed(self) -> bytes:
        """The feed as it was published."""
        return (self.show_dir / "feed" / str(self.show["feed_path"])).read_bytes()

    def published_path(self, pattern: str) -> str:
        """The path below feed/ of the one file that fits *pattern*; its name holds a digest."""
        (path,) = (self.show_dir / "feed").glob(pattern)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
        assert digest in path.name
        return path.relative_to(self.show_dir / "feed").as_posix()

    def size_bytes(self, path: str) -> int:
        """Of a file below feed/."""
        return (self.show_dir / "feed" / path).stat().st_size


def _picture(colour: str) -> bytes:
    file = BytesIO()
    Pictures.new("RGB", (1400, 1400), colour).save(file, "JPEG")
    return file.getvalue()


def write_full_show(show_dir: Path) -> FullShow:
    """Write its `episodes/`; the recordings and the cover are the sample show's."""
    episodes, sample = show_dir / "episodes", REPOSITORY / "episodes"
    episodes.mkdir(parents=True)
    shutil.copy(sample / "cover.jpg", episodes)
    shutil.copy(sample / "immunotherapy.mp3", episodes / "bittern.mp3")
    shutil.copy(sample / "how-cancer-begins.mp3", episodes / "welcome.mp3")
    texts = {
        "show.toml": SHOW,
        "bittern.toml": BITTERN,
        "bittern.md": ARTICLE,
        "bittern.chapters.json": json.dumps(CHAPTERS),
        "bittern.vtt": CAPTIONS,
        "bittern.de.srt": CAPTIONS_IN_GERMAN,
        "welcome.toml": WELCOME,
        "welcome.txt": "Three wardens and a microphone: this winter we wait for birds that are heard and never seen.",
        "welcome.transcript.txt": "You will hear wings, water and a warden.",
    }
    for name, text in texts.items():
        (episodes / name).write_text(text, encoding="utf-8")
    for name, colour in {"bittern.jpg": "olive", "echo.jpg": "teal"}.items():
        (episodes / name).write_bytes(_picture(colour))
    return FullShow(show_dir)


def publish_full_show(show_dir: Path) -> FullShow:
    """Write it and publish it; nothing may be wrong with it."""
    written = write_full_show(show_dir)
    done = run_tool("publish", show_dir)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return written
