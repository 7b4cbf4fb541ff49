"""Defines a panel: how much room it wants, and what it draws in the room it gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from optviz.engine.result import Result
from optviz.picture.layout.grid import Need, Slot
from optviz.picture.machine.layer import Layer
from optviz.picture.scene import Scene


@dataclass(frozen=True)
class Panel:
    """One entry of the catalogue."""

    draw: Callable[[Scene, Slot], Sequence[Layer]]
    need: Callable[[Result], Need]
