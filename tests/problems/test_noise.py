"""Gradient noise: reproducible, shared, and as large as it was asked to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import optviz
from optviz.problems import draw_noise


@dataclass(frozen=True)
class Settings:
    std: float = 0.0
    spike_every: int | None = None
    spike_std: float | None = None
    draws: tuple[tuple[float, ...], ...] | None = None


def test_the_same_seed_gives_the_same_draws() -> None:
    first, again, other = (draw_noise(Settings(std=0.1), seed, 50, 2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_a_longer_run_begins_with_the_shorter_ones_draws() -> None:
    short, long = (draw_noise(Settings(std=0.1, spike_every=3, spike_std=2.0), 0, steps, 2) for steps in (20, 50))
    np.testing.assert_array_equal(long[:20], short)


def test_the_deviation_is_the_one_asked_for() -> None:
    draws = draw_noise(Settings(std=0.5), 0, 20_000, 2)
    np.testing.assert_allclose(draws.std(axis=0), 0.5, rtol=0.02)
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=0.02)


def test_spikes_come_on_every_kth_step_alone() -> None:
    draws = draw_noise(Settings(spike_every=7, spike_std=5.0), 0, 21, 1)
    assert [step for step, draw in enumerate(draws, 1) if draw.any()] == [7, 14, 21]
    calm = draw_noise(Settings(std=1.0), 0, 21, 1)
    np.testing.assert_allclose(draws[6::7], 5 * calm[6::7])


def test_spikes_need_both_a_period_and_a_size() -> None:
    np.testing.assert_array_equal(
        draw_noise(Settings(std=1.0, spike_every=7), 0, 21, 1), draw_noise(Settings(std=1.0), 0, 21, 1)
    )


def test_negative_seeds_are_seeds_of_their_own() -> None:
    draws = [draw_noise(Settings(std=1.0), seed, 5, 1) for seed in (-2, -1, 0, 1, 2)]
    assert len({draw.tobytes() for draw in draws}) == 5


# --- in a race ----------------------------------------------------------------------------------------

DEMONSTRATION = """
function: {{formula: x**2, minima: [0], window: [[-3, 6]]}}
start: 5
steps: {steps}
noise: {{std: 0.1, spike_every: 7, spike_std: 5}}
common: {{lr: 0.1}}
optimizers: [{racers}]
"""


def disturbances(steps: int, racers: str) -> list[np.ndarray]:
    """(steps,) of every racer: the gradient it was told, less the true one."""
    race = optviz.run(optviz.loads(DEMONSTRATION.format(steps=steps, racers=racers)))
    paths = [racer.trajectory for racer in race.racers]
    return [path.gradient[:, 0] - 2 * path.x[:-1, 0] for path in paths]


def test_every_racer_receives_the_same_noise_however_many_race_and_however_long() -> None:
    (alone,) = disturbances(50, "sgd")
    crowd = disturbances(100, "adam, amsgrad, sgd, sam")
    for noise in crowd:
        np.testing.assert_allclose(noise[:50], alone, atol=1e-13)
    spikes = np.arange(1, 101) % 7 == 0
    assert np.abs(crowd[0][~spikes]).max() < 0.5
    assert np.abs(crowd[0][spikes]).max() > 5
