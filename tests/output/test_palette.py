"""The palette: flat colours exactly, the rest as near as may be."""

from __future__ import annotations

import numpy as np
import pytest

from optviz.frames import Pixels
from optviz.output.gif.palette import TRANSPARENT, Palette, choose, codes_of, colours_of
from tests.output.films import BOARD, SQUARES, opaque, picture, psnr


def gradient(height: int = 120, width: int = 200) -> Pixels:
    """Thousands of colours, with two flat patches that are far from all of them."""
    down, along = np.mgrid[0:height, 0:width]
    pixels = np.stack([along * 255 // width, down * 255 // height, (along + down) % 256], axis=-1)
    pixels[:10, :10] = (255, 0, 255)
    pixels[-5:, -5:] = (1, 2, 3)
    return opaque(pixels.astype(np.uint8))


def test_codes_and_colours_are_inverse() -> None:
    colours = np.random.default_rng(0).integers(0, 256, (50, 3)).astype(np.uint8)
    assert np.array_equal(colours_of(codes_of(opaque(colours))), colours)


def test_few_colours_are_all_kept() -> None:
    stills = [opaque(picture(step, 96, 64)) for step in (0, 5)]
    palette = Palette(choose(stills))
    for still in stills:
        assert np.array_equal(palette.colours[palette.index(codes_of(still)) - 1], still[..., :3])


@pytest.mark.parametrize("colour", [(255, 0, 255), (1, 2, 3)])
def test_flat_colours_are_exact_among_thousands(colour: tuple[int, int, int]) -> None:
    assert colour in {tuple(entry) for entry in choose([gradient()]).tolist()}


def test_racers_and_board_are_exact_beside_a_gradient() -> None:
    chosen = {tuple(entry) for entry in choose([opaque(picture(3, 200, 120)), gradient()]).tolist()}
    assert {BOARD, *SQUARES} <= chosen


def test_a_gradient_is_served_better_than_by_pillow() -> None:
    from PIL import Image

    still = gradient()
    palette = Palette(choose([still]))
    ours = palette.colours[palette.index(codes_of(still)) - 1]
    theirs = np.asarray(Image.fromarray(still[..., :3]).quantize(255, dither=Image.Dither.NONE).convert("RGB"))
    assert psnr(ours, still[..., :3]) > psnr(theirs, still[..., :3])


def test_every_index_is_that_of_the_nearest_colour() -> None:
    colours = choose([gradient()])
    palette = Palette(colours)
    pixels = np.random.default_rng(1).integers(0, 256, (30, 40, 3)).astype(np.uint8)
    index = palette.index(codes_of(opaque(pixels)))
    distances = np.square(pixels[:, :, None].astype(int) - colours.astype(int)).sum(axis=-1)
    assert len(colours) == 255
    assert (index != TRANSPARENT).all()
    chosen = np.take_along_axis(distances, index[..., None].astype(int) - 1, axis=-1)[..., 0]
    assert np.array_equal(chosen, distances.min(axis=-1))


def test_the_choice_is_the_same_every_time() -> None:
    assert np.array_equal(choose([gradient()]), choose([gradient()]))
