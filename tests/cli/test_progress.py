"""What a terminal shows while a command renders, and what pipes get."""

from __future__ import annotations

import re

import pytest

from optviz.cli.progress import progress_lines
from tests.cli import Terminal


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def characters(stream: Terminal) -> str:
    """What was written, without colours and movements of the cursor."""
    return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", stream.getvalue())


def test_a_line_says_what_is_done_how_far_and_how_long() -> None:
    stream = Terminal(True)
    with progress_lines(["a.gif"], stream=stream) as (line,):
        line.stage("racing")
        line.stage("drawing")
        line.count(1, 4)
        line.count(2, 4)
    text = characters(stream)
    assert "drawing a.gif ━" in text
    assert " 2/4 frames " in text
    assert re.search(r"\d\d:\d\d|--:--", text)


def test_a_line_is_shown_from_its_first_stage_to_its_last_and_nothing_remains() -> None:
    stream = Terminal(True)
    with progress_lines(["one", "two", "[red]three"], stream=stream) as (one, _, three):
        one.stage("racing")
        three.stage("racing")
        one.stage("")
        three.count(3, 3)
    text = characters(stream)
    last = text.rstrip().splitlines()[-1]
    assert "racing [red]three" in last  # a name is no markup
    assert "3/3 frames" in last
    assert "two" not in text
    assert stream.getvalue().endswith("\x1b[1A\x1b[2K")  # up, and erased


@pytest.mark.parametrize(
    ("terminal", "quiet", "term", "drawn"),
    [
        (True, False, "xterm", True),
        (False, False, "xterm", False),
        (True, True, "xterm", False),
        (True, False, "dumb", False),
    ],
)
def test_only_a_terminal_is_drawn_on(
    terminal: bool, quiet: bool, term: str, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    stream = Terminal(terminal)
    with progress_lines(["x"], quiet=quiet, stream=stream) as (line,):
        line.stage("racing")
        line.count(1, 2)
    assert bool(stream.getvalue()) is drawn
