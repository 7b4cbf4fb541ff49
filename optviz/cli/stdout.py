"""Standard output in the place of a file: ``-o - --format gif``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from optviz.cli.scenarios import valid
from optviz.errors import Issue, OptvizError, OutputError, did_you_mean
from optviz.signals import doomed

if TYPE_CHECKING:
    from optviz.cli.race import RaceOptions
    from optviz.cli.replay import ReplayOptions
    from optviz.cli.scenarios import Loaded


Options = TypeVar("Options", "RaceOptions", "ReplayOptions")

STANDARD_OUTPUT = "-"


@contextmanager
def standard_output_as_file(options: Options) -> Iterator[Options]:
    """Yield the options with a temporary file for ``-``, and copy it to standard output if the block succeeds.

    Nothing else is printed there then. Raises OptvizError for a call that cannot be met.
    """
    if STANDARD_OUTPUT not in (options.output or ()):
        yield options
        return
    suffix = _suffix(options)
    with TemporaryDirectory(prefix="optviz-") as folder, doomed(folder):
        path = Path(folder, f"output{suffix}")
        outputs = [str(path) if name == STANDARD_OUTPUT else name for name in options.output or ()]
        yield replace(options, output=outputs, format=None, quiet=True, json=False)
        sys.stdout.flush()
        try:
            with path.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        except OSError as error:
            raise OutputError(f"cannot write to standard output: {error.strerror or error}") from None


def refuse_several_files(loaded: Loaded, options: RaceOptions | ReplayOptions) -> None:
    """Raise OptvizError where standard output would have to take a picture in several themes."""
    themes = [theme for scenario in valid(loaded).values() for theme in scenario.render.themes]
    if STANDARD_OUTPUT in (options.output or ()) and len(themes) > 1:
        hint = f"name one theme, such as --theme {themes[-1]}"
        raise OptvizError(Issue(f"takes one file, not {', '.join(themes)}", hint=hint, where="-o -"))


def _suffix(options: RaceOptions | ReplayOptions) -> str:
    """Return the suffix that ``--format`` names, where standard output can take it."""
    from optviz.output import FORMATS

    names = [suffix.removeprefix(".") for suffix in FORMATS]
    asked = (options.format or "").lower().removeprefix(".")
    if asked not in names:
        hint = did_you_mean(asked, names) if asked else "name one, such as -o - --format gif"
        message = f"no such format: {asked}" if asked else "needs a format"
        raise OptvizError(Issue(message, hint=hint, where=f"--format {asked}" if asked else "-o -"))
    if len(options.scenarios or ()) > 1 or options.preview or options.json or options.open:
        raise OptvizError(Issue("takes one scenario, without --preview, --json and --open", where="-o -"))
    if sys.stdout.isatty() and FORMATS[f".{asked}"].kind != "data":
        hint = "redirect it, such as > race.gif"
        raise OptvizError(Issue("standard output is a terminal, which shows no film", hint=hint, where="-o -"))
    return f".{asked}"
