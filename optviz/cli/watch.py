"""``optviz watch``: renders a scenario again whenever its file is saved."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from optviz.cli import completion
from optviz.cli.console import errors_printed, print_issues
from optviz.cli.options import RenderOptions, ScenarioOptions, taking
from optviz.cli.outputs import aim
from optviz.cli.progress import Line, progress_lines
from optviz.cli.render import file_options
from optviz.cli.scenarios import input_of, load_scenarios
from optviz.cli.startup import import_matplotlib
from optviz.cli.terminal import say
from optviz.cli.viewer import has_display
from optviz.errors import Issue, OptvizError
from optviz.pipeline.changes import Changes
from optviz.pipeline.sizes import format_bytes

if TYPE_CHECKING:
    from optviz.cli.server import Page
    from optviz.frames import Film, Pixels
    from optviz.pipeline.render import Listener
    from optviz.scenario import Scenario

CHECK_S = 0.04  # between two looks for changes while a film is drawn
PNG_LEVEL = 1  # of compression: a file of an eighth more bytes in less than half of the time

Serve = Annotated[
    bool, typer.Option("--serve", help="Show it in a browser too, on a page that only this machine can see.")
]


File = Annotated[
    list[str] | None,
    typer.Argument(metavar="FILE", help="Scenario file.", autocompletion=completion.scenarios, show_default=False),
]


@dataclass(frozen=True, kw_only=True)
class WatchOptions(RenderOptions, ScenarioOptions):
    """Every flag of ``optviz watch``."""

    scenarios: File = None
    serve: Serve = False


@taking(WatchOptions)
def watch(options: WatchOptions) -> None:
    """Render a scenario again whenever it is saved.

    At each save a picture comes first, NAME.watch.png beside the film, and then
    the files that the scenario names. Mistakes are printed, and lie over the last
    picture that was right. A save while a film is drawn begins the next. Ctrl-C
    ends it.

    \b
    optviz watch my.yaml
    optviz watch my.yaml --serve --open
    optviz watch my.yaml -o film.mp4 --set render.theme=dark --preview
    """
    with errors_printed():
        follow(options, serve=options.serve)


def follow(options: RenderOptions, *, serve: bool = False) -> None:
    """Render the scenario at once and after every change, until the process is ended. Raises OptvizError at first."""
    from optviz.cli.server import Page, served

    file = _watched(options, serve)
    with ExitStack() as stack:
        page = Page()
        if serve:
            address = stack.enter_context(served(page))
            say(address)
            if options.open and has_display():
                typer.launch(address)
            elif options.open:
                say("there is no display to open it on; a tunnel of ssh leads to it from elsewhere", err=True)
        import_matplotlib()
        rounds = Rounds(options, Changes(file), page)
        while True:
            rounds.changes.wait()
            rounds.render()
            gc.collect()  # what films leave behind, while nobody waits


def _watched(options: RenderOptions, serve: bool) -> Path:
    """Return the file to watch. Raises OptvizError where there is none, or for flags that make no sense here."""
    assert isinstance(options, ScenarioOptions)
    sources = options.scenarios or []
    if len(sources) != 1 or sources[0] == "-":
        raise OptvizError(Issue("watches one scenario file", hint="such as optviz watch my.yaml", where="watch"))
    if "-" in (options.output or []):
        raise OptvizError(Issue("a film is written after every save", hint="such as -o film.gif", where="-o -"))
    idle = {
        "--json": options.json,
        "--dry-run": options.dry_run,
        "--changed": options.changed,
        "--embed": options.embed,
    }
    if options.open and not serve:
        raise OptvizError(Issue("opens the page of --serve here", hint="add --serve", where="--open"))
    wrong = [flag for flag, given in idle.items() if given]
    if wrong:
        raise OptvizError(Issue("does not go together with watching", where=flag) for flag in wrong)
    file = input_of(sources[0])
    if not isinstance(file, Path) or not file.is_file():
        load_scenarios(options)  # says what is wrong with it
        raise OptvizError(Issue("is no file, so nothing of it changes", hint="write one: optviz new", where=sources[0]))
    return file


class OvertakenError(Exception):
    """The scenario was saved again while its film was drawn."""


class Rounds:
    """Renders after every change: reads, draws a picture, then the film; keeps the last picture that was right."""

    def __init__(self, options: RenderOptions, changes: Changes, page: Page) -> None:
        from optviz.engine.kept_runs import KeptRuns

        self.changes, self._kept = changes, KeptRuns()
        self._options, self._page = options, page
        self._last: tuple[Film, Pixels, Path] | None = None  # the last picture that was right, and where it is written

    def render(self) -> None:
        """Write the picture and the film of what is there now; leave off where that changes."""
        try:
            self._write(*self._read())
        except OvertakenError:
            self.changes.forget()  # what was there before may be there again, and is not shown whole
        except OptvizError as error:
            print_issues(error.issues)
            self._page.say_wrong("\n".join(map(str, error.issues)))
            self._lay_over([str(issue) for issue in error.issues])

    def _read(self) -> tuple[str, Scenario]:
        """Return the scenario with its name, read after all that it is read from is watched. Raises OptvizError."""
        assert isinstance(self._options, ScenarioOptions)
        while True:
            try:
                loaded = aim(load_scenarios(self._options), self._options, named=self._options.output)
            finally:
                self.changes.confirm()
            ((name, scenario),) = loaded.items()
            assert not isinstance(scenario, OptvizError)  # the only one, whose errors are raised
            if not self.changes.follow(scenario.inputs.values()):
                return name, scenario

    def _write(self, name: str, scenario: Scenario) -> None:
        """Write picture and film of a scenario. Raises OvertakenError, OptvizError."""
        from optviz.output.png import png_bytes
        from optviz.pipeline.glance import glance
        from optviz.pipeline.render import compute, record

        began, options = time.perf_counter(), file_options(self._options)
        still = _still_of(scenario)
        with self._listening(scenario) as listener:
            race = compute(scenario, listener, options, self._kept)
        film, pixels = glance(race, options.still.step if options.still else None)
        data = png_bytes(pixels, film, PNG_LEVEL)
        _put(still, data)
        self._last = film, pixels, still
        self._page.show(scenario.title, ".png", data)
        self._say(str(still), len(data), began)
        with self._listening(scenario) as listener:
            result = record(race, listener, name, options, began)
        for path, size in result.files:
            self._say(path, size, began)
        films = [path for path, _ in result.files if self._page.takes(path)]
        if films:
            self._page.show(scenario.title, PurePath(films[0]).suffix.lower(), Path(films[0]).read_bytes())

    def _lay_over(self, sentences: list[str]) -> None:
        """Write sentences over the last picture that was right, if there was one."""
        if self._last is None:
            return
        from optviz.output.png import png_bytes
        from optviz.picture.banner import with_banner

        film, pixels, still = self._last
        _put(still, png_bytes(with_banner(pixels, sentences), film, PNG_LEVEL))

    @contextmanager
    def _listening(self, scenario: Scenario) -> Iterator[Listener]:
        """Yield what is told how far a race is, shows that, and raises OvertakenError where the scenario changes."""
        with progress_lines([", ".join(scenario.output)], quiet=self._options.quiet) as (line,):
            yield _Overtakable(line, self.changes)

    def _say(self, path: str, size: int, began: float) -> None:
        if not self._options.quiet:
            say(f"{path}  {format_bytes(size)}  in {time.perf_counter() - began:.2f} s")


class _Overtakable(Line):
    """Passes on how far a race is, and looks for changes at times."""

    def __init__(self, line: Line, changes: Changes) -> None:
        self._line, self._changes = line, changes
        self._looked = time.monotonic()

    def stage(self, stage: str) -> None:
        self._line.stage(stage)

    def count(self, done: int, total: int) -> None:
        self._line.count(done, total)
        if time.monotonic() - self._looked > CHECK_S:
            self._looked = time.monotonic()
            if self._changes.pending():
                raise OvertakenError


def _still_of(scenario: Scenario) -> Path:
    """Return where the picture is written. Raises OptvizError where that is another's file."""
    from optviz.output.paths import check_losses
    from optviz.pipeline.files import refuse_obstacles

    first = PurePath(scenario.output[0])
    still = str(first.with_name(f"{first.stem.replace('%', '')}.watch.png"))
    losses = check_losses([still], scenario.inputs)
    if losses:
        raise OptvizError(losses)
    refuse_obstacles([still])
    return Path(still)


def _put(path: Path, data: bytes) -> None:
    from optviz.output.atomic import atomic_write

    with atomic_write(path) as temporary:
        temporary.write_bytes(data)
