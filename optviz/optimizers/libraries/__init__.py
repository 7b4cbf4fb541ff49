"""Lists the libraries whose own optimizers race beside ours. One more: its module here, and its row.

Nothing of a library is imported before a scenario names it.
"""

from __future__ import annotations

from optviz.optimizers.libraries.foreign import Library
from optviz.optimizers.libraries.keras import KerasLibrary
from optviz.optimizers.libraries.optax import OptaxLibrary
from optviz.optimizers.libraries.torch import TorchLibrary

LIBRARIES: dict[str, Library] = {
    "torch": TorchLibrary("torch", "optviz[torch]", "torch.optim"),
    "pytorch_optimizer": TorchLibrary("pytorch_optimizer", "optviz[torch] pytorch_optimizer", "pytorch_optimizer"),
    "optax": OptaxLibrary(),
    "keras": KerasLibrary(),
}
