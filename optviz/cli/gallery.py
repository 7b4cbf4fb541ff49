"""``optviz gallery``: renders the scenarios that ship with optviz."""

from __future__ import annotations

from typing import Annotated

import typer

from optviz.cli import completion, options
from optviz.cli.console import errors_printed
from optviz.cli.outputs import aim
from optviz.cli.render import render
from optviz.cli.scenarios import load_all
from optviz.errors import Issue, OptvizError, did_you_mean

FOLDER = "outputs/gallery"


def gallery(
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Render this scenario only. May be repeated.", autocompletion=completion.shipped
        ),
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="FOLDER", help="Write all files into this folder.")] = FOLDER,
    preview: options.Preview = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    jobs: options.Jobs = None,
) -> None:
    """Render every scenario that ships with optviz.

    \b
    optviz gallery
    optviz gallery --only race --only post/adamax-1d --to films --jobs 2
    """
    from optviz.scenario.shipped import shipped_names

    with errors_printed(as_json=json):
        names = shipped_names()
        unknown = [name for name in only or [] if name not in names]
        if unknown:
            hints = [did_you_mean(name, names) for name in unknown]
            raise OptvizError(
                Issue("no such scenario", hint=hint, where=f"--only {name}")
                for name, hint in zip(unknown, hints, strict=True)
            )
        how = options.RenderOptions(to=to, preview=preview, json=json, quiet=quiet, jobs=jobs)
        render(aim(load_all(only or names), how), how)
