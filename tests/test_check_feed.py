"""`check` of any feed: the rules, and that no feed harms the one who checks it."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podcast_tool.check.addresses import address_fault, is_private_host
from podcast_tool.check.feed.feed import MAX_PER_RULE, check_feed
from podcast_tool.check.feed.moments import parse_moment
from podcast_tool.check.feed.notes import find_tags
from podcast_tool.check.rules import GROUPS, RULES, Scope, close_rules, explain
from podcast_tool.model import FeedFrame, FeedItem, Level, Problem
from podcast_tool.read.document import parse_feed_document, read_feed_document
from podcast_tool.read.feed import FeedError

from .conftest import REPOSITORY, is_done_in

GOLDEN = (Path(__file__).parent / "feeds" / "golden.xml").read_text("utf-8")
NOW = datetime(2026, 2, 1, tzinfo=UTC)

Change = Callable[[str], str]
"""Takes the golden feed, gives one with one defect."""

ERROR, WARNING, NOTE = Level.ERROR, Level.WARNING, Level.NOTE
_GRAVITY = [NOTE, WARNING, ERROR]


def problems_of(feed: str | bytes, feed_url: str | None = None) -> list[Problem]:
    raw = feed.encode("utf-8") if isinstance(feed, str) else feed
    return list(check_feed(parse_feed_document(raw), feed_url=feed_url, now=NOW))


def worst(problems: list[Problem]) -> Level | None:
    return max((problem.level for problem in problems), key=_GRAVITY.index, default=None)


# -- how one defect is made -------------------------------------------------------------------------------------------


def swap(old: str, new: str) -> Change:
    """Another text instead of one that stands in the feed, wherever it does."""

    def change(feed: str) -> str:
        assert old in feed, f"{old!r} is not in the golden feed"
        return feed.replace(old, new)

    return change


def within(name: str, old: str, new: str) -> Change:
    """As `swap`, between the first <name> and the </name> that follows."""

    def change(feed: str) -> str:
        start = feed.index(f"<{name}")
        end = feed.index(f"</{name}>", start)
        assert old in feed[start:end], f"{old!r} is not in <{name}>"
        return feed[:start] + feed[start:end].replace(old, new) + feed[end:]

    return change


def cut(pattern: str) -> Change:
    """Without what the pattern finds first, and the white space before it."""

    def change(feed: str) -> str:
        changed, count = re.subn(rf"\s*{pattern}", "", feed, count=1, flags=re.DOTALL)
        assert count, f"{pattern!r} finds nothing"
        return changed

    return change


def in_channel(text: str) -> Change:
    return swap("    <itunes:type>", f"    {text}\n    <itunes:type>")


def in_item(text: str) -> Change:
    return swap("      <itunes:season>", f"      {text}\n      <itunes:season>")


def in_notes(html: str) -> Change:
    return swap("<![CDATA[", f"<![CDATA[{html}")


def described(text: str) -> Change:
    """The item's notes are *text*."""
    return lambda feed: re.sub(r"<!\[CDATA\[.*?\]\]>", lambda _: f"<![CDATA[{text}]]>", feed, flags=re.DOTALL)


def published(date: str) -> Change:
    return within("item", "Mon, 05 Jan 2026 08:00:00 +0000", date)


def enclosed(address: str) -> Change:
    return swap("https://example.com/harbour/media/2026-01-05-tides.mp3", address)


def item_of(feed: str) -> str:
    return feed[feed.index("    <item>") : feed.index("  </channel>")]


def with_second_item(*changes: Change) -> Change:
    """The item again, older and with an identity of its own, then changed."""

    def change(feed: str) -> str:
        second = item_of(feed)
        for old, new in (
            ("7c029615", "7c029616"),
            ("2026-01-05-tides", "2025-12-29-winds"),
            ("Mon, 05 Jan 2026", "Mon, 29 Dec 2025"),
            ("Tides &amp; tables", "Winds"),
            ("<itunes:episode>1<", "<itunes:episode>2<"),
        ):
            second = second.replace(old, new)
        for make in changes:
            second = make(second)
        return feed.replace("  </channel>", second + "  </channel>")

    return change


def all_of(*changes: Change) -> Change:
    def change(feed: str) -> str:
        for make in changes:
            feed = make(feed)
        return feed

    return change


def without_items(feed: str) -> str:
    return feed.replace(item_of(feed), "")


def item_twice(feed: str) -> str:
    return feed.replace("  </channel>", item_of(feed) + "  </channel>")


def item_first(feed: str) -> str:
    return without_items(feed).replace("    <title>Harbour", item_of(feed) + "    <title>Harbour", 1)


GUID = '<guid isPermaLink="false">7c029615-a810-5214-9342-eee73f58435d</guid>'
CATEGORY = r'<itunes:category text="Society.*?</itunes:category>'
CHANNEL_EXPLICIT = r"<itunes:explicit>false</itunes:explicit>(?=\s*<itunes:type>)"
SELF = r'<atom:link href="https://example.com/harbour/feed.xml".*?/>'


def categories(text: str) -> Change:
    return lambda feed: re.sub(CATEGORY, lambda _: text, feed, flags=re.DOTALL)


def explicit(text: str) -> Change:
    return swap("<itunes:explicit>false<", f"<itunes:explicit>{text}<")


# -- facts/vectors.md, section 4, in its order ------------------------------------------------------------------------

VECTORS: list[tuple[str, Change, Level | None, str | None]] = [
    ("explicit yes", explicit("yes"), ERROR, "AP-EXPLICIT"),
    ("explicit True", explicit("True"), WARNING, "AP-EXPLICIT"),
    ("explicit with blanks", explicit(" false "), ERROR, "RSS-VALUE-TRIM"),
    ("no channel explicit", cut(CHANNEL_EXPLICIT), ERROR, "AP-REQ"),
    ("complete", in_channel("<itunes:complete>Yes</itunes:complete>"), None, None),
    ("channel itunes:title", in_channel("<itunes:title>Harbour Notes</itunes:title>"), None, None),
    ("applepodcastsverify", in_channel("<itunes:applepodcastsverify>a1b2</itunes:applepodcastsverify>"), None, None),
    ("block true", in_channel("<itunes:block>true</itunes:block>"), ERROR, "AP-BLOCK"),
    ("no owner", cut("<itunes:owner>.*?</itunes:owner>"), NOTE, "AP-OWNER"),
    (
        "Religion",
        categories(
            '<itunes:category text="Religion &amp; Spirituality"><itunes:category text="Religion"/></itunes:category>'
        ),
        None,
        None,
    ),
    ("Society & culture", swap("Society &amp; Culture", "Society &amp; culture"), ERROR, "AP-CAT"),
    (
        "Health > Self-Help",
        categories('<itunes:category text="Health"><itunes:category text="Self-Help"/></itunes:category>'),
        ERROR,
        "AP-CAT-OLD",
    ),
    (
        "four categories",
        categories("".join(f'<itunes:category text="{name}"/>' for name in ("Arts", "News", "Music", "History"))),
        WARNING,
        "AP-CAT-COUNT",
    ),
    ("no cover", cut('<itunes:image href="https://example.com/harbour/cover-3000.jpg"/>'), ERROR, "AP-REQ"),
    ("no channel link", cut("<link>https://example.com/harbour/</link>"), ERROR, "RSS-CH-LINK"),
    ("no version", swap(' version="2.0"', ""), ERROR, "RSS-ROOT"),
    ("no items", without_items, ERROR, "RSS-ITEMS-MIN"),
    ("no guid", cut(GUID), ERROR, "RSS-IT-GUID"),
    ("UUID as permalink", swap(' isPermaLink="false"', ""), ERROR, "RSS-IT-GUID-PERMA"),
    ("guid 12", swap("7c029615-a810-5214-9342-eee73f58435d", "12"), WARNING, "RSS-IT-GUID-FORM"),
    ("item twice", item_twice, ERROR, "RSS-IT-GUID"),
    ("guid with blanks", swap("7c029615-a810-5214-9342-eee73f58435d", " 7c029615 "), ERROR, "RSS-VALUE-TRIM"),
    ("wrong weekday", published("Tue, 05 Jan 2026 08:00:00 +0000"), ERROR, "RSS-IT-DATE"),
    ("ISO date", published("2026-01-05T08:00:00Z"), ERROR, "RSS-IT-DATE"),
    ("zone CET", published("Mon, 05 Jan 2026 08:00:00 CET"), ERROR, "RSS-IT-DATE"),
    ("colon in offset", published("Mon, 05 Jan 2026 08:00:00 +00:00"), ERROR, "RSS-IT-DATE"),
    ("no seconds", published("Mon, 05 Jan 2026 08:00 +0000"), None, None),
    ("+0530", published("Mon, 05 Jan 2026 08:00:00 +0530"), None, None),
    ("+0545", published("Mon, 05 Jan 2026 08:00:00 +0545"), WARNING, "RSS-IT-DATE-OFFSET"),
    ("year 26", published("Mon, 05 Jan 26 08:00:00 +0000"), ERROR, "RSS-IT-DATE"),
    ("year 2099", published("Mon, 05 Jan 2099 08:00:00 +0000"), ERROR, "X-FUTURE"),
    ("no length", swap(' length="12016333"', ""), ERROR, "RSS-ENC-ATTRS"),
    ("no type", swap(' type="audio/mpeg"', ""), ERROR, "RSS-ENC-ATTRS"),
    ("length 0", swap("12016333", "0"), WARNING, "RSS-ENC-LEN"),
    ("length -1", swap("12016333", "-1"), ERROR, "RSS-ENC-LEN"),
    ("length 12,016", swap("12016333", "12,016"), ERROR, "RSS-ENC-LEN"),
    ("relative enclosure", enclosed("/media/tides.mp3"), ERROR, "RSS-ENC-URL"),
    ("enclosure with space", enclosed("https://example.com/the tides.mp3"), ERROR, "RSS-ENC-URL"),
    ("enclosure tidés.mp3", enclosed("https://example.com/tidés.mp3"), ERROR, "RSS-ENC-URL"),
    ("enclosure localhost", enclosed("http://localhost/tides.mp3"), ERROR, "X-LOCALHOST"),
    ("enclosure leading space", enclosed(" https://example.com/tides.mp3"), ERROR, "RSS-VALUE-TRIM"),
    ("enclosure on an IP address", enclosed("https://93.184.216.34/tides.mp3"), WARNING, "RSS-ENC-URL"),
    ("opus as audio/mpeg", enclosed("https://example.com/tides.opus"), ERROR, "AP-ENC-TYPE"),
    (
        "two enclosures",
        in_item('<enclosure url="https://example.com/b.mp3" length="12016333" type="audio/mpeg"/>'),
        ERROR,
        "RSS-ENC-ONE",
    ),
    ("duration 12:5", swap(">751<", ">12:5<"), ERROR, "AP-IT-DUR"),
    ("duration 751.5", swap(">751<", ">751.5<"), ERROR, "AP-IT-DUR"),
    ("duration 75:30", swap(">751<", ">75:30<"), None, None),
    ("episode 0", swap("<itunes:episode>1<", "<itunes:episode>0<"), ERROR, "AP-IT-EPISODE"),
    ("episode 1.5", swap("<itunes:episode>1<", "<itunes:episode>1.5<"), ERROR, "AP-IT-EPISODE"),
    ("episodeType Full", swap(">full<", ">Full<"), ERROR, "AP-IT-TYPE"),
    ("language english", swap("<language>en-gb<", "<language>english<"), ERROR, "RSS-CH-LANG"),
    ("language en_GB", swap("<language>en-gb<", "<language>en_GB<"), ERROR, "RSS-CH-LANG"),
    ("no language", cut("<language>en-gb</language>"), ERROR, "RSS-CH-LANG"),
    ("no atom self", cut(SELF), ERROR, "RSS-SELF"),
    ("other atom self", swap("harbour/feed.xml", "harbour/other.xml"), ERROR, "RSS-SELF"),
    ("HTML in channel description", swap("Weekly readings", "&lt;b&gt;Weekly&lt;/b&gt;"), WARNING, "RSS-CH-DESC"),
    (
        "HTML in item title",
        within("item", "<title>Tides", "<title>&lt;i&gt;Tides&lt;/i&gt;"),
        ERROR,
        "RSS-IT-TITLEDESC",
    ),
    (
        "content before description",
        swap(
            "      <description>",
            "      <content:encoded>&lt;p&gt;Hi.&lt;/p&gt;</content:encoded>\n      <description>",
        ),
        WARNING,
        "RSS-CONTENT",
    ),
    ("script in notes", in_notes("<script>alert(1)</script>"), ERROR, "RSS-HTML-SAFE"),
    ("iframe in notes", in_notes('<iframe src="https://example.com/"></iframe>'), ERROR, "RSS-HTML-SAFE"),
    ("onclick in notes", in_notes('<p onclick="x()">a</p>'), ERROR, "RSS-HTML-SAFE"),
    ("style in notes", in_notes('<p style="color:red">a</p>'), ERROR, "RSS-HTML-SAFE"),
    ("relative link", in_notes('<a href="/tides/">a</a>'), ERROR, "RSS-HTML-ABS"),
    ("11,000 characters", in_notes("<p>" + "tide " * 2200 + "</p>"), ERROR, "AP-DESC-EP"),
    ("cover .webp", swap("cover-3000.jpg", "cover-3000.webp"), ERROR, "AP-COVER-FORMAT"),
    ("image width 3000", swap("</image>", "<width>3000</width></image>"), ERROR, "RSS-CH-IMAGE"),
    ("summary 4001", in_item(f"<itunes:summary>{'a' * 4001}</itunes:summary>"), WARNING, "AP-DEPR-TAGS"),
    ("subtitle 256", in_item(f"<itunes:subtitle>{'a' * 256}</itunes:subtitle>"), WARNING, "AP-DEPR-TAGS"),
    ("author joe@example.com", in_item("<author>joe@example.com</author>"), WARNING, "RSS-CH-EDITOR"),
    ("author Joe", in_item("<author>Joe</author>"), ERROR, "RSS-CH-EDITOR"),
    ("itunes with https", swap("http://www.itunes.com", "https://www.itunes.com"), ERROR, "RSS-NS-ITUNES"),
    ("itunes with capitals", swap("dtds/podcast-1.0.dtd", "DTDs/Podcast-1.0.dtd"), ERROR, "RSS-NS-ITUNES"),
    ("podcast with slash", swap("namespace/1.0", "namespace/1.0/"), ERROR, "RSS-NS-PODCAST"),
    ("ISO-8859-1", swap('encoding="UTF-8"', 'encoding="ISO-8859-1"'), ERROR, "RSS-XML-UTF8"),
    ("U+000B in text", swap("Weekly", "Week\x0bly"), ERROR, "RSS-XML-WF"),
    ("&nbsp;", swap("Weekly readings", "Weekly&nbsp;readings"), ERROR, "RSS-XML-WF"),
    ("item before channel title", item_first, WARNING, "RSS-ORDER"),
]


@pytest.mark.parametrize(("change", "level", "rule"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])
def test_one_defect_of_the_golden_feed(change: Change, level: Level | None, rule: str | None) -> None:
    """Each row of vectors.md, section 4: the highest level is the one of its right column, and no rule cries wolf."""
    problems = problems_of(change(GOLDEN))

    assert worst(problems) == level, problems
    assert rule is None or rule in {problem.rule for problem in problems}, problems


def test_golden_feed_has_no_fault() -> None:
    """Not even a note."""
    assert problems_of(GOLDEN) == []


def test_our_own_feed_has_no_fault() -> None:
    """The sample show's, as it is published."""
    assert problems_of((REPOSITORY / "feed" / "feed.xml").read_bytes()) == []


# -- rules that are not in that table ---------------------------------------------------------------------------------

MORE: list[tuple[str, Change, Level | None, str | None]] = [
    # XML and RSS
    ("title twice", in_channel("<title>Harbour</title>"), ERROR, "RSS-CH-ONCE"),
    ("guid twice", in_item("<guid>https://example.com/1</guid>"), ERROR, "RSS-CH-ONCE"),
    ("two channels", swap("</rss>", "<channel><title>Other</title></channel></rss>"), ERROR, "RSS-ROOT"),
    ("item beside the channel", swap("</rss>", "<item><title>Lost</title></item></rss>"), ERROR, "RSS-ROOT"),
    ("version 0.92", swap('version="2.0"', 'version="0.92"'), ERROR, "RSS-ROOT"),
    ("no declaration", swap('<?xml version="1.0" encoding="UTF-8"?>\n', ""), ERROR, "RSS-XML-DECL"),
    ("no encoding", swap(' encoding="UTF-8"', ""), WARNING, "RSS-XML-DECL"),
    ("byte order mark", lambda feed: "\ufeff" + feed, NOTE, "RSS-XML-DECL"),
    ("blank before the declaration", lambda feed: "\n" + feed, ERROR, "RSS-XML-WF"),
    ("unclosed tag", swap("</language>", ""), ERROR, "RSS-XML-WF"),
    ("bare ampersand", swap("Tides &amp; tables</title>", "Tides & tables</title>"), ERROR, "RSS-XML-WF"),
    ("undeclared prefix", in_item("<media:content/>"), ERROR, "RSS-XML-WF"),
    ("document type", swap("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]>\n<rss'), ERROR, "RSS-XML-WF"),
    ("atom with https", swap("http://www.w3.org/2005/Atom", "https://www.w3.org/2005/Atom"), ERROR, "RSS-NS-ATOM"),
    ("content without slash", swap("modules/content/", "modules/content"), ERROR, "RSS-NS-CONTENT"),
    (
        "other prefix",
        lambda feed: feed.replace("itunes:", "it:").replace("xmlns:itunes", "xmlns:it"),
        WARNING,
        "RSS-NS-PREFIX",
    ),
    ("no iTunes namespace", lambda feed: re.sub(r"\s*<(/?)itunes:.*?>|\s*xmlns:itunes=\S+", "", feed), ERROR, None),
    (
        "podcast namespace of old",
        swap(
            "https://podcastindex.org/namespace/1.0",
            "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
        ),
        None,
        None,
    ),
    (
        "no podcast: tags",
        lambda feed: re.sub(r"\s*(?:<podcast:\w+ [^>]*/>|<podcast:(\w+)>.*?</podcast:\1>|xmlns:podcast=\S+)", "", feed),
        WARNING,
        "PSP-NS",
    ),
    ("pubdate", lambda feed: feed.replace("pubDate", "pubdate"), ERROR, "RSS-CASE"),
    ("URL of the enclosure", swap("<enclosure url=", "<enclosure URL="), ERROR, "RSS-CASE"),
    ("itunes:epsiode", lambda feed: feed.replace("itunes:episode>", "itunes:epsiode>"), WARNING, "RSS-CASE"),
    (
        "title in its own line",
        swap(">Harbour Notes</title>\n    <link>", ">\nHarbour Notes\n</title>\n<link>"),
        ERROR,
        None,
    ),
    ("long title", within("item", "<title>Tides", "<title>Tides" + " and more" * 30), WARNING, "RSS-VALUE-255"),
    ("C1 control", swap("Weekly", "Week\x92ly"), WARNING, "RSS-XML-CHARS"),
    ("replacement character", in_notes("<p>\ufffd</p>"), WARNING, "RSS-XML-CHARS"),
    ("escaped twice", within("item", "<title>Tides &amp;", "<title>Tides &amp;amp;"), WARNING, "RSS-XML-CHARS"),
    ("read as Latin-1", swap("Weekly", "CafÃ© weekly"), WARNING, "RSS-XML-CHARS"),
    # the show
    ("empty title", swap("<title>Harbour Notes</title>\n    <link>", "<title/>\n    <link>"), ERROR, "RSS-CH-TITLE"),
    ("empty description", swap("Weekly readings about small boats.", ""), ERROR, "RSS-CH-DESC"),
    ("4001 bytes", swap("Weekly readings about small boats.", "é" * 2000 + "a"), ERROR, "AP-DESC-SHOW"),
    ("4000 bytes", swap("Weekly readings about small boats.", "é" * 2000), None, None),
    ("relative link", swap("<link>https://example.com/harbour/<", "<link>/harbour/<"), ERROR, "RSS-CH-LINK"),
    ("language xx", swap("<language>en-gb<", "<language>xx<"), ERROR, "RSS-CH-LANG"),
    ("language gsw", swap("<language>en-gb<", "<language>gsw<"), None, None),
    (
        "cover as text",
        cut('<itunes:image href="https://example.com/harbour/cover-3000.jpg"/>(?=\\s*<itunes:category)'),
        ERROR,
        "AP-REQ",
    ),
    (
        "cover as text, really",
        swap(
            '<itunes:image href="https://example.com/harbour/cover-3000.jpg"/>',
            "<itunes:image>https://example.com/harbour/cover-3000.jpg</itunes:image>",
        ),
        ERROR,
        "AP-COVER-TAG",
    ),
    ("cover with query", swap('cover-3000.jpg"/>', 'cover-3000.jpg?v=2"/>'), NOTE, "AP-COVER-FORMAT"),
    ("cover without ending", swap('cover-3000.jpg"/>', 'cover-3000"/>'), WARNING, "AP-COVER-FORMAT"),
    ("relative cover", swap('href="https://example.com/harbour/cover-3000.jpg"', 'href="cover.jpg"'), ERROR, None),
    ("no category", categories(""), ERROR, "AP-REQ"),
    ("subcategory at the top", categories('<itunes:category text="Documentary"/>'), ERROR, "AP-CAT"),
    (
        "subcategory in another",
        categories('<itunes:category text="Arts"><itunes:category text="Documentary"/></itunes:category>'),
        ERROR,
        "AP-CAT",
    ),
    (
        "category in a category",
        categories('<itunes:category text="Arts"><itunes:category text="News"/></itunes:category>'),
        ERROR,
        "AP-CAT",
    ),
    (
        "three levels",
        categories(
            '<itunes:category text="Arts"><itunes:category text="Books"><itunes:category text="Food"/>'
            "</itunes:category></itunes:category>"
        ),
        ERROR,
        "AP-CAT",
    ),
    ("category as text", categories("<itunes:category>Arts</itunes:category>"), ERROR, "AP-CAT"),
    ("type Serial", swap(">episodic<", ">Serial<"), ERROR, "AP-TYPE"),
    ("block No", in_channel("<itunes:block>No</itunes:block>"), NOTE, "AP-BLOCK"),
    ("complete true", in_channel("<itunes:complete>true</itunes:complete>"), ERROR, "AP-COMPLETE"),
    ("new-feed-url relative", in_channel("<itunes:new-feed-url>feed</itunes:new-feed-url>"), ERROR, "AP-NEWFEED"),
    ("owner without mail", cut("<itunes:email>.*?</itunes:email>"), WARNING, "AP-OWNER"),
    ("personal mail", swap("podcasts@example.com", "ann.lee@gmail.com"), NOTE, "X-OWNER-MAIL"),
    ("no author", cut("<itunes:author>Example Press</itunes:author>"), WARNING, "AP-REC"),
    ("summary", in_channel("<itunes:summary>Boats.</itunes:summary>"), NOTE, "AP-DEPR-TAGS"),
    ("keywords of an item", in_item("<itunes:keywords>boats</itunes:keywords>"), NOTE, "AP-DEPR-TAGS"),
    ("no RSS image", cut("<image>.*?</image>"), WARNING, "RSS-CH-IMAGE"),
    ("image with another title", within("image", "Harbour Notes", "Notes"), WARNING, "RSS-CH-IMAGE"),
    ("image without url", cut("<url>.*?</url>"), ERROR, "RSS-CH-IMAGE"),
    ("ttl 1h", in_channel("<ttl>1h</ttl>"), ERROR, "RSS-CH-TTL"),
    ("skipHours 25", in_channel("<skipHours><hour>25</hour></skipHours>"), ERROR, "RSS-CH-TTL"),
    ("skipHours 24", in_channel("<skipHours><hour>24</hour></skipHours>"), ERROR, "RSS-CH-TTL"),
    ("webMaster Joe", in_channel("<webMaster>Joe</webMaster>"), ERROR, "RSS-CH-EDITOR"),
    ("managingEditor", in_channel("<managingEditor>a@example.com (Ann Lee)</managingEditor>"), None, None),
    ("build date of another form", swap("<lastBuildDate>Mon, ", "<lastBuildDate>Monday, "), ERROR, "RSS-CH-BUILD"),
    ("no generator", cut("<generator>podcast_tool</generator>"), WARNING, "RSS-CH-GEN"),
    ("no podcast:guid", cut("<podcast:guid>.*?</podcast:guid>"), WARNING, "PSP-CH-REC"),
    ("no podcast:locked", cut("<podcast:locked>.*?</podcast:locked>"), WARNING, "PSP-CH-REC"),
    ("relative self", swap('"https://example.com/harbour/feed.xml"', '"feed.xml"'), ERROR, "RSS-SELF"),
    ("self without type", cut('type="application/rss.xml"'), WARNING, "RSS-SELF"),
    ("self of another type", swap("application/rss+xml", "application/atom+xml"), WARNING, "RSS-SELF"),
    ("two selves", lambda feed: re.sub(f"({SELF})", r"\1\1", feed, count=1), ERROR, "RSS-CH-ONCE"),
    ("rel hob", swap('rel="hub"', 'rel="hob"'), ERROR, "RSS-ATOM-REL"),
    ("rel prev", in_channel('<atom:link rel="prev" href="https://example.com/2.xml"/>'), NOTE, "RFC5005-PAGED"),
    # items
    ("no title", within("item", "<title>Tides &amp; tables</title>", ""), ERROR, "AP-IT-REQ"),
    ("numbered title", within("item", "<title>Tides", "<title>Episode 1: Tides"), WARNING, "AP-IT-TITLE"),
    ("year in front of the title", within("item", "<title>Tides", "<title>2025: Tides"), None, None),
    ("show's name in the title", within("item", "<title>Tides", "<title>Harbour Notes: Tides"), WARNING, "AP-IT-TITLE"),
    ("no date", cut("<pubDate>.*?</pubDate>"), ERROR, "RSS-IT-DATE"),
    ("date 1989", published("Sun, 01 Jan 1989 08:00:00 +0000"), WARNING, "RSS-IT-DATE-SANE"),
    ("date tomorrow", published("Mon, 02 Feb 2026 08:00:00 +0000"), ERROR, "X-FUTURE"),
    ("30 February", published("30 Feb 2025 08:00:00 +0000"), ERROR, "RSS-IT-DATE"),
    ("25 o'clock", published("Mon, 05 Jan 2026 25:00:00 +0000"), ERROR, "RSS-IT-DATE"),
    ("12-hour clock", published("Mon, 05 Jan 2026 08:00:00 PM +0000"), ERROR, "RSS-IT-DATE"),
    ("no offset", published("Mon, 05 Jan 2026 08:00:00"), ERROR, "RSS-IT-DATE"),
    ("German month", published("Mo, 05 Mai 2025 08:00:00 +0000"), ERROR, "RSS-IT-DATE"),
    ("zone GMT", published("Mon, 05 Jan 2026 08:00:00 GMT"), None, None),
    ("zone Z", published("Mon, 05 Jan 2026 08:00:00 Z"), WARNING, "RSS-IT-DATE-OFFSET"),
    ("comment behind the zone", published("Mon, 05 Jan 2026 08:00:00 +0000 (UTC)"), WARNING, "RSS-IT-DATE"),
    ("day set with blanks", published("Mon,  5 Jan 2026 08:00:00 +0000"), None, None),
    ("zone EST", published("Mon, 05 Jan 2026 08:00:00 EST"), WARNING, "RSS-IT-DATE-OFFSET"),
    ("no weekday", published("5 Jan 2026 08:00:00 +0000"), None, None),
    ("guid with line feed", swap("f58435d</guid>", "f58435d\n</guid>"), ERROR, "RSS-VALUE-TRIM"),
    ("guid as title", swap("7c029615-a810-5214-9342-eee73f58435d", "Tides &amp; tables"), WARNING, "RSS-IT-GUID-FORM"),
    ("long guid", swap("7c029615-a810-5214-9342-eee73f58435d", "g" * 739), WARNING, "RSS-IT-GUID-FORM"),
    ("guid as file name", swap("7c029615-a810-5214-9342-eee73f58435d", "2026-01-05-tides.mp3"), WARNING, None),
    ("isPermaLink no", swap('isPermaLink="false"', 'isPermaLink="no"'), ERROR, "RSS-IT-GUID-PERMA"),
    ("isPermaLink False", swap('isPermaLink="false"', 'isPermaLink="False"'), ERROR, "RSS-IT-GUID-PERMA"),
    ("enclosure with password", enclosed("https://ann:secret@example.com/tides.mp3"), ERROR, "RSS-ENC-URL"),
    ("duration 0", swap(">751<", ">0<"), WARNING, "AP-IT-DUR"),
    ("https: without a host", in_notes('<a href="https:///tides/">a</a>'), ERROR, "RSS-HTML-ABS"),
    ("no enclosure", cut("<enclosure [^>]*>"), ERROR, "RSS-ENC-ONE"),
    ("http enclosure", enclosed("http://example.com/tides.mp3"), WARNING, "HTTP-TLS"),
    ("ftp enclosure", enclosed("ftp://example.com/tides.mp3"), ERROR, "RSS-ENC-URL"),
    ("private enclosure", enclosed("https://192.168.1.20/tides.mp3"), ERROR, "X-LOCALHOST"),
    ("private enclosure as a number", enclosed("https://3232235796/tides.mp3"), ERROR, None),
    ("enclosure at a bare name", enclosed("https://intranet/tides.mp3"), ERROR, "RSS-ENC-URL"),
    ("enclosure on IPv6 loopback", enclosed("http://[::1]/tides.mp3"), ERROR, "X-LOCALHOST"),
    ("enclosure without ending", enclosed("https://example.com/play/12"), ERROR, "AP-ENC-EXT"),
    ("enclosure with query", enclosed("https://example.com/tides.mp3?source=feed"), None, None),
    ("enclosure with %20", enclosed("https://example.com/the%20tides.mp3"), WARNING, "AP-LOCAL-ENC"),
    ("audio/mp3", swap('type="audio/mpeg"', 'type="audio/mp3"'), ERROR, "AP-ENC-TYPE"),
    (
        "audio/m4a",
        all_of(enclosed("https://example.com/tides.m4a"), swap('type="audio/mpeg"', 'type="audio/m4a"')),
        None,
        None,
    ),
    ("length in kB", swap("12016333", "11734"), WARNING, "RSS-ENC-LEN-SMALL"),
    ("duration 1:02:31", swap(">751<", ">1:02:31<"), None, None),
    ("duration 1:2:31", swap(">751<", ">1:2:31<"), ERROR, "AP-IT-DUR"),
    ("duration -1", swap(">751<", ">-1<"), ERROR, "AP-IT-DUR"),
    ("no duration", cut("<itunes:duration>751</itunes:duration>"), WARNING, "AP-IT-DUR"),
    ("no item link", cut("<link>https://example.com/harbour/tides/</link>"), WARNING, "RSS-IT-LINK"),
    ("no transcript", cut("<podcast:transcript [^>]*>"), NOTE, "PSP-IT-REC"),
    ("item explicit yes", within("item", "explicit>false", "explicit>yes"), ERROR, "AP-IT-EXPL"),
    ("season 01", swap("<itunes:season>1<", "<itunes:season>01<"), ERROR, "AP-IT-SEASON"),
    ("season one", swap("<itunes:season>1<", "<itunes:season>one<"), ERROR, "AP-IT-SEASON"),
    (
        "no item explicit",
        cut(r"<itunes:explicit>false</itunes:explicit>(?=\s*<itunes:episodeType>)"),
        WARNING,
        "AP-IT-EXPL",
    ),
    ("item picture .gif", swap("tides.jpg", "tides.gif"), WARNING, "AP-IT-IMG"),
    ("item block true", in_item("<itunes:block>true</itunes:block>"), ERROR, "AP-BLOCK"),
    # items against each other
    ("second item", with_second_item(), None, None),
    ("the same guid", with_second_item(swap("7c029616", "7c029615")), ERROR, "RSS-IT-GUID"),
    ("the same enclosure", with_second_item(swap("2025-12-29-winds.mp3", "2026-01-05-tides.mp3")), ERROR, None),
    ("the same second", with_second_item(swap("Mon, 29 Dec 2025", "Mon, 05 Jan 2026")), WARNING, "RSS-IT-DATE-UNIQUE"),
    ("the same number", with_second_item(swap("episode>2<", "episode>1<")), WARNING, "X-SERIAL"),
    (
        "the same number in a serial show",
        all_of(with_second_item(swap("episode>2<", "episode>1<")), swap(">episodic<", ">serial<")),
        ERROR,
        "X-SERIAL",
    ),
    (
        "serial without number",
        all_of(cut("<itunes:episode>1</itunes:episode>"), swap(">episodic<", ">serial<")),
        ERROR,
        "X-SERIAL",
    ),
    (
        "serial trailer without number",
        all_of(cut("<itunes:episode>1</itunes:episode>"), swap(">episodic<", ">serial<"), swap(">full<", ">trailer<")),
        None,
        None,
    ),
    ("oldest first", with_second_item(swap("29 Dec 2025", "12 Jan 2026")), WARNING, "RSS-ORDER"),
    # notes
    ("no CDATA", swap("<![CDATA[<p>How", "<p>How"), ERROR, "RSS-XML-WF"),
    (
        "HTML as XML",
        lambda feed: re.sub(r"<!\[CDATA\[.*\]\]>", "<p>Read <b>this</b>.</p>", feed),
        ERROR,
        "RSS-HTML-CDATA",
    ),
    ("escaped HTML", lambda feed: re.sub(r"<!\[CDATA\[.*\]\]>", "&lt;p&gt;A &amp;amp; B.&lt;/p&gt;", feed), None, None),
    ("javascript:", in_notes('<a href=" JavaScript:alert(1)">a</a>'), ERROR, "RSS-HTML-SAFE"),
    (
        "onerror in a broken tag",
        in_notes("<img src=https://example.com/a.png onerror=alert(1)"),
        ERROR,
        "RSS-HTML-SAFE",
    ),
    ("script behind a quote", in_notes('<p title="a>b"><SCRIPT>alert(1)</SCRIPT></p>'), ERROR, "RSS-HTML-SAFE"),
    ("script in a comment", in_notes("<!-- <script> -->"), None, None),
    ("mailto:", in_notes('<a href="mailto:a@example.com">Write to us</a>'), None, None),
    ("//example.com", in_notes('<img src="//example.com/a.png">'), ERROR, "RSS-HTML-ABS"),
    (
        "relative link in content",
        in_item('<content:encoded>&lt;a href="x"&gt;</content:encoded>'),
        ERROR,
        "RSS-HTML-ABS",
    ),
    ("link to localhost", in_notes('<a href="http://localhost:8000/">a</a>'), WARNING, "X-LOCALHOST"),
    ("4001 bytes of notes", in_notes("<p>" + "é" * 2000 + "</p>"), WARNING, "AP-DESC-EP"),
    ("heading", in_notes("<h2>Tides</h2>"), WARNING, "SN-HEAD"),
    ("b and em", in_notes("<p><b>Tides</b> and <em>tables</em></p>"), None, None),
    ("no text", described(""), WARNING, "AP-IT-REC"),
    ("paragraphs without <p>", described("One.\n\nTwo."), WARNING, "SN-PARA"),
    ("plain line", described("How to read a tide table, if 1 < 2 and 3 > 2."), None, None),
    ("generics", described("About List<String> and <ann@example.com>"), None, None),
    ("times out of order", swap("00:02:10", "00:12:10"), WARNING, "SN-TIME-LIST"),
    ("times behind the end", swap("00:09:30", "01:09:30"), WARNING, "SN-TIME-LIST"),
    ("times not from 0", swap("00:00:00", "00:00:10"), WARNING, "SN-TIME-LIST"),
    ("two times", swap("<br/>00:09:30 Close", ""), WARNING, "SN-TIME-LIST"),
    ("times as M:SS", swap("00:02:10", "2:10"), WARNING, "SN-TIME-FORM"),
    ("times of day", described("<p>19:30 Doors</p><p>20:00 Talk</p>"), None, None),
    ("linked time", swap("00:02:10 ", '<a href="https://example.com/#t=130">00:02:10</a> '), WARNING, "SN-TIME-LINK"),
    ("long chapter title", swap("Close", "Close to the end of all that can be said of tides"), NOTE, "SN-TIME-LIST"),
    # Podcasting 2.0: that the table of tags is asked at all; tests/test_vocabulary.py has the rest
    ("items of a list", swap("medium>podcast<", "medium>musicL<"), WARNING, "P20-MEDIUM"),
    ("locked true", swap("locked>yes", "locked>true"), ERROR, "P20-LOCKED"),
    (
        "chapters twice",
        in_item('<podcast:chapters url="https://example.com/c.json" type="application/json"/>'),
        ERROR,
        None,
    ),
    ("transcript without type", swap(' type="text/vtt"', ""), ERROR, None),
    ("empty person", in_item("<podcast:person/>"), ERROR, "P20-PERSON"),
    ("transcript in the channel", in_channel("<podcast:chapters/>"), ERROR, "P20-PARENT"),
    ("guid pattern", swap("a68b317b-6172-59a5-a9a7-6cc81c9161cd", "y0ur-gu1d-g035-h3r3"), ERROR, "P20-GUID-FORM"),
    (
        "private transcript",
        swap("https://example.com/harbour/media/2026-01-05-tides.vtt", "https://10.0.0.1/a.vtt"),
        ERROR,
        "X-LOCALHOST",
    ),
    # Podlove Simple Chapters
    (
        "simple chapter without title",
        in_item('<c:chapters xmlns:c="http://podlove.org/simple-chapters"><c:chapter start="00:00:00"/></c:chapters>'),
        ERROR,
        "SP-PSC",
    ),
    (
        "simple chapters",
        in_item(
            '<psc:chapters version="1.2" xmlns:psc="http://podlove.org/simple-chapters">'
            '<psc:chapter start="00:00:00.000" title="Intro"/><psc:chapter start="01:02:10" title="B"/></psc:chapters>'
        ),
        None,
        None,
    ),
]


@pytest.mark.parametrize(("change", "level", "rule"), [row[1:] for row in MORE], ids=[row[0] for row in MORE])
def test_one_defect_more(change: Change, level: Level | None, rule: str | None) -> None:
    """The same of rules that are not in that table, and of what is no defect."""
    problems = problems_of(change(GOLDEN))

    assert worst(problems) == level, problems
    assert rule is None or rule in {problem.rule for problem in problems}, problems


def test_sentences_say_where_and_end_without_a_full_stop() -> None:
    """A line that a person can find, and a message that goes on one line."""
    for _, change, _, _ in VECTORS + MORE:
        for problem in problems_of(change(GOLDEN)):
            assert re.fullmatch(r'(channel|item \d+( ".+")?|line \d+)(, line \d+)?', problem.where), problem
            assert not problem.message.endswith("."), problem
            assert "\n" not in problem.message, problem
            assert len(problem.message) < 300, problem


def test_damage_is_one_error() -> None:
    """A feed that is not well-formed is told once, with the line, not by all that is missing behind it."""
    damaged = GOLDEN.replace("<language>", "<language>&nbsp;")

    assert [(p.rule, p.where) for p in problems_of(damaged)] == [("RSS-XML-WF", "line 11")]


def test_damage_does_not_hide_what_stands_before_it() -> None:
    """The root and the items that could be read are judged."""
    damaged = GOLDEN.replace(' version="2.0"', "").replace("12016333", "-1").replace("</rss>", "")

    assert {problem.rule for problem in problems_of(damaged)} == {"RSS-XML-WF", "RSS-ROOT", "RSS-ENC-LEN"}


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_other_encodings_are_decoded_and_told(encoding: str) -> None:
    """RSS-XML-UTF8 is the one fault: the texts are read as they were meant."""
    feed = GOLDEN.replace("UTF-8", encoding).replace("Weekly", "Vägledning weekly")

    assert {problem.rule for problem in problems_of(feed.encode(encoding))} == {"RSS-XML-UTF8"}


@pytest.mark.parametrize("encoding", ["shift_jis", "utf-7", "zlib", "unicode_escape", "idna", "x" * 40])
def test_unknown_encodings_are_told(encoding: str) -> None:
    """What expat cannot decode is a sentence, whatever codecs Python has."""
    problems = problems_of(GOLDEN.replace("UTF-8", encoding))

    assert [(problem.rule, problem.where) for problem in problems] == [("RSS-XML-UTF8", "line 1")]


# -- the address of the feed itself -----------------------------------------------------------------------------------

FEED_URL = "https://example.com/harbour/feed.xml"


@pytest.mark.parametrize(
    ("feed_url", "is_told"),
    [
        (FEED_URL, False),
        ("https://EXAMPLE.com/harbour/feed.xml", False),
        ("https://example.com/harbour/other.xml", True),
        ("http://example.com/harbour/feed.xml", True),
        ("http://127.0.0.1:8000/feed.xml", False),
        ("http://localhost:8000/feed.xml", False),
    ],
)
def test_self_is_the_address_that_was_asked(feed_url: str, is_told: bool) -> None:
    """RSS-SELF; a feed served on one's own machine is a rehearsal."""
    assert [p.rule for p in problems_of(GOLDEN, feed_url)] == (["RSS-SELF"] if is_told else [])


def test_a_guid_outlives_the_address() -> None:
    """A podcast:guid that comes from no address of the show's site is no evidence against the feed's own."""
    imported = GOLDEN.replace("a68b317b-6172-59a5-a9a7-6cc81c9161cd", "917393e3-1b1e-5cef-ace4-edaa54e1f810")

    assert problems_of(imported) == []
    assert problems_of(imported.replace("harbour/feed.xml", "elsewhere/rss")) == []


def test_old_podcast_namespace_is_the_same() -> None:
    """What lacks under the present address lacks under the old one, too."""
    uri = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
    feed = GOLDEN.replace("https://podcastindex.org/namespace/1.0", uri)

    assert {p.rule for p in problems_of(cut("<podcast:guid>.*?</podcast:guid>")(feed))} == {"PSP-CH-REC"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (swap("namespace/1.0", "namespace/1.0/"), "RSS-NS-PODCAST"),
        (swap("<itunes:duration>751<", "<itunes:duration><"), "AP-IT-DUR"),
        (enclosed("https://192.168.1.20/tides.mp3"), "X-LOCALHOST"),
    ],
)
def test_what_follows_from_a_fault_is_not_told(change: Change, rule: str) -> None:
    """Nothing is said to lack of what is there, but misspelt or empty."""
    assert [p.rule for p in problems_of(change(GOLDEN))] == [rule]


def test_missing_parts_are_told_once() -> None:
    """Not once for each of the items that lack them."""
    feed = with_second_item()(GOLDEN).replace("<itunes:duration>751</itunes:duration>", "")

    assert [(p.where, p.message) for p in problems_of(feed)] == [
        (
            'item 1 "Tides & tables", line 36',
            "and 1 other of 2 items have no itunes:duration, which apps show before they load the recording; add it",
        )
    ]


# -- feeds that would harm --------------------------------------------------------------------------------------------

HEAD, TAIL = GOLDEN[: GOLDEN.index("    <item>")], "  </channel>\n</rss>\n"

# As the command does it, in a process of its own, whose memory can be measured.
_CHECK = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from podcast_tool.check.feed.feed import check_feed
from podcast_tool.read.document import read_feed_document

problems = check_feed(read_feed_document(Path(sys.argv[1])), feed_url=None, now=datetime(2026, 2, 1, tzinfo=UTC))
for count, problem in enumerate(problems):
    if count < 50:
        print(problem.rule, problem.level, problem, sep="|")
status = Path("/proc/self/status")
peak = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")] if status.exists() else []
print(time.process_time(), int(peak[0].split()[1]) // 1000 if peak else 0)
"""


def measure(path: Path, timeout_seconds: int = 120) -> tuple[list[str], float, int]:
    """The problems in lines, seconds of processor time, megabytes at most (0 where no system tells)."""
    result = subprocess.run(
        [sys.executable, "-c", _CHECK, str(path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout_seconds,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert result.returncode == 0, result.stderr
    *lines, last = result.stdout.splitlines()
    seconds, megabytes = last.split()
    return lines, float(seconds), int(megabytes)


def write_items(path: Path, count: int) -> None:
    """A feed of *count* items, each with an identity of its own."""
    item, newest = item_of(GOLDEN), datetime(2026, 1, 5, 8, tzinfo=UTC)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(count):
            unlike = item.replace("7c029615", f"{number:08x}").replace("2026-01-05-tides", f"tides-{number}")
            date = format_datetime(newest - timedelta(minutes=number))
            unlike = unlike.replace("Mon, 05 Jan 2026 08:00:00 +0000", date)
            file.write(unlike.replace("<itunes:episode>1<", f"<itunes:episode>{count - number}<"))
        file.write(TAIL)


def write_text(path: Path, *parts: str) -> None:
    path.write_text("".join(parts), encoding="utf-8")


def test_10_000_items_are_quick(tmp_path: Path) -> None:
    """Under 3 s and 300 MB; the only fault of such a feed is its size."""
    write_items(tmp_path / "feed.xml", 10_000)

    def check() -> float:
        lines, seconds, megabytes = measure(tmp_path / "feed.xml")
        assert [line.split("|")[:2] for line in lines] == [["RSS-SIZE", "warning"]]
        assert megabytes < 300
        return seconds

    assert is_done_in(3, check)


BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))


def _bomb(path: Path) -> None:
    write_text(path, f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{BOMB}]><rss>&a11;</rss>')


def _external_entity(path: Path) -> None:
    write_text(path, f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "{path.as_uri()}">]><rss>&a;</rss>')


def _external_dtd(path: Path) -> None:
    write_text(path, '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd"><rss/>')


def _200_mb_of_text(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "<item><description>")
        for _ in range(199):
            file.write("tide " * 200_000)


def _more_than_200_mb(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for _ in range(201):
            file.write("\n" * 1_000_000)
        file.write(TAIL)


def _one_endless_tag(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + '<item a="')
        for _ in range(199):
            file.write("x" * 1_000_000)


def _long_tags(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for _ in range(200):
            file.write(f'<item><a b="{"x" * 400_000}"/></item>')
        file.write(TAIL)


def _many_elements(path: Path) -> None:
    write_text(path, HEAD, "<item>", "<a/>" * 5_000_000, "</item>", TAIL)


def _many_channel_elements(path: Path) -> None:
    write_text(path, HEAD, "<itunes:category/>" * 2_000_000, TAIL)


def _deep(path: Path) -> None:
    write_text(path, HEAD, "<item>", "<a>" * 1_000_000)


def _many_namespaces(path: Path) -> None:
    write_text(path, HEAD, "".join(f'<a xmlns:n{n}="u{n}"/>' for n in range(9_000)), TAIL)


def _too_many_items(path: Path) -> None:
    write_text(path, HEAD, "<item/>" * 3_000_000, TAIL)


def _zeros(path: Path) -> None:
    path.touch()
    os.truncate(path, 150_000_000)


# What is written, the rule that stops the reading, and within how many seconds and megabytes.
HOSTILE: list[tuple[Callable[[Path], None], str, float, int]] = [
    (_bomb, "RSS-XML-WF", 1, 100),
    (_external_entity, "RSS-XML-WF", 1, 100),
    (_external_dtd, "RSS-XML-WF", 1, 100),
    (_200_mb_of_text, "RSS-SIZE", 5, 300),
    (_more_than_200_mb, "RSS-SIZE", 10, 100),
    (_one_endless_tag, "RSS-XML-WF", 5, 100),
    (_long_tags, "RSS-IT-GUID", 10, 300),
    (_many_elements, "RSS-XML-WF", 5, 300),
    (_many_channel_elements, "RSS-XML-WF", 5, 300),
    (_deep, "RSS-XML-WF", 5, 300),
    (_many_namespaces, "RSS-ITEMS-MIN", 5, 300),
    (_too_many_items, "RSS-SIZE", 60, 300),
    (_zeros, "RSS-XML-WF", 1, 100),
]


@pytest.mark.parametrize(
    ("write", "rule", "most_seconds", "most_megabytes"), HOSTILE, ids=[row[0].__name__.strip("_") for row in HOSTILE]
)
def test_hostile_feeds_end_in_a_sentence(
    write: Callable[[Path], None], rule: str, most_seconds: float, most_megabytes: int, tmp_path: Path
) -> None:
    """In bounded time and memory, with an error that says why."""
    write(tmp_path / "feed.xml")

    lines, seconds, megabytes = measure(tmp_path / "feed.xml")

    assert [rule, "error"] in [line.split("|")[:2] for line in lines], lines
    assert seconds < most_seconds
    assert megabytes < most_megabytes


def test_100_000_items_are_checked(tmp_path: Path) -> None:
    """Within bounds, and nothing is lost on the way: the last one is the first again."""
    date = format_datetime(NOW - timedelta(days=1))
    item = f'<item><guid>https://example.com/%d</guid><pubDate>{date}</pubDate><enclosure url="https://example.com/%d"/></item>'
    items = (item % (number % 99_999, number) for number in range(100_000))
    write_text(tmp_path / "feed.xml", HEAD, *items, TAIL)

    lines, seconds, megabytes = measure(tmp_path / "feed.xml")

    assert any(line.startswith("RSS-IT-GUID|error|item 100000, line") for line in lines), lines
    assert seconds < 30
    assert megabytes < 300


@pytest.mark.parametrize(
    ("size_bytes", "level"),
    [(999_999, None), (1_000_000, NOTE), (5_000_000, WARNING), (24_999_999, WARNING), (25_000_000, ERROR)],
)
def test_large_feeds_are_told(size_bytes: int, level: Level | None) -> None:
    """RSS-SIZE in its three levels, with the cure."""
    problems = problems_of(GOLDEN + " " * (size_bytes - len(GOLDEN.encode())))

    assert worst(problems) == level
    assert all("short_notes_after" in problem.message for problem in problems)


def test_the_same_fault_in_every_item_is_no_endless_list() -> None:
    """The first thousand of a rule, then how many more there are."""
    items = "".join(f"<item><guid>https://example.com/{number}</guid></item>" for number in range(1_500))
    problems = [p for p in problems_of(HEAD + items + TAIL) if p.rule == "RSS-ENC-ONE"]

    assert len(problems) == MAX_PER_RULE + 1
    assert problems[-1].message.startswith("500 more items")


@pytest.mark.parametrize(
    "html",
    [
        "<",
        "<a ",
        '<a "',
        "<a b='",
        "<a b=",
        "<!--",
        "&amp;",
        "</",
        "<p>",
        "00:00:00 ",
        "1:",
        "\n",
        "(",
        "<a href=",
        "é",
    ],
)
def test_hostile_notes_take_linear_time(html: str) -> None:
    """Half a megabyte of one pattern is no trap for a regular expression."""
    feed = GOLDEN.replace("<![CDATA[", f"<![CDATA[{html * (500_000 // len(html))}")

    assert any(problem.rule == "AP-DESC-EP" for problem in problems_of(feed))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """By its name, with the cure."""
    with pytest.raises(FeedError, match=r"nowhere\.xml: cannot be read"):
        list(read_feed_document(tmp_path / "nowhere.xml"))


def _frames(raw: bytes) -> Iterator[FeedFrame]:
    return (part for part in parse_feed_document(raw) if isinstance(part, FeedFrame))


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_end_in_problems(raw: bytes) -> None:
    """Never in an exception; and what is no feed has an error."""
    assert worst(problems_of(raw)) is Level.ERROR
    assert len(list(_frames(raw))) == 1


_PLACES = st.integers(0, len(GOLDEN.encode()) - 1)


@given(st.lists(st.tuples(_PLACES, st.integers(0, 30), st.binary(max_size=8)), min_size=1, max_size=4))
def test_mutations_of_the_golden_feed_end_in_problems(cuts: list[tuple[int, int, bytes]]) -> None:
    """Whatever stands there instead, nothing escapes as an exception."""
    raw = GOLDEN.encode()
    for place, length, new in cuts:
        raw = raw[:place] + new + raw[place + length :]

    assert all(problem.rule in RULES for problem in problems_of(raw))


_NAMES = sorted(set(re.findall(r"<([A-Za-z:]+)", GOLDEN)) - {"rss", "channel", "item"})
_VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30) | st.sampled_from(
    ["-1", "0", "9" * 40, "٣", "1:2:3:4", "00:00:00", "https://[", "http://%00/", "//", "1e9", "²", "Mon, 99 Jan 2026"]
)
_ANY_ELEMENT = st.tuples(
    st.sampled_from(_NAMES),
    _VALUES,
    st.dictionaries(
        st.sampled_from(
            ["url", "href", "type", "length", "text", "rel", "isPermaLink", "start", "duration", "pubdate", "language"]
        ),
        _VALUES,
    ),
)


@given(st.lists(_ANY_ELEMENT, max_size=8), st.lists(_ANY_ELEMENT, max_size=8))
def test_any_values_end_in_problems(
    of_channel: list[tuple[str, str, dict[str, str]]], of_item: list[tuple[str, str, dict[str, str]]]
) -> None:
    """Elements of known names with anything in them."""

    def written(elements: list[tuple[str, str, dict[str, str]]]) -> str:
        return "".join(
            " ".join([f"<{name}", *(f"{key}={quoteattr(value)}" for key, value in attributes.items())])
            + f">{escape(text)}</{name}>"
            for name, text, attributes in elements
        )

    start = GOLDEN[: GOLDEN.index("    <title>")]
    problems = problems_of(f"{start}{written(of_channel)}<item>{written(of_item)}</item>{TAIL}")

    assert all(problem.rule in RULES for problem in problems)


@given(st.text(max_size=60))
def test_addresses_and_dates_take_any_text(text: str) -> None:
    """What cannot be read is a fault, not an exception."""
    assert address_fault(text) is None or address_fault(text)
    is_private_host(text)
    moment = parse_moment(text)
    assert (moment.at is None) == (moment.fault is not None)
    find_tags(text)


@pytest.mark.parametrize(
    ("host", "is_private"),
    [
        ("localhost", True),
        ("intern.local", True),
        ("127.0.0.1", True),
        ("2130706433", True),
        ("0x7f.1", True),
        ("0177.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("0.0.0.0", True),
        ("::1", True),
        ("fe80::1", True),
        ("fd00::1", True),
        ("::ffff:192.168.0.1", True),
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
        ("example.com", False),
        ("10.example.com", False),
        ("999.1.1.1", False),
    ],
)
def test_private_hosts_are_known(host: str, is_private: bool) -> None:
    """In every spelling that a browser takes (X-LOCALHOST)."""
    assert is_private_host(host) is is_private


def test_line_numbers_are_those_of_the_file() -> None:
    """Of the item, and of what stands in it."""
    parts = list(parse_feed_document(GOLDEN.encode()))
    items = [part for part in parts if isinstance(part, FeedItem)]
    lines = GOLDEN.splitlines()

    assert lines[items[0].node.line - 1].strip() == "<item>"
    assert all(f"<{child.name}" in lines[child.line - 1] for child in items[0].node.children)


# -- the table of rules -----------------------------------------------------------------------------------------------

_RULE_ID = re.compile(r"[\"'](?:FILE|RSS|VAL|AP|PSP|P20|SP|YT|SN|X|HTTP|RFC5005)-[A-Z][A-Z0-9-]+[\"']")


def test_every_rule_is_in_the_table() -> None:
    """What any module speaks of can be explained."""
    spoken = {
        found[0].strip("\"'")
        for path in (REPOSITORY / "podcast_tool").rglob("*.py")
        for found in _RULE_ID.finditer(path.read_text("utf-8"))
    }

    assert spoken - set(RULES) == set()


def test_no_rule_stands_twice() -> None:
    """And each says what it asks in one sentence."""
    rules = [rule for group in GROUPS.values() for rule in group]

    assert len(rules) == len(RULES)
    assert all(rule.summary.endswith(".") and rule.source for rule in rules)


def test_what_nobody_says_for_certain_is_no_error() -> None:
    """Rules whose source is unverified are warnings at most, as are all findings under them."""
    unverified = {rule.id for rule in RULES.values() if "UNVERIFIED" in rule.source}
    found = [problem for _, change, _, _ in VECTORS + MORE for problem in problems_of(change(GOLDEN))]

    assert unverified
    assert not [rule for rule in unverified if RULES[rule].level is Level.ERROR]
    assert not [problem for problem in found if problem.rule in unverified and problem.level is Level.ERROR]


def test_what_is_found_in_a_feed_is_a_rule_of_feeds() -> None:
    """The scope that the table gives is the one in which the rule is looked at."""
    found = {problem.rule for _, change, _, _ in VECTORS + MORE for problem in problems_of(change(GOLDEN))}
    elsewhere = {"AP-COVER-FORMAT", "AP-IT-IMG", "HTTP-TLS"}  # the pictures' bytes and the hosts tell more of these

    assert {RULES[rule].scope for rule in found - elsewhere} == {Scope.FEED}


def test_explaining_a_rule() -> None:
    """Its level, what it looks at, what it asks, and whose it is; small letters will do."""
    text = explain("ap-cover-size") or ""

    assert text.startswith("AP-COVER-SIZE (error, episode)\n")
    assert "Artwork requirements" in text
    assert explain("AP-COVER-SIZES") is None
    assert "AP-COVER-SIZE" in close_rules("AP-COVER-SIZES")


def test_rules_page_is_up_to_date() -> None:
    """docs/rules.md is what docs/make.py writes."""
    pages: list[tuple[Path, Callable[[], str]]] = runpy.run_path(str(REPOSITORY / "docs" / "make.py"))["PAGES"]
    render = next(render for path, render in pages if path.name == "rules.md")

    assert (REPOSITORY / "docs" / "rules.md").read_text("utf-8") == render()
