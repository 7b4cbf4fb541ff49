"""PNG files of our own making, as Pillow reads them."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from optviz.output.metadata import PNG_KEYS
from optviz.output.png import ROWS, png_bytes

MADE = SimpleNamespace(title="Grün — π", scenario="function: beale\n" * 40, recipe="")


@pytest.mark.parametrize("height", [1, ROWS, ROWS + 1, 3 * ROWS - 5])
@pytest.mark.parametrize("level", [0, 1, 6])
def test_pixels_and_texts_come_back(height: int, level: int) -> None:
    pixels = np.random.default_rng(height).integers(0, 256, (height, 37, 4), np.uint8)
    with Image.open(io.BytesIO(png_bytes(pixels, MADE, level))) as image:
        np.testing.assert_array_equal(np.asarray(image), pixels[..., :3])
        assert image.mode == "RGB"
        assert [image.info[key] for key in PNG_KEYS][::2] == [MADE.title, MADE.scenario]
