"""The command line: it reads what was asked, calls those who know, and prints. Nothing is computed here.

Everything heavy is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optviz import __version__
from optviz.errors import INTERRUPTED, WRONG_CALL, Issue, OptvizError, OutputError, did_you_mean

if TYPE_CHECKING:
    from optviz.results import Race
    from optviz.scenario import Scenario

DEFAULT_RACE = "race"

app = typer.Typer(
    name="optviz",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help is drawn without importing rich
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""Race optimizers on a function and watch them: GIF and MP4 animations from a YAML scenario.

    \b
    optviz race                        the race that ships with optviz, into outputs/race.gif
    optviz race my.yaml -o my.mp4      a scenario of your own
    optviz check my.yaml               every mistake in it, with line and column
    optviz show amsgrad                a rule's equations, hyperparameters and source

    A scenario is a few lines of YAML:

    \b
    function: beale
    optimizers: [adam, amsgrad, adamax: {lr: 0.05}]
    """,
)


class Catalogue(StrEnum):
    """What ``optviz list`` can list."""

    optimizers = "optimizers"
    functions = "functions"


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"optviz {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command()
def race(
    scenario: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A scenario file, or the name of one that ships with optviz."),
    ] = DEFAULT_RACE,
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="PATH", help="Where to; the suffix picks the format. Repeatable."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run a scenario and write its animation.

    Without FILE it runs the race that ships with optviz. The outputs are those the scenario names, or those
    given with -o; the race is computed once for all of them.

    \b
    optviz race
    optviz race my.yaml
    optviz race my.yaml -o film.mp4 -o film.gif -o numbers.json
    """
    with _mistakes_in_words():
        _race(scenario, output or [], quiet)


def _race(source: str, outputs: Sequence[str], quiet: bool) -> None:
    from optviz import run
    from optviz.scenario import check_outputs, load

    scenario = load(_find(source), overrides={"output": list(outputs)} if outputs else None)
    _refuse(check_outputs(scenario.output))
    result = run(scenario)
    seconds = _write(scenario, result, quiet)
    if not quiet:
        typer.echo(_ranking(result))
        typer.echo(_files(scenario.output, seconds))


def _find(source: str) -> Path:
    """The file of this name, else the shipped scenario of this name, else a path that will not be found."""
    from optviz.scenario.shipped import shipped

    path = Path(source)
    return path if path.exists() else shipped(source) or path


def _refuse(obstacles: list[Issue]) -> None:
    if obstacles:
        raise OutputError(obstacles)


def _write(scenario: Scenario, result: Race, quiet: bool) -> float:
    """Write all outputs; returns the seconds it took."""
    from optviz.output import format_of, write_all
    from optviz.picture import film
    from optviz.progress import progress_bar

    began = time.perf_counter()
    animated = any(format_of(path).kind == "animation" for path in scenario.output)
    with progress_bar(", ".join(scenario.output), quiet=quiet) as report:
        drawn = film(result) if animated else None
        write_all(scenario.output, film=drawn, race=result, progress=report)
    return time.perf_counter() - began


def _ranking(result: Race) -> str:
    from optviz.describe import ranking

    return ranking(result)


def _files(paths: Sequence[str], seconds: float) -> str:
    lines = [f"{path}  {_size(os.path.getsize(path))}" for path in paths]
    return "\n".join(lines) + f"  in {seconds:.1f} s"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB" if count >= 1e3 else f"{count} bytes"


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files.")],
) -> None:
    """Say what is wrong in scenario files, all of it, without running them.

    Each mistake is one line: file:line:column: where: what; how to mend it. The exit code is 2 if there
    is any.

    \b
    optviz check my.yaml
    optviz check configs/*.yaml
    """
    results = [_check(file) for file in files]
    if not all(results):
        raise typer.Exit(WRONG_CALL)


def _check(file: str) -> bool:
    from optviz.scenario import load, problem_of

    try:
        scenario = load(_find(file))
        title = problem_of(scenario).title
    except OptvizError as error:
        _print_issues(error)
        return False
    racers = "1 racer" if len(scenario.optimizers) == 1 else f"{len(scenario.optimizers)} racers"
    steps = "1 step" if scenario.steps == 1 else f"{scenario.steps} steps"
    typer.echo(f"ok {file}: {racers} on {title}, {steps}")
    return True


@app.command("list")
def list_names(
    what: Annotated[Catalogue | None, typer.Argument(help="What to list; both without it.", show_default=False)] = None,
) -> None:
    """List the optimizers or the functions that a scenario can name.

    \b
    optviz list optimizers
    optviz list functions
    """
    from optviz.describe import list_functions, list_optimizers

    parts = {Catalogue.optimizers: list_optimizers, Catalogue.functions: list_functions}
    typer.echo("\n\n".join(write() for kind, write in parts.items() if what in (None, kind)))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="An optimizer or a function; see optviz list.")],
) -> None:
    """Explain one optimizer or one function.

    An optimizer: its equations, its hyperparameters, where it comes from, which library's it equals and
    where rules of the same name differ. A function: its formula, window, start and minima.

    \b
    optviz show adamax
    optviz show rosenbrock
    """
    with _mistakes_in_words():
        typer.echo(_described(name.lower()))


def _described(name: str) -> str:
    from optviz.describe import describe_function, describe_rule
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import FUNCTIONS, from_catalogue

    if name in OPTIMIZERS:
        return describe_rule(OPTIMIZERS[name])
    if name in FUNCTIONS:
        return describe_function(from_catalogue(name))
    near = did_you_mean(name, [*OPTIMIZERS, *FUNCTIONS])
    hint = near if near.startswith("did you mean") else "see optviz list"
    raise OptvizError(Issue(f"no optimizer or function is called {name}", hint=hint))


# --- errors ---------------------------------------------------------------------------------------


@contextmanager
def _mistakes_in_words() -> Iterator[None]:
    """Print the user's mistakes, one a line, and exit as errors.py says; all else is a bug and keeps its trace."""
    try:
        yield
    except OptvizError as error:
        _print_issues(error)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _print_issues(error: OptvizError) -> None:
    for issue in error.issues:
        typer.echo(_coloured(str(issue)), err=True)


def _coloured(text: str) -> str:
    """Red on a terminal, unless the user wants no colours (no-color.org)."""
    if os.environ.get("NO_COLOR") or not sys.stderr.isatty():
        return text
    return typer.style(text, fg=typer.colors.RED)


def main() -> None:
    """The entry point of the ``optviz`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter must not end the program
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # searching for plugins takes longer than a check
    app()
