"""Writes the files of a race: draws it once for all pictures, lays it out once for all data."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from optviz.engine.export import Export
from optviz.engine.result import Result
from optviz.errors import Issue, OptvizError, OutputError
from optviz.frames import DrawnFilm, StillRequest
from optviz.output.paths import check_losses, check_outputs
from optviz.pipeline.alt_text import alt_text
from optviz.pipeline.letters import unknown_letters_said
from optviz.pipeline.recipe import recipe_of
from optviz.pipeline.sizes import format_bytes
from optviz.pipeline.themes import by_theme, in_themes
from optviz.scenario import Scenario

if TYPE_CHECKING:
    from optviz.output import Progress
    from optviz.output.html import Page


def save(paths: Sequence[str], scenario: Scenario, result: Result) -> None:
    """Write a race to paths that Python names; only its own scenario's file is spared. Raises OptvizError."""
    paths = list(in_themes(paths, scenario.render.themes))
    losses = check_losses(tuple(paths), scenario.inputs, named=tuple(paths))
    if losses:
        raise OptvizError(losses)
    refuse_obstacles(paths)
    scenario = scenario.with_provenance(recipe=recipe_of(scenario))
    with ExitStack() as stack:
        for one, own in by_theme(scenario, paths):
            stack.enter_context(written_race(own, one, result))
    if kinds_of(paths) - {"data"} and (said := unknown_letters_said(scenario)):
        warnings.warn(said, stacklevel=3)


def write(paths: Sequence[str], scenario: Scenario, result: Result) -> None:
    """Write a race to each path, in its first theme; all files appear or none does. Raises OptvizError."""
    with written_race(paths, scenario, result):
        pass


@contextmanager
def written_race(
    paths: Sequence[str],
    scenario: Scenario,
    result: Result,
    *,
    film: DrawnFilm | None = None,
    shot: StillRequest | None = None,
    progress: Progress | None = None,
    limit: int | None = None,
) -> Iterator[None]:
    """Write a race to each path; the files appear where the block ends without an error. Raises OptvizError.

    film: drawn already, else it is drawn here where a path needs it. shot: what stills show. progress: told of every
    frame. limit: bytes that an animation or a page may have; beyond it an animation raises TooLargeError.
    """
    from optviz.output import written

    kinds = kinds_of(paths)
    if film is None and kinds - {"data"}:
        film = draw(scenario, result)
    page = page_within(limit, scenario, result, film) if film and "page" in kinds else None
    export = export_of(scenario, result) if "data" in kinds else None
    with written(paths, film=film, page=page, export=export, shot=shot, progress=progress, limit=limit):
        yield


def page_within(limit: int | None, scenario: Scenario, result: Result, film: DrawnFilm | None = None) -> Page:
    """Return the race's page of at most ``limit`` bytes, with a poster of the film's end if there is room for it.

    Raises OptvizError where there is not even room without.
    """
    from optviz.output.html import page_text
    from optviz.pipeline.page import page_of

    page = page_of(scenario, result, None if film is None else film.still(None))
    if limit is None or len(page_text(page).encode()) <= limit:
        return page
    page = replace(page, poster=None)
    size = len(page_text(page).encode())
    if size > limit:
        said = f"the page has {format_bytes(size)} even without its poster"
        raise OptvizError(Issue(said, where=f"--max-size {format_bytes(limit)}"))
    return page


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
    """Return the suffix of each path that names one file for an animation."""
    from optviz.output import NUMBERED, format_of

    forms = {path: format_of(path) for path in paths}
    animations = [path for path, form in forms.items() if form.kind == "animation" and form is not NUMBERED]
    return [PurePath(path).suffix.lower() for path in animations]


def losses_of(scenario: Scenario, inputs: Mapping[str, Path | int]) -> list[Issue]:
    """Return an issue for each output whose writing would destroy a file, where the scenario's file names it.

    inputs: what is read, see ``check_losses``.
    """
    return [
        scenario.at_output(path, issue)
        for path in scenario.output
        for issue in check_losses([path], inputs, scenario.named)
    ]


def obstacles_of(scenario: Scenario) -> list[Issue]:
    """Return an issue for each output that cannot be written, where the scenario's file names it."""
    return [scenario.at_output(path, issue) for path, issue in check_outputs(scenario.output).items()]


def refuse_obstacles(paths: Sequence[str]) -> None:
    """Raise OutputError for paths that cannot be written, before anything is computed."""
    obstacles = check_outputs(paths)
    if obstacles:
        raise OutputError(obstacles.values())
