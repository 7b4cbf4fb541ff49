"""Prints every text of the command line, in characters that a terminal shows and never obeys."""

from __future__ import annotations

import os
import sys
from typing import TextIO

import typer

from optviz.errors import printable

ERROR_COLOUR = typer.colors.RED


def say(text: str, *, err: bool = False, nl: bool = True, is_error: bool = False) -> None:
    """Print a text of one line or several, on stderr if it is told so, and in colour if it is an error.

    What moves the cursor, hides, or turns the order of the characters around it is written as an escape.
    """
    shown = "\n".join(map(printable, text.split("\n")))
    stream = sys.stderr if err else sys.stdout  # named: Typer would take one in ASCII for a mistake, and write UTF-8
    typer.echo(coloured(shown, stream) if is_error else shown, file=stream, nl=nl)


def coloured(text: str, stream: TextIO) -> str:
    """Colour an error if the stream is a terminal with colours, unless the user wants none (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty()
    return text if plain else typer.style(text, fg=ERROR_COLOUR)
