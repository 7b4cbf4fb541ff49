"""What the commands of fair comparisons share: one scenario, its outputs, progress, and what is printed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from optviz.cli import options
from optviz.cli.console import print_json
from optviz.cli.options import RenderOptions, ScenarioOptions
from optviz.cli.outputs import aim
from optviz.cli.progress import Line, progress_lines
from optviz.cli.scenarios import DEFAULT_SCENARIO, load_scenarios, valid
from optviz.cli.startup import import_matplotlib
from optviz.cli.terminal import say
from optviz.errors import CANNOT_WRITE, Issue, OptvizError, OutputError
from optviz.pipeline.sizes import format_bytes

if TYPE_CHECKING:
    from optviz.engine.export import DataExport
    from optviz.frames import DrawnFilm
    from optviz.pipeline.cells import Workshop
    from optviz.scenario import Scenario
    from optviz.scenario.overrides import Override


Scheduler = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Compute on a running Dask cluster, such as tcp://10.0.0.1:8786."),
]
Resume = Annotated[
    str | None,
    typer.Option(metavar="FOLDER", help="Keep finished cells there, and go on from those that it holds."),
]


@dataclass(frozen=True, kw_only=True)
class StudyOptions(ScenarioOptions):
    """Flags of every command that compares."""

    at: options.At = None
    open: options.Open = False
    json: options.Json = False
    quiet: options.Quiet = False


@dataclass(frozen=True, kw_only=True)
class CellOptions(StudyOptions):
    """Flags of every command whose cells are computed anywhere and kept."""

    scheduler: Scheduler = None
    resume: Resume = None

    @property
    def workshop(self) -> Workshop:
        """Where cells are computed and kept."""
        return workshop_of(self.scheduler, self.resume)


def workshop_of(scheduler: str | None, resume: str | None) -> Workshop:
    """Return where cells are computed and kept, as two flags say."""
    from optviz.pipeline.cells import Workshop

    return Workshop(scheduler, None if resume is None else Path(resume).expanduser())


def load_study(
    given: StudyOptions, what: str, default: str = DEFAULT_SCENARIO, more: Sequence[Override] = ()
) -> Scenario:
    """Load the one scenario that is named, else the default; without -o it writes ``outputs/NAME-what``.

    more: changes by flags of one command alone. Raises OptvizError.
    """
    if len(given.scenarios or ()) > 1:
        raise OptvizError(Issue("takes one scenario", where=" ".join(given.scenarios or ())))
    loaded = load_scenarios(given, default, more)
    ((name, scenario),) = valid(loaded).items()
    if not given.output:
        scenario = scenario.model_copy(update={"output": (f"outputs/{scenario.name}-{what}",)})
    _refuse_pages(scenario)
    if len(scenario.render.themes) > 1:
        raise OptvizError(Issue("a comparison is drawn in one theme", "render.theme", "name it, such as --theme dark"))
    ((_, aimed),) = valid(aim({name: scenario}, RenderOptions(at=given.at), named=given.output)).items()
    return aimed


def _refuse_pages(scenario: Scenario) -> None:
    """Raise OptvizError for outputs that only a race has."""
    from optviz.output import format_of

    pages = [path for path in scenario.output if format_of(path).kind == "page"]
    if pages:
        hint = "write .mp4 for a film, .png or .svg for a picture, .json for the numbers"
        raise OptvizError(Issue("a page plays a race, not a comparison", hint=hint, where=f"-o {pages[0]}"))


@dataclass
class StudyRun:
    """A comparison at work: how far it is, and the files that it has written."""

    scenario: Scenario
    options: StudyOptions
    line: Line
    began: float = field(default_factory=time.perf_counter)
    files: tuple[tuple[str, int], ...] = ()

    def write(self, draw: Callable[[], DrawnFilm], export: DataExport) -> None:
        """Draw and write every output."""
        from optviz.frames import StillRequest
        from optviz.pipeline.files import kinds_of
        from optviz.pipeline.study import write_study

        self.line.stage("drawing")
        if kinds_of(self.scenario.output) - {"data"}:
            import_matplotlib()
        shot = StillRequest(self.options.at)
        self.files = write_study(self.scenario.output, draw, export, shot, self.line.count)

    def report(
        self, text: str, document: dict[str, Any], warnings: list[str], failed: Mapping[str, str] | None = None
    ) -> None:
        """Print what was found, the files, and warnings on stderr; with --json the document alone.

        failed: why, by the names of cells that gave nothing; they end the command with their exit code.
        """
        warnings = [*warnings, *(f"{name} failed: {reason}" for name, reason in (failed or {}).items())]
        seconds = time.perf_counter() - self.began
        if self.options.json:
            files = [{"path": path, "bytes": size} for path, size in self.files]
            print_json({**document, "files": files, "seconds": round(seconds, 3)})
        elif not self.options.quiet:
            written = "\n".join(f"{path}  {format_bytes(size)}" for path, size in self.files)
            say(f"{text}\n{written}  in {seconds:.1f} s")
        for warning in warnings:
            say(warning, err=True)
        if self.options.open and typer.launch(self.files[0][0]) != 0:
            hint = "open it yourself"
            raise OutputError(Issue("written, but no viewer could be started", hint=hint, where=self.files[0][0]))
        if failed:
            raise typer.Exit(CANNOT_WRITE)


@contextmanager
def study_run(scenario: Scenario, given: StudyOptions, stage: str) -> Iterator[StudyRun]:
    """Yield a comparison at work, with its line of progress; files that cannot be written are refused before."""
    from optviz.pipeline.files import refuse_obstacles

    refuse_obstacles(scenario.output)
    with progress_lines([", ".join(scenario.output)], quiet=given.quiet) as (line,):
        line.stage(stage)
        yield StudyRun(scenario, given, line)
        line.stage("")
