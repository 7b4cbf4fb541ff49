"""The command line: its commands, and the entry point.

A command imports what is heavy itself, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from optviz import __version__
from optviz.cli.basins import basins
from optviz.cli.check import check
from optviz.cli.gallery import gallery
from optviz.cli.help import help_
from optviz.cli.hints import HintingCommand, HintingGroup
from optviz.cli.league import league
from optviz.cli.listing import list_
from optviz.cli.new import new
from optviz.cli.race import race
from optviz.cli.replay import replay
from optviz.cli.schema import schema
from optviz.cli.shortage import shortage_reported
from optviz.cli.show import show
from optviz.cli.startup import tune_startup
from optviz.cli.sweep import sweep
from optviz.cli.terminal import say
from optviz.cli.tune import tune
from optviz.cli.watch import watch

# Every command, under the heading that help lists it with.
COMMANDS: dict[str, dict[str, Callable[..., None]]] = {
    "Race": {"race": race, "replay": replay, "gallery": gallery, "watch": watch},
    "Compare": {"tune": tune, "sweep": sweep, "basins": basins, "league": league},
    "Write": {"new": new, "check": check, "schema": schema},
    "Look up": {"list": list_, "show": show, "help": help_},
}

HELP = """Race optimizers on a test function: YAML in, GIF and MP4 animations out.

\b
optviz race             the race that ships with optviz: outputs/race.gif
optviz new              a scenario of your own, with comments: my-race.yaml
optviz race my-race.yaml -o my.mp4
optviz check my-race.yaml          every error in it, with line and column
optviz show amsgrad     a rule's equations, hyperparameters and source
optviz help             the manual

A scenario is a few lines of YAML:

\b
function: beale
optimizers: [adam, amsgrad, adamax: {lr: 0.05}]
"""


def _print_version(wanted: bool) -> None:
    if wanted:
        say(f"optviz {__version__}")
        raise typer.Exit


def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        say(context.get_help())


def app_of(commands: Mapping[str, Mapping[str, Callable[..., None]]]) -> typer.Typer:
    """Return the program that has these commands, each under a heading."""
    program = typer.Typer(
        name="optviz",
        cls=HintingGroup,
        invoke_without_command=True,
        rich_markup_mode=None,  # plain help is drawn without importing rich
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
        help=HELP,
    )
    program.callback()(_options)
    for heading, group in commands.items():
        for name, command in group.items():
            program.command(name, cls=HintingCommand, rich_help_panel=heading)(command)
    return program


app = app_of(COMMANDS)


def main() -> None:
    """Run the ``optviz`` command."""
    tune_startup()
    with shortage_reported():
        _called(sys.argv[1:])()


def _called(arguments: list[str]) -> typer.Typer:
    """Return the program with the command that is called alone, where its name comes first: the others take time."""
    for heading, group in COMMANDS.items():
        if arguments and arguments[0] in group:
            return app_of({heading: {arguments[0]: group[arguments[0]]}})
    return app
