"""BT.709 in whole numbers, against the standard's own formula and FFmpeg's scaler."""

from __future__ import annotations

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optviz.frames import Box, Pixels
from optviz.output.video import yuv


def converted(pixels: Pixels) -> list[yuv.Plane]:
    height, width, _ = pixels.shape
    shapes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    planes = [np.empty(shape, dtype=np.uint8) for shape in shapes]
    yuv.convert(pixels, *planes)
    return planes


def flat(red: int, green: int, blue: int) -> Pixels:
    return np.full((2, 2, 3), (red, green, blue), dtype=np.uint8)


channel = st.integers(0, 255)


@given(channel, channel, channel)
def test_within_a_level_of_the_standard(red: int, green: int, blue: int) -> None:
    r, g, b = red / 255, green / 255, blue / 255
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    expected = (16 + 219 * luma, 128 + 224 * (b - luma) / 1.8556, 128 + 224 * (r - luma) / 1.5748)
    for plane, value in zip(converted(flat(red, green, blue)), expected, strict=True):
        assert plane.flat[0] == pytest.approx(value, abs=1)


@given(channel)
def test_grey_stays_grey(level: int) -> None:
    _, u, v = converted(flat(level, level, level))
    assert u[0, 0] == v[0, 0] == 128


@pytest.mark.parametrize(("level", "luma"), [(0, 16), (255, 235)])
def test_black_and_white_are_the_ends_of_the_range(level: int, luma: int) -> None:
    assert (converted(flat(level, level, level))[0] == luma).all()


def test_as_ffmpeg_scales() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    pixels = pixels.repeat(16, axis=0).repeat(16, axis=1)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(
        format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
    )
    for ours, plane in zip(converted(pixels), frame.planes, strict=True):
        padded = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(plane.height, plane.line_size)
        difference = np.abs(ours.astype(int) - padded[:, : plane.width])
        side = len(ours) // 8
        inner = difference.reshape(8, side, 8, side)[:, 3:-3, :, 3:-3]  # its filter blurs the blocks' edges
        assert inner.max() <= 2


def test_boxes_alone_give_what_the_whole_picture_gives() -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    whole = converted(pixels)
    box = Box(5, 7, 11, 13).to_even()
    part = converted(pixels[box.slices])
    half = slice(box.top // 2, box.bottom // 2), slice(box.left // 2, box.right // 2)
    for small, large, place in zip(part, whole, (box.slices, half, half), strict=True):
        assert np.array_equal(small, large[place])
