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
    """Add ``box``, grown by every box that is near: in plain comparisons, for a frame has hundreds of pairs."""
    top, left, bottom, right = box
    for k in range(len(merged) - 1, -1, -1):
        above, before, below, after = merged[k]  # the edges of another
        if above > bottom or below < top or before > right or after < left:
            continue
        covered = (bottom - top) * (right - left) + (below - above) * (after - before) + CALLS
        up, first = above if above < top else top, before if before < left else left
        down, last = below if below > bottom else bottom, after if after > right else right
        if (down - up) * (last - first) <= covered:
            top, left, bottom, right = up, first, down, last
            del merged[k]
    merged.append(Box(top, left, bottom, right))


def area(box: Box) -> int:
    """How many pixels."""
    return (box.bottom - box.top) * (box.right - box.left)


def even(box: Box) -> Box:
    """The box widened to even edges, for formats that put two pixels together."""
    return Box(box.top & ~1, box.left & ~1, box.bottom + 1 & ~1, box.right + 1 & ~1)
