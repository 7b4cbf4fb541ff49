"""Other second moments under Adam's step: AdaBelief's surprise, Yogi's additive update."""

from __future__ import annotations

from optviz.formula.arithmetic import sign, sqrt
from optviz.optimizers.algebra import coupled, decayed, ema, hat
from optviz.optimizers.parameters import (
    L2_DECAY,
    MOMENTS,
    NON_NEGATIVE,
    Parameter,
    decoupled_decay,
    epsilon,
    learning_rate,
)
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _rate(h: H, t: X, second: X) -> X:
    return h.lr / (sqrt(hat(second, h.beta2, t)) + h.eps)


def _adabelief(h: H, t: int, grad: Grad, x: X, m: X, s: X) -> State:
    """g ← ∇f(x)
    m ← β₁m + (1−β₁)g
    s ← β₂s + (1−β₂)(g − m)² + ε_root
    x ← (1−ηλ)x − η m̂ / (√ŝ + ε)

    ε_root gathers in the stored s, as in the paper.
    """
    g = grad(x)
    m = ema(h.beta1, m, g)
    s = ema(h.beta2, s, (g - m) * (g - m)) + h.eps_root
    return decayed(h, x) - _rate(h, t, s) * hat(m, h.beta1, t), m, s


def _adabelief_rate(h: H, t: X, s: X, **_: X) -> X:
    return _rate(h, t, s)


ADABELIEF = Rule(
    name="adabelief",
    label="AdaBelief",
    step=_adabelief,
    parameters={
        **MOMENTS,
        "eps": epsilon(1e-16),
        "eps_root": epsilon(1e-16, "added to the stored s at every step"),
        "weight_decay": decoupled_decay(0.0),
    },
    effective_lr=_adabelief_rate,
    source="Zhuang et al., NeurIPS 2020, arXiv:2010.07468, Algorithm 2",
    equals=("optax.adabelief", "adabelief_pytorch.AdaBelief(rectify=False), its eps for both"),
    differs="The official package also rectifies, as RAdam does, unless it is told not to.",
)


def _yogi(h: H, t: int, grad: Grad, x: X, m: X, v: X) -> State:
    """g ← ∇f(x) + λx
    m ← β₁m + (1−β₁)g
    v ← v − (1−β₂) sign(v − g²) g²
    x ← x − η m̂ / (√v̂ + ε)
    """
    # with Adam's bias correction, which the paper leaves out
    g = coupled(h, grad(x), x)
    m = ema(h.beta1, m, g)
    v = v - (1 - h.beta2) * sign(v - g * g) * (g * g)
    return x - _rate(h, t, v) * hat(m, h.beta1, t), m, v


def _yogi_rate(h: H, t: X, v: X, **_: X) -> X:
    return _rate(h, t, v)


YOGI = Rule(
    name="yogi",
    label="Yogi",
    step=_yogi,
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.01),
        "eps": epsilon(1e-3),
        "initial_accumulator": Parameter(1e-6, "where both averages start", NON_NEGATIVE),
        "weight_decay": L2_DECAY,
    },
    # optax starts m there too
    starts={"m": "initial_accumulator", "v": "initial_accumulator"},
    effective_lr=_yogi_rate,
    source="Zaheer et al., NeurIPS 2018, Algorithm 2",
    equals=("optax.yogi", "torch_optimizer.Yogi"),
    differs="ensmallen's Yogi is the paper's: both averages start at 0 and are not corrected.",
)
