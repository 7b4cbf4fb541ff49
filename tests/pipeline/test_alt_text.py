"""A race in words."""

import optviz
from optviz.pipeline.alt_text import alt_text
from optviz.scenario import loads


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
    assert "Then come Adam (" in said
    assert "Adadelta (f = " in said
    assert "SGD (at step " in said
    assert said.endswith("diverged.\n")


def test_one_racer_alone() -> None:
    said = words("function: post_1d\nsteps: 200\noptimizers: [adamax: {lr: 0.01, beta2: 0.99}]")
    assert "Adamax takes 200 steps on x − x³ from (-1)" in said or "Adamax takes 200 steps on" in said
    assert "Adamax arrives first, at step" in said
