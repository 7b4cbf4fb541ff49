"""``optviz new``, ``optviz check`` and ``optviz schema``: scenarios as files to be written and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import options
from optviz.cli.console import mistakes_in_words, print_issues, print_json
from optviz.errors import WRONG_CALL, Issue, OptvizError

if TYPE_CHECKING:
    from optviz.scenario import Scenario

DEFAULT_NAME = "my-race"


Name = Annotated[str, typer.Argument(metavar="NAME", help="The file to write; .yaml is added. - prints instead.")]
Origin = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="NAME",
        help="A function, a formula, or a scenario that ships, which is copied.",
        autocompletion=options.complete_origin,
    ),
]
Racers = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="RACERS",
        help="Who races, such as adam,amsgrad:lr=0.1. Repeatable.",
        autocompletion=options.complete_optimizer,
    ),
]


def new(name: Name = DEFAULT_NAME, origin: Origin = "beale", racers: Racers = None) -> None:
    """Write a scenario with comments, to begin with.

    It never overwrites a file.

    \b
    optviz new
    optviz new valley --from rosenbrock --with adam,amsgrad:lr=0.1
    optviz new mine --from race
    """
    from optviz.cli.template import new_scenario, write_new

    with mistakes_in_words():
        text = new_scenario(name, origin, racers or [])
        if name == "-":
            typer.echo(text, nl=False)
        else:
            path = write_new(name, text)
            typer.echo(f"{path} is written; next: optviz race {path} --preview --open")


def schema() -> None:
    """Print the JSON Schema of a scenario, for editors.

    \b
    optviz schema > scenario.schema.json

    With # yaml-language-server: $schema=scenario.schema.json as its first line, a scenario is completed and checked
    by every editor that has a YAML language server.
    """
    from optviz.scenario.schema import schema_text

    typer.echo(schema_text(), nl=False)


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            help="Scenario files, or - for standard input.",
            autocompletion=options.complete_scenario,
        ),
    ],
    json: options.Json = False,
) -> None:
    """Say what is wrong in scenario files, all of it, without running them.

    Each mistake is one line: file:line:column: where: what; how to mend it. The exit code is 2 if there
    is any.

    \b
    optviz check my.yaml
    optviz check configs/*.yaml
    optviz check my.yaml --json
    """
    issues = {file: _mistakes(file, quiet=json) for file in files}
    if json:
        print_json([issue.to_dict() for found in issues.values() for issue in found])
    if any(issues.values()):
        raise typer.Exit(WRONG_CALL)


def _mistakes(file: str, *, quiet: bool) -> tuple[Issue, ...]:
    """All mistakes in one file; it is said to be right, or its mistakes are told, unless ``quiet``."""
    try:
        said = _summary(file, options.read(file))
    except OptvizError as error:
        if not quiet:
            print_issues(error.issues)
        return error.issues
    if not quiet:
        typer.echo(said)
    return ()


def _summary(file: str, scenario: Scenario) -> str:
    from optviz.scenario import problem_of

    title = problem_of(scenario).title
    racers = "1 racer" if len(scenario.optimizers) == 1 else f"{len(scenario.optimizers)} racers"
    steps = "1 step" if scenario.steps == 1 else f"{scenario.steps} steps"
    return f"ok {file}: {racers} on {title}, {steps}"
