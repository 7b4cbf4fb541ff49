"""Replaces files as a whole: at any time a path holds the old file or the complete new one."""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optviz.errors import OutputError
from optviz.signals import doomed

if sys.platform != "win32":
    import fcntl

NOT_FILES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of ``path``, with its suffix; rename it to ``path`` if the block succeeds.

    An exception in the block, Ctrl-C included, leaves ``path`` as it was and removes the temporary file. Missing
    folders are made; a symbolic link stays and its target is replaced; the new file gets the mode and, where that is
    allowed, the owner of the old one. Raises OutputError for what is no regular file and for errors of the file system.
    """
    with naming_path_in_errors(path):
        target = link_target(path)
        regular_file_at(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        handle, temporary = _reserve(target)
    try:
        with doomed(temporary):
            yield temporary
            with naming_path_in_errors(path):
                inherit(temporary, regular_file_at(target))
                os.replace(temporary, target)
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):  # renamed
            temporary.unlink()


_NUMBER = re.compile(r"%0?(\d*)d")


def is_numbered(path: Path | str) -> bool:
    """Tell whether a path stands for a file a frame, such as frames/%04d.png."""
    name = Path(path).name
    return name.lower().endswith(".png") and len(_NUMBER.findall(name)) == 1


def numbered_files(path: Path) -> list[Path]:
    """Return the files there that a numbered path stands for, in the order of their numbers."""
    before, _, after = _NUMBER.split(path.name)
    pattern = re.compile(rf"{re.escape(before)}(\d+){re.escape(after)}")
    files = path.parent.iterdir() if path.parent.is_dir() else ()
    return sorted(
        (file for file in files if pattern.fullmatch(file.name)), key=lambda file: (len(file.name), file.name)
    )


def bytes_at(path: Path | str) -> int:
    """Return the size of a file, or of all that a numbered path stands for."""
    path = Path(path)
    return sum(file.stat().st_size for file in (numbered_files(path) if is_numbered(path) else [path]))


@contextmanager
def naming_path_in_errors(path: Path) -> Iterator[None]:
    """Turn errors of the file system in the block into an OutputError that names ``path``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write {path}: {reason}") from error


def link_target(path: Path) -> Path:
    """Return where a symbolic link leads, or ``path`` itself."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def regular_file_at(path: Path) -> os.stat_result | None:
    """Return the status of the regular file at ``path``, links followed; None if there is nothing.

    Raises OSError for anything else, such as a folder.
    """
    try:
        found = os.stat(os.path.realpath(path))  # finds new/../race.gif before the folder new is made
    except (FileNotFoundError, NotADirectoryError):
        return None
    for is_one, name in NOT_FILES:
        if is_one(found.st_mode):
            raise OSError(0, f"it is {name}")
    return found


def _reserve(target: Path) -> tuple[int, Path]:
    """Create an empty private file in the target's own folder: renaming is atomic only within one file system.

    Return its number, which holds a lock as long as this process lives, and its path.
    """
    handle, name = tempfile.mkstemp(prefix=_prefix(target), suffix=target.suffix, dir=target.parent)
    _lock(handle)
    return handle, Path(name)


def _prefix(target: Path) -> str:
    """Return how the names of temporary files for ``target`` begin; few letters, since a name has 255 bytes at most."""
    return f".{target.stem[:48]}-optviz-"


def _remove_abandoned(target: Path) -> None:
    """Remove the temporary files for ``target`` of runs that were killed: nobody holds their locks."""
    if sys.platform == "win32":
        return
    with os.scandir(target.parent) as found:
        names = [
            one.name for one in found if one.name.startswith(_prefix(target)) and one.is_file(follow_symlinks=False)
        ]
    for name in names:
        if Path(name).suffix != target.suffix:
            continue
        with suppress(OSError):  # another's file may stay
            handle = os.open(target.parent / name, os.O_RDONLY)
            try:
                if _lock(handle):
                    os.unlink(target.parent / name)
            finally:
                os.close(handle)


def _lock(handle: int) -> bool:
    """Lock an open file until it is closed or the process ends; return whether nobody else holds its lock."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody does, or the file system has no locks, where nothing counts as abandoned
        return False
    return True


def inherit(temporary: Path, old: os.stat_result | None) -> None:
    """Give the new file the mode and owner of the old one, or the mode that any new file gets.

    Where the file system has no modes or refuses, the new file stays private: the other files are not lost for that.
    """
    if old is None:
        umask = os.umask(0o077)  # it can only be read by setting it
        os.umask(umask)
        with suppress(OSError):
            os.chmod(temporary, 0o666 & ~umask)
        return
    new = os.stat(temporary)
    if sys.platform != "win32" and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        for user, group in ((-1, old.st_gid), (old.st_uid, -1)):  # a user may change the group, root the owner
            with suppress(OSError):  # a file of another owner is better than none
                os.chown(temporary, user, group)
    with suppress(OSError):
        os.chmod(temporary, old.st_mode & 0o777)  # not the set-user-id bits: the owner may have changed
