"""One small map a racer: each its own, none drawn over another's, in every size."""

import numpy as np
import pytest
from matplotlib.transforms import Bbox

import optviz
from optviz.errors import OptvizError
from optviz.picture.frame_state import FrameState
from optviz.picture.machine.strokes import LEFT_OUT, WHOLE
from optviz.picture.scene import Scene
from optviz.picture.views.grid import GridView, clipped
from tests import few
from tests.picture.races import scene_of, view_of

FRAME = Bbox.from_extents(0, 0, 100, 50)
TEXT = """
function: himmelblau
start: [-0.2, -0.9]
steps: 10
optimizers: [{}]
render: {{view: grid, frames: 3, size: {}}}
"""


def grid(count: int, size: str = "480x270") -> tuple[Scene, GridView]:
    racers = ", ".join(f"sgd: {{lr: {0.002 * (1 + n):.4g}, label: rate {n}}}" for n in range(count))
    scene = scene_of(TEXT.format(racers, size))
    view = view_of(scene)
    assert isinstance(view, GridView)
    return scene, view


@pytest.mark.parametrize("size", few(["480x270", "270x480", "360x360", "1280x720"], 4))
@pytest.mark.parametrize("count", few([2, 7, 24], 2))
@pytest.mark.thorough
def test_every_racer_has_a_map_of_its_own_size_and_name(count: int, size: str) -> None:
    scene, view = grid(count, size)
    assert len({(tile.bottom - tile.top, tile.right - tile.left) for tile in view.tiles}) == 1
    for at, tile in enumerate(view.tiles):
        assert 0 <= tile.left < tile.right <= scene.page.size[0]
        assert 0 <= tile.top < tile.bottom <= scene.page.size[1]
        assert not any(
            tile.left < other.right and other.left < tile.right and tile.top < other.bottom and other.top < tile.bottom
            for other in view.tiles[:at]
        )
    names = [text for text in scene.page.figure.texts if text.get_text() in {f"rate {n}" for n in range(count)}]
    assert len(names) == count
    for name, tile in zip(names, view.tiles, strict=True):
        box = name.get_window_extent(scene.page.ruler)
        assert tile.left < box.x0 < box.x1 <= tile.right + 1


def test_a_path_is_cut_at_the_edges_of_its_map() -> None:
    path = np.array([[50.0, 25.0], [150.0, 25.0], [150.0, 40.0], [50.0, 40.0], [50.0, 200.0], [60.0, 300.0]])
    points, steps, tones = clipped(path, FRAME)
    np.testing.assert_allclose(points, [[50, 25], [100, 25], [100, 40], [50, 40], [50, 40], [50, 50]])
    assert steps.tolist() == [1, 1, 3, 3, 4, 4]
    assert tones.tolist() == [LEFT_OUT, WHOLE] * 3


@pytest.mark.parametrize("seed", range(5))
def test_no_stroke_leaves_its_map_and_all_that_is_inside_is_drawn(seed: int) -> None:
    path = np.random.default_rng(seed).normal([50, 25], 60, (200, 2))
    points, steps, _ = clipped(path, FRAME)
    assert (points >= FRAME.p0 - 1e-9).all()
    assert (points <= FRAME.p1 + 1e-9).all()
    inside = np.flatnonzero(((path > FRAME.p0) & (path < FRAME.p1)).all(axis=1))
    assert set(inside[1:].tolist()) <= set(steps.tolist())
    for step in inside[inside > 0]:
        assert np.abs(points[np.flatnonzero(steps == step)[1]] - path[step]).max() < 1e-9


def test_a_racer_that_never_comes_into_view_has_no_trail() -> None:
    racers = "sgd: {lr: 1.0e-6}, sgd: {lr: 1.0e+300}"  # the other leaves the numbers in the first step
    text = TEXT.format(racers, "480x270").replace(
        "function: himmelblau", "function: {name: himmelblau, window: [[2, 4], [1, 3]]}"
    )
    view = view_of(scene_of(text))
    assert isinstance(view, GridView)
    assert view.strokes is not None
    assert len(view.strokes.segments) == 0
    assert len(list(view.sprites(FrameState(10)))) == 2 * 3


@pytest.mark.thorough
def test_each_map_lights_its_own_trail() -> None:
    _, view = grid(3)
    assert view.strokes is not None
    for tile, frame in enumerate(view.frames):
        middle = view.strokes.segments.mean(axis=1)
        there = ((middle >= frame.p0 - 1) & (middle <= frame.p1 + 1)).all(axis=1)
        lit = there & (view.strokes.widths == view.strokes.widths.max())
        assert set(view.strokes.owners[there].tolist()) == set(range(3 * tile, 3 * tile + 3))
        assert set(view.strokes.owners[lit].tolist()) == {3 * tile + 2}


def test_one_clock_moves_all_heads_and_their_values() -> None:
    scene, view = grid(2)
    first, last = (list(view.sprites(FrameState(int(step)))) for step in scene.steps[[0, -1]])
    assert len(first) == len(last) == 2 * 3
    assert [placed.box for placed in first] != [placed.box for placed in last]


def test_titles_stand_for_panels_unless_some_are_asked_for() -> None:
    plain = optviz.loads(TEXT.format("sgd, adam", "480p"))
    assert plain.render.panels == ()
    assert optviz.loads(TEXT.format("sgd, adam", "480p, panels: [ranking]")).render.panels == ("ranking",)


@pytest.mark.parametrize("change", ["function: post_1d\nstart: 1", "function: himmelblau\nstarts: {grid: 2}"])
def test_a_grid_needs_two_variables_and_one_start(change: str) -> None:
    with pytest.raises(OptvizError, match="grid"):
        optviz.loads(TEXT.format("sgd, adam", "480p").replace("function: himmelblau\nstart: [-0.2, -0.9]", change))
