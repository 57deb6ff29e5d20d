"""Bytes, named and not carried."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Extent:
    """A stretch of a file on this machine; what is published is copied from such stretches."""

    path: str
    offset: int
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class PlannedFile:
    """One file of `feed/` as it shall be: its parts in their order, and what they come to."""

    parts: tuple[Extent, ...]
    size_bytes: int
    sha256: str
    frozen_name: bool = False
    """The name holds the digest of the bytes: if a file of this name and size is there, it is this one."""
