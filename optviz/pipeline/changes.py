"""Tells when a file holds something else than before, however editors save it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

POLL_S = 0.01  # between two looks, each of which takes less than a hundredth of that
SETTLE_S = 0.015  # for which a file must stay as it is: some editors empty it before they write
MOST_SETTLING = 12  # looks; a file that changes all the time is taken as it is then

Stamps: TypeAlias = dict[Path, object]
Seen: TypeAlias = tuple[bytes | None, Stamps]


class Changes:
    """Looks at a file by its name, again and again: an editor's new file under the old name is seen like any other.

    The file's bytes are compared, not its times: two saves within a tick of the clock differ, one that changes nothing
    is none. It is small; of what it refers to, which may be large, time, size and identity are compared.
    """

    def __init__(self, file: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._file, self._sleep = file, sleep
        self._others: dict[Path, None] = {}
        self._taken: Seen | None = None  # what was there when ``wait`` returned
        self._stamp: object = None  # of the file, before that was read

    def follow(self, others: Iterable[Path]) -> bool:
        """Look at other files as well, and at no more; return whether one is new, so that it must be read again."""
        wanted = dict.fromkeys(path for path in others if path.absolute() != self._file.absolute())
        is_more = bool(wanted.keys() - self._others.keys())
        self._others = wanted
        if self._taken is not None:  # what changed since ``wait`` returned stays a change: it may be read already
            held, known = self._taken
            self._taken = held, {path: known[path] if path in known else _stamp_of(path) for path in wanted}
        return is_more

    def pending(self) -> bool:
        """Say whether something changed after what ``wait`` returned for."""
        return self._look() != self._taken

    def confirm(self) -> None:
        """Forget what was taken if the file was saved since: what was read may be something that is gone again."""
        if _stamp_of(self._file) != self._stamp:
            self.forget()

    def forget(self) -> None:
        """Take what is there next as something else, whatever it is."""
        self._taken = None

    def wait(self) -> None:
        """Return once something is there that was not when this returned last, and is no longer being written."""
        while (seen := self._look()) == self._taken:
            self._sleep(POLL_S)
        for _ in range(MOST_SETTLING):
            self._stamp = _stamp_of(self._file)
            before, seen = seen, (self._sleep(SETTLE_S), self._look())[1]
            if seen == before and seen[0]:
                break
        self._taken = seen

    def _look(self) -> Seen:
        return _bytes_of(self._file), {path: _stamp_of(path) for path in self._others}


def _bytes_of(file: Path) -> bytes | None:
    """Return what the file holds; None where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return None


def _stamp_of(file: Path) -> object:
    """Return what differs after every save, but for those within a tick of the clock; None where there is no file."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
