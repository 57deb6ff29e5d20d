"""Every rule that `check` and `publish` speak of: the one table of them, from which their page in docs/ is made.

The ids are those of the project's collection of feed rules; FILE-* are podcast_tool's own. A finding may be graver or
milder than its rule: `itunes:duration` is recommended, but a wrong one is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from types import MappingProxyType

from podcast_tool.model import Level


class Scope(StrEnum):
    """What a rule looks at."""

    FILE = "file"
    EPISODE = "episode"
    FEED = "feed"
    HOST = "host"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One demand of those who read feeds, and who makes it."""

    id: str
    level: Level
    scope: Scope
    summary: str
    """What is asked, in a sentence."""
    source: str
    """Codes of `SOURCES`, or another rule that it follows from; `UNVERIFIED` if nobody says so for certain."""


SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "RSS2": "RSS 2.0 specification (rssboard.org)",
        "FV": "W3C Feed Validation Service, feedvalidator at commit 43dabeb",
        "AP823": "Apple, Podcast RSS feed requirements (support page 823)",
        "AP837": "Apple, Change the RSS feed URL (support page 837)",
        "AP893": "Apple, Audio requirements (support page 893)",
        "AP896": "Apple, Artwork requirements (support page 896)",
        "AP1691": "Apple, Podcasts categories (support page 1691)",
        "AP4115": "Apple, Technical updates for hosting providers (support page 4115)",
        "AP5316": "Apple, Transcripts (support page 5316)",
        "AP5482": "Apple, Chapters (support page 5482)",
        "APG": "Apple, A Podcaster's Guide to RSS (help.apple.com itcb54353390)",
        "PSP1": "PSP-1 Podcast RSS Specification, commit df4772b",
        "NS": "Podcasting 2.0 namespace, commit c0ff5caa",
        "PIA": "Podcast Index aggregator, commit c02d73e",
        "AnP": "AntennaPod, commit b7ee12cc",
        "PKC": "Pocket Casts for Android, commit 7fef4bbd",
        "PPG": "Podping",
        "PSC": "Podlove Simple Chapters 1.2",
        "SPO": "Spotify, help pages for creators and delivery specification 1.10",
        "YT": "YouTube Help 13525207, 13973017, 12948449",
        "AMZ": "Amazon Music for Podcasters, help",
        "PN": "podnews.net, articles on episode notes",
        "TRN": "transistor.fm, test of show notes (2024)",
        "PDB": "Podbase (podba.se)",
        "LWV": "lukaswhite podcast-feed-validator",
        "EOU": "D. Hart-Davis, on the efficiency of podcast feeds (earth.org.uk)",
        "WCAG": "Web Content Accessibility Guidelines 2.2, W3C Recommendation",
        "W3CWS": "WebSub, W3C Recommendation",
        "RFC": "RFC 2822 and 5322 (dates), 5005 (paging), 9110 and 9111 (HTTP)",
    }
)

_ERROR, _WARNING, _NOTE = Level.ERROR, Level.WARNING, Level.NOTE

_Row = tuple[str, Level, str, str]
"""Id, level, summary, source."""

_GROUPS: tuple[tuple[str, Scope, tuple[_Row, ...]], ...] = (
    (
        "The files of a show, by podcast_tool's own rules (the contract is in the README)",
        Scope.FILE,
        (
            (
                "FILE-SHOW",
                _ERROR,
                "Each key of show.toml is known and holds what its name says; a value that does not fit is left out.",
                "podcast_tool",
            ),
            (
                "FILE-SIDECAR",
                _ERROR,
                "The metadata beside a recording can be read, and each key of it is known and holds what it should.",
                "podcast_tool",
            ),
            (
                "FILE-ARTICLE",
                _ERROR,
                "The article can be read, and nothing in it waits for a decision, such as unaccepted changes in Word.",
                "podcast_tool",
            ),
            (
                "FILE-AUDIO",
                _ERROR,
                "The recording is there, whole, and of a kind that can be published.",
                "podcast_tool",
            ),
            (
                "FILE-IMAGE",
                _ERROR,
                "A picture that an episode, a chapter or an article names can be decoded to its end.",
                "podcast_tool",
            ),
            (
                "PAGE-ALT",
                _WARNING,
                "Each picture of an article has words for those who cannot see it; empty ones mark an ornament.",
                "WCAG 1.1.1",
            ),
            (
                "PAGE-CONTRAST",
                _WARNING,
                "Words on the pages have a contrast of at least 4.5 to 1 in the colours of the theme.",
                "WCAG 1.4.3",
            ),
            (
                "FILE-CHAPTERS",
                _ERROR,
                "The chapters beside a recording are of a known form, in order, and inside the recording.",
                "podcast_tool",
            ),
            (
                "FILE-TRANSCRIPT",
                _ERROR,
                "The transcript beside a recording is of a known form, with times that make sense.",
                "podcast_tool",
            ),
            (
                "FILE-READ",
                _ERROR,
                "A file of the show can be read, and is not being written at the same time.",
                "podcast_tool",
            ),
            ("FILE-LEDGER", _ERROR, "feed/ledger.json can be trusted.", "podcast_tool"),
            (
                "FILE-PATH",
                _ERROR,
                "What a sidecar names lies inside episodes/, and every folder there can be looked into.",
                "podcast_tool",
            ),
            (
                "FILE-TWICE",
                _ERROR,
                "An episode has one sidecar, one article and one recording, unless the sidecar says which.",
                "podcast_tool",
            ),
            (
                "X-GUID-HISTORY",
                _ERROR,
                "Compared with the last publication, no guid has vanished, changed, or gone over to another episode.",
                "RSS-IT-GUID",
            ),
            ("X-PGUID-HISTORY", _ERROR, "The podcast:guid is the one that was published before.", "P20-GUID-LIFE"),
        ),
    ),
    (
        "Recordings and pictures, whose bytes are looked into",
        Scope.EPISODE,
        (
            ("AP-COVER-SIZE", _ERROR, "A cover is square, from 1400 to 3000 pixels a side.", "AP896; PSP1"),
            (
                "AP-COVER-FORMAT",
                _ERROR,
                "A cover is a JPEG or PNG in RGB without transparency, and the ending of its name says which.",
                "AP896; PSP1",
            ),
            (
                "AP-COVER-BYTES",
                _WARNING,
                "A cover stays below about half a megabyte, so that lists load quickly.",
                "UNVERIFIED: practice of hosts; Apple gives no number",
            ),
            (
                "AP-COVER-CHANGE",
                _ERROR,
                "A changed picture has a new name and address; under the old ones the change may go unnoticed.",
                "APG; SPO",
            ),
            ("PSP-COVER", _ERROR, "A cover meets Apple's rules and its host answers HEAD.", "PSP1"),
            ("SP-COVER", _ERROR, "A cover is a square TIFF, PNG or JPEG.", "SPO"),
            (
                "AP-IT-IMG",
                _WARNING,
                "The picture of an episode meets the rules of a cover, and is there only where it differs from it.",
                "AP896; PSP1",
            ),
            (
                "AP-AUDIO-CODEC",
                _ERROR,
                "An enclosure is MP3, or AAC in MP4; Apple does not take Ogg, Opus, FLAC or WAV.",
                "AP893",
            ),
            (
                "AP-AUDIO-RATE",
                _WARNING,
                (
                    "At 44.1 or 48 kHz, mono has 64 to 128 kbit/s and stereo 128 to 256; at half that rate, 40 to "
                    "80 and 80 to 160."
                ),
                "AP893",
            ),
            (
                "AP-AUDIO-LOUD",
                _WARNING,
                "A recording is as loud as others: -16 LUFS, its true peak at or below -1 dB.",
                "AP893",
            ),
            ("SP-AUDIO", _ERROR, "Spotify takes MP3, and AAC-LC in MP4.", "SPO"),
            (
                "SP-SIZE",
                _NOTE,
                "An episode is at most 200 MB and 12 hours, Spotify is said to ask.",
                "UNVERIFIED: secondary texts",
            ),
            (
                "SP-CACHE",
                _ERROR,
                "Other bytes have another address, since apps and directories keep what they once loaded.",
                "SPO",
            ),
            (
                "X-URL-BYTES",
                _ERROR,
                "No address serves other bytes than it did at the last publication.",
                "SP-CACHE; AP-COVER-CHANGE",
            ),
            (
                "X-DURATION",
                _WARNING,
                "itunes:duration is what was measured, and chapters and soundbites lie inside it.",
                "AP-IT-DUR; P20-SOUNDBITE",
            ),
            (
                "X-TYPE-EXT",
                _ERROR,
                "What a recording is, its media type and the ending of its name agree.",
                "AP-ENC-TYPE",
            ),
            (
                "AP-CHAPTERS",
                _WARNING,
                "Chapters reach Apple's app by podcast:chapters, by times in the notes, or in the recording's tags.",
                "AP5482",
            ),
            ("AP-CH-FORM", _ERROR, "A chapter has a start and a title, of at most 45 characters.", "AP5482"),
            (
                "AP-CH-ADVICE",
                _WARNING,
                "About six chapters to an hour are enough, each of two minutes or more.",
                "AP5482",
            ),
            (
                "P20-CHAP-JSON",
                _ERROR,
                (
                    "A chapters file is an object with a text `version` and a list `chapters`, each with a number "
                    "`startTime`."
                ),
                "NS jsonChapters.md",
            ),
            (
                "P20-CHAP-ORDER",
                _ERROR,
                "Chapters ascend by their starts, since players walk along the list.",
                "NS jsonChapters.md",
            ),
            (
                "P20-CHAP-COMPAT",
                _WARNING,
                "The first chapter begins at 0, and each one that is shown has a title.",
                "AnP",
            ),
            (
                "P20-TR-VTT",
                _WARNING,
                "A VTT transcript begins with WEBVTT, keeps lines to 65 characters and names speakers with <v Name>.",
                "NS transcripts.md",
            ),
            (
                "P20-TR-SRT",
                _WARNING,
                "An SRT transcript has at most two lines of 32 characters to a cue.",
                "NS transcripts.md; AP5316",
            ),
            (
                "P20-TR-JSON",
                _ERROR,
                "A JSON transcript holds a version and segments, with times as numbers of seconds.",
                "NS transcripts.md",
            ),
            ("P20-TR-HTML", _ERROR, "An HTML transcript is made of cite, time and p.", "NS transcripts.md"),
        ),
    ),
    (
        "XML and RSS",
        Scope.FEED,
        (
            (
                "RSS-XML-WF",
                _ERROR,
                "The feed is well-formed XML without a document type: one slip, and no app reads any of it.",
                "RSS2; FV",
            ),
            (
                "RSS-XML-DECL",
                _ERROR,
                "It begins with an XML declaration that names version 1.0 and UTF-8, with nothing in front of it.",
                "AP823; PSP1; FV",
            ),
            ("RSS-XML-UTF8", _ERROR, "Its bytes are UTF-8.", "PSP1; FV"),
            (
                "RSS-XML-CHARS",
                _WARNING,
                (
                    "No control characters from U+0080 to U+009F, no U+FFFD, no entity escaped twice: each shows a "
                    "wrong decoding."
                ),
                "FV",
            ),
            (
                "RSS-ROOT",
                _ERROR,
                'The root is <rss version="2.0"> with one <channel> and nothing beside it.',
                "RSS2; PIA; FV",
            ),
            (
                "RSS-NS-ITUNES",
                _ERROR,
                "The iTunes namespace is spelt to the letter, http and small letters; otherwise its tags are not seen.",
                "AP823; PSP1; FV",
            ),
            ("RSS-NS-CONTENT", _ERROR, "The namespace of content:encoded is spelt to the letter.", "AP823; PSP1"),
            ("RSS-NS-ATOM", _ERROR, "The Atom namespace is spelt to the letter.", "PSP1"),
            (
                "RSS-NS-PODCAST",
                _ERROR,
                "The namespace of Podcasting 2.0 is spelt to the letter, without a slash at its end.",
                "PSP1; NS 1.0.md; FV",
            ),
            (
                "RSS-NS-PREFIX",
                _WARNING,
                "The prefixes are the usual ones (itunes, podcast, atom, content), since some programs go by them.",
                "NS 1.0.md; PSP1",
            ),
            ("PSP-NS", _NOTE, "The feed declares the namespaces itunes, podcast and atom.", "PSP1"),
            ("PSP-ENC", _ERROR, "UTF-8, values of at most 255 characters, no white space around them.", "PSP1"),
            ("AP-ATOM", _ERROR, "The feed is RSS, not Atom.", "AP4115"),
            (
                "RSS-CASE",
                _ERROR,
                (
                    "Names of elements and attributes, and fixed values, are written in the case that the "
                    "specification gives."
                ),
                "AP823; PSP1",
            ),
            ("RSS-VALUE-TRIM", _ERROR, "No white space around a value.", "PSP1; FV"),
            (
                "RSS-VALUE-255",
                _WARNING,
                "A value has at most 255 characters, unless its own rule says otherwise.",
                "PSP1; FV",
            ),
            (
                "RSS-ORDER",
                _WARNING,
                "The channel's own elements come before the first item, and items are sorted, the newest first.",
                "FV; practice",
            ),
            (
                "RSS-SIZE",
                _WARNING,
                (
                    "The feed is small: a note from 1 MB on, a warning from 5 MB (feedvalidator stops), an error "
                    "from 25 MB (Podcast Index stops)."
                ),
                "FV; PIA",
            ),
            ("RSS-ITEMS-MIN", _ERROR, "There is an item, since directories take no show without an episode.", "AP823"),
            ("RSS-CH-ONCE", _ERROR, "An element of one value stands once in the channel and in an item.", "FV"),
            (
                "X-LOCALHOST",
                _ERROR,
                "No address leads to a host that only one's own machine or network can ask.",
                "RSS-ENC-URL",
            ),
            (
                "AP-LOCAL-ENC",
                _ERROR,
                "Names in addresses are made of ASCII letters, digits, hyphens, underscores and dots.",
                "AP823",
            ),
            (
                "HTTP-NAMES",
                _ERROR,
                "Published files have ASCII names without blanks and with a true ending, and a new name for new bytes.",
                "AP823; SPO",
            ),
        ),
    ),
    (
        "The show",
        Scope.FEED,
        (
            (
                "AP-REQ",
                _ERROR,
                "Apple requires title, description, itunes:image, language, itunes:category and itunes:explicit.",
                "APG; AP823",
            ),
            ("AP-REC", _WARNING, "Apple recommends itunes:author and link.", "APG"),
            ("PSP-CH-REQ", _ERROR, 'PSP-1 requires what Apple does, link, and atom:link rel="self".', "PSP1"),
            ("PSP-CH-REC", _WARNING, "PSP-1 recommends podcast:locked, podcast:guid and itunes:author.", "PSP1"),
            (
                "SP-FEED",
                _ERROR,
                "Spotify wants one show to a feed, and one title, link, description, language, author and cover.",
                "SPO",
            ),
            ("RSS-CH-TITLE", _ERROR, "The channel has one title, in plain text.", "RSS2; APG; PSP1"),
            (
                "RSS-CH-LINK",
                _ERROR,
                "The channel has one link, the whole web address of the show's page.",
                "RSS2; PSP1; SPO; FV",
            ),
            ("RSS-CH-DESC", _ERROR, "The channel has one description, best in plain text.", "RSS2; APG; PSP1; FV"),
            ("AP-DESC-SHOW", _ERROR, "The description of the show has at most 4000 bytes.", "APG; PSP1"),
            (
                "RSS-CH-LANG",
                _ERROR,
                "The language is a code of ISO 639, with a region behind a hyphen where needed.",
                "APG; PSP1; FV",
            ),
            (
                "AP-TITLE",
                _ERROR,
                "The title is the show's name, without keywords, slogans and numbers around it.",
                "APG",
            ),
            ("AP-ITTITLE", _NOTE, "itunes:title gives directories the bare name of the show.", "APG"),
            ("AP-AUTHOR", _WARNING, "itunes:author names who makes the show.", "APG; PSP1"),
            (
                "AP-CAT",
                _ERROR,
                "A category is one of Apple's 19, a subcategory one of the 91, nested in its own category.",
                "APG; AP823; AP1691",
            ),
            ("AP-CAT-COUNT", _WARNING, "There are at most two categories, the main one first.", "APG; PSP1"),
            ("AP-CAT-OLD", _ERROR, "No category is from Apple's list before 2019.", "FV"),
            ("AP-EXPLICIT", _ERROR, "itunes:explicit of the channel is true or false.", "APG; PSP1"),
            ("AP-TYPE", _ERROR, "itunes:type is episodic or serial.", "APG; PSP1"),
            ("AP-COVER-TAG", _ERROR, "The cover's address is the href of itunes:image, not its text.", "APG; PSP1"),
            (
                "AP-OWNER",
                _NOTE,
                "itunes:owner holds the mail address to which Spotify and others send a code when one claims the show.",
                "AP4115; SPO; YT; AMZ",
            ),
            (
                "X-OWNER-MAIL",
                _NOTE,
                "itunes:email is an address of the office, since feeds are read for spam.",
                "NS txt.md",
            ),
            ("SP-CLAIM", _WARNING, "Spotify mails its code to itunes:email.", "SPO"),
            ("AP-BLOCK", _ERROR, "itunes:block is Yes or absent: any other value does nothing.", "APG; vectors"),
            ("AP-COMPLETE", _ERROR, "itunes:complete is Yes or absent: any other value does nothing.", "APG; PSP1"),
            ("AP-NEWFEED", _ERROR, "itunes:new-feed-url is the whole address of the new feed.", "APG; AP837"),
            (
                "AP-VERIFY",
                _NOTE,
                "itunes:applepodcastsverify holds the code from Apple while one claims the show.",
                "APG; NS txt.md",
            ),
            (
                "AP-DEPR-TAGS",
                _NOTE,
                (
                    "Apple no longer reads itunes:summary, subtitle, keywords, order, isClosedCaptioned, and author "
                    "in items."
                ),
                "APG; AP4115; NS other-recommendations; PIA",
            ),
            (
                "RSS-CH-BUILD",
                _WARNING,
                "lastBuildDate is a date of RFC 2822 that moves only when the feed changes.",
                "RSS2; EOU",
            ),
            ("RSS-CH-PUBDATE", _NOTE, "pubDate of the channel is a date of RFC 2822.", "RSS2"),
            ("RSS-CH-COPY", _NOTE, "copyright names the holder and the year.", "PSP1; APG"),
            ("RSS-CH-GEN", _WARNING, "generator names the program that writes the feed.", "APG"),
            (
                "RSS-CH-TTL",
                _NOTE,
                "ttl is whole minutes, skipHours holds 0 to 23, skipDays the English names of days.",
                "RSS2; EOU",
            ),
            (
                "RSS-CH-IMAGE",
                _WARNING,
                (
                    "RSS <image> has url, title and link, the last two as the channel's; no width above 144, no "
                    "height above 400."
                ),
                "RSS2; FV",
            ),
            ("RSS-CH-CAT", _NOTE, "category without a namespace is free text that directories pass over.", "RSS2"),
            (
                "RSS-CH-EDITOR",
                _NOTE,
                "managingEditor, webMaster and an item's author have the form mail@example.com (Name).",
                "RSS2; FV",
            ),
            ("RSS-SELF", _ERROR, 'atom:link rel="self" holds the address under which the feed is fetched.', "PSP1; FV"),
            ("RSS-ATOM-REL", _ERROR, "Every atom:link has a registered rel and a whole address.", "FV"),
            (
                "RFC5005-PAGED",
                _NOTE,
                "A feed in pages links them with first, last, next and previous.",
                "RFC 5005; NS other-recommendations",
            ),
            (
                "RFC5005-ARCHIVE",
                _NOTE,
                "An archive of a feed links with prev-archive, next-archive and current, and its pages never change.",
                "RFC 5005",
            ),
            ("HTTP-WEBSUB", _NOTE, "A feed that names a hub can be pushed to those who follow it.", "W3CWS"),
            ("HTTP-PODPING", _NOTE, "Podping is told of each change, if the feed says that it uses it.", "PPG"),
        ),
    ),
    (
        "Items",
        Scope.FEED,
        (
            ("AP-IT-REQ", _ERROR, "Apple requires title, enclosure and guid.", "APG; AP4115; AP823"),
            ("PSP-IT-REQ", _ERROR, "PSP-1 requires title, enclosure and guid.", "PSP1"),
            (
                "AP-IT-REC",
                _WARNING,
                "Apple recommends pubDate, description, itunes:duration, link, itunes:image and itunes:explicit.",
                "APG",
            ),
            (
                "PSP-IT-REC",
                _WARNING,
                (
                    "PSP-1 recommends link, pubDate, description, itunes:duration, itunes:image, itunes:explicit "
                    "and podcast:transcript."
                ),
                "PSP1",
            ),
            ("RSS-IT-TITLEDESC", _ERROR, "The title of an item is plain text.", "RSS2; APG; PSP1"),
            (
                "AP-IT-TITLE",
                _WARNING,
                "The title holds neither the episode's number nor the show's name; apps show both beside it.",
                "APG; PSP1",
            ),
            (
                "RSS-IT-LINK",
                _WARNING,
                "The link of an item is the whole web address of the episode's page.",
                "APG; PSP1; LWV",
            ),
            (
                "RSS-IT-GUID",
                _ERROR,
                "Every item has a guid of its own, which never changes once it is published.",
                "AP823; AP4115; PSP1; FV",
            ),
            (
                "PSP-IT-GUID",
                _ERROR,
                "A guid is unique in the feed, compared letter by letter, and stays for life.",
                "PSP1",
            ),
            ("RSS-IT-GUID-PERMA", _ERROR, 'A guid that is no web address says isPermaLink="false".', "RSS2; FV"),
            (
                "RSS-IT-GUID-FORM",
                _WARNING,
                "A guid is a UUID or another name that nobody else makes: no short number, title or file name.",
                "NS other-recommendations; FV; PIA",
            ),
            (
                "RSS-IT-DATE",
                _ERROR,
                (
                    "pubDate is a date of RFC 2822: English names, the right weekday, four digits of year, an "
                    "offset such as +0000."
                ),
                "AP823; PSP1; RSS2; FV",
            ),
            (
                "RSS-IT-DATE-LOCALE",
                _ERROR,
                "Names of days and months are English, whatever the machine's language.",
                "SPO",
            ),
            ("RSS-IT-DATE-SANE", _WARNING, "pubDate is neither in the future nor before 1990.", "FV; RSS2; AnP"),
            ("RSS-IT-DATE-OFFSET", _WARNING, "The offset of a date ends in 00 or 30; UTC is best.", "FV"),
            (
                "RSS-IT-DATE-UNIQUE",
                _WARNING,
                "No two items have the same pubDate, or their order is open.",
                "UNVERIFIED: practice",
            ),
            ("X-FUTURE", _ERROR, "No item is dated later than now.", "RSS-IT-DATE-SANE"),
            ("RSS-ENC-ONE", _ERROR, "An item has one enclosure.", "AP823; PSP1; PIA; AnP; FV"),
            ("VAL-PI-ITEMS", _ERROR, "Podcast Index passes over items without an enclosure at a web address.", "PIA"),
            ("RSS-ENC-ATTRS", _ERROR, "An enclosure has url, length and type.", "RSS2; AP823; SPO; FV"),
            ("SP-ENC", _ERROR, "Spotify takes no item whose enclosure lacks url, type or length.", "SPO"),
            (
                "RSS-ENC-URL",
                _ERROR,
                "The address of an enclosure is whole, http or https, in ASCII, without blanks, at a host with a name.",
                "RSS2; AP823; FV",
            ),
            (
                "RSS-ENC-URL-UNIQUE",
                _ERROR,
                "No two items share an enclosure's address; Apple ignores the second.",
                "AP823",
            ),
            (
                "RSS-ENC-LEN",
                _ERROR,
                "The length of an enclosure is the size of its file in bytes, in digits alone.",
                "RSS2; APG; FV",
            ),
            ("RSS-ENC-LEN-SMALL", _WARNING, "A length below 16384 is taken for a mistake.", "AnP"),
            ("AP-ENC-EXT", _ERROR, "The address of an enclosure ends in .mp3, .m4a, .mp4, .m4v, .mov or .pdf.", "APG"),
            (
                "AP-ENC-TYPE",
                _ERROR,
                "The type of an enclosure is its ending's: audio/mpeg for .mp3, audio/x-m4a for .m4a, and so on.",
                "APG",
            ),
            ("AP-ENC-TYPE-ALT", _NOTE, "PSP-1's spellings audio/m4a and video/m4v are as good.", "PSP1; APG"),
            ("PSP-IT-ENC", _ERROR, "PSP-1 names audio/mpeg, audio/m4a, video/mp4 and video/m4v.", "PSP1"),
            ("AP-IT-DUR", _WARNING, "itunes:duration is whole seconds, or HH:MM:SS.", "APG; PSP1; FV"),
            ("AP-IT-EXPL", _WARNING, "itunes:explicit of an item is true or false, and holds for it alone.", "APG"),
            ("AP-IT-EPISODE", _ERROR, "itunes:episode is a whole number from 1 on.", "APG; PSP1; FV"),
            ("AP-IT-SEASON", _NOTE, "itunes:season is a whole number from 1 on.", "APG; PSP1; FV"),
            ("AP-IT-TYPE", _NOTE, "itunes:episodeType is full, trailer or bonus.", "APG; FV"),
            (
                "X-SERIAL",
                _ERROR,
                "Every full episode of a serial show has a number, and none has another's.",
                "AP-TYPE",
            ),
            ("AP-TRANSCRIPT", _NOTE, "Apple shows transcripts in VTT and SRT.", "AP5316; NS transcripts.md"),
            ("SP-PSC", _NOTE, "Podlove Simple Chapters have a start and a title each, in order.", "PSC"),
            (
                "SP-NS",
                _NOTE,
                "Spotify's own tags are spotify:limit, spotify:countryOfOrigin and spotify:access.",
                "SPO",
            ),
        ),
    ),
    (
        "Show notes",
        Scope.FEED,
        (
            (
                "RSS-CONTENT",
                _NOTE,
                "content:encoded stands behind a description, and does not replace it.",
                "FV; NS other-recommendations",
            ),
            ("RSS-HTML-CDATA", _WARNING, "HTML in a text stands in CDATA, or escaped.", "APG; PSP1; NS"),
            (
                "RSS-HTML-SAFE",
                _WARNING,
                "Notes hold no script, frame, object or style, and no attribute that begins with on.",
                "FV",
            ),
            ("RSS-HTML-ABS", _ERROR, "Every link and picture in notes has its whole address.", "FV; SPO"),
            (
                "AP-DESC-EP",
                _WARNING,
                "The notes of an episode have at most 4000 bytes; above 10,000 characters it is an error.",
                "APG (editions disagree); PSP1",
            ),
            (
                "PSP-IT-DESC",
                _ERROR,
                "A description has at most 4000 bytes, made of p, ol, ul, li, a, b, i, strong and em.",
                "PSP1",
            ),
            ("SN-LEN", _WARNING, "Notes are cut at a paragraph, and end with a link to the rest.", "AP-DESC-EP"),
            (
                "YT-DESC",
                _WARNING,
                "Notes read well without their tags, in 5000 characters, since YouTube takes no HTML.",
                "YT",
            ),
            (
                "AP-DESC-HTML",
                _WARNING,
                "Apple keeps p, ol, ul, li and a, and drops other tags but not their text.",
                "APG; TRN; PN",
            ),
            (
                "SN-TAGS",
                _WARNING,
                "Notes are made of p, a, ul, ol, li and br; b, strong, i and em do no harm.",
                "APG; PSP1; NS other-recommendations; SPO; TRN",
            ),
            ("SN-HEAD", _NOTE, "Headings, tables, pictures and code lose their form in apps.", "TRN; SPO"),
            ("SN-PARA", _WARNING, "Paragraphs stand in <p>, since Apple passes over line feeds.", "PN; AnP"),
            (
                "SN-TIME-FORM",
                _WARNING,
                "A time in notes is written HH:MM:SS; AntennaPod may read two parts as hours and minutes.",
                "AnP; PKC",
            ),
            (
                "SN-TIME-LIST",
                _WARNING,
                (
                    "A list of times begins with 00:00:00, ascends, has three lines or more and ends before the "
                    "episode does."
                ),
                "AP5482; SPO",
            ),
            (
                "AP-CH-DESC",
                _WARNING,
                "Times in notes become chapters if there are three, the first 00:00:00, ascending, one to a line.",
                "AP5482",
            ),
            (
                "SP-CHAPTERS",
                _NOTE,
                "Spotify makes chapters of times in notes: three or more, 30 s apart, titles below 40 characters.",
                "SPO",
            ),
            ("SN-TIME-BREAK", _WARNING, "Lines that begin with a time end with <br> or </p>.", "SPO"),
            ("SN-TIME-LINK", _WARNING, "Times in notes are no links; apps make them play by themselves.", "PKC; AnP"),
            ("SN-SAME", _WARNING, "Chapters in the file, the notes and the tags are the same.", "AP5482; SPO"),
        ),
    ),
    (
        "Podcasting 2.0",
        Scope.FEED,
        (
            (
                "P20-ATTR",
                _ERROR,
                (
                    "An attribute of a podcast: tag is there unless its page calls it optional, and holds what the "
                    "page says."
                ),
                "NS 1.0.md",
            ),
            ("P20-HTTPS", _ERROR, "Addresses in podcast: tags begin with https:.", "NS 1.0.md"),
            ("P20-COUNT", _ERROR, "A podcast: tag of one value stands once in its parent.", "NS docs/tags"),
            ("P20-PARENT", _ERROR, "A podcast: tag stands in a parent that apps look for it in.", "NS docs/tags"),
            ("P20-GUID-FORM", _ERROR, "podcast:guid is a UUID, as a rule of version 5.", "NS guid.md"),
            (
                "P20-GUID-ALGO",
                _ERROR,
                "A new podcast:guid is the UUIDv5 of the feed's address without scheme and final slashes.",
                "NS guid.md",
            ),
            ("P20-GUID-LIFE", _ERROR, "A podcast:guid stays when the feed moves.", "NS guid.md"),
            (
                "P20-LOCKED",
                _WARNING,
                "podcast:locked is yes, or no while the show moves to another host.",
                "NS locked.md; PSP1",
            ),
            (
                "P20-PERSON",
                _ERROR,
                "podcast:person holds a name; roles and groups are of the namespace's list.",
                "NS person.md",
            ),
            (
                "P20-TEXT-128",
                _WARNING,
                "Short texts of podcast: tags have at most 128 characters, some 32, podcast:txt 4000.",
                "NS docs/tags",
            ),
            (
                "P20-SOUNDBITE",
                _WARNING,
                "A soundbite lasts 15 to 120 seconds and lies inside the episode.",
                "NS soundbite.md",
            ),
            ("P20-EPISODE", _NOTE, "podcast:episode may have a fraction; itunes:episode may not.", "NS episode.md; FV"),
            ("P20-TRAILER", _ERROR, "podcast:trailer has an address, a date of RFC 2822 and a title.", "NS trailer.md"),
            (
                "P20-LICENSE",
                _ERROR,
                "podcast:license is a known licence, or a name of one's own with its address.",
                "NS license.md",
            ),
            (
                "P20-ALTENC",
                _ERROR,
                "podcast:alternateEnclosure holds a source, and stands beside the enclosure.",
                "NS alternate-enclosure.md",
            ),
            ("P20-MEDIUM", _NOTE, "podcast:medium is one of the list; mediums of lists hold no items.", "NS medium.md"),
            (
                "P20-LIVE",
                _ERROR,
                "podcast:liveItem has a status, a start in ISO 8601 and a contentLink.",
                "NS live-item.md",
            ),
            (
                "P20-SOCIAL",
                _ERROR,
                "podcast:socialInteract has a protocol and an address, unless the protocol is disabled.",
                "NS social-interact.md",
            ),
            ("P20-BLOCK", _ERROR, "podcast:block is yes or no, its id a service of the list.", "NS block.md"),
            (
                "P20-REMOTE",
                _ERROR,
                "podcast:remoteItem has a feedGuid; a feedUrl helps those who cannot look it up.",
                "NS remote-item.md; podroll.md",
            ),
            (
                "P20-UPDFREQ",
                _ERROR,
                "podcast:updateFrequency has a dtstart where its rule counts.",
                "NS update-frequency.md",
            ),
            (
                "P20-PODPING",
                _NOTE,
                "podcast:podping says that the feed's changes are really told to Podping.",
                "NS podping.md",
            ),
            (
                "P20-IMAGE",
                _NOTE,
                "podcast:image stands beside itunes:image, with its width, its proportions and a text.",
                "NS image.md",
            ),
            ("P20-IMAGES", _NOTE, "podcast:images is deprecated.", "NS images-(deprecated).md"),
            (
                "P20-CHAP-TAG",
                _ERROR,
                "podcast:chapters has url and type, application/json+chapters.",
                "NS chapters.md; example.xml",
            ),
            (
                "P20-TRANSCRIPT",
                _ERROR,
                "podcast:transcript has url and type, one tag for each format.",
                "NS transcript.md",
            ),
            (
                "PSP-IT-TRANS",
                _ERROR,
                (
                    "The type of a transcript is text/plain, text/html, text/vtt, application/json, "
                    "application/x-subrip or application/srt."
                ),
                "PSP1; AP5316",
            ),
            (
                "PSP-CH-OPT",
                _NOTE,
                "PSP-1 knows copyright, podcast:txt, podcast:funding, itunes:type and itunes:complete besides.",
                "PSP1",
            ),
            (
                "PSP-IT-OPT",
                _NOTE,
                "PSP-1 knows itunes:episode, itunes:season, itunes:episodeType and itunes:block besides.",
                "PSP1",
            ),
        ),
    ),
    (
        "What the W3C validator says of the same",
        Scope.FEED,
        (
            ("VAL-FV-EXPL", _ERROR, "itunes:explicit is true or false (AP-EXPLICIT).", "FV"),
            (
                "VAL-FV-BLOCK",
                _ERROR,
                "itunes:block is yes, no or clean there; only Yes does something (AP-BLOCK).",
                "FV; APG",
            ),
            ("VAL-FV-DUR", _ERROR, "itunes:duration is digits, M:SS or H:MM:SS (AP-IT-DUR).", "FV"),
            (
                "VAL-FV-NUM",
                _ERROR,
                "itunes:season and itunes:episode are whole numbers from 1 on (AP-IT-SEASON, AP-IT-EPISODE).",
                "FV",
            ),
            (
                "VAL-FV-ENUM",
                _ERROR,
                "itunes:type and itunes:episodeType are of their lists, in small letters (AP-TYPE, AP-IT-TYPE).",
                "FV",
            ),
            (
                "VAL-FV-LEN",
                _WARNING,
                "itunes:summary has at most 4000 characters, subtitle, author and keywords 255 (AP-DEPR-TAGS).",
                "FV; vectors",
            ),
        ),
    ),
    (
        "Hosts, which are asked with --net",
        Scope.HOST,
        (
            ("AP-COVER-HTTP", _ERROR, "The host of the pictures answers HEAD.", "APG; PSP1; AP823"),
            ("AP-PUBLIC", _ERROR, "Feed and media need no password and no session.", "AP823"),
            ("AP-HTTP-HEAD", _ERROR, "Media and pictures answer HEAD as they do GET.", "AP823; PSP1"),
            ("AP-HTTP-RANGE", _ERROR, "Media answer a request for a range of bytes with 206.", "AP823"),
            (
                "AP-HTTP-TLS",
                _WARNING,
                "Feed, media and pictures are served over HTTPS with a valid certificate.",
                "AP823",
            ),
            ("AP-HTTP-COND", _WARNING, "The feed has an ETag or Last-Modified, and answers 304.", "AP4115"),
            (
                "AP-HTTP-SIZE",
                _NOTE,
                "How large a feed Apple reads, and how many items it shows.",
                "UNVERIFIED: not published",
            ),
            ("VAL-FV-CT", _WARNING, "The feed is served as an XML type.", "FV"),
            ("VAL-FV-REDIR", _NOTE, "A redirect of the feed is permanent, and its transfer compressed.", "FV"),
            (
                "VAL-PI-RULES",
                _ERROR,
                "The feed answers within 30 s, over at most nine redirects, with at most 25 MB.",
                "PIA",
            ),
            ("HTTP-GET", _ERROR, "The feed's address answers 200 to anyone.", "AP823; PIA"),
            (
                "HTTP-TLS",
                _WARNING,
                "Addresses are https, certificates complete, and http is sent on to https.",
                "AP823; NS 1.0.md; PDB; FV",
            ),
            ("HTTP-CT-FEED", _WARNING, "The feed is served as application/rss+xml with charset=utf-8.", "FV"),
            ("HTTP-CT-MEDIA", _ERROR, "Media are served as the type of their enclosure, never as text.", "AnP"),
            ("HTTP-HEAD", _ERROR, "HEAD gives the status and the headers of GET.", "AP823; PSP1; RFC 9110"),
            (
                "HTTP-RANGE",
                _ERROR,
                "Media give the bytes 0-1 as 206 with Content-Range, and refuse an impossible range with 416.",
                "AP823; RFC 9110",
            ),
            ("HTTP-LENGTH", _ERROR, "Content-Length of media is true, and equals the enclosure's length.", "AnP; RSS2"),
            ("HTTP-IDENTITY", _WARNING, "Media are not compressed on the way.", "AnP"),
            ("HTTP-GZIP", _WARNING, "The feed is compressed when one asks for it.", "FV; EOU"),
            (
                "HTTP-COND",
                _WARNING,
                "The feed has ETag and Last-Modified, and answers both with 304 when nothing has changed.",
                "AP4115; AnP; PIA; RFC 9110",
            ),
            ("HTTP-ETAG-GZIP", _WARNING, "304 comes for compressed answers, too.", "EOU"),
            ("HTTP-STABLE", _WARNING, "The same content gives the same bytes.", "PIA; EOU"),
            ("HTTP-CACHE", _WARNING, "The feed may be kept for minutes to an hour, media for long.", "EOU"),
            (
                "HTTP-BUSY",
                _WARNING,
                "A host that is too busy says 429 or 503 with Retry-After, never 200 with a page.",
                "EOU",
            ),
            (
                "HTTP-MOVE",
                _ERROR,
                "A feed that has moved answers 301 or 308, straight to the new address.",
                "PIA; AnP; AP837",
            ),
            ("HTTP-GONE", _NOTE, "A feed that has ended for good answers 410.", "AnP; RFC 9110"),
            (
                "HTTP-REDIR-MEDIA",
                _WARNING,
                "Media have few redirects, each of which takes HEAD and ranges.",
                "PIA; AP823",
            ),
            (
                "HTTP-CORS",
                _WARNING,
                "Transcripts and chapters may be read by pages of other hosts (Access-Control-Allow-Origin: *).",
                "NS transcripts.md",
            ),
            (
                "P20-CHAP-HTTP",
                _WARNING,
                "A chapters file is public and served as application/json+chapters.",
                "NS jsonChapters.md; transcripts.md",
            ),
            ("P20-TR-CORS", _WARNING, "A transcript may be read by pages of other hosts.", "NS transcripts.md"),
            (
                "SP-POLL",
                _WARNING,
                "The feed answers conditional requests, since Spotify asks several times an hour.",
                "SPO",
            ),
        ),
    ),
)

GROUPS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        title: tuple(
            Rule(id=rule_id, level=level, scope=scope, summary=summary, source=source)
            for rule_id, level, summary, source in rows
        )
        for title, scope, rows in _GROUPS
    }
)
RULES: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rules in GROUPS.values() for rule in rules})


def explain(rule_id: str) -> str | None:
    """The rule and who says so, for a person; None if there is no such rule."""
    rule = RULES.get(rule_id.strip().upper())
    if rule is None:
        return None
    lines = [f"{rule.id} ({rule.level}, {rule.scope})", rule.summary, f"Source: {rule.source}"]
    lines += [f"  {code}: {SOURCES[code]}" for code in _codes(rule.source)]
    lines += [f"  {other.id}: {other.summary}" for other in _others(rule)]
    return "\n".join(lines)


def close_rules(rule_id: str) -> list[str]:
    """Ids that may have been meant by one that does not exist, the likeliest first."""
    wanted = rule_id.strip().upper()[:80]
    return get_close_matches(wanted, RULES, n=3) or sorted(known for known in RULES if wanted and wanted in known)[:3]


def _codes(source: str) -> list[str]:
    """The documents that *source* names, in its order."""
    words = [part.strip().partition(" ")[0] for part in source.split(";")]
    return [word for word in words if word in SOURCES]


def _others(rule: Rule) -> list[Rule]:
    return [RULES[part.strip()] for part in rule.source.split(";") if part.strip() in RULES]


def render_rules_page() -> str:
    """docs/rules.md: each rule in its group, and the documents."""
    lines = [
        "# The rules",
        "",
        "Made of the table in `podcast_tool/check/rules.py` by `python docs/make.py`; do not edit it by hand.",
        "",
        "What `podcast_tool check` and `publish` look for. The level is the rule's; a finding may be graver or milder,",
        "as where a recommended value is there, but wrong. A rule whose source is UNVERIFIED never gives an error.",
        "Where several sources ask for the same, what is found is told under one of their rules; the others stand here",
        "to be looked up, as do those that podcast_tool keeps by the way it makes a feed.",
        "`podcast_tool check --explain RULE` prints one of them; `--select` and `--ignore` take their ids.",
    ]
    for title, rules in GROUPS.items():
        lines += ["", f"## {title}", "", "| rule | level | looks at | what it asks | source |", "|---|---|---|---|---|"]
        for rule in rules:
            cells = (f"`{rule.id}`", str(rule.level), str(rule.scope), rule.summary, rule.source)
            lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    lines += ["", "## Sources", "", "| code | document |", "|---|---|"]
    lines += [f"| {code} | {_cell(document)} |" for code, document in SOURCES.items()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Markdown takes no raw tags and bars in a table."""
    return text.replace("<", "&lt;").replace("|", "\\|")
