"""Sprites are what Agg draws, blended exactly."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.frames import Box
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite


def slanted(ink: str, *, told: bool) -> Sprite:
    """A line in one colour; ``told``: with the word that it has no other."""

    def draw(pen: Pen) -> None:
        pen.line(np.array([(1.5, 1.5), (36.5, 17.5)]), ink, 1.7)

    return draw_sprite(20, 40, 100, (18, 1), draw, ink if told else None)


@pytest.mark.parametrize("ink", ["#14171f", "#f7f8fa", "crimson"])
def test_what_has_one_colour_is_as_if_it_had_any(ink: str) -> None:
    plain, told = slanted(ink, told=False), slanted(ink, told=True)
    assert plain.colour.any()
    np.testing.assert_array_equal(told.colour, plain.colour)
    np.testing.assert_array_equal(told.shade, plain.shade)


def test_a_sprite_is_laid_over_its_ground_to_the_nearest_level() -> None:
    sprite, box = slanted("crimson", told=True), Box(3, 5, 23, 45)
    ground = np.random.default_rng(1).integers(0, 256, (30, 50, 4), dtype=np.uint8)
    ground[..., 3] = 255
    expected = ground.astype(float)
    expected[box.slices] = sprite.colour + expected[box.slices] * sprite.shade / 255
    sprite.put(ground, box, Box(3, 5, 10, 45))
    sprite.put(ground, box, Box(10, 5, 23, 45))  # in two parts
    assert np.abs(ground - expected).max() <= 0.5
