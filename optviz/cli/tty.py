"""Takes over the terminal for a film: asks what it can draw, holds its screen, and gives it back as it was.

Film bytes alone are written here, by ``write_film``; all words go through ``optviz.cli.terminal.say``.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from select import select
from typing import Literal

from optviz.output.terminal import Grid
from optviz.signals import undone

Way = Literal["kitty", "kitty in tmux", "sixel", "blocks"]

PATIENCE_S = 0.1  # for all answers together
USUAL_CELL_PX = (8, 16)  # width and height where the terminal tells none
ASK_KITTY = b"\x1b_Gi=7303,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"  # may one pixel be sent? Answered by those who know how
ASK_NAME = b"\x1b[>0q"  # XTVERSION
ERASE_LINE = b"\r\x1b[K"  # some terminals print a question that they do not know
ASK_DEVICE = b"\x1b[c"  # DA1, which every terminal answers: asked last, its answer ends the waiting
CAN_SIXEL = "4"  # among the attributes of DA1
DEVICE = re.compile(rb"\x1b\[\?([\d;]*)c")
NAME = re.compile(rb"\x1bP>\|([^\x1b]*)\x1b\\")
KITTY_SAYS_YES = b"_Gi=7303;OK"
PASSES_KITTY = re.compile(r"kitty|ghostty", re.IGNORECASE)  # names of terminals that show placeholders

# another screen, no cursor, no wrapping at the last column; then the same backwards
ENTER = b"\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
LEAVE = b"\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"
SYNCHRONISED = b"\x1b[?2026h", b"\x1b[?2026l"  # what lies between is shown at once; unknown modes are passed over


@dataclass(frozen=True)
class Answers:
    """What a terminal said of itself."""

    attributes: tuple[str, ...] = ()  # of DA1
    name: str = ""  # by XTVERSION
    takes_kitty: bool = False


def way_of(answers: Answers, tmux: str = "") -> Way:
    """Return how pictures are drawn best. tmux: what it says of its own terminal, as ``asked_of_tmux`` returns it."""
    if answers.takes_kitty:
        return "kitty"
    passes, _, outer = tmux.partition("|")
    if answers.name.startswith("tmux") and passes in ("on", "all", "1") and PASSES_KITTY.search(outer):
        return "kitty in tmux"
    return "sixel" if CAN_SIXEL in answers.attributes else "blocks"


def parsed(said: bytes) -> Answers:
    """Return what a terminal's answers mean."""
    device, name = DEVICE.search(said), NAME.search(said)
    return Answers(
        tuple(device[1].decode().split(";")) if device else (),
        name[1].decode("ascii", "replace") if name else "",
        KITTY_SAYS_YES in said,
    )


def asked_of_tmux() -> str:
    """Return whether tmux passes sequences on, and the names of its terminal: ``on|kitty(0.40)|xterm-kitty``."""
    form = "#{allow-passthrough}|#{client_termtype}|#{client_termname}"
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(
            ["tmux", "display-message", "-p", form], capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        return asked.stdout.strip()
    return ""


class Tty:
    """The terminal on standard output, in a mode in which keys come one by one and are not shown."""

    def __init__(self, output: int) -> None:
        self._output = output
        self.grid = _grid_of(output)

    def ask(self) -> Answers:
        """Ask what the terminal is, and wait for PATIENCE_S at most."""
        self.write_film(ASK_KITTY + ASK_NAME + ASK_DEVICE)
        said, end = b"", time.monotonic() + PATIENCE_S
        while not DEVICE.search(said) and (left := end - time.monotonic()) > 0 and self._has_input(left):
            said += os.read(self._output, 1024)
        self.write_film(ERASE_LINE)
        return parsed(said)

    def write_film(self, data: bytes) -> None:
        """Write bytes that draw, all of them, as they are."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._output, view) :]

    def key(self, seconds: float) -> bytes:
        """Return what is typed within that time, at least one look; nothing where nothing is."""
        return os.read(self._output, 1024) if self._has_input(max(0.0, seconds)) else b""

    @contextmanager
    def screen(self) -> Iterator[None]:
        """Show another screen as long as the block runs, however it ends."""

        def leave() -> None:
            self.write_film(LEAVE)

        self.write_film(ENTER)
        with undone(leave):
            yield

    def _has_input(self, seconds: float) -> bool:
        return bool(select([self._output], [], [], seconds)[0])


@contextmanager
def terminal(stream: int) -> Iterator[Tty]:
    """Yield the terminal that a stream writes to; its modes come back however the block ends. Ctrl-C works in it."""
    output = os.open(os.ttyname(stream), os.O_RDWR | os.O_NOCTTY)  # the stream itself may be for writing alone
    before = termios.tcgetattr(output)
    mode = termios.tcgetattr(output)
    mode[3] &= ~(termios.ECHO | termios.ICANON)
    mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
    mode[6][termios.VSUSP] = b"\0"  # Ctrl-Z would leave the shell without its cursor

    def give_back() -> None:
        termios.tcflush(output, termios.TCIFLUSH)  # a late answer is not for the shell
        termios.tcsetattr(output, termios.TCSANOW, before)

    try:
        with undone(give_back):
            termios.tcsetattr(output, termios.TCSANOW, mode)
            yield Tty(output)
    finally:
        os.close(output)


def _grid_of(output: int) -> Grid:
    """Return the terminal's cells, by TIOCGWINSZ."""
    rows, columns, width, height = struct.unpack("4H", fcntl.ioctl(output, termios.TIOCGWINSZ, bytes(8)))
    rows, columns = rows or 24, columns or 80
    cell = (width // columns, height // rows) if width >= columns and height >= rows else USUAL_CELL_PX
    return Grid(columns, rows, cell)


def is_tmux(answers: Answers) -> bool:
    """Return whether tmux stands between, on this machine, where it can be asked."""
    return answers.name.startswith("tmux") and "TMUX" in os.environ
