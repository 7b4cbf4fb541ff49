"""Takes one step of the focused or only racer apart: a window with arrows over the view, and the same as bars."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from matplotlib.path import Path

from optviz.engine.anatomy import dissect
from optviz.errors import Issue, OptvizError
from optviz.picture.layout.page import Rect
from optviz.picture.machine.layer import Layer, PlacedSprite
from optviz.picture.machine.pen import Pen
from optviz.picture.machine.sprites import Sprite, draw_sprite, faded
from optviz.picture.overlays.anatomy.line import LineWindow
from optviz.picture.overlays.anatomy.plane import PlaneWindow
from optviz.picture.overlays.anatomy.window import StepWindow
from optviz.picture.panels.step import StepBars, need

if TYPE_CHECKING:
    from optviz.engine.result import Racer, Result
    from optviz.picture.frame_state import FrameState
    from optviz.picture.scene import Scene
    from optviz.picture.views.view import View
    from optviz.scenario import Scenario

OVER_PX, LEFT_PX, UNDER_PX = 24.0, 62.0, 36.0  # of the panels' titles, tick labels and names of axes, which bars cover


class StepApart(Layer):
    """What comes over the picture while the film takes a step apart."""

    def __init__(self, scene: Scene, view: View) -> None:
        self.scene, self.view = scene, view
        self.window = lru_cache(maxsize=16)(self._window)
        self.racer = scene.focus or 0
        refuse_steps_not_taken(scene.result, scene.scenario, self.racer)
        last = max(one.at for one in scene.scenario.render.anatomy)
        self.anatomy = dissect(scene.result.racers[self.racer], scene.result, last)
        self.bars = None if "step" in scene.scenario.render.panels else StepBars(scene, self._room(), comes=True)
        view.cover(lambda moment: list(self.window(moment.step).boxes) if moment.apart else [])

    def sprites(self, moment: FrameState) -> Iterator[PlacedSprite]:
        """Yield the bars over the panels, then the window, as far as they have come."""
        if not moment.apart or moment.opened <= 0:
            return
        if self.bars is not None:
            room = self._card_room
            yield faded(self._card, min(1.0, 2 * moment.opened)).at(*self.scene.page.pixel(room.left, room.top))
            yield from self.bars.sprites(moment)
        yield from self.window(moment.step).sprites(moment)

    def _window(self, step: int) -> StepWindow:
        window = LineWindow if self.scene.result.problem.dim == 1 else PlaneWindow
        return window(self.scene, self.view, self.anatomy, self.racer, step)

    def _room(self) -> Rect:
        """Return where the panels are, without the room around them."""
        rects = [slot.rect for slot in self.scene.grid.panels.values()]
        left, top = min(rect.left for rect in rects), min(rect.top for rect in rects)
        return Rect(left, top, max(rect.right for rect in rects) - left, max(rect.bottom for rect in rects) - top)

    @property
    def _card_room(self) -> Rect:
        room = self._room()
        width = self.scene.page.width - room.left + LEFT_PX
        return Rect(room.left - LEFT_PX, room.top - OVER_PX, width, room.height + OVER_PX + UNDER_PX)

    @cached_property
    def _card(self) -> Sprite:
        """A sheet of the page's colour, anchored at its upper left corner, that hides the panels."""
        page, room = self.scene.page, self._card_room
        width, height = round(room.width * page.scale), round(room.height * page.scale)

        def draw(pen: Pen) -> None:
            corners = [(0, 1), (width, 1), (width, 1 - height), (0, 1 - height)]
            pen.shape(Path([*corners, corners[0]], closed=True), page.theme.page)

        return draw_sprite(height, width, page.dpi, (0, 0), draw)


def height_of_bars(result: Result, scenario: Scenario) -> float:
    """Return the least height, in design pixels, of bars that come over the panels; 0 where none come."""
    render = scenario.render
    if "step" in render.panels:
        return 0.0
    labels = [racer.label for racer in result.racers]
    return need(result, 0 if render.focus is None else labels.index(render.focus)).least


def refuse_steps_not_taken(result: Result, scenario: Scenario, racer: int) -> None:
    """Raise OptvizError for steps to be taken apart that the racer never took, since it diverged or ended before."""
    one = result.racers[racer]
    taken = one.trajectory.steps
    issues = [
        Issue(f"{one.label} {_ended(one, taken)}: there is no step {stop.at}", where=f"render.anatomy[{number}].at")
        for number, stop in enumerate(scenario.render.anatomy)
        if stop.at > taken
    ]
    if issues:
        raise OptvizError(issues)


def _ended(racer: Racer, taken: int) -> str:
    return f"diverged at step {racer.diverged_at}" if racer.diverged_at is not None else f"ended at step {taken}"
