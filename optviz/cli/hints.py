"""Typer's command and group, with remedies for what does not exist, and commands listed under headings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from typer.core import TyperCommand, TyperGroup

from optviz.errors import did_you_mean, printable

# What the commands are called elsewhere.
COMMANDS_ELSEWHERE = {
    "animate": "race",
    "create": "new",
    "docs": "help",
    "functions": "list functions",
    "info": "show",
    "init": "new",
    "lint": "check",
    "ls": "list",
    "man": "help",
    "optimizers": "list optimizers",
    "play": "race",
    "plot": "race",
    "preview": "race --preview",
    "render": "race",
    "run": "race",
    "scenarios": "list scenarios",
    "validate": "check",
    "version": "--version",
}


# What the flags are called elsewhere.
FLAGS_ELSEWHERE = {
    "--bounds": "--window X0,X1,Y0,Y1",
    "--cmap": "--theme NAME",
    "--dark": "--theme dark",
    "--dpi": "--size 1280x720",
    "--duration": "--set render.frames=COUNT",
    "--epochs": "--steps COUNT",
    "--func": "--function NAME",
    "--height": "--size 1280x720",
    "--init": "--start X,Y",
    "--iterations": "--steps COUNT",
    "--iters": "--steps COUNT",
    "--learning-rate": "--lr RATE",
    "--objective": "--function NAME",
    "--optim": "--optimizer NAME",
    "--optimizers": "--optimizer NAME",
    "--out": "--output PATH",
    "--outfile": "--output PATH",
    "--resolution": "--size 1280x720",
    "--silent": "--quiet",
    "--style": "--theme NAME",
    "--width": "--size 1280x720",
    "--workers": "--jobs COUNT",
    "--x0": "--start X,Y",
    "--xlim": "--window X0,X1,Y0,Y1",
    "--ylim": "--window X0,X1,Y0,Y1",
}


class HintingCommand(TyperCommand):
    """A command that answers an unknown option with the ``--set`` that does the same."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; an error about an unknown option gets a hint."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:  # Typer's own NoSuchOption, whose module differs from version to version
            option = getattr(error, "option_name", "")
            if does_it := option and self._instead_of(option):
                vars(error).update(message=f"No such option: {option}; {does_it} does it", possibilities=None)
            raise

    def _instead_of(self, option: str) -> str:
        """Return what of this command does what an unknown option was meant to; nothing where nothing does."""
        left_out: dict[str, str] = vars(self.callback).get("left_out", {})
        if meant := left_out.get("--output" if option == "-o" else option):
            return meant
        known = {name for parameter in self.params for name in parameter.opts}
        meant = FLAGS_ELSEWHERE.get(option.replace("_", "-"), "")
        if meant.partition(" ")[0] in known:
            return meant
        path = _path_of_key(option.lstrip("-").replace("-", "_")) if "--set" in known else ""
        return f"--set {path}=VALUE" if path else ""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the options; what an argument is of Python's types tells a reader nothing."""
        for heading, kind in (("Arguments", "argument"), ("Options", "option")):
            written = (one.get_help_record(ctx) for one in self.get_params(ctx) if one.param_type_name == kind)
            rows = [row for row in written if row is not None]  # None for what is hidden
            if kind == "argument":
                rows = [(name.partition(" <")[0], said) for name, said in rows]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


class HintingGroup(TyperGroup):
    """A program that lists its commands under headings, and answers an unknown one with the one that was meant."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write each heading with its commands; all names are padded to one width."""
        width = max(map(len, self.commands))
        for heading, group in groupby(self.commands.values(), lambda command: vars(command)["rich_help_panel"]):
            with formatter.section(heading):
                limit = formatter.width - width - 4
                rows = [(str(command.name).ljust(width), command.get_short_help_str(limit)) for command in group]
                formatter.write_dl(rows)

    def make_context(self, *arguments: Any, **named: Any) -> Any:
        """Read the program's own arguments; an error quotes them in characters that can be seen."""
        with _legible_errors():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: Any) -> Any:
        """Read a command's arguments and run it; an error quotes them in characters that can be seen."""
        with _legible_errors():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; an error about an unknown one gets a hint."""
        try:
            return super().resolve_command(ctx, args)
        except Exception as error:
            meant = COMMANDS_ELSEWHERE.get(args[0])
            near = f"did you mean optviz {meant}?" if meant else did_you_mean(args[0], self.commands)
            vars(error)["message"] = f"No such command: {args[0]}; {near}"
            raise


@contextmanager
def _legible_errors() -> Iterator[None]:
    """Escape what a terminal would obey in the message of a wrong call; leave out how Pydantic begins it."""
    try:
        yield
    except Exception as error:
        if isinstance(message := vars(error).get("message"), str):  # Typer's own, whose module differs
            vars(error)["message"] = "\n".join(map(printable, message.removeprefix("Value error, ").split("\n")))
        raise


def _path_of_key(name: str) -> str:
    """Return where in a scenario a key of this name stands, such as render.theme; nothing where none does."""
    from optviz.scenario.loading import KEYS

    homes = [path for path, part in KEYS.items() if name in part.model_fields]
    return ".".join(filter(None, [homes[0], name])) if homes else ""
