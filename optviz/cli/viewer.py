"""Opens a file or an address in the system's viewer, where there is a display."""

from __future__ import annotations

import os
import platform
import sys

import typer

from optviz.errors import Issue, OutputError


def has_display() -> bool:
    """Return whether a window can be opened: not over ssh to a machine without X or Wayland."""
    if sys.platform in ("win32", "darwin", "cygwin") or "microsoft" in platform.release().lower():
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_file(path: str) -> None:
    """Open a file that was written. Raises OutputError where that cannot be."""
    if not has_display():
        hint = "optviz race FILE --show plays it in this terminal"
        raise OutputError(Issue("written, but there is no display to open it on", hint=hint, where=path))
    if typer.launch(path) != 0:
        raise OutputError(Issue("written, but no viewer could be started", hint="open it yourself", where=path))
