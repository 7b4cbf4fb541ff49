"""What the command line prints: mistakes, one a line, and results, for people and for scripts."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import typer

from optviz.errors import INTERRUPTED, Issue, OptvizError
from optviz.pipeline.sizes import format_bytes

if TYPE_CHECKING:
    from optviz.pipeline.forecast import Forecast
    from optviz.pipeline.render import Rendered


@contextmanager
def mistakes_in_words() -> Iterator[None]:
    """Print the user's mistakes, one a line, and exit as errors.py says; all else is a bug and keeps its trace."""
    try:
        yield
    except OptvizError as error:
        print_issues(error.issues)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


def print_issues(issues: Iterable[Issue]) -> None:
    """Each on a line of stderr."""
    for issue in issues:
        typer.echo(coloured(str(issue), sys.stderr), err=True)


def coloured(text: str, stream: TextIO, colour: str = typer.colors.RED) -> str:
    """In colour on a terminal that has colours, unless the user wants none (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if plain else typer.style(text, fg=colour)


def print_json(document: Any) -> None:
    """For scripts: one JSON document on stdout, and nothing else there."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=1))


def print_result(result: Rendered) -> None:
    """The ranking, and the files."""
    from optviz.cli.describe import ranking

    print_trade_offs(result)
    typer.echo(ranking(result.places, result.measure))
    lines = [f"{path}  {format_bytes(size)}" for path, size in result.files]
    typer.echo("\n".join(lines) + f"  in {result.seconds:.1f} s")


def print_trade_offs(result: Rendered | Forecast) -> None:
    """Print what was reduced for a smaller file, on stderr."""
    if result.trade_offs:
        typer.echo(f"{result.name}: {result.trade_offs}", err=True)


def print_forecast(forecast: Forecast) -> None:
    """What would be made, a line for each file."""
    width, height = forecast.size
    film = f"{forecast.frames} frames, {forecast.seconds:.1f} s, {width}x{height}"
    for path, size in forecast.files:
        typer.echo(path if size is None else f"{path}  {film}, about {format_bytes(size)}")
    print_trade_offs(forecast)


def print_results(results: Sequence[Rendered]) -> None:
    """A table, one row for each scenario; below it what went wrong."""
    from optviz.cli.describe import table

    rows = [_row(result) for result in results]
    typer.echo(table(("scenario", "winner", "files", "size", "seconds"), rows))
    for result in results:
        print_trade_offs(result)
        print_issues(result.issues)
        typer.echo(result.trace, err=True, nl=False)


def _row(result: Rendered) -> tuple[str, ...]:
    if result.exit_code:
        return result.name, "failed", "", "", ""
    sizes = format_bytes(sum(size for _, size in result.files))
    files = ", ".join(path for path, _ in result.files)
    return result.name, result.places[0].label, files, sizes, f"{result.seconds:.1f}"
