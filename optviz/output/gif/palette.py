"""Which 255 colours a GIF shows, and the quick way from any colour to the nearest of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Pixels

TRANSPARENT = 0  # the index of no colour at all; the colours are 1 to 255
MOST = 255
FLAT_AREA = 6  # pixels inside flat areas, in every second row, that make a colour worth a place of its own
MOST_FLAT = 192  # a picture of many flat shades still keeps places for what lies between them
CELL = np.uint32(0xF8F8F8)  # eight neighbouring levels a channel are one when places are given
ROUNDS = 2  # of k-means; more moves the mean error by less than a hundredth of a decibel

Colours = NDArray[np.uint8]  # (n, 3)
Codes = NDArray[np.uint32]  # red | green << 8 | blue << 16
Counts = NDArray[np.int64]
Points = NDArray[np.float32]  # (n, 3), colours between colours


def codes_of(pixels: Pixels) -> Codes:
    """Each pixel's colour as one number, alpha left out: (..., 4) -> (...)."""
    codes: Codes = pixels.view("<u4")[..., 0] & np.uint32(0xFFFFFF)
    return codes


def colours_of(codes: Codes) -> Colours:
    """The inverse of ``codes_of``."""
    return np.stack([codes & 255, codes >> 8 & 255, codes >> 16], axis=-1).astype(np.uint8)


def _coded(colours: Colours) -> Codes:
    red, green, blue = colours.astype(np.uint32).T
    codes: Codes = red | green << 8 | blue << 16
    return codes


def choose(stills: Iterable[Pixels], most: int = MOST) -> Colours:
    """At most ``most`` colours for ``stills``: those of flat areas exactly, the rest by least squares."""
    pictures = [codes_of(still) for still in stills]
    codes, counts = _census(pictures)
    if len(codes) <= most:
        return colours_of(codes)
    flat = _flat_colours(pictures, min(MOST_FLAT, most))
    return _fill(colours_of(flat), *_thinned(codes, counts), most)


def _census(pictures: list[Codes]) -> tuple[Codes, Counts]:
    """All colours and how many pixels have each: runs of equal pixels are counted at once."""
    first, *others = pictures
    runs = [_runs(first.ravel(), weight=len(pictures))]
    runs += [_runs(picture[picture != first], weight=1) for picture in others]
    return _sums(np.concatenate([codes for codes, _ in runs]), np.concatenate([lengths for _, lengths in runs]))


def _runs(codes: Codes, weight: int) -> tuple[Codes, Counts]:
    """The first of equal neighbours, and how many they are times ``weight``."""
    if not codes.size:
        return codes, np.zeros(0, np.int64)
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])
    return codes[starts], np.diff(starts, append=codes.size) * weight


def _sums(codes: Codes, counts: Counts) -> tuple[Codes, Counts]:
    """Each colour once, its counts added up."""
    unique, which = np.unique(codes, return_inverse=True)
    return unique, np.bincount(which, counts, minlength=len(unique)).astype(np.int64)


def _flat_colours(pictures: list[Codes], most: int) -> Codes:
    """The colours of areas without shading, the largest areas first."""
    first, *others = [picture[: len(picture) // 2 * 2] for picture in pictures]
    inner = [first[::2, :-1][_is_flat(first)]]
    inner += [other[::2, :-1][_is_flat(other) & (other != first)[::2, :-1]] for other in others]
    runs = [_runs(codes, weight=1) for codes in inner]
    codes, counts = _sums(*(np.concatenate(part) for part in zip(*runs, strict=True)))
    largest_first = np.argsort(-counts, kind="stable")[:most]
    return codes[largest_first[counts[largest_first] >= FLAT_AREA]]


def _is_flat(picture: Codes) -> NDArray[np.bool_]:
    """Where a pixel of every second row equals its neighbours to the right, below and across."""
    here = picture[::2, :-1]
    flat: NDArray[np.bool_] = here == picture[::2, 1:]
    flat &= here == picture[1::2, :-1]
    flat &= here == picture[1::2, 1:]
    return flat


def _thinned(codes: Codes, counts: Counts) -> tuple[Points, Counts]:
    """Colours that differ in their lowest bits only, taken as one: their mean, and the sum of their pixels."""
    which = np.unique(codes & CELL, return_inverse=True)[1]
    total = np.bincount(which, counts)
    means = [np.bincount(which, counts * channel) / total for channel in colours_of(codes).T.astype(float)]
    return np.stack(means, axis=1).astype(np.float32), total.astype(np.int64)


def _fill(kept: Colours, points: Points, counts: Counts, most: int) -> Colours:
    """``kept`` and more: always the colour whose pixels are worst served, then moved to its pixels' mean."""
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


def _means(points: Points, counts: Counts, nearest: NDArray[np.intp], palette: Points) -> Points:
    """The weighted mean colour of the pixels each palette colour serves; itself where it serves none."""
    served = np.bincount(nearest, counts, minlength=len(palette))[:, None]
    sums = np.stack([np.bincount(nearest, counts * channel, minlength=len(palette)) for channel in points.T], axis=1)
    return np.where(served > 0, sums / np.maximum(served, 1), palette).astype(np.float32)


def _nearest(points: Points, palette: Points) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
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
        self._index[_coded(colours)] = 1 + np.arange(len(colours), dtype=np.uint8)

    def index(self, codes: Codes) -> NDArray[np.uint8]:
        """The palette index (1 to 255) of every colour, in the shape of ``codes``."""
        found: NDArray[np.uint8] = self._index.take(codes)
        if not found.all():
            self._learn(np.unique(codes[found == TRANSPARENT]))
            found = self._index.take(codes)
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
