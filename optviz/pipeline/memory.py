"""Foretells what a comparison keeps in memory, and refuses what would not fit."""

from __future__ import annotations

import os

from optviz.errors import Issue, OptvizError
from optviz.pipeline.sizes import format_bytes

BYTES_AT_WORK = 64 << 20  # of the runs that are run together
MEMORY_SHARE = 0.5  # of the machine's memory that one command may fill
MEMORY_BYTES = 8 << 30  # where the system does not tell


def memory_bytes() -> int:
    """Return the memory of this machine."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return MEMORY_BYTES


def room_of(memory: int) -> int:
    """Return the bytes that a command may keep."""
    return int(MEMORY_SHARE * memory) - BYTES_AT_WORK


def refuse_more_than(memory: int, need: int, what: str, where: str, hint: str) -> None:
    """Raise OptvizError if ``need`` bytes do not fit; ``what`` needs them, ``hint`` says what would fit."""
    if need > room_of(memory):
        said = f"{what} need about {format_bytes(need)}, more than half of this machine's memory"
        raise OptvizError(Issue(said, hint=hint, where=where))
