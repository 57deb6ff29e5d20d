"""Lists of words that the Podcasting 2.0 namespace keeps beside its tags (commit c0ff5caa)."""

from __future__ import annotations

# serviceslugs.txt
SERVICES = frozenset(
    """acast amazon anchor apple audible audioboom backtracks bitcoin blubrry buzzsprout captivate castos castopod
    facebook fireside fyyd google gpodder hypercatcher kasts libsyn mastodon megafono megaphone omnystudio overcast
    paypal pinecast podbean podcastaddict podcastguru podcastindex podcasts podchaser podcloud podfriend podiant
    podigee podnews podomatic podserve podverse redcircle relay resonaterecordings rss shoutengine simplecast slack
    soundcloud spotify spreaker tiktok transistor twitter whooshkaa youtube zencast""".split()
)

# socialprotocols.txt
DISABLED = "disabled"
SOCIAL_PROTOCOLS = (DISABLED, "activitypub", "twitter", "lightning", "atproto", "hive", "matrix", "nostr")

# docs/chatprotocols.txt
CHAT_PROTOCOLS = ("irc", "xmpp", "nostr", "matrix")

# docs/tags/medium.md. A list medium (and "mixed") is of a feed that points to others and holds no items (P20-MEDIUM).
ITEM_MEDIA = ("podcast", "music", "video", "film", "audiobook", "newsletter", "blog", "publisher", "course")
LIST_MEDIA = (*(f"{medium}L" for medium in ITEM_MEDIA), "mixed")

# docs/tags/value.md, docs/tags/value-recipient.md
VALUE_TYPES = ("lightning", "bitcoin")
VALUE_METHODS = ("keysend", "lnaddress", "amp", "wallet")
RECIPIENT_TYPES = ("node", "lnaddress")

# The link relations of RFC 5005, sections 3 and 4, and further registered ones (RSS-ATOM-REL). `self` and `hub` have
# fields of their own.
LINK_RELATIONS = (
    "first",
    "last",
    "next",
    "previous",
    "prev-archive",
    "next-archive",
    "current",
    "alternate",
    "payment",
    "license",
    "related",
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# docs/tags/transcript.md; `application/srt` is Apple's (AP-TRANSCRIPT).
TIMED_TRANSCRIPTS = ("text/vtt", "application/x-subrip", "application/srt", "application/json")
TRANSCRIPT_TYPES = (*TIMED_TRANSCRIPTS, "text/html", "text/plain")
