"""Rules around another rule, written as a racer ``base: {adam: {lr: 0.1}}``: Lookahead, SAM."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import where
from optviz.optimizers.algebra import norm
from optviz.optimizers.rule import AT_LEAST_ONE, UNIT, Grad, H, Parameter, Rule, State, T, X


def _lookahead(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """the base's step; every k steps slow <- slow + alpha (fast - slow), fast <- slow

    (Zhang et al. 2019, Algorithm 1)
    """
    slow, *inner = state
    x, inner = h.base.rule.step(h.base.h, grad, x, t, tuple(inner))
    if t % h.k == 0:
        slow = x = slow + h.alpha * (x - slow)
    return x, (slow, *inner)


LOOKAHEAD = Rule(
    name="lookahead",
    label="Lookahead",
    parameters={
        "base": Parameter({"adam": {}}, "the fast rule, written as a racer"),
        "k": Parameter(5, "fast steps between two synchronisations", AT_LEAST_ONE, integer=True),
        "alpha": Parameter(0.5, "how far the slow point moves towards the fast one", UNIT),
    },
    step=_lookahead,
    init=lambda h, x: (x, *h.base.rule.init(h.base.h, x)),
    state=("slow",),
    equations=(
        r"x_t = \mathrm{base}(x_{t-1})",
        r"t \equiv 0 \; (\mathrm{mod}\; k):\quad"
        r"\phi \leftarrow \phi + \alpha\, (x_t - \phi), \quad x_t \leftarrow \phi",
    ),
    source="Zhang et al., NeurIPS 2019, arXiv:1907.08610, Algorithm 1",
    equals=("optax.lookahead", "pytorch_optimizer.Lookahead"),
    differs="torch_optimizer synchronises after steps 1, k + 1, ..., and starts from the first fast step.",
)


def _sam(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """the base's step with the gradient taken at x + rho g / ||g||   (Foret et al. 2021, Algorithm 1)"""

    def ascended(point: X) -> X:
        g = grad(point)
        length = norm(g)
        # at a stationary point there is no direction to climb: the gradient is taken where it stands
        return grad(point + h.rho / where(length > 0, length, 1.0) * g)

    x, inner = h.base.rule.step(h.base.h, ascended, x, t, state)
    return x, inner


def _sam_rate(h: H, t: T, state: Mapping[str, X]) -> X | None:
    rate = h.base.rule.effective_lr
    return None if rate is None else rate(h.base.h, t, state)


SAM = Rule(
    name="sam",
    label="SAM",
    parameters={
        "base": Parameter({"sgd": {}}, "the rule that takes the step, written as a racer"),
        "rho": Parameter(0.05, "how far uphill the gradient is taken", UNIT),
    },
    step=_sam,
    init=lambda h, x: h.base.rule.init(h.base.h, x),
    coordinatewise=False,
    effective_lr=_sam_rate,
    equations=(
        r"\hat{x}_t = x_{t-1} + \rho\, \frac{g_t}{\Vert g_t \Vert}",
        r"x_t = \mathrm{base}(x_{t-1},\; \nabla f(\hat{x}_t))",
    ),
    source="Foret et al., ICLR 2021, arXiv:2010.01412, Algorithm 1",
    equals=("optax.contrib.sam",),
    differs="Foret's code adds 1e-12 to the length. Two gradient evaluations a step.",
)
