"""The table of tags: every field from show.toml and sidecar to the feed, and every tag of anybody's feed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from podcast_tool.check.feed.tags import check_counts, check_element
from podcast_tool.model import Element, Level, Node, Problem, Show
from podcast_tool.read.show import FIELDS as SHOW_FIELDS
from podcast_tool.read.sidecar import FIELDS as SIDECAR_FIELDS
from podcast_tool.read.tags import convert_tags
from podcast_tool.render.elements import add_element
from podcast_tool.text import clean_line
from podcast_tool.vocabulary.namespaces import NAMESPACES
from podcast_tool.vocabulary.reference import render_tags_page
from podcast_tool.vocabulary.shape import Scope, Tag, Writer
from podcast_tool.vocabulary.tags import TAGS, find_tag, tags_of

from .conftest import REPOSITORY, run_tool

SPOTIFY = "http://www.spotify.com/ns/rss"
MEDIA = "http://search.yahoo.com/mrss/"
GUID, OTHER_GUID = "917393e3-1b1e-5cef-ace4-edaa54e1f810", "9b024349-ccf0-5f69-a609-6b82873eab3c"
SRI = "sha384-" + "A" * 64

# Field -> how staff write it, and the elements that it becomes.
BOTH_FIELDS: dict[str, tuple[str, list[str]]] = {
    "rss_categories": (
        'rss_categories = ["cancer", { text = "R&D", domain = "topics" }]',
        ["<category>cancer</category>", '<category domain="topics">R&amp;D</category>'],
    ),
    "block": ("block = true", ["<itunes:block>Yes</itunes:block>"]),
    "funding": (
        'funding = [{ text = "Support us", url = "https://example.org/give" }]',
        ['<podcast:funding url="https://example.org/give">Support us</podcast:funding>'],
    ),
    "persons": (
        """persons = ["Ann Lee", { name = "Bo", role = "Audio Editor", group = "audio post-production",
        image = "https://example.org/b.jpg", url = "https://example.org/bo" }]""",
        [
            "<podcast:person>Ann Lee</podcast:person>",
            '<podcast:person role="audio editor" group="audio post-production" img="https://example.org/b.jpg" '
            'href="https://example.org/bo">Bo</podcast:person>',
        ],
    ),
    "location": (
        'location = { name = "Truro", rel = "creator", geo = "geo:50.26,-5.05", osm = "R113314#4", country = "gb" }',
        ['<podcast:location rel="creator" geo="geo:50.26,-5.05" osm="R113314#4" country="GB">Truro</podcast:location>'],
    ),
    "license": (
        'license = { name = "Our terms", url = "https://example.org/terms" }',
        ['<podcast:license url="https://example.org/terms">Our terms</podcast:license>'],
    ),
    "images": (
        """images = [{ url = "https://example.org/wide.jpg", alt = "A <tide> table", aspect_ratio = "16/9",
        width_px = 1600, height_px = 900, media_type = "image/jpeg", purpose = "social" }]""",
        [
            '<podcast:image href="https://example.org/wide.jpg" alt="A &lt;tide&gt; table" aspect-ratio="16/9" '
            'width="1600" height="900" type="image/jpeg" purpose="social"/>'
        ],
    ),
    "social_interact": (
        """social_interact = [
        { protocol = "activitypub", uri = "https://example.social/@show/1", account_id = "@show",
          account_url = "https://example.social/@show", priority = 1 },
        { protocol = "nostr", uri = "nostr:note1xyz", priority = 2 }]""",
        [
            '<podcast:socialInteract protocol="activitypub" uri="https://example.social/@show/1" accountId="@show" '
            'accountUrl="https://example.social/@show" priority="1"/>',
            '<podcast:socialInteract protocol="nostr" uri="nostr:note1xyz" priority="2"/>',
        ],
    ),
    "chat": (
        'chat = { server = "irc.example.org", protocol = "irc", account_id = "@show", space = "#tides" }',
        ['<podcast:chat server="irc.example.org" protocol="irc" accountId="@show" space="#tides"/>'],
    ),
    "txt": (
        'txt = ["free words", { text = "line 1\\nline 2", purpose = "verify" }]',
        ["<podcast:txt>free words</podcast:txt>", '<podcast:txt purpose="verify">line 1\nline 2</podcast:txt>'],
    ),
    "value": (
        f"""value = {{ type = "lightning", method = "keysend", suggested = 0.00000005,
        recipients = [{{ name = "Ann", type = "node", address = "02d5", split = 95, custom_key = "696969",
          custom_value = "x", fee = false }}],
        time_splits = [{{ start = "1:00", duration = 60, remote_start = 1.5, remote_percentage = 90,
          remote_item = {{ feed_guid = "{GUID}", feed_url = "https://example.org/f.xml", item_guid = "i1",
            medium = "music" }} }},
          {{ start = 120, duration = 5, recipients = [{{ name = "Bo", type = "lnaddress", address = "bo@example.org",
            split = 1 }}] }}] }}""",
        [
            '<podcast:value type="lightning" method="keysend" suggested="0.00000005">'
            '<podcast:valueRecipient name="Ann" type="node" address="02d5" split="95" customKey="696969" '
            'customValue="x" fee="false"/>'
            '<podcast:valueTimeSplit startTime="60" duration="60" remoteStartTime="1.5" remotePercentage="90">'
            f'<podcast:remoteItem feedGuid="{GUID}" feedUrl="https://example.org/f.xml" itemGuid="i1" medium="music"/>'
            "</podcast:valueTimeSplit>"
            '<podcast:valueTimeSplit startTime="120" duration="5">'
            '<podcast:valueRecipient name="Bo" type="lnaddress" address="bo@example.org" split="1"/>'
            "</podcast:valueTimeSplit></podcast:value>"
        ],
    ),
    "extra": (
        f"""extra = [
        {{ element = "spotify:limit", namespace = "{SPOTIFY}", attributes = {{ recentCount = 20, strict = true }} }},
        {{ element = "spotify:countryOfOrigin", namespace = "{SPOTIFY}", text = "de & at" }},
        {{ element = "media:group", namespace = "{MEDIA}", children = [
          {{ element = "media:rating", text = "nonadult" }}] }}]""",
        [
            f'<spotify:limit xmlns:spotify="{SPOTIFY}" recentCount="20" strict="true"/>',
            f'<spotify:countryOfOrigin xmlns:spotify="{SPOTIFY}">de &amp; at</spotify:countryOfOrigin>',
            f'<media:group xmlns:media="{MEDIA}"><media:rating>nonadult</media:rating></media:group>',
        ],
    ),
}
SHOW_ONLY: dict[str, tuple[str, list[str]]] = {
    "managing_editor": (
        'managing_editor = "ed@example.org (Ann Lee)"',
        ["<managingEditor>ed@example.org (Ann Lee)</managingEditor>"],
    ),
    "web_master": (
        'web_master = "web@example.org (Bo Oz)"',
        ["<webMaster>web@example.org (Bo Oz)</webMaster>"],
    ),
    "ttl_minutes": ("ttl_minutes = 60", ["<ttl>60</ttl>"]),
    "skip_hours": ("skip_hours = [0, 23]", ["<skipHours><hour>0</hour><hour>23</hour></skipHours>"]),
    "skip_days": ('skip_days = ["Sunday"]', ["<skipDays><day>Sunday</day></skipDays>"]),
    "hub": (
        'hub = ["https://hub.example.org/"]',
        ['<atom:link rel="hub" href="https://hub.example.org/"/>'],
    ),
    "feed_links": (
        """feed_links = [{ rel = "prev-archive", url = "https://example.org/2017.xml",
        media_type = "application/rss+xml", title = "2017" }]""",
        ['<atom:link rel="prev-archive" href="https://example.org/2017.xml" type="application/rss+xml" title="2017"/>'],
    ),
    "itunes_title": ('itunes_title = "Cancer Science"', ["<itunes:title>Cancer Science</itunes:title>"]),
    "complete": ("complete = true", ["<itunes:complete>Yes</itunes:complete>"]),
    "new_feed_url": (
        'new_feed_url = "https://example.org/new.xml"',
        ["<itunes:new-feed-url>https://example.org/new.xml</itunes:new-feed-url>"],
    ),
    "apple_verify": (
        'apple_verify = "a1b2-c3"',
        ["<itunes:applepodcastsverify>a1b2-c3</itunes:applepodcastsverify>"],
    ),
    "medium": ('medium = "podcast"', ["<podcast:medium>podcast</podcast:medium>"]),
    "trailers": (
        """trailers = [{ title = "Hear us", url = "https://example.org/t.mp3", published = 2018-01-05, size_bytes = 99,
        media_type = "audio/mpeg", season = 1 }]""",
        [
            '<podcast:trailer url="https://example.org/t.mp3" pubdate="Fri, 05 Jan 2018 11:00:00 +0000" length="99" '
            'type="audio/mpeg" season="1">Hear us</podcast:trailer>'
        ],
    ),
    "update_frequency": (
        """update_frequency = { text = "Mondays", rrule = "FREQ=WEEKLY;BYDAY=MO;COUNT=9", dtstart = 2018-01-08T06:00:00,
        complete = false }""",
        [
            '<podcast:updateFrequency complete="false" dtstart="2018-01-08T11:00:00Z" '
            'rrule="FREQ=WEEKLY;BYDAY=MO;COUNT=9">Mondays</podcast:updateFrequency>'
        ],
    ),
    "podroll": (
        f"""podroll = [{{ feed_guid = "{GUID}", feed_url = "https://example.org/a.xml", title = "A & B" }},
        {{ feed_guid = "{OTHER_GUID}", feed_url = "https://example.org/b.xml" }}]""",
        [
            f'<podcast:podroll><podcast:remoteItem feedGuid="{GUID}" feedUrl="https://example.org/a.xml" '
            f'title="A &amp; B"/><podcast:remoteItem feedGuid="{OTHER_GUID}" feedUrl="https://example.org/b.xml"/>'
            "</podcast:podroll>"
        ],
    ),
    "publisher": (
        f'publisher = {{ feed_guid = "{GUID}", feed_url = "https://example.org/p.xml" }}',
        [
            f'<podcast:publisher><podcast:remoteItem medium="publisher" feedGuid="{GUID}" '
            'feedUrl="https://example.org/p.xml"/></podcast:publisher>'
        ],
    ),
    "remote_items": (
        f"""remote_items = {{ feed_guid = "{GUID}", feed_url = "https://example.org/r.xml", item_guid = "x",
        medium = "music", title = "X" }}""",
        [
            f'<podcast:remoteItem feedGuid="{GUID}" feedUrl="https://example.org/r.xml" itemGuid="x" '
            'medium="music" title="X"/>'
        ],
    ),
    "block_services": (
        'block_services = ["spotify", { id = "apple", block = false }, { block = true }]',
        [
            '<podcast:block id="spotify">yes</podcast:block>',
            '<podcast:block id="apple">no</podcast:block>',
            "<podcast:block>yes</podcast:block>",
        ],
    ),
    "podping": ("podping = true", ['<podcast:podping usesPodping="true"/>']),
}
EPISODE_ONLY: dict[str, tuple[str, list[str]]] = {
    "soundbites": (
        'soundbites = [{ title = "The army", start = "1:00.5", duration = 30 }]',
        ['<podcast:soundbite startTime="60.5" duration="30">The army</podcast:soundbite>'],
    ),
    "season_name": ('season_name = "The Deep"', ['<podcast:season name="The Deep">2</podcast:season>']),
    "episode_display": ('episode_display = "Ch. 1"', ['<podcast:episode display="Ch. 1">1</podcast:episode>']),
    "alternate_enclosures": (
        f"""alternate_enclosures = [{{ media_type = "video/mp4", size_bytes = 7924786, bit_rate_bps = 511276.5,
        height_px = 720, language = "en", title = "Video", rel = "video", codecs = "mp4a.40.2", default = true,
        sources = ["https://example.org/v.mp4", {{ url = "ipfs://Qm", media_type = "application/x-car" }}],
        integrity = {{ type = "sri", value = "{SRI}" }} }}]""",
        [
            '<podcast:alternateEnclosure type="video/mp4" length="7924786" bitrate="511276.5" height="720" lang="en" '
            'title="Video" rel="video" codecs="mp4a.40.2" default="true">'
            '<podcast:source uri="https://example.org/v.mp4"/>'
            '<podcast:source uri="ipfs://Qm" contentType="application/x-car"/>'
            f'<podcast:integrity type="sri" value="{SRI}"/></podcast:alternateEnclosure>'
        ],
    ),
}
FIELDS_OF = {Scope.SHOW: BOTH_FIELDS | SHOW_ONLY, Scope.EPISODE: BOTH_FIELDS | EPISODE_ONLY}

_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())


def _parse(xml: str) -> Any:
    return etree.fromstring(f"<outer {_DECLARED}>{xml}</outer>".encode())[0]


def _shape(element: Any) -> Any:
    """What tells one element from another."""
    inside = [_shape(child) for child in element]
    text = (element.text or "") if not inside else ""
    return element.tag, dict(element.attrib), text, inside


def _node(element: Any) -> Node:
    """As the reader of feeds gives it."""
    name = etree.QName(element)
    prefix = {uri: f"{prefix}:" for prefix, uri in NAMESPACES.items()}.get(name.namespace)
    if prefix is None:
        prefix = f"{{{name.namespace}}}" if name.namespace else ""
    attributes = {str(key): str(value) for key, value in element.attrib.items()}
    children = tuple(_node(child) for child in element if isinstance(child.tag, str))
    return Node(name=prefix + name.localname, attributes=attributes, text=element.text or "", line=1, children=children)


def _check(parent: Node) -> Iterator[Problem]:
    """Every problem of a channel or item."""
    for child in parent.children:
        yield from check_element(child, parent.name, "here")
    yield from check_counts(parent, "here")


# -- from the files of a show to its feed -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def full_feed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Any, str]:
    """The feed of a show that uses every field of the table, as bytes and parsed, and what was said."""
    import shutil

    show_dir = tmp_path_factory.mktemp("full") / "show"
    shutil.copytree(REPOSITORY / "episodes", show_dir / "episodes")
    for name, fields in (("show.toml", FIELDS_OF[Scope.SHOW]), ("immunotherapy.toml", FIELDS_OF[Scope.EPISODE])):
        with (show_dir / "episodes" / name).open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(["", *(_one_line(toml) for toml, _ in fields.values()), ""]))
    result = run_tool("publish", show_dir)
    assert result.returncode == 0, result.stderr
    feed = (show_dir / "feed" / "feed.xml").read_bytes()
    return feed, etree.fromstring(feed), result.stderr


def _one_line(toml: str) -> str:
    """TOML 1.0 wants an inline table in one line."""
    return " ".join(line.strip() for line in toml.splitlines())


@pytest.mark.parametrize("scope", Scope)
def test_every_field_of_the_table_is_tried(scope: Scope) -> None:
    """Each field, and each key in it, stands in the examples of this file."""
    fields = FIELDS_OF[scope]
    assert set(fields) == {tag.field for tag in tags_of(scope)}
    for tag in tags_of(scope):
        spoken = _one_line(fields[tag.field][0])
        keys = {part.key for part in tag.own_parts if len(tag.own_parts) > 1} | {child.key for child in tag.children}
        assert not [key for key in keys if key and f"{key} = " not in spoken and tag.short != key], tag.name


@pytest.mark.parametrize(
    ("scope", "field"), [(scope, field) for scope, fields in FIELDS_OF.items() for field in fields]
)
def test_field_becomes_its_elements(scope: Scope, field: str, full_feed: tuple[bytes, Any, str]) -> None:
    """What staff write stands in the channel or the item, every attribute in its place."""
    channel = full_feed[1][0]
    parent = channel if scope is Scope.SHOW else channel.find("item")
    found = [_shape(element) for element in parent if isinstance(element.tag, str)]

    for xml in FIELDS_OF[scope][field][1]:
        assert found.count(_shape(_parse(xml))) == 1, xml


def test_own_feed_has_no_fault(full_feed: tuple[bytes, Any, str]) -> None:
    """The feed that uses every field gives nothing, and neither did publishing it."""
    channel = full_feed[1][0]
    assert not list(_check(_node(channel)))
    for item in channel.iter("item"):
        assert not list(_check(_node(item)))
    assert "error" not in full_feed[2]


def test_item_declares_its_own_namespaces(full_feed: tuple[bytes, Any, str]) -> None:
    """An item is carried from feed to feed by its bytes, so what it needs stands in it."""
    start, end = full_feed[0].index(b"<item>"), full_feed[0].index(b"</item>")
    assert f'xmlns:spotify="{SPOTIFY}"'.encode() in full_feed[0][start:end]


def test_nothing_deprecated_is_written(full_feed: tuple[bytes, Any, str]) -> None:
    """Whatever a show uses."""
    written = {_node(element).name for element in full_feed[1].iter() if isinstance(element.tag, str)}
    deprecated = {tag.name for tag in TAGS if tag.is_deprecated} - {"itunes:author"}
    assert not written & deprecated
    assert not full_feed[1].findall(f".//item/{{{NAMESPACES['itunes']}}}author")


@pytest.mark.parametrize("field", ["block", "complete", "podping"])
def test_false_gives_no_element(field: str) -> None:
    """A word that only "Yes" has an effect of is not written otherwise (AP-BLOCK)."""
    assert convert_tags({field: False}, Scope.SHOW) == ({field: ()}, [])


# -- what does not fit ------------------------------------------------------------------------------------------------

_S, _E = Scope.SHOW, Scope.EPISODE
_NOT_HTTPS = "must be an address that begins with https:// and holds no blank, not"

BAD: list[tuple[Scope, str, str]] = [
    (_S, 'medium = "Music"', "medium must be"),
    (_S, 'medium = "musicL"', 'medium: "musicL" is of feeds that only point to others'),
    (_S, 'complete = "Yes"', 'complete must be true or false, not "Yes"'),
    (_S, "block = 1", "block must be true or false, not the number 1"),
    (_S, "podping = 'yes'", 'podping must be true or false, not "yes"'),
    (_S, "ttl_minutes = 0", "ttl_minutes must be a whole number from 1 up, not the number 0"),
    (_S, 'managing_editor = "Ann Lee"', 'managing_editor must be a mail address with a name, such as "podcast@'),
    (_S, 'hub = "http://hub.example.org/"', f'hub {_NOT_HTTPS} "http://hub.example.org/"'),
    (_S, 'new_feed_url = "https://a b"', f'new_feed_url {_NOT_HTTPS} "https://a b"'),
    (_S, "skip_hours = [24]", "skip_hours must be an hour from 0 to 23, not the number 24"),
    (_S, 'skip_days = ["Sun"]', 'skip_days must be "Monday" or'),
    (_S, 'feed_links = [{ rel = "self", url = "https://a.org/" }]', 'feed_links: rel must be "first" or'),
    (_S, 'apple_verify = ""', "apple_verify must be text in quotes, not an empty text"),
    (_S, "txt = [{ purpose = 'x' }]", "txt: text is missing; add it"),
    (_S, 'txt = { purpose = "ai-content", text = "yes" }', 'txt: the purpose "ai-content" wants the text "true" or'),
    (_S, f'txt = "{"x" * 4001}"', "txt must be text in quotes, of at most 4000 characters, not"),
    (
        _S,
        'update_frequency = { text = "W", rrule = "FREQ=WEEKLY;COUNT=3" }',
        "update_frequency: the rrule counts (COUNT) from no day; add dtstart",
    ),
    (_S, 'update_frequency = { text = "W", rrule = "weekly" }', "update_frequency: rrule must be a recurrence rule"),
    (_S, 'update_frequency = { text = "W", dtstart = "soon" }', "update_frequency: dtstart must be a date"),
    (_S, 'podroll = ["x"]', 'podroll must be the podcast:guid of a feed, such as "917393e3-'),
    (_S, "podroll = [{ feed_url = 'https://a.org/' }]", "podroll: feed_guid is missing; add it"),
    (_S, f"publisher = {{ feed_guid = '{GUID}', feedurl = 'x' }}", "unknown key 'publisher: feedurl'; did you mean"),
    (_S, 'block_services = ["spottify"]', "block_services must be a service as the namespace lists it"),
    (_S, 'block_services = [{ id = "apple", block = "maybe" }]', "block_services: block must be true or false, not"),
    (_S, 'license = "Mine"', 'license: "Mine" is no known licence'),
    (_S, 'persons = [{ name = "A", role = "boss" }]', "persons: role must be a role of the podcast taxonomy"),
    (
        _S,
        'persons = [{ name = "A", role = "guest", group = "writing" }]',
        'persons: the role "guest" is none of the group "writing"; write group = "cast"',
    ),
    (_S, "persons = [[1]]", "persons must be tables { name = ... }"),
    (_S, 'funding = ["Give"]', "funding must be tables { text = ..., url = ... }"),
    (_S, 'chat = { server = "x y", protocol = "irc" }', "chat: server must be the name of a host"),
    (_S, 'chat = { server = "x.org", protocol = "icq" }', 'chat: protocol must be "irc" or'),
    (_S, 'social_interact = "activitypub"', "social_interact: has no uri of a post to comment on; add it"),
    (
        _S,
        'social_interact = { protocol = "disabled", uri = "https://a.org/" }',
        'social_interact: the protocol "disabled" stands alone; take away uri',
    ),
    (_S, 'trailers = [{ title = "T", url = "https://a.org/t.mp3" }]', "trailers: published is missing; add it"),
    (
        _S,
        'trailers = [{ title = "T", url = "https://a.org/t", published = 0001-01-01 }]',
        "trailers: published must be",
    ),
    (_S, 'images = ["cover.jpg"]', f'images {_NOT_HTTPS} "cover.jpg"'),
    (_S, 'images = [{ url = "https://a.org/", width_px = "wide" }]', "images: width_px must be a whole number from 0"),
    (_S, 'value = { type = "lightning", method = "keysend" }', "value: recipients is missing; add it"),
    (
        _S,
        'value = { type = "lightning", method = "keysend", recipients = [{ type = "node", address = "x" }] }',
        "value: recipients: split is missing; add it",
    ),
    (_S, "value = { type = 'bitcoin', method = 'amp', recipients = [] }", "value: recipients is missing; add it"),
    (_E, 'season_name = "X"', "season_name needs season beside it"),
    (_E, f'season = 1\nseason_name = "{"x" * 129}"', "season_name must be text in quotes, of at most 128 characters"),
    (_E, f'episode = 1\nepisode_display = "{"x" * 33}"', "episode_display must be text in quotes, of at most 32"),
    (_E, 'alternate_enclosures = [{ media_type = "video/mp4" }]', "alternate_enclosures: sources is missing; add it"),
    (
        _E,
        'alternate_enclosures = [{ media_type = "video/mp4", sources = ["nowhere"] }]',
        "alternate_enclosures: sources must be an address such as",
    ),
    (
        _E,
        'alternate_enclosures = [{ media_type = "video/mp4", sources = ["https://a.org/v"], '
        'integrity = { type = "sri", value = "x" } }]',
        'alternate_enclosures: integrity: the value is no digest such as "sha384-..."',
    ),
    (_E, "soundbites = [{ start = nan, duration = 20 }]", "soundbites: start must be seconds (75.5) or a time"),
    (_E, "soundbites = [{ start = 5 }]", "soundbites: duration is missing; add it"),
    (_E, 'extra = "x"', "extra: each must be a table such as"),
    (_E, "extra = [{ text = 'x' }]", "extra: element is missing; add it"),
    (_E, "extra = [{ element = 'limit', namespace = 'http://a.org/' }]", "extra: element must be a name with a prefix"),
    (_E, "extra = [{ element = 'itunes:x', namespace = 'http://a.org/' }]", "extra: element must be a name with a"),
    (_E, "extra = [{ element = 'xmlfoo:x', namespace = 'http://a.org/' }]", "extra: element must be a name with a"),
    (_E, "extra = [{ element = 'a:<b', namespace = 'http://a.org/' }]", "extra: element must be a name with a prefix"),
    (_E, "extra = [{ element = 'a:b' }]", "extra: a:b has no namespace; add the address that its prefix stands for"),
    (_E, "extra = [{ element = 'a:b', namespace = 'a b' }]", "extra: namespace must be the address of a namespace"),
    (
        _E,
        f"extra = [{{ element = 'a:b', namespace = '{NAMESPACES['podcast']}' }}]",
        "extra: namespace must be the address of a namespace",
    ),
    (
        _E,
        "extra = [{ element = 'a:b', namespace = 'http://a.org/', attributes = { 'x y' = '1' } }]",
        "extra: attributes must be a table of texts",
    ),
    (
        _E,
        "extra = [{ element = 'a:b', namespace = 'http://a.org/' }, { element = 'a:c', namespace = 'http://b.org/' }]",
        "extra: the prefix a stands for two namespaces",
    ),
    (
        _E,
        "extra = [{ element = 'a:b', namespace = 'http://a.org/' }, { element = 'c:c', namespace = 'http://a.org/' }]",
        "extra: the namespace http://a.org/ has two prefixes; write a: before each",
    ),
]


@pytest.mark.parametrize(("scope", "toml", "sentence"), BAD, ids=[toml[:60] for _, toml, _ in BAD])
def test_what_does_not_fit_is_told_with_its_key(scope: Scope, toml: str, sentence: str) -> None:
    """In one sentence, which names the field."""
    _, faults = convert_tags(tomllib.loads(toml), scope)

    assert len(faults) == 1
    assert faults[0].startswith(sentence)


def test_the_rest_of_an_element_stays() -> None:
    """An optional part that does not fit is left out alone; a child, too; and one entry of many."""
    document = tomllib.loads("""
        persons = [{ name = "A", role = "boss", url = "https://a.org/" }, { role = "guest" }, "C"]
        podroll = ["x", "917393e3-1b1e-5cef-ace4-edaa54e1f810"]
    """)

    fields, faults = convert_tags(document, Scope.SHOW)

    assert fields["persons"] == (
        Element(name="podcast:person", text="A", attributes=(("href", "https://a.org/"),)),
        Element(name="podcast:person", text="C"),
    )
    assert [len(element.children) for element in fields["podroll"]] == [1]
    assert len(faults) == 3


def test_bad_values_leave_the_show_published(show_dir: Path) -> None:
    """Each is told with the file and the key, the rest of the feed goes out, and the exit code says so."""
    show_file, sidecar = show_dir / "episodes" / "show.toml", show_dir / "episodes" / "immunotherapy.toml"
    show_file.write_text(
        show_file.read_text("utf-8") + 'medium = "radio"\ncomplete = "Yes"\nitunes_title = "Cancer Science"\n',
        encoding="utf-8",
    )
    sidecar.write_text(
        sidecar.read_text("utf-8") + 'images = ["cover.jpg"]\nseason_name = "Cures"\n[[extra]]\nelement = "x"\n',
        encoding="utf-8",
    )

    result = run_tool("publish", show_dir)

    assert result.returncode == 3
    assert "episodes/show.toml: medium must be " in result.stderr
    assert 'episodes/show.toml: complete must be true or false, not "Yes"' in result.stderr
    assert "episodes/immunotherapy.toml: images must be " in result.stderr
    assert "episodes/immunotherapy.toml: extra: element must be " in result.stderr
    feed = (show_dir / "feed" / "feed.xml").read_text("utf-8")
    assert "<itunes:title>Cancer Science</itunes:title>" in feed
    assert '<podcast:season name="Cures">2</podcast:season>' in feed
    assert "podcast:medium" not in feed
    assert "podcast:image" not in feed


# -- feeds of others --------------------------------------------------------------------------------------------------

_SOURCE = '<podcast:source uri="https://a.org/v.mp4"/>'
_RECIPIENT = '<podcast:valueRecipient name="A" type="node" address="x" split="1"/>'
_VALUE = f'<podcast:value type="lightning" method="keysend">{_RECIPIENT}</podcast:value>'
_LINK = '<podcast:contentLink href="https://a.org/live">Live</podcast:contentLink>'
_PODROLL = "<podcast:podroll>{}</podcast:podroll>"

GOOD: list[tuple[str, str]] = [
    ("channel", "<podcast:locked owner='a@example.org'>no</podcast:locked>"),
    ("channel", "<podcast:guid>A68B317B-6172-59A5-A9A7-6CC81C9161CD</podcast:guid>"),
    ("channel", "<podcast:medium>musicL</podcast:medium>"),
    ("item", "<podcast:episode display='Ch.3'>100.5</podcast:episode>"),
    ("item", '<podcast:chapters url="https://a.org/c.json" type="application/json"/>'),
    ("item", '<podcast:transcript url="https://a.org/c.srt" type="application/srt" rel="captions"/>'),
    ("item", '<podcast:person group="Visuals" role="Cover Art Designer">Becky Smith</podcast:person>'),
    ("item", "<podcast:person>\n  Ann Lee\n</podcast:person>"),
    # what a page recommends beside it, nobody misses
    ("item", "<podcast:location>Truro</podcast:location>"),
    ("channel", '<podcast:image href="https://a.org/i.jpg"/>'),
    ("channel", _PODROLL.format(f'<podcast:remoteItem feedGuid="{GUID}"/>')),
    ("channel", "<podcast:license>cc-by-4.0</podcast:license>"),
    ("channel", "<podcast:license>GPL-3.0-or-later</podcast:license>"),
    ("channel", '<podcast:socialInteract protocol="disabled"/>'),
    ("channel", '<podcast:updateFrequency rrule="FREQ=YEARLY;BYDAY=+4TH;BYMONTH=11">x</podcast:updateFrequency>'),
    (
        "channel",
        '<podcast:updateFrequency rrule="FREQ=WEEKLY;UNTIL=2023-12-31T00:00:00.000Z">x</podcast:updateFrequency>',
    ),
    (
        "channel",
        '<podcast:updateFrequency dtstart="2025-01-01T00:00:00.000Z" rrule="FREQ=DAILY;COUNT=1">x'
        "</podcast:updateFrequency>",
    ),
    ("channel", '<podcast:block id="google">no</podcast:block><podcast:block>yes</podcast:block>'),
    ("channel", _VALUE),
    (
        "channel",
        '<podcast:liveItem status="live" start="2023-10-04T10:30:00.000-0600" end="2023-10-04T12:30:00Z">'
        f"<title>On the air</title>{_LINK}<podcast:person>Ann</podcast:person></podcast:liveItem>",
    ),
    ("item", "<itunes:owner/><psc:chapters/><title>not ours</title>"),
]


@pytest.mark.parametrize(("parent", "xml"), GOOD)
def test_good_elements_have_no_fault(parent: str, xml: str) -> None:
    """What the namespace's own pages show, and what its rules allow."""
    assert [str(problem) for problem in _check(_outer(parent, xml)) if "owner" not in problem.message] == []


def _outer(parent: str, xml: str) -> Node:
    return _node(_parse(f"<{parent}>{xml}</{parent}>"))


_ERROR, _WARNING, _NOTE = Level.ERROR, Level.WARNING, Level.NOTE

FAULTY: list[tuple[str, str, str, Level]] = [
    ("channel", "<podcast:guid>y0ur-gu1d-g035-h3r3</podcast:guid>", "P20-GUID-FORM", _ERROR),
    ("channel", "<podcast:guid>a68b317b-6172-49a5-a9a7-6cc81c9161cd</podcast:guid>", "P20-GUID-FORM", _WARNING),
    ("channel", "<podcast:guid/>", "P20-GUID-FORM", _ERROR),
    ("channel", "<podcast:locked>true</podcast:locked>", "P20-LOCKED", _ERROR),
    ("channel", "<podcast:locked>Yes</podcast:locked>", "P20-LOCKED", _WARNING),
    ("channel", "<podcast:locked>yes</podcast:locked>" * 2, "P20-COUNT", _ERROR),
    ("item", "<podcast:locked>yes</podcast:locked>", "P20-PARENT", _ERROR),
    ("channel", "<podcast:medium>radio</podcast:medium>", "P20-MEDIUM", _WARNING),
    ("channel", '<podcast:funding url="https://a.org/"/>', "P20-ATTR", _ERROR),
    ("channel", "<podcast:funding>Give</podcast:funding>", "P20-ATTR", _ERROR),
    ("channel", '<podcast:funding url="http://a.org/">Give</podcast:funding>', "P20-HTTPS", _ERROR),
    ("channel", '<podcast:funding url="a.org">Give</podcast:funding>', "P20-ATTR", _ERROR),
    ("channel", f'<podcast:funding url="https://a.org/">{"x" * 129}</podcast:funding>', "P20-TEXT-128", _WARNING),
    ("channel", '<podcast:funding url="https://a.org/" lang="de">Give</podcast:funding>', "P20-ATTR", _NOTE),
    ("item", "<podcast:person> </podcast:person>", "P20-PERSON", _ERROR),
    ("item", '<podcast:person role="sidekick">A</podcast:person>', "P20-PERSON", _WARNING),
    ("item", '<podcast:person role="editor" group="cast">A</podcast:person>', "P20-PERSON", _WARNING),
    ("item", '<podcast:person img="http://a.org/a.jpg">A</podcast:person>', "P20-HTTPS", _ERROR),
    ("item", '<podcast:person Role="host">A</podcast:person>', "RSS-CASE", _ERROR),
    ("item", "<podcast:Person>A</podcast:Person>", "RSS-CASE", _ERROR),
    ("item", "<podcast:persom>A</podcast:persom>", "P20-PARENT", _NOTE),
    (
        "item",
        '<podcast:location rel="subject" geo="50.1,5" osm="R1" country="GB">T</podcast:location>',
        "P20-ATTR",
        _ERROR,
    ),
    ("channel", "<podcast:license>my own</podcast:license>", "P20-LICENSE", _ERROR),
    (
        "channel",
        '<podcast:trailer url="https://a.org/t.mp3" length="1" type="audio/mpeg">T</podcast:trailer>',
        "P20-TRAILER",
        _ERROR,
    ),
    (
        "channel",
        '<podcast:trailer url="https://a.org/t.mp3" pubdate="2021-01-01" length="1" type="audio/mpeg">T'
        "</podcast:trailer>",
        "P20-TRAILER",
        _ERROR,
    ),
    (
        "channel",
        '<podcast:trailer url="https://a.org/t.mp3" pubdate="Thu, 01 Apr 2021 08:00:00 EST" length="1" '
        'type="audio/mp3">T</podcast:trailer>',
        "P20-TRAILER",
        _WARNING,
    ),
    ("item", '<podcast:soundbite startTime="1" duration="121"/>', "P20-SOUNDBITE", _WARNING),
    ("item", '<podcast:soundbite startTime="1:00" duration="30"/>', "P20-SOUNDBITE", _ERROR),
    ("item", '<podcast:soundbite duration="30"/>', "P20-SOUNDBITE", _ERROR),
    (
        "item",
        '<itunes:duration>1:00</itunes:duration><podcast:soundbite startTime="40" duration="30"/>',
        "P20-SOUNDBITE",
        _WARNING,
    ),
    ("channel", '<podcast:soundbite startTime="1" duration="30"/>', "P20-PARENT", _ERROR),
    ("item", "<podcast:season>two</podcast:season>", "P20-ATTR", _ERROR),
    ("item", f'<podcast:season name="{"x" * 129}">2</podcast:season>', "P20-TEXT-128", _WARNING),
    ("item", "<podcast:episode>first</podcast:episode>", "P20-EPISODE", _ERROR),
    ("item", '<podcast:transcript url="https://a.org/t.vtt"/>', "P20-TRANSCRIPT", _ERROR),
    ("item", '<podcast:transcript url="https://a.org/t.pdf" type="application/pdf"/>', "PSP-IT-TRANS", _ERROR),
    (
        "item",
        '<podcast:transcript url="https://a.org/t.html" type="text/html" rel="captions"/>',
        "P20-TRANSCRIPT",
        _ERROR,
    ),
    ("item", '<podcast:chapters url="https://a.org/c.json" type="text/json"/>', "P20-CHAP-TAG", _ERROR),
    (
        "item",
        '<podcast:chapters url="https://a.org/c.json" type="application/json+chapters"/>' * 2,
        "P20-COUNT",
        _ERROR,
    ),
    ("item", '<podcast:alternateEnclosure type="video/mp4" length="1"/>', "P20-ALTENC", _ERROR),
    ("item", f'<podcast:alternateEnclosure length="1">{_SOURCE}</podcast:alternateEnclosure>', "P20-ATTR", _ERROR),
    (
        "item",
        f'<podcast:alternateEnclosure type="video/mp4" length="1" title="{"x" * 33}">{_SOURCE}'
        "</podcast:alternateEnclosure>",
        "P20-TEXT-128",
        _WARNING,
    ),
    (
        "item",
        f'<podcast:alternateEnclosure type="video/mp4" length="1">{_SOURCE}'
        '<podcast:integrity type="sri" value="abc"/></podcast:alternateEnclosure>',
        "P20-ALTENC",
        _ERROR,
    ),
    (
        "item",
        f'<podcast:alternateEnclosure type="video/mp4" length="1">{_SOURCE}'
        + f'<podcast:integrity type="sri" value="{SRI}"/>' * 2
        + "</podcast:alternateEnclosure>",
        "P20-COUNT",
        _ERROR,
    ),
    ("item", _SOURCE, "P20-PARENT", _ERROR),
    ("channel", '<podcast:image alt="x" aspect-ratio="1/1" width="1"/>', "P20-ATTR", _ERROR),
    ("channel", '<podcast:images srcset="https://a.org/i.jpg 1500w"/>', "P20-IMAGES", _NOTE),
    ("item", '<podcast:socialInteract protocol="activitypub"/>', "P20-SOCIAL", _ERROR),
    ("item", '<podcast:socialInteract uri="https://a.org/"/>', "P20-SOCIAL", _ERROR),
    ("item", '<podcast:socialInteract protocol="disabled" uri="https://a.org/"/>', "P20-SOCIAL", _ERROR),
    ("item", '<podcast:socialInteract protocol="usenet" uri="https://a.org/"/>', "P20-SOCIAL", _ERROR),
    ("item", '<podcast:socialInteract protocol="twitter" uri="https://a.org/"/>' * 2, "P20-SOCIAL", _WARNING),
    ("item", '<podcast:chat server="a.org" protocol="irc" accountId="@a"/>' * 2, "P20-COUNT", _ERROR),
    ("item", '<podcast:chat protocol="irc" accountId="@a"/>', "P20-ATTR", _ERROR),
    ("item", f"<podcast:txt>{'x' * 4001}</podcast:txt>", "P20-TEXT-128", _WARNING),
    (
        "channel",
        '<podcast:updateFrequency rrule="FREQ=DAILY;COUNT=3">x</podcast:updateFrequency>',
        "P20-UPDFREQ",
        _ERROR,
    ),
    ("channel", '<podcast:updateFrequency rrule="daily">x</podcast:updateFrequency>', "P20-UPDFREQ", _ERROR),
    ("channel", _PODROLL.format(""), "P20-REMOTE", _ERROR),
    ("channel", _PODROLL.format('<podcast:remoteItem feedUrl="https://a.org/"/>'), "P20-REMOTE", _ERROR),
    (
        "channel",
        f'<podcast:publisher><podcast:remoteItem feedGuid="{GUID}" feedUrl="https://a.org/"/></podcast:publisher>',
        "P20-REMOTE",
        _ERROR,
    ),
    ("channel", "<podcast:block>maybe</podcast:block>", "P20-BLOCK", _ERROR),
    ("channel", '<podcast:block id="spottify">yes</podcast:block>', "P20-BLOCK", _ERROR),
    ("channel", "<podcast:block>yes</podcast:block><podcast:block>no</podcast:block>", "P20-BLOCK", _ERROR),
    ("channel", "<podcast:podping/>", "P20-PODPING", _ERROR),
    ("channel", '<podcast:podping usesPodping="no"/>', "P20-PODPING", _WARNING),
    ("channel", '<podcast:value type="lightning" method="keysend"/>', "P20-ATTR", _ERROR),
    ("channel", _VALUE.replace("keysend", "cheque"), "P20-ATTR", _WARNING),
    ("channel", _VALUE.replace(' split="1"', ""), "P20-ATTR", _ERROR),
    (
        "channel",
        f'<podcast:liveItem start="2023-10-04T10:30:00Z" end="2023-10-04">{_LINK}</podcast:liveItem>',
        "P20-LIVE",
        _ERROR,
    ),
    (
        "channel",
        '<podcast:liveItem status="live" start="Wed, 04 Oct 2023 10:30:00 +0000" end="2023-10-04">'
        f"{_LINK}</podcast:liveItem>",
        "P20-LIVE",
        _ERROR,
    ),
    ("channel", '<podcast:liveItem status="live" start="2023-10-04" end="2023-10-04"/>', "P20-LIVE", _ERROR),
    ("channel", "<itunes:owner><itunes:name>A</itunes:name></itunes:owner>", "AP-OWNER", _NOTE),
]


@pytest.mark.parametrize(("parent", "xml", "rule", "level"), FAULTY, ids=[xml[:70] for _, xml, _, _ in FAULTY])
def test_one_fault_is_told_once(parent: str, xml: str, rule: str, level: Level) -> None:
    """With its rule and level, in one line, the tag named."""
    problems = [problem for problem in _check(_outer(parent, xml)) if problem.level is not _NOTE or level is _NOTE]

    assert [(problem.rule, problem.level) for problem in problems] == [(rule, level)]
    assert "\n" not in problems[0].message
    assert (
        ":" in problems[0].message.split()[0] or " of podcast:" in problems[0].message or "the " in problems[0].message
    )


def test_long_values_are_checked_in_no_time() -> None:
    """Half a million characters in each place where they might hold up a pattern."""
    started = perf_counter()
    for text in ("a@" + "." * 500_000, "geo:" + "1" * 500_000, "https://" + "a" * 500_000, " " * 500_000 + "w"):
        for tag in TAGS:
            attributes = {part.attribute: text for part in tag.parts if part.attribute}
            list(check_element(Node(name=tag.name, attributes=attributes, text=text, line=1), "channel", "here"))
    assert perf_counter() - started < 10


# -- whatever stands there --------------------------------------------------------------------------------------------

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | st.dates()
    | st.datetimes()
    | st.sampled_from(
        ["https://a.org/", GUID, "host", "yes", "1:15", "disabled", "audio/mpeg", "a:b", "FREQ=DAILY;COUNT=2"]
    )
)
_KEYS = sorted(
    {part.key for tag in TAGS for part in tag.parts}
    | {child.key for tag in TAGS for child in tag.children if child.key}
    | {"element", "namespace", "attributes", "children"}
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=8), inner),
    max_leaves=12,
)


@st.composite
def _documents(draw: st.DrawFn) -> tuple[Scope, dict[str, object]]:
    """A field with something in it, often of its own keys."""
    scope = draw(st.sampled_from(list(Scope)))
    tag = draw(st.sampled_from(tags_of(scope)))
    keys = [part.key for part in tag.own_parts] + [child.key for child in tag.children if child.key]
    table = st.fixed_dictionaries({}, optional=dict.fromkeys(keys, _VALUES))
    return scope, {tag.field: draw(_VALUES | table | st.lists(table, max_size=2)), "season": 1, "episode": 1}


@settings(max_examples=300, deadline=None)
@given(_documents())
def test_what_is_taken_can_be_written_and_checked(document: tuple[Scope, dict[str, object]]) -> None:
    """Any value is taken or told; what is taken is well-formed, and no check has an error for it."""
    scope, fields = document
    show = cast(Show, SimpleNamespace(timezone="Europe/Berlin", publish_time=_midnight()))
    elements, _ = convert_tags(fields, scope)
    parent = etree.Element("channel" if scope is Scope.SHOW else "item", nsmap=dict(NAMESPACES))
    for field in elements.values():
        for element in field:
            add_element(parent, element, show)

    again = etree.fromstring(etree.tostring(parent))

    problems = [problem for child in _node(again).children for problem in check_element(child, again.tag, "here")]
    assert not [str(problem) for problem in problems if problem.level is Level.ERROR]


def _midnight() -> object:
    from datetime import time

    return time(0, 0)


_NODES = st.recursive(
    st.builds(
        Node,
        name=st.sampled_from([tag.name for tag in TAGS]) | st.text(max_size=12).map("podcast:".__add__),
        attributes=st.dictionaries(
            st.sampled_from(sorted({part.attribute for tag in TAGS for part in tag.parts if part.attribute}))
            | st.text(max_size=8),
            st.text(max_size=20),
            max_size=4,
        ),
        text=st.text(max_size=20),
        line=st.just(1),
    ),
    lambda inner: st.builds(
        Node,
        name=st.sampled_from([tag.name for tag in TAGS]),
        attributes=st.just({}),
        text=st.just(""),
        line=st.just(1),
        children=st.lists(inner, max_size=4).map(tuple),
    ),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(_NODES, st.sampled_from(["channel", "item", "podcast:liveItem", "{uri}x"]))
def test_any_element_ends_in_problems(node: Node, parent: str) -> None:
    """Never in an exception, and each in one printable line."""
    problems = [*check_element(node, parent, "here"), *check_counts(node, "here")]

    assert all(problem.message == clean_line(problem.message) for problem in problems)


# -- the table --------------------------------------------------------------------------------------------------------


def test_reference_page_is_the_tables() -> None:
    """docs/tags.md is what docs/make.py makes."""
    page = (REPOSITORY / "docs" / "tags.md").read_text("utf-8")

    assert page == render_tags_page(), "run python docs/make.py"


def test_readme_names_every_field_of_the_table() -> None:
    """At least by a pointer to the reference page."""
    readme = (REPOSITORY / "README.md").read_text("utf-8")

    assert not [tag.field for scope in Scope for tag in tags_of(scope) if f"`{tag.field}`" not in readme]


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: f"{tag.name} in {tag.parents[0]}")
def test_row_is_whole(tag: Tag) -> None:
    """Each row says what it is for, names fields that are read, and tags inside it that are known."""
    assert tag.about.endswith(".")
    fields = {Scope.SHOW: SHOW_FIELDS, Scope.EPISODE: SIDECAR_FIELDS}
    if tag.writer is Writer.CODE and tag.field:
        assert all(tag.field in fields[scope] for scope in tag.scopes)
    for child in tag.children:
        inner = find_tag(child.name, tag.name)
        assert inner
        assert tag.name in inner.parents
    for scope in tag.scopes:
        if tag.writer is Writer.TABLE and tag.field:
            assert tag.field not in fields[scope]


def test_no_field_stands_for_two_tags() -> None:
    """Else one of them could not be filled."""
    for scope in Scope:
        fields = [tag.field for tag in tags_of(scope)]
        assert len(fields) == len(set(fields))
