"""Gradient clipping: the gradient that a racer is given, cut to a length or coordinate by coordinate."""

from __future__ import annotations

from dataclasses import dataclass

from optviz.formula.arithmetic import maximum, minimum, where
from optviz.optimizers.algebra import norm
from optviz.optimizers.rule import X


@dataclass(frozen=True)
class Clip:
    """How a gradient is clipped; one of the two is given.

    Source: Pascanu et al., ICML 2013, arXiv:1211.5063, Algorithm 1, for the norm; as optax.clip_by_global_norm and
    optax.clip. PyTorch's clip_grad_norm_ divides by the length plus 1e-6 instead.
    """

    norm: float | None = None  # the greatest Euclidean length
    value: float | None = None  # the greatest absolute value of a coordinate

    def __call__(self, g: X) -> X:
        """Return the gradient that is left: (dim, *batch), or a float in 1-D."""
        if self.value is not None:
            return minimum(maximum(g, -self.value), self.value)
        length, most = norm(g), self.norm or 0.0
        # the quotient of a length within the bound is not used, and must not divide by 0
        return where(length > most, g / where(length > most, length, 1.0) * most, g)

    @property
    def written(self) -> dict[str, float]:
        """As a scenario writes it: ``{"norm": 1.0}``."""
        return {"norm": self.norm} if self.norm is not None else {"value": self.value or 0.0}
