"""``optviz new``: writes a scenario to begin with."""

from __future__ import annotations

import shlex
from pathlib import PurePath
from typing import Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed
from optviz.cli.terminal import say
from optviz.errors import Issue, OptvizError

DEFAULT_NAME = "my-race"
DEFAULT_ORIGIN = "beale"


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
    ] = DEFAULT_ORIGIN,
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
    from optviz.scenario.shipped import shipped_names

    with errors_printed():
        if "/" in name and name in shipped_names() and origin == DEFAULT_ORIGIN:
            hint = f"to copy it: optviz new {PurePath(name).name} --from {name}"
            raise OptvizError(Issue("is a shipped scenario", hint=hint, where=name))
        text = new_scenario(name, origin, optimizers or [])
        if name == "-":
            say(text, nl=False)
        else:
            path = write_new(name, text)
            say(f"{path} is written; next: optviz race {shlex.quote(path)} --preview --open")
