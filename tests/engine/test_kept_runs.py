"""Runs are kept for equal rules on the same function, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optviz import loads, run
from optviz.engine import kept_runs
from optviz.engine.kept_runs import KeptRuns
from optviz.engine.run import Trajectory
from optviz.optimizers.clip import Clip

BASE = """\
function: {formula: x**2 + 3*y**2, window: [[-4, 4], [-2, 2]]}
start: [3, 1]
steps: 40
optimizers: [adam: {lr: 0.1}, sgd: {lr: 0.1 / sqrt(t)}, lookahead: {base: {momentum: {lr: 0.01}}}]
"""
CHANGES = {  # what is written instead of what, and which of the racers run again
    "nothing": ("steps", "steps", set()),
    "a title": ("start", "title: Other\nstart", set()),
    "a rate": ("lr: 0.1}", "lr: 0.2}", {0}),
    "a label and a colour": ("{lr: 0.1}", "{lr: 0.1, label: A, color: red}", set()),
    "a schedule": ("sqrt(t)", "t", {1}),
    "a base's rate": ("0.01", "0.02", {2}),
    "clipping": ("{lr: 0.1}", "{lr: 0.1, clip: {norm: 1}}", {0}),
    "noise of one": ("{lr: 0.1}", "{lr: 0.1, noise: {std: 0.1}}", {0}),
    "noise of all": ("steps", "noise: {std: 0.1}\nsteps", {0, 1, 2}),
    "the start": ("[3, 1]", "[3, -1]", {0, 1, 2}),
    "the sign of a zero": ("[3, 1]", "[3, -0.0]", {0, 1, 2}),
    "the steps": ("40", "41", {0, 1, 2}),
    "the function": ("3*y", "2*y", {0, 1, 2}),
    "the domain": ("window", "domain: [[-3.5, 3.5], [-2, 2]], window", {0, 1, 2}),
    "the order": ("adam: {lr: 0.1}, sgd: {lr: 0.1 / sqrt(t)}", "sgd: {lr: 0.1 / sqrt(t)}, adam: {lr: 0.1}", set()),
}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rules that ran."""
    names: list[str] = []
    run_one = kept_runs.run

    def told(rule: Any, *given: Any, **more: Any) -> Trajectory:
        names.append(rule.name)
        return run_one(rule, *given, **more)

    monkeypatch.setattr(kept_runs, "run", told)
    return names


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_runs_again_and_nothing_else(what: str, ran: list[str]) -> None:
    old, new, again = CHANGES[what]
    kept, changed = KeptRuns(), loads(BASE.replace(old, new, 1))
    run(loads(BASE), kept=kept)
    ran.clear()
    found = run(changed, kept=kept).result
    assert ran == [changed.optimizers[number].rule.name for number in sorted(again)]
    for racer, alone in zip(found.racers, run(changed).result.racers, strict=True):
        assert racer.label == alone.label
        for name in ("x", "f", "gradient", "lr"):
            np.testing.assert_array_equal(getattr(racer.trajectory, name), getattr(alone.trajectory, name))
        np.testing.assert_array_equal(np.signbit(racer.x), np.signbit(alone.x))


def test_noise_of_another_seed_runs_again(ran: list[str]) -> None:
    kept, noisy = KeptRuns(), BASE + "noise: {std: 0.1}\n"
    first = run(loads(noisy), kept=kept).result
    ran.clear()
    second = run(loads(noisy + "seed: 1\n"), kept=kept).result
    assert len(ran) == 3
    assert (first.racers[0].x[1:] != second.racers[0].x[1:]).all()


def test_code_of_its_users_runs_each_time(ran: list[str]) -> None:
    scenario, kept = loads(BASE), KeptRuns()
    rule = scenario.optimizers[0].rule
    own = replace(rule, rule=replace(rule.rule, custom=True))
    problem = run(scenario).result.problem
    ran.clear()
    for _ in range(2):
        kept(own, problem, (3.0, 1.0))
        kept(rule, replace(problem, custom=True), (3.0, 1.0))
    assert len(ran) == 4


def test_long_runs_are_not_kept_and_of_short_ones_the_last(monkeypatch: pytest.MonkeyPatch, ran: list[str]) -> None:
    monkeypatch.setattr(kept_runs, "MOST_RUNS", 2)
    kept, scenario = KeptRuns(), loads(BASE)
    problem, rule = run(scenario).result.problem, scenario.optimizers[0].rule
    rules = [rule.receiving(Clip(norm=float(norm)), None) for norm in (1, 2, 3)]
    ran.clear()
    for one in (*rules, *rules[1:], rules[0]):
        kept(one, problem, (3.0, 1.0))
    assert len(ran) == 4
    monkeypatch.setattr(kept_runs, "MOST_STEPS", 39)
    ran.clear()
    kept(rules[0], problem, (3.0, 1.0))
    assert len(ran) == 1
