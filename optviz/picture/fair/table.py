"""Sets a table that is the legend too: a head, a name and numbers for each racer."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.picture.fair.sheet import Sheet
from optviz.picture.layout.page import Page, Rect
from optviz.picture.layout.theme import BADGE_PX, NAME_PT, SMALL_PT
from optviz.picture.machine.layer import PlacedSprite

HEAD_LINE_PX, MOST_LINE_PX, LEAST_LINE_PX = 18.0, 24.0, 13.0
COLUMN_GAP_PX, NAME_LEFT_PX, BADGE_LEFT_PX = 14.0, 20.0, 7.0
SHRUNK = (1.0, 0.9, 0.8)  # sizes of letters until names have room; then they are cut
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
    for share in SHRUNK:
        size = share * max(SMALL_PT, (NAME_PT - 0.5) * growth)
        small, least = share * max(SMALL_PT, (SMALL_PT + 1) * growth), share * SMALL_PT
        *rights, right = rect.right, *_columns(page, heads, rows, (small, least), rect.right)
        room = right - rect.left - NAME_LEFT_PX
        if all(page.width_of(row[0], size) <= room for row in rows):
            break
    rights.reverse()
    for head, at in zip(heads[1:], rights, strict=True):
        page.words(at, rect.top + 8, head, least, page.theme.quiet, ha="right")
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


def _columns(
    page: Page, heads: Sequence[str], rows: Sequence[Sequence[str]], sizes: tuple[float, float], right: float
) -> list[float]:
    """Return where each column must end that stands left of one of numbers, the rightmost first.

    sizes: of the numbers' letters and of the heads'. right: where the last column of numbers ends.
    """
    ends = []
    for column in range(len(heads) - 1, 0, -1):
        widths = [page.width_of(row[column], sizes[0]) for row in rows] + [page.width_of(heads[column], sizes[1])]
        right -= max(widths) + COLUMN_GAP_PX
        ends.append(right)
    return ends
