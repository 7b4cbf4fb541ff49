"""Finds what happens in a race: who overshoots, gets away, takes the lead, arrives first, diverges. Computed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from optviz.engine.judge import Array
from optviz.engine.result import Result
from optviz.words import Words

Kind = Literal["arrival", "divergence", "overshoot", "escape", "overtaking"]  # what matters most first
KINDS: tuple[Kind, ...] = ("arrival", "divergence", "overshoot", "escape", "overtaking")
SAID: dict[Kind, str] = {
    "arrival": "{name} arrives first, and stays",
    "divergence": "{who} diverges",
    "overshoot": "{name} overshoots: it leaves the finish again",
    "escape": "{name} gets away from where f hardly fell",
    "overtaking": "{name} takes the lead from {other}",
}
HELD_SHARE = 0.05  # of the steps that somebody must lead, before and after, for the lead to have changed
MOST_LOOKS = 400  # for the lead; where it changed between two of them is then looked up
LONG_SHARE, FLAT_SHARE = 0.1, 0.01  # of the steps for which f hardly changed, of its range
FALL_SHARE = 0.1  # of its range that f then falls
MOST_SAMPLES = 2000  # of f


@dataclass(frozen=True)
class Event:
    """What a racer did at a step; ``other`` is who led before."""

    step: int
    kind: Kind
    racer: int
    other: int | None = None

    def in_words(self, result: Result, say: Words) -> str:
        """Say it in a few words, without the step."""
        other = "" if self.other is None else result.racers[self.other].label
        name = result.racers[self.racer].label
        return say(SAID[self.kind], name=name, who=name, other=other)


def events_of(result: Result) -> tuple[Event, ...]:
    """Return the events of a race in order; of those at one step what matters most first. A swarm has none."""
    if result.is_swarm:
        return ()
    found = [*_arrivals(result), *_divergences(result), *_overshoots(result), *_escapes(result), *_overtakings(result)]
    return tuple(sorted(found, key=lambda event: (event.step, KINDS.index(event.kind), event.racer)))


def _arrivals(result: Result) -> Iterator[Event]:
    """Yield the arrival of who is first, or of all who are."""
    for index, racer in enumerate(result.racers):
        if result.places[index] == 1 and racer.arrived_at:
            yield Event(racer.arrived_at, "arrival", index)


def _divergences(result: Result) -> Iterator[Event]:
    for index, racer in enumerate(result.racers):
        if racer.diverged_at is not None:
            yield Event(racer.diverged_at, "divergence", index)


def _overshoots(result: Result) -> Iterator[Event]:
    """Yield for each racer that came within the finish and left it the first step outside again."""
    for index, racer in enumerate(result.racers):
        first, end = (racer.judgement.stays[:1].tolist() or [(0, 0)])[0]
        if first > 0 and end < len(racer.f):
            yield Event(end, "overshoot", index)


def _escapes(result: Result) -> Iterator[Event]:
    """Yield for each racer whose f hardly changed for long, and then fell, the step from which it does."""
    for index, racer in enumerate(result.racers):
        stride = max(1, len(racer.f) // MOST_SAMPLES)
        at = None if result.problem.online else _end_of_plateau(racer.f[::stride])
        if at is not None:
            yield Event(at * stride, "escape", index)


def _end_of_plateau(f: Array) -> int | None:
    """Return the number after which values fall by FALL_SHARE of their range, having hardly changed; None without."""
    long = max(3, round(LONG_SHARE * len(f)))
    with np.errstate(over="ignore"):  # a range that floats cannot hold is no scale
        scale = float(np.ptp(f))
    if len(f) <= 2 * long or not 0 < scale < np.inf:
        return None
    windows = sliding_window_view(f, long + 1)  # (n - long, long + 1)
    flat = np.ptp(windows, axis=1) <= FLAT_SHARE * scale
    falls = windows[:, 0] - windows[:, -1] >= FALL_SHARE * scale
    ends = np.flatnonzero(flat[:-long] & falls[long:]) + long
    if not len(ends):
        return None
    last = np.append(np.flatnonzero(np.diff(ends) > 1), len(ends) - 1)[0]
    return int(ends[last])


def _overtakings(result: Result) -> Iterator[Event]:
    """Yield each change of the lead that lasted."""
    if len(result.racers) < 2:
        return
    looks = np.linspace(1, result.steps, min(result.steps, MOST_LOOKS)).astype(int).tolist()  # increasing
    runs = []
    for leader, some in groupby(looks, key=lambda step: result.order_at(step)[0]):
        steps = list(some)
        if steps[-1] - steps[0] + 1 >= HELD_SHARE * result.steps:
            runs.append((leader, steps[0]))
    for (before, _), (leader, step) in pairwise(runs):
        if leader != before:
            yield Event(_first_step(result, leader, looks, step), "overtaking", leader, before)


def _first_step(result: Result, leader: int, looks: list[int], step: int) -> int:
    """Return the first step at which somebody leads who does not at the look before ``step``."""
    low, high = ([0, *looks][looks.index(step)], step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if result.order_at(middle)[0] == leader else (middle, high)
    return high
