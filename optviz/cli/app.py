"""The command line: its commands, and the entry point.

A command imports what is heavy itself, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, cast

import typer

from optviz import __version__
from optviz.cli.hints import HintingCommand, HintingGroup
from optviz.cli.shortage import refuse_too_little_memory, shortage_reported
from optviz.cli.startup import tune_startup
from optviz.cli.terminal import say

# Every command, under the heading that help lists it with: its module in optviz.cli and its function there.
COMMANDS: dict[str, dict[str, str]] = {
    "Race": {"race": "race:race", "replay": "replay:replay", "gallery": "gallery:gallery", "watch": "watch:watch"},
    "Compare": {"tune": "tune:tune", "sweep": "sweep:sweep", "basins": "basins:basins", "league": "league:league"},
    "Write": {"new": "new:new", "check": "check:check", "schema": "schema:schema"},
    "Look up": {"list": "listing:list_", "show": "show:show", "help": "help:help_"},
}

HELP_COMMAND = "help"  # tells of the others

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
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80, "obj": every_command},
        help=HELP,
    )
    program.callback()(_options)
    for heading, group in commands.items():
        for name, command in group.items():
            program.command(name, cls=HintingCommand, rich_help_panel=heading)(command)
    return program


def every_command() -> Mapping[str, Any]:
    """Import every command; return what Typer makes of each, by its name, for errors about flags."""
    program: Any = typer.main.get_command(app_of(commands()))
    return cast(Mapping[str, Any], program.commands)


def commands(*names: str) -> dict[str, dict[str, Callable[..., None]]]:
    """Import the commands of these names, or all where none is given; return their functions under their headings."""
    return {
        heading: {
            name: getattr(import_module(f"optviz.cli.{module}"), function)
            for name, (module, function) in ((name, place.split(":")) for name, place in group.items())
            if not names or name in names
        }
        for heading, group in COMMANDS.items()
    }


def main() -> None:
    """Run the ``optviz`` command."""
    tune_startup()
    with shortage_reported():
        refuse_too_little_memory()
        app_of(commands(*needed(sys.argv[1:])))()


def needed(arguments: Sequence[str]) -> list[str]:
    """Return the command that comes first, where it needs no other: to import them takes time. Else none, for all."""
    return [
        name for name in arguments[:1] if name != HELP_COMMAND and any(name in group for group in COMMANDS.values())
    ]
