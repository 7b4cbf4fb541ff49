"""Whether the outputs can be written: asked before the first step is computed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from optviz.errors import Issue

_LONGEST_NAME = 255  # bytes, on every usual file system


def check_outputs(paths: Iterable[str | Path]) -> list[Issue]:
    """What would keep these files from being written. Missing folders are no obstacle, they will be made."""
    seen: dict[str, str] = {}
    issues = []
    for path in map(Path, paths):
        said = _obstacle(path)
        place = os.path.realpath(path) if not said else str(path)
        if place in seen:
            said = f"the same file as {seen[place]}"
        seen.setdefault(place, str(path))
        if said:
            issues.append(Issue(f"cannot write {path}: {said}"))
    return issues


def _obstacle(path: Path) -> str:
    if "\0" in str(path) or len(os.fsencode(path.name)) > _LONGEST_NAME:
        return "no file can have this name"
    if path.is_dir():
        return "it is a folder"
    if path.exists() and not os.access(path, os.W_OK):
        return "it is write-protected"
    folder = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    if not folder.is_dir():
        return f"{folder} is not a folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"no permission to write in {folder}"
