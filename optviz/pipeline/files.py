"""Writes the files of a race: draws it once for all pictures, lays it out once for all data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from optviz.engine.export import Export
from optviz.engine.result import Result
from optviz.errors import OptvizError, OutputError
from optviz.frames import DrawnFilm, StillRequest
from optviz.output.paths import check_losses, check_outputs
from optviz.pipeline.alt_text import alt_text
from optviz.scenario import Scenario

if TYPE_CHECKING:
    from optviz.output import Progress


def save(paths: Sequence[str], scenario: Scenario, result: Result) -> None:
    """Write a race to paths that Python names; only its own scenario's file is spared. Raises OptvizError."""
    read = {f"the scenario {scenario.source}": scenario.source, f"the noise {scenario.draws}": scenario.draws}
    sources = {name: path for name, path in read.items() if path is not None}
    losses = check_losses(tuple(paths), sources, named=tuple(paths))
    if losses:
        raise OptvizError(losses)
    refuse_obstacles(paths)
    write(paths, scenario, result)


def write(
    paths: Sequence[str],
    scenario: Scenario,
    result: Result,
    *,
    film: DrawnFilm | None = None,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> None:
    """Write a race to each path; all files appear or none does. Raises OptvizError.

    film: drawn already, else it is drawn here where a path needs it. shot: what stills show. progress: told of every
    frame. limit: bytes that an animation may have; beyond it TooLargeError is raised.
    """
    from optviz.output import write_all

    kinds = kinds_of(paths)
    if film is None and kinds - {"data"}:
        film = draw(scenario, result)
    export = export_of(scenario, result) if "data" in kinds else None
    write_all(paths, film=film, export=export, shot=shot, progress=progress, limit=limit)


def draw(scenario: Scenario, result: Result) -> DrawnFilm:
    """Return the race's film; imports matplotlib, which numbers do not need."""
    from optviz.picture.film import film

    return film(result, scenario)


def export_of(scenario: Scenario, result: Result) -> Export:
    """Return what the race's data files hold."""
    return Export(result, scenario.resolved(), alt_text(scenario, result))


def kinds_of(paths: Sequence[str]) -> set[str]:
    """Return which kinds of files the paths name: animation, still, data."""
    from optviz.output import format_of

    return {format_of(path).kind for path in paths}


def animation_suffixes(paths: Sequence[str]) -> list[str]:
    """Return the suffix of each path that names an animation."""
    from optviz.output import format_of

    return [PurePath(path).suffix.lower() for path in paths if format_of(path).kind == "animation"]


def refuse_obstacles(paths: Sequence[str]) -> None:
    """Raise OutputError for paths that cannot be written, before anything is computed."""
    obstacles = check_outputs(tuple(paths))
    if obstacles:
        raise OutputError(obstacles)
