"""Which step each frame shows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.picture.timeline import PACES, eased, frame_steps, frame_times, gliding
from optviz.scenario.render import Stretch

steps = st.integers(1, 1_000_000)
frames = st.integers(1, 400)


@pytest.mark.parametrize("pace", PACES)
@given(steps=steps, frames=frames)
def test_frames_run_from_the_start_to_the_last_step_and_never_back(pace: str, steps: int, frames: int) -> None:
    travelled = np.sqrt(np.arange(steps + 1.0)) if pace == "arc" else None
    shown = frame_steps(steps, frames, pace, travelled)
    assert len(shown) == frames
    assert shown[-1] == steps
    assert frames == 1 or shown[0] == 0
    assert np.all(np.diff(shown) >= 0)


@pytest.mark.parametrize("glide", [None, True, False])
@pytest.mark.parametrize("pace", ["linear", "log"])
@given(steps=st.integers(1, 500), frames=frames)
def test_heads_glide_forwards_only_and_end_on_the_last_step(
    pace: str, glide: bool | None, steps: int, frames: int
) -> None:
    times = frame_times(steps, frames, pace)
    shown, ahead = gliding(times, glide)
    assert np.all(np.diff(shown + ahead) >= -1e-9)
    assert (shown[-1], ahead[-1]) == (steps, 0)
    assert np.all((ahead >= 0) & (ahead <= 1))
    if glide is False or (glide is None and pace == "linear" and frames <= steps):
        assert not ahead.any()
        assert shown.tolist() == frame_steps(steps, frames, pace).tolist()
    if glide:
        np.testing.assert_allclose(shown + ahead, times)


def test_with_more_frames_than_steps_every_frame_goes_the_same_way() -> None:
    shown, ahead = gliding(frame_times(4, 9), None)
    assert shown.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4]
    np.testing.assert_allclose(ahead, [0, 0.5] * 4 + [0])


def test_linear_pace_is_even() -> None:
    assert frame_steps(8, 5).tolist() == [0, 2, 4, 6, 8]


def test_log_pace_dwells_on_the_early_steps() -> None:
    shown = frame_steps(1000, 11, "log")
    assert shown[5] < 50


def test_arc_pace_gives_every_frame_the_same_way() -> None:
    travelled = np.concatenate([np.linspace(0, 9, 10), np.full(90, 9.0), [10.0]])
    shown = frame_steps(100, 11, "arc", travelled)
    assert np.all(np.abs(np.diff(travelled[shown])) <= 1 + 1e-12)


def test_nobody_moves_on_an_arc_without_length() -> None:
    assert frame_steps(10, 3, "arc", np.zeros(11)).tolist() == [0, 5, 10]


@given(st.integers(1, 60), st.integers(1, 8))
def test_eased_places_begin_and_end_on_target(frames: int, window: int) -> None:
    target = np.random.default_rng(frames).permuted(np.tile(np.arange(4.0), (frames, 1)), axis=1)
    rows = eased(target, window)
    np.testing.assert_allclose(rows[[0, -1]], target[[0, -1]])
    np.testing.assert_allclose(rows.sum(axis=1), target.sum(axis=1))
    assert rows.min() >= -1e-9
    assert rows.max() <= 3 + 1e-9


def test_a_stretch_goes_as_many_times_as_fast_as_its_speed() -> None:
    slow, fast = Stretch.model_validate({"from": 10, "to": 20, "speed": 0.25}), {"from": 50, "to": 90, "speed": 4}
    times = frame_times(100, 901, [slow, Stretch.model_validate(fast)])
    inside = [(times[:-1] >= low) & (times[1:] <= high) for low, high in ((0, 10), (10, 20), (20, 50), (50, 90))]
    before, slowly, between, quickly = (np.diff(times)[one].mean() for one in inside)
    assert slowly == pytest.approx(0.25 * before, rel=1e-6)
    assert quickly == pytest.approx(4 * before, rel=1e-6)
    assert between == pytest.approx(before, rel=1e-6)
    assert (times[0], times[-1]) == (0, 100)
