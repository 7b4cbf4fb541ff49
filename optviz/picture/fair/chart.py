"""Makes axes for numbers: logarithmic or not, few round labels, places in pixels, the best end told."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10

import numpy as np
from matplotlib.ticker import FixedFormatter, FixedLocator
from numpy.typing import NDArray

from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import LABEL_PT, SMALL_PT
from optviz.picture.layout.ticks import Ticks, linear_ticks, log_ticks, power_of_ten

Floats = NDArray[np.float64]

TICK_X_PX, TICK_Y_PX = 76.0, 40.0  # room for each label
TICK_PT = SMALL_PT + 0.5
LOG_DECADES = 2.0  # that positive numbers must span to ask for a logarithmic axis
LEAST_SHARE = 1e-12  # of the largest number: what is below is rounding and lies on the axis' lower end
LEAST_TICK_SHARE = 0.5  # of the distance between two labels, for the one at the floor
MARGIN_SHARE = 0.05  # of an axis, beyond its numbers
ODDS_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999)


@dataclass(frozen=True)
class Axis:
    """One axis: its ends, and how numbers are spread between them."""

    low: float
    high: float
    scale: str  # log, logit, linear, or count: whole numbers, their logarithms evenly spread
    has_floor: bool = False  # whether what lies lower stands on the low end

    def places(self, values: Floats) -> Floats:
        """Return the numbers as shares of the axis; what lies beyond the ends is put on them, NaN stays."""
        clipped = np.clip(values, self.low, self.high)
        low, high = self._spread(np.array([self.low, self.high]))
        return np.asarray((self._spread(clipped) - low) / (high - low))

    def ticks(self, most: float) -> Ticks:
        """Return labels with room for ``most``."""
        if self.scale == "log":
            ticks = log_ticks(self.low, self.high, most)
            return self._from_floor(ticks) if self.has_floor else ticks
        if self.scale == "count":
            counts = [m * 10**power for power in range(7) for m in (1, 2, 5)]
            inside = [count for count in counts if self.low <= count <= self.high]
            return Ticks([float(count) for count in inside], [str(count) for count in inside])
        if self.scale == "logit":
            odds = [tick for tick in ODDS_TICKS if self.low <= tick <= self.high]
            return Ticks(odds, [f"{tick:g}" for tick in odds])
        return linear_ticks(self.low, self.high, most)

    def _from_floor(self, ticks: Ticks) -> Ticks:
        """Return labels of which the lowest says that all lower numbers stand there."""
        places, labels = list(ticks.places), list(ticks.labels)
        if len(places) > 1 and places[0] / self.low < (places[1] / places[0]) ** LEAST_TICK_SHARE:
            places, labels = places[1:], labels[1:]
        return Ticks([self.low, *places], [f"≤ {power_of_ten(round(log10(self.low)))}", *labels], ticks.unit)

    def _spread(self, values: Floats) -> Floats:
        if self.scale in ("log", "count"):
            return np.asarray(np.log(values))
        return np.asarray(np.log(values) - np.log1p(-values)) if self.scale == "logit" else values


def axis_of(values: Floats) -> Axis:
    """Return an axis that holds the finite ones among the values, logarithmic where they ask for it."""
    known = values[np.isfinite(values)]
    if not len(known):
        return Axis(0.0, 1.0, "linear")
    low, high = float(known.min()), float(known.max())
    positive = known[known > LEAST_SHARE * max(high, 0.0)] if high > 0 else known[:0]
    if low >= 0 and len(positive) and np.log10(high) - np.log10(positive.min()) > LOG_DECADES:
        bottom, stretch = float(positive.min()), (high / float(positive.min())) ** MARGIN_SHARE
        if low < bottom:
            return Axis(10.0 ** (floor(log10(bottom)) - 1), high * stretch, "log", has_floor=True)
        return Axis(bottom / stretch, high * stretch, "log")
    span = high - low or abs(high) or 1.0
    return Axis(low - MARGIN_SHARE * span, high + MARGIN_SHARE * span, "linear")


class Chart:
    """One pair of axes on a page, in shares of which everything on it is placed."""

    def __init__(self, page: Page, rect: Rect, x: Axis, y: Axis, title: str, below: str) -> None:
        """Draw the axes. title: above, what goes up; below: under the axes, what goes to the right."""
        self.page, self.x, self.y = page, x, y
        self.axes = page.axes(rect)
        self.axes.set(xlim=(0, 1), ylim=(0, 1))
        self.axes.tick_params(labelsize=TICK_PT)
        across, up = x.ticks(rect.width / TICK_X_PX), y.ticks(rect.height / TICK_Y_PX)
        for axis, own, ticks in ((self.axes.xaxis, x, across), (self.axes.yaxis, y, up)):
            axis.set_major_locator(FixedLocator(own.places(np.array(ticks.places)).tolist()))
            axis.set_major_formatter(FixedFormatter(ticks.labels))
        unit = f"   {up.unit}" if up.unit else ""
        size = LABEL_PT if page.width_of(title + unit, LABEL_PT) <= rect.width else SMALL_PT
        page.words(rect.left, rect.top - 8, page.fitted(title + unit, size, rect.width), size, page.theme.quiet)
        words, look = self.page.as_artist(below + (f"   {across.unit}" if across.unit else ""), LABEL_PT)
        self.axes.set_xlabel(words, labelpad=2, color=page.theme.quiet, **look)

    def shares(self, x: Floats, y: Floats) -> Floats:
        """Return points (n, 2) in shares of the axes."""
        return np.column_stack([self.x.places(x), self.y.places(y)])

    def pixels(self, x: Floats, y: Floats) -> Floats:
        """Return points (n, 2) in pixels from the lower left."""
        return np.asarray(self.axes.transData.transform(self.shares(x, y)))
