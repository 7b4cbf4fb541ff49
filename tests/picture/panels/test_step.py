"""The panel that takes a single racer's steps apart: every rule's terms, with the step's own numbers."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from optviz.errors import OptvizError
from optviz.formula.typography import steady
from optviz.picture.frame_state import FrameState
from optviz.picture.panels import PANELS
from optviz.picture.panels.step import StepBars, symbol_of
from optviz.picture.scene import Scene
from tests.picture.races import scene_of

ONE = """
function: beale
start: [0.7, 1.4]
steps: 12
optimizers: [%s]
render: {size: 640x360, frames: 12, panels: step}
"""


def drawn(scene: Scene) -> StepBars:
    (panel,) = PANELS["step"].draw(scene, scene.grid.panels["step"])
    return cast(StepBars, panel)


@pytest.mark.parametrize("rule", ["adam: {lr: 0.1}", "amsgrad: {lr: 0.1}", "nesterov: {lr: 0.001}", "lion: {lr: 0.1}"])
def test_a_bar_and_a_number_stand_for_every_term_of_the_last_step(rule: str) -> None:
    scene = scene_of(ONE % rule)
    panel = drawn(scene)
    step = 7
    said: list[str] = []
    panel.numbers.number = lambda text: said.append(text) or panel.numbers.word(text)
    bars: list[int] = []
    draw = panel.bar
    panel.bar = lambda length, kind: bars.append(length) or draw(length, kind)
    sprites = list(panel.sprites(FrameState(step)))
    moved = np.diff(scene.result.racers[0].x, axis=0)[step - 1]
    assert said[-2:] == [steady(value) for value in moved]
    assert len(said) == 2 * len(panel.terms)
    assert 0 < len(bars) <= len(said)
    assert max(bars) == round(panel.reach * scene.page.scale)
    wide, high = scene.page.size
    assert all(0 <= box.left < box.right <= wide and 0 <= box.top < box.bottom <= high for _, box in sprites)


def test_the_longest_bar_of_a_step_fills_its_column() -> None:
    scene = scene_of(ONE % "adam: {lr: 0.1}")
    panel = drawn(scene)
    full = round(panel.reach * scene.page.scale)
    widths = [box.right - box.left for _, box in panel.sprites(FrameState(5))]
    assert widths.count(full) >= len(panel.terms) - 1  # slope and memory share a scale


@pytest.mark.parametrize("rule", ["rprop", "lion: {lr: 0.1}", "nesterov: {lr: 0.001}"])
def test_long_names_of_terms_have_room(rule: str) -> None:
    scene = scene_of(ONE % rule)
    panel = drawn(scene)
    assert all(panel.rect.left + scene.page.width_of(*symbol_of(term)) < panel.left for term in panel.terms)
    assert panel.middles[0] - panel.reach > panel.left


def test_several_racers_are_refused() -> None:
    with pytest.raises(OptvizError, match="it takes the steps of a single racer apart"):
        scene_of(ONE % "adam, sgd")


def test_the_focused_racer_is_lit_and_taken_apart_the_others_are_ghosts() -> None:
    race = ONE % "adam: {lr: 0.1}, amsgrad: {lr: 0.1}, lion: {lr: 0.1}"
    lit, plain = (
        scene_of(race.replace("panels: step", "panels: step, focus: AMSGrad")),
        scene_of(race.replace("step}", "loss}")),
    )
    assert [one == other for one, other in zip(lit.paints, plain.paints, strict=True)] == [False, True, False]
    assert [marker for _, marker in lit.paints] == [marker for _, marker in plain.paints]
    assert "vmax" in [term.symbol for term in drawn(lit).terms]


def test_a_focus_must_be_a_racer() -> None:
    with pytest.raises(OptvizError, match="no racer is called Adan"):
        scene_of(ONE.replace("panels: step", "panels: step, focus: Adan") % "adam, sgd")
