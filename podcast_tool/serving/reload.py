"""Pages that load themselves again when the folder has changed: a script that only `serve` puts into them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from podcast_tool.serving.watcher import take_fingerprint

SCRIPT_PATH = "/__reload.js"
VERSION_PATH = "/__version"

_TAG = b'<script src="%s" defer></script>' % SCRIPT_PATH.encode()
_HEAD_END = re.compile(rb"</head\s*>", re.IGNORECASE)

# A question each second, not an open connection: browsers have six to a host, and tabs would use them up. Twice the
# same, since a publish that is under way changes one file after the other.
_SCRIPT = """\
"use strict";
(() => {
  const loaded = "%s";
  let before = loaded;
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch("%s", { cache: "no-store" });
      const now = answer.ok ? await answer.text() : before;
      if (now !== loaded && now === before) location.reload();
      before = now;
    } catch {
      // The server is away for a moment; once it is back, it is asked again.
    }
  };
  setInterval(look, 1000);
})();
"""


def add_script(page: bytes) -> bytes:
    """A page with the script in its head; what has no head is no whole page, and stays as it is."""
    return _HEAD_END.sub(lambda end: _TAG + end[0], page, count=1)


def render_script(version: str) -> bytes:
    """The script; *version* is that of the folder when the page was loaded."""
    return (_SCRIPT % (version, VERSION_PATH)).encode()


class Version:
    """The folder's fingerprint, taken at most once a second and never for more than a tenth of the time."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._known: tuple[Path, str] | None = None
        self._next = 0.0
        self._lock = Lock()

    def read(self) -> str:
        """Another text when a file of the folder has changed, or when another folder has taken its place."""
        with self._lock:
            began, folder = time.monotonic(), self._folder()
            if self._known is None or self._known[0] != folder or began >= self._next:
                self._known = (folder, take_fingerprint(folder))
                self._next = time.monotonic() + max(0.9, 10 * (time.monotonic() - began))
            return self._known[1]
