"""A preview is small, short, and does not replace the full picture."""

from __future__ import annotations

import pytest

from optviz.pipeline.preview import PREVIEW_FRAMES, PREVIEW_SIDE_PX, preview
from optviz.scenario import loads

SMALL = "function: beale\nsteps: 9\noptimizers: [adam, sgd]\n"


@pytest.mark.parametrize("size", ["1920x1080", "720x1280", "320x180"])
def test_a_preview_is_small_and_beside_the_full_one(size: str) -> None:
    full = loads(SMALL, overrides={"render.size": size, "render.frames": 500, "render.fps": 50, "output": "a/b.mp4"})
    small = preview(full, beside=True)
    width, height = small.render.size
    assert max(width, height) <= PREVIEW_SIDE_PX
    assert min(width, height) >= 160
    assert width % 2 == height % 2 == 0
    assert (small.render.frames, small.output) == (PREVIEW_FRAMES, ("a/b.preview.mp4",))
    assert preview(full, beside=False).output == ("a/b.mp4",)
    assert small.optimizers == full.optimizers
