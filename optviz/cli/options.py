"""What several commands are asked for, and how the shell completes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.pipeline.presets import PRESETS

if TYPE_CHECKING:
    from optviz.scenario import Scenario
    from optviz.scenario.overrides import Override

SUFFIXES = (".yaml", ".yml")


def complete_scenario(incomplete: str) -> list[str]:
    """Scenario files and folders on the way to some, then the names of those that ship."""
    from optviz.scenario.shipped import shipped_names

    return [*_files(incomplete), *_beginning(incomplete, shipped_names())]


def complete_shipped(incomplete: str) -> list[str]:
    from optviz.scenario.shipped import shipped_names

    return _beginning(incomplete, shipped_names())


def complete_optimizer(incomplete: str) -> list[str]:
    from optviz.optimizers import OPTIMIZERS

    return _beginning(incomplete, OPTIMIZERS)


def complete_function(incomplete: str) -> list[str]:
    from optviz.problems import FUNCTIONS

    return _beginning(incomplete, FUNCTIONS)


def complete_origin(incomplete: str) -> list[str]:
    """What ``optviz new --from`` can begin with."""
    return list(dict.fromkeys([*complete_function(incomplete), *complete_shipped(incomplete)]))


def complete_name(incomplete: str) -> list[str]:
    """What ``optviz show`` can explain."""
    return [*complete_optimizer(incomplete), *complete_function(incomplete)]


def complete_place(incomplete: str) -> list[str]:
    return _beginning(incomplete, PRESETS)


def complete_topic(incomplete: str) -> list[str]:
    from optviz.cli.manual import TOPICS

    return _beginning(incomplete, TOPICS)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _files(incomplete: str) -> Iterator[str]:
    folder, beginning = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(beginning) and not (entry.name.startswith(".") and not beginning):
            if entry.is_dir():
                yield os.path.join(folder, entry.name) + "/"
            elif entry.name.endswith(SUFFIXES):
                yield os.path.join(folder, entry.name)


def read(source: str, changes: Sequence[Override] = ()) -> Scenario:
    """The scenario of a file, a shipped one by its name, or that on standard input. Raises OptvizError."""
    from optviz.scenario import load, loads
    from optviz.scenario.document import MAX_BYTES, decode

    if source == "-":
        return loads(decode(sys.stdin.buffer.read(MAX_BYTES + 1), "<stdin>"), name="<stdin>", overrides=changes)
    return load(Path(source), overrides=changes)


def place_of(source: str) -> Path | int:
    """What ``read`` reads: the path of a file, or the number of standard input."""
    from optviz.scenario.loading import file_of

    return 0 if source == "-" else file_of(source)


Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help="Scenario files, names of scenarios that ship with optviz, or - for standard input.",
        autocompletion=complete_scenario,
        show_default=False,
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option("--output", "-o", metavar="PATH", help="Where to; the suffix picks the format. Repeatable."),
]
To = Annotated[str | None, typer.Option("--to", metavar="FOLDER", help="Put all files into this folder.")]
Function = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="The function: a name, or a formula in x and y.", autocompletion=complete_function
    ),
]
Start = Annotated[str | None, typer.Option(metavar="X,Y", help="Where all start, such as 3,4; one number in 1-D.")]
Racers = Annotated[
    list[str] | None,
    typer.Option(
        "--optimizer",
        metavar="NAME[:KEY=VALUE,...]",
        help="A racer, such as adam or amsgrad:lr=0.1,label=Ours. Repeatable.",
        autocompletion=complete_optimizer,
    ),
]
Steps = Annotated[int | None, typer.Option(metavar="COUNT", help="How many steps each racer takes.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any key, such as render.theme=dark. Repeatable."),
]
At = Annotated[int | None, typer.Option("--at", metavar="STEP", min=0, help="Stills show this step, not the end.")]
Sheet = Annotated[
    int | None, typer.Option("--sheet", metavar="COUNT", min=1, help="Stills are a contact sheet of so many pictures.")
]
Poster = Annotated[bool, typer.Option("--poster", help="Leave a still (.png) beside every film.")]
Alt = Annotated[bool, typer.Option("--alt", help="Leave a text (.txt) beside every film that says what it shows.")]
MaxSize = Annotated[
    str | None,
    typer.Option(
        "--max-size",
        metavar="SIZE",
        help="Keep each film under SIZE, such as 10MB: narrower, then fewer frames a second, then fewer colours.",
    ),
]
For = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="PLACE",
        help="Make what a place takes. " + " ".join(f"{name}: {place.meaning}." for name, place in PRESETS.items()),
        autocompletion=complete_place,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how many frames, seconds and bytes it would be, and write nothing.")
]
Preview = Annotated[bool, typer.Option("--preview", help="Draw small and with few frames, for a quick look.")]
Open = Annotated[bool, typer.Option("--open", help="Show the first file in the system's viewer.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, for scripts.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="COUNT", min=1, help="How many at once; as many as there are cores."),
]
