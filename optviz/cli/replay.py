"""``optviz replay``: animates runs that were logged elsewhere."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optviz.cli import options as flags
from optviz.cli.console import errors_printed
from optviz.cli.options import RenderOptions, ScenarioOptions, taking
from optviz.cli.outputs import aim
from optviz.cli.render import render
from optviz.cli.scenarios import changes_of
from optviz.cli.stdout import standard_output_as_file
from optviz.errors import Issue, OptvizError, did_you_mean

if TYPE_CHECKING:
    from optviz.logs import Log
    from optviz.scenario import Scenario

Logs = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE", help="Logs: .csv, .tsv, .jsonl, .json, .npz, TensorBoard's event files, or a folder of these."
    ),
]
Function = Annotated[
    str | None, typer.Option(metavar="NAME", help="Test function on which logged points are drawn; else losses are.")
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Replay this run only; * stands for any characters. May be repeated."),
]
Target = Annotated[
    float | None,
    typer.Option(
        "--target",
        metavar="LOSS",
        parser=flags.number("--target", kind=float),
        help="Loss at or below which a run arrives.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class ReplayOptions(RenderOptions):
    """Every flag of ``optviz replay``."""

    files: Logs
    only: Only = None
    function: Function = None
    reach: Target = None
    title: flags.Title = None
    theme: flags.Theme = None
    size: flags.Size = None
    text: flags.TextSize = None
    fps: flags.Fps = None
    settings: flags.Settings = None
    output: flags.Output = None

    @property
    def scenarios(self) -> None:
        """None: the files are logs."""


@taking(ReplayOptions)
def replay(options: ReplayOptions) -> None:
    """Animate runs that were logged elsewhere, as a race.

    Columns with a meaning are called step, label (of the run), f or loss, x and
    y; of several losses, such as loss and val_loss, each is a run, of which
    --only picks one; in a table without these every column of numbers is a run,
    as in charts that wandb exports. Without --function it is a race of losses; with it the
    points run over the function's map. What was logged holds until the next row.

    \b
    optviz replay runs.csv
    optviz replay runs.csv --target 0.1 -o race.mp4
    optviz replay logs/ -o training.gif --only "*loss"
    optviz replay points.csv --function himmelblau
    """
    with errors_printed(as_json=options.json), standard_output_as_file(options) as asked:
        loaded: Any = {"": _scenario(asked)}
        render(aim(loaded, asked, named=asked.output), asked)


def _scenario(options: ReplayOptions) -> Scenario:
    """Return the scenario in which every run of the files is a racer. Raises OptvizError."""
    from optviz.logs import files_of, read_all
    from optviz.scenario.loading import from_keys
    from optviz.scenario.overrides import Override

    logs = read_all([path for name in options.files for path in files_of(Path(name))])
    runs = _picked(_labelled([(file, log) for file, found in logs.items() for log in found]), options.only or [])
    racers = [{"recorded": {"file": file, "run": log.label, "label": label}} for file, log, label in runs]
    keys: dict[str, object] = {"optimizers": racers}
    if options.function is not None:
        keys["function"] = options.function
    names = ("title", "theme", "size", "text", "fps", "settings", "output")
    shared = {name: getattr(options, name) for name in names}
    read = {Path(file): found for file, found in logs.items()}
    changes = list(changes_of(ScenarioOptions(**shared)))
    if options.reach is not None:
        changes.insert(0, Override("finish.gap", options.reach, f"--target {options.reach:g}"))
    return from_keys(keys, changes, name=Path(options.files[0]).stem, logs=read)


def _picked(runs: list[tuple[str, Log, str]], only: list[str]) -> list[tuple[str, Log, str]]:
    """Return the runs that ``--only`` names, or all. Raises OptvizError for a name that is none's, and for too many."""
    from optviz.scenario.models import MOST_RACERS

    labels = [label for _, _, label in runs]
    named = {name: [label for label in labels if label == name or fnmatchcase(label, name)] for name in only}
    unknown = [name for name, found in named.items() if not found]
    if unknown:
        raise OptvizError(
            Issue("no such run", hint=did_you_mean(name, labels), where=f"--only {name}") for name in unknown
        )
    picked = [run for run in runs if not only or any(run[2] in found for found in named.values())]
    if len(picked) > MOST_RACERS:
        hint = f"--only picks some, such as --only {shlex.quote(labels[0])}"
        raise OptvizError(Issue(f"at most {MOST_RACERS} runs race, there are {len(picked)}", hint=hint))
    return picked


def _labelled(runs: list[tuple[str, Log]]) -> list[tuple[str, Log, str]]:
    """Return a label for each run: its own, with its file's name where several have it."""
    labels = [log.label for _, log in runs]
    stems = {file: Path(file).stem for file, _ in runs}
    if len({*stems.values()}) < len(stems):
        shared = os.path.commonpath(map(os.path.abspath, stems))
        stems = {file: os.path.splitext(os.path.relpath(file, shared))[0] for file in stems}
    return [
        (file, log, log.label if labels.count(log.label) == 1 else f"{stems[file]} {log.label}") for file, log in runs
    ]
