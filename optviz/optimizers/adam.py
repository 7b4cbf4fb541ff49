"""Adam and AMSGrad, each with coupled and with decoupled weight decay."""

from __future__ import annotations

from optviz.formula.arithmetic import maximum, sqrt
from optviz.optimizers.algebra import decayed, ema, hat, is_zero, with_decay
from optviz.optimizers.parameters import DECOUPLED, EPS_ROOT, L2_DECAY, MOMENTS, Parameter, decoupled_decay
from optviz.optimizers.rule import Grad, H, Rule, State, X

_BIAS_CORRECTION = Parameter(
    True, "divide both averages by 1 - beta^t; first_moment: m alone", choices=("first_moment",)
)


def _adam(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    x ← x − η m̂ / (√(v̂ + ε_root) + ε)
    bias_correction no: m for m̂,  v for v̂;  first_moment: v for v̂
    """
    g, x = with_decay(h, grad(x), x)
    return _adam_along(h, t, g, x, m, v)


def _adamw(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x)
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    x ← (1−ηλ)x − η m̂ / (√(v̂ + ε_root) + ε)
    bias_correction no: m for m̂,  v for v̂;  first_moment: v for v̂
    """
    # the decay is ηλ, as in PyTorch and optax; the paper's does not shrink with the base learning rate
    return _adam_along(h, t, grad(x), decayed(h, x), m, v)


def _adam_along(h: H, t: int, g: X, x: X, m: X, v: X) -> State:
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    m_hat = hat(m, h.beta1, t) if h.bias_correction else m
    return x - h.lr * (m_hat / _adam_root(h, t, v)), m, v


def _adam_root(h: H, t: X, v: X) -> X:
    return _root(hat(v, h.beta2, t) if h.bias_correction is True else v, h.eps_root) + h.eps


def _root(second: X, eps_root: X) -> X:
    return sqrt(second if is_zero(eps_root) else second + eps_root)


def _adam_rate(h: H, t: X, v: X, **_: X) -> X:
    return h.lr / _adam_root(h, t, v)


ADAM = Rule(
    name="adam",
    label="Adam",
    step=_adam,
    parameters={
        **MOMENTS,
        "eps_root": EPS_ROOT,
        "bias_correction": _BIAS_CORRECTION,
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_adam_rate,
    source="Kingma & Ba, ICLR 2015, arXiv:1412.6980, Algorithm 1",
    equals=("torch.optim.Adam", "optax.adam", "autograd.misc.optimizers.adam"),
    differs="Keras and ensmallen add eps to the uncorrected root (the paper's epsilon hat); equal at eps 0. With "
    "decoupled decay it is adamw.",
)

ADAMW = Rule(
    name="adamw",
    label="AdamW",
    step=_adamw,
    parameters={
        **MOMENTS,
        "eps_root": EPS_ROOT,
        "bias_correction": _BIAS_CORRECTION,
        "weight_decay": decoupled_decay(0.01),
    },
    effective_lr=_adam_rate,
    source="Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101, Algorithm 2",
    equals=("torch.optim.AdamW", "optax.adamw"),
    differs="Default decay is 0.01 here and in PyTorch, 0.0001 in optax, 0.004 in Keras.",
)


def _amsgrad(h: H, t: int, grad: Grad, x: X, m: X, v: X, vmax: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    vmax ← max(vmax, v);  before_max: vmax ← max(vmax, v̂)
    after_max: x ← x − η m̂ / (√(vmax/(1−β₂ᵗ) + ε_root) + ε)
    before_max, first_moment: x ← x − η m̂ / (√(vmax + ε_root) + ε)
    none: x ← x − η m / (√(vmax + ε_root) + ε)

    The paper has no bias correction (``none``); PyTorch, optax and the common NumPy code each add their own.
    """
    g, x = with_decay(h, grad(x), x)
    return _amsgrad_along(h, t, g, x, m, v, vmax, h.eps_root)


def _amsgradw(h: H, t: int, grad: Grad, x: X, m: X, v: X, vmax: X) -> State:
    """g ← ∇f(x)
    x ← (1−ηλ)x
    m ← β₁m + (1−β₁)g
    v ← β₂v + (1−β₂)g²
    vmax ← max(vmax, v);  before_max: vmax ← max(vmax, v̂)
    after_max: x ← x − η m̂ / (√(vmax/(1−β₂ᵗ)) + ε)
    before_max, first_moment: x ← x − η m̂ / (√vmax + ε)
    none: x ← x − η m / (√vmax + ε)
    """
    return _amsgrad_along(h, t, grad(x), decayed(h, x), m, v, vmax, 0.0)


def _amsgrad_along(h: H, t: int, g: X, x: X, m: X, v: X, vmax: X, eps_root: X) -> State:
    m = ema(h.beta1, m, g)
    v = ema(h.beta2, v, g * g)
    vmax = maximum(vmax, hat(v, h.beta2, t) if h.bias_correction == "before_max" else v)
    m_hat = m if h.bias_correction == "none" else hat(m, h.beta1, t)
    return x - h.lr * (m_hat / _amsgrad_root(h, t, vmax, eps_root)), m, v, vmax


def _amsgrad_root(h: H, t: X, vmax: X, eps_root: X) -> X:
    return _root(hat(vmax, h.beta2, t) if h.bias_correction == "after_max" else vmax, eps_root) + h.eps


def _amsgrad_rate(h: H, t: X, vmax: X, **_: X) -> X:
    return h.lr / _amsgrad_root(h, t, vmax, h.eps_root)


def _amsgradw_rate(h: H, t: X, vmax: X, **_: X) -> X:
    return h.lr / _amsgrad_root(h, t, vmax, 0.0)


_CORRECTION = Parameter(
    "after_max",
    "which averages are corrected, and when: see the equations",
    choices=("after_max", "before_max", "first_moment", "none"),
)

AMSGRAD = Rule(
    name="amsgrad",
    label="AMSGrad",
    step=_amsgrad,
    parameters={
        **MOMENTS,
        "eps_root": EPS_ROOT,
        "bias_correction": _CORRECTION,
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_amsgrad_rate,
    source="Reddi, Kale & Kumar, ICLR 2018, arXiv:1904.09237, Algorithm 2",
    equals=(
        "torch.optim.Adam(amsgrad) (after_max)",
        "optax.amsgrad (before_max; first_moment and none by its flags)",
        "the common NumPy form (first_moment)",
        "the paper (none)",
    ),
    differs="At the same lr the four forms differ: by default the first step is 1, 1, 31.6, 3.16 lr. before_max keeps "
    "the first gradient's corrected square, so that a large one slows it for good; after_max's rate may rise as 1 - "
    "beta2^t does. Keras and ensmallen equal after_max at eps 0: they add eps to the uncorrected root.",
)

AMSGRADW = Rule(
    name="amsgradw",
    label="AMSGradW",
    step=_amsgradw,
    parameters={**MOMENTS, "bias_correction": _CORRECTION, "weight_decay": decoupled_decay(0.01)},
    effective_lr=_amsgradw_rate,
    source="Reddi, Kale & Kumar 2018, Algorithm 2, with Loshchilov & Hutter's (2019) decoupled decay",
    equals=("torch.optim.AdamW(amsgrad)", "torch.optim.Adam(amsgrad, decoupled_weight_decay)"),
    differs="See amsgrad.",
)
