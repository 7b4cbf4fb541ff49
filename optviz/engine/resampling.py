"""Draws runs again to see how far a comparison depends on the starts that it happened to have.

The bootstrap is stratified: each function's runs are drawn among themselves, as often as it has runs, and all rules
share the draws, as they share the starts. Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993),
percentile intervals; Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice (2021).
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.statistics import CONFIDENCE
from optviz.problems.rng import RESAMPLES, make_generator

Array: TypeAlias = NDArray[np.float64]

COUNT = 10_000  # of resamples


def draw_times(strata: int, runs: int, seed: int, count: int = COUNT) -> Array:
    """Return (strata, count, runs) how often each run of each stratum stands in each resample."""
    even = np.full(runs, 1 / runs)
    drawn = [make_generator(RESAMPLES, seed, stratum).multinomial(runs, even, size=count) for stratum in range(strata)]
    return np.array(drawn, dtype=np.float64)


def resampled_means(values: NDArray[Any], times: Array) -> Array:
    """Return (count, rows) the means of (rows, runs) numbers in each resample; infinite where one that is drawn is.

    times: (count, runs), of one stratum.
    """
    known = np.isfinite(values)
    totals = times @ np.where(known, values, 0.0).T
    if known.all():
        return np.asarray(totals / values.shape[1])
    return np.where(times @ (~known).T.astype(np.float64) > 0, np.inf, totals / values.shape[1])


def resampled_medians(values: NDArray[Any], times: Array) -> Array:
    """Return (count, rows) the medians of (rows, runs) numbers in each resample.

    times: (count, runs), of one stratum.
    """
    drawn = np.ascontiguousarray(times.T, dtype=np.min_scalar_type(values.shape[1]))  # few bits: many at once
    runs, found = values.shape[1], np.empty((len(times), len(values)))
    for row, own in enumerate(np.asarray(values, dtype=np.float64)):
        order = np.argsort(own, kind="stable")
        low, high = _ranked(own[order], drawn, order, (runs + 1) // 2, runs // 2 + 1)
        found[:, row] = np.where(low == high, low, (low + high) / 2)
    return found


def _ranked(ordered: Array, drawn: NDArray[Any], order: NDArray[Any], *ranks: int) -> list[Array]:
    """Return (count,) the numbers of some ranks among those that are drawn; drawn: (runs, count) how often each is."""
    reached = np.zeros_like(drawn[0])
    places, below = {rank: np.zeros_like(reached) for rank in ranks}, np.empty(reached.shape, dtype=bool)
    for run in order.tolist():
        reached += drawn[run]
        for rank, place in places.items():
            np.less(reached, rank, out=below)
            np.add(place, below.view(np.uint8), out=place)
    found = {rank: ordered[place] for rank, place in places.items()}
    return [found[rank] for rank in ranks]


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
