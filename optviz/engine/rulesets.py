"""Scores a league by five protocols: what each keeps of the learning rates tried, and how it ranks the rules.

The runs are the same for all; a protocol decides which of them count, what is measured, and what it is averaged over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from optviz.engine.league import League, best_for_all, middle_of_best
from optviz.engine.profiles import area_over_runtimes, profile_area, ratios_of
from optviz.engine.resampling import (
    chances_of_first,
    draw_times,
    interval_of,
    places_of,
    resampled_means,
    resampled_medians,
)
from optviz.engine.tuning import medians
from optviz.optimizers.search import radical_inverse
from optviz.problems.rng import RESAMPLES, make_generator
from optviz.words import CATALOGUE, Words

Array: TypeAlias = NDArray[np.float64]
Name: TypeAlias = Literal["final", "target", "algoperf", "deepobs", "coco"]

STUDIES, TRIALS = 3, 5  # of AlgoPerf
JUDGED = 10  # runs by which DeepOBS judges the rate that one more run has chosen
NEVER_POINTS = 1e9  # key of a rule whose median never arrives: behind all that do, then by the share solved


@dataclass(frozen=True)
class Scores:
    """What a protocol gives: (rules,) scores, (count, rules) resampled ones, (rules,) shares solved, rates kept."""

    value: Array
    samples: Array
    solved: Array
    solved_samples: Array | None = None  # (count, rules), where they decide between scores that are infinite
    kept: NDArray[np.int64] | None = None  # (rules, functions) indices of learning rates; None where several count


@dataclass(frozen=True)
class Ruleset:
    """A protocol."""

    name: Name
    title: str
    measure: str  # what the score is
    says: str  # the protocol in a sentence
    higher: bool  # whether a higher score is better
    source: str
    score: Callable[[League, NDArray[Any]], Scores]

    def titled(self, say: Words) -> str:
        """Return what it is called in a language: a name stays what it is."""
        return say(self.title) if self.title in CATALOGUE else self.title


@dataclass(frozen=True)
class Standings:
    """The ranking by one protocol; arrays are (rules,)."""

    ruleset: Ruleset
    scores: Scores
    low: Array  # ends of the 95 % interval of the score
    high: Array
    places: NDArray[np.int64]
    first_place: NDArray[np.int64]  # ends of the 95 % interval of the place
    last_place: NDArray[np.int64]
    first: Array  # probability of being first

    @property
    def order(self) -> list[int]:
        """The rules from the first to the last."""
        return [int(i) for i in np.argsort(self.places, kind="stable")]


def standings_of(league: League, name: Name, times: NDArray[Any] | None = None) -> Standings:
    """Rank the rules by a protocol; ``times`` are the draws of the bootstrap, which protocols may share."""
    ruleset = RULESETS[name]
    times = draw_times(len(league.functions), league.starts, league.seed) if times is None else times
    scores = ruleset.score(league, times)
    low, high = interval_of(scores.samples)
    keys = _keys(ruleset, scores.samples, scores.solved_samples)
    first_place, last_place = (end.astype(np.int64) for end in interval_of(places_of(keys)))
    places = places_of(_keys(ruleset, scores.value, None if scores.solved_samples is None else scores.solved))
    return Standings(ruleset, scores, low, high, places, first_place, last_place, chances_of_first(keys))


def _keys(ruleset: Ruleset, values: Array, solved: Array | None) -> Array:
    """Return scores so that the lowest is the best; of those that are infinite the one that solves more."""
    if solved is not None:
        return np.where(np.isfinite(values), values, NEVER_POINTS * (2 - solved))
    return -values if ruleset.higher else values


def _at(columns: NDArray[Any], kept: NDArray[np.int64]) -> NDArray[Any]:
    """Return (rules, functions, starts) the runs with the rates that were kept."""
    return np.take_along_axis(columns, kept[:, :, np.newaxis, np.newaxis], axis=2)[:, :, 0]


def _median_of_functions(by_function: Iterable[Array]) -> Array:
    """Return (..., rules) the median over the functions of (rules, ...) numbers of each."""
    by_rule = [medians(np.stack(own, axis=-1)) for own in zip(*by_function, strict=True)]
    return np.stack(by_rule, axis=-1)


def _mean_of_functions(by_function: Sequence[Array]) -> Array:
    """Return (..., rules) the mean over the functions of (rules, ...) numbers of each."""
    return np.asarray(reduce(add, by_function) / len(by_function)).T


def tuned_by_final(league: League) -> NDArray[np.int64]:
    """Return (rules, functions) the rate with the lowest median gap at the end."""
    return middle_of_best(league.median_final)


def tuned_by_target(league: League) -> NDArray[np.int64]:
    """Return (rules, functions) the rate with the lowest median of gradients to arrive, else by the gap at the end."""
    arrival = league.median_arrival
    told = np.isfinite(arrival).any(axis=2)
    return np.where(told, middle_of_best(arrival), tuned_by_final(league))


def _final(league: League, times: NDArray[Any]) -> Scores:
    kept = tuned_by_final(league)
    left, solved = _at(league.left, kept), np.isfinite(_at(league.arrived, kept))
    value = _median_of_functions([np.median(left[:, f], axis=1) for f in range(len(league.functions))])
    samples = _median_of_functions([resampled_medians(left[:, f], own) for f, own in enumerate(times)])
    return Scores(value, samples, solved.mean(axis=(1, 2)), kept=kept)


def _target(league: League, times: NDArray[Any]) -> Scores:
    kept = tuned_by_target(league)
    arrival = _at(league.arrived, kept)
    solved = np.isfinite(arrival)
    value = _median_of_functions([np.median(arrival[:, f], axis=1) for f in range(len(league.functions))])
    samples = _median_of_functions([resampled_medians(arrival[:, f], own) for f, own in enumerate(times)])
    drawn = [resampled_means(solved[:, f].astype(np.float64), own) for f, own in enumerate(times)]
    return Scores(value, samples, solved.mean(axis=(1, 2)), _mean_of_functions(drawn), kept)


def trials_of(rates: int) -> NDArray[np.int64]:
    """Return (studies, trials) indices of the rates nearest to Halton's points: AlgoPerf's trials of each study."""
    shares = [radical_inverse(number, 2) for number in range(1, STUDIES * TRIALS + 1)]
    return np.asarray(np.rint(np.array(shares) * (rates - 1)).astype(np.int64).reshape(STUDIES, TRIALS))


def studies_of(league: League) -> Array:
    """Return (studies, rules, functions, starts) the gradients to enter of each study's best trial."""
    return np.stack([league.entered[:, :, trials].min(axis=2) for trials in trials_of(len(league.rates))])


def median_of_studies(best: Array) -> Array:
    """Return (rules, functions) the median over AlgoPerf's studies, each of which has one start."""
    return np.asarray(np.median(best[range(STUDIES), :, :, range(STUDIES)], axis=0))


def _algoperf(league: League, times: NDArray[Any]) -> Scores:
    best = studies_of(league)
    found = median_of_studies(best)
    count, functions = times.shape[2], len(league.functions)
    drawn = make_generator(RESAMPLES, league.seed, functions).integers(league.starts, size=(functions, STUDIES, count))
    samples = np.zeros((count, len(league.labels)))
    for f in range(functions):
        studies = [best[study, :, f][:, drawn[f, study]] for study in range(STUDIES)]
        ratios = ratios_of(_middle(*studies))
        samples += profile_area(ratios[:, :, np.newaxis].swapaxes(0, 1)) / functions
    return Scores(profile_area(ratios_of(found)), samples, np.isfinite(found).mean(axis=1))


def _middle(a: Array, b: Array, c: Array) -> Array:
    """Return the median of three numbers."""
    return np.asarray(np.maximum(np.minimum(a, b), np.minimum(np.maximum(a, b), c)))


def _deepobs(league: League, times: NDArray[Any]) -> Scores:
    kept = middle_of_best(league.final[..., 0])
    judged = slice(1, JUDGED + 1)
    left, solved = _at(league.left, kept)[..., judged], np.isfinite(_at(league.arrived, kept)[..., judged])
    own_times = draw_times(len(league.functions), left.shape[2], league.seed, times.shape[2])
    with np.errstate(invalid="ignore"):
        value = _median_of_functions([left[:, f].mean(axis=1) for f in range(len(league.functions))])
    samples = _median_of_functions([resampled_means(left[:, f], own) for f, own in enumerate(own_times)])
    return Scores(value, samples, solved.mean(axis=(1, 2)), kept=kept)


def _coco(league: League, times: NDArray[Any]) -> Scores:
    areas = area_over_runtimes(league.hits, league.budget).mean(axis=2)  # over the targets
    samples = _mean_of_functions([resampled_means(areas[:, f], own) for f, own in enumerate(times)])
    kept = np.repeat(best_for_all(league.lowest)[:, np.newaxis], len(league.functions), axis=1)
    solved = np.isfinite(league.hits[:, :, -1]).mean(axis=(1, 2))
    return Scores(areas.mean(axis=(1, 2)), samples, solved, kept=kept)


RULESETS: dict[Name, Ruleset] = {
    one.name: one
    for one in (
        Ruleset(
            "final", "Final", "share of the gap left", "rate tuned for each function by the median gap at the end; "
            "score: what is left of the start's gap, median over starts, then over functions", False, "optviz", _final,
        ),
        Ruleset(
            "target", "Target", "gradients to arrive", "rate tuned for each function by the median of gradients to "
            "arrive and stay; score: that median, then the median over functions", False, "optviz", _target,
        ),
        Ruleset(
            "algoperf", "AlgoPerf", "profile area", "3 studies of 5 rates by Halton, one start each; first time inside "
            "the finish, best of 5, median of 3; score: area under the performance profile up to 4 times the fastest",
            True, "Dahl et al., Benchmarking Neural Network Training Algorithms (2023)", _algoperf,
        ),
        Ruleset(
            "deepobs", "DeepOBS", "share of the gap left", "rate tuned for each function on one start by the gap at "
            "the end, judged on 10 others; score: the mean of what is left, then the median over functions", False,
            "Schneider, Balles and Hennig, DeepOBS: A Deep Learning Optimizer Benchmark Suite (2019)", _deepobs,
        ),
        Ruleset(
            "coco", "COCO", "ECDF area", "one rate for all functions; 51 targets from 100 to 1e-8 above the minimum, "
            "first reached; score: area under their distribution over the logarithm of gradients", True,
            "Hansen et al., COCO: A Platform for Comparing Continuous Optimizers in a Black-Box Setting (2021)", _coco,
        ),
    )
}  # fmt: skip
