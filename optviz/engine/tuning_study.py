"""Lays the trials of all tuned racers out for pictures and files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz._version import __version__
from optviz.engine.export import as_written, sentence
from optviz.engine.judge import Array
from optviz.engine.tuning import MEASURES, Tuning, medians
from optviz.problems import Problem
from optviz.words import Words


@dataclass(frozen=True)
class TuningStudy:
    """The trials of every tuned racer, laid out for pictures and files."""

    title: str
    problem: Problem
    steps: int
    tunings: dict[str, Tuning]  # by label
    indices: tuple[int, ...]  # of these racers among all of the scenario
    scenario: Mapping[str, object]  # every key, in plain values
    terms: tuple[str, ...]  # of the search, each a few words
    small_print: tuple[str, ...]  # the terms in the language of the picture, as "say" says them
    say: Words
    failed: Mapping[str, str] = field(default_factory=dict)  # cells that gave nothing, and why

    @property
    def least(self) -> float:
        """What no final f can lie below; -inf where it is not known."""
        return -math.inf if self.problem.f_min is None else self.problem.f_min

    def document(self) -> dict[str, Any]:
        """Return the JSON document: the protocol, every trial, and the tuning curve of each racer."""
        return {
            "optviz": __version__,
            "scenario": as_written(self.scenario),
            "protocol": list(self.terms),
            "racers": [{"label": label, **one.facts(), **self._series(one)} for label, one in self.tunings.items()],
            "failed": dict(self.failed),
        }

    def _series(self, one: Tuning) -> dict[str, Any]:
        curve = one.curve(self.least)
        return {
            "tried": one.tried,
            "scores": one.scores,
            "final_f": one.final,
            "arrived_at": one.arrival,
            "best_of_k": {"median": curve.best, "low": curve.low, "high": curve.high},
        }

    def csv_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield a header, then a row for each trial: its values, its median, and how many of its runs arrived."""
        names = list(dict.fromkeys(name for one in self.tunings.values() for name in one.ranges))
        yield "racer", "trial", *names, "score", "median_final_f", "median_arrival", "arrived", "runs", "kept"
        for label, one in self.tunings.items():
            finals, arrivals = medians(one.final).tolist(), medians(one.arrival).tolist()
            for trial in range(one.trials):
                values = [float(one.tried[name][trial]) if name in one.tried else None for name in names]
                numbers = (float(one.scores[trial]), finals[trial], arrivals[trial])
                shown = [value if math.isfinite(value) else None for value in numbers]
                arrived = int(np.isfinite(one.arrival[trial]).sum())
                yield label, trial + 1, *values, *shown, arrived, one.runs, "yes" if trial == one.best else "no"

    def arrays(self) -> dict[str, Array]:
        """Return every array by name: 'label/tried/lr' (trials), 'label/final_f', 'label/arrived_at' (trials, runs)."""
        named: dict[str, Array] = {}
        for label, one in self.tunings.items():
            named |= {f"{label}/tried/{name}": column for name, column in one.tried.items()}
            named |= {f"{label}/final_f": one.final, f"{label}/arrived_at": one.arrival, f"{label}/scores": one.scores}
        return named

    @property
    def alt_text(self) -> str:
        """Describe the picture and what it tells."""
        said = [sentence(self.title), self.say("Terms: {terms}.", terms="; ".join(self.small_print))]
        for label, one in self.tunings.items():
            values = self.say.listed([f"{name} {value:.4g}" for name, value in one.values.items()])
            measure = self.say("median {measure}", measure=self.say(MEASURES[one.metric]))
            edges = [self.say(f"at the {end} end of its range") for end in one.edges.values()]
            what = ", ".join([f"{measure} {one.scores[one.best]:.3g}", *edges])
            said.append(self.say("{name} does best with {values} ({what}).", name=label, values=values, what=what))
        return " ".join(said)
