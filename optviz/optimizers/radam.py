"""RAdam: Adam whose adaptive rate is rectified while its variance is not yet known."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import sqrt, where
from optviz.optimizers.adam import FIRST, MOMENTS, SECOND
from optviz.optimizers.algebra import bias, coupled, ema, power, remember
from optviz.optimizers.rule import Grad, H, Rule, State, T, X, l2_decay


def _radam(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """m <- beta1;  v <- beta2;  x <- x - rate m^   (Liu et al. 2020, Algorithm 2)"""
    m, v = state
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    return x - _radam_rate(h, t, {"v": v}) * (m / bias(h.beta1, t)), (m, v)


def _radam_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    """rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t);  rate = lr r_t / sqrt(v^) where rho_t > 5, else lr

    The paper's threshold is 4; PyTorch's 5 keeps clear of the root's pole. eps stands beside the uncorrected root.
    """
    rho_inf = 2 / (1 - h.beta2) - 1
    rho = rho_inf - 2 * t * power(h.beta2, t) / bias(h.beta2, t)
    rectified = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
    adaptive = sqrt(rectified) * sqrt(bias(h.beta2, t)) / (sqrt(state["v"]) + h.eps)
    return h.lr * where(rho > 5, adaptive, 1.0)


RADAM = Rule(
    name="radam",
    label="RAdam",
    parameters={**MOMENTS, "weight_decay": l2_decay()},
    step=_radam,
    init=remember(2),
    state=("m", "v"),
    effective_lr=_radam_rate,
    equations=(
        FIRST,
        SECOND,
        r"\rho_\infty = \frac{2}{1 - \beta_2} - 1, \quad"
        r"\rho_t = \rho_\infty - \frac{2\, t\, \beta_2^t}{1 - \beta_2^t}",
        r"r_t = \sqrt{\frac{(\rho_t - 4)(\rho_t - 2)\, \rho_\infty}{(\rho_\infty - 4)(\rho_\infty - 2)\, \rho_t}}",
        r"x_t = x_{t-1} - \eta\, r_t\, \hat{m}_t\, \frac{\sqrt{1 - \beta_2^t}}{\sqrt{v_t} + \epsilon}"
        r"\quad (\rho_t > 5), \quad x_{t-1} - \eta\, \hat{m}_t \quad (\rho_t \leq 5)",
    ),
    source="Liu et al., ICLR 2020, arXiv:1908.03265, Algorithm 2",
    equals=("torch.optim.RAdam",),
    differs="optax adds eps to the corrected root; kozistr's RAdam stands still while rho_t < 5.",
)
