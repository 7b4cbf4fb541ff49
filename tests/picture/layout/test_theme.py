"""Can everybody tell the racers apart, and read the words?"""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from optviz.optimizers import OPTIMIZERS
from optviz.picture.layout.theme import RULES, THEMES, identities, identity
from tests.picture.colour import VISIONS, ciede2000, contrast, lab

APART, HARDLY = 10.0, 6.0  # CIEDE2000; the second where the shape helps
SEEN = 3.0  # WCAG 2.2, for what is no text
SAME_HUE_DEG = 25.0
READABLE = 4.5  # WCAG 2.2, AA for text


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("name", THEMES)
def test_racers_differ_from_one_another_and_from_the_land(name: str, vision: str) -> None:
    """Ten hues are told apart by eyes that see all, and nearly so by others; every one of the ten has its own shape."""
    theme = THEMES[name]
    racers = [lab(to_rgb(colour), vision) for colour in theme.racers]
    ground = [lab(to_rgb(colour), vision) for colour in (theme.page, *theme.land)]
    assert min(ciede2000(a, b) for a, b in combinations(racers, 2)) >= (APART if vision == "normal" else HARDLY)
    assert len({identity(index)[1] for index in range(10)}) == 10
    assert min(ciede2000(a, b) for a in racers for b in ground) >= APART


@pytest.mark.parametrize("name", THEMES)
def test_trails_stand_out_from_the_land(name: str) -> None:
    theme = THEMES[name]
    assert min(contrast(racer, ground) for racer in theme.racers for ground in (theme.page, *theme.land)) >= SEEN


def test_a_colour_has_the_same_hue_in_every_theme() -> None:
    for colours in zip(*(theme.racers for theme in THEMES.values()), strict=True):
        hues = [float(np.arctan2(b, a)) for _, a, b in (lab(to_rgb(colour)) for colour in colours)]
        for one, other in combinations(hues, 2):
            turn = np.degrees(one - other)
            assert abs((turn + 180) % 360 - 180) <= SAME_HUE_DEG, colours


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


def test_a_rule_has_its_colour_and_marker_in_every_race() -> None:
    assert set(RULES) >= set(OPTIMIZERS)
    assert len({identity(index) for index in RULES.values()}) == len(RULES)
    for race in (["adam", "sgd", "momentum"], ["momentum", "lookahead", "adam"], ["sgd", "sgd", "adam", "sgd"]):
        looks = identities(race)
        assert len(set(looks)) == len(race)
        assert looks[race.index("adam")] == identity(RULES["adam"])
    assert identities(["sgd", "sgd"])[0] == identity(RULES["sgd"]) != identities(["sgd", "sgd"])[1]


def test_no_two_of_the_most_racers_look_alike() -> None:
    for race in (["adam"] * 24, list(OPTIMIZERS)[:24], ["own rule"] * 24):
        looks = identities(race)
        assert len(set(looks)) == 24
        assert len({colour for colour, _ in looks}) == 10
