"""Can everybody tell the racers apart, and read the words?"""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from optviz.picture.layout.theme import THEMES, identity
from tests.picture.colour import VISIONS, ciede2000, contrast, lab

APART = 10.0  # CIEDE2000
READABLE = 4.5  # WCAG 2.2, AA for text


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", THEMES)
def test_racers_differ_from_one_another_and_from_the_land(name: str, vision: str) -> None:
    theme = THEMES[name]
    racers = [lab(to_rgb(colour), vision) for colour in theme.racers]
    ground = [lab(to_rgb(colour), vision) for colour in (theme.page, *theme.land)]
    assert min(ciede2000(a, b) for a, b in combinations(racers, 2)) >= APART
    assert min(ciede2000(a, b) for a in racers for b in ground) >= APART


@pytest.mark.parametrize("name", THEMES)
def test_words_can_be_read(name: str) -> None:
    theme = THEMES[name]
    assert contrast(theme.ink, theme.page) >= READABLE
    assert contrast(theme.quiet, theme.page) >= READABLE
    assert min(contrast(theme.ink, colour) for colour in theme.land) >= READABLE


def test_no_two_racers_share_colour_and_marker() -> None:
    assert len({identity(index) for index in range(24)}) == 24


def test_ciede2000_agrees_with_published_pairs() -> None:
    """Sharma, Wu & Dalal (2005), The CIEDE2000 color-difference formula, table 1, pairs 1, 7, 17 and 24."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (50, 3.2592, 0.3350), 1.0000),
    ]
    for a, b, expected in pairs:
        assert ciede2000(np.array(a), np.array(b)) == pytest.approx(expected, abs=1e-4)


def test_paper_fills_nothing() -> None:
    paper = THEMES["paper"]
    assert set(paper.land) == {paper.page} == {"#ffffff"}
    assert paper.line < THEMES["light"].line
