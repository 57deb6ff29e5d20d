"""A host on loopback that does everything right, but for the one flaw that a test gives it."""

from __future__ import annotations

import gzip
import hashlib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

LAST_MODIFIED = "Mon, 05 Jan 2026 08:00:00 GMT"


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What lies at one path."""

    body: bytes = b""
    media_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)
    """In place of the usual ones; an empty value takes one away."""
    flaws: frozenset[str] = frozenset()
    behave: Callable[[BaseHTTPRequestHandler, Event], None] | None = None
    """Does everything itself; the event says that the test is over."""

    def headers_of(self, body: bytes, *, is_zipped: bool) -> dict[str, str]:
        tag = hashlib.sha256(self.body).hexdigest()[:12]
        if is_zipped and "etag-altered-by-gzip" in self.flaws:
            tag += "-gzip"
        headers = {
            "Content-Type": self.media_type,
            "Content-Length": str(len(body)),
            "ETag": f'"{tag}"',
            "Last-Modified": LAST_MODIFIED,
            "Cache-Control": "max-age=600",
            "Vary": "Accept-Encoding",
            "Accept-Ranges": "bytes",
            "Access-Control-Allow-Origin": "*",
            **({"Content-Encoding": "gzip"} if is_zipped else {}),
            **self.headers,
        }
        return {name: value for name, value in headers.items() if value}


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, resources: Mapping[str, Resource], is_over: Event, *arguments: object) -> None:
        self.resources, self.is_over = resources, is_over
        super().__init__(*arguments)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests read answers, not logs."""

    def do_HEAD(self) -> None:
        self._answer(has_body=False)

    def do_GET(self) -> None:
        self._answer(has_body=True)

    def _answer(self, *, has_body: bool) -> None:
        resource = self.resources.get(self.path)
        if resource is None:
            self.send_error(404)
        elif resource.behave:
            resource.behave(self, self.is_over)
        elif not has_body and "no-head" in resource.flaws:
            self.send_error(405)
        else:
            self._answer_well(resource, has_body=has_body)

    def _answer_well(self, resource: Resource, *, has_body: bool) -> None:
        takes_gzip = "gzip" in self.headers.get("Accept-Encoding", "")
        is_sound = resource.media_type.startswith(("audio/", "image/"))
        is_zipped = takes_gzip and "no-gzip" not in resource.flaws and (not is_sound or "zips-sound" in resource.flaws)
        body = gzip.compress(resource.body, mtime=0) if is_zipped else resource.body
        headers = resource.headers_of(body, is_zipped=is_zipped)
        status = 200
        if self._is_unchanged(resource, headers):
            status, body = 304, b""
            del headers["Content-Length"]
        elif "no-range" not in resource.flaws and (asked := self.headers.get("Range")):
            status, body = _take_range(resource, asked, body, headers)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if has_body:
            self.wfile.write(body)

    def _is_unchanged(self, resource: Resource, headers: Mapping[str, str]) -> bool:
        if "no-304" in resource.flaws:
            return False
        if asked := self.headers.get("If-None-Match"):
            # As Apache does: the altered tag is compared with the one that it had before.
            return "etag-altered-by-gzip" not in resource.flaws or "-gzip" not in asked if "ETag" in headers else False
        return "no-304-by-date" not in resource.flaws and self.headers.get("If-Modified-Since") == LAST_MODIFIED


def _take_range(resource: Resource, asked: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    first, _, last = asked.removeprefix("bytes=").partition("-")
    start, end = int(first), min(int(last or len(body)), len(body) - 1)
    if start >= len(body):
        if "no-416" in resource.flaws:
            return 200, body
        headers.update({"Content-Range": f"bytes */{len(body)}", "Content-Length": "0"})
        return 416, b""
    part = body[start : end + 1]
    told = f"bytes 0-{len(body)}/{len(body)}" if "wrong-range" in resource.flaws else f"bytes {start}-{end}/{len(body)}"
    headers.update({"Content-Range": told, "Content-Length": str(len(part))})
    return 206, part


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Those who were asked too much hang up: no fault of the test."""


@contextmanager
def hosting(resources: Mapping[str, Resource], certificate: Path | None = None) -> Iterator[int]:
    """Serve *resources* on loopback, over TLS if there is a *certificate* (with its key); gives the port."""
    is_over = Event()
    server = _Server(("127.0.0.1", 0), partial(_Handler, resources, is_over))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_port
    finally:
        is_over.set()
        server.shutdown()
        server.server_close()


def redirecting(to: str, status: int = 301) -> Resource:
    """Leads on, for GET and HEAD."""

    def behave(handler: BaseHTTPRequestHandler, _: Event) -> None:
        handler.send_response(status)
        handler.send_header("Location", to)
        handler.end_headers()

    return Resource(behave=behave)


def refusing(status: int) -> Resource:
    """Always this status."""
    return Resource(behave=lambda handler, _: handler.send_error(status))


def writing(*pieces: bytes, seconds_between: float = 0.0, is_endless: bool = False) -> Resource:
    """These very bytes in place of an answer, slowly, and again and again if endless."""

    def behave(handler: BaseHTTPRequestHandler, is_over: Event) -> None:
        handler.close_connection = True
        while True:
            for piece in pieces:
                handler.wfile.write(piece)
                if is_over.wait(seconds_between) if seconds_between else is_over.is_set():
                    return
            if not is_endless:
                return

    return Resource(behave=behave)


def silent() -> Resource:
    """Takes the question and says nothing."""
    return Resource(behave=lambda _, is_over: (is_over.wait(30), None)[1])
