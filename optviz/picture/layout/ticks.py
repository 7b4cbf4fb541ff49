"""Chooses few, round, short tick labels in plain characters. Pure: numbers in, numbers and words out.

A label set by the mathematics parser costs a millisecond, one in plain characters a tenth of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

from optviz.formula.typography import PLAIN_POWERS, minus, superscript

POWER_STRIDES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)  # powers of ten from one label to the next
STEP_UNITS = ((1_000_000, "M"), (1_000, "k"), (1, ""))
LEAST_DISTANCE = 0.66  # between labels, as a share of the comfortable distance
LEAST_STEP = 1e-4  # of the largest number on the axis; smaller steps are labelled by what they add to the first tick


@dataclass(frozen=True)
class Ticks:
    """Places and labels of an axis; ``unit`` is what every label is to be multiplied with or added to."""

    places: list[float]
    labels: list[str]
    unit: str = ""


def log_ticks(low: float, high: float, most: float) -> Ticks:
    """Choose powers of ten between ``low`` and ``high`` (both above 0), with others between where there are few.

    most: how many labels have room in comfort; a third more may stand there.
    """
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    if last - first >= 1:
        powers = _every_few(first, last, LEAST_DISTANCE * (log10(high) - log10(low)) / most)
        return Ticks([10.0**power for power in powers], [power_of_ten(power) for power in powers])
    inside = _between_powers(low, high, most)
    return Ticks([m * 10.0**power for m, power in inside], [_short(m, power) for m, power in inside])


def _every_few(first: int, last: int, apart: float) -> range:
    """Return powers at least ``apart``, multiples of their distance if those are two or more."""
    stride = next(stride for stride in POWER_STRIDES if stride >= apart)
    multiples = range(-(-first // stride) * stride, last + 1, stride)
    return multiples if len(multiples) > 1 else range(last - (last - first) // stride * stride, last + 1, stride)


def _between_powers(low: float, high: float, most: float) -> list[tuple[int, int]]:
    """Return (m, power) of m * 10^power within less than two powers of ten, as many as have room."""
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    for multiples, gap in (((1, 2, 5), log10(2)), ((1, 3), log10(3)), ((1,), 1.0)):
        inside = [(m, power) for power in powers for m in multiples if low <= m * 10.0**power <= high]
        if gap * most >= LEAST_DISTANCE * (log10(high) - log10(low)) and inside:
            break
    return inside


def power_of_ten(power: int) -> str:
    """Write 10 to a power: 10⁻³."""
    return "10" + superscript(str(power))


def _short(m: int, power: int) -> str:
    """Write a digit times a power of ten: 0.05, 200, or 5·10⁻⁷."""
    if PLAIN_POWERS[0] <= power <= PLAIN_POWERS[1]:
        return f"{m * 10.0**power:.{max(0, -power)}f}"
    return power_of_ten(power) if m == 1 else f"{m}·{power_of_ten(power)}"


def linear_ticks(low: float, high: float, most: float) -> Ticks:
    """Choose round numbers between ``low`` and ``high``, about ``most`` of them, two if they have room at all."""
    step, power = _round_step((high - low) / max(2, int(most)))
    places = _multiples(step, low, high)
    if len(places) < 2:  # one number alone is no scale
        finer, its_power = _round_step(0.3 * step)
        between = _multiples(finer, low, high)
        ends = between if finer * most >= LEAST_DISTANCE * (high - low) else between[:1] + between[-1:]
        if (ends[-1] - ends[0]) * most >= LEAST_DISTANCE * (high - low):
            step, power, places = finer, its_power, ends
    largest = max(abs(low), abs(high))
    if step < LEAST_STEP * largest:
        return _from_first(places, step, power)
    top = floor(log10(largest))
    if PLAIN_POWERS[0] <= top <= PLAIN_POWERS[1]:
        return Ticks(places, [minus(f"{place:.{max(0, -power)}f}") for place in places])
    decimals = max(0, top - power)
    labels = [minus(f"{place / 10.0**top:.{decimals}f}") for place in places]
    return Ticks(places, labels, f"× {power_of_ten(top)}")


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _from_first(places: list[float], step: float, power: int) -> Ticks:
    """Return labels that count from the first tick, which the unit names."""
    size = step / 10.0**power
    labels = [f"+{size * m:g}" if m else "0" for m in range(len(places))]
    base = minus(f"{places[0]:.6g}") if places else ""
    return Ticks(places, labels, f"× {power_of_ten(power)} above {base}")


def _round_step(rough: float) -> tuple[float, int]:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below ``rough``, and that power."""
    power = floor(log10(rough))
    for m in (1, 2, 5):
        if m * 10.0**power >= rough * (1 - 1e-9):
            return m * 10.0**power, power
    return 10.0 ** (power + 1), power + 1


def log_step_ticks(steps: int, most: float) -> Ticks:
    """Choose 0 and powers of ten up to ``steps``, about ``most``, for an axis even in the logarithm of step + 1."""
    powers = range(floor(log10(steps) + 1e-9) + 1)
    stride = next(stride for stride in POWER_STRIDES if len(powers) / stride <= max(most - 1, 1))
    shown = [10.0**power for power in powers[::-stride]][::-1]
    return Ticks([0.0, *shown], [_thousands(place) for place in (0.0, *shown)])


def _thousands(place: float) -> str:
    unit, letter = next(pair for pair in STEP_UNITS if place >= pair[0] or pair[0] == 1)
    return f"{place / unit:g}{letter}"


def step_ticks(steps: int, most: int) -> Ticks:
    """Choose whole steps from 0; thousands as k, millions as M."""
    step = max(1.0, _round_step(steps / max(1, most))[0])
    places = [k * step for k in range(floor(steps / step + 1e-9) + 1)]
    unit, letter = next((unit, letter) for unit, letter in STEP_UNITS if places[-1] >= max(unit, 10_000) or unit == 1)
    return Ticks(places, [f"{place / unit:g}{letter if place else ''}" for place in places])
