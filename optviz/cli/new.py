"""``optviz new``: writes a scenario to begin with."""

from __future__ import annotations

from typing import Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed
from optviz.cli.terminal import say

DEFAULT_NAME = "my-race"


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="File to write, .yaml is added; - prints the scenario instead.")
]


def new(
    name: Name = DEFAULT_NAME,
    origin: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="NAME",
            help="A test function, a formula, or a shipped scenario, which is copied.",
            autocompletion=completion.origins,
        ),
    ] = "beale",
    optimizers: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="OPTIMIZERS",
            help="Optimizers, such as adam,amsgrad:lr=0.1. May be repeated.",
            autocompletion=completion.optimizers,
        ),
    ] = None,
) -> None:
    """Write a scenario with comments, to begin with.

    An existing file is never overwritten.

    \b
    optviz new
    optviz new valley --from rosenbrock --with adam,amsgrad:lr=0.1
    optviz new mine --from race
    """
    from optviz.cli.template import new_scenario, write_new

    with errors_printed():
        text = new_scenario(name, origin, optimizers or [])
        if name == "-":
            say(text, nl=False)
        else:
            path = write_new(name, text)
            say(f"{path} is written; next: optviz race {path} --preview --open")
