"""The show's own part of a feed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import datetime

from podcast_tool.check.addresses import address_fault, host_of, is_private_host
from podcast_tool.check.feed.categories import check_categories
from podcast_tool.check.feed.entry import Entry, shown
from podcast_tool.check.feed.moments import CLOCK_SLACK, check_moment
from podcast_tool.check.feed.notes import has_html
from podcast_tool.check.feed.pictures import check_picture
from podcast_tool.model import Level, Node, Problem

MAX_DESCRIPTION_BYTES = 4000  # AP-DESC-SHOW

# ISO 639-1; languages of three letters are taken as they are.
_LANGUAGES = frozenset(
    """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
    eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja
    ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na
    nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq
    sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu""".split()
)
_LANGUAGE = re.compile(r"(?:[a-z]{2}|[a-z]{3})(?:-[a-z0-9]{2,8}){0,4}", re.IGNORECASE)

# RSS 2.0: "mail@example.com (Name)"; RSS-CH-EDITOR.
_MAIL = r"[^@\s()<>]{1,64}@[^@\s()<>.]{1,63}(?:\.[^@\s()<>.]{1,63}){1,8}"
_CONTACT = re.compile(_MAIL + r"(?P<name> ?\(.*\))?", re.DOTALL)
_MAIL_ONLY = re.compile(_MAIL)
_PERSONAL_MAIL = frozenset(
    """gmail.com googlemail.com yahoo.com yahoo.de hotmail.com outlook.com live.com icloud.com me.com aol.com gmx.de
    gmx.net web.de t-online.de mail.ru protonmail.com proton.me""".split()
)

# IANA link relations that feeds use (RSS-ATOM-REL).
_RELATIONS = frozenset(
    """self hub first last next previous prev prev-archive next-archive current payment alternate related via enclosure
    license about author help icon search start up index edit service replies archives canonical copyright describedby
    latest-version me predecessor-version privacy-policy successor-version terms-of-service version-history""".split()
)
_PODCAST_GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # P20-GUID-ALGO
_USUAL_FEED_NAMES = (
    *("feed.xml", "rss.xml", "podcast.xml", "feed", "rss", "podcast", "podcast.rss", "feed.rss", "index.xml"),
    *("atom.xml", "feed/podcast", "podcast/feed", "podcast/feed.xml", "feed/feed.xml"),
)


def check_channel(channel: Entry, *, feed_url: str | None, now: datetime) -> Iterator[Problem]:
    """What RSS, Apple and PSP-1 ask of the channel, but for the iTunes and podcast tags that have to be there."""
    yield from _check_title(channel)
    yield from _check_link(channel)
    yield from _check_description(channel)
    yield from _check_language(channel)
    yield from _check_self(channel, feed_url)
    yield from _check_atom_links(channel)
    yield from _check_image(channel)
    yield from _check_contacts(channel)
    yield from _check_dates(channel, now)
    yield from _check_polling(channel)
    if not channel.text("generator"):
        message = "has no generator, by which Apple knows whom to ask; name the program that writes the feed"
        yield channel.warning("RSS-CH-GEN", message)


def check_channel_itunes(channel: Entry) -> Iterator[Problem]:
    """What Apple asks of the channel."""
    for name, example in (("itunes:image", ' href="https://..."/'), ("itunes:category", ' text="..."/')):
        if not channel.first(name):
            yield channel.error("AP-REQ", f"has no {name}, which Apple requires; add <{name}{example}>")
    if not channel.first("itunes:explicit"):
        yield channel.error("AP-REQ", "has no itunes:explicit, which Apple requires; write true or false into it")
    for node in channel.all("itunes:image")[:1]:
        yield from check_picture(channel, node, "AP-COVER-FORMAT", Level.ERROR)
    for node in channel.all("itunes:explicit"):
        yield from check_explicit(channel, node, "AP-EXPLICIT")
    yield from check_categories(channel)
    yield from _check_type(channel)
    yield from _check_owner(channel)
    yield from _check_yes(channel)
    if not channel.text("itunes:author"):
        yield channel.warning("AP-REC", "has no itunes:author; name who makes the show")
    for node in channel.all("itunes:new-feed-url"):
        if fault := address_fault(node.text.strip()):
            yield channel.error("AP-NEWFEED", f"itunes:new-feed-url {fault}", node)


def check_channel_podcast(channel: Entry) -> Iterator[Problem]:
    """PSP-CH-REC: what PSP-1 recommends."""
    if not channel.first("podcast:guid"):
        message = "has no podcast:guid, by which apps know the show when its feed moves; add it"
        yield channel.warning("PSP-CH-REC", message)
    if not channel.first("podcast:locked"):
        message = "has no podcast:locked, so that other hosts may import the show; write yes into it"
        yield channel.warning("PSP-CH-REC", message)


# -- RSS --------------------------------------------------------------------------------------------------------------


def _check_title(channel: Entry) -> Iterator[Problem]:
    node = channel.first("title")
    if node is None or not node.text.strip():
        yield channel.error("RSS-CH-TITLE", "has no title; name the show", node)
    elif has_html(node.text):
        yield channel.error("RSS-CH-TITLE", "title holds HTML, which apps show as it is; write plain text", node)


def _check_link(channel: Entry) -> Iterator[Problem]:
    node = channel.first("link")
    if node is None:
        yield channel.error("RSS-CH-LINK", "has no link; give the address of the show's page")
    elif fault := address_fault(node.text.strip()):
        yield channel.error("RSS-CH-LINK", f"link {fault}", node)


def _check_description(channel: Entry) -> Iterator[Problem]:
    node = channel.first("description")
    if node is None or not node.text.strip():
        yield channel.error("RSS-CH-DESC", "has no description; say in a sentence or two what the show is", node)
        return
    size = len(node.text.encode("utf-8", "replace"))
    if size > MAX_DESCRIPTION_BYTES:
        message = f"description has {size:,} bytes, and Apple takes {MAX_DESCRIPTION_BYTES:,}; shorten it"
        yield channel.error("AP-DESC-SHOW", message, node)
    if has_html(node.text):
        message = "description holds HTML, which some apps show as it is; write plain text"
        yield channel.warning("RSS-CH-DESC", message, node)


def _check_language(channel: Entry) -> Iterator[Problem]:
    node, language = channel.first("language"), channel.text("language")
    if not language:
        yield channel.error("RSS-CH-LANG", "has no language; write its code, such as en or en-gb", node)
    elif not _LANGUAGE.fullmatch(language):
        message = f"language {shown(language)} is no code of ISO 639; write one such as en or en-gb"
        yield channel.error("RSS-CH-LANG", message, node)
    elif len(code := language.partition("-")[0].lower()) == 2 and code not in _LANGUAGES:
        yield channel.error("RSS-CH-LANG", f"language {shown(language)} is not in ISO 639; write its code", node)


def _check_image(channel: Entry) -> Iterator[Problem]:
    image = channel.first("image")
    if image is None:
        message = "has no RSS <image>, which older apps show; add it with url, title and link"
        yield channel.warning("RSS-CH-IMAGE", message)
        return
    parts = {child.name: child for child in image.children}
    if lacking := [name for name in ("url", "title", "link") if not (name in parts and parts[name].text.strip())]:
        yield channel.error("RSS-CH-IMAGE", f"image has no {' and no '.join(lacking)}; add it", image)
    for name in ("url", "link"):
        if name in parts and (address := parts[name].text.strip()) and (fault := address_fault(address)):
            yield channel.error("RSS-CH-IMAGE", f"{name} of image {fault}", parts[name])
    for name in ("title", "link"):
        wanted = channel.text(name)
        if name in parts and wanted and (text := parts[name].text.strip()) and text != wanted:
            message = f"{name} of image is {shown(text)}, not the channel's; write the same"
            yield channel.warning("RSS-CH-IMAGE", message, parts[name])
    for name, most in (("width", 144), ("height", 400)):
        if name in parts and not _is_count(parts[name].text.strip(), 1, most):
            message = f"{name} of image is {shown(parts[name].text)}, and RSS allows 1 to {most}; leave it out"
            yield channel.error("RSS-CH-IMAGE", message, parts[name])


def _is_count(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most


def _check_contacts(channel: Entry) -> Iterator[Problem]:
    for name in ("managingEditor", "webMaster"):
        for node in channel.all(name)[:1]:
            yield from check_contact(channel, node)


def check_contact(entry: Entry, node: Node) -> Iterator[Problem]:
    """RSS-CH-EDITOR, also of an item's author."""
    text = node.text.strip()
    found = _CONTACT.fullmatch(text[:1000])
    if found is None:
        message = f"{node.name} {shown(text)} is no mail address; write mail@example.com (Name), or use itunes:author"
        yield entry.error("RSS-CH-EDITOR", message, node)
    elif not found["name"]:
        message = f"{node.name} {shown(text)} lacks the name; write mail@example.com (Name)"
        yield entry.warning("RSS-CH-EDITOR", message, node)


def _check_dates(channel: Entry, now: datetime) -> Iterator[Problem]:
    for name, rule in (("pubDate", "RSS-CH-PUBDATE"), ("lastBuildDate", "RSS-CH-BUILD")):
        for node in channel.all(name)[:1]:
            at, problems = check_moment(channel, node, rule)
            yield from problems
            if at is not None and at > now + CLOCK_SLACK:
                message = f"{name} is {at:%Y-%m-%d %H:%M} UTC, in the future; write when the feed was last changed"
                yield channel.warning(rule, message, node)


def _check_polling(channel: Entry) -> Iterator[Problem]:
    for node in channel.all("ttl")[:1]:
        if not _is_count(node.text.strip(), 0, 10**8):
            yield channel.error("RSS-CH-TTL", f"ttl is {shown(node.text)}; write whole minutes", node)
    for name, part in (("skipHours", "hour"), ("skipDays", "day")):
        for node in channel.all(name)[:1]:
            wrong = [child for child in node.all(part) if not _is_skippable(child)]
            for child in wrong[:1]:
                known = "0 to 23" if part == "hour" else "Monday to Sunday"
                message = f"{part} of {name} is {shown(child.text)}; write {known}, or leave it out"
                yield channel.error("RSS-CH-TTL", message, child)


def _is_skippable(node: Node) -> bool:
    text = node.text.strip()
    if node.name == "hour":
        return _is_count(text, 0, 23)
    return text in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# -- atom:link --------------------------------------------------------------------------------------------------------


def _check_self(channel: Entry, feed_url: str | None) -> Iterator[Problem]:
    nodes = [node for node in channel.all("atom:link") if node.attributes.get("rel") == "self"]
    if not nodes:
        message = 'has no atom:link rel="self"; add it with the address of the feed'
        yield channel.error("RSS-SELF", message)
        return
    if len(nodes) > 1:
        yield channel.error("RSS-CH-ONCE", 'has two atom:link rel="self"; keep one', nodes[1])
    node, address = nodes[0], nodes[0].attributes.get("href", "").strip()
    if fault := address_fault(address):
        yield channel.error("RSS-SELF", f'atom:link rel="self" {fault}', node)
        return
    if (media_type := node.attributes.get("type")) != "application/rss+xml":
        has = "no type" if media_type is None else f"the type {shown(media_type)}"
        message = f'atom:link rel="self" has {has}; write type="application/rss+xml"'
        yield channel.warning("RSS-SELF", message, node)
    if wanted := _other_self(channel, address, feed_url):
        message = f'atom:link rel="self" is {shown(address, 100)}, but the feed is at {shown(wanted, 100)}; write that'
        yield channel.error("RSS-SELF", message, node)


def _other_self(channel: Entry, address: str, feed_url: str | None) -> str | None:
    """Where the feed is, if not at *address*.

    Where nobody tells, its guid does: made of an address of the show's own site and not of *address*, it shows what
    *address* was meant to be. A guid of neither shows nothing, since it outlives the feed's address (P20-GUID-LIFE).
    """
    if feed_url is not None:
        is_rehearsal = is_private_host(host_of(feed_url) or "localhost")
        return None if is_rehearsal or _same_address(feed_url, address) else feed_url
    guid, link = channel.text("podcast:guid").lower(), channel.text("link")
    if not guid or guid == _podcast_guid(address) or channel.first("itunes:new-feed-url") or address_fault(link):
        return None
    site = link.partition("?")[0].partition("#")[0]
    folders = dict.fromkeys((site.rstrip("/") + "/", site.rpartition("/")[0] + "/"))
    candidates = (folder + name for folder in folders for name in _USUAL_FEED_NAMES)
    return next((candidate for candidate in candidates if _podcast_guid(candidate) == guid), None)


def _podcast_guid(address: str) -> str:
    """P20-GUID-ALGO."""
    return str(uuid.uuid5(_PODCAST_GUID_NAMESPACE, address.partition("://")[2].rstrip("/")))


def _same_address(one: str, other: str) -> bool:
    """But for the case of scheme and host, and a fragment."""

    def folded(address: str) -> str:
        scheme, _, rest = address.partition("#")[0].partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.lower()}{slash or '/'}{path}"

    return folded(one) == folded(other)


def _check_atom_links(channel: Entry) -> Iterator[Problem]:
    for node in channel.all("atom:link")[:50]:
        relation = node.attributes.get("rel", "alternate")
        if relation != "self" and (fault := address_fault(node.attributes.get("href", "").strip())):
            yield channel.error("RSS-ATOM-REL", f"atom:link rel={shown(relation)} {fault}", node)
        if relation.lower() not in _RELATIONS and ":" not in relation:
            message = f"atom:link has the unregistered rel {shown(relation)}; write one such as self, hub or next"
            yield channel.error("RSS-ATOM-REL", message, node)
        elif relation == "prev":
            message = "atom:link has the rel prev, which paged feeds call previous; write that"
            yield channel.note("RFC5005-PAGED", message, node)


# -- iTunes -----------------------------------------------------------------------------------------------------------


def check_explicit(entry: Entry, node: Node, rule: str) -> Iterator[Problem]:
    """AP-EXPLICIT and AP-IT-EXPL: a word that Apple does not know stops it from taking the show or the item."""
    text = node.text.strip()
    if text in ("true", "false"):
        return
    if text.lower() in ("true", "false"):
        yield entry.warning(rule, f"itunes:explicit is {shown(text)}; write it in lower case", node)
    else:
        yield entry.error(rule, f"itunes:explicit is {shown(text)}; write true or false", node)


def _check_type(channel: Entry) -> Iterator[Problem]:
    for node in channel.all("itunes:type")[:1]:
        if node.text.strip() not in ("episodic", "serial"):
            yield channel.error("AP-TYPE", f"itunes:type is {shown(node.text)}; write episodic or serial", node)


def _check_owner(channel: Entry) -> Iterator[Problem]:
    owner = channel.first("itunes:owner")
    if owner is None:
        message = "has no itunes:owner, to whose address Spotify and others mail a code when one claims the show"
        yield channel.note("AP-OWNER", f"{message}; add it while claiming")
        return
    email = owner.first("itunes:email")
    if email is None or not _MAIL_ONLY.fullmatch(email.text.strip()[:400]):
        message = "itunes:owner has no mail address in itunes:email, which is all that it is for; add it"
        yield channel.warning("AP-OWNER", message, email or owner)
    elif email.text.strip().lower().rpartition("@")[2] in _PERSONAL_MAIL:
        message = f"itunes:email is {shown(email.text)}, a personal address, and feeds are read for spam; use another"
        yield channel.note("X-OWNER-MAIL", message, email)


def _check_yes(channel: Entry) -> Iterator[Problem]:
    for name, rule in (("itunes:block", "AP-BLOCK"), ("itunes:complete", "AP-COMPLETE")):
        for node in channel.all(name)[:1]:
            yield from check_yes(channel, node, rule)


def check_yes(entry: Entry, node: Node, rule: str) -> Iterator[Problem]:
    """AP-BLOCK and AP-COMPLETE: any word but Yes does nothing."""
    text = node.text.strip()
    if text in ("Yes", "yes"):
        return
    if text.lower() in ("yes", "no"):
        yield entry.note(rule, f"{node.name} is {shown(text)}, which does nothing; write Yes, or leave it out", node)
    else:
        yield entry.error(rule, f"{node.name} is {shown(text)}, which does nothing; write Yes, or leave it out", node)
