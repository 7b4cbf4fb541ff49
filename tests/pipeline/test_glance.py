"""The picture that comes before the film."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optviz import loads, run
from optviz.picture.film import film
from optviz.picture.overlays.names import Names
from optviz.pipeline.glance import glance

PLAIN = "function: beale\nsteps: 12\noptimizers: [{}]\nrender: {{size: 426x240, frames: 9, hold: 1}}\n"


def test_the_picture_is_the_last_of_the_film() -> None:
    race = run(loads(PLAIN.format("adam")))
    shown, pixels = glance(race)
    np.testing.assert_array_equal(pixels, film(race.result, race.scenario).still(None))
    assert shown.title == race.scenario.title
    _, middle = glance(race, 5)
    np.testing.assert_array_equal(middle, film(race.result, race.scenario).still(5))


def test_names_are_placed_for_that_picture_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    planned: list[list[int]] = []
    plan = Names._plan

    def counted(self: Names, marks: Any, moments: list[Any]) -> Any:
        planned.append([moment.step for moment in moments])
        return plan(self, marks, moments)

    monkeypatch.setattr(Names, "_plan", counted)
    glance(run(loads(PLAIN.format("adam, adamax, nadam"))))
    assert planned == [[12]]
