"""A racer's own colour and marker."""

import pytest
from matplotlib.colors import CSS4_COLORS, TABLEAU_COLORS, XKCD_COLORS, to_rgb

from optviz.errors import OptvizError
from optviz.picture.layout.theme import THEMES, paints
from optviz.scenario import loads
from optviz.scenario.paint import COLOURS, colour

TEXT = "function: beale\noptimizers: [{adam: {color: %s, marker: %s}}, sgd]\n"


def test_every_name_of_css_and_matplotlib_is_known() -> None:
    assert set(COLOURS) >= set(CSS4_COLORS) | set(TABLEAU_COLORS)
    for name in COLOURS:
        to_rgb(name)
    assert colour(next(iter(XKCD_COLORS))) in XKCD_COLORS


@pytest.mark.parametrize(
    ("written", "drawn"),
    [("Crimson", "#dc143c"), ('"#abc"', "#aabbcc"), ("0.5", "#808080"), ("C1", "#ff7f0e"), ("rgb(1 2 3)", "#010203")],
)
def test_a_racer_is_drawn_in_its_own_colour_and_shape_in_every_theme(written: str, drawn: str) -> None:
    scenario = loads(TEXT % (written, '"*"'))
    assert {paints(scenario.optimizers, theme)[0] for theme in THEMES.values()} == {(drawn, "*")}
    again = loads(scenario.source_text)
    assert (again.optimizers[0].color, again.optimizers[0].marker) == (scenario.optimizers[0].color, "*")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (("crimsn", "o"), "no such colour: 'crimsn'; did you mean crimson?"),
        (("'#12345'", "o"), "no such colour"),
        (("red", "circle"), "must be one of o s ^ v < > D P X *, got 'circle'; did you mean \"o\"?"),
    ],
)
def test_what_is_no_colour_or_marker_is_told_with_the_nearest(written: tuple[str, str], message: str) -> None:
    with pytest.raises(OptvizError) as caught:
        loads(TEXT % written)
    assert message in str(caught.value)
