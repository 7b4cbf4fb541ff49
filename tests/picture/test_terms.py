"""On what terms a race is run, in words: the small print of its picture and its alt text."""

from __future__ import annotations

import pytest

import optviz
from optviz.picture.header import FOOTER_LINES, LINE_PX, small_print, write_footer
from optviz.picture.layout.page import LEFT_PX, RIGHT_PX
from optviz.picture.layout.theme import SMALL_PT
from optviz.picture.terms import terms
from optviz.pipeline.alt_text import alt_text
from optviz.scenario import loads
from tests.picture.races import scene_of

BOWL = "function: {formula: x**2, window: [[-2, 2]]}\nstart: 1\nsteps: 3\n"

TOLD = [
    ("optimizers: [adam]", ["start (1)", "3 gradients", "learning rate 0.001"]),
    ("optimizers: [adam: {beta2: 0.9999, lr: 0.1}]", ["learning rate 0.1", "β₂ 0.9999"]),
    ("optimizers: [adam, amsgrad, sgd]\ncommon: {beta1: 0, lr: 0.1/sqrt(t)}", ["learning rate 0.1/√t", "β₁ 0"]),
    (
        "optimizers: [sgd: {lr: 0.2}, adam: {lr: 0.1, beta2: 0.99}, momentum: {lr: 0.3, momentum: 0.5}]",
        ["learning rates as listed", "Adam: β₂ 0.99", "Momentum: momentum 0.5"],
    ),
    (
        "optimizers: [sgd: {lr: 0.2}, amsgrad: {bias_correction: none, decoupled: yes}]\nrender: {panels: loss}",
        ["SGD: lr 0.2", "AMSGrad: lr 0.001, bias_correction none, decoupled yes"],
    ),
    ("optimizers: [sgd, lion: {lr: 0.025*(1 - t/300)}]", ["learning rates as listed", "Lion: lr 0.025·(1 − t/300)"]),
    ("optimizers: [prodigy: {growth_rate: 1.5, beta3: 0.5}, sgd]", ["Prodigy: β₃ 0.5, growth_rate 1.5"]),
    ("optimizers: [lookahead: {base: {adam: {lr: 0.1}}, k: 3}]", ["base adam (lr 0.1), k 3"]),
    ("optimizers: [sam]", ["6 gradients"]),
    ("optimizers: [sam: {base: momentum}, sgd]", ["3 steps each", "SAM: base momentum"]),
    ("optimizers: [sgd]\nnoise: {std: 0.5}\nseed: 7", ["gradient noise of standard deviation 0.5", "seed 7"]),
    (
        "optimizers: [sgd]\nnoise: {std: 0.1, spike_every: 7, spike_std: 5}",
        ["gradient noise of standard deviation 0.1, 5 every 7 steps", "seed 0"],
    ),
    (
        "optimizers: [sgd]\nnoise: {relative_std: 0.3, std: 0.1}",
        ["gradient noise in proportion, 0.3, gradient noise of standard deviation 0.1", "seed 0"],
    ),
    (
        "optimizers: [sgd: {noise: {std: 1}}, adam]",
        ["seed 0", "SGD: gradient noise of standard deviation 1"],
    ),
    (
        "optimizers: [sgd: {noise: {std: 0}}, adam]\nnoise: {std: 0.5}",
        ["gradient noise of standard deviation 0.5", "seed 0", "SGD: no gradient noise"],
    ),
    ("optimizers: [sgd]\nnoise: {draws: [1, 2, 3]}", ["gradient noise as given"]),
]


@pytest.mark.parametrize(("text", "told"), TOLD)
def test_the_terms_tell_what_no_default_says(text: str, told: list[str]) -> None:
    race = optviz.run(loads(BOWL + text))
    said = terms(race.scenario, race.result)
    assert [part for part in told if part not in said] == []
    assert ("seed" in "".join(said)) == ("seed" in "".join(told))
    assert all(part in alt_text(race.scenario, race.result) for part in told[1:])


def test_the_counterexample_tells_its_constants_its_domain_and_a_regret() -> None:
    race = optviz.run(optviz.load("amsgrad/counterexample", {"steps": 30}))
    said = terms(race.scenario, race.result)
    assert {"C = 3", "clipped to [−1, 1]"} <= set(said)
    assert "β₁ 0, β₂ 0.1" in said
    assert "AMSGrad (average regret = " in alt_text(race.scenario, race.result)


def test_a_network_tells_its_batches_and_seed() -> None:
    text = "network: {layers: [2, 3, 1], samples: 9, batch: 4}\nseed: 3\nsteps: 2\noptimizers: [adam]\n"
    race = optviz.run(loads(text))
    assert {"batches of 4", "seed 3"} <= set(terms(race.scenario, race.result))


def test_the_small_print_breaks_between_terms() -> None:
    page = scene_of(BOWL + "optimizers: [sgd]").page
    room = page.width - LEFT_PX - RIGHT_PX
    assert small_print(page, ["a", "b"], room) == (SMALL_PT, ["a  ·  b"])
    _, (_, second) = small_print(page, ["long " * 30, "long " * 30, "end"], room)
    assert second.endswith("long   ·  end")
    _, cut = small_print(page, ["long " * 30] * 9, room)
    assert len(cut) == FOOTER_LINES
    assert cut[-1].endswith("…")


def test_the_small_print_is_smaller_where_words_are_large_and_it_is_long() -> None:
    normal, large = (scene_of(BOWL + "optimizers: [sgd]", size="854x480", text=text).page for text in (1, 1.5))
    room = large.width - LEFT_PX - RIGHT_PX
    said = [f"{'term ' * 4}{number}" for number in range(11)]
    assert normal.smallest == SMALL_PT
    assert small_print(normal, said, room)[0] == SMALL_PT
    size, lines = small_print(large, said, room)
    assert SMALL_PT / 1.5 <= size < SMALL_PT
    assert "".join(lines).count("term") == 44
    assert all(large.width_of(line, size) <= room for line in lines)


def test_small_print_that_may_take_more_lines_takes_as_few_as_it_needs() -> None:
    page = scene_of(BOWL + "optimizers: [sgd]").page
    room = page.width - LEFT_PX - RIGHT_PX
    assert small_print(page, ["a", "b"], room, 4) == (SMALL_PT, ["a  ·  b"])
    said = [f"{'long ' * 25}{number}" for number in range(3)]
    assert small_print(page, said, room, 4) == (SMALL_PT, said)
    assert write_footer(page, said, 4) == LINE_PX
