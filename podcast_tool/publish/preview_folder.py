"""The folder of a preview: all of it is ours, so that what is gone from the show goes from it, too."""

from __future__ import annotations

from collections.abc import Set
from contextlib import suppress
from pathlib import Path

from podcast_tool.errors import WriteError
from podcast_tool.model import Plan
from podcast_tool.publish.site import write_site
from podcast_tool.publish.spool import MEND

PREVIEW_MARK = ".podcast_tool-preview"


def open_preview_folder(folder: Path, show_dir: Path, podcast_guid: str) -> None:
    """Make the folder of a preview, or find it.

    Raises:
        WriteError: it cannot be made, or holds what is no preview of this show, or is a part of the show.
    """
    mark = f"podcast_tool preview of {podcast_guid}: it writes and deletes all in this folder\n"
    place = folder.resolve()
    for part in ((show_dir / name).resolve() for name in ("episodes", "feed")):
        if place.is_relative_to(part) or part.is_relative_to(place):
            raise WriteError(folder, f"is where the show has its {part.name}/; give a folder that is no part of it")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            found = folder / PREVIEW_MARK
            if not found.is_file() or found.read_text("utf-8", "replace") != mark:
                message = "holds other files, which a preview would delete; give a new or empty folder"
                raise WriteError(folder, message)
        else:
            (folder / PREVIEW_MARK).write_text(mark, "utf-8")
    except OSError as error:
        raise WriteError(folder, f"cannot be written ({error.strerror}); {MEND}") from error


def sync_preview(plan: Plan, folder: Path, wanted: Set[str]) -> None:
    """Write what is new, and delete what is not wanted any more; dotfiles are a host's or git's, and stay.

    Raises:
        WriteError: the disk refused.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and not path.name.startswith("."):  # nothing is written where it leads
            path.unlink(missing_ok=True)
    write_site(plan, folder, lambda _: None)
    for path in sorted(folder.rglob("*"), reverse=True):
        below = path.relative_to(folder)
        if any(name.startswith(".") for name in below.parts):
            continue
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # it holds something still
                path.rmdir()
        elif below.as_posix() not in wanted:
            with suppress(OSError):
                path.unlink()
