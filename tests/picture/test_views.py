"""The views: what stands where, what is hidden, and the same pixels however one gets to a step."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.text import Text

from optviz.parallel import limit_cores
from optviz.picture.film import compose, layers, staged
from optviz.picture.machine.board import Board, Moment
from optviz.picture.machine.prefetch import Reel
from optviz.picture.scene import Scene, View
from optviz.picture.timeline import frame_steps
from optviz.picture.views.curve import CurveView
from optviz.picture.views.network import LossView, RegionsView
from optviz.picture.views.surface import StillView, TurningView
from optviz.picture.views.time import TimeView
from optviz.problems import FUNCTIONS
from tests.picture.races import film_of, pictures, race

SMALL = "render: {size: 426x240, frames: 9, panels: [], hold: 0"
TWO = "optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}]\n"
SURFACE = f"function: beale\nsteps: 40\n{TWO}{SMALL}, view: surface}}"
TURNING = f"function: beale\nsteps: 40\n{TWO}{SMALL}, view: surface, camera: {{turn: 200}}}}"
ONLINE = "function: {formula: 'where(t % 3 == 1, 3*x, -x)', domain: [[-1, 1]]}\nstart: 0\nsteps: 60\n"
TIME = f"{ONLINE}{TWO}{SMALL}}}"
PLANE = "function: {formula: '(x - sin(t))**2 + y**2 + 0*t', domain: [[-1, 1], [-2, 1]]}\nstart: [0, 1]\nsteps: 30\n"
TIME_2D = f"{PLANE}{TWO}{SMALL}}}"
TEN = "sgd momentum nesterov adagrad rmsprop adadelta adam nadam adamax amsgrad".split()
STACKED = f"function: post_1d\nsteps: 40\ncommon: {{lr: 0.02}}\noptimizers: [{', '.join(TEN)}]\n{SMALL}}}"
MOONS = "network: {layers: [2, 8, 1], activation: tanh, data: two_moons, samples: 60, loss: cross_entropy}\nsteps: 30\n"
REGIONS = f"{MOONS}{TWO}{SMALL}}}"
SINE = f"network: {{layers: [2, 4, 1], samples: 40}}\nsteps: 30\n{TWO}{SMALL}}}"
KINDS: dict[str, tuple[str, type]] = {
    "surface": (SURFACE, StillView),
    "turning": (TURNING, TurningView),
    "time": (TIME, TimeView),
    "time in two dimensions": (TIME_2D, TimeView),
    "stacked": (STACKED, CurveView),
    "regions": (REGIONS, RegionsView),
    "loss of a network": (SINE, LossView),
}


def scene_of(text: str, **render: object) -> Scene:
    run = race(text, **render)
    return staged(run.result, run.scenario, frame_steps(run.scenario.steps, run.scenario.render.frames))


def view_of(scene: Scene) -> View:
    return cast(View, layers(scene)[1])


@pytest.mark.parametrize("name", KINDS)
def test_a_step_looks_the_same_drawn_at_once_or_frame_by_frame(name: str) -> None:
    text, kind = KINDS[name]
    scene = scene_of(text)
    drawn = layers(scene)
    assert isinstance(drawn[1], kind)
    board = Board(scene.page.figure, drawn)
    moments = [Moment(int(step), frame) for frame, step in enumerate(scene.steps)]
    frames = pictures(board.film(moments))
    for at in (0, 4, 8):
        np.testing.assert_array_equal(board.still(moments[at]), frames[at])
    assert (frames[0] != frames[-1]).any()


@pytest.mark.parametrize("name", ["surface", "turning", "regions"])
def test_a_theme_that_fills_nothing_draws_lines(name: str) -> None:
    scene = scene_of(KINDS[name][0].replace("render: {", "render: {theme: paper, "))
    last = Moment(int(scene.steps[-1]), len(scene.steps) - 1)
    assert len(np.unique(compose(scene).still(last).reshape(-1, 4), axis=0)) > 20


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"regions"}))
def test_heads_stand_inside_the_view(name: str) -> None:
    scene = scene_of(KINDS[name][0])
    view = view_of(scene)
    for frame, step in enumerate(scene.steps):
        for x, y in view.centres(Moment(int(step), frame)):
            assert view.frame.x0 - 1 <= x <= view.frame.x1 + 1
            assert view.frame.y0 - 1 <= y <= view.frame.y1 + 1


def test_prints_of_a_turning_view_hold_its_picture(tmp_path: Path) -> None:
    film_of(race(TURNING)).save_vector(tmp_path / "view.svg", "svg", None)
    assert "<image" in (tmp_path / "view.svg").read_text()


# --- space --------------------------------------------------------------------------------------------


def test_hidden_parts_of_a_trail_are_dimmed_and_have_no_halo() -> None:
    scene = scene_of(
        SURFACE.replace("beale", "ackley").replace("view: surface", "view: surface, camera: {elevation: 8}")
    )
    view = view_of(scene)
    assert isinstance(view, StillView)
    assert view.strokes is not None
    hidden = [to_rgba(colour) for colour in view.studio.diorama.hidden_colour]
    dimmed = np.array([tuple(colour) in hidden for colour in view.strokes.colours])
    lines = view.strokes.caps == "round"
    assert dimmed.any()
    assert not dimmed.all()
    assert lines[dimmed].all()
    assert (~lines).sum() == (lines & ~dimmed).sum()


@pytest.mark.parametrize("camera", ["", ", camera: {turn: 90}"])
def test_whoever_leaves_the_land_has_an_arrow_and_no_name(camera: str) -> None:
    text = "function: {formula: x**2 - y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 0.5]\nsteps: 20\n"
    scene = scene_of(f"{text}optimizers: [adam: {{lr: 0.01}}, sgd: {{lr: 0.2}}]\n{SMALL}, view: surface{camera}}}")
    view = view_of(scene)
    ends = view.centres(Moment(20, 8))
    assert np.isfinite(ends[0]).all()
    assert np.isnan(ends[1]).all()
    compose(scene).still(Moment(20, 8))


def test_a_turning_camera_turns_by_what_was_asked() -> None:
    view = view_of(scene_of(TURNING))
    assert isinstance(view, TurningView)
    first, last = view._camera(0), view._camera(8)
    assert (last.azimuth - first.azimuth) % 360 == pytest.approx(200)
    assert first.elevation == last.elevation


def test_the_number_of_cores_leaves_no_trace() -> None:
    pictures = []
    for count in (1, 3):
        scene = scene_of(TURNING)
        drawn = layers(scene)
        view = drawn[1]
        assert isinstance(view, TurningView)
        limit_cores(count)
        board = Board(scene.page.figure, drawn)
        moments = [Moment(int(step), frame) for frame, step in enumerate(scene.steps)]
        pictures.append([frame.pixels.copy() for frame in board.film(moments)])
    limit_cores(None)
    np.testing.assert_array_equal(*pictures)


def test_a_reel_draws_each_picture_once_and_again_only_when_asked_to_go_back() -> None:
    begun: list[int] = []

    def draw(number: int) -> int:
        begun.append(number)
        return number * number

    reel = Reel(draw, 30)
    for number in range(30):
        assert reel[number] == number * number
        assert reel[number] == number * number
    assert sorted(begun) == list(range(30))
    assert reel[3] == 9


def test_a_reel_raises_the_error_of_the_picture_asked_for() -> None:
    reel: Reel[int] = Reel(lambda number: 1 // (number - 2), 5)
    assert [reel[0], reel[1]] == [-1, -1]
    with pytest.raises(ZeroDivisionError):
        reel[2]


# --- time ---------------------------------------------------------------------------------------------


def test_time_runs_to_the_right_and_x_upwards() -> None:
    scene = scene_of(TIME)
    view = view_of(scene)
    path, x = view.places[0], scene.result.racers[0].trajectory.x[:, 0]
    assert np.allclose(np.diff(path[:, 0]), np.diff(path[:, 0])[0])
    assert path[0, 0] == pytest.approx(view.frame.x0)
    assert path[-1, 0] == pytest.approx(view.frame.x1)
    assert np.corrcoef(path[:, 1], x)[0, 1] == pytest.approx(1)


def test_the_domain_and_the_best_fixed_point_are_drawn() -> None:
    view = view_of(scene_of(TIME))
    assert isinstance(view, TimeView)
    (axes,) = view.axes
    levels = [line.get_ydata()[0] for line in axes.lines]
    assert levels == [-1, 1, pytest.approx(-1)]
    said = [text.get_text() for text in axes.texts]
    assert said == ["edge of the domain", "edge of the domain", "best fixed point  x = −1"]


def test_a_long_noisy_run_becomes_few_strokes() -> None:
    scene = scene_of(TIME.replace("steps: 60", "steps: 40000\nnoise: {std: 2}").replace(TWO, "optimizers: [adam]\n"))
    view = view_of(scene)
    assert view.strokes is not None
    assert len(view.strokes.steps) < 4 * view.frame.width / 0.35 + 4
    for end in (np.min, np.max):
        assert end(view.strokes.segments[..., 1]) == pytest.approx(end(view.places[0][:, 1]), abs=0.4)


# --- the curve ----------------------------------------------------------------------------------------


def test_racers_on_one_spot_are_stacked() -> None:
    view = view_of(scene_of(STACKED.replace("426x240", "720p")))
    centres = view.centres(Moment(0, 0))
    assert np.ptp(centres[:, 0]) == 0
    heights = np.sort(centres[:, 1])
    assert len(heights) == 10
    assert np.diff(heights).min() > 14
    assert heights[0] == pytest.approx(view.places[0][0, 1])


def test_a_stack_without_room_above_goes_on_below() -> None:
    view = view_of(scene_of(STACKED))
    heights = np.sort(view.centres(Moment(0, 0))[:, 1])
    assert np.diff(heights).min() > 5
    assert heights[0] < view.places[0][0, 1] < heights[-1]


def test_whoever_is_alone_stands_on_the_curve() -> None:
    view = view_of(scene_of(STACKED.replace(", ".join(TEN), "adam")))
    for step in (0, 20, 40):
        np.testing.assert_array_equal(view.centres(Moment(step))[0], view.places[0][step])
    assert view.strokes is not None


def test_heads_rise_and_sink_smoothly() -> None:
    scene = scene_of(STACKED.replace("frames: 9", "frames: 41").replace("426x240", "720p"))
    view = view_of(scene)
    assert isinstance(view, CurveView)
    np.testing.assert_allclose(view.lifts[-1], view._lifts(40))
    assert np.abs(np.diff(view.lifts, axis=0)).max() < np.ptp(view.lifts) / 3


@pytest.mark.parametrize("name", [name for name, entry in FUNCTIONS.items() if len(entry.window) == 1])
def test_words_on_a_curve_keep_apart_and_inside(name: str) -> None:
    scene = scene_of(f"function: {name}\nsteps: 5\n{TWO}render: {{frames: 3, panels: []}}")
    view = view_of(scene)
    renderer = compose(scene)._pen.renderer
    words = [text for text in scene.page.figure.findobj(Text) if text.get_text().startswith(("minimum", "x = "))]
    boxes = [word.get_window_extent(renderer) for word in words]
    assert len(boxes) >= min(1, len(scene.result.problem.minima))
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])
    for box in boxes:
        assert view.frame.x0 - 1 <= box.x0
        assert box.x1 <= view.frame.x1 + 1
        assert view.frame.y0 <= box.y0


# --- networks -----------------------------------------------------------------------------------------


def test_tiles_show_what_the_network_decides() -> None:
    scene = scene_of(REGIONS.replace("steps: 30", "steps: 150"))
    view = view_of(scene)
    assert isinstance(view, RegionsView)
    tile = view._regions(0, 150)[..., :3].astype(float) / 255
    (x0, x1), (y0, y1) = view.plane.window
    points = np.array([(x0 + 0.1, y1 - 0.1), (x1 - 0.1, y0 + 0.1), (x0 + 0.1, y0 + 0.1)])
    expected = view.network.decisions(scene.result.racers[0].trajectory.x[150], points)
    for (x, y), label in zip(points, expected, strict=True):
        row = int((y1 - y) / (y1 - y0) * view.plane.height)
        column = int((x - x0) / (x1 - x0) * view.plane.width)
        away = np.abs(tile[row, column] - view.tones).sum(axis=1)
        assert int(np.argmin(away)) == label


def test_tiles_are_of_one_size_and_apart() -> None:
    names = ", ".join(TEN)
    view = view_of(scene_of(f"{MOONS}common: {{lr: 0.01}}\noptimizers: [{names}]\n{SMALL}}}"))
    assert isinstance(view, RegionsView)
    assert len({(tile.bottom - tile.top, tile.right - tile.left) for tile in view.tiles}) == 1
    assert not any(a.meets(b) for n, a in enumerate(view.tiles) for b in view.tiles[:n])


# --- the window ---------------------------------------------------------------------------------------
