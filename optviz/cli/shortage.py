"""Ends a command in one line where its surroundings give out: no room to print, no memory, no open files, no folder."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from traceback import walk_tb

import typer

from optviz.cli.terminal import say
from optviz.errors import CANNOT_WRITE

OUT_OF_MEMORY = "out of memory; a smaller render.size, fewer steps or --jobs 1 need less"
LEAST_BYTES = 400_000_000  # of addresses, not of memory: what a small race takes with all its libraries
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.EAGAIN}  # too many open files, or no more processes
LACKS_MEMORY = ("can't start new thread", "failed to map segment", "Cannot allocate memory")  # said by other errors


@contextmanager
def shortage_reported() -> Iterator[None]:
    """Say why the block cannot go on, and exit with the code for what cannot be written; other errors pass."""
    try:
        yield
    except Exception as error:
        said = _said_of(error)
        if not said:
            raise
        with suppress(OSError):  # it may be stderr that is full
            say(said, err=True)
        for stream in (sys.stdout, sys.stderr):
            _discard(stream.fileno())
        sys.exit(CANNOT_WRITE)


def _said_of(error: Exception) -> str:
    """Return what to say of an error that is no bug; nothing of any other."""
    if isinstance(error, MemoryError) or any(words in str(error) for words in LACKS_MEMORY):
        return OUT_OF_MEMORY
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        if _has_no_folder():
            return "cannot go on: the folder that it runs in is gone"
        if any(frame.f_code is typer.echo.__code__ for frame, _ in walk_tb(error.__traceback__)):
            return f"cannot write to standard output: {reason}"
        if error.errno in EXHAUSTED:
            return f"cannot go on: {reason}"
    return ""


def _has_no_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return True
    return False


def refuse_too_little_memory() -> None:
    """Raise MemoryError where the process may not have what NumPy takes as it is imported: OpenBLAS would end it."""
    if sys.platform == "win32":
        return
    import resource

    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each takes its share of what there is
    if most < LEAST_BYTES:
        raise MemoryError


def _discard(stream: int) -> None:
    """Let what the stream still holds go nowhere, else Python fails to print it once more as it ends."""
    with suppress(OSError):  # no file can be opened: what it holds is lost without this too
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream)
        os.close(nowhere)
