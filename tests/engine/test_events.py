"""Events: each kind where it happens, at its step, and none where nothing does."""

from __future__ import annotations

import numpy as np
import pytest

import optviz
from optviz.engine.events import KINDS, SAID, Event, _end_of_plateau, events_of
from optviz.scenario import loads
from optviz.words import LANGUAGES, Words


def events(text: str) -> tuple[tuple[Event, ...], optviz.Race]:
    race = optviz.run(loads(text))
    return events_of(race.result), race


def of_kind(found: tuple[Event, ...], kind: str) -> list[Event]:
    return [event for event in found if event.kind == kind]


def test_who_flies_past_overshoots_where_it_leaves_the_finish() -> None:
    text = "function: {formula: x**2, window: [[-3, 3]]}\nstart: 2\nsteps: 120\n"
    found, race = events(text + "optimizers: [momentum: {lr: 0.02}, sgd: {lr: 0.1}]\n")
    (overshoot,) = of_kind(found, "overshoot")
    racer = race.racers[overshoot.racer]
    assert racer.label == "Momentum"
    distance = race.scenario.finish.distance if race.scenario.finish else None
    assert distance is not None
    inside = np.abs(racer.x[:, 0]) <= distance
    assert inside[overshoot.step - 1]
    assert not inside[overshoot.step]
    assert racer.entered_at is not None
    assert inside[racer.entered_at : overshoot.step].all()


def test_the_first_to_arrive_is_told_once() -> None:
    found, race = events("function: beale\nsteps: 300\noptimizers: [adam: {lr: 0.1}, sgd: {lr: 0.01}]\n")
    (arrival,) = of_kind(found, "arrival")
    assert arrival.step == min(racer.arrived_at for racer in race.racers if racer.arrived_at is not None)
    assert list(found) == sorted(found, key=lambda event: event.step)


def test_who_diverges_is_told_at_that_step() -> None:
    found, race = events("function: x**2\nstart: 1\nsteps: 4000\noptimizers: [sgd: {lr: 3}, adam: {lr: 0.1}]\n")
    (gone,) = of_kind(found, "divergence")
    assert gone.step == race.racers[0].diverged_at


def test_a_change_of_the_lead_counts_where_it_lasts() -> None:
    text = "function: {formula: x**2, window: [[-3, 3]]}\nstart: 2\nsteps: 100\nfinish: {distance: 1.0e-9}\n"
    found, race = events(text + "optimizers: [sgd: {lr: 0.02}, momentum: {lr: 0.003}]\n")
    taken = of_kind(found, "overtaking")
    assert taken
    for event in taken:
        assert race.result.order_at(event.step)[0] == event.racer
        assert race.result.order_at(event.step - 1)[0] != event.racer
        assert event.other != event.racer


def test_the_end_of_a_plateau_is_where_values_begin_to_fall() -> None:
    f = np.concatenate([np.linspace(10, 9.99, 60), np.linspace(9.9, 0, 40), np.zeros(20)])
    at = _end_of_plateau(f)
    assert at is not None
    assert 55 <= at <= 61
    assert _end_of_plateau(np.linspace(10, 0, 120)) is None
    assert _end_of_plateau(np.zeros(120)) is None
    assert _end_of_plateau(np.zeros(4)) is None


def test_a_swarm_has_none() -> None:
    text = "function: beale\nsteps: 20\nstarts: {random: 3}\noptimizers: [adam, sgd]\n"
    assert events(text)[0] == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_words(kind: str, language: str) -> None:
    assert "Adam" in Words(language)(SAID[kind], name="Adam", who="Adam", other="SGD")
