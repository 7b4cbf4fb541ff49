"""A file is either the old one or the whole new one, never half of it."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optviz.errors import OutputError

NOT_FILES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, with its suffix, that takes its place when the block ends well.

    Whatever ends the block otherwise, Ctrl-C included, leaves ``path`` as it was and nothing beside it.
    Folders that are missing are made; a link stays, what it leads to is replaced; the new file has the mode and, where
    that is allowed, the owner of the old one. Raises OutputError for what is no regular file, and where the file system
    refuses.
    """
    with blaming(path):
        target = followed(path)
        standing(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = _reserve(target)
    try:
        yield temporary
        with blaming(path):
            _succeed(temporary, standing(target))
            os.replace(temporary, target)
    finally:
        with suppress(FileNotFoundError):  # it has taken the target's place
            temporary.unlink()


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Turn an error of the file system in the block into an OutputError that names ``path``."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"cannot write {path}: {reason}") from error


def followed(path: Path) -> Path:
    """Where a symbolic link leads, so that the link stays a link."""
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def standing(path: Path) -> os.stat_result | None:
    """The regular file at ``path``, links followed; None where nothing is. Raises OSError for anything else."""
    try:
        found = os.stat(os.path.realpath(path))  # new/../race.gif is there, although no folder is called new yet
    except (FileNotFoundError, NotADirectoryError):
        return None
    for is_one, name in NOT_FILES:
        if is_one(found.st_mode):
            raise OSError(0, f"it is {name}")
    return found


def _reserve(target: Path) -> Path:
    """A new empty file in the target's own folder (renaming is atomic only within one file system), private so far."""
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:100]}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    return Path(name)


def _succeed(temporary: Path, old: os.stat_result | None) -> None:
    """Give the new file what the old one has, mode and owner, or the mode of any new file."""
    if old is None:
        os.chmod(temporary, _usual_mode())
        return
    new = os.stat(temporary)
    if sys.platform != "win32" and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        for user, group in ((-1, old.st_gid), (old.st_uid, -1)):  # a user may give to a group, root to a user
            with suppress(OSError):  # whose file it becomes is no reason to lose it
                os.chown(temporary, user, group)
    os.chmod(temporary, old.st_mode & 0o777)  # whoever owns it now: no set-user-id bit


def _usual_mode() -> int:
    """The permissions an ordinary new file gets; the umask can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
