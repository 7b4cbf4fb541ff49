"""Names of curves: in one column beside the ends, in the order of the heads, none over another."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optviz
from optviz.picture.film import scene_of_film
from optviz.picture.overlays.names import Names
from optviz.picture.overlays.names.column import beside_ends, spread
from optviz.picture.views import VIEWS

APART = 10.0
AREA = (0.0, 0.0, 400.0, 300.0)
HEIGHTS = st.lists(st.floats(0, 300), min_size=1, max_size=20).map(np.sort)
LOSSES = """
optimizers:
  - recorded: {file: runs.csv, run: a}
  - recorded: {file: runs.csv, run: b}
  - recorded: {file: runs.csv, run: c}
finish: {gap: 0.3}
render: {size: 480p, frames: 24, hold: 0}
"""


@given(HEIGHTS)
def test_heights_are_apart_within_the_area_and_nearest_to_the_heads(wanted: np.ndarray) -> None:
    found = spread(wanted, APART, 0, 300)
    assert (np.diff(found) >= APART - 1e-9).all()
    assert found[0] >= APART / 2 - 1e-9
    assert found[-1] <= 300 - APART / 2 + 1e-9
    # least squares: no shift of the names that touch, up to the ends of the area, brings them nearer to their heads
    cost = np.square(found - wanted).sum()
    for first in range(len(found)):
        for end in range(first + 1, len(found) + 1):
            for shift in (-0.01, 0.01):
                moved = found.copy()
                moved[first:end] += shift
                fits = (np.diff(moved) >= APART - 1e-9).all() and moved[0] >= APART / 2 and moved[-1] <= 300 - APART / 2
                assert not fits or np.square(moved - wanted).sum() >= cost - 1e-9


def test_heights_that_are_apart_stay() -> None:
    assert spread(np.array([20.0, 40.0, 80.0]), APART, 0, 300).tolist() == [20, 40, 80]


def columned(y: np.ndarray, widths: float = 30.0) -> np.ndarray:
    """(frames, racers) heights of the names of heads at ``y`` (frames, racers), which move to the right."""
    x = np.broadcast_to(np.arange(len(y), dtype=float)[:, None], y.shape)
    heads = np.stack([x, y], axis=2)
    offsets = beside_ends(heads, np.full(y.shape, widths), np.isfinite(y), range(y.shape[1]), APART, 5.0, AREA)
    return np.asarray(offsets[..., 1] + y)


def test_names_keep_their_order_while_heads_cross_a_little_and_end_in_that_of_the_heads() -> None:
    swing = 3.0 * np.sin(np.arange(60.0))[:, None] * [1, -1]
    names = columned(150 + swing)
    assert (names[:-1, 0] > names[:-1, 1]).all() or (names[:-1, 0] < names[:-1, 1]).all()
    assert (names[-1, 0] > names[-1, 1]) == (swing[-1, 0] > swing[-1, 1])


def test_names_change_places_with_heads_that_part() -> None:
    names = columned(150 + np.linspace(-60, 60, 61)[:, None] * [1, -1])
    assert names[0, 0] < names[0, 1]
    assert names[-1, 0] > names[-1, 1]
    assert np.abs(np.diff(names, axis=0)).max() < APART  # and glide past one another


def test_a_name_without_room_at_the_right_stands_at_the_left_and_one_left_behind_has_none() -> None:
    heads = np.array([[[395.0, 100.0], [50.0, 200.0]]])
    offsets = beside_ends(heads, np.full((1, 2), 30.0), np.ones((1, 2), bool), [0, 1], APART, 5.0, AREA)
    assert offsets[0, 0].tolist() == [-20, 0]
    assert np.isnan(offsets[0, 1]).all()


def test_where_not_all_have_room_the_first_in_order_have() -> None:
    names = beside_ends(
        np.full((1, 50, 2), 100.0), np.full((1, 50), 30.0), np.ones((1, 50), bool), range(49, -1, -1), APART, 5.0, AREA
    )
    assert np.flatnonzero(np.isfinite(names[0, :, 0])).tolist() == list(range(20, 50))


@pytest.mark.parametrize("label", ["b", "a run with a name that is far too long to stand beside its curve"])
def test_names_of_replayed_losses_stand_right_of_their_curves(tmp_path: Path, label: str) -> None:
    rows = "\n".join(f"{step},{1 / (1 + step)},{2 / (1 + step)},{1.01 / (1 + step)}" for step in range(30))
    (tmp_path / "runs.csv").write_text(f"step,a,b,c\n{rows}\n")
    (tmp_path / "race.yaml").write_text(LOSSES.replace("run: b", f"run: b, label: {label}"))
    race = optviz.run(optviz.load(tmp_path / "race.yaml"))
    scene = scene_of_film(race.result, race.scenario)
    view = VIEWS[scene.scenario.render.view](scene, scene.grid.view)
    names = Names(scene, view)
    assert view.marks is not None
    for frame in range(0, len(scene.moments), 6):
        heads = view.marks.shown(scene.moments[frame])
        left = names.plan.corners[frame, :, 1]
        assert (left > heads[:, 0]).all()
        assert (left + names.plan.widths[frame] <= view.frame.x1 + 1).all()
