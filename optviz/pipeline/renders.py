"""Renders scenarios anywhere: each is a cell that gives the bytes of its files, which are written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from optviz.errors import CANNOT_WRITE, Issue, OptvizError, OutputError
from optviz.frames import StillRequest
from optviz.output.atomic import atomic_write, bytes_at, is_numbered, numbered_files
from optviz.parallel import cores
from optviz.pipeline.batch import preload_for
from optviz.pipeline.cells import TASK_POINT_STEPS, Cell, Columns, Progress, Workshop, compute
from optviz.pipeline.executor import ProcessExecutor
from optviz.pipeline.files import obstacles_of
from optviz.pipeline.recipe import recipe_of
from optviz.pipeline.render import FileOptions, Rendered, render
from optviz.signals import doomed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from optviz.scenario import Scenario

REPORT = "report"  # among the columns of a cell: what was rendered, as JSON


def render_anywhere(
    scenarios: Mapping[str, Scenario],
    options: FileOptions,
    workshop: Workshop,
    at_once: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Rendered]:
    """Render every scenario where the workshop says and write its files here; return what came of each.

    at_once: how many of them on this machine. Files of a scenario are written as soon as it is rendered, and what is
    rendered is kept, if the workshop keeps anything. Raises OptvizError for a folder of another protocol and for a
    scheduler that does not answer.
    """
    results: dict[str, Rendered] = {}
    cells = []
    for name, scenario in scenarios.items():
        try:
            cells.append(_cell(name, scenario, options))
        except OptvizError as error:
            results[name] = Rendered(name, issues=error.issues, exit_code=error.exit_code)

    def written(name: str, columns: Columns) -> None:
        results[name] = _written(name, scenarios[name].output, columns)

    if workshop.is_here:
        preload = preload_for(scenarios.values())
        workshop = replace(workshop, executor=lambda: ProcessExecutor(at_once or cores(), preload))
    still = asdict(options.still or StillRequest())
    found = compute(cells, {"command": "gallery", "still": still, "limit": options.limit}, workshop, progress,
                    take=written)  # fmt: skip
    for name, reason in found.failed.items():
        results[name] = Rendered(name, issues=(Issue(reason, where=name),), exit_code=CANNOT_WRITE)
    return {name: results[name] for name in scenarios}


def _cell(name: str, scenario: Scenario, options: FileOptions) -> Cell:
    """Return the cell of a scenario. Raises OptvizError where it cannot be sent or its files cannot be written."""
    obstacles = obstacles_of(scenario)
    if obstacles:
        raise OutputError(obstacles)
    recipe = recipe_of(scenario, options.still, options.limit)
    if not recipe:
        said = "races code that optviz does not know, which may differ elsewhere or change"
        raise OptvizError(Issue(said, hint="render it without --scheduler and --resume", where=name))
    content = {"recipe": recipe, "name": name, "files": [PurePath(path).name for path in scenario.output]}
    return Cell(name, content, TASK_POINT_STEPS, partial(_rendered, name, scenario, options))


def _rendered(name: str, scenario: Scenario, options: FileOptions) -> Columns:
    """Render a scenario into a folder of its own; return the bytes of its files, and the report."""
    with TemporaryDirectory(prefix="optviz-") as folder, doomed(folder):
        paths = [Path(folder, str(number), PurePath(path).name) for number, path in enumerate(scenario.output)]
        aside = scenario.model_copy(update={"output": tuple(map(str, paths))})
        made = render(aside, Deaf(), name, options)
        report = json.dumps(_reports().dump_python(replace(made, files=(), seconds=0.0))).encode()
        files = {
            f"{number}/{file.name}": file.read_bytes()
            for number, path in enumerate(paths)
            for file in (numbered_files(path) if is_numbered(path) else [path])
        }
    return {key: np.frombuffer(held, np.uint8) for key, held in {REPORT: report, **files}.items()}


def _written(name: str, output: tuple[str, ...], columns: Columns) -> Rendered:
    """Write the files of a scenario where it wants them."""
    try:
        for key, held in columns.items():
            if key != REPORT:
                number, _, own = key.partition("/")
                with atomic_write(Path(output[int(number)]).with_name(own)) as temporary:
                    temporary.write_bytes(held.tobytes())
    except OptvizError as error:
        return Rendered(name, issues=error.issues, exit_code=error.exit_code)
    made = _reports().validate_python(json.loads(columns[REPORT].tobytes()))
    return replace(made, files=tuple((path, bytes_at(path)) for path in output))


@cache
def _reports() -> TypeAdapter[Rendered]:
    from pydantic import TypeAdapter

    return TypeAdapter(Rendered)


class Deaf:
    """A listener to whom nothing is told."""

    def stage(self, stage: str) -> None:
        pass

    def count(self, done: int, total: int) -> None:
        pass
