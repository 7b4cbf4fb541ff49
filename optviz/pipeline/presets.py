"""Target platforms: the format, size limit and width that each takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from optviz.errors import Issue, OptvizError, did_you_mean

if TYPE_CHECKING:
    from optviz.scenario import Scenario


@dataclass(frozen=True)
class Preset:
    """What a platform takes."""

    suffix: str  # of animations
    limit: int | None  # bytes
    widest: int | None  # pixels
    size: tuple[int, int] | None  # width, height in pixels
    text: Literal["large"] | None  # for the last row
    meaning: str


PRESETS = {
    "github": Preset(".gif", 10 * 10**6, None, None, None, "a GIF of at most 10 MB, which a README or an issue shows"),
    "slides": Preset(
        ".mp4",
        None,
        None,
        (1920, 1080),
        "large",
        "an MP4 of 1920x1080 with large words, for PowerPoint, Keynote or Google Slides",
    ),
    "medium": Preset(".gif", 25 * 10**6, 800, None, None, "a GIF at most 800 pixels wide, of at most 25 MB"),
}


def preset_of(name: str) -> Preset:
    """Return the preset of that name. Raises OptvizError."""
    if name not in PRESETS:
        raise OptvizError(Issue("unknown target", hint=did_you_mean(name, PRESETS), where=f"--for {name}"))
    return PRESETS[name]


def fit_to_preset(scenario: Scenario, name: str, outputs: Sequence[str] | None) -> Scenario:
    """Return the scenario in the preset's size, its animations in the preset's format.

    outputs: paths that the user named, which are not renamed. Raises OptvizError where one has another format.
    """
    from optviz.output import format_of
    from optviz.pipeline.budget import narrowed, plan_of, redrawn
    from optviz.scenario.loading import with_render

    preset = preset_of(name)
    animations = [path for path in scenario.output if format_of(path).kind == "animation"]
    wrong = [path for path in animations if PurePath(path).suffix.lower() != preset.suffix]
    if outputs and wrong:
        raise OptvizError(Issue(f"takes {preset.suffix}, not {wrong[0]}", where=f"--for {name}"))
    whole = plan_of(scenario.render)
    plan = replace(whole, size=preset.size) if preset.size else whole
    if preset.widest and plan.size[0] > preset.widest:
        plan = narrowed(plan, preset.widest, whole)
    scenario = scenario if plan == whole else redrawn(scenario, plan)
    if preset.text and scenario.render.text is None:
        scenario = with_render(scenario, text=preset.text)
    renamed = {path: str(PurePath(path).with_suffix(preset.suffix)) for path in animations}
    paths = tuple(dict.fromkeys(renamed.get(path, path) for path in scenario.output))
    return scenario.model_copy(update={"output": paths})
