"""Bands: where a curve would be a block, and nowhere else."""

import numpy as np
import pytest

from optviz.picture.machine.envelope import LEAST_POINTS, envelope
from optviz.picture.machine.strokes import LEFT_OUT, WHOLE


def curve(points: int, pixels: float, y: np.ndarray) -> np.ndarray:
    return np.column_stack([np.linspace(0, pixels, points), y])


@pytest.mark.parametrize("slope", [0.0, 3.0])
def test_a_curve_that_only_goes_one_way_is_drawn_as_it_is(slope: float) -> None:
    path = curve(2000, 200, slope * np.arange(2000.0))
    seen = envelope(path, 2.0)
    np.testing.assert_array_equal(seen.line, path)
    assert not len(seen.band)


def test_waves_that_pixels_can_show_are_drawn_as_they_are() -> None:
    path = curve(200, 1000, 20 * np.sin(np.arange(200)))
    np.testing.assert_array_equal(envelope(path, 2.0).line, path)


def test_what_is_faster_than_a_column_is_a_band_from_the_lowest_to_the_highest() -> None:
    y = 100 + np.tile([-5.0, 10.0, 0.0], 2000)
    seen = envelope(curve(6000, 300, y), 2.0)
    assert set(seen.band[::2, 1].tolist()) == {95.0}
    assert set(seen.band[1::2, 1].tolist()) == {110.0}
    assert set(seen.line[1:-1, 1].tolist()) == {102.5}
    assert len(seen.band) == 2 * 150 or len(seen.band) == 2 * 151
    assert seen.tones.tolist()[:4] == [LEFT_OUT, WHOLE] * 2
    assert (np.diff(seen.band[::2, 0]) == 2.0).all()


def test_steps_rise_and_a_column_is_there_when_its_last_step_is_taken() -> None:
    y = np.tile([0.0, 9.0], 500)
    path = curve(1000, 100, y)
    seen = envelope(path, 2.0)
    assert (np.diff(seen.steps) > 0).all()
    assert (path[seen.band_steps, 0] <= seen.band[:, 0] + 1.0 + 1e-9).all()
    assert (seen.band_steps[::2] == seen.band_steps[1::2]).all()
    assert np.isin(seen.band_steps, seen.steps).all()


def test_only_the_dense_part_of_a_curve_is_a_band() -> None:
    x = np.concatenate([np.arange(0, 100, 5.0), np.linspace(100, 200, 1000)])
    seen = envelope(np.column_stack([x, np.tile([0.0, 30.0], len(x) // 2)]), 2.0)
    assert seen.band[:, 0].min() >= 99
    assert (seen.line[:19] == np.column_stack([x, np.tile([0.0, 30.0], len(x) // 2)])[:19]).all()
    assert LEAST_POINTS < 20
