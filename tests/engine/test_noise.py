"""Gradient noise: reproducible, shared, and as large as it was asked to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz.engine.noise import draw_noise
from optviz.optimizers.noise import NoiseSettings


def added(settings: NoiseSettings, seed: int, steps: int, dim: int) -> np.ndarray:
    drawn = draw_noise(settings, seed, steps, dim)
    assert drawn.factors is None
    assert drawn.added is not None
    return drawn.added


def test_the_same_seed_gives_the_same_draws() -> None:
    first, again, other = (added(NoiseSettings(std=0.1), seed, 50, 2) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()


def test_a_longer_run_begins_with_the_shorter_ones_draws() -> None:
    short, long = (added(NoiseSettings(std=0.1, spike_every=3, spike_std=2.0), 0, steps, 2) for steps in (20, 50))
    np.testing.assert_array_equal(long[:20], short)


def test_the_deviation_is_the_one_asked_for() -> None:
    draws = added(NoiseSettings(std=0.5), 0, 20_000, 2)
    np.testing.assert_allclose(draws.std(axis=0), 0.5, rtol=0.02)
    np.testing.assert_allclose(draws.mean(axis=0), 0, atol=0.02)


def test_spikes_come_on_every_kth_step_alone() -> None:
    draws = added(NoiseSettings(spike_every=7, spike_std=5.0), 0, 21, 1)
    assert [step for step, draw in enumerate(draws, 1) if draw.any()] == [7, 14, 21]
    calm = added(NoiseSettings(std=1.0), 0, 21, 1)
    np.testing.assert_allclose(draws[6::7], 5 * calm[6::7])


def test_spikes_need_both_a_period_and_a_size() -> None:
    np.testing.assert_array_equal(
        added(NoiseSettings(std=1.0, spike_every=7), 0, 21, 1), added(NoiseSettings(std=1.0), 0, 21, 1)
    )


def test_negative_seeds_are_seeds_of_their_own() -> None:
    draws = [added(NoiseSettings(std=1.0), seed, 5, 1) for seed in (-2, -1, 0, 1, 2)]
    assert len({draw.tobytes() for draw in draws}) == 5


def test_factors_are_about_one_and_leave_what_is_added_as_it_is() -> None:
    both = draw_noise(NoiseSettings(std=0.5, relative_std=0.2), 0, 20_000, 2)
    assert both.factors is not None
    np.testing.assert_allclose(both.factors.std(axis=0), 0.2, rtol=0.02)
    np.testing.assert_allclose(both.factors.mean(axis=0), 1, atol=0.01)
    np.testing.assert_array_equal(both.added, added(NoiseSettings(std=0.5), 0, 20_000, 2))
    assert abs(np.corrcoef(both.factors[:, 0], both.added[:, 0])[0, 1]) < 0.03  # streams of their own
    assert draw_noise(NoiseSettings(relative_std=0.2), 0, 5, 1).added is None


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


OWN = """
function: {formula: x**2 + y**2, minima: [[0, 0]], window: [[-6, 6], [-6, 6]]}
start: [5, -4]
steps: 40
seed: 3
noise: {std: 0.5}
common: {lr: 0.1}
optimizers:
  - sgd
  - sgd: {noise: {std: 1}, label: louder}
  - sgd: {noise: {std: 0}, label: calm}
  - adam: {noise: {relative_std: 0.3}, label: relative}
  - lookahead: {base: {sgd: {lr: 0.1}}, noise: {draws: [%s]}, label: given}
"""


def test_a_racer_has_noise_of_its_own() -> None:
    """The same seed draws the same multiples for all; a racer that is given other noise has that alone."""
    rows = ", ".join(f"[{t}, {-t}]" for t in range(40))
    race = optviz.run(optviz.loads(OWN % rows))
    plain, louder, calm, relative, given = (
        racer.trajectory.gradient - 2 * racer.trajectory.x[:-1] for racer in race.racers
    )
    np.testing.assert_allclose(louder, 2 * plain, atol=1e-12)
    assert plain.std() == pytest.approx(0.5, rel=0.2)
    np.testing.assert_array_equal(calm, 0)
    factors = race["relative"].trajectory.gradient / (2 * race["relative"].trajectory.x[:-1])
    assert factors.std() == pytest.approx(0.3, rel=0.3)
    assert relative.any()
    np.testing.assert_allclose(given, np.arange(40)[:, None] * [1, -1], atol=1e-12)


def test_noise_of_a_racer_is_written_and_read_again(tmp_path: Path) -> None:
    (tmp_path / "draws.csv").write_text("a,b\n" + "0.5,-0.5\n" * 40)
    text = OWN.replace("{draws: [%s]}", "{file: draws.csv}")
    (tmp_path / "own.yaml").write_text(text)
    scenario = optviz.load(tmp_path / "own.yaml")
    assert scenario.draws == (tmp_path / "draws.csv",)
    again = optviz.loads(scenario.source_text)
    assert [one.rule.noise for one in again.optimizers] == [one.rule.noise for one in scenario.optimizers]
    assert again.optimizers[4].rule.noise == NoiseSettings(draws=((0.5, -0.5),) * 40)
    rows = optviz.run(scenario).result["given"].trajectory
    np.testing.assert_allclose(rows.gradient - 2 * rows.x[:-1], [[0.5, -0.5]] * 40, atol=1e-12)


@pytest.mark.parametrize(
    ("noise", "said"),
    [
        ("{std: -1}", "optimizers[0].sgd.noise.std: must be at least 0"),
        ("{stdd: 1}", "optimizers[0].sgd.noise.stdd: unknown key; did you mean std?"),
        ("0.5", "optimizers[0].sgd.noise: must be a mapping, got 0.5; such as {std: 0.1}"),
        ("{file: none.csv}", "optimizers[0].sgd.noise.file: none.csv cannot be read"),
        ("{draws: [1, 2]}", "optimizers[0].sgd.noise.draws: 2 rows, fewer than the 5 steps"),
        (
            "{draws: [1, 2, 3, 4, 5]}",
            "optimizers[0].sgd.noise.draws: 1 column, the function has two coordinates (x, y)",
        ),
    ],
)
def test_mistakes(noise: str, said: str) -> None:
    with pytest.raises(optviz.OptvizError) as refused:
        optviz.loads(f"function: beale\nsteps: 5\noptimizers:\n  - sgd: {{noise: {noise}}}\n")
    assert said in str(refused.value)
