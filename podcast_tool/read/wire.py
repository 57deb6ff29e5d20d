"""One HTTP request to an address that was judged before it is connected to, in bounded time and memory.

httpcore, the lower half of httpx: its network backend is public, so the name is resolved here, and the connection goes
to the very address that was judged, with the name kept for `Host`, SNI and the certificate (no DNS rebinding).
"""

from __future__ import annotations

import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

import httpcore

from podcast_tool.model import Answer, Fault
from podcast_tool.text import clean_line

OPENING_BYTES = 2048
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_MAX_ADDRESSES = 6
_MAX_URL_CHARACTERS = 8000
_CHUNK_BYTES = 1 << 16
# A host that a local network resolves, never the public one (RFC 6761, 6762, 8375, ICANN's "internal").
_LOCAL_NAME = re.compile(r"(^|\.)(localhost|local|internal|home\.arpa)\.?$", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9._~%:-]{1,253}")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_SITE_LOCAL = IPv6Network("fec0::/10")  # RFC 3879; Python takes it for public
_V4_COMPATIBLE = IPv6Network("::/96")
# RFC 3986, and "%", so that what is escaped stays as it is.
_SAFE = "/?:@!$&'()*+,;=~-._%[]"


class WireError(Exception):
    """No answer, or none that is whole; *message* is fault and cure, to stand behind the address."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(fault, message)
        self.fault, self.message = fault, message


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request, without what HTTP itself needs."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is wanted of an answer's body."""

    limit_bytes: int = 0
    """Of what came and of what it decodes to; reading ends there."""
    is_whole: bool = False
    """A body that is longer than the limit, or in an encoding that was not asked for, is a fault."""
    take: Callable[[bytes], object] = bytes
    """Gets the body, decoded, piece by piece."""
    begin: Callable[[Answer], object] = bool
    """Gets the answer before its body comes; not that of a redirect."""


def resolve_name(host: str, port: int) -> list[str]:
    """Every numeric address of *host*, as the operating system finds them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def connect_address(address: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A connection to a numeric address."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=seconds)


@dataclass(frozen=True, kw_only=True)
class Wire:
    """What a request goes through."""

    resolve: Callable[[str, int], Sequence[str]] = resolve_name
    connect: Callable[[str, int, float], httpcore.NetworkStream] = connect_address
    # The system's certificates and certifi's. Made once: loading them takes longer than many a request.
    tls: ssl.SSLContext = field(default_factory=httpcore.default_ssl_context)


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public network, and so does what it stands for (NAT64, 6to4, Teredo)."""
    return all(
        one.is_global and not (one.is_reserved or one.is_multicast or one.is_link_local or one in _SITE_LOCAL)
        for one in _meant_addresses(ip_address(address))
    )


def _meant_addresses(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(ip, IPv4Address):
        return [ip]
    last = IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.ipv4_mapped or ip in _NAT64 or (ip in _V4_COMPATIBLE and int(ip) > 1):
        return [last]
    inner = [ip.sixtofour, *(ip.teredo or ())]
    return [ip, *(one for one in inner if one)]


def parse_address(url: str) -> httpcore.URL:
    """The parts of an absolute http(s) address, in ASCII.

    Raises:
        WireError: it is none, or holds a user's name, which would have to be kept secret.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host[:253].encode("idna").decode("ascii")
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    except ValueError as error:
        raise WireError(Fault.ADDRESS, "is no address; write https:// and the name of a host") from error
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or len(target) > _MAX_URL_CHARACTERS:
        raise WireError(Fault.ADDRESS, "cannot be asked; give an http or https address")
    if "@" in parts.netloc:
        message = "holds a name and a password, which apps cannot use; give the public address"
        raise WireError(Fault.ADDRESS, message)
    return httpcore.URL(scheme=parts.scheme, host=host, port=port, target=target)


def shown_url(url: str) -> str:
    """An address for a sentence: clean, not too long, without a password."""
    shown = re.sub(r"(?<=://)[^/?#]*@", "", clean_line(url))
    return shown if len(shown) <= 200 else f"{shown[:199]}…"


def ask(
    request: Request,
    *,
    wire: Wire,
    ends_at: float,
    may_be_private: bool,
    body: Body,
    stall_seconds: float = float("inf"),
) -> Answer:
    """Ask once; redirects are answers, too, and their bodies are not read.

    Args:
        ends_at: of `time.monotonic`; nothing goes on after it, however slowly the host drips.
        stall_seconds: for how long nothing at all may come, where a whole recording has hours to do so.

    Raises:
        WireError: whatever a network, a host or an address can do.
    """
    line = _Line(wire, ends_at, may_be_private, stall_seconds)
    place = parse_address(request.url)
    headers = [("Host", _host_header(place)), *request.headers.items(), ("Connection", "close")]
    try:
        with (
            httpcore.ConnectionPool(ssl_context=wire.tls, network_backend=line) as pool,
            pool.stream(request.method, place, headers=headers) as response,
        ):
            answer = Answer(
                url=request.url,
                is_private=line.is_private,
                status=response.status,
                headers=tuple(_header(name, value) for name, value in response.headers),
            )
            line.is_answering = True
            if request.method == "HEAD" or answer.status in REDIRECTS or not body.limit_bytes:
                return answer
            body.begin(answer)
            size_bytes, opening = _read_body(response.iter_stream(), answer.header("content-encoding"), body)
    except httpcore.TimeoutException as error:
        raise WireError(Fault.DEADLINE, line.late) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise _broken(error, line.is_answering) from error
    return Answer(
        url=answer.url,
        is_private=answer.is_private,
        status=answer.status,
        headers=answer.headers,
        size_bytes=size_bytes,
        opening=opening,
    )


def _host_header(place: httpcore.URL) -> str:
    host = place.host.decode("ascii")
    bracketed = f"[{host}]" if ":" in host else host
    is_usual = place.port in (None, {b"http": 80, b"https": 443}[place.scheme])
    return bracketed if is_usual else f"{bracketed}:{place.port}"


def _header(name: bytes, value: bytes) -> tuple[str, str]:
    return name.decode("latin-1").lower(), clean_line(value.decode("latin-1"))


# -- the connection ---------------------------------------------------------------------------------------------------


class _Line(httpcore.NetworkBackend):
    """Connects to addresses that were judged, and gives up at the deadline."""

    def __init__(self, wire: Wire, ends_at: float, may_be_private: bool, stall_seconds: float) -> None:
        self.wire, self.ends_at, self.may_be_private = wire, ends_at, may_be_private
        self.stall_seconds = stall_seconds
        self.is_private = self.is_answering = False
        self.seconds = min(max(0.0, ends_at - time.monotonic()), stall_seconds)

    @property
    def late(self) -> str:
        done = "answer"
        if self.is_answering:
            done = "go on with its answer" if self.seconds == self.stall_seconds else "finish its answer"
        seconds = f"{self.seconds:.1f}".removesuffix(".0")
        return f"did not {done} within {seconds} s; try again, or ask its host what slows it"

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the base class has it; here one deadline stands for all
        local_address: str | None = None,  # noqa: ARG002 - as above
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        if _LOCAL_NAME.search(host) and not self.may_be_private:
            raise _private(host)
        addresses = find_addresses(self.wire, host, port, min(self.ends_at, time.monotonic() + self.stall_seconds))
        private = [address for address in addresses if not is_public(address)]
        if private and not self.may_be_private:
            raise _private(private[0])
        last: Exception | None = None
        for index, address in enumerate(addresses):
            # Each has its share, so that a dead IPv6 route leaves time for IPv4.
            seconds = _left(self.ends_at, self.stall_seconds) / (len(addresses) - index)
            try:
                stream = self.wire.connect(address, port, seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
                continue
            self.is_private = address in private
            return _Stream(stream, self.ends_at, self.stall_seconds)
        raise self._unreached(host, last)

    def _unreached(self, host: str, error: Exception | None) -> WireError:
        if error is None:
            return WireError(Fault.NAME, f"has no address: nobody knows {host}; mend its spelling or its DNS record")
        if isinstance(error, httpcore.ConnectTimeout):
            return WireError(Fault.DEADLINE, self.late)
        reason = clean_line(getattr(error.__cause__, "strerror", None) or "no connection")
        return WireError(Fault.CONNECTION, f"cannot be reached ({reason}); check the address and its host")


def find_addresses(wire: Wire, host: str, port: int, ends_at: float) -> list[str]:
    """The numeric addresses of *host*, none if nobody knows it.

    In a thread of its own, since the operating system knows no deadline for names.

    Raises:
        WireError: no server for names answered in time.
    """
    found: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def find() -> None:
        try:
            found.put(wire.resolve(host, port))
        except (OSError, ValueError):
            found.put(())

    threading.Thread(target=find, daemon=True).start()
    try:
        return list(dict.fromkeys(found.get(timeout=max(0.0, ends_at - time.monotonic()))))[:_MAX_ADDRESSES]
    except queue.Empty:
        message = f"was not asked: no name server tells in time where {host} is; try again"
        raise WireError(Fault.DEADLINE, message) from None


def _private(place: str) -> WireError:
    message = (
        f"is in a private network ({place}), where no listener gets and we do not ask; put it on a public host, "
        "and write that address into the feed"
    )
    return WireError(Fault.PRIVATE, message)


def _left(ends_at: float, stall_seconds: float) -> float:
    """Seconds up to the deadline, or in which something has to come."""
    left = ends_at - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return min(left, stall_seconds)


class _Stream(httpcore.NetworkStream):
    """A stream whose every step ends at one deadline; httpcore's own timeouts begin anew with each byte."""

    def __init__(self, stream: httpcore.NetworkStream, ends_at: float, stall_seconds: float) -> None:
        self.stream, self.ends_at, self.stall_seconds = stream, ends_at, stall_seconds

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see above
        return self.stream.read(max_bytes, _left(self.ends_at, self.stall_seconds))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see above
        self.stream.write(buffer, _left(self.ends_at, self.stall_seconds))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see above
    ) -> httpcore.NetworkStream:
        try:
            seconds = _left(self.ends_at, self.stall_seconds)
            stream = self.stream.start_tls(ssl_context, server_hostname, seconds)
        except httpcore.ConnectError as error:
            # Here, since the pool forgets what the error came from.
            raise _untrusted(error.__cause__ or error) from error
        except httpcore.TimeoutException:
            self.close()
            raise
        return _Stream(stream, self.ends_at, self.stall_seconds)

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


def _untrusted(error: BaseException) -> WireError:
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = clean_line(error.verify_message or str(error)).rstrip(".")
        message = f"has a certificate that apps do not trust ({reason}); renew it, and send its whole chain"
        return WireError(Fault.TLS, message)
    reason = clean_line(getattr(error, "reason", None) or "it hangs up")[:80]
    return WireError(Fault.TLS, f"speaks no TLS that apps understand ({reason}); let its host mend that")


def _broken(error: Exception, is_answering: bool) -> WireError:
    if isinstance(error, httpcore.LocalProtocolError):
        return WireError(Fault.ADDRESS, "cannot be asked; mend what is odd in the address")
    if is_answering:
        return WireError(Fault.CUT_OFF, "ends its answer in the middle; try again, or ask its host why")
    return WireError(Fault.PROTOCOL, "gives no answer that is HTTP; check the address and its port")


# -- the body ---------------------------------------------------------------------------------------------------------


def _read_body(chunks: Iterable[bytes], encoding: str | None, body: Body) -> tuple[int, bytes]:
    """Hand the body on, decoded: how many bytes came, and its opening."""
    counted = _Counted(chunks, body)
    opening, decoded_bytes = b"", 0
    for piece in _decoded(counted, (encoding or "").lower(), body):
        decoded_bytes += len(piece)
        if decoded_bytes > body.limit_bytes and counted.ends(body):
            break
        if len(opening) < OPENING_BYTES:
            opening += piece[: OPENING_BYTES - len(opening)]
        body.take(piece)
    return counted.size_bytes, opening


class _Counted:
    """Counts what comes, and ends it at the limit."""

    def __init__(self, chunks: Iterable[bytes], body: Body) -> None:
        self.chunks, self.body, self.size_bytes = chunks, body, 0

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self.chunks:
            self.size_bytes += len(chunk)
            yield chunk
            if self.size_bytes > self.body.limit_bytes and self.ends(self.body):
                break

    @staticmethod
    def ends(body: Body) -> bool:
        """True: the rest is not wanted. Raises WireError where all of it is."""
        if body.is_whole:
            size = body.limit_bytes / 1_000_000
            raise WireError(Fault.TOO_LARGE, f"is larger than {size:g} MB; let it carry less")
        return True


def _decoded(chunks: Iterable[bytes], encoding: str, body: Body) -> Iterator[bytes]:
    if encoding in ("", "identity") or not body.is_whole:
        yield from chunks
    elif encoding in ("gzip", "x-gzip"):
        yield from _gunzipped(chunks)
    else:
        message = f"is encoded as {encoding[:40]}, which was not asked for; let its host honour Accept-Encoding"
        raise WireError(Fault.ENCODING, message)


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """In pieces of bounded size, however far a bomb unfolds (RFC 1952: one member after the other)."""
    gunzip = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                if gunzip.eof:
                    gunzip = zlib.decompressobj(wbits=31)
                yield gunzip.decompress(rest, _CHUNK_BYTES)
                rest = gunzip.unused_data if gunzip.eof else gunzip.unconsumed_tail
    except zlib.error as error:
        raise WireError(Fault.ENCODING, "is sent as gzip and is none; mend how its host compresses") from error
    if not gunzip.eof:
        raise WireError(Fault.CUT_OFF, "ends its gzip in the middle; try again, or ask its host why")
