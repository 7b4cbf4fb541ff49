"""The command line: which commands there are. What they do is in ``optviz.cli``; nothing is computed here.

Everything heavy is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from optviz import __version__
from optviz.cli.lookup import help_, list_names, show
from optviz.cli.race_command import gallery, race
from optviz.cli.scenario_files import check, new, schema
from optviz.parallel import exit_on_sigterm

GARBAGE = 100_000  # objects between two looks for circles of them; Python's own number costs a race a twentieth

COMMANDS: dict[str, Callable[..., None]] = {
    "race": race,
    "new": new,
    "check": check,
    "list": list_names,
    "show": show,
    "gallery": gallery,
    "schema": schema,
    "help": help_,
}

app = typer.Typer(
    name="optviz",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help is drawn without importing rich
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""Race optimizers on a function and watch them: GIF and MP4 animations from a YAML scenario.

    \b
    optviz race                        the race that ships with optviz, into outputs/race.gif
    optviz new                         a scenario of your own, with comments: my-race.yaml
    optviz race my-race.yaml -o my.mp4
    optviz check my-race.yaml          every mistake in it, with line and column
    optviz show amsgrad                a rule's equations, hyperparameters and source
    optviz help                        the manual

    A scenario is a few lines of YAML:

    \b
    function: beale
    optimizers: [adam, amsgrad, adamax: {lr: 0.05}]
    """,
)
for name, command in COMMANDS.items():
    app.command(name)(command)


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


def main() -> None:
    """The entry point of the ``optviz`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter must not end the program
    exit_on_sigterm()
    make_haste()
    app()


def make_haste() -> None:
    """What a program that lives for seconds can do without, before anything heavy is imported."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # searching for plugins takes longer than a check
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # matrices are small here; to start threads for them is not
    gc.set_threshold(GARBAGE)
