"""``optviz list``, ``optviz show`` and ``optviz help``: what there is, and what it means."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from optviz.cli import options
from optviz.cli.console import mistakes_in_words
from optviz.errors import Issue, OptvizError, did_you_mean


class Catalogue(StrEnum):
    """What ``optviz list`` can list."""

    optimizers = "optimizers"
    functions = "functions"
    scenarios = "scenarios"


def list_names(
    what: Annotated[
        Catalogue | None, typer.Argument(help="What to list; all of it without.", show_default=False)
    ] = None,
) -> None:
    """List the optimizers and functions that a scenario can name, and the scenarios that ship.

    \b
    optviz list optimizers
    optviz list functions
    optviz list scenarios
    """
    from optviz.cli.describe import list_functions, list_optimizers, list_scenarios

    parts = {
        Catalogue.optimizers: list_optimizers,
        Catalogue.functions: list_functions,
        Catalogue.scenarios: list_scenarios,
    }
    typer.echo("\n\n".join(write() for kind, write in parts.items() if what in (None, kind)))


def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An optimizer or a function, see optviz list; or a file that optviz made.",
            autocompletion=options.complete_name,
        ),
    ],
) -> None:
    """Explain one optimizer, one function or one file.

    An optimizer: its equations, its hyperparameters, where it comes from, which library's it equals and
    where rules of the same name differ. A function: its formula, window, start and minima. A picture or a film:
    the scenario it was made from, ready to be rendered again.

    \b
    optviz show adamax
    optviz show rosenbrock
    optviz show outputs/race.gif > again.yaml
    """
    with mistakes_in_words():
        typer.echo(_embedded(name) if _is_output(name) else _described(name.lower()))


def _is_output(name: str) -> bool:
    """Whether it names a file rather than a rule: those have no suffix."""
    return os.path.isfile(name) or bool(os.path.splitext(name)[1])


def _embedded(path: str) -> str:
    """A file's scenario, under comments that say what it is and who made it."""
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


def help_(
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC", help="The page; without it, which there are.", autocompletion=options.complete_topic
        ),
    ] = None,
) -> None:
    """Read a page of the manual.

    \b
    optviz help
    optviz help scenario
    optviz help python
    """
    from optviz.cli.manual import TOPICS, contents

    with mistakes_in_words():
        if topic is not None and topic not in TOPICS:
            raise OptvizError(Issue(f"there is no page {topic}", hint=did_you_mean(topic, TOPICS)))
        typer.echo(contents() if topic is None else TOPICS[topic].page())
