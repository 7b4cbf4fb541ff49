"""Films for places that take only so many bytes: what is given away for it, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from optviz.errors import Issue, OptvizError, did_you_mean

if TYPE_CHECKING:
    from optviz.engine.result import Race
    from optviz.frames import DrawnFilm
    from optviz.scenario import Scenario
    from optviz.scenario.models import Render

UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
ROUNDS = ((640, 12, 1), (320, 8, 3))  # width, frames a second, thrift: given away one after the other, then once more
NARROWER = 0.85  # of the width, at a time
RATES = (50, 40, 30, 25, 20, 15, 12, 10, 8)
SPARE = 0.95  # of the limit is aimed at, since sizes are estimates
LIGHTER = 0.85  # of the bytes are left by one step of thrift
BY_AREA = 0.8  # bytes grow with the picture's area to this power: lines and letters have edges, not areas


@dataclass(frozen=True)
class Preset:
    """What a place takes."""

    suffix: str
    limit: int | None
    widest: int | None  # pixels
    size: tuple[int, int] | None
    meaning: str


PRESETS = {
    "github": Preset(".gif", 10 * 10**6, None, None, "a GIF of at most 10 MB, which a README or an issue shows"),
    "slides": Preset(".mp4", None, None, (1920, 1080), "an MP4 of 1920x1080, for PowerPoint, Keynote or Google Slides"),
    "medium": Preset(".gif", 25 * 10**6, 800, None, "a GIF at most 800 pixels wide, of at most 25 MB"),
}


@dataclass(frozen=True)
class Plan:
    """How a film is drawn: all that can be given away."""

    size: tuple[int, int]
    fps: int
    frames: int
    thrift: int = 0

    def given_away(self, whole: Plan) -> str:
        """``width 1280 to 924, 25 to 20 frames a second``: what ``whole`` had more."""
        parts = [
            (whole.size[0] > self.size[0], f"width {whole.size[0]} to {self.size[0]}"),
            (whole.fps > self.fps, f"{whole.fps} to {self.fps} frames a second"),
            (self.thrift > 0, f"fewer colours ({self.thrift} of {ROUNDS[-1][2]})"),
        ]
        return ", ".join(said for is_given, said in parts if is_given)

    @property
    def weight(self) -> float:
        """Bytes, but for a factor that all plans of one film share."""
        area = self.size[0] * self.size[1]
        return float(area**BY_AREA * self.frames * LIGHTER**self.thrift)

    def applied(self, scenario: Scenario) -> Scenario:
        """The scenario drawn so."""
        changes = {"size": self.size, "fps": self.fps, "frames": self.frames}
        return scenario.redrawn(**changes)


def plan_of(render: Render) -> Plan:
    """What the scenario asks for."""
    return Plan(render.size, render.fps, render.frames)


def plans(whole: Plan) -> Iterator[Plan]:
    """``whole``, then ever smaller ones: narrower, then slower, then in fewer colours; then all that again."""
    plan = whole
    yield plan
    for width, fps, thrift in ROUNDS:
        while plan.size[0] > width:
            plan = narrowed(plan, max(width, round(plan.size[0] * NARROWER)), whole)
            yield plan
        for rate in (rate for rate in RATES if fps <= rate < plan.fps):
            plan = replace(plan, fps=rate, frames=max(2, round(whole.frames * rate / whole.fps)))
            yield plan
        while plan.thrift < thrift:
            plan = replace(plan, thrift=plan.thrift + 1)
            yield plan


def narrowed(plan: Plan, width: int, whole: Plan) -> Plan:
    """As wide as that, in the shape of ``whole``, with even sides."""
    height = whole.size[1] * width / whole.size[0]
    return replace(plan, size=(_even(width), _even(height)))


def _even(side: float) -> int:
    return max(160, 2 * round(side / 2))


def write_within(
    race: Race,
    limit: int,
    draw: Callable[[Race], DrawnFilm],
    write: Callable[[Race, DrawnFilm], None],
    suffixes: Sequence[str],
) -> str:
    """Write the race's films with at most ``limit`` bytes each; what was said and given away for it, or nothing.

    draw: gives a race's film; write: writes it, raising TooLargeError; suffixes: of the films. Raises OptvizError when
    even the smallest plan has too many bytes.
    """
    from optviz.output import TooLargeError
    from optviz.pipeline.estimate import expected_bytes

    whole = plan_of(_scenario(race).render)
    film = draw(race)
    basis, size = whole, max(expected_bytes(film, suffixes).values())
    expected = size
    left = list(plans(whole))
    while left:
        plan = _next(left, basis, size, limit)
        left = left[left.index(plan) + 1 :]
        drawn = race if plan == whole else replace(race, scenario=plan.applied(_scenario(race)))
        try:
            write(drawn, replace(film if plan == whole else draw(drawn), thrift=plan.thrift))
        except TooLargeError as error:
            basis, size = plan, error.size
        else:
            return _said(expected, limit, plan.given_away(whole))
    hint = "draw fewer frames, such as --set render.frames=100, or write .mp4 or .webm"
    raise OptvizError(
        Issue(f"about {size_of(size)} even with {basis.given_away(whole)}", hint=hint, where=_flag(limit))
    )


def _next(left: list[Plan], basis: Plan, size: int, limit: int) -> Plan:
    """The first plan that should fit, when ``basis`` has ``size`` bytes; the last one when none should."""
    fitting = (plan for plan in left if size * plan.weight / basis.weight <= SPARE * limit)
    return next(fitting, left[-1])


def foreseen(film: DrawnFilm, suffixes: Sequence[str], limit: int | None, whole: Plan) -> tuple[dict[str, int], str]:
    """The bytes expected for each suffix, and what would be given away to stay under ``limit``."""
    from optviz.pipeline.estimate import expected_bytes

    sizes = expected_bytes(film, suffixes)
    if limit is None or not sizes:
        return sizes, ""
    largest = max(sizes.values())
    plan = _next(list(plans(whole)), whole, largest, limit)
    return sizes, _said(largest, limit, plan.given_away(whole))


def _said(expected: int, limit: int, given_away: str) -> str:
    return f"about {size_of(expected)}, for at most {size_of(limit)}: {given_away}" if given_away else ""


def _scenario(race: Race) -> Scenario:
    if race.scenario is None:
        raise ValueError("only a race from a scenario says how it is drawn")
    return race.scenario


def _flag(limit: int) -> str:
    return f"--max-size {size_of(limit)}"


def bytes_of(text: str) -> int:
    """``10MB`` and ``1.5 MiB`` in bytes. Raises OptvizError."""
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*([a-z]*)\s*", text.lower())
    if not found or found[2] not in UNITS or not (size := int(float(found[1]) * UNITS[found[2]])):
        raise OptvizError(Issue("is no size", hint="write it as 10MB, 800kB or 2.5MiB", where=f"--max-size {text}"))
    return size


def preset_of(name: str) -> Preset:
    """The preset of that name. Raises OptvizError."""
    if name not in PRESETS:
        raise OptvizError(Issue("no such place", hint=did_you_mean(name, PRESETS), where=f"--for {name}"))
    return PRESETS[name]


def made_for(preset: Preset, name: str, scenario: Scenario, outputs: Sequence[str] | None) -> Scenario:
    """The scenario for a place: its size, and its films' suffix unless ``outputs`` names them. Raises OptvizError."""
    from optviz.output import format_of

    films = [path for path in scenario.output if format_of(path).kind == "animation"]
    wrong = [path for path in films if PurePath(path).suffix.lower() != preset.suffix]
    if outputs and wrong:
        raise OptvizError(Issue(f"takes {preset.suffix}, not {wrong[0]}", where=f"--for {name}"))
    renamed = {path: str(PurePath(path).with_suffix(preset.suffix)) for path in films}
    whole = plan_of(scenario.render)
    plan = replace(whole, size=preset.size) if preset.size else whole
    if preset.widest and plan.size[0] > preset.widest:
        plan = narrowed(plan, preset.widest, whole)
    scenario = scenario if plan == whole else plan.applied(scenario)
    paths = tuple(dict.fromkeys(renamed.get(path, path) for path in scenario.output))
    return scenario.model_copy(update={"output": paths})


def size_of(count: int) -> str:
    """``1.3 MB``"""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB" if count >= 1e3 else f"{count} bytes"
