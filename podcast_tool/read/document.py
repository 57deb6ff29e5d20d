"""A feed made by anyone, read for `check` within bounds: item by item, nothing resolved, nothing repaired.

A feed that cannot be read to its end is no exception: it ends with a `FeedDamage` in its frame.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.parsers import expat

from podcast_tool.model import FeedDamage, FeedFrame, FeedItem, NamespaceDeclaration, Node
from podcast_tool.read.feed import FeedError
from podcast_tool.vocabulary.namespaces import NAMESPACES, OLD_PODCAST_NAMESPACE

MAX_FEED_BYTES = 200_000_000
MAX_ITEMS = 100_000
MAX_DEPTH = 100
MAX_ELEMENTS = 10_000
"""Of one item, and of the channel without its items; as are the characters."""
MAX_CHARACTERS = 10_000_000
MAX_TAG_BYTES = 1_000_000
_MAX_NAMESPACES = 200
_MAX_STRAYS = 20
_CHUNK_BYTES = 1 << 16

# What Python's expat can decode, and readers know (RSS-XML-UTF8); multi-byte encodings are not among them.
_ENCODINGS = re.compile(r"utf-8|utf-16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|windows-12\d\d|koi8-[ru]", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})[\"']")

# By which prefix `Node.name` calls what is in a namespace; the old address of Podcasting 2.0 is read as the new one.
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()} | {
    OLD_PODCAST_NAMESPACE: "podcast",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://www.spotify.com/ns/rss": "spotify",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.google.com/schemas/play-podcasts/1.0": "googleplay",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.w3.org/XML/1998/namespace": "xml",
}

FeedPart = FeedItem | FeedFrame


def read_feed_document(path: Path) -> Iterator[FeedPart]:
    """Each item of the feed file *path* as soon as it is read; the last part is the frame, the only one of its kind.

    Raises:
        FeedError: the file cannot be opened or read.
    """
    try:
        with path.open("rb") as file:
            yield from scan_feed(iter(lambda: file.read(_CHUNK_BYTES), b""))
    except OSError as error:
        raise FeedError(path, f"cannot be read ({error.strerror}); give a feed's file that can") from error


def parse_feed_document(raw: bytes) -> Iterator[FeedPart]:
    """As `read_feed_document`, of bytes that are at hand."""
    return scan_feed(raw[at : at + _CHUNK_BYTES] for at in range(0, len(raw), _CHUNK_BYTES))


def scan_feed(chunks: Iterable[bytes]) -> Iterator[FeedPart]:
    """As `read_feed_document`, of pieces of at most some hundred kilobytes, none of them empty."""
    scan = _Scan()
    try:
        for chunk in chunks:
            scan.feed(chunk)
            yield from scan.take_items()
        scan.end()
    except _RefusedError as refused:
        yield from scan.take_items()
        scan.damage = FeedDamage(rule=refused.rule, line=refused.line or scan.line, message=str(refused))
    except (expat.ExpatError, ValueError, LookupError) as error:
        yield from scan.take_items()
        scan.damage = scan.explain(error)
    yield scan.frame()


class _RefusedError(Exception):
    """The feed has something that is not read on purpose."""

    def __init__(self, message: str, rule: str = "RSS-XML-WF", line: int = 0) -> None:
        super().__init__(message, rule, line)
        self.rule, self.line = rule, line

    def __str__(self) -> str:
        return str(self.args[0])


class _Open:
    """An element whose end has not come yet."""

    __slots__ = ("attributes", "children", "line", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str], line: int) -> None:
        self.name, self.attributes, self.line = name, attributes, line
        self.texts: list[str] = []
        self.children: list[Node] = []

    def node(self) -> Node:
        text = "".join(self.texts)
        if self.children and text.isspace():  # what sets the children apart
            text = ""
        return Node(self.name, self.attributes, text, self.line, tuple(self.children))


class _Budget:
    """How much one item, or the channel's own part, may hold."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements = self.characters = 0

    def spend(self, elements: int, characters: int) -> None:
        self.elements += elements
        self.characters += characters
        if self.elements > MAX_ELEMENTS:
            raise _RefusedError(f"{self.name} has more than {MAX_ELEMENTS:,} elements; take most of them out")
        if self.characters > MAX_CHARACTERS:
            message = f"{self.name} has more than {MAX_CHARACTERS:,} characters; shorten its texts"
            raise _RefusedError(message, "RSS-SIZE")


class _Scan:
    """Follows the elements with expat, which is the only parser at hand that resolves nothing and streams."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self.item_count = 0
        self.damage: FeedDamage | None = None
        self.chunk, self.chunk_start = b"", 0
        self.has_bom = False
        self.xml_version: str | None = None
        self.encoding: str | None = None
        self.root: Node | None = None
        self.namespaces: dict[tuple[str, str], int] = {}
        self.channels: list[Node] = []
        self.strays: list[Node] = []
        self.late_names: dict[str, None] = {}
        self.stack: list[_Open] = []
        self.items: list[FeedItem] = []
        self.names: dict[str, str] = {}
        self.channel_budget = self.budget = _Budget("the channel")
        # A line feed stands in no URI.
        self.parser = parser = expat.ParserCreate(namespace_separator="\n")
        parser.buffer_text = True
        parser.buffer_size = _CHUNK_BYTES
        parser.XmlDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartNamespaceDeclHandler = self._declare_namespace
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._text

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def feed(self, chunk: bytes) -> None:
        if not self.size_bytes:
            self._look_at_start(chunk)
        self.chunk, self.chunk_start = chunk, self.size_bytes
        self.size_bytes += len(chunk)
        if self.size_bytes > MAX_FEED_BYTES:
            message = (
                f"is larger than {MAX_FEED_BYTES // 1_000_000} MB, which nobody reads; keep fewer items in the feed"
            )
            raise _RefusedError(message, "RSS-SIZE")
        self.parser.Parse(chunk, False)
        # An unfinished tag is parsed again with each chunk (expat before 2.6), so that a long one takes for ever.
        if self.size_bytes - self.parser.CurrentByteIndex > MAX_TAG_BYTES:
            raise _RefusedError("has a tag or a comment of more than 1 MB; shorten it")

    def end(self) -> None:
        if not self.size_bytes:
            raise _RefusedError("is empty; give a feed", line=1)
        self.parser.Parse(b"", True)

    def take_items(self) -> list[FeedItem]:
        taken, self.items = self.items, []
        return taken

    def frame(self) -> FeedFrame:
        return FeedFrame(
            size_bytes=self.size_bytes,
            has_bom=self.has_bom,
            xml_version=self.xml_version,
            encoding=self.encoding,
            root=self.root,
            namespaces=tuple(
                NamespaceDeclaration(prefix=prefix, uri=uri, line=line)
                for (prefix, uri), line in self.namespaces.items()
            ),
            channels=tuple(self.channels),
            strays=tuple(self.strays),
            late_names=tuple(self.late_names),
            item_count=self.item_count,
            damage=self.damage,
        )

    # -- the beginning

    def _look_at_start(self, chunk: bytes) -> None:
        self.has_bom = chunk.startswith(b"\xef\xbb\xbf")
        if chunk.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.encoding = "UTF-16"
        if chunk.startswith(b"\x1f\x8b"):
            raise _RefusedError("is compressed, not XML; unpack it", line=1)
        declared = _DECLARATION.search(chunk[:1000].replace(b"\0", b""))
        if declared and not _ENCODINGS.fullmatch(declared[1].decode("ascii")):
            self.encoding = declared[1].decode("ascii")
            message = f"is in the encoding {self.encoding!r}, which feed readers do not know; save it as UTF-8"
            raise _RefusedError(message, "RSS-XML-UTF8", line=1)

    def _declare(self, version: str | None, encoding: str | None, _: int) -> None:
        self.xml_version, self.encoding = version, encoding or self.encoding

    def _refuse_doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            raise _RefusedError("is a web page, no feed; give the address or file of the feed itself")
        raise _RefusedError("declares a document type, which feeds do not have; take the <!DOCTYPE ...> out")

    def _declare_namespace(self, prefix: str | None, uri: str | None) -> None:
        if len(self.namespaces) < _MAX_NAMESPACES:
            self.namespaces.setdefault((prefix or "", (uri or "")[:1000]), self.line)

    # -- the elements

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self.stack)
        if depth >= MAX_DEPTH:
            raise _RefusedError(f"has elements nested more than {MAX_DEPTH} deep; mend what wrote it")
        name = self.names.get(name) or self._canonical(name)
        if attributes:
            attributes = {self.names.get(key) or self._canonical(key): value for key, value in attributes.items()}
        element = _Open(name, attributes, self.parser.CurrentLineNumber)
        if depth == 0:
            self.root = element.node()
        elif depth == 2 and self.stack[1].name == "channel":
            self._open_in_channel(name)
        self.stack.append(element)
        self.budget.spend(1, sum(map(len, attributes.values())))

    def _open_in_channel(self, name: str) -> None:
        if name != "item":
            self.budget = self.channel_budget
            if self.item_count:
                self.late_names.setdefault(name)
            return
        self.item_count += 1
        if self.item_count > MAX_ITEMS:
            raise _RefusedError(f"has more than {MAX_ITEMS:,} items; keep fewer in the feed", "RSS-SIZE")
        self.budget = _Budget("the item")

    def _text(self, text: str) -> None:
        if len(self.stack) > 2:  # what stands between the items is white space
            self.budget.spend(0, len(text))
            self.stack[-1].texts.append(text)

    def _close(self, _: str) -> None:
        node = self.stack.pop().node()
        depth = len(self.stack)
        if depth > 2 or (depth == 2 and (node.name != "item" or self.stack[1].name != "channel")):
            self.stack[-1].children.append(node)
        elif depth == 2:
            self.items.append(FeedItem(self.item_count, node))
            self.budget = self.channel_budget
        elif depth == 1 and len(self.channels) + len(self.strays) < _MAX_STRAYS:
            (self.channels if node.name == "channel" else self.strays).append(node)

    def _canonical(self, name: str) -> str:
        uri, _, local = name.rpartition("\n")
        if not uri:
            canonical = local
        elif prefix := _PREFIXES.get(uri):
            canonical = f"{prefix}:{local}"
        else:
            canonical = f"{{{uri}}}{local}"
        if len(self.names) < MAX_ELEMENTS:
            self.names[name] = canonical
        return canonical

    # -- what went wrong

    def explain(self, error: Exception) -> FeedDamage:
        """In words that name the cure, where expat's do not."""
        line = error.lineno if isinstance(error, expat.ExpatError) else self.line
        index = self.parser.ErrorByteIndex - self.chunk_start
        found = self.chunk[index : index + 40] if 0 <= index < len(self.chunk) else b""
        if index > 0 and self.chunk[index - 1 : index] == b"&":  # expat tells of what stands behind it
            found = b"&" + found
        code = error.code if isinstance(error, expat.ExpatError) else 0
        rule, message = _explain(code, found, self.encoding or "utf-8")
        return FeedDamage(rule=rule, line=line, message=message)


_CODES = expat.errors.codes
_ENTITY = re.compile(rb"&[A-Za-z0-9._-]{1,32};")
_SENTENCES = {
    _CODES[expat.errors.XML_ERROR_TAG_MISMATCH]: "has an end tag that closes no open element; close each one in turn",
    _CODES[expat.errors.XML_ERROR_NO_ELEMENTS]: "ends before it is whole; copy it again",
    _CODES[expat.errors.XML_ERROR_UNCLOSED_TOKEN]: "ends before it is whole; copy it again",
    _CODES[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION]: "has a CDATA section without its ]]>; add it",
    _CODES[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]: "goes on behind its end; take out what follows </rss>",
    _CODES[expat.errors.XML_ERROR_MISPLACED_XML_PI]: "has something in front of <?xml ...?>; let it be the first bytes",
    _CODES[expat.errors.XML_ERROR_UNBOUND_PREFIX]: "uses a prefix that it does not declare; add its xmlns: to <rss>",
    _CODES[expat.errors.XML_ERROR_DUPLICATE_ATTRIBUTE]: "has an attribute twice in one tag; keep one",
}
_WRONG_ENCODING = {
    _CODES[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    _CODES[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}


def _explain(code: int, found: bytes, encoding: str) -> tuple[str, str]:
    """The rule and the sentence for expat's error *code* at the bytes *found*."""
    if code == 0 or code in _WRONG_ENCODING:
        return "RSS-XML-UTF8", f"cannot be decoded as the {encoding} that it declares; save it as UTF-8"
    if code == _CODES[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
        entity = _ENTITY.match(found)
        named = f" {entity[0].decode('ascii')}" if entity else ""
        return "RSS-XML-WF", f"is not XML from here on: the entity{named} is HTML's; write the character itself"
    if code in _SENTENCES:
        return "RSS-XML-WF", _SENTENCES[code]
    if code == _CODES[expat.errors.XML_ERROR_INVALID_TOKEN] and found:
        if found[0] >= 0x80 and encoding.lower() == "utf-8":
            return "RSS-XML-UTF8", f"has the byte {found[0]:#04x}, which is not UTF-8 here; save it as UTF-8"
        if found[0] < 0x20 and found[0] not in b"\t\n\r":
            return "RSS-XML-WF", f"has the control character U+{found[0]:04X}, which XML cannot hold; take it out"
    if found[:1] == b"&":
        return "RSS-XML-WF", "has a bare &; write &amp;"
    return "RSS-XML-WF", f"is not XML from here on ({expat.ErrorString(code)}); mend what wrote it"
