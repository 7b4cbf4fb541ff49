"""Errors that a user can mend: where, what is wrong, what is allowed, the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from unicodedata import category

P = ParamSpec("P")
T = TypeVar("T")

WRONG_CALL = 2  # the scenario or the call is wrong
CANNOT_WRITE = 1  # the file system said no
INTERRUPTED = 130  # Ctrl-C, by the shell's convention
FORMULA_BEGINS = tuple("=+-@\t\r")  # of a cell that spreadsheets execute
LONGEST_QUOTE = 48  # characters of a value or key that a message quotes


@dataclass(frozen=True)
class Issue:
    """One mistake. ``str(issue)`` is ``where:line:column: path: message; hint``."""

    message: str
    path: str = ""  # dotted path inside the scenario, such as optimizers[1].adam.lr
    hint: str = ""  # what to write instead
    where: str = ""  # a file, or a flag with its text
    line: int | None = None  # of the file, counted from 1
    column: int | None = None  # of the line, or of the flag's text; counted from 1
    width: int = 0  # characters of the offending token; 0: not known
    source: str = ""  # the offending line

    def __post_init__(self) -> None:
        """Whatever a file or a flag holds, a mistake is told on one line, in characters that can be seen."""
        for name in ("message", "path", "hint", "where"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def at(self, where: str, line: int | None, column: int | None, width: int = 0, source: str = "") -> Issue:
        """Return the same mistake with its place: a file or a flag, and what stands there."""
        return replace(self, where=where, line=line, column=column, width=width, source=source)

    def in_flag(self, flag: str) -> Issue:
        """Return the same mistake with its place in a flag, whose text holds the source if that is one formula."""
        start = flag.rfind(self.source) if self.source else -1
        column = start + self.column if self.column and start >= 0 else None
        return self.at(flag, None, column, self.width)

    def to_dict(self) -> dict[str, Any]:
        """Return the keys that ``--json`` prints."""
        return {
            "message": self.message,
            "path": self.path,
            "hint": self.hint,
            "file": self.where,
            "line": self.line,
            "column": self.column,
        }

    def __str__(self) -> str:
        in_flag = self.where and self.line is None
        parts = (self.where,) if in_flag else (self.where, self.line, self.column)
        place = ":".join(str(part) for part in parts if part not in ("", None))
        said = self.message + (f"; {self.hint}" if self.hint else "")
        return ": ".join(part for part in (place, self.path, said) if part)


class OptvizError(Exception):
    """Every mistake found, at once. The command line prints them and exits with ``exit_code``."""

    exit_code = WRONG_CALL

    def __init__(self, issues: Issue | str | Iterable[Issue]) -> None:
        if isinstance(issues, str):
            issues = Issue(issues)
        self.issues: tuple[Issue, ...] = (issues,) if isinstance(issues, Issue) else tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


def misfit(expected: str, given: object, hint: str = "", path: str = "") -> OptvizError:
    """Return the error of a Python user who gave something else than what is ``expected``, told with what it is."""
    return OptvizError(Issue(f"{expected}, got {legible(repr(given))}", path, hint))


def told_briefly(function: Callable[P, T]) -> Callable[P, T]:
    """Let a user's mistake show the user's own lines in a traceback, not those inside ``function``."""

    @wraps(function)
    def call(*positional: P.args, **named: P.kwargs) -> T:
        try:
            return function(*positional, **named)
        except OptvizError as error:
            raise error.with_traceback(None) from None

    return call


class OutputError(OptvizError):
    """A file could not be written (no space, no permission)."""

    exit_code = CANNOT_WRITE


def printable(text: str) -> str:
    """Return the text with escapes, such as ``\\n``, for characters that are not seen or move others."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or category(c) == "Zs" else c.encode("unicode_escape").decode() for c in text)


def csv_cells(row: Iterable[object]) -> list[object]:
    """Return a row of CSV in which a spreadsheet executes no text: an apostrophe before what would be a formula.

    Numbers stay numbers, -0.5 too.
    """
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_BEGINS) else cell for cell in row]


def legible(text: object) -> str:
    """Return a text for use in a message: printable, on one line and not too long."""
    shown = printable(str(text))
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 1] + "…"


def first_line(error: Exception) -> str:
    """Return the first line of what an error says; its kind where it says nothing, or nothing but a name."""
    kind = type(error).__name__
    lines = str(error).strip().splitlines() or [kind]
    return f"{kind}: {lines[0]}" if isinstance(error, LookupError) and lines[0] != kind else lines[0]


def join(path: str, part: str | int) -> str:
    """Return a dotted path one step further: to a key or a list index, as in ``optimizers[1].adam.lr``."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{legible(part)}" if path else legible(part)


def did_you_mean(name: str, allowed: Iterable[str]) -> str:
    """Return a hint that names the nearest allowed name, or lists them all when nothing is near; none of no names."""
    names = list(allowed)
    lowered = {candidate.lower(): candidate for candidate in names}
    near = get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return f"did you mean {lowered[near[0]]}?"
    return "allowed: " + ", ".join(names) if names else ""
