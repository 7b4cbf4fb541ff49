"""Keeps animations under a limit of bytes: plans that draw less, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from optviz.errors import Issue, OptvizError
from optviz.frames import DrawnFilm
from optviz.output import TooLargeError
from optviz.pipeline.estimate import expected_bytes
from optviz.pipeline.sizes import format_bytes
from optviz.scenario import Scenario
from optviz.scenario.fields import SMALLEST_SIDE_PX
from optviz.scenario.loading import with_render
from optviz.scenario.render import Render

ROUNDS = ((640, 12, 1), (320, 8, 3))  # least width (px), least fps, most compression; tried in turn, then once more
NARROWING = 0.85  # of the width, at a time
RATES_FPS = (50, 40, 30, 25, 20, 15, 12, 10, 8)
TARGET_SHARE = 0.95  # of the limit, since sizes are estimates
BYTES_PER_COMPRESSION = 0.85  # share of the bytes that one step of compression leaves
AREA_POWER = 0.8  # bytes grow with the picture's area to this power: lines and letters have edges, not areas


@dataclass(frozen=True)
class BudgetPlan:
    """How an animation is drawn, as far as it decides the size of its files."""

    size: tuple[int, int]  # width, height in pixels
    fps: int
    frames: int
    compression: int = 0  # see ``Film.compression``

    @property
    def weight(self) -> float:
        """Bytes, but for a factor that all plans of one animation share."""
        area = self.size[0] * self.size[1]
        return float(area**AREA_POWER * self.frames * BYTES_PER_COMPRESSION**self.compression)

    def trade_offs(self, whole: BudgetPlan) -> str:
        """Say what is reduced against ``whole``: ``width 1280 to 924, 25 to 20 frames a second``."""
        parts = [
            (whole.size[0] > self.size[0], f"width {whole.size[0]} to {self.size[0]}"),
            (whole.fps > self.fps, f"{whole.fps} to {self.fps} frames a second"),
            (self.compression > 0, f"fewer colours ({self.compression} of {ROUNDS[-1][2]})"),
        ]
        return ", ".join(said for is_reduced, said in parts if is_reduced)


def plan_of(render: Render) -> BudgetPlan:
    """Return the plan that the scenario itself asks for."""
    return BudgetPlan(render.size, render.fps, render.frames)


def plans(whole: BudgetPlan) -> Iterator[BudgetPlan]:
    """Yield ``whole``, then ever smaller plans: narrower, then slower, then in fewer colours; then all that again."""
    plan = whole
    yield plan
    for width, fps, compression in ROUNDS:
        while plan.size[0] > width:
            plan = narrowed(plan, max(width, round(plan.size[0] * NARROWING)), whole)
            yield plan
        for rate in (rate for rate in RATES_FPS if fps <= rate < plan.fps):
            plan = replace(plan, fps=rate, frames=max(2, round(whole.frames * rate / whole.fps)))
            yield plan
        while plan.compression < compression:
            plan = replace(plan, compression=plan.compression + 1)
            yield plan


def narrowed(plan: BudgetPlan, width: int, whole: BudgetPlan) -> BudgetPlan:
    """Return the plan with that width in pixels, in the shape of ``whole``."""
    height = whole.size[1] * width / whole.size[0]
    return replace(plan, size=(even_side(width), even_side(height)))


def even_side(pixels: float) -> int:
    """Return the nearest even number of pixels that a picture's side may have."""
    return max(SMALLEST_SIDE_PX, 2 * round(pixels / 2))


def redrawn(scenario: Scenario, plan: BudgetPlan) -> Scenario:
    """Return the scenario drawn by that plan; its text, which files keep, says so."""
    return with_render(scenario, size=plan.size, fps=plan.fps, frames=plan.frames)


def write_within(
    limit: int,
    scenario: Scenario,
    suffixes: Sequence[str],
    draw: Callable[[Scenario], DrawnFilm],
    write: Callable[[Scenario, DrawnFilm], None],
) -> str:
    """Write a scenario's animations with at most ``limit`` bytes each; return what was reduced, in words, or nothing.

    suffixes: of the animations. draw: gives the scenario's film. write: writes it, raising TooLargeError. Raises
    OptvizError when even the smallest plan has too many bytes.
    """
    whole = plan_of(scenario.render)
    film = draw(scenario)
    expected = max(expected_bytes(film, suffixes).values())
    basis, size = whole, expected
    left = list(plans(whole))
    while left:
        plan = _next(left, basis, size, limit)
        left = left[left.index(plan) + 1 :]
        smaller = scenario if plan == whole else redrawn(scenario, plan)
        try:
            write(smaller, replace(film if plan == whole else draw(smaller), compression=plan.compression))
        except TooLargeError as error:
            basis, size = plan, error.size
        else:
            return _said(expected, limit, plan.trade_offs(whole))
    said = f"about {format_bytes(size)} even with {basis.trade_offs(whole)}"
    hint = "draw fewer frames, such as --set render.frames=100, or write .mp4 or .webm"
    raise OptvizError(Issue(said, hint=hint, where=f"--max-size {format_bytes(limit)}"))


def foreseen(
    film: DrawnFilm, suffixes: Sequence[str], limit: int | None, whole: BudgetPlan
) -> tuple[dict[str, int], str]:
    """Return the bytes expected for each suffix, and in words what would be reduced to stay under ``limit``."""
    sizes = expected_bytes(film, suffixes)
    if limit is None or not sizes:
        return sizes, ""
    largest = max(sizes.values())
    plan = _next(list(plans(whole)), whole, largest, limit)
    return sizes, _said(largest, limit, plan.trade_offs(whole))


def _next(left: list[BudgetPlan], basis: BudgetPlan, size: int, limit: int) -> BudgetPlan:
    """Return the first plan that should fit, given that ``basis`` has ``size`` bytes; the last one when none should."""
    fitting = (plan for plan in left if size * plan.weight / basis.weight <= TARGET_SHARE * limit)
    return next(fitting, left[-1])


def _said(expected: int, limit: int, trade_offs: str) -> str:
    return f"about {format_bytes(expected)}, for at most {format_bytes(limit)}: {trade_offs}" if trade_offs else ""
