"""A port on this machine, and the addresses under which others reach it."""

from __future__ import annotations

import errno
import socket
from ipaddress import AddressValueError, IPv6Address

import uvicorn
from starlette.types import ASGIApp

from podcast_tool.errors import PodcastError

# RFC 5737: an address for documents, which nobody has. Nothing is sent there.
_NOBODY = ("192.0.2.1", 9)
_LOOPBACK = "127.0.0.1"
_ALL = ("", "0.0.0.0", "::")  # noqa: S104 - a phone is to reach it
_BACKLOG = 128


def open_port(host: str | None, port: int) -> socket.socket:
    """Listen on an address of this machine.

    Args:
        host: None: on all of them.
        port: 0: one that is free.

    Raises:
        PodcastError: the port is taken, or the address is none of this machine's.
    """
    try:
        return _listen_everywhere(port) if host in (None, *_ALL) else _listen(host or "", port)
    except OSError as error:
        raise PodcastError(*_fault_of(error, host, port)) from error
    except UnicodeError as error:  # from the codec for international names
        raise PodcastError(f"--host {host}", "is no name of a host; leave it out to serve on all addresses") from error


def _listen_everywhere(port: int) -> socket.socket:
    if socket.has_dualstack_ipv6():
        try:
            return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG)
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
    return socket.create_server(("0.0.0.0", port), backlog=_BACKLOG)  # noqa: S104 - as above


def _listen(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)


def _fault_of(error: OSError, host: str | None, port: int) -> tuple[str, str]:
    if error.errno == errno.EADDRINUSE:
        return f"port {port}", f"is taken by another program; give another one: --port {_another(port)}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port}", f"is not for everybody to open; give another one: --port {_another(port)}"
    if host and (isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL):
        return f"--host {host}", "is no address of this machine; leave it out to serve on all addresses"
    return f"port {port}", f"cannot be opened ({error.strerror or error}); try another one: --port {_another(port)}"


def _another(port: int) -> int:
    return port + 1 if 1024 <= port < 65535 else 8000 if port != 8000 else 8001


def base_url_of(listening: socket.socket, host: str | None) -> str:
    """Where a phone on the same network finds it, with a slash at its end."""
    port = listening.getsockname()[1]
    name = find_own_address() if host in (None, *_ALL) else host or ""
    return f"http://{f'[{name}]' if _is_version_six(name) else name}:{port}/"


def _is_version_six(name: str) -> bool:
    try:
        IPv6Address(name)
    except AddressValueError:
        return False
    return True


def find_own_address() -> str:
    """This machine's address in its network, found without sending anything; loopback if it is in none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_NOBODY)
            found: str = probe.getsockname()[0]
    except OSError:
        return _LOOPBACK
    return found if found not in _ALL else _LOOPBACK


def run(app: ASGIApp, listening: socket.socket) -> None:
    """Answer until the process is told to end; a second Ctrl-C does not wait for those who are still loading."""
    config = uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listening])
