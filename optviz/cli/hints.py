"""Typer's command and group, with remedies for what does not exist, and commands listed under headings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import groupby
from typing import Any

from typer.core import TyperCommand, TyperGroup

from optviz.cli import habits
from optviz.errors import OptvizError, did_you_mean, printable

LIKENESS = 0.75  # of two spellings of one flag, by difflib


class HintingCommand(TyperCommand):
    """A command that answers an unknown option with what does the same, and ``--json`` with all errors as JSON."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; an error about an unknown option gets a hint."""
        from optviz.cli.console import errors_printed

        given, as_json = [*args], "--json" in args
        with errors_printed(as_json=as_json), _legible_errors(as_json):
            try:
                return super().parse_args(ctx, args)
            except Exception as error:
                if option := _unknown_option(error):
                    typed = _as_typed(option, given)
                    hint = self._hint(typed, ctx.find_root().obj)
                    said = f"No such option: {typed}" + (f"; {hint}" if hint else "")
                    vars(error).update(message=said, possibilities=None)
                raise

    def _hint(self, option: str, every: Callable[[], Mapping[str, Any]]) -> str:
        """Return what of this command, or of another, does what an unknown option was meant to; else nothing.

        every: returns all commands of the program.
        """
        left_out: dict[str, str] = vars(self.callback).get("left_out", {})
        if meant := left_out.get("--output" if option == "-o" else option):
            return f"{meant} does it"
        known = _flags(self)
        name = option.lstrip("-").replace("_", "-").lower()
        own = [f"--{name}"] if f"--{name}" in known else []
        elsewhere = [meant for meant, names in habits.FLAGS.items() if name in names.split()]
        for meant in [*own, *elsewhere]:
            if meant.startswith("optviz ") or meant.partition(" ")[0] in known:
                return f"{meant} does it"
        if "--lr" in known and any(name.replace("-", "_") in rule.parameters for rule in _rules()):
            return f"--set common.{name.replace('-', '_')}=VALUE does it"
        if others := [command for command, one in every().items() if f"--{name}" in _flags(one)]:
            return f"it is a flag of optviz {' and '.join(others[:2])}"
        if path := _path_of_key(name.replace("-", "_")) if "--set" in known else "":
            return f"--set {path}=VALUE does it"
        near = get_close_matches(f"--{name}", known, n=1, cutoff=LIKENESS)
        return f"did you mean {near[0]}?" if near else ""

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
        """Write each heading with its commands; all names are padded to one width, summaries wrapped."""
        width = max(map(len, self.commands))
        for heading, group in groupby(self.commands.values(), lambda command: vars(command)["rich_help_panel"]):
            with formatter.section(heading):
                rows = [(str(command.name).ljust(width), str(command.help).partition("\n")[0]) for command in group]
                formatter.write_dl(rows)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the program's own options; an error about an unknown one says where flags stand."""
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if option := _unknown_option(error):
                hint = "--version does it" if option in ("-v", "-V") else "flags stand after the command"
                vars(error).update(message=f"No such option: {option}; {hint}", possibilities=None)
            raise

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
            meant = habits.COMMANDS.get(args[0])
            near = f"did you mean optviz {meant}?" if meant else did_you_mean(args[0], self.commands)
            vars(error)["message"] = f"No such command: {args[0]}; {near}"
            raise


@contextmanager
def _legible_errors(as_json: bool = False) -> Iterator[None]:
    """Escape what a terminal would obey in the message of a wrong call, and name the nearest of a few allowed words.

    as_json: raise OptvizError instead, which is printed as JSON.
    """
    try:
        yield
    except Exception as error:
        if isinstance(message := vars(error).get("message"), str):  # Typer's own, whose module differs
            message = message.removeprefix("Value error, ")  # as Pydantic begins it
            if choice := re.fullmatch(r"'(.*)' is not one of ('.*')\.?", message):
                near = did_you_mean(choice[1], re.findall("'([^']*)'", choice[2]))
                message = f"{message.rstrip('.')}" + (f"; {near}" if near.endswith("?") else "")
            vars(error)["message"] = "\n".join(map(printable, message.split("\n")))
            if as_json:
                raise OptvizError(error.format_message()) from None  # type: ignore[attr-defined]
        raise


def _unknown_option(error: Exception) -> str:
    """Return the option that does not exist, if this is Typer's error about one, whose module differs."""
    return str(vars(error)["option_name"]) if type(error).__name__ == "NoSuchOption" else ""


def _as_typed(option: str, given: Iterable[str]) -> str:
    """Return the word that an option was read from: ``-fps`` for ``-f``."""
    words = (word for word in given if not word.startswith("--") and word[:1] == "-" and option[1:] in word)
    return option if option.startswith("--") else next(words, option)


def _flags(command: Any) -> list[str]:
    """Return the options of a command, and what help calls its arguments."""
    return [name for one in command.params for name in (*one.opts, one.metavar or "")]


def _rules() -> Iterable[Any]:
    from optviz.optimizers import OPTIMIZERS

    return OPTIMIZERS.values()


def _path_of_key(name: str) -> str:
    """Return where in a scenario a key of this name stands, such as render.theme; nothing where none does."""
    from optviz.scenario.loading import KEYS

    homes = [path for path, part in KEYS.items() if name in part.model_fields]
    return ".".join(filter(None, [homes[0], name])) if homes else ""
