"""What was made of files to be sent, kept as long as there is room."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

_MAX_BYTES = 128_000_000


@dataclass(frozen=True)
class Copy:
    """Bytes, and the digest that is their ETag."""

    content: bytes
    digest: str


class Copies:
    """The bytes that were asked for last; safe for threads, of which only one makes something at a time."""

    def __init__(self, max_bytes: int = _MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, Copy] = OrderedDict()
        self._kept_bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> Copy:
        """What *make* gave, now or before."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            content = make()
            made = self._kept[key] = Copy(content, hashlib.sha256(content).hexdigest()[:20])
            self._kept_bytes += len(content)
            while self._kept_bytes > self._max_bytes:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1].content)
            return made
