"""Ends a command whose results cannot be printed, such as on a full disk, in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from traceback import walk_tb

import typer

from optviz.errors import CANNOT_WRITE


@contextmanager
def full_output_reported() -> Iterator[None]:
    """Say why printing failed in the block, and exit with the code for what cannot be written; other errors pass."""
    try:
        yield
    except OSError as error:
        if not any(frame.f_code is typer.echo.__code__ for frame, _ in walk_tb(error.__traceback__)):
            raise
        with suppress(OSError):  # it may be stderr that is full
            typer.echo(f"cannot write to standard output: {error.strerror or error}", err=True)
        for stream in (sys.stdout, sys.stderr):
            _discard(stream.fileno())
        sys.exit(CANNOT_WRITE)


def _discard(stream: int) -> None:
    """Let what the stream still holds go nowhere, else Python fails to print it once more as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)
