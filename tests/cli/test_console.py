"""What is printed about errors, for people on terminals and in pipes."""

from __future__ import annotations

import sys

import pytest

from optviz.cli.console import print_issues
from optviz.cli.terminal import coloured
from optviz.errors import Issue
from tests.cli import Terminal

ISSUE = Issue("no such function: baele", path="function", hint="did you mean beale?")
IN_A_FILE = ISSUE.at("x.yaml", 1, 11, width=5, source="function: baele")


@pytest.mark.parametrize(
    ("terminal", "no_color", "term", "expected"),
    [(True, "", "xterm", True), (True, "1", "xterm", False), (True, "", "dumb", False), (False, "", "xterm", False)],
)
def test_errors_are_red_on_a_terminal_only(
    terminal: bool, no_color: str, term: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    assert (coloured("wrong", Terminal(terminal)) != "wrong") is expected


def printed(monkeypatch: pytest.MonkeyPatch, *issues: Issue, terminal: bool = False) -> str:
    stream = Terminal(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    print_issues(issues)
    return stream.getvalue()


def test_an_error_underlines_its_token(monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(monkeypatch, IN_A_FILE, ISSUE) == (
        "x.yaml:1:11: function: no such function: baele; did you mean beale?\n"
        "  function: baele\n"
        "            ^^^^^\n"
        "function: no such function: baele; did you mean beale?\n"
    )


def test_a_flag_is_its_own_source(monkeypatch: pytest.MonkeyPatch) -> None:
    flag = Issue("^ is not part of a formula", where="--function x^2", column=13, width=1)
    assert printed(monkeypatch, flag) == (
        "--function x^2: ^ is not part of a formula\n  --function x^2\n              ^\n"
    )


def test_the_message_and_the_carets_are_coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    message, source, carets = printed(monkeypatch, IN_A_FILE, terminal=True).splitlines()
    assert message == f"\x1b[31m{IN_A_FILE}\x1b[0m"
    assert source == "  function: baele"
    assert carets == "\x1b[31m            ^^^^^\x1b[0m"


def test_a_long_line_is_cut_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = Issue("wrong").at("x.yaml", 1, 201, width=3, source="a" * 200 + "bad" + "c" * 200)
    _, source, carets = printed(monkeypatch, issue).splitlines()
    assert len(source) <= 60
    assert source[carets.index("^") :].startswith("badccc")
