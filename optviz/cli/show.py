"""``optviz show``: explains an optimizer, a test function, or a file that optviz made."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed
from optviz.errors import Issue, OptvizError, did_you_mean


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An optimizer or a test function, see optviz list; or a file that optviz made.",
            autocompletion=completion.explained,
        ),
    ],
) -> None:
    """Explain an optimizer, a test function or a rendered file.

    Of an optimizer: equations, hyperparameters, source, the libraries whose rule
    it equals and those that differ. Of a test function: formula, window, start and
    minima. Of an animation or image: the scenario it was made from, ready to be
    rendered again.

    \b
    optviz show adamax
    optviz show rosenbrock
    optviz show outputs/race.gif > again.yaml
    """
    with errors_printed():
        is_file = os.path.isfile(name) or bool(os.path.splitext(name)[1])  # names of rules have no extension
        typer.echo(_embedded(name) if is_file else _described(name.lower()))


def _embedded(path: str) -> str:
    """A file's scenario, under comments with its title and the version that made it."""
    from optviz.output.metadata import read_metadata

    said = read_metadata(path)
    changed = "" if said.is_whole else "# (changed since: the hash is another)\n"
    return f"# {said.title}\n# {said.maker}\n{changed}{said.scenario.rstrip()}"


def _described(name: str) -> str:
    from optviz.cli.describe import describe_function, describe_rule
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import FUNCTIONS, from_catalogue

    if name in OPTIMIZERS:
        return describe_rule(OPTIMIZERS[name])
    if name in FUNCTIONS:
        return describe_function(from_catalogue(name))
    near = did_you_mean(name, [*OPTIMIZERS, *FUNCTIONS])
    hint = near if near.startswith("did you mean") else "see optviz list"
    raise OptvizError(Issue(f"no optimizer or function is called {name}", hint=hint))
