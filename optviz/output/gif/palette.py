"""Chooses the 255 colours of a GIF and maps any colour to the nearest of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from optviz.frames import Pixels

TRANSPARENT = 0  # the index of no colour at all; the colours are 1 to 255
MOST_COLOURS = 255
FLAT_AREA_PX = 6  # pixels in every second row of flat areas that earn a colour a place of its own
MOST_FLAT_COLOURS = 192  # the rest is for the shades between them
COARSE = np.uint32(0xF8F8F8)  # mask: eight neighbouring levels of a channel count as one shade
KMEANS_ROUNDS = 2  # more change the mean error by less than 0.01 dB

Colours = NDArray[np.uint8]  # (n, 3)
Codes = NDArray[np.uint32]  # red | green << 8 | blue << 16
Counts = NDArray[np.int64]
Points = NDArray[np.float32]  # (n, 3), colours between colours


def codes_of(pixels: Pixels) -> Codes:
    """Return each pixel's colour as one number, without alpha: (..., 4) -> (...)."""
    codes: Codes = pixels.view("<u4")[..., 0] & np.uint32(0xFFFFFF)
    return codes


def colours_of(codes: Codes) -> Colours:
    """Invert ``codes_of``: (n,) -> (n, 3)."""
    return np.stack([codes & 255, codes >> 8 & 255, codes >> 16], axis=-1).astype(np.uint8)


def _coded(colours: Colours) -> Codes:
    red, green, blue = colours.astype(np.uint32).T
    codes: Codes = red | green << 8 | blue << 16
    return codes


def choose(stills: Iterable[Pixels], most: int = MOST_COLOURS) -> Colours:
    """Choose at most ``most`` colours for ``stills``: those of flat areas exactly, the rest by k-means: (n, 3)."""
    pictures = [codes_of(still) for still in stills]
    codes, counts = _census(pictures)
    if len(codes) <= most:
        return colours_of(codes)
    flat = _flat_colours(pictures, min(MOST_FLAT_COLOURS, most))
    return _fill(colours_of(flat), *_coarsened(codes, counts), most)


def _census(pictures: list[Codes]) -> tuple[Codes, Counts]:
    """Count the pixels of each colour, a run of equal pixels at a time."""
    first, *others = pictures
    runs = [_runs(first.ravel(), weight=len(pictures))]
    runs += [_runs(picture[picture != first], weight=1) for picture in others]
    return _sums(np.concatenate([codes for codes, _ in runs]), np.concatenate([lengths for _, lengths in runs]))


def _runs(codes: Codes, weight: int) -> tuple[Codes, Counts]:
    """Return the colour of each run of equal neighbours and its length times ``weight``."""
    if not codes.size:
        return codes, np.zeros(0, np.int64)
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])
    return codes[starts], np.diff(starts, append=codes.size) * weight


def _sums(codes: Codes, counts: Counts) -> tuple[Codes, Counts]:
    """Add up the counts of each colour."""
    unique, which = np.unique(codes, return_inverse=True)
    return unique, np.bincount(which, counts, minlength=len(unique)).astype(np.int64)


def _flat_colours(pictures: list[Codes], most: int) -> Codes:
    """Return the colours of areas without shading, the largest areas first."""
    first, *others = [picture[: len(picture) // 2 * 2] for picture in pictures]
    inner = [first[::2, :-1][_is_flat(first)]]
    inner += [other[::2, :-1][_is_flat(other) & (other != first)[::2, :-1]] for other in others]
    runs = [_runs(codes, weight=1) for codes in inner]
    codes, counts = _sums(*(np.concatenate(part) for part in zip(*runs, strict=True)))
    largest_first = np.argsort(-counts, kind="stable")[:most]
    return codes[largest_first[counts[largest_first] >= FLAT_AREA_PX]]


def _is_flat(picture: Codes) -> NDArray[np.bool_]:
    """Say where a pixel of every second row equals its neighbours to the right, below and diagonally."""
    here = picture[::2, :-1]
    flat: NDArray[np.bool_] = here == picture[::2, 1:]
    flat &= here == picture[1::2, :-1]
    flat &= here == picture[1::2, 1:]
    return flat


def _coarsened(codes: Codes, counts: Counts) -> tuple[Points, Counts]:
    """Join colours that differ in their lowest bits only; return their means and numbers of pixels."""
    which = np.unique(codes & COARSE, return_inverse=True)[1]
    total = np.bincount(which, counts)
    means = [np.bincount(which, counts * channel) / total for channel in colours_of(codes).T.astype(float)]
    return np.stack(means, axis=1).astype(np.float32), total.astype(np.int64)


def _fill(kept: Colours, points: Points, counts: Counts, most: int) -> Colours:
    """Add to ``kept`` the colour with the largest error, again and again, then move the added ones by k-means."""
    palette = kept.astype(np.float32)
    nearest, error = _nearest(points, palette)
    while len(palette) < most:
        worst = int(np.argmax(error * counts))
        closer = np.square(points - points[worst]).sum(axis=1)
        nearest[closer < error] = len(palette)
        error = np.minimum(error, closer)
        palette = np.vstack([palette, points[worst]])
    for _ in range(KMEANS_ROUNDS):
        palette[len(kept) :] = _means(points, counts, nearest, palette)[len(kept) :]
        nearest, _ = _nearest(points, palette)
    return np.rint(palette).astype(np.uint8)


def _means(points: Points, counts: Counts, nearest: NDArray[np.intp], palette: Points) -> Points:
    """Return the mean colour of the pixels that each palette colour stands for; itself where it stands for none."""
    served = np.bincount(nearest, counts, minlength=len(palette))[:, None]
    sums = np.stack([np.bincount(nearest, counts * channel, minlength=len(palette)) for channel in points.T], axis=1)
    return np.where(served > 0, sums / np.maximum(served, 1), palette).astype(np.float32)


def _nearest(points: Points, palette: Points) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return for each point the index of the nearest palette colour and the squared distance, a part at a time."""
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
    """Maps colours to palette indices; the nearest one of a new colour is searched for when it first occurs."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self._index = np.zeros(
            1 << 24, dtype=np.uint8
        )  # TRANSPARENT: not yet known; 16 MB, of which the system gives only pages that are used
        self._index[_coded(colours)] = 1 + np.arange(len(colours), dtype=np.uint8)

    def index(self, codes: Codes) -> NDArray[np.uint8]:
        """Return the palette index (1 to 255) of every colour, in the shape of ``codes``."""
        found: NDArray[np.uint8] = self._index.take(codes)
        if not found.all():
            new = np.unique(codes[found == TRANSPARENT])
            nearest, _ = _nearest(colours_of(new).astype(np.float32), self.colours.astype(np.float32))
            self._index[new] = 1 + nearest
            found = self._index.take(codes)
        return found

    @property
    def table(self) -> bytes:
        """The 256 entries of a GIF's colour table, entry 0 unused."""
        entries = np.zeros((256, 3), dtype=np.uint8)
        entries[1 : 1 + len(self.colours)] = self.colours
        return entries.tobytes()
