"""Draws the order in which samples come in batches, the same for every racer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from optviz.problems.rng import BATCH_ORDER, make_generator

Indices = slice | NDArray[np.int64]


@dataclass(frozen=True)
class Batches:
    """Batches of ``size`` of ``count`` samples; every epoch permutes them all again, by the seed."""

    count: int
    size: int
    seed: int
    _orders: dict[int, NDArray[np.int64]] = field(default_factory=dict)  # the permutation of the epoch at hand

    def at(self, step: int) -> Indices:
        """Return the indices of the samples of step ``step`` (from 1)."""
        if self.size >= self.count:
            return slice(None)
        steps = -(-self.count // self.size)  # an epoch's; the last may have fewer samples
        epoch, place = divmod(step - 1, steps)
        return self._order(epoch)[place * self.size : (place + 1) * self.size]

    def _order(self, epoch: int) -> NDArray[np.int64]:
        if epoch not in self._orders:
            self._orders.clear()
            self._orders[epoch] = make_generator(BATCH_ORDER, self.seed, epoch).permutation(self.count)
        return self._orders[epoch]
