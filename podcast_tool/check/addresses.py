"""Web addresses in a feed: whether every app can ask them."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import unquote, urlsplit

from podcast_tool.text import is_web_address

_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home.arpa", "localdomain", "test", "invalid")
# Most are of this form, and nothing else need be asked of them.
_SOUND_ADDRESS = re.compile(r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9}(?:/[A-Za-z0-9._~/%?#=&+:@,;-]*)?")
_BLANK = re.compile(r"\s")
_ENCODED_NAME = re.compile(r"%(?:20|[89A-Fa-f][0-9A-Fa-f])")


def address_fault(address: str) -> str | None:
    """Why no app can ask *address*, and the cure; None if it is an absolute web address (RSS-ENC-URL)."""
    if _SOUND_ADDRESS.fullmatch(address):
        return None
    if not address:
        return "is empty; write an address that begins with https://"
    if _BLANK.search(address):
        return "has a blank in it; write it as %20"
    if not address.isascii():
        return "has signs that are not ASCII; percent-encode them"
    scheme, colon, _ = address.partition(":")
    if not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]{0,30}", scheme):
        return "is relative; write it whole, from https:// on"
    if scheme.lower() not in ("http", "https"):
        return f"begins with {scheme[:20]}:; write an address that begins with https://"
    if not is_web_address(scheme.lower() + address[len(scheme) :]) or (host := host_of(address)) is None:
        return "is no web address; write one that begins with https:// and a host's name"
    if "@" in address.partition("://")[2].partition("/")[0]:
        return "holds a user name, and apps ask without one; serve it without a password"
    if "." not in host and ":" not in host and not is_private_host(host):
        return "names a host without a dot; write its full name"
    return None


# A feed has few hosts and many addresses at them, most of them of this form.
_PLAIN_ADDRESS = re.compile(r"https?://([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9})(?=[/?#]|\Z)")


def host_of(address: str) -> str | None:
    """The host in lower case, without port and brackets; None where there is none."""
    plain = _PLAIN_ADDRESS.match(address)
    if plain:
        return plain[1]
    try:
        host = urlsplit(address.strip()).hostname
    except ValueError:
        return None
    return host.rstrip(".") if host else None


@lru_cache(maxsize=1024)
def as_number(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that *host* is, also in the spellings that browsers take (`0x7f.1`); None of a name."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return _loose_ipv4(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _loose_ipv4(host: str) -> IPv4Address | None:
    """WHATWG URL, IPv4 parser: one to four numbers, decimal, octal or hexadecimal."""
    parts = host.split(".")
    if len(parts) > 4 or not all(re.fullmatch(r"0[xX][0-9a-fA-F]{0,8}|\d{1,11}", part, re.ASCII) for part in parts):
        return None
    numbers = [_number(part) for part in parts]
    *heads, last = numbers
    if -1 in numbers or any(number > 255 for number in heads) or last >= 256 ** (5 - len(numbers)):
        return None
    return IPv4Address(sum(number << 8 * (3 - at) for at, number in enumerate(heads)) + last)


def _number(part: str) -> int:
    """-1 if it is none."""
    base = 16 if part[:2] in ("0x", "0X") else 8 if part[0] == "0" else 10
    try:
        return int(part[2:] or "0", 16) if base == 16 else int(part, base)
    except ValueError:
        return -1


@lru_cache(maxsize=1024)
def is_private_host(host: str) -> bool:
    """Whether only the own machine or network can ask it (X-LOCALHOST)."""
    number = as_number(host)
    if number is not None:
        return not number.is_global
    return any(host == name or host.endswith(f".{name}") for name in _LOCAL_NAMES)


def is_private_address(address: str) -> bool:
    """X-LOCALHOST, of a whole address; one that cannot be read is not."""
    if address[:5].lower() == "file:":
        return True
    host = host_of(address) if "://" in address[:40] else None
    return host is not None and is_private_host(host)


def path_ending(address: str) -> str:
    """The ending of the last name in the address's path, in lower case, such as `.mp3`; empty if there is none."""
    try:
        name = urlsplit(address.strip()).path.rsplit("/", 1)[-1]
    except ValueError:
        return ""
    _, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and ending.isalnum() and len(ending) <= 5 else ""


def file_name(address: str) -> str:
    """The last name in the address's path, decoded."""
    try:
        return unquote(urlsplit(address.strip()).path.rsplit("/", 1)[-1])
    except ValueError:
        return ""


def has_encoded_name(address: str) -> bool:
    """Whether blanks or signs beyond ASCII stand in its path, percent-encoded (AP-LOCAL-ENC)."""
    if "%" not in address:
        return False
    try:
        return _ENCODED_NAME.search(urlsplit(address).path) is not None
    except ValueError:
        return False
