"""``optviz check``: validates scenario files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import completion, options
from optviz.cli.console import print_issues, print_json, print_note
from optviz.cli.scenarios import inputs_of, read
from optviz.cli.terminal import say
from optviz.errors import WRONG_CALL, Issue, OptvizError

if TYPE_CHECKING:
    from optviz.scenario import Scenario


def check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="Scenario files, or - for standard input.", autocompletion=completion.scenarios
        ),
    ],
    json: options.Json = False,
    allow_import: options.AllowImport = False,
) -> None:
    """Validate scenario files and report every error; nothing is run.

    Each error is a line file:line:column: key: what is wrong; what to write, with
    the offending text underlined below it. The exit code is 2 if there is any.

    \b
    optviz check my.yaml
    optviz check configs/*.yaml
    optviz check my.yaml --json
    """
    found: list[Issue] = []
    for file in files:
        try:
            scenario = read(file, (), allow_import)
            _refuse_on_this_machine(file, scenario)
        except OptvizError as error:
            found += error.issues
            print_issues([] if json else error.issues)
        else:
            if not json:
                say(_summary(file, scenario))
                print_note(file, _note(scenario))
    if json:
        print_json([issue.to_dict() for issue in found])
    if found:
        raise typer.Exit(WRONG_CALL)


def _refuse_on_this_machine(file: str, scenario: Scenario) -> None:
    """Raise OptvizError for a font and for outputs that race would refuse here."""
    from optviz.pipeline.files import losses_of, obstacles_of
    from optviz.pipeline.letters import refuse_missing_font
    from optviz.pipeline.memory import refuse_long_paths
    from optviz.scenario import problem_of

    refuse_missing_font(scenario)
    refuse_long_paths(scenario, problem_of(scenario, search=False).dim)

    issues = losses_of(scenario, inputs_of({file: scenario})) or obstacles_of(scenario)
    if issues:
        raise OptvizError(issue if issue.where else replace(issue, where=file) for issue in issues)


def _note(scenario: Scenario) -> str:
    from optviz.pipeline.letters import note_on_letters

    return note_on_letters(scenario)


def _summary(file: str, scenario: Scenario) -> str:
    from optviz.scenario import problem_of

    title = problem_of(scenario, search=False).title
    racers = "1 racer" if len(scenario.optimizers) == 1 else f"{len(scenario.optimizers)} racers"
    steps = "1 step" if scenario.steps == 1 else f"{scenario.steps} steps"
    return f"ok {file}: {racers} on {title}, {steps}"
