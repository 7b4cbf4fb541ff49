"""Adamax: Adam in the infinity norm."""

from __future__ import annotations

from optviz.formula.arithmetic import absolute, maximum
from optviz.optimizers.algebra import bias, ema, with_decay
from optviz.optimizers.parameters import DECOUPLED, L2_DECAY, MOMENTS, Parameter, learning_rate, memory
from optviz.optimizers.rule import Grad, H, Rule, State, X


def _adamax(h: H, t: int, grad: Grad, x: X, m: X, u: X) -> State:
    """g ← ∇f(x) + λx;  decoupled: g ← ∇f(x),  x ← (1−ηλ)x
    m ← β₁m + (1−β₁)g
    u ← max(β₂u, |g|)
    x ← x − η/(1−β₁ᵗ) · m / (u + ε)
    eps_in_max: u ← max(β₂u, |g| + ε),  x ← x − η/(1−β₁ᵗ) · m / u
    """
    # the paper has no ε, which leaves 0/0 at a zero gradient: it is added to u, or to |g| with eps_in_max
    g, x = with_decay(h, grad(x), x)
    m = ema(h.beta1, m, g)
    u = maximum(h.beta2 * u, absolute(g) + h.eps if h.eps_in_max else absolute(g))
    return x - h.lr / bias(h.beta1, t) * m / _denominator(h, u), m, u


def _denominator(h: H, u: X) -> X:
    return u if h.eps_in_max else u + h.eps


def _rate(h: H, t: X, u: X, **_: X) -> X:
    # the paper writes lr/(1 − β₁ᵗ); that correction is the first moment's, as in Adam, so that both start at lr / |g|
    return h.lr / _denominator(h, u)


ADAMAX = Rule(
    name="adamax",
    label="Adamax",
    step=_adamax,
    parameters={
        **MOMENTS,
        "lr": learning_rate(0.002),
        "beta2": memory(0.999, "the largest gradient (infinity norm)"),
        "eps_in_max": Parameter(False, "u <- max(beta2 u, |g| + eps), as PyTorch and optax do"),
        "weight_decay": L2_DECAY,
        "decoupled": DECOUPLED,
    },
    effective_lr=_rate,
    source="Kingma & Ba, ICLR 2015, arXiv:1412.6980, Algorithm 2",
    equals=(
        "keras.optimizers.Adamax",
        "jax.example_libraries.optimizers.adamax",
        "torch.optim.Adamax (eps_in_max)",
        "optax.adamax, adamaxw (eps_in_max; decoupled)",
    ),
    differs="PyTorch and optax put eps inside the maximum; the two differ by about eps / |g|.",
)
