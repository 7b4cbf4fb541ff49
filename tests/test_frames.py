"""Boxes of pixels: cut, widened, taken together."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.frames import COST_OF_A_BOX_PX, Box, cut_apart, hull, merge

SIDE = 200


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    top, bottom = sorted((draw(st.integers(0, SIDE)), draw(st.integers(0, SIDE))))
    left, right = sorted((draw(st.integers(0, SIDE)), draw(st.integers(0, SIDE))))
    return Box(top, left, bottom, right)


def covered(parts: list[Box] | tuple[Box, ...]) -> np.ndarray:
    board = np.zeros((SIDE, SIDE), bool)
    for box in parts:
        board[box.slices] = True
    return board


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        (Box(1, 2, 3, 4), Box(1, 2, 3, 4)),
        (Box(-5, -5, 5, 5), Box(0, 0, 5, 5)),
        (Box(8, 15, 30, 40), Box(8, 15, 10, 20)),
        (Box(50, 60, 70, 80), Box(10, 20, 10, 20)),
        (Box(-9, -9, -3, -3), Box(0, 0, 0, 0)),
    ],
)
def test_the_part_inside_a_picture(box: Box, inside: Box) -> None:
    assert box.within(10, 20) == inside


def test_boxes_grow_to_even_edges() -> None:
    assert Box(3, 4, 7, 9).to_even() == Box(2, 4, 8, 10)
    assert Box(0, 0, 8, 6).to_even() == Box(0, 0, 8, 6)


@given(boxes(), boxes())
def test_boxes_meet_where_they_share_a_pixel(one: Box, other: Box) -> None:
    empty = not covered([one]).any() or not covered([other]).any()
    assert empty or one.meets(other) == (covered([one]) & covered([other])).any()


@given(st.lists(boxes(), min_size=1))
def test_the_hull_is_the_smallest_box_around_all(parts: list[Box]) -> None:
    around = hull(parts)
    assert not (covered(parts) & ~covered([around])).any()
    assert around.top in {box.top for box in parts}
    assert around.right in {box.right for box in parts}


def test_near_boxes_are_merged_and_far_ones_kept() -> None:
    near = [Box(0, 0, 10, 10), Box(5, 5, 15, 15), Box(12, 0, 20, 9)]
    far = Box(500, 800, 510, 810)
    assert set(merge([*near, far])) == {Box(0, 0, 20, 15), far}


@given(st.lists(boxes()))
def test_merged_boxes_cover_all_and_are_no_more_work(parts: list[Box]) -> None:
    def work(some: list[Box] | tuple[Box, ...]) -> int:
        return sum((box.bottom - box.top) * (box.right - box.left) + COST_OF_A_BOX_PX for box in some)

    merged = merge(parts)
    assert not (covered(parts) & ~covered(merged)).any()
    assert work(merged) <= work(parts)


@given(st.lists(boxes(), max_size=12))
@pytest.mark.thorough
def test_boxes_cut_apart_cover_the_same_pixels_once(parts: list[Box]) -> None:
    cut = cut_apart(parts)
    np.testing.assert_array_equal(covered(cut), covered(parts))
    assert not any((covered([one]) & covered([other])).any() for one, other in combinations(cut, 2))
