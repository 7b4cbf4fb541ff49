"""Target platforms get what they take."""

from __future__ import annotations

import pytest

from optviz import load
from optviz.errors import OptvizError
from optviz.pipeline.presets import PRESETS, fit_to_preset


@pytest.mark.parametrize("name", PRESETS)
def test_a_place_gets_what_it_takes(name: str) -> None:
    scenario = load("function: beale\noptimizers: [adam]\noutput: [a.gif, b.json]\nrender: {size: 1000x500}\n")
    preset = PRESETS[name]
    made = fit_to_preset(scenario, name, None)
    assert made.output == (f"a{preset.suffix}", "b.json")
    assert made.render.size == (preset.size or ((800, 400) if preset.widest else (1000, 500)))


def test_two_films_for_a_place_are_one() -> None:
    scenario = load("function: beale\noptimizers: [adam]\noutput: [a.gif, a.webm]\n")
    assert fit_to_preset(scenario, "github", None).output == ("a.gif",)


def test_a_named_output_of_another_format_is_refused() -> None:
    scenario = load("function: beale\noptimizers: [adam]\noutput: [a.mp4]\n")
    with pytest.raises(OptvizError, match=r"--for github: takes \.gif, not a\.mp4"):
        fit_to_preset(scenario, "github", ["a.mp4"])
