"""The default finish line."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from optviz.problems import from_catalogue
from optviz.problems.finish import Finish, default_finish

QUADRATIC = from_catalogue("post_2d", window=[[-1, 4], [-4, 2]])  # minimum -6 at (2, -1), window 5 by 6


def test_the_default_line_is_one_percent_of_the_windows_diagonal() -> None:
    assert default_finish(QUADRATIC) == Finish(distance=pytest.approx(0.01 * math.hypot(5, 6)))


def test_without_a_window_it_is_one_percent_of_the_box_of_start_and_nearest_lowest_minimum() -> None:
    open_ended = replace(QUADRATIC, window=None, minima=((2.0, -1.0), (90.0, 0.0)), local_minima=((0.1, 0.0),))
    assert default_finish(open_ended, (0.0, 0.0)) == Finish(distance=pytest.approx(0.01 * 5**0.5))
    assert default_finish(open_ended, (2.0, -1.0)) == Finish(distance=0.01)


@pytest.mark.parametrize("missing", [{"window": None}, {"minima": ()}, {"online": True}])
def test_no_default_line_without_window_or_minimum_nor_online(missing: dict[str, Any]) -> None:
    assert default_finish(replace(QUADRATIC, **missing)) == Finish()


def test_a_line_may_be_set_before_its_minima_are_found() -> None:
    unknown = replace(QUADRATIC, minima=())
    assert default_finish(unknown, expect_minima=True) == default_finish(QUADRATIC)
