"""A film in the terminal: asked what it can draw, and given back as it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from select import select

import pytest

if sys.platform == "win32":
    pytest.skip("terminals of POSIX", allow_module_level=True)

import fcntl
import pty
import struct
import termios

from optviz.cli.player import film_for, painter_for
from optviz.cli.tty import ASK_DEVICE, ENTER, LEAVE, Answers, parsed, way_of
from optviz.output.terminal import Grid
from optviz.output.terminal.blocks import BlockPainter
from optviz.output.terminal.kitty import KittyPainter
from optviz.output.terminal.sixel import SixelPainter
from optviz.pipeline.run import run
from optviz.scenario import loads
from tests.cli import SMALL, optviz_says
from tests.output.films import film

ROOT = Path(__file__).parents[2]
KITTY_SAYS = b"\x1b_Gi=7303;OK\x1b\\\x1bP>|kitty(0.40.0)\x1b\\\x1b[?62;52;c"
XTERM_SAYS = b"\x1bP>|XTerm(390)\x1b\\\x1b[?64;1;2;4;6;9;15;16;17;18;21;22;28c"
CONSOLE_SAYS = b"\x1b[?6c"
PLAY = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C reaches this process
from optviz.signals import leave_on_signals
leave_on_signals()
from optviz.cli import player
from tests.output.films import film
player.film_for = lambda race, way, grid: film(frames={frames}, fps=50)
player.show(None)
print("ended")
"""


@pytest.mark.parametrize(
    ("said", "tmux", "way"),
    [
        (KITTY_SAYS, "", "kitty"),
        (XTERM_SAYS, "", "sixel"),
        (b"\x1bP>|WezTerm 2026\x1b\\\x1b[?65;4;6;18;22;52c", "", "sixel"),
        (CONSOLE_SAYS, "", "blocks"),
        (b"", "", "blocks"),
        (b"\x1b_Gi=7303;EINVAL:no\x1b\\\x1b[?62;4c", "", "sixel"),
        (b"\x1b[?64;14;24c", "", "blocks"),  # none of them is 4
        (b"\x1bP>|tmux 3.5\x1b\\\x1b[?1;2;4c", "off|kitty(0.40)|xterm-kitty", "sixel"),
        (b"\x1bP>|tmux 3.5\x1b\\\x1b[?1;2c", "on|kitty(0.40)|xterm-kitty", "kitty in tmux"),
        (b"\x1bP>|tmux 3.5\x1b\\\x1b[?1;2c", "all||xterm-ghostty", "kitty in tmux"),
        (b"\x1bP>|tmux 3.5\x1b\\\x1b[?1;2c", "on|XTerm(390)|xterm-256color", "blocks"),
        (b"\x1bP>|tmux 3.5\x1b\\\x1b[?1;2c", "", "blocks"),
    ],
)
def test_the_way_is_the_best_that_the_terminal_says(said: bytes, tmux: str, way: str) -> None:
    assert way_of(parsed(said), tmux) == way


def test_answers_are_read_whole() -> None:
    assert parsed(XTERM_SAYS).name == "XTerm(390)"
    assert parsed(KITTY_SAYS) == Answers(("62", "52", ""), "kitty(0.40.0)", takes_kitty=True)


@pytest.mark.thorough
def test_the_film_is_as_large_as_the_screen() -> None:
    race = run(loads(SMALL))
    whole = film_for(race, "sixel", Grid(40, 20, (8, 16)))
    assert (whole.width, whole.height) == (320, 180)
    assert film_for(race, "kitty", Grid(200, 60, (10, 20))).width == 960
    squares = film()
    for way, kind in (("kitty", KittyPainter), ("sixel", SixelPainter), ("blocks", BlockPainter)):
        assert isinstance(painter_for(squares, way, Grid(80, 24, (8, 16))), kind)


# --- a terminal that answers --------------------------------------------------------------------------


@dataclass
class Played:
    """A program in a pseudo terminal, and all that it wrote there."""

    process: subprocess.Popen[bytes]
    outside: int
    inside: int
    before: list[object]
    written: bytes = b""
    asked: bool = field(default=False)

    def until(self, condition: Callable[[bytes], bool], answer: bytes = b"") -> None:
        """Read until the condition holds of what was written; answer the question for the device."""
        while not condition(self.written):
            assert select([self.outside], [], [], 120)[0], self.written[-300:]
            try:
                self.written += os.read(self.outside, 65536)
            except OSError:  # Linux: the program has ended
                return
            if not self.asked and ASK_DEVICE in self.written:
                self.asked = True
                os.write(self.outside, answer)

    def ended(self, answer: bytes = b"") -> int:
        """Wait for the end; return the exit code."""
        while self.process.poll() is None:
            if select([self.outside], [], [], 0.02)[0]:
                with contextlib.suppress(OSError):
                    self.written += os.read(self.outside, 65536)
        while select([self.outside], [], [], 0)[0]:
            self.written += os.read(self.outside, 65536)
        return self.process.returncode

    def assert_given_back(self) -> None:
        """The screen, the cursor, wrapping and the modes are what they were."""
        assert self.written.count(ENTER) == self.written.count(LEAVE) == 1
        after = self.written.split(LEAVE)[1]
        assert b"\x1b[?25l" not in after
        assert b"\x1b_G" not in after
        assert termios.tcgetattr(self.inside) == self.before


@pytest.fixture
def played() -> Iterator[Callable[[int], Played]]:
    """Start a film of some frames in a terminal of 80 x 24 cells of 8 x 16 pixels."""
    started: list[Played] = []

    def start(frames: int) -> Played:
        outside, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 640, 384))
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment.pop("TMUX", None)
        writing = os.open(os.ttyname(inside), os.O_WRONLY | os.O_NOCTTY)  # as a shell's > /dev/tty
        process = subprocess.Popen(
            [sys.executable, "-c", PLAY.format(frames=frames)],
            stdin=inside,
            stdout=writing,
            stderr=inside,
            env=environment,
            start_new_session=True,
        )
        os.close(writing)
        started.append(Played(process, outside, inside, termios.tcgetattr(inside)))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()
        os.close(one.outside)
        os.close(one.inside)


@pytest.mark.parametrize(
    ("answer", "mark"), [(KITTY_SAYS, b"\x1b_Ga=T"), (XTERM_SAYS, b"\x1bP0;1q"), (b"", "▀".encode())]
)
@pytest.mark.thorough
def test_a_film_is_played_and_the_terminal_given_back(
    played: Callable[[int], Played], answer: bytes, mark: bytes
) -> None:
    one = played(5)
    one.until(lambda written: LEAVE in written, answer)
    assert one.ended() == 0
    assert mark in one.written.split(ENTER)[1].split(LEAVE)[0]
    assert one.written.endswith(b"ended\r\n")
    one.assert_given_back()


@pytest.mark.parametrize(("how", "code", "word"), [("key", 130, b"interrupted"), ("signal", 143, b"terminated")])
@pytest.mark.thorough
def test_whoever_ends_it_gets_the_terminal_back(
    played: Callable[[int], Played], how: str, code: int, word: bytes
) -> None:
    one = played(100_000)
    one.until(lambda written: written.count(b"\x1b_Ga=T") > 3, KITTY_SAYS)
    os.write(one.outside, b"\x03") if how == "key" else one.process.send_signal(signal.SIGTERM)
    assert one.ended() == code
    assert word in one.written.split(LEAVE)[1]
    assert b"a=d,d=I" in one.written
    assert b"Traceback" not in one.written
    one.assert_given_back()


@pytest.mark.thorough
def test_q_ends_the_film(played: Callable[[int], Played]) -> None:
    one = played(100_000)
    one.until(lambda written: written.count(b"\x1b_Ga=T") > 1, KITTY_SAYS)
    os.write(one.outside, b"q")
    assert one.ended() == 0
    one.assert_given_back()


# --- no terminal --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_without_a_terminal_nothing_is_shown_and_a_sentence_says_so(folder: Path) -> None:
    result = optviz_says("race", "small.yaml", "--show")
    said = "--show: standard output is no terminal; -o writes the film to a file\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", said)
    assert optviz_says("race", "small.yaml", "--show", "--json").exit_code == 2
    assert {path.name for path in folder.iterdir()} == {"small.yaml"}
