"""Lays a league out for pictures and files: the rankings by all protocols, profiles, targets reached, a row a cell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from optviz._version import __version__
from optviz.engine.export import as_written, sentence
from optviz.engine.league import League
from optviz.engine.profiles import counts_reached, expected_runtime, profile_area, ratios_of
from optviz.engine.resampling import draw_times, interval_of
from optviz.engine.rulesets import (
    RULESETS,
    Name,
    Standings,
    median_of_studies,
    standings_of,
    studies_of,
    tuned_by_target,
)
from optviz.engine.statistics import median_of, share_interval
from optviz.optimizers import Range
from optviz.parallel import ordered
from optviz.words import Words

Array = NDArray[np.float64]

PROFILE_RATIOS = 10.0 ** np.linspace(0, 2, 81)  # times the fastest: 1 to 100
BAND_COUNT = 2000  # draws of the bootstrap behind the band of a curve: enough for what a picture shows
EXACT_IN_FLOAT32 = 1 << 24  # below which whole numbers are
ECDF_POINTS = 120  # at most, of the gradients at which the targets reached are counted


@dataclass(frozen=True)
class Curves:
    """A curve for each rule with its 95 % band."""

    x: Array  # (points,)
    y: Array  # (rules, points)
    low: Array
    high: Array


@dataclass(frozen=True)
class LeagueStudy:
    """A league and what is told of it."""

    title: str
    league: League
    ruleset: Name
    scenario: Mapping[str, object]  # every key, in plain values
    terms: tuple[str, ...]
    small_print: tuple[str, ...]  # the terms in the language of the picture, as "say" says them
    say: Words
    failed: Mapping[str, str]  # cells that gave nothing, and why
    indices: tuple[int, ...]  # of the rules among the racers

    @cached_property
    def times(self) -> NDArray[Any]:
        """The draws of the bootstrap, which all protocols share."""
        return draw_times(len(self.league.functions), self.league.starts, self.league.seed)

    @cached_property
    def standings(self) -> dict[Name, Standings]:
        """The rankings by all protocols."""
        times = self.times
        return dict(zip(RULESETS, ordered(lambda name: standings_of(self.league, name, times), RULESETS), strict=True))

    @property
    def chosen(self) -> Standings:
        """The ranking by the protocol that was asked for."""
        return self.standings[self.ruleset]

    @cached_property
    def winners(self) -> dict[Name, list[str]]:
        """Who is first by each protocol."""
        labels = self.league.labels
        return {
            name: [label for label, place in zip(labels, one.places, strict=True) if place == 1]
            for name, one in self.standings.items()
        }

    @cached_property
    def profile(self) -> Curves:
        """The performance profiles: each start of each function is a problem, rates tuned by gradients to arrive."""
        return self._curves(PROFILE_RATIOS, solved_within(self.ratios, PROFILE_RATIOS), 1)

    @cached_property
    def ratios(self) -> Array:
        """(rules, functions, starts) gradients to arrive as multiples of the fastest rule's."""
        return ratios_of(self.times_to_arrive)

    @cached_property
    def times_to_arrive(self) -> Array:
        """(rules, functions, starts) gradients to arrive with the rate that is best for each function."""
        kept = tuned_by_target(self.league)[:, :, np.newaxis, np.newaxis]
        return np.asarray(np.take_along_axis(self.league.arrived, kept, axis=2)[:, :, 0])

    @cached_property
    def ecdf(self) -> Curves:
        """The share of targets reached after some gradients, over all functions, starts and targets."""
        points = np.unique(np.rint(np.geomspace(1, self.league.budget, ECDF_POINTS)))
        hits = np.moveaxis(self.league.hits, 2, 3)  # (rules, functions, starts, targets)
        return self._curves(points, counts_reached(hits, points), hits.shape[-1])

    def _curves(self, x: Array, counts: NDArray[Any], of: int) -> Curves:
        """Return (rules, functions, starts, points) counts as mean shares, with bands from drawing starts again.

        of: how much a whole share is. Sums of counts are exact in any order, by float32 while they are small.
        """
        rules, functions, starts, points = counts.shape
        kind = np.float32 if functions * starts * of < EXACT_IN_FLOAT32 else np.float64
        times = self.times[..., :BAND_COUNT].reshape(functions * starts, -1).T.astype(kind)
        samples = times @ np.moveaxis(counts, 0, 2).reshape(functions * starts, -1).astype(kind)
        whole = float(functions * starts * of)
        low, high = (end.astype(np.float64).reshape(rules, points) / whole for end in interval_of(samples))
        return Curves(x, counts.sum(axis=(1, 2)) / whole, low, high)

    @cached_property
    def left_out(self) -> dict[str, dict[str, float]]:
        """The areas under the profiles, to 4 times the fastest, of the others when one rule is left out, by its label.

        They are computed from the ratios to the fastest of those that remain.
        """
        labels, found = self.league.labels, {}
        for out, label in enumerate(labels):
            others = [i for i in range(len(labels)) if i != out]
            if others:
                areas = areas_of(self.ratios_among(others))
                found[label] = {labels[i]: float(area) for i, area in zip(others, areas, strict=True)}
        return found

    def ratios_among(self, rules: list[int]) -> Array:
        """Return the ratios of some of the rules among themselves, as if the others had not been there."""
        return ratios_of(self.times_to_arrive[rules])

    # --- files ------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """Return the JSON document: the protocols, every ranking, profiles and targets reached."""
        league = self.league
        return {
            "optviz": __version__,
            "scenario": as_written(self.scenario),
            "protocol": list(self.terms),
            "ruleset": self.ruleset,
            "functions": list(league.functions),
            "rates": league.rates,
            "runs": league.runs,
            "gradients": int(league.spent.sum()),
            "rulesets": {name: self.facts(name) for name in RULESETS},
            "profile": self._series(self.profile, "times_the_fastest"),
            "profile_areas_without": self.left_out,
            "ecdf": self._series(self.ecdf, "gradients"),
            "failed": dict(self.failed),
        }

    def facts(self, name: Name) -> dict[str, Any]:
        """Return a ranking in plain values, the first rule first."""
        one, ruleset, labels = self.standings[name], RULESETS[name], self.league.labels
        rows = [
            {
                "rule": labels[i],
                "place": int(one.places[i]),
                "places": [int(one.first_place[i]), int(one.last_place[i])],
                "score": float(one.scores.value[i]),
                "interval": [float(one.low[i]), float(one.high[i])],
                "first": float(one.first[i]),
                "solved": float(one.scores.solved[i]),
            }
            for i in one.order
        ]
        return {"says": ruleset.says, "score": ruleset.measure, "source": ruleset.source, "ranking": rows}

    def _series(self, curves: Curves, name: str) -> dict[str, Any]:
        rows = zip(self.league.labels, curves.y, curves.low, curves.high, strict=True)
        return {name: curves.x, **{label: {"share": y, "low": low, "high": high} for label, y, low, high in rows}}

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then a row for each rule and function."""
        league = self.league
        whole = Range(float(league.rates[0]), float(league.rates[-1]), "log")
        kept = {name: one.scores.kept for name, one in self.standings.items() if one.scores.kept is not None}
        studies = median_of_studies(studies_of(league))
        last = expected_runtime(league.hits[:, :, -1], league.budget)
        yield (
            "racer", "function", "runs", "gradients_a_step", "gradients", "lr_final", "at_edge", "final_gap",
            "final_gap_low", "final_gap_high", "solved", "solved_low", "solved_high", "lr_target", "arrived",
            "arrived_low", "arrived_high", "algoperf_entered", "lr_deepobs", "lr_coco", "expected_runtime",
        )  # fmt: skip
        for r, label in enumerate(league.labels):
            for f, function in enumerate(league.functions):
                at = {name: int(own[r, f]) for name, own in kept.items()}
                rates = {name: float(league.rates[index]) for name, index in at.items()}
                final, arrived = (
                    median_of(league.final[r, f, at["final"]]),
                    median_of(league.arrived[r, f, at["target"]]),
                )
                hits = int(np.isfinite(league.arrived[r, f, at["final"]]).sum())
                numbers = [*vars(final).values(), hits / league.starts, *share_interval(hits, league.starts)]
                numbers += [rates["target"], *vars(arrived).values(), float(studies[r, f]), rates["deepobs"]]
                yield (
                    *(label, function, int(league.final[r, f].size), league.costs[r], int(league.spent[r, f].sum())),
                    *(rates["final"], whole.edge_of(rates["final"]) or "no"),
                    *map(_finite, [*numbers, rates["coco"], float(last[r, f])]),
                )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return every run: arrays by rule, function, rate and start, under 'final', 'arrived' and so on."""
        league = self.league
        names = ("begin", "final", "lowest", "entered", "arrived", "spent", "hits")
        named = {"rules": np.array(league.labels), "functions": np.array(league.functions), "rates": league.rates}
        return cast(dict[str, NDArray[Any]], named | {name: getattr(league, name) for name in names})

    @property
    def alt_text(self) -> str:
        """Describe the picture and what it tells."""
        said = [sentence(self.title), self.say("Terms: {terms}.", terms="; ".join(self.small_print))]
        for name, one in self.standings.items():
            ranked = ", ".join(f"{one.places[i]} {self.league.labels[i]}" for i in one.order)
            title = RULESETS[name].titled(self.say)
            said.append(self.say("By {protocol}: {ranking}.", protocol=title, ranking=ranked))
        return " ".join(said)

    def at_edge(self) -> dict[str, int]:
        """Return on how many functions the rate kept lies in the outer 5 % of the range, by label; none where none."""
        whole = Range(float(self.league.rates[0]), float(self.league.rates[-1]), "log")
        kept = self.standings["final"].scores.kept
        assert kept is not None  # it keeps one a function
        counts = [sum(whole.edge_of(float(self.league.rates[i])) is not None for i in row) for row in kept]
        return {label: count for label, count in zip(self.league.labels, counts, strict=True) if count}


def solved_within(ratios: Array, points: Array) -> NDArray[np.bool_]:
    """Return (rules, functions, starts, points) whether a problem's ratio is at most a point."""
    return np.asarray(ratios[..., np.newaxis] <= points)


def areas_of(ratios: Array) -> Array:
    """Return (rules,) the areas under the profiles of (rules, functions, starts) ratios."""
    return profile_area(ratios.reshape(len(ratios), -1))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
