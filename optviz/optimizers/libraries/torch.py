"""Runs optimizers of PyTorch, and of packages built on it, on one float64 tensor.

https://docs.pytorch.org/docs/stable/optim.html
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from optviz.errors import Issue, OptvizError, did_you_mean
from optviz.optimizers.libraries.foreign import Array, Make, Measured, Taken

ELSEWHERE = {"SparseAdam": "takes sparse gradients", "Muon": "takes matrices"}  # not for few variables


@dataclass(frozen=True)
class TorchLibrary:
    """Optimizers made for PyTorch tensors."""

    name: str
    packages: str
    module: str  # where its classes are
    takes_tensors: bool = True

    def find(self, name: str) -> Make:
        """Return the class. Raises OptvizError where there is none, or none for points of few coordinates."""
        from torch.optim import Optimizer

        classes = vars(import_module(self.module))
        known = [
            one
            for one, found in classes.items()
            if isinstance(found, type) and issubclass(found, Optimizer) and found is not Optimizer
        ]
        if name not in known:
            raise OptvizError(Issue(f"{self.name} has no such optimizer", hint=did_you_mean(name, known)))
        if name in ELSEWHERE and self.name == "torch":
            raise OptvizError(Issue(ELSEWHERE[name], hint=did_you_mean("Adam", known)))
        made: Make = classes[name]
        return made

    def taken(self, given: object) -> Taken | None:
        """Return a class, or that of an instance with what it was made with; a class of the user's own is torch's."""
        if "torch" not in sys.modules or self.name != "torch":
            return None
        from torch.optim import Optimizer

        if isinstance(given, type) and issubclass(given, Optimizer):
            return Taken(given.__name__, given, {})
        if isinstance(given, Optimizer):
            known = inspect.signature(type(given)).parameters
            arguments = {name: value for name, value in given.defaults.items() if name in known and value is not None}
            return Taken(type(given).__name__, type(given), arguments)
        return None

    def begin(self, make: Make, x: Array) -> TorchStepper:
        """Begin a run at x."""
        return TorchStepper(make, x)


class TorchStepper:
    """One parameter and its optimizer."""

    def __init__(self, make: Make, x: Array) -> None:
        import torch

        self.parameter = torch.nn.Parameter(torch.tensor(x, dtype=torch.float64))
        self.make = make
        self.optimizer = make([self.parameter])
        self.asks: bool | None = None  # whether it evaluates its closure; not known before the first step

    def step(self, grad: Measured, x: Array) -> Array:
        """Take a step from x; the optimizer evaluates its closure as often as it wants.

        One that evaluates none finds the gradient at x, as after ``loss.backward()``.
        """
        import torch

        self._place(x)  # not where it was left, where a domain is
        asked = False

        def closure() -> Any:
            nonlocal asked
            asked = True
            point = self.parameter.detach().numpy().copy()
            slope = np.array(grad(point), dtype=np.float64)
            self.parameter.grad = torch.from_numpy(slope.reshape(point.shape))
            return torch.tensor(np.sum(grad.value(point)), dtype=torch.float64)

        if self.asks is None:
            try:
                self.optimizer.step(closure)
            except Exception:  # of code that may know no closure, or wants a gradient; what else is wrong raises below
                if asked:
                    raise
            self.asks = asked
            if not asked:  # as if nothing had been tried
                self.optimizer = self.make([self.parameter])
                self._place(x)
        elif self.asks:
            self.optimizer.step(closure)
        if not self.asks:
            closure()
            self.optimizer.step()
        return np.array(self.parameter.detach().numpy())

    def _place(self, x: Array) -> None:
        import torch

        with torch.no_grad():
            self.parameter.copy_(torch.from_numpy(np.array(x)))

    def states(self) -> Mapping[str, Array]:
        """Return the tensors of the parameter's state that have its shape."""
        kept = self.optimizer.state.get(self.parameter, {})
        shape = self.parameter.shape
        return {
            name: value.detach().numpy().copy()
            for name, value in kept.items()
            if getattr(value, "shape", None) == shape
        }
