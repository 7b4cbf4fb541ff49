"""Polylines cut: which strokes, in which order, dashed how."""

import numpy as np
import pytest

from optviz.picture.machine.strokes import Cover, Polyline, covers, cut_strokes, string_beads

SIZE = (400, 300)


def straight(length: float, points: int = 11) -> np.ndarray:
    return np.column_stack([np.linspace(10, 10 + length, points), np.full(points, 50.0)])


def test_strokes_come_by_step_then_halos_then_lines() -> None:
    cut = cut_strokes([Polyline(straight(100), "red", 2), Polyline(straight(100) + 7, "blue", 2)], "white", 1, SIZE)
    assert len(cut.steps) == 4 * 10
    assert np.all(np.diff(cut.steps) >= 0)
    assert cut.owners[:4].tolist() == [0, 1, 0, 1]
    assert cut.widths[:4].tolist() == [4, 4, 2, 2]
    assert cut.caps[:4].tolist() == ["butt", "butt", "round", "round"]


def test_between_gives_each_stroke_once() -> None:
    cut = cut_strokes([Polyline(straight(100), "red", 2)], None, 0, SIZE)
    parts = [cut.between(first, last) for first, last in ((0, 3), (3, 4), (4, 10))]
    assert [(part.start, part.stop) for part in parts] == [(0, 3), (3, 4), (4, 10)]


def test_a_standstill_draws_nothing() -> None:
    assert len(cut_strokes([Polyline(np.full((50, 2), 3.0), "red", 2)], None, 0, SIZE).steps) == 0


def test_a_million_small_steps_become_few_strokes() -> None:
    assert len(cut_strokes([Polyline(straight(100, 1_000_001), "red", 2)], None, 0, SIZE).steps) < 300


def test_dashes_cover_their_part_of_every_period() -> None:
    cut = cut_strokes([Polyline(straight(100), "red", 2, dash=(6.0, 12.0, 12.0))], None, 0, SIZE)
    x = cut.segments[:, :, 0] - 10
    assert np.all((x.mean(axis=1) % 12) >= 6)
    assert np.isclose(np.diff(x, axis=1).sum(), 48)


def test_a_dash_belongs_to_the_step_that_reaches_it() -> None:
    cut = cut_strokes([Polyline(straight(100), "red", 2, dash=(0.0, 5.0, 10.0))], None, 0, SIZE)
    ends = cut.segments[:, 1, 0] - 10
    np.testing.assert_array_equal(cut.steps, np.ceil(ends / 10 - 1e-9))


def test_places_far_away_stay_drawable() -> None:
    points, bead = np.array([[10.0, 10.0], [1e300, -1e300], [20.0, 20.0]]), np.array([[1, 2]])
    cut = cut_strokes([Polyline(points, "red", 2, beads=bead)], None, 0, SIZE)
    assert len(cut.segments) == 3
    assert np.abs(cut.segments).max() <= 4 * 400 + 1


def found(*paths: np.ndarray) -> list[Cover]:
    steps = [np.arange(len(path)) for path in paths]
    return covers(list(paths), 1.5, SIZE, steps, range(len(paths)))


def test_a_path_is_dashed_where_it_lies_on_others_and_nowhere_else() -> None:
    one, far = straight(100), straight(100) + np.array([0, 40])
    leaving = one.copy()
    leaving[5:, 1] += np.linspace(10, 90, 6)
    solid, apart, half, third = found(one, far, leaving, one + 0.3)
    assert solid.is_clear
    assert apart.is_clear
    assert half.rank_at(np.array([5.0, 35, 80])).tolist() == [1, 1, 0]
    assert third.rank_at(np.array([5.0, 35, 80])).tolist() == [2, 2, 1]
    (cut,) = [cut_strokes([Polyline(leaving, "red", 2, cover=half)], "white", 1, SIZE)]
    lines = cut.caps == "round"
    drawn = np.abs(np.diff(cut.segments[lines, :, 0], axis=1)).sum()
    assert drawn == pytest.approx(100 - 27, abs=6)  # every second slot of what is shared
    assert (cut.segments[~lines, 0, 0] > 45).all()  # no halo where it would erase the line below


def test_who_comes_later_does_not_dash_who_was_there_before() -> None:
    late = np.concatenate([np.tile([[10.0, 50.0]], (20, 1)), straight(100)])
    early = straight(100)
    waiting, there = found(late, early)
    assert there.is_clear
    assert waiting.rank_at(np.array([50.0])).tolist() == [1]


def test_crossing_is_not_hiding() -> None:
    across = np.column_stack([np.full(11, 60.0), np.linspace(0, 100, 11)])
    assert not found(straight(100), across)[1].ranks.any()


def test_a_path_has_no_halo_where_it_comes_back_on_itself() -> None:
    there_and_back = np.concatenate([straight(100), straight(100)[::-1] + np.array([0, 1.0])])
    (cover,) = found(there_and_back)
    assert not cover.ranks.any()
    assert cover.crowded[cover.interval(np.array([50.0, 150.0]))].tolist() == [False, True]


def test_a_begun_stroke_is_a_share_of_the_way_to_the_next_step() -> None:
    corner = Polyline(np.array([(0.0, 0), (30, 0), (30, 40)]), "#ff0000", 2.0)
    ahead = Polyline(np.array([(0.0, 9), (0, 9), (50, 9)]), "#00ff00", 2.0)
    strokes = cut_strokes([corner, ahead], "#ffffff", 1.0, (100, 100))
    (first, of_corner), (second, of_ahead) = strokes.begun(1, 0.25)
    assert (first, second) == (0, 1)
    for begun, end in ((of_corner, (30, 10)), (of_ahead, (12.5, 9))):
        assert begun.caps.tolist() == ["butt", "round"]  # the halo below its line
        np.testing.assert_allclose(begun.segments[:, 1], [end, end])
    assert strokes.begun(2, 0.5) == []


def test_a_begun_stroke_ends_at_the_head_where_halo_and_line_have_gaps() -> None:
    edges = np.array([0.0, 40.0])
    cover = Cover(edges, np.array([1, 0]), np.array([True, False]), slot=6.0)  # its first half lies on another line
    line = Polyline(np.array([(0.0, 0), (80, 0)]), "#ff0000", 2.0, cover=cover)
    strokes = cut_strokes([line], "#ffffff", 1.0, (100, 100))
    for share in (0.1, 0.4, 0.6):
        ((_, begun),) = strokes.begun(0, share)
        lines, halos = begun.segments[begun.caps == "round"], begun.segments[begun.caps == "butt"]
        assert 80 * share - 6 <= lines[..., 0].max() <= 80 * share + 1e-9
        assert halos[..., 0].max(initial=0.0) == (0 if share < 0.5 else pytest.approx(80 * share))
    np.testing.assert_array_equal(strokes.begun(0, 1.0)[0][1].segments, strokes.segments)


# --- beads ----------------------------------------------------------------------------------------


def test_a_bead_is_strung_every_few_steps_and_drawn_once_the_line_has_left_it() -> None:
    points = np.column_stack([np.arange(21) * 4.0, np.zeros(21)])
    beads = string_beads(points, np.arange(21), 5, 6.0)
    assert beads.tolist() == [[5, 7], [10, 12], [15, 17]]  # the last point is under the head


def test_beads_that_would_touch_are_left_out() -> None:
    slow = np.column_stack([np.concatenate([np.arange(10) * 0.5, np.arange(1, 11) * 10.0]), np.zeros(20)])
    beads = string_beads(slow, np.arange(20), 1, 6.0)[:, 0]
    assert np.hypot(*np.diff(slow[beads], axis=0).T).min() >= 6
    assert len(beads) == 9


def test_beads_lie_on_the_point_of_their_step_where_a_path_is_cut_into_pieces() -> None:
    points = np.column_stack([np.arange(9) * 10.0, np.zeros(9)])
    steps = np.array([0, 1, 1, 1, 2, 3, 3, 4, 4])
    assert string_beads(points, steps, 2, 5.0)[:, 0].tolist() == [4]


def test_beads_lie_over_their_line_and_are_drawn_for_good_in_the_order_of_steps() -> None:
    points = np.column_stack([np.arange(21) * 4.0, np.zeros(21)])
    line = Polyline(points, "#ff0000", 2.0, beads=string_beads(points, np.arange(21), 5, 6.0))
    strokes = cut_strokes([line], "#ffffff", 1.0, (200, 100))
    dots = strokes.widths > 4.5
    assert strokes.steps[dots].tolist() == [7, 12, 17]
    assert (np.diff(strokes.steps) >= 0).all()
    assert (strokes.colours[dots] == [1, 0, 0, 1]).all()
    for step in (7, 12, 17):
        assert np.flatnonzero(dots & (strokes.steps == step)).item() == np.flatnonzero(strokes.steps == step).max()
