"""Fewer boxes: every box costs an encoder the same few calls, however small it is."""

from __future__ import annotations

from collections.abc import Iterable

from optviz.frames import Box

CALLS = 2000  # the pixels that take as long as one box's calls


def merge(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Boxes that cover ``boxes``, those near one another taken as one."""
    merged: list[Box] = []
    for box in boxes:
        _take_in(merged, box)
    return tuple(merged)


def _take_in(merged: list[Box], box: Box) -> None:
    for k, other in enumerate(merged):
        both = hull(box, other)
        if area(both) <= area(box) + area(other) + CALLS:
            del merged[k]
            return _take_in(merged, both)
    return merged.append(box)


def hull(a: Box, b: Box) -> Box:
    """The smallest box around both."""
    return Box(min(a.top, b.top), min(a.left, b.left), max(a.bottom, b.bottom), max(a.right, b.right))


def area(box: Box) -> int:
    """How many pixels."""
    return (box.bottom - box.top) * (box.right - box.left)
