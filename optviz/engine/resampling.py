"""Draws runs again to see how far a comparison depends on the starts that it happened to have.

The bootstrap is stratified: each function's runs are drawn among themselves, as often as it has runs, and all rules
share the draws, as they share the starts. Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
percentile intervals; Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice (2021).
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.statistics import CONFIDENCE
from optviz.parallel import ordered
from optviz.problems.rng import RESAMPLES, make_generator

Array: TypeAlias = NDArray[np.float64]

COUNT = 10_000  # of resamples
PART = 256  # of them, that are summed up together


def draw_times(strata: int, runs: int, seed: int, count: int = COUNT) -> NDArray[Any]:
    """Return (strata, runs, count) how often each run of each stratum stands in each resample."""
    times = np.empty((strata, runs, count), np.min_scalar_type(runs))

    def draw(stratum: int) -> None:
        drawn = make_generator(RESAMPLES, seed, stratum).integers(runs, size=(runs, count))
        places = drawn * count + np.arange(count)
        times[stratum] = np.bincount(places.ravel(), minlength=runs * count).reshape(runs, count)

    deque(ordered(draw, range(strata)), maxlen=0)
    return times


def resampled_means(values: NDArray[Any], times: NDArray[Any]) -> Array:
    """Return (rows, count) the means of (rows, runs) numbers in each resample; infinite where one that is drawn is.

    times: (runs, count), of one stratum.
    """
    known = np.isfinite(values)
    means = _product(np.where(known, values, 0.0), times) / values.shape[1]
    return means if known.all() else np.where(_product((~known).astype(np.float64), times) > 0, np.inf, means)


def _product(values: Array, times: NDArray[Any]) -> Array:
    """Multiply in parts so small that BLAS shares none out among threads, which would wait longer than they work."""
    result = np.empty((len(values), times.shape[1]))
    for first in range(0, times.shape[1], PART):
        part = slice(first, first + PART)
        np.matmul(values, times[:, part].astype(np.float64), out=result[:, part])
    return result


def resampled_medians(values: NDArray[Any], times: NDArray[Any]) -> Array:
    """Return (rows, count) the medians of (rows, runs) numbers in each resample.

    times: (runs, count), of one stratum.
    """
    runs, order = values.shape[1], np.argsort(values, axis=1, kind="stable")
    reached = np.zeros((len(values), times.shape[1]), times.dtype)  # few bits: many at once
    places = {rank: np.zeros_like(reached) for rank in ((runs + 1) // 2, runs // 2 + 1)}
    below = np.empty(reached.shape, dtype=bool)
    for drawn in order.T:  # of each row, the run that comes next in order
        reached += times[drawn]
        for rank, place in places.items():
            np.less(reached, rank, out=below)
            np.add(place, below.view(np.uint8), out=place)
    rising = np.take_along_axis(np.asarray(values, dtype=np.float64), order, axis=1)
    firsts = runs * np.arange(len(values))[:, np.newaxis]  # where each row begins in all of them
    found: list[Array] = [rising.take(firsts + place) for place in places.values()]
    low, *rest = found
    return np.where(low == rest[0], low, (low + rest[0]) / 2) if rest else low


def interval_of(samples: NDArray[Any]) -> tuple[Array, Array]:
    """Return the ends of the 95 % percentile interval of (count, ...) resampled numbers: numbers among them."""
    count, tail = len(samples), (1 - CONFIDENCE) / 2
    low, high = math.ceil(tail * count) - 1, math.ceil((1 - tail) * count) - 1
    ordered = np.partition(samples, (max(low, 0), high), axis=0)
    return ordered[max(low, 0)], ordered[high]


def chances_of_first(keys: NDArray[Any]) -> Array:
    """Return (rules,) the share of resamples in which each has the lowest of (count, rules) keys; ties are split."""
    first = keys == keys.min(axis=1, keepdims=True)
    return np.asarray((first / first.sum(axis=1, keepdims=True)).mean(axis=0))


def places_of(keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return (..., rules) the places by keys, the lowest first; equal ones share a place."""
    return np.asarray(1 + (keys[..., np.newaxis, :] < keys[..., :, np.newaxis]).sum(axis=-1))
