"""Tick labels: few, round, short."""

import pytest

from optviz.picture.layout.ticks import Ticks, linear_ticks, log_step_ticks, log_ticks, step_ticks

LINEAR = [
    ((0, 1, 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"], ""),
    ((-3, 3, 3), ["−2", "0", "2"], ""),
    ((-1.9, 1.9, 1.3), ["−1", "1"], ""),
    ((-30, 60, 2), ["0", "50"], ""),
    ((-6e-7, 2e-7, 4), ["−6", "−4", "−2", "0", "2"], "× 10⁻⁷"),
    ((0, 1.3e12, 3), ["0.0", "0.5", "1.0"], "× 10¹²"),
    ((1e6, 1e6 + 3, 3), ["0", "+1", "+2", "+3"], "× 10⁰ above 1e+06"),
]


@pytest.mark.parametrize(("axis", "labels", "unit"), LINEAR)
def test_linear_labels(axis: tuple[float, float, int], labels: list[str], unit: str) -> None:
    ticks = linear_ticks(*axis)
    assert (ticks.labels, ticks.unit) == (labels, unit)


LOG = [
    ((1e-3, 1e2, 6), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²"]),
    ((1e-9, 1e3, 3), ["10⁻⁹", "10⁻⁶", "10⁻³", "10⁰", "10³"]),
    ((0.15, 1.6, 4), ["0.2", "0.5", "1"]),
    ((2e-8, 9e-8, 4), ["2·10⁻⁸", "5·10⁻⁸"]),
    ((1e-300, 1e300, 2), ["10⁻²⁰⁰", "10⁰", "10²⁰⁰"]),
]


@pytest.mark.parametrize(("axis", "labels"), LOG)
def test_logarithmic_labels(axis: tuple[float, float, float], labels: list[str]) -> None:
    assert log_ticks(*axis).labels == labels


def test_labels_of_steps() -> None:
    assert step_ticks(300, 6) == Ticks([0, 50, 100, 150, 200, 250, 300], "0 50 100 150 200 250 300".split())
    assert step_ticks(1, 6).labels == ["0", "1"]
    assert step_ticks(10_000, 5).labels == ["0", "2k", "4k", "6k", "8k", "10k"]
    assert step_ticks(1_000_000, 5).labels == ["0", "0.2M", "0.4M", "0.6M", "0.8M", "1M"]


@pytest.mark.parametrize(
    ("steps", "most", "labels"),
    [
        (10_000, 6, ["0", "1", "10", "100", "1k", "10k"]),
        (10_000, 4, ["0", "1", "100", "10k"]),
        (300, 3, ["0", "1", "100"]),
        (1_000_000, 2, ["0", "1M"]),
    ],
)
def test_steps_on_a_clock_that_dwells_on_the_first_have_powers_of_ten(steps: int, most: int, labels: list[str]) -> None:
    ticks = log_step_ticks(steps, most)
    assert ticks.labels == labels
    assert ticks.places == [0.0, *(float(label.replace("k", "e3").replace("M", "e6")) for label in labels[1:])]
