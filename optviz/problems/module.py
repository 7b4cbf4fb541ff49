"""Makes a problem of a module of PyTorch's: the iterate is the vector of its parameters, f its loss.

The module is copied, in float64 and evaluation mode, so that the loss at a point is one number: dropout is off, batch
normalisation keeps the statistics that it has, and the module that was given stays as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from optviz.errors import Issue, OptvizError, first_line
from optviz.formula.arithmetic import Array
from optviz.problems.batches import Batches, Indices

SUCH_AS = "such as network={'module': net, 'loss': torch.nn.functional.mse_loss, 'data': (inputs, targets)}"


def is_module(given: object) -> bool:
    """Return whether this is a module of PyTorch's, which its user has imported then."""
    return "torch" in sys.modules and isinstance(given, sys.modules["torch"].nn.Module)


@dataclass(frozen=True, eq=False)
class GivenModule:
    """A module with its loss, as Python gave them: ``loss(outputs, targets)`` of data, else ``loss(module)``."""

    module: Any  # in float64, and in evaluation mode; its parameters are those of the last point at which it was asked
    first: Array = field(repr=False)  # (dim,) the parameters that it was given with
    loss: Callable[..., Any]
    data: tuple[Any, Any] | None = field(repr=False)  # inputs and targets; None where the loss has its own

    @property
    def name(self) -> str:
        """The name of the module's class."""
        return type(self.module).__name__

    @cached_property
    def parameters(self) -> list[Any]:
        """The tensors that are trained."""
        return [one for one in self.module.parameters() if one.requires_grad]

    @property
    def samples(self) -> int:
        """The number of samples; 1 where the loss has its own."""
        return 1 if self.data is None else len(self.data[0])


def given_module(given: Mapping[str, Any]) -> GivenModule:
    """Copy a module and take its loss and data, each checked. Raises OptvizError; an issue's path is a key."""
    import torch

    allowed, issues = ("module", "loss", "data", "batch"), []
    issues += [Issue(f"{key!r} does not belong to a module", key, SUCH_AS) for key in given if key not in allowed]
    loss, data = given.get("loss"), given.get("data")
    if isinstance(loss, type):
        name = loss.__name__
        issues.append(Issue(f"must be a function of outputs, got the class {name}", "loss", f"{name}() makes one"))
    elif not callable(loss):
        issues.append(Issue("a module needs a loss, a function", "loss", SUCH_AS))
    if data is not None and not (isinstance(data, list | tuple) and len(data) == 2 and len(data[0]) == len(data[1])):
        issues.append(Issue("must be inputs and as many targets", "data", SUCH_AS))
    if data is None and "batch" in given:
        issues.append(Issue("there are no data to take batches of", "batch", "name data, or remove batch"))
    if issues or not callable(loss):
        raise OptvizError(issues)
    module = _copied(given["module"])
    tensors = None if data is None else tuple(_in_float64(torch.as_tensor(part)) for part in data)
    trained = [one for one in module.parameters() if one.requires_grad]
    first = np.array(torch.nn.utils.parameters_to_vector(trained).detach().numpy())
    if len(first) == 1:
        raise OptvizError(Issue("has one parameter", "module", "give its loss as a function of x: function=loss"))
    taken = GivenModule(module, first, loss, tensors if tensors is None else (tensors[0], tensors[1]))
    _try(taken)
    return taken


def _copied(module: Any) -> Any:
    from copy import deepcopy

    copied = deepcopy(module).double().eval()
    if not any(one.requires_grad for one in copied.parameters()):
        raise OptvizError(Issue("has no parameters to train", "module"))
    return copied


def _in_float64(tensor: Any) -> Any:
    return tensor.double() if tensor.is_floating_point() else tensor


def _try(taken: GivenModule) -> None:
    """Raise OptvizError where the loss is no finite number that the parameters decide, or fails."""
    network = ModuleNetwork(taken, taken.samples, 0)
    try:
        network.gradient(network.first_weights)
    except Exception as error:  # whatever the user's own code, or torch about it, raises
        called = "loss(module)" if taken.data is None else "loss(outputs, targets)"
        raise OptvizError(Issue(f"{called} says: {first_line(error)}", "loss", SUCH_AS)) from error


@dataclass(frozen=True, eq=False)
class ModuleNetwork:
    """A module in training. Weight vectors are arrays (dim, *batch), in the order of ``module.parameters()``."""

    given: GivenModule
    batch: int  # samples a step
    seed: int

    has_decision_regions = False

    @property
    def dim(self) -> int:
        """The number of parameters that are trained."""
        return len(self.given.first)

    @property
    def first_weights(self) -> Array:
        """(dim,) the parameters that the module was given with."""
        return self.given.first

    @cached_property
    def filters(self) -> NDArray[np.int64]:
        """(dim,) the filter that each parameter belongs to: all that lead into one unit; -1 for biases and scales."""
        parts, before = [], 0
        for one in self.given.parameters:
            units = one.shape[0] if one.dim() > 1 else 0
            numbers = before + np.repeat(np.arange(units), one.numel() // units) if units else np.full(one.numel(), -1)
            parts.append(numbers)
            before += units
        return np.concatenate(parts)

    @cached_property
    def _batches(self) -> Batches:
        return Batches(self.given.samples, self.batch, self.seed)

    def __str__(self) -> str:
        return f"{self.given.name}, {self.dim} parameters"

    def value(self, x: Array, t: Any = 1.0) -> Array:
        """Return the loss on all samples, whatever the step, one point after the other: (dim, *batch) -> (*batch)."""
        import torch

        flat = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
        with torch.no_grad():
            losses = [float(self._loss(point, slice(None))) for point in flat.T]
        return np.array(losses).reshape(np.shape(x)[1:])

    def gradient(self, x: Array, t: float = 1.0) -> Array:
        """Return the gradient of the loss over the samples of step ``t``: (dim, *batch) -> (dim, *batch)."""
        import torch

        flat = np.asarray(x, dtype=np.float64).reshape(len(x), -1)
        columns = []
        for point in flat.T:
            slopes = torch.autograd.grad(
                self._loss(point, self._batches.at(int(t))), self.given.parameters, materialize_grads=True
            )
            columns.append(torch.cat([one.reshape(-1) for one in slopes]).numpy())
        return np.stack(columns, axis=-1).reshape(np.shape(x))

    def _loss(self, point: Array, chosen: Indices) -> Any:
        """Return the loss, a tensor, with a point's numbers as parameters."""
        import torch

        given = self.given
        with torch.no_grad():
            torch.nn.utils.vector_to_parameters(torch.tensor(point, dtype=torch.float64), self.given.parameters)
        if given.data is None:
            return given.loss(given.module)
        inputs, targets = (part[chosen] for part in given.data)
        return given.loss(given.module(inputs), targets)


def loss_name(loss: Callable[..., Any]) -> str:
    """Return what a loss is called: the function's name, or that of its class."""
    name = getattr(loss, "__name__", type(loss).__name__)
    return name if name.isidentifier() else "loss"
