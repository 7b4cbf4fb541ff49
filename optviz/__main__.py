"""Runs the command ``optviz``, also as ``python -m optviz``."""

import os
import sys

from optviz.signals import leave_on_signals


def main() -> None:
    """Run the command line; signals end it in good order from before the first import that takes time."""
    fill_missing_streams()
    leave_on_signals()
    from optviz.cli.shortage import shortage_reported

    with shortage_reported():
        from optviz.cli.app import main as run
    run()


def fill_missing_streams() -> None:
    """Let standard streams that are closed be empty ones: else the next file opened would be taken for one of them."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, "w" if number else "r", closefd=False))  # noqa: SIM115  # for the whole process


if __name__ == "__main__":  # spawned workers import this module too
    main()
