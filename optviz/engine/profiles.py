"""Compares rules over many problems: performance profiles, and how many targets are reached for how many gradients."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

TARGETS = 10.0 ** np.linspace(2, -8, 51)  # gaps f - f_min: COCO's
MOST_RATIO = 4.0  # times the fastest: beyond it a rule counts as never having arrived in AlgoPerf's score


def ratios_of(times: NDArray[Any]) -> Array:
    """Return (rules, ...) times as multiples of the fastest rule's; infinite where a rule, or every rule, has none.

    Source: Dolan and Moré, Benchmarking optimization software with performance profiles (2002). The ratios belong to
    the rules that are compared: leave one out and they are others.
    """
    fastest = times.min(axis=0)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(times), times / fastest, np.inf)


def profile_area(ratios: NDArray[Any]) -> Array:
    """Return (rules,) the area under the profiles of (rules, problems) ratios from 1 to MOST_RATIO, over its width.

    A profile steps up at each ratio, so that a problem adds what lies to its right: no grid is needed. Source: Dahl et
    al., Benchmarking Neural Network Training Algorithms (2023), whose score this is.
    """
    return np.asarray(np.clip(MOST_RATIO - ratios, 0.0, MOST_RATIO - 1).mean(axis=-1) / (MOST_RATIO - 1))


def expected_runtime(times: NDArray[Any], budget: NDArray[Any] | float) -> Array:
    """Return (...) the expected gradients until a target is reached if a run that misses it is started once more.

    times: (..., runs), infinite for a miss, which has cost ``budget``; infinite where all miss. Source: Hansen et al.,
    COCO: a platform for comparing continuous optimizers in a black-box setting (2021), ERT.
    """
    hits = np.isfinite(times)
    spent = np.where(hits, times, budget).sum(axis=-1)
    with np.errstate(divide="ignore"):
        return np.where(hits.any(axis=-1), spent / hits.sum(axis=-1), np.inf)


def area_over_runtimes(times: NDArray[Any], budget: float) -> Array:
    """Return (...) the share of the area, over the logarithm of gradients from 1 to ``budget``, right of each time.

    Its mean over targets and runs is the area under their empirical distribution (ECDF). A budget of 1 has no area.
    """
    since = np.maximum(times, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(since < budget, 1 - np.log(since) / np.log(budget), 0.0)


def counts_reached(times: NDArray[Any], points: Array) -> NDArray[np.int64]:
    """Return (..., points) how many of (..., n) times are at most each point."""
    ordered = np.sort(times, axis=-1)
    flat = ordered.reshape(-1, ordered.shape[-1])
    counts = np.array([np.searchsorted(row, points, side="right") for row in flat])
    return counts.reshape(*times.shape[:-1], len(points))
