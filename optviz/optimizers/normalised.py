"""The gradient normalised before its average, or the step by its length: ADOPT, LAMB."""

from __future__ import annotations

from collections.abc import Mapping

from optviz.formula.arithmetic import maximum, minimum, sqrt, where
from optviz.optimizers.adam import FIRST, HATS, MOMENTS, SECOND
from optviz.optimizers.algebra import bias, ema, norm, remember
from optviz.optimizers.rule import NON_NEGATIVE, Grad, H, Parameter, Rule, State, T, X, epsilon, memory


def _adopt(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """u = clip(g / max(sqrt(v_prev), eps), +- (t - 1)^(1/4));  m <- beta1 on u;  x <- x - lr m;  v <- beta2

    (Taniguchi et al. 2024, Algorithm 2; step 1 only sets v = g^2)
    """
    m, v = state
    g = grad(x)
    if t == 1:
        return x, (m, g * g)
    u = g / maximum(sqrt(v), h.eps)
    if h.clipping:
        bound = (t - 1) ** 0.25
        u = minimum(maximum(u, -bound), bound)
    m = ema(h.beta1, m, u)
    return x - h.lr * m, (m, ema(h.beta2, v, g * g))


ADOPT = Rule(
    name="adopt",
    label="ADOPT",
    parameters={
        **MOMENTS,
        "beta2": memory(0.9999, "the squared gradient (second moment)"),
        "eps": epsilon(1e-6, "least denominator"),
        "clipping": Parameter(True, "clip the normalised gradient to +- (t - 1)^(1/4)"),
    },
    step=_adopt,
    init=remember(2),
    state=("m", "v"),
    equations=(
        r"u_t = \mathrm{clip}\left(\frac{g_t}{\max(\sqrt{v_{t-1}},\; \epsilon)},\; \pm (t-1)^{1/4}\right)",
        r"m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, u_t",
        r"x_t = x_{t-1} - \eta\, m_t, \quad x_1 = x_0",
        r"v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2, \quad v_1 = g_1^2",
    ),
    source="Taniguchi et al., NeurIPS 2024, arXiv:2411.02853, Algorithm 2",
    equals=("optax.contrib.adopt",),
    differs="Without clipping it is the paper's Algorithm 1.",
)


def _lamb(h: H, grad: Grad, x: X, t: T, state: State) -> tuple[X, State]:
    """u = m^ / (sqrt(v^) + eps) + weight_decay x;  x <- x - lr ||x|| / ||u|| u   (You et al. 2020, Algorithm 2)"""
    m, v = state
    g = grad(x)
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    u = _lamb_direction(h, t, x, m, v)
    return x - h.lr * _trust(norm(x), norm(u)) * u, (m, v)


def _lamb_direction(h: H, t: T, x: X, m: X, v: X) -> X:
    return m / bias(h.beta1, t) / (sqrt(v / bias(h.beta2, t)) + h.eps) + h.weight_decay * x


def _trust(length: X, step: X) -> X:
    """||x|| / ||u||, 1 where either is 0; not clamped, as in optax."""
    return where((length > 0) & (step > 0), length / where(step > 0, step, 1.0), 1.0)


def _lamb_rate(h: H, t: T, state: Mapping[str, X]) -> X:
    m, v, x = state["m"], state["v"], state["x"]
    u = _lamb_direction(h, t, x, m, v)
    trust = _trust(*(sqrt((z * z).sum(axis=1, keepdims=True)) for z in (x, u)))  # axis 1: behind the steps
    return h.lr * trust / (sqrt(v / bias(h.beta2, t)) + h.eps)


LAMB = Rule(
    name="lamb",
    label="LAMB",
    parameters={
        **MOMENTS,
        "eps": epsilon(1e-6),
        "weight_decay": Parameter(0.0, "weight_decay x is added to the direction, inside its length", NON_NEGATIVE),
    },
    step=_lamb,
    init=remember(2),
    state=("m", "v"),
    coordinatewise=False,
    effective_lr=_lamb_rate,
    equations=(
        FIRST,
        SECOND,
        HATS,
        r"u_t = \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon} + \lambda\, x_{t-1}",
        r"x_t = x_{t-1} - \eta\, \frac{\Vert x_{t-1} \Vert}{\Vert u_t \Vert}\, u_t",
    ),
    source="You et al., ICLR 2020, arXiv:1904.00962, Algorithm 2",
    equals=("optax.lamb", "keras.optimizers.Lamb (weight_decay 0)"),
    differs="torch_optimizer's has no bias correction and clamps ||x||; Keras decays outside the ratio.",
)
