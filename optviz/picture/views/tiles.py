"""Lays out tiles of one size, one for each racer, and names each."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from optviz.frames import Box
from optviz.picture.layout.page import SHRINK, Page, Rect
from optviz.picture.layout.theme import LABEL_PT
from optviz.picture.machine.layer import PlacedSprite
from optviz.picture.scene import Scene

TITLE_PX = 22.0  # above each tile, for its racer
GAP_PX = 12.0  # between tiles
BADGE_ROOM_PX, OVER_PX = 18.0, 7.0  # from a tile's left edge to its name; from its top to the baseline
GOOD_ASPECT = 1.25  # width / height of a tile that looks well


def tile_boxes(page: Page, rect: Rect, count: int) -> list[Box]:
    """Return ``count`` boxes of pixels, all of one size, as large as they can be, with room for a title over each."""
    columns = max(range(1, count + 1), key=lambda columns: _merit(rect, columns, ceil(count / columns)))
    width = (rect.width - GAP_PX * (columns - 1)) / columns
    height = rect.height / ceil(count / columns) - TITLE_PX
    tall, wide = round(height * page.scale), round(width * page.scale)
    boxes = []
    for number in range(count):
        row, column = divmod(number, columns)
        top, left = page.pixel(rect.left + column * (width + GAP_PX), rect.top + row * (height + TITLE_PX) + TITLE_PX)
        boxes.append(Box(top, left, top + tall, left + wide))
    return boxes


def write_names(page: Page, tiles: Sequence[Box], labels: Sequence[str], taken: float, size: float = LABEL_PT) -> None:
    """Write the racers' names over their tiles, all as small as the longest needs, or cut where it is too long.

    taken: at the end of each tile, in design pixels.
    """
    room = (tiles[0].right - tiles[0].left) / page.scale - BADGE_ROOM_PX - taken
    least = min(size, page.smallest)
    while size > least and max(page.width_of(label, size) for label in labels) > room:
        size = max(least, size * SHRINK)
    for tile, label in zip(tiles, labels, strict=True):
        left, baseline = tile.left / page.scale + BADGE_ROOM_PX, tile.top / page.scale - OVER_PX
        page.words(left, baseline, page.fitted(label, size, room), size, page.theme.ink)


def badge_over(scene: Scene, tile: Box, racer: int) -> PlacedSprite:
    """Return the small head that stands before a tile's name."""
    scale = scene.page.scale
    return scene.badge(racer).at(round(tile.top - 11 * scale), round(tile.left + 7 * scale))


def _merit(rect: Rect, columns: int, rows: int) -> float:
    """Rate how well tiles in columns and rows can be seen: by their smaller side, relative to a good aspect."""
    width, height = (rect.width - GAP_PX * (columns - 1)) / columns, rect.height / rows - TITLE_PX
    return min(width / GOOD_ASPECT, height)
