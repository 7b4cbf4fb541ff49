"""The scenarios that ship: every one loads and runs, and those that make a point make it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import optviz
from optviz import Race
from optviz.engine.result import Racer
from optviz.optimizers import OPTIMIZERS
from optviz.picture.film import film
from optviz.picture.timeline import frame_steps
from tests import few

CONFIGS = Path(__file__).parent.parent / "configs"
SHIPPED = sorted(path.relative_to(CONFIGS).as_posix() for path in CONFIGS.rglob("*.yaml"))


@cache
def race(name: str) -> Race:
    return optviz.run(optviz.load(CONFIGS / name))


def rates(done: Race, racer: int) -> np.ndarray:
    rate = done.racers[racer].trajectory.effective_lr
    assert rate is not None
    return rate


@pytest.mark.parametrize("name", few(SHIPPED, 6))
@pytest.mark.thorough
def test_it_loads_and_runs(name: str) -> None:
    done = race(name)
    assert len(done.ranking) == len(done.racers)
    assert done.scenario is not None
    assert optviz.loads(done.scenario.source_text).title == done.title


LABELS = {rule.label.lower() for rule in OPTIMIZERS.values()} | {"gradient descent"}


@pytest.mark.parametrize("name", few(SHIPPED, 6))
def test_its_lesson_names_racers_and_steps_that_there_are(name: str) -> None:
    """Every rule named is a racer's, every step that of an arrival or a first entry."""
    done = race(name)
    lesson, racers = done.scenario.render.lesson, done.racers
    assert bool(lesson) == (done.scenario.render.hold > 0)
    labels = " ".join([*(racer.label for racer in racers), *(racer.rule.rule.label for racer in racers)]).lower()
    named = {label for label in LABELS if re.search(rf"(?<![-\w]){re.escape(label)}(?![-\w])", lesson.lower())}
    assert all(label in labels or (label == "gradient descent" and "sgd" in labels) for label in named)
    steps = {racer.arrived_at for racer in racers} | {racer.entered_at for racer in racers}
    assert {int(step) for step in re.findall(r"step (\d+)", lesson)} <= steps


@pytest.mark.parametrize("name", SHIPPED)
def test_it_says_what_to_look_for(name: str) -> None:
    text = (CONFIGS / name).read_text(encoding="utf-8")
    assert f"optviz race configs/{name}" in text or "optviz race  " in text
    assert "# What to look for:" in text or "What to look for:" in text


def test_adams_rate_climbs_back_and_amsgrads_never_does() -> None:
    adam, amsgrad = (rates(race("amsgrad/effective-lr.yaml"), racer)[:, 0] for racer in (0, 1))
    assert len(adam) == 50
    assert (np.diff(adam) > 0).sum() == 45  # all but at the large gradients: steps 11, 21, 31, 41
    assert (np.diff(amsgrad) <= 0).all()
    assert (amsgrad <= adam).all()


def test_the_rates_are_written_as_a_table_too_and_shown_large() -> None:
    scenario = optviz.load(CONFIGS / "amsgrad/effective-lr.yaml")
    assert scenario.render.view == "effective_lr"
    assert "outputs/effective-lr.csv" in scenario.output


def plain_loop(
    gradient: Callable[[int, float], float], steps: int, keeps_maximum: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Adam or AMSGrad that corrects the first moment alone: x, the second moment that divides it, the rate."""
    x, m, v, largest, path, moments = 5.0, 0.0, 0.0, 0.0, [5.0], []
    for t in range(1, steps + 1):
        g = gradient(t, x)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        largest = max(largest, v)
        moments.append(largest if keeps_maximum else v)
        x -= 0.1 * (m / (1 - 0.9**t)) / (moments[-1] ** 0.5 + 1e-8)
        path.append(x)
    return np.array(path), np.array(moments), 0.1 / (np.sqrt(moments) + 1e-8)


def assert_is(racer: Racer, numbers: tuple[np.ndarray, np.ndarray, np.ndarray], state: str) -> None:
    rate = racer.effective_lr
    assert rate is not None
    for found, wanted in zip((racer.x, racer.state[state], rate), numbers, strict=True):
        np.testing.assert_allclose(found[:, 0], wanted, rtol=1e-12, atol=1e-12)


def test_the_rates_are_those_of_a_plain_loop() -> None:
    adam, amsgrad = race("amsgrad/effective-lr.yaml").racers
    assert_is(adam, plain_loop(lambda t, x: 10.0 if t % 10 == 1 else 0.1, 50, False), "v")
    assert_is(amsgrad, plain_loop(lambda t, x: 10.0 if t % 10 == 1 else 0.1, 50, True), "vmax")


def test_the_noise_is_numpys_of_seed_42_and_the_paths_those_of_a_plain_loop() -> None:
    adam, amsgrad = race("amsgrad/noise.yaml").racers
    generator = np.random.RandomState(42)
    noise = [generator.randn() * (5 if t % 7 == 0 else 0.1) for t in range(1, 101)]
    assert_is(adam, plain_loop(lambda t, x: 2 * x + noise[t - 1], 100, False), "v")
    assert_is(amsgrad, plain_loop(lambda t, x: 2 * x + noise[t - 1], 100, True), "vmax")
    assert np.abs(adam.x - amsgrad.x).max() < 0.001  # as the comment says


@pytest.mark.parametrize("c", [2.1, 100])
def test_the_counterexample_tells_the_same_for_other_constants(c: float) -> None:
    done = optviz.run(optviz.load(CONFIGS / "amsgrad/counterexample.yaml", {"function.constants.C": c}))
    adam, amsgrad = (racer.x[-1, 0] for racer in done.racers)
    assert adam > 0.9
    assert amsgrad < -0.9


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_counterexample_by_chance_tells_the_same_for_other_seeds(seed: int) -> None:
    done = optviz.run(optviz.load(CONFIGS / "amsgrad/chance.yaml", {"seed": seed}))
    adam, amsgrad = (racer.x[-2000:, 0].mean() for racer in done.racers)
    assert adam > 0.9
    assert amsgrad < -0.9


def test_both_racers_are_shaken_by_the_same_noise() -> None:
    done = race("amsgrad/noise.yaml")
    noise = [racer.trajectory.gradient[:, 0] - 2 * racer.trajectory.x[:-1, 0] for racer in done.racers]
    np.testing.assert_allclose(noise[0], noise[1], atol=1e-12)
    spikes = np.arange(1, 101) % 7 == 0
    assert np.abs(noise[0][~spikes]).max() < 0.5
    assert np.std(noise[0][spikes]) > 2


def test_the_network_learns_and_the_two_hardly_differ() -> None:
    adam, amsgrad = (racer.trajectory for racer in race("amsgrad/network.yaml").racers)
    assert adam.x.shape == (301, 10 * 32 + 32 + 32 + 1)
    assert adam.f[-1] < adam.f[0] / 5
    assert adam.f[-1] == pytest.approx(amsgrad.f[-1], rel=0.02)
    assert adam.f[-1] != amsgrad.f[-1]


def test_adam_ends_at_the_worst_point_and_amsgrad_at_the_best() -> None:
    done = race("amsgrad/counterexample.yaml")
    adam, amsgrad = (racer.trajectory.x[:, 0] for racer in done.racers)
    assert adam[-1] > 0.99
    assert amsgrad[-1] == -1
    assert done.ranking == ("AMSGrad", "Adam")
    assert done.result.regrets is not None
    assert done.result.regrets[0][-1] == pytest.approx(2 / 3, abs=0.01)
    assert done.result.regrets[1][-1] < 0.02


def test_adabound_stays_between_its_bounds_and_meets_both() -> None:
    done = race("adabound.yaml")
    rate, lower, upper = rates(done, 0), rates(done, 2), rates(done, 3)
    assert ((lower <= rate) & (rate <= upper)).all()
    assert (rate == lower).any()
    assert (rate == upper).any()
    assert ((lower < rate) & (rate < upper)).any()
    adam = rates(done, 1)
    assert (adam > upper).any()


def test_the_schedules_are_those_of_their_labels() -> None:
    done = race("schedules.yaml")
    t = np.arange(1, 301)
    expected = [np.full(300, 0.2), 0.2 / np.sqrt(t), 0.1 * (1 + np.cos(np.pi * t / 300))]
    for racer, lr in zip(done.racers, expected, strict=True):
        np.testing.assert_allclose(racer.trajectory.lr, lr, atol=1e-15)
    assert done.ranking == ("cosine", "1/sqrt(t)", "constant")


def test_all_that_came_after_adam_arrive() -> None:
    done = race("modern.yaml")
    assert {racer.outcome for racer in done.racers} == {"arrived"}
    assert {racer.rule.name for racer in done.racers} >= {"adam", "lion", "adan", "adabelief", "prodigy"}
    assert any(racer.rule.name.startswith("schedule_free") for racer in done.racers)


def test_the_ravines_first_to_enter_is_not_the_first_to_arrive() -> None:
    done = race("ravine.yaml")
    descent, nesterov = done["Gradient descent"], done["Nesterov"]
    assert (descent.arrived_at, nesterov.entered_at, nesterov.arrived_at) == (41, 14, 56)
    assert done.ranking[0] == "Gradient descent"
    assert {racer.outcome for racer in done.racers} == {"arrived"}


def posts_loop(gradient: Callable[[np.ndarray], np.ndarray], start: list[float], steps: int) -> np.ndarray:
    """Run Adamax as the post wrote it, and return (steps + 1, dim) where x was."""
    x = np.array(start, float)
    m = u = np.zeros_like(x)
    path = [x.copy()]
    for t in range(1, steps + 1):
        g = gradient(x)
        m = 0.9 * m + (1 - 0.9) * g
        u = np.maximum(0.999 * u, abs(g))
        x += -(0.01 / (1 - 0.9**t)) * m / (u + 10**-8)
        path.append(x.copy())
    return np.array(path)


def slope_1d(x: np.ndarray) -> np.ndarray:
    return 1 - 3 * (x**2)


def slope_2d(x: np.ndarray) -> np.ndarray:
    return np.array([4 * x[0] + 2 * x[1] - 6, 2 * x[0] + 4 * x[1]])


@pytest.mark.parametrize(
    ("name", "gradient", "start", "steps"),
    [("adamax-1d", slope_1d, [-1], 199), ("adamax-2d", slope_2d, [1, 0], 1000)],
)
def test_the_posts_own_loop_gives_the_same_bits(
    name: str, gradient: Callable[[np.ndarray], np.ndarray], start: list[float], steps: int
) -> None:
    (racer,) = race(f"post/{name}.yaml").racers
    np.testing.assert_array_equal(racer.trajectory.x, posts_loop(gradient, start, steps))


def test_the_posts_film_shows_every_step_for_20_ms_and_ends_with_the_last() -> None:
    scenario = optviz.load(CONFIGS / "post/adamax-1d.yaml")
    movie = film(optviz.run(scenario).result, scenario)
    assert (movie.frames, movie.fps, movie.hold) == (200, 50, 0)
    assert frame_steps(scenario.steps, movie.frames, scenario.render.pace).tolist() == list(range(200))
    assert scenario.title == "Adamax, learning_rate = 0.01"
    assert (scenario.render.size, scenario.render.values) == ((1920, 1080), (-5, 5))


def test_the_post_ends_a_third_of_a_pixel_short_of_the_minimum() -> None:
    (racer,) = race("post/adamax-1d.yaml").racers
    x = racer.trajectory.x[:, 0]
    short = -np.sqrt(1 / 3) - x
    assert short[-1] == pytest.approx(1.9e-3, abs=5e-5)
    assert racer.arrived_at == 54


@pytest.mark.parametrize("name", ["race-1d", "race-2d"])
def test_the_posts_nine_rules_race(name: str) -> None:
    done = race(f"post/{name}.yaml")
    rules = "sgd momentum nesterov adagrad rmsprop adadelta adam nadam adamax".split()
    assert [racer.rule.name for racer in done.racers] == rules
    assert done.ranking[:2] == ("Nesterov", "Momentum")
    assert done.ranking[-1] == "Adagrad"
    assert [racer.label for racer in done.racers if racer.outcome != "arrived"] == ["Adagrad"]


SAID_OF = [
    ("gradient-descent", 35, -2.7e-4),
    ("momentum", 23, -4.3e-6),
    ("nesterov", 21, 1.4e-7),
    ("adagrad", None, -0.198),
    ("rmsprop", 33, 0.0),
    ("adadelta", 127, -8.9e-3),
    ("adam", 39, 1.6e-5),
    ("nadam", 39, 6.3e-6),
    ("adamax", 54, -1.9e-3),
]


@pytest.mark.parametrize(("name", "arrives", "past"), SAID_OF)
def test_each_rules_film_shows_what_its_comment_says(name: str, arrives: int | None, past: float) -> None:
    (racer,) = race(f"post/{name}-1d.yaml").racers
    assert racer.arrived_at == arrives
    assert racer.trajectory.x[-1, 0] + np.sqrt(1 / 3) == pytest.approx(past, rel=0.03, abs=1e-12)
    together = race("post/race-1d.yaml")[racer.label]
    np.testing.assert_array_equal(together.trajectory.x, racer.trajectory.x)
    assert together.arrived_at == arrives


def test_eps_sets_the_pace_where_slopes_are_as_small() -> None:
    done = race("eps.yaml")
    assert done.ranking == ("eps 1e-10", "eps 1e-8", "eps 1e-6")
    crawls, *_ = done.racers
    assert crawls.outcome == "moving"
    deep = optviz.run(optviz.load(CONFIGS / "eps.yaml", {"function.formula": "x**2/20 + y**2"}))
    assert len({racer.arrived_at for racer in deep.racers}) == 1


def test_the_landscape_is_far_from_the_truth_for_momentum_and_near_for_adam() -> None:
    done = race("landscape.yaml")
    landscape = done.result.landscape
    assert landscape is not None
    assert landscape.plane.share == pytest.approx(0.87, abs=0.005)
    seen = {racer.label: losses[-1] for racer, losses in zip(done.racers, landscape.losses, strict=True)}
    assert (seen["Momentum"], done["Momentum"].f[-1]) == pytest.approx((0.204, 0.0278), rel=0.02)
    assert seen["Adam"] == pytest.approx(done["Adam"].f[-1], abs=0.005)


@pytest.mark.parametrize(("name", "at_rest"), [("two-moons.yaml", 0.85), ("spirals.yaml", 0.6)])
def test_networks_bend_their_borders_adams_first(name: str, at_rest: float) -> None:
    done = race(name)
    network = done.problem.network
    assert network is not None
    assert done.ranking[0] == "Adam"
    assert done.ranking[-1] == "Gradient descent"
    assert network.accuracy(done["Momentum"].x[10]) == pytest.approx(at_rest, abs=0.04)
    for label in done.ranking[:3]:
        assert network.accuracy(done[label].x[-1]) > 0.98
    assert network.accuracy(done["Gradient descent"].x[-1]) < 0.95
