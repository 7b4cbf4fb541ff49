"""What a panel is: how much room it wants, and what it draws on the room it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from optviz.picture.layout.grid import Need, Slot
from optviz.picture.machine.board import Layer
from optviz.picture.scene import Scene

if TYPE_CHECKING:
    from optviz.engine.result import Result


@dataclass(frozen=True)
class Panel:
    """One entry of the catalogue."""

    draw: Callable[[Scene, Slot], Sequence[Layer]]
    need: Callable[[Result], Need]
