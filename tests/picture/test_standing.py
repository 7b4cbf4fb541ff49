"""A film that stands still shows the numbers, rows and marks of its step: those of the still of that step."""

from collections.abc import Iterator

import numpy as np
import pytest

from optviz.frames import Box
from optviz.picture.film import draw_layers, set_scene
from optviz.picture.frame_state import FrameState, frame_states
from optviz.picture.machine.layer import Layer
from optviz.picture.overlays.names import Names
from optviz.picture.scene import Scene
from optviz.picture.timeline import frame_steps
from tests import few
from tests.picture.races import race
from tests.picture.texts import Reader

PAUSES = "pauses: [%s]}\n"
HIMMELBLAU = (
    "function: himmelblau\nstart: [-0.2, -0.9]\nsteps: 60\noptimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}, "
    "momentum: {lr: 0.02}, nesterov: {lr: 0.01}, rmsprop: {lr: 0.05}, adagrad: {lr: 0.5}]\n"
    "render: {size: 640x360, frames: 40, panels: [loss, ranking, rates], "
)
CURVE = (
    "function: post_1d\nsteps: 2000\noptimizers: [adam: {lr: 0.001}, sgd: {lr: 0.02}, adamax: {lr: 0.01}]\n"
    "render: {size: 426x240, frames: 20, panels: [loss, ranking], "
)
DIVERGING = (
    "function: rosenbrock\nsteps: 50\noptimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}, momentum: {lr: 0.005}]\n"
    "render: {size: 426x240, frames: 200, panels: [ranking, rates], "
)
ONLINE = (
    "function: {formula: 'where(t % 3 == 1, 3*x, -x)', domain: [[-1, 1]]}\nstart: 0\nsteps: 90\n"
    "optimizers: [adam: {beta1: 0, beta2: 0.1}, amsgrad: {beta1: 0, beta2: 0.1, lr: 0.1/sqrt(t)}]\n"
    "render: {size: 426x240, frames: 30, panels: [regret, ranking], "
)
CASES = {
    "himmelblau": (HIMMELBLAU, range(3, 42, 3)),
    "neighbours": (CURVE, [29, 30, 31, 1000, 1999]),
    "both ends": (DIVERGING, [0, 4, 5, 50]),
    "online": (ONLINE, [1, 2, 45, 46]),
}


def scene_with(text: str, pauses: list[int]) -> Scene:
    said = ", ".join(f"{{at: {step}, seconds: 0.2}}" for step in pauses)
    run = race(text + PAUSES % said)
    render = run.scenario.render
    return set_scene(run.result, run.scenario, frame_steps(run.result.steps, render.frames, stops=pauses))


@pytest.mark.parametrize("name", few(CASES, 4))
@pytest.mark.thorough
def test_a_pause_shows_what_the_still_of_its_step_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(monkeypatch)
    text, pauses = CASES[name]
    scene = scene_with(text, list(pauses))
    layers = [layer for layer in draw_layers(scene) if not isinstance(layer, Names)]

    def shown(moment: FrameState) -> list[tuple[str, Box]]:
        return sorted(_read(reader, layers, moment))

    shown_ones = (moment for moment in frame_states(scene.steps, scene.scenario.render) if not moment.podium)
    standing = [moment for moment in shown_ones if moment.step in pauses]
    assert {moment.step for moment in standing} == set(pauses)
    for moment in standing:
        if moment.frame in scene.stops:
            still = shown(FrameState(moment.step))
            assert shown(moment) == still
            said = {text for text, _ in still}
            assert said >= {layer.labels[at] for layer in layers if hasattr(layer, "labels") for at in range(2)}
    last = len(scene.steps) - 1
    assert shown(FrameState(scene.result.steps, last)) == shown(FrameState(scene.result.steps))


def _read(reader: Reader, layers: list[Layer], moment: FrameState) -> Iterator[tuple[str, Box]]:
    for layer in layers:
        for sprite, box in layer.sprites(moment):
            yield reader.said.get(id(sprite), ""), box


@pytest.mark.parametrize(("frames", "pauses"), [(20, [29, 30, 31]), (240, [30]), (1, [0, 30]), (3, [1, 2, 3, 1999])])
def test_a_film_stops_at_exactly_the_steps_of_its_pauses(frames: int, pauses: list[int]) -> None:
    steps = frame_steps(2000, frames, stops=pauses)
    assert len(steps) == max(frames, len(set(pauses) | {2000} | ({0} if frames > 1 else set())))
    assert set(pauses) <= set(steps.tolist())
    assert (np.diff(steps) >= 0).all()
    render = race(
        "function: sphere\nsteps: 2000\noptimizers: [adam]\nrender: {"
        + PAUSES % ", ".join(f"{{at: {step}, seconds: 1, text: Step {step}}}" for step in pauses)
    ).scenario.render
    standing = [moment for moment in frame_states(steps, render) if moment.prompt]
    assert [(moment.step, moment.prompt) for moment in standing] == [
        (step, f"Step {step}") for step in pauses for _ in range(render.fps)
    ]


def test_numbers_never_go_back_after_a_pause() -> None:
    from optviz.picture.panels.rows import updated_step

    scene = scene_with(HIMMELBLAU, [17, 18, 40])
    looks = [updated_step(scene, FrameState(step, frame)) for frame, step in enumerate(scene.steps.tolist())]
    assert looks == sorted(looks)
    assert {17, 18, 40, 0, 60} <= set(looks)
