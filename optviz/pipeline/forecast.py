"""Estimates what a scenario would write, without writing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from optviz.pipeline.budget import foreseen, plan_of
from optviz.pipeline.files import animation_suffixes, draw, refuse_obstacles
from optviz.pipeline.run import run
from optviz.scenario import Scenario


@dataclass(frozen=True)
class Forecast:
    """The animation and files that a scenario would make."""

    name: str
    size: tuple[int, int]  # width, height in pixels
    frames: int
    seconds: float  # that the animation plays
    files: tuple[tuple[str, int | None], ...]  # path, bytes expected of an animation
    trade_offs: str = ""  # what would be reduced to stay under the limit

    def to_dict(self) -> dict[str, Any]:
        """Return the document for --json."""
        files = [{"path": path, "expected_bytes": size} for path, size in self.files]
        return asdict(self) | {"files": files}


def forecast(scenario: Scenario, name: str = "", limit: int | None = None) -> Forecast:
    """Estimate the files of a scenario from short parts of its animation; nothing is written. Raises OptvizError.

    limit: bytes that an animation may have.
    """
    refuse_obstacles(scenario.output)
    film = draw(scenario, run(scenario).result)
    sizes, trade_offs = foreseen(film, animation_suffixes(scenario.output), limit, plan_of(scenario.render))
    return Forecast(
        name=name or scenario.name,
        size=(film.width, film.height),
        frames=film.frames,
        seconds=film.frames / film.fps + film.hold,
        files=tuple((path, sizes.get(PurePath(path).suffix.lower())) for path in scenario.output),
        trade_offs=trade_offs,
    )
