"""Ten rules on torch tensors, as one writes them by hand for many starts at once: in place, no autograd."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

Tensor: TypeAlias = Any  # torch is not among the tests' requirements
LR = 1e-4


def gradient(x: Tensor) -> Tensor:
    """Beale's, (2, n) -> (2, n)."""
    a, b = x[0], x[1]
    square = b * b
    one, two, three = 1.5 - a + a * b, 2.25 - a + a * square, 2.625 - a + a * square * b
    by_a = 2 * (one * (b - 1) + two * (square - 1) + three * (square * b - 1))
    return torch.stack([by_a, 2 * a * (one + 2 * two * b + 3 * three * square)])


@dataclass(frozen=True)
class Rule:
    """``step`` changes x and its states, of which there are ``states``, in place."""

    states: int
    step: Callable[[Tensor, Tensor, list[Tensor], int], None]

    def state(self, x: Tensor) -> list[Tensor]:
        return [torch.zeros_like(x) for _ in range(self.states)]


def _sgd(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    x.sub_(g, alpha=LR)


def _momentum(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].mul_(0.9).add_(g)
    x.sub_(s[0], alpha=LR)


def _nesterov(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].mul_(0.9).add_(g)
    x.sub_(g.add(s[0], alpha=0.9), alpha=LR)


def _adagrad(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].addcmul_(g, g)
    x.addcdiv_(g, s[0].sqrt().add_(1e-10), value=-LR)


def _rmsprop(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].mul_(0.99).addcmul_(g, g, value=0.01)
    x.addcdiv_(g, s[0].sqrt().add_(1e-8), value=-LR)


def _adadelta(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].mul_(0.9).addcmul_(g, g, value=0.1)
    step = (s[1] + 1e-6).sqrt_().div_((s[0] + 1e-6).sqrt_()).mul_(g)
    s[1].mul_(0.9).addcmul_(step, step, value=0.1)
    x.sub_(step, alpha=LR)


def _moments(g: Tensor, s: list[Tensor]) -> None:
    s[0].mul_(0.9).add_(g, alpha=0.1)
    s[1].mul_(0.999).addcmul_(g, g, value=0.001)


def _adam(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    _moments(g, s)
    x.addcdiv_(s[0], (s[1] / (1 - 0.999**t)).sqrt_().add_(1e-8), value=-LR / (1 - 0.9**t))


def _nadam(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    _moments(g, s)
    ahead = s[0].mul(0.9 / (1 - 0.9 ** (t + 1))).add_(g, alpha=0.1 / (1 - 0.9**t))
    x.addcdiv_(ahead, (s[1] / (1 - 0.999**t)).sqrt_().add_(1e-8), value=-LR)


def _adamax(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    s[0].mul_(0.9).add_(g, alpha=0.1)
    torch.maximum(s[1].mul_(0.999), g.abs(), out=s[1])
    x.addcdiv_(s[0], s[1] + 1e-8, value=-LR / (1 - 0.9**t))


def _amsgrad(x: Tensor, g: Tensor, s: list[Tensor], t: int) -> None:
    _moments(g, s)
    torch.maximum(s[2], s[1], out=s[2])
    x.addcdiv_(s[0], (s[2] / (1 - 0.999**t)).sqrt_().add_(1e-8), value=-LR / (1 - 0.9**t))


RULES = (
    Rule(0, _sgd),
    Rule(1, _momentum),
    Rule(1, _nesterov),
    Rule(1, _adagrad),
    Rule(1, _rmsprop),
    Rule(2, _adadelta),
    Rule(2, _adam),
    Rule(2, _nadam),
    Rule(2, _adamax),
    Rule(3, _amsgrad),
)
