"""Names at the heads: everybody has one, and none lies on a head, jumps, or flashes up."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.transforms import Bbox

import optviz
from optviz.formula.typography import number
from optviz.picture.film import scene_of_film
from optviz.picture.frame_state import FrameState
from optviz.picture.overlays.names import Names
from optviz.picture.overlays.names.lens import RADIUS_SHARE, SHORTEST_S
from optviz.picture.overlays.names.plan import Planner, boxes_of, lasting, plan_all, slots, summed
from optviz.picture.overlays.names.shots import shots_of
from optviz.picture.scene import Scene
from optviz.picture.views import VIEWS, map
from optviz.picture.views.view import View, at_edge
from tests import few
from tests.picture.races import MAP, RACES, scene_of, view_of
from tests.picture.views.scenarios import TIME

CONFIGS = Path(__file__).parents[3] / "configs"
SHIPPED = sorted(path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yaml"))
NAMED_SHARE = 0.9  # of the frames in which a racer is in the view
CROSSED_SHARE = 0.1  # of the names that are shown, over which a line leads to another one
FLIES = "SGD lr 0.4"  # from edge to edge within less time than a name must stay
JUMP_PX = 28.0  # from one frame to the next, relative to the head: less than a name is wide
LARGE = MAP.replace("size: 480x270", "size: 1280x720, panels: []")


def runs(shown: np.ndarray) -> list[int]:
    """The lengths of the runs of True in each column of (frames, n)."""
    lengths = []
    for column in shown.T:
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column, [False]])))
        lengths += (edges[1::2] - edges[::2]).tolist()
    return lengths


def named_races() -> list[str]:
    views = ("curve", "map", "surface")
    return [
        name
        for name in SHIPPED
        if len((scenario := optviz.load(CONFIGS / name)).optimizers) > 1 and scenario.render.view in views
    ]


@pytest.mark.parametrize("name", few(named_races(), 16))
def test_everybody_has_a_name_in_the_shipped_films(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In nine of ten frames in which a racer is in the view, and all other rules."""
    monkeypatch.setattr(map, "draw_contours", lambda *_: None)  # no name depends on them
    frames = optviz.load(CONFIGS / name).render.frames
    halved = {"render.frames": frames // 2, "render.fps": 13}  # as long, half the work
    race = optviz.run(optviz.load(CONFIGS / name, overrides=halved))
    scene = scene_of_film(race.result, race.scenario)
    view = VIEWS[scene.scenario.render.view](scene, scene.grid.view)
    assert_everybody_has_a_name(scene, view, Names(scene, view))


def assert_everybody_has_a_name(scene: Scene, view: View, names: Names) -> None:
    marks, scale = view.marks, scene.page.scale
    assert marks is not None
    shortest = round(SHORTEST_S * scene.scenario.render.fps)
    inside = np.array([marks.inside(moment) for moment in scene.moments])
    in_view, in_lens = np.isfinite(names.plan.offsets[..., 0]), names.plan.lens.members
    for racer, label in enumerate(racer.label for racer in scene.result.racers):
        seen = lasting(inside[:, racer], shortest) if label == FLIES else inside[:, racer]
        if seen.any():
            assert (in_view | in_lens)[seen, racer].mean() >= NAMED_SHARE, label
    assert not (in_view & in_lens).any()
    assert min(runs(in_view) + runs(in_lens), default=shortest) >= min(shortest, len(inside))
    jumps = np.hypot(*np.diff(names.plan.offsets, axis=0).transpose(2, 0, 1))
    jumps -= np.abs(np.diff(names.plan.widths, axis=0)) / 2  # a flag behind a name moves its middle
    assert np.nanmax(jumps, initial=0.0) <= JUMP_PX * scale
    heads = np.array([marks.shown(moment) for moment in scene.moments])
    for racer in range(heads.shape[1]):
        middles = heads[:, racer] + names.plan.offsets[:, racer]
        boxes = boxes_of(middles, names.plan.widths[:, racer], names.height)[:, None]
        with np.errstate(invalid="ignore"):
            reach = marks.radius * scale
            met = (boxes[..., :2] < heads + reach).all(axis=2) & (boxes[..., 2:] > heads - reach).all(axis=2)
        assert not met.any()
    assert crossed(names, heads) <= CROSSED_SHARE * in_view.sum()


def crossed(names: Names, heads: np.ndarray) -> int:
    """In how many frames, of all pairs of racers, the line to the name of one leads over that of the other."""
    plan = names.plan
    boxes = np.stack(
        [boxes_of((heads + plan.offsets)[:, at], plan.widths[:, at], names.height) for at in range(heads.shape[1])],
        axis=1,
    )
    near, over = np.clip(heads, boxes[..., :2], boxes[..., 2:]), np.zeros((*heads.shape[:2], heads.shape[1]), bool)
    inner = boxes + np.array([2.0, 3.0, -2.0, -3.0])
    for share in np.linspace(0.1, 0.9, 12):
        points = heads + share * (near - heads)
        points[~plan.lines.any(axis=2)] = np.nan
        met = (points[:, :, None] > inner[:, None, :, :2]) & (points[:, :, None] < inner[:, None, :, 2:])
        over |= met.all(axis=3)
    own = np.eye(heads.shape[1], dtype=bool)
    return int((over & ~own).sum())


def test_on_a_small_picture_a_smaller_lens_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map, "draw_contours", lambda *_: None)
    race = optviz.run(optviz.load("styblinski-tang", {"render.size": "480p", "render.frames": 60, "render.fps": 13}))
    scene = scene_of_film(race.result, race.scenario)
    view = VIEWS["map"](scene, scene.grid.view)
    names = Names(scene, view)
    assert names.plan.lens.members.any(axis=1).mean() > 0.3
    assert names.plan.lens.radius < RADIUS_SHARE * min(view.frame.width, view.frame.height) + 19 * scene.page.scale
    assert_everybody_has_a_name(scene, view, names)


def test_a_line_to_a_name_over_words_on_the_board_costs() -> None:
    heads, beside = np.full((40, 1, 2), 200.0), np.array([[214.0, 191.0, 260.0, 209.0]])
    for words, cost in ((None, False), (beside, True)):
        planner = Planner(heads, 6.0, (0, 0, 800, 400), slots(18.0, 9.0, 1.0), [], words=words)
        over = planner._led_over(heads[planner.looks, 0], np.full((20, 1), 70.0), np.zeros((20, 1)))
        assert (over > 0).all() == cost


def test_a_line_already_drawn_is_in_the_way_of_the_next_name() -> None:
    heads = np.full((40, 2, 2), 200.0)
    heads[:, 1] = 258, 200
    planner = Planner(heads, 6.0, (0, 0, 800, 400), slots(18.0, 9.0, 1.0), [])
    planner.names.append(np.tile([300.0, 240.0, 360.0, 258.0], (40, 1)))
    planner.lines.append(planner._line(0, planner.names[0]))
    assert np.isfinite(planner.lines[0]).all()
    offsets = planner.plan(1, np.full(40, 60.0), np.ones(40, bool), 20)
    box = boxes_of(heads[0, 1:] + offsets[0], np.array([60.0]), 18.0)[0]
    points = planner.lines[0][0, :, :2]
    assert not ((points > box[:2]) & (points < box[2:])).all(axis=1).any()


@pytest.mark.thorough
def test_what_is_drawn_is_what_was_planned() -> None:
    scene = scene_of(LARGE)
    view = view_of(scene)
    names = Names(scene, view)
    for moment in scene.moments[::6]:
        drawn = {placed.box for placed in names.sprites(moment)}
        for racer, offset in enumerate(names.plan.offsets[moment.frame or 0]):
            if np.isfinite(offset[0]):
                x, y = view.marks.shown(moment)[racer] + offset if view.marks else (0, 0)
                middles = [
                    ((box.left + box.right) / 2, scene.page.size[1] - (box.top + box.bottom) / 2) for box in drawn
                ]
                assert min(np.hypot(u - x, v - y) for u, v in middles) < 1.5


@pytest.mark.thorough
def test_a_still_of_its_own_has_its_names() -> None:
    scene = scene_of(LARGE)
    view = view_of(scene)
    names = Names(scene, view)
    boxes = [placed.box for placed in names.sprites(FrameState(33))]
    assert len(boxes) >= 4
    assert all(box.left >= view.frame.x0 - 1 and box.right <= view.frame.x1 + 1 for box in boxes)


def test_a_racer_alone_needs_no_name() -> None:
    scene = scene_of(RACES["curve"])
    assert list(Names(scene, view_of(scene)).sprites(FrameState(0, 0))) == []


def test_names_of_heads_on_one_spot_stand_in_a_column() -> None:
    heads = np.tile([300.0, 200.0], (40, 8, 1))
    planner = Planner(heads, 6.0, (0, 0, 800, 400), slots(18.0, 9.0, 1.0), [])
    widths, present = np.full((40, 8), 60.0), np.ones((40, 8), bool)
    offsets = plan_all(planner, range(8), widths, present, 20)
    boxes = [boxes_of(heads[0, :1] + offset, np.array([60.0]), 18.0)[0] for offset in offsets[0]]
    assert np.isfinite(offsets).all()
    for a, b in combinations(boxes, 2):
        assert (a[2:] <= b[:2] + 0.01).any() or (b[2:] <= a[:2] + 0.01).any()
    lefts = [round(float(box[0])) for box in boxes if box[0] > 300]
    assert len(set(lefts)) < len(lefts)


def test_a_name_dodges_a_head_that_passes() -> None:
    heads = np.full((60, 2, 2), 200.0)
    heads[:, 1, 0] = np.linspace(400, 100, 60)
    heads[:, 1, 1] = 203
    planner = Planner(heads, 6.0, (0, 0, 800, 400), slots(18.0, 9.0, 1.0), [])
    offsets = planner.plan(0, np.full(60, 60.0), np.ones(60, bool), 20)
    assert np.isfinite(offsets).all()
    assert offsets[0].tolist() == [39.0, 0.0]
    assert np.ptp(offsets[:, 1]) > 9


def test_the_lens_opens_where_half_of_the_field_stays_gathered() -> None:
    heads = np.zeros((100, 4, 2))
    heads[:, 3] = 300.0
    heads[:30, :3, 0] = np.array([0.0, 100, 200])  # apart at first
    inside = np.ones((100, 4), bool)
    (first, second) = shots_of(heads, inside, 34.0, 90.0, 30)
    assert (first.members, first.first, second.end) == ((0, 1, 2), 30, 100)
    assert shots_of(heads[:, [0, 1, 3, 3]], inside, 34.0, 90.0, 30) == []


def test_who_left_stands_at_the_edge_on_its_bearing_and_none_hides_another() -> None:
    frame = Bbox.from_extents(0, 0, 200, 100)
    places = np.array([(50.0, 50.0), (300.0, 50.0), (100.0, 1e300), (500.0, 51.0)])
    shown = at_edge(places, frame, 10.0, 15.0)
    assert shown[0].tolist() == [50, 50]
    assert shown[2].tolist() == [100, 90]
    assert {round(float(x)) for x in shown[[1, 3], 0]} == {190}
    assert np.ptp(shown[[1, 3], 1]) == pytest.approx(15, abs=0.1)


@pytest.mark.thorough
def test_it_is_told_how_far_away_a_racer_is() -> None:
    text = "function: {formula: x**2 - y**2, window: [[-2, 2], [-2, 2]]}\nstart: [1, 1]\nsteps: 60\n"
    scene = scene_of(text + "optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.5}]\nrender: {size: 640x360, panels: []}\n")
    names = Names(scene, view_of(scene))
    outside = scene.moments[-1]
    y = float(scene.result.racers[1].x[names._look(outside).step, 1])
    assert names._text(1, outside, inside=False) == f"SGD  {number(y - 2, 2)} away"
    assert names._text(0, outside, inside=True) == "Adam"


@pytest.mark.thorough
def test_a_label_keeps_its_hyphens_next_to_a_flag() -> None:
    scene = scene_of(LARGE.replace("adam: {lr: 0.1}", "adam: {lr: 0.3, label: eps 1e-8}").replace("60", "200"))
    names, arrived = Names(scene, view_of(scene)), scene.result.racers[0].arrived_at
    assert arrived is not None
    frame = int(np.searchsorted(scene.steps, arrived))
    assert names._text(0, scene.moments[frame], inside=True) == f"eps 1e-8  ⚑ {arrived}"


def test_the_lens_gathers_nobody_who_left() -> None:
    heads = np.zeros((60, 5, 2)) + np.arange(5)[:, None]
    inside = np.ones((60, 5), bool)
    inside[50:, 4] = False  # shown at the edge from then on, beside the others
    assert all(4 not in shot.members for shot in shots_of(heads, inside, 34.0, 90.0, 30) if shot.end > 50)
    assert shots_of(heads, inside, 34.0, 90.0, 30)[-1].members == (0, 1, 2, 3)


def test_a_name_keeps_off_lines_that_are_drawn() -> None:
    heads, line = np.full((40, 1, 2), 200.0), np.array([[200.0, 200.0], [400.0, 200.0]])
    for lines, rises in (([], False), ([line], True)):
        trails = summed(lines, (800, 400), 4.0)
        planner = Planner(heads, 6.0, (0, 0, 800, 400), slots(18.0, 9.0, 1.0), [], trails)
        offsets = planner.plan(0, np.full(40, 60.0), np.ones(40, bool), 20)
        box = boxes_of(heads[0] + offsets[:1], np.array([60.0]), 18.0)[0]
        assert (box[1] >= 200 or box[3] <= 200 or box[2] <= 200) == rises


def test_levels_across_a_view_are_lines_that_names_keep_off() -> None:
    scene = scene_of(TIME)
    view = view_of(scene)
    assert [line[0, 0] for line in view.outlines] == [view.frame.x0] * 3  # both edges, the best fixed point
    assert all(line[0, 1] == line[1, 1] for line in view.outlines)


def test_a_swarm_has_no_lens() -> None:
    text = "function: rastrigin\nstarts: {random: 5, seed: 1}\nsteps: 20\noptimizers: [sgd, momentum, adam]\n"
    scene = scene_of(f"{text}render: {{size: 640x360, frames: 30, fps: 10}}")
    names = Names(scene, view_of(scene))
    assert not names.plan.lens.members.any()
    assert np.isfinite(names.plan.offsets[..., 0]).any()


def test_a_long_name_is_cut_so_that_it_has_a_place() -> None:
    long = "a label of sixty letters that nobody would read on a small map"
    scene = scene_of(
        f"function: beale\nsteps: 20\noptimizers: [adam, sgd: {{label: {long}}}]\n", size="640x360", frames=20
    )
    names = Names(scene, view_of(scene))
    assert names.labels[0] == "Adam"
    assert names.labels[1].endswith("…")
    assert np.isfinite(names.plan.offsets[..., 0]).all()
