"""From a scenario to its files, and what there is to say about it afterwards."""

from __future__ import annotations

import base64
import math
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from html import escape
from pathlib import PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from optviz.errors import CANNOT_WRITE, Issue, OptvizError, OutputError

if TYPE_CHECKING:
    from optviz.engine.result import Place, Race
    from optviz.frames import DrawnFilm, StillRequest
    from optviz.scenario import Scenario

Doing = Callable[[str], None]
Counting = Callable[[int, int], None]

PREVIEW_SIDE = 480  # pixels of the longer side
PREVIEW_FRAMES = 24
PREVIEW_SECONDS = 3.0  # that these frames last


@dataclass(frozen=True)
class Terms:
    """How files are written: what stills show, and how many bytes a film may have."""

    shot: StillRequest | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Forecast:
    """What a scenario would make."""

    name: str
    size: tuple[int, int]
    frames: int
    seconds: float  # that the film plays
    files: tuple[tuple[str, int | None], ...]  # path, bytes expected of a film
    given_away: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        files = [{"path": path, "expected_bytes": size} for path, size in self.files]
        return asdict(self) | {"files": files}


@dataclass(frozen=True)
class Rendered:
    """One scenario: its files and its result, or what kept it from having any."""

    name: str
    title: str = ""
    places: tuple[Place, ...] = ()
    ranking: str = ""  # as a table to read
    files: tuple[tuple[str, int], ...] = ()  # path, bytes
    seconds: float = 0.0
    given_away: str = ""  # to stay under the limit
    issues: tuple[Issue, ...] = ()
    exit_code: int = 0
    trace: str = ""  # of a bug

    def to_dict(self) -> dict[str, Any]:
        """For --json."""
        if self.exit_code:
            return {"name": self.name, "errors": [issue.to_dict() for issue in self.issues]}
        return {
            "name": self.name,
            "title": self.title,
            "ranking": [place.label for place in self.places],
            "racers": [place._asdict() | {"f": _finite(place.f)} for place in self.places],
            "files": [{"path": path, "bytes": size} for path, size in self.files],
            "seconds": round(self.seconds, 3),
        }


def render(scenario: Scenario, doing: Doing, counting: Counting, name: str = "", terms: Terms = Terms()) -> Rendered:
    """Run the scenario and write all its outputs on these terms. Raises OptvizError."""
    from optviz import run
    from optviz.cli.describe import ranking
    from optviz.picture import import_without_documents

    began = time.perf_counter()
    _refuse_obstacles(scenario.output)
    doing("racing")
    race = run(scenario)
    doing("drawing")
    if _is_drawn(scenario.output):
        import_without_documents()
    given_away = _write_on(terms, scenario.output, race, counting)
    return Rendered(
        name=name or scenario.name,
        title=scenario.title,
        places=tuple(race.table()),
        ranking=ranking(race),
        files=tuple((path, os.path.getsize(path)) for path in scenario.output),
        seconds=time.perf_counter() - began,
        given_away=given_away,
    )


def forecast(scenario: Scenario, name: str = "", terms: Terms = Terms()) -> Forecast:
    """What the scenario would make, from short parts of it; nothing is written. Raises OptvizError."""
    from optviz import run
    from optviz.picture import import_without_documents
    from optviz.pipeline.budget import foreseen, plan_of

    _refuse_obstacles(scenario.output)
    import_without_documents()
    film = _film(run(scenario))
    sizes, given_away = foreseen(film, _film_suffixes(scenario.output), terms.limit, plan_of(scenario.render))
    return Forecast(
        name=name or scenario.name,
        size=(film.width, film.height),
        frames=film.frames,
        seconds=film.frames / film.fps + film.hold,
        files=tuple((path, sizes.get(PurePath(path).suffix.lower())) for path in scenario.output),
        given_away=given_away,
    )


def _refuse_obstacles(paths: tuple[str, ...]) -> None:
    from optviz.scenario import check_outputs

    obstacles = check_outputs(paths)
    if obstacles:
        raise OutputError(obstacles)


def _film_suffixes(paths: tuple[str, ...]) -> list[str]:
    from optviz.output import format_of

    return [PurePath(path).suffix.lower() for path in paths if format_of(path).kind == "animation"]


def _write_on(terms: Terms, paths: tuple[str, ...], race: Race, counting: Counting) -> str:
    """Write; what had to be given away to stay under the limit."""
    suffixes = _film_suffixes(paths)
    if terms.limit is None or not suffixes:
        write(paths, race, counting, terms.shot)
        return ""
    from optviz.output import write_all
    from optviz.pipeline.budget import write_within

    def write_once(drawn: Race, film: DrawnFilm) -> None:
        write_all(paths, film=film, race=drawn, shot=terms.shot, progress=counting, limit=terms.limit)

    return write_within(race, terms.limit, _film, write_once, suffixes)


def save(paths: tuple[str, ...], race: Race) -> None:
    """Write a race to the paths that Python names; only its own scenario's file is spared. Raises OptvizError."""
    from optviz.scenario import check_losses

    source = race.scenario.source if race.scenario is not None else None
    losses = check_losses(paths, {str(source): source} if source else {}, named=paths)
    if losses:
        raise OptvizError(losses)
    _refuse_obstacles(paths)
    write(paths, race)


def write(
    paths: tuple[str, ...], race: Race, counting: Counting | None = None, shot: StillRequest | None = None
) -> None:
    """Write a race to each path, drawn once for all of them. Raises OptvizError."""
    from optviz.output import write_all

    write_all(paths, film=_film(race) if _is_drawn(paths) else None, race=race, shot=shot, progress=counting)


def _is_drawn(paths: tuple[str, ...]) -> bool:
    """Whether any of the files is a picture."""
    from optviz.output import format_of

    return any(format_of(path).kind != "data" for path in paths)


def _film(race: Race) -> DrawnFilm:
    from optviz.picture.film import film  # matplotlib, which numbers do not need

    return film(race)


def shown_inline(race: Race) -> dict[str, str]:
    """The film as a picture that a notebook keeps in itself, and the ranking for where there are no pictures."""
    from optviz.cli.describe import ranking

    with TemporaryDirectory() as folder:
        path = os.path.join(folder, "race.gif")
        write((path,), race)
        with open(path, "rb") as file:
            film = base64.b64encode(file.read()).decode("ascii")
    picture = f'<img src="data:image/gif;base64,{film}" alt="{escape(race.title)}" style="max-width: 100%">'
    return {"text/html": picture, "text/plain": ranking(race)}


def attempt(name: str, work: Callable[[], Rendered]) -> Rendered:
    """What ``work`` gives, or why it gave nothing, bugs included: one failure must not stop the others."""
    try:
        return work()
    except OptvizError as error:
        return Rendered(name, issues=error.issues, exit_code=error.exit_code)
    except Exception as error:  # a bug is told with its trace when all others are done
        said = f"{type(error).__name__}: {error}"
        trace = traceback.format_exc()
        return Rendered(name, issues=(Issue(said, where=name),), exit_code=CANNOT_WRITE, trace=trace)


def preview(scenario: Scenario, *, elsewhere: bool) -> Scenario:
    """The scenario drawn small and with few frames; ``elsewhere`` puts it beside the full one's place."""
    width, height = scenario.render.size
    scale = min(1.0, PREVIEW_SIDE / max(width, height))
    frames = min(scenario.render.frames, PREVIEW_FRAMES)
    changes: dict[str, object] = {
        "size": (_even(width * scale), _even(height * scale)),
        "frames": frames,
        "fps": min(scenario.render.fps, max(1, round(frames / PREVIEW_SECONDS))),
        "hold": min(scenario.render.hold, 1.0),
    }
    output = tuple(map(_preview_path, scenario.output)) if elsewhere else scenario.output
    return scenario.model_copy(update={"render": scenario.render.model_copy(update=changes), "output": output})


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if math.isfinite(value) else None


def _even(side: float) -> int:
    return max(160, 2 * round(side / 2))


def _preview_path(path: str) -> str:
    """``outputs/race.gif`` is previewed in ``outputs/race.preview.gif``."""
    pure = PurePath(path)
    return str(pure.with_name(f"{pure.stem}.preview{pure.suffix}"))
