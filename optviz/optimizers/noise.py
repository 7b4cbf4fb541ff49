"""Gradient noise: what is said of it, and what was drawn for a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class NoiseSettings:
    """How every coordinate of a gradient is disturbed: g (1 + relative_std a) + std b, with a and b from N(0, 1)."""

    std: float = 0.0
    relative_std: float = 0.0
    spike_every: int | None = None  # steps from one spike to the next
    spike_std: float | None = None  # instead of std at a spike
    draws: tuple[tuple[float, ...], ...] | None = field(
        default=None, repr=False
    )  # instead of all these: what is added, a row a step

    @property
    def is_drawn(self) -> bool:
        """Whether the seed decides it."""
        return bool(self.draws is None and (self.std or self.relative_std or self.spike_std))

    @property
    def written(self) -> dict[str, object]:
        """As a scenario writes it: ``{"std": 0.1}``."""
        if self.draws is not None:
            return {"draws": [row[0] if len(row) == 1 else list(row) for row in self.draws]}
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in given.items() if value} or {"std": 0.0}


@dataclass(frozen=True)
class Draws:
    """What is done to the gradients of a run: multiplied by ``factors``, then ``added`` to; (steps, dim) each."""

    factors: NDArray[np.float64] | None = None
    added: NDArray[np.float64] | None = None

    def columns(self) -> Iterator[tuple[str, NDArray[np.float64]]]:
        """Yield a name and (steps,) numbers for every coordinate: factor_0, factor_1, noise_0, noise_1."""
        for name, numbers in (("factor", self.factors), ("noise", self.added)):
            if numbers is not None:
                yield from ((f"{name}_{i}", numbers[:, i]) for i in range(numbers.shape[1]))
