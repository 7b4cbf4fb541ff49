"""``optviz show``: explains an optimizer, a test function, or a file that optviz made."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from optviz.cli import completion, options
from optviz.cli.console import errors_printed, print_json
from optviz.cli.terminal import say
from optviz.errors import Issue, OptvizError, printable

if TYPE_CHECKING:
    from optviz.optimizers import Rule
    from optviz.problems import Problem

T = TypeVar("T")


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An optimizer or a test function, see optviz list; or a file that optviz made.",
            autocompletion=completion.explained,
        ),
    ],
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="With --step: the scenario.", autocompletion=completion.scenarios),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(metavar="STEP", parser=options.number("--step"), help="Take this step of the racer NAME apart."),
    ] = None,
    json: options.Json = False,
) -> None:
    """Explain an optimizer, a test function or a rendered file.

    Of an optimizer: equations, hyperparameters, source, the libraries whose rule
    it equals and those that differ. Of a test function: formula, window, start and
    minima. Of an animation or image: the scenario it was made from, ready to be
    rendered again. With --step of a racer in a scenario: that step, term by term,
    with its numbers.

    \b
    optviz show adamax
    optviz show rosenbrock
    optviz show outputs/race.gif > again.yaml
    optviz show adamax --json
    optviz show adam --step 47 my.yaml
    """
    with errors_printed(as_json=json):
        if step is not None or file is not None:
            _show_step(name, step, file, json)
            return
        is_file = os.path.isfile(name) or bool(os.path.splitext(name)[1])  # names of rules have no extension
        if json:
            print_json(_facts_of_file(name) if is_file else _facts(name.lower()))
        else:
            say(_embedded(name) if is_file else _described(name.lower()))


def _show_step(name: str, step: int | None, file: str | None, json: bool) -> None:
    """Take a racer's step apart. Raises OptvizError."""
    if step is None or file is None:
        raise OptvizError(Issue("--step and a scenario go together", hint="such as optviz show adam --step 47 my.yaml"))
    from optviz.cli.scenarios import read
    from optviz.cli.step import describe_step, step_facts
    from optviz.pipeline.run import run

    race = run(read(file))
    if json:
        print_json(step_facts(race, name, step))
    else:
        say(describe_step(race, name, step))


def _embedded(path: str) -> str:
    """Return a file's scenario, under comments with its title and the version that made it."""
    from optviz.output.metadata import read_metadata

    said = read_metadata(path)
    if not said.scenario:
        raise OptvizError(Issue("holds no scenario", hint="it shows the files of several", where=path))
    changed = "" if said.is_whole else "# (changed since: the hash is another)\n"
    return f"# {printable(said.title)}\n# {printable(said.maker)}\n{changed}{said.scenario.rstrip()}"


def _facts_of_file(path: str) -> dict[str, object]:
    from optviz.output.metadata import read_metadata

    said = read_metadata(path)
    return {"title": said.title, "maker": said.maker, "is_whole": said.is_whole, "scenario": said.scenario}


def _described(name: str) -> str:
    from optviz.cli.describe import describe_function, describe_rule

    return _found(name, describe_rule, describe_function)


def _facts(name: str) -> dict[str, Any]:
    from optviz.cli.describe import function_facts, rule_facts

    return _found(name, rule_facts, function_facts)


def _found(name: str, of_rule: Callable[[Rule], T], of_function: Callable[[Problem], T]) -> T:
    """Tell of the optimizer or the function of this name. Raises OptvizError."""
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import FUNCTIONS, from_catalogue

    if name in OPTIMIZERS:
        return of_rule(OPTIMIZERS[name])
    if name in FUNCTIONS:
        return of_function(from_catalogue(name))
    raise OptvizError(_unknown(name))


def _unknown(name: str) -> Issue:
    """Say that a name is no rule's and no function's, and what is meant."""
    from optviz.optimizers import OPTIMIZERS
    from optviz.optimizers.spellings import rule_hint
    from optviz.problems import FUNCTIONS
    from optviz.scenario.shipped import shipped_names

    if name in shipped_names():
        return Issue(f"{name} is a scenario", hint=f"optviz race {name} renders it")
    near = rule_hint(name, [*OPTIMIZERS, *FUNCTIONS])
    hint = near if not near.startswith("allowed") else "see optviz list"
    return Issue(f"no optimizer or function is called {name}", hint=hint)
