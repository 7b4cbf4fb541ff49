"""Options that commands share: what the shell sees of each, and dataclasses that carry them."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from optviz.cli import completion
from optviz.errors import Issue, OptvizError
from optviz.pipeline.presets import PRESETS

T = TypeVar("T")


class TableForm(StrEnum):
    """How a table is printed."""

    text = "text"
    markdown = "markdown"
    csv = "csv"


class PaperForm(StrEnum):
    """The paper that a contact sheet is printed on."""

    a4 = "a4"
    letter = "letter"


def number(
    flag: str, least: float | None = None, most: float | None = None, kind: type = int
) -> Callable[[object], Any]:
    """Return what reads the number of a flag as scenarios are read; it raises OptvizError in their words."""

    def read(written: object) -> Any:
        from pydantic import Field, TypeAdapter, ValidationError

        from optviz.scenario.fields import computed, integral
        from optviz.scenario.messages import shape_error
        from optviz.scenario.overrides import value_of

        where, text = f"{flag} {written}", str(written)  # a default is a number already
        value = integral(value_of("number", text, where)) if kind is int else _as_float(computed(text))
        bounded: Any = Annotated[
            kind, Field(ge=least, le=most, strict=True, allow_inf_nan=None if kind is int else False)
        ]
        try:
            return TypeAdapter(bounded).validate_python(value)
        except ValidationError as error:
            message, hint = shape_error(error.errors()[0])
            raise OptvizError(Issue(message, hint=hint, where=where)) from None

    return read


def _as_float(value: Any) -> Any:
    """Return the float that a text is; any other text as it is."""
    try:
        return float(value)
    except ValueError:
        return value


def folder(written: object) -> str:
    """Return the folder that ``--to`` names. Raises OptvizError for a file's name, unless a folder has it."""
    from optviz.output import FORMATS

    path = str(written)
    if os.path.splitext(path)[1].lower() in FORMATS and not os.path.isdir(os.path.expanduser(path)):
        raise OptvizError(Issue("this is a file's name", hint="--to takes a folder, -o a file", where=f"--to {path}"))
    return path


# --- what is raced ------------------------------------------------------------------------------------

Scenarios = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="FILE",
        help="Scenario files, names of scenarios that ship with optviz, or - for standard input.",
        autocompletion=completion.scenarios,
        show_default=False,
    ),
]
Function = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="Test function: a name, or a formula in x and y.", autocompletion=completion.functions
    ),
]
Start = Annotated[
    str | None, typer.Option(metavar="X,Y", help="Start of every optimizer, such as 3,4; one number in 1-D.")
]
Optimizers = Annotated[
    list[str] | None,
    typer.Option(
        "--optimizer",
        metavar="NAME[:KEY=VALUE,...]",
        help="An optimizer, such as adam or amsgrad:lr=0.1,label=Ours. May be repeated.",
        autocompletion=completion.optimizers,
    ),
]
Steps = Annotated[str | None, typer.Option(metavar="COUNT", help="Number of steps.")]
Theme = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Colours: light, dark or paper; several make a file each: light,dark.",
        autocompletion=completion.themes,
    ),
]
TextSize = Annotated[
    str | None,
    typer.Option("--text", metavar="SIZE", help="Size of words and marks: normal, large, or a factor from 0.5 to 3."),
]
Size = Annotated[str | None, typer.Option(metavar="SIZE", help="Picture size: 480p to 4k, or 1280x720.")]
Fps = Annotated[str | None, typer.Option(metavar="COUNT", help="Frames a second, 1 to 60.")]
Title = Annotated[str | None, typer.Option(metavar="TEXT", help="Text above the picture.")]
Rate = Annotated[
    str | None,
    typer.Option("--lr", metavar="RATE", help="Learning rate of every optimizer: a number or a formula in t."),
]
Seed = Annotated[str | None, typer.Option(metavar="NUMBER", help="Seed of noise and batches.")]
Window = Annotated[
    str | None, typer.Option(metavar="X0,X1[,Y0,Y1]", help="Part of the plane that is drawn, such as -2,2,-1,3.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set any key, such as render.theme=dark. May be repeated."),
]

TableColumns = Annotated[
    str | None,
    typer.Option(
        "--table",
        metavar="COLUMNS",
        help="Print numbers as a table, such as f,state.v,Adam/effective_lr (optviz help outputs).",
    ),
]

AllowImport = Annotated[
    bool, typer.Option("--allow-import", help="Let a scenario run code that it names, such as torch: {my.Own: {}}.")
]

# --- what is written ----------------------------------------------------------------------------------

Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output", "-o", metavar="PATH", help="Output file; its extension selects the format. May be repeated."
    ),
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="FORMAT", help="Format of -o -, or of the file that the scenario names."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="FOLDER", help="Write all files into this folder.", parser=folder)
]
At = Annotated[
    int | None,
    typer.Option(
        "--at", metavar="STEP", parser=number("--at", 0), help="Step shown by still images (default: the last)."
    ),
]
Sheet = Annotated[
    int | None,
    typer.Option(
        "--sheet",
        metavar="COUNT",
        parser=number("--sheet", 1),
        help="Make still images contact sheets of COUNT pictures.",
    ),
]
Columns = Annotated[
    int | None,
    typer.Option(
        "--columns",
        metavar="COUNT",
        parser=number("--columns", 1),
        help="Columns of a contact sheet (default: as fits).",
    ),
]
PaperSize = Annotated[
    PaperForm, typer.Option("--paper", metavar="FORM", help="Paper of a contact sheet in .pdf: a4 or letter.")
]
SvgText = Annotated[
    bool, typer.Option("--svg-text", help="Leave the words of .svg text, instead of drawing their letters.")
]
Poster = Annotated[bool, typer.Option("--poster", help="Also write a still image (.png) next to every animation.")]
Alt = Annotated[bool, typer.Option("--alt", help="Also write a description (.txt) next to every animation.")]
Embed = Annotated[
    bool, typer.Option("--embed", help="Print the HTML that shows each page (.html) in a page of another site.")
]
MaxSize = Annotated[
    str | None,
    typer.Option(
        "--max-size",
        metavar="SIZE",
        help="Size limit of every animation, such as 10MB: width, frame rate, then colours are reduced to meet it; "
        "a page goes without its poster.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--for",
        metavar="TARGET",
        help="Target platform: sets format, size limit and width. "
        + " ".join(f"{name}: {preset.meaning}." for name, preset in PRESETS.items()),
        autocompletion=completion.targets,
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Estimate frames, duration and file size; write nothing.")]
Preview = Annotated[bool, typer.Option("--preview", help="Render small and with few frames, for a quick look.")]

# --- how it is done -----------------------------------------------------------------------------------

Open = Annotated[bool, typer.Option("--open", help="Open the first file in the system's viewer.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
TableAs = Annotated[
    TableForm,
    typer.Option(
        "--table-as",
        metavar="FORM",
        help="Form of the table: text, markdown or csv; the last two print it alone on standard output.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Changed = Annotated[
    bool,
    typer.Option(
        "--changed",
        help="Leave out pictures that this scenario, these flags, this version and these fonts have made already.",
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        "-j",
        metavar="COUNT",
        parser=number("--jobs", 1),
        help="Scenarios rendered at the same time (default: one per core).",
    ),
]


@dataclass(frozen=True, kw_only=True)
class ScenarioOptions:
    """Which scenarios, and what the flags change in them."""

    scenarios: Scenarios = None
    function: Function = None
    start: Start = None
    optimizer: Optimizers = None
    steps: Steps = None
    lr: Rate = None
    seed: Seed = None
    title: Title = None
    theme: Theme = None
    size: Size = None
    text: TextSize = None
    fps: Fps = None
    window: Window = None
    settings: Settings = None
    table: TableColumns = None
    allow_import: AllowImport = False
    output: Output = None


@dataclass(frozen=True, kw_only=True)
class RenderOptions:
    """Where scenarios are rendered to, and how; a command without one of these flags leaves its default."""

    to: To = None
    format: Format = None
    at: At = None
    sheet: Sheet = None
    columns: Columns = None
    paper: PaperSize = PaperForm.a4
    svg_text: SvgText = False
    poster: Poster = False
    alt: Alt = False
    embed: Embed = False
    max_size: MaxSize = None
    target: Target = None
    dry_run: DryRun = False
    preview: Preview = False
    open: Open = False
    json: Json = False
    table_as: TableAs = TableForm.text
    quiet: Quiet = False
    changed: Changed = False
    jobs: Jobs = None


def taking(
    options: type[T], without: Mapping[str, str] = MappingProxyType({})
) -> Callable[[Callable[[T], None]], Callable[..., None]]:
    """Give a command that takes a dataclass of options the signature that Typer reads, a parameter for each field.

    without: fields that would change nothing in this command, which has no flags for them, and what does it instead.
    """

    def decorate(command: Callable[[T], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(**given: Any) -> None:
            command(options(**given))

        hints = get_type_hints(options, include_extras=True)
        parameters = [one for one in inspect.signature(options).parameters.values() if one.name not in without]
        typed = [parameter.replace(annotation=hints[parameter.name]) for parameter in parameters]
        call.__signature__ = inspect.Signature(typed)  # type: ignore[attr-defined]  # functions may have one
        call.__annotations__ = {one.name: hints[one.name] for one in parameters}
        vars(call)["left_out"] = {f"--{name}": instead for name, instead in without.items()}
        return call

    return decorate
