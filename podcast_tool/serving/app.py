"""The application: a request in, a file of the published folder out."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from podcast_tool.serving.addresses import Readdressing, parse_authority
from podcast_tool.serving.answers import (
    METHODS,
    OPEN_HEADERS,
    PREFLIGHT_HEADERS,
    Answer,
    Representation,
    answer,
    takes_gzip,
)
from podcast_tool.serving.copies import Copies
from podcast_tool.serving.folder import SiteFolder, find_index, find_place, parse_path
from podcast_tool.serving.media_types import (
    cache_control,
    content_type,
    is_text,
    media_type_of,
    parse_enclosure_types,
)
from podcast_tool.serving.reload import SCRIPT_PATH, VERSION_PATH, Version, add_script, render_script
from podcast_tool.text import clean_line

TellRequest = Callable[[str], None]
DrawAddress = Callable[[str], bytes]

# Feeds go up to 25 MB (RSS-SIZE); what is larger is sent as it is, addresses and all.
_MAX_TEXT_BYTES = 30_000_000
_CHUNK_BYTES = 262_144
_LEAST_ZIPPED_BYTES = 1000
_NO_STORE = {"Cache-Control": "no-store"}


def create_app(
    source: Callable[[], SiteFolder],
    tell_request: TellRequest | None = None,
    drawn: Mapping[str, DrawAddress] | None = None,
) -> ASGIApp:
    """The application that serves what *source* gives: it is asked at each request, so another folder may take over.

    Args:
        tell_request: given a line for each request but those of the reload script.
        drawn: pictures of the feed's address, by their paths: each is drawn anew for the host that a request named.
    """
    desk = _Desk(source, drawn or {})
    app = Starlette(
        routes=[
            Route(SCRIPT_PATH, desk.send_script),
            Route(VERSION_PATH, desk.send_version),
            Route("/{path:path}", desk.send_file, methods=list(METHODS)),
        ],
        middleware=[Middleware(_Door, tell_request=tell_request, is_public=lambda: source().is_public)],
        exception_handlers={HTTPStatus.METHOD_NOT_ALLOWED: _refuse_method},
    )
    app.router.redirect_slashes = False
    return app


class _Door:
    """Lets in what names a host that can stand in an address, and tells who came."""

    def __init__(self, app: ASGIApp, tell_request: TellRequest | None, is_public: Callable[[], bool]) -> None:
        self._app = app
        self._tell_request = tell_request
        self._is_public = is_public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        authority, scope = _read_target(scope)
        if not self._is_public():
            send = partial(_send_unshared, send)
        if self._tell_request and scope["path"] != VERSION_PATH:
            send = partial(_send_and_tell, send, self._tell_request, scope)
        if authority is None:
            refusal = _say(HTTPStatus.BAD_REQUEST, "the Host header is no name or IP address with a port")
            await refusal(scope, receive, send)
            return
        await self._app({**scope, "authority": authority}, receive, send)


async def _send_unshared(send: Send, message: Message) -> None:
    """Without what lets pages of other hosts read it (HTTP-CORS)."""
    if message["type"] == "http.response.start":
        kept = [pair for pair in message["headers"] if not pair[0].lower().startswith(b"access-control-")]
        message = {**message, "headers": kept}
    await send(message)


def _read_target(scope: Scope) -> tuple[str | None, Scope]:
    """The host that was named, and the scope with a path alone: proxies ask for whole addresses (RFC 9112, 3.2.2)."""
    raw_path = scope.get("raw_path", b"").decode("latin-1")
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    scheme, mark, rest = raw_path.partition("://")
    if mark and scheme.lower() in ("http", "https"):
        host, slash, path = rest.partition("/")
        hosts, raw_path = [host], slash + path or "/"
    # The path as it was sent: Starlette's routes do not match one with a line end in it.
    path = raw_path if raw_path.startswith("/") else f"/{raw_path}"
    scope = {**scope, "raw_path": raw_path.encode("latin-1"), "path": path}
    if not hosts and scope["http_version"] == "1.0":
        address, port = scope["server"] or ("127.0.0.1", 80)
        hosts = [f"[{address}]:{port}" if ":" in address else f"{address}:{port}"]
    return parse_authority(hosts[0]) if len(hosts) == 1 else None, scope


async def _send_and_tell(send: Send, tell_request: TellRequest, scope: Scope, message: Message) -> None:
    if message["type"] == "http.response.start":
        client = (scope["client"] or ("-",))[0].removeprefix("::ffff:")
        size = dict(message["headers"]).get(b"content-length", b"-").decode("latin-1")
        target = scope["raw_path"].decode("latin-1")
        with suppress(OSError):  # who does not read the lines is served all the same
            tell_request(clean_line(f"{client} {scope['method']} {target} {message['status']} {size}"))
    await send(message)


def _say(status: HTTPStatus, sentence: str) -> Response:
    headers = {**OPEN_HEADERS, **_NO_STORE, "Content-Type": "text/plain; charset=utf-8"}
    return Response(f"{status.value} {status.phrase}: {sentence}\n", status, headers)


def _refuse_method(_: Request, __: Exception) -> Response:
    refusal = _say(HTTPStatus.METHOD_NOT_ALLOWED, "files are only read here")
    refusal.headers["Allow"] = ", ".join(METHODS)
    return refusal


class _Desk:
    """Finds what is asked for, and hands it out."""

    def __init__(self, source: Callable[[], SiteFolder], drawn: Mapping[str, DrawAddress]) -> None:
        self._source = source
        self._drawn = drawn
        self._copies = Copies()
        self._types: tuple[object, Mapping[str, str]] = (None, {})
        self._version = Version(lambda: source().folder)

    def send_script(self, _: Request) -> Response:
        headers = {**OPEN_HEADERS, **_NO_STORE, "Content-Type": "text/javascript; charset=utf-8"}
        return Response(render_script(self._version.read()), headers=headers)

    def send_version(self, _: Request) -> Response:
        headers = {**OPEN_HEADERS, **_NO_STORE, "Content-Type": "text/plain; charset=utf-8"}
        return Response(self._version.read(), headers=headers)

    def send_file(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=PREFLIGHT_HEADERS)
        site = self._source()
        names = parse_path(request.scope["raw_path"].decode("latin-1"))
        place = find_place(site.folder, names) if names else None
        if names and place and place.is_dir():
            place = find_index(site.folder, names)
            if place and names[-1]:
                return _lead_to_folder(names, request)
        elif names and not names[-1]:
            place = None
        try:
            return (
                self._send(place, site, request) if place else _say(HTTPStatus.NOT_FOUND, "nothing is published here")
            )
        except OSError:  # gone, or taken away, in this very moment
            return _say(HTTPStatus.NOT_FOUND, "nothing is published here any more")

    def _send(self, place: Path, site: SiteFolder, request: Request) -> Response:
        media_type = self._media_type(place, site)
        found = place.stat()
        if is_text(media_type) and found.st_size <= _MAX_TEXT_BYTES:
            return self._send_text(place, found, media_type, site, request)
        file = place.open("rb")
        there = Representation(
            content_type=content_type(media_type),
            size_bytes=(found := os.fstat(file.fileno())).st_size,
            etag=f'"{found.st_mtime_ns:x}-{found.st_size:x}"',
            modified_at=int(found.st_mtime),
            cache_control=cache_control(place.name),
        )
        answered = answer(request.method, _headers_of(request), there)
        if not answered.part:
            file.close()
            return _respond(answered, b"")
        return StreamingResponse(_read_part(file, answered.part), answered.status, answered.headers)

    def _send_text(
        self, place: Path, found: os.stat_result, media_type: str, site: SiteFolder, request: Request
    ) -> Response:
        asked = _headers_of(request)
        signs = (site, request.scope["authority"], place, found.st_mtime_ns, found.st_size, found.st_ino)
        copy = self._copies.get(signs, lambda: self._readdress(place, media_type, site, request.scope["authority"]))
        # Never for a range: it counts the bytes that a file has.
        is_zipped = len(copy.content) >= _LEAST_ZIPPED_BYTES and "range" not in asked and takes_gzip(asked)
        if is_zipped:
            copy = self._copies.get((*signs, "gzip"), partial(gzip.compress, copy.content, 6, mtime=0))
        there = Representation(
            content_type=content_type(media_type),
            size_bytes=len(copy.content),
            etag=f'"{copy.digest}"',
            modified_at=int(found.st_mtime),
            cache_control=cache_control(place.name),
            is_text=True,
            is_zipped=is_zipped,
        )
        answered = answer(request.method, asked, there)
        return _respond(answered, copy.content[answered.part.start : answered.part.stop])

    def _readdress(self, place: Path, media_type: str, site: SiteFolder, authority: str) -> bytes:
        draw = self._drawn.get(place.relative_to(site.folder.resolve()).as_posix())
        return draw(f"http://{authority}/{site.feed_path}") if draw else _readdress(place, media_type, site, authority)

    def _media_type(self, place: Path, site: SiteFolder) -> str:
        """As the feed says of an enclosure, else by the name."""
        media_type = media_type_of(place.name)
        if not media_type.startswith(("audio/", "video/")):
            return media_type
        return self._enclosure_types(site).get(place.name, media_type)

    def _enclosure_types(self, site: SiteFolder) -> Mapping[str, str]:
        feed = site.folder / site.feed_path
        try:
            found = feed.stat()
            signs = (feed, found.st_mtime_ns, found.st_size, found.st_ino)
            if self._types[0] != signs and found.st_size <= _MAX_TEXT_BYTES:
                self._types = (signs, parse_enclosure_types(feed.read_bytes()))
        except OSError:
            return {}
        return self._types[1]


def _headers_of(request: Request) -> dict[str, str]:
    return {name: ", ".join(request.headers.getlist(name)) for name in request.headers}


def _lead_to_folder(names: tuple[str, ...], request: Request) -> Response:
    query = request.scope["query_string"].decode("latin-1")
    location = "/" + "/".join(map(quote, names)) + "/" + (f"?{query}" if query else "")
    return Response(status_code=HTTPStatus.PERMANENT_REDIRECT, headers={**OPEN_HEADERS, "Location": location})


def _readdress(place: Path, media_type: str, site: SiteFolder, authority: str) -> bytes:
    def holds(path: str) -> bool:
        names = parse_path(f"/{path}")
        return bool(names and find_place(site.folder, names))

    body = Readdressing(site=site, base_url=f"http://{authority}/", holds=holds).apply(place.read_bytes())
    return add_script(body) if media_type == "text/html" else body


def _respond(answered: Answer, part: bytes) -> Response:
    return Response(part, answered.status, answered.headers)


def _read_part(file: BinaryIO, part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left_bytes = len(part)
        while left_bytes and (chunk := file.read(min(left_bytes, _CHUNK_BYTES))):
            left_bytes -= len(chunk)
            yield chunk
