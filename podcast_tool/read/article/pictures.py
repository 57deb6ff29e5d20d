"""The picture files of an article: which of those that it names can be shown, and what is told of the others."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from podcast_tool.model import Image, Level, Problem
from podcast_tool.picture.embedded import DATA_ATTRIBUTE, MAX_EMBEDDED_BYTES, decode_data
from podcast_tool.read.article.figures import LEAST_SIDE_PX, Shown
from podcast_tool.read.artwork import ImageError, look_at_image
from podcast_tool.read.find import is_inside
from podcast_tool.text import clean_line

MAX_PICTURES = 50
MAX_PICTURE_BYTES = MAX_EMBEDDED_BYTES
# Each broken one is told, but nobody reads more lines.
_MAX_FAULTS = 10
# Files that turn out to be ornaments, or broken, cost as much to look at as those that are shown.
_MAX_LOOKS = 200
_MAX_SOURCES = 50

_PAGES = (".html", ".htm")
_ELSEWHERE = re.compile(r"https?:|[/\\]{2}", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_INSIDE = "embedded-picture-"
_SVG_LOOKED_AT_BYTES = 4096


class _Reason(StrEnum):
    """Why a picture is left out although it may well be one."""

    ELSEWHERE = "on another host"
    VECTOR = "SVG, which may hold a script"
    ABSENT = "not there"
    OUTSIDE = "elsewhere on this disk"
    SURPLUS = f"more than {MAX_PICTURES}"
    BROKEN = "broken, as well"


_Found = Image | ImageError | _Reason


class ArticlePictures:
    """Looks at the pictures of one article, and remembers what is to be told of them.

    `read_paths` and `problems` are complete as soon as the article is read.
    """

    def __init__(self, show_dir: Path, path: str, *, bounds: Path | None = None) -> None:
        """Begin with none.

        Args:
            path: the article's, below *show_dir*.
            bounds: the folder below which its pictures lie; None: the show's `episodes/`.
        """
        self.show_dir = show_dir
        self.path = path
        self.bounds = bounds or show_dir / "episodes"
        self.is_page = Path(path).suffix.lower() in _PAGES
        self.is_markdown = Path(path).suffix.lower() == ".md"
        self.read_paths: list[str] = []
        self._embedded: dict[str, Callable[[], _Found]] = {}
        self._known: dict[str, _Found] = {}
        self._shown = 0
        self._left_out: Counter[_Reason] = Counter()
        self._names: dict[_Reason, str] = {}
        self._faults: list[Problem] = []

    # -- embedded -----------------------------------------------------------------------------------------------------

    def take_out_data(self, html: str) -> str:
        """A page with a short name in the place of each picture that is written into it."""

        def take(found: re.Match[str]) -> str:
            kind, content = found["kind"].lower(), found["content"]
            token = self._name(lambda: _Reason.VECTOR if "svg" in kind else self._look_inside(decode_data(content)))
            return f"{found['start']}{found['quote']}{token}{found['quote']}"

        return DATA_ATTRIBUTE.sub(take, html)

    def embed(self, read: Callable[[], bytes | None]) -> str:
        """A short name for a picture inside the article, which is looked at now: later its bytes are gone.

        Args:
            read: gives its bytes; none for one that is only named there and lies elsewhere.
        """
        found: _Found = _Reason.SURPLUS
        if len(self._embedded) < MAX_PICTURES:
            raw = read()
            found = _Reason.ELSEWHERE if raw is None else self._look_inside(raw)
        return self._name(lambda: found)

    def _name(self, find: Callable[[], _Found]) -> str:
        token = f"{_INSIDE}{len(self._embedded) + 1}"
        self._embedded[token] = find
        return token

    def _look_inside(self, raw: bytes) -> _Found:
        if _is_vector(raw):
            return _Reason.VECTOR
        try:
            if len(raw) > MAX_PICTURE_BYTES:
                raise ImageError(f"is larger than {MAX_PICTURE_BYTES // 1_000_000} MB; save it smaller")
            return look_at_image(raw, self.path, is_embedded=True)
        except ImageError as error:
            return error

    # -- looked at ----------------------------------------------------------------------------------------------------

    def look(self, shown: Shown) -> Image | None:
        """The first of a picture's addresses that leads to one; None, and something to tell, if none does."""
        if self.is_page and shown.is_ornament:
            return None
        found: list[tuple[_Found, str]] = []
        image = None
        for source in shown.sources[:_MAX_SOURCES]:
            found.append((self._find(source), source))
            image = one if isinstance(one := found[-1][0], Image) else None
            if image:
                break
        if image is None:
            self._tell(found)
        elif self.is_page and min(image.width_px, image.height_px) < LEAST_SIDE_PX:
            image = None
        elif self._shown >= MAX_PICTURES:
            self._left_out[_Reason.SURPLUS] += 1
            image = None
        self._shown += image is not None
        return image

    def _find(self, source: str) -> _Found:
        if _ELSEWHERE.match(source):
            return _Reason.ELSEWHERE
        if source not in self._known:
            is_too_much = len(self._known) >= _MAX_LOOKS
            self._known[source] = _Reason.SURPLUS if is_too_much else self._find_anew(source)
        return self._known[source]

    def _find_anew(self, source: str) -> _Found:
        if source in self._embedded:
            return self._embedded[source]()
        address = source.replace("\\", "/")
        if _SCHEME.match(address) or address.startswith("/"):
            return _Reason.OUTSIDE
        path = address.partition("#")[0].partition("?")[0]
        # As a browser writes it; as people do, who escape nothing.
        for name in dict.fromkeys((unquote(path, errors="surrogateescape"), path, address)):
            if (found := self._look_at(name)) is not _Reason.ABSENT:
                return found
        return _Reason.ABSENT

    def _look_at(self, name: str) -> _Found:
        """A file beside the article, or below its folder or one above that."""
        try:
            path = os.path.normpath(Path(self.path).parent / name).replace(os.sep, "/")
            place = self.show_dir / path
            if not is_inside(place, self.bounds):
                return _Reason.OUTSIDE
            self.read_paths.append(path)
            if not os.path.isfile(place):  # Path's own raises for a name that is too long
                return _Reason.ABSENT
            return self._look_at_file(place, path)
        except ValueError:  # a name that no file can have
            return _Reason.ABSENT
        except OSError as error:
            return ImageError(f"cannot be read ({error.strerror}); give a picture's file that can")

    def _look_at_file(self, place: Path, path: str) -> _Found:
        with place.open("rb") as file:
            raw = file.read(MAX_PICTURE_BYTES + 1)
        if Path(path).suffix.lower() in (".svg", ".svgz") or _is_vector(raw):
            return _Reason.VECTOR
        try:
            if len(raw) > MAX_PICTURE_BYTES:
                raise ImageError(f"is larger than {MAX_PICTURE_BYTES // 1_000_000} MB; save it smaller")
            return look_at_image(raw, path)
        except ImageError as error:
            return error

    # -- told ---------------------------------------------------------------------------------------------------------

    def _tell(self, found: list[tuple[_Found, str]]) -> None:
        """The gravest of what stands in the way; of an <img> without any address there is nothing to tell."""
        for one, source in found:
            if isinstance(one, ImageError):
                return self._fault(source, str(one))
        reasons = [one for one, _ in found if isinstance(one, _Reason)]
        for reason in (_Reason.ABSENT, _Reason.OUTSIDE, _Reason.ELSEWHERE, _Reason.VECTOR, _Reason.SURPLUS):
            if reason in reasons:
                source = found[reasons.index(reason)][1]
                if reason is _Reason.ABSENT and not self.is_page:  # somebody wrote that name
                    return self._fault(source, "is not there; put it there, or mend its name")
                self._left_out[reason] += 1
                self._names.setdefault(reason, source)
                return None
        return None

    def _fault(self, source: str, message: str) -> None:
        shown = f"the picture {_name_of(source)}{message} (the show notes go out without it)"
        fault = Problem(rule="FILE-IMAGE", level=Level.ERROR, where=self.path, message=shown)
        if fault in self._faults:
            return
        if len(self._faults) < _MAX_FAULTS:
            self._faults.append(fault)
        else:
            self._left_out[_Reason.BROKEN] += 1

    def problems(self) -> tuple[Problem, ...]:
        """Each broken file, and in one line how many pictures are left out for other reasons."""
        return (*self._faults, *self._sum_up())

    def _sum_up(self) -> Iterator[Problem]:
        count = self._left_out.total()
        if not count:
            return
        reasons = [
            f"{f'{n} ' if count > 1 else ''}{reason}{self._example(reason)}" for reason, n in self._left_out.items()
        ]
        pictures = "a picture that is" if count == 1 else f"{count} pictures that are"
        message = (
            f"shows {pictures} left out of the show notes ({'; '.join(reasons)}); put JPEG or PNG files beside the "
            "article, under the names by which it shows them"
        )
        yield Problem(rule="FILE-IMAGE", level=Level.WARNING, where=self.path, message=message)

    def _example(self, reason: _Reason) -> str:
        """The first of those whose name helps."""
        name = self._names.get(reason)
        return f", {_name_of(name).strip()}" if name and reason in (_Reason.ABSENT, _Reason.OUTSIDE) else ""


def _is_vector(raw: bytes) -> bool:
    start = raw[:_SVG_LOOKED_AT_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and b"<svg" in start


def _name_of(source: str) -> str:
    """A file's name as the article has it, with a blank behind; of one inside it, its number."""
    if source.startswith(_INSIDE):
        return f"{source.removeprefix(_INSIDE)} inside it "
    return f"{clean_line(unquote(source))[:200]!r} "
