"""``optviz help``: prints the manual."""

from __future__ import annotations

from typing import Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed
from optviz.cli.terminal import say
from optviz.errors import Issue, OptvizError, did_you_mean


def help_(
    context: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(
            metavar="TOPIC", help="Page to print (default: the list of pages).", autocompletion=completion.topics
        ),
    ] = None,
) -> None:
    """Print a page of the manual, or the help of a command.

    \b
    optviz help
    optviz help scenario
    optviz help race
    optviz help python
    """
    from optviz.cli.manual import TOPICS, contents, text
    from optviz.optimizers import OPTIMIZERS
    from optviz.problems import FUNCTIONS

    with errors_printed():
        if topic is None:
            say(contents())
            return
        program = context.find_root()
        commands = program.command.commands  # type: ignore[attr-defined]  # the program is a group
        if topic in commands:
            command = commands[topic]
            say(command.get_help(command.make_context(topic, [], parent=program, resilient_parsing=True)))
            return
        if topic not in TOPICS:
            explained = topic.lower() if topic.lower() in {*OPTIMIZERS, *FUNCTIONS} else ""
            near = did_you_mean(topic, [*TOPICS, *commands])
            hint = f"optviz show {explained} explains it" if explained else near
            raise OptvizError(Issue(f"no page is called {topic}", hint=hint))
        summaries = {name: command.help.split("\n")[0] for name, command in commands.items()}
        say(text(topic, summaries))
