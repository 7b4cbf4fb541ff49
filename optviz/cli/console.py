"""Prints results and errors, for people and for scripts."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from optviz.cli.options import TableForm
from optviz.cli.quote import quote
from optviz.cli.tables import numbers, ranking, table
from optviz.cli.terminal import say
from optviz.errors import INTERRUPTED, Issue, OptvizError
from optviz.pipeline.sizes import format_bytes

if TYPE_CHECKING:
    from optviz.pipeline.forecast import Forecast
    from optviz.pipeline.render import Rendered

INDENT = "  "  # of a quoted line
LOST = "in every trial half of its runs or more diverge; a value from the middle was kept"


@contextmanager
def errors_printed(*, as_json: bool = False) -> Iterator[None]:
    """Print the user's mistakes and exit with the error's code; anything else is a bug and keeps its trace."""
    try:
        yield
    except OptvizError as error:
        if as_json:
            print_json({"errors": [issue.to_dict() for issue in error.issues]})
        else:
            print_issues(error.issues)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        say("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


# --- errors -------------------------------------------------------------------------------------------


def print_issues(issues: Iterable[Issue]) -> None:
    """Print each on stderr: where and what on one line, below it the source with ``^^^`` under the token."""
    cells = shutil.get_terminal_size().columns - len(INDENT)
    for issue in issues:
        say(str(issue), err=True, is_error=True)
        source = issue.source or (issue.where if issue.line is None else "")  # a flag is its own source
        if source and issue.column is not None:
            line, carets = quote(source, issue.column, issue.width, cells)
            say(f"{INDENT}{line}", err=True)
            say(f"{INDENT}{carets}", err=True, is_error=True)


# --- results ------------------------------------------------------------------------------------------


def print_json(document: Any) -> None:
    """Print one JSON document on stdout, for scripts; what a terminal would obey stands in JSON's own escapes."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    say(re.sub(r"[^\x20-\x7e\n]", lambda c: c[0] if c[0].isprintable() else json.dumps(c[0])[1:-1], text))


def print_result(result: Rendered, form: TableForm) -> None:
    """Print the ranking, the table that the scenario asks for, and the files.

    A table for another program, in Markdown or CSV, is all that stands on standard output.
    """
    if result.is_unchanged:
        say(f"unchanged: {', '.join(path for path, _ in result.files)}")
        return
    print_trade_offs(result)
    print_note(result.name, result.note)
    is_alone = result.table is not None and form != TableForm.text
    say(ranking(result.places, result.measure), err=is_alone)
    if result.table is not None:
        text = numbers(result.table, form)
        say(text if is_alone else f"\n{text}\n")
    print_tunings(result.tunings, err=is_alone)
    for label, (rule, distance) in result.twins.items():
        say(f"{label}: never farther than {distance:.2g} from {rule} as optviz writes it", err=is_alone)
    lines = [f"{path}  {format_bytes(size)}" for path, size in result.files]
    say("\n".join(lines) + f"  in {result.seconds:.1f} s", err=is_alone)


def print_tunings(tunings: Mapping[str, Mapping[str, Any]], *, err: bool = False) -> None:
    """Print what was tuned, and on stderr whose best value lies at the edge of its range."""
    for label, facts in tunings.items():
        for name, value in facts["values"].items():
            low, high = facts["ranges"][name]
            budget = f"{facts['trials']} trials, {facts['gradient_evaluations']} gradients"
            say(f"{label}: {name} {value:.4g}, tuned over {low:g} to {high:g}, {budget}", err=err)
    for label, facts in tunings.items():
        for name, end in facts["at_edge"].items():
            low, high = facts["ranges"][name]
            said = (
                f"{label}: the best {name}, {facts['values'][name]:.4g}, lies at the {end} end of {low:g} to {high:g}"
            )
            say(f"{said}; widen the range, or let optviz tune --widen do it", err=True)
        if facts["lost"]:
            say(f"{label}: {LOST}", err=True)


def print_results(results: Sequence[Rendered], form: TableForm) -> None:
    """Print a row for each scenario, the tables that scenarios ask for, then what went wrong."""
    tables = {result.name: numbers(result.table, form) for result in results if result.table is not None}
    is_alone = bool(tables) and form != TableForm.text
    say(table(("scenario", "winner", "files", "size", "seconds"), map(_row, results)), err=is_alone)
    for name, text in tables.items():
        say(f"\n{name}\n\n{text}")
    for result in results:
        print_tunings(result.tunings, err=True)
        print_trade_offs(result)
        print_note(result.name, result.note)
        print_issues(result.issues)
        say(result.trace, err=True, nl=False)


def _row(result: Rendered) -> tuple[str, ...]:
    if result.exit_code:
        return result.name, "failed", "", "", ""
    size = format_bytes(sum(size for _, size in result.files))
    files = ", ".join(path for path, _ in result.files)
    if result.is_unchanged:
        return result.name, "unchanged", files, size, ""
    return result.name, result.places[0].label, files, size, f"{result.seconds:.1f}" if result.seconds else ""


def print_forecast(forecast: Forecast) -> None:
    """Print what would be written, a line for each file."""
    width, height = forecast.size
    film = f"{forecast.frames} frames, {forecast.seconds:.1f} s, {width}x{height}"
    for path, size in forecast.files:
        say(path if size is None else f"{path}  {film}, about {format_bytes(size)}")
    print_trade_offs(forecast)


def print_trade_offs(result: Rendered | Forecast) -> None:
    """Print on stderr what was reduced for a smaller file."""
    if result.trade_offs:
        say(f"{result.name}: {result.trade_offs}", err=True)


def print_note(name: str, note: str) -> None:
    """Print on stderr what is worth knowing of a scenario that is right, if anything is."""
    if note:
        say(f"{name}: {note}", err=True)
