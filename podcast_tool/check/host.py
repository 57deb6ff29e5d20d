"""What hosts answer, held against what apps and directories need: pure, from the answers alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from heapq import nsmallest
from itertools import pairwise
from urllib.parse import urlsplit

from podcast_tool.check.addresses import is_private_address
from podcast_tool.check.artwork import MAX_SIDE_PX, MIN_SIDE_PX
from podcast_tool.model import (
    Answer,
    Asked,
    Exchange,
    Fault,
    FeedItem,
    Image,
    Level,
    Node,
    Problem,
    Purpose,
    Question,
    Target,
)
from podcast_tool.text import clean_line

ITEMS_ASKED = 3
_PARTS_ASKED = 20  # of one kind in one item
_MANY_REDIRECTS = 5
_SMALL_FEED_BYTES = 1400  # one packet: compressing it saves no time, and servers let it be
_LONG_CACHE_SECONDS = 86_400
_PICTURES = ("image/jpeg", "image/png")
_SAME_TYPES = (
    frozenset({"audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/mpeg3", "audio/x-mpeg"}),
    frozenset({"audio/x-m4a", "audio/mp4", "audio/m4a", "audio/aac", "audio/x-m4b", "audio/mp4a-latm"}),
    frozenset({"audio/ogg", "application/ogg", "audio/opus"}),
    frozenset({"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"}),
    frozenset({"audio/flac", "audio/x-flac"}),
    frozenset({"application/srt", "application/x-subrip", "text/srt", "text/plain"}),
    frozenset({"text/vtt", "text/plain"}),
)


# -- what to ask ------------------------------------------------------------------------------------------------------


def find_targets(
    feed_url: str | None, channel: Node | None, items: Iterable[FeedItem], *, limit: int = ITEMS_ASKED
) -> tuple[Target, ...]:
    """What to ask the hosts of a feed about: itself, its cover, and the media of its newest *limit* items.

    Args:
        items: may be a generator; only the newest are kept.
    """
    targets = [Target(purpose=Purpose.FEED, url=feed_url)] if feed_url else []
    cover = channel.first("itunes:image") if channel else None
    if cover:
        targets += _targets(Purpose.COVER, [cover], "href", f"channel, line {cover.line}")
    newest = nsmallest(limit, items, key=lambda item: (-_moment(item.node).timestamp(), item.number))
    for item in sorted(newest, key=lambda item: item.number):
        where, node = f"item {item.number}, line {item.node.line}", item.node
        targets += _targets(Purpose.ENCLOSURE, node.all("enclosure"), "url", where)[:1]
        targets += _targets(Purpose.IMAGE, node.all("itunes:image"), "href", where)[:1]
        targets += _targets(Purpose.TRANSCRIPT, node.all("podcast:transcript"), "url", where)[:_PARTS_ASKED]
        targets += _targets(Purpose.CHAPTERS, node.all("podcast:chapters"), "url", where)[:1]
    first: dict[tuple[Purpose, str], Target] = {}
    for target in targets:
        first.setdefault((target.purpose, target.url), target)
    return tuple(first.values())


def _targets(purpose: Purpose, nodes: Iterable[Node], key: str, where: str) -> list[Target]:
    return [
        Target(
            purpose=purpose,
            url=node.attributes[key].strip(),
            where=where,
            media_type=node.attributes.get("type", "").partition(";")[0].strip().lower() or None,
            size_bytes=_whole_number(node.attributes.get("length", "")),
        )
        for node in nodes
        if node.attributes.get(key, "").strip()
    ]


def _whole_number(text: str) -> int | None:
    number = text.strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None


def _moment(item: Node) -> datetime:
    """Of publication; an item without one counts as the oldest."""
    try:
        node = item.first("pubDate")
        moment = parsedate_to_datetime(node.text.strip()[:80] if node else "")
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return datetime(1, 1, 2, tzinfo=UTC)
    return moment


# -- what came of it --------------------------------------------------------------------------------------------------


def check_host(answers: Iterable[Asked]) -> Iterator[Problem]:
    """Each fault of a host once, in the order of *answers*: Apple's rule where it is an error, else the general one."""
    bare_hosts: set[str] = set()
    for asked in answers:
        if (faults := _unreached(asked)) is None:
            yield from _CHECKS[asked.target.purpose](asked, asked.exchanges[0].answers[-1])
        else:
            yield from faults
        for answer in _answers_without_tls(asked):
            host = urlsplit(answer.url).netloc
            if host not in bare_hosts:
                bare_hosts.add(host)
                message = f"{_led(asked, answer)}comes over http without TLS; serve it as https, and write that address"
                yield _problem(asked, "HTTP-TLS", Level.WARNING, message)


def _answers_without_tls(asked: Asked) -> Iterator[Answer]:
    """Public ones over http, but for a first hop that leads straight to https."""
    for exchange in asked.exchanges[:1]:
        for index, answer in enumerate(exchange.answers):
            following = exchange.answers[index + 1].url if index + 1 < len(exchange.answers) else exchange.fault_url
            is_upgrade = index == 0 and following.lower().startswith("https:")
            if answer.url.lower().startswith("http:") and not answer.is_private and not is_upgrade:
                yield answer


def _problem(asked: Asked, rule: str, level: Level, message: str) -> Problem:
    target = asked.target
    place = _shown(target.url)
    return Problem(rule=rule, level=level, where=f"{target.where}, {place}" if target.where else place, message=message)


def _shown(url: str) -> str:
    """An address for a sentence: clean, not too long, without a password."""
    shown = re.sub(r"(?<=://)[^/?#]*@", "", clean_line(url))
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def _led(asked: Asked, answer: Answer | None, url: str = "") -> str:
    """What to say before a fault that lies behind a redirect."""
    there = answer.url if answer else url
    return "" if there in ("", asked.target.url) else f"leads to {_shown(there)}, which "


# -- no answer, or not the one that was asked for ---------------------------------------------------------------------

_RULE_OF_FAULT = {Fault.TLS: "AP-HTTP-TLS", Fault.PRIVATE: "AP-PUBLIC"}
_RULE_OF_CIRCLE = {Purpose.FEED: "VAL-PI-RULES", Purpose.ENCLOSURE: "HTTP-REDIR-MEDIA"}


def _unreached(asked: Asked) -> list[Problem] | None:
    """Why the first question, a GET, gave nothing; None if it gave something. Then nothing else is worth saying."""
    exchange = asked.exchanges[0]
    if exchange.fault:
        return [] if _is_told_offline(asked, exchange) else [_broken(asked, exchange)]
    answer = exchange.answers[-1]
    is_page = answer.is_web_page and asked.target.media_type != "text/html"
    if answer.status in (200, 206) and not is_page:
        return None
    rule = "AP-PUBLIC" if answer.status in (401, 402, 403, 407) else "HTTP-GET"
    fault = f"answers {answer.status}; {_cure_of_status(answer)}"
    if answer.status in (200, 206):
        fault = f"is a web page; let the address lead to the {asked.target.purpose.value} itself"
    return [_problem(asked, rule, Level.ERROR, f"{_led(asked, answer)}{fault}")]


def _is_told_offline(asked: Asked, exchange: Exchange) -> bool:
    """Whether the feed's very text shows that the address is private (X-LOCALHOST)."""
    return exchange.fault is Fault.PRIVATE and not exchange.answers and is_private_address(asked.target.url)


def _cure_of_status(answer: Answer) -> str:
    if answer.status in (401, 402, 407):
        return "let everyone fetch it without a login"
    if answer.status == 403:
        return "let every app in every country fetch it"
    if answer.status in (404, 410):
        return "put the file there, or mend the address"
    if answer.status in (429, 503):
        return "its host is overloaded: try again later, and ask it for more room if that lasts"
    if answer.status >= 500:
        return "its host is broken: try again, then ask it"
    return "let its host answer 200"


def _broken(asked: Asked, exchange: Exchange) -> Problem:
    fault = exchange.fault or Fault.PROTOCOL
    rule = _RULE_OF_FAULT.get(fault, "HTTP-GET")
    if fault is Fault.REDIRECTS:
        rule = _RULE_OF_CIRCLE.get(asked.target.purpose, "HTTP-GET")
    level = Level.NOTE if fault is Fault.UNASKED else Level.ERROR
    # Of a circle the first address tells more than the place where following it ended.
    led = "" if fault is Fault.REDIRECTS else _led(asked, None, exchange.fault_url)
    return _problem(asked, rule, level, f"{led}{exchange.message}")


def _reached(asked: Asked, question: Question) -> Answer | None:
    """The last answer to a question, if it was asked and answered with what was asked for."""
    exchange = asked.exchange(question)
    if exchange is None or exchange.fault or not exchange.answers:
        return None
    return exchange.answers[-1]


def _check_head(asked: Asked, got: Answer, rule: str) -> Iterator[Problem]:
    """HEAD gives the status and headers of GET (RFC 9110, section 9.3.2)."""
    exchange = asked.exchange(Question.HEAD)
    if exchange is None or exchange.fault is Fault.UNASKED:
        return
    cure = "let its host answer HEAD like GET without the body"
    if exchange.fault:
        message = f"{_led(asked, None, exchange.fault_url)}fails with HEAD, not with GET; {cure}"
        yield _problem(asked, rule, Level.ERROR, message)
        return
    head = exchange.answers[-1]
    led = _led(asked, head)
    if head.status != 200:
        yield _problem(asked, rule, Level.ERROR, f"{led}answers HEAD with {head.status}; {cure}")
    elif head.media_type != got.media_type:
        types = f"{head.media_type[:60] or 'no type'}, and GET with {got.media_type[:60] or 'none'}"
        yield _problem(asked, "HTTP-HEAD", Level.WARNING, f"{led}answers HEAD with {types}; {cure}")


# -- the feed ---------------------------------------------------------------------------------------------------------


def _check_feed(asked: Asked, got: Answer) -> Iterator[Problem]:
    yield from _check_move(asked, asked.exchanges[0].answers)
    yield from _check_feed_type(asked, got)
    yield from _check_head(asked, got, "HTTP-HEAD")
    yield from _check_gzip(asked, got)
    yield from _check_conditions(asked, got)
    yield from _check_cache(asked, got)


def _check_move(asked: Asked, answers: tuple[Answer, ...]) -> Iterator[Problem]:
    """HTTP-MOVE; the step from http to https is none, for apps take it as permanent (HTTP-MOVE-HTTPS)."""
    hops = [
        answer
        for answer, following in pairwise(answers)
        if following.url.partition(":")[2] != answer.url.partition(":")[2]
    ]
    for hop in hops:
        if hop.status not in (301, 308):
            message = (
                f"{_led(asked, hop)}redirects with {hop.status}, so apps keep asking the old address; "
                "answer 301 if the feed has moved for good"
            )
            yield _problem(asked, "HTTP-MOVE", Level.WARNING, message)
            return
    if len(hops) > 1:
        message = f"takes {len(hops)} redirects; let the first lead straight to {_shown(answers[-1].url)}"
        yield _problem(asked, "HTTP-MOVE", Level.WARNING, message)


def _check_feed_type(asked: Asked, got: Answer) -> Iterator[Problem]:
    media_type = got.media_type
    cure = "let its host say application/rss+xml; charset=utf-8"
    led = _led(asked, got)
    if media_type not in ("application/xml", "text/xml") and not media_type.endswith("+xml"):
        named = f"as {media_type[:60]}" if media_type else "without a Content-Type"
        yield _problem(asked, "HTTP-CT-FEED", Level.WARNING, f"{led}is served {named}; {cure}")
        return
    charset = re.search(r'charset\s*=\s*"?([^";,\s]{1,40})', got.header("content-type") or "", re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8"):
        message = f"{led}is served as {charset[1]}, which apps believe more than the feed; {cure}"
        yield _problem(asked, "HTTP-CT-FEED", Level.WARNING, message)


def _check_gzip(asked: Asked, got: Answer) -> Iterator[Problem]:
    exchange = asked.exchange(Question.GET_GZIP)
    if exchange is None or exchange.fault is Fault.UNASKED:
        return
    if exchange.fault:
        message = f"fails when asked for gzip: it {exchange.message}"
        yield _problem(asked, "HTTP-GZIP", Level.ERROR, message)
        return
    zipped = exchange.answers[-1]
    led = _led(asked, zipped)
    if not zipped.header("content-encoding"):
        if got.size_bytes > _SMALL_FEED_BYTES:
            message = f"{led}is not compressed, though asked for gzip; let its host compress it, which saves most of it"
            yield _problem(asked, "HTTP-GZIP", Level.WARNING, message)
    elif got.header("content-encoding"):
        message = f"{led}is compressed for those who cannot read it, too; let its host honour Accept-Encoding"
        yield _problem(asked, "HTTP-GZIP", Level.WARNING, message)
    elif not re.search(r"accept-encoding|\*", zipped.header("vary") or "", re.IGNORECASE):
        message = (
            f"{led}is compressed without saying Vary: Accept-Encoding, so caches may mix it up; let its host say so"
        )
        yield _problem(asked, "HTTP-GZIP", Level.WARNING, message)


def _check_conditions(asked: Asked, got: Answer) -> Iterator[Problem]:
    """ETag and Last-Modified, and 304 to those who have the feed already; each fault of these once."""
    cure = "let its host answer 304 when nothing has changed"
    names = {"ETag": got.header("etag"), "Last-Modified": got.header("last-modified")}
    led = _led(asked, got)
    if not any(names.values()):
        message = f"{led}has no ETag and no Last-Modified, so apps load it whole each time; {cure}"
        yield _problem(asked, "AP-HTTP-COND", Level.WARNING, message)
        return
    tag, moment = _is_unchanged(asked, Question.IF_NONE_MATCH), _is_unchanged(asked, Question.IF_MODIFIED_SINCE)
    if True not in (tag, moment) and False in (tag, moment):
        message = f"{led}never answers 304, so apps load it whole each time; {cure}"
        yield _problem(asked, "AP-HTTP-COND", Level.WARNING, message)
        return
    if tag is False or moment is False:
        header = "If-None-Match" if tag is False else "If-Modified-Since"
        message = f"{led}answers {header} with the whole feed; {cure}"
        yield _problem(asked, "HTTP-COND", Level.WARNING, message)
    for name, value in names.items():
        if not value:
            message = f"{led}has no {name}, the only thing that some apps ask with; let its host send both"
            yield _problem(asked, "HTTP-COND", Level.NOTE, message)
    if tag and _is_unchanged(asked, Question.IF_NONE_MATCH_GZIP) is False:
        message = (
            f"{led}answers If-None-Match with 304 when plain, never when compressed (Apache alters the ETag); "
            "let its host keep the ETag"
        )
        yield _problem(asked, "HTTP-ETAG-GZIP", Level.WARNING, message)


def _is_unchanged(asked: Asked, question: Question) -> bool | None:
    """Whether the answer was 304; None if that was not asked."""
    exchange = asked.exchange(question)
    return None if exchange is None or exchange.fault is Fault.UNASKED else exchange.status == 304


def _check_cache(asked: Asked, got: Answer) -> Iterator[Problem]:
    told = (got.header("cache-control") or "").lower()
    led, cure = _led(asked, got), "let its host say Cache-Control: max-age=600"
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", told)
    if "no-store" in told or re.search(r"(^|[\s,])private\b", told):
        message = f"{led}may not be kept by caches ({told[:60]}); {cure}"
        yield _problem(asked, "HTTP-CACHE", Level.WARNING, message)
    elif age and int(age[1]) > _LONG_CACHE_SECONDS:
        message = f"{led}may be kept for {int(age[1]) // 3600} hours, so new episodes come late; {cure}"
        yield _problem(asked, "HTTP-CACHE", Level.WARNING, message)
    elif not told and not got.header("expires"):
        message = f"{led}does not say how long it may be kept; {cure}"
        yield _problem(asked, "HTTP-CACHE", Level.NOTE, message)


# -- the enclosure ----------------------------------------------------------------------------------------------------


def _check_enclosure(asked: Asked, got: Answer) -> Iterator[Problem]:
    yield from _check_chain(asked, asked.exchanges[0].answers)
    yield from _check_media_type(asked, got)
    yield from _check_head(asked, got, "AP-HTTP-HEAD")
    yield from _check_range(asked, got)
    yield from _check_length(asked, got)
    yield from _check_identity(asked, got)


def _check_chain(asked: Asked, answers: tuple[Answer, ...]) -> Iterator[Problem]:
    if len(answers) - 1 > _MANY_REDIRECTS:
        message = (
            f"takes {len(answers) - 1} redirects, and some apps give up; "
            f"let it lead to {_shown(answers[-1].url)} in fewer steps"
        )
        yield _problem(asked, "HTTP-REDIR-MEDIA", Level.WARNING, message)


def _check_media_type(asked: Asked, got: Answer) -> Iterator[Problem]:
    served, wanted = got.media_type, asked.target.media_type
    if served == wanted or (wanted is None and served.partition("/")[0] in ("audio", "video")):
        return
    cure = f"let its host say {wanted or 'the type of the sound'}"
    if any({served, wanted} <= same for same in _SAME_TYPES):
        level, message = Level.NOTE, f"is served as {served}, in the feed it is {wanted}; {cure}"
    else:
        named = f"as {served[:60]}" if served else "without a Content-Type"
        level, message = Level.ERROR, f"is served {named}, so apps may not play it; {cure}"
    yield _problem(asked, "HTTP-CT-MEDIA", level, f"{_led(asked, got)}{message}")


def _check_range(asked: Asked, got: Answer) -> Iterator[Problem]:
    led = _led(asked, got)
    if got.status != 206:
        message = f"{led}ignores byte ranges, so apps cannot jump in it and Apple refuses it; let its host answer 206"
        yield _problem(asked, "AP-HTTP-RANGE", Level.ERROR, message)
        return
    told = got.header("content-range") or "nothing"
    length = got.header("content-length")
    if not re.fullmatch(r"bytes 0-1/(\d{1,15}|\*)", told) or got.size_bytes != 2 or length not in (None, "2"):
        message = (
            f"{led}answers bytes 0-1 with {got.size_bytes} bytes and Content-Range: {told[:60]}; "
            "let its host send what was asked for"
        )
        yield _problem(asked, "HTTP-RANGE", Level.ERROR, message)
        return
    behind = asked.exchange(Question.IMPOSSIBLE_RANGE)
    if behind is None or behind.fault is Fault.UNASKED or behind.status == 416:
        return
    said = f"with {behind.status}" if behind.status else "not at all"
    message = (
        f"{led}answers a range behind its end {said}; let its host answer 416, by which apps know that they have all"
    )
    yield _problem(asked, "HTTP-RANGE", Level.ERROR, message)


def _check_length(asked: Asked, got: Answer) -> Iterator[Problem]:
    head = _reached(asked, Question.HEAD)
    by_head = head.total_bytes if head else None
    total, wanted = got.total_bytes or by_head, asked.target.size_bytes
    led = _led(asked, got)
    if by_head and total and by_head != total:
        message = f"{led}has {by_head} bytes for HEAD and {total} for GET; let its host tell the same"
        yield _problem(asked, "HTTP-LENGTH", Level.ERROR, message)
    elif total and wanted and total != wanted:
        message = (
            f"{led}has {total} bytes, in the feed it has {wanted}: apps take it as cut off; write {total} as length"
        )
        yield _problem(asked, "HTTP-LENGTH", Level.ERROR, message)
    elif head and head.status == 200 and by_head is None:
        message = (
            f"{led}answers HEAD without Content-Length; let its host send it, so that apps can tell when they have all"
        )
        yield _problem(asked, "HTTP-LENGTH", Level.WARNING, message)


def _check_identity(asked: Asked, got: Answer) -> Iterator[Problem]:
    zipped = _reached(asked, Question.HEAD_GZIP)
    for answer in (got, zipped):
        encoding = (answer.header("content-encoding") or "identity").lower() if answer else "identity"
        if encoding != "identity":
            fault = f"is sent compressed ({encoding[:40]}), which breaks ranges; let its host send it as it is"
            message = f"{_led(asked, answer)}{fault}"
            yield _problem(asked, "HTTP-IDENTITY", Level.WARNING, message)
            return


# -- pictures, transcripts, chapters ----------------------------------------------------------------------------------


def _check_picture(asked: Asked, got: Answer) -> Iterator[Problem]:
    is_cover = asked.target.purpose is Purpose.COVER
    yield from _check_head(asked, got, "AP-COVER-HTTP" if is_cover else "AP-HTTP-HEAD")
    if got.media_type not in _PICTURES:
        named = f"as {got.media_type[:60]}" if got.media_type else "without a Content-Type"
        message = f"{_led(asked, got)}is served {named}; let its host say image/jpeg or image/png, whichever it is"
        yield _problem(asked, "AP-COVER-HTTP", Level.ERROR, message)
    if asked.image:
        yield from _check_size(asked, asked.image)
    elif asked.image_fault:
        yield _problem(asked, "AP-COVER-FORMAT", Level.ERROR, f"{_led(asked, got)}{asked.image_fault}")
    # UNVERIFIED, so no more than a note.
    if is_cover and not got.header("last-modified"):
        message = f"{_led(asked, got)}has no Last-Modified, by which Apple may see that it is new; let its host send it"
        yield _problem(asked, "AP-COVER-HTTP", Level.NOTE, message)


def _check_size(asked: Asked, image: Image) -> Iterator[Problem]:
    width, height = image.width_px, image.height_px
    if width != height or not MIN_SIDE_PX <= width <= MAX_SIDE_PX:
        cure = f"make it square, from {MIN_SIDE_PX} to {MAX_SIDE_PX} pixels a side, under a new name"
        yield _problem(asked, "AP-COVER-SIZE", Level.ERROR, f"is {width} x {height} pixels; {cure}")
    if image.format not in ("JPEG", "PNG"):
        message = f"is {image.format}; save it as JPEG or PNG, under a new name"
        yield _problem(asked, "AP-COVER-FORMAT", Level.ERROR, message)
    elif image.mode != "RGB":
        message = f"has the colour mode {image.mode}; save it as RGB without transparency, under a new name"
        yield _problem(asked, "AP-COVER-FORMAT", Level.ERROR, message)


def _check_transcript(asked: Asked, got: Answer) -> Iterator[Problem]:
    yield from _check_origin(asked, got, "P20-TR-CORS")
    served, wanted = got.media_type, asked.target.media_type
    if wanted and served != wanted and not any({served, wanted} <= same for same in _SAME_TYPES):
        named = f"as {served[:60]}" if served else "without a Content-Type"
        message = f"{_led(asked, got)}is served {named}, in the feed it is {wanted[:60]}; let its host say that"
        yield _problem(asked, "HTTP-CT-MEDIA", Level.WARNING, message)


def _check_chapters(asked: Asked, got: Answer) -> Iterator[Problem]:
    yield from _check_origin(asked, got, "P20-CHAP-HTTP")
    if got.media_type != "application/json+chapters":
        named = f"as {got.media_type[:60]}" if got.media_type else "without a Content-Type"
        # The namespace's own example says application/json, so apps read that.
        level = Level.NOTE if got.media_type == "application/json" else Level.WARNING
        message = f"{_led(asked, got)}is served {named}; let its host say application/json+chapters"
        yield _problem(asked, "P20-CHAP-HTTP", level, message)


def _check_origin(asked: Asked, got: Answer, rule: str) -> Iterator[Problem]:
    """Whether web players may read it: any origin, for they run anywhere (HTTP-CORS)."""
    allowed = got.header("access-control-allow-origin")
    cure = "let its host say Access-Control-Allow-Origin: *"
    led = _led(asked, got)
    if not allowed:
        yield _problem(asked, rule, Level.WARNING, f"{led}cannot be read by web players; {cure}")
    elif allowed != "*" and "origin" not in (got.header("vary") or "").lower():
        message = f"{led}is open to {allowed[:60]} alone; {cure}"
        yield _problem(asked, "HTTP-CORS", Level.WARNING, message)


_CHECKS: Mapping[Purpose, Callable[[Asked, Answer], Iterator[Problem]]] = {
    Purpose.FEED: _check_feed,
    Purpose.ENCLOSURE: _check_enclosure,
    Purpose.COVER: _check_picture,
    Purpose.IMAGE: _check_picture,
    Purpose.TRANSCRIPT: _check_transcript,
    Purpose.CHAPTERS: _check_chapters,
}
