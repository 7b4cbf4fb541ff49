"""Lays out view and panels: one grid for every picture, chosen among many by how well all can be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import sqrt

from optviz.picture.layout.page import PLAIN_LOOK, Page, PageLook, Rect, legible_zoom
from optviz.picture.layout.theme import Theme

GUTTER_PX, COLUMN_GAP_PX = 84.0, 66.0  # room before the panels, and between columns of them, for tick labels
PANEL_GAP_PX = 16.0  # between a panel and the title of the one below
UNDER_VIEW_PX = 62.0  # between the view and panels below it: its tick labels, its axis' name, a panel's title
WIDTH_SHARES = (1.08, 1.0, 0.9, 0.8)  # of the columns' good widths, tried at the view's right
LEAST_WIDTH_SHARE = 0.74  # of a column's good width
SMALLEST_VIEW_PX = (240.0, 150.0)
VIEW_SHARE = 0.5  # of the page that the view should have
ASPECT_RANGE = (0.9, 2.6)  # width / height of a view that looks well
ZOOMS = tuple(1.1**-power for power in range(14))  # of everything on the page, tried until the panels have room
EMPTY_PENALTY = 0.15  # share of the merit lost where tables leave their room empty
ZOOM_PENALTY = 4.0  # power of the zoom in the merit: what smaller words cost
MOST_COLUMNS = 6

Columns = tuple[tuple[str, ...], ...]  # names of panels
Heights = list[tuple[float, float]]  # least and good, of each column


@dataclass(frozen=True)
class Need:
    """How much room a panel wants, its title included, in design pixels."""

    least: float  # the height below which it cannot be read
    good: float  # the height it gets where there is room
    most: float  # what is more than that is left empty; inf for plots
    width: float  # a good one
    ticks: bool  # whether tick labels and "step" hang below it


@dataclass(frozen=True)
class Slot:
    """A panel's place. Tick labels hang to its left; with ``foot`` below it too."""

    rect: Rect
    foot: bool


@dataclass(frozen=True)
class Grid:
    """The places of the view and of each panel."""

    view: Rect
    panels: dict[str, Slot]


@dataclass(frozen=True)
class LayoutPlan:
    """One way to lay out view and panels."""

    view: Rect
    area: Rect  # of the panels
    columns: Columns
    widths: tuple[float, ...]
    merit: float  # above 0; the zoom is not in it yet


def lay_out(
    size: tuple[int, int],
    theme: Theme,
    needs: Mapping[str, Need],
    said: Sequence[str] = (),
    look: PageLook = PLAIN_LOOK,
    least: float = 0.0,
) -> tuple[Page, Grid]:
    """Return the page of ``size`` (width, height) pixels and the grid on which ``needs`` read best.

    said: the texts for whose longest the page keeps a strip. Words become smaller only where that is the lesser evil.
    least: height that the panels' whole area must have. Raises ValueError where the panels have no room at all.
    """
    best: tuple[float, Page, LayoutPlan] | None = None
    wish = legible_zoom(size, look.text)
    for zoom in ZOOMS:
        if best is not None and best[0] >= zoom**ZOOM_PENALTY:
            break
        page = Page(size, theme, wish * zoom, said, look)
        for plan in _plans(page.inner, needs, least):
            merit = plan.merit * zoom**ZOOM_PENALTY
            if best is None or merit > best[0]:
                best = (merit, page, plan)
    if best is None:
        raise ValueError(f"no room for {', '.join(needs)} on {size[0]}x{size[1]} pixels")
    return best[1], _grid(best[2], needs)


def _plans(inner: Rect, needs: Mapping[str, Need], lowest: float) -> Iterator[LayoutPlan]:
    """Yield every layout that keeps all panels readable, their area no lower than ``lowest``."""
    if not needs:
        yield LayoutPlan(inner, Rect(inner.right, inner.top, 0, 0), (), (), 1.0)
        return
    for columns in _partitions(sorted(needs, key=lambda name: needs[name].ticks)):
        wants = [max(needs[name].width for name in column) for column in columns]
        heights = [
            (max(lowest, _height(column, needs, "least")), max(lowest, _height(column, needs, "good")))
            for column in columns
        ]
        most = [_height(column, needs, "most") for column in columns]
        for plan in (*_beside(inner, columns, wants, heights), *_below(inner, columns, wants, heights)):
            # a little less where columns of tables leave room empty
            empty = sum(max(0.0, 1 - room / plan.area.height) for room in most) / len(most)
            yield replace(plan, merit=plan.merit * (1 - EMPTY_PENALTY * empty))


def _partitions(names: list[str]) -> Iterator[Columns]:
    """Yield every way to break ``names`` into columns without changing their order."""
    for count in range(min(len(names), MOST_COLUMNS)):
        for cuts in combinations(range(1, len(names)), count):
            ends = (0, *cuts, len(names))
            yield tuple(tuple(names[a:b]) for a, b in pairwise(ends))


def _height(column: tuple[str, ...], needs: Mapping[str, Need], which: str) -> float:
    return sum((getattr(needs[name], which) for name in column), PANEL_GAP_PX * (len(column) - 1))


def _beside(
    inner: Rect, columns: tuple[tuple[str, ...], ...], wants: list[float], heights: Heights
) -> Iterator[LayoutPlan]:
    """Yield plans with panels in columns to the right of the view."""
    if max(least for least, _ in heights) > inner.height:
        return
    for share in WIDTH_SHARES:
        widths = tuple(share * want for want in wants)
        area = sum(widths) + COLUMN_GAP_PX * (len(widths) - 1)
        view = Rect(inner.left, inner.top, inner.width - area - GUTTER_PX, inner.height)
        if view.width < SMALLEST_VIEW_PX[0]:
            continue
        place = Rect(view.right + GUTTER_PX, inner.top, area, inner.height)
        merit = _merit(inner, view, inner.height, heights) * min(1.0, share)
        yield LayoutPlan(view, place, columns, widths, merit)


def _below(
    inner: Rect, columns: tuple[tuple[str, ...], ...], wants: list[float], heights: Heights
) -> Iterator[LayoutPlan]:
    """Yield plans with panels in columns under the view, over the whole width."""
    share = (inner.width - COLUMN_GAP_PX * (len(wants) - 1)) / sum(wants)
    if share < LEAST_WIDTH_SHARE:
        return
    widths = tuple(share * want for want in wants)
    least, good = (max(column) for column in zip(*heights, strict=True))
    for part in range(5):
        height = least + (good - least) * part / 4
        view = Rect(inner.left, inner.top, inner.width, inner.height - height - UNDER_VIEW_PX)
        if view.height < SMALLEST_VIEW_PX[1]:
            return
        place = Rect(inner.left, view.bottom + UNDER_VIEW_PX, inner.width, height)
        merit = _merit(inner, view, height, heights) * min(1.0, share)
        yield LayoutPlan(view, place, columns, widths, merit)


def _merit(inner: Rect, view: Rect, height: float, heights: Heights) -> float:
    """Rate how well the panels and the view can be seen, up to 1."""
    roominess = min(1.0, height / max(good for _, good in heights))
    share = min(1.0, view.width * view.height / (VIEW_SHARE * inner.width * inner.height))
    aspect = view.width / view.height
    return sqrt(roominess) * share * min(1.0, aspect / ASPECT_RANGE[0], ASPECT_RANGE[1] / aspect)


def _grid(plan: LayoutPlan, needs: Mapping[str, Need]) -> Grid:
    """Give every panel its place in its column."""
    slots: dict[str, Slot] = {}
    left = plan.area.left
    for column, width in zip(plan.columns, plan.widths, strict=True):
        slots |= _stacked(Rect(left, plan.area.top, width, plan.area.height), column, needs)
        left += width + COLUMN_GAP_PX
    return Grid(plan.view, slots)


def _stacked(column: Rect, names: tuple[str, ...], needs: Mapping[str, Need]) -> dict[str, Slot]:
    """Stack panels: each has its least height, then all good ones, then those that can use it share the rest."""
    room = column.height - PANEL_GAP_PX * (len(names) - 1)
    heights = _shared(room, [needs[name] for name in names])
    slots: dict[str, Slot] = {}
    top = column.top
    for name, height in zip(names, heights, strict=True):
        foot = needs[name].ticks and name == names[-1]
        slots[name] = Slot(Rect(column.left, top, column.width, height), foot)
        top += height + PANEL_GAP_PX
    return slots


def _shared(room: float, needs: list[Need]) -> list[float]:
    """Deal ``room`` out in three rounds: what each must have, what each should have, what each can use."""
    heights = [need.least for need in needs]
    for targets in ([need.good for need in needs], [min(need.most, 1e6) for need in needs]):
        lacks = [target - height for target, height in zip(targets, heights, strict=True)]
        given = min(1.0, max(0.0, room - sum(heights)) / max(sum(lacks), 1e-9))
        heights = [height + given * lack for height, lack in zip(heights, lacks, strict=True)]
    return heights
