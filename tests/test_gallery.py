"""The gallery shows every scenario that ships, as it is."""

import pytest

from optviz.scenario.shipped import shipped_names
from tests.gallery import PAGE, PICTURES, page, sentence


@pytest.mark.thorough
def test_the_page_is_made_from_the_scenarios() -> None:
    assert PAGE.read_text() == page(), "make it again: python -m tests.gallery"


def test_every_scenario_has_its_picture_and_no_picture_is_left_over() -> None:
    pictures = {path.stem for path in PICTURES.glob("*.png")}
    assert pictures == {name.replace("/", "-") for name in shipped_names()}


def test_every_scenario_begins_with_a_sentence() -> None:
    for name in shipped_names():
        assert sentence(name).rstrip().endswith((".", "?")), name
