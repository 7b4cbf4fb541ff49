"""Runs optviz in a terminal with hostile words in every place, and prints which reached it raw.

A process without threads forks a child for each call, in a pseudo terminal of its own: ``python -m
tests.hostile.terminal FOLDER``; with ``each`` behind it, every payload goes into every place alone.
"""

from __future__ import annotations

import os
import pty
import re
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.cli import SMALL
from tests.cli.test_terminal import ALL, ARGUMENTS, AS_YAML, PAYLOADS, SCENARIOS
from tests.hostile.walk import HEAVY

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\x1b\[[0-9]*[AK]|\r\n?")  # colours, and what redraws progress
OTHERS = {name: payload for name, payload in PAYLOADS.items() if name != "lone surrogate"}


def calls(payload: str) -> Iterator[tuple[str, list[str]]]:
    """Yield what x.yaml holds and the arguments, for every place that takes words."""
    spelled = "".join(f"\\U{ord(c):08x}" for c in payload)
    for arguments in ARGUMENTS:
        yield SMALL, [word.replace(ALL, payload) for word in arguments]
    for text in SCENARIOS:
        for arguments in (["check", "x.yaml"], ["race", "x.yaml", "-o", "x.json"]):
            yield text.replace(AS_YAML, spelled), arguments


def said_in_terminal(arguments: list[str]) -> tuple[int, str]:
    """Return the exit code and all that a terminal is sent."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TERM"] = "xterm-256color"
        sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115
        sys.argv = ["optviz", *arguments]
        from optviz.cli.app import main

        code = 70
        try:
            main()
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    said = b""
    try:
        while part := os.read(terminal, 65536):
            said += part
    except OSError:  # Linux: the other end is closed
        pass
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode("utf-8", "replace")


def faults(payload: str) -> Iterator[str]:
    """Yield a line for each place from which a character came through that is not seen, and for each odd exit code."""
    for text, arguments in calls(payload):
        for name in ("x.yaml", "small.yaml"):
            Path(name).write_text(text if name == "x.yaml" else SMALL, encoding="utf-8")
        code, said = said_in_terminal(arguments)
        raw = {c for c in OURS.sub("", said) if not c.isprintable() and c != "\n"}
        if raw or code not in (0, 1, 2):
            yield f"{code} {sorted(raw)} {arguments} {text!r}"


def main() -> None:
    """Try all payloads together, or each alone."""
    for name in HEAVY:
        import_module(name)
    os.chdir(sys.argv[1])
    for payload in OTHERS.values() if "each" in sys.argv else ["".join(OTHERS.values())]:
        for fault in faults(payload):
            print(fault)


if __name__ == "__main__":
    main()
