"""Draws one picture of a race at once, for somebody who waits; the film follows."""

from __future__ import annotations

from optviz.frames import Film, Pixels
from optviz.pipeline.files import draw
from optviz.pipeline.race import Race

MOST_FRAMES = 12


def glance(race: Race, step: int | None = None) -> tuple[Film, Pixels]:
    """Return the picture after ``step``, by default the last, and the film that it is of: a frame a second.

    Names are placed for these few frames alone, most of a film's preparation, so they may stand elsewhere in the film.
    """
    render = race.scenario.render
    frames = min(max(2, round(render.frames / render.fps)), MOST_FRAMES)
    render = render.model_copy(update={"frames": frames, "fps": 1})
    film = draw(race.scenario.model_copy(update={"render": render}), race.result)
    return film, film.still(step)
