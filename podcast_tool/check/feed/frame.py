"""The XML and RSS frame of a feed: encoding, root, namespaces, size."""

from __future__ import annotations

from collections.abc import Iterator

from podcast_tool.check.feed.entry import shown
from podcast_tool.model import FeedFrame, Level, NamespaceDeclaration, Node, Problem
from podcast_tool.vocabulary.namespaces import NAMESPACES, OLD_PODCAST_NAMESPACE, TAKEN_NAMESPACES

# RSS-SIZE: from how many bytes on.
NOTE_BYTES, WARNING_BYTES, ERROR_BYTES = 1_000_000, 5_000_000, 25_000_000

_RULES = {
    "itunes": "RSS-NS-ITUNES",
    "podcast": "RSS-NS-PODCAST",
    "atom": "RSS-NS-ATOM",
    "content": "RSS-NS-CONTENT",
}


def check_frame(frame: FeedFrame) -> Iterator[Problem]:
    """All that can be said without looking into the channel; also of a damaged feed, as far as it was read."""
    if frame.damage is not None:
        yield _problem(frame.damage.rule, Level.ERROR, frame.damage.line, frame.damage.message)
    if frame.root is not None:
        yield from _check_declaration(frame)
        yield from _check_namespaces(frame)
        yield from _check_root(frame, frame.root)
    yield from check_size(frame.size_bytes)


def is_rss(frame: FeedFrame) -> bool:
    return frame.root is not None and frame.root.name == "rss"


def bound_prefixes(frame: FeedFrame) -> frozenset[str]:
    """Of the namespaces that the feed declares; one sentence stands for each tag of another."""
    uris = {declared.uri for declared in frame.namespaces}
    known = (*NAMESPACES.items(), ("podcast", OLD_PODCAST_NAMESPACE))
    return frozenset(prefix for prefix, uri in known if uri in uris)


def _problem(rule: str, level: Level, line: int, message: str) -> Problem:
    return Problem(rule=rule, level=level, where=f"line {line}", message=message)


def _check_declaration(frame: FeedFrame) -> Iterator[Problem]:
    encoding = frame.encoding
    if encoding is not None and encoding.lower() != "utf-8":
        message = f"is in the encoding {encoding}, which podcast apps may not read; save it as UTF-8"
        yield _problem("RSS-XML-UTF8", Level.ERROR, 1, message)
    if frame.xml_version is None:
        message = 'has no XML declaration; begin it with <?xml version="1.0" encoding="UTF-8"?>'
        yield _problem("RSS-XML-DECL", Level.ERROR, 1, message)
    elif frame.xml_version != "1.0":
        message = f"declares XML {shown(frame.xml_version)}; write 1.0"
        yield _problem("RSS-XML-DECL", Level.ERROR, 1, message)
    elif encoding is None:
        message = 'does not declare its encoding; write <?xml version="1.0" encoding="UTF-8"?>'
        yield _problem("RSS-XML-DECL", Level.WARNING, 1, message)
    if frame.has_bom:
        message = "begins with a byte order mark, which some readers stumble over; save it as UTF-8 without it"
        yield _problem("RSS-XML-DECL", Level.NOTE, 1, message)


def _check_root(frame: FeedFrame, root: Node) -> Iterator[Problem]:
    line, name = root.line, root.name
    if name == "atom:feed":
        yield _problem("AP-ATOM", Level.ERROR, line, "is an Atom feed, which Apple does not take; write RSS 2.0")
    elif name != "rss":
        message = f"has the root <{shown(name)[1:-1]}>, so it is no RSS feed; give the address or file of the feed"
        yield _problem("RSS-ROOT", Level.ERROR, line, message)
    if name != "rss":
        return
    version = root.attributes.get("version")
    if version != "2.0":
        has = "no version" if version is None else f"the version {shown(version)}"
        yield _problem("RSS-ROOT", Level.ERROR, line, f'has {has} in <rss>; write version="2.0"')
    for stray in frame.strays[:3]:
        message = f"has <{shown(stray.name)[1:-1]}> beside the channel, where nobody sees it; move it into <channel>"
        yield _problem("RSS-ROOT", Level.ERROR, stray.line, message)
    if len(frame.channels) > 1:
        message = "has a second <channel>, which apps do not see; publish it as a feed of its own"
        yield _problem("RSS-ROOT", Level.ERROR, frame.channels[1].line, message)
    if not frame.channels and frame.damage is None:
        yield _problem("RSS-ROOT", Level.ERROR, line, "has no <channel>; put the show into one")


def _check_namespaces(frame: FeedFrame) -> Iterator[Problem]:
    for declared in frame.namespaces:
        yield from _check_namespace(declared)
    told = {_nearest(declared) for declared in frame.namespaces}
    if is_rss(frame) and frame.damage is None and "itunes" not in told:
        message = f'declares no iTunes namespace; add xmlns:itunes="{NAMESPACES["itunes"]}" to <rss>'
        yield _problem("RSS-NS-ITUNES", Level.ERROR, frame.root.line if frame.root else 1, message)


def _check_namespace(declared: NamespaceDeclaration) -> Iterator[Problem]:
    prefix = _nearest(declared)
    if prefix is None:
        return
    uri = NAMESPACES[prefix]
    if declared.uri != uri and declared.uri not in TAKEN_NAMESPACES:
        message = f'has xmlns:{prefix}={shown(declared.uri, 100)}, so that apps do not see its tags; write "{uri}"'
        # Of psc and others no rule says that they must be there.
        level = Level.ERROR if prefix in _RULES else Level.WARNING
        yield _problem(_RULES.get(prefix, "SP-PSC"), level, declared.line, message)
    elif declared.prefix != prefix and declared.prefix and prefix in _RULES:
        message = f"has the prefix {shown(declared.prefix)} for xmlns:{prefix}, which some apps do not see; rename it"
        yield _problem("RSS-NS-PREFIX", Level.WARNING, declared.line, message)


def _nearest(declared: NamespaceDeclaration) -> str | None:
    """Which namespace of ours was meant: by its URI but for case, scheme and slashes, or by its prefix."""
    folded = _folded(declared.uri)
    by_uri = next((prefix for prefix, uri in NAMESPACES.items() if _folded(uri) == folded), None)
    if declared.uri == OLD_PODCAST_NAMESPACE:
        return "podcast"
    return by_uri or (declared.prefix if declared.prefix in NAMESPACES else None)


def _folded(uri: str) -> str:
    return uri.strip().lower().partition("://")[2].removeprefix("www.").rstrip("/")


def check_size(size_bytes: int) -> Iterator[Problem]:
    levels = ((ERROR_BYTES, Level.ERROR), (WARNING_BYTES, Level.WARNING), (NOTE_BYTES, Level.NOTE))
    level = next((level for limit, level in levels if size_bytes >= limit), None)
    if level is not None:
        size = f"{size_bytes / 1_000_000:.1f} MB"
        message = f"is {size} large, and some apps stop reading; shorten the notes of older items (short_notes_after)"
        yield Problem(rule="RSS-SIZE", level=level, where="line 1", message=message)
