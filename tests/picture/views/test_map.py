"""The view from above: the part of the land that is shown, and where it lies."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from optviz.picture.scene import Scene
from optviz.picture.views.map import MapView
from tests.picture.races import scene_of, view_of

TEXT = "function: {}\nstart: {}\nsteps: 12\noptimizers: [sgd: {{lr: 1.0e-3}}, adam]\nrender: {{frames: 3, size: {}}}\n"


def drawn(function: str, start: str, size: str = "480x270", **render: object) -> tuple[Scene, MapView]:
    scene = scene_of(TEXT.format(function, start, size), **render)
    view = view_of(scene)
    assert isinstance(view, MapView)
    return scene, view


def units(view: MapView) -> np.ndarray:
    """Pixels of a unit along x and along y."""
    corner, other = view.axes.transData.transform([(0, 0), (1, 1)])
    return other - corner


def locator(scene: Scene) -> Axes | None:
    return scene.page.figure.axes[1] if scene.page.insets else None


@pytest.mark.parametrize("size", ["480x270", "270x480", "360x360", "640x200"])
def test_a_window_of_our_own_has_equal_scales(size: str) -> None:
    _, view = drawn("ackley", "[-3, 2]", size)
    across, up = units(view)
    assert across == pytest.approx(up, rel=1e-3)


def test_a_given_window_is_drawn_as_it_is_unless_equal_scales_are_asked_for() -> None:
    given = "{name: ackley, window: [[-4, 4], [-4, 4]]}"
    _, view = drawn(given, "[-3, 2]")
    assert view.window == ((-4, 4), (-4, 4))
    _, view = drawn(given, "[-3, 2]", aspect="equal")
    assert units(view)[0] == pytest.approx(units(view)[1], rel=1e-3)
    _, view = drawn("ackley", "[-3, 2]", aspect="fill")
    assert units(view)[0] != pytest.approx(units(view)[1], rel=0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "paper"])
def test_a_locator_shows_the_whole_land_and_where_the_part_lies(theme: str) -> None:
    scene, view = drawn("ackley", "[-1, 0.5]", theme=theme)
    axes = locator(scene)
    assert axes is not None
    assert (axes.get_xlim(), axes.get_ylim()) == scene.result.problem.window
    (part,) = axes.patches
    low, high = axes.transData.inverted().transform(part.get_window_extent().get_points())
    np.testing.assert_allclose([low, high], np.transpose(view.window), atol=0.02)
    assert axes.bbox.x0 >= view.frame.x0
    assert axes.bbox.x1 <= view.frame.x1


@pytest.mark.parametrize("start", ["[-3, 2.5]", "[3, 2.5]", "[-3, -2.5]", "[3, -2.5]"])
def test_no_star_and_no_path_lies_under_the_locator_where_a_corner_is_free(start: str) -> None:
    scene, view = drawn("ackley", start)
    ((left, bottom, right, top),) = scene.page.insets
    assert view.marks is not None
    for x, y in [*view.goals, *np.concatenate(view.marks.paths).tolist()]:
        assert not (left < x < right and bottom < y < top)


def test_where_most_is_shown_there_is_no_locator() -> None:
    assert locator(drawn("eggholder", "[-450, -450]")[0]) is None
    assert locator(drawn("{name: ackley, window: [[-1, 1], [-1, 1]]}", "[0, 1]")[0]) is None


def test_beyond_the_catalogues_window_the_land_is_pale() -> None:
    _, inside = drawn("ackley", "[-1, 0.5]")
    _, beyond = drawn("eggholder", "[-450, -450]")
    assert [type(patch).__name__ for patch in inside.axes.patches].count("PathPatch") == 0
    assert [type(patch).__name__ for patch in beyond.axes.patches].count("PathPatch") == 1


def test_a_curve_shows_where_it_lies_too() -> None:
    scene = scene_of("function: problem02\nstart: 5.1\nsteps: 9\noptimizers: [sgd]\nrender: {frames: 2}\n")
    view_of(scene)
    axes = locator(scene)
    assert axes is not None
    assert (axes.get_xlim(),) == scene.result.problem.window
