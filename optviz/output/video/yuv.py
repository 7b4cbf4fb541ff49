"""Converts red green blue to Y, U, V of ITU-R BT.709 (2015, items 3.2 to 3.5), limited range, in integers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Pixels

Plane = NDArray[np.uint8]

# From Kr = 0.2126 and Kb = 0.0722: Y spans 219 levels from 16, U and V 224 around 128. Luma is in 1/256 of a
# level, so that sixteen bits hold it (off by less than one level); a chroma row, in 1/2**15, sums to zero:
# grey stays grey.
_LUMA = (np.uint16(47), np.uint16(157), np.uint16(16))
_U = (-3298, -11094, 14392)
_V = (14392, -13072, -1320)
_CHROMA_ZERO = (128 * 4 + 2) << 15  # of a sum of four, with a half to round


def convert(pixels: Pixels, y: Plane, u: Plane, v: Plane) -> None:
    """Fill y (h, w) and u, v (h/2, w/2) from ``pixels`` (h, w, 3), h and w even; chroma is the mean of four pixels."""
    red, green, blue = (pixels[..., channel].astype(np.uint16) for channel in range(3))
    luma = red * _LUMA[0]
    luma += green * _LUMA[1]
    luma += blue * _LUMA[2]
    luma += 16 * 256 + 128
    luma >>= 8
    y[...] = luma
    fours = tuple(_sum_of_four(channel) for channel in (red, green, blue))
    u[...] = _chroma(fours, _U)
    v[...] = _chroma(fours, _V)


def _sum_of_four(channel: NDArray[np.uint16]) -> NDArray[np.int32]:
    rows = channel[0::2] + channel[1::2]
    return (rows[:, 0::2] + rows[:, 1::2]).astype(np.int32)


def _chroma(fours: tuple[NDArray[np.int32], ...], weights: tuple[int, int, int]) -> NDArray[np.int32]:
    chroma = np.full_like(fours[0], _CHROMA_ZERO)
    for four, weight in zip(fours, weights, strict=True):
        chroma += four * np.int32(weight)
    chroma >>= 17
    return chroma
