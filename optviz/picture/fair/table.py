"""Sets a table that is the legend too: a head, a name and numbers for each racer."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.picture.fair.sheet import Sheet
from optviz.picture.layout.page import Rect
from optviz.picture.layout.theme import BADGE_PX, NAME_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite

HEAD_LINE_PX, MOST_LINE_PX, LEAST_LINE_PX = 18.0, 24.0, 13.0
COLUMN_GAP_PX, NAME_LEFT_PX, BADGE_LEFT_PX = 14.0, 20.0, 7.0
FULL_SIZE_PX = 22.0  # height of a line from which on letters have their full size


def table_height(rows: int) -> float:
    """Return the height of a table with that number of rows, in design pixels."""
    return HEAD_LINE_PX + MOST_LINE_PX * rows


def draw_table(
    sheet: Sheet, rect: Rect, heads: Sequence[str], rows: Sequence[Sequence[str]], racers: Sequence[int]
) -> list[PlacedSprite]:
    """Write a table on the board: the name first, numbers right-aligned; return the racers' heads before the names."""
    page = sheet.page
    height = min(MOST_LINE_PX, (rect.height - HEAD_LINE_PX) / max(1, len(rows)))
    growth = min(1.0, height / FULL_SIZE_PX)
    size, small = max(SMALL_PT, (NAME_PT - 0.5) * growth), max(SMALL_PT, (SMALL_PT + 1) * growth)
    rights: list[float] = []
    right = rect.right
    for column in range(len(heads) - 1, 0, -1):
        rights.insert(0, right)
        widths = [page.width_of(row[column], small) for row in rows] + [page.width_of(heads[column], SMALL_PT)]
        right -= max(widths) + COLUMN_GAP_PX
    room = right - rect.left - NAME_LEFT_PX
    for head, at in zip(heads[1:], rights, strict=True):
        page.words(at, rect.top + 8, head, SMALL_PT, page.theme.quiet, ha="right")
    badges = []
    for number, (row, racer) in enumerate(zip(rows, racers, strict=True)):
        middle = rect.top + HEAD_LINE_PX + height * (number + 0.5)
        baseline = middle + 0.26 * size * 100 / 72
        name = page.fitted(row[0], size, room)
        page.words(rect.left + NAME_LEFT_PX, baseline, name, size, page.theme.ink)
        for cell, at in zip(row[1:], rights, strict=True):
            page.words(at, baseline, cell, small, page.theme.quiet, ha="right")
        badges.append(sheet.badge(racer, BADGE_PX).at(*page.pixel(rect.left + BADGE_LEFT_PX, middle)))
    return badges
