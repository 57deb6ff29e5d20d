"""The tags of RSS 2.0, Apple Podcasts, Atom and Podlove that a podcast's feed holds, in the order of writing."""

from __future__ import annotations

from podcast_tool.vocabulary.shape import CHANNEL, ITEM, Child, Need, Tag, Writer, attribute, text
from podcast_tool.vocabulary.spellings import (
    CONTACT,
    COUNT,
    DAY,
    HOUR,
    HTTPS,
    LINE,
    LINK_RELATION,
    MAIL,
    MEDIA_TYPE,
    TEXT,
    YES_FLAG,
    Spelling,
)

_BOTH = (CHANNEL, ITEM)


def _by_code(name: str, parents: tuple[str, ...], about: str, source: str, field: str = "") -> Tag:
    """A tag that render/feed.py writes, of a field that is read for more than this tag."""
    return Tag(name=name, parents=parents, about=about, source=source, field=field, writer=Writer.CODE, is_list=False)


def _line(name: str, field: str, spelling: Spelling, about: str, source: str) -> Tag:
    """A tag of the channel that is one text."""
    return Tag(
        name=name,
        parents=(CHANNEL,),
        about=about,
        source=source,
        field=field,
        is_list=False,
        parts=(text("text", spelling),),
    )


def _deprecated(name: str, parents: tuple[str, ...], about: str, instead: str) -> Tag:
    return Tag(
        name=name,
        parents=parents,
        about=about,
        source="AP-DEPR-TAGS",
        writer=Writer.NOBODY,
        is_list=False,
        rule="AP-DEPR-TAGS",
        instead=instead,
    )


RSS_TAGS = (
    _by_code("title", (CHANNEL,), "The show's name.", "RSS-CH-TITLE", "title"),
    _by_code("link", (CHANNEL,), "The show's page.", "RSS-CH-LINK", "link"),
    _by_code("description", (CHANNEL,), "What the show is about.", "RSS-CH-DESC", "description"),
    _by_code("language", (CHANNEL,), "The language that is spoken.", "RSS-CH-LANG", "language"),
    _by_code("copyright", (CHANNEL,), "Holder and year.", "RSS-CH-COPY", "copyright"),
    _by_code("generator", (CHANNEL,), "The program that wrote the feed.", "RSS-CH-GEN"),
    _by_code("lastBuildDate", (CHANNEL,), "When what the feed holds last changed.", "RSS-CH-BUILD"),
    _by_code("image", (CHANNEL,), "The cover, for readers that know RSS only.", "RSS-CH-IMAGE", "cover"),
    _line(
        "managingEditor",
        "managing_editor",
        CONTACT,
        "Whom to write to about what is said.",
        "RSS-CH-EDITOR",
    ),
    _line("webMaster", "web_master", CONTACT, "Whom to write to if the feed is broken.", "RSS-CH-EDITOR"),
    _line("ttl", "ttl_minutes", COUNT, "How long apps may keep the feed before they ask again.", "RSS-CH-TTL"),
    Tag(
        name="category",
        parents=_BOTH,
        about="Free keywords; podcast directories read only Apple's categories.",
        source="RSS-CH-CAT",
        field="rss_categories",
        parts=(text("text", LINE), attribute("domain", "domain", LINE)),
    ),
    Tag(
        name="skipHours",
        parents=(CHANNEL,),
        about="Hours of the day (UTC) in which nothing new comes.",
        source="RSS-CH-TTL",
        field="skip_hours",
        is_list=False,
        children=(Child(key="", name="hour"),),
    ),
    Tag(
        name="hour",
        parents=("skipHours",),
        about="One hour of `skip_hours`.",
        source="RSS-CH-TTL",
        parts=(text("hour", HOUR),),
    ),
    Tag(
        name="skipDays",
        parents=(CHANNEL,),
        about="Days of the week on which nothing new comes.",
        source="RSS-CH-TTL",
        field="skip_days",
        is_list=False,
        children=(Child(key="", name="day"),),
    ),
    Tag(
        name="day",
        parents=("skipDays",),
        about="One day of `skip_days`.",
        source="RSS-CH-TTL",
        parts=(text("day", DAY),),
    ),
    _by_code("title", (ITEM,), "The episode's title.", "RSS-IT-TITLEDESC", "title"),
    _by_code("link", (ITEM,), "The episode's page.", "RSS-IT-LINK", "link"),
    _by_code("description", (ITEM,), "The show notes, as far as 4000 bytes go.", "AP-DESC-EP", "summary"),
    _by_code("content:encoded", (ITEM,), "The show notes whole, in the newest episodes.", "RSS-CONTENT"),
    _by_code("guid", (ITEM,), "The episode's own name for ever.", "RSS-IT-GUID", "guid"),
    _by_code("pubDate", (ITEM,), "When it came out.", "RSS-IT-DATE", "published"),
    _by_code("enclosure", (ITEM,), "The recording: address, size and type.", "RSS-ENC-ATTRS", "audio"),
)

ATOM_TAGS = (
    Tag(
        name="atom:link",
        parents=(CHANNEL,),
        about="The feed's own address (rel=self), from `site_url` and `feed_path`.",
        source="RSS-SELF",
        field="site_url",
        writer=Writer.CODE,
    ),
    Tag(
        name="atom:link",
        parents=(CHANNEL,),
        about="A WebSub hub that is told of each change (rel=hub); only if it is.",
        source="HTTP-WEBSUB",
        field="hub",
        parts=(attribute("url", "href", HTTPS, Need.REQUIRED),),
        fixed=(("rel", "hub"),),
        short="url",
    ),
    Tag(
        name="atom:link",
        parents=(CHANNEL,),
        about="Further links of the feed: its next page, its archives (next-archive, prev-archive), payment.",
        source="RFC5005-ARCHIVE",
        field="feed_links",
        parts=(
            attribute("rel", "rel", LINK_RELATION, Need.REQUIRED),
            attribute("url", "href", HTTPS, Need.REQUIRED),
            attribute("media_type", "type", MEDIA_TYPE),
            attribute("title", "title", LINE),
        ),
    ),
)

ITUNES_TAGS = (
    _by_code("itunes:author", (CHANNEL,), "Who makes the show.", "AP-AUTHOR", "author"),
    Tag(
        name="itunes:owner",
        parents=(CHANNEL,),
        about="Whom directories write to when the show is claimed; the address is public.",
        source="AP-OWNER",
        field="owner",
        writer=Writer.CODE,
        is_list=False,
        children=(
            Child(key="name", name="itunes:name", is_list=False),
            Child(key="email", name="itunes:email", is_list=False),
        ),
        needs_one_of=("itunes:email",),
        rule="AP-OWNER",
    ),
    Tag(
        name="itunes:name",
        parents=("itunes:owner",),
        about="The owner's name.",
        source="AP-OWNER",
        writer=Writer.CODE,
        is_list=False,
        parts=(text("text", LINE),),
        rule="AP-OWNER",
    ),
    Tag(
        name="itunes:email",
        parents=("itunes:owner",),
        about="The owner's mail address.",
        source="AP-OWNER",
        writer=Writer.CODE,
        is_list=False,
        parts=(text("text", MAIL),),
        rule="AP-OWNER",
    ),
    _by_code("itunes:image", (CHANNEL,), "The cover.", "AP-COVER-TAG", "cover"),
    _by_code("itunes:category", (CHANNEL,), "Apple's categories, the main one first.", "AP-CAT", "categories"),
    _by_code("itunes:explicit", _BOTH, "Whether it is for adults.", "AP-EXPLICIT", "explicit"),
    _by_code("itunes:type", (CHANNEL,), "Whether episodes are heard in order (serial) or not.", "AP-TYPE", "type"),
    _line("itunes:title", "itunes_title", LINE, "The show's name in directories, if it is another.", "AP-ITTITLE"),
    Tag(
        name="itunes:block",
        parents=_BOTH,
        about="Apple hides the show, or the episode.",
        source="AP-BLOCK",
        field="block",
        is_list=False,
        parts=(text("text", YES_FLAG),),
    ),
    _line("itunes:complete", "complete", YES_FLAG, "No further episode will ever come.", "AP-COMPLETE"),
    _line(
        "itunes:new-feed-url",
        "new_feed_url",
        HTTPS,
        "Where the feed has moved to, for four weeks at least.",
        "AP-NEWFEED",
    ),
    _line("itunes:applepodcastsverify", "apple_verify", LINE, "Apple's code while the show is claimed.", "AP-VERIFY"),
    _by_code("itunes:title", (ITEM,), "The episode's title.", "AP-IT-TITLE", "title"),
    _by_code("itunes:duration", (ITEM,), "Its length in seconds, as counted.", "AP-IT-DUR"),
    _by_code("itunes:episodeType", (ITEM,), "Full, trailer or bonus.", "AP-IT-TYPE", "type"),
    _by_code("itunes:season", (ITEM,), "The season's number.", "AP-IT-SEASON", "season"),
    _by_code("itunes:episode", (ITEM,), "The episode's number in its season.", "AP-IT-EPISODE", "episode"),
    _by_code("itunes:image", (ITEM,), "The episode's artwork, if it has its own.", "AP-IT-IMG", "artwork"),
    _deprecated("itunes:summary", _BOTH, "A summary.", "description"),
    _deprecated("itunes:subtitle", _BOTH, "A line under the title.", "description"),
    _deprecated("itunes:keywords", _BOTH, "Keywords; no directory reads them.", "itunes:category"),
    _deprecated("itunes:order", (ITEM,), "A place in the list.", "itunes:episode"),
    _deprecated("itunes:isClosedCaptioned", (ITEM,), "Whether a video has captions.", "podcast:transcript"),
    _deprecated("itunes:author", (ITEM,), "Who made the episode.", "podcast:person"),
)

PODLOVE_TAGS = (
    Tag(
        name="psc:chapters",
        parents=(ITEM,),
        about="The chapters once more, for apps that read these.",
        source="SP-PSC",
        field="chapters",
        writer=Writer.CODE,
        is_list=False,
        children=(Child(key="", name="psc:chapter"),),
    ),
    Tag(
        name="psc:chapter",
        parents=("psc:chapters",),
        about="One chapter.",
        source="SP-PSC",
        writer=Writer.CODE,
    ),
)

EXTRA_TAG = Tag(
    name="",
    parents=_BOTH,
    about="Any other element of another namespace, as in the example above.",
    source="",
    field="extra",
    parts=(text("text", TEXT, need=Need.OPTIONAL),),
)
