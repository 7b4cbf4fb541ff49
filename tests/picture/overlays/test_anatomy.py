"""A step taken apart on the picture: arrows and bars are the rule's own, come one after another, and hide no words."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest

from optviz.engine.anatomy import dissect
from optviz.errors import OptvizError
from optviz.frames import Box
from optviz.optimizers import OPTIMIZERS
from optviz.picture.film import draw_layers, film, scene_of_film
from optviz.picture.frame_state import FrameState, frame_states
from optviz.picture.layout.theme import HEAD_PX
from optviz.picture.overlays.anatomy import StepApart
from optviz.picture.overlays.anatomy.line import LineWindow
from optviz.picture.overlays.anatomy.plane import PlaneWindow
from optviz.picture.overlays.names import Names
from optviz.picture.panels.step import StepBars
from optviz.picture.scene import Scene
from optviz.picture.timeline import with_keys
from optviz.picture.views import VIEWS
from optviz.picture.views.view import View
from optviz.scenario import loads
from tests import few
from tests.picture.races import race

STEP = 7
NAMES = list(OPTIMIZERS)
HALVES = NAMES[::2], NAMES[1::2]  # a race has at most 24
PLANE = "function: {name: beale, window: [[-0.4, 4.2], [-1.6, 2]]}\nstart: [0.7, 1.4]\n"
LINE = "function: post_1d\n"
RACE = (
    PLANE + "steps: 30\noptimizers: [amsgrad: {lr: 0.1, beta2: 0.5}, sgd: {lr: 0.01}, momentum: {lr: 0.003}]\n"
    "render: {size: 640x360, fps: 10, frames: 20, focus: AMSGrad, anatomy: [{at: 12, seconds: 3}], %s}\n"
)


@cache
def drawn(text: str, half: int) -> tuple[Scene, View]:
    rules = ", ".join(HALVES[half]).replace("schedule_free_sgd", "schedule_free_sgd: {lr: 0.01}")
    run = race(text + f"steps: 10\noptimizers: [{rules}]\nrender: {{size: 640x360, frames: 2, panels: []}}\n")
    scene = scene_of_film(run.result, run.scenario)
    return scene, VIEWS[scene.scenario.render.view](scene, scene.grid.view)


def overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one[:2] + 1 < other[2:]).all() and (other[:2] + 1 < one[2:]).all())


@pytest.mark.parametrize("name", few(NAMES, 8))
@pytest.mark.thorough
def test_every_rule_has_its_arrows_on_the_map(name: str) -> None:
    half = NAMES.index(name) % 2
    scene, view = drawn(PLANE, half)
    index = HALVES[half].index(name)
    racer = scene.result.racers[index]
    window = PlaneWindow(scene, view, dissect(racer, scene.result, STEP), index, STEP)
    moved = window.ways["Δ"] / window.zoom / window.unit
    np.testing.assert_allclose(moved, racer.x[STEP] - racer.x[STEP - 1], rtol=1e-9, atol=1e-15)
    slope = window.anatomy.every["g"][STEP - 1]
    if "g" in window.ways:
        down = window.ways["g"] / window.unit
        assert down @ -slope == pytest.approx(np.hypot(*down) * np.hypot(*slope))
    if "reach" in window.ways and not window.reach.is_box:
        assert np.hypot(*(window.ways["Δ"] / window.ways["reach"])) == pytest.approx(1)
    if "reach" in window.ways:
        assert (np.abs(window.ways["Δ"]) <= window.ways["reach"] * 1.01).all() or racer.rule.values.get("weight_decay")
    assert max(np.hypot(*window.ways[arrow]) for arrow in window.arrows) < window.radius
    for one, other in combinations([name for name in window.arrows if window.arrows[name].kind != "point"], 2):
        ways = [window.ways[name] / np.hypot(*window.ways[name]) for name in (one, other) if window.ways[name].any()]
        if len(ways) == 2 and ways[0] @ ways[1] > 0.99:  # they would hide one another
            assert np.hypot(*(window.foot(one) - window.foot(other))) > 4
    boxes = [np.array(label.box) for label in window.labels.values()]
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    frame = np.concatenate([view.frame.p0, view.frame.p1])
    assert all((box[:2] >= frame[:2] - 1).all() and (box[2:] <= frame[2:] + 1).all() for box in window.boxes)
    assert len(list(window.sprites(FrameState(STEP, apart=1.0)))) > 2 * len(window.arrows)


@pytest.mark.parametrize("name", few(NAMES, 8))
def test_every_rule_has_its_arrows_along_a_line(name: str) -> None:
    half = NAMES.index(name) % 2
    scene, view = drawn(LINE, half)
    index = HALVES[half].index(name)
    racer = scene.result.racers[index]
    window = LineWindow(scene, view, dissect(racer, scene.result, STEP), index, STEP)
    moved = float(racer.x[STEP, 0] - racer.x[STEP - 1, 0])
    assert window.ways["Δ"][0] == pytest.approx(moved * window.zoom)
    assert window.head(0.0) == pytest.approx([0, 0], abs=0.6)
    assert window.head(1.0)[0] == window.ways["Δ"][0]
    boxes = [np.array(label.box) for label in window.labels.values()]
    assert all(-window.half[0] <= box[0] and box[2] <= window.half[0] for box in boxes)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2))
    assert len(list(window.sprites(FrameState(STEP, apart=1.0)))) > 2 * len(window.arrows)


def test_a_window_may_reach_beyond_where_f_has_values() -> None:
    run = race(
        "function: {formula: x*log(x), window: [[0, 1]]}\nstart: 0.02\nsteps: 4\noptimizers: [sgd: {lr: 0.2}]\n"
        "render: {size: 640x360, frames: 2, panels: []}\n"
    )
    scene = scene_of_film(run.result, run.scenario)
    view = VIEWS[scene.scenario.render.view](scene, scene.grid.view)
    window = LineWindow(scene, view, dissect(scene.result.racers[0], scene.result, 1), 0, 1)
    assert np.isnan(window.heights[1]).any()
    assert np.isfinite([*window.head(0.0), *window.head(1.0)]).all()
    assert list(window.sprites(FrameState(1, apart=1.0)))


@cache
def parts(render: str) -> tuple[Scene, StepApart, Names]:
    run = race(RACE % render)
    scene = scene_of_film(run.result, run.scenario)
    layers = draw_layers(scene)
    apart, names = (next(layer for layer in layers if isinstance(layer, kind)) for kind in (StepApart, Names))
    return scene, apart, names


@pytest.mark.thorough
def test_amsgrad_shows_its_reach_without_the_maximum_where_that_holds() -> None:
    _, apart, _ = parts("panels: [loss, ranking]")
    window = apart.window(12)
    held = apart.anatomy.held(12) == ["vmax"]
    assert held == ("unheld" in window.ways)
    assert held
    assert (window.ways["unheld"] > window.ways["reach"]).all()  # the rate would have climbed
    unheld = apart.anatomy.unheld_step(12)
    assert unheld is not None
    v, m = (apart.anatomy.every[name][11] for name in ("v", "m̂"))
    np.testing.assert_allclose(unheld, -0.1 * m / (np.sqrt(v / (1 - 0.5**12)) + 1e-8), rtol=1e-12)


def test_parts_come_one_after_another_and_go_again() -> None:
    _, apart, _ = parts("panels: [loss, ranking]")
    window = apart.window(12)
    sums: list[float] = []
    for share in (0.05, 0.2, 0.35, 0.5, 0.7, 0.8, 1.0):
        come = window.come(FrameState(12, 8, apart=share))
        sums.append(sum(come.values()))
        assert come["g"] >= come["m̂"] >= come["reach"] >= come["Δ"]
    assert sums == sorted(sums)
    assert (sums[0], sums[-1]) == (0, len(window.ways))
    assert not list(apart.sprites(FrameState(12, 8)))
    assert list(apart.sprites(FrameState(12, 8, apart=1.5)))


def test_no_name_lies_under_the_window_and_the_lit_racer_keeps_its_own() -> None:
    scene, apart, names = parts("panels: [loss, ranking]")
    height = scene.page.size[1]
    for frame in (int(np.searchsorted(scene.steps, 12)), None):
        moment = FrameState(12, frame, apart=1.0)
        covered = [Box(height - int(t), int(x), height - int(b), int(r)) for x, b, r, t in apart.window(12).boxes]
        placed = list(names.sprites(moment))
        assert placed
        assert not any(sprite.box.meets(box) for sprite in placed for box in covered)
        assert any(sprite.sprite is names._tag("AMSGrad") for sprite in placed)


def test_heads_of_the_step_stay_free() -> None:
    scene, apart, _ = parts("panels: [loss, ranking]")
    window, marks = apart.window(12), apart.view.marks
    assert marks is not None
    for place in marks.paths[0][11:13]:
        assert np.hypot(*(place - window.middle)) > window.radius + HEAD_PX * scene.page.scale


@pytest.mark.thorough
def test_bars_come_over_the_panels_unless_they_have_their_own() -> None:
    scene, apart, _ = parts("panels: [loss, ranking]")
    assert apart.bars is not None
    assert apart.bars.height >= 36
    rects = [slot.rect for slot in scene.grid.panels.values()]
    assert apart.bars.rect.top == min(rect.top for rect in rects)
    assert not list(apart.bars.sprites(FrameState(12, 8)))
    _, own, _ = parts("panels: [step]")
    assert own.bars is None


@pytest.mark.thorough
def test_bars_grow_to_the_length_they_have_on_the_panel() -> None:
    scene, _, _ = parts("panels: [step]")
    panel = next(layer for layer in draw_layers(scene) if isinstance(layer, StepBars))
    still, whole = (list(panel.sprites(moment)) for moment in (FrameState(12), FrameState(12, apart=1.0)))
    assert still == whole
    early = FrameState(12, apart=0.15)
    assert panel.come(0, early) > panel.come(1, early) == 0


@pytest.mark.thorough
def test_the_film_stands_still_for_that_long_and_the_pause_shows_the_whole() -> None:
    scene, _, _ = parts("panels: [step], pauses: [{at: 12, seconds: 1, text: Look}]")
    shown = frame_states(scene.steps, scene.scenario.render)
    standing = [moment for moment in shown if moment.prompt]
    assert len(standing) == 30 + 10
    assert {(moment.step, moment.ahead) for moment in standing} == {(12, 0.0)}
    apart = [moment.apart for moment in standing]
    assert apart == sorted(apart)
    assert apart.count(1.0) >= 10
    assert 0 < apart[0] < 0.1
    assert 1.5 < apart[-1] < 2
    assert not any(moment.apart for moment in shown if not moment.prompt)


@pytest.mark.thorough
def test_stills_and_sheets_show_the_step_taken_apart() -> None:
    run = race(RACE % "panels: [step]")
    made = film(run.result, run.scenario)
    assert 12 in made.key_steps(4)
    assert len(made.key_steps(4)) == 4
    assert made.state_at(12).apart == 1
    assert made.state_at(11).apart == 0
    plain = film(
        run.result, run.scenario.model_copy(update={"render": run.scenario.render.model_copy(update={"anatomy": ()})})
    )
    assert (made.still(12) != plain.still(12)).any()
    np.testing.assert_array_equal(made.still(11), plain.still(11))


def test_keys_take_the_places_of_the_nearest_steps() -> None:
    assert with_keys([0, 10, 20, 30], [12]) == [0, 12, 20, 30]
    assert with_keys([0, 10, 20, 30], [12, 11]) == [0, 11, 12, 30]
    assert with_keys([0, 30], [12]) == [0, 30]


def test_a_step_that_was_never_taken_is_an_error() -> None:
    text = (
        "function: rosenbrock\nsteps: 50\noptimizers: [sgd: {lr: 0.01}]\n"
        "render: {size: 640x360, anatomy: [{at: 2, seconds: 1}, {at: 40, seconds: 1}]}\n"
    )
    run = race(text)
    with pytest.raises(OptvizError, match=r"render.anatomy\[1\].at: SGD diverged at step \d+: there is no step 40"):
        film(run.result, run.scenario)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (PLANE + "optimizers: [adam, sgd]\nrender: {", "of a single racer apart; name one, such as focus: Adam"),
        (PLANE + "optimizers: [adam]\nrender: {view: surface, ", "surface has no place for the arrows of a step"),
        (
            PLANE + "optimizers: [adam]\nrender: {view: time, ",
            "time has no place for the arrows of a step; take view: map",
        ),
        ("network: {}\noptimizers: [adam]\nrender: {", "the weights of a network have no place on its view"),
        (
            "function: beale\nstarts: {grid: 3}\noptimizers: [adam]\nrender: {",
            "a swarm has many paths, and no one step",
        ),
        (PLANE + "optimizers: [adam]\nrender: {panels: [], ", "without panels there is no room for its bars"),
    ],
)
def test_where_no_step_can_be_taken_apart_is_told(keys: str, said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(keys + "anatomy: [{at: 3, seconds: 1}]}\n")
    assert [issue for issue in caught.value.issues if said in str(issue)]
    assert "render.anatomy" in str(caught.value)


@pytest.mark.parametrize(
    ("anatomy", "said"),
    [
        ("[{at: 301, seconds: 1}]", "render.anatomy[0].at: must be at most steps, 300, got 301"),
        ("[{at: 0, seconds: 1}]", "render.anatomy[0].at: must be at least 1, got 0"),
        ("[{at: 3, seconds: 1}, {at: 3, seconds: 1}]", "render.anatomy[1].at: step 3 has one already"),
        ("[{at: 3}]", "render.anatomy[0].seconds: is required"),
        ("[{at: 3, second: 1}]", "did you mean seconds?"),
    ],
)
def test_wrong_anatomies_are_told_with_their_place(anatomy: str, said: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(PLANE + f"optimizers: [adam]\nrender: {{anatomy: {anatomy}}}\n")
    assert said in str(caught.value)
