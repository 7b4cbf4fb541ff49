"""Checks the paths of outputs before the first step is computed: can they be written, and would a file be lost?"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from stat import S_ISREG

from optviz.errors import Issue
from optviz.output.atomic import is_numbered, link_target, numbered_files, regular_file_at
from optviz.output.metadata import made_by_optviz

LONGEST_NAME_BYTES = 255  # on every usual file system


def check_outputs(paths: Iterable[str]) -> dict[str, Issue]:
    """Return an issue for each path that cannot be written. A missing folder is no obstacle, it will be made."""
    seen: dict[str, str] = {}
    issues = {}
    for written in paths:
        path = Path(written)
        said = _obstacle(path)
        place = os.path.realpath(path) if not said else str(path)
        if place in seen:
            said = f"the same file as {seen[place]}"
        seen.setdefault(place, str(path))
        if said:
            issues[written] = Issue(f"cannot write {path}: {said}")
    return issues


def check_losses(
    paths: Iterable[str], inputs: Mapping[str, Path | int], named: Collection[str] = frozenset()
) -> list[Issue]:
    """Return an issue for each path whose writing would destroy a file.

    inputs: what is read, by what a message calls it, such as "the scenario my.yaml": a path or the number of an open
    file; no output may be one of them, through any link or spelling. named: outputs that the user named, which may
    replace any other file; the rest may replace only files made by optviz.
    """
    read = [(name, found) for name, place in inputs.items() if (found := _found(place))]
    issues = []
    for path in _each_file(paths):
        there = _found(path)
        if there is None:
            continue
        same = next((name for name, found in read if os.path.samestat(found, there)), None)
        if same is not None:
            issues.append(Issue(f"cannot write {path}: it is {same}, which is read", hint="name another output"))
        elif not _is_named(path, named) and S_ISREG(there.st_mode) and not made_by_optviz(path):
            hint = f"move it away, or name it to replace it: -o {path}"
            issues.append(Issue(f"cannot write {path}: a file is there that optviz did not make", hint=hint))
    return issues


def _is_named(path: str, named: Collection[str]) -> bool:
    return path in named or any(is_numbered(one) and Path(path) in numbered_files(Path(one)) for one in named)


def _each_file(paths: Iterable[str]) -> Iterator[str]:
    """Yield each path; for a numbered one, such as frames/%04d.png, the files there that it stands for."""
    for path in paths:
        yield from map(str, numbered_files(Path(path))) if is_numbered(path) else [path]


def _found(place: str | Path | int) -> os.stat_result | None:
    """Return the status of a file, links followed; None if it has none: reading or writing it will say why."""
    try:
        return os.stat(place if isinstance(place, int) else os.path.realpath(place))
    except (OSError, ValueError):
        return None


def _obstacle(path: Path) -> str:
    """Return why ``path`` cannot be written, or nothing."""
    if "\0" in str(path) or len(os.fsencode(path.name)) > LONGEST_NAME_BYTES:
        return "no file can have this name"
    try:
        there = regular_file_at(path)
    except OSError as error:
        return error.strerror or str(error)
    if there and not os.access(path, os.W_OK):
        return "it is write-protected"
    folder = next(parent for parent in link_target(path).absolute().parents if os.path.lexists(parent))
    if not folder.is_dir():
        return f"{folder} is not a folder"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"no permission to write in {folder}"
