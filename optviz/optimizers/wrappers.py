"""Rules around a base rule, written ``base: {adam: {lr: 0.1}}``: Lookahead, SAM."""

from __future__ import annotations

from optviz.formula.arithmetic import where
from optviz.optimizers.algebra import norm
from optviz.optimizers.parameters import AT_LEAST_ONE, NON_NEGATIVE, Interval, Parameter
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _lookahead(h: H, t: int, grad: Grad, x: X, slow: X, *inner: X) -> State:
    """x ← one step of base from x
    at every k-th step: slow ← slow + α(x − slow),  x ← slow
    """
    x, *inner_state = h.base.step(t, grad, x, *inner)
    if t % h.k == 0:
        slow = x = slow + h.alpha * (x - slow)
    return x, slow, *inner_state


_SHARE = Interval(0, 1, low_open=True, high_open=False)  # 1 is the base alone; 0 would never leave the start

LOOKAHEAD = Rule(
    name="lookahead",
    label="Lookahead",
    step=_lookahead,
    parameters={
        "base": Parameter({"adam": {}}, "the fast rule, written as a racer"),
        "k": Parameter(5, "fast steps between two synchronisations", AT_LEAST_ONE, integer=True),
        "alpha": Parameter(0.5, "how far the slow point moves towards the fast one", _SHARE),
    },
    starts={"slow": "x"},
    source="Zhang et al., NeurIPS 2019, arXiv:1907.08610, Algorithm 1",
    equals=("optax.lookahead", "pytorch_optimizer.Lookahead"),
    differs="torch_optimizer synchronises after steps 1, k + 1, ..., and starts from the first fast step.",
)


def _sam(h: H, t: int, grad: Grad, x: X, *inner: X) -> State:
    """g ← ∇f(x)
    x ← one step of base from x, with ∇f(x + ρg/‖g‖) for its gradient
    """

    def ascended(point: X) -> X:
        g = grad(point)
        length = norm(g)
        # at a stationary point there is no direction to climb: the gradient is taken where it stands
        return grad(point + h.rho / where(length > 0, length, 1.0) * g)

    return h.base.step(t, ascended, x, *inner)


def _sam_rate(h: H, t: X, **columns: X) -> X | None:
    return h.base.effective_lr(t, columns)


SAM = Rule(
    name="sam",
    label="SAM",
    step=_sam,
    parameters={
        "base": Parameter({"sgd": {}}, "the rule that takes the step, written as a racer"),
        "rho": Parameter(0.05, "how far uphill the gradient is taken", NON_NEGATIVE),
    },
    coordinatewise=False,
    effective_lr=_sam_rate,
    source="Foret et al., ICLR 2021, arXiv:2010.01412, Algorithm 1",
    equals=("optax.contrib.sam",),
    differs="Foret's code adds 1e-12 to the length. Two gradient evaluations a step.",
)
