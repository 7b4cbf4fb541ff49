"""Which 255 colours a GIF shows, and the quick way from any colour to the nearest of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Pixels

TRANSPARENT = 0  # the index of no colour at all; the colours are 1 to 255
MOST = 255
FLAT_AREA = 12  # pixels inside a flat area that make its colour worth a place of its own
MOST_FLAT = 192  # a picture of many flat shades still keeps places for what lies between them
ROUNDS = 4  # of k-means; more moves the mean error by less than a twentieth of a level

Colours = NDArray[np.uint8]  # (n, 3)
Codes = NDArray[np.uint32]  # red << 16 | green << 8 | blue


def codes_of(pixels: Pixels) -> Codes:
    """Each pixel's colour as one number: (..., 3) -> (...)."""
    codes = pixels[..., 0].astype(np.uint32)
    codes <<= 8
    codes |= pixels[..., 1]
    codes <<= 8
    codes |= pixels[..., 2]
    return codes


def colours_of(codes: Codes) -> Colours:
    """The inverse of ``codes_of``."""
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=-1).astype(np.uint8)


def choose(stills: Iterable[Pixels], most: int = MOST) -> Colours:
    """At most ``most`` colours for ``stills``: those of flat areas exactly, the rest by least squares."""
    pictures = [codes_of(still) for still in stills]
    codes, counts = np.unique(np.concatenate([picture.ravel() for picture in pictures]), return_counts=True)
    if len(codes) <= most:
        return colours_of(codes)
    flat = _flat_colours(pictures, min(MOST_FLAT, most))
    return _fill(colours_of(flat), colours_of(codes), counts, most)


def _flat_colours(pictures: list[Codes], most: int) -> Codes:
    """The colours of areas without shading, the largest areas first."""
    inner = [picture[:-1, :-1][_is_flat(picture)] for picture in pictures]
    codes, counts = np.unique(np.concatenate(inner), return_counts=True)
    largest_first = np.argsort(-counts, kind="stable")[:most]
    return codes[largest_first[counts[largest_first] >= FLAT_AREA]]


def _is_flat(picture: Codes) -> NDArray[np.bool_]:
    """Where a pixel equals its neighbours to the right, below and across."""
    here = picture[:-1, :-1]
    flat: NDArray[np.bool_] = here == picture[:-1, 1:]
    flat &= here == picture[1:, :-1]
    flat &= here == picture[1:, 1:]
    return flat


def _fill(kept: Colours, colours: Colours, counts: NDArray[np.int64], most: int) -> Colours:
    """``kept`` and more: always the colour whose pixels are worst served, then moved to its pixels' mean."""
    points = colours.astype(np.float32)
    palette = kept.astype(np.float32)
    nearest, error = _nearest(points, palette)
    while len(palette) < most:
        worst = int(np.argmax(error * counts))
        closer = np.square(points - points[worst]).sum(axis=1)
        nearest[closer < error] = len(palette)
        error = np.minimum(error, closer)
        palette = np.vstack([palette, points[worst]])
    for _ in range(ROUNDS):
        palette[len(kept) :] = _means(points, counts, nearest, palette)[len(kept) :]
        nearest, _ = _nearest(points, palette)
    return np.rint(palette).astype(np.uint8)


def _means(
    points: NDArray[np.float32],
    counts: NDArray[np.int64],
    nearest: NDArray[np.intp],
    palette: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The weighted mean colour of the pixels each palette colour serves; itself where it serves none."""
    served = np.bincount(nearest, counts, minlength=len(palette))[:, None]
    sums = np.stack([np.bincount(nearest, counts * channel, minlength=len(palette)) for channel in points.T], axis=1)
    return np.where(served > 0, sums / np.maximum(served, 1), palette).astype(np.float32)


def _nearest(points: NDArray[np.float32], palette: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each point the index of the nearest palette colour and the squared distance, part by part."""
    nearest = np.empty(len(points), dtype=np.intp)
    error = np.empty(len(points), dtype=np.float32)
    squares = np.square(palette).sum(axis=1)
    for start in range(0, len(points), 4096):
        part = points[start : start + 4096]
        distance = squares - 2 * part @ palette.T  # less the point's own square, the same for every colour
        best = distance.argmin(axis=1)
        nearest[start : start + 4096] = best
        error[start : start + 4096] = np.square(part - palette[best]).sum(axis=1)
    return nearest, error


class Palette:
    """The chosen colours, and for any other colour the nearest of them, found out when it is first met."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self._index = np.zeros(1 << 24, dtype=np.uint8)  # TRANSPARENT: not yet known; the pages come when touched
        self._index[codes_of(colours)] = 1 + np.arange(len(colours), dtype=np.uint8)

    def index(self, pixels: Pixels) -> NDArray[np.uint8]:
        """The palette index (1 to 255) of every pixel, (h, w, 3) -> (h, w)."""
        codes = codes_of(pixels)
        found = self._index[codes]
        unknown = found == TRANSPARENT
        if unknown.any():
            self._learn(np.unique(codes[unknown]))
            found = self._index[codes]
        return found

    def _learn(self, codes: Codes) -> None:
        nearest, _ = _nearest(colours_of(codes).astype(np.float32), self.colours.astype(np.float32))
        self._index[codes] = 1 + nearest

    @property
    def table(self) -> bytes:
        """The 256 entries of a GIF's colour table."""
        entries = np.zeros((256, 3), dtype=np.uint8)
        entries[1 : 1 + len(self.colours)] = self.colours
        return entries.tobytes()
