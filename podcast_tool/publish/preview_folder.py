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


def open_preview_folder(folder: Path) -> None:
    """Make the folder of a preview, or find it.

    Raises:
        WriteError: it cannot be made, or holds what is no preview.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / PREVIEW_MARK).exists():
            if any(folder.iterdir()):
                message = "holds other files, which a preview would delete; give a new or empty folder"
                raise WriteError(folder, message)
            (folder / PREVIEW_MARK).write_text("podcast_tool preview writes and deletes all in this folder\n", "utf-8")
    except OSError as error:
        raise WriteError(folder, f"cannot be written ({error.strerror}); {MEND}") from error


def sync_preview(plan: Plan, folder: Path, wanted: Set[str]) -> None:
    """Write what is new, and delete what is not wanted any more.

    Raises:
        WriteError: the disk refused.
    """
    write_site(plan, folder, lambda _: None)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            with suppress(OSError):  # it holds something still
                path.rmdir()
        elif path.name != PREVIEW_MARK and path.relative_to(folder).as_posix() not in wanted:
            with suppress(OSError):
                path.unlink()
