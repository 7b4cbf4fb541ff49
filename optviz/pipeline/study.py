"""Writes the files of a fair comparison: drawn once for all pictures, laid out once for all data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optviz.engine.export import DataExport
from optviz.frames import DrawnFilm, StillRequest
from optviz.output import Progress, write_all
from optviz.output.atomic import bytes_at
from optviz.pipeline.files import kinds_of
from optviz.scenario import Scenario
from optviz.scenario.document import read_document


def titled(scenario: Scenario, made: str) -> str:
    """Return the title that a scenario's author wrote; one that was made for the comparison where none is."""
    written = read_document(scenario.source_text, scenario.name).data.get("title")
    return scenario.title if written else made


def write_study(
    paths: Sequence[str],
    draw: Callable[[], DrawnFilm],
    export: DataExport,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
) -> tuple[tuple[str, int], ...]:
    """Write each path; all files appear or none does. Return paths and bytes. Raises OptvizError.

    draw: makes the film, which numbers alone do not need. shot: what stills show.
    """
    film = draw() if kinds_of(paths) - {"data"} else None
    write_all(paths, film=film, export=export, shot=shot, progress=progress)
    return tuple((path, bytes_at(path)) for path in paths)
