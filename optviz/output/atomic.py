"""A file is either the old one or the whole new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from optviz.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``, with its suffix, that takes its place when the block ends well.

    Whatever ends the block otherwise, Ctrl-C included, leaves ``path`` as it was and nothing beside it.
    Folders that are missing are made. Raises OutputError where the file system refuses.
    """
    with blaming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = _reserve(path)
    try:
        yield temporary
        with blaming(path):
            os.replace(temporary, _target(path))
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


def _target(path: Path) -> Path:
    """Where a symbolic link leads, so that the link stays a link."""
    return path.resolve() if path.is_symlink() else path


def _reserve(path: Path) -> Path:
    """A new empty file in the target's own folder (renaming is atomic only within one file system)."""
    target = _target(path)
    if target.is_dir():
        raise IsADirectoryError(0, "it is a folder")
    handle, name = tempfile.mkstemp(prefix=f".{target.stem[:100]}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    os.chmod(name, _usual_mode())  # mkstemp's own is private to the user
    return Path(name)


def _usual_mode() -> int:
    """The permissions an ordinary new file gets; the umask can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
