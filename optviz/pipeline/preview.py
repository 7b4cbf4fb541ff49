"""Scales a scenario down for a quick look."""

from __future__ import annotations

from pathlib import PurePath

from optviz.pipeline.budget import even_side
from optviz.scenario import Scenario

PREVIEW_SIDE_PX = 480  # of the longer side
PREVIEW_FRAMES = 24
PREVIEW_S = 3.0  # that these frames last
PREVIEW_HOLD_S = 1.0


def preview(scenario: Scenario, *, beside: bool) -> Scenario:
    """Return the scenario drawn small and with few frames.

    beside: its outputs are renamed, ``outputs/race.gif`` to ``outputs/race.preview.gif``, so that the full one stays.
    """
    render = scenario.render
    scale = min(1.0, PREVIEW_SIDE_PX / max(render.size))
    frames = min(render.frames, PREVIEW_FRAMES)
    changes: dict[str, object] = {
        "size": tuple(even_side(side * scale) for side in render.size),
        "frames": frames,
        "fps": min(render.fps, max(1, round(frames / PREVIEW_S))),
        "hold": min(render.hold, PREVIEW_HOLD_S),
    }
    paths = map(PurePath, scenario.output)
    output = tuple(str(path.with_name(f"{path.stem}.preview{path.suffix}")) for path in paths)
    return scenario.model_copy(
        update={"render": render.model_copy(update=changes), "output": output if beside else scenario.output}
    )
