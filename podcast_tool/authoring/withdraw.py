"""The mark of an episode that is taken out of the feed for good, in its sidecar."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from podcast_tool.authoring.sidecars import edit_toml
from podcast_tool.errors import WriteError
from podcast_tool.read.fields import DocumentError
from podcast_tool.text import clean_text

FIELD = "withdrawn"


def mark_withdrawn(show_dir: Path, path: str, *, guid: str | None, is_new: bool, withdrawn: bool, is_dry: bool) -> None:
    """Write `withdrawn = true` into the sidecar *path* (below *show_dir*), or take it away; all else in it stays.

    Args:
        guid: of a published episode; it stands beside the mark, so that whatever becomes of its recording and of the
            ledger it comes back as the same.
        is_new: there is no such file yet.
        is_dry: only find out whether it can be done.

    Raises:
        WriteError: it is no TOML, or the disk refused.
    """
    file = show_dir / path
    try:
        if file.suffix.lower() != ".toml":
            line = f'"{FIELD}": true' if file.suffix.lower() == ".json" else f"{FIELD}: true"
            verb = "write" if withdrawn else "take away"
            raise WriteError(path, f"is not changed by podcast_tool, which edits TOML only; {verb} {line} by hand")
        text = "" if is_new else file.read_bytes().decode("utf-8")
        changes: dict[str, object] = {FIELD: True if withdrawn else None}
        if guid and guid == clean_text(guid).strip():  # another program's may be one that no sidecar can hold
            changes["guid"] = guid
        made = edit_toml(text, changes)
        if not is_dry:
            _replace_whole(file, made.encode("utf-8"))
    except DocumentError as error:
        raise WriteError(path, str(error)) from error
    except UnicodeDecodeError as error:
        raise WriteError(path, "is not in UTF-8; save it so") from error
    except OSError as error:
        raise WriteError(path, f"cannot be written ({error.strerror}); what was there stays") from error


def _replace_whole(file: Path, content: bytes) -> None:
    temporary = file.with_name(f".{file.name}.tmp")
    try:
        temporary.write_bytes(content)
        if file.exists():
            shutil.copymode(file, temporary)
        temporary.replace(file)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
