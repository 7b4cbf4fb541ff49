"""The command line, called in this process, and a terminal made of text."""

from __future__ import annotations

import io
from functools import cache

from typer import testing
from typer.testing import CliRunner, Result

from optviz.cli import app as cli

testing._get_command = cache(testing._get_command)  # not made for every call

SMALL = "function: beale\nsteps: 5\noptimizers: [adam, sgd]\nrender: {size: 320x180, frames: 3, hold: 0, panels: []}\n"
BROKEN = "function: baele\nstepps: 3\noptimizers: [adamaxx]\n"

APP = cli.app_of(cli.commands())
NAMES = [name for group in cli.COMMANDS.values() for name in group]


def optviz_says(*arguments: str, given: str = "") -> Result:
    """What the command prints; ``given`` is its standard input."""
    return CliRunner().invoke(APP, arguments, input=given)


class Terminal(io.StringIO):
    """Text that may say it is a terminal."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal
