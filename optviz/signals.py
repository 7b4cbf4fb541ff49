"""Ends this process when Ctrl-C or SIGTERM says so, whatever it is doing, and leaves nothing unfinished behind.

Python raises an exception for a signal only between two of its own instructions, and loses one that is raised in a
callback of a weak reference. So the C-level handler tells a thread as well, which ends what has not ended by itself.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
GRACE_S = 1.0  # from a signal to the end of a process that did not end by itself
TIDY_TERMINAL = "\r\x1b[K\x1b[?25h"  # erases a line of progress and shows the cursor

_doomed: set[str] = set()  # files and folders that must not outlive this process
_undoings: list[Callable[[], None]] = []  # the last first: what gives back a terminal that was taken over
_received: list[int] = []
_ending = Lock()


def leave_on_signals(*, silently: bool = False) -> None:
    """Let Ctrl-C and SIGTERM end this process with code 130 or 143: by SystemExit, else without it after GRACE_S.

    A second signal ends it at once. One word is said on stderr, unless ``silently``. Call it in the main thread.
    """

    def leave(number: int, frame: object) -> None:
        _received.append(number)
        raise SystemExit(128 + number)

    lost, uncaught = sys.unraisablehook, sys.excepthook  # a library may lose the exception, or raise another for it
    sys.unraisablehook = lambda said: None if _received else lost(said)
    sys.excepthook = lambda *said: None if _received else uncaught(*said)
    for number in SAID:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as for what a shell starts in the background
            signal.signal(number, leave)
    atexit.register(_end, silently, flushed=True)  # registered first, it runs last: all else is in order by then
    if sys.platform != "win32":
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        Thread(target=_watch, args=(reader, silently), name="optviz-signals", daemon=True).start()


def leave_with_parent() -> None:
    """Let this worker process end, without a word, as soon as the process that started it has ended."""
    from multiprocessing import parent_process
    from multiprocessing.connection import wait

    def leave(sentinel: int) -> None:
        wait([sentinel])
        _received.append(signal.SIGTERM)
        _end(silently=True)

    parent = parent_process()
    if parent is not None:
        Thread(target=leave, args=(parent.sentinel,), name="optviz-parent", daemon=True).start()


@contextmanager
def doomed(path: str | Path) -> Iterator[None]:
    """Remove a temporary file or folder also where this process is ended from outside within the block."""
    _doomed.add(str(path))
    try:
        yield
    finally:
        _doomed.discard(str(path))


@contextmanager
def undone(undo: Callable[[], None]) -> Iterator[None]:
    """Call ``undo`` after the block, also where this process is ended from outside within it."""
    _undoings.append(undo)
    try:
        yield
    finally:
        _undoings.remove(undo)
        undo()


def _watch(reader: int, silently: bool) -> None:
    """End the process GRACE_S after the first signal, at once after a second."""
    from select import select

    told: list[int] = []
    while len(told) < 2 and select([reader], [], [], GRACE_S if told else None)[0]:
        told += [number for number in os.read(reader, 64) if number in SAID]
    _received.extend(told)  # the handler may have had no chance to run
    _end(silently)


def _end(silently: bool, *, flushed: bool = False) -> None:
    """End the process if a signal said so: worker processes and temporary files first, then one word."""
    if not _received:
        return
    _ending.acquire()  # for good: one thread ends the process, another one that would waits for that
    processes = sys.modules.get("multiprocessing.process")
    for child in processes.active_children() if processes else ():
        child.terminate()
    while _undoings:
        with suppress(OSError):
            _undoings.pop()()
    for path in tuple(_doomed):
        with suppress(OSError):
            os.unlink(path) if not os.path.isdir(path) else shutil.rmtree(path, ignore_errors=True)
    for stream in (sys.stdout, sys.stderr) if flushed else ():  # else another thread may hold their locks
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if not silently:
        with suppress(OSError):
            tidied = TIDY_TERMINAL if os.isatty(2) else ""
            os.write(2, f"{tidied}{SAID[signal.Signals(_received[0])]}\n".encode())
    os._exit(128 + _received[0])
