"""The lit racer is in front: its trail and its head lie over all others, and it has a name wherever it is seen."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from optviz.picture.film import draw_layers
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.board import Board
from optviz.picture.overlays.names import Names
from optviz.picture.views.view import View
from tests import few
from tests.picture.races import MAP, board_of, scene_of

LIT = MAP.replace("render: {", "render: {focus: SGD, panels: [], ")  # the one that others overtake


@pytest.mark.parametrize("trail", few(["full", "50"], 2))
@pytest.mark.thorough
def test_the_lit_trail_is_seen_where_others_cross_it_later(trail: str) -> None:
    text = LIT.replace("panels", f"trail: {trail}, panels")
    scene = scene_of(text)
    alone = scene_of(text.replace("[adam: {lr: 0.1}, amsgrad: {lr: 0.1}, momentum: {lr: 0.003}, ", "["))
    lit = np.rint(255 * np.array(to_rgb(scene.paints[3][0])))
    assert (lit == np.rint(255 * np.array(to_rgb(alone.paints[0][0])))).all()
    seen, full = (
        (np.abs(board_of(one).still(FrameState(60, 24))[..., :3] - lit) < 40).all(axis=2) for one in (scene, alone)
    )
    assert full.sum() > 25
    assert (seen & full).sum() > 0.85 * full.sum()  # but for the heads of the others


@pytest.mark.thorough
def test_drawn_step_by_step_or_at_once_it_looks_the_same() -> None:
    scene = scene_of(LIT)
    board = board_of(scene)
    moments = [FrameState(int(step), frame) for frame, step in enumerate(scene.steps)]
    np.testing.assert_array_equal(board.stills(moments)[-1], board.still(moments[-1]))


@pytest.mark.thorough
def test_the_lit_head_is_put_down_last() -> None:
    scene = scene_of(LIT)
    assert scene.stacked(60)[-1] == 3 == scene.racers_lit_last[-1]
    view = next(layer for layer in draw_layers(scene) if isinstance(layer, View))
    assert list(view.sprites(FrameState(40)))[-1] == scene.racer_mark(
        3, 40, tuple(view.marks.centres(FrameState(40))[3])
    )


@pytest.mark.thorough
def test_the_lit_racer_always_has_a_name() -> None:
    scene = scene_of(LIT.replace("sgd: {lr: 0.01}", "sgd: {lr: 0.01}, adamax: {lr: 0.1}, nadam: {lr: 0.1}, rmsprop"))
    layers = draw_layers(scene)
    names = next(layer for layer in layers if isinstance(layer, Names))
    Board(scene.page.figure, layers)
    shown = np.isfinite(names.plan.offsets[:, 3, 0]) | names.plan.lens.members[:, 3]
    assert shown.all()
