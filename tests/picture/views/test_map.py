"""The view from above: the part of the land that is shown, and where it lies."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse
from matplotlib.path import Path

import optviz
from optviz.picture.film import set_scene
from optviz.picture.layout.page import LAND_WORDS
from optviz.picture.scene import Scene
from optviz.picture.terms import bead_every
from optviz.picture.views.map import MapView
from tests import few
from tests.picture.races import scene_of, view_of

TEXT = "function: {}\nstart: {}\nsteps: 12\noptimizers: [sgd: {{lr: 1.0e-3}}, adam]\nrender: {{frames: 3, size: {}}}\n"


def drawn(function: str, start: str, size: str = "480x270", **render: object) -> tuple[Scene, MapView]:
    scene = scene_of(TEXT.format(function, start, size), **render)
    view = view_of(scene)
    assert isinstance(view, MapView)
    return scene, view


def view_of_race(race: optviz.Race) -> MapView:
    scene = set_scene(race.result, race.scenario, np.arange(4))
    return MapView(scene, scene.grid.view)


def units(view: MapView) -> np.ndarray:
    """Pixels of a unit along x and along y."""
    corner, other = view.axes.transData.transform([(0, 0), (1, 1)])
    return other - corner


def locator(scene: Scene) -> Axes | None:
    return scene.page.figure.axes[1] if scene.page.insets else None


@pytest.mark.parametrize("size", few(["480x270", "270x480", "360x360", "640x200"], 2))
@pytest.mark.thorough
def test_a_window_of_our_own_has_equal_scales(size: str) -> None:
    _, view = drawn("ackley", "[-3, 2]", size)
    across, up = units(view)
    assert across == pytest.approx(up, rel=1e-3)


@pytest.mark.thorough
def test_a_given_window_is_drawn_as_it_is_unless_equal_scales_are_asked_for() -> None:
    given = "{name: ackley, window: [[-4, 4], [-4, 4]]}"
    _, view = drawn(given, "[-3, 2]")
    assert view.window == ((-4, 4), (-4, 4))
    _, view = drawn(given, "[-3, 2]", aspect="equal")
    assert units(view)[0] == pytest.approx(units(view)[1], rel=1e-3)
    _, view = drawn("ackley", "[-3, 2]", aspect="fill")
    assert units(view)[0] != pytest.approx(units(view)[1], rel=0.05)


@pytest.mark.parametrize("theme", few(["light", "dark", "paper"], 3))
@pytest.mark.thorough
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


@pytest.mark.parametrize("start", few(["[-3, 2.5]", "[3, 2.5]", "[-3, -2.5]", "[3, -2.5]"], 4))
@pytest.mark.thorough
def test_no_star_and_no_path_lies_under_the_locator_where_a_corner_is_free(start: str) -> None:
    scene, view = drawn("ackley", start)
    ((left, bottom, right, top),) = scene.page.insets
    assert view.marks is not None
    for x, y in [*view.goals, *np.concatenate(view.marks.paths).tolist()]:
        assert not (left < x < right and bottom < y < top)


@pytest.mark.thorough
def test_where_most_is_shown_there_is_no_locator() -> None:
    assert locator(drawn("eggholder", "[-450, -450]")[0]) is None
    assert locator(drawn("{name: ackley, window: [[-1, 1], [-1, 1]]}", "[0, 1]")[0]) is None


@pytest.mark.thorough
def test_a_finish_hardly_larger_than_a_star_has_no_ring() -> None:
    for distance, count in ((0.01, 0), (0.3, 1)):
        text = TEXT.format("{name: beale, window: [[-1, 4], [-2, 2]]}", "[1, 1]", "480x270")
        view = view_of(scene_of(f"{text}finish: {{distance: {distance}}}\n"))
        assert isinstance(view, MapView)
        rings = [patch for patch in view.axes.patches if isinstance(patch, Ellipse)]
        assert [(ring.width, ring.get_linestyle()) for ring in rings] == [(2 * distance, "solid")] * count


@pytest.mark.parametrize("name", ["eps", "himmelblau", "race", "styblinski-tang"])
def test_no_trail_strikes_the_name_of_the_start_where_a_side_is_free(name: str) -> None:
    race = optviz.run(optviz.load(name, {"render.size": "480p", "render.frames": 4}))
    view = view_of_race(race)
    (start,) = [text for text in view.axes.texts if text.get_text() == "start"]
    box = start.get_window_extent(view.scene.page.ruler)
    assert view.marks is not None
    assert not any(Path(path).intersects_bbox(box.padded(-2), filled=False) for path in view.marks.paths)
    assert box.x0 >= view.frame.x0
    assert box.y1 <= view.frame.y1


def test_a_curve_shows_where_it_lies_too() -> None:
    scene = scene_of("function: problem02\nstart: 5.1\nsteps: 9\noptimizers: [sgd]\nrender: {frames: 2}\n")
    view_of(scene)
    axes = locator(scene)
    assert axes is not None
    assert (axes.get_xlim(),) == scene.result.problem.window


# --- what stands on the land --------------------------------------------------------------------------


def stars(view: MapView, filled: bool) -> list[tuple[float, float]]:
    lines = [line for line in view.axes.lines if line.get_marker() == "*"]
    return [tuple(line.get_xydata()[0]) for line in lines if (line.get_markerfacecolor() != "none") == filled]


def test_traps_have_hollow_stars_and_the_lowest_minimum_a_filled_one() -> None:
    _, view = drawn("{name: styblinski_tang, window: [[-5, 5], [-5, 5]]}", "[0.5, 4.5]")
    ((x, y),) = stars(view, filled=True)
    assert (x, y) == pytest.approx((-2.9035, -2.9035), abs=1e-3)
    assert {(round(x, 2), round(y, 2)) for x, y in stars(view, filled=False)} == {
        (2.75, 2.75),
        (-2.9, 2.75),
        (2.75, -2.9),
    }


def test_lowest_minima_that_are_equal_have_no_hollow_star() -> None:
    _, view = drawn("{name: himmelblau, window: [[-5, 5], [-5, 5]]}", "[0, 0]")
    assert len(stars(view, filled=True)) == 4
    assert not stars(view, filled=False)


@pytest.mark.thorough
def test_lower_land_beyond_the_catalogues_window_is_pale() -> None:
    _, view = drawn("eggholder", "[-450, -450]", "640x200")
    assert [type(patch).__name__ for patch in view.axes.patches].count("PathPatch") == 1


@pytest.mark.parametrize("function", few(["rastrigin", "beale"], 2))
@pytest.mark.thorough
def test_where_nothing_is_filled_heights_stand_on_a_few_lines(function: str) -> None:
    _, view = drawn(function, "[1.2, 1.3]", theme="paper")
    words = [text for text in view.axes.texts if text.get_text() and text.get_text() != "start"]
    assert 1 <= len(words) <= 8
    _, view = drawn(function, "[1.2, 1.3]")
    assert [text.get_text() for text in view.axes.texts] == ["start"]


@pytest.mark.thorough
def test_beads_tell_speed_and_the_small_print_what_they_count() -> None:
    scene = scene_of(
        TEXT.format("beale", "[1, 1.5]", "480x270").replace("adam]", "adam: {lr: 0.1}]").replace(": 12", ": 90")
    )
    assert bead_every(scene.result.steps) == 5
    view = view_of(scene)
    assert view.strokes is not None
    dots = view.strokes.widths > 2 * scene.page.theme.line + 1
    assert set(view.strokes.owners[dots].tolist()) == {0, 1}
    said = " ".join(text.get_text() for text in scene.page.figure.texts)
    assert "a bead every 5 steps" in said


@pytest.mark.parametrize("size", ["1280x720", "540x960", "854x480"])
@pytest.mark.thorough
def test_the_name_of_x_stands_behind_its_last_label(size: str) -> None:
    scene, view = drawn("beale", "[1, 1.5]", size)
    names = [text for text in scene.page.figure.texts if text.get_text() == "x"]
    name = min(names, key=lambda text: text.get_position()[1])  # others are in the formula
    box = name.get_window_extent(scene.page.ruler)
    labels = view.axes.xaxis.boxes(scene.page.ruler)
    assert labels
    assert all(label.x1 < box.x0 for label in labels)
    assert box.x1 <= scene.page.size[0]
    assert not view.axes.get_xlabel()


def test_heights_on_lines_are_whole() -> None:
    scene = scene_of(
        "function: saddle\nstart: [-1.6, 0.002]\nsteps: 5\noptimizers: [adam]\n",
        size="854x480",
        theme="paper",
        frames=3,
    )
    view = view_of(scene)
    assert isinstance(view, MapView)
    shown = [text for text in view.axes.texts if text.get_gid() == LAND_WORDS and text.get_text()]
    assert len(shown) == len(view.heights) > 0
    assert (view.heights[:, :2] > view.frame.p0).all()
    assert (view.heights[:, 2:] < view.frame.p1).all()
    left = {tuple(text.get_window_extent(scene.page.ruler).extents) for text in shown}
    assert not left & {tuple(box) for box in scene.page.written.tolist()}
