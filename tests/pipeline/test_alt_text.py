"""A race in words."""

from typing import get_args

import optviz
from optviz.pipeline.alt_text import REGIONS, SEEN, alt_text
from optviz.scenario import loads
from optviz.scenario.render import ViewName

NETWORK = "network: {{layers: [2, 3, 1], samples: 5, data: {data}}}\nsteps: 2\noptimizers: [adam, sgd]\n"


def test_every_view_is_described() -> None:
    assert set(SEEN) == set(get_args(ViewName)) - {"auto"}


def test_a_network_is_described_as_it_is_drawn() -> None:
    assert f" take 2 steps on {optviz.run(loads(NETWORK.format(data='spirals'))).problem.title}. {REGIONS}. " in words(
        NETWORK.format(data="spirals")
    )
    assert f" {SEEN['network']}. " in words(NETWORK.format(data="sine_of_sum").replace("[2, 3, 1]", "[3, 3, 1]"))


def words(text: str) -> str:
    race = optviz.run(loads(text))
    return alt_text(race.scenario, race.result)


def test_who_won_and_where_the_others_ended() -> None:
    said = words(
        "title: A race\nfunction: beale\nstart: [0.7, 1.4]\nsteps: 250\n"
        "optimizers: [adam: {lr: 0.1}, momentum: {lr: 0.003}, adadelta, sgd: {lr: 5}]"
    )
    assert said.startswith("A race. 4 optimizers take 250 steps on Beale from (0.7, 1.4). A contour map of f")
    assert "Momentum arrives first, at step" in said
    assert "Then comes Adam (" in said
    assert "Adadelta (f = 7.95) is still moving at the end." in said
    assert "SGD (at step " in said
    assert said.endswith("diverged.")


def test_one_racer_alone() -> None:
    said = words("function: post_1d\nsteps: 200\noptimizers: [adamax: {lr: 0.01, beta2: 0.99}]")
    assert "Adamax takes 200 steps on Cubic" in said
    assert " from (-1). The curve of f over x" in said
    assert "Adamax arrives first, at step" in said


def test_a_lower_minimum_outside_the_picture_is_named() -> None:
    said = words(
        "function: {formula: x**4 - 3*x**2 + x, window: [[0.4, 1.44]]}\nstart: 0.5\nsteps: 3\noptimizers: [sgd]\n"
    )
    assert said.endswith("A lower minimum lies at x = -1.301, outside the picture.")
