"""Runs a scenario and writes its files."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

from optviz.engine.export import jsonable
from optviz.engine.kept_runs import KeptRuns
from optviz.engine.result import Result, ResultRow
from optviz.errors import CANNOT_WRITE, Issue, OptvizError
from optviz.frames import DrawnFilm, StillRequest
from optviz.output.atomic import bytes_at
from optviz.pipeline.files import animation_suffixes, draw, kinds_of, refuse_obstacles, written_race
from optviz.pipeline.letters import note_on_letters, refuse_missing_font
from optviz.pipeline.race import Race
from optviz.pipeline.recipe import is_current, recipe_of
from optviz.pipeline.run import run
from optviz.pipeline.table import Table, table_of
from optviz.pipeline.themes import by_theme
from optviz.pipeline.tune import tune
from optviz.scenario import Scenario


class Listener(Protocol):
    """Is told how far one scenario is."""

    def stage(self, stage: str) -> None:
        """Take what happens now, such as racing; nothing once it has ended."""

    def count(self, done: int, total: int) -> None:
        """Take how many of the frames are drawn."""


@dataclass(frozen=True)
class FileOptions:
    """How files are written: what stills show, and how many bytes an animation may have."""

    still: StillRequest | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Rendered:
    """One scenario: its files and its result, or what kept it from having any."""

    name: str
    title: str = ""
    places: tuple[ResultRow, ...] = ()
    measure: str = ""  # what ``f`` of the places is
    table: Table | None = None  # that the scenario asks for
    files: tuple[tuple[str, int], ...] = ()  # path, bytes
    seconds: float = 0.0
    trade_offs: str = ""  # what was reduced to stay under the limit
    note: str = ""  # about letters that no font has
    tunings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by label: ``Tuning.facts``
    twins: Mapping[str, tuple[str, float]] = field(default_factory=dict)  # by label: our rule, the largest distance
    is_unchanged: bool = False  # the files are what they would be, and were not written
    issues: tuple[Issue, ...] = ()
    exit_code: int = 0
    trace: str = ""  # of a bug

    def to_dict(self) -> dict[str, Any]:
        """Return the document for --json."""
        if self.exit_code:
            return {"name": self.name, "errors": [issue.to_dict() for issue in self.issues]}
        files = [{"path": path, "bytes": size} for path, size in self.files]
        if self.is_unchanged:
            return {"name": self.name, "title": self.title, "unchanged": True, "files": files}
        return {
            "name": self.name,
            "title": self.title,
            "ranking": [place.label for place in self.places],
            "racers": [jsonable(place._asdict()) for place in self.places],
            **({"table": {"columns": self.table.heads, "rows": self.table.rows}} if self.table else {}),
            **({"tuning": jsonable(self.tunings)} if self.tunings else {}),
            **({"distance_from_ours": {label: far for label, (_, far) in self.twins.items()}} if self.twins else {}),
            **({"note": self.note} if self.note else {}),
            "files": files,
            "seconds": round(self.seconds, 3),
        }


def render(scenario: Scenario, listener: Listener, name: str = "", options: FileOptions = FileOptions()) -> Rendered:
    """Run the scenario and write all its outputs; ``name`` is what it is called in messages. Raises OptvizError."""
    began = time.perf_counter()
    return record(compute(scenario, listener, options), listener, name, options, began)


def compute(scenario: Scenario, listener: Listener, options: FileOptions, kept: KeptRuns | None = None) -> Race:
    """Tune what the scenario asks for and run it; what cannot be written is refused before. Raises OptvizError.

    kept: runs of scenarios before, of which equal ones are taken.
    """
    scenario = scenario.with_provenance(recipe=recipe_of(scenario, options.still, options.limit))
    refuse_obstacles(scenario.output)
    if kinds_of(scenario.output) - {"data"}:
        refuse_missing_font(scenario)
    tunings = {}
    if any(racer.rule.ranges for racer in scenario.optimizers):
        listener.stage("tuning")
        tunings = tune(scenario, listener.count)
    listener.stage("racing")
    return run(scenario, tunings, kept=kept)


def record(race: Race, listener: Listener, name: str, options: FileOptions, began: float) -> Rendered:
    """Write all outputs of a race that was computed; ``began``: when that was begun. Raises OptvizError."""
    scenario = race.scenario
    listener.stage("drawing")
    trade_offs = _write(race, listener, options)
    return Rendered(
        name=name or scenario.name,
        title=scenario.title,
        places=tuple(race.table()),
        measure=race.result.measure,
        table=table_of(scenario, race.result),
        files=tuple((path, bytes_at(path)) for path in scenario.output),
        seconds=time.perf_counter() - began,
        trade_offs=trade_offs,
        note=note_on_letters(scenario) if kinds_of(scenario.output) - {"data"} else "",
        tunings={racer.label: racer.tuning.facts() for racer in race.racers if racer.tuning is not None},
        twins={
            racer.label: (racer.rule.twin.name, racer.from_twin)
            for racer in race.racers
            if racer.rule.twin is not None and racer.from_twin is not None
        },
    )


def unchanged(scenario: Scenario, name: str, options: FileOptions) -> Rendered | Scenario:
    """Return what says that all files are as they would be written now, or the scenario with the others as its outputs.

    Files of numbers, which do not say it, are among the others.
    """
    recipe = recipe_of(scenario, options.still, options.limit)
    others = tuple(path for path in scenario.output if not is_current(path, recipe))
    if others:
        return scenario.model_copy(update={"output": others})
    files = tuple((path, bytes_at(path)) for path in scenario.output)
    return Rendered(name or scenario.name, title=scenario.title, files=files, is_unchanged=True)


def _write(race: Race, listener: Listener, options: FileOptions) -> str:
    """Write the race's outputs, in every theme; return what was reduced to stay under the limit."""
    with ExitStack() as stack:
        reduced = [
            _write_in_theme(stack, paths, scenario, race.result, listener, options)
            for scenario, paths in by_theme(race.scenario, race.scenario.output)
        ]
    return "; ".join(dict.fromkeys(filter(None, reduced)))


def _write_in_theme(
    stack: ExitStack,
    paths: Sequence[str],
    scenario: Scenario,
    result: Result,
    listener: Listener,
    options: FileOptions,
) -> str:
    """Write paths, which appear where ``stack`` is left; return what was reduced to stay under the limit."""
    how: dict[str, Any] = {"shot": options.still, "progress": listener.count, "limit": options.limit}
    suffixes = animation_suffixes(paths)
    if options.limit is None or not suffixes:
        stack.enter_context(written_race(paths, scenario, result, **how))
        return ""
    from optviz.pipeline.budget import write_within

    def write_once(drawn: Scenario, film: DrawnFilm) -> None:
        stack.enter_context(written_race(paths, drawn, result, film=film, **how))

    return write_within(options.limit, scenario, suffixes, lambda drawn: draw(drawn, result), write_once)


def attempt(name: str, work: Callable[[], Rendered]) -> Rendered:
    """Return what ``work`` gives, or why it gave nothing, bugs included: one failure must not stop the others."""
    try:
        return work()
    except OptvizError as error:
        return Rendered(name, issues=error.issues, exit_code=error.exit_code)
    except Exception as error:  # a bug is reported with its trace when all others are done
        said = f"{type(error).__name__}: {error}"
        trace = traceback.format_exc()
        return Rendered(name, issues=(Issue(said, where=name),), exit_code=CANNOT_WRITE, trace=trace)
