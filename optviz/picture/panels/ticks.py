"""Few, round, short tick labels in plain characters. Pure: numbers in, numbers and words out.

A label set by the mathematics parser costs a millisecond, one in plain characters a tenth of that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10

PLAIN = (-3, 4)  # powers of ten between which numbers are written out
STRIDES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)  # powers of ten from one label to the next
CLOSE = 0.66  # of the comfortable distance: how near labels may come to one another
FINE = 1e-4  # of the largest number on the axis: steps below it are labelled by what they add to the first tick


@dataclass(frozen=True)
class Ticks:
    """Where an axis is labelled and how; ``unit`` is what every label is to be multiplied with or added to."""

    places: list[float]
    labels: list[str]
    unit: str = ""


def log_ticks(low: float, high: float, most: float) -> Ticks:
    """Powers of ten between ``low`` and ``high`` (both above 0), with others between where there are few.

    most: how many labels have room in comfort; a third more may stand there.
    """
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    if last - first >= 1:
        powers = _every_few(first, last, CLOSE * (log10(high) - log10(low)) / most)
        return Ticks([10.0**power for power in powers], [power_of_ten(power) for power in powers])
    inside = _between_powers(low, high, most)
    return Ticks([m * 10.0**power for m, power in inside], [_short(m, power) for m, power in inside])


def _every_few(first: int, last: int, apart: float) -> range:
    """Powers at least ``apart``, multiples of their distance if those are two or more."""
    stride = next(stride for stride in STRIDES if stride >= apart)
    multiples = range(-(-first // stride) * stride, last + 1, stride)
    return multiples if len(multiples) > 1 else range(last - (last - first) // stride * stride, last + 1, stride)


def _between_powers(low: float, high: float, most: float) -> list[tuple[int, int]]:
    """(m, power) of m * 10^power within less than two powers of ten, as many as have room."""
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    for multiples, gap in (((1, 2, 5), log10(2)), ((1, 3), log10(3)), ((1,), 1.0)):
        inside = [(m, power) for power in powers for m in multiples if low <= m * 10.0**power <= high]
        if gap * most >= CLOSE * (log10(high) - log10(low)) and inside:
            break
    return inside


def power_of_ten(power: int) -> str:
    """10⁻³"""
    return "10" + str(power).translate(_RAISED)


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _short(m: int, power: int) -> str:
    """A digit times a power of ten: 0.05, 200, or 5·10⁻⁷."""
    if PLAIN[0] <= power <= PLAIN[1]:
        return f"{m * 10.0**power:.{max(0, -power)}f}"
    return power_of_ten(power) if m == 1 else f"{m}·{power_of_ten(power)}"


def linear_ticks(low: float, high: float, most: float) -> Ticks:
    """Round numbers between ``low`` and ``high``, about ``most`` of them, two if they have room at all."""
    step, power = _round_step((high - low) / max(2, int(most)))
    places = _multiples(step, low, high)
    if len(places) < 2:  # one number alone is no scale
        finer, its_power = _round_step(0.3 * step)
        between = _multiples(finer, low, high)
        ends = between if finer * most >= CLOSE * (high - low) else between[:1] + between[-1:]
        if (ends[-1] - ends[0]) * most >= CLOSE * (high - low):
            step, power, places = finer, its_power, ends
    largest = max(abs(low), abs(high))
    if step < FINE * largest:
        return _from_first(places, step, power)
    top = floor(log10(largest))
    if PLAIN[0] <= top <= PLAIN[1]:
        return Ticks(places, [_minus(f"{place:.{max(0, -power)}f}") for place in places])
    decimals = max(0, top - power)
    labels = [_minus(f"{place / 10.0**top:.{decimals}f}") for place in places]
    return Ticks(places, labels, f"× {power_of_ten(top)}")


UNITS = ((1_000_000, "M"), (1_000, "k"), (1, ""))  # of steps


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [k * step for k in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def _from_first(places: list[float], step: float, power: int) -> Ticks:
    """Labels that count steps from the first tick, which the unit names."""
    digits = [f"{m:g}" for m in range(len(places))]
    size = step / 10.0**power
    labels = [f"+{size * int(m):g}" if int(m) else "0" for m in digits]
    base = _minus(f"{places[0]:.6g}") if places else ""
    return Ticks(places, labels, f"× {power_of_ten(power)} above {base}")


def _round_step(rough: float) -> tuple[float, int]:
    """The smallest of 1, 2, 5 times a power of ten that is not below ``rough``, and that power."""
    power = floor(log10(rough))
    for m in (1, 2, 5):
        if m * 10.0**power >= rough * (1 - 1e-9):
            return m * 10.0**power, power
    return 10.0 ** (power + 1), power + 1


def step_ticks(steps: int, most: int) -> Ticks:
    """Whole steps from 0; thousands as k, millions as M."""
    step = max(1.0, _round_step(steps / max(1, most))[0])
    places = [k * step for k in range(floor(steps / step + 1e-9) + 1)]
    unit, letter = next((unit, letter) for unit, letter in UNITS if places[-1] >= max(unit, 10_000) or unit == 1)
    return Ticks(places, [f"{place / unit:g}{letter if place else ''}" for place in places])


def _minus(text: str) -> str:
    return text.replace("-", "−")
