"""Defines a layer: a part of the picture, and what it draws on the board once or moves over it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from optviz.frames import Box, Pixels

if TYPE_CHECKING:
    from matplotlib.transforms import Bbox

    from optviz.picture.frame_state import FrameState
    from optviz.picture.machine.pen import Pen
    from optviz.picture.machine.strokes import Strokes


class Drawable(Protocol):
    """What can be put on the picture and drawn by a pen: a sprite, a fading trail, a full image."""

    @property
    def divisible(self) -> bool:
        """Whether a part of it can be put alone, with the same pixels."""

    def put(self, pixels: Pixels, box: Box, part: Box) -> None:
        """Blend over the picture's pixels (height, width, 4), only inside ``part`` of ``box`` if it is divisible."""

    def trace(self, pen: Pen, box: Box) -> None:
        """Draw the same with a pen whose origin is the picture's lower left corner; ``box`` counts rows from below."""


class Growing(ABC):
    """A drawable that goes on from stage to stage, most of it as it was."""

    @abstractmethod
    def changed_since(self, before: Drawable) -> list[Box] | None:
        """Return the boxes, from its own corner, that differ from another stage; None where that is something else."""


class PlacedSprite(NamedTuple):
    """A drawable on the picture. Equal when it is the same one in the same place."""

    sprite: Drawable
    box: Box


class Layer:
    """A part of the picture.

    What stays, it puts on the page's figure when it is made. ``strokes`` are drawn once, step by step, only inside
    ``clip`` (pixels from the lower left) where that is given. ``sprites`` move over both.
    """

    strokes: Strokes | None = None  # for the whole film
    clip: Bbox | None = None

    def sprites(self, moment: FrameState) -> Iterable[PlacedSprite]:
        """Return what moves, as it stands at ``moment``, lowest first."""
        return ()
